//! Programs at every stage: well formed, and optimised to the same numbers.

use std::fmt::Write;

use super::interpreter::{run, with_parameters};
use super::{compiled, compiled_network};
use crate::ir::function::{Program, Role, Statement};
use crate::pipeline::Mode;
use crate::schedule::kernels::{Kernel, target};
use crate::schedule::steps::Scheduled;

const NETWORKS: [&str; 12] = [
    "Net< linear(2, 3) >",
    "Net< flatten; linear(4, 3); relu; linear(2) >",
    "Net< flatten(2, 2); linear(4, 3); relu; linear(3, 3); sigmoid; linear(2) >",
    "Net< linear(3, 4); tanh; linear(4); tanh; linear(1) >",
    "Net< linear(3, 4); softplus; linear(4); softplus(2.0, threshold = 3.0) >",
    "Net< linear(3, 4); gelu; linear(4); leaky_relu(0.1); linear(2); softmax >",
    "Net< linear(3, 4); silu; silu; linear(2); elu >",
    "Net< input(2, 3); relu; flatten; linear(3); relu; relu; relu; linear(2) >",
    "Net< input(2, 2, 2); flatten; softmax; linear(3); softmax; softmax >",
    "Net< linear(3, 3); linear(3); linear(3); flatten >",
    "Net< input(2, 3); softmax; flatten; linear(2); sigmoid; sigmoid >",
    "Net< linear(5, 1); tanh >",
];

/// What is wrong with a list of statements.
fn problems(program: &Program, list: &[Statement]) -> Vec<String> {
    let mut problems = Vec::new();
    for statement in list {
        let graph = &program.graph;
        let indices = statement.indices();
        let accesses = graph.elements(statement.value).into_iter().map(|(_, access)| access);
        for access in accesses.chain([statement.target.clone()]) {
            let array = program.array(access.array);
            if access.at.len() != array.axes.len() {
                problems.push(format!("{} is accessed with another rank", array.name));
            }
            for (axis, &extent) in access.at.iter().zip(&array.axes) {
                let reach = |index| program.extent(index).per_sample();
                let other = axis.as_index().is_some_and(|index| reach(index) > extent.per_sample());
                if other {
                    problems.push(format!("an index leaves an axis of {}", array.name));
                }
            }
            if access.indices().any(|index| !indices.contains(&index)) {
                problems.push(format!("{} has an index without a loop", array.name));
            }
        }
    }
    problems
}

/// The programs of a network: for training, for its Jacobian, and with its derivatives.
fn programs(text: &str, mode: Mode) -> [Scheduled; 3] {
    let network = compiled_network(&format!("#[derivatives] {text}"), mode);
    [network.training, network.jacobian, network.along.expect("derivatives")]
}

#[test]
fn every_program_is_well_formed() {
    for text in NETWORKS {
        for mode in [Mode::Loops, Mode::Recognised] {
            for Scheduled { program, .. } in programs(text, mode) {
                let mut found = problems(&program, &program.forward);
                found.extend(problems(&program, &program.backward));
                assert_eq!(found, Vec::<String>::new(), "in {text}");
            }
        }
    }
}

#[test]
fn every_array_is_written_before_it_is_read() {
    for text in NETWORKS {
        for Scheduled { program, forward, backward, .. } in programs(text, Mode::Recognised) {
            let mut written = vec![false; program.arrays.len()];
            for kernel in forward.iter().chain(&backward) {
                for source in crate::schedule::kernels::sources(&program, kernel) {
                    let role = program.array(source).role;
                    let computed = matches!(role, Role::Computed | Role::Adjoint);
                    assert!(!computed || written[source.0 as usize], "in {text}");
                }
                written[target(kernel).0 as usize] = true;
            }
        }
    }
}

#[test]
fn optimised_kernels_compute_what_the_plain_loops_do() {
    for text in NETWORKS {
        let pairs = programs(text, Mode::Loops).into_iter().zip(programs(text, Mode::Recognised));
        for (plain, fast) in pairs {
            for batch in [1, 3] {
                assert_same_results(&plain, &fast, batch, text);
            }
        }
    }
}

