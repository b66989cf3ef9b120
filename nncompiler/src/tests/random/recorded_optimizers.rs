//! Random optimizers: what their loops compute is what their equations say, and PyTorch of the built-in ones. Some
//! are recorded for `tests/random.rs`, where they are compiled, with what they should compute. `RANDOM_NETWORKS` and
//! the rest ask for more and for others, as of random networks:
//!
//! ```text
//! RANDOM_NETWORKS=1000 RANDOM_NETWORKS_SEED=7 RANDOM_NETWORKS_PYTHON=python cargo test -p nncompiler random_optimizers
//! RANDOM_NETWORKS_SEED=7 UPDATE_RANDOM=1 cargo test -p nncompiler optimizers_are_as_recorded
//! ```

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use super::choices::Choices;
use super::corpus::assert_recorded;
use super::optimizers::{RandomOptimizer, Value, built_in, own};
use super::pytorch::{self, formula};
use super::recorded::asked;
use crate::backend::rust::optimizer::CompiledOptimizer;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::{self, Library};
use crate::frontend::syntax::{Definition, Expression as Written, ExpressionKind};
use crate::frontend::{parse, resolve};
use crate::ir::expression::{Binary, Graph, Node, apply, evaluate};
use crate::ir::index::ArrayId;
use crate::ir::interpret::Expression;
use crate::pipeline;
use crate::schedule::loop_nest::LoopNest;
use crate::tests::{library as tables, messages, verified};

/// Those that every run tries, of each kind, and those that are recorded.
const COUNT: u64 = 40;
const RECORDED: [u64; 2] = [6, 10];

const CHOICES: usize = 20;
const STEPS: u64 = 10;
const PARAMETERS: usize = 8;
const SALT_OF_PARAMETERS: u32 = 1;
const SALT_OF_GRADIENT: u32 = 100;
const TOLERANCE: f64 = 1e-10;

const TORCH: &str = include_str!("optimizers.py");

const HEADER: &str = "\
//! Random optimizers, users' own and the built-in ones with random options.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.
";

fn seeded(seed: u64, number: u64) -> Choices {
    Choices::seeded(1_000_000 * seed + number, CHOICES)
}

/// So many of users' own, and of the built-in ones.
fn optimizers(seed: u64, [own_count, built_in_count]: [u64; 2]) -> Vec<RandomOptimizer> {
    let own = (0..own_count).map(|number| own(&mut seeded(seed, number), number));
    let built_in = (0..built_in_count).map(|number| built_in(&mut seeded(seed, 1000 + number)));
    own.chain(built_in).collect()
}

/// The optimizer as it is parsed, and compiled.
fn compiled(one: &RandomOptimizer, library: &Library) -> (Definition, CompiledOptimizer) {
    let mut diagnostics = Diagnostics::default();
    let tokens = match one.declaration.as_str() {
        "" => library::optimizers(&mut diagnostics),
        text => text.parse().expect("tokens"),
    };
    let block = parse::block(tokens, &mut diagnostics);
    let is_it = |definition: &&Definition| definition.name == one.name;
    let definition = block.definitions.iter().find(is_it).expect("the optimizer").clone();
    let checked = resolve::block(block, library, &mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new(), "in {}", one.declaration);
    let mut optimizers = checked.optimizers.into_iter();
    let optimizer = optimizers.find(|optimizer| optimizer.name == one.name).expect("the optimizer");
    (definition, pipeline::compile_optimizer(optimizer, &library.tables(), &mut verified))
}

/// The parameter of this number after each step, given one step of it.
fn trace(number: usize, mut step: impl FnMut(u64, f64, f64) -> f64) -> Vec<f64> {
    let mut w = formula(SALT_OF_PARAMETERS, 2.0).nth(number).expect("a number");
    let steps = (1..=STEPS).zip(SALT_OF_GRADIENT..).map(|(count, salt)| {
        let g = formula(salt, 2.0).nth(number).expect("a number");
        w = step(count, w, g);
        w
    });
    steps.collect()
}

