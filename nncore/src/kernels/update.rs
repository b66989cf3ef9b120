//! The optimizers' update rules as flat loops, with PyTorch's formulas.

#![allow(unsafe_code, reason = "several slices cut for several threads")]

use crate::parallel::{DisjointMut, for_each_chunk};
use crate::scalar::{ByPrecision, Real};
use crate::simd::{Body, vectorise};

/// The numbers of one SGD step: θ is a parameter, g its gradient, b its momentum.
#[derive(Clone, Copy, Debug)]
pub struct SgdStep {
    /// Learning rate.
    pub lr: f64,
    /// μ in b = μ·b + (1 − τ)·g.
    pub momentum: f64,
    /// τ; 0 in the step in which the momentum begins: b = g.
    pub dampening: f64,
    /// λ in g + λ·θ; no decay at 0.
    pub weight_decay: f64,
    /// Steps along g + μ·b instead of b.
    pub nesterov: bool,
}

/// θ −= lr·d with d = g, b or g + μ·b; an empty `momentum` is none.
pub(crate) fn sgd<T: Real>(
    step: &SgdStep,
    parameters: &mut [T],
    gradient: &[T],
    momentum: &mut [T],
) {
    T::by_precision::<Sgd>((step, parameters, gradient, momentum));
}

enum Sgd {}

impl ByPrecision for Sgd {
    type Arguments<'a, T: Real> = (&'a SgdStep, &'a mut [T], &'a [T], &'a mut [T]);

    fn single((step, parameters, gradient, momentum): Self::Arguments<'_, f32>) {
        sgd_in_chunks(step, parameters, gradient, momentum);
    }

    fn double((step, parameters, gradient, momentum): Self::Arguments<'_, f64>) {
        sgd_in_chunks(step, parameters, gradient, momentum);
    }
}

fn sgd_in_chunks<T: Real>(
    step: &SgdStep,
    parameters: &mut [T],
    gradient: &[T],
    momentum: &mut [T],
) {
    if momentum.is_empty() {
        for_each_chunk(parameters, CHUNK, &|index, parameters| {
            vectorise::<PlainSgd, _, _>(parameters, (step, chunk(gradient, index)));
        });
        return;
    }
    let momentum = DisjointMut::new(momentum);
    for_each_chunk(parameters, CHUNK, &|index, parameters| {
        let start = index * CHUNK;
        // SAFETY: the chunks of two numbers have no element in common.
        let momentum = unsafe { momentum.part(start..start + parameters.len()) };
        vectorise::<MomentumSgd, _, _>(parameters, (step, chunk(gradient, index), momentum));
    });
}

/// How many numbers one thread works on at a time: some 5 µs of a step.
pub(super) const CHUNK: usize = 1 << 13;

/// Networks with fewer parameters move them on one thread.
pub(crate) const SMALLEST_SHARED_UPDATE: usize = 2 * CHUNK;

/// The chunk of a number.
pub(super) fn chunk<T>(slice: &[T], index: usize) -> &[T] {
    &slice[index * CHUNK..slice.len().min((index + 1) * CHUNK)]
}

enum PlainSgd {}

impl<T: Real> Body<&mut [T], (&SgdStep, &[T])> for PlainSgd {
    type Output = ();

    #[inline(always)]
    fn run(parameters: &mut [T], (step, gradient): (&SgdStep, &[T])) {
        if step.weight_decay == 0.0 {
            plain_sgd::<T, false>(step, parameters, gradient);
        } else {
            plain_sgd::<T, true>(step, parameters, gradient);
        }
    }
}

#[inline(always)]
fn plain_sgd<T: Real, const DECAYS: bool>(step: &SgdStep, parameters: &mut [T], gradient: &[T]) {
    let (lr, decay) = (T::of(step.lr), T::of(step.weight_decay));
    for (parameter, &gradient) in parameters.iter_mut().zip(gradient) {
        *parameter = *parameter - lr * decayed::<T, DECAYS>(gradient, decay, *parameter);
    }
}

enum MomentumSgd {}

impl<T: Real> Body<&mut [T], (&SgdStep, &[T], &mut [T])> for MomentumSgd {
    type Output = ();

    #[inline(always)]
    fn run(parameters: &mut [T], (step, gradient, momentum): (&SgdStep, &[T], &mut [T])) {
        match (step.weight_decay != 0.0, step.nesterov) {
            (false, false) => momentum_sgd::<T, false, false>(step, parameters, gradient, momentum),
            (false, true) => momentum_sgd::<T, false, true>(step, parameters, gradient, momentum),
            (true, false) => momentum_sgd::<T, true, false>(step, parameters, gradient, momentum),
            (true, true) => momentum_sgd::<T, true, true>(step, parameters, gradient, momentum),
        }
    }
}

#[inline(always)]
fn momentum_sgd<T: Real, const DECAYS: bool, const NESTEROV: bool>(
    step: &SgdStep,
    parameters: &mut [T],
    gradient: &[T],
    momentum: &mut [T],
) {
    let (lr, decay) = (T::of(step.lr), T::of(step.weight_decay));
    let (keep, take) = (T::of(step.momentum), T::of(1.0 - step.dampening));
    for ((parameter, &gradient), momentum) in parameters.iter_mut().zip(gradient).zip(momentum) {
        let gradient = decayed::<T, DECAYS>(gradient, decay, *parameter);
        *momentum = keep * *momentum + take * gradient;
        let along = if NESTEROV { gradient + keep * *momentum } else { *momentum };
        *parameter = *parameter - lr * along;
    }
}

