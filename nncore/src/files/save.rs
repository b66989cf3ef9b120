//! Parameters into files, bytes and writers.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use safetensors::{Dtype, View};

use super::error::{CheckpointError, Medium};
use super::numbers::{dtype, little_endian};
use super::replace;
use crate::inference::{Network, ParameterInfo};
use crate::scalar::Real;

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
    let bytes = serialise(model, || Medium::File(path.into()))?;
    write_file(path, &bytes)
}

pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CheckpointError> {
    let failed = |source| CheckpointError::Io { medium: Medium::File(path.into()), source };
    replace::write(path, bytes).map_err(failed)
}

/// The parameters as [`save`] writes them.
///
/// # Errors
/// If they are more than safetensors can describe.
pub fn to_bytes<N: Network>(model: &N) -> Result<Vec<u8>, CheckpointError> {
    serialise(model, || Medium::Memory)
}

/// Writes the parameters as [`save`] does, to any writer.
///
/// # Errors
/// If the writer fails.
pub fn save_to<N: Network>(model: &N, mut writer: impl Write) -> Result<(), CheckpointError> {
    let bytes = serialise(model, || Medium::Stream)?;
    let written = writer.write_all(&bytes).and_then(|()| writer.flush());
    written.map_err(|source| CheckpointError::Io { medium: Medium::Stream, source })
}

fn serialise<N: Network>(
    model: &N,
    medium: impl Fn() -> Medium,
) -> Result<Vec<u8>, CheckpointError> {
    let tensors = model.state_dict().map(|(info, values)| (info.name, Tensor { info, values }));
    safetensors::serialize(tensors, None)
        .map_err(|source| CheckpointError::Format { medium: medium(), source })
}

pub(super) struct Tensor<'a, T> {
    pub info: &'static ParameterInfo,
    pub values: &'a [T],
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
