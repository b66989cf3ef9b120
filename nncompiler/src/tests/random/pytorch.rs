//! What networks compute for formula numbers, and the same by PyTorch.

use std::collections::BTreeMap;
use std::process::Command;

use super::networks::Network;
use crate::backend::rust::CompiledNetwork;
use crate::ir::function::{Holder, Role};
use crate::ir::index::ArrayId;
use crate::ir::interpret::Memory;
use crate::pipeline::Mode;
use crate::tests::compiled;

/// Salts of inputs, of the gradient on outputs, of parameters and of directions, as in networks.py.
const INPUTS: u32 = 1;
const WEIGHTS: u32 = 5;
const PARAMETERS: u32 = 10;
const DIRECTIONS: std::ops::Range<u32> = 500..503;

pub const BATCHES: [usize; 5] = [1, 2, 3, 17, 33];

/// What PyTorch says of each network and batch.
pub type Rows = BTreeMap<(String, usize), Vec<String>>;

/// Runs a program for PyTorch.
pub fn rows(python: &str, program: &str) -> Rows {
    let path = std::env::temp_dir().join(format!("networks-{}.py", std::process::id()));
    std::fs::write(&path, program).expect("a file that can be written");
    let output = Command::new(python).arg(&path).output().expect("PyTorch");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let rows = text.lines().map(|line| {
        let mut words = line.split(' ').map(ToOwned::to_owned);
        let (name, batch) = (words.next().expect("a name"), words.next().expect("a batch"));
        ((name, batch.parse().expect("a number")), words.collect())
    });
    rows.collect()
}

/// Numbers in [−scale/2, scale/2): the upper half of a 32-bit hash.
pub fn formula(salt: u32, scale: f64) -> impl Iterator<Item = f64> {
    (0u32..).map(move |k| {
        let mixed = k.wrapping_mul(0x9E37_79B1).wrapping_add(salt.wrapping_mul(0x85EB_CA77));
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
        (f64::from(mixed >> 16) / 65536.0 - 0.5) * scale
    })
}

/// What is wrong with a network, if anything is; nothing where PyTorch's answer decides nothing.
pub fn disagreement(network: &Network, rows: &Rows) -> Option<String> {
    let compiled = compiled(&network.declaration, Mode::Loops);
    BATCHES.into_iter().find_map(|batch| {
        let row = &rows[&(network.name.clone(), batch)];
        if row[0] == "undecided" {
            return None;
        }
        let training = (!network.is_random()).then(|| trained(&compiled, batch));
        let found = training.into_iter().flatten().chain([evaluated(&compiled, batch)]);
        let found = found.flat_map(|numbers| projections(&numbers));
        found.zip(row).enumerate().find_map(|(at, (found, expected))| {
            let [expected, scale] = numbers(expected);
            let is_close = (found - expected).abs() <= 1e-10 * scale;
            (!is_close).then(|| {
                format!("batch {batch}, number {at}: {found} is not {expected} (scale {scale})")
            })
        })
    })
}

/// A number, and what it may be off by, in units of a tolerance.
pub fn numbers(text: &str) -> [f64; 2] {
    let (number, scale) = text.split_once('~').expect("two numbers");
    [number, scale].map(|text| text.parse().expect("a number"))
}

pub fn projections(numbers: &[f64]) -> Vec<f64> {
    let along = |salt| numbers.iter().zip(formula(salt, 1.0)).map(|(a, b)| a * b).sum();
    DIRECTIONS.map(along).collect()
}

/// Inputs, parameters and states.
fn given<'a>(compiled: &'a CompiledNetwork, inputs: &[ArrayId], batch: usize) -> Memory<'a> {
    let program = &compiled.program;
    let mut memory = Memory::new(program, batch);
    for (&array, salt) in inputs.iter().zip(INPUTS..) {
        let numbers = formula(salt, 2.0).take(memory.size(array));
        let numbers = match program.array(array).role {
            Role::Integers(below) => {
                let below = below.expect("integers below a number") as f64;
                numbers.map(|number| ((number / 2.0 + 0.5) * below).floor()).collect()
            }
            _ => numbers.collect(),
        };
        memory.set(array, numbers);
    }
    for (parameter, salt) in program.parameters.iter().zip(PARAMETERS..) {
        let numbers = formula(salt, 1.0).take(memory.size(parameter.array));
        let is_variance = parameter.is_state && parameter.key.ends_with("running_var");
        let number = |number: f64| if is_variance { number.abs() + 0.5 } else { number };
        memory.set(parameter.array, numbers.map(number).collect());
    }
    memory
}

/// Outputs, and the gradient with the next states.
fn trained(compiled: &CompiledNetwork, batch: usize) -> [Vec<f64>; 2] {
    let [forward, backward] = [0, 1].map(|at| &compiled.training.functions[at].function);
    let count = compiled.network.inputs.len();
    let arrays = forward.inputs.iter().filter(|port| port.holder != Holder::Residual);
    let arrays: Vec<ArrayId> = arrays.map(|port| port.array).collect();
    let (inputs, gradients) = arrays.split_at(count);
    let mut memory = given(compiled, inputs, batch);
    memory.run(&forward.body);
    let outputs = values(&memory, &forward.results().collect::<Vec<_>>());
    let mut weights = formula(WEIGHTS, 2.0);
    for &array in gradients {
        let numbers = weights.by_ref().take(memory.size(array)).collect();
        memory.set(array, numbers);
    }
    memory.run(&backward.body);
    let parameters = 0..compiled.program.parameters.len();
    let gradients: Vec<ArrayId> =
        parameters.map(|number| backward.gradient(number).expect("a gradient")).collect();
    [outputs, values(&memory, &gradients)]
}

fn evaluated(compiled: &CompiledNetwork, batch: usize) -> Vec<f64> {
    let predict = &compiled.predict.functions[0].function;
    let inputs = predict.inputs.iter().map(|port| port.array);
    let inputs: Vec<ArrayId> = inputs.take(compiled.network.inputs.len()).collect();
    let mut memory = given(compiled, &inputs, batch);
    memory.run(&predict.body);
    values(&memory, &predict.results().collect::<Vec<_>>())
}

/// The numbers of arrays, one after the other.
fn values(memory: &Memory, arrays: &[ArrayId]) -> Vec<f64> {
    arrays.iter().flat_map(|&array| memory.get(array).to_vec()).collect()
}