fn assert_same_results(plain: &Scheduled, fast: &Scheduled, batch: usize, text: &str) {
    let (expected, expected_gradients) =
        run(&plain.program, &plain.forward, &plain.backward, batch);
    let (found, gradients) = run(&fast.program, &fast.forward, &fast.backward, batch);
    assert_all_close(&found, &expected, text);
    assert_eq!(gradients.len(), expected_gradients.len());
    for (found, expected) in gradients.iter().zip(&expected_gradients) {
        assert_all_close(found, expected, text);
    }
    let mut inference = with_parameters(&fast.program, batch);
    inference.run(&fast.inference);
    assert_all_close(inference.get(fast.program.output), &expected, text);
}

fn assert_all_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() <= 1e-12 * expected.abs().max(1.0),
            "{what}: {found} {expected}"
        );
    }
}

/// A letter for each kernel: alias, product, windows, map, reduction.
fn kinds(kernels: &[Kernel]) -> String {
    let letter = |kernel: &Kernel| match kernel {
        Kernel::Alias { .. } => 'a',
        Kernel::Product(_) => 'p',
        Kernel::Windows(_) => 'w',
        Kernel::Loops(statement) if statement.reduction.is_none() => 'm',
        Kernel::Loops(_) => 'r',
    };
    kernels.iter().map(letter).collect()
}

#[test]
fn the_products_of_the_article_are_recognised() {
    let network = compiled(NETWORKS[2], Mode::Recognised);
    // Flatten costs nothing, and each bias starts its product.
    assert_eq!(kinds(&network.forward), "apmpmpa");
    // Nothing computes the gradient on the input of the first layer.
    assert_eq!(kinds(&network.backward).matches('p').count(), 5);
}

#[test]
fn bias_and_activation_are_written_into_a_pool_that_reads_each_element_once() {
    let pooled =
        |pool| format!("Net< input(1, 12, 12); conv2d(2, 5); relu; {pool}; flatten; linear(3) >");
    let kinds_of =
        |pool| kinds(&compiled_network(&pooled(pool), Mode::Recognised).evaluation.inference);
    // Shifted copies and a product with windows, the pool's rows and its columns, the output layer.
    assert_eq!(kinds_of("max_pool2d(2)"), "mwrrapa");
    // A mean is a sum, then divided.
    assert_eq!(kinds_of("avg_pool2d(2)"), "mwrmpa");
    // Windows that overlap would compute an element several times.
    assert_eq!(kinds_of("max_pool2d(3, stride = 1)"), "mwmrapa");
}

#[test]
fn forward_alone_keeps_two_buffers_beside_the_outputs() {
    let deep =
        "Net< linear(8, 16); relu; linear(32); tanh; linear(7); gelu; linear(9); linear(3) >";
    assert_eq!(compiled_network(deep, Mode::Recognised).evaluation.inference_plan.widths.len(), 3);
    // And one for the shifted copies that a convolution reads.
    let image = "Net< input(1, 28, 28); conv2d(6, 5); relu; max_pool2d(2); conv2d(16, 5); relu; \
                 max_pool2d(2); flatten; linear(120); relu; linear(84); relu; linear(10) >";
    assert_eq!(compiled_network(image, Mode::Recognised).evaluation.inference_plan.widths.len(), 4);
}

#[test]
fn explanations_are_as_recorded() {
    let recorded = include_str!("programs/explanations.txt");
    let mut found = String::new();
    for text in NETWORKS {
        let explanation = compiled_network(text, Mode::Recognised).explanation.text;
        let _ = writeln!(found, "=== {text}\n{explanation}");
    }
    if std::env::var_os("UPDATE_EXPLANATIONS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/programs/explanations.txt");
        std::fs::write(path, &found).expect("a file that can be written");
    }
    assert_eq!(found, recorded, "run with UPDATE_EXPLANATIONS=1 and read the difference");
}
