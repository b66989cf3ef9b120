//! Programs at every stage: well formed, and optimised to the same numbers.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::compiled;
use super::runs::{Results, by_statements, by_steps};
use crate::backend::rust::CompiledNetwork;
use crate::ir::function::Role;
use crate::pipeline::Mode;
use crate::schedule::kernels::{Kernel, scans, target};
use crate::schedule::loop_nest::{Kind, LoopNest, Part, Rest};
use crate::schedule::steps::{Step, Workspace};

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
const LARGER: [&str; 13] = [
    "Net< input(5, 8); multihead_attention(8, 2); flatten; linear(2) >",
    "Net< input(7, 12); residual { layer_norm(12); multihead_attention(12, 3, causal = true) } flatten; linear(2) >",
    "Net< input(4, 3); rnn(2); last; linear(2) >",
    "Net< input(5, 3); gru(9); last; linear(2) >",
    "Net< input(3, 2); lstm(9); flatten; linear(2) >",
    "Net< input(4, 9); rnn(9); last; linear(2) >",
    "Net< input(4, 3); gru(2); flatten; linear(2) >",
    "layer own(I, H) { input x[t: T, i: I]; param w[h: H, i: I] ~ uniform(1); \
     param u[h: H, j: H] ~ uniform(1); index h: H; scan t { \
     a[t, h] = sum(i: w[h, i] * x[t, i]); s[t, h] = tanh(a[t, h] + sum(j: u[h, j] * s[t - 1, j])); } \
     y[h] = s[T - 1, h]; } Net< input(6, 8); own(9); linear(2) >",
    "layer lags(I, H) { input x[t: T, i: I]; param w[h: H, j: H] ~ uniform(1); \
     param v[h: H, j: H] ~ uniform(1); param first[k: 3, h: H] ~ uniform(1); \
     s[k - 3, h] = first[k, h]; scan t { \
     s[t, h] = tanh(x[t, 0] + sum(j: w[h, j] * s[t - 1, j]) + sum(j: v[h, j] * s[t - 3, j])); } \
     y[h] = s[T - 1, h] + s[T - 2, h]; } Net< input(6, 2); lags(9); linear(2) >",
    "layer backwards(I, H) { input x[t: T, i: I]; param w[h: H, j: H] ~ uniform(1); \
     index h: H; s[T, h] = x[0, 0]; scan t { \
     s[t, h] = tanh(x[t, 1] + sum(j: w[h, j] * s[t + 1, j])); } \
     y[t, h] = s[t, h] + s[t + 1, h]; } Net< input(6, 2); backwards(9); flatten; linear(2) >",
    "layer grid(H) { input x[a: A, b: B]; param w[h: H, j: H] ~ uniform(1); \
     param v[h: H, j: H] ~ uniform(1); param edge[h: H] ~ uniform(1); s[-1, b, h] = edge[h]; \
     scan a { scan b { s[a, b, h] = tanh(x[a, b] + sum(j: w[h, j] * s[a - 1, b, j]) \
     + sum(j: v[h, j] * s[a, b - 1, j])); } } y[h] = s[A - 1, B - 1, h]; } \
     Net< input(4, 3); grid(9); linear(2) >",
    "layer rows(H) { input x[a: A, b: B]; param w[h: H, j: H] ~ uniform(1); index h: H; scan a { \
     u[a, h] = sum(j: w[h, j] * g[a - 1, j]); r[a, B, h] = u[a, h]; \
     scan b { r[a, b, h] = tanh(x[a, b] + r[a, b + 1, h] + 0.1 * r[a, b + 2, h]); } \
     g[a, h] = r[a, 0, h]^2; } y[h] = g[A - 1, h]; } Net< input(4, 3); rows(9); linear(2) >",
    "layer twice(I) { input x[t: T, i: I]; param w[i: I] ~ uniform(1); scan t { \
     a[t, i] = tanh(w[i] * a[t - 1, i] + x[t, i]); } scan t { b[t, i] = a[t, i] * b[t + 1, i] + 1; } \
     scan t { c[t, i] = c[t - 1, i] / 2 + b[t, i] * sum(j: w[j] * w[j]); } y[i] = c[T - 1, i]; } \
     Net< input(5, 7); twice; linear(2) >",
];

