//! The compiler of [`tapeless`](https://docs.rs/tapeless): from declared networks, as text or tokens,
//! to their forward and backward functions, as Rust.
//!
//! [`pipeline`] names every stage once, in order. A stage imports earlier stages and `ir`, never a
//! later one; after `frontend`, nothing fails.
//!
//! | module | what it does |
//! |---|---|
//! | `frontend` | parses a block and resolves its names and shapes: all errors come from here |
//! | `lower` | resolved layers and losses → functions of index statements |
//! | `ir` | those functions: indices, scalar expressions, statements |
//! | `rewrite` | simpler and more stable expressions |
//! | `autodiff` | functions → their derivatives |
//! | `schedule` | statements → loop nests and kernel calls in planned memory |
//! | `explain` | the mathematics for people, as text and as LaTeX |
//! | `reference` | the words of the language as documentation, made from the library's texts |
//! | `backend` | prints a schedule as Rust |

mod autodiff;
mod backend;
mod explain;
mod frontend;
mod ir;
mod lower;
pub mod pipeline;
mod reference;
mod rewrite;
mod schedule;
pub mod stages;
#[cfg(test)]
mod tests;
