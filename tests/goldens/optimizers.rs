//! Optimizers: the parameters after each of ten steps along given gradients, with settings that change
//! between two steps, and at the ends of what a number can be.

use tapeless::optimizer::{
    Adadelta, Adagrad, Adam, AdamW, Group, Lion, NAdam, RAdam, RmsProp, Rule, Sgd,
};
use tapeless::parameters::Parameters;

use crate::compare::{Precision, assert_close, assert_same_extremes};
use crate::formula::{GRADIENT, PARAMETERS, fill};

const STEPS: usize = 10;
const FROZEN_STEPS: [usize; 3] = [0, 1, 5];

tapeless::network! {
    /// Eight parameters.
    Eight< linear(3, 2) >

    /// Each extreme as a parameter, with each as its gradient.
    Pairs< linear(13, 13, bias = false) >
}

const EXTREME_STEPS: usize = 2;

fn assert_steps_close<T: Precision>(name: &str, rule: impl Rule) {
    assert_switched_steps_close::<T, _>(name, rule, &[]);
}

/// With other settings from the given steps on, counted from 0.
fn assert_switched_steps_close<T: Precision, R: Rule>(
    name: &str,
    rule: R,
    switches: &[(usize, R)],
) {
    let (mut network, mut gradient) = (EightOf::<T>::zeros(), EightOf::<T>::zeros());
    fill(network.as_mut_slice(), PARAMETERS, 2.0);
    let mut optimizer = rule.over(&network).unwrap();
    let mut trace = Vec::new();
    for (step, salt) in (GRADIENT..).take(STEPS).enumerate() {
        for (_, rule) in switches.iter().filter(|(at, _)| *at == step) {
            optimizer.set_rule(*rule).unwrap();
        }
        fill(gradient.as_mut_slice(), salt, 2.0);
        optimizer.step(&mut network, &gradient);
        trace.extend_from_slice(network.as_slice());
    }
    assert_close(&format!("optimizer.{name}"), &trace);
}

/// A weight with half the rate, and a bias that does not decay, has its own rate, and rests at times.
fn assert_grouped_steps_close<T: Precision>(name: &str, rule: impl Rule) {
    let (mut network, mut gradient) = (EightOf::<T>::zeros(), EightOf::<T>::zeros());
    fill(network.as_mut_slice(), PARAMETERS, 2.0);
    let mut optimizer = rule.over(&network).unwrap();
    let slow = Group { lr_factor: 0.5, weights_only: true, ..Group::default() };
    optimizer.set_group("", slow).unwrap();
    let mut trace = Vec::new();
    for (step, salt) in (GRADIENT..).take(STEPS).enumerate() {
        let frozen = FROZEN_STEPS.contains(&step);
        let own = Group { lr: Some(0.03), weights_only: true, frozen, ..Group::default() };
        optimizer.set_group("0.bias", own).unwrap();
        fill(gradient.as_mut_slice(), salt, 2.0);
        optimizer.step(&mut network, &gradient);
        trace.extend_from_slice(network.as_slice());
    }
    assert_close(&format!("optimizer.grouped.{name}"), &trace);
}

fn groups_agree<T: Precision>() {
    let sgd = Sgd { lr: 0.1, momentum: 0.9, dampening: 0.5, weight_decay: 0.01, ..Sgd::default() };
    assert_grouped_steps_close::<T>("sgd", sgd);
    let adam = Adam { lr: 0.01, weight_decay: 0.01, ..Adam::default() };
    assert_grouped_steps_close::<T>("adam", adam);
    let adamw = AdamW { lr: 0.1, weight_decay: 0.5, ..AdamW::default() };
    assert_grouped_steps_close::<T>("adamw", adamw);
    // What is one number for all parameters is one for each group.
    let nadam = NAdam { lr: 0.1, weight_decay: 0.1, ..NAdam::default() };
    assert_grouped_steps_close::<T>("nadam", nadam);
    let radam = RAdam { lr: 0.1, weight_decay: 0.1, ..RAdam::default() };
    assert_grouped_steps_close::<T>("radam", radam);
}