/// g + λ·θ. A term whose factor is 0 is left out, as PyTorch does: 0·∞ would be NaN.
#[inline(always)]
fn decayed<T: Real, const DECAYS: bool>(gradient: T, decay: T, parameter: T) -> T {
    if DECAYS { gradient + decay * parameter } else { gradient }
}

/// The numbers of one Adam or AdamW step.
#[derive(Clone, Copy, Debug)]
pub struct AdamStep {
    /// lr / (1 − β₁ᵗ).
    pub step_size: f64,
    /// β₁ and β₂.
    pub betas: (f64, f64),
    /// 1 / √(1 − β₂ᵗ).
    pub second_moment_scale: f64,
    /// ε, added outside the root.
    pub eps: f64,
    /// λ in g + λ·θ (Adam); no decay at 0.
    pub gradient_decay: f64,
    /// 1 − lr·λ, which scales θ first (AdamW).
    pub parameter_scale: f64,
}

/// m = β₁m + (1 − β₁)g; v = β₂v + (1 − β₂)g²; θ −= lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε).
///
/// Sums, products and quotients are taken in PyTorch's order, so that they overflow and underflow where
/// PyTorch's do. `moments` are every m and every v.
pub(crate) fn adam<T: Real>(
    step: &AdamStep,
    parameters: &mut [T],
    gradient: &[T],
    moments: (&mut [T], &mut [T]),
) {
    T::by_precision::<Adam>((step, parameters, gradient, moments));
}

enum Adam {}

impl ByPrecision for Adam {
    type Arguments<'a, T: Real> = (&'a AdamStep, &'a mut [T], &'a [T], (&'a mut [T], &'a mut [T]));

    fn single((step, parameters, gradient, moments): Self::Arguments<'_, f32>) {
        adam_in_chunks(step, parameters, gradient, moments);
    }

    fn double((step, parameters, gradient, moments): Self::Arguments<'_, f64>) {
        adam_in_chunks(step, parameters, gradient, moments);
    }
}

fn adam_in_chunks<T: Real>(
    step: &AdamStep,
    parameters: &mut [T],
    gradient: &[T],
    (first, second): (&mut [T], &mut [T]),
) {
    let (first, second) = (DisjointMut::new(first), DisjointMut::new(second));
    for_each_chunk(parameters, CHUNK, &|index, parameters| {
        let range = index * CHUNK..index * CHUNK + parameters.len();
        // SAFETY: the chunks of two numbers have no element in common.
        let (first, second) = unsafe { (first.part(range.clone()), second.part(range)) };
        let gradient = chunk(gradient, index);
        vectorise::<AdamLoop, _, _>(parameters, (step, gradient, first, second));
    });
}

enum AdamLoop {}

impl<T: Real> Body<&mut [T], (&AdamStep, &[T], &mut [T], &mut [T])> for AdamLoop {
    type Output = ();

    #[inline(always)]
    fn run(
        parameters: &mut [T],
        (step, gradient, first, second): (&AdamStep, &[T], &mut [T], &mut [T]),
    ) {
        match (step.gradient_decay != 0.0, step.betas.0 > 0.5) {
            (false, false) => moments::<T, false, false>(step, parameters, gradient, first, second),
            (false, true) => moments::<T, false, true>(step, parameters, gradient, first, second),
            (true, false) => moments::<T, true, false>(step, parameters, gradient, first, second),
            (true, true) => moments::<T, true, true>(step, parameters, gradient, first, second),
        }
    }
}

#[inline(always)]
fn moments<T: Real, const DECAYS: bool, const IS_SLOW: bool>(
    step: &AdamStep,
    parameters: &mut [T],
    gradient: &[T],
    first: &mut [T],
    second: &mut [T],
) {
    let (step_size, eps) = (T::of(step.step_size), T::of(step.eps));
    let (take1, take2) = (T::of(1.0 - step.betas.0), T::of(1.0 - step.betas.1));
    let (beta2, second_moment_scale) = (T::of(step.betas.1), T::of(step.second_moment_scale));
    let (decay, scale) = (T::of(step.gradient_decay), T::of(step.parameter_scale));
    let moments = first.iter_mut().zip(second);
    for ((parameter, &gradient), (first, second)) in
        parameters.iter_mut().zip(gradient).zip(moments)
    {
        let gradient = decayed::<T, DECAYS>(gradient, decay, *parameter);
        let change = gradient - *first;
        // `torch.lerp`, which reckons from the nearer end.
        *first =
            if IS_SLOW { *first + take1 * change } else { gradient - (T::ONE - take1) * change };
        *second = beta2 * *second + take2 * gradient * gradient;
        let denominator = T::sqrt(*second) * second_moment_scale + eps;
        *parameter = scale * *parameter - step_size * *first / denominator;
    }
}
