//! Why parameters could not be saved or loaded.

use std::fmt;
use std::io;
use std::path::PathBuf;

use safetensors::tensor::SafeTensorError;
use thiserror::Error;

use crate::training::resume::RecordError;

/// Where a checkpoint lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Medium {
    /// In a file.
    File(PathBuf),
    /// In bytes that were given.
    Memory,
    /// In what a reader gives, or a writer takes.
    Stream,
}

impl fmt::Display for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Memory => f.write_str("checkpoint in memory"),
            Self::Stream => f.write_str("checkpoint in a stream"),
        }
    }
}

/// Why parameters could not be saved or loaded. The model is then as it was.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// It could not be read or written.
    #[error("{medium}: {source}")]
    Io {
        /// Where it lies.
        medium: Medium,
        /// What the system says.
        source: io::Error,
    },
    /// It is not valid safetensors.
    #[error("{medium}: {source}")]
    Format {
        /// Where it lies.
        medium: Medium,
        /// What is wrong with it.
        source: SafeTensorError,
    },
    /// It holds other parameters than the network.
    #[error("{medium}: {mismatch}")]
    Mismatch {
        /// Where it lies.
        medium: Medium,
        /// All differences.
        mismatch: Box<Mismatch>,
    },
    /// It holds no run, or one of something else.
    #[error("{medium}: {source}")]
    Record {
        /// Where it lies.
        medium: Medium,
        /// What does not fit.
        source: RecordError,
    },
}

/// Keys that a network and a checkpoint do not have in common: PyTorch's `IncompatibleKeys`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "keys that are missing have not been loaded"]
pub struct IncompatibleKeys {
    /// Those of the network alone, in the order of declaration.
    pub missing: Vec<String>,
    /// Those of the checkpoint alone, renamed, in alphabetical order.
    pub unexpected: Vec<String>,
}

/// All ways in which a checkpoint differs from a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mismatch {
    /// Keys of one of them alone; none in a partial load, which permits them.
    pub keys: IncompatibleKeys,
    /// Parameters of another shape.
    pub shapes: Vec<OtherShape>,
    /// Parameters whose numbers are of a type that is not read.
    pub types: Vec<OtherType>,
    /// Parameters for which there are several after renaming.
    pub several: Vec<Several>,
}

/// A parameter of another shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherShape {
    /// Its key in the network.
    pub key: String,
    /// Its shape in the checkpoint.
    pub found: Vec<usize>,
    /// Its shape in the network.
    pub expected: Vec<usize>,
}

/// A parameter whose numbers are neither f16, bf16, f32 nor f64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherType {
    /// Its key in the network.
    pub key: String,
    /// The type in the checkpoint, as safetensors calls it.
    pub found: String,
}

/// A key that renaming gives to several parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Several {
    /// The key in the network.
    pub key: String,
    /// The keys in the checkpoint, in alphabetical order.
    pub found: Vec<String>,
}

impl Mismatch {
    /// Whether there is no difference.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for OtherShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, found, expected } = self;
        write!(f, "`{key}` has the shape {found:?}, expected {expected:?}")
    }
}

impl fmt::Display for OtherType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is {}, expected F16, BF16, F32 or F64", self.key, self.found)
    }
}

impl fmt::Display for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found: Vec<String> = self.found.iter().map(|key| format!("`{key}`")).collect();
        write!(f, "`{}` is what {} are renamed to, expected one", self.key, found.join(" and "))
    }
}

/// Each difference, behind a `; ` from the second on.
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = self.keys.missing.iter().map(|key| format!("missing key `{key}`"));
        let unexpected = self.keys.unexpected.iter().map(|key| format!("unexpected key `{key}`"));
        let shapes = self.shapes.iter().map(ToString::to_string);
        let types = self.types.iter().map(ToString::to_string);
        let several = self.several.iter().map(ToString::to_string);
        let all: Vec<String> =
            missing.chain(shapes).chain(types).chain(several).chain(unexpected).collect();
        f.write_str(&all.join("; "))
    }
}
