//! What single declarations compute, by plain loops and by the schedules of recognised kernels:
//! values, and derivatives on the inputs.

use super::runs::numbers;
use super::{compiled, library};
use crate::backend::rust::CompiledNetwork;
use crate::frontend::syntax::Kind;
use crate::ir::function::Program;
use crate::pipeline::Mode;
use crate::schedule::interpret::{self, Buffers};
use crate::schedule::steps::{Scheduled, Workspace};

/// The first function of a workspace, given an input for each of `batch` samples and parameters.
fn run(
    program: &Program,
    workspace: &Workspace,
    given: &[(usize, Vec<f64>)],
    parameters: &[f64],
    batch: usize,
) -> Vec<f64> {
    let Scheduled { function, steps, .. } = &workspace.functions[0];
    let mut buffers = Buffers::new(program, workspace, batch);
    let mut parameters = parameters.iter().copied();
    for parameter in &program.parameters {
        let size = buffers.size(parameter.array);
        let values: Vec<f64> = parameters.by_ref().take(size).collect();
        buffers.set(parameter.array, &values);
    }
    for (number, values) in given {
        buffers.set(function.inputs[*number].array, values);
    }
    interpret::run(&mut buffers, steps);
    buffers.get(function.outputs[0].array).to_vec()
}

/// The outputs for one sample, whichever function computes them.
fn outputs(text: &str, input: &[f64], parameters: &[f64]) -> Vec<f64> {
    let mut found = Vec::new();
    for mode in [Mode::Loops, Mode::Recognised] {
        let CompiledNetwork { program, training, predict, predict_one, .. } = compiled(text, mode);
        for workspace in [&training, &predict, &predict_one] {
            // Two equal samples, so that a mistake with the batch is seen.
            let twice = [input, input].concat();
            let both = run(&program, workspace, &[(0, twice)], parameters, 2);
            let (first, second) = both.split_at(both.len() / 2);
            assert_same(first, second, text);
            found.push(first.to_vec());
        }
    }
    for other in &found {
        assert_same(other, &found[0], text);
    }
    found.remove(0)
}

/// The derivative of each output (rows) on each input.
fn jacobian(text: &str, input: &[f64], parameters: &[f64]) -> Vec<f64> {
    let CompiledNetwork { program, jacobian, predict, .. } = compiled(text, Mode::Recognised);
    let output = predict.functions[0].function.outputs[0].array;
    let count = program.array(output).width();
    let one = |row: usize, column: usize| f64::from(u8::from(row == column));
    let seeds = (0..count).flat_map(|row| (0..count).map(move |column| one(row, column)));
    let given = [(0, input.to_vec()), (1, seeds.collect())];
    let jacobian = jacobian.expect("one input and one output");
    run(&program, &jacobian, &given, parameters, count)
}

/// Equal to within roundings, or both no numbers.
fn assert_same(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (a, b) in found.iter().zip(expected) {
        let is_same = a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * b.abs();
        assert!(is_same, "{what}: {found:?} is not {expected:?}");
    }
}

#[test]
fn elements_that_nothing_reaches_are_what_else_says() {
    let layer = |target: &str, value: &str| {
        format!(
            "layer f(N) {{ input x[i: N]; index j: 2; {target} = {value} else 7; }} Net< f(3) >"
        )
    };
    let twice = layer("y[i + j: N + 2]", "x[i]");
    assert_same(&outputs(&twice, &[1.0, 2.0, 3.0], &[]), &[1.0, 3.0, 5.0, 3.0, 7.0], &twice);
    let apart = layer("y[3 * i + j: 3 * N]", "x[i] * (j + 1)");
    let expected = [1.0, 2.0, 7.0, 2.0, 4.0, 7.0, 3.0, 6.0, 7.0];
    assert_same(&outputs(&apart, &[1.0, 2.0, 3.0], &[]), &expected, &apart);
    let diagonal = "layer f(N) { input x[i: N]; y[i, i] = x[i] else 7; } Net< f(2) >";
    assert_same(&outputs(diagonal, &[1.0, 2.0], &[]), &[1.0, 7.0, 7.0, 2.0], diagonal);
    let expected = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    assert_same(&jacobian(diagonal, &[1.0, 2.0], &[]), &expected, diagonal);
    let gradient = jacobian(&twice, &numbers(3, 1), &[]);
    let expected = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
    assert_same(&gradient, &expected, &twice);
}

