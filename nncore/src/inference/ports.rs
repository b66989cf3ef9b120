//! What goes into a network and what comes out of it: one array, or several with names.

use nalgebra::{DimName, Dyn};

use super::network::Network;
use super::samples::{Batch, BatchError, SamplesView, view_slice};
use crate::memory::Parameters;

/// A network with one input, of real numbers: its batches are matrices, see [`Batch`].
pub trait SingleInput: Network {
    #[doc(hidden)]
    fn slices(inputs: &[Self::Scalar]) -> Self::InputSlices<'_>;
}

/// A network with one output: its outputs for a batch are one matrix.
pub trait SingleOutput:
    for<'a> Network<
    OutputViews<'a> = SamplesView<'a, <Self as Parameters>::Scalar, <Self as Network>::Outputs>,
>
{
}

/// A network with one input of real numbers and one output, as every chain of layers without `index` is.
///
/// ```
/// # use nncore::inference::Chain;
/// use nncore::training::{Pass, Trainable};
///
/// /// The largest output for a batch.
/// fn largest<N: Chain<Scalar = f32>>(
///     model: &N,
///     inputs: nncore::inference::SamplesView<'_, f32, N::Inputs>,
///     pass: &mut Pass<N>,
/// ) -> f32 {
///     let outputs = model.forward_batch(inputs, pass).expect("a pass with room for the batch");
///     outputs.values().iter().copied().fold(f32::NEG_INFINITY, f32::max)
/// }
/// ```
pub trait Chain: SingleInput + SingleOutput {}

impl<N: SingleInput + SingleOutput> Chain for N {}

/// What can be the inputs of the network `N` for a batch: a matrix with a column a sample, or of integers a
/// slice, one sample after the other; for a network with several inputs the struct of its inputs, with one of
/// these for each.
///
/// ```text
/// model.forward_batch(&x, &mut pass)?;
/// model.forward_batch(&tokens, &mut pass)?;
/// model.forward_batch(AgentInputs { image: &images, body: &bodies }, &mut pass)?;
/// ```
#[diagnostic::on_unimplemented(
    message = "these are not the inputs of `{N}`",
    label = "not a batch for this network",
    note = "a network with one input takes a matrix with a column a sample, or of integers a slice; one with several inputs takes the struct that is called after it, `NetInputs {{ image: &images, … }}`"
)]
pub trait InputBatch<'a, N: Network>: Sized {
    /// The numbers of each input, and how many samples there are. Integers are checked, and written as numbers
    /// to `integers`, which has [`Network::INTEGERS`] for each sample that it has room for.
    ///
    /// # Errors
    /// If an input has another number of rows than the network takes, or another number of samples than
    /// the others; if an integer is out of range, or there are too many.
    #[doc(hidden)]
    fn slices<'m>(
        self,
        integers: &'m mut [N::Scalar],
    ) -> Result<(N::InputSlices<'m>, usize), BatchError>
    where
        'a: 'm;
}

impl<'a, N: SingleInput, B: Batch<'a, N::Scalar, N::Inputs, N>> InputBatch<'a, N> for B {
    fn slices<'m>(
        self,
        _integers: &'m mut [N::Scalar],
    ) -> Result<(N::InputSlices<'m>, usize), BatchError>
    where
        'a: 'm,
    {
        let samples = self.samples("inputs")?;
        let batch = samples.ncols();
        Ok((<N as SingleInput>::slices(view_slice(samples)), batch))
    }
}

/// What can be the gradient on the outputs of the network `N` for a batch: a matrix with a column a sample,
/// or for a network with several outputs the struct of its outputs, with a matrix for each.
#[diagnostic::on_unimplemented(
    message = "this is no gradient on the outputs of `{N}`",
    label = "not a gradient on these outputs",
    note = "a network with one output takes a matrix with a column a sample; one with several outputs takes the struct that is called after it, `NetOutputs {{ policy: &gradient, … }}`"
)]
pub trait OutputGradients<'a, N: Network>: Sized {
    /// Writes the gradient on each output, one after the other.
    ///
    /// # Errors
    /// If one has another number of rows than its output, or of samples than the batch.
    #[doc(hidden)]
    fn write(self, place: &mut [N::Scalar], batch: usize) -> Result<(), BatchError>;
}

impl<'a, N: SingleOutput, B: Batch<'a, N::Scalar, N::Outputs, N>> OutputGradients<'a, N> for B {
    fn write(self, place: &mut [N::Scalar], batch: usize) -> Result<(), BatchError> {
        write_gradient::<N, N::Outputs, B>("output gradient", self, place, batch).map(drop)
    }
}

/// A network whose training computes the gradients on its inputs, so that networks can be chained by hand: an
/// actor through its critic, a generator through its discriminator.
#[diagnostic::on_unimplemented(
    message = "the training of `{Self}` computes no gradients on its inputs",
    note = "write `#[input_gradients]` before the network in `network!`"
)]
pub trait InputGradients: Network {
    /// The gradients on the inputs of a batch: a [`SamplesView`], or for a network with several inputs the
    /// struct of its inputs, with a view of each. Integers have none, `()`.
    type GradientViews<'a>;

    /// The gradients that lie one after the other, each for the whole batch.
    #[doc(hidden)]
    fn gradient_views(gradients: &[Self::Scalar], batch: usize) -> Self::GradientViews<'_>;
}

/// The numbers of one input; sets the number of samples, or compares with it.
///
/// # Errors
/// If there are other rows, or another number of samples than in the inputs before.
#[doc(hidden)]
pub fn input_slice<'a, N: Network, F: DimName>(
    input: &'static str,
    given: impl Batch<'a, N::Scalar, F, N>,
    samples: &mut Option<usize>,
) -> Result<&'a [N::Scalar], BatchError> {
    let given = given.samples(input)?;
    let found = given.ncols();
    match *samples.get_or_insert(found) {
        expected if expected != found => Err(BatchError::Input { input, expected, found }),
        _ => Ok(view_slice(given)),
    }
}

/// Writes the gradient on one output; gives the place of those behind it.
///
/// # Errors
/// If there are other rows, or another number of samples than in the batch.
#[doc(hidden)]
pub fn write_gradient<'a, 'p, N: Network, F: DimName, B: Batch<'a, N::Scalar, F, N>>(
    what: &'static str,
    gradient: B,
    place: &'p mut [N::Scalar],
    batch: usize,
) -> Result<&'p mut [N::Scalar], BatchError> {
    let gradient = gradient.samples(what)?;
    let (expected, found) = (batch, gradient.ncols());
    if expected != found {
        return Err(BatchError::OtherCount { expected, found });
    }
    let (own, rest) = place.split_at_mut(batch * F::DIM);
    own.copy_from_slice(view_slice(gradient));
    Ok(rest)
}

/// The first output as a matrix with a column a sample; the outputs behind it remain.
#[doc(hidden)]
#[must_use]
pub fn output_view<'a, T: nalgebra::Scalar, F: DimName>(
    outputs: &mut &'a [T],
    batch: usize,
) -> SamplesView<'a, T, F> {
    let (own, rest) = outputs.split_at(batch * F::DIM);
    *outputs = rest;
    SamplesView::from_slice_generic(own, F::name(), Dyn(batch))
}
