//! Numbers in the lanes of registers: arrays that loops compute side by side.
//!
//! How many lanes there are is the compiler's choice, which it writes into the code that it prints.

use crate::scalar::Real;

/// A value that begins with a cache line, of the size that is stated here alone.
///
/// A register that lies across two lines takes twice the time to load, and more to store.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Aligned<T>(pub T);

/// One result of those that loops keep for each lane: halves are combined with halves.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn fold_lanes<T: Real, const LANES: usize>(
    mut lanes: [T; LANES],
    combine: impl Fn(T, T) -> T,
) -> T {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] = combine(lanes[lane], lanes[lane + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// The end of a slice that fills fewer than all lanes, and zeros after it.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn load_partial<T: Real, const LANES: usize>(rest: &[T]) -> [T; LANES] {
    let mut lanes = [T::ZERO; LANES];
    copy_partial::<T, LANES>(rest.len(), rest, &mut lanes);
    lanes
}

/// What [`load_partial`] has loaded, back into its place.
#[doc(hidden)]
#[inline(always)]
pub fn store_partial<T: Real, const LANES: usize>(lanes: &[T; LANES], rest: &mut [T]) {
    copy_partial::<T, LANES>(rest.len(), lanes, rest);
}

/// Copies fewer numbers than lanes, in runs of fixed sizes: a copy of a size known at run time alone
/// is a call.
#[inline(always)]
fn copy_partial<T: Real, const LANES: usize>(count: usize, from: &[T], to: &mut [T]) {
    let (mut at, mut size) = (0, LANES / 2);
    while size > 0 {
        if count & size != 0 {
            to[at..at + size].copy_from_slice(&from[at..at + size]);
            at += size;
        }
        size /= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANES: usize = 16;

    #[test]
    fn a_partial_register_comes_back() {
        for count in 0..LANES {
            let rest: Vec<f32> = (1..=count).map(|k| k as f32).collect();
            let lanes: [f32; LANES] = load_partial(&rest);
            assert!(lanes[..count] == rest[..] && lanes[count..].iter().all(|&one| one == 0.0));
            let mut back = vec![0.0; count];
            store_partial(&lanes, &mut back);
            assert_eq!(back, rest);
        }
    }

    #[test]
    fn lanes_are_added_by_halves() {
        assert_eq!(fold_lanes([1.0f32, 2.0, 3.0, 4.0], |a, b| a + b), 10.0);
        assert_eq!(fold_lanes([5.0f64], |a, b| a + b), 5.0);
    }
}
