//! Parameters out of files, bytes and readers.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::Read;
use std::mem;
use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::TensorView;

use super::error::{
    CheckpointError, IncompatibleKeys, Medium, Mismatch, OtherShape, OtherType, Several,
};
use super::numbers::{is_read, read};
use crate::inference::{Network, ParameterInfo};

/// What the keys of everything but the network begin with, in the file of a run.
pub(super) const RUN: &str = "run:";

/// Reads the parameters of the same network from a file; nothing is changed unless all of them fit.
///
/// The numbers may be f16, bf16, f32 or f64, whatever those of the network; f64 is rounded to the
/// nearest f32. What a layer says that files may hold beside its parameters is passed over: PyTorch
/// counts the batches of a batch normalisation, which nothing here reads. So is what
/// [`save_run`](super::save_run) writes beside the network.
///
/// # Errors
/// If the file cannot be read, is damaged, or holds other parameters than the network.
pub fn load<N: Network>(model: &mut N, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
    Checkpoint::open(path)?.load(model)
}

/// [`load`] of a file with other keys: `rename` makes those of the network of them.
///
/// ```
/// # use nncore::files::{CheckpointError, load_with};
/// # use nncore::inference::Network;
/// /// What `torch.nn.DataParallel` has saved, which puts `module.` before each key.
/// fn load_parallel<N: Network>(model: &mut N) -> Result<(), CheckpointError> {
///     load_with(model, "model.safetensors", |key| key.replacen("module.", "", 1))
/// }
/// ```
///
/// # Errors
/// As [`load`]; and if several keys get the same name.
pub fn load_with<N: Network>(
    model: &mut N,
    path: impl AsRef<Path>,
    rename: impl Fn(&str) -> String,
) -> Result<(), CheckpointError> {
    Checkpoint::open(path)?.rename(rename).load(model)
}

/// Saved parameters, in a file, in bytes or from a reader, that a network can take.
///
/// ```
/// # use nncore::files::{Checkpoint, CheckpointError};
/// # use nncore::inference::Network;
/// /// The layers of a network that a checkpoint of another one has too.
/// fn load_body<N: Network>(model: &mut N, bytes: &[u8]) -> Result<(), CheckpointError> {
///     let checkpoint = Checkpoint::from_bytes(bytes).rename(|key| format!("body.{key}"));
///     let keys = checkpoint.load_partial(model)?;
///     println!("not loaded: {}", keys.missing.join(", "));
///     Ok(())
/// }
/// ```
pub struct Checkpoint<'a> {
    medium: Medium,
    bytes: Cow<'a, [u8]>,
    rename: Option<Rename<'a>>,
}

/// Makes keys of a network of those of a checkpoint.
type Rename<'a> = Box<dyn Fn(&str) -> String + 'a>;

/// The tensors of a checkpoint with their keys in it, by the network's keys.
type Tensors<'a> = BTreeMap<Cow<'a, str>, Vec<(&'a str, TensorView<'a>)>>;

