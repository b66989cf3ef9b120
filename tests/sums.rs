//! Long sums and products keep their digits: those of a million numbers of type f32, along every axis and
//! for every gradient, are those of type f64 to within a few units in the last place.

use nalgebra::{DimName, Dyn};
use tapeless::prelude::*;
use tapeless::real::Real;

tapeless::network! {
    layer columns(H, W) {
        input x[h: H, w: W];
        y[w] = mean(h: x[h, w]);
    }
    layer rows(H, W) {
        input x[h: H, w: W];
        y[h] = mean(w: x[h, w]);
    }
    layer every_other(N) {
        input x[m: M];
        index n: N;
        y = mean(n: x[2 * n]);
    }
    layer exponentials(N) {
        input x[n: N];
        y = mean(n: exp(x[n]));
    }
    layer over_the_batch(N) {
        input x[n: N];
        m[n] = mean(batch: x[n]);
        y[n] = m[n] + 0 * x[n];
    }
    layer shifted(N) {
        input x[n: N];
        param a ~ zeros();
        y[n] = x[n] + a;
    }
    layer biased(N) {
        input x[n: N];
        param b[n: N] ~ zeros();
        y[n] = x[n] + b[n];
    }
    layer scaled(N) {
        input x[n: N];
        param a ~ ones();
        y[n] = a * x[n];
    }
    layer shifted_columns(H, W) {
        input x[h: H, w: W];
        param b[w: W] ~ zeros();
        y[h, w] = x[h, w] + b[w];
    }
    layer shifted_rows(H, W) {
        input x[h: H, w: W];
        param b[h: H] ~ zeros();
        y[h, w] = x[h, w] + b[h];
    }

    layer product(N) {
        input x[n: N];
        param a ~ ones();
        y = prod(n: a * x[n]);
    }
    layer products_of_columns(H, W) {
        input x[h: H, w: W];
        param b[w: W] ~ zeros();
        y[w] = prod(h: x[h, w] + b[w]);
    }
    layer product_over_the_batch(N) {
        input x[n: N];
        p[n] = prod(batch: x[n]);
        y[n] = p[n] + 0 * x[n];
    }

    pub All< input(1, 1000, 1000); global_avg_pool >
    pub NarrowColumns< input(250_000, 4); columns >
    pub WideColumns< input(2_500, 400); columns >
    pub Rows< input(4, 250_003); rows >
    pub EveryOther< input(1_000_000); every_other(500_000) >
    pub Exponentials< input(1_000_003); exponentials >
    pub OverTheBatch< input(3); over_the_batch >
    pub Biased< input(3); biased >
    pub Shifted< input(1_009); shifted >
    pub Scaled< input(1_009); scaled >
    pub ShiftedColumns< input(250, 4); shifted_columns >
    pub ShiftedRows< input(4, 250); shifted_rows >
    pub Product< input(1_048_576); product >
    pub ProductsOfColumns< input(262_144, 4); products_of_columns >
    pub ProductsOfWideColumns< input(2_500, 400); products_of_columns >
    pub ProductOverTheBatch< input(3); product_over_the_batch >
    pub LayerNorm< input(262_144); layer_norm >
    pub LayerNormRows< input(2, 4_096); layer_norm >
    pub GroupNorm< input(2, 300, 300); group_norm(2, 2) >
    pub BatchNorm< input(3); batch_norm1d >
    pub BatchNormRows< input(2, 100); batch_norm1d >
    pub BatchNormImages< input(2, 20, 20); batch_norm2d >
}

/// How many units in the last place a result of type f32 may be off.
const FEW: f64 = 2.0;

/// Positive numbers that differ, or that are all the same: their roundings add up.
fn series(count: usize) -> [Vec<f32>; 2] {
    let different = (0..count).map(|k| 0.5 + ((k * 7919) % 1009) as f32 / 1009.0);
    [different.collect(), vec![0.1; count]]
}

fn view<T: Real, D: DimName>(values: &[T]) -> SamplesView<'_, T, D> {
    SamplesView::from_slice_generic(values, D::name(), Dyn(values.len() / D::DIM))
}

/// What a network makes of inputs, then its gradient for a gradient on its outputs.
fn results<N: Chain>(inputs: &[f32], weights: &[f32]) -> Vec<f64> {
    let of = |values: &[f32]| -> Vec<N::Scalar> {
        values.iter().map(|&value| N::Scalar::of(value.into())).collect()
    };
    let (model, batch) = (N::new(&mut seed(0)), inputs.len() / N::Inputs::DIM);
    let (mut pass, mut gradient) = (N::pass(batch), N::zeros());
    let (inputs, weights) = (of(inputs), of(weights));
    let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
    let first: Vec<N::Scalar> = outputs.values().column(0).iter().copied().collect();
    outputs.backward(view::<_, N::Outputs>(&weights), &mut gradient).unwrap();
    first.iter().chain(gradient.as_slice()).map(|&value| value.to_f64()).collect()
}

fn check<Single: Chain<Scalar = f32>, Double: Chain<Scalar = f64>>(what: &str, batch: usize) {
    check_with::<Single, Double>(what, batch, series);
}

