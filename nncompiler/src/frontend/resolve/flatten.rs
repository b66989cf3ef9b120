//! The statements of a body → one step each: layers applied to arrays, derivatives, and equations in which
//! no layer is left.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::parse;
use crate::frontend::syntax::{
    AppliedLayers, Argument, Assignment, BLANK, BodyStatement, DeclaredNumbers, Definition,
    Expression, ExpressionKind, Group, GroupTree, Item, Kind, LayerTree, Location,
};

/// The derivative of one array by another: `d(u, x)`.
pub const DERIVATIVE: &str = "d";

/// One array of a body, from others that have names.
pub struct Step {
    /// What it makes.
    pub target: Ident,
    pub kind: StepKind,
}

impl Step {
    /// Everything that it makes.
    pub fn targets(&self) -> Vec<&Ident> {
        let others = match &self.kind {
            StepKind::Apply { others, .. } => others.as_slice(),
            _ => &[],
        };
        std::iter::once(&self.target).chain(others).collect()
    }
}

pub enum StepKind {
    /// A layer, several under one label, or a network, which may have outputs beside the first.
    Apply { item: Item, arguments: Vec<Ident>, others: Vec<Ident>, location: Location },
    /// `d(u, x)`
    Derivative { of: Ident, by: Ident },
    /// The same array under another name.
    Alias(Ident),
    /// Nothing that could make it: a mistake.
    Unknown,
    /// An equation, in which arrays are read by their names.
    Equation(Box<Assignment>),
}

/// What a body is made of, with its statements in steps.
pub struct Body<'a> {
    pub statements: &'a [BodyStatement],
    pub steps: Vec<Step>,
}

impl<'a> Body<'a> {
    /// Statements that may read arrays which are given beside.
    pub fn new(
        statements: &'a [BodyStatement],
        given: Vec<String>,
        definitions: &Definitions,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let taken = statements.iter().flat_map(declared).map(ToString::to_string);
        let taken = taken.chain(given).collect();
        let mut flattening = Flattening::new(definitions, taken, diagnostics);
        for statement in statements {
            if let BodyStatement::Assignment { label, assignment, .. } = statement {
                flattening.statement(label.as_ref(), assignment);
            }
        }
        Self { statements, steps: flattening.steps }
    }
}

/// The statements of a layer that applies others, in steps.
pub fn steps_of_layer(
    definition: &Definition,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> Vec<Step> {
    let parameters = definition.parameters.iter().map(|parameter| &parameter.declaration);
    let declared = definition.inputs.iter().chain(parameters).map(|one| &one.name);
    let assigned = definition.assignments.iter().flat_map(Assignment::targets);
    let taken = declared.chain(assigned).map(ToString::to_string).collect();
    let mut flattening = Flattening::new(definitions, taken, diagnostics);
    for assignment in &definition.assignments {
        if assignment.scans.is_empty() {
            flattening.statement(None, assignment);
        } else {
            // Step by step there are no whole arrays that layers could be applied to.
            let (target, kind) =
                (assignment.target.clone(), StepKind::Equation(Box::new(assignment.clone())));
            flattening.steps.push(Step { target, kind });
        }
    }
    flattening.steps
}

/// Whether a layer applies others.
pub fn applies_layers(definition: &Definition, definitions: &Definitions) -> bool {
    let applies = |one: &Assignment| !one.others.is_empty() || applies(&one.value, definitions);
    definition.kind == Kind::Layer && definition.assignments.iter().any(applies)
}

fn applies(expression: &Expression, definitions: &Definitions) -> bool {
    let is_own = match &expression.kind {
        ExpressionKind::Apply { .. } => true,
        ExpressionKind::Call { function, .. } => is_layer(function, definitions),
        _ => false,
    };
    is_own || expression.children().into_iter().any(|child| applies(child, definitions))
}

/// Whether a name is that of a layer, of a block of layers, or of an activation that learns.
fn is_layer(name: &Ident, definitions: &Definitions) -> bool {
    let learns = |one: &Definition| one.settings.iter().any(|setting| setting.is_learned);
    definitions.block(name).is_some()
        || definitions
            .find(&name.to_string())
            .is_some_and(|one| one.kind == Kind::Layer || learns(one))
}

/// The arrays that a statement declares.
fn declared(statement: &BodyStatement) -> Vec<&Ident> {
    match statement {
        BodyStatement::Input(input) => vec![&input.name],
        BodyStatement::Parameter(parameter) => vec![&parameter.declaration.name],
        BodyStatement::Assignment { .. } => statement.targets(),
        BodyStatement::Broken(names) => names.iter().collect(),
        BodyStatement::Index(_) | BodyStatement::Output(_) => Vec::new(),
    }
}

/// Divides statements into steps.
struct Flattening<'a> {
    pub definitions: &'a Definitions<'a>,
    pub diagnostics: &'a mut Diagnostics,
    /// The names of the body, which no array between two steps may have.
    pub taken: BTreeSet<String>,
    pub steps: Vec<Step>,
    /// What d(u, x) is called, where it is needed again.
    derivatives: BTreeMap<(String, String), Ident>,
}

