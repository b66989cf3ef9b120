//! The intermediate representation: functions of index statements over arrays.

pub mod cost;
pub mod expression;
pub mod function;
pub mod index;
#[cfg(test)]
pub mod interpret;
