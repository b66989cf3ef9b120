//! A run of training in one file: the network, and all that training needs to go on.
//!
//! Numbers are tensors of one axis under keys that begin with `run:`, which no network has, since a label has
//! no colon. Texts are lines of the metadata.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::{Metadata, TensorView};
use safetensors::{Dtype, SafeTensors, View};

use super::error::{CheckpointError, Medium};
use super::load::{Checkpoint, RUN};
use super::numbers::read;
use super::save::{Tensor, write_file};
use crate::inference::Network;
use crate::scalar::Real;
use crate::training::resume::{Entry, Record, RecordError, Resumable};

/// What the metadata calls the texts.
const TEXTS: &str = "run";

/// Writes a network and what training needs to go on, such as an optimizer and a random generator, under names
/// of the program's: one file, which is complete, or what was there before is there still, as with
/// [`save`](super::save).
///
/// [`load`](super::load) reads the network alone from it. So does Python, where the keys of the rest begin with
/// `run:`.
///
/// ```
/// # use nncore::files::{CheckpointError, load_run, save_run};
/// # use nncore::inference::Network;
/// # use nncore::training::optimizer::{Adam, Optimizer};
/// # use rand_chacha::ChaCha8Rng;
/// /// After each epoch.
/// fn save<N: Network>(model: &N, adam: &Optimizer<Adam, N>, epoch: u64, rng: &ChaCha8Rng) -> Result<(), CheckpointError> {
///     save_run(model, &[("optimizer", adam), ("epoch", &epoch), ("rng", rng)], "run.safetensors")
/// }
///
/// /// When the program begins again.
/// fn load<N: Network>(model: &mut N, adam: &mut Optimizer<Adam, N>, epoch: &mut u64, rng: &mut ChaCha8Rng) -> Result<(), CheckpointError> {
///     load_run(model, &mut [("optimizer", adam), ("epoch", epoch), ("rng", rng)], "run.safetensors")
/// }
/// ```
///
/// # Errors
/// If the file cannot be written, or a name stands twice or has other characters than letters, digits and `_`.
pub fn save_run<N: Network>(
    model: &N,
    parts: &[(&str, &dyn Resumable)],
    path: impl AsRef<Path>,
) -> Result<(), CheckpointError> {
    let path = path.as_ref();
    let bytes = serialise(model, parts, &Medium::File(path.into()))?;
    write_file(path, &bytes)
}

/// What [`save_run`] writes.
///
/// # Errors
/// If a name stands twice or has other characters than letters, digits and `_`.
pub fn run_to_bytes<N: Network>(
    model: &N,
    parts: &[(&str, &dyn Resumable)],
) -> Result<Vec<u8>, CheckpointError> {
    serialise(model, parts, &Medium::Memory)
}

/// Goes on from what [`save_run`] has written: the network and each part are as they were. Parts of the file
/// that are not asked for are passed over.
///
/// # Errors
/// If the file cannot be read, is damaged, holds other parameters than the network, or no such part. Nothing
/// has changed then.
pub fn load_run<N: Network>(
    model: &mut N,
    parts: &mut [(&str, &mut dyn Resumable)],
    path: impl AsRef<Path>,
) -> Result<(), CheckpointError> {
    Checkpoint::open(path)?.load_run(model, parts)
}

impl Checkpoint<'_> {
    /// [`load_run`] of any checkpoint.
    ///
    /// # Errors
    /// Those of [`load_run`].
    pub fn load_run<N: Network>(
        &self,
        model: &mut N,
        parts: &mut [(&str, &mut dyn Resumable)],
    ) -> Result<(), CheckpointError> {
        let refused = |source| refused(self.medium(), source);
        let record = self.record()?;
        let before: Vec<Record> = parts.iter().map(|(_, part)| part.record()).collect();
        let resumed = resume(parts, &record).map_err(refused).and_then(|()| self.load(model));
        if resumed.is_err() {
            for ((_, part), before) in parts.iter_mut().zip(&before) {
                // It has just been recorded, and the error that led here is the one to report.
                let _ = part.resume(before);
            }
        }
        resumed
    }

    /// All that is in it beside the network.
    fn record(&self) -> Result<Record, CheckpointError> {
        let file = self.parse()?;
        let mut record = Record::default();
        let keys = file.iter().filter_map(|(key, tensor)| Some((key.strip_prefix(RUN)?, tensor)));
        for (name, tensor) in keys {
            let entry = entry(name, &tensor).map_err(|source| refused(self.medium(), source))?;
            record.put(name, entry);
        }
        let (_, header) = SafeTensors::read_metadata(self.bytes())
            .map_err(|source| CheckpointError::Format { medium: self.medium().clone(), source })?;
        for (name, text) in texts(&header) {
            record.put_text(name, text);
        }
        Ok(record)
    }
}

fn refused(medium: &Medium, source: RecordError) -> CheckpointError {
    CheckpointError::Record { medium: medium.clone(), source }
}

/// Each part goes on from what stands under its name.
fn resume(parts: &mut [(&str, &mut dyn Resumable)], record: &Record) -> Result<(), RecordError> {
    for (name, part) in parts {
        let own = record.part(name)?;
        part.resume(&own).map_err(|error| error.in_part(name))?;
    }
    Ok(())
}

