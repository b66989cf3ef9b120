//! A network inside another: its layers stand among those of the whole, and its parameters in a field of its
//! own type.

use proc_macro2::Ident;

use super::body_arrays::{Made, Operand};
use super::names::snake_case;
use super::signature::{inputs, shape};
use super::walk::{Above, Walk};
use crate::frontend::resolved::{Layer, Network, Part, Source};
use crate::frontend::syntax::{LayerTree, NetworkContent};

impl<'a> Walk<'a> {
    /// The network that a layer names.
    pub fn network_called(&self, name: &Ident) -> Option<&'a Network> {
        self.definitions.network(name).filter(|_| !self.is_block(name))
    }

    /// A network in a chain, which has one input and one output.
    pub fn part_in_chain(&mut self, layer: &LayerTree, network: &'a Network) {
        let stated = network.inputs.first().map(|input| input.shape.clone());
        let operand = self.above.shape.take().or(stated).map(|shape| Operand {
            name: network.name.clone(),
            source: self.above.source,
            shape,
        });
        let made = self.inside(layer, network, operand.into_iter().collect(), 1);
        match made.and_then(|made| made.into_iter().next()) {
            Some(Made { source, shape }) => {
                (self.above.source, self.above.shape) = (source, Some(shape));
            }
            None => (self.complete, self.above.shape) = (false, None),
        }
        self.above.producer = Some(network.name.to_string());
    }

    /// A network applied to arrays; its outputs, of which there must be so many.
    pub fn part_on_arrays(
        &mut self,
        layer: &LayerTree,
        network: &'a Network,
        operands: Vec<Operand>,
        count: usize,
    ) -> Option<Vec<Made>> {
        let expected = network.inputs.iter().map(|input| input.shape.len());
        let expected: Vec<usize> = expected.collect();
        let ranks = expected.into_iter().chain(std::iter::repeat(0));
        let operands: Vec<Operand> = operands
            .into_iter()
            .zip(ranks)
            .map(|(one, rank)| if rank == 0 { one } else { self.with_axis(one) })
            .collect();
        if let Some(first) = operands.first() {
            let (source, producer) = (first.source, Some(first.name.to_string()));
            self.above = Above { source, shape: None, producer };
        }
        self.inside(layer, network, operands, count)
    }

    fn inside(
        &mut self,
        layer: &LayerTree,
        network: &'a Network,
        operands: Vec<Operand>,
        count: usize,
    ) -> Option<Vec<Made>> {
        self.whole &= network.whole;
        if !network.complete {
            return None;
        }
        self.check_ports(layer, network, &operands, count)?;
        let sources: Vec<Source> = operands.into_iter().map(|one| one.source).collect();
        self.check_numbers_of_network(network, &sources, layer.name.span().into())?;
        let first = self.inline(layer, network, &sources)?;
        let outputs = network.outputs.iter().map(|output| Made {
            source: inlined(output.source, &sources, first),
            shape: output.shape.clone(),
        });
        Some(outputs.collect())
    }

    /// Whether inputs and outputs are those of the network.
    fn check_ports(
        &mut self,
        layer: &LayerTree,
        network: &Network,
        operands: &[Operand],
        count: usize,
    ) -> Option<()> {
        let name = &layer.name;
        if let Some(argument) = layer.arguments.first() {
            let message = format!("the network `{name}` has all its sizes: write `{name}` alone");
            self.diagnostics.report(argument.location(), message);
        }
        let objection = if network.inputs.len() == operands.len() {
            (network.outputs.len() != count).then(|| other_outputs(network, count))
        } else {
            let is_chain = matches!(self.network.content, NetworkContent::Chain(_));
            Some(other_inputs(network, operands.len(), is_chain))
        };
        if let Some(objection) = objection {
            self.diagnostics.report(name.span(), format!("`{name}` {objection}"));
            return None;
        }
        let mut ports = network.inputs.iter().zip(operands).enumerate();
        let wrong = ports.find(|(_, (input, operand))| input.shape != operand.shape);
        let Some((number, (input, operand))) = wrong else { return Some(()) };
        let message = match number {
            0 => format!(
                "`{name}` expects {}, but {}",
                inputs(&input.shape),
                self.above.produces(&operand.shape)
            ),
            _ => format!(
                "`{name}` expects `{}` to be {}, but it is {}",
                input.name,
                shape(&input.shape),
                shape(&operand.shape)
            ),
        };
        self.diagnostics.report(name.span(), message);
        None
    }

    /// Puts the layers of a network behind those so far; the number of the first.
    fn inline(&mut self, layer: &LayerTree, network: &Network, given: &[Source]) -> Option<usize> {
        let (own, name) = (&layer.name, snake_case(&network.name));
        let label = layer.label.clone().unwrap_or_else(|| Ident::new(&name, own.span()));
        let shared = self.labels.sharing;
        if layer.label.is_none() && shared.is_none() && self.has_field(&label) {
            let message = format!(
                "another layer is called `{label}` already: write `reuse {label}` for the same \
                 parameters, or a label for others, `other: {own}`"
            );
            self.diagnostics.report(own.span(), message);
            return None;
        }
        let before = self.diagnostics.len();
        let named = LayerTree { label: Some(label.clone()), ..layer.clone() };
        let field = self.field(0, &named, shared.is_none());
        let (key, first) = (self.key(&label.to_string(), true), self.layers.len());
        for (number, layer) in network.layers.iter().enumerate() {
            let inputs = layer.inputs.iter().map(|&source| inlined(source, given, first));
            let shares = match (shared, layer.shares) {
                (Some(original), of) => Some(original + of.unwrap_or(number)),
                (None, of) => of.map(|of| first + of),
            };
            let within = std::iter::once(&field).chain(&layer.within).cloned().collect();
            let resolved = Layer {
                within,
                key: format!("{key}.{}", layer.key),
                inputs: inputs.collect(),
                shares,
                ..layer.clone()
            };
            self.register_keys(&named, &resolved, self.diagnostics.len() > before);
            self.layers.push(resolved);
        }
        let last = self.layers.len();
        self.labels.sharing = shared.map(|next| next + network.layers.len());
        if shared.is_none() {
            let has_states = network.has_states();
            let (network, visibility) = (network.name.clone(), network.visibility.clone());
            self.parts.push(Part { field, network, visibility, has_states, layers: first..last });
        }
        Some(first)
    }
}

