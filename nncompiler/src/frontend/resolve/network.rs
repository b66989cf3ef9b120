//! A network: a chain of layers from one input to one output, or a body of statements.

use proc_macro2::Ident;

use super::attributes;
use super::axes::{Call, written_out};
use super::blocks::FirstLayer;
use super::constants::{Constants, Sizes};
use super::flatten::Body;
use super::signature::{bind_sizes, declared_input, passes_vectors, rank};
use super::walk::Walk;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{Network, NetworkInput, NetworkOutput, Numbers};
use crate::frontend::syntax::{
    Argument, DeclaredNumbers, INPUT, Item, LayerTree, NetworkContent, NetworkTree, Setting,
};

/// What the input and the output of a chain of layers are called.
const CHAIN: [&str; 2] = ["x", "y"];

/// Resolves every layer and statement.
pub fn network(
    tree: &NetworkTree,
    constants: &Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> Network {
    let before = diagnostics.len();
    let body = match &tree.content {
        NetworkContent::Chain(_) => None,
        NetworkContent::Body(statements) => {
            Some(Body::new(statements, Vec::new(), definitions, diagnostics))
        }
    };
    let mut walk = Walk::new(tree, constants, definitions, diagnostics);
    let (inputs, outputs) = match (&tree.content, &body) {
        (NetworkContent::Chain(items), _) => walk.chain(items),
        (NetworkContent::Body(_), Some(body)) => walk.body(body),
        (NetworkContent::Body(_), None) => (Vec::new(), Vec::new()),
    };
    walk.freeze();
    walk.check_states();
    let differentiated_inputs = walk.differentiated_inputs(&inputs);
    let (layers, parts, whole, complete) = (walk.layers, walk.parts, walk.whole, walk.complete);
    Network {
        attributes: attributes::of_types(&tree.attributes),
        visibility: tree.visibility.clone(),
        name: tree.name.clone(),
        inputs,
        layers,
        parts,
        outputs,
        differentiated_inputs,
        whole: whole && diagnostics.len() == before,
        complete,
        is_part: false,
    }
}

impl<'a> Walk<'a> {
    /// Layers from one input to one output.
    fn chain(&mut self, layers: &'a [Item]) -> (Vec<NetworkInput>, Vec<NetworkOutput>) {
        let is_input = |item: &Item| matches!(item, Item::Layer(layer) if layer.name == INPUT);
        let name = &self.network.name;
        if layers.iter().all(is_input) && self.network.whole {
            let message = format!("`{name}` needs at least one layer");
            self.diagnostics.report(name.span(), message);
        }
        let mut items = layers;
        let input = match items.split_first() {
            Some((Item::Layer(first), rest)) if first.name == INPUT => {
                items = rest;
                self.stated_input(first)
            }
            _ => self.inferred_input(items),
        };
        let (input, numbers) =
            input.map_or((None, Numbers::Real), |(shape, numbers)| (Some(shape), numbers));
        self.numbers.push(numbers);
        self.above.shape.clone_from(&input);
        self.items(items);
        self.complete &= self.above.shape.is_some();
        let [input_name, output_name] = CHAIN.map(|text| Ident::new(text, name.span()));
        let (source, shape) = (self.above.source, self.above.shape.clone().unwrap_or_default());
        let shape_of_input = input.unwrap_or_default();
        let input =
            NetworkInput { name: input_name, shape: shape_of_input, numbers, is_of_samples: true };
        (vec![input], vec![NetworkOutput { name: output_name, source, shape }])
    }
}

impl<'a> Walk<'a> {
    /// `input(28, 28)`, or `input(16): index(128)`
    fn stated_input(&mut self, layer: &LayerTree) -> Option<(Vec<usize>, Numbers)> {
        if layer.arguments.is_empty() {
            let message = "`input` needs the shape of one sample: `input(28, 28)`";
            self.diagnostics.report(layer.location, message);
        }
        for name in layer.arguments.iter().filter_map(|argument| argument.name.as_ref()) {
            let message = "`input` takes sizes without names: `input(28, 28)`";
            self.diagnostics.report(name.span(), message);
        }
        let arguments: Vec<&Argument> = layer.arguments.iter().collect();
        let numbers = self.declared_numbers(&layer.numbers, &layer.name);
        let sizes = self.sizes(&arguments)?;
        let sizes: Vec<usize> = sizes.into_iter().flat_map(|size| size.0).collect();
        (!sizes.is_empty()).then_some((sizes, numbers.unwrap_or(Numbers::Real)))
    }

    /// The input that the layers imply; what is wrong with them is reported where they are added.
    fn inferred_input(&mut self, items: &'a [Item]) -> Option<(Vec<usize>, Numbers)> {
        let reported = std::mem::take(self.diagnostics);
        let input = self.implied_input(items);
        *self.diagnostics = reported;
        input
    }

    /// The input that the first layer with all its sizes implies.
    fn implied_input(&mut self, items: &'a [Item]) -> Option<(Vec<usize>, Numbers)> {
        let layers = self.first_layers(items).into_iter();
        for (k, FirstLayer { layer, scope }) in layers.enumerate() {
            if let Some(network) = self.network_called(&layer.name) {
                let NetworkInput { shape, numbers, .. } = network.inputs.first()?.clone();
                return (k == 0 || shape.len() == 1).then_some((shape, numbers));
            }
            let definition = self.definitions.find(&layer.name.to_string())?;
            let sizes: Vec<&Argument> =
                layer.arguments.iter().filter(|argument| argument.name.is_none()).collect();
            let count = sizes.len();
            let of_rank = |rank| {
                let setting = |setting: &Setting| self.default(setting);
                let call = Call { rank, sizes: count, order: &[], setting: &setting };
                written_out(definition, &call).ok()
            };
            let (vectors, stated) = (of_rank(Some(1)), of_rank(None));
            let complete = stated.filter(|found| rank(found) > 0 && found.sizes.len() == count);
            if let Some(definition) = complete {
                let sizes = sizes.iter();
                let sizes: Option<Vec<Sizes>> =
                    sizes.map(|size| scope.sizes(&size.value, self.diagnostics)).collect();
                let known = bind_sizes(&definition, self.constants, &sizes?);
                let shape = declared_input(&definition, &known)?;
                // The layers in between pass a vector through, whatever its length.
                let numbers = match definition.inputs.first().map(|input| &input.numbers) {
                    Some(DeclaredNumbers::Index(below)) => {
                        Numbers::Index(known.size(below, self.diagnostics)?)
                    }
                    _ => Numbers::Real,
                };
                return (k == 0 || shape.len() == 1).then_some((shape, numbers));
            }
            if !vectors.is_some_and(|found| passes_vectors(&found)) {
                break;
            }
        }
        None
    }
}