impl<'a> Flattening<'a> {
    pub fn new(
        definitions: &'a Definitions<'a>,
        taken: BTreeSet<String>,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let (steps, derivatives) = (Vec::new(), BTreeMap::new());
        Self { definitions, diagnostics, taken, steps, derivatives }
    }

    /// A statement; its steps are added to those before. Layers are called as it says, and otherwise as what
    /// they make.
    fn statement(&mut self, label: Option<&Ident>, assignment: &Assignment) {
        let others = &assignment.others;
        let before = self.steps.len();
        self.assignment(assignment);
        let step = self.steps[before..].last_mut().map(|step| &mut step.kind);
        if let Some(StepKind::Apply { item, others: outputs, .. }) = step {
            outputs.extend_from_slice(others);
            // Where nothing reads the first array, another gives its name.
            let is_blank = item.label().is_some_and(|own| own == BLANK);
            let named = others.iter().find(|other| *other != BLANK).filter(|_| is_blank);
            match label.or(named) {
                Some(label) => item.set_label(label),
                None if is_blank => {
                    let message = "nothing reads what this makes: leave the statement out";
                    self.diagnostics.report(assignment.target.span(), message);
                    self.steps.truncate(before);
                }
                None => {}
            }
            return;
        }
        if let Some(label) = label {
            let message = "a label names layers that are applied here: `h = first: linear(4)(x)`";
            self.diagnostics.report(label.span(), message);
        }
        if let Some(other) = others.first() {
            let message =
                "a network or a layer makes several arrays: `mean, deviation = Encoder(x)`";
            self.diagnostics.report(other.span(), message);
        }
        let unknown = others.iter().filter(|other| *other != BLANK).cloned();
        self.steps.extend(unknown.map(|target| Step { target, kind: StepKind::Unknown }));
    }

    /// A statement with one target.
    pub fn assignment(&mut self, assignment: &Assignment) {
        let target = &assignment.target;
        let is_plain = !assignment.is_update && assignment.otherwise.is_none();
        let is_whole = assignment.at.is_empty() && is_plain;
        let value = match &assignment.value.kind {
            _ if !is_whole => self.inside(&assignment.value, target),
            ExpressionKind::Apply { layers, arguments } if !self.is_equation(layers) => {
                return self.apply(layers, arguments, target.clone(), assignment.value.location);
            }
            ExpressionKind::Call { function, arguments } if self.is_step(function) => {
                return self.call(function, arguments, target, assignment.value.location);
            }
            _ => self.inside(&assignment.value, target),
        };
        let kind = match &value.kind {
            ExpressionKind::Name(name) if is_whole && !self.is_number(name) => {
                StepKind::Alias(name.clone())
            }
            _ => StepKind::Equation(Box::new(Assignment { value, ..assignment.clone() })),
        };
        self.steps.push(Step { target: target.clone(), kind });
    }

    /// Whether a name is no array of the body: a constant, or `pi`.
    fn is_number(&self, name: &Ident) -> bool {
        !self.taken.contains(&name.to_string())
    }

    /// Whether a call is a step of its own, and not a part of an equation.
    fn is_step(&self, function: &Ident) -> bool {
        let name = function.to_string();
        let is_layer = is_layer(function, self.definitions);
        let is_network = self.definitions.is_network(function);
        let is_loss = self.definitions.has_loss_of_arrays(&name);
        name == DERIVATIVE || is_layer || is_network || is_loss
    }

    /// Whether what is applied is a loss of numbers, which is a part of an equation.
    fn is_equation(&self, layers: &AppliedLayers) -> bool {
        let AppliedLayers::Layer(layer) = layers else { return false };
        let losses = self.definitions.losses(&layer.name.to_string());
        self.definitions.block(&layer.name).is_none()
            && losses.iter().any(|loss| loss.is_of_numbers())
    }

