//! Small problems that only a network that learns can solve, the trainer, and metrics.

#[path = "training/metrics.rs"]
mod metrics;
#[path = "training/trainer.rs"]
mod trainer;

use nalgebra::{Const, SVector};
use tapeless::prelude::*;

network! {
    Xor< linear(2, 8); tanh; linear(1); sigmoid >
    Spirals< linear(2, 32); tanh; linear(32); tanh; linear(2) >
}

#[test]
fn xor_is_learnt() {
    for number in 0..5 {
        let mut model = Xor::new(&mut seed(number));
        let mut gradient = Xor::zeros();
        let mut pass = Xor::pass(4);
        let mut sgd = Sgd { lr: 0.5, momentum: 0.9, ..Sgd::default() }.over(&model).unwrap();
        let inputs = Samples::<f32, Const<2>>::from_vec(vec![0., 0., 0., 1., 1., 0., 1., 1.]);
        let targets = Samples::<f32, Const<1>>::from_vec(vec![0., 1., 1., 0.]);
        for _ in 0..2000 {
            let outputs = model.forward_batch(&inputs, &mut pass).unwrap();
            outputs.loss(MeanSquaredError::default(), &targets).unwrap().backward(&mut gradient);
            sgd.step(&mut model, &gradient);
        }
        for (sample, target) in inputs.column_iter().zip(&targets) {
            let y = model.forward(&sample.into_owned())[0];
            assert!((y - target).abs() < 0.1, "seed {number}: {sample} gives {y}");
        }
    }
}

/// Two spirals of one and a half turns, one the other's mirror image.
fn spirals(count: usize) -> Dataset {
    let mut features = Vec::new();
    let mut labels = Vec::new();
    for k in 0..count {
        let along = k as f32 / count as f32;
        let (sine, cosine) = (along * 1.5 * std::f32::consts::TAU).sin_cos();
        let radius = 0.1 + along;
        for (label, sign) in [(0u8, 1.0), (1, -1.0)] {
            features.extend([sign * radius * cosine, sign * radius * sine]);
            labels.push(label);
        }
    }
    let data = Dataset::new().with_reals("point", 2, features).unwrap();
    data.with_labels("spiral", ["one", "other"], labels).unwrap()
}

#[test]
fn two_spirals_are_told_apart() {
    let mut rng = seed(3);
    let mut train = spirals(150);
    let mut model = Spirals::new(&mut rng);
    let mut gradient = Spirals::zeros();
    let mut pass = Spirals::pass(30);
    let mut adam = Adam { lr: 1e-2, ..Adam::default() }.over(&model).unwrap();
    for _ in 0..400 {
        train.shuffle(&mut rng);
        for batch in train.batches(30) {
            let logits = model.forward_batch(batch.matrix("point").unwrap(), &mut pass).unwrap();
            let labels = batch.integers("spiral").unwrap();
            logits.loss(CrossEntropy::default(), labels).unwrap().backward(&mut gradient);
            adam.step(&mut model, &gradient);
        }
    }
    let points = train.all().matrix("point").unwrap();
    let points = points.column_iter().map(SVector::<f32, 2>::from);
    let all = points.zip(train.all().integers("spiral").unwrap());
    let right = all.filter(|(x, label)| model.forward(x).imax() == **label as usize);
    assert!(right.count() * 100 >= train.len() * 99);
}