/// Where an array of a network comes from when it stands inside another.
fn inlined(source: Source, given: &[Source], first: usize) -> Source {
    match source {
        Source::Input(number) => given[number],
        Source::Layer(number) => Source::Layer(first + number),
        Source::Other(number, array) => Source::Other(first + number, array),
    }
}

/// What is wrong with a call that gives another number of inputs.
fn other_inputs(network: &Network, found: usize, is_chain: bool) -> String {
    let names: Vec<String> = network.inputs.iter().map(|input| input.name.to_string()).collect();
    let (name, all) = (&network.name, plural(names.len(), "input"));
    let written = format!("`{name}({})`", names.join(", "));
    if is_chain {
        return format!("has {all}, but a chain has one: write a body, {written}");
    }
    let are = if found == 1 { "is" } else { "are" };
    format!("has {all}, but {found} {are} given: write {written}")
}

/// What is wrong with a call of which another number of outputs is read.
fn other_outputs(network: &Network, count: usize) -> String {
    let names: Vec<String> = network.outputs.iter().map(|output| output.name.to_string()).collect();
    let (name, all) = (&network.name, plural(names.len(), "output"));
    let write = match names.as_slice() {
        [_] => format!("`y = {name}(…);`"),
        _ => format!("`{} = {name}(…);` in a body", names.join(", ")),
    };
    let are = if count == 1 { "is" } else { "are" };
    format!("has {all}, but {count} {are} read: write {write}")
}

/// `1 input`, `2 inputs`
fn plural(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
