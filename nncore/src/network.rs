//! What every generated network can do.

use nalgebra::{Const, DimName, Dyn, MatrixView, OMatrix};
use rand::Rng;

use crate::parameters::Parameters;
use crate::pass::{BatchError, Outputs, Pass, Program, view_slice};

/// A batch of samples: F rows (`F = Const<features>`), a column a sample.
///
/// Column-major storage keeps each sample's features together: the memory of PyTorch's
/// (batch, features).
pub type Samples<T, F> = OMatrix<T, F, Dyn>;

/// A borrowed batch of samples; any contiguous nalgebra matrix or vector with F rows converts into
/// it, an `SVector` as a batch of one.
pub type SamplesView<'a, T, F> = MatrixView<'a, T, F, Dyn, Const<1>, F>;

/// The outputs of a network that may be read as logits (or as real numbers): the default.
#[derive(Clone, Copy, Debug)]
pub enum Logits {}

/// The outputs of a network that ends in `softmax`: probabilities.
#[derive(Clone, Copy, Debug)]
pub enum Probabilities {}

/// The name and shape of one parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterInfo {
    /// The key in a state dict: `hidden1.weight`, or `1.weight` for a layer without a label.
    pub name: &'static str,
    /// The shape in PyTorch's order: (out, in) for a linear layer's weight.
    pub shape: &'static [usize],
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
pub trait Network: Parameters {
    /// Number of input features, as a type.
    type Inputs: DimName;
    /// Number of outputs, as a type.
    type Outputs: DimName;
    /// What the outputs mean: [`Logits`] or [`Probabilities`].
    type Meaning;

    /// Name and shape of each parameter, in the order of [`Parameters::as_slice`].
    const PARAMETERS: &'static [ParameterInfo];

    /// Scalars a training pass keeps for each sample. The first are the outputs, then their
    /// gradient, then what the network saves for its backward pass.
    const PASS_SCALARS: usize;

    /// Scalars a training pass keeps besides, whatever the batch: sums of the parameters' gradients
    /// over groups of samples.
    const SHARED_SCALARS: usize;

    /// A network with PyTorch's initial parameters, drawn from `rng`; born on the heap.
    #[must_use]
    fn new<R: Rng + ?Sized>(rng: &mut R) -> Box<Self> {
        let mut network = Self::zeros();
        network.initialise(rng);
        network
    }

    /// Every buffer that a training step needs, for batches of up to `capacity` samples.
    #[must_use]
    fn pass(capacity: usize) -> Pass<Self> {
        Pass::new(capacity)
    }

    /// The outputs for a batch, a column a sample, with all that their backward pass needs.
    ///
    /// `inputs` is a matrix of [`Network::Inputs`] rows, a column a sample (PyTorch's
    /// (batch, features) in the same memory); a vector is a batch of one.
    ///
    /// # Errors
    /// If the batch has more samples than `pass` was made for.
    fn forward_batch<'a>(
        &'a self,
        inputs: impl Into<SamplesView<'a, Self::Scalar, Self::Inputs>>,
        pass: &'a mut Pass<Self>,
    ) -> Result<Outputs<'a, Self>, BatchError> {
        pass.forward(self, inputs.into())
    }

    /// The outputs for a batch as after training: without dropout, with running statistics.
    ///
    /// # Errors
    /// If the batch has more samples than `pass` was made for.
    fn evaluate<'a>(
        &self,
        inputs: impl Into<SamplesView<'a, Self::Scalar, Self::Inputs>>,
        pass: &'a mut Pass<Self>,
    ) -> Result<SamplesView<'a, Self::Scalar, Self::Outputs>, BatchError> {
        let inputs = inputs.into();
        let batch = inputs.ncols();
        let scalars = pass.scalars_from(0, batch)?;
        if batch > 0 {
            self.evaluation_pass(view_slice(inputs), scalars, batch);
        }
        let outputs = &scalars[..batch * Self::Outputs::DIM];
        Ok(SamplesView::from_slice_generic(outputs, Self::Outputs::name(), Dyn(batch)))
    }

    /// Draws every parameter anew, as each layer's equations say.
    fn initialise<R: Rng + ?Sized>(&mut self, rng: &mut R);

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

impl<N: Network> Program for N {
    type Network = N;
    type Inputs = N::Inputs;
    type Outputs = N::Outputs;
    type Meaning = N::Meaning;
    const SCALARS: usize = N::PASS_SCALARS;
    const SHARED_SCALARS: usize = N::SHARED_SCALARS;

    fn forward(network: &N, inputs: &[N::Scalar], pass: &mut [N::Scalar], batch: usize, key: u64) {
        network.forward_pass(inputs, pass, batch, key);
    }

    fn backward(
        network: &N,
        inputs: &[N::Scalar],
        pass: &mut [N::Scalar],
        batch: usize,
        key: u64,
        gradient: &mut N,
    ) {
        network.backward_pass(inputs, pass, batch, key, gradient);
    }
}
