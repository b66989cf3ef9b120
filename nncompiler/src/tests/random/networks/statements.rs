//! The statements of a random network, apart from those in modules of their own.

use std::fmt::Write;

use super::groups::{declared, functions};
use super::{Array, Writer, declared_axes, indices, joined};

impl Writer<'_> {
    /// The more often, the more likely.
    pub const KINDS: [fn(&mut Self); 29] = [
        Self::chain,
        Self::chain,
        Self::chain,
        Self::chain,
        Self::chain,
        Self::arithmetic,
        Self::arithmetic,
        Self::joined,
        Self::parameter,
        Self::contraction,
        Self::places,
        Self::block,
        Self::sized_block,
        Self::part,
        Self::part_of_two,
        Self::named_layer,
        Self::again,
        Self::again,
        Self::slope_of_energy,
        Self::slope_of_layers,
        Self::curvature,
        Self::embedding,
        Self::row_of_table,
        Self::chosen,
        Self::attention_to_another,
        Self::recurrent_from_state,
        Self::cell_from_state,
        Self::recurrent_with_states,
        Self::parts,
    ];
}

impl Writer<'_> {
    /// Layers one after the other, on one array.
    pub fn chain(&mut self) {
        let array = self.array();
        self.chain_of(&array);
    }

    pub fn chain_of(&mut self, array: &Array) {
        let (layers, shape) = self.layers(&array.shape, 3, 0);
        let name = &array.name;
        let value = match layers.as_slice() {
            [one] if one.layer.ends_with(')') && !one.layer.contains('{') => {
                format!("{}({name})", one.layer)
            }
            _ => format!("<{}>({name})", declared(&layers)),
        };
        self.make(shape, &value, &format!("way({})({})", functions(&layers), array.in_torch()));
    }

    /// Arithmetic on whole arrays of one shape, or with a number.
    pub fn arithmetic(&mut self) {
        let first = self.array();
        let (a, shape) = (&first.name, first.shape.clone());
        let number = self.array_that(|other| other.shape.is_empty());
        if let Some(number) = number.filter(|_| !shape.is_empty()) {
            let number = number.name;
            let value = format!("{a} * {number} - {a}");
            return self.make(shape, &value, &format!("{a} * wide({number}, {a}) - {a}"));
        }
        let second = self.array_that(|other| other.shape == shape).expect("the same one");
        let b = &second.name;
        let (value, torch) = match self.choices.below(6) {
            0 => (format!("{a} + 0.5 * {b}"), format!("{a} + 0.5 * {b}")),
            1 => (format!("{a} * {b} - 1"), format!("{a} * {b} - 1")),
            2 => (format!("{a} / (1 + {b}^2)"), format!("{a} / (1 + {b}**2)")),
            3 => (format!("max({a}, 0.3 * {b})"), format!("torch.maximum({a}, 0.3 * {b})")),
            4 => (
                format!("if {a} > 0.1 {{ sin({b}) }} else {{ {a} }}"),
                format!("torch.where({a} > 0.1, torch.sin({b}), {a})"),
            ),
            _ => (
                format!("tanh({a}) * sigmoid({b})"),
                format!("torch.tanh({a}) * torch.sigmoid({b})"),
            ),
        };
        self.make(shape, &value, &torch);
    }

    /// Two or three arrays as one, along an axis.
    pub fn joined(&mut self) {
        let first = self.array();
        let rank = first.shape.len();
        if rank == 0 {
            return;
        }
        let axis = self.choices.below(rank);
        let fits = |other: &Array| {
            let same = |at: usize| at == axis || other.shape[at] == first.shape[at];
            other.shape.len() == rank && (0..rank).all(same)
        };
        let mut parts = vec![first.clone()];
        for _ in 0..self.choices.up_to(2) {
            parts.extend(self.array_that(fits));
        }
        let mut shape = first.shape.clone();
        shape[axis] = parts.iter().map(|one| one.shape[axis]).sum();
        let names = parts.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
        let dim = self.choices.dim(axis, rank);
        let layer = if axis == 0 { "concat".to_owned() } else { format!("concat(dim = {dim})") };
        self.make(
            shape,
            &format!("{layer}({names})"),
            &format!("torch.cat([{names}], {})", axis + 1),
        );
    }

    /// A parameter of the network itself.
    pub fn own_parameter(&mut self, shape: &[usize]) -> String {
        let name = format!("w{}", self.text.made);
        let axes = declared_axes(shape);
        let _ = writeln!(self.text.body, "    param {name}{axes} ~ uniform(1);");
        let shape = joined(shape);
        let _ = writeln!(self.text.torch_parameters, "    {name} = p.numbers({shape})");
        name
    }

    pub fn parameter(&mut self) {
        let array = self.array();
        let name = self.own_parameter(&array.shape);
        let product = format!("{name} * {}", array.name);
        self.make(array.shape, &product, &product);
    }

    /// An equation with indices: products and sums.
    pub fn contraction(&mut self) {
        let array = self.array();
        let name = array.name.clone();
        match array.shape[..] {
            [n] => {
                let other = self.array_that(|other| other.shape.len() == 1).expect("the same one");
                let (m, second) = (other.count(), &other.name);
                let value = format!("{name}[o] * {second}[p]");
                let torch = format!("{name}[:, :, None] * {second}[:, None, :]");
                self.make_at("[o, p]", vec![n, m], &value, &torch);
            }
            [c, l] if self.choices.one_in(2) => {
                let w = self.own_parameter(&[l, 2]);
                let value = format!("sum(q: {name}[o, q] * {w}[q, p])");
                self.make_at("[o, p]", vec![c, 2], &value, &format!("{name} @ {w}"));
            }
            [c, _] => {
                let value = format!("sum(q: {name}[o, q] * {name}[p, q])");
                let torch = format!("{name} @ {name}.transpose(1, 2)");
                self.make_at("[o, p]", vec![c, c], &value, &torch);
            }
            [c, ..] => {
                let value = format!("mean(p, q: {name}[o, p, q]) + max(p, q: {name}[o, p, q])");
                let torch = format!("{name}.mean((2, 3)) + {name}.amax((2, 3))");
                self.make_at("[o]", vec![c], &value, &torch);
            }
            [] => self.chain_of(&array),
        }
    }

    /// An equation whose accesses are sums of indices, or reductions along one axis.
    pub fn places(&mut self) {
        let array = self.array();
        let name = array.name.clone();
        match array.shape[..] {
            [n] if n > 2 && self.choices.one_in(2) => {
                let at = format!("[o: {}]", n - 2);
                let value = format!("{name}[o] * {name}[o + 2] - {name}[o + 1]");
                let torch = format!("{name}[:, :-2] * {name}[:, 2:] - {name}[:, 1:-1]");
                self.make_at(&at, vec![n - 2], &value, &torch);
            }
            [n] => {
                let value = format!("{name}[{} - o] * o", n - 1);
                let torch = format!("{name}.flip(1) * torch.arange({n})");
                self.make_at(&format!("[o: {n}]"), vec![n], &value, &torch);
            }
            [c, l] => {
                let reductions = [
                    ("prod", "prod(2)"),
                    ("min", "amin(2)"),
                    ("max", "amax(2)"),
                    ("mean", "mean(2)"),
                ];
                let (reduction, torch) = *self.choices.pick(&reductions);
                if self.choices.one_in(2) {
                    let value = format!("{reduction}(q: {name}[o, q])");
                    return self.make_at("[o]", vec![c], &value, &format!("{name}.{torch}"));
                }
                let torch = torch.replace('2', "1");
                let value = format!("{reduction}(q: {name}[q, o])");
                self.make_at("[o]", vec![l], &value, &format!("{name}.{torch}"));
            }
            [c, h, w] if h > 1 => {
                let value = format!("{name}[o, p + 1, q] - {name}[o, p, q]");
                let torch = format!("{name}[:, :, 1:] - {name}[:, :, :-1]");
                let at = format!("[o, p: {}, q]", h - 1);
                self.make_at(&at, vec![c, h - 1, w], &value, &torch);
            }
            _ => self.chain_of(&array),
        }
    }

    /// A single number that depends on all of an array, and the same in PyTorch.
    pub fn energy(array: &Array) -> (String, String) {
        let (name, at) = (&array.name, indices(&array.shape));
        if at.is_empty() {
            return (
                format!("tanh({name})^3 + {name}^2"),
                format!("torch.tanh({name}) ** 3 + {name}**2"),
            );
        }
        let value = format!("sum({at}: tanh({name}[{at}])^3 + {name}[{at}]^2)");
        let torch = format!("(torch.tanh({name}) ** 3 + {name}**2).flatten(1).sum(1)");
        (value, torch)
    }
}
