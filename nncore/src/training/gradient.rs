//! What is done to a gradient between its backward pass and the step.

use crate::kernels;
use crate::memory::Parameters;

/// Sums, multiples, the norm and the bounds of a gradient.
///
/// A gradient has its network's own type, so that all of these work on networks, too. They read and
/// write what an optimizer moves ([`Parameters::as_slice`]) and nothing else: the states, which in a
/// gradient are what they become after a step, stay as they are.
///
/// ```
/// # use nncore::training::Gradient;
/// /// The mean of gradients, each of so many samples, with a norm of 1 at most.
/// fn mean<G: Gradient>(sum: &mut G, parts: &[(&G, usize)]) {
///     let samples: usize = parts.iter().map(|(_, count)| count).sum();
///     for &(part, count) in parts {
///         sum.add(part, count as f64 / samples as f64);
///     }
///     sum.clip_norm(1.0);
/// }
/// ```
pub trait Gradient: Parameters {
    /// Adds `weight` times another gradient, number by number.
    ///
    /// So gradients of small batches add up to that of a large one. A loss is a mean over its batch:
    /// each weight is the batch's part of all samples. A sum that began as zeros has zeros for states:
    /// where a network has states, give the sum those of a batch before the step, by
    /// `sum.states_mut().copy_from_slice(other.states())`, and likewise the network after each backward
    /// pass if each batch is to move running statistics, as in PyTorch.
    fn add(&mut self, other: &Self, weight: f64) {
        kernels::add(self.as_mut_slice(), other.as_slice(), weight);
    }

    /// Multiplies every number by a factor.
    fn scale(&mut self, factor: f64) {
        kernels::scale(self.as_mut_slice(), factor);
    }

    /// The 2-norm of all numbers together: √Σg², added in f64.
    ///
    /// It is exact to nearly all digits of f64, however many numbers there are, and no square overflows
    /// or vanishes. It is infinite or NaN only if the gradient is, or, in f64, if the norm itself is too
    /// large a number.
    #[must_use]
    fn norm(&self) -> f64 {
        kernels::norm(self.as_slice())
    }

    /// Shortens the gradient to a norm of `max`, if it is longer, and returns the norm before:
    /// `torch.nn.utils.clip_grad_norm_`.
    ///
    /// Every number is multiplied by min(1, max / (norm + 10⁻⁶)). As in PyTorch, a gradient with a NaN
    /// becomes NaN throughout, and one with an infinity 0 and NaN: look at the returned norm before the
    /// step.
    fn clip_norm(&mut self, max: f64) -> f64 {
        let norm = self.norm();
        let coefficient = max / (norm + 1e-6);
        if coefficient < 1.0 || coefficient.is_nan() {
            self.scale(coefficient);
        }
        norm
    }

    /// Moves every number into −max … max: `torch.nn.utils.clip_grad_value_`. NaN stays NaN.
    fn clip_value(&mut self, max: f64) {
        kernels::clamp(self.as_mut_slice(), max);
    }
}

impl<P: Parameters> Gradient for P {}
