//! The speed of every workload that `benches/compare` compares with other libraries: one call is
//! one forward pass, or one training step on data already in memory.
//!
//! ```sh
//! cargo bench                      # all of them, medians by criterion
//! cargo bench -- seed-step-64      # those whose name begins so
//! cargo bench -- f64               # training steps in f64
//! ```
//!
//! They run on as many threads as the processor offers; `taskset -c 0 cargo bench` takes one core.

// A benchmark target is a crate of its own, without users.
#![allow(missing_docs)]

mod peak;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rand::{Rng, RngExt};
use tapeless::nalgebra::Dyn;
use tapeless::prelude::*;
use tapeless::real::Real;

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
fn uniform<T: Real, const F: usize>(samples: usize, rng: &mut impl Rng) -> Samples<T, Const<F>> {
    Samples::from_fn_generic(Const, Dyn(samples), |_, _| T::of(rng.random()))
}

fn labels(samples: usize) -> Vec<u8> {
    (0..10).cycle().take(samples).collect()
}

/// One forward pass of one sample.
macro_rules! forward_one {
    ($criterion:expr, $name:literal, $network:ident, $inputs:literal) => {
        let mut rng = seed(0);
        let model = $network::new(&mut rng);
        let x = uniform::<f32, $inputs>(1, &mut rng).column(0).clone_owned();
        $criterion.bench_function($name, |bencher| bencher.iter(|| model.forward(black_box(&x))));
    };
}

/// One training step: forward, loss, backward, update.
macro_rules! step {
    ($criterion:expr, $name:expr, $network:ty, $inputs:literal, $batch:literal, $loss:expr, $target:expr, $rule:expr) => {
        let mut rng = seed(0);
        let mut model = <$network>::new(&mut rng);
        let mut gradient = <$network>::zeros();
        let mut pass = <$network>::pass($batch);
        let mut optimizer = $rule.over(&model).expect("default settings");
        let x = uniform::<_, $inputs>($batch, &mut rng);
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

fn forwards(criterion: &mut Criterion) {
    forward_one!(criterion, "tiny-forward-1", Tiny, 4);
    forward_one!(criterion, "seed-forward-1", Seed, 784);
    forward_one!(criterion, "lenet-forward-1", Lenet, 784);
    let mut rng = seed(0);
    let model = Seed::new(&mut rng);
    let mut pass = Seed::pass(256);
    let x = uniform::<_, 784>(256, &mut rng);
    criterion.bench_function("seed-forward-256", |bencher| {
        bencher.iter(|| {
            let outputs = model.evaluate(&x, &mut pass).expect("a batch that fits");
            black_box(outputs[(0, 0)])
        });
    });
}

/// The training steps in one type of numbers.
fn steps<T: Real>(criterion: &mut Criterion, prefix: &str) {
    let name = |name: &str| format!("{prefix}{name}");
    let entropy = CrossEntropy::default;
    let (sgd, adam) = (Sgd { lr: 0.01, ..Sgd::default() }, Adam::default());
    let targets = uniform::<T, 1>(32, &mut seed(1));
    let error = MeanSquaredError::default();
    step!(criterion, &name("tiny-step-32"), TinyOf<T>, 4, 32, error, targets, adam);
    step!(criterion, &name("seed-step-64"), SeedOf<T>, 784, 64, entropy(), labels(64), sgd);
    step!(criterion, &name("seed-step-256"), SeedOf<T>, 784, 256, entropy(), labels(256), adam);
    step!(criterion, &name("wide-step-128"), WideOf<T>, 1024, 128, entropy(), labels(128), adam);
    step!(criterion, &name("lenet-step-64"), LenetOf<T>, 784, 64, entropy(), labels(64), adam);
}

fn workloads(criterion: &mut Criterion) {
    forwards(criterion);
    steps::<f32>(criterion, "");
    steps::<f64>(criterion, "f64-");
}

criterion_group!(benches, peak::peak, workloads);
criterion_main!(benches);
