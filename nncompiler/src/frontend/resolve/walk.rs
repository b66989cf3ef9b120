//! The way down through the layers of a network: what the next one stands below, and what it is
//! called.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use super::constants::Constants;
use super::signature::shape;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{Equations, Layer, LocalRole, Numbers, Part, Source};
use crate::frontend::syntax::{BlockTree, Item, LayerTree, NetworkTree};
use crate::ir::index::Extent;

/// The field of a network's states.
const STATES: &str = "states";

pub struct Walk<'a> {
    pub network: &'a NetworkTree,
    /// The blocks that can be used here.
    pub blocks: &'a [BlockTree],
    /// The numbers that definitions see.
    pub constants: &'a Constants,
    /// The numbers that arguments see: those of repetitions and of the block around, too.
    pub scope: Constants,
    pub definitions: &'a Definitions<'a>,
    pub diagnostics: &'a mut Diagnostics,
    /// What the numbers of each input are.
    pub numbers: Vec<Numbers>,
    /// The inputs whose numbers are declared wrongly: no layer says so again.
    pub wrong_inputs: BTreeSet<usize>,
    pub layers: Vec<Layer>,
    /// The networks inside this one.
    pub parts: Vec<Part>,
    /// How many layers, groups and blocks there have been.
    pub items: usize,
    /// Whether there have been too many.
    pub is_full: bool,
    /// Whether there is nothing wrong with it, be it reported here or elsewhere.
    pub whole: bool,
    /// Whether every layer so far is known.
    pub complete: bool,
    pub above: Above,
    /// The inputs of the next layer beside the one above, with their shapes.
    pub beside: Vec<(Source, Vec<usize>)>,
    pub names: Names,
    pub labels: Labels<'a>,
}

/// What the next layer stands below.
#[derive(Clone)]
pub struct Above {
    /// Where its input comes from.
    pub source: Source,
    /// The shape of its input, unless something is wrong with it.
    pub shape: Option<Vec<usize>>,
    /// The name of the layer or group above it; none below the network's input.
    pub producer: Option<String>,
}

impl Above {
    /// `relu` above it produces 128
    pub fn produces(&self, sizes: &[usize]) -> String {
        match (&self.producer, sizes) {
            (Some(name), _) => format!("`{name}` above it produces {}", shape(sizes)),
            (None, [size]) => format!("the network has {size} inputs"),
            (None, _) => format!("the network's input is {}", shape(sizes)),
        }
    }
}

/// The names of layers.
#[derive(Default)]
pub struct Names {
    fields: BTreeSet<String>,
    /// The labels of layers so far, with the groups around them.
    labels: BTreeSet<String>,
    /// What a state dict calls the parameters so far.
    keys: BTreeSet<String>,
    /// The groups around the layer at hand, outermost first.
    pub groups: Vec<GroupName>,
}

/// What a group adds to the names of its layers.
pub struct GroupName {
    /// In a state dict.
    pub key: String,
    /// In the struct.
    pub field: String,
    pub kind: GroupKind,
}

/// How a group stands in the names of what is in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum GroupKind {
    /// By its label.
    Labelled,
    /// By its position, or its number among others alike.
    Numbered,
    /// The same, but left out before a label.
    Optional,
    /// A repetition without a label, left out before one.
    Repetition,
    /// A time that something is repeated, behind a label that it is of.
    Round,
}

/// What `reuse` can name.
#[derive(Default)]
pub struct Labels<'a> {
    pub items: BTreeMap<String, Labelled<'a>>,
    /// The labels whose layers are being reused, outermost first.
    pub reused: Vec<String>,
    /// The layer whose parameters the next one shares, while something is reused.
    pub sharing: Option<usize>,
}

/// What has a label.
pub struct Labelled<'a> {
    pub item: &'a Item,
    /// The number of its first layer.
    pub first: usize,
    /// Whether there is nothing wrong with it.
    pub whole: bool,
    /// What its names stand for.
    pub scope: Constants,
    pub blocks: &'a [BlockTree],
}

impl<'a> Walk<'a> {
    pub fn new(
        network: &'a NetworkTree,
        constants: &'a Constants,
        definitions: &'a Definitions<'a>,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self {
            network,
            blocks: definitions.blocks(),
            constants,
            scope: constants.clone(),
            definitions,
            diagnostics,
            numbers: Vec::new(),
            wrong_inputs: BTreeSet::new(),
            layers: Vec::new(),
            parts: Vec::new(),
            items: 0,
            is_full: false,
            whole: network.whole,
            complete: network.whole,
            above: Above { source: Source::Input(0), shape: None, producer: None },
            beside: Vec::new(),
            names: Names::default(),
            labels: Labels::default(),
        }
    }

    /// The name of a layer's field, which no other has. A layer that holds nothing has none, but no two
    /// in one place have one label.
    pub fn field(&mut self, position: usize, layer: &LayerTree, is_there: bool) -> Ident {
        let own = match &layer.label {
            Some(label) => label.to_string(),
            None => format!("{}{position}", layer.name),
        };
        let mut name = self.full_field(&own, layer.label.is_some());
        let span = layer.label.as_ref().map_or(layer.name.span(), Ident::span);
        let label = layer.label.as_ref().map(|label| self.key(&label.to_string(), true));
        let is_new_label = label.is_none_or(|label| self.names.labels.insert(label));
        let is_new_field = !is_there || !self.names.fields.contains(&name);
        if !is_new_label || !is_new_field {
            let message = match &layer.label {
                Some(_) => {
                    format!("another layer is called `{name}` already; write another label")
                }
                None => format!(
                    "this layer needs a label: without one it is called `{name}`, which is \
                     another layer's label"
                ),
            };
            self.diagnostics.report(span, message);
            name.push_str("_again");
        }
        if is_there {
            self.names.fields.insert(name.clone());
        }
        match &layer.label {
            Some(label) if *label == name => label.clone(),
            _ => Ident::new(&name, span),
        }
    }

