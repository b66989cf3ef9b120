//! Random losses of several outputs: fast against plain loops, and both against PyTorch.

use tapeless::prelude::*;
use tapeless::real::Real;

use crate::pytorch::{
    BATCHES, DIRECTIONS, INPUTS, Tolerance, filled, formula, integers, reals, to_f64,
};
use crate::view;

/// Salts of the targets, in the order of losses.py, and of the setting.
const TARGETS: [(&str, u32); 6] =
    [("tag", 30), ("label", 31), ("mask", 32), ("r", 33), ("t", 34), ("weight", 35)];
const SETTING: u32 = 40;
const EXPECTED: &str = include_str!("losses.txt");

fn salt(target: &str) -> u32 {
    TARGETS.iter().find(|(name, _)| *name == target).expect("a target").1
}

fn positives<T: Tolerance>(count: usize, salt: u32) -> Vec<T> {
    formula(salt, 2.0).take(count).map(|number| T::of(number.abs() + 0.5)).collect()
}

/// The value, which is one number, and projections of the gradient.
fn assert_recorded<T: Tolerance>(name: &str, batch: usize, value: f64, gradient: &[f64]) {
    let key = format!("{} {batch} ", name.replace("Random", "random"));
    let row = EXPECTED.lines().find_map(|line| line.strip_prefix(&*key)).expect("a row");
    let words: Vec<[f64; 2]> = row.split(' ').map(pair).collect();
    let projections = DIRECTIONS
        .map(|salt| gradient.iter().zip(formula(salt, 1.0)).map(|(a, b)| a * b).sum::<f64>());
    // Between them are those of the gradients on the outputs.
    let expected = words[..1].iter().chain(&words[words.len() - DIRECTIONS.len()..]);
    for (found, [expected, scale]) in std::iter::once(value).chain(projections).zip(expected) {
        let error = (found - expected).abs();
        assert!(error <= T::OF_PYTORCH * scale, "{key}: {found} is not {expected}");
    }
}

fn pair(word: &str) -> [f64; 2] {
    let (number, scale) = word.split_once('~').expect("two numbers");
    [number, scale].map(|text| text.parse().expect("a number"))
}

fn assert_same<T: Tolerance>(name: &str, found: &[f64], expected: &[f64]) {
    let largest = expected.iter().fold(1.0f64, |most, one| most.max(one.abs()));
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(error <= T::OF_LOOPS * largest, "{name}: {found} is not {expected}");
    }
}

macro_rules! target {
    ($name:ident $batch:ident classes $below:literal $width:literal) => {
        integers($width * $batch, $below, salt(stringify!($name)))
    };
    ($name:ident $batch:ident reals $width:literal) => {
        reals::<T>($width * $batch, salt(stringify!($name)))
    };
    ($name:ident $batch:ident positives $width:literal) => {
        positives::<T>($width * $batch, salt(stringify!($name)))
    };
}

macro_rules! setting {
    (number $number:literal) => {
        $number
    };
    (slice) => {
        &formula(SETTING, 2.0).take(5).collect::<Vec<_>>()
    };
}

/// The value, then the gradient.
macro_rules! evaluated {
    ($module:ident $loss:ident { $($setting:ident: $kind:ident $($number:literal)?),* }
        $targets:ident { $($target:ident: $numbers:ident $($size:literal)*),* } $batch:ident) => {{
        use $module::{$loss, $targets, LossyOf};
        let (model, x) = (filled::<LossyOf<T>>(), reals::<T>(3 * $batch, INPUTS));
        let (mut pass, mut gradient) = (LossyOf::<T>::pass($batch), LossyOf::<T>::zeros());
        $(let $target = target!($target $batch $numbers $($size)*);)*
        let targets = $targets { $($target: &$target[..]),* };
        let outputs = model.forward_batch(view::<T, Const<3>>(&x), &mut pass).unwrap();
        let loss = $loss { $($setting: setting!($kind $($number)?)),* };
        let value = outputs.loss(loss, &targets).unwrap();
        let number = Real::to_f64(value.value());
        value.backward(&mut gradient);
        let gradient = to_f64(gradient.as_slice().iter().copied());
        std::iter::once(number).chain(gradient).collect::<Vec<f64>>()
    }};
}

/// Compares the losses in both modules, and with PyTorch.
macro_rules! compare_losses {
    ($($loss:ident { $($settings:tt)* } $targets:ident { $($given:tt)* })*) => {
        pub fn compare_losses<T: super::Tolerance>() {
            use super::*;
            $(
                for batch in BATCHES {
                    let fast = evaluated!(fast $loss { $($settings)* } $targets { $($given)* } batch);
                    let plain =
                        evaluated!(plain $loss { $($settings)* } $targets { $($given)* } batch);
                    assert_same::<T>(stringify!($loss), &fast, &plain);
                    assert_recorded::<T>(stringify!($loss), batch, fast[0], &fast[1..]);
                }
            )*
        }
    };
}

#[path = "losses.rs"]
mod recorded;

#[test]
fn random_losses_are_what_pytorch_says() {
    recorded::compare_losses::<f64>();
}

#[test]
fn random_losses_of_f32_are_what_pytorch_says() {
    recorded::compare_losses::<f32>();
}
