//! Random optimizers: the parameters after each of ten steps are what the equations say.

use tapeless::optimizer::Rule;
use tapeless::prelude::*;

use crate::pytorch::{Tolerance, formula};

const SALT_OF_PARAMETERS: u32 = 1;
const SALTS_OF_GRADIENT: std::ops::Range<u32> = 100..110;
const EXPECTED: &str = include_str!("optimizers.txt");

/// Compares one with its row, in which each parameter has all its steps.
fn assert_steps<N: Network<Scalar: Tolerance>>(rule: impl Rule, name: &str, row: &str) {
    let (mut model, mut gradient) = (N::zeros(), N::zeros());
    let fill = |numbers: &mut [N::Scalar], salt| {
        for (number, value) in numbers.iter_mut().zip(formula(salt, 2.0)) {
            *number = real(value);
        }
    };
    fill(model.as_mut_slice(), SALT_OF_PARAMETERS);
    let mut optimizer = rule.over(&model).unwrap();
    let expected: Vec<f64> = row.split(' ').map(|text| text.parse().expect("a number")).collect();
    for (step, salt) in SALTS_OF_GRADIENT.enumerate() {
        fill(gradient.as_mut_slice(), salt);
        optimizer.step(&mut model, &gradient);
        let expected = expected.iter().skip(step).step_by(SALTS_OF_GRADIENT.len());
        for (found, expected) in model.as_slice().iter().zip(expected) {
            let error = (to_f64(*found) - expected).abs();
            let permitted = N::Scalar::OF_PYTORCH * (1.0 + expected.abs());
            assert!(error <= permitted, "{name}, step {step}: {found} is not {expected}");
        }
    }
}

fn real<T: Tolerance>(number: f64) -> T {
    T::of(number)
}

fn to_f64<T: Tolerance>(number: T) -> f64 {
    number.to_f64()
}

macro_rules! compare_optimizers {
    ($($rule:ident { $($setting:ident: $value:expr),* })*) => {
        pub fn compare_optimizers<T: super::Tolerance>() {
            let mut rows = super::EXPECTED.lines();
            $(
                let rule = $rule { $($setting: $value),* };
                let row = rows.next().expect("a row");
                super::assert_steps::<EightOf<T>>(rule, stringify!($rule), row);
            )*
            assert_eq!(rows.next(), None);
        }
    };
}

#[path = "optimizers.rs"]
mod recorded;

#[test]
fn random_optimizers_move_as_their_equations_say() {
    recorded::compare_optimizers::<f64>();
}

#[test]
fn random_optimizers_of_f32_move_as_their_equations_say() {
    recorded::compare_optimizers::<f32>();
}