/// Two steps along extreme gradients.
fn assert_extremes_agree<T: Precision>(name: &str, rule: impl Rule) {
    let extremes = T::EXTREMES;
    let (mut network, mut gradient) = (PairsOf::<T>::zeros(), PairsOf::<T>::zeros());
    for (row, &extreme) in network.as_mut_slice().chunks_exact_mut(extremes.len()).zip(&extremes) {
        row.fill(extreme);
    }
    let mut optimizer = rule.over(&network).unwrap();
    let mut trace = Vec::new();
    for step in 0..EXTREME_STEPS {
        for (at, gradient) in gradient.as_mut_slice().iter_mut().enumerate() {
            *gradient = extremes[(at + step) % extremes.len()];
        }
        optimizer.step(&mut network, &gradient);
        trace.extend_from_slice(network.as_slice());
    }
    let name = format!("optimizer.extreme.{name}.f{}", 8 * T::BYTES);
    assert_same_extremes(&name, &trace, network.as_slice().len());
}

fn switched_settings_agree<T: Precision>() {
    let plain = Sgd { lr: 0.1, ..Sgd::default() };
    let dampened = Sgd { dampening: 0.5, ..plain };
    let rolling = Sgd { momentum: 0.9, ..dampened };
    let switches = [(3, rolling)];
    assert_switched_steps_close::<T, _>("switched.momentum_on", dampened, &switches);
    let switches = [(3, dampened), (6, Sgd { momentum: 0.8, ..dampened })];
    assert_switched_steps_close::<T, _>("switched.momentum_off_and_on", rolling, &switches);
    let decayed = Sgd { weight_decay: 0.01, ..plain };
    let nesterov = Sgd { momentum: 0.9, nesterov: true, ..decayed };
    let switches = [(2, nesterov), (5, Sgd { momentum: 0.9, ..plain })];
    assert_switched_steps_close::<T, _>("switched.nesterov_on", decayed, &switches);
    let decayed = Adam { weight_decay: 0.1, ..Adam::default() };
    let switches = [(3, decayed), (6, Adam { beta1: 0.2, beta2: 0.5, lr: 0.1, ..decayed })];
    assert_switched_steps_close::<T, _>("switched.adam_decay_on", Adam::default(), &switches);
    let switches = [(3, AdamW { weight_decay: 0.0, eps: 1e-3, ..AdamW::default() })];
    assert_switched_steps_close::<T, _>("switched.adamw_decay_off", AdamW::default(), &switches);
    let faster = NAdam { beta1: 0.5, beta2: 0.9, momentum_decay: 0.5, lr: 0.1, ..NAdam::default() };
    assert_switched_steps_close::<T, _>("switched.nadam", NAdam::default(), &[(4, faster)]);
    let rolling = RmsProp { momentum: 0.9, centered: true, ..RmsProp::default() };
    let slower = RmsProp { momentum: 0.5, ..rolling };
    let switches = [
        (3, RmsProp { momentum: 0.0, ..rolling }),
        (6, slower),
        (8, RmsProp { centered: false, ..slower }),
    ];
    assert_switched_steps_close::<T, _>("switched.rmsprop", rolling, &switches);
    let begun = Adagrad { initial_accumulator_value: 0.25, ..Adagrad::default() };
    // The sum has begun: another beginning changes nothing.
    let faster = Adagrad { lr: 0.1, lr_decay: 0.1, ..Adagrad::default() };
    assert_switched_steps_close::<T, _>("switched.adagrad", begun, &[(5, faster)]);
}

