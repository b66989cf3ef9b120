//! Sizes and constants: integer arithmetic, checked.

use std::collections::BTreeMap;
use std::fmt;

use proc_macro2::Ident;

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{Constant, Expression, ExpressionKind, Setting};
use crate::ir::expression::{Binary, apply};

/// No array has more scalars, and no size is greater.
pub const LARGEST: i64 = i32::MAX as i64;

/// A constant: an integer where it must be one, else a real number.
#[derive(Clone, Copy, Debug)]
pub enum Known {
    Integer(i64),
    Real(f64),
}

impl Known {
    /// The integer that a real number is, if it is one.
    pub fn of(value: f64) -> Self {
        let is_integer = value.fract() == 0.0 && value.abs() < LARGEST as f64;
        #[expect(clippy::cast_possible_truncation, reason = "checked to be an integer in range")]
        if is_integer { Known::Integer(value as i64) } else { Known::Real(value) }
    }

    pub fn real(self) -> f64 {
        match self {
            Known::Integer(value) => value as f64,
            Known::Real(value) => value,
        }
    }
}

/// A size: a number of elements along one axis, or along each of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extents(pub Vec<usize>);

impl fmt::Display for Extents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "{one}"),
            [first, rest @ ..] if rest.iter().all(|other| other == first) => write!(f, "{first}"),
            all => {
                let all: Vec<String> = all.iter().map(ToString::to_string).collect();
                write!(f, "({})", all.join(", "))
            }
        }
    }
}

/// The names that stand for numbers.
#[derive(Clone, Debug, Default)]
pub struct Constants {
    values: BTreeMap<String, Option<Known>>,
}

impl Constants {
    /// The block's `const` items, each seeing those above it.
    pub fn new(items: &[Constant], diagnostics: &mut Diagnostics) -> Self {
        let mut constants = Self::default();
        for item in items {
            let value = constants.evaluate(&item.value, diagnostics);
            let value = value.filter(|value| {
                let is_finite = value.real().is_finite();
                if !is_finite {
                    diagnostics.report(item.value.place, "this constant is no finite number");
                }
                is_finite
            });
            constants.values.insert(item.name.to_string(), value);
        }
        constants
    }

    pub fn insert(&mut self, name: String, value: Known) {
        self.values.insert(name, Some(value));
    }

    /// A name with one number, or with one for each component: `K[0]`, `K[1]`. A single value is
    /// for all of them.
    pub fn insert_all(&mut self, name: &Ident, components: Option<usize>, values: &[Known]) {
        let Some(&last) = values.last() else { return };
        match components {
            None => self.insert(name.to_string(), last),
            Some(count) => {
                for component in 0..count {
                    let value = values.get(component).copied().unwrap_or(last);
                    self.insert(format!("{name}[{component}]"), value);
                }
            }
        }
    }

    /// The same with each name that has components standing for the one asked for.
    pub fn component(&self, component: usize) -> Self {
        let mut all = self.clone();
        let suffix = format!("[{component}]");
        for (name, value) in &self.values {
            if let Some(name) = name.strip_suffix(&suffix) {
                all.values.insert(name.to_owned(), *value);
            }
        }
        all
    }

    pub fn names(&self) -> impl Iterator<Item = String> {
        self.values.keys().cloned()
    }

    pub fn get(&self, name: &str) -> Option<Known> {
        self.values.get(name).copied().flatten()
    }

    /// The number in real arithmetic, where 1/3 is not 0.
    pub fn real(&self, value: &Expression, diagnostics: &mut Diagnostics) -> Option<f64> {
        let mut real = self.clone();
        for known in real.values.values_mut().flatten() {
            *known = Known::Real(known.real());
        }
        let value = real.evaluate(&with_real_numbers(value), diagnostics)?;
        Some(value.real())
    }

    /// The least and the greatest value of a setting.
    pub fn range(&self, setting: &Setting, diagnostics: &mut Diagnostics) -> Option<(f64, f64)> {
        match &setting.range {
            Some((least, greatest)) => {
                Some((self.real(least, diagnostics)?, self.real(greatest, diagnostics)?))
            }
            None => Some((f64::NEG_INFINITY, f64::INFINITY)),
        }
    }

