//! What every generated network can do.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;

use nalgebra::DimName;
use rand::Rng;

use crate::memory::Parameters;

/// The outputs of a network that may be read as logits (or as real numbers): the default.
#[derive(Clone, Copy, Debug)]
pub enum Logits {}

/// The outputs of a network that ends in `softmax`: probabilities.
#[derive(Clone, Copy, Debug)]
pub enum Probabilities {}

/// The name and shape of one parameter or state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterInfo {
    /// The key in a state dict, PyTorch's for a layer of PyTorch: `hidden1.weight`, `1.weight` for a
    /// layer without a label, `encoder.weight_ih_l0` for the field `weight_ih` of a recurrent one.
    pub name: &'static str,
    /// The shape in PyTorch's order: (out, in) for a linear layer's weight.
    pub shape: &'static [usize],
    /// Whether no gradient moves it, as a running mean: it lies in [`Parameters::states`].
    pub is_state: bool,
}

impl ParameterInfo {
    /// Number of scalars.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it holds no scalars.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A network declared by `network!`.
///
/// Users call the generated type's own functions; this trait is for code that works on any network.
/// What training adds is in [`Trainable`](crate::training::Trainable), which every network is.
pub trait Network: Parameters {
    /// Number of input features, as a type.
    type Inputs: DimName;
    /// Number of outputs, as a type.
    type Outputs: DimName;
    /// What the outputs mean: [`Logits`] or [`Probabilities`].
    type Meaning;

    /// Name and shape of each parameter and state, in the order of declaration.
    const PARAMETERS: &'static [ParameterInfo];

    /// Keys that a file may hold beside those of [`Network::PARAMETERS`], such as PyTorch's
    /// `num_batches_tracked`: nothing here stands for them.
    const IGNORED_KEYS: &'static [&'static str] = &[];

    /// Scalars a training pass keeps for each sample. The first are the outputs, then their
    /// gradient, then what the network saves for its backward pass.
    const PASS_SCALARS: usize;

    /// Scalars a training pass keeps besides, whatever the batch: sums of the parameters' gradients
    /// over groups of samples.
    const SHARED_SCALARS: usize;

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
    /// `inputs` holds batch × features scalars, `pass` batch ×
    /// [`Network::PASS_SCALARS`] and then [`Network::SHARED_SCALARS`].
    #[doc(hidden)]
    fn forward_pass(
        &self,
        inputs: &[Self::Scalar],
        pass: &mut [Self::Scalar],
        batch: usize,
        key: u64,
    );

    /// Fills the outputs alone.
    #[doc(hidden)]
    fn evaluation_pass(&self, inputs: &[Self::Scalar], pass: &mut [Self::Scalar], batch: usize);

    /// Overwrites `gradient` with the sum over the batch, from the output gradient in `pass`.
    #[doc(hidden)]
    fn backward_pass(
        &self,
        inputs: &[Self::Scalar],
        pass: &mut [Self::Scalar],
        batch: usize,
        key: u64,
        gradient: &mut Self,
    );
}
