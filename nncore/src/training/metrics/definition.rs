//! What a metric is.

use alloc::string::String;

use crate::inference::Network;
use crate::training::loss::LossError;

/// A measure of the outputs of the network `N`, given targets of type `Y`, which is added up over batches.
///
/// One's own, on any network with one output:
///
/// ```
/// use nncore::inference::SingleOutput;
/// use nncore::training::loss::LossError;
/// use nncore::training::metrics::Metric;
///
/// /// The greatest output of all.
/// struct Greatest(f64);
///
/// impl<N: SingleOutput<Scalar = f32>, Y: ?Sized> Metric<N, Y> for Greatest {
///     fn name(&self) -> String {
///         "greatest".into()
///     }
///
///     fn start(&mut self) {
///         self.0 = f64::NEG_INFINITY;
///     }
///
///     fn add(&mut self, outputs: &N::OutputViews<'_>, _targets: &Y) -> Result<(), LossError> {
///         self.0 = f64::max(self.0, outputs.max().into());
///         Ok(())
///     }
///
///     fn value(&self) -> f64 {
///         self.0
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no metric of the outputs of `{N}` with a target of type `{Y}`",
    note = "metrics of classes take lists of integers, the others lists or matrices of the network's own scalar type; those of this library take networks with one output"
)]
pub trait Metric<N: Network, Y: ?Sized> {
    /// What it is called in a history.
    fn name(&self) -> String;

    /// Begins anew.
    fn start(&mut self);

    /// Takes a batch.
    ///
    /// # Errors
    /// If the targets do not fit the outputs.
    fn add(&mut self, outputs: &N::OutputViews<'_>, targets: &Y) -> Result<(), LossError>;

    /// The measure of all batches since the beginning; NaN if there have been none.
    fn value(&self) -> f64;
}

/// A metric that its owner can look at afterwards.
impl<N: Network, Y: ?Sized, M: Metric<N, Y>> Metric<N, Y> for &mut M {
    fn name(&self) -> String {
        M::name(self)
    }

    fn start(&mut self) {
        M::start(self);
    }

    fn add(&mut self, outputs: &N::OutputViews<'_>, targets: &Y) -> Result<(), LossError> {
        M::add(self, outputs, targets)
    }

    fn value(&self) -> f64 {
        M::value(self)
    }
}
