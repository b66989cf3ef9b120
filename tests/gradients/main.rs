//! Gradients of generated code against finite differences: of everything built in, of equations that
//! users declare, and of derivatives themselves.

mod built_in;
mod derivatives;
mod equations;
mod finite_differences;
mod layers;
mod recurrent;
mod structure;