fn check_with<Single: Chain<Scalar = f32>, Double: Chain<Scalar = f64>>(
    what: &str,
    batch: usize,
    series_of_inputs: impl Fn(usize) -> [Vec<f32>; 2],
) {
    let (inputs, weights) = (batch * Single::Inputs::DIM, batch * Single::Outputs::DIM);
    for (inputs, weights) in series_of_inputs(inputs).into_iter().zip(series(weights)) {
        let found = results::<Single>(&inputs, &weights);
        let expected = results::<Double>(&inputs, &weights);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.into_iter().zip(expected) {
            let single = f32::of(expected);
            let unit = f64::from(single.next_up()) - f64::from(single);
            let off = (found - expected).abs() / unit.abs();
            assert!(off <= FEW, "{what}: {found} is not {expected}, but {off:.1} units off");
        }
    }
}

#[test]
fn along_contiguous_numbers() {
    check::<All, AllOf<f64>>("a mean of all", 1);
    check::<Rows, RowsOf<f64>>("means of rows", 2);
    check::<Exponentials, ExponentialsOf<f64>>("a mean of exponentials", 1);
}

#[test]
fn along_numbers_apart() {
    check::<NarrowColumns, NarrowColumnsOf<f64>>("means of few columns", 2);
    check::<WideColumns, WideColumnsOf<f64>>("means of many columns", 2);
    check::<EveryOther, EveryOtherOf<f64>>("a mean of every other number", 1);
}

#[test]
fn over_samples() {
    check::<OverTheBatch, OverTheBatchOf<f64>>("means over the batch", 333_333);
    check::<Biased, BiasedOf<f64>>("the gradient on a bias", 333_333);
}

#[test]
fn for_gradients() {
    check::<Shifted, ShiftedOf<f64>>("the gradient on a number that is added", 1_000);
    check::<Scaled, ScaledOf<f64>>("the gradient on a factor", 1_000);
    check::<ShiftedColumns, ShiftedColumnsOf<f64>>("the gradient on a row", 1_000);
    check::<ShiftedRows, ShiftedRowsOf<f64>>("the gradient on a column", 1_000);
}

/// Factors that differ, or that are all the same, with a product that is no extreme.
fn factors(count: usize) -> [Vec<f32>; 2] {
    let around_one = (0..count).map(|k| 1.0 + (((k * 7919) % 1009) as f32 - 504.0) * 1e-6);
    [around_one.collect(), vec![0.999_999; count]]
}

#[test]
fn of_factors() {
    check_with::<Product, ProductOf<f64>>("a product of all", 1, factors);
    check_with::<ProductsOfColumns, ProductsOfColumnsOf<f64>>("of few columns", 1, factors);
    check_with::<ProductsOfWideColumns, ProductsOfWideColumnsOf<f64>>("of columns", 2, factors);
    check_with::<ProductOverTheBatch, ProductOverTheBatchOf<f64>>("over samples", 333_333, factors);
}

/// Numbers that differ by little beside what they are: by many steps of f32, and by one.
fn around_a_large_number(count: usize) -> [Vec<f32>; 2] {
    let spread = (0..count).map(|k| 1e4 + ((k * 7919) % 1000) as f32 / 1000.0);
    let neighbours = (0..count).map(|k| if k % 3 == 0 { 1e6 } else { 1e6f32.next_up() });
    [spread.collect(), neighbours.collect()]
}

/// Outputs of a batch in training, and the running statistics after it.
fn normed<N: Chain>(inputs: &[f32]) -> Vec<f64> {
    let inputs: Vec<N::Scalar> = inputs.iter().map(|&x| N::Scalar::of(x.into())).collect();
    let (model, batch) = (N::new(&mut seed(0)), inputs.len() / N::Inputs::DIM);
    let (mut pass, mut gradient) = (N::pass(batch), N::zeros());
    let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
    let values: Vec<N::Scalar> = outputs.values().iter().copied().collect();
    let zeros = vec![N::Scalar::ZERO; values.len()];
    outputs.backward(view::<_, N::Outputs>(&zeros), &mut gradient).unwrap();
    values.iter().chain(gradient.states()).map(|&value| value.to_f64()).collect()
}

fn check_norm<Single: Chain<Scalar = f32>, Double: Chain<Scalar = f64>>(what: &str, batch: usize) {
    for inputs in around_a_large_number(batch * Single::Inputs::DIM) {
        let (found, expected) = (normed::<Single>(&inputs), normed::<Double>(&inputs));
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.into_iter().zip(expected) {
            let off = (found - expected).abs() / expected.abs().max(1.0);
            assert!(off < 1e-6, "{what}: {found} is not {expected}");
        }
    }
}

#[test]
fn around_means_that_are_rounded() {
    check_norm::<LayerNorm, LayerNormOf<f64>>("layer_norm of a vector", 1);
    check_norm::<LayerNormRows, LayerNormRowsOf<f64>>("layer_norm of rows", 3);
    check_norm::<GroupNorm, GroupNormOf<f64>>("group_norm", 2);
    check_norm::<BatchNorm, BatchNormOf<f64>>("batch_norm1d of features", 100_001);
    check_norm::<BatchNormRows, BatchNormRowsOf<f64>>("batch_norm1d of rows", 1_001);
    check_norm::<BatchNormImages, BatchNormImagesOf<f64>>("batch_norm2d", 257);
}
