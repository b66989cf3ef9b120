//! Recognised kernels, fused loops and planned memory against the plain loops of the same
//! equations, both as generated code; and the laws that any batch obeys.

use nalgebra::{Const, DMatrix, DimName, Dyn};
use nncore::simd::{Level, with_level};
use tapeless::loss::GaussianNll;
use tapeless::loss::{Classes, Loss, Reals};
use tapeless::prelude::*;
use tapeless::real::Real;

mod plain {
    tapeless::__private::network_as_loops! {
        pub Article< flatten(6, 7); hidden: linear(33); relu; linear(17); sigmoid; linear(10) >
        pub Smooth< linear(5, 40); gelu; linear(9); silu; linear(31); elu; linear(7); softplus >
        pub Probabilities< input(3, 4); softmax; flatten; linear(8); tanh; linear(6); softmax >
        pub Narrow< linear(1, 1); leaky_relu; linear(1); flatten >
        pub Image< input(2, 9, 8); conv2d(6, 3, padding = 1); relu; max_pool2d(2); conv2d(4, (2, 3), stride = (1, 2)); flatten; linear(5) >
        pub Ways< input(6, 4); residual { gru(4); linear(4) } parallel { conv1d(5, 3, padding = 1); tanh }; flatten; linear(7) >
        pub Sequence< input(4, 6); positional_encoding; multihead_attention(6, 2); layer_norm; conv1d(4, 5, 3); flatten; linear(3) >
        pub Tiled< input(1, 36, 36); conv2d(4, 5); relu; max_pool2d(2); conv2d(3, 3, stride = 2); flatten; linear(3) >
        pub Pooled< input(2, 12, 9); max_pool2d(3); sigmoid; avg_pool2d((2, 1)); upsample(2); flatten; linear(5); softmax >
        pub Normed< input(1, 36, 36); conv2d(4, 5); batch_norm2d; relu; max_pool2d(4); flatten; linear(3) >
    }
}

mod fast {
    tapeless::network! {
        pub Article< flatten(6, 7); hidden: linear(33); relu; linear(17); sigmoid; linear(10) >
        pub Smooth< linear(5, 40); gelu; linear(9); silu; linear(31); elu; linear(7); softplus >
        pub Probabilities< input(3, 4); softmax; flatten; linear(8); tanh; linear(6); softmax >
        pub Narrow< linear(1, 1); leaky_relu; linear(1); flatten >
        pub Image< input(2, 9, 8); conv2d(6, 3, padding = 1); relu; max_pool2d(2); conv2d(4, (2, 3), stride = (1, 2)); flatten; linear(5) >
        pub Ways< input(6, 4); residual { gru(4); linear(4) } parallel { conv1d(5, 3, padding = 1); tanh }; flatten; linear(7) >
        pub Sequence< input(4, 6); positional_encoding; multihead_attention(6, 2); layer_norm; conv1d(4, 5, 3); flatten; linear(3) >
        pub Tiled< input(1, 36, 36); conv2d(4, 5); relu; max_pool2d(2); conv2d(3, 3, stride = 2); flatten; linear(3) >
        pub Pooled< input(2, 12, 9); max_pool2d(3); sigmoid; avg_pool2d((2, 1)); upsample(2); flatten; linear(5); softmax >
        pub Normed< input(1, 36, 36); conv2d(4, 5); batch_norm2d; relu; max_pool2d(4); flatten; linear(3) >
    }
}

fn numbers<T: Real>(count: usize, salt: usize) -> Vec<T> {
    let number = |k| ((k * 7919 + salt * 104_729 + 13) % 2003) as f64 / 1001.0 - 1.0;
    (0..count).map(|k| T::of(number(k))).collect()
}

fn view<T: Real, D: DimName>(values: &[T]) -> SamplesView<'_, T, D> {
    SamplesView::from_slice_generic(values, D::name(), Dyn(values.len() / D::DIM))
}

fn model<N: Chain>() -> Box<N> {
    let mut model = N::zeros();
    let values = numbers(model.as_slice().len(), 2);
    model.as_mut_slice().copy_from_slice(&values);
    model
}

