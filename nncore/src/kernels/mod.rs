//! The loops where the time goes, each compiled once for f32 and f64 and for each SIMD level: matrix
//! products, products with convolution windows, and the optimizers' updates.
//!
//! Kernels know nothing of networks, and check their slices before any `unsafe`.

mod identity;
mod product;
mod random;
#[cfg(feature = "alloc")]
mod update;

pub use identity::write_identity;
pub use product::{
    Offsets, Operand, Repeat, Shape, Start, Windowed, WindowedProduct, offsets, product,
    windowed_product,
};
pub use random::random;
#[cfg(feature = "alloc")]
pub(crate) use random::step_key;
#[cfg(feature = "alloc")]
pub(crate) use update::{AdamStep, SMALLEST_SHARED_UPDATE, SgdStep, adam, sgd};