    /// The groups whose names stand in that of a layer: none that is optional before a label.
    fn groups_of(&self, is_label: bool) -> Vec<&GroupName> {
        let mut groups: Vec<&GroupName> = Vec::new();
        let without_optional = |groups: &mut Vec<&GroupName>| {
            while groups.pop_if(|last| last.kind == GroupKind::Optional).is_some() {}
        };
        for group in &self.names.groups {
            if group.kind == GroupKind::Labelled {
                without_optional(&mut groups);
            }
            groups.push(group);
        }
        if is_label {
            without_optional(&mut groups);
        }
        groups
    }

    /// The name of a field inside its groups: `a_0` of a label in the first round of a repetition without one.
    fn full_field(&self, own: &str, is_label: bool) -> String {
        let mut groups: Vec<&GroupName> = Vec::new();
        for group in &self.names.groups {
            let rounds = match group.kind {
                GroupKind::Labelled => without_label(&mut groups),
                _ => Vec::new(),
            };
            groups.push(group);
            groups.extend(rounds);
        }
        let rounds = if is_label { without_label(&mut groups) } else { Vec::new() };
        let fields = |groups: Vec<&'_ GroupName>| -> Vec<String> {
            groups.into_iter().map(|group| group.field.clone()).collect()
        };
        [fields(groups), vec![own.to_owned()], fields(rounds)].concat().join("_")
    }

    /// Whether a layer in these groups has this name already.
    pub fn has_field(&self, own: &Ident) -> bool {
        self.names.fields.contains(&self.full_field(&own.to_string(), true))
    }

    /// A network with states has a field for them.
    pub fn check_states(&mut self) {
        let is_state = |role: &LocalRole| matches!(role, LocalRole::State(_));
        let is_parameter = |role: &LocalRole| matches!(role, LocalRole::Parameter(_));
        if !self.layers.iter().any(|layer| layer.has_own(is_state)) {
            return;
        }
        let layers = self.layers.iter_mut();
        let layers = layers.filter(|layer| layer.within.is_empty() && layer.has_own(is_parameter));
        let fields = layers.map(|layer| &mut layer.field);
        let parts = self.parts.iter_mut().map(|part| &mut part.field);
        for field in fields.chain(parts).filter(|field| **field == STATES) {
            let message =
                "this is what the field of the network's states is called; write another label";
            self.diagnostics.report(field.span(), message);
            *field = Ident::new("states_again", field.span());
        }
    }

    /// What a state dict calls the layer that is called `own` inside its groups.
    pub fn key(&self, own: &str, is_label: bool) -> String {
        let groups = self.groups_of(is_label);
        let groups = groups.iter().map(|group| group.key.as_str());
        groups.chain([own]).collect::<Vec<_>>().join(".")
    }

    /// Takes the keys of a layer's parameters: in a file, two of one key would be one. That is no
    /// mistake of its own where the name of the layer is one.
    pub fn register_keys(&mut self, written: &LayerTree, layer: &Layer, is_reported: bool) {
        let keys = layer.keys();
        let taken = keys.iter().find(|key| self.names.keys.contains(*key));
        if let Some(key) = taken.filter(|_| !is_reported) {
            let message = format!(
                "in a file, `{key}` is another layer's already: write another label here or for \
                 the group around it"
            );
            let name = written.label.as_ref().unwrap_or(&written.name);
            self.diagnostics.report(name.span(), message);
        }
        self.names.keys.extend(keys);
    }

    /// The next layer of the network.
    pub fn push(&mut self, layer: Layer) {
        let sizes = layer.equations.arrays.get(layer.equations.output);
        self.above.shape =
            sizes.map(|array| array.axes.iter().map(|extent| extent.per_sample()).collect());
        self.above.source = Source::Layer(self.layers.len());
        self.layers.push(layer);
        self.labels.sharing = self.labels.sharing.map(|next| next + 1);
    }

    /// The layer whose parameters this one shares; they must have the same sizes.
    pub fn shared(&mut self, layer: &LayerTree, equations: &Equations) -> Option<usize> {
        let number = self.labels.sharing?;
        let original = self.layers.get(number)?;
        let axes = |equations: &Equations| -> Vec<Vec<Extent>> {
            let kept = equations.arrays.iter().filter(|array| array.role.is_kept());
            kept.map(|array| array.axes.clone()).collect()
        };
        if axes(&original.equations) != axes(equations) {
            let message = format!(
                "`{}` cannot reuse the parameters of `{}`: here they would have other sizes",
                layer.name, original.title
            );
            self.diagnostics.report(layer.call(), message);
            return None;
        }
        Some(number)
    }
}

/// Leaves out the groups before a label that have none, but for the rounds of repetitions: those are given
/// back, to stand behind it.
fn without_label<'g>(groups: &mut Vec<&'g GroupName>) -> Vec<&'g GroupName> {
    let mut rounds = Vec::new();
    loop {
        match groups.as_slice() {
            [.., last] if last.kind == GroupKind::Optional => drop(groups.pop()),
            [.., around, round]
                if around.kind == GroupKind::Repetition && round.kind == GroupKind::Round =>
            {
                rounds.insert(0, *round);
                groups.truncate(groups.len() - 2);
            }
            _ => return rounds,
        }
    }
}
