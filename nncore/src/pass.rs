//! The steps of a network's training.
//!
//! The order of calls is held by the types: [`Network`] → forward → [`Outputs`] → loss →
//! [`LossValue`] → backward. A backward pass without its forward pass cannot be written.
//!
//! [`Network`]: crate::network::Network

use std::fmt;

use nalgebra::{DimName, Dyn};
use thiserror::Error;

use crate::lines::Lines;
use crate::loss::{Accepts, Loss, LossError};
use crate::network::SamplesView;
use crate::parameters::Parameters;
use crate::random;
use crate::real::Real;
use crate::threads;

/// The scalar type of a program.
pub type Scalar<P> = <<P as Program>::Network as Parameters>::Scalar;

/// What a network computes for a batch, and can be differentiated: its outputs alone (the program
/// is the [`Network`](crate::network::Network) itself), or with derivatives of their own
/// ([`Along`](crate::derivatives::Along)).
pub trait Program: 'static {
    /// The network whose parameters it reads.
    type Network: Parameters;
    /// Number of input features, as a type.
    type Inputs: DimName;
    /// Number of outputs, as a type.
    type Outputs: DimName;
    /// What the outputs mean: [`Logits`](crate::network::Logits) or
    /// [`Probabilities`](crate::network::Probabilities).
    type Meaning;

    /// Scalars a pass keeps for each sample: the outputs, their gradient, and what else it needs.
    const SCALARS: usize;

    /// Scalars a pass keeps besides, whatever the batch.
    const SHARED_SCALARS: usize;

    /// Fills the outputs and all that the backward pass reads, for a batch of at least 1.
    #[doc(hidden)]
    fn forward(
        network: &Self::Network,
        inputs: &[Scalar<Self>],
        pass: &mut [Scalar<Self>],
        batch: usize,
        key: u64,
    );

    /// Overwrites `gradient` with the sum over a batch of at least 1, from the output gradient in
    /// `pass`.
    #[doc(hidden)]
    fn backward(
        network: &Self::Network,
        inputs: &[Scalar<Self>],
        pass: &mut [Scalar<Self>],
        batch: usize,
        key: u64,
        gradient: &mut Self::Network,
    );
}

/// Passes of fewer scalars hold no work that is worth dividing.
const LEAST_DIVIDED: usize = 1 << 13;

/// Every buffer that a training step needs, allocated once for up to `capacity` samples.
#[derive(Debug)]
pub struct Pass<P: Program> {
    scalars: Lines<Scalar<P>>,
    capacity: usize,
    seed: u64,
    /// Forward passes so far.
    steps: u64,
}

impl<P: Program> Pass<P> {
    pub(crate) fn new(capacity: usize) -> Self {
        let count = capacity.saturating_mul(P::SCALARS).saturating_add(P::SHARED_SCALARS);
        threads::prepare(count >= LEAST_DIVIDED);
        Self { scalars: Lines::new(count), capacity, seed: 0, steps: 0 }
    }

    /// The largest batch that fits.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Begins the random numbers of dropout anew. They depend on this seed (0 unless set), the
    /// layer, the number of forward passes since, and the element, and on nothing else.
    pub fn set_seed(&mut self, seed: u64) {
        (self.seed, self.steps) = (seed, 0);
    }

    /// The scalars of a batch, from the n-th for each sample on, then those of all.
    pub(crate) fn scalars_from(
        &mut self,
        first: usize,
        batch: usize,
    ) -> Result<&mut [Scalar<P>], BatchError> {
        let (capacity, found) = (self.capacity, batch);
        if found > capacity {
            return Err(BatchError::TooLarge { capacity, found });
        }
        Ok(&mut self.scalars[batch * first..batch * P::SCALARS + P::SHARED_SCALARS])
    }

    pub(crate) fn forward<'a>(
        &'a mut self,
        network: &'a P::Network,
        inputs: SamplesView<'a, Scalar<P>, P::Inputs>,
    ) -> Result<Outputs<'a, P>, BatchError> {
        let batch = inputs.ncols();
        let inputs = view_slice(inputs);
        let key = random::key(self.seed, self.steps);
        self.steps += 1;
        let pass = self.scalars_from(0, batch)?;
        if batch > 0 {
            P::forward(network, inputs, pass, batch, key);
        }
        Ok(Outputs { network, inputs, batch, key, pass })
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

/// The memory behind a view, for as long as the view's own borrow.
#[expect(clippy::needless_pass_by_value, reason = "the view is given up for its memory")]
pub(crate) fn view_slice<T: nalgebra::Scalar, F: DimName>(view: SamplesView<'_, T, F>) -> &[T] {
    view.data.into_slice()
}

/// The outputs of a forward pass over a batch, with all that its backward pass needs.
pub struct Outputs<'a, P: Program> {
    network: &'a P::Network,
    inputs: &'a [Scalar<P>],
    batch: usize,
    key: u64,
    pass: &'a mut [Scalar<P>],
}

