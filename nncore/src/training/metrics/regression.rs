//! How far real outputs are from what they should be.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::definition::Metric;
use crate::inference::SingleOutput;
use crate::scalar::Real;
use crate::training::loss::{LossError, Values, check_values};
use nalgebra::DimName;

/// The mean of |output − target| over all outputs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanAbsoluteError {
    sum: f64,
    count: u64,
}

impl<N: SingleOutput, Y: Values<N::Scalar> + ?Sized> Metric<N, Y> for MeanAbsoluteError {
    fn name(&self) -> String {
        "mean_absolute_error".into()
    }

    fn start(&mut self) {
        *self = Self::default();
    }

    fn add(&mut self, outputs: &N::OutputViews<'_>, targets: &Y) -> Result<(), LossError> {
        let targets = check_values(targets, outputs.ncols(), N::Outputs::DIM)?;
        for (output, target) in outputs.as_slice().iter().zip(targets) {
            self.sum += (output.to_f64() - target.to_f64()).abs();
            self.count += 1;
        }
        Ok(())
    }

    fn value(&self) -> f64 {
        self.sum / self.count as f64
    }
}

/// R², the share of the targets' variance that the outputs explain: 1 − Σ(target − output)² / Σ(target − mean)²,
/// of each output, and their mean.
///
/// As scikit-learn's, it is 1 for a target that never varies and is always met, and 0 if such a one is not; NaN
/// for less than two samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RSquared {
    samples: u64,
    outputs: Vec<Variance>,
}

/// What is known of one output.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Variance {
    mean: f64,
    /// Σ(target − mean)², by Welford's update, which loses no digits where the mean is great.
    of_targets: f64,
    /// Σ(target − output)²
    of_errors: f64,
}

impl Variance {
    fn add(&mut self, target: f64, output: f64, samples: u64) {
        let distance = target - self.mean;
        self.mean += distance / samples as f64;
        self.of_targets += distance * (target - self.mean);
        self.of_errors += (target - output) * (target - output);
    }

    fn explained(&self) -> f64 {
        match (self.of_targets == 0.0, self.of_errors == 0.0) {
            (true, true) => 1.0,
            (true, false) => 0.0,
            _ => 1.0 - self.of_errors / self.of_targets,
        }
    }
}

impl<N: SingleOutput, Y: Values<N::Scalar> + ?Sized> Metric<N, Y> for RSquared {
    fn name(&self) -> String {
        "r_squared".into()
    }

    fn start(&mut self) {
        *self = Self::default();
    }

    fn add(&mut self, outputs: &N::OutputViews<'_>, targets: &Y) -> Result<(), LossError> {
        let width = N::Outputs::DIM;
        let targets = check_values(targets, outputs.ncols(), width)?;
        if self.outputs.is_empty() {
            self.outputs = vec![Variance::default(); width];
        }
        let samples = outputs.as_slice().chunks_exact(width.max(1));
        for (outputs, targets) in samples.zip(targets.chunks_exact(width.max(1))) {
            self.samples += 1;
            for (variance, (output, target)) in
                self.outputs.iter_mut().zip(outputs.iter().zip(targets))
            {
                variance.add(target.to_f64(), output.to_f64(), self.samples);
            }
        }
        Ok(())
    }

    fn value(&self) -> f64 {
        if self.samples < 2 {
            return f64::NAN;
        }
        self.outputs.iter().map(Variance::explained).sum::<f64>() / self.outputs.len() as f64
    }
}