/// By the equations, in their order: behind its update, a name means the new value.
fn by_equations(definition: &Definition, one: &RandomOptimizer, number: usize) -> Vec<f64> {
    let settings: HashMap<String, f64> =
        one.settings.iter().map(|(name, value)| ((*name).to_owned(), value.number())).collect();
    let states = definition.parameters.iter().map(|state| {
        let begins = match (&*state.initialiser.to_string(), state.arguments.as_slice()) {
            ("constant", [number]) => value(number, &settings),
            ("ones", []) => 1.0,
            _ => 0.0,
        };
        (state.declaration.name.to_string(), begins)
    });
    let mut states: HashMap<String, f64> = states.collect();
    trace(number, |step, w, g| {
        let given = [("w", w), ("g", g), ("step", step as f64)];
        let given = given.map(|(name, value)| (name.to_owned(), value));
        let mut names: HashMap<String, f64> =
            settings.clone().into_iter().chain(states.clone()).chain(given).collect();
        for assignment in &definition.assignments {
            let made = value(&assignment.value, &names);
            let name = assignment.target.to_string();
            if let Some(state) = states.get_mut(&name) {
                *state = made;
            }
            names.insert(name, made);
        }
        names["w"]
    })
}

fn value(written: &Written, names: &HashMap<String, f64>) -> f64 {
    let value = |written: &Written| value(written, names);
    match &written.kind {
        ExpressionKind::Integer(number) => *number as f64,
        ExpressionKind::Float(number) => *number,
        ExpressionKind::Name(name) if name == "infinity" => f64::INFINITY,
        ExpressionKind::Name(name) => names[&name.to_string()],
        ExpressionKind::Negate(operand) => -value(operand),
        ExpressionKind::Binary(operation, left, right) => {
            apply(*operation, value(left), value(right))
        }
        ExpressionKind::If { condition, then, otherwise } => {
            let holds = match &condition.kind {
                ExpressionKind::Compare(comparison, left, right) => {
                    comparison.holds(value(left), value(right))
                }
                _ => value(condition) != 0.0,
            };
            value(if holds { then } else { otherwise })
        }
        ExpressionKind::Call { function, arguments } => {
            let arguments: Vec<f64> = arguments.iter().map(value).collect();
            match (&*function.to_string(), arguments.as_slice()) {
                ("max", &[a, b]) => apply(Binary::Maximum, a, b),
                ("min", &[a, b]) => apply(Binary::Minimum, a, b),
                ("clamp", &[x, low, high]) => x.clamp(low, high),
                ("lerp", &[a, b, weight]) => a + weight * (b - a),
                (function, &[x]) => evaluate(function, x).expect("a function"),
                (function, _) => panic!("no random optimizer calls {function}"),
            }
        }
        other => panic!("no random optimizer has {other:?}"),
    }
}

/// By the loops: what is computed once a step, and the loop for the states that are kept.
fn by_loops(compiled: &CompiledOptimizer, one: &RandomOptimizer, number: usize) -> Vec<f64> {
    let loops = &compiled.loops;
    let graph = &loops.program.graph;
    let settings: HashMap<String, f64> =
        one.settings.iter().map(|(name, value)| ((*name).to_owned(), value.number())).collect();
    let mut said = HashMap::new();
    run(graph, &loops.settings, &settings, &mut said);
    let mut states: Vec<f64> = loops.states.iter().map(|one| said[&one.settings.start]).collect();
    let holds = loops.conditions.iter().enumerate();
    let variant = holds.map(|(at, answer)| usize::from(said[answer] != 0.0) << at).sum::<usize>();
    let variant = &loops.variants[variant];
    trace(number, |step, w, g| {
        let mut numbers = settings.clone();
        numbers.insert("step".to_owned(), step as f64);
        let before = loops.states.iter().map(|state| state.before).zip(states.iter().copied());
        let mut arrays: HashMap<ArrayId, f64> =
            before.chain(loops.arguments.into_iter().zip([w, g])).collect();
        run(graph, &loops.once, &numbers, &mut arrays);
        for (at, array) in loops.numbers.iter().enumerate() {
            numbers.insert(format!("number{at}"), arrays[array]);
        }
        run(graph, &variant.loop_nests, &numbers, &mut arrays);
        for (state, value) in loops.states.iter().zip(&mut states) {
            *value = arrays.get(&state.after).copied().unwrap_or(*value);
        }
        arrays[&variant.function.outputs[0].array]
    })
}

fn run(
    graph: &Graph,
    nests: &[LoopNest],
    settings: &HashMap<String, f64>,
    arrays: &mut HashMap<ArrayId, f64>,
) {
    for LoopNest { statement, .. } in nests {
        let expression = Expression::new(graph, statement.value);
        let value = expression.value(&mut Vec::new(), |_, node| match node {
            Node::Element(access) => arrays[&access.array],
            Node::Setting(name) => settings[&**name],
            Node::Constant(number) => number.value(),
            other => panic!("{other:?} in an optimizer"),
        });
        arrays.insert(statement.target.array, value);
    }
}

