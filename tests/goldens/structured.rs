//! Losses of several outputs and targets, of steps with classes, of two samples of one batch, and losses that
//! call losses: values, and gradients on all outputs.

use nalgebra::Const;
use tapeless::loss::{CrossEntropy, MeanAbsoluteError, OnOutput};
use tapeless::network::Samples;
use tapeless::pass::{LossValue, Trainable};

use crate::compare::{Precision, assert_close};
use crate::formula::{batch, filled, formula};

tapeless::network! {
    /// What it is given.
    Given {
        input a[c: 4];
        input b[c: 4];
        input n;
        input s[s: 3, c: 4];
        output p = a;
        output q = b;
        output v = n;
        output steps = s;
    }
    loss info_nce(p[c: C], q[c: C];; temperature = 0.5) {
        all = sum(m in batch: exp(sum(c: p[c] * q[m, c]) / temperature));
        y = ln(all) - sum(c: p[c] * q[c]) / temperature;
    }
    loss nt_xent(p[c: C]; pair: class; temperature = 0.5) {
        z[c] = p[c] / sqrt(sum(c: p[c]^2));
        all = sum(m in batch: if m == this { 0 } else { exp(sum(c: z[c] * z[m, c]) / temperature) });
        own = sum(m in batch: if m == pair { sum(c: z[c] * z[m, c]) } else { 0 });
        y = ln(all) - own / temperature;
    }
    loss tagging(steps[s: S, c: C]; tag[s: S]: class; weight[c: C] = 1) {
        log_p[s, c] = log_softmax(steps)[s, c];
        w[s] = if tag[s] == 0 { 0 } else { weight[tag[s]] };
        samples = sum(s: w[s]);
        y = -sum(s: w[s] * log_p[s, tag[s]]);
    }
    loss weighted(v; target, weight) {
        samples = weight;
        y = weight * mean_squared_error(v, target);
    }
    loss dqn(p[a: A]; action: class, target) = huber(delta = 0.75)(p[action], target);
    loss both(p[a: A], v; action: class, target) =
        cross_entropy(p, action) + 0.5 * mean_squared_error(v, target);
    loss smoothed(p[a: A], v; action: class, target; beta = 0.5) {
        near = cross_entropy(label_smoothing = 0.1)(p, action);
        y = near + if abs(v - target) < beta { smooth_l1(beta = 0.5)(v, target) } else { abs(v - target) - beta / 2 };
    }
}

const BATCH: usize = 5;
const CLASS_WEIGHT: &[f64] = &[0.5, 2.0, 0.75, 1.25];

/// Checks the value of a loss, and its gradient on each output.
fn assert_agrees<T: Precision>(case: &str, loss: &LossValue<'_, GivenOf<T>>) {
    let name = |part: &str| format!("structured.{case}.{part}");
    assert_close(&name("value"), &[loss.value()]);
    let GivenOutputs { p, q, v, steps } = loss.output_gradient();
    assert_close(&name("p"), p.as_slice());
    assert_close(&name("q"), q.as_slice());
    assert_close(&name("v"), v.as_slice());
    assert_close(&name("steps"), steps.as_slice());
}

fn losses_agree<T: Precision>() {
    let model = filled::<GivenOf<T>>(1.0);
    let (a, b): (Samples<T, Const<4>>, Samples<T, Const<4>>) =
        (batch(BATCH, 4, 4.0), batch(BATCH, 5, 4.0));
    let (n, s): (Samples<T, Const<1>>, Samples<T, Const<12>>) =
        (batch(BATCH, 6, 4.0), batch(BATCH, 7, 4.0));
    let inputs = || GivenInputs { a: &a, b: &b, n: &n, s: &s };
    let target: Vec<T> = formula(8, 2.0).take(BATCH).collect();
    let weight: Vec<T> = formula::<T>(9, 1.0).take(BATCH).map(|one| one + T::of(0.5)).collect();
    let action: Vec<usize> = (0..BATCH).map(|sample| sample * 3 % 4).collect();
    let tags: Vec<usize> = (0..3 * BATCH).map(|step| step * 5 % 4).collect();
    let pair: Vec<usize> = (0..BATCH).map(|sample| (sample + 2) % BATCH).collect();
    let mut pass = GivenOf::pass(BATCH);
    macro_rules! agrees {
        ($case:literal, $loss:expr, $target:expr) => {
            let outputs = model.forward_batch(inputs(), &mut pass).unwrap();
            assert_agrees($case, &outputs.loss($loss, $target).unwrap());
        };
    }
    agrees!("info_nce", InfoNce::default(), &());
    agrees!("nt_xent", NtXent::default(), &pair);
    agrees!("tagging", Tagging { weight: CLASS_WEIGHT }, &tags);
    agrees!("weighted", Weighted::default(), &WeightedTargets { target: &target, weight: &weight });
    agrees!("dqn", Dqn::default(), &DqnTargets { action: &action, target: &target });
    agrees!("both", Both::default(), &BothTargets { action: &action, target: &target });
    agrees!("smoothed", Smoothed::default(), &SmoothedTargets { action: &action, target: &target });
    let outputs = model.forward_batch(inputs(), &mut pass).unwrap();
    let classes = CrossEntropy { weight: CLASS_WEIGHT, ..CrossEntropy::default() };
    let loss = outputs.loss(OnOutput("p", classes), &action).unwrap();
    let target = Samples::<T, Const<1>>::from_column_slice(&target);
    let loss = loss.plus(0.5, OnOutput("v", MeanAbsoluteError::default()), &target).unwrap();
    assert_agrees("by_name", &loss);
}

#[test]
fn in_f64() {
    losses_agree::<f64>();
}

#[test]
fn in_f32() {
    losses_agree::<f32>();
}
