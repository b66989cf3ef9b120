//! Layers applied to the arrays of a body.

use proc_macro2::Ident;

use super::body_arrays::Operand;
use super::walk::{Above, Walk};
use crate::frontend::resolved::{Equations, LayerKind};
use crate::frontend::syntax::{Definition, Item, LayerTree, Location};

impl<'a> Walk<'a> {
    /// Layers on arrays.
    pub fn apply(
        &mut self,
        target: &Ident,
        item: &'a Item,
        operands: Vec<Operand>,
        location: Location,
    ) -> Option<Operand> {
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
        match item {
            Item::Layer(layer) if !others.is_empty() && self.is_layer(layer) => {
                self.joined(layer, others);
            }
            _ if !others.is_empty() => {
                let message = "several layers one after the other take one array: `concat` joins \
                               two, `concat(a, b)`";
                self.diagnostics.report(location, message);
                return None;
            }
            item => self.item(0, item),
        }
        let (source, shape) = (self.above.source, self.above.shape.clone()?);
        Some(Operand { name: target.clone(), source, shape })
    }

    /// A single number as an array of one, which layers take.
    fn with_axis(&mut self, operand: Operand) -> Operand {
        if !operand.shape.is_empty() {
            return operand;
        }
        let equations = Equations::single_number(&operand.name);
        let (title, sources) = (operand.name.to_string(), vec![operand.source]);
        let kind = LayerKind::Equations;
        let source = self.push_made(&operand.name, &title, title.clone(), sources, kind, equations);
        Operand { source, shape: vec![1], ..operand }
    }

    /// Whether it is one layer, and not a block of them.
    fn is_layer(&self, layer: &LayerTree) -> bool {
        self.blocks.iter().all(|block| block.name != layer.name)
    }

    /// One layer on several arrays: all of them at once, or two by two, as `concat` takes them.
    fn joined(&mut self, layer: &LayerTree, others: Vec<Operand>) {
        let definition = self.definitions.find(&layer.name.to_string());
        let joins_two =
            |definition: &Definition| definition.is_built_in && definition.inputs.len() == 2;
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
            self.beside.clear();
        }
    }
}
