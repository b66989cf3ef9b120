use super::{double, single};

/// The distance from the true value, in units of the distance of neighbouring f32 numbers there.
fn ulp_single(got: f32, expected: f64) -> f64 {
    const BEYOND: f64 = 2.0 * (1u128 << 127) as f64;
    if expected.is_nan() || got.is_nan() {
        return if expected.is_nan() && got.is_nan() {
            0.0
        } else {
            f64::INFINITY
        };
    }
    let exponent = ((expected.to_bits() >> 52) & 0x7ff).cast_signed() as i32 - 1023;
    let spacing = 2f64.powi(exponent.clamp(-126, 127) - 23);
    (f64::from(got).clamp(-BEYOND, BEYOND) - expected.clamp(-BEYOND, BEYOND)).abs() / spacing
}

/// The greatest distance over every `stride`-th f32 number, and where it is.
fn worst_single(
    function: impl Fn(f32) -> f32,
    reference: impl Fn(f64) -> f64,
    stride: usize,
) -> (f64, f32) {
    let arguments = (0..=u32::MAX).step_by(stride).map(f32::from_bits);
    let errors = arguments.map(|x| (ulp_single(function(x), reference(f64::from(x))), x));
    errors.fold(
        (0.0, 0.0),
        |worst, error| if error.0 > worst.0 { error } else { worst },
    )
}

macro_rules! single_precision {
    ($($name:ident: $bound:literal, $reference:expr;)*) => {
        mod single_precision {
            use super::*;
            $(
                #[test]
                fn $name() {
                    let (error, x) = worst_single(single::$name, $reference, 2003);
                    println!("{} {error} {x:e}", stringify!($name));
                    assert!(error <= $bound, "{error} ULP at {x:e}");
                }
            )*
        }

        mod single_precision_at_every_number {
            use super::*;
            $(
                #[test]
                #[ignore = "takes minutes"]
                fn $name() {
                    let (error, x) = worst_single(single::$name, $reference, 1);
                    println!("{} {error} {x:e}", stringify!($name));
                    assert!(error <= $bound, "{error} ULP at {x:e}");
                }
            )*
        }
    };
}

single_precision! {
    exp: 1.0, libm::exp;
    exp_m1: 3.0, libm::expm1;
    ln: 1.0, libm::log;
    ln_1p: 3.0, libm::log1p;
    tanh: 2.0, libm::tanh;
    sigmoid: 3.0, |x| 1.0 / (1.0 + libm::exp(-x));
    softplus: 2.0, |x| x.max(0.0) + libm::log1p(libm::exp(-x.abs()));
    erf: 2.0, libm::erf;
    erfc: 4.0, libm::erfc;
}

/// The distance of two f64 numbers, in units of the distance of neighbouring numbers there.
fn ulp_double(got: f64, expected: f64) -> f64 {
    if expected.is_nan() || got.is_nan() || expected.is_infinite() || got.is_infinite() {
        let same = got == expected || expected.is_nan() && got.is_nan();
        return if same { 0.0 } else { f64::INFINITY };
    }
    let magnitude = expected.abs().max(f64::MIN_POSITIVE);
    (got - expected).abs() / (magnitude.next_up() - magnitude)
}

/// Arguments from the whole range of f64 and, evenly spread, from [−40, 40] and [−2, 2].
fn doubles() -> impl Iterator<Item = f64> {
    (0..200_000u64).flat_map(|index| {
        let bits = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let fraction = (bits >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
        [f64::from_bits(bits), 40.0 * fraction, 2.0 * fraction]
    })
}

macro_rules! double_precision {
    ($($name:ident: $bound:literal, $reference:expr;)*) => {
        mod double_precision {
            use super::*;
            $(
                #[test]
                fn $name() {
                    let errors = doubles().map(|x| (ulp_double(double::$name(x), $reference(x)), x));
                    let worst = |worst: (f64, f64), error: (f64, f64)| if error.0 > worst.0 { error } else { worst };
                    let (error, x) = errors.fold((0.0, 0.0), worst);
                    println!("{} {error} {x:e}", stringify!($name));
                    assert!(error <= $bound, "{error} ULP at {x:e}");
                }
            )*
        }
    };
}

double_precision! {
    exp: 2.0, libm::exp;
    exp_m1: 3.0, libm::expm1;
    ln: 2.0, libm::log;
    ln_1p: 3.0, libm::log1p;
    tanh: 3.0, libm::tanh;
    sigmoid: 4.0, |x: f64| { let e = libm::exp(-x.abs()); if x < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) } };
    softplus: 3.0, |x: f64| x.max(0.0) + libm::log1p(libm::exp(-x.abs()));
    erf: 2.0, libm::erf;
    erfc: 4.0, libm::erfc;
}
