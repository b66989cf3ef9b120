//! Layers applied to the arrays of a body.

use proc_macro2::Ident;

use super::body_arrays::{Made, Operand};
use super::walk::{Above, Walk};
use crate::frontend::resolved::{Equations, Layer, LayerKind, Numbers, Source};
use crate::frontend::syntax::{Definition, Group, GroupTree, Item, LayerTree, Location, Origin};

impl<'a> Walk<'a> {
    /// Layers on arrays; what they make, which must be so many arrays.
    pub fn apply(
        &mut self,
        item: &'a Item,
        operands: Vec<Operand>,
        count: usize,
        location: Location,
    ) -> Option<Vec<Made>> {
        self.noted(item, |walk| match item {
            Item::Group(GroupTree { kind: Group::Reuse { of }, label, keyword }) => {
                walk.within(label.as_ref(), keyword, 0, |walk| {
                    walk.reuse(of, |walk, item| match item {
                        Item::Layer(layer) => {
                            let layer = LayerTree { label: None, ..layer.clone() };
                            walk.layer_on(&layer, operands, count, location)
                        }
                        Item::Group(group) => {
                            walk.several_on(operands, count, location, |walk| walk.group(group))
                        }
                    })
                })
            }
            Item::Group(group) => walk.several_on(operands, count, location, |walk| {
                let (label, keyword) = (group.label.as_ref(), &group.keyword);
                walk.within(label, keyword, 0, |walk| walk.group(group));
            }),
            Item::Layer(layer) => walk.layer_on(layer, operands, count, location),
        })
    }

    /// One layer, block or network on arrays.
    fn layer_on(
        &mut self,
        layer: &LayerTree,
        operands: Vec<Operand>,
        count: usize,
        location: Location,
    ) -> Option<Vec<Made>> {
        if let Some(network) = self.network_called(&layer.name) {
            return self.part_on_arrays(layer, network, operands, count);
        }
        if operands.len() < 2 || self.is_block(&layer.name) {
            return self
                .several_on(operands, count, location, |walk| walk.layer_or_block(0, layer));
        }
        let others = self.begin_with(operands, location)?;
        self.joined(layer, others);
        self.made(count, location)
    }

    /// Layers one after the other on an array.
    fn several_on(
        &mut self,
        operands: Vec<Operand>,
        count: usize,
        location: Location,
        add: impl FnOnce(&mut Self),
    ) -> Option<Vec<Made>> {
        let others = self.begin_with(operands, location)?;
        if !others.is_empty() {
            let message = "several layers one after the other take one array: `concat` joins two, \
                           `concat(a, b)`";
            self.diagnostics.report(location, message);
            return None;
        }
        add(self);
        self.made(count, location)
    }

    /// Goes on below the first of some arrays; the others.
    fn begin_with(&mut self, operands: Vec<Operand>, location: Location) -> Option<Vec<Operand>> {
        let mut others: Vec<Operand> =
            operands.into_iter().map(|operand| self.with_axis(operand)).collect();
        if others.is_empty() {
            self.diagnostics.report(location, "a layer is applied to an array: `relu(x)`");
            return None;
        }
        let first = others.remove(0);
        self.above = Above {
            source: first.source,
            shape: Some(first.shape),
            producer: Some(first.name.to_string()),
        };
        Some(others)
    }

    /// What layers have made: the first of what the last of them puts out, or, as so many names, all of it.
    fn made(&mut self, count: usize, location: Location) -> Option<Vec<Made>> {
        let (source, shape) = (self.above.source, self.above.shape.clone()?);
        let first = Made { source, shape };
        let others = self.other_outputs(source);
        if count == 1 || others.is_empty() {
            return self.one_array(first, count, location);
        }
        let all: Vec<Made> = std::iter::once(first).chain(others).collect();
        if all.len() != count {
            let message = format!(
                "this makes {} arrays, but {count} names stand before `=`; `_` stands for one that \
                 nothing reads",
                all.len()
            );
            self.diagnostics.report(location, message);
            return None;
        }
        Some(all)
    }

    /// What a layer puts out beside the first array.
    fn other_outputs(&self, source: Source) -> Vec<Made> {
        let Source::Layer(number) = source else { return Vec::new() };
        let Some(Layer { equations, .. }) = self.layers.get(number) else { return Vec::new() };
        let made = |&array: &usize| Made {
            source: Source::Other(number, array),
            shape: equations.arrays[array].axes.iter().map(|one| one.per_sample()).collect(),
        };
        equations.others.iter().map(made).collect()
    }

    /// What makes one array, where so many are wanted.
    pub fn one_array(&mut self, made: Made, count: usize, location: Location) -> Option<Vec<Made>> {
        if count != 1 {
            let message = format!("this makes one array, but {count} names stand before `=`");
            self.diagnostics.report(location, message);
            return None;
        }
        Some(vec![made])
    }

    /// A single number as an array of one, which layers take. An integer chooses as it is.
    pub fn with_axis(&mut self, operand: Operand) -> Operand {
        let is_real = self.numbers_of(operand.source) == Numbers::Real;
        if !operand.shape.is_empty() || !is_real {
            return operand;
        }
        let equations = Equations::single_number(&operand.name);
        let (title, sources) = (operand.name.to_string(), vec![operand.source]);
        let kind = LayerKind::Equations;
        let source = self.push_made(&operand.name, &title, title.clone(), sources, kind, equations);
        Operand { source, shape: vec![1], ..operand }
    }

    /// One layer on several arrays: all of them at once, or two by two, as `concat` takes them.
    fn joined(&mut self, layer: &LayerTree, others: Vec<Operand>) {
        let definition = self.definitions.find(&layer.name.to_string());
        let joins_two = |definition: &Definition| {
            definition.origin == Origin::Library && definition.needed_inputs() == 2
        };
        let groups: Vec<Vec<Operand>> = if definition.is_some_and(joins_two) {
            others.into_iter().map(|one| vec![one]).collect()
        } else {
            vec![others]
        };
        let last = groups.len() - 1;
        for (number, group) in groups.into_iter().enumerate() {
            // The last of several has the label.
            let label = layer.label.as_ref().map(|label| {
                let own = format!("{label}_{number}");
                if number == last { label.clone() } else { Ident::new(&own, label.span()) }
            });
            self.beside = group.into_iter().map(|one| (one.source, one.shape)).collect();
            self.layer(0, &LayerTree { label, ..layer.clone() });
        }
    }
}
