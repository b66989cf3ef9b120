//! Programs at every stage: well formed, and optimised to the same numbers.

use std::fmt::Write;

use super::compiled;
use super::interpreter::run;
use crate::backend::rust::CompiledNetwork;
use crate::ir::function::Role;
use crate::pipeline::Mode;
use crate::schedule::kernels::{Kernel, scan, target};
use crate::schedule::steps::Workspace;

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

/// Networks with products in batches, and with scans.
const LARGER: [&str; 8] = [
    "Net< input(5, 8); self_attention(8, 2); flatten; linear(2) >",
    "Net< input(7, 12); residual { layer_norm(12); self_attention(12, 3, causal = true) } flatten; linear(2) >",
    "Net< input(4, 3); rnn(2); linear(2) >",
    "Net< input(5, 3); gru(9); linear(2) >",
    "Net< input(3, 2); lstm_states(9); flatten; linear(2) >",
    "Net< input(4, 9); rnn(9); linear(2) >",
    "Net< input(4, 3); gru_states(2); flatten; linear(2) >",
    "layer own(I, H) { input x[t: T, i: I]; param w[h: H, i: I] ~ uniform(1); \
     param u[h: H, j: H] ~ uniform(1); index h: H; scan t { \
     a[t, h] = sum(i: w[h, i] * x[t, i]); s[t, h] = tanh(a[t, h] + sum(j: u[h, j] * s[t - 1, j])); } \
     y[h] = s[T - 1, h]; } Net< input(6, 8); own(9); linear(2) >",
];

/// The functions of a network, in the workspaces that they share.
fn workspaces(network: &CompiledNetwork) -> [&Workspace; 6] {
    let along = network.along.as_ref().expect("derivatives");
    [
        &network.training,
        &network.predict,
        &network.predict_one,
        &network.jacobian,
        &along.training,
        &along.predict_one,
    ]
}

fn with_derivatives(text: &str, mode: Mode) -> CompiledNetwork {
    compiled(&text.replace("Net<", "#[derivatives] Net<"), mode)
}

#[test]
fn every_array_is_written_before_it_is_read() {
    for text in NETWORKS.into_iter().chain(LARGER) {
        let network = with_derivatives(text, Mode::Recognised);
        let program = &network.program;
        for workspace in workspaces(&network) {
            let mut written = vec![false; program.arrays.len()];
            for kernel in workspace.functions.iter().flat_map(|one| &one.kernels) {
                for source in crate::schedule::kernels::sources(program, kernel) {
                    let computed = program.array(source).role == Role::Computed;
                    assert!(!computed || written[source.0 as usize], "in {text}");
                }
                written[target(kernel).0 as usize] = true;
            }
        }
    }
}

#[test]
fn optimised_kernels_compute_what_the_plain_loops_do() {
    for text in NETWORKS.into_iter().chain(LARGER) {
        let [plain, fast] =
            [Mode::Loops, Mode::Recognised].map(|mode| with_derivatives(text, mode));
        for (expected, found) in workspaces(&plain).into_iter().zip(workspaces(&fast)) {
            for batch in [1, 3] {
                let expected = run(&plain.program, expected, batch);
                let found = run(&fast.program, found, batch);
                assert_all_close(&found.0, &expected.0, text);
                assert_eq!(found.1.len(), expected.1.len());
                for (found, expected) in found.1.iter().zip(&expected.1) {
                    assert_all_close(found, expected, text);
                }
            }
        }
    }
}

#[test]
fn predict_computes_what_forward_does() {
    for text in NETWORKS.into_iter().chain(LARGER) {
        let network = compiled(text, Mode::Recognised);
        let [(forward, _), (predict, _)] = [&network.training, &network.predict]
            .map(|workspace| run(&network.program, workspace, 3));
        assert_all_close(&predict, &forward, text);
    }
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
    let network = compiled(NETWORKS[2], Mode::Recognised).training;
    let [forward, backward] = [0, 1].map(|at| kinds(&network.functions[at].kernels));
    // Flatten costs nothing, and each bias starts its product.
    assert_eq!(forward, "apmpmpa");
    // Nothing computes the gradient on the input of the first layer.
    assert_eq!(backward.matches('p').count(), 5);
}

#[test]
fn bias_and_activation_are_written_into_a_pool_that_reads_each_element_once() {
    let pooled =
        |pool| format!("Net< input(1, 12, 12); conv2d(2, 5); relu; {pool}; flatten; linear(3) >");
    let kinds_of =
        |pool| kinds(&compiled(&pooled(pool), Mode::Recognised).predict.functions[0].kernels);
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
    assert_eq!(compiled(deep, Mode::Recognised).predict_one.plan.widths.len(), 3);
    // And one for the shifted copies that a convolution reads.
    let image = "Net< input(1, 28, 28); conv2d(6, 5); relu; max_pool2d(2); conv2d(16, 5); relu; \
                 max_pool2d(2); flatten; linear(120); relu; linear(84); relu; linear(10) >";
    assert_eq!(compiled(image, Mode::Recognised).predict_one.plan.widths.len(), 4);
}

#[test]
fn explanations_are_as_recorded() {
    let recorded = include_str!("programs/explanations.txt");
    let mut found = String::new();
    for text in NETWORKS {
        let explanation = compiled(text, Mode::Recognised).explanation.text;
        let _ = writeln!(found, "=== {text}\n{explanation}");
    }
    if std::env::var_os("UPDATE_EXPLANATIONS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/programs/explanations.txt");
        std::fs::write(path, &found).expect("a file that can be written");
    }
    assert_eq!(found, recorded, "run with UPDATE_EXPLANATIONS=1 and read the difference");
}

#[test]
fn a_recurrent_step_is_one_product_forward_and_one_backward() {
    let network = compiled(LARGER[3], Mode::Recognised);
    let in_scan = |at: usize| {
        let kernels = network.training.functions[at].kernels.iter();
        let inside = kernels.filter(|kernel| scan(kernel).is_some());
        let inside: Vec<Kernel> = inside.cloned().collect();
        kinds(&inside)
    };
    // The input's part is one product before the scan, the weights' gradients are products after it.
    assert_eq!(in_scan(0), "pmmmmm");
    assert_eq!(in_scan(1).matches('p').count(), 1);
    assert_eq!(in_scan(1).matches('r').count(), 0);
}
