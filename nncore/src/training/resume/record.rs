//! Named numbers and texts.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use super::error::RecordError;
use crate::scalar::Real;

/// What can be recorded, and go on from the record as if it had never stopped.
///
/// Optimizers, a [`Plateau`](crate::training::schedule::Plateau), the generator of
/// [`seed`](crate::training::initialise::seed), a [`Pass`](crate::training::Pass) (which counts the random
/// numbers of dropout) and single numbers are. What they are made with, such as an optimizer's settings, is
/// the program's, but for what changes while they run: a learning rate, groups of parameters.
///
/// One's own:
///
/// ```
/// use nncore::training::resume::{Record, RecordError, Resumable};
///
/// struct Best {
///     loss: f64,
///     epoch: u64,
/// }
///
/// impl Resumable for Best {
///     fn record(&self) -> Record {
///         let mut record = Record::default();
///         record.put_numbers("loss", &[self.loss]);
///         record.put_integers("epoch", [self.epoch]);
///         record
///     }
///
///     fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
///         *self = Self { loss: record.number("loss")?, epoch: record.integer("epoch")? };
///         Ok(())
///     }
/// }
///
/// let record = Best { loss: 0.5, epoch: 3 }.record();
/// let mut best = Best { loss: f64::INFINITY, epoch: 0 };
/// best.resume(&record)?;
/// assert_eq!((best.loss, best.epoch), (0.5, 3));
/// # Ok::<(), RecordError>(())
/// ```
pub trait Resumable {
    /// All that it needs to go on.
    fn record(&self) -> Record;

    /// Goes on from a record.
    ///
    /// # Errors
    /// If the record is not of such a thing; nothing has changed then.
    fn resume(&mut self, record: &Record) -> Result<(), RecordError>;
}

/// What a record holds under one name.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A text.
    Text(String),
    /// Integers.
    Integers(Vec<u64>),
    /// Numbers of single precision.
    Singles(Vec<f32>),
    /// Numbers of double precision.
    Doubles(Vec<f64>),
}

impl Entry {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integers(_) => "integers",
            Self::Singles(_) | Self::Doubles(_) => "real numbers",
        }
    }
}

/// Numbers and texts by their names: see [`Resumable`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record(BTreeMap<String, Entry>);

impl Record {
    /// Takes a text.
    pub fn put_text(&mut self, name: &str, text: impl Into<String>) {
        self.put(name, Entry::Text(text.into()));
    }

    /// Takes integers.
    pub fn put_integers(&mut self, name: &str, integers: impl Into<Vec<u64>>) {
        self.put(name, Entry::Integers(integers.into()));
    }

    /// Takes real numbers.
    pub fn put_numbers<T: Real>(&mut self, name: &str, numbers: &[T]) {
        let numbers = numbers.iter().map(|number| number.to_f64());
        #[expect(clippy::cast_possible_truncation, reason = "an f32 goes through f64 unchanged")]
        let entry = match T::BYTES {
            4 => Entry::Singles(numbers.map(|number| number as f32).collect()),
            _ => Entry::Doubles(numbers.collect()),
        };
        self.put(name, entry);
    }

    /// Takes what another record holds, under names behind `part.`.
    pub fn put_part(&mut self, part: &str, record: Self) {
        self.0.extend(record.0.into_iter().map(|(name, entry)| (format!("{part}.{name}"), entry)));
    }

    /// Takes what a file held.
    pub fn put(&mut self, name: &str, entry: Entry) {
        self.0.insert(name.to_owned(), entry);
    }

    /// All entries, in the order of their names.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// Whether there is something of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What was taken as a part.
    ///
    /// # Errors
    /// If there is no such part.
    pub fn part(&self, part: &str) -> Result<Self, RecordError> {
        let below = |(name, entry): (&String, &Entry)| {
            let name = name.strip_prefix(part)?.strip_prefix('.')?;
            Some((name.to_owned(), entry.clone()))
        };
        let found: BTreeMap<String, Entry> = self.0.iter().filter_map(below).collect();
        if found.is_empty() {
            return Err(RecordError::NoPart { name: part.into(), known: self.parts() });
        }
        Ok(Self(found))
    }

    /// The names of all parts.
    fn parts(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for part in self.0.keys().filter_map(|name| name.split_once('.')) {
            let part = format!("`{}`", part.0);
            if parts.last() != Some(&part) {
                parts.push(part);
            }
        }
        if parts.is_empty() { "none".into() } else { parts.join(", ") }
    }

    fn get(&self, name: &str) -> Result<&Entry, RecordError> {
        self.0.get(name).ok_or_else(|| RecordError::Missing { name: name.into() })
    }

    /// A text.
    ///
    /// # Errors
    /// If there is none of this name.
    pub fn text(&self, name: &str) -> Result<&str, RecordError> {
        match self.get(name)? {
            Entry::Text(text) => Ok(text),
            other => Err(wrong_kind(name, "a text", other)),
        }
    }