/// More networks: convolutions with windows, scans, groups of tiles, rows and images.
const SCHEDULED: [&str; 56] = [
    "layer squares() { input x[i: 2, j: 2]; param w[k: 4] ~ uniform(1); h[k, i] = sum(j: w[k] * w[k]); y[i, j] = sum(k: 1 + w[k]) * h[i + 1, 1] + x[j, 1]; } Net< input(2, 2); squares >",
    "layer positions(C, T, O) { input x[c: C, t: T]; param w[o: O, c: C] ~ uniform(1); param b[o: O, t: T] ~ uniform(1); y[o, t] = sum(c: w[o, c] * x[c, t]) + b[o, t]; } Net< input(20, 7); positions(20, 7, 24) >",
    "layer halves(S, I, O) { input x[s: S, i: I]; param w[o: O, i: I] ~ uniform(1); param b[n: 2 * O] ~ uniform(1); index o: O; u[s, o] = sum(i: w[o, i] * x[s, i]) + b[o]; v[s, o] = u[s, o] * u[s, o] + sum(i: w[o, i] * x[s, i]) + b[o + O]; y = tanh(v); } Net< input(5, 20); halves(5, 20, 18) >",
    "block b(O)< linear(O); tanh > layer f(I) { input x[i: I]; a, c = split((I - 3, 3))(b(I)(x)); h = concat(c, a); y = b(3)(h); } \
     Net< input(7); f; linear(2) >",
    "Net< input(2, 3, 4, 5); permute(4, 2, 1, 3); relu; permute(1, 3, 4, 2); flatten; linear(3) >",
    "Net { input x[i: 5]; input e[z: 3]; m, s = Encoder(x); output y = Decoder(m + exp(s) * e); output again = reuse decoder(m); } \
     Encoder { input x[i: 5]; param w[i: 5] ~ uniform(1); h = <linear(4); tanh>(w * x); output m = linear(3)(h); output s = linear(3)(h); } \
     Decoder< linear(3, 17); gelu; linear(5) >",
    "Net< Inner; tanh; other: Inner; flatten; linear(2) > Inner< input(5, 3); residual { State; linear(3) } > \
     State< input(5, 3); gru(4) >",
    "Net { input x[i: 7]; u = Energy(x); output slope = d(u, x); output curve = d(sum(i: d(u, x)[i]^2), x); } \
     Energy { input x[i: 7]; h = <linear(5); tanh; linear(1)>(x); output u[k] = h[k] * h[k]; }",
    "Net { input a[c: 2, h: 9, w: 8]; input b[n: 5]; eye = <conv2d(4, 3); relu; max_pool2d(2); flatten>(a); h = <linear(20); tanh>(concat(eye, b)); output policy = linear(3)(h); output value = linear(1)(h) + linear(1)(b); }",
    "Net { input x; input t; param nu ~ constant(0.1); u = <linear(20); tanh; linear(20); tanh; linear(1)>(concat(x, t)); output u; output residual = d(u, t) + u * d(u, x) - nu * d(d(u, x), x); }",
    "Net { input x[i: 3]; param w[o: 2, i: 3] ~ uniform(1); h[o] = tanh(sum(i: w[o, i] * x[i])); output h; output again = h; output same = x; output energy = d(sum(o: h[o]^2), x); }",
    "Net { input x[t: 6, i: 3]; s = gru(17)(x); y = s + linear(17)(x); output p = softmax(y); output last = y[5, 2]; }",
    "Net< input(2, 9, 8); conv2d(6, 3, padding = 1); relu; max_pool2d(2); conv2d(4, (2, 3), stride = (1, 2)); flatten; linear(5) >",
    "Net< input(6, 4); residual { gru(4); linear(4) } parallel { conv1d(5, 3, padding = 1); tanh }; flatten; linear(7) >",
    "Net< input(4, 6); positional_encoding; multihead_attention(6, 2); layer_norm; conv1d(4, 5, 3); flatten; linear(3) >",
    "Net< input(3, 2); positional_encoding >",
    "Net< input(1, 2); positional_encoding >",
    "Net< input(1, 46, 46); conv2d(1, 2); relu; max_pool2d(5); conv2d(3, 3, stride = 2); flatten; linear(3) >",
    "Net< input(2, 10, 9); batch_norm2d; relu; max_pool2d(4); flatten; linear(3) >",
    "Net< input(2, 12, 9); max_pool2d(3); sigmoid; avg_pool2d((2, 1)); upsample(2); flatten; linear(5); softmax >",
    "Net< input(2, 50); global_avg_pool; linear(40); layer_norm; gelu; linear(2) >",
    "Net< input(4, 6, 6); conv2d(4, 3, groups = 4); relu; conv2d(8, 1); group_norm(2, 8); softmax2d; flatten >",
    "Net< input(4, 3, 4); conv_transpose2d(4, (1, 2), stride = (3, 2), output_padding = (0, 1), dilation = 2) >",
    "Net< input(4, 3, 4); conv_transpose2d(2, (3, 2), stride = (1, 2), padding = (0, 1), output_padding = (0, 1), dilation = (1, 2)) >",
    "Net< input(2, 5, 5); conv2d(2, 2, stride = 2, dilation = 2); tanh; flatten >",
    "Net< input(2, 1, 7); conv2d(3, (1, 3), dilation = (1, 2)); batch_norm2d; flatten >",
    "Net< input(9, 4); lstm(5); last; linear(2) >",
    "Net< input(5, 20); rnn(17); rms_norm; flatten >",
    "Net< input(5): index(11); embedding(3); flatten; linear(2) >",
    "Net { input kind: index(5); output y = tanh(embedding(3)(kind)); }",
    "Net< input(250): index(50); embedding(16); positional_encoding; linear(16); flatten >",
    "Net { input token[s: 5]: index(7); param table[v: 7, d: 9] ~ normal(1); e[s, d] = table[token[s], d]; h = linear(9)(e); output logits[s, v] = sum(d: table[v, d] * tanh(h[s, d])); }",
    "Net { input x[i: 6]; input place[s: 2]: index(5); input row: index(3); param w[r: 3, i: 6, o: 20] ~ normal(1); output pairs[s] = x[place[s]] * x[place[s] + 1] - x[4 - place[s]]; output chosen[o] = sum(i: w[row, i, o] * x[i]) * row; output most[s] = max(i: x[i] * w[row, i, 2 * place[s]]); }",
    "Net { input x[i: 8]; input place[s: 4]: index(8); input at[t: 3]: index(4); a = linear(8)(x); b[i, t] = a[i] * a[place[at[t]]]; output y[o, t] = sum(i: b[i, t] * b[place[at[t]], t]) * o; index o: 2; }",
    "Net { input x; input kind: index(3); param phase[k: 3, n: 20] ~ normal(1); wave[n] = sin(phase[kind, n] * x); u = sum(n: wave[n]); output u; output bend = d(d(u, x), x); }",
    "Net< input(1, 3); batch_norm1d; prelu(per_channel) >",
    "Net< linear(4, 20); dropout(0.3); batch_norm1d; log_softmax >",
    "Net< input(3, 4, 5); softmax(dim = 1); permute(3, 1, 2); flatten >",
    "Net< input(2, 5, 7); adaptive_avg_pool2d((2, 3)); flatten >",
    "Net< linear(1, 1); leaky_relu; linear(1) >",
    "Net< input(2, 2500); global_avg_pool; log_softmax >",
    "Net< linear(2, 300); tanh; linear(2) >",
    "Net< input(150, 3); softmax(dim = 1); flatten; linear(2) >",
    "layer moment(N) { input x[n: N]; param w[n: N] ~ ones(); m = sum(n: w[n] * x[n] * n); y = m / N; } Net< linear(3, 140); moment >",
    "layer means(N) { input x[n: N]; m[n] = mean(batch: exp(x[n])); y[n] = x[n] - m[n]; } Net< linear(3, 20); means >",
    "layer partition(N) { input x[n: N]; s = sum(n: exp(x[n])); y[n] = x[n] / s; } Net< linear(1, 2100); partition; linear(1) >",
    "layer running(T, I) { input x[t: T, i: I]; scan t { h[t, i] = h[t - 1, i] + tanh(x[t, i]); } y[i] = h[T - 1, i]; } Net< input(7, 20); running >",
    "layer powers(N) { input x[n: N]; param w[n: N] ~ ones(); y[n] = w[n] * x[n]^3 + (2 + x[n])^-2 + x[n]^0 + x[n]^9; } Net< linear(3, 20); powers >",
    "layer product(N) { input x[n: N]; p = prod(n: x[n]); y[n] = x[n] * p; } Net< linear(3, 12); product >",
    "layer products(H, W) { input x[h: H, w: W]; p = prod(h, w: 1 + x[h, w] / 100); q[w] = prod(h: 1 + x[h, w] / 100); y[w] = p * q[w]; } Net< input(140, 3); products >",
    "Net< input(3, 9, 4); conv2d(3, 3, padding = 1, groups = 3); relu; conv2d(5, 1); batch_norm2d; conv2d(4, 1, stride = 2); flatten; linear(2) >",
    "Net< input(2, 5, 40); conv2d(2, (3, 2), groups = 2, bias = false); flatten; linear(2) >",
    "layer flow(N) { input x[n: N]; param w[n: N, m: N] ~ uniform(1); index t: 4; s[-1, n] = x[n]; scan t { \
     a[t, n] = tanh(sum(m: w[n, m] * s[t - 1, m])); b[t, n] = tanh(sum(m: w[n, m] * (s[t - 1, m] + 0.3 * a[t, m]))); \
     s[t, n] = s[t - 1, n] + 0.1 * (a[t, n] + 2 * b[t, n]); } y[n] = s[3, n]; } Net< linear(2, 9); flow; linear(2) >",
    "layer weighed(I, O) { input x[i: I]; param w[o: O, i: I] ~ uniform(1); param g[o: O] ~ uniform(1); param k[i: I] ~ uniform(1); \
     y[o] = sum(i: -0.5 * w[o, i] * g[o] * tanh(x[i]) * k[i]); } Net< linear(2, 9); weighed(9); linear(2) >",
    "layer equal(I, O) { input x[i: I]; param a[o: O] ~ uniform(1); param b[o: O] ~ uniform(1); all = sum(i: x[i]^2); \
     y[o] = sum(i: x[i]^2 * a[o]) + sum(j: 2 * x[j]^2 * b[o]) - all; } Net< linear(2, 17); equal(6); linear(2) >",
    "layer extremes(N) { input x[n: N]; a = max(n: x[n]); b = min(n: x[n]); y[n] = x[n] * a - b; } Net< linear(3, 40); extremes >",
];

