//! What every generated network can do, and the steps of its training.
//!
//! The order of calls is held by the types: [`Network`] → forward → [`Outputs`] → loss →
//! [`LossValue`] → backward. A backward pass without its forward pass cannot be written.

use nalgebra::{Const, DimName, Dyn, MatrixView, OMatrix};
use rand::Rng;
use thiserror::Error;

use crate::loss::{Accepts, Loss, LossError};
use crate::parameters::Parameters;

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
        let inputs = inputs.into();
        let batch = inputs.ncols();
        let (capacity, found) = (pass.capacity, batch);
        if found > capacity {
            return Err(BatchError::TooLarge { capacity, found });
        }
        let inputs = view_slice(inputs);
        let scalars = &mut pass.scalars[..batch * Self::PASS_SCALARS];
        self.forward_pass(inputs, scalars, batch);
        Ok(Outputs { network: self, inputs, batch, pass: scalars })
    }

    /// Draws every parameter anew, as each layer's equations say.
    fn initialise<R: Rng + ?Sized>(&mut self, rng: &mut R);

    /// Fills the outputs and all that the backward pass reads.
    ///
    /// `inputs` holds batch × features scalars, `pass` batch × [`Network::PASS_SCALARS`].
    #[doc(hidden)]
    fn forward_pass(&self, inputs: &[Self::Scalar], pass: &mut [Self::Scalar], batch: usize);

    /// Overwrites `gradient` with the sum over the batch, from the output gradient in `pass`.
    #[doc(hidden)]
    fn backward_pass(
        &self,
        inputs: &[Self::Scalar],
        pass: &mut [Self::Scalar],
        batch: usize,
        gradient: &mut Self,
    );
}

/// Every buffer that a training step needs, allocated once for up to `capacity` samples.
#[derive(Debug)]
pub struct Pass<N: Network> {
    scalars: Box<[N::Scalar]>,
    capacity: usize,
}

impl<N: Network> Pass<N> {
    fn new(capacity: usize) -> Self {
        let zero = <N::Scalar as crate::real::Real>::ZERO;
        let scalars = vec![zero; capacity.saturating_mul(N::PASS_SCALARS)].into_boxed_slice();
        Self { scalars, capacity }
    }

    /// The largest batch that fits.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }
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
    /// An output gradient for another number of samples.
    #[error("the batch has {expected} samples, but the output gradient has {found}")]
    OtherCount {
        /// The samples in the batch.
        expected: usize,
        /// The samples in the output gradient.
        found: usize,
    },
}

/// The memory behind a view, for as long as the view's own borrow.
#[expect(clippy::needless_pass_by_value, reason = "the view is given up for its memory")]
fn view_slice<T: nalgebra::Scalar, F: DimName>(view: SamplesView<'_, T, F>) -> &[T] {
    view.data.into_slice()
}

/// The outputs of a forward pass over a batch, with all that its backward pass needs.
#[derive(Debug)]
pub struct Outputs<'a, N: Network> {
    network: &'a N,
    inputs: &'a [N::Scalar],
    batch: usize,
    pass: &'a mut [N::Scalar],
}

impl<'a, N: Network> Outputs<'a, N> {
    /// The outputs: a column a sample.
    #[must_use]
    pub fn values(&self) -> SamplesView<'_, N::Scalar, N::Outputs> {
        let outputs = &self.pass[..self.batch * N::Outputs::DIM];
        SamplesView::from_slice_generic(outputs, N::Outputs::name(), Dyn(self.batch))
    }

    /// The loss's mean over the batch, and its gradient on the outputs.
    ///
    /// `target` is what the loss asks for: class indices (`&[u8]`, `&[usize]` …) or a matrix with
    /// the outputs' shape.
    ///
    /// # Errors
    /// If the target does not fit the batch: another number of samples, a label out of range.
    #[expect(clippy::needless_pass_by_value, reason = "a loss is a few numbers, written in place")]
    pub fn loss<L, Y>(self, loss: L, target: &Y) -> Result<LossValue<'a, N>, LossError>
    where
        L: Loss<N::Scalar, Y> + Accepts<N::Meaning>,
        Y: ?Sized,
    {
        let size = self.batch * N::Outputs::DIM;
        let (outputs, rest) = self.pass.split_at_mut(size);
        let value = loss.evaluate(outputs, N::Outputs::DIM, target, &mut rest[..size])?;
        Ok(LossValue { outputs: self, value })
    }

    /// The parameters' gradient for a given gradient on the outputs (a vector–Jacobian product).
    ///
    /// `gradient` is overwritten with the sum over the batch.
    ///
    /// # Errors
    /// If the output gradient has another number of samples than the batch.
    pub fn backward<'g>(
        self,
        output_gradient: impl Into<SamplesView<'g, N::Scalar, N::Outputs>>,
        gradient: &mut N,
    ) -> Result<(), BatchError> {
        let output_gradient = output_gradient.into();
        let (expected, found) = (self.batch, output_gradient.ncols());
        if expected != found {
            return Err(BatchError::OtherCount { expected, found });
        }
        let size = self.batch * N::Outputs::DIM;
        self.pass[size..2 * size].copy_from_slice(view_slice(output_gradient));
        self.network.backward_pass(self.inputs, self.pass, self.batch, gradient);
        Ok(())
    }
}

/// A loss that has been evaluated, ready for its backward pass.
#[derive(Debug)]
pub struct LossValue<'a, N: Network> {
    outputs: Outputs<'a, N>,
    value: N::Scalar,
}

impl<N: Network> LossValue<'_, N> {
    /// The loss: its mean over the batch.
    #[must_use]
    pub fn value(&self) -> N::Scalar {
        self.value
    }

    /// The outputs that it was computed from.
    #[must_use]
    pub fn outputs(&self) -> &Outputs<'_, N> {
        &self.outputs
    }

    /// The gradient of the loss on the outputs: a column a sample.
    #[must_use]
    pub fn output_gradient(&self) -> SamplesView<'_, N::Scalar, N::Outputs> {
        let size = self.outputs.batch * N::Outputs::DIM;
        let gradient = &self.outputs.pass[size..2 * size];
        SamplesView::from_slice_generic(gradient, N::Outputs::name(), Dyn(self.outputs.batch))
    }

    /// Overwrites `gradient` with the loss's gradient: `zero_grad` and `backward` in one.
    pub fn backward(self, gradient: &mut N) {
        let Outputs { network, inputs, batch, pass } = self.outputs;
        network.backward_pass(inputs, pass, batch, gradient);
    }
}

/// Cuts a slice into regions of `widths[k] · batch` scalars.
#[doc(hidden)]
#[must_use]
pub fn regions<T, const K: usize>(
    mut scalars: &mut [T],
    batch: usize,
    widths: [usize; K],
) -> [&mut [T]; K] {
    widths.map(|width| {
        let here = std::mem::take(&mut scalars);
        let (region, rest) = here.split_at_mut(width * batch);
        scalars = rest;
        region
    })
}
