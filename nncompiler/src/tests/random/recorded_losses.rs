//! Random losses: their schedules compute what their statements say, and some of them are recorded for
//! `tests/random.rs`, where they are compiled and compared with PyTorch. `RANDOM_NETWORKS` and the rest ask for more
//! and for others, as of random networks:
//!
//! ```text
//! RANDOM_NETWORKS=1000 RANDOM_NETWORKS_SEED=7 RANDOM_NETWORKS_PYTHON=python cargo test -p nncompiler random_losses
//! RANDOM_NETWORKS_SEED=7 UPDATE_RANDOM=1 cargo test -p nncompiler losses_are_as_recorded
//! python tests/random/losses.py > tests/random/losses.txt && cargo test -p tapeless-tests --test random
//! ```

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::choices::Choices;
use super::corpus::assert_recorded;
use super::losses::{NETWORK, Numbers, OUTPUTS, RandomLoss, SLICE, TARGETS, loss};
use super::pytorch::{self, BATCHES, Rows, formula, projections};
use super::recorded::{asked, modules, with_most_words};
use crate::backend::rust::CompiledNetworkLoss;
use crate::ir::interpret::Memory;
use crate::pipeline::Mode;
use crate::tests::losses::{check_schedules, compiled};

/// Losses that every run tries, and those among which some are recorded.
const COUNT: u64 = 20;
const CANDIDATES: u64 = 60;
const RECORDED: usize = 5;

/// Decisions that a loss may take.
const CHOICES: usize = 40;

/// Salts of the network's input, of its parameters, of the targets and of the setting, as in losses.py.
const INPUT: u32 = 1;
const PARAMETERS: u32 = 10;
const OF_TARGETS: u32 = 30;
const OF_SETTING: u32 = 40;

/// Relative to what is added up.
const TOLERANCE: f64 = 1e-10;

const TORCH: &str = include_str!("losses.py");

const HEADER: &str = "\
//! Random losses, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.
";

fn seeded(seed: u64, number: u64) -> RandomLoss {
    loss(&mut Choices::seeded(1_000_000 * seed + number, CHOICES), number)
}

