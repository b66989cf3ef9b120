//! Gradients after clipping, and the norm before.

use tapeless::parameters::{Gradient, Parameters};

use crate::compare::{Precision, assert_close};
use crate::formula::{GRADIENT, fill};

tapeless::network! {
    /// Eight parameters.
    Eight< linear(3, 2) >
}

fn gradient<T: Precision>() -> Box<EightOf<T>> {
    let mut gradient = EightOf::zeros();
    fill(gradient.as_mut_slice(), GRADIENT, 2.0);
    gradient
}

fn clipping_agrees<T: Precision>() {
    for (name, max) in [("norm", 0.5), ("norm_of_shorter", 50.0)] {
        let mut gradient = gradient::<T>();
        let norm = gradient.clip_norm(max);
        let found = [&[T::of(norm)], gradient.as_slice()].concat();
        assert_close(&format!("clip.{name}"), &found);
    }
    let mut gradient = gradient::<T>();
    gradient.clip_value(0.25);
    assert_close("clip.value", gradient.as_slice());
}

#[test]
fn clipping_in_f64() {
    clipping_agrees::<f64>();
}

#[test]
fn clipping_in_f32() {
    clipping_agrees::<f32>();
}
