//! Means and deviations: learnt, applied, undone, kept as text.

use tapeless::data::{Standardisation, StandardisationError};
use tapeless::prelude::*;

fn data(shape: usize, reals: &[f64]) -> Dataset<f64> {
    Dataset::new().with_reals("x", shape, reals).unwrap()
}

#[test]
fn standardised_features_have_mean_0_and_deviation_1() {
    let reals: Vec<f64> =
        (0..300).map(|k| (k * k % 101) as f64 * [1.0, 1e-3, 1e6][k % 3]).collect();
    let mut data = data(3, &reals);
    let before = data.clone();
    let scale = Standardisation::of(&data, "x").unwrap();
    scale.apply(&mut data, "x").unwrap();
    let again = Standardisation::of(&data, "x").unwrap();
    assert!(again.mean().iter().all(|mean| mean.abs() < 1e-14));
    assert!(again.deviation().iter().all(|deviation| (deviation - 1.0).abs() < 1e-14));
    for (sample, expected) in
        data.all().reals("x").unwrap().chunks(3).zip(before.all().reals("x").unwrap().chunks(3))
    {
        let mut sample = sample.to_vec();
        scale.undo(&mut sample).unwrap();
        for (value, expected) in sample.iter_mut().zip(expected) {
            assert!((*value - expected).abs() <= 1e-9 * expected.abs().max(1e-3));
        }
    }
}

#[test]
fn channels_have_a_mean_each() {
    // Two channels of two pixels.
    let mut data = data(4, &[1.0, 3.0, 10.0, 30.0, 5.0, 7.0, 50.0, 70.0]);
    let scale = Standardisation::of_parts(&data, "x", 2).unwrap();
    assert_eq!(scale.mean(), [4.0, 40.0]);
    assert_eq!(scale.deviation(), [5f64.sqrt(), 500f64.sqrt()]);
    let mut sample = [4.0, 4.0, 40.0, 40.0f64];
    scale.standardise(&mut sample).unwrap();
    assert_eq!(sample, [0.0; 4]);
    let whole = Standardisation::of_parts(&data, "x", 1).unwrap();
    assert_eq!(whole.mean(), [22.0]);
    Standardisation::new([1.0], [2.0]).unwrap().apply(&mut data, "x").unwrap();
    assert_eq!(data.all().reals("x").unwrap()[..2], [0.0, 1.0]);
}

#[test]
fn what_never_changes_has_a_deviation_of_1() {
    let scale = Standardisation::of(&data(2, &[5.0, 1.0, 5.0, 2.0]), "x").unwrap();
    assert_eq!(scale.deviation()[0], 1.0);
    // Below the least f32 above 0 once squared, and above it itself.
    let tiny = Dataset::<f32>::new().with_reals("x", 1, [0.0, 1e-44]).unwrap();
    let scale = Standardisation::of(&tiny, "x").unwrap();
    let mut tiny = tiny;
    scale.apply(&mut tiny, "x").unwrap();
    assert!(tiny.all().reals("x").unwrap().iter().all(|x| x.is_finite()));
}

#[test]
fn text_keeps_every_digit() {
    let scale = Standardisation::new([0.1, -1e300, 1.0 / 3.0], [5e-324, 2.0, 1e-9]).unwrap();
    assert_eq!(scale.to_string().parse::<Standardisation>().unwrap(), scale);
    let windows = scale.to_string().replace('\n', "\r\n");
    assert_eq!(windows.parse::<Standardisation>().unwrap(), scale);
}

#[test]
fn every_complaint() {
    let parse = |text: &str| text.parse::<Standardisation>().unwrap_err().to_string();
    assert_eq!(parse(""), "line 1: expected mean,deviation, found ``");
    assert_eq!(parse("mean\n"), "line 1: expected mean,deviation, found `mean`");
    assert_eq!(parse("mean,deviation\n1,2\n3\n"), "line 3: expected two numbers, found `3`");
    assert_eq!(parse("mean,deviation\n1,x\n"), "line 2: expected two numbers, found `1,x`");
    assert_eq!(
        parse("mean,deviation\n"),
        "expected as many means as deviations, at least one, found 0 and 0"
    );
    assert_eq!(
        parse("mean,deviation\n1,NaN\n"),
        "feature 0: expected a finite mean and a deviation above 0, found 1 and NaN"
    );
    for deviation in [0.0, -1.0, f64::INFINITY] {
        let error = Standardisation::new([0.0, 1.0], [1.0, deviation]).unwrap_err();
        assert_eq!(error, StandardisationError::Value { feature: 1, mean: 1.0, deviation });
    }
    assert!(Standardisation::new([1.0], [1.0, 2.0]).is_err());

    let scale = Standardisation::new([1.0, 2.0], [1.0, 2.0]).unwrap();
    for found in [0, 1, 3] {
        let error = scale.standardise(&mut vec![0.0f32; found]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("expected a multiple of 2 numbers in the sample, found {found}")
        );
        assert_eq!(scale.undo(&mut vec![0.0f32; found]).unwrap_err(), error);
    }
    let message = |data: &Dataset<f64>, parts| {
        Standardisation::of_parts(data, "x", parts).unwrap_err().to_string()
    };
    assert_eq!(
        message(&data(3, &[0.0; 6]), 2),
        "column `x`: expected parts that divide its 3 numbers, found 2"
    );
    assert_eq!(
        message(&data(3, &[0.0; 6]), 0),
        "column `x`: expected parts that divide its 3 numbers, found 0"
    );
    assert_eq!(message(&data(3, &[]), 3), "column `x`: expected at least one sample, found none");
    assert_eq!(
        message(&data(1, &[0.0, 1.0, f64::NAN]), 1),
        "column `x`, sample 2: expected finite numbers, found NaN"
    );
    assert_eq!(
        scale.apply(&mut data(3, &[0.0; 6]), "x").unwrap_err().to_string(),
        "column `x`: expected parts that divide its 3 numbers, found 2"
    );
    assert_eq!(
        Standardisation::of(&data(1, &[0.0]), "z").unwrap_err().to_string(),
        "there is no column `z`; there are `x`"
    );
    let labels = Dataset::<f32>::new().with_integers("y", 1, [1u8]).unwrap();
    assert_eq!(
        Standardisation::of(&labels, "y").unwrap_err().to_string(),
        "column `y`: expected real numbers, found integers"
    );
}
