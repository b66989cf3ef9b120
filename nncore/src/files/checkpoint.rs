//! Saving and loading parameters as safetensors, under PyTorch's state-dict keys.
//!
//! In Python, `model.load_state_dict(safetensors.torch.load_file("model.safetensors"))` reads what
//! [`save`] wrote into the same `nn.Sequential`, and the other way round. A key is that of a layer,
//! its label or its number in the `Sequential`, and that of the parameter in PyTorch's module:
//! `encoder.weight_ih_l0`, `3.out_proj.bias`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use safetensors::tensor::{SafeTensorError, TensorView};
use safetensors::{Dtype, SafeTensors, View};
use thiserror::Error;

use super::replace;
use crate::inference::{Network, ParameterInfo};
use crate::scalar::Real;

/// Why parameters could not be saved or loaded. The model is then as it was.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not valid safetensors.
    #[error("{}: {source}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SafeTensorError,
    },
    /// The file holds other parameters than the network.
    #[error("{}: {}", path.display(), .mismatches.join("; "))]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// Each missing key, unexpected key, other shape or other type.
        mismatches: Vec<String>,
    },
}

/// Writes the parameters; the file is complete, or what was there before is there still.
///
/// A new file has the permissions that the process gives to every file, one that was there keeps its
/// own. A symbolic link stays one, and its target is written. A device, a pipe or `/dev/stdout` is
/// written to.
///
/// # Errors
/// If the file cannot be written.
pub fn save<N: Network>(model: &N, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
    let path = path.as_ref();
    let tensors = model.state_dict().map(|(info, values)| (info.name, Tensor { info, values }));
    let bytes = safetensors::serialize(tensors, None)
        .map_err(|source| CheckpointError::Format { path: path.into(), source })?;
    replace::write(path, &bytes).map_err(|source| CheckpointError::Io { path: path.into(), source })
}

/// Reads the parameters of the same network; nothing is changed unless all of them fit.
///
/// What a layer says that files may hold beside its parameters is passed over: PyTorch counts the
/// batches of a batch normalisation, which nothing here reads.
///
/// # Errors
/// If the file cannot be read, is damaged, or holds other parameters than the network.
pub fn load<N: Network>(model: &mut N, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
    let path = path.as_ref();
    let bytes =
        fs::read(path).map_err(|source| CheckpointError::Io { path: path.into(), source })?;
    let file = SafeTensors::deserialize(&bytes)
        .map_err(|source| CheckpointError::Format { path: path.into(), source })?;
    let mismatches = mismatches::<N>(&file);
    if !mismatches.is_empty() {
        return Err(CheckpointError::Mismatch { path: path.into(), mismatches });
    }
    for (info, values) in model.state_dict_mut() {
        if let Ok(tensor) = file.tensor(info.name) {
            read_scalars(tensor.data(), values);
        }
    }
    Ok(())
}

/// Each way in which the file's tensors differ from the network's parameters.
fn mismatches<N: Network>(file: &SafeTensors) -> Vec<String> {
    let missing_or_other = N::PARAMETERS.iter().filter_map(|info| match file.tensor(info.name) {
        Ok(tensor) => difference::<N::Scalar>(info, &tensor),
        Err(_) => Some(format!("missing key `{}`", info.name)),
    });
    let known: BTreeSet<&str> = N::PARAMETERS.iter().map(|info| info.name).collect();
    let unexpected = file.iter().filter(|(name, _)| !known.contains(name));
    let unexpected = unexpected.filter_map(|(name, tensor)| {
        if !N::IGNORED_KEYS.contains(&name) {
            return Some(format!("unexpected key `{name}`"));
        }
        let is_number = tensor.shape().iter().all(|&size| size == 1);
        (!is_number).then(|| format!("`{name}` has the shape {:?}, expected []", tensor.shape()))
    });
    let mut found: Vec<String> = missing_or_other.collect();
    let mut unexpected: Vec<String> = unexpected.collect();
    unexpected.sort();
    found.append(&mut unexpected);
    found
}

fn difference<T: Real>(info: &ParameterInfo, tensor: &TensorView) -> Option<String> {
    let ParameterInfo { name, shape, .. } = info;
    if tensor.shape() != *shape {
        return Some(format!("`{name}` has the shape {:?}, expected {shape:?}", tensor.shape()));
    }
    let (found, expected) = (tensor.dtype(), dtype::<T>());
    (found != expected).then(|| format!("`{name}` is {found:?}, expected {expected:?}"))
}

fn dtype<T: Real>() -> Dtype {
    if T::BYTES == 4 { Dtype::F32 } else { Dtype::F64 }
}

struct Tensor<'a, T> {
    info: &'static ParameterInfo,
    values: &'a [T],
}

impl<T: Real> View for Tensor<'_, T> {
    fn dtype(&self) -> Dtype {
        dtype::<T>()
    }

    fn shape(&self) -> &[usize] {
        self.info.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.values.iter().flat_map(|value| little_endian(*value)).collect())
    }

    fn data_len(&self) -> usize {
        self.values.len() * T::BYTES
    }
}

fn little_endian<T: Real>(value: T) -> impl Iterator<Item = u8> {
    let wide = value.to_f64();
    #[expect(clippy::cast_possible_truncation, reason = "an f32 goes through f64 unchanged")]
    let bytes = if T::BYTES == 4 { u64::from((wide as f32).to_bits()) } else { wide.to_bits() };
    bytes.to_le_bytes().into_iter().take(T::BYTES)
}

fn read_scalars<T: Real>(bytes: &[u8], values: &mut [T]) {
    for (value, bytes) in values.iter_mut().zip(bytes.chunks_exact(T::BYTES)) {
        *value = match *bytes {
            [a, b, c, d] => T::of(f64::from(f32::from_le_bytes([a, b, c, d]))),
            [a, b, c, d, e, f, g, h] => T::of(f64::from_le_bytes([a, b, c, d, e, f, g, h])),
            _ => continue,
        };
    }
}
