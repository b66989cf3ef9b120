//! Numbers known at expansion: the block's constants, and a layer's sizes and settings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use proc_macro2::Ident;

use super::number_type::NumberType;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{self, ConstantValue, Unknown, UnknownKind};
use crate::frontend::syntax::{Constant, Expression, ExpressionKind, Number, Setting};
use crate::frontend::words::number_of_word;
use crate::ir::expression::{Binary, apply, evaluate};

/// No array has more numbers, and no size is greater.
pub const LARGEST: i64 = i32::MAX as i64;

/// How many sizes are tried before an expression is none, and which numbers.
const ATTEMPTS: usize = 500;
const TRIED: [i64; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 64, 1000, 5040];

/// What is said of NaN.
pub const NOT_A_NUMBER: &str = "this is not a number";

/// What is said of ln(0).
pub const NO_LOGARITHM: &str = "the logarithm of 0 is −∞; write `-infinity` if it is meant";

/// What is said of infinity that nobody has written.
pub const TOO_LARGE: &str = "this number is too large for `f64`; write `infinity` if it is meant";

/// What is said of `true` and `false` where a number stands.
pub fn no_truth(truth: bool) -> String {
    format!("`{truth}` is not a number; write {}", i32::from(truth))
}

/// The integer that a real number is, or the real number.
pub fn simplest(value: f64) -> ConstantValue {
    let is_integer = value.fract() == 0.0 && value.abs() < LARGEST as f64;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be an integer in range")]
    if is_integer { ConstantValue::Integer(value as i64) } else { ConstantValue::Real(value) }
}

pub fn integer(size: usize) -> ConstantValue {
    ConstantValue::Integer(i64::try_from(size).unwrap_or(LARGEST))
}

/// A size as it is given: one number, or one for each of several axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes(pub Vec<usize>);

impl fmt::Display for Sizes {
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
    /// The block's own, which all layers share; without a value where its expression is wrong.
    block: Rc<BTreeMap<String, Option<ConstantValue>>>,
    /// Sizes and settings of one layer.
    own: BTreeMap<String, ConstantValue>,
    /// The input of one layer, and how many axes it has.
    rank: Option<(String, usize)>,
}

impl Constants {
    /// The block's `const` items, each seeing those above it.
    pub fn of_block(items: &[Constant], diagnostics: &mut Diagnostics) -> Self {
        let mut constants = Self::default();
        for item in items {
            let name = item.name.to_string();
            if constants.block.contains_key(&name) {
                let message = format!("the constant `{name}` is declared twice in this block");
                diagnostics.report(item.name.span(), message);
                continue;
            }
            let value = constants.typed(item, diagnostics);
            Rc::make_mut(&mut constants.block).insert(name, value);
        }
        constants
    }

    /// The value of a constant, which its type must hold.
    fn typed(&self, item: &Constant, diagnostics: &mut Diagnostics) -> Option<ConstantValue> {
        let name = item.number.to_string();
        let Some(number) = NumberType::of(&name) else {
            let message = format!(
                "a constant has one of Rust's number types, such as `usize` or `f64`, not `{name}`"
            );
            diagnostics.report(item.number.span(), message);
            return None;
        };
        let value = match number {
            NumberType::Integer { .. } => self.evaluate(&item.value, diagnostics)?,
            // 1 / 3 is not 0.
            NumberType::Float { .. } => {
                ConstantValue::Real(number.rounded(self.real(&item.value, diagnostics)?))
            }
        };
        if let Some(message) = number.objection(&name, value) {
            diagnostics.report(item.value.location, message);
            return None;
        }
        Some(value)
    }

    /// Constants that could not be parsed are known, but have no value.
    pub fn set_broken(&mut self, names: impl IntoIterator<Item = String>) {
        Rc::make_mut(&mut self.block).extend(names.into_iter().map(|name| (name, None)));
    }

