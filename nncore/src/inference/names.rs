//! Where parameters lie, by their names.

use alloc::string::String;
use alloc::vec::Vec;
use core::iter;
use core::ops::Range;

use thiserror::Error;

use super::info::ParameterInfo;

/// A name that no parameter of a network has.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NameError {
    /// Neither a parameter's name nor what some of them begin with.
    #[error("no parameter is called `{found}`{}", did_you_mean(*.nearest))]
    Unknown {
        /// The name given.
        found: String,
        /// The most similar name or prefix, if one is near.
        nearest: Option<&'static str>,
    },
    /// A name of states alone.
    #[error("`{found}` is a state, which no gradient moves; expected a parameter")]
    State {
        /// The name given.
        found: String,
    },
    /// A prefix of parameters between which others lie, those of labelled layers.
    #[error(
        "other parameters lie between those below `{found}`: name them one by one, or give the group \
         around them a label"
    )]
    Apart {
        /// The prefix given.
        found: String,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| alloc::format!("; did you mean `{name}`?"))
}

/// The learnable parameters with where they lie among all scalars, in order.
pub(crate) fn parameter_ranges(
    parameters: &'static [ParameterInfo],
) -> impl Iterator<Item = (&'static ParameterInfo, Range<usize>)> {
    parameters.iter().filter(|info| !info.is_state).scan(0, |end, info| {
        let start = *end;
        *end += info.len();
        Some((info, start..*end))
    })
}

/// The scalars of what a name stands for, which lie one after the other.
pub(crate) fn range(
    parameters: &'static [ParameterInfo],
    name: &str,
) -> Result<Range<usize>, NameError> {
    let is_meant = |info: &ParameterInfo| {
        info.name == name || name.is_empty() || name.ends_with('.') && info.name.starts_with(name)
    };
    let meant =
        parameter_ranges(parameters).filter(|(info, _)| is_meant(info)).map(|(_, range)| range);
    let mut count = 0;
    let meant = meant.inspect(|range| count += range.len());
    match meant.reduce(|first, last| first.start..last.end) {
        Some(range) if range.len() == count => Ok(range),
        Some(_) => Err(NameError::Apart { found: name.into() }),
        None if name.is_empty() => Ok(0..0),
        None if parameters.iter().any(is_meant) => Err(NameError::State { found: name.into() }),
        None => Err(NameError::Unknown { found: name.into(), nearest: nearest(parameters, name) }),
    }
}

/// The most similar of all names and prefixes, if no more than a third of it differs.
fn nearest(parameters: &'static [ParameterInfo], name: &str) -> Option<&'static str> {
    let names = parameters.iter().filter(|info| !info.is_state).map(|info| info.name);
    let known = names.flat_map(|name| {
        let prefixes = name.match_indices('.').map(move |(dot, _)| &name[..=dot]);
        prefixes.chain(iter::once(name))
    });
    let near = known.map(|known| (edits(name, known), known)).min_by_key(|(edits, _)| *edits);
    near.filter(|(edits, _)| *edits <= name.chars().count().div_ceil(3)).map(|(_, name)| name)
}

/// How many characters are to be put in, left out or replaced: Levenshtein's distance.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (number, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = number + 1;
        for (column, b) in to.chars().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn info(name: &'static str, shape: &'static [usize], is_state: bool) -> ParameterInfo {
        ParameterInfo { name, shape, is_state }
    }

    const PARAMETERS: &[ParameterInfo] = &[
        info("body.0.weight", &[4, 3], false),
        info("body.0.bias", &[4], false),
        info("body.1.running_mean", &[4], true),
        info("body.2.weight", &[5], false),
        info("bodyguard.weight", &[1], false),
        info("norm.mean", &[2], true),
        info("ways.main.0.bias", &[2], false),
        info("up.bias", &[2], false),
        info("ways.main.2.bias", &[2], false),
    ];

    #[test]
    fn names_and_prefixes_are_ranges() {
        for (name, expected) in [
            ("body.0.weight", 0..12),
            ("body.0.bias", 12..16),
            ("body.0.", 0..16),
            ("body.", 0..21),
            ("bodyguard.weight", 21..22),
            ("up.", 24..26),
            ("", 0..28),
        ] {
            assert_eq!(range(PARAMETERS, name), Ok(expected), "{name}");
        }
        assert_eq!(range(&[], ""), Ok(0..0));
    }

    #[test]
    fn other_names_are_errors_with_the_nearest() {
        for (name, expected) in [
            ("body", "no parameter is called `body`; did you mean `body.`?"),
            (
                "body.0.wieght",
                "no parameter is called `body.0.wieght`; did you mean `body.0.weight`?",
            ),
            ("head.", "no parameter is called `head.`"),
            (".", "no parameter is called `.`"),
            ("norm.", "`norm.` is a state, which no gradient moves; expected a parameter"),
            ("norm.mean", "`norm.mean` is a state, which no gradient moves; expected a parameter"),
            (
                "ways.",
                "other parameters lie between those below `ways.`: name them one by one, or give the \
                 group around them a label",
            ),
        ] {
            assert_eq!(range(PARAMETERS, name).unwrap_err().to_string(), expected);
        }
        assert!(range(&[], "ä").is_err());
    }

    #[test]
    fn edits_are_counted() {
        for (from, to, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ä", "b", 1)]
        {
            assert_eq!(edits(from, to), expected, "{from} {to}");
        }
    }
}
