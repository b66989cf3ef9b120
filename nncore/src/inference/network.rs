//! What every generated network can do.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
#[cfg(feature = "alloc")]
use core::ops::Range;

use nalgebra::DimName;
use rand::Rng;

use super::info::{ArrayInfo, ParameterInfo};
#[cfg(feature = "alloc")]
use super::names::{self, NameError};
use crate::memory::Parameters;

/// The outputs of a network that may be read as logits (or as real numbers): the default.
#[derive(Clone, Copy, Debug)]
pub enum Logits {}

/// The outputs of a network that ends in `softmax`: probabilities.
#[derive(Clone, Copy, Debug)]
pub enum Probabilities {}

/// Several outputs, which a loss takes by their names.
#[derive(Clone, Copy, Debug)]
pub enum NamedOutputs {}

/// A network declared by `network!`.
///
/// Users call the generated type's own functions; this trait is for code that works on any network.
/// What training adds is in [`Trainable`](crate::training::Trainable), which every network is.
pub trait Network: Parameters {
    /// Number of input features of a sample, those of all inputs together, as a type.
    type Inputs: DimName;
    /// Number of outputs of a sample, those of all outputs together, as a type.
    type Outputs: DimName;
    /// What the outputs mean: [`Logits`] or [`Probabilities`], or [`NamedOutputs`] if there are several.
    type Meaning;
    /// The outputs of a batch: a [`SamplesView`](super::SamplesView), or for a network with several outputs the
    /// struct of its outputs, with a view of each.
    type OutputViews<'a>;
    /// The numbers of a batch, a slice for each input.
    #[doc(hidden)]
    type InputSlices<'a>: Copy;

    /// Name and shape of each input.
    const INPUTS: &'static [ArrayInfo];
    /// Name and shape of each output.
    const OUTPUTS: &'static [ArrayInfo];

    /// Name and shape of each parameter and state, in the order of declaration.
    const PARAMETERS: &'static [ParameterInfo];

    /// Keys that a file may hold beside those of [`Network::PARAMETERS`], such as PyTorch's
    /// `num_batches_tracked`: nothing here stands for them.
    const IGNORED_KEYS: &'static [&'static str] = &[];

    /// Integers of a sample, those of all inputs together.
    const INTEGERS: usize;

    /// Scalars a training pass keeps for each sample. The first are the outputs, then their
    /// gradient, then what the network saves for its backward pass.
    const PASS_SCALARS: usize;

    /// Scalars a training pass keeps besides, whatever the batch: sums of the parameters' gradients
    /// over groups of samples.
    const SHARED_SCALARS: usize;

    /// Scalars that the losses made for this network need for each sample, beside the gradient on its
    /// outputs.
    const LOSS_SCALARS: usize;

    /// The outputs that lie one after the other, each for the whole batch.
    #[doc(hidden)]
    fn views(outputs: &[Self::Scalar], batch: usize) -> Self::OutputViews<'_>;

    /// A network with PyTorch's initial parameters, drawn from `rng`; born on the heap.
    #[cfg(feature = "alloc")]
    #[must_use]
    fn new<R: Rng + ?Sized>(rng: &mut R) -> Box<Self> {
        let mut network = Self::zeros();
        network.initialise(rng);
        network
    }

    /// Draws every parameter anew, as each layer's equations say.
    fn initialise<R: Rng + ?Sized>(&mut self, rng: &mut R);

    /// Which scalars of [`Parameters::as_slice`] are those of a parameter, or of all parameters below a
    /// prefix, which ends with a dot. The empty prefix is that of all.
    ///
    /// ```
    /// # use nncore::inference::{NameError, Network};
    /// /// The gradient on a layer alone.
    /// fn of_head<N: Network>(gradient: &N) -> Result<&[N::Scalar], NameError> {
    ///     Ok(&gradient.as_slice()[N::range("head.")?])
    /// }
    /// ```
    ///
    /// # Errors
    /// If there is no such parameter, or if it is a state.
    #[cfg(feature = "alloc")]
    fn range(name: &str) -> Result<Range<usize>, NameError> {
        names::range(Self::PARAMETERS, name)
    }

    /// Each parameter and state with its name and its numbers, in the order of declaration.
    fn state_dict(&self) -> impl Iterator<Item = (&'static ParameterInfo, &[Self::Scalar])> {
        let regions = (self.as_slice(), self.states());
        Self::PARAMETERS.iter().scan(regions, |(parameters, states), info| {
            let rest = if info.is_state { states } else { parameters };
            rest.split_off(..info.len()).map(|values| (info, values))
        })
    }

    /// Each parameter and state with its name and its numbers, to be written.
    fn state_dict_mut(
        &mut self,
    ) -> impl Iterator<Item = (&'static ParameterInfo, &mut [Self::Scalar])> {
        Self::PARAMETERS.iter().scan(self.split_mut(), |(parameters, states), info| {
            let rest = if info.is_state { states } else { parameters };
            rest.split_off_mut(..info.len()).map(|values| (info, values))
        })
    }

    /// Fills the outputs and all that the backward pass reads.
    ///
    /// Each of the inputs holds batch × features scalars, `pass` batch ×
    /// [`Network::PASS_SCALARS`] and then [`Network::SHARED_SCALARS`].
    #[doc(hidden)]
    fn forward_pass(
        &self,
        inputs: Self::InputSlices<'_>,
        pass: &mut [Self::Scalar],
        batch: usize,
        key: u64,
    );

    /// Fills the outputs alone.
    #[doc(hidden)]
    fn evaluation_pass(
        &self,
        inputs: Self::InputSlices<'_>,
        pass: &mut [Self::Scalar],
        batch: usize,
    );

    /// Overwrites `gradient` with the sum over the batch, from the output gradient in `pass`.
    #[doc(hidden)]
    fn backward_pass(
        &self,
        inputs: Self::InputSlices<'_>,
        pass: &mut [Self::Scalar],
        batch: usize,
        key: u64,
        gradient: &mut Self,
    );
}