/// The functions of a network, in the workspaces that they share.
fn workspaces(network: &CompiledNetwork) -> Vec<&Workspace> {
    let CompiledNetwork { training, predict, predict_one, jacobian, .. } = network;
    [training, predict, predict_one].into_iter().chain(jacobian).collect()
}

#[test]
fn every_array_is_written_before_it_is_read() {
    for text in NETWORKS.into_iter().chain(LARGER) {
        let network = compiled(text, Mode::Recognised);
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

/// Batches of one sample, of fewer than a register has lanes, and of more.
const BATCHES: [usize; 4] = [1, 3, 17, 33];

#[test]
fn schedules_of_small_networks_compute_what_the_statements_say() {
    for text in NETWORKS {
        check_schedules(text, &BATCHES);
    }
}

#[test]
fn schedules_of_products_and_scans_compute_what_the_statements_say() {
    for text in LARGER {
        check_schedules(text, &BATCHES);
    }
}

#[test]
fn schedules_of_every_kind_compute_what_the_statements_say() {
    for text in SCHEDULED {
        check_schedules(text, &BATCHES);
    }
}

/// The functions of a network by their statements, and by their schedules; by plain loops as well for
/// the second size of batch.
pub fn check_schedules(text: &str, batches: &[usize]) {
    let [plain, fast] = [Mode::Loops, Mode::Recognised].map(|mode| compiled(text, mode));
    for (stated, scheduled) in workspaces(&plain).into_iter().zip(workspaces(&fast)) {
        for (position, &batch) in batches.iter().enumerate() {
            let expected = by_statements(&plain.program, stated, batch);
            if position == 1 {
                assert_same_results(&by_steps(&plain.program, stated, batch), &expected, text);
            }
            let found = by_steps(&fast.program, scheduled, batch);
            assert_same_results(&found, &expected, text);
        }
    }
}

/// Equal to within roundings of the largest gradient: some are sums of such that cancel.
fn assert_same_results(found: &Results, expected: &Results, text: &str) {
    assert_all_close(&found.0, &expected.0, text);
    let largest = expected.1.iter().flatten().fold(1.0f64, |most, one| most.max(one.abs()));
    for (found, expected) in found.1.iter().zip(&expected.1) {
        assert_eq!(found.len(), expected.len(), "{text}");
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() <= 1e-12 * largest, "{text}: {found} {expected}");
        }
    }
}

