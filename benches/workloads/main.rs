//! The speed of every workload that `benches/compare` compares with other libraries: one call is
//! one forward pass, or one training step on data already in memory.
//!
//! ```sh
//! cargo bench                      # all of them, medians by criterion
//! cargo bench -- seed-step-64      # those whose name begins so
//! ```

// A benchmark target is a crate of its own, without users.
#![allow(missing_docs)]

mod peak;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rand::{Rng, RngExt};
use tapeless::nalgebra::Dyn;
use tapeless::prelude::*;

network! {
    Tiny<linear(4, 32); tanh; linear(32); tanh; linear(1)>

    Seed<linear(784, 128); relu; linear(64); sigmoid; linear(10)>

    Wide<linear(1024, 1024); relu; linear(1024); relu; linear(10)>

    Lenet<
        input(1, 28, 28);
        conv2d(6, 5); relu; max_pool2d(2);
        conv2d(16, 5); relu; max_pool2d(2);
        flatten; linear(120); relu; linear(84); relu; linear(10)
    >
}

/// The scalars of a batch, uniform in [0, 1).
fn uniform<const F: usize>(samples: usize, rng: &mut impl Rng) -> Samples<f32, Const<F>> {
    Samples::from_fn_generic(Const, Dyn(samples), |_, _| rng.random())
}

fn labels(samples: usize) -> Vec<u8> {
    (0..10).cycle().take(samples).collect()
}

/// One forward pass of one sample.
macro_rules! forward_one {
    ($criterion:expr, $name:literal, $network:ident, $inputs:literal) => {
        let mut rng = seed(0);
        let model = $network::new(&mut rng);
        let x = uniform::<$inputs>(1, &mut rng).column(0).clone_owned();
        $criterion.bench_function($name, |bencher| bencher.iter(|| model.forward(black_box(&x))));
    };
}

/// One training step: forward, loss, backward, update.
macro_rules! step {
    ($criterion:expr, $name:literal, $network:ident, $inputs:literal, $batch:literal, $loss:expr, $target:expr, $rule:expr) => {
        let mut rng = seed(0);
        let mut model = $network::new(&mut rng);
        let mut gradient = $network::zeros();
        let mut pass = $network::pass($batch);
        let mut optimizer = $rule.over(&model).expect("default settings");
        let x = uniform::<$inputs>($batch, &mut rng);
        let target = $target;
        $criterion.bench_function($name, |bencher| {
            bencher.iter(|| {
                let outputs = model.forward_batch(&x, &mut pass).expect("a batch that fits");
                let loss = outputs.loss($loss, &target).expect("a target that fits");
                let value = loss.value();
                loss.backward(&mut gradient);
                optimizer.step(&mut model, &gradient);
                value
            });
        });
    };
}

fn workloads(criterion: &mut Criterion) {
    let cross_entropy = CrossEntropy::default;
    let sgd = Sgd { lr: 0.01, ..Sgd::default() };
    forward_one!(criterion, "tiny-forward-1", Tiny, 4);
    step!(
        criterion,
        "tiny-step-32",
        Tiny,
        4,
        32,
        MeanSquaredError::default(),
        uniform::<1>(32, &mut seed(1)),
        Adam::default()
    );
    forward_one!(criterion, "seed-forward-1", Seed, 784);
    {
        let mut rng = seed(0);
        let model = Seed::new(&mut rng);
        let mut pass = Seed::pass(256);
        let x = uniform::<784>(256, &mut rng);
        criterion.bench_function("seed-forward-256", |bencher| {
            bencher.iter(|| {
                let outputs = model.evaluate(&x, &mut pass).expect("a batch that fits");
                black_box(outputs[(0, 0)])
            });
        });
    }
    step!(criterion, "seed-step-64", Seed, 784, 64, cross_entropy(), labels(64), sgd);
    step!(
        criterion,
        "seed-step-256",
        Seed,
        784,
        256,
        cross_entropy(),
        labels(256),
        Adam::default()
    );
    step!(
        criterion,
        "wide-step-128",
        Wide,
        1024,
        128,
        cross_entropy(),
        labels(128),
        Adam::default()
    );
    forward_one!(criterion, "lenet-forward-1", Lenet, 784);
    step!(criterion, "lenet-step-64", Lenet, 784, 64, cross_entropy(), labels(64), Adam::default());
}

criterion_group!(benches, peak::peak, workloads);
criterion_main!(benches);
