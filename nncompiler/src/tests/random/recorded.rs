//! Random networks: their schedules compute what their statements say, and some of them are recorded for
//! `tests/random.rs`, where they are compiled and compared with PyTorch.
//!
//! `RANDOM_NETWORKS` asks for more of them, and `RANDOM_NETWORKS_SEED` for others; with `UPDATE_RANDOM=1` the
//! recorded ones are those of that seed:
//!
//! ```text
//! RANDOM_NETWORKS=1000 RANDOM_NETWORKS_SEED=7 cargo test -p nncompiler random_networks
//! RANDOM_NETWORKS_SEED=7 UPDATE_RANDOM=1 cargo test -p nncompiler networks_are_as_recorded
//! python tests/random/networks.py > tests/random/networks.txt && cargo test -p tapeless-tests --test random
//! ```

use std::fmt::Write;

use super::choices::Choices;
use super::corpus::assert_recorded;
use super::networks::{Network, network};
use crate::tests::programs::check_schedules;

/// Networks that every run tries, and those that are recorded.
const COUNT: u64 = 12;
const RECORDED: u64 = 8;

/// Decisions that a network may take.
const CHOICES: usize = 400;

const HEADER: &str = "\
//! Random networks, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.
";

const TORCH: &str = include_str!("networks.py");

/// How many networks to try, and the first seed.
fn asked() -> (u64, u64) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    (number("RANDOM_NETWORKS").unwrap_or(COUNT), number("RANDOM_NETWORKS_SEED").unwrap_or(0))
}

fn networks(seed: u64, count: u64) -> impl Iterator<Item = Network> {
    (0..count).map(move |number| {
        network(&mut Choices::seeded(1_000_000 * seed + number, CHOICES), number)
    })
}

#[test]
fn schedules_of_random_networks_compute_what_the_statements_say() {
    let (count, seed) = asked();
    for network in networks(seed, count) {
        check_schedules(&network.declaration, &[1, 2, 3, 17, 33]);
    }
}

/// The name and the width of each of several arrays.
fn widths(arrays: &[(String, Vec<usize>)]) -> String {
    let each = arrays.iter().map(|(name, shape)| {
        let width: usize = shape.iter().product();
        format!("{name}: {width}")
    });
    each.collect::<Vec<_>>().join(", ")
}

fn rust(networks: &[Network]) -> String {
    let declared = networks.iter().flat_map(|one| one.declaration.lines());
    let declared: String = declared.flat_map(|line| ["        ", line, "\n"]).collect();
    let module = |name: &str, path: &str| {
        format!("\npub mod {name} {{\n    {path}! {{\n{declared}    }}\n}}\n")
    };
    let fast = module("fast", "tapeless::network");
    let plain = module("plain", "tapeless::__private::network_as_loops");
    let mut all = String::new();
    for (number, one) in networks.iter().enumerate() {
        let (inputs, outputs) = (widths(&one.inputs), widths(&one.outputs));
        let name = format!("Random{number}");
        let _ =
            writeln!(all, "    {name}Of {name}Inputs {name}Outputs {{ {inputs} }} {{ {outputs} }}");
    }
    format!("{HEADER}{fast}{plain}\ncompare_networks! {{\n{all}}}\n")
}

fn python(networks: &[Network]) -> String {
    let mut functions = String::new();
    let mut calls = String::new();
    for (number, one) in networks.iter().enumerate() {
        let _ =
            write!(functions, "def random{number}(p, a, b):\n{}    return z, y\n\n\n", one.torch);
        let shapes: Vec<String> = one
            .inputs
            .iter()
            .map(|(_, shape)| {
                let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
                format!("({},)", sizes.join(", "))
            })
            .collect();
        let _ =
            writeln!(calls, "evaluate(\"Random{number}\", random{number}, {})", shapes.join(", "));
    }
    TORCH.replace("FUNCTIONS\n", &functions).replace("CALLS\n", &calls)
}

#[test]
fn networks_are_as_recorded() {
    let (_, seed) = asked();
    let networks: Vec<Network> = networks(seed, RECORDED).collect();
    assert_recorded("networks.rs", &rust(&networks));
    assert_recorded("networks.py", &python(&networks));
}