    /// The block's `const` items for generated code, each once; those without a value apart.
    pub fn items(&self, written: Vec<Constant>) -> (Vec<resolved::Constant>, Vec<Unknown>) {
        let mut seen = BTreeSet::new();
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for item in written {
            let Constant { attributes, visibility, name, number, .. } = item;
            if !seen.insert(name.to_string()) {
                continue;
            }
            match self.get(&name.to_string()) {
                Some(value) => {
                    known.push(resolved::Constant { attributes, visibility, name, number, value });
                }
                None => unknown.push(Unknown { visibility, name, kind: UnknownKind::Constant }),
            }
        }
        (known, unknown)
    }

    /// Those that all layers see, without the sizes and settings of one.
    pub fn of_block_alone(&self) -> Self {
        Self { block: Rc::clone(&self.block), ..Self::default() }
    }

    pub fn insert(&mut self, name: String, value: ConstantValue) {
        self.own.insert(name, value);
    }

    /// How many axes the input of the layer has.
    pub fn insert_rank(&mut self, input: String, rank: usize) {
        self.rank = Some((input, rank));
    }

    /// `rank(x)` of the layer's input.
    fn rank(&self, function: &Ident, arguments: &[Expression]) -> Option<ConstantValue> {
        let (input, rank) = self.rank.as_ref()?;
        let [argument] = arguments else { return None };
        let is_it = function == "rank" && argument.as_name().is_some_and(|name| name == input);
        is_it.then(|| integer(*rank))
    }

    /// A name with one number, or with one for each component: `K[0]`, `K[1]`. A single value is
    /// for all of them.
    pub fn insert_all(
        &mut self,
        name: &Ident,
        components: Option<usize>,
        values: &[ConstantValue],
    ) {
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

    /// The words of settings, as the numbers that they stand for.
    pub fn insert_words(&mut self, settings: &[Setting]) {
        let words = settings.iter().flat_map(|setting| &setting.words).map(ToString::to_string);
        for word in words {
            if let Some(number) = number_of_word(&word) {
                self.insert(word, simplest(number));
            }
        }
    }

    /// The numbers that a layer makes of its sizes and settings, each seeing those above it. Nothing, with a
    /// report, where one has no value.
    pub fn insert_numbers(
        &mut self,
        numbers: &[Number],
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        for Number { name, components, value, .. } in numbers {
            let along = |k| self.evaluation(false, components.map(|_| k)).value(value, diagnostics);
            let values: Option<Vec<_>> = (0..components.unwrap_or(1)).map(along).collect();
            self.insert_all(name, *components, &values?);
        }
        Some(())
    }

    pub fn names(&self) -> impl Iterator<Item = String> {
        self.own.keys().chain(self.block.keys()).cloned()
    }

    /// Whether a name, or the components of it, is that of a size or setting of the layer.
    pub fn is_own(&self, name: &str) -> bool {
        self.own.contains_key(name) || self.own.contains_key(&format!("{name}[0]"))
    }

    /// Whether a number depends on the sizes, the settings or the input of the layer.
    pub fn is_of_layer(&self, written: &Expression) -> bool {
        let is_own = match &written.kind {
            ExpressionKind::Name(name) | ExpressionKind::Element { array: name, .. } => {
                self.is_own(&name.to_string())
            }
            ExpressionKind::Call { function, arguments } => {
                self.rank(function, arguments).is_some()
            }
            _ => false,
        };
        is_own || written.children().into_iter().any(|child| self.is_of_layer(child))
    }

    pub fn get(&self, name: &str) -> Option<ConstantValue> {
        self.find(name).flatten()
    }

    #[expect(clippy::option_option, reason = "a wrong value is no missing one")]
    /// The value of a name; `Some(None)` if it has one that is wrong, which has been reported.
    fn find(&self, name: &str) -> Option<Option<ConstantValue>> {
        let own = self.own.get(name).map(|&value| Some(value));
        own.or_else(|| self.block.get(name).copied())
    }

    /// The number; nothing, with a report, if it is none.
    pub fn evaluate(
        &self,
        value: &Expression,
        diagnostics: &mut Diagnostics,
    ) -> Option<ConstantValue> {
        self.evaluation(false, None).value(value, diagnostics)
    }

    /// Whether a comparison of numbers that are known holds.
    pub fn holds(&self, condition: &Expression) -> Option<bool> {
        self.evaluation(true, None).holds(condition, &mut Diagnostics::default())
    }

    /// Whether what stands behind `when` holds: a comparison, or a number that is not 0.
    pub fn is_met(&self, condition: &Expression, diagnostics: &mut Diagnostics) -> Option<bool> {
        match condition.kind {
            ExpressionKind::Compare(..) => {
                self.evaluation(true, None).holds(condition, diagnostics)
            }
            _ => self.real(condition, diagnostics).map(|number| number != 0.0),
        }
    }

    /// The number in real arithmetic, where 1/3 is not 0.
    pub fn real(&self, value: &Expression, diagnostics: &mut Diagnostics) -> Option<f64> {
        self.evaluation(true, None).value(value, diagnostics).map(ConstantValue::real)
    }

    /// The same along one of several axes: a name that has components stands for that one.
    pub fn real_component(
        &self,
        value: &Expression,
        component: usize,
        diagnostics: &mut Diagnostics,
    ) -> Option<f64> {
        let evaluation = self.evaluation(true, Some(component));
        evaluation.value(value, diagnostics).map(ConstantValue::real)
    }

    /// What is wrong with the value of an expression: no number is NaN, and infinity is written as such.
    pub fn objection(&self, written: &Expression, value: f64) -> Option<&'static str> {
        let is_finite = |name: &Ident| match self.get(&name.to_string()) {
            Some(known) => known.real().is_finite(),
            None => name != "infinity",
        };
        if value.is_nan() {
            return Some(NOT_A_NUMBER);
        }
        if value.is_finite() || !written.all_names().into_iter().all(is_finite) {
            return None;
        }
        Some(if written.is_logarithm() { NO_LOGARITHM } else { TOO_LARGE })
    }

