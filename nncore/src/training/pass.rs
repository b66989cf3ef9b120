//! The memory of a training step.

use crate::inference::{BatchError, InputBatch, Network};
use crate::kernels::step_key;
use crate::memory::AlignedBuffer;
use crate::parallel::{SMALLEST_SHARED_PASS, start_threads};
use crate::training::resume::{Record, RecordError, Resumable};
use nalgebra::DimName;

/// Every buffer that a training step needs, allocated once for up to `capacity` samples.
#[derive(Debug)]
pub struct Pass<N: Network> {
    scalars: AlignedBuffer<N::Scalar>,
    /// What losses need beside outputs and gradient: a second gradient, and their own memory.
    /// Then the integers that the network is given.
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
        let beside = Self::LOSS_SCALARS.saturating_add(N::INTEGERS);
        let of_losses = AlignedBuffer::zeros(capacity.saturating_mul(beside));
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

    /// The inputs of a batch, how many samples it has, and their memory.
    pub(crate) fn begin<'i, 'a: 'i, 'x: 'i>(
        &'a mut self,
        inputs: impl InputBatch<'x, N>,
    ) -> Result<Begun<'i, 'a, N>, BatchError> {
        let (of_losses, integers) = self.of_losses.split_at_mut(self.capacity * Self::LOSS_SCALARS);
        let (inputs, batch) = inputs.slices(integers)?;
        let (capacity, found) = (self.capacity, batch);
        if found > capacity {
            return Err(BatchError::TooLarge { capacity, found });
        }
        let scalars = PassScalars {
            pass: &mut self.scalars[..batch * N::PASS_SCALARS + N::SHARED_SCALARS],
            of_losses: &mut of_losses[..batch * Self::LOSS_SCALARS],
        };
        let next = NextKey { seed: self.seed, steps: &mut self.steps };
        Ok(Begun { inputs, batch, scalars, next })
    }
}

/// Where the random numbers of dropout are; the buffers hold nothing from one pass to the next.
impl<N: Network> Resumable for Pass<N> {
    fn record(&self) -> Record {
        let mut record = Record::default();
        record.put_integers("seed", [self.seed]);
        record.put_integers("steps", [self.steps]);
        record
    }

    fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
        (self.seed, self.steps) = (record.integer("seed")?, record.integer("steps")?);
        Ok(())
    }
}

/// A batch whose inputs fit.
pub(crate) struct Begun<'i, 'a, N: Network> {
    pub inputs: N::InputSlices<'i>,
    pub batch: usize,
    pub scalars: PassScalars<'a, N::Scalar>,
    pub next: NextKey<'a>,
}

/// Where the keys of random numbers come from.
pub(crate) struct NextKey<'a> {
    seed: u64,
    steps: &'a mut u64,
}

impl NextKey<'_> {
    /// The key of the random numbers of a forward pass, which is thereby counted.
    pub fn take(self) -> u64 {
        let key = step_key(self.seed, *self.steps);
        *self.steps += 1;
        key
    }
}
