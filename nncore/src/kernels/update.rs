//! The loops of optimizers: parameters, their gradient and states, in chunks for several threads.

#![allow(unsafe_code, reason = "several slices cut for several threads")]

use crate::parallel::{CHUNK, DisjointMut, for_each_chunk};
use crate::scalar::Real;
use crate::simd::{Body, vectorise};

/// The chunk of a number.
pub(super) fn chunk<T>(slice: &[T], index: usize) -> &[T] {
    &slice[index * CHUNK..slice.len().min((index + 1) * CHUNK)]
}

/// Runs a loop over all parameters, with their gradient, their states and what numbers it needs: once for
/// each chunk, which is written by one thread.
///
/// # Panics
///
/// Panics if a state or the gradient has fewer numbers than there are parameters.
pub(crate) fn update<B, T, N, const STATES: usize>(
    parameters: &mut [T],
    gradient: &[T],
    states: [&mut [T]; STATES],
    numbers: &N,
) where
    T: Real,
    N: Sync,
    B: for<'a> Body<&'a mut [T], (&'a N, &'a [T], [&'a mut [T]; STATES]), Output = ()>,
{
    let states = states.map(DisjointMut::new);
    for_each_chunk(parameters, CHUNK, &|index, parameters| {
        let range = index * CHUNK..index * CHUNK + parameters.len();
        // SAFETY: the chunks of two numbers have no element in common.
        let states = states.each_ref().map(|state| unsafe { state.part(range.clone()) });
        vectorise::<B, _, _>(parameters, (numbers, chunk(gradient, index), states));
    });
}
