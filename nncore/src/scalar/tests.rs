use super::Real;

/// The bounds are tested at every 2003rd number of f32; by the ignored tests, at all.
const STRIDE: usize = 2003;

/// 2¹²⁸, where f32 overflows.
const SINGLE_OVERFLOW: f64 = 2.0 * (1u128 << 127) as f64;

/// The distance of an f32 number from the true value, in units of the distance of neighbouring
/// numbers there.
fn ulp_single(value: f32, truth: f64) -> f64 {
    if truth.is_nan() || value.is_nan() {
        return if truth.is_nan() && value.is_nan() { 0.0 } else { f64::INFINITY };
    }
    let bounded = |x: f64| x.clamp(-SINGLE_OVERFLOW, SINGLE_OVERFLOW);
    let least = f64::from(f32::MIN_POSITIVE);
    // A power of two: the leading digit of f32's 24.
    let leading =
        f64::from_bits(truth.abs().clamp(least, f64::from(f32::MAX)).to_bits() >> 52 << 52);
    let spacing = leading * f64::from(f32::EPSILON);
    (bounded(f64::from(value)) - bounded(truth)).abs() / spacing
}

/// The distance of two f64 numbers, in units of the distance of neighbouring numbers there.
fn ulp_double(value: f64, truth: f64) -> f64 {
    if !truth.is_finite() || !value.is_finite() {
        let same = value.to_bits() == truth.to_bits() || truth.is_nan() && value.is_nan();
        return if same { 0.0 } else { f64::INFINITY };
    }
    let magnitude = truth.abs().max(f64::MIN_POSITIVE);
    (value - truth).abs() / (magnitude.next_up() - magnitude)
}

/// Every `stride`-th f32 number.
fn singles(stride: usize) -> impl Iterator<Item = f32> {
    (0..=u32::MAX).step_by(stride).map(f32::from_bits)
}

