//! Batches of samples: matrices with a column a sample.

use core::any::type_name;

#[cfg(feature = "alloc")]
use nalgebra::OMatrix;
use nalgebra::{Const, Dim, DimName, Dyn, Matrix, MatrixView, RawStorage};
use thiserror::Error;

/// A batch of samples: F rows (`F = Const<features>`), a column a sample.
///
/// Column-major storage keeps each sample's features together: the memory of PyTorch's
/// (batch, features).
#[cfg(feature = "alloc")]
pub type Samples<T, F> = OMatrix<T, F, Dyn>;

/// A borrowed batch of samples: see [`Batch`] for what can be one.
pub type SamplesView<'a, T, F> = MatrixView<'a, T, F, Dyn, Const<1>, F>;

/// What can be a batch of samples of `F` numbers for the network `N`: a [`SamplesView`], or a reference to
/// any nalgebra matrix with `F` rows whose columns follow each other in memory; a vector is a batch of one.
///
/// Sizes that only a running program knows, as those of a `DMatrix`, are checked when it runs.
#[diagnostic::on_unimplemented(
    message = "this is no batch for `{N}`: it needs `{F}` rows of `{T}`, a column a sample",
    label = "no reference to a matrix with `{F}` rows of `{T}`",
    note = "a batch is a `SamplesView`, or a reference to a nalgebra matrix: `&Samples`, `&SVector` (one sample) or `&DMatrix` (checked at run time)"
)]
pub trait Batch<'a, T, F: DimName, N>: Sized {
    /// The samples; what they are to the network is told in errors.
    ///
    /// # Errors
    /// If there is another number of rows, or the columns do not follow each other.
    #[doc(hidden)]
    fn samples(self, what: &'static str) -> Result<SamplesView<'a, T, F>, BatchError>;
}

// Of what is no batch, the compiler says so, and not which of nalgebra's conversions is missing.
#[diagnostic::do_not_recommend]
impl<'a, T, F: DimName, N> Batch<'a, T, F, N> for SamplesView<'a, T, F> {
    fn samples(self, _what: &'static str) -> Result<Self, BatchError> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, T, R: Dim, C: Dim, S: RawStorage<T, R, C>, F: DimName, N> Batch<'a, T, F, N>
    for &'a Matrix<T, R, C, S>
where
    Self: Into<SamplesView<'a, T, F>>,
{
    fn samples(self, what: &'static str) -> Result<SamplesView<'a, T, F>, BatchError> {
        check_layout::<F, N>(what, self.nrows(), self.strides())?;
        Ok(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl<'a, T, R: Dim, C: Dim, S: RawStorage<T, R, C>, F: DimName, N> Batch<'a, T, F, N>
    for &'a mut Matrix<T, R, C, S>
where
    Self: Into<SamplesView<'a, T, F>>,
{
    fn samples(self, what: &'static str) -> Result<SamplesView<'a, T, F>, BatchError> {
        check_layout::<F, N>(what, self.nrows(), self.strides())?;
        Ok(self.into())
    }
}

/// That a matrix has a row for each number of a sample, and its columns follow each other.
fn check_layout<F: DimName, N>(
    what: &'static str,
    rows: usize,
    strides: (usize, usize),
) -> Result<(), BatchError> {
    let (network, expected) = (short_name::<N>(), F::DIM);
    if rows != expected {
        return Err(BatchError::Rows { what, network, expected, found: rows });
    }
    if strides != (1, expected) {
        return Err(BatchError::Strides { what, network, expected: (1, expected), found: strides });
    }
    Ok(())
}

/// A type's name without the modules that it is in.
fn short_name<N>() -> &'static str {
    let name = type_name::<N>();
    let path = name.split('<').next().unwrap_or(name);
    &name[path.rfind(':').map_or(0, |colon| colon + 1)..]
}

/// The memory behind a view, for as long as the view's own borrow.
#[expect(clippy::needless_pass_by_value, reason = "the view is given up for its memory")]
pub(crate) fn view_slice<T: nalgebra::Scalar, F: DimName>(view: SamplesView<'_, T, F>) -> &[T] {
    view.data.into_slice()
}

/// A batch that does not fit.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BatchError {
    /// Another number of rows than a sample has numbers.
    #[error("{what} of `{network}`: expected {expected} rows, a column a sample, found {found}")]
    Rows {
        /// What the matrix is to the network.
        what: &'static str,
        /// The network's type.
        network: &'static str,
        /// The numbers of a sample.
        expected: usize,
        /// The matrix's rows.
        found: usize,
    },
    /// A view of a matrix with numbers between its own.
    #[error(
        "{what} of `{network}`: expected numbers that follow each other, rows {} and columns {} apart, found rows {} and columns {} apart; copy them with `clone_owned()`",
        .expected.0, .expected.1, .found.0, .found.1
    )]
    Strides {
        /// What the matrix is to the network.
        what: &'static str,
        /// The network's type.
        network: &'static str,
        /// How far from each other rows and columns lie in a batch.
        expected: (usize, usize),
        /// How far they do in the matrix.
        found: (usize, usize),
    },
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
    /// An input with another number of samples than those before it.
    #[error("the inputs before `{input}` have {expected} samples, but `{input}` has {found}")]
    Input {
        /// The input's name.
        input: &'static str,
        /// The samples in the inputs before.
        expected: usize,
        /// The samples in this one.
        found: usize,
    },
    /// An integer that is out of its range.
    #[error(
        "`{input}` of sample {sample} is {found} at position {position}, but its integers are 0 to {}",
        .below - 1
    )]
    Integer {
        /// The input's name.
        input: &'static str,
        /// Which sample, from 0.
        sample: usize,
        /// Which of the sample's integers, from 0.
        position: usize,
        /// The integer.
        found: i128,
        /// What the integers are below.
        below: usize,
    },
    /// Integers that are not those of whole samples.
    #[error("`{input}` has {width} integers for each sample, but {found} are given in all")]
    IntegerCount {
        /// The input's name.
        input: &'static str,
        /// The integers of a sample.
        width: usize,
        /// All that are given.
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