impl<'a, P: Program> Outputs<'a, P> {
    /// The outputs: a column a sample.
    #[must_use]
    pub fn values(&self) -> SamplesView<'_, Scalar<P>, P::Outputs> {
        let outputs = &self.pass[..self.batch * P::Outputs::DIM];
        SamplesView::from_slice_generic(outputs, P::Outputs::name(), Dyn(self.batch))
    }

    /// The loss's mean over the batch, and its gradient on the outputs.
    ///
    /// `target` is what the loss asks for: class indices (`&[u8]`, `&[usize]` …) or a matrix with
    /// the outputs' shape.
    ///
    /// # Errors
    /// If the target does not fit the batch: another number of samples, a label out of range; if a
    /// setting of the loss is out of its range.
    #[expect(clippy::needless_pass_by_value, reason = "a loss is a few numbers, written in place")]
    pub fn loss<L, Y, K>(self, loss: L, target: &Y) -> Result<LossValue<'a, P>, LossError>
    where
        L: Loss<Scalar<P>, Y, K> + Accepts<P::Meaning>,
        Y: ?Sized,
    {
        let size = self.batch * P::Outputs::DIM;
        let (outputs, rest) = self.pass.split_at_mut(size);
        let value = loss.evaluate(outputs, P::Outputs::DIM, target, &mut rest[..size])?;
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
        output_gradient: impl Into<SamplesView<'g, Scalar<P>, P::Outputs>>,
        gradient: &mut P::Network,
    ) -> Result<(), BatchError> {
        let output_gradient = output_gradient.into();
        let (expected, found) = (self.batch, output_gradient.ncols());
        if expected != found {
            return Err(BatchError::OtherCount { expected, found });
        }
        let size = self.batch * P::Outputs::DIM;
        self.pass[size..2 * size].copy_from_slice(view_slice(output_gradient));
        self.propagate(gradient);
        Ok(())
    }

    /// The backward pass, from the output gradient that lies in the pass.
    fn propagate(self, gradient: &mut P::Network) {
        if self.batch > 0 {
            P::backward(self.network, self.inputs, self.pass, self.batch, self.key, gradient);
            return;
        }
        let (gradient, network) = (gradient.as_mut_slice(), self.network.as_slice());
        gradient.fill(Real::ZERO);
        for state in P::Network::STATES {
            gradient[state.clone()].copy_from_slice(&network[state.clone()]);
        }
    }
}

impl<P: Program> fmt::Debug for Outputs<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outputs").field("values", &self.values()).finish_non_exhaustive()
    }
}

/// A loss that has been evaluated, ready for its backward pass.
pub struct LossValue<'a, P: Program> {
    outputs: Outputs<'a, P>,
    value: Scalar<P>,
}

impl<'a, P: Program> LossValue<'a, P> {
    /// The loss: its mean over the batch.
    #[must_use]
    pub fn value(&self) -> Scalar<P> {
        self.value
    }

    /// The outputs that it was computed from.
    #[must_use]
    pub fn outputs(&self) -> &Outputs<'a, P> {
        &self.outputs
    }

    /// The gradient of the loss on the outputs: a column a sample.
    #[must_use]
    pub fn output_gradient(&self) -> SamplesView<'_, Scalar<P>, P::Outputs> {
        let size = self.outputs.batch * P::Outputs::DIM;
        let gradient = &self.outputs.pass[size..2 * size];
        SamplesView::from_slice_generic(gradient, P::Outputs::name(), Dyn(self.outputs.batch))
    }

    /// Overwrites `gradient` with the loss's gradient: `zero_grad` and `backward` in one.
    pub fn backward(self, gradient: &mut P::Network) {
        self.outputs.propagate(gradient);
    }
}

impl<P: Program> fmt::Debug for LossValue<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("LossValue");
        all.field("value", &self.value).field("outputs", &self.outputs).finish()
    }
}

/// Cuts a slice into regions of `widths[k] · batch` scalars, and what is left.
#[doc(hidden)]
#[must_use]
pub fn regions<T, const K: usize>(
    mut scalars: &mut [T],
    batch: usize,
    widths: [usize; K],
) -> ([&mut [T]; K], &mut [T]) {
    let regions = widths.map(|width| {
        let here = std::mem::take(&mut scalars);
        let (region, rest) = here.split_at_mut(width * batch);
        scalars = rest;
        region
    });
    (regions, scalars)
}

/// Makes the first `size` rows of `size` scalars the identity.
#[doc(hidden)]
pub fn identity<T: Real>(scalars: &mut [T], size: usize) {
    for (number, row) in scalars.chunks_exact_mut(size).take(size).enumerate() {
        row.fill(T::ZERO);
        row[number] = T::ONE;
    }
}