/// Numbers from the whole range of f64 and, evenly spread, from [−40, 40] and [−2, 2].
fn doubles() -> impl Iterator<Item = f64> {
    (0..100_000u64).flat_map(|index| {
        let bits = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let fraction = (bits >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
        [f64::from_bits(bits), 40.0 * fraction, 2.0 * fraction]
    })
}

/// Asserts that the greatest error, of (error, argument) pairs, is within the bound.
fn assert_within(bound: f64, errors: impl Iterator<Item = (f64, f64)>) {
    let greater = |a: (f64, f64), b: (f64, f64)| if b.0 > a.0 { b } else { a };
    let (error, argument) = errors.fold((0.0, 0.0), greater);
    println!("{error:.3} ULP at {argument:e}");
    assert!(error <= bound, "{error} ULP at {argument:e}");
}

/// Tests of the greatest error of functions in f32 and in f64, given the truth in f64.
macro_rules! bounds {
    ($($name:ident: $single:literal, $double:literal, $truth:expr;)*) => {
        mod single_precision {
            use super::*;
            $(
                #[test]
                fn $name() {
                    let truth = $truth;
                    assert_within($single, singles(STRIDE).map(|x| {
                        (ulp_single(Real::$name(x), truth(f64::from(x))), f64::from(x))
                    }));
                }
            )*
        }

        mod single_precision_at_every_number {
            use super::*;
            $(
                #[test]
                #[ignore = "takes minutes"]
                fn $name() {
                    let truth = $truth;
                    assert_within($single, singles(1).map(|x| {
                        (ulp_single(Real::$name(x), truth(f64::from(x))), f64::from(x))
                    }));
                }
            )*
        }

        mod double_precision {
            use super::*;
            $(
                #[test]
                fn $name() {
                    let truth = $truth;
                    assert_within($double, doubles().map(|x| {
                        (ulp_double(Real::$name(x), truth(x)), x)
                    }));
                }
            )*
        }
    };
}

fn true_sigmoid(x: f64) -> f64 {
    let tail = libm::exp(-x.abs());
    if x < 0.0 { tail / (1.0 + tail) } else { 1.0 / (1.0 + tail) }
}

fn true_softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

// In f64 the bounds include the error of the truth, which is libm's.
bounds! {
    exp: 1.0, 1.0, libm::exp;
    exp_m1: 2.0, 2.0, libm::expm1;
    ln: 1.0, 1.0, libm::log;
    ln_1p: 2.0, 2.0, libm::log1p;
    tanh: 1.51, 2.0, libm::tanh;
    sigmoid: 3.0, 3.0, true_sigmoid;
    softplus: 2.0, 3.0, true_softplus;
    erf: 1.5, 2.0, libm::erf;
    erfc: 4.0, 6.0, libm::erfc;
}

/// Asserts the values at arguments where a sign or an infinity could go wrong, bit by bit.
macro_rules! assert_values {
    ($($name:ident: $(($argument:expr, $value:expr))*;)*) => {
        $($(
            let (argument, value): (f64, f64) = ($argument, $value);
            #[allow(clippy::cast_possible_truncation, reason = "exact")]
            let (argument_single, value_single) = (argument as f32, value as f32);
            let found = Real::$name(argument_single);
            assert_eq!(found.to_bits(), value_single.to_bits(), "{}({argument})", stringify!($name));
            let found = Real::$name(argument);
            assert_eq!(found.to_bits(), value.to_bits(), "{}({argument})", stringify!($name));
        )*)*
    };
}

#[test]
fn zeros_and_infinities() {
    const INFINITY: f64 = f64::INFINITY;
    assert_values! {
        exp: (0.0, 1.0) (-0.0, 1.0) (INFINITY, INFINITY) (-INFINITY, 0.0) (-800.0, 0.0);
        exp: (800.0, INFINITY);
        exp_m1: (0.0, 0.0) (-0.0, -0.0) (INFINITY, INFINITY) (-INFINITY, -1.0) (800.0, INFINITY);
        ln: (1.0, 0.0) (0.0, -INFINITY) (-0.0, -INFINITY) (INFINITY, INFINITY);
        ln_1p: (0.0, 0.0) (-0.0, -0.0) (-1.0, -INFINITY) (INFINITY, INFINITY);
        tanh: (0.0, 0.0) (-0.0, -0.0) (INFINITY, 1.0) (-INFINITY, -1.0) (500.0, 1.0);
        sigmoid: (0.0, 0.5) (-0.0, 0.5) (INFINITY, 1.0) (-INFINITY, 0.0) (-800.0, 0.0);
        softplus: (INFINITY, INFINITY) (-INFINITY, 0.0) (-800.0, 0.0) (800.0, 800.0);
        erf: (0.0, 0.0) (-0.0, -0.0) (INFINITY, 1.0) (-INFINITY, -1.0) (30.0, 1.0);
        erfc: (0.0, 1.0) (-0.0, 1.0) (INFINITY, 0.0) (-INFINITY, 2.0) (30.0, 0.0);
        sin: (0.0, 0.0) (-0.0, -0.0);
        cos: (0.0, 1.0);
        tan: (0.0, 0.0) (-0.0, -0.0);
        atan: (0.0, 0.0) (-0.0, -0.0);
    }
}

#[test]
fn subnormal_arguments_stay() {
    for x in [f64::from_bits(1), -f64::from_bits(12345), 1e-310] {
        for function in [<f64 as Real>::exp_m1, <f64 as Real>::ln_1p, <f64 as Real>::tanh] {
            assert_eq!(function(x).to_bits(), x.to_bits());
        }
    }
    for x in [f32::from_bits(1), -f32::from_bits(12345), 1e-40] {
        for function in [<f32 as Real>::exp_m1, <f32 as Real>::ln_1p, <f32 as Real>::tanh] {
            assert_eq!(function(x).to_bits(), x.to_bits());
        }
    }
}

#[test]
fn outside_of_the_domain_there_is_nan() {
    assert!(<f32 as Real>::ln(-1.0).is_nan() && <f64 as Real>::ln(-1.0).is_nan());
    assert!(
        <f32 as Real>::ln(f32::NEG_INFINITY).is_nan()
            && <f64 as Real>::ln(f64::NEG_INFINITY).is_nan()
    );
    assert!(<f32 as Real>::ln_1p(-1.5).is_nan() && <f64 as Real>::ln_1p(-1.5).is_nan());
}

#[test]
fn powers() {
    assert!((<f32 as Real>::power(2.0, -3.0) - 0.125).abs() < f32::EPSILON);
    assert!((<f64 as Real>::power(2.0, 0.5) - std::f64::consts::SQRT_2).abs() < 1e-15);
    assert!(
        <f32 as Real>::power(f32::NAN, 2.0).is_nan() && <f64 as Real>::power(-2.0, 0.5).is_nan()
    );
}