#[test]
fn a_power_whose_exponent_is_an_index_has_a_gradient_at_zero() {
    let polynomial =
        "layer f(K) { input x[i: 1]; param c[k: K] ~ ones(); y = sum(k: c[k] * x[0]^k); }
        Net< f(4) >";
    let c = [5.0, 7.0, 11.0, 13.0];
    assert_same(&outputs(polynomial, &[0.0], &c), &[5.0], polynomial);
    assert_same(&jacobian(polynomial, &[0.0], &c), &[7.0], polynomial);
    assert_same(&jacobian(polynomial, &[2.0], &c), &[7.0 + 44.0 + 156.0], polynomial);
    // The same where the exponent is learned, or another input.
    let learned = "activation f(x; learn p = 0) = x^p; Net< input(1); f >";
    assert_same(&jacobian(learned, &[0.0], &[0.0]), &[0.0], learned);
    assert_same(&jacobian(learned, &[0.0], &[1.0]), &[1.0], learned);
    let powers = "layer f(N) { input x[n: N]; y[n: N - 1] = x[n]^x[n + 1]; } Net< f(2) >";
    assert_same(&jacobian(powers, &[0.0, 0.0], &[]), &[0.0, 0.0], powers);
    // By the exponent, y·ln x: no number where the base is negative, as PyTorch says.
    let infinite = f64::NEG_INFINITY;
    assert_same(&jacobian(powers, &[0.0, -1.0], &[]), &[infinite, infinite], powers);
    let [by_base, by_exponent] = jacobian(powers, &[-3.0, 2.0], &[])[..] else { panic!() };
    assert_eq!((by_base, by_exponent.is_nan()), (-6.0, true));
}

/// As `torch.clamp`, whose derivative is 1 at the bounds; where they are the wrong way round, all is `high`.
#[test]
fn what_is_clamped_has_a_derivative_within_its_bounds() {
    let clamped = |low: i32, high: i32| {
        format!("activation f(x) = clamp(x, {low}, {high}); Net< input(1); f >")
    };
    for (x, y, slope) in
        [(-2.0, -1.0, 0.0), (-1.0, -1.0, 1.0), (0.5, 0.5, 1.0), (3.0, 3.0, 1.0), (4.0, 3.0, 0.0)]
    {
        assert_same(&outputs(&clamped(-1, 3), &[x], &[]), &[y], "the value");
        assert_same(&jacobian(&clamped(-1, 3), &[x], &[]), &[slope], "the derivative");
        assert_same(&outputs(&clamped(3, -1), &[x], &[]), &[-1.0], "bounds the wrong way round");
    }
    assert_same(&outputs(&clamped(-1, 3), &[f64::NAN], &[]), &[f64::NAN], "no number");
}

/// `x * sigmoid(x)` reads its argument twice.
#[test]
fn equal_reductions_of_a_statement_are_computed_once() {
    let text =
        "layer f(N) { input x[n: N]; s = silu(sum(n: x[n]^2)); y[n] = x[n] * s; } Net< f(3) >";
    let CompiledNetwork { training, .. } = compiled(text, Mode::Loops);
    let forward = &training.functions[0].function;
    let sums = forward.body.iter().filter(|one| one.reduction.is_some()).count();
    assert_eq!(sums, 1);
    assert_same(
        &outputs(text, &[1.0, 0.0, 2.0], &[]),
        &[5.0, 0.0, 10.0].map(|x| x / (1.0 + (-5f64).exp())),
        text,
    );
}

