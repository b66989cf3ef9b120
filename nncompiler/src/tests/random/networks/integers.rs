//! Integers that choose elements.

use super::{Array, Given, Writer, indices};

impl Writer<'_> {
    /// Integers with their axes as indices; without any, one that nothing depends on.
    fn integers(&mut self) -> Option<(Given, String)> {
        let given = self.text.integers.first()?.clone();
        let at = indices(&given.shape);
        let element = if at.is_empty() { "t".to_owned() } else { format!("t[{at}]") };
        Some((given, element))
    }

    /// A statement that reads the integers: nothing is given in vain.
    pub fn reads_integers(&mut self) {
        match self.choices.below(3) {
            0 => self.embedding(),
            1 => self.row_of_table(),
            _ => self.chosen(),
        }
    }

    pub fn embedding(&mut self) {
        let Some((given, _)) = self.integers() else { return self.chain() };
        let (size, below) = (self.choices.up_to(5), given.below.unwrap_or(1));
        let sizes = self.choices.sizes(below, &size.to_string());
        let shape = [&given.shape[..], &[size]].concat();
        let module = format!("p(nn.Embedding({below}, {size}))");
        if self.choices.one_in(3) {
            let padding = self.choices.below(below);
            let value = format!("embedding({sizes}, padding_idx = {padding})(t)");
            let torch = format!("{module}(t) * (t != {padding})[..., None]");
            return self.make(shape, &value, &torch);
        }
        self.make(shape, &format!("embedding({sizes})(t)"), &format!("{module}(t)"));
    }

    /// Rows of a parameter, as they are or in a product.
    pub fn row_of_table(&mut self) {
        let Some((given, element)) = self.integers() else { return self.parameter() };
        let below = given.below.unwrap_or(1);
        let rank = given.shape.len();
        let vector = self.array_that(|array| array.shape.len() == 1);
        if let Some(vector) = vector.filter(|_| self.choices.one_in(2)) {
            let w = self.own_parameter(&[below, vector.count()]);
            let x = &vector.name;
            let value = format!("sum(s: {w}[{element}, s] * {x}[s])");
            let wide = ", None".repeat(rank);
            let torch = format!("({w}[t] * {x}[:{wide}]).sum(-1)");
            let at = indices(&given.shape);
            let at = if at.is_empty() { at } else { format!("[{at}]") };
            return self.make_at(&at, given.shape, &value, &torch);
        }
        let size = self.choices.up_to(4);
        let w = self.own_parameter(&[below, size]);
        let shape = [&given.shape[..], &[size]].concat();
        let at = indices(&shape);
        let last = &at[at.len() - 1..];
        self.make_at(
            &format!("[{at}]"),
            shape,
            &format!("{w}[{element}, {last}]"),
            &format!("{w}[t]"),
        );
    }

    /// Elements of a vector that has enough of them.
    pub fn chosen(&mut self) {
        let Some((given, element)) = self.integers() else { return self.contraction() };
        let below = given.below.unwrap_or(1);
        let fits = |array: &Array| array.shape.len() == 1 && array.count() >= below;
        let Some(vector) = self.array_that(fits) else { return self.embedding() };
        let x = &vector.name;
        let at = indices(&given.shape);
        let at = if at.is_empty() { at } else { format!("[{at}]") };
        let value = format!("{x}[{element}] * {x}[{} - {element}] - 0.1 * {element}", below - 1);
        let torch = format!("chosen({x}, t) * chosen({x}, {} - t) - 0.1 * t", below - 1);
        self.make_at(&at, given.shape, &value, &torch);
    }
}
