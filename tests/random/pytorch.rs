//! Random networks with several inputs and outputs: fast against plain loops, and both against PyTorch.

use tapeless::prelude::*;
use tapeless::real::Real;

use crate::{Precision, view};

pub const BATCHES: [usize; 5] = [1, 2, 3, 17, 33];
/// Salts of inputs, of the gradient on outputs, of parameters and of directions, as in networks.py.
pub const INPUTS: u32 = 1;
const WEIGHTS: u32 = 5;
pub const PARAMETERS: u32 = 10;
pub const DIRECTIONS: std::ops::Range<u32> = 500..503;
const EXPECTED: &str = include_str!("networks.txt");

/// What a network computes: in training outputs and the gradient with the next states, then outputs after it.
type Results = [Vec<f64>; 3];

/// What a precision may be off, relative to what is added up or, where that is more, to what errors grow to.
pub trait Tolerance: Precision {
    const OF_PYTORCH: f64;
    const OF_LOOPS: f64;
}

impl Tolerance for f64 {
    const OF_PYTORCH: f64 = 1e-10;
    const OF_LOOPS: f64 = 1e-11;
}

impl Tolerance for f32 {
    const OF_PYTORCH: f64 = 2e-5;
    const OF_LOOPS: f64 = 2e-5;
}

/// Numbers in [−scale/2, scale/2): the upper half of a 32-bit hash.
pub fn formula(salt: u32, scale: f64) -> impl Iterator<Item = f64> {
    (0u32..).map(move |k| {
        let mixed = k.wrapping_mul(0x9E37_79B1).wrapping_add(salt.wrapping_mul(0x85EB_CA77));
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
        (f64::from(mixed >> 16) / 65536.0 - 0.5) * scale
    })
}

/// A network with formula numbers for every parameter and state, each with the next salt.
pub fn filled<N: Network>() -> Box<N> {
    let mut network = N::zeros();
    for (salt, (info, numbers)) in (PARAMETERS..).zip(network.state_dict_mut()) {
        let is_variance = info.is_state && info.name.ends_with("running_var");
        for (number, value) in numbers.iter_mut().zip(formula(salt, 1.0)) {
            *number = N::Scalar::of(if is_variance { value.abs() + 0.5 } else { value });
        }
    }
    network
}

pub fn reals<T: Precision>(count: usize, salt: u32) -> Vec<T> {
    formula(salt, 2.0).take(count).map(T::of).collect()
}

pub fn integers(count: usize, below: u8, salt: u32) -> Vec<u8> {
    let whole = |number: f64| (1..below).rev().find(|&one| f64::from(one) <= number).unwrap_or(0);
    let numbers = formula(salt, 2.0).map(|number| (number / 2.0 + 0.5) * f64::from(below));
    numbers.take(count).map(whole).collect()
}

pub fn to_f64<T: Precision>(numbers: impl IntoIterator<Item = T>) -> Vec<f64> {
    numbers.into_iter().map(Real::to_f64).collect()
}

fn assert_same<T: Tolerance>(name: &str, found: &Results, expected: &Results) {
    for (found, expected) in found.iter().zip(expected) {
        let largest = expected.iter().fold(1.0f64, |most, one| most.max(one.abs()));
        for (found, expected) in found.iter().zip(expected) {
            let error = (found - expected).abs();
            assert!(error <= T::OF_LOOPS * largest, "{name}: {found} is not {expected}");
        }
    }
}

/// Projections onto directions that read every number.
fn assert_recorded<T: Tolerance>(name: &str, batch: usize, found: &[Vec<f64>]) {
    let key = format!("{name} {batch} ");
    let row = EXPECTED.lines().find_map(|line| line.strip_prefix(&*key)).expect("a row");
    let mut words = row.split(' ');
    for numbers in found {
        for salt in DIRECTIONS {
            let found: f64 = numbers.iter().zip(formula(salt, 1.0)).map(|(a, b)| a * b).sum();
            let word = words.next().and_then(|word| word.split_once('~')).expect("two numbers");
            let [expected, scale] =
                [word.0, word.1].map(|text| text.parse::<f64>().expect("a number"));
            let error = (found - expected).abs();
            assert!(error <= T::OF_PYTORCH * scale, "{key}: {found} is not {expected}");
        }
    }
    assert_eq!(words.next(), None, "{name}");
}

