//! A part of a network's parameters in a step.

use core::ops::Range;

use crate::kernels;
use crate::memory::AlignedBuffer;
use crate::scalar::Real;
use crate::simd::Body;

/// A part of a network's parameters.
#[doc(hidden)]
#[derive(Debug)]
pub struct Part<'a, T> {
    pub(super) range: Range<usize>,
    /// All parameters.
    pub(super) parameters: &'a mut [T],
    /// Their gradient.
    pub(super) gradient: &'a [T],
    /// The states of all parameters. One that has never been needed is empty.
    pub(super) states: &'a mut [AlignedBuffer<T>],
}

impl<T: Real> Part<'_, T> {
    /// Runs a loop over the part's parameters, given their gradient and those of the states that it keeps,
    /// by their numbers.
    ///
    /// # Panics
    ///
    /// Panics if two of these states are the same, or one is not there.
    pub fn update<B, N, const KEPT: usize>(self, kept: [usize; KEPT], numbers: &N)
    where
        N: Sync,
        B: for<'a> Body<&'a mut [T], (&'a N, &'a [T], [&'a mut [T]; KEPT]), Output = ()>,
    {
        let Self { range, parameters, gradient, states } = self;
        let states = states.get_disjoint_mut(kept).expect("a rule has each of its states once");
        let states = states.map(|state| &mut state[range.clone()]);
        let parameters = &mut parameters[range.clone()];
        kernels::update::<B, T, N, KEPT>(parameters, &gradient[range], states, numbers);
    }
}