    /// Whether all names in an expression are known; the first that is not is reported.
    pub fn knows(&self, written: &Expression, diagnostics: &mut Diagnostics) -> bool {
        match &written.kind {
            ExpressionKind::Name(name) => {
                self.is_own(&name.to_string()) || self.evaluate(written, diagnostics).is_some()
            }
            ExpressionKind::Element { array, at } => {
                let is_known = self.evaluation(false, None).element(array, at).is_some();
                if !is_known {
                    let message = format!("no size or setting is called `{written}`");
                    diagnostics.report(written.location, message);
                }
                is_known
            }
            ExpressionKind::Call { function, arguments }
                if self.rank(function, arguments).is_some() =>
            {
                true
            }
            _ => written.children().into_iter().all(|child| self.knows(child, diagnostics)),
        }
    }

    fn evaluation(&self, is_real: bool, component: Option<usize>) -> Evaluation<'_> {
        Evaluation { constants: self, is_real, component }
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

    /// A size: an integer from 1 to [`LARGEST`].
    pub fn size(&self, value: &Expression, diagnostics: &mut Diagnostics) -> Option<usize> {
        let size = match self.evaluate(value, diagnostics)? {
            ConstantValue::Integer(size) => size,
            ConstantValue::Real(real) => {
                let message = format!("a size is an integer, but this is {real}");
                diagnostics.report(value.location, message);
                return None;
            }
        };
        if !(1..=LARGEST).contains(&size) {
            let range =
                if size < 1 { "at least 1".to_owned() } else { format!("at most {LARGEST}") };
            diagnostics.report(value.location, format!("a size is {range}, but this is {size}"));
            return None;
        }
        usize::try_from(size).ok()
    }

    /// Whether there are sizes and settings with which an expression is a size, as far as trying many
    /// of them shows.
    pub fn can_be_size(&self, value: &Expression) -> bool {
        let mut random = 1u64;
        (0..ATTEMPTS).any(|_| {
            let mut tried = self.clone();
            for number in tried.own.values_mut() {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *number = ConstantValue::Integer(TRIED[(random >> 33) as usize % TRIED.len()]);
            }
            tried.size(value, &mut Diagnostics::default()).is_some()
        })
    }