/// u″ needs u′: its tangents are those of the first derivative.
#[test]
fn a_second_derivative_reads_the_tangents_of_the_first() {
    let sums = |output: &str| {
        let text = format!(
            "Net {{ input x; u = <linear(5); tanh; linear(5); tanh; linear(1)>(x); output y = {output}; }}"
        );
        let CompiledNetwork { training, .. } = compiled(&text, Mode::Loops);
        let forward = training.functions[0].function.body.clone();
        forward.iter().filter(|one| one.reduction.is_some()).count()
    };
    // u′ itself is one sum more.
    assert_eq!(sums("d(d(u, x), x)") + 1, sums("d(u, x) + d(d(u, x), x)"));
}

#[test]
fn a_branch_that_settings_never_take_may_divide_by_zero() {
    let guarded = |d: &str| {
        format!(
            "activation f(x; d = 0) = if d > 0 {{ x / d }} else {{ 3 * x }}; Net< input(1); f({d}) >"
        )
    };
    assert_same(&outputs(&guarded("0"), &[5.0], &[]), &[15.0], "0");
    assert_same(&jacobian(&guarded("0"), &[5.0], &[]), &[3.0], "0");
    assert_same(&outputs(&guarded("2"), &[5.0], &[]), &[2.5], "2");
}

#[test]
fn no_activation_swallows_a_number_that_is_none() {
    for definition in library().definitions {
        let is_activation = definition.kind == Kind::Activation && definition.inputs.len() == 1;
        // Dropout drops it in training.
        if !is_activation || definition.name == "dropout" {
            continue;
        }
        let text = format!("Net< input(1); {} >", definition.name);
        let learned = definition.settings.iter().filter(|setting| setting.is_learned).count();
        assert!(outputs(&text, &[f64::NAN], &vec![0.5; learned])[0].is_nan(), "{text}");
    }
}

#[test]
fn the_gradient_of_a_number_that_is_none_goes_on() {
    // PyTorch: the derivative of relu, relu6 and hardtanh at NaN is 1.
    for activation in ["relu", "relu6", "hardtanh", "hardshrink", "softshrink", "threshold"] {
        let text = format!("Net< input(1); {activation} >");
        assert_same(&jacobian(&text, &[f64::NAN], &[]), &[1.0], &text);
    }
    let text = "layer f(N) { input x[n: N]; y[n: N - 1] = max(x[n], x[n + 1]); } Net< f(2) >";
    assert_same(&jacobian(text, &[3.0, 3.0], &[]), &[0.5, 0.5], text);
    assert_same(&jacobian(text, &[3.0, f64::NAN], &[]), &[1.0, 1.0], text);
}

/// ln Σ e^x
fn log_sum_exp(x: &[f64]) -> f64 {
    let greatest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shift = if greatest.is_finite() { greatest } else { 0.0 };
    shift + x.iter().map(|x| (x - shift).exp()).sum::<f64>().ln()
}

const EXTREME: [[f64; 2]; 7] = [
    [1.0, 2.0],
    [900.0, 899.0],
    [-900.0, -901.0],
    [3.0, 3.0],
    [f64::NEG_INFINITY, 5.0],
    [f64::NEG_INFINITY; 2],
    [f64::INFINITY, 0.0],
];

#[test]
fn logarithms_of_sums_of_exponentials_do_not_overflow_however_they_are_written() {
    let ways = [
        ("y = ln(exp(x[0]) + exp(x[1]));", 0.0),
        ("y = ln(mean(n: exp(x[n]))) + ln(2);", 0.0),
        ("s = mean(n: exp(x[n])); y = ln(2 * s);", 0.0),
        ("e[n] = exp(x[n]); s = e[0] + e[1]; y = ln(s);", 0.0),
        ("e[n] = exp(x[n]); y = ln(sum(n: e[n]));", 0.0),
        ("y = ln(sum(n: 3 * exp(x[n])));", 3f64.ln()),
        ("y = ln((exp(x[0]) + exp(x[1])) / 4);", -(4f64.ln())),
        ("y = ln(sum(n: if n < 2 { exp(x[n]) } else { 0 }));", 0.0),
        ("y = ln(exp(x[0]) + 0 + exp(x[1]));", 0.0),
    ];
    for (statements, more) in ways {
        let text = format!("layer f(N) {{ input x[n: N]; {statements} }} Net< f(2) >");
        for x in EXTREME {
            assert_same(&outputs(&text, &x, &[]), &[log_sum_exp(&x) + more], &text);
        }
        // The derivative is the softmax.
        for x in &EXTREME[..4] {
            let expected: Vec<f64> = x.iter().map(|one| (one - log_sum_exp(x)).exp()).collect();
            let found = jacobian(&text, x, &[]);
            let is_close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-12;
            assert!(found.iter().zip(&expected).all(is_close), "{text} at {x:?}: {found:?}");
        }
    }
}