/// Outputs and gradient for a batch, in a pass that held another batch before.
fn outputs_and_gradient<N: Chain>(inputs: &[N::Scalar]) -> (Vec<N::Scalar>, Vec<N::Scalar>) {
    let batch = inputs.len() / N::Inputs::DIM;
    let model = model::<N>();
    let mut pass = N::pass(batch + 3);
    let mut gradient = N::zeros();
    let other = numbers((batch + 3) * N::Inputs::DIM, 77);
    let weights = numbers((batch + 3) * N::Outputs::DIM, 3);
    let outputs = model.forward_batch(view(&other), &mut pass).unwrap();
    outputs.backward(view::<_, N::Outputs>(&weights), &mut gradient).unwrap();
    let outputs = model.forward_batch(view(inputs), &mut pass).unwrap();
    let values = outputs.values().iter().copied().collect();
    let weights = &weights[..batch * N::Outputs::DIM];
    outputs.backward(view::<_, N::Outputs>(weights), &mut gradient).unwrap();
    (values, gradient.as_slice().to_vec())
}

fn assert_close<T: Real>(found: &[T], expected: &[T], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(1.0f64, |largest, value| largest.max(value.to_f64().abs()));
    for (found, expected) in found.iter().zip(expected) {
        let error = (found.to_f64() - expected.to_f64()).abs() / largest;
        assert!(error <= tolerance, "{found} is not {expected}");
    }
}

/// The fast network equals the plain one, for batches of several sizes.
fn compare<Fast, Plain>(tolerance: f64)
where
    Fast: Chain,
    Plain: Chain<Scalar = Fast::Scalar>,
{
    for batch in [1, 2, 3, 5, 16, 33] {
        let inputs = numbers(batch * Fast::Inputs::DIM, 1);
        let (expected, expected_gradient) = outputs_and_gradient::<Plain>(&inputs);
        for level in Level::ALL {
            let (outputs, gradient) = with_level(level, || outputs_and_gradient::<Fast>(&inputs));
            assert_close(&outputs, &expected, tolerance);
            assert_close(&gradient, &expected_gradient, tolerance);
        }
    }
}

#[test]
fn kernels_compute_what_the_plain_loops_do() {
    compare::<fast::ArticleOf<f64>, plain::ArticleOf<f64>>(1e-13);
    compare::<fast::SmoothOf<f64>, plain::SmoothOf<f64>>(1e-13);
    compare::<fast::ProbabilitiesOf<f64>, plain::ProbabilitiesOf<f64>>(1e-13);
    compare::<fast::NarrowOf<f64>, plain::NarrowOf<f64>>(1e-13);
    compare::<fast::ImageOf<f64>, plain::ImageOf<f64>>(1e-13);
    compare::<fast::SequenceOf<f64>, plain::SequenceOf<f64>>(1e-13);
    compare::<fast::WaysOf<f64>, plain::WaysOf<f64>>(1e-13);
    compare::<fast::PooledOf<f64>, plain::PooledOf<f64>>(1e-13);
    compare::<fast::PooledOf<f32>, plain::PooledOf<f32>>(2e-6);
    // Some samples fill a tile; statistics of the batch forbid tiles.
    compare::<fast::TiledOf<f64>, plain::TiledOf<f64>>(1e-13);
    compare::<fast::TiledOf<f32>, plain::TiledOf<f32>>(2e-6);
    compare::<fast::NormedOf<f64>, plain::NormedOf<f64>>(1e-12);
    compare::<fast::WaysOf<f32>, plain::WaysOf<f32>>(2e-6);
    compare::<fast::ImageOf<f32>, plain::ImageOf<f32>>(2e-6);
    compare::<fast::SequenceOf<f32>, plain::SequenceOf<f32>>(4e-6);
    compare::<fast::ArticleOf<f32>, plain::ArticleOf<f32>>(2e-6);
    compare::<fast::SmoothOf<f32>, plain::SmoothOf<f32>>(2e-6);
    compare::<fast::ProbabilitiesOf<f32>, plain::ProbabilitiesOf<f32>>(2e-6);
    compare::<fast::NarrowOf<f32>, plain::NarrowOf<f32>>(2e-6);
}