#[test]
fn schedules_of_random_losses_compute_what_the_statements_say() {
    let (count, seed) = asked(COUNT);
    let losses: Vec<RandomLoss> = (0..count).map(|number| seeded(seed, number)).collect();
    let mut wrong = Vec::new();
    let mut check = |loss: &RandomLoss, check: &dyn Fn() -> Option<String>| {
        let found = catch_unwind(AssertUnwindSafe(check));
        let found = found.unwrap_or_else(|_| Some("it panics".to_owned()));
        wrong.extend(found.map(|what| format!("{what}\n{}{}", loss.declaration, loss.torch)));
    };
    for loss in &losses {
        check(loss, &|| {
            check_schedules(NETWORK, &loss.declaration, &BATCHES);
            None
        });
    }
    if let Ok(python) = std::env::var("RANDOM_NETWORKS_PYTHON") {
        let rows = pytorch::rows(&python, &program(&losses));
        for loss in &losses {
            check(loss, &|| disagreement(loss, &rows));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is wrong with the value and the gradients on the outputs, if anything is.
fn disagreement(loss: &RandomLoss, rows: &Rows) -> Option<String> {
    let (compiled, _) = compiled(NETWORK, &loss.declaration, Mode::Loops);
    BATCHES.into_iter().find_map(|batch| {
        let [value, gradient] = evaluated(loss, &compiled, batch);
        let found = value.into_iter().chain(projections(&gradient));
        let row = &rows[&(loss.name.clone(), batch)];
        found.zip(row).enumerate().find_map(|(at, (found, expected))| {
            let [expected, scale] = pytorch::numbers(expected);
            let is_close = (found - expected).abs() <= TOLERANCE * scale;
            (!is_close).then(|| format!("batch {batch}, number {at}: {found} is not {expected}"))
        })
    })
}

/// The value, and the gradients on the outputs.
fn evaluated(loss: &RandomLoss, compiled: &CompiledNetworkLoss, batch: usize) -> [Vec<f64>; 2] {
    let function = &compiled.workspace.functions[0].function;
    let mut memory = Memory::new(&compiled.program, batch);
    for port in &function.inputs {
        let size = memory.size(port.array);
        memory.set(port.array, given(&compiled.program.array(port.array).name, loss, size, batch));
    }
    memory.run(&function.body);
    let mut outputs = function.outputs.iter().map(|port| memory.get(port.array).to_vec());
    let value = outputs.next().expect("a value");
    [value, outputs.flatten().collect()]
}

/// The numbers of what a loss is given; what else there is is the gradient on its value.
fn given(name: &str, loss: &RandomLoss, size: usize, batch: usize) -> Vec<f64> {
    if let Some(at) = OUTPUTS.iter().position(|(output, ..)| *output == name) {
        return output(at, batch);
    }
    if let Some(at) = TARGETS.iter().position(|target| target.name == name) {
        let numbers = formula(OF_TARGETS + u32::try_from(at).expect("few"), 2.0).take(size);
        return match TARGETS[at].numbers {
            Numbers::Reals => numbers.collect(),
            Numbers::Positives => numbers.map(|number| number.abs() + 0.5).collect(),
            Numbers::Classes(below) => {
                numbers.map(|number| ((number / 2.0 + 0.5) * below as f64).floor()).collect()
            }
        };
    }
    if name == SLICE {
        return formula(OF_SETTING, 2.0).take(size).collect();
    }
    let setting = loss.settings.iter().find(|(setting, _)| *setting == name);
    vec![setting.map_or(1.0, |(_, number)| *number); size]
}

/// A linear map of the input.
fn output(at: usize, batch: usize) -> Vec<f64> {
    let (width, salt) = (OUTPUTS[at].2, PARAMETERS + 2 * u32::try_from(at).expect("few"));
    let input: Vec<f64> = formula(INPUT, 2.0).take(3 * batch).collect();
    let weight: Vec<f64> = formula(salt, 1.0).take(3 * width).collect();
    let bias: Vec<f64> = formula(salt + 1, 1.0).take(width).collect();
    let rows = input.chunks(3).flat_map(|x| {
        let each = weight.chunks(3).zip(&bias);
        each.map(move |(row, bias)| row.iter().zip(x).map(|(a, b)| a * b).sum::<f64>() + bias)
    });
    rows.collect()
}

/// The losses in PyTorch.
fn program(losses: &[RandomLoss]) -> String {
    let (mut functions, mut calls) = (String::new(), String::new());
    for one in losses {
        let targets: Vec<&str> = one.targets.iter().map(|target| target.name).collect();
        let slice = one.has_slice.then_some(SLICE);
        let names = [&one.outputs[..], &targets, slice.as_slice()].concat().join(", ");
        let name = &one.name;
        let _ = write!(functions, "def {name}({names}):\n{}    return y\n\n\n", one.torch);
        let _ = writeln!(
            calls,
            "evaluate({name}, \"{names}\", is_weighted={})",
            python(one.is_weighted)
        );
    }
    TORCH.replace("FUNCTIONS\n", &functions).replace("CALLS\n", &calls)
}

fn python(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}

/// Those of the candidates that have the most words, with numbers of their own.
fn recorded(seed: u64) -> Vec<RandomLoss> {
    let candidates = (0..CANDIDATES).map(|one| seeded(seed, one)).collect();
    with_most_words(candidates, RECORDED, |loss: &RandomLoss| {
        let words = loss.torch.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.map(ToOwned::to_owned).collect()
    })
}

fn rust(losses: &[RandomLoss]) -> String {
    let declared: Vec<String> =
        losses.iter().map(|one| format!("pub {}", one.declaration)).collect();
    let modules = modules([NETWORK].into_iter().chain(declared.iter().flat_map(|one| one.lines())));
    let mut all = String::new();
    for one in losses {
        let name = one.name.replace("random", "Random");
        let settings = one.settings.iter().map(|(name, number)| format!("{name}: number {number}"));
        let slice = one.has_slice.then(|| format!("{SLICE}: slice"));
        let settings = settings.chain(slice).collect::<Vec<_>>().join(", ");
        let targets = one.targets.iter().map(|target| {
            let numbers = match target.numbers {
                Numbers::Classes(below) => format!("classes {below}"),
                Numbers::Reals => "reals".to_owned(),
                Numbers::Positives => "positives".to_owned(),
            };
            format!("{}: {numbers} {}", target.name, target.width)
        });
        let targets = targets.collect::<Vec<_>>().join(", ");
        let _ = writeln!(all, "    {name} {{ {settings} }} {name}Targets {{ {targets} }}");
    }
    format!("{HEADER}{modules}\ncompare_losses! {{\n{all}}}\n")
}

#[test]
fn losses_are_as_recorded() {
    let (_, seed) = asked(COUNT);
    let losses = recorded(seed);
    assert_recorded("losses.rs", &rust(&losses));
    assert_recorded("losses.py", &program(&losses));
}