    /// An expression without layers and derivatives: these are steps before it.
    fn inside(&mut self, expression: &Expression, target: &Ident) -> Expression {
        let kind = match &expression.kind {
            ExpressionKind::ElementOf { array, at } => {
                let at = at.iter().map(|one| self.inside(one, target)).collect();
                ExpressionKind::Element { array: self.array(array, target), at }
            }
            ExpressionKind::Apply { layers, .. } if !self.is_equation(layers) => {
                ExpressionKind::Name(self.array(expression, target))
            }
            ExpressionKind::Call { function, .. } if self.is_step(function) => {
                ExpressionKind::Name(self.array(expression, target))
            }
            _ => return expression.map_children(&mut |child| self.inside(child, target)),
        };
        Expression { kind, location: expression.location }
    }

    /// An expression as an array with a name: its own, or one that is made up.
    fn array(&mut self, expression: &Expression, target: &Ident) -> Ident {
        let what = match &expression.kind {
            ExpressionKind::Name(name) => return name.clone(),
            ExpressionKind::Apply { layers: AppliedLayers::Layer(layer), .. } => {
                layer.name.to_string()
            }
            ExpressionKind::Apply { layers: AppliedLayers::Reuse(of), .. } => of.to_string(),
            ExpressionKind::Call { function, .. } => function.to_string(),
            ExpressionKind::Apply { .. } => "layers".to_owned(),
            _ => "value".to_owned(),
        };
        if let Some(known) = self.known_derivative(expression) {
            return known;
        }
        let name = self.new_name(&format!("{target}_{what}"), expression.location);
        self.assignment(&Assignment::of_array(name.clone(), expression.clone()));
        name
    }

    /// The array that holds a derivative already.
    fn known_derivative(&self, expression: &Expression) -> Option<Ident> {
        let ExpressionKind::Call { function, arguments } = &expression.kind else { return None };
        let [of, by] = arguments.as_slice() else { return None };
        let of = self.known_derivative(of).or_else(|| of.as_name().cloned())?;
        let key = (of.to_string(), by.as_name()?.to_string());
        self.derivatives.get(&key).filter(|_| function == DERIVATIVE).cloned()
    }

    /// A name that no array has yet.
    fn new_name(&mut self, wanted: &str, location: Location) -> Ident {
        let mut name = wanted.to_owned();
        for number in 2.. {
            if self.taken.insert(name.clone()) {
                break;
            }
            name = format!("{wanted}{number}");
        }
        Ident::new(&name, location.first)
    }

    /// `softmax(x)` or `d(u, x)`
    fn call(
        &mut self,
        function: &Ident,
        arguments: &[Expression],
        target: &Ident,
        location: Location,
    ) {
        if function != DERIVATIVE {
            let call = Location::from(function.span());
            let layer = LayerTree {
                label: None,
                name: function.clone(),
                arguments: Vec::<Argument>::new(),
                numbers: DeclaredNumbers::Real,
                location: call,
            };
            self.apply(&AppliedLayers::Layer(Box::new(layer)), arguments, target.clone(), location);
            return;
        }
        let [of, by] = arguments else {
            let message = "a derivative is one of an array by another: `d(u, x)`";
            self.diagnostics.report(location, message);
            return;
        };
        let (of, by) = (self.array(of, target), self.array(by, target));
        let key = (of.to_string(), by.to_string());
        let kind = match self.derivatives.get(&key) {
            Some(known) => StepKind::Alias(known.clone()),
            None => StepKind::Derivative { of, by },
        };
        self.derivatives.entry(key).or_insert_with(|| target.clone());
        self.steps.push(Step { target: target.clone(), kind });
    }

    fn apply(
        &mut self,
        layers: &AppliedLayers,
        arguments: &[Expression],
        target: Ident,
        location: Location,
    ) {
        let arguments = arguments.iter().map(|one| self.array(one, &target)).collect();
        let label = Some(target.clone());
        let item = match layers {
            // A network is called by its own name.
            AppliedLayers::Layer(layer) if self.definitions.is_network(&layer.name) => {
                Item::Layer((**layer).clone())
            }
            AppliedLayers::Layer(layer) => Item::Layer(LayerTree { label, ..(**layer).clone() }),
            AppliedLayers::Reuse(of) => {
                let kind = Group::Reuse { of: of.clone() };
                Item::Group(GroupTree { label, keyword: target.clone(), kind })
            }
            AppliedLayers::Chain(tokens) => {
                let items = parse::chain(tokens.clone(), self.diagnostics);
                let kind = Group::Labelled(items);
                Item::Group(GroupTree { label, keyword: target.clone(), kind })
            }
        };
        let others = Vec::new();
        self.steps
            .push(Step { target, kind: StepKind::Apply { item, arguments, others, location } });
    }
}