/// What the steps of a schedule are, those inside others too.
fn kinds_of_steps(steps: &[Step], found: &mut BTreeSet<String>) {
    for step in steps {
        match step {
            Step::Product(product) if !product.repeats.is_empty() => {
                found.insert("repeated".into())
            }
            Step::Product(_) => found.insert("product".into()),
            Step::Windows(windows) => found.insert(format!("windows {:?}", windows.windowed)),
            Step::Loops(nest) => found.insert(kind_of_loops(nest)),
            Step::Scan(_, steps) => {
                kinds_of_steps(steps, found);
                found.insert("scan".into())
            }
            Step::Tiled(tiled) => {
                kinds_of_steps(&tiled.steps, found);
                found.insert(format!("tiles with sums: {}", !tiled.sums.is_empty()))
            }
        };
    }
}

/// The kind of the innermost loop, and the accumulator, without their numbers.
fn kind_of_loops(nest: &LoopNest) -> String {
    let kind = match nest.loops.last().map(|last| last.kind) {
        None => "none",
        Some(Kind::Serial) => "serial",
        Some(Kind::Lanes(Rest::Padded)) => "padded",
        Some(Kind::Lanes(Rest::Serial)) => "lanes",
        Some(Kind::Unrolled) => "unrolled",
        Some(Kind::Tiled(_)) => "tiled",
    };
    let accumulator = format!("{:?}", nest.accumulator);
    let accumulator = accumulator.trim_start_matches("Some(").split(['(', ')']).next();
    let threads = match nest.parallel.map(|parallel| parallel.part) {
        None => "",
        Some(Part::Sample) => ", samples divided",
        Some(Part::Row) => ", rows divided",
    };
    format!("{kind}, {}{threads}", accumulator.unwrap_or_default())
}