    /// Integers.
    ///
    /// # Errors
    /// If there are none of this name.
    pub fn integers(&self, name: &str) -> Result<&[u64], RecordError> {
        match self.get(name)? {
            Entry::Integers(integers) => Ok(integers),
            other => Err(wrong_kind(name, "integers", other)),
        }
    }

    /// So many integers.
    ///
    /// # Errors
    /// If there are none of this name, or another count.
    pub fn integers_of<const COUNT: usize>(&self, name: &str) -> Result<[u64; COUNT], RecordError> {
        let found = self.integers(name)?;
        found.try_into().map_err(|_| wrong_count(name, COUNT, found.len()))
    }

    /// One integer.
    ///
    /// # Errors
    /// If there is none of this name, or several.
    pub fn integer(&self, name: &str) -> Result<u64, RecordError> {
        self.integers_of::<1>(name).map(|[integer]| integer)
    }

    /// Real numbers, rounded to the nearest ones of this type.
    ///
    /// # Errors
    /// If there are none of this name.
    pub fn numbers<T: Real>(&self, name: &str) -> Result<Vec<T>, RecordError> {
        match self.get(name)? {
            Entry::Singles(numbers) => Ok(numbers.iter().map(|&x| T::of(f64::from(x))).collect()),
            Entry::Doubles(numbers) => Ok(numbers.iter().map(|&x| T::of(x)).collect()),
            other => Err(wrong_kind(name, "real numbers", other)),
        }
    }

    /// So many real numbers.
    ///
    /// # Errors
    /// If there are none of this name, or another count.
    pub fn numbers_of<T: Real>(&self, name: &str, count: usize) -> Result<Vec<T>, RecordError> {
        let found = self.numbers(name)?;
        if found.len() == count { Ok(found) } else { Err(wrong_count(name, count, found.len())) }
    }

    /// One real number.
    ///
    /// # Errors
    /// If there is none of this name, or several.
    pub fn number(&self, name: &str) -> Result<f64, RecordError> {
        self.numbers_of(name, 1).map(|found| found[0])
    }

    /// That what the record was made with is what it goes on with.
    ///
    /// # Errors
    /// If it is another.
    pub fn check<V: PartialEq + Display>(
        name: &str,
        found: &V,
        expected: &V,
    ) -> Result<(), RecordError> {
        if found == expected {
            return Ok(());
        }
        let (expected, found) = (expected.to_string(), found.to_string());
        Err(RecordError::Value { name: name.into(), expected, found })
    }
}

fn wrong_kind(name: &str, expected: &'static str, found: &Entry) -> RecordError {
    RecordError::Kind { name: name.into(), expected, found: found.kind() }
}

fn wrong_count(name: &str, expected: usize, found: usize) -> RecordError {
    RecordError::Count { name: name.into(), expected, found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_named() {
        let mut inner = Record::default();
        inner.put_text("rule", "Adam");
        inner.put_integers("steps", [3, 4]);
        let mut record = Record::default();
        record.put_part("optimizer", inner);
        record.put_numbers("best.loss", &[0.5f32]);
        let part = record.part("optimizer").unwrap();
        assert_eq!((part.text("rule"), part.integers("steps")), (Ok("Adam"), Ok(&[3, 4][..])));
        let error = |error: RecordError| error.to_string();
        let inside = part.integer("steps").unwrap_err().in_part("optimizer");
        assert_eq!(error(inside), "`optimizer.steps` holds 2 numbers, expected 1");
        for (found, expected) in [
            (
                record.part("schedule").map(drop),
                "there is no part `schedule` in it; it has `best`, `optimizer`",
            ),
            (Record::default().part("a").map(drop), "there is no part `a` in it; it has none"),
            (part.number("loss").map(drop), "there is no `loss` in it"),
            (part.number("rule").map(drop), "`rule` holds a text, expected real numbers"),
            (part.text("steps").map(drop), "`steps` holds integers, expected a text"),
            (
                record.integer("best.loss").map(drop),
                "`best.loss` holds real numbers, expected integers",
            ),
            (Record::check("samples", &3, &4), "`samples` is 3, expected 4"),
        ] {
            assert_eq!(error(found.unwrap_err()), expected);
        }
        assert_eq!(record.part("best").unwrap().number("loss"), Ok(0.5));
    }

    #[test]
    fn numbers_keep_their_bits() {
        let singles = [0.1f32, f32::MIN_POSITIVE / 3.0, f32::NEG_INFINITY, f32::NAN];
        let doubles = [0.1f64, -0.0, f64::MIN_POSITIVE / 3.0];
        let mut record = Record::default();
        record.put_numbers("single", &singles);
        record.put_numbers("double", &doubles);
        let found: Vec<f32> = record.numbers("single").unwrap();
        assert!(found.iter().zip(&singles).all(|(a, b)| a.to_bits() == b.to_bits()));
        let found: Vec<f64> = record.numbers("double").unwrap();
        assert!(found.iter().zip(&doubles).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
