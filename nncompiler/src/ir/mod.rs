//! The intermediate representation: functions of index statements over arrays.

pub mod cost;
pub mod expression;
pub mod function;
pub mod index;
pub mod initialiser;
#[cfg(test)]
pub mod interpret;
pub mod meaning;
pub mod pattern;
pub mod print;
pub mod reduction;
#[cfg(test)]
pub mod verify;
