//! The speed of every workload that `benches/compare` compares with other libraries: one call is
//! one forward pass, or one training step on data already in memory.
//!
//! ```sh
//! cargo bench                      # all of them, medians by criterion
//! cargo bench -- seed-step-64      # those whose name begins so
//! cargo bench -- f64               # training steps in f64
//! ```
//!
//! `LEVEL=avx2` in the environment leaves the wider registers of a processor with AVX-512 unused.
//! They run on as many threads as the processor offers; `taskset -c 0 cargo bench` takes one core.

// A benchmark target is a crate of its own, without users.
#![allow(missing_docs)]

mod equations;
mod networks;
mod peak;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use equations::{Bilinear, Flow, Fourier, Graph, RadialBasis, Spline, SqueezeExcite};
use networks::{
    Auto, Bellman, BellmanTargets, Burgers, BurgersInputs, Dqn, Dscnn, Embed, Equation, Former,
    Gru, Lenet, LenetOf, Lstm, Mobilenet, NextCharacter, Resnet, Seed, SeedOf, SimpleOf, Text,
    Tiny, TinyOf, WideOf,
};
use nncore::simd::{Level, with_level};
use rand::{Rng, RngExt};
use tapeless::nalgebra::Dyn;
use tapeless::prelude::*;
use tapeless::real::Real;

/// The scalars of a batch, uniform in [0, 1).
fn uniform<T: Real, const F: usize>(samples: usize, rng: &mut impl Rng) -> Samples<T, Const<F>> {
    Samples::from_fn_generic(Const, Dyn(samples), |_, _| T::of(rng.random()))
}

fn labels(samples: usize) -> Vec<u8> {
    (0..10).cycle().take(samples).collect()
}

/// Labels of two classes.
fn one_of_two(samples: usize) -> Vec<u8> {
    (0..2).cycle().take(samples).collect()
}