/// What the inputs of a network hold, and how they are given.
macro_rules! numbers_of {
    ($salt:expr, $batch:ident, reals $width:literal) => {
        reals::<T>($width * $batch, $salt)
    };
    ($salt:expr, $batch:ident, integers $width:literal $below:literal) => {
        integers($width * $batch, $below, $salt)
    };
}

macro_rules! batch_of {
    ($numbers:expr, reals $width:literal) => {
        view::<T, Const<$width>>($numbers)
    };
    ($numbers:expr, integers $width:literal $below:literal) => {
        &$numbers[..]
    };
}

macro_rules! evaluated {
    ($module:ident $network:ident $inputs:ident $outputs:ident
        { $($input:ident: $kind:ident $($size:literal)*),* }
        { $z:ident: $z_width:literal, $y:ident: $y_width:literal } $batch:ident) => {{
        use $module::{$inputs, $network, $outputs};
        let mut salts = INPUTS..;
        $(let $input =
            numbers_of!(salts.next().expect("a salt"), $batch, $kind $($size)*);)*
        let (model, mut gradient) = (filled::<$network<T>>(), $network::<T>::zeros());
        let mut pass = $network::<T>::pass($batch);
        let inputs = || $inputs { $($input: batch_of!(&$input, $kind $($size)*)),* };
        let outputs = model.forward_batch(inputs(), &mut pass).unwrap();
        let $outputs { $z, $y } = outputs.values();
        let values = to_f64($z.iter().chain($y.iter()).copied());
        let weights: Vec<T> = reals(values.len(), WEIGHTS);
        let (z, y) = weights.split_at($z_width * $batch);
        let seeds =
            $outputs { $z: view::<T, Const<$z_width>>(z), $y: view::<T, Const<$y_width>>(y) };
        outputs.backward(seeds, &mut gradient).unwrap();
        let parameters = gradient.state_dict().flat_map(|(_, parameter)| parameter.to_vec());
        let parameters = to_f64(parameters.collect::<Vec<T>>());
        let $outputs { $z, $y } = model.evaluate(inputs(), &mut pass).unwrap();
        [values, parameters, to_f64($z.iter().chain($y.iter()).copied())]
    }};
}

/// What of the results is the same in PyTorch, which draws other random numbers.
macro_rules! comparable {
    (certain $results:expr) => {
        &$results[..]
    };
    (random $results:expr) => {
        &$results[2..]
    };
}

/// Compares the networks in both modules, and with PyTorch.
macro_rules! compare_networks {
    ($($network:ident $inputs:ident $outputs:ident $kind:ident { $($input:tt)* } { $($output:tt)* })*) => {
        pub fn compare_networks<T: super::Tolerance>() {
            use super::*;
            $(
                for batch in BATCHES {
                    let fast: Results = evaluated!(fast $network $inputs $outputs
                        { $($input)* } { $($output)* } batch);
                    let plain: Results = evaluated!(plain $network $inputs $outputs
                        { $($input)* } { $($output)* } batch);
                    let name = stringify!($network).trim_end_matches("Of");
                    assert_same::<T>(name, &fast, &plain);
                    assert_recorded::<T>(name, batch, comparable!($kind fast));
                }
            )*
        }
    };
}

#[path = "networks.rs"]
mod recorded;

#[test]
fn random_networks_are_what_pytorch_says() {
    recorded::compare_networks::<f64>();
}

#[test]
fn random_networks_of_f32_are_what_pytorch_says() {
    recorded::compare_networks::<f32>();
}
