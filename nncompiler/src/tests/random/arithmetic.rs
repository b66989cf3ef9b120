//! Numbers with their slopes: each operation and its derivative, written down once more.

use super::choices::random;
use crate::ir::expression::Binary;

/// What is compared has no greater value and no greater slope on its way: a naive formula that
/// overflows, or divides infinities, may be rewritten into one that does not.
const GREATEST: f64 = 1e6;

/// Numbers that are closer are no decision between two branches: rounding may turn it.
const MARGIN: f64 = 1e-3;

/// A number with its slope along every parameter; a constant has none.
#[derive(Clone, Debug, PartialEq)]
pub struct Dual {
    pub value: f64,
    pub slopes: Vec<f64>,
}

impl Dual {
    pub fn constant(value: f64) -> Self {
        Self { value, slopes: Vec::new() }
    }

    fn is_moderate(&self) -> bool {
        let is_moderate = |number: &f64| number.abs() <= GREATEST;
        is_moderate(&self.value) && self.slopes.iter().all(is_moderate)
    }

    /// Whether rounding can not turn a comparison: the numbers are apart, or the same in all
    /// respects.
    pub fn is_decided(&self, other: &Self) -> bool {
        let greatest = self.value.abs().max(other.value.abs()).max(1.0);
        self == other || (self.value - other.value).abs() > MARGIN * greatest
    }
}

/// Arithmetic that moves every operation's result, and its slope on every operand, by a random part
/// of `size`: how far that moves an end result is what roundings can do to it. Equal operations are
/// moved equally, as they are rounded equally.
///
/// In every function, nothing where a number is not [moderate](GREATEST) or a comparison not
/// [decided](MARGIN).
#[derive(Clone, Copy)]
pub struct Arithmetic {
    pub size: f64,
    pub seed: u64,
}

impl Arithmetic {
    pub const EXACT: Self = Self { size: 0.0, seed: 0 };

    /// A result moved; `from` tells operations with the same result apart.
    pub fn moved(self, result: f64, from: &[f64]) -> f64 {
        result * (1.0 + self.part(result, from))
    }

    /// Between −`size` and `size`.
    fn part(self, result: f64, from: &[f64]) -> f64 {
        let start = random(self.seed ^ result.to_bits());
        let from = from.iter().map(|number| number.to_bits());
        let mixed = from.fold(start, |mixed, bits| random(mixed ^ bits));
        let upper = u32::try_from(mixed >> 32).unwrap_or(0);
        self.size * (f64::from(upper) / f64::from(u32::MAX) * 2.0 - 1.0)
    }

    pub fn constant(self, value: f64) -> Option<Dual> {
        self.chain(value, &[])
    }

    /// The chain rule: the value of an operation, with its slope on each operand.
    fn chain(self, value: f64, operands: &[(f64, &Dual)]) -> Option<Dual> {
        let from: Vec<f64> = operands.iter().map(|(_, operand)| operand.value).collect();
        let mut result = Dual::constant(self.moved(value, &from));
        for (slope, operand) in operands.iter().filter(|(_, operand)| !operand.slopes.is_empty()) {
            let slope = self.moved(*slope, &[value, operand.value]);
            result.slopes.resize(operand.slopes.len(), 0.0);
            for (sum, along) in result.slopes.iter_mut().zip(&operand.slopes) {
                *sum += slope * along;
            }
        }
        result.is_moderate().then_some(result)
    }

    pub fn negated(self, x: &Dual) -> Option<Dual> {
        self.chain(-x.value, &[(-1.0, x)])
    }

    pub fn divided(self, x: &Dual, divisor: f64) -> Option<Dual> {
        self.chain(x.value / divisor, &[(1.0 / divisor, x)])
    }

    pub fn binary(self, operation: Binary, a: &Dual, b: &Dual) -> Option<Dual> {
        let (x, y) = (a.value, b.value);
        match operation {
            Binary::Add => self.chain(x + y, &[(1.0, a), (1.0, b)]),
            Binary::Subtract => self.chain(x - y, &[(1.0, a), (-1.0, b)]),
            Binary::Multiply => self.chain(x * y, &[(y, a), (x, b)]),
            Binary::Divide => self.chain(x / y, &[(1.0 / y, a), (-x / (y * y), b)]),
            Binary::Power => {
                let value = libm::pow(x, y);
                self.chain(value, &[(y * value / x, a), (value * libm::log(x), b)])
            }
            Binary::Maximum => chosen(x > y, a, b),
            Binary::Minimum => chosen(x < y, a, b),
        }
    }

    pub fn whole_power(self, base: &Dual, exponent: f64) -> Option<Dual> {
        let slope = exponent * libm::pow(base.value, exponent - 1.0);
        self.chain(libm::pow(base.value, exponent), &[(slope, base)])
    }

    /// A function with its value and slope at x. The slope may be computed as a difference from 1,
    /// such as 1 − tanh², and so moves by no less than 1 would.
    pub fn function(self, value: f64, slope: f64, x: &Dual) -> Option<Dual> {
        let slope = slope + slope.abs().max(1.0) * self.part(slope, &[x.value]);
        self.chain(value, &[(slope, x)])
    }

    pub fn absolute(self, x: &Dual) -> Option<Dual> {
        let sign = sign(x)?;
        self.chain(x.value.abs(), &[(sign, x)])
    }

    pub fn sign(self, x: &Dual) -> Option<Dual> {
        self.chain(sign(x)?, &[(0.0, x)])
    }
}

fn chosen(is_first: bool, a: &Dual, b: &Dual) -> Option<Dual> {
    a.is_decided(b).then(|| if is_first { a.clone() } else { b.clone() })
}

fn sign(x: &Dual) -> Option<f64> {
    x.is_decided(&Dual::constant(0.0)).then(|| if x.value == 0.0 { 0.0 } else { x.value.signum() })
}

/// A function's value and derivative at x.
pub fn smooth(function: &str, x: f64) -> Option<(f64, f64)> {
    let logistic = 1.0 / (1.0 + libm::exp(-x));
    let bell = std::f64::consts::FRAC_2_SQRT_PI * libm::exp(-x * x);
    Some(match function {
        "exp" => (libm::exp(x), libm::exp(x)),
        "exp_m1" => (libm::expm1(x), libm::exp(x)),
        "ln" => (libm::log(x), 1.0 / x),
        "ln_1p" => (libm::log1p(x), 1.0 / (1.0 + x)),
        "sqrt" => (libm::sqrt(x), 0.5 / libm::sqrt(x)),
        "sin" => (libm::sin(x), libm::cos(x)),
        "cos" => (libm::cos(x), -libm::sin(x)),
        "tan" => (libm::tan(x), 1.0 / libm::pow(libm::cos(x), 2.0)),
        "atan" => (libm::atan(x), 1.0 / (1.0 + x * x)),
        "tanh" => (libm::tanh(x), 1.0 / libm::pow(libm::cosh(x), 2.0)),
        "sigmoid" => (logistic, logistic / (1.0 + libm::exp(x))),
        "softplus" => (x.max(0.0) + libm::log1p(libm::exp(-x.abs())), logistic),
        "erf" => (libm::erf(x), bell),
        "erfc" => (libm::erfc(x), -bell),
        _ => return None,
    })
}