fn extremes_agree<T: Precision>() {
    let momentum = Sgd { lr: 0.1, momentum: 0.9, ..Sgd::default() };
    assert_extremes_agree::<T>("sgd", Sgd::default());
    assert_extremes_agree::<T>("sgd_momentum", Sgd { dampening: 0.1, ..momentum });
    assert_extremes_agree::<T>("sgd_nesterov", Sgd { nesterov: true, ..momentum });
    assert_extremes_agree::<T>("sgd_decay", Sgd { weight_decay: 0.03, ..momentum });
    let adam = Adam::default();
    assert_extremes_agree::<T>("adam", adam);
    assert_extremes_agree::<T>("adam_decay", Adam { weight_decay: 0.03, ..adam });
    let small_betas = Adam { lr: 0.1, beta1: 0.25, beta2: 0.0, ..adam };
    assert_extremes_agree::<T>("adam_small_betas", small_betas);
    let zeros = Adam { lr: 0.0, beta1: 0.0, beta2: 0.9, eps: 0.0, ..adam };
    assert_extremes_agree::<T>("adam_zeros", zeros);
    assert_extremes_agree::<T>("adamw", AdamW::default());
    let plain = AdamW { weight_decay: 0.0, eps: 0.0, ..AdamW::default() };
    assert_extremes_agree::<T>("adamw_plain", plain);
    assert_extremes_agree::<T>("adam_amsgrad", Adam { amsgrad: true, ..adam });
    let rmsprop = RmsProp::default();
    assert_extremes_agree::<T>("rmsprop", rmsprop);
    let momentum = RmsProp { momentum: 0.9, weight_decay: 0.03, ..rmsprop };
    assert_extremes_agree::<T>("rmsprop_momentum", momentum);
    assert_extremes_agree::<T>("adagrad", Adagrad::default());
    assert_extremes_agree::<T>("adadelta", Adadelta::default());
    assert_extremes_agree::<T>("nadam", NAdam::default());
    assert_extremes_agree::<T>("radam", RAdam::default());
}

fn extremes_with_options_agree<T: Precision>() {
    let sgd = Sgd { lr: 0.03, momentum: 0.9, maximize: true, ..Sgd::default() };
    assert_extremes_agree::<T>("sgd_maximize", sgd);
    let adamw = AdamW { lr: 0.1, amsgrad: true, maximize: true, ..AdamW::default() };
    assert_extremes_agree::<T>("adamw_amsgrad", adamw);
    let rmsprop = RmsProp { centered: true, ..RmsProp::default() };
    assert_extremes_agree::<T>("rmsprop_centered", rmsprop);
    let all = RmsProp { alpha: 0.3, eps: 0.1, weight_decay: 0.03, momentum: 0.5, ..rmsprop };
    assert_extremes_agree::<T>("rmsprop_all", all);
    let no_eps = RmsProp { eps: 0.0, maximize: true, ..RmsProp::default() };
    assert_extremes_agree::<T>("rmsprop_no_eps", no_eps);
    let begun =
        Adagrad { weight_decay: 0.03, initial_accumulator_value: 0.5, ..Adagrad::default() };
    assert_extremes_agree::<T>("adagrad_all", Adagrad { lr: 0.1, lr_decay: 0.1, ..begun });
    let adadelta = Adadelta { lr: 0.5, rho: 0.8, eps: 1e-30, weight_decay: 0.03, maximize: false };
    assert_extremes_agree::<T>("adadelta_all", adadelta);
    let decayed = NAdam { weight_decay: 0.03, ..NAdam::default() };
    assert_extremes_agree::<T>("nadam_decay", decayed);
    let decoupled = NAdam { lr: 0.1, decoupled_weight_decay: true, maximize: true, ..decayed };
    assert_extremes_agree::<T>("nadam_all", decoupled);
    let decayed = RAdam { weight_decay: 0.03, ..RAdam::default() };
    let decoupled = RAdam { lr: 0.1, beta1: 0.3, decoupled_weight_decay: true, ..decayed };
    assert_extremes_agree::<T>("radam_all", decoupled);
    let rectified = RAdam { beta2: 0.99999, ..RAdam::default() };
    assert_extremes_agree::<T>("radam_rectified", rectified);
    let plain = RAdam { beta2: 0.5, maximize: true, ..decayed };
    assert_extremes_agree::<T>("radam_plain", plain);
    assert_extremes_agree::<T>("lion", Lion::default());
    let lion = Lion { lr: 0.01, beta1: 0.5, beta2: 0.8, weight_decay: 0.5, maximize: true };
    assert_extremes_agree::<T>("lion_all", lion);
}