/// Loops over outputs, whose rests fill a register, against the formulas: PyTorch's cross-entropy and
/// mean squared error, for every number of outputs around the lanes of a register, and for samples that
/// fill no register, one, and several.
#[test]
fn losses_of_every_number_of_outputs() {
    for (classes, batch) in
        (1..=40).flat_map(|classes| [(classes, 3), (classes, 16), (classes, 37)])
    {
        let outputs = numbers::<f64>(batch * classes, 5);
        let labels: Vec<usize> = (0..batch).map(|sample| (sample * 7) % classes).collect();
        let targets = DMatrix::from_vec(classes, batch, numbers::<f64>(batch * classes, 6));
        let (mut expected, mut expected_gradient) = (0.0, Vec::new());
        for (logits, &label) in outputs.chunks(classes).zip(&labels) {
            let sum: f64 = logits.iter().map(|x| x.exp()).sum();
            expected += (sum.ln() - logits[label]) / batch as f64;
            let indicator = |class: usize| f64::from(u8::from(class == label));
            let gradient =
                |(class, x): (usize, &f64)| (x.exp() / sum - indicator(class)) / batch as f64;
            expected_gradient.extend(logits.iter().enumerate().map(gradient));
        }
        let differences = || outputs.iter().zip(&targets).map(|(y, t)| y - t);
        let count = (batch * classes) as f64;
        // Sample by sample: one long sum would round more than the bound allows.
        let squares: Vec<f64> = differences().map(|d| d * d).collect();
        let of_samples = squares.chunks(classes).map(|sample| sample.iter().sum::<f64>());
        let squared = of_samples.sum::<f64>() / count;
        let squared_gradient: Vec<f64> = differences().map(|d| 2.0 * d / count).collect();
        for level in Level::ALL {
            with_level(level, || {
                let mut gradient = vec![0.0; outputs.len()];
                let entropy = CrossEntropy::default();
                let value = Loss::<f64, _, Classes>::evaluate(
                    &entropy,
                    &outputs,
                    classes,
                    &labels,
                    &mut gradient,
                )
                .unwrap();
                assert_close(&[value], &[expected], 1e-13);
                assert_close(&gradient, &expected_gradient, 1e-14);
                let error = MeanSquaredError::default();
                let value = Loss::<f64, _, Reals>::evaluate(
                    &error,
                    &outputs,
                    classes,
                    &targets,
                    &mut gradient,
                )
                .unwrap();
                assert_close(&[value], &[squared], 1e-14);
                assert_close(&gradient, &squared_gradient, 1e-14);
                let narrow: Vec<f32> = outputs.iter().map(|&y| Real::of(y)).collect();
                let mut gradient = vec![0.0; outputs.len()];
                let value = Loss::<f32, _, Classes>::evaluate(
                    &entropy,
                    &narrow,
                    classes,
                    &labels,
                    &mut gradient,
                )
                .unwrap();
                assert_close(&[f64::from(value)], &[expected], 2e-6);
                let wide: Vec<f64> = gradient.iter().map(|&one| f64::from(one)).collect();
                assert_close(&wide, &expected_gradient, 1e-6);
            });
        }
    }
}

#[test]
fn a_batch_is_its_samples_one_by_one() {
    let batch = 7;
    let inputs = numbers::<f64>(batch * 5, 1);
    let model = model::<fast::SmoothOf<f64>>();
    let mut pass = fast::SmoothOf::<f64>::pass(batch);
    let outputs = model.forward_batch(view::<_, Const<5>>(&inputs), &mut pass).unwrap();
    let values = outputs.values();
    for (sample, together) in inputs.chunks(5).zip(values.column_iter()) {
        let alone = model.forward(&SVector::from_column_slice(sample));
        assert_close(alone.as_slice(), together.as_slice(), 1e-14);
    }
}

#[test]
fn the_gradient_of_a_batch_is_the_sum_over_its_samples() {
    type Net = fast::ArticleOf<f64>;
    let batch = 4;
    let inputs = numbers::<f64>(batch * 42, 1);
    let weights = numbers::<f64>(batch * 10, 3);
    let model = model::<Net>();
    let mut pass = Net::pass(batch);
    let mut gradient_of = |inputs: &[f64], weights: &[f64]| {
        let mut gradient = Net::zeros();
        let outputs = model.forward_batch(view::<_, Const<42>>(inputs), &mut pass).unwrap();
        outputs.backward(view::<_, Const<10>>(weights), &mut gradient).unwrap();
        gradient.as_slice().to_vec()
    };
    let mut sum = vec![0.0; Net::zeros().as_slice().len()];
    for (inputs, weights) in inputs.chunks(42).zip(weights.chunks(10)) {
        let gradient = gradient_of(inputs, weights);
        sum.iter_mut().zip(gradient).for_each(|(sum, one)| *sum += one);
    }
    assert_close(&gradient_of(&inputs, &weights), &sum, 1e-13);
    // Linear in the output gradient: zero gives exactly zero.
    assert!(gradient_of(&inputs, &vec![0.0; batch * 10]).iter().all(|&one| one == 0.0));
}

