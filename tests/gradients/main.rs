//! Gradients of generated code against finite differences: of everything built in, of equations that
//! users declare.

mod built_in;
mod differences;
mod equations;
mod finite_differences;
mod layers;
mod recurrent;
mod structure;
