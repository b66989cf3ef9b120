//! Random networks with several inputs and outputs: fast against plain loops, and both against PyTorch.

use tapeless::prelude::*;

use crate::view;

const BATCHES: [usize; 5] = [1, 2, 3, 17, 33];
/// The batch of the recorded numbers.
const RECORDED: usize = 3;
/// Salts of parameters and of directions, as in networks.py.
const PARAMETERS: u32 = 10;
const DIRECTIONS: std::ops::Range<u32> = 50..58;
const EXPECTED: &str = include_str!("networks.txt");

/// Outputs, and the gradient on every parameter.
type Results = [Vec<f64>; 2];

/// Numbers in [−scale/2, scale/2): the upper half of a 32-bit hash.
fn formula(salt: u32, scale: f64) -> impl Iterator<Item = f64> {
    (0u32..).map(move |k| {
        let mixed = k.wrapping_mul(0x9E37_79B1).wrapping_add(salt.wrapping_mul(0x85EB_CA77));
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
        (f64::from(mixed >> 16) / 65536.0 - 0.5) * scale
    })
}

/// A network with formula numbers for every parameter, each with the next salt.
fn filled<N: Network<Scalar = f64>>() -> Box<N> {
    let mut network = N::zeros();
    for (salt, (_, parameter)) in (PARAMETERS..).zip(network.state_dict_mut()) {
        for (number, value) in parameter.iter_mut().zip(formula(salt, 1.0)) {
            *number = value;
        }
    }
    network
}

fn given(width: usize, batch: usize, salt: u32) -> Vec<f64> {
    formula(salt, 2.0).take(width * batch).collect()
}

fn assert_same(name: &str, found: &Results, expected: &Results) {
    for (found, expected) in found.iter().zip(expected) {
        let largest = expected.iter().fold(1.0f64, |most, one| most.max(one.abs()));
        for (found, expected) in found.iter().zip(expected) {
            let error = (found - expected).abs();
            assert!(error <= 1e-11 * largest, "{name}: {found} is not {expected}");
        }
    }
}

/// Projections onto directions that read every number, relative to what they add up.
fn assert_recorded(name: &str, found: &Results) {
    let row = EXPECTED.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let mut words = row.expect("a row").split(' ');
    for numbers in found {
        for salt in DIRECTIONS {
            let directions = formula(salt, 1.0);
            let found: f64 = numbers.iter().zip(directions).map(|(a, b)| a * b).sum();
            let (expected, magnitude) =
                words.next().and_then(|word| word.split_once('~')).expect("two numbers");
            let [expected, magnitude] =
                [expected, magnitude].map(|text| text.parse::<f64>().expect("a number"));
            let error = (found - expected).abs();
            assert!(error <= 1e-10 * magnitude, "{name}: {found} is not {expected}");
        }
    }
}

macro_rules! evaluated {
    ($module:ident $network:ident $inputs:ident $outputs:ident
        { $a:ident: $a_width:literal, $b:ident: $b_width:literal }
        { $z:ident: $z_width:literal, $y:ident: $y_width:literal } $batch:ident) => {{
        use $module::{$inputs, $network, $outputs};
        let [first, second] = [given($a_width, $batch, 1), given($b_width, $batch, 2)];
        let (model, mut gradient) = (filled::<$network<f64>>(), $network::<f64>::zeros());
        let mut pass = $network::<f64>::pass($batch);
        let inputs = $inputs {
            $a: view::<f64, Const<$a_width>>(&first),
            $b: view::<f64, Const<$b_width>>(&second),
        };
        let outputs = model.forward_batch(inputs, &mut pass).unwrap();
        let $outputs { $z, $y } = outputs.values();
        let values: Vec<f64> = $z.iter().chain($y.iter()).copied().collect();
        let weights: Vec<f64> = formula(3, 2.0).take(values.len()).collect();
        let (z, y) = weights.split_at($z_width * $batch);
        let seeds =
            $outputs { $z: view::<f64, Const<$z_width>>(z), $y: view::<f64, Const<$y_width>>(y) };
        outputs.backward(seeds, &mut gradient).unwrap();
        let parameters = gradient.state_dict().into_iter();
        let parameters = parameters.flat_map(|(_, parameter)| parameter.to_vec());
        [values, parameters.collect()]
    }};
}

/// Compares the networks in both modules, and with PyTorch.
macro_rules! compare_networks {
    ($($network:ident $inputs:ident $outputs:ident { $($input:tt)* } { $($output:tt)* })*) => {
        #[test]
        fn random_networks_are_what_pytorch_says() {
            use super::*;
            $(
                for batch in BATCHES {
                    let fast: Results = evaluated!(fast $network $inputs $outputs
                        { $($input)* } { $($output)* } batch);
                    let plain: Results = evaluated!(plain $network $inputs $outputs
                        { $($input)* } { $($output)* } batch);
                    let name = stringify!($network).trim_end_matches("Of");
                    assert_same(name, &fast, &plain);
                    if batch == RECORDED {
                        assert_recorded(name, &fast);
                    }
                }
            )*
        }
    };
}

#[path = "networks.rs"]
mod recorded;
