//! The loops where the time goes, each compiled once for f32 and f64 and for each SIMD level: matrix
//! products, products with convolution windows, the optimizers' updates, and what is done to gradients.
//!
//! Kernels know nothing of networks, and check their slices before any `unsafe`.

mod identity;
mod product;
mod random;
#[cfg(feature = "alloc")]
mod update;
#[cfg(feature = "alloc")]
mod vector;

pub use identity::write_identity;
pub use product::{
    Offsets, Operand, Repeat, Shape, Start, Windowed, WindowedProduct, offsets, product,
    repeated_product, windowed_product,
};
pub use random::random;
#[cfg(feature = "alloc")]
pub(crate) use random::step_key;
#[cfg(feature = "alloc")]
pub(crate) use update::update;
#[cfg(feature = "alloc")]
pub(crate) use vector::{add, clamp, norm, scale};
