//! Optimizers as equations: a user's own beside the same ones written by hand, the settings that are
//! refused, and what holds for every rule: bits, memory, infinities.

use allocation_counter::measure;
use tapeless::optimizer::{
    Adadelta, Adagrad, Group, Lion, NAdam, Optimizer, OptimizerError, RAdam, RmsProp,
};
use tapeless::prelude::*;
use tapeless::real::Real;

network! {
    Net< body: linear(5, 7); tanh; head: linear(2) >

    /// Long enough for several threads, and no multiple of what one of them takes.
    Wide< linear(203, 301) >

    /// The signs of an average, Lion's predecessor.
    optimizer signs(w, g; lr = 0.01 in 0..infinity, beta = 0.9 in 0..1) {
        state m;
        m <- beta * m + (1 - beta) * g;
        w <- w - lr * sign(m);
    }

    /// Everything that settings can say.
    optimizer all(w, g; lr = 0.1, start = 2, limit = 1 in 0..=infinity, rolling = true, weight_decay = 0) {
        require limit > lr when rolling;
        require start >= weight_decay;
        state decay ~ constant(start);
        state b ~ constant(start / 2) when rolling;
        state count when rolling;
        decay <- decay / 2;
        count <- count + 1;
        d = clamp(g, -limit, limit) + weight_decay * w;
        b <- if count == 1 { b - d } else { 0.5 * b + d };
        w <- w - (if rolling { lr * b / step } else { lr * d }) * decay;
    }

    /// Without anything to keep.
    optimizer plain(w, g; lr = 0.5) {
        w <- w - lr / step * g;
    }
}

const FROZEN: Group =
    Group { frozen: true, lr: None, lr_factor: 1.0, weight_decay: None, weights_only: false };

/// Parameters, and a gradient that is another one in each step.
fn start<N: Network>() -> (Box<N>, impl Fn(u64) -> Box<N>) {
    (N::new(&mut seed(1)), |step| N::new(&mut seed(100 + step)))
}

/// The parameters after some steps, before each of which `arrange` may change the optimizer.
fn moved<N: Network, R: Rule>(
    rule: R,
    steps: u64,
    mut arrange: impl FnMut(u64, &mut Optimizer<R, N>),
) -> Box<N> {
    let (mut model, gradient) = start::<N>();
    let mut optimizer = rule.over(&model).unwrap();
    for step in 1..=steps {
        arrange(step, &mut optimizer);
        optimizer.step(&mut model, &gradient(step));
    }
    model
}

/// One parameter's steps, written by hand.
fn by_hand(mut one: impl FnMut(u64, usize, f64, f64) -> f64, steps: u64) -> Vec<f64> {
    let (model, gradient) = start::<NetOf<f64>>();
    let mut parameters = model.as_slice().to_vec();
    for step in 1..=steps {
        let gradient = gradient(step);
        for (at, (w, g)) in parameters.iter_mut().zip(gradient.as_slice()).enumerate() {
            *w = one(step, at, *w, *g);
        }
    }
    parameters
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-14, "{found} and {expected}");
    }
}

#[test]
fn a_users_own_optimizer_moves_as_it_says() {
    let found = moved::<NetOf<f64>, _>(Signs::default(), 5, |_, _| {});
    let mut m = [0.0; 64];
    let signs = |_, at: usize, w: f64, g: f64| {
        m[at] = 0.9 * m[at] + (1.0 - 0.9) * g;
        w - 0.01 * m[at].signum()
    };
    assert_close(found.as_slice(), &by_hand(signs, 5));
    assert!(Signs::default().explain().contains("m ← beta·m + (1 − beta)·g"));
}

#[test]
fn states_begin_as_settings_say_and_rest_while_they_are_left_out() {
    let rule = All { limit: 0.2, ..All::default() };
    let found = moved::<NetOf<f64>, _>(rule, 6, |step, optimizer| {
        if step == 3 || step == 5 {
            optimizer.set_rule(All { rolling: step == 5, ..rule }).unwrap();
        }
    });
    let mut b = [1.0; 64];
    let all = |step: u64, at: usize, w: f64, g: f64| {
        let (d, decay) = (g.clamp(-0.2, 0.2), 2.0 * 0.5f64.powf(step as f64));
        if step == 3 || step == 4 {
            return w - 0.1 * d * decay;
        }
        b[at] = if step == 1 { b[at] - d } else { 0.5 * b[at] + d };
        w - 0.1 * b[at] / step as f64 * decay
    };
    assert_close(found.as_slice(), &by_hand(all, 6));
}