#[test]
fn an_empty_batch_has_no_gradient() {
    type Net = fast::ArticleOf<f32>;
    let model = model::<Net>();
    let mut pass = Net::pass(2);
    let mut gradient = model.to_box();
    let outputs = model.forward_batch(view::<_, Const<42>>(&[]), &mut pass).unwrap();
    outputs.backward(view::<_, Const<10>>(&[]), &mut gradient).unwrap();
    assert!(gradient.as_slice().iter().all(|&one| one == 0.0));
}

#[test]
fn a_batch_that_does_not_fit_is_an_error() {
    type Net = fast::Narrow;
    let model = model::<Net>();
    let mut pass = Net::pass(2);
    let error = model.forward_batch(view::<_, Const<1>>(&[1.0; 3]), &mut pass).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the pass has room for 2 samples, but the batch has 3; make it with `pass(3)`"
    );
    let outputs = model.forward_batch(view::<_, Const<1>>(&[1.0; 2]), &mut pass).unwrap();
    let error = outputs.backward(view::<_, Const<1>>(&[1.0; 1]), &mut Net::zeros()).unwrap_err();
    assert_eq!(error.to_string(), "the batch has 2 samples, but the output gradient has 1");
}

#[test]
fn targets_that_do_not_fit_are_errors() {
    type Net = fast::Article;
    let model = model::<Net>();
    let inputs = numbers::<f32>(2 * 42, 1);
    let mut pass = Net::pass(2);
    let mut error = |labels: &[i32]| {
        let outputs = model.forward_batch(view::<_, Const<42>>(&inputs), &mut pass).unwrap();
        outputs.loss(CrossEntropy::default(), labels).unwrap_err().to_string()
    };
    assert_eq!(error(&[1]), "the batch has 2 samples, but the target has 1");
    assert_eq!(error(&[1, 10]), "sample 1 has the label 10, but there are 10 classes: 0 to 9");
    assert_eq!(error(&[-1, 2]), "sample 0 has the label -1, but there are 10 classes: 0 to 9");
    let outputs = model.forward_batch(view::<_, Const<42>>(&inputs), &mut pass).unwrap();
    let error = outputs
        .loss(CrossEntropy { label_smoothing: 2.0, ..CrossEntropy::default() }, &[1, 2])
        .unwrap_err();
    assert_eq!(error.to_string(), "`label_smoothing` is between 0 and 1, but is 2");
    let mut error = |weight: &[f64]| {
        let outputs = model.forward_batch(view::<_, Const<42>>(&inputs), &mut pass).unwrap();
        let weighted = CrossEntropy { weight, ..CrossEntropy::default() };
        outputs.loss(weighted, &[1, 2]).unwrap_err().to_string()
    };
    let expected = "`weight` has one number for each of 10 outputs, or none, but has 3";
    assert_eq!(error(&[1.0; 3]), expected);
    assert_eq!(error(&[-1.0; 10]), "`weight` is between 0 and inf, but is -1");
    let targets = Samples::<f32, Const<3>>::zeros(2);
    let outputs = model.forward_batch(view::<_, Const<42>>(&inputs), &mut pass).unwrap();
    let error = outputs.loss(MeanSquaredError::default(), &targets).unwrap_err().to_string();
    assert_eq!(error, "each sample has a target of 10 numbers here, but of 3 in the given one");
    let targets = Samples::<f32, Const<10>>::zeros(2);
    let outputs = model.forward_batch(view::<_, Const<42>>(&inputs), &mut pass).unwrap();
    let error = outputs.loss(GaussianNll::default(), &targets).unwrap_err().to_string();
    assert_eq!(error, "each sample has a target of 5 numbers here, but of 10 in the given one");
}

#[test]
fn outputs_that_do_not_divide_are_an_error() {
    let model = model::<fast::Narrow>();
    let mut pass = fast::Narrow::pass(1);
    let outputs = model.forward_batch(view::<_, Const<1>>(&[1.0; 1]), &mut pass).unwrap();
    let count = outputs.values().nrows();
    assert_eq!(count % 2, 1);
    let target = SVector::<f32, 1>::zeros();
    let error = outputs.loss(GaussianNll::default(), &target).unwrap_err().to_string();
    let expected =
        format!("this loss is of 2 equal parts of the outputs, but there are {count} outputs");
    assert_eq!(error, expected);
}