/// Sequences of 64 tokens, uniform.
fn tokens(samples: usize, vocabulary: u32) -> Vec<u32> {
    let mut rng = seed(2);
    (0..64 * samples).map(|_| rng.random_range(0..vocabulary)).collect()
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

/// The inputs of a batch of a network, uniform in [0, 1).
fn batch<T: Real, const F: usize>(samples: usize) -> Samples<T, Const<F>> {
    uniform(samples, &mut seed(0))
}

/// One training step: forward, loss, backward, update.
macro_rules! step {
    ($criterion:expr, $name:expr, $network:ty, $x:expr, $batch:literal, $loss:expr, $target:expr, $rule:expr) => {
        let mut rng = seed(0);
        let mut model = <$network>::new(&mut rng);
        let mut gradient = <$network>::zeros();
        let mut pass = <$network>::pass($batch);
        let mut optimizer = $rule.over(&model).expect("default settings");
        let (x, target) = ($x, $target);
        $criterion.bench_function($name, |bencher| {
            bencher.iter(|| {
                let outputs = model.forward_batch(x, &mut pass).expect("a batch that fits");
                let loss = outputs.loss($loss, &target).expect("a target that fits");
                let value = loss.value();
                loss.backward(&mut gradient);
                optimizer.step(&mut model, &gradient);
                value
            });
        });
    };
}

/// A step of a classifier: cross-entropy and Adam.
macro_rules! classify {
    ($criterion:expr, $name:expr, $network:ty, $x:expr, $batch:literal) => {
        let (entropy, adam) = (CrossEntropy::default, Adam::default());
        step!($criterion, $name, $network, $x, $batch, entropy(), labels($batch), adam);
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

/// What is recurrent, residual, separable, attends or embeds.
fn structured(criterion: &mut Criterion) {
    forward_one!(criterion, "gru-forward-1", Gru, 1600);
    forward_one!(criterion, "lstm-forward-1", Lstm, 1600);
    forward_one!(criterion, "dscnn-forward-1", Dscnn, 490);
    forward_one!(criterion, "resnet8-forward-1", Resnet, 3072);
    forward_one!(criterion, "former-forward-1", Former, 4096);
    forward_one!(criterion, "auto-forward-1", Auto, 640);
    let model = Embed::new(&mut seed(0));
    let x: [u32; 64] = tokens(1, 1000).try_into().expect("64 tokens");
    criterion.bench_function("embed-forward-1", |bencher| {
        bencher.iter(|| model.forward(black_box(&x)).expect("integers below 1000"));
    });
    classify!(criterion, "gru-step-32", Gru, &batch::<_, 1600>(32), 32);
    classify!(criterion, "lstm-step-32", Lstm, &batch::<_, 1600>(32), 32);
    classify!(criterion, "dscnn-step-32", Dscnn, &batch::<_, 490>(32), 32);
    classify!(criterion, "resnet8-step-32", Resnet, &batch::<_, 3072>(32), 32);
    classify!(criterion, "former-step-16", Former, &batch::<_, 4096>(16), 16);
    classify!(criterion, "embed-step-32", Embed, &tokens(32, 1000)[..], 32);
    let (error, adam) = (MeanSquaredError::default, Adam::default());
    let (x, y) = (&batch::<_, 640>(64), batch::<_, 640>(64));
    step!(criterion, "auto-step-64", Auto, x, 64, error(), y, adam);
}

/// What others train: images on a small device, text, games, an equation of physics, and a network so small
/// that all but the arithmetic must be free.
fn applied(criterion: &mut Criterion) {
    let adam = Adam::default();
    forward_one!(criterion, "mobilenet-forward-1", Mobilenet, 27648);
    let (x, entropy) = (&batch::<_, 27648>(8), CrossEntropy::default);
    step!(criterion, "mobilenet-step-8", Mobilenet, x, 8, entropy(), one_of_two(8), adam);
    let (text, next) = (tokens(12, 65), tokens(12, 65));
    let loss = NextCharacter::default;
    step!(criterion, "text-step-12", Text, &text[..], 12, loss(), next, adam);
    forward_one!(criterion, "dqn-forward-1", Dqn, 4);
    let (action, worth) = (one_of_two(128), vec![0.5; 128]);
    let taken = BellmanTargets { action: &action, worth: &worth };
    let loss = Bellman::default;
    step!(criterion, "dqn-step-128", Dqn, &batch::<_, 4>(128), 128, loss(), taken, adam);
    let (x, t) = (batch::<_, 1>(2540), batch::<_, 1>(2540));
    let points = BurgersInputs { x: &x, t: &t };
    step!(criterion, "burgers-step", Burgers, points, 2540, Equation::default(), (), adam);
    value_and_gradient(criterion);
}

/// SimpleChains.jl's own benchmark, in f64 and without an update.
fn value_and_gradient(criterion: &mut Criterion) {
    let model = SimpleOf::<f64>::new(&mut seed(0));
    let (mut gradient, mut pass) = (SimpleOf::zeros(), SimpleOf::pass(200));
    let (x, y) = (batch::<f64, 24>(200), batch::<f64, 2>(200));
    criterion.bench_function("simple-24-8-2", |bencher| {
        bencher.iter(|| {
            let outputs = model.forward_batch(&x, &mut pass).expect("a batch that fits");
            let loss = outputs.loss(MeanSquaredError::default(), &y).expect("a target that fits");
            let value = loss.value();
            loss.backward(&mut gradient);
            value
        });
    });
}

/// Own equations.
fn equations(criterion: &mut Criterion) {
    classify!(criterion, "radial-step-32", RadialBasis, &batch::<_, 16>(32), 32);
    classify!(criterion, "spline-step-32", Spline, &batch::<_, 16>(32), 32);
    classify!(criterion, "fourier-step-32", Fourier, &batch::<_, 8>(32), 32);
    classify!(criterion, "bilinear-step-32", Bilinear, &batch::<_, 32>(32), 32);
    classify!(criterion, "graph-step-32", Graph, &batch::<_, 384>(32), 32);
    classify!(criterion, "squeeze-step-32", SqueezeExcite, &batch::<_, 2304>(32), 32);
    classify!(criterion, "flow-step-32", Flow, &batch::<_, 16>(32), 32);
}

/// The training steps in one type of numbers.
fn steps<T: Real>(criterion: &mut Criterion, prefix: &str) {
    let name = |name: &str| format!("{prefix}{name}");
    let entropy = CrossEntropy::default;
    let (sgd, adam) = (Sgd { lr: 0.01, ..Sgd::default() }, Adam::default());
    let targets = uniform::<T, 1>(32, &mut seed(1));
    let error = MeanSquaredError::default();
    step!(
        criterion,
        &name("tiny-step-32"),
        TinyOf<T>,
        &batch::<T, 4>(32),
        32,
        error,
        targets,
        adam
    );
    step!(
        criterion,
        &name("seed-step-64"),
        SeedOf<T>,
        &batch::<T, 784>(64),
        64,
        entropy(),
        labels(64),
        sgd
    );
    step!(
        criterion,
        &name("seed-step-256"),
        SeedOf<T>,
        &batch::<T, 784>(256),
        256,
        entropy(),
        labels(256),
        adam
    );
    step!(
        criterion,
        &name("wide-step-128"),
        WideOf<T>,
        &batch::<T, 1024>(128),
        128,
        entropy(),
        labels(128),
        adam
    );
    step!(
        criterion,
        &name("lenet-step-64"),
        LenetOf<T>,
        &batch::<T, 784>(64),
        64,
        entropy(),
        labels(64),
        adam
    );
}

fn workloads(criterion: &mut Criterion) {
    forwards(criterion);
    structured(criterion);
    applied(criterion);
    equations(criterion);
    steps::<f32>(criterion, "");
    steps::<f64>(criterion, "f64-");
}

/// All benchmarks, with the registers that the environment allows.
fn all(criterion: &mut Criterion) {
    let level = match std::env::var("LEVEL").as_deref() {
        Ok("avx2") => Level::Avx2,
        Ok(other) => panic!("there is no level {other:?}: LEVEL can be avx2"),
        Err(_) => Level::current(),
    };
    with_level(level, || {
        peak::peak(criterion);
        workloads(criterion);
    });
}

criterion_group!(benches, all);
criterion_main!(benches);