#[test]
fn a_state_that_is_switched_on_late_begins_then() {
    let rule = All { rolling: false, ..All::default() };
    let found = moved::<NetOf<f64>, _>(rule, 4, |step, optimizer| {
        if step == 3 {
            optimizer.set_rule(All { rolling: true, ..rule }).unwrap();
        }
    });
    let mut b = [1.0; 64];
    let all = |step: u64, at: usize, w: f64, g: f64| {
        let (d, decay) = (g.clamp(-1.0, 1.0), 2.0 * 0.5f64.powf(step as f64));
        if step < 3 {
            return w - 0.1 * d * decay;
        }
        b[at] = if step == 3 { b[at] - d } else { 0.5 * b[at] + d };
        w - 0.1 * b[at] / step as f64 * decay
    };
    assert_close(found.as_slice(), &by_hand(all, 4));
}

/// Steps are counted without states too, for each group by itself: those in which it is frozen are none.
#[test]
fn steps_are_those_of_the_group() {
    let found = moved::<NetOf<f64>, _>(Plain::default(), 4, |step, optimizer| {
        let frozen = step == 2 || step == 3;
        optimizer.set_group("head.", Group { frozen, ..Group::default() }).unwrap();
    });
    let head = NetOf::<f64>::range("head.").unwrap();
    let plain = |step: u64, at: usize, w: f64, g: f64| match (head.contains(&at), step) {
        (true, 2 | 3) => w,
        (true, 4) => w - 0.5 / 2.0 * g,
        _ => w - 0.5 / step as f64 * g,
    };
    assert_close(found.as_slice(), &by_hand(plain, 4));
}

#[test]
fn settings_out_of_their_range_are_refused() {
    let range = |setting, expected, found| OptimizerError::OutOfRange { setting, expected, found };
    let refused = |rule: Signs| rule.check().unwrap_err();
    let finite = "at least 0 and finite";
    assert_eq!(refused(Signs { lr: -1.0, ..Signs::default() }), range("lr", finite, -1.0));
    let infinite = Signs { lr: f64::INFINITY, ..Signs::default() };
    assert_eq!(refused(infinite), range("lr", finite, f64::INFINITY));
    assert!(Signs { lr: f64::NAN, ..Signs::default() }.check().is_err());
    let one = refused(Signs { beta: 1.0, ..Signs::default() });
    assert_eq!(one.to_string(), "`beta` must be at least 0 and below 1, but is 1");
    // Infinity is in the range of a limit, and NaN in none.
    assert!(All { limit: f64::INFINITY, ..All::default() }.check().is_ok());
    assert!(All { start: f64::NAN, ..All::default() }.check().is_err());
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    let error = All { limit: 0.05, ..All::default() }.check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the settings must be such that `limit > lr when rolling`, but its sides are 0.05 and 0.1"
    );
    assert!(All { limit: 0.05, rolling: false, ..All::default() }.check().is_ok());
    assert!(All { weight_decay: 3.0, ..All::default() }.check().is_err());
    assert!(Sgd { nesterov: true, ..Sgd::default() }.check().is_err());
    let dampened = Sgd { momentum: 0.9, dampening: 0.1, nesterov: true, ..Sgd::default() };
    assert!(dampened.check().is_err());
    assert!(Sgd { dampening: 0.0, ..dampened }.check().is_ok());
    // A group that makes them not go together.
    let mut optimizer = All::default().over(&Net::zeros()).unwrap();
    let before = optimizer.rule();
    assert!(optimizer.set_group("head.", Group { lr: Some(2.0), ..Group::default() }).is_err());
    assert!(optimizer.set_lr(2.0).is_err());
    assert_eq!(optimizer.rule(), before);
}

#[test]
fn settings_that_pytorch_refuses_are_refused() {
    fn refused(rule: impl Rule) {
        assert!(rule.check().is_err());
        assert!(rule.over(&Net::zeros()).is_err());
    }
    refused(Sgd { lr: f64::NAN, ..Sgd::default() });
    refused(Sgd { momentum: -0.1, ..Sgd::default() });
    refused(Adam { beta1: 1.0, ..Adam::default() });
    refused(Adam { beta2: -0.1, ..Adam::default() });
    refused(AdamW { eps: -1e-8, ..AdamW::default() });
    refused(RmsProp { alpha: -0.1, ..RmsProp::default() });
    refused(Adagrad { initial_accumulator_value: -1.0, ..Adagrad::default() });
    refused(Adadelta { rho: 1.5, ..Adadelta::default() });
    refused(NAdam { momentum_decay: -1.0, ..NAdam::default() });
    refused(RAdam { weight_decay: f64::INFINITY, ..RAdam::default() });
    refused(Lion { beta2: 1.0, ..Lion::default() });
}