#[test]
fn logarithms_of_one_more_than_exponentials_do_not_overflow_or_lose_digits() {
    let ways = [
        "y = ln(1 + sum(n: exp(x[n])));",
        "y = ln(1 + (exp(x[0]) + exp(x[1])));",
        "e[n] = exp(x[n]); y = ln_1p(e[0] + e[1]);",
        "s = mean(n: exp(x[n])); y = ln(1 + 2 * s);",
    ];
    for statements in ways {
        let text = format!("layer f(N) {{ input x[n: N]; {statements} }} Net< f(2) >");
        for x in EXTREME.iter().chain(&[[-40.0, -41.0]]) {
            let sum = log_sum_exp(x);
            let expected = sum.max(0.0) + (-sum.abs()).exp().ln_1p();
            let found = outputs(&text, x, &[])[0];
            let is_close = (found - expected).abs() <= 1e-12 * expected;
            assert!(is_close || found == expected, "{text} at {x:?}: {found}, not {expected}");
        }
        // The derivative is the softmax beside a logit of 0.
        for x in EXTREME[..4].iter().chain([&[f64::NEG_INFINITY; 2]]) {
            let sum = log_sum_exp(&[x[0], x[1], 0.0]);
            let found = jacobian(&text, x, &[]);
            let is_close = |(found, x): (&f64, &f64)| (found - (x - sum).exp()).abs() <= 1e-12;
            assert!(found.iter().zip(x).all(is_close), "{text} at {x:?}: {found:?}");
        }
    }
}

#[test]
fn quotients_of_sums_of_exponentials_do_not_overflow() {
    let ways = [
        "y = exp(x[0]) / (exp(x[0]) + exp(x[1]));",
        "e[n] = exp(x[n]); s = sum(n: e[n]); y = e[0] / s;",
        "y = exp(x[0]) / (2 * mean(n: exp(x[n])));",
        "y = sum(n: (1 - n) * exp(x[n])) / sum(n: exp(x[n]));",
        "y = 1 / (sum(n: exp(x[n])) * exp(-x[0]));",
        "s = mean(n: exp(x[n])); y = 1 / (exp(-x[0]) * (2 * s));",
        "e[n] = exp(x[n] - 3); y = 1 / (sum(n: e[n]) * exp(3 - x[0]));",
    ];
    for statements in ways {
        let text = format!("layer f(N) {{ input x[n: N]; {statements} }} Net< f(2) >");
        for x in &EXTREME[..5] {
            let expected = (x[0] - log_sum_exp(x)).exp();
            let found = outputs(&text, x, &[])[0];
            assert!((found - expected).abs() <= 1e-12, "{text} at {x:?}: {found}, not {expected}");
        }
    }
}

#[test]
fn sums_that_are_read_otherwise_stay_as_they_are() {
    let text = "layer f(N) { input x[n: N]; s = sum(n: exp(x[n])); y = ln(s) + s; } Net< f(2) >";
    let x: [f64; 2] = [1.0, 2.0];
    assert_same(&outputs(text, &x, &[]), &[log_sum_exp(&x) + x[0].exp() + x[1].exp()], text);
    let text = "layer f(N) { input x[n: N]; e[n] = exp(x[n]); y[n] = e[n] / sum(n: e[n]) + e[n]; }
        Net< f(2) >";
    let total = x[0].exp() + x[1].exp();
    let expected = x.map(|x| x.exp() / total + x.exp());
    assert_same(&outputs(text, &x, &[]), &expected, text);
}
