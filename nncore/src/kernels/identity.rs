//! The identity matrix, where a Jacobian begins.

use crate::scalar::Real;

/// Makes the first `size` rows of `size` scalars the identity.
#[doc(hidden)]
pub fn write_identity<T: Real>(scalars: &mut [T], size: usize) {
    for (number, row) in scalars.chunks_exact_mut(size).take(size).enumerate() {
        row.fill(T::ZERO);
        row[number] = T::ONE;
    }
}
