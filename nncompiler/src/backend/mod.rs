//! Schedules → code. There is one back end: Rust.

pub mod rust;
