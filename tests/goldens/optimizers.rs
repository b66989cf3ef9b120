//! Optimizers: the parameters after each of ten steps along given gradients.

use tapeless::optimizer::{Adam, AdamW, Rule, Sgd};
use tapeless::parameters::Parameters;

use crate::compare::{Precision, assert_close};
use crate::formula::{GRADIENT, PARAMETERS, fill};

const STEPS: usize = 10;

tapeless::network! {
    /// Eight parameters.
    Eight< linear(3, 2) >
}

fn assert_steps_close<T: Precision>(name: &str, rule: impl Rule) {
    let (mut network, mut gradient) = (EightOf::<T>::zeros(), EightOf::<T>::zeros());
    fill(network.as_mut_slice(), PARAMETERS, 2.0);
    let mut optimizer = rule.over(&network).unwrap();
    let mut trace = Vec::new();
    for salt in (GRADIENT..).take(STEPS) {
        fill(gradient.as_mut_slice(), salt, 2.0);
        optimizer.step(&mut network, &gradient);
        trace.extend_from_slice(network.as_slice());
    }
    assert_close(&format!("optimizer.{name}"), &trace);
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
}

fn adam_agrees<T: Precision>() {
    let settings = Adam { lr: 0.01, betas: (0.8, 0.95), eps: 1e-3, ..Adam::default() };
    assert_steps_close::<T>("adam", Adam::default());
    assert_steps_close::<T>("adam_decay", Adam { weight_decay: 0.01, ..Adam::default() });
    assert_steps_close::<T>("adam_settings", settings);
}

fn adamw_agrees<T: Precision>() {
    let settings = AdamW { lr: 0.1, weight_decay: 0.5, ..AdamW::default() };
    assert_steps_close::<T>("adamw", AdamW::default());
    assert_steps_close::<T>("adamw_settings", settings);
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
