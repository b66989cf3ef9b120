//! `repeat l in 0..num_layers { … }` in a layer: its parameters and statements once for each value, written out
//! when the settings are known. Statements whose `when` does not hold are left out.
//!
//! What a statement makes is read by what stands below it, in the same round or in later ones, until another
//! statement makes an array of the same name.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::constants::Constants;
use super::unread::mentions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::ConstantValue;
use crate::frontend::syntax::{
    AppliedLayers, Argument, Assignment, Axis, BLANK, Declaration, Definition, Expression,
    ExpressionKind, Key, Number, Output, Parameter, Place, Repeat, Repeated, ScanBlock, TargetAxis,
};

/// More rounds than this are a mistake.
const MOST_ROUNDS: i64 = 256;

/// A definition without `repeat` and `when`, given its sizes and settings.
pub fn written_out<'a>(
    definition: &'a Definition,
    known: &Constants,
    diagnostics: &mut Diagnostics,
) -> Cow<'a, Definition> {
    let has_conditions = definition.assignments.iter().any(|one| one.condition.is_some());
    if definition.repeats.is_empty() && !has_conditions {
        return Cow::Borrowed(definition);
    }
    let mut parts = Repeated::default();
    let mut writer = Writer {
        known: known.clone(),
        diagnostics,
        values: BTreeMap::new(),
        names: BTreeMap::new(),
        left_out: BTreeSet::new(),
        taken_names: BTreeSet::new(),
        made: &mut parts,
    };
    writer.leave_out(&definition.assignments);
    let whole = Repeated {
        assignments: definition.assignments.clone(),
        repeats: definition.repeats.clone(),
        results: definition.results.clone(),
        ..Repeated::default()
    };
    writer.body(&whole, &mut Round::default());
    let Repeated { parameters, assignments, results, .. } = parts;
    let parameters = [definition.parameters.clone(), parameters].concat();
    // An index of a statement that is left out has no extent.
    let is_left = |axis: &&Axis| {
        let is_mentioned = |all: &[Assignment]| all.iter().any(|one| mentions(one, &axis.index));
        is_mentioned(&assignments) || !is_mentioned(&definition.assignments)
    };
    let indices = definition.indices.iter().filter(is_left).cloned().collect();
    let repeats = Vec::new();
    Cow::Owned(Definition {
        parameters,
        indices,
        assignments,
        repeats,
        results,
        ..definition.clone()
    })
}

struct Writer<'a> {
    known: Constants,
    diagnostics: &'a mut Diagnostics,
    /// What the indices and numbers of the rounds at hand stand for.
    values: BTreeMap<String, ConstantValue>,
    /// What names stand for by now.
    names: BTreeMap<String, Ident>,
    /// The arrays that nothing makes with these settings: they are 0.
    left_out: BTreeSet<String>,
    /// Those of arrays that are made.
    taken_names: BTreeSet<String>,
    made: &'a mut Repeated,
}

