//! Gradients of small batches add up to that of a large one, and states are nobody's to add or scale.

use tapeless::prelude::*;

network! {
    Net< linear(3, 8); tanh; linear(4) >
    Normed< linear(3, 6); batch_norm1d; relu; linear(4) >
}

const SAMPLES: usize = 12;

fn data() -> Dataset<f64> {
    let features: Vec<_> =
        (0..SAMPLES * 3).map(|k| ((k * 37 + 11) % 101) as f64 / 50.0 - 1.0).collect();
    let labels: Vec<_> = (0..4u8).cycle().take(SAMPLES).collect();
    let data = Dataset::new().with_reals("x", 3, features).unwrap();
    data.with_integers("y", 1, labels).unwrap()
}

/// The sum of the gradients of batches of one size, each weighted by its part of all samples.
fn accumulated(model: &NetOf<f64>, size: usize) -> Box<NetOf<f64>> {
    let (mut sum, mut part) = (NetOf::zeros(), NetOf::zeros());
    let mut pass = NetOf::pass(size);
    for batch in data().batches(size) {
        let logits = model.forward_batch(batch.matrix("x").unwrap(), &mut pass).unwrap();
        let loss = logits.loss(CrossEntropy::default(), batch.integers("y").unwrap()).unwrap();
        loss.backward(&mut part);
        sum.add(&part, batch.len() as f64 / SAMPLES as f64);
    }
    sum
}

#[test]
fn small_batches_add_up_to_a_large_one() {
    let model = NetOf::<f64>::new(&mut seed(1));
    let at_once = accumulated(&model, SAMPLES);
    for size in [1, 4, 5] {
        let mut difference = accumulated(&model, size);
        difference.add(&at_once, -1.0);
        assert!(difference.norm() < 1e-15 * at_once.norm().max(1.0), "batches of {size}");
    }
}

#[test]
fn states_are_not_touched() {
    let mut gradient = Normed::zeros();
    gradient.as_mut_slice().fill(3.0);
    gradient.states_mut().fill(7.0);
    let other = gradient.to_box();
    gradient.add(&other, 2.0);
    gradient.scale(0.5);
    let count = gradient.as_slice().len() as f64;
    let norm = gradient.norm();
    assert!((norm - 4.5 * count.sqrt()).abs() < 1e-12);
    assert_eq!(gradient.clip_norm(1.0), norm);
    gradient.clip_value(0.01);
    assert!(gradient.as_slice().iter().all(|&g| g == 0.01));
    assert!(gradient.states().iter().all(|&state| state == 7.0));
}

#[test]
fn what_is_no_number_is_told_by_the_norm() {
    let mut gradient = Net::zeros();
    gradient.as_mut_slice().fill(1.0);
    gradient.as_mut_slice()[5] = f32::INFINITY;
    assert_eq!(gradient.clip_norm(1.0), f64::INFINITY);
    assert!(gradient.as_slice()[5].is_nan() && gradient.as_slice()[4] == 0.0);
    assert!(gradient.clip_norm(1.0).is_nan() && gradient.as_slice()[4].is_nan());
}
