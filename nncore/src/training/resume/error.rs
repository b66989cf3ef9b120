//! Records that are not of what is to go on.

use alloc::string::String;

use thiserror::Error;

/// Why something cannot go on from a record. It is then as it was.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RecordError {
    /// Nothing of this name.
    #[error("there is no `{name}` in it")]
    Missing {
        /// The name.
        name: String,
    },
    /// A part, such as an optimizer, that is not there.
    #[error("there is no part `{name}` in it; it has {known}")]
    NoPart {
        /// The part's name.
        name: String,
        /// The parts that there are.
        known: String,
    },
    /// Two parts of one name, or a name that is none.
    #[error("`{name}` is no name of a part: expected letters, digits and `_`, once each")]
    Name {
        /// The name.
        name: String,
    },
    /// Numbers in place of a text, or the other way round.
    #[error("`{name}` holds {found}, expected {expected}")]
    Kind {
        /// The name.
        name: String,
        /// What is asked for.
        expected: &'static str,
        /// What there is.
        found: &'static str,
    },
    /// Another count of numbers.
    #[error("`{name}` holds {found} numbers, expected {expected}")]
    Count {
        /// The name.
        name: String,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Another value than what goes on has, or one that it cannot have.
    #[error("`{name}` is {found}, expected {expected}")]
    Value {
        /// The name.
        name: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
}

impl RecordError {
    /// The same in a part of a record.
    #[must_use]
    pub fn in_part(mut self, part: &str) -> Self {
        let (Self::Missing { name }
        | Self::NoPart { name, .. }
        | Self::Name { name }
        | Self::Kind { name, .. }
        | Self::Count { name, .. }
        | Self::Value { name, .. }) = &mut self;
        *name = alloc::format!("{part}.{name}");
        self
    }
}
