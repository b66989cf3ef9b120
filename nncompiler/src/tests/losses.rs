//! Losses of one network: their schedules compute what their statements say, pairs of samples included.

use super::runs::{by_statements, by_steps, with_parameters};
use super::{library, messages, verified};
use crate::backend::rust::CompiledNetworkLoss;
use crate::frontend::diagnostics::Diagnostics;
use crate::ir::function::{Function, Program};
use crate::pipeline::{self, Mode, Snapshot};

const NETWORK: &str = "pub Net { input x[i: 3]; output p = linear(5)(x); output q = linear(5)(x); output v = linear(1)(x); }";

const LOSSES: [&str; 11] = [
    "loss l(p[c: C], q[c: C];; temperature = 0.5) { s = sum(m in batch: exp(sum(c: p[c] * q[m, c]) / temperature)); y = ln(s) - sum(c: p[c] * q[c]) / temperature; }",
    "loss l(p[c: C]; label: class) { n[c] = p[c] / sqrt(sum(c: p[c]^2)); own = sum(m in batch: if m == this { 0 } else { exp(sum(c: n[c] * n[m, c])) }); same = mean(m in batch: if label[m] == label { sum(c: n[c] * n[m, c]) } else { 0 }); y = ln(own + 1) - same; }",
    "loss l(p[c: C], v; t) { far = max(m in batch: sum(c: (p[c] - p[m, c])^2)); near = min(m in batch: if m == this { 9 } else { sum(c: (p[c] - p[m, c])^2) }); y = max(0, 1 + far - near) + (v - t)^2; }",
    "loss l(v; t) = mean(m in batch: (v - v[m] - t + t[m])^2);",
    "loss l(v; t) { s = sum(m in batch: exp(v[m])); y = ln(s) - t * v; }",
    "loss l(p[c: C], v; t) = prod(m in batch: 1 + (v * v[m] + sum(c: p[c] * p[m, c])) / 9) * t;",
    "loss l(p[c: C], q[d: D]; t) = sum(m in batch, c: (p[c] - p[m, c]) * (q[2] - q[m, 1])) * t;",
    "loss l(p[c: C]; t) { a[c] = sum(m in batch: exp(-(p[c] - p[m, c])^2)); y = sum(c: a[c]) * t; }",
    "loss l(p[c: C], q[c: C]; t) { c1 = max(m in batch: max(c: p[c] * q[m, c])); y = c1 * t; }",
    "loss l(p[c: C]; label: class) = sum(m in batch: p[m, label] * p[label]) + sum(m in batch: p[label[m]]);",
    "loss l(p[c: C], v; t, u) { samples = u; w = sum(m in batch: v[m] * u[m]); y = u * (v - w - t)^2 + sum(c: p[c]^2) * sum(m in batch: sum(c: p[m, c] * p[c])); }",
];

pub type Stage = (Program, Function);

/// The loss, and what it was when it had been differentiated.
pub fn compiled(network: &str, text: &str, mode: Mode) -> (CompiledNetworkLoss, Stage) {
    let library = library();
    let mut diagnostics = Diagnostics::default();
    let tokens = format!("{network} {text}").parse().expect("tokens");
    let mut block = pipeline::resolved(&library, tokens, &mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new(), "in {text}");
    let mut differentiated = None;
    let mut watch = |snapshot: Snapshot| {
        verified(snapshot);
        if snapshot.stage == "differentiated" {
            differentiated = Some((snapshot.program.clone(), snapshot.function.clone()));
        }
    };
    let loss = block.network_losses.remove(0);
    let loss = pipeline::compile_network_loss(loss, &library.tables(), mode, &mut watch);
    (loss, differentiated.expect("a loss with its gradient"))
}

/// The value and the gradients on the outputs.
fn stated((program, function): &Stage, batch: usize) -> Vec<f64> {
    let mut memory = with_parameters(program, batch);
    memory.run(&function.body);
    function.outputs.iter().flat_map(|port| memory.get(port.array).to_vec()).collect()
}

/// Compares what the schedules of a loss compute with what its statements say.
pub fn check_schedules(network: &str, text: &str, batches: &[usize]) {
    let [(plain, differentiated), (fast, _)] =
        [Mode::Loops, Mode::Recognised].map(|mode| compiled(network, text, mode));
    for &batch in batches {
        let expected = stated(&differentiated, batch);
        for loss in [&plain, &fast] {
            let (program, workspace) = (&loss.program, &loss.workspace);
            let found = [
                by_statements(program, workspace, batch).1.concat(),
                by_steps(program, workspace, batch).1.concat(),
            ];
            for found in found {
                assert_eq!(found.len(), expected.len(), "{text}");
                for (found, expected) in found.iter().zip(&expected) {
                    let scale = 1.0 + expected.abs();
                    let is_close = (found - expected).abs() <= 1e-12 * scale;
                    assert!(is_close, "{text}, {batch}: {found} {expected}");
                }
            }
        }
    }
}

#[test]
fn schedules_of_losses_compute_what_the_statements_say() {
    for text in LOSSES {
        check_schedules(NETWORK, text, &[1, 2, 3, 17]);
    }
}