    /// The number; nothing, with a report, if it is none.
    pub fn evaluate(&self, value: &Expression, diagnostics: &mut Diagnostics) -> Option<Known> {
        match &value.kind {
            ExpressionKind::Integer(integer) => Some(Known::Integer(*integer)),
            ExpressionKind::Float(real) => Some(Known::Real(*real)),
            ExpressionKind::Name(name) => match self.values.get(&name.to_string()) {
                Some(known) => *known,
                None if name == "infinity" => Some(Known::Real(f64::INFINITY)),
                None if name == "pi" => Some(Known::Real(std::f64::consts::PI)),
                None => {
                    let message = format!(
                        "`{name}` is not known here: a macro sees tokens, not values; \
                         write `const {name}: usize = …;` inside the braces"
                    );
                    diagnostics.report(value.place, message);
                    None
                }
            },
            ExpressionKind::Negate(operand) => {
                let operand = self.evaluate(operand, diagnostics)?;
                combine(Binary::Subtract, Known::Integer(0), operand)
                    .map_err(|message| diagnostics.report(value.place, message))
                    .ok()
            }
            ExpressionKind::Binary(operation, left, right) => {
                let left = self.evaluate(left, diagnostics);
                let right = self.evaluate(right, diagnostics);
                combine(*operation, left?, right?)
                    .map_err(|message| diagnostics.report(value.place, message))
                    .ok()
            }
            ExpressionKind::Element { array, at } => {
                self.known_component(array, at).or_else(|| not_a_number(value, diagnostics))
            }
            ExpressionKind::Call { function, arguments } if arguments.len() == 1 => {
                let argument = self.evaluate(&arguments[0], diagnostics)?.real();
                let result = crate::ir::expression::evaluate(&function.to_string(), argument);
                result.map(Known::Real).or_else(|| not_a_number(value, diagnostics))
            }
            _ => not_a_number(value, diagnostics),
        }
    }

    /// `K[0]`. Apart, so that `evaluate`, which calls itself, needs little stack.
    fn known_component(&self, name: &Ident, at: &[Expression]) -> Option<Known> {
        match at {
            [component] => self.get(&format!("{name}[{component}]")),
            _ => None,
        }
    }

    /// A size: an integer from 1 to [`LARGEST`].
    pub fn size(&self, value: &Expression, diagnostics: &mut Diagnostics) -> Option<usize> {
        let size = match self.evaluate(value, diagnostics)? {
            Known::Integer(size) => size,
            Known::Real(real) => {
                diagnostics
                    .report(value.place, format!("a size is an integer, but this is {real}"));
                return None;
            }
        };
        if !(1..=LARGEST).contains(&size) {
            let range = if size < 1 { "at least 1" } else { "at most 2147483647" };
            diagnostics.report(value.place, format!("a size is {range}, but this is {size}"));
            return None;
        }
        usize::try_from(size).ok()
    }
}

/// The same expression with every integer written as a real number.
fn with_real_numbers(value: &Expression) -> Expression {
    let all = |list: &[Expression]| list.iter().map(with_real_numbers).collect();
    let boxed = |value: &Expression| Box::new(with_real_numbers(value));
    let kind = match &value.kind {
        ExpressionKind::Integer(integer) => ExpressionKind::Float(*integer as f64),
        ExpressionKind::Negate(operand) => ExpressionKind::Negate(boxed(operand)),
        ExpressionKind::Binary(operation, left, right) => {
            ExpressionKind::Binary(*operation, boxed(left), boxed(right))
        }
        ExpressionKind::Call { function, arguments } => {
            ExpressionKind::Call { function: function.clone(), arguments: all(arguments) }
        }
        other => other.clone(),
    };
    Expression { kind, place: value.place }
}

fn not_a_number(value: &Expression, diagnostics: &mut Diagnostics) -> Option<Known> {
    diagnostics.report(value.place, "expected a number that is known when the macro expands");
    None
}

/// The operation on two numbers: exact on integers, as Rust's `const` arithmetic is.
fn combine(operation: Binary, left: Known, right: Known) -> Result<Known, &'static str> {
    let (Known::Integer(left), Known::Integer(right)) = (left, right) else {
        return Ok(Known::Real(apply(operation, left.real(), right.real())));
    };
    let result = match operation {
        Binary::Add => left.checked_add(right),
        Binary::Subtract => left.checked_sub(right),
        Binary::Multiply => left.checked_mul(right),
        Binary::Divide if right == 0 => return Err("this divides by zero"),
        Binary::Divide => left.checked_div(right),
        Binary::Power => u32::try_from(right).ok().and_then(|power| left.checked_pow(power)),
        Binary::Maximum => Some(left.max(right)),
        Binary::Minimum => Some(left.min(right)),
    };
    result.map(Known::Integer).ok_or("this size overflows")
}
