//! The same bits, whatever the number of threads and whoever else computes.

use nalgebra::{DimName, Dyn};
use nncore::simd::{Level, with_level};
use tapeless::prelude::*;
use tapeless::real::Real;

network! {
    Seed< flatten(28, 28); linear(128); relu; linear(64); sigmoid; linear(10) >

    Lenet<
        input(1, 28, 28);
        conv2d(6, 5); relu; max_pool2d(2);
        conv2d(16, 5); relu; max_pool2d(2);
        flatten; linear(120); relu; linear(84); relu; linear(10)
    >

    Uneven< linear(300, 203); gelu; linear(517); tanh; linear(7) >

    Normed<
        input(3, 20, 20);
        conv2d(8, 3, padding = 1); batch_norm2d; relu; max_pool2d(2); dropout(0.3);
        conv2d(12, 3, stride = 2); relu; flatten; linear(10)
    >
}

fn numbers<T: Real>(count: usize) -> Vec<T> {
    (0..count).map(|k| T::of(((k * 7919 + 13) % 2003) as f64 / 1001.0 - 1.0)).collect()
}

/// The bits of all that two training steps and an evaluation compute.
fn bits<N: Chain>(batch: usize) -> Vec<u64> {
    let inputs = numbers::<N::Scalar>(batch * N::Inputs::DIM);
    let inputs = SamplesView::from_slice_generic(&inputs, N::Inputs::name(), Dyn(batch));
    let mut model = N::new(&mut seed(3));
    let mut gradient = N::zeros();
    let mut pass = N::pass(batch);
    let mut adam = Adam::default().over(&model).unwrap();
    let mut sgd = Sgd { momentum: 0.9, ..Sgd::default() }.over(&model).unwrap();
    let mut found = Vec::new();
    for step in 0..2 {
        let outputs = model.forward_batch(inputs, &mut pass).unwrap();
        let weights = numbers::<N::Scalar>(batch * N::Outputs::DIM);
        let weights = SamplesView::from_slice_generic(&weights, N::Outputs::name(), Dyn(batch));
        found.extend(outputs.values().iter().map(|y| y.to_f64().to_bits()));
        outputs.backward(weights, &mut gradient).unwrap();
        found.extend(gradient.as_slice().iter().map(|g| g.to_f64().to_bits()));
        gradient.add(&model, 0.5);
        found.push(gradient.clip_norm(0.5).to_bits());
        if step == 0 { adam.step(&mut model, &gradient) } else { sgd.step(&mut model, &gradient) }
    }
    found.extend(model.as_slice().iter().map(|p| p.to_f64().to_bits()));
    let outputs = model.evaluate(inputs, &mut pass).unwrap();
    found.extend(outputs.iter().map(|y| y.to_f64().to_bits()));
    found
}

/// One test, since the number of threads is the program's.
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for level in Level::ALL {
        with_level(level, || {
            for batch in [1, 33, 200] {
                same_bits::<Seed>(batch);
                same_bits::<Lenet>(batch);
                same_bits::<Normed>(batch);
                same_bits::<Uneven>(batch);
            }
            same_bits::<SeedOf<f64>>(130);
            same_bits::<LenetOf<f64>>(40);
        });
    }
    set_threads(0);
}

fn same_bits<N: Chain>(batch: usize) {
    set_threads(1);
    let alone = bits::<N>(batch);
    for count in [2, 3, 8] {
        set_threads(count);
        assert!(bits::<N>(batch) == alone, "{count} threads, a batch of {batch}");
    }
}

#[test]
fn threads_of_the_users_own_may_train_at_the_same_time() {
    let alone = bits::<Lenet>(20);
    let together: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| bits::<Lenet>(20))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(together.iter().all(|bits| *bits == alone));
}