fn entry(name: &str, tensor: &TensorView) -> Result<Entry, RecordError> {
    let (bytes, count) = (tensor.data(), tensor.shape().iter().product());
    Ok(match tensor.dtype() {
        Dtype::U64 => {
            Entry::Integers(bytes.as_chunks().0.iter().map(|&of| u64::from_le_bytes(of)).collect())
        }
        Dtype::F32 => Entry::Singles(numbers(Dtype::F32, bytes, count)),
        Dtype::F64 => Entry::Doubles(numbers(Dtype::F64, bytes, count)),
        _ => {
            let (expected, found) = ("numbers of U64, F32 or F64", "numbers of another type");
            return Err(RecordError::Kind { name: name.into(), expected, found });
        }
    })
}

fn numbers<T: Real>(dtype: Dtype, bytes: &[u8], count: usize) -> Vec<T> {
    let mut numbers = vec![T::ZERO; count];
    read(dtype, bytes, &mut numbers);
    numbers
}

/// The texts of a file's metadata, by their names.
fn texts(header: &Metadata) -> impl Iterator<Item = (&str, String)> {
    let lines =
        header.metadata().as_ref().and_then(|all| all.get(TEXTS)).map_or("", String::as_str);
    let unescaped = |text: &str| {
        let parts = text.split("\\\\").map(|part| part.replace("\\n", "\n"));
        parts.collect::<Vec<_>>().join("\\")
    };
    lines
        .split('\n')
        .filter_map(|line| line.split_once(": "))
        .map(move |(name, text)| (name, unescaped(text)))
}

/// A line for each text.
fn lines(record: &Record) -> String {
    let texts = record.entries().filter_map(|(name, entry)| match entry {
        Entry::Text(text) => {
            Some(format!("{name}: {}\n", text.replace('\\', "\\\\").replace('\n', "\\n")))
        }
        _ => None,
    });
    texts.collect()
}

/// What is recorded of all parts.
fn record_all(parts: &[(&str, &dyn Resumable)]) -> Result<Record, RecordError> {
    let mut all = Record::default();
    for (at, (name, part)) in parts.iter().enumerate() {
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !is_name || parts[..at].iter().any(|(before, _)| before == name) {
            return Err(RecordError::Name { name: (*name).into() });
        }
        all.put_part(name, part.record());
    }
    Ok(all)
}

fn serialise<N: Network>(
    model: &N,
    parts: &[(&str, &dyn Resumable)],
    medium: &Medium,
) -> Result<Vec<u8>, CheckpointError> {
    let record = record_all(parts).map_err(|source| refused(medium, source))?;
    let network = model.state_dict().map(|(info, values)| {
        (Cow::Borrowed(info.name), Saved::Parameter(Tensor { info, values }))
    });
    let numbers = record.entries().filter_map(|(name, entry)| {
        let shape = [match entry {
            Entry::Text(_) => return None,
            Entry::Integers(integers) => integers.len(),
            Entry::Singles(numbers) => numbers.len(),
            Entry::Doubles(numbers) => numbers.len(),
        }];
        Some((Cow::Owned(format!("{RUN}{name}")), Saved::Entry { entry, shape }))
    });
    let metadata = HashMap::from([(TEXTS.to_owned(), lines(&record))]);
    safetensors::serialize(network.chain(numbers), Some(metadata))
        .map_err(|source| CheckpointError::Format { medium: medium.clone(), source })
}

/// What is written as a tensor.
enum Saved<'a, T> {
    Parameter(Tensor<'a, T>),
    Entry { entry: &'a Entry, shape: [usize; 1] },
}

impl<T: Real> View for Saved<'_, T> {
    fn dtype(&self) -> Dtype {
        match self {
            Self::Parameter(tensor) => tensor.dtype(),
            Self::Entry { entry: Entry::Singles(_), .. } => Dtype::F32,
            Self::Entry { entry: Entry::Doubles(_), .. } => Dtype::F64,
            Self::Entry { entry: Entry::Integers(_) | Entry::Text(_), .. } => Dtype::U64,
        }
    }

    fn shape(&self) -> &[usize] {
        match self {
            Self::Parameter(tensor) => tensor.shape(),
            Self::Entry { shape, .. } => shape,
        }
    }

    fn data(&self) -> Cow<'_, [u8]> {
        let entry = match self {
            Self::Parameter(tensor) => return tensor.data(),
            Self::Entry { entry, .. } => entry,
        };
        Cow::Owned(match entry {
            Entry::Singles(numbers) => numbers.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Entry::Doubles(numbers) => numbers.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Entry::Integers(integers) => integers.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Entry::Text(_) => Vec::new(),
        })
    }

    fn data_len(&self) -> usize {
        match self {
            Self::Parameter(tensor) => tensor.data_len(),
            Self::Entry { entry: Entry::Singles(_), shape: [count] } => 4 * count,
            Self::Entry { shape: [count], .. } => 8 * count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_from_their_lines() {
        let mut record = Record::default();
        let all = ["Adam", "", "two\nlines", "a \\n and \\\\n: b", "\\"];
        for (name, text) in ["a", "b.c", "d", "e", "f"].into_iter().zip(all) {
            record.put_text(name, text);
        }
        let metadata = HashMap::from([(TEXTS.to_owned(), lines(&record))]);
        let header = Metadata::new(Some(metadata), Vec::new()).unwrap();
        let found: Vec<(&str, String)> = texts(&header).collect();
        let expected = ["a", "b.c", "d", "e", "f"].into_iter().zip(all.map(String::from));
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
}
