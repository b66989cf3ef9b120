//! Blocks, networks in networks, and what is applied once more.

use std::fmt::Write;

use super::groups::{DEEPEST, declared, functions};
use super::{Array, Named, Writer, declared_axes, joined};

impl Writer<'_> {
    /// Layers under a name, and a number that no other has.
    fn layers_for_name(&mut self) -> (Array, String, String, Vec<usize>, String) {
        let array = self.array();
        let (layers, shape) = self.layers(&array.shape, 3, 0);
        let name = format!("{}_{}", self.number, self.text.made);
        (array, declared(&layers), functions(&layers), shape, name)
    }

    pub fn block(&mut self) {
        let (array, layers, functions, shape, name) = self.layers_for_name();
        let _ = writeln!(self.text.blocks, "block part{name}< {layers} >");
        let torch = format!("way({functions})({})", array.in_torch());
        self.make(shape, &format!("part{name}({})", array.name), &torch);
    }

    /// With a size and a setting.
    pub fn sized_block(&mut self) {
        let array = self.array();
        let Some((&n, rest)) = array.shape.split_last() else { return self.chain_of(&array) };
        let name = format!("part{}_{}", self.number, self.text.made);
        let _ = writeln!(
            self.text.blocks,
            "block {name}(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >"
        );
        let size = self.choices.up_to(4);
        let (argument, bias) = *self.choices.pick(&[("", "True"), (", bias = false", "False")]);
        let torch = format!(
            "way(p(nn.Linear({n}, {size}, bias={bias})), nn.Softplus(), \
             p(nn.Linear({size}, {size} + 1, bias={bias})))({})",
            array.name
        );
        let shape = [rest, &[size + 1]].concat();
        self.make(shape, &format!("<{name}({size}{argument})>({})", array.name), &torch);
    }

    /// A chain inside, which may be applied again.
    pub fn part(&mut self) {
        let (array, layers, functions, shape, name) = self.layers_for_name();
        let (input, x) = (joined(&array.shape), &array.name);
        if input.is_empty() {
            return self.chain_of(&array);
        }
        let _ = writeln!(self.text.blocks, "pub Part{name}< input({input}); {layers} >");
        let label = format!("named{}", self.text.made);
        let _ = writeln!(self.text.torch, "    {label} = way({functions})");
        let value = format!("{label}: Part{name}({x})");
        self.make(shape.clone(), &value, &format!("{label}({x})"));
        self.text.named.push(Named { label, input: array.shape, output: shape });
    }

    /// A body inside, with a parameter of its own and two outputs.
    pub fn part_of_two(&mut self) {
        let (array, layers, first, middle, name) = self.layers_for_name();
        let (others, shape) = self.layers(&middle, 2, DEEPEST);
        let (axes, x) = (declared_axes(&array.shape), &array.name);
        if axes.is_empty() {
            return self.chain_of(&array);
        }
        let _ = writeln!(
            self.text.blocks,
            "pub Part{name} {{ input x{axes}; param w{axes} ~ uniform(1); h = <{layers}>(x); \
             output u = <{}>(h); output v = w * x; }}",
            declared(&others)
        );
        let w = format!("p.numbers({})", joined(&array.shape));
        let part = format!("part_of_two({w}, way({first}), way({}))", functions(&others));
        let u = self.target();
        self.text.made += 1;
        let v = self.target();
        self.text.made += 1;
        let _ = writeln!(self.text.body, "    {u}, {v} = Part{name}({x});");
        let _ = writeln!(self.text.torch, "    {u}, {v} = {part}({x})");
        for (name, shape) in [(u, shape), (v, array.shape)] {
            self.text.arrays.push(Array { name, shape, is_read: false });
        }
    }

    /// A layer with a label.
    pub fn named_layer(&mut self) {
        let array = self.array();
        let Some((&n, rest)) = array.shape.split_last() else { return self.chain_of(&array) };
        let (label, x) = (format!("named{}", self.text.made), &array.name);
        // So that it can be applied to what it has made.
        let o = if self.choices.one_in(2) { n } else { self.choices.size() };
        let _ = writeln!(self.text.torch, "    {label} = p(nn.Linear({n}, {o}))");
        let shape = [rest, &[o]].concat();
        self.make(shape.clone(), &format!("{label}: linear({o})({x})"), &format!("{label}({x})"));
        self.text.named.push(Named { label, input: array.shape, output: shape });
    }

    /// What has a label, on another array.
    pub fn again(&mut self) {
        if self.text.named.is_empty() {
            return self.named_layer();
        }
        let Named { label, input, output } = self.choices.pick(&self.text.named).clone();
        let Some(array) = self.array_that(|array| array.shape == input) else { return };
        let x = &array.name;
        self.make(output, &format!("reuse {label}({x})"), &format!("{label}({x})"));
    }
}
