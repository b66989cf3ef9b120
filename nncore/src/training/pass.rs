//! The memory of a training step.

use super::outputs::Outputs;
use super::program::{Program, Scalar};
use crate::inference::{BatchError, SamplesView, view_slice};
use crate::kernels::step_key;
use crate::memory::AlignedBuffer;
use crate::parallel::start_threads;

/// Passes of fewer scalars hold no work that is worth dividing.
const SMALLEST_SHARED_PASS: usize = 1 << 13;

/// Every buffer that a training step needs, allocated once for up to `capacity` samples.
#[derive(Debug)]
pub struct Pass<P: Program> {
    scalars: AlignedBuffer<Scalar<P>>,
    capacity: usize,
    seed: u64,
    /// Forward passes so far.
    steps: u64,
}

impl<P: Program> Pass<P> {
    pub(crate) fn new(capacity: usize) -> Self {
        let count = capacity.saturating_mul(P::SCALARS).saturating_add(P::SHARED_SCALARS);
        start_threads(count >= SMALLEST_SHARED_PASS);
        Self { scalars: AlignedBuffer::zeros(count), capacity, seed: 0, steps: 0 }
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
        let key = step_key(self.seed, self.steps);
        self.steps += 1;
        let pass = self.scalars_from(0, batch)?;
        if batch > 0 {
            P::forward(network, inputs, pass, batch, key);
        }
        Ok(Outputs::new(network, inputs, batch, key, pass))
    }
}