fn sgd_agrees<T: Precision>() {
    let plain = Sgd { lr: 0.1, ..Sgd::default() };
    let momentum = Sgd { momentum: 0.9, ..plain };
    let dampening = Sgd { dampening: 0.1, ..momentum };
    let nesterov = Sgd { nesterov: true, ..momentum };
    let decay = |rule| Sgd { weight_decay: 0.01, ..rule };
    assert_steps_close::<T>("sgd", Sgd::default());
    assert_steps_close::<T>("sgd_momentum", momentum);
    assert_steps_close::<T>("sgd_dampening", dampening);
    assert_steps_close::<T>("sgd_nesterov", nesterov);
    assert_steps_close::<T>("sgd_decay", decay(plain));
    assert_steps_close::<T>("sgd_decay_momentum", decay(momentum));
    assert_steps_close::<T>("sgd_decay_dampening", decay(dampening));
    assert_steps_close::<T>("sgd_decay_nesterov", decay(nesterov));
    assert_steps_close::<T>("sgd_maximize", Sgd { maximize: true, ..decay(momentum) });
}

fn adam_agrees<T: Precision>() {
    let settings = Adam { lr: 0.01, beta1: 0.8, beta2: 0.95, eps: 1e-3, ..Adam::default() };
    assert_steps_close::<T>("adam", Adam::default());
    assert_steps_close::<T>("adam_decay", Adam { weight_decay: 0.01, ..Adam::default() });
    assert_steps_close::<T>("adam_settings", settings);
    let amsgrad = Adam { lr: 0.01, beta2: 0.5, amsgrad: true, ..Adam::default() };
    assert_steps_close::<T>("adam_amsgrad", amsgrad);
    let maximize = Adam { weight_decay: 0.01, maximize: true, ..Adam::default() };
    assert_steps_close::<T>("adam_maximize", maximize);
    let (beta1, beta2) = (0.3, 0.6);
    let all = Adam { beta1, beta2, eps: 1e-3, weight_decay: 0.1, maximize: true, ..amsgrad };
    assert_steps_close::<T>("adam_all", all);
}

fn adamw_agrees<T: Precision>() {
    let settings = AdamW { lr: 0.1, weight_decay: 0.5, ..AdamW::default() };
    assert_steps_close::<T>("adamw", AdamW::default());
    assert_steps_close::<T>("adamw_settings", settings);
    let amsgrad = AdamW { lr: 0.01, beta2: 0.5, amsgrad: true, ..AdamW::default() };
    assert_steps_close::<T>("adamw_amsgrad", amsgrad);
    assert_steps_close::<T>("adamw_maximize", AdamW { maximize: true, ..AdamW::default() });
}

fn rmsprop_agrees<T: Precision>() {
    let plain = RmsProp::default();
    assert_steps_close::<T>("rmsprop", plain);
    let settings = RmsProp { lr: 0.1, alpha: 0.7, eps: 1e-3, ..plain };
    assert_steps_close::<T>("rmsprop_settings", settings);
    assert_steps_close::<T>("rmsprop_decay", RmsProp { weight_decay: 0.1, ..plain });
    assert_steps_close::<T>("rmsprop_momentum", RmsProp { momentum: 0.9, ..plain });
    assert_steps_close::<T>("rmsprop_centered", RmsProp { centered: true, ..plain });
    assert_steps_close::<T>("rmsprop_maximize", RmsProp { maximize: true, ..plain });
    let all = RmsProp {
        lr: 0.02,
        alpha: 0.3,
        eps: 0.1,
        weight_decay: 0.1,
        momentum: 0.5,
        centered: true,
        maximize: true,
    };
    assert_steps_close::<T>("rmsprop_all", all);
}

fn adagrad_agrees<T: Precision>() {
    let plain = Adagrad::default();
    assert_steps_close::<T>("adagrad", plain);
    assert_steps_close::<T>("adagrad_lr_decay", Adagrad { lr: 0.1, lr_decay: 0.5, ..plain });
    let initial = Adagrad { initial_accumulator_value: 0.25, ..plain };
    assert_steps_close::<T>("adagrad_initial", initial);
    let all = Adagrad {
        lr: 0.1,
        lr_decay: 0.1,
        weight_decay: 0.1,
        initial_accumulator_value: 0.5,
        eps: 1e-3,
        maximize: true,
    };
    assert_steps_close::<T>("adagrad_all", all);
}

fn adadelta_agrees<T: Precision>() {
    assert_steps_close::<T>("adadelta", Adadelta::default());
    let all = Adadelta { lr: 0.5, rho: 0.8, eps: 1e-3, weight_decay: 0.1, maximize: true };
    assert_steps_close::<T>("adadelta_all", all);
}

