//! Matrix products on slices, the three of a linear layer above all.
//!
//! With a batch of B samples, an input of I features and an output of O, all arrays row-major:
//!
//! | product | sum | shape of the target |
//! |---|---|---|
//! | forward | `Y[b, o] = bias[o] + Σ_i X[b, i] · W[o, i]` | B × O |
//! | gradient of the input | `dX[b, i] = Σ_o dY[b, o] · W[o, i]` | B × I |
//! | gradient of the weight | `dW[o, i] = Σ_b dY[b, o] · X[b, i]` | O × I |
//!
//! All are one product of strided matrices, computed in one of three forms: the packed form keeps SIMD
//! registers along the target's columns, the transposed form along its rows, the form of inner
//! products along the depth. The choice and the order of every sum follow from the shape, the strides and the SIMD level
//! alone, so equal inputs give equal bits. Nothing is allocated.
//!
//! ```
//! use nncore::kernels::{Operand, Shape, Start, product};
//!
//! // Y = X · Wᵀ + bias: two samples, three inputs, two outputs.
//! let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
//! let w = [1.0, 0.0, 0.0, 0.0, 1.0, 1.0];
//! let mut y = [0.0; 4];
//! product(
//!     Shape { rows: 2, columns: 2, depth: 3 },
//!     Operand { data: &x, row_stride: 3, column_stride: 1 },
//!     Operand { data: &w, row_stride: 1, column_stride: 3 },
//!     Start::Row(&[0.5, -0.5]),
//!     &mut y,
//! );
//! assert_eq!(y, [1.5, 4.5, 4.5, 10.5]);
//! ```

#![allow(unsafe_code, reason = "SIMD kernels, reached through checked functions only")]

mod block;
mod checked;
mod dense;
mod inner;
mod kernel;
mod matrix;
mod operand;
mod pack;
mod packed;
mod partition;
mod repeated;
mod summed;
mod transposed;
mod windowed;
mod windows;

pub use dense::product;
pub use operand::{Operand, Repeat, Shape, Start};
pub use repeated::repeated_product;
pub use windowed::windowed_product;
pub use windows::{Offsets, Windowed, WindowedProduct, offsets};

#[cfg(test)]
mod tests;