impl<'a> Checkpoint<'a> {
    /// A file.
    ///
    /// # Errors
    /// If it cannot be read. Whether it is damaged shows when it is loaded.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CheckpointError> {
        let path = path.as_ref();
        let medium = Medium::File(path.into());
        match fs::read(path) {
            Ok(bytes) => Ok(Self { medium, bytes: bytes.into(), rename: None }),
            Err(source) => Err(CheckpointError::Io { medium, source }),
        }
    }

    /// Bytes, lent or given: `include_bytes!("model.safetensors")` is some.
    pub fn from_bytes(bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { medium: Medium::Memory, bytes: bytes.into(), rename: None }
    }

    /// All that a reader gives.
    ///
    /// # Errors
    /// If it fails.
    pub fn from_reader(mut reader: impl Read) -> Result<Self, CheckpointError> {
        let (medium, mut bytes) = (Medium::Stream, Vec::new());
        match reader.read_to_end(&mut bytes) {
            Ok(_) => Ok(Self { medium, bytes: bytes.into(), rename: None }),
            Err(source) => Err(CheckpointError::Io { medium, source }),
        }
    }

    /// With keys of the network made of those of the checkpoint, in place of an earlier renaming.
    #[must_use]
    pub fn rename(self, rename: impl Fn(&str) -> String + 'a) -> Self {
        Self { rename: Some(Box::new(rename)), ..self }
    }

    /// Reads all parameters of the network, and no others: `load_state_dict(strict=True)`.
    ///
    /// # Errors
    /// If the checkpoint is damaged or differs from the network; the network is then as it was.
    pub fn load<N: Network>(&self, model: &mut N) -> Result<(), CheckpointError> {
        let file = self.parse()?;
        let tensors = self.renamed(&file);
        self.accept(mismatch::<N>(&tensors))?;
        assign(model, &tensors);
        Ok(())
    }

    /// Reads the parameters that the network and the checkpoint have in common, and returns the keys
    /// that they have not: `load_state_dict(strict=False)`.
    ///
    /// # Errors
    /// If the checkpoint is damaged, or a common parameter has another shape or a type that is not
    /// read; the network is then as it was.
    pub fn load_partial<N: Network>(
        &self,
        model: &mut N,
    ) -> Result<IncompatibleKeys, CheckpointError> {
        let file = self.parse()?;
        let tensors = self.renamed(&file);
        let mut mismatch = mismatch::<N>(&tensors);
        let keys = mem::take(&mut mismatch.keys);
        self.accept(mismatch)?;
        assign(model, &tensors);
        Ok(keys)
    }

    pub(super) fn medium(&self) -> &Medium {
        &self.medium
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn parse(&self) -> Result<SafeTensors<'_>, CheckpointError> {
        SafeTensors::deserialize(&self.bytes)
            .map_err(|source| CheckpointError::Format { medium: self.medium.clone(), source })
    }

    fn renamed<'f>(&self, file: &'f SafeTensors) -> Tensors<'f> {
        let mut tensors = Tensors::new();
        for (key, tensor) in file.iter().filter(|(key, _)| !key.starts_with(RUN)) {
            let name = self.rename.as_ref().map_or(key.into(), |rename| rename(key).into());
            tensors.entry(name).or_default().push((key, tensor));
        }
        tensors
    }

    fn accept(&self, mismatch: Mismatch) -> Result<(), CheckpointError> {
        if mismatch.is_empty() {
            return Ok(());
        }
        Err(CheckpointError::Mismatch { medium: self.medium.clone(), mismatch: Box::new(mismatch) })
    }
}

impl fmt::Debug for Checkpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Checkpoint");
        all.field("medium", &self.medium).field("bytes", &self.bytes.len());
        all.field("is_renamed", &self.rename.is_some()).finish()
    }
}

/// Each way in which tensors differ from the network's parameters.
fn mismatch<N: Network>(tensors: &Tensors) -> Mismatch {
    let mut mismatch = Mismatch::default();
    for info in N::PARAMETERS {
        match tensors.get(info.name).map(Vec::as_slice) {
            None => mismatch.keys.missing.push(info.name.into()),
            Some([(_, tensor)]) => compare(info, tensor, &mut mismatch),
            Some(several) => mismatch.several.push(name_all(info.name, several)),
        }
    }
    let known: BTreeSet<&str> = N::PARAMETERS.iter().map(|info| info.name).collect();
    for (key, found) in tensors.iter().filter(|(key, _)| !known.contains(&***key)) {
        if !N::IGNORED_KEYS.contains(&&**key) {
            mismatch.keys.unexpected.push(key.to_string());
            continue;
        }
        let other = found.iter().map(|(_, tensor)| tensor.shape());
        let other = other.filter(|shape| shape.iter().any(|&size| size != 1));
        let shape = |found: &[usize]| OtherShape {
            key: key.to_string(),
            found: found.into(),
            expected: Vec::new(),
        };
        mismatch.shapes.extend(other.map(shape));
    }
    mismatch
}

fn compare(info: &ParameterInfo, tensor: &TensorView, mismatch: &mut Mismatch) {
    let key = || info.name.to_owned();
    if tensor.shape() != info.shape {
        let (found, expected) = (tensor.shape().into(), info.shape.into());
        mismatch.shapes.push(OtherShape { key: key(), found, expected });
    }
    if !is_read(tensor.dtype()) {
        mismatch.types.push(OtherType { key: key(), found: format!("{:?}", tensor.dtype()) });
    }
}

fn name_all(key: &str, several: &[(&str, TensorView)]) -> Several {
    let mut found: Vec<String> = several.iter().map(|(key, _)| (*key).to_owned()).collect();
    found.sort();
    Several { key: key.into(), found }
}

/// Writes the parameters for which there is a tensor, all of which fit.
fn assign<N: Network>(model: &mut N, tensors: &Tensors) {
    for (info, values) in model.state_dict_mut() {
        if let Some([(_, tensor)]) = tensors.get(info.name).map(Vec::as_slice) {
            read(tensor.dtype(), tensor.data(), values);
        }
    }
}
