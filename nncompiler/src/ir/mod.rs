//! The intermediate representation: functions of index statements over arrays.

pub mod expression;
pub mod function;
pub mod index;
pub mod initialiser;
pub mod meaning;
pub mod reduction;