    /// The sizes that a name stands for which has several.
    fn components(&self, name: &Expression) -> Vec<i64> {
        let name = name.as_name().map(ToString::to_string);
        let numbered = name.into_iter().flat_map(|name| (0..).map(move |k| format!("{name}[{k}]")));
        let values = numbered.map_while(|name| self.own.get(&name));
        let integers = values.map_while(|value| match value {
            ConstantValue::Integer(value) => Some(*value),
            ConstantValue::Real(_) => None,
        });
        integers.collect()
    }

    /// The numbers of an argument: those of a tuple, or of a name that has several.
    pub fn parts(&self, value: &Expression) -> Vec<Expression> {
        let component = |array: &Ident, number: i64| {
            let location = value.location;
            let at = vec![Expression { kind: ExpressionKind::Integer(number), location }];
            Expression { kind: ExpressionKind::Element { array: array.clone(), at }, location }
        };
        let name = value.as_name();
        let components = name.into_iter().flat_map(|name| (0..).map(move |k| component(name, k)));
        let is_known = |one: &Expression| self.own.contains_key(&one.to_string());
        let components: Vec<Expression> = components.take_while(is_known).collect();
        if components.is_empty() { value.parts().to_vec() } else { components }
    }

    /// A size, or a tuple of them.
    pub fn sizes(&self, value: &Expression, diagnostics: &mut Diagnostics) -> Option<Sizes> {
        let parts = self.parts(value);
        let parts = parts.iter();
        let sizes: Vec<Option<usize>> = parts.map(|part| self.size(part, diagnostics)).collect();
        sizes.into_iter().collect::<Option<Vec<usize>>>().map(Sizes)
    }
}

/// Arithmetic on constants.
#[derive(Clone, Copy)]
struct Evaluation<'a> {
    constants: &'a Constants,
    /// Whether integers are real numbers.
    is_real: bool,
    /// Which component a name stands for that has several.
    component: Option<usize>,
}