fn nadam_agrees<T: Precision>() {
    let plain = NAdam::default();
    assert_steps_close::<T>("nadam", plain);
    let decay = NAdam { weight_decay: 0.1, momentum_decay: 0.2, ..plain };
    assert_steps_close::<T>("nadam_decay", decay);
    let decoupled = NAdam { lr: 0.1, weight_decay: 0.5, decoupled_weight_decay: true, ..plain };
    assert_steps_close::<T>("nadam_decoupled", decoupled);
    let all = NAdam {
        lr: 0.01,
        beta1: 0.4,
        beta2: 0.9,
        eps: 1e-3,
        weight_decay: 0.1,
        momentum_decay: 0.01,
        decoupled_weight_decay: true,
        maximize: true,
    };
    assert_steps_close::<T>("nadam_all", all);
}

fn radam_agrees<T: Precision>() {
    let plain = RAdam::default();
    assert_steps_close::<T>("radam", plain);
    assert_steps_close::<T>("radam_decay", RAdam { lr: 0.1, weight_decay: 0.1, ..plain });
    let decoupled = RAdam { lr: 0.1, weight_decay: 0.5, decoupled_weight_decay: true, ..plain };
    assert_steps_close::<T>("radam_decoupled", decoupled);
    let all = RAdam {
        lr: 0.01,
        beta1: 0.4,
        beta2: 0.9,
        eps: 1e-3,
        weight_decay: 0.1,
        decoupled_weight_decay: true,
        maximize: true,
    };
    assert_steps_close::<T>("radam_all", all);
    assert_steps_close::<T>("radam_never_rectified", RAdam { beta2: 0.5, ..plain });
}

fn lion_agrees<T: Precision>() {
    assert_steps_close::<T>("lion", Lion::default());
    let all = Lion { lr: 0.01, beta1: 0.5, beta2: 0.8, weight_decay: 0.5, maximize: true };
    assert_steps_close::<T>("lion_all", all);
}

#[test]
fn sgd_in_f64() {
    sgd_agrees::<f64>();
}

#[test]
fn sgd_in_f32() {
    sgd_agrees::<f32>();
}

#[test]
fn adam_in_f64() {
    adam_agrees::<f64>();
}

#[test]
fn adam_in_f32() {
    adam_agrees::<f32>();
}

#[test]
fn adamw_in_f64() {
    adamw_agrees::<f64>();
}

#[test]
fn adamw_in_f32() {
    adamw_agrees::<f32>();
}

#[test]
fn rmsprop_in_f64() {
    rmsprop_agrees::<f64>();
}

#[test]
fn rmsprop_in_f32() {
    rmsprop_agrees::<f32>();
}

#[test]
fn adagrad_in_f64() {
    adagrad_agrees::<f64>();
}

#[test]
fn adagrad_in_f32() {
    adagrad_agrees::<f32>();
}

#[test]
fn adadelta_in_f64() {
    adadelta_agrees::<f64>();
}

#[test]
fn adadelta_in_f32() {
    adadelta_agrees::<f32>();
}

#[test]
fn nadam_in_f64() {
    nadam_agrees::<f64>();
}

#[test]
fn nadam_in_f32() {
    nadam_agrees::<f32>();
}

#[test]
fn radam_in_f64() {
    radam_agrees::<f64>();
}

#[test]
fn radam_in_f32() {
    radam_agrees::<f32>();
}

#[test]
fn lion_in_f64() {
    lion_agrees::<f64>();
}

#[test]
fn lion_in_f32() {
    lion_agrees::<f32>();
}

#[test]
fn switched_settings_in_f64() {
    switched_settings_agree::<f64>();
}

#[test]
fn switched_settings_in_f32() {
    switched_settings_agree::<f32>();
}

#[test]
fn groups_in_f64() {
    groups_agree::<f64>();
}

#[test]
fn groups_in_f32() {
    groups_agree::<f32>();
}

#[test]
fn extremes_in_f64() {
    extremes_agree::<f64>();
}

#[test]
fn extremes_in_f32() {
    extremes_agree::<f32>();
}

#[test]
fn extremes_with_options_in_f64() {
    extremes_with_options_agree::<f64>();
}

#[test]
fn extremes_with_options_in_f32() {
    extremes_with_options_agree::<f32>();
}