fn assert_close(found: &[f64], expected: &[f64], one: &RandomOptimizer) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let is_close = (found - expected).abs() <= TOLERANCE * (1.0 + expected.abs());
        let text = if one.declaration.is_empty() { &one.name } else { &one.declaration };
        assert!(is_close, "{found} is not {expected}, {:?}, in\n{text}", one.settings);
    }
}

#[test]
fn loops_of_random_optimizers_compute_what_the_equations_say() {
    let library = tables();
    let (count, seed) = asked(COUNT);
    let optimizers = optimizers(seed, [count, count]);
    let rows = std::env::var("RANDOM_NETWORKS_PYTHON").ok();
    let rows = rows.map(|python| pytorch::rows(&python, &program(&optimizers)));
    for (at, one) in optimizers.iter().enumerate() {
        let (definition, compiled) = compiled(one, &library);
        for number in 0..PARAMETERS {
            let expected = by_equations(&definition, one, number);
            assert_close(&by_loops(&compiled, one, number), &expected, one);
            let row = rows.as_ref().and_then(|rows| rows.get(&(at.to_string(), number)));
            if let Some(row) = row {
                let row: Vec<f64> =
                    row.iter().map(|text| text.parse().expect("a number")).collect();
                assert_close(&expected, &row, one);
            }
        }
    }
}

/// The built-in ones in PyTorch, which has no Lion.
fn program(optimizers: &[RandomOptimizer]) -> String {
    let mut calls = String::new();
    for (at, one) in optimizers.iter().enumerate() {
        let class = match one.name.as_str() {
            "sgd" => "SGD",
            "adam" => "Adam",
            "adam_w" => "AdamW",
            "rms_prop" => "RMSprop",
            "adagrad" => "Adagrad",
            "adadelta" => "Adadelta",
            "n_adam" => "NAdam",
            "r_adam" => "RAdam",
            _ => continue,
        };
        let options = one.settings.iter().map(|(name, value)| match value {
            Value::Number(number) => format!("{name}={number:?}"),
            Value::Truth(truth) => format!("{name}={}", if *truth { "True" } else { "False" }),
        });
        let options = options.collect::<Vec<_>>().join(", ");
        let _ = writeln!(calls, "evaluate({at}, torch.optim.{class}, {options})");
    }
    TORCH.replace("CALLS\n", &calls)
}

/// `RmsProp`
fn structure(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}

fn rust(optimizers: &[RandomOptimizer]) -> String {
    let lines = optimizers.iter().flat_map(|one| one.declaration.lines());
    let declared: String = lines.flat_map(|line| ["    ", line, "\n"]).collect();
    let mut all = String::new();
    for one in optimizers {
        let settings = one.settings.iter().map(|(name, value)| match value {
            Value::Number(number) if number.is_infinite() => format!("{name}: f64::INFINITY"),
            Value::Number(number) => format!("{name}: {number:?}"),
            Value::Truth(truth) => format!("{name}: {truth}"),
        });
        let settings = settings.collect::<Vec<_>>().join(", ");
        let _ = writeln!(all, "    {} {{ {settings} }}", structure(&one.name));
    }
    let built_in = optimizers.iter().filter(|one| one.declaration.is_empty());
    let built_in: BTreeSet<String> = built_in.map(|one| structure(&one.name)).collect();
    let built_in = built_in.into_iter().collect::<Vec<_>>().join(", ");
    format!(
        "{HEADER}\nuse tapeless::optimizer::{{{built_in}}};\n\ntapeless::network! {{\n    \
         pub Eight< linear(8, 1, bias = false) >\n{declared}}}\n\ncompare_optimizers! {{\n{all}}}\n"
    )
}

#[test]
fn optimizers_are_as_recorded() {
    let library = tables();
    let (_, seed) = asked(COUNT);
    let optimizers = optimizers(seed, RECORDED);
    let rows = optimizers.iter().map(|one| {
        let (definition, _) = compiled(one, &library);
        let numbers = (0..PARAMETERS).flat_map(|number| by_equations(&definition, one, number));
        numbers.map(|number| format!("{number:e}")).collect::<Vec<_>>().join(" ") + "\n"
    });
    assert_recorded("optimizers.txt", &rows.collect::<String>());
    assert_recorded("optimizers.rs", &rust(&optimizers));
}
