//! Random networks: their schedules compute what their statements say, and some of them are recorded for
//! `tests/random.rs`, where they are compiled and compared with PyTorch.
//!
//! `RANDOM_NETWORKS` asks for more of them, `RANDOM_NETWORKS_SEED` for others, and `RANDOM_NETWORKS_PYTHON` for what
//! PyTorch says of all of them; with `UPDATE_RANDOM=1` the recorded ones are those of that seed:
//!
//! ```text
//! RANDOM_NETWORKS=1000 RANDOM_NETWORKS_SEED=7 RANDOM_NETWORKS_PYTHON=python cargo test -p nncompiler random_networks
//! RANDOM_NETWORKS_SEED=7 UPDATE_RANDOM=1 cargo test -p nncompiler networks_are_as_recorded
//! python tests/random/networks.py > tests/random/networks.txt && cargo test -p tapeless-tests --test random
//! ```

use std::collections::BTreeSet;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::choices::Choices;
use super::corpus::assert_recorded;
use super::networks::{Given, Network, network};
use super::pytorch::{self, disagreement};
use crate::frontend::library::Library;
use crate::tests::library;
use crate::tests::programs::check_schedules;

/// Networks that every run tries, and those among which some are recorded.
const COUNT: u64 = 6;
const CANDIDATES: u64 = 24;
const RECORDED: usize = 8;

/// Decisions that a network may take.
const CHOICES: usize = 2000;

const HEADER: &str = "\
//! Random networks, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.
";

const TORCH: &str = include_str!("networks.py");

/// How many to try, as many as usual or as asked for, and the first seed.
pub fn asked(usual: u64) -> (u64, u64) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    (number("RANDOM_NETWORKS").unwrap_or(usual), number("RANDOM_NETWORKS_SEED").unwrap_or(0))
}

fn seeded(library: &Library, seed: u64, number: u64) -> Network {
    network(library, &mut Choices::seeded(1_000_000 * seed + number, CHOICES), number)
}

#[test]
fn schedules_of_random_networks_compute_what_the_statements_say() {
    let library = library();
    let (count, seed) = asked(COUNT);
    let (mut networks, mut wrong) = (Vec::new(), Vec::new());
    for number in 0..count {
        let network = seeded(&library, seed, number);
        let check = || check_schedules(&network.declaration, &[1, 2, 3, 17, 33]);
        if catch_unwind(AssertUnwindSafe(check)).is_err() {
            wrong.push(format!("schedules of\n{}", network.declaration));
        }
        networks.push(network);
    }
    if let Ok(python) = std::env::var("RANDOM_NETWORKS_PYTHON") {
        let rows = pytorch::rows(&python, &program(&networks));
        for network in &networks {
            let found = catch_unwind(AssertUnwindSafe(|| disagreement(network, &rows)));
            let found = found.unwrap_or_else(|_| Some("it panics".to_owned()));
            wrong.extend(found.map(|what| {
                format!("PyTorch: {what}\n{}\n{}", network.declaration, network.torch)
            }));
        }
        let undecided = rows.values().filter(|row| row[0] == "undecided").count();
        println!("{undecided} of {} undecided", rows.len());
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Those of the candidates that have the most words of the language, with numbers of their own.
fn recorded(seed: u64) -> Vec<Network> {
    let library = library();
    let candidates = (0..CANDIDATES).map(|number| seeded(&library, seed, number));
    with_most_words(candidates.collect(), RECORDED, Network::words)
}

/// So many candidates that have the most words, each as many new ones as possible.
pub fn with_most_words<C>(
    mut candidates: Vec<C>,
    count: usize,
    words_of: impl Fn(&C) -> BTreeSet<String>,
) -> Vec<C> {
    let (mut chosen, mut words) = (Vec::new(), BTreeSet::new());
    while chosen.len() < count {
        let news = |one: &C| words_of(one).difference(&words).count();
        let Some(best) = (0..candidates.len()).rev().max_by_key(|&at| news(&candidates[at])) else {
            break;
        };
        let best = candidates.swap_remove(best);
        words.extend(words_of(&best));
        chosen.push(best);
    }
    chosen
}

/// Declarations in two modules: with fast kernels, and as plain loops.
pub fn modules<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let declared: String = lines.flat_map(|line| ["        ", line, "\n"]).collect();
    let module = |name: &str, path: &str| {
        format!("\npub mod {name} {{\n    {path}! {{\n{declared}    }}\n}}\n")
    };
    let fast = module("fast", "tapeless::network");
    fast + &module("plain", "tapeless::__private::network_as_loops")
}

/// `a: reals 12, t: integers 3`
fn inputs(network: &Network) -> String {
    let each = network.inputs.iter().map(|Given { name, shape, below }| {
        let width: usize = shape.iter().product();
        match below {
            Some(below) => format!("{name}: integers {width} {below}"),
            None => format!("{name}: reals {width}"),
        }
    });
    each.collect::<Vec<_>>().join(", ")
}

fn outputs(network: &Network) -> String {
    let each = network.outputs.iter().map(|(name, shape)| {
        let width: usize = shape.iter().product();
        format!("{name}: {width}")
    });
    each.collect::<Vec<_>>().join(", ")
}

fn rust(networks: &[Network]) -> String {
    let modules = modules(networks.iter().flat_map(|one| one.declaration.lines()));
    let mut all = String::new();
    for one in networks {
        let (name, inputs, outputs) = (&one.name, inputs(one), outputs(one));
        let kind = if one.is_random() { "random" } else { "certain" };
        let _ = writeln!(
            all,
            "    {name}Of {name}Inputs {name}Outputs {kind} {{ {inputs} }} {{ {outputs} }}"
        );
    }
    format!("{HEADER}{modules}\ncompare_networks! {{\n{all}}}\n")
}

/// The networks in PyTorch.
fn program(networks: &[Network]) -> String {
    let (mut functions, mut calls) = (String::new(), String::new());
    for one in networks {
        let name = one.name.to_lowercase();
        let names: Vec<&str> = one.inputs.iter().map(|given| given.name.as_str()).collect();
        let given = names.join(", ");
        let _ = write!(functions, "def {name}(p, {given}):\n{}    return z, y\n\n\n", one.torch);
        let shapes = one.inputs.iter().map(|Given { shape, below, .. }| {
            let sizes: Vec<String> = shape.iter().map(|size| format!("{size},")).collect();
            let below = below.map_or("None".to_owned(), |below| below.to_string());
            format!("(({}), {below})", sizes.join(" "))
        });
        let shapes: Vec<String> = shapes.collect();
        let random = if one.is_random() { ", is_random=True" } else { "" };
        let _ =
            writeln!(calls, "evaluate(\"{}\", {name}, {}{random})", one.name, shapes.join(", "));
    }
    TORCH.replace("FUNCTIONS\n", &functions).replace("CALLS\n", &calls)
}

#[test]
fn networks_are_as_recorded() {
    let (_, seed) = asked(COUNT);
    let networks = recorded(seed);
    assert_recorded("networks.rs", &rust(&networks));
    assert_recorded("networks.py", &program(&networks));
}
