//! Batches of samples: matrices with a column a sample.

use nalgebra::{Const, Dyn, MatrixView};
#[cfg(feature = "alloc")]
use nalgebra::{DimName, OMatrix};
use thiserror::Error;

/// A batch of samples: F rows (`F = Const<features>`), a column a sample.
///
/// Column-major storage keeps each sample's features together: the memory of PyTorch's
/// (batch, features).
#[cfg(feature = "alloc")]
pub type Samples<T, F> = OMatrix<T, F, Dyn>;

/// A borrowed batch of samples; any contiguous nalgebra matrix or vector with F rows converts into
/// it, an `SVector` as a batch of one.
pub type SamplesView<'a, T, F> = MatrixView<'a, T, F, Dyn, Const<1>, F>;

/// The memory behind a view, for as long as the view's own borrow.
#[cfg(feature = "alloc")]
#[expect(clippy::needless_pass_by_value, reason = "the view is given up for its memory")]
pub(crate) fn view_slice<T: nalgebra::Scalar, F: DimName>(view: SamplesView<'_, T, F>) -> &[T] {
    view.data.into_slice()
}

/// A batch that does not fit.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BatchError {
    /// More samples than the pass was made for.
    #[error(
        "the pass has room for {capacity} samples, but the batch has {found}; make it with `pass({found})`"
    )]
    TooLarge {
        /// What the pass was made for.
        capacity: usize,
        /// The samples in the batch.
        found: usize,
    },
    /// Neither one direction nor one for each sample.
    #[error("the batch has {expected} samples, but there are {found} directions; one is for all")]
    Directions {
        /// The samples in the batch.
        expected: usize,
        /// The directions.
        found: usize,
    },
    /// An output gradient for another number of samples.
    #[error("the batch has {expected} samples, but the output gradient has {found}")]
    OtherCount {
        /// The samples in the batch.
        expected: usize,
        /// The samples in the output gradient.
        found: usize,
    },
}
