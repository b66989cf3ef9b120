//! Batches of sizes that only the running program knows: each that does not fit is an error that names the
//! network, what is expected and what there is.

use nalgebra::{DMatrix, DVector, U3};
use tapeless::loss::{Classes, Loss, LossError};
use tapeless::pass::BatchError;
use tapeless::prelude::*;

network! {
    Net< linear(3, 4); tanh; linear(2) >
}

fn numbers(rows: usize, columns: usize) -> DMatrix<f32> {
    DMatrix::from_fn(rows, columns, |i, j| (3 * j + i) as f32 / 10.0)
}

fn rows(what: &'static str, expected: usize, found: usize) -> BatchError {
    BatchError::Rows { what, network: "NetOf<f32>", expected, found }
}

#[test]
fn matrices_of_any_kind_are_batches() {
    let (model, mut pass) = (Net::new(&mut seed(0)), Net::pass(4));
    let mut inputs = numbers(3, 4);
    let expected = model.evaluate(&inputs, &mut pass).unwrap().clone_owned();
    let typed = Samples::<f32, U3>::from_iterator(4, inputs.iter().copied());
    macro_rules! check {
        ($inputs:expr, $first:literal, $count:literal) => {
            // What the argument borrows from lives as long as the match.
            match $inputs {
                inputs => {
                    let outputs = model.forward_batch(inputs, &mut pass).unwrap();
                    let error = outputs.values() - expected.columns($first, $count);
                    assert!(error.iter().all(|error| error.abs() < 1e-6));
                }
            }
        };
    }
    check!(&typed, 0, 4);
    check!(typed.as_view(), 0, 4);
    check!(&inputs, 0, 4);
    check!(&inputs.columns(1, 2), 1, 2);
    check!(&inputs.fixed_columns::<2>(2), 2, 2);
    check!(&inputs.column(3), 3, 1);
    check!(&SVector::<f32, 3>::from_iterator(inputs.column(1).iter().copied()), 1, 1);
    check!(&DVector::from_iterator(3, inputs.column(2).iter().copied()), 2, 1);
    check!(&DMatrix::zeros(3, 0), 0, 0);
    check!(&mut inputs, 0, 4);
}

#[test]
fn inputs_with_other_rows_are_refused() {
    let (model, mut pass) = (Net::new(&mut seed(0)), Net::pass(8));
    for found in [0, 1, 2, 4, 6] {
        for columns in [0, 1, 2] {
            let inputs = numbers(found, columns);
            let error = model.forward_batch(&inputs, &mut pass).unwrap_err();
            assert_eq!(error, rows("inputs", 3, found));
            assert_eq!(model.evaluate(&inputs, &mut pass).unwrap_err(), error);
        }
    }
    let error = model.forward_batch(&DVector::zeros(5), &mut pass).unwrap_err();
    let expected = "inputs of `NetOf<f32>`: expected 3 rows, a column a sample, found 5";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn views_with_numbers_between_their_own_are_refused() {
    let (model, mut pass) = (Net::new(&mut seed(0)), Net::pass(8));
    let wide = numbers(7, 4);
    let (expected, network) = ((1, 3), "NetOf<f32>");
    let strides = |found| BatchError::Strides { what: "inputs", network, expected, found };
    let error = model.forward_batch(&wide.rows(0, 3), &mut pass).unwrap_err();
    assert_eq!(error, strides((1, 7)));
    let error = model.forward_batch(&wide.view((1, 2), (3, 1)), &mut pass).unwrap_err();
    assert_eq!(error, strides((1, 7)));
    let error = model.forward_batch(&wide.rows_with_step(0, 3, 1), &mut pass).unwrap_err();
    assert_eq!(error, strides((2, 7)));
    assert!(model.evaluate(&wide.rows(0, 3).clone_owned(), &mut pass).is_ok());
}

#[test]
fn output_gradients_with_other_rows_are_refused() {
    let (model, mut gradient) = (Net::new(&mut seed(0)), Net::zeros());
    let mut pass = Net::pass(4);
    let inputs = numbers(3, 4);
    for found in [0, 1, 3] {
        let outputs = model.forward_batch(&inputs, &mut pass).unwrap();
        let error = outputs.backward(&numbers(found, 4), &mut gradient).unwrap_err();
        assert_eq!(error, rows("output gradient", 2, found));
    }
}

#[test]
fn targets_of_another_shape_are_refused() {
    let (model, mut pass) = (Net::new(&mut seed(0)), Net::pass(4));
    let inputs = numbers(3, 4);
    for (target, expected) in [
        (numbers(3, 4), LossError::Features { expected: 2, found: 3 }),
        (numbers(0, 4), LossError::Features { expected: 2, found: 0 }),
        (numbers(2, 3), LossError::Samples { expected: 4, found: 3 }),
    ] {
        let outputs = model.forward_batch(&inputs, &mut pass).unwrap();
        assert_eq!(outputs.loss(MeanSquaredError::default(), &target).unwrap_err(), expected);
        let outputs = model.forward_batch(&inputs, &mut pass).unwrap();
        assert_eq!(outputs.loss(CrossEntropy::default(), &target).unwrap_err(), expected);
    }
}

#[test]
fn losses_refuse_slices_of_other_lengths() {
    let evaluate = |outputs: usize, features: usize, gradients: usize| {
        let (outputs, mut gradient) = (vec![0.0f32; outputs], vec![0.0; gradients]);
        let labels = [0u8; 2][..].to_vec();
        let loss = CrossEntropy::default();
        Loss::<f32, _, Classes>::evaluate(&loss, &outputs, features, &labels, &mut gradient)
    };
    assert!(evaluate(6, 3, 6).is_ok());
    for (outputs, features, gradients) in [(6, 0, 6), (6, 4, 6), (6, 3, 5), (6, 3, 0), (5, 3, 5)] {
        let error = evaluate(outputs, features, gradients).unwrap_err();
        assert_eq!(error, LossError::Lengths { features, outputs, gradients });
    }
}
