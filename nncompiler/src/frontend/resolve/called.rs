//! Layers that a layer applies: their equations become its own, and their parameters its parameters, with
//! the name before them that it gives what they make.

use proc_macro2::{Ident, Span};
use syn::Visibility;

use super::body_arrays::Operand;
use super::flatten::{Step, StepKind, steps_of_layer};
use super::layer_statements::LayerStatements;
use super::merged::Merged;
use super::numbers::numbers_in;
use super::resolver::Resolver;
use super::walk::Walk;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{Layer, LocalArray, LocalRole, LocalStatement, Numbers, Source};
use crate::frontend::syntax::{
    Assignment, BLANK, Expression, ExpressionKind, Item, Location, NetworkContent, NetworkTree,
    TargetAxis,
};
use crate::ir::function::Scan;
use crate::ir::index::{ArrayId, Index};

/// A layer with all that it applies has no more statements.
const MOST_STATEMENTS: usize = 2000;

impl Resolver<'_> {
    /// The statements of a layer that applies others. Nothing where one cannot be applied: what follows makes
    /// no sense then.
    pub fn statements_with_layers(&mut self) -> Option<LayerStatements> {
        let definition = self.definition;
        let steps = steps_of_layer(definition, self.definitions, self.diagnostics);
        let mut made = LayerStatements::default();
        for step in &steps {
            let Step { target, kind } = step;
            match kind {
                StepKind::Equation(assignment) => {
                    self.equation_in(assignment, &mut made);
                }
                StepKind::Alias(of) => {
                    let id = self.whole(of, &mut made)?;
                    self.arrays.call(target.to_string(), id);
                    made.last = Some(id);
                }
                StepKind::Apply { item, arguments, location, .. } => {
                    self.apply(&step.targets(), item, arguments, *location, &mut made)?;
                }
                StepKind::Unknown => return None,
                StepKind::Derivative { of, .. } => {
                    let message = "a derivative stands in the body of a network or in a loss";
                    self.report(of.span(), message);
                    return None;
                }
            }
            if made.statements.len() > MOST_STATEMENTS {
                let message = format!(
                    "with all layers that it applies, `{}` has more than {MOST_STATEMENTS} statements",
                    definition.name
                );
                self.report(target.span(), message);
                return None;
            }
        }
        Some(made)
    }

    /// A statement with equations of its own.
    pub fn equation_in(&mut self, assignment: &Assignment, made: &mut LayerStatements) {
        self.enter_scans(assignment);
        self.check_scan_target(assignment);
        let statement = self.statement(assignment);
        self.scans.made(assignment);
        let Some(statement) = statement else {
            self.is_partial = true;
            return;
        };
        if !statement.is_update {
            made.last = Some(statement.target.array);
        }
        made.statements.push(statement);
    }

    /// An array that is read as a whole.
    fn whole(&mut self, name: &Ident, made: &mut LayerStatements) -> Option<ArrayId> {
        let text = name.to_string();
        if self.carried(name).is_none() {
            let known = self.arrays.find(&text);
            if known.is_none() {
                self.report(name.span(), format!("no array above is called `{name}`"));
            }
            return known;
        }
        // A copy, without what there is before the first step.
        let rank = self.arrays.get(self.arrays.find(&text)?).axes.len();
        let copy = Ident::new(&format!("{text}_whole"), name.span());
        if let Some(known) = self.arrays.find(&copy.to_string()) {
            return Some(known);
        }
        let index = |axis| Ident::new(&format!("{text}_axis{axis}"), name.span());
        let places: Vec<Expression> = (0..rank).map(|axis| name_of(index(axis))).collect();
        let targets = places.iter().map(|at| TargetAxis { at: at.clone(), extent: None });
        let (at, location) = (targets.collect(), Location::from(name.span()));
        let kind = ExpressionKind::Element { array: name.clone(), at: places };
        let assignment =
            Assignment { at, ..Assignment::of_array(copy, Expression { kind, location }) };
        let name = assignment.target.to_string();
        self.equation_in(&assignment, made);
        self.arrays.find(&name)
    }

    /// Layers applied to arrays.
    fn apply(
        &mut self,
        targets: &[&Ident],
        item: &Item,
        arguments: &[Ident],
        location: Location,
        made: &mut LayerStatements,
    ) -> Option<()> {
        let mut layers = item.layers().into_iter();
        if let Some(name) = layers.find(|name| is_network(name, self.definitions)) {
            self.report(name.span(), "a network is applied in the body of a network alone");
            return None;
        }
        let (given, operands) = self.operands(arguments, made)?;
        let numbers = given.iter().map(|&id| numbers_in(&self.arrays.get(id).role)).collect();
        let network = NetworkTree {
            attributes: Vec::new(),
            visibility: Visibility::Inherited,
            name: self.definition.name.clone(),
            content: NetworkContent::Body(Vec::new()),
            whole: true,
        };
        let mut found = Diagnostics::default();
        let constants = self.known.clone();
        let mut walk = Walk::new(&network, &constants, self.definitions, &mut found);
        walk.numbers = numbers;
        let results = walk.apply(item, operands, targets.len(), location);
        let (numbers, layers, is_known) = (walk.numbers, walk.layers, walk.whole);
        let Some(results) = results.filter(|_| found.len() == 0) else {
            // What is wrong with the layers themselves is said where they are.
            self.calls_broken |= !is_known;
            if !self.is_trial || is_known {
                self.diagnostics.append(found);
            }
            return None;
        };
        for (&id, numbers) in given.iter().zip(numbers) {
            if let Numbers::Class(Some(below)) = numbers {
                self.arrays.limit(id, below);
            }
        }
        let results: Vec<Source> = results.iter().map(|array| array.source).collect();
        self.merge(targets, &layers, &given, &results, made)
    }

    /// The arrays that layers are applied to.
    fn operands(
        &mut self,
        arguments: &[Ident],
        made: &mut LayerStatements,
    ) -> Option<(Vec<ArrayId>, Vec<Operand>)> {
        let (mut given, mut operands) = (Vec::new(), Vec::new());
        for (number, name) in arguments.iter().enumerate() {
            let id = self.whole(name, made)?;
            let axes = &self.arrays.get(id).axes;
            let shape = axes.iter().map(|extent| extent.per_sample()).collect();
            operands.push(Operand { name: name.clone(), source: Source::Input(number), shape });
            given.push(id);
        }
        Some((given, operands))
    }

    /// Takes the equations of layers, which make the targets.
    fn merge(
        &mut self,
        targets: &[&Ident],
        layers: &[Layer],
        given: &[ArrayId],
        results: &[Source],
        made: &mut LayerStatements,
    ) -> Option<()> {
        let named = targets.iter().zip(results).filter(|(target, _)| **target != BLANK);
        let named: Vec<(&Ident, Source)> =
            named.map(|(target, &source)| (*target, source)).collect();
        let first = named.first().map_or(targets[0], |(target, _)| target);
        let mut merged = Merged { given, named: &named, outputs: Vec::new(), arrays: Vec::new() };
        for layer in layers {
            let own = self.arrays_of(layer, first, &merged)?;
            self.take_statements(layer, &own, first.span(), made);
            merged.outputs.push(own[layer.equations.output]);
            merged.arrays.push(own);
            made.ignored.extend(layer.ignored.iter().map(|key| layer.full_key(key)));
        }
        for &(target, source) in &named {
            self.arrays.call(target.to_string(), merged.array(source));
        }
        made.last = results.first().map(|&source| merged.array(source));
        Some(())
    }

    /// The arrays of the next layer: those of its sources, those that it shares with another, and its own.
    fn arrays_of(
        &mut self,
        layer: &Layer,
        first: &Ident,
        merged: &Merged<'_>,
    ) -> Option<Vec<ArrayId>> {
        let mut sources = layer.inputs.iter();
        let shared = layer.shares.map(|other| &merged.arrays[other]);
        let arrays = layer.equations.arrays.iter().enumerate().map(|(at, local)| {
            match (&local.role, shared) {
                (LocalRole::Input | LocalRole::Integers(_), _) => {
                    sources.next().map(|&one| merged.array(one))
                }
                (role, Some(shared)) if role.is_kept() => Some(shared[at]),
                _ => match merged.target(at, layer.equations.output) {
                    Some(target) => {
                        let array = LocalArray { name: target.to_string(), ..local.clone() };
                        Some(self.arrays.add_inner(array))
                    }
                    None => self.inner_array(first, layer, local),
                },
            }
        });
        arrays.collect()
    }

    /// An array of a layer that is applied. What is kept has a name and a key that no other has.
    fn inner_array(
        &mut self,
        target: &Ident,
        layer: &Layer,
        local: &LocalArray,
    ) -> Option<ArrayId> {
        let name = format!("{}_{}", layer.field, local.name);
        let key = layer.full_key(&local.key);
        let is_taken = |other: &LocalArray| other.name == name || other.key == key;
        if local.role.is_kept() && self.arrays.kept().any(is_taken) {
            let message = format!(
                "`{name}`, in a file `{key}`, would be the name of two parameters: give this array \
                 another name"
            );
            self.report(target.span(), message);
            return None;
        }
        Some(self.arrays.add_inner(LocalArray { name, key, ..local.clone() }))
    }

    fn take_statements(
        &mut self,
        layer: &Layer,
        own: &[ArrayId],
        span: Span,
        made: &mut LayerStatements,
    ) {
        let first = self.indices.append(&layer.equations.indices, span);
        let index = |one: Index| Index(first + one.0);
        let array = |one: ArrayId| own[one.0 as usize];
        let scan = |one: &Scan| Scan { index: index(one.index), ..*one };
        for statement in &layer.equations.statements {
            let mut target = statement.target.renamed(&index);
            target.array = array(target.array);
            made.statements.push(LocalStatement {
                target,
                value: statement.value.renamed(&array, &index),
                is_update: statement.is_update,
                scans: statement.scans.iter().map(scan).collect(),
                otherwise: statement.otherwise,
            });
        }
    }
}

fn name_of(name: Ident) -> Expression {
    let location = Location::from(name.span());
    Expression { kind: ExpressionKind::Name(name), location }
}

/// Whether a name is that of a network, or of a block of layers with one in it.
fn is_network(name: &Ident, definitions: &Definitions) -> bool {
    // One with mistakes may be made of itself.
    let block = definitions.block(name).filter(|_| !definitions.is_broken(&name.to_string()));
    let layers = block.into_iter().flat_map(|block| &block.items).flat_map(Item::layers);
    definitions.is_network(name) || layers.into_iter().any(|layer| is_network(layer, definitions))
}
