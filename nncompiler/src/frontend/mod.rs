//! Tokens → networks and losses whose names and shapes are resolved. All errors come from here.

mod axis_names;
pub mod definitions;
pub mod diagnostics;
pub mod exports;
pub mod imports;
pub mod library;
pub mod mentions;
pub mod parse;
pub mod resolve;
pub mod resolved;
pub mod syntax;
mod tables;
mod words;