/// A statement that is no assignment.
enum Other<'a> {
    Repeat(&'a Repeat),
    Number(&'a Number),
    Output(&'a Output),
}

/// One time through a body.
#[derive(Default)]
struct Round {
    /// What names get behind them; nothing outside of `repeat`.
    suffix: String,
    /// The arrays that it makes.
    own: BTreeSet<String>,
    /// Those whose statement has a `when`.
    conditional: BTreeSet<String>,
    /// The scans in it, as they are written, and where each begins.
    scans: BTreeMap<ScanBlock, usize>,
}

impl Writer<'_> {
    /// Finds the arrays of which no statement is left.
    fn leave_out(&mut self, assignments: &[Assignment]) {
        let is_made = |name: &Ident| {
            let silent = &mut Diagnostics::default();
            let mut own = assignments.iter().filter(|one| one.targets().any(|own| own == name));
            own.any(|one| self.is_met(one, silent) != Some(false))
        };
        let targets = assignments.iter().flat_map(Assignment::targets);
        let targets = targets.filter(|name| !is_made(name));
        self.left_out = targets.map(ToString::to_string).collect();
    }

    /// Whether a statement is one with these settings; nothing if its condition is wrong.
    fn is_met(&self, assignment: &Assignment, diagnostics: &mut Diagnostics) -> Option<bool> {
        let condition = assignment.condition.as_ref();
        condition.map_or(Some(true), |one| self.known.is_met(&self.expression(one), diagnostics))
    }

    /// The statements of one time through a body, in their order.
    fn body(&mut self, body: &Repeated, round: &mut Round) {
        let Repeated { assignments, repeats, numbers, results, .. } = body;
        let repeats = repeats.iter().map(|one| (one.place, Other::Repeat(one)));
        let numbers = numbers.iter().map(|one| (one.place, Other::Number(one)));
        let results = results.iter().map(|one| (one.place, Other::Output(one)));
        let mut others: Vec<(Place, Other)> = repeats.chain(numbers).chain(results).collect();
        others.sort_by_key(|(place, _)| *place);
        for position in 0..=assignments.len() {
            for (_, other) in others.iter().filter(|(place, _)| place.assignments == position) {
                match other {
                    Other::Repeat(repeat) => self.repeat(repeat, &round.suffix),
                    Other::Number(number) => self.number(number),
                    Other::Output(output) => self.output(output),
                }
            }
            if let Some(assignment) = assignments.get(position) {
                self.assignment(assignment, &assignments[position..], round);
            }
        }
    }

    /// A number of a round, which the next one may read.
    fn number(&mut self, number: &Number) {
        let value = self.expression(&number.value);
        if let Some(value) = self.known.evaluate(&value, self.diagnostics) {
            self.values.insert(number.name.to_string(), value);
        }
    }

    fn output(&mut self, output: &Output) {
        let name = self.names.get(&output.name.to_string()).unwrap_or(&output.name).clone();
        self.made.results.push(Output { name, ..output.clone() });
    }

    fn repeat(&mut self, repeat: &Repeat, around: &str) {
        let index = repeat.index.to_string();
        let [from, to] = [&repeat.from, &repeat.to].map(|end| {
            let end = self.expression(end);
            match self.known.evaluate(&end, self.diagnostics) {
                Some(ConstantValue::Integer(value)) => value,
                Some(ConstantValue::Real(_)) => {
                    self.diagnostics
                        .report(end.location, "`repeat` counts by integers: write one here");
                    0
                }
                None => 0,
            }
        });
        if to.saturating_sub(from) > MOST_ROUNDS {
            let message = format!("`repeat` runs at most {MOST_ROUNDS} times");
            self.diagnostics.report(repeat.to.location, message);
            return;
        }
        for value in from..to {
            self.values.insert(index.clone(), ConstantValue::Integer(value));
            let mut round = Round { suffix: format!("{around}_{value}"), ..Round::default() };
            for parameter in &repeat.body.parameters {
                self.parameter(parameter, &round.suffix);
            }
            self.body(&repeat.body, &mut round);
        }
        self.values.remove(&index);
    }

    fn parameter(&mut self, parameter: &Parameter, suffix: &str) {
        let name = &parameter.declaration.name;
        let key = parameter.key.as_ref();
        let key = key.map(|key| Key { text: self.key(&key.text), span: key.span });
        // A field is called as in files, if that can be.
        let is_name =
            |text: &&String| syn::parse_str::<Ident>(text).is_ok() && !text.starts_with("r#");
        let own = format!("{name}{suffix}");
        let field = key.as_ref().map(|key| &key.text).filter(is_name).unwrap_or(&own);
        let field = Ident::new(field, name.span());
        self.names.insert(name.to_string(), field.clone());
        let axis = |axis: &Axis| Axis { extent: self.expression(&axis.extent), ..axis.clone() };
        let axes = parameter.declaration.axes.iter().map(axis).collect();
        let parameter = Parameter {
            declaration: Declaration { name: field, axes, ..parameter.declaration.clone() },
            key,
            condition: parameter.condition.as_ref().map(|one| self.expression(one)),
            otherwise: parameter.otherwise.as_ref().map(|one| self.expression(one)),
            arguments: parameter.arguments.iter().map(|one| self.expression(one)).collect(),
            ..parameter.clone()
        };
        self.made.parameters.push(parameter);
    }

    /// `weight_l{l}{d:|_reverse}`: the value of an index, or the text that stands in its place.
    fn key(&self, text: &str) -> String {
        let mut written = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((inside, behind)) = after.split_once('}') else { break };
            let (index, texts) =
                inside.split_once(':').map_or((inside, None), |(a, b)| (a, Some(b)));
            written += before;
            if let Some(&ConstantValue::Integer(value)) = self.values.get(index) {
                let number = value.to_string();
                let texts = texts.map(|texts| texts.split('|').collect::<Vec<_>>());
                let chosen = texts.map(|texts| {
                    usize::try_from(value).ok().and_then(|at| texts.get(at).copied()).unwrap_or("")
                });
                written += chosen.unwrap_or(&number);
            }
            rest = behind;
        }
        written + rest
    }

    /// An assignment, with those below it: a scan reads what all of its statements make.
    fn assignment(&mut self, assignment: &Assignment, below: &[Assignment], round: &mut Round) {
        if !self.is_left(assignment, round) {
            return;
        }
        if let Some(block) = assignment.scans.first() {
            let is_inside = |one: &&Assignment| one.scans.first() == Some(block);
            for one in below.iter().take_while(is_inside) {
                self.make(&one.target, round);
            }
        }
        let value = self.expression(&assignment.value);
        let otherwise = assignment.otherwise.as_ref().map(|one| self.expression(one));
        let target = self.make(&assignment.target, round);
        let others = assignment.others.iter().map(|other| self.make(other, round)).collect();
        let axis = |axis: &TargetAxis| TargetAxis {
            at: self.expression(&axis.at),
            extent: axis.extent.as_ref().map(|extent| self.expression(extent)),
        };
        let at = assignment.at.iter().map(axis).collect();
        let position = self.made.assignments.len();
        let scans = assignment.scans.iter().map(|block| {
            let first = *round.scans.entry(block.clone()).or_insert(position);
            ScanBlock { index: block.index.clone(), first }
        });
        let (scans, is_update) = (scans.collect(), assignment.is_update);
        let condition = None;
        let made = Assignment { is_update, scans, target, others, at, value, otherwise, condition };
        self.made.assignments.push(made);
    }

    /// Whether a statement is left with these settings, with a report where two of one array are.
    fn is_left(&mut self, assignment: &Assignment, round: &mut Round) -> bool {
        let Assignment { condition: Some(_), target, .. } = assignment else { return true };
        let mut found = Diagnostics::default();
        let is_met = self.is_met(assignment, &mut found);
        self.diagnostics.append(found);
        if is_met != Some(true) {
            return false;
        }
        let is_first = round.conditional.insert(target.to_string());
        if !is_first {
            let message = format!("`{target}` is assigned twice: both conditions hold here");
            self.diagnostics.report(target.span(), message);
        }
        is_first
    }

    /// What a round calls an array that it makes.
    fn make(&mut self, target: &Ident, round: &mut Round) -> Ident {
        let name = target.to_string();
        if name == BLANK {
            return target.clone();
        }
        if round.own.insert(name.clone()) {
            // Where no other round has made one of the name, it keeps it.
            let is_new = self.taken_names.insert(name.clone());
            let suffix = if is_new { "" } else { &round.suffix };
            let own = Ident::new(&format!("{target}{suffix}"), target.span());
            self.names.insert(name.clone(), own);
        }
        self.names.get(&name).unwrap_or(target).clone()
    }

    /// An expression with what names stand for, and with the branches alone that are taken.
    fn expression(&self, expression: &Expression) -> Expression {
        if let Some(branch) = self.taken(expression) {
            return self.expression(branch);
        }
        let mut written = expression.map_children(&mut |child| self.expression(child));
        match &mut written.kind {
            ExpressionKind::Name(name) | ExpressionKind::Element { array: name, .. }
                if self.left_out.contains(&name.to_string()) =>
            {
                written.kind = ExpressionKind::Integer(0);
            }
            ExpressionKind::Name(name) => {
                if let Some(&value) = self.values.get(&name.to_string()) {
                    written.kind = match value {
                        ConstantValue::Integer(value) => ExpressionKind::Integer(value),
                        ConstantValue::Real(value) => ExpressionKind::Float(value),
                    };
                } else if let Some(other) = self.names.get(&name.to_string()) {
                    *name = other.clone();
                }
            }
            ExpressionKind::Element { array, .. } => {
                if let Some(other) = self.names.get(&array.to_string()) {
                    *array = other.clone();
                }
            }
            ExpressionKind::Apply { layers: AppliedLayers::Layer(layer), .. } => {
                for Argument { value, .. } in &mut layer.arguments {
                    *value = self.expression(value);
                }
            }
            ExpressionKind::Apply { layers: AppliedLayers::Chain(tokens), .. } => {
                *tokens = self.chain(std::mem::take(tokens), false);
            }
            _ => {}
        }
        written
    }

    /// The layers of a chain, in whose arguments the numbers of the round stand.
    fn chain(&self, tokens: TokenStream, is_argument: bool) -> TokenStream {
        let tokens = tokens.into_iter().map(|token| match token {
            TokenTree::Group(group) => {
                let is_argument = is_argument || group.delimiter() == Delimiter::Parenthesis;
                let mut written =
                    Group::new(group.delimiter(), self.chain(group.stream(), is_argument));
                written.set_span(group.span());
                written.into()
            }
            TokenTree::Ident(name) if is_argument => match self.values.get(&name.to_string()) {
                Some(value) => in_parentheses(*value, &name),
                None => name.into(),
            },
            other => other,
        });
        tokens.collect()
    }

    /// The branch of a choice that numbers decide which are known.
    fn taken<'e>(&self, expression: &'e Expression) -> Option<&'e Expression> {
        let ExpressionKind::If { condition, then, otherwise } = &expression.kind else {
            return None;
        };
        let holds = self.known.holds(&self.expression(condition))?;
        Some(if holds { then } else { otherwise })
    }
}

/// A number in place of a name; it may have a sign.
fn in_parentheses(value: ConstantValue, name: &Ident) -> TokenTree {
    let text = match value {
        ConstantValue::Integer(value) => value.to_string(),
        ConstantValue::Real(value) => format!("{value:?}"),
    };
    let tokens: TokenStream = text.parse().unwrap_or_default();
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(name.span());
        token
    });
    let mut number = Group::new(Delimiter::Parenthesis, tokens.collect());
    number.set_span(name.span());
    number.into()
}
