//! The 5-point rule, in f64.

use nalgebra::{DimName, Dyn};
use tapeless::prelude::*;

pub const BATCH: usize = 3;

/// Random-looking numbers between −1 and 1.
pub fn numbers(count: usize, salt: usize) -> Vec<f64> {
    (0..count).map(|k| ((k * 7919 + salt * 104_729 + 13) % 2003) as f64 / 1001.0 - 1.0).collect()
}

pub fn view<D: DimName>(values: &[f64]) -> SamplesView<'_, f64, D> {
    SamplesView::from_slice_generic(values, D::name(), Dyn(values.len() / D::DIM))
}

/// A network whose parameters are all different.
pub fn model<N: Network<Scalar = f64>>() -> Box<N> {
    let mut model = N::zeros();
    let (parameters, states) = model.split_mut();
    let values = numbers(parameters.len() + states.len(), 2);
    let (first, last) = values.split_at(parameters.len());
    parameters.copy_from_slice(first);
    states.copy_from_slice(last);
    model
}

/// A gradient that must be overwritten.
pub fn unset<N: Network<Scalar = f64>>() -> Box<N> {
    let mut gradient = N::zeros();
    gradient.as_mut_slice().fill(f64::NAN);
    gradient
}

/// Every parameter's gradient against the 5-point rule, whose error is of the order of h⁴.
pub fn check<N: Network<Scalar = f64>>(gradient: &N, mut objective: impl FnMut(&N) -> f64) {
    let step = 1e-3;
    let mut model = model::<N>();
    let largest = gradient.as_slice().iter().fold(1.0f64, |largest, g| largest.max(g.abs()));
    assert!(!gradient.as_slice().is_empty());
    for at in 0..gradient.as_slice().len() {
        let mut moved = |steps: f64| {
            let before = model.as_slice()[at];
            model.as_mut_slice()[at] = before + steps * step;
            let value = objective(&model);
            model.as_mut_slice()[at] = before;
            value
        };
        let near = 8.0 * (moved(1.0) - moved(-1.0));
        let far = moved(2.0) - moved(-2.0);
        let expected = (near - far) / (12.0 * step);
        let found = gradient.as_slice()[at];
        let error = (found - expected).abs() / largest;
        assert!(error <= 1e-8, "parameter {at}: {found} is not {expected}");
    }
}
