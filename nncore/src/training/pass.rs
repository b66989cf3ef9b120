//! The memory of a training step.

use crate::inference::{BatchError, Network};
use crate::kernels::step_key;
use crate::memory::AlignedBuffer;
use crate::parallel::start_threads;
use nalgebra::DimName;

/// Passes of fewer scalars hold no work that is worth dividing.
const SMALLEST_SHARED_PASS: usize = 1 << 13;

/// Every buffer that a training step needs, allocated once for up to `capacity` samples.
#[derive(Debug)]
pub struct Pass<N: Network> {
    scalars: AlignedBuffer<N::Scalar>,
    /// What losses need beside outputs and gradient: a second gradient, and their own memory.
    of_losses: AlignedBuffer<N::Scalar>,
    capacity: usize,
    seed: u64,
    /// Forward passes so far.
    steps: u64,
}

/// The memory of one batch.
pub(crate) struct PassScalars<'a, T> {
    /// The outputs, their gradient, and what the network saves for its backward pass.
    pub pass: &'a mut [T],
    /// A second gradient on the outputs, and what losses need besides.
    pub of_losses: &'a mut [T],
}

impl<N: Network> Pass<N> {
    const LOSS_SCALARS: usize = N::Outputs::DIM + N::LOSS_SCALARS;

    pub(crate) fn new(capacity: usize) -> Self {
        let count = capacity.saturating_mul(N::PASS_SCALARS).saturating_add(N::SHARED_SCALARS);
        start_threads(count >= SMALLEST_SHARED_PASS);
        let scalars = AlignedBuffer::zeros(count);
        let of_losses = AlignedBuffer::zeros(capacity.saturating_mul(Self::LOSS_SCALARS));
        Self { scalars, of_losses, capacity, seed: 0, steps: 0 }
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

    /// The memory of a batch of so many samples.
    pub(crate) fn scalars(
        &mut self,
        batch: usize,
    ) -> Result<PassScalars<'_, N::Scalar>, BatchError> {
        let (capacity, found) = (self.capacity, batch);
        if found > capacity {
            return Err(BatchError::TooLarge { capacity, found });
        }
        Ok(PassScalars {
            pass: &mut self.scalars[..batch * N::PASS_SCALARS + N::SHARED_SCALARS],
            of_losses: &mut self.of_losses[..batch * Self::LOSS_SCALARS],
        })
    }

    /// The key of the random numbers of the next forward pass.
    pub(crate) fn next_key(&mut self) -> u64 {
        let key = step_key(self.seed, self.steps);
        self.steps += 1;
        key
    }
}