#[test]
fn a_rule_without_weight_decay_takes_no_group_with_one() {
    let mut optimizer = Signs::default().over(&Net::zeros()).unwrap();
    let decays = Group { weight_decay: Some(0.1), ..Group::default() };
    let error = optimizer.set_group("head.", decays).unwrap_err();
    assert_eq!(error, OptimizerError::NoWeightDecay { found: 0.1 });
    let weights_only = Group { weights_only: true, ..Group::default() };
    assert!(optimizer.set_group("head.", weights_only).is_ok());
    assert!(optimizer.set_group("body.", FROZEN).is_ok());
}

/// Calls a macro with rules of every kind.
macro_rules! with_rules {
    ($macro:ident) => {
        $macro!(
            Sgd::default(),
            Sgd { momentum: 0.9, nesterov: true, weight_decay: 0.1, ..Sgd::default() },
            Adam { weight_decay: 0.1, ..Adam::default() },
            Adam { amsgrad: true, maximize: true, ..Adam::default() },
            AdamW::default(),
            RmsProp::default(),
            RmsProp { momentum: 0.9, centered: true, ..RmsProp::default() },
            Adagrad { initial_accumulator_value: 0.1, ..Adagrad::default() },
            Adadelta::default(),
            NAdam::default(),
            RAdam::default(),
            Lion { weight_decay: 0.1, ..Lion::default() },
            All::default(),
            Plain::default(),
        )
    };
}

fn bits<N: Network>(rule: impl Rule) -> Vec<u64> {
    let model = moved::<N, _>(rule, 3, |_, _| {});
    model.as_slice().iter().map(|w| w.to_f64().to_bits()).collect()
}

fn same_bits<N: Network>(rule: impl Rule) {
    set_threads(1);
    let alone = bits::<N>(rule);
    for count in [2, 3, 8] {
        set_threads(count);
        assert!(bits::<N>(rule) == alone, "{count} threads");
    }
    set_threads(0);
}

#[test]
fn any_number_of_threads_gives_the_same_bits_without_memory() {
    macro_rules! all {
        ($($rule:expr,)*) => {
            $(
                same_bits::<Wide>($rule);
                same_bits::<WideOf<f64>>($rule);
                let (mut model, gradient) = start::<Wide>();
                let gradient = gradient(1);
                let mut optimizer = $rule.over(&model).unwrap();
                let allocations = measure(|| optimizer.step(&mut model, &gradient));
                assert_eq!(allocations.count_total, 0);
            )*
        };
    }
    with_rules!(all);
}

/// A parameter that is infinite stays so, or is no number where its gradient is none: the others move as
/// without it.
#[test]
fn an_infinite_parameter_is_its_own_matter() {
    fn check<R: Rule>(rule: R) {
        let plain = moved::<Net, _>(rule, 3, |_, _| {});
        let (mut model, gradient) = start::<Net>();
        model.as_mut_slice()[3] = f32::INFINITY;
        let mut optimizer = rule.over(&model).unwrap();
        (1..=3).for_each(|step| optimizer.step(&mut model, &gradient(step)));
        let parameters = model.as_slice();
        assert!(parameters[3] == f32::INFINITY);
        assert_eq!(parameters[..3], plain.as_slice()[..3]);
        assert_eq!(parameters[4..], plain.as_slice()[4..]);
    }
    check(Sgd { momentum: 0.9, ..Sgd::default() });
    check(Adam::default());
    check(AdamW::default());
    check(RmsProp::default());
    check(Adagrad::default());
    check(Adadelta::default());
    check(NAdam::default());
    check(RAdam::default());
    check(Lion::default());
}

/// Groups of one rule have their own single numbers: what one group does leaves the others alone.
#[test]
fn frozen_groups_rest_whatever_the_rule_keeps() {
    fn check<R: Rule>(rule: R) {
        let head = Net::range("head.").unwrap();
        let together = moved::<Net, _>(rule, 4, |_, _| {});
        let apart = moved::<Net, _>(rule, 4, |_, optimizer| {
            optimizer.set_group("body.", FROZEN).unwrap();
        });
        assert_eq!(apart.as_slice()[head.clone()], together.as_slice()[head]);
    }
    macro_rules! all {
        ($($rule:expr,)*) => { $(check($rule);)* };
    }
    with_rules!(all);
}