impl Evaluation<'_> {
    fn value(self, value: &Expression, diagnostics: &mut Diagnostics) -> Option<ConstantValue> {
        match &value.kind {
            ExpressionKind::Integer(integer) => {
                Some(self.converted(ConstantValue::Integer(*integer)))
            }
            ExpressionKind::Float(real) => Some(ConstantValue::Real(*real)),
            ExpressionKind::Truth(truth) => {
                diagnostics.report(value.location, no_truth(*truth));
                None
            }
            ExpressionKind::Name(name) => self.name(name, diagnostics),
            ExpressionKind::Negate(operand) => {
                let zero = self.converted(ConstantValue::Integer(0));
                let operand = self.value(operand, diagnostics)?;
                checked(Binary::Subtract, zero, operand, value, diagnostics)
            }
            ExpressionKind::Binary(operation, left, right) => {
                let left = self.value(left, diagnostics);
                let right = self.value(right, diagnostics);
                checked(*operation, left?, right?, value, diagnostics)
            }
            ExpressionKind::Element { array, at } => self
                .element(array, at)
                .map(|known| self.converted(known))
                .or_else(|| not_a_number(value, diagnostics)),
            ExpressionKind::Call { function, arguments } => {
                self.call(value, function, arguments, diagnostics)
            }
            ExpressionKind::If { condition, then, otherwise } => {
                let branch = if self.holds(condition, diagnostics)? { then } else { otherwise };
                self.value(branch, diagnostics)
            }
            ExpressionKind::Tuple(parts) => self.part(value, parts, diagnostics),
            _ => not_a_number(value, diagnostics),
        }
    }

    /// Whether a comparison holds.
    fn holds(self, condition: &Expression, diagnostics: &mut Diagnostics) -> Option<bool> {
        let ExpressionKind::Compare(comparison, left, right) = &condition.kind else {
            not_a_number(condition, diagnostics)?;
            return None;
        };
        let (left, right) = (self.value(left, diagnostics), self.value(right, diagnostics));
        Some(comparison.holds(left?.real(), right?.real()))
    }

    /// An elementary function, or the greater or the lesser of two numbers.
    fn call(
        self,
        call: &Expression,
        function: &Ident,
        arguments: &[Expression],
        diagnostics: &mut Diagnostics,
    ) -> Option<ConstantValue> {
        if let Some(rank) = self.constants.rank(function, arguments) {
            return Some(self.converted(rank));
        }
        match (&*function.to_string(), arguments) {
            ("len" | "total", [argument]) => {
                let sizes = self.constants.components(argument);
                let count = i64::try_from(sizes.len()).unwrap_or(LARGEST);
                let number = if function == "len" { count } else { sizes.iter().sum() };
                let number = (count > 0).then_some(ConstantValue::Integer(number));
                number.map(|one| self.converted(one)).or_else(|| not_a_number(call, diagnostics))
            }
            ("max" | "min", [left, right]) => {
                let greatest = function == "max";
                let operation = if greatest { Binary::Maximum } else { Binary::Minimum };
                let left = self.value(left, diagnostics);
                let right = self.value(right, diagnostics);
                checked(operation, left?, right?, call, diagnostics)
            }
            (function, [argument]) => {
                let argument = self.value(argument, diagnostics)?.real();
                let result = evaluate(function, argument);
                result.map(ConstantValue::Real).or_else(|| not_a_number(call, diagnostics))
            }
            _ => not_a_number(call, diagnostics),
        }
    }

    fn converted(self, value: ConstantValue) -> ConstantValue {
        if self.is_real { ConstantValue::Real(value.real()) } else { value }
    }

    fn name(self, name: &Ident, diagnostics: &mut Diagnostics) -> Option<ConstantValue> {
        let text = name.to_string();
        let component = self.component.map(|component| format!("{text}[{component}]"));
        let component = component.and_then(|name| self.constants.find(&name));
        match component.or_else(|| self.constants.find(&text)) {
            Some(known) => known.map(|value| self.converted(value)),
            None if name == "infinity" => Some(ConstantValue::Real(f64::INFINITY)),
            None if name == "pi" => Some(ConstantValue::Real(std::f64::consts::PI)),
            None => {
                let message = format!(
                    "`{name}` is not known here: a macro sees tokens, not values; \
                     write `const {name}: usize = …;` inside the braces"
                );
                diagnostics.report_once(name.span(), message);
                None
            }
        }
    }

    /// `(2, 3)` along the axis at hand.
    fn part(
        self,
        tuple: &Expression,
        parts: &[Expression],
        diagnostics: &mut Diagnostics,
    ) -> Option<ConstantValue> {
        match self.component.and_then(|component| parts.get(component)) {
            Some(part) => self.value(part, diagnostics),
            None => not_a_number(tuple, diagnostics),
        }
    }

    /// `K[0]`. Apart, so that `value`, which calls itself, needs little stack.
    fn element(self, name: &Ident, at: &[Expression]) -> Option<ConstantValue> {
        match at {
            [component] => self.constants.get(&format!("{name}[{component}]")),
            _ => None,
        }
    }
}

fn not_a_number(value: &Expression, diagnostics: &mut Diagnostics) -> Option<ConstantValue> {
    let message = "the macro cannot compute this number: write integers, decimals, constants of \
                   this block, `+ - * / ^` and elementary functions";
    diagnostics.report(value.location, message);
    None
}

/// The operation, with a report where it has no result.
fn checked(
    operation: Binary,
    left: ConstantValue,
    right: ConstantValue,
    written: &Expression,
    diagnostics: &mut Diagnostics,
) -> Option<ConstantValue> {
    let result = combine(operation, left, right);
    result.map_err(|message| diagnostics.report(written.location, message)).ok()
}

/// The operation on two numbers: exact on integers, as Rust's `const` arithmetic is.
fn combine(
    operation: Binary,
    left: ConstantValue,
    right: ConstantValue,
) -> Result<ConstantValue, &'static str> {
    let (ConstantValue::Integer(left), ConstantValue::Integer(right)) = (left, right) else {
        return Ok(ConstantValue::Real(apply(operation, left.real(), right.real())));
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
    result.map(ConstantValue::Integer).ok_or("this is too large for a 64-bit integer")
}