#[test]
fn every_kind_of_schedule_is_compared() {
    let mut found = BTreeSet::new();
    for text in SCHEDULED {
        let network = compiled(text, Mode::Recognised);
        for function in workspaces(&network).into_iter().flat_map(|one| &one.functions) {
            kinds_of_steps(&function.steps, &mut found);
        }
    }
    for kind in [
        "product",
        "repeated",
        "windows RightRows",
        "windows TargetRows",
        "windows RightColumns",
        "scan",
        "tiles with sums: true",
        "none, None",
        "padded, None",
        "padded, None, samples divided",
        "padded, Lanes",
        "lanes, DoubleLanes",
        "serial, None, samples divided",
        "serial, Target",
        "serial, Variable",
        "serial, DoubleVariable",
        "serial, DoubleTile",
        "tiled, Tile",
        "tiled, Tile, samples divided",
        "tiled, DoubleTile",
        "unrolled, None",
        "unrolled, Variable",
        "tiled, DoubleTile, rows divided",
    ] {
        assert!(found.contains(kind), "{kind} is not in {found:#?}");
    }
}

#[test]
fn predict_computes_what_forward_does() {
    for text in NETWORKS.into_iter().chain(LARGER) {
        let network = compiled(text, Mode::Recognised);
        let [(forward, _), (predict, _)] = [&network.training, &network.predict]
            .map(|workspace| by_steps(&network.program, workspace, 3));
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

/// The kernels of the forward function in training.
fn forward_kinds(text: &str) -> String {
    kinds(&compiled(text, Mode::Recognised).training.functions[0].kernels)
}

#[test]
fn windows_of_one_element_need_no_copy_and_those_of_one_channel_no_product() {
    // A product for each sample, which starts with the bias.
    assert_eq!(forward_kinds("Net< input(4, 6, 6); conv2d(8, 1) >"), "pa");
    // With a stride, the elements that are read are copied.
    assert_eq!(forward_kinds("Net< input(4, 6, 6); conv2d(8, 1, stride = 2) >"), "mpa");
    // Each channel with itself: a sum over shifted copies, if the rows are short.
    assert_eq!(forward_kinds("Net< input(4, 6, 6); conv2d(4, 3, groups = 4) >"), "mrm");
    assert_eq!(forward_kinds("Net< input(4, 20, 20); conv2d(4, 3, groups = 4) >"), "rm");
}

#[test]
fn computed_factors_and_what_stands_outside_make_products() {
    let kinds = |value: &str| {
        forward_kinds(&format!(
            "layer own(I, O) {{ input x[i: I]; param w[o: O, i: I] ~ uniform(1); y[o] = {value}; }} \
             Net< input(20); own(9) >"
        ))
    };
    assert_eq!(kinds("sum(i: w[o, i] * x[i])"), "p");
    assert_eq!(kinds("sum(i: 2 * w[o, i] * x[i] * w[o, 0])"), "pm");
    assert_eq!(kinds("sum(i: w[o, i] * tanh(x[i]))"), "mp");
    // No factor of this sum depends on less than the whole.
    assert_eq!(kinds("sum(i: tanh(w[o, i] * x[i]))"), "r");
}

#[test]
fn equal_sums_are_computed_once() {
    let text = "layer own(I, O) { input x[i: I]; param g[o: O] ~ uniform(1); all = sum(i: x[i]^2); \
                y[o] = all + sum(j: x[j]^2 * g[o]); } Net< input(20); own(9) >";
    assert_eq!(forward_kinds(text), "rm");
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

/// The kinds of the kernels that run in scans, forward or backward.
fn kinds_in_scans(text: &str, function: usize) -> String {
    let network = compiled(text, Mode::Recognised);
    let kernels = network.training.functions[function].kernels.iter();
    let inside: Vec<Kernel> = kernels.filter(|one| !scans(one).is_empty()).cloned().collect();
    kinds(&inside)
}

#[test]
fn a_recurrent_step_is_one_product_forward_and_one_backward() {
    // The input's part is one product before the scan, the weights' gradients are products after it.
    assert_eq!(kinds_in_scans(LARGER[3], 0), "pmmmmm");
    let backward = kinds_in_scans(LARGER[3], 1);
    assert_eq!(backward.matches('p').count(), 1);
    assert_eq!(backward.matches('r').count(), 0);
}

#[test]
fn lags_directions_and_scans_in_scans_keep_their_products() {
    // Two lags, one step from the end, and a grid: from above, for a row at once, and from the left.
    for (number, products) in [(8, 2), (9, 1), (10, 2)] {
        for function in [0, 1] {
            let kinds = kinds_in_scans(LARGER[number], function);
            assert_eq!(kinds.matches('p').count(), products, "{number}: {kinds}");
            assert_eq!(kinds.matches('r').count(), 0, "{number}: {kinds}");
        }
    }
}
