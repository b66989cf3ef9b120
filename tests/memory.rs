//! No allocation after set-up, and no large value on the stack.

use allocation_counter::measure;
use nalgebra::{Const, SVector};
use tapeless::pass::Trainable;
use tapeless::prelude::*;
use tapeless::real::Real;

network! {
    Net< flatten(4, 5); linear(20, 64); relu; linear(32); gelu; linear(8); sigmoid; linear(3) >
    Probable< linear(20, 8); softmax >
    Lenet<
        input(1, 28, 28);
        conv2d(6, 5); relu; max_pool2d(2); conv2d(16, 5); relu; max_pool2d(2);
        flatten; linear(120); relu; linear(84); relu; linear(10)
    >
    Large< linear(1024, 1024); relu; linear(1024, 1024); relu; linear(1024, 10) >
    Deep< input(8); repeat _ in 0..60 { linear(8); tanh } linear(3) >
}

#[test]
fn no_call_allocates_after_set_up() {
    let mut rng = seed(0);
    let mut model = Net::new(&mut rng);
    let mut gradient = Net::zeros();
    let mut pass = Net::pass(16);
    let inputs = Samples::<f32, Const<20>>::from_element(16, 0.5);
    let targets = Samples::<f32, Const<3>>::from_element(16, 0.5);
    let labels = [1u8; 16];
    let mut sgd = Sgd { momentum: 0.9, ..Sgd::default() }.over(&model).unwrap();
    let mut adam = Adam::default().over(&model).unwrap();
    let probable = Probable::new(&mut rng);
    let sample = SVector::from_element(0.25);
    let allocations = measure(|| {
        let logits = model.forward_batch(&inputs, &mut pass).unwrap();
        let loss = logits.loss(CrossEntropy::default(), &labels).unwrap();
        assert!(loss.value().is_finite());
        loss.backward(&mut gradient);
        sgd.step(&mut model, &gradient);
        let outputs = model.forward_batch(&inputs, &mut pass).unwrap();
        outputs.loss(MeanSquaredError::default(), &targets).unwrap().backward(&mut gradient);
        adam.step(&mut model, &gradient);
        assert!(model.forward(&sample).iter().all(|y| y.is_finite()));
        assert!((probable.forward(&sample).sum() - 1.0).abs() < 1e-6);
    });
    assert_eq!(allocations.count_total, 0);
}

#[test]
fn a_divided_step_does_not_allocate() {
    let mut rng = seed(0);
    let mut model = Lenet::new(&mut rng);
    let mut gradient = Lenet::zeros();
    let mut pass = Lenet::pass(64);
    let inputs = Samples::<f32, Const<784>>::from_element(64, 0.5);
    let labels = [1u8; 64];
    let mut adam = Adam::default().over(&model).unwrap();
    let sample = SVector::from_element(0.25);
    for count in [1, 2, 3] {
        set_threads(count);
        let allocations = measure(|| {
            let logits = model.forward_batch(&inputs, &mut pass).unwrap();
            logits.loss(CrossEntropy::default(), &labels).unwrap().backward(&mut gradient);
            gradient.add(&model, 0.01);
            gradient.clip_value(0.1);
            assert!(gradient.clip_norm(1e-3) > 1e-3);
            adam.step(&mut model, &gradient);
            assert!(model.evaluate(&inputs, &mut pass).unwrap().iter().all(|y| y.is_finite()));
            assert!(model.forward(&sample).iter().all(|y| y.is_finite()));
        });
        assert_eq!(allocations.count_total, 0, "{count} threads");
    }
    set_threads(0);
}

#[test]
fn a_pass_holds_what_the_summary_says() {
    // The first pass of a program counts the processor's cores, too.
    drop((Net::pass(1), Lenet::pass(64)));
    let allocations = measure(|| drop(Net::pass(16)));
    assert_eq!(allocations.count_total, 2);
    assert_eq!(allocations.bytes_total, Net::summary().pass_bytes(16) as u64);
    let allocations = measure(|| drop(Lenet::pass(16)));
    assert_eq!(allocations.bytes_total, Lenet::summary().pass_bytes(16) as u64);
    let text = Lenet::summary().to_string();
    let per_sample = format!("{:.1} KiB a sample", Lenet::summary().pass_scalars as f64 / 256.0);
    assert!(text.contains(&per_sample), "{text}");
    let allocations = measure(|| drop(Net::new(&mut seed(0))));
    assert_eq!(allocations.bytes_total, Net::summary().parameter_bytes as u64);
}

#[test]
fn large_networks_fit_a_small_stack() {
    let train = || {
        let mut model = Large::new(&mut seed(0));
        let mut gradient = Large::zeros();
        let mut pass = Large::pass(4);
        let mut adam = Adam::default().over(&model).unwrap();
        let inputs = Samples::<f32, Const<1024>>::from_element(4, 0.1);
        let logits = model.forward_batch(&inputs, &mut pass).unwrap();
        let loss = logits.loss(CrossEntropy::default(), &[0u8, 1, 2, 3]).unwrap();
        loss.backward(&mut gradient);
        adam.step(&mut model, &gradient);
        model.to_box().forward(&SVector::from_element(0.1)).len()
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(train).unwrap();
    assert_eq!(thread.join().unwrap(), 10);
}

/// One call and one step of training of a network with so many inputs; how many outputs it has.
macro_rules! call {
    ($network:ident, $inputs:literal) => {{
        fn call<T: Real>() -> usize {
            let model = $network::<T>::new(&mut seed(0));
            let mut gradient = $network::<T>::zeros();
            let mut pass = $network::<T>::pass(16);
            let inputs = Samples::<T, Const<$inputs>>::from_element(16, T::of(0.5));
            let logits = model.forward_batch(&inputs, &mut pass).unwrap();
            logits.loss(CrossEntropy::default(), &[1u8; 16]).unwrap().backward(&mut gradient);
            model.forward(&SVector::from_element(T::of(0.5))).len()
        }
        [call::<f32>, call::<f64>]
    }};
}

fn on_a_small_stack(call: fn() -> usize) -> usize {
    let thread = std::thread::Builder::new().stack_size(128 << 10).spawn(call).unwrap();
    thread.join().unwrap()
}

#[test]
fn calls_need_no_large_stack() {
    assert_eq!(call!(LenetOf, 784).map(on_a_small_stack), [10; 2]);
}

/// Without optimisation too, where each step of a function keeps its arguments.
#[test]
fn calls_of_many_layers_need_no_large_stack() {
    assert_eq!(call!(DeepOf, 8).map(on_a_small_stack), [3; 2]);
    let jacobian = || Deep::new(&mut seed(0)).jacobian(&SVector::from_element(0.5)).nrows();
    assert_eq!(on_a_small_stack(jacobian), 3);
}
