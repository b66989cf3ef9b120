//! A network inside another, as it stands alone.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use thiserror::Error;

use super::info::ParameterInfo;
use super::network::Network;
use super::transfer::transfer_with;

/// A network that is no part of another, or none below this prefix.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PartError {
    /// The part has a parameter or state that the whole has not.
    #[error("the part has `{part}`, but nothing is called `{whole}` in the whole")]
    Unknown {
        /// Its name in the part.
        part: &'static str,
        /// The name that it would have in the whole.
        whole: String,
    },
    /// A parameter or state has another shape.
    #[error("`{whole}` has the shape {found:?} in the whole, and {expected:?} in the part")]
    Shape {
        /// Its name in the whole.
        whole: String,
        /// Its shape in the whole.
        found: &'static [usize],
        /// Its shape in the part.
        expected: &'static [usize],
    },
}

/// What a network can do with those inside it; every network can.
pub trait Parts: Network {
    /// A network inside this one as it stands alone, with its running statistics: a copy of all that lies below
    /// a prefix, which ends with a dot.
    ///
    /// ```
    /// # use nncore::inference::{Network, PartError, Parts};
    /// fn encoder_of<W: Network, E: Network>(whole: &W) -> Result<Box<E>, PartError> {
    ///     whole.part("encoder.")
    /// }
    /// ```
    ///
    /// # Errors
    /// If the whole has not all of its parameters and states, of the same shapes.
    fn part<P: Network>(&self, prefix: &str) -> Result<Box<P>, PartError> {
        check(Self::PARAMETERS, P::PARAMETERS, prefix)?;
        let mut part = P::zeros();
        transfer_with(self, &mut *part, |name| match name.strip_prefix(prefix) {
            Some(own) => own.into(),
            // No parameter of a network has this name.
            None => format!(".{name}"),
        });
        Ok(part)
    }

    /// Takes over all parameters and running statistics of a network that is a part of this one: what
    /// [`part`](Self::part) gives, back.
    ///
    /// # Errors
    /// As of [`part`](Self::part); nothing is taken over then.
    fn set_part<P: Network>(&mut self, prefix: &str, part: &P) -> Result<(), PartError> {
        check(Self::PARAMETERS, P::PARAMETERS, prefix)?;
        transfer_with(part, self, |name| format!("{prefix}{name}"));
        Ok(())
    }
}

impl<N: Network> Parts for N {}

fn check(
    whole: &'static [ParameterInfo],
    part: &'static [ParameterInfo],
    prefix: &str,
) -> Result<(), PartError> {
    let shapes: BTreeMap<_, _> = whole.iter().map(|info| (info.name, info.shape)).collect();
    for info in part {
        let whole = format!("{prefix}{}", info.name);
        match shapes.get(&*whole) {
            None => return Err(PartError::Unknown { part: info.name, whole }),
            Some(&found) if found != info.shape => {
                return Err(PartError::Shape { whole, found, expected: info.shape });
            }
            Some(_) => {}
        }
    }
    Ok(())
}
