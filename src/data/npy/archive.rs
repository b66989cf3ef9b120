//! Several arrays of NumPy in one file.

use std::borrow::Cow;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;
use nncore::scalar::Real;
use nncore::training::data::Dataset;

use super::error::{NpyError, NpyProblem};
use super::read::parse;
use super::zip::{Member, Method, members};
use crate::data::array::FileArray;

/// A file `.npz`: several arrays with names.
#[derive(Clone, Debug)]
pub struct Npz<'a> {
    path: Option<PathBuf>,
    bytes: Cow<'a, [u8]>,
    members: Vec<Member>,
}

impl Npz<'static> {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read or is no zip archive.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, NpyError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(NpyProblem::Unreadable);
        match bytes.and_then(|bytes| Ok((members(&bytes)?, bytes))) {
            Ok((members, bytes)) => {
                Ok(Self { path: Some(path.into()), bytes: bytes.into(), members })
            }
            Err(problem) => Err(NpyError { path: Some(path.into()), ..problem.into() }),
        }
    }
}

impl<'a> Npz<'a> {
    /// The bytes of a file, such as those of `include_bytes!`.
    ///
    /// # Errors
    /// When they are no zip archive.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, NpyError> {
        Ok(Self { path: None, bytes: bytes.into(), members: members(bytes)? })
    }

    /// The names of the arrays, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(array_name)
    }

    /// Reads the array of a name.
    ///
    /// # Errors
    /// When there is none, it is damaged, or it holds something else than numbers.
    pub fn read(&self, name: &str) -> Result<FileArray, NpyError> {
        self.find(name)
            .and_then(|member| self.array(member))
            .map_err(|problem| self.error(name, problem))
    }

    /// A dataset with a column for each array: of integers, if the array holds integers or booleans, or else of
    /// real numbers.
    ///
    /// # Errors
    /// When an array cannot be read, or the columns make no dataset.
    pub fn dataset<T: Real>(&self) -> Result<Dataset<T>, NpyError> {
        self.names().try_fold(Dataset::new(), |data, name| {
            let array = self.read(name)?;
            let is_integer = array.element().is_integer();
            let column = if is_integer { array.integers(name) } else { array.reals(name) };
            let data = column.and_then(|column| data.with(column));
            data.map_err(|error| self.error(name, error.into()))
        })
    }

    fn error(&self, name: &str, problem: NpyProblem) -> NpyError {
        NpyError { path: self.path.clone(), array: Some(name.into()), ..problem.into() }
    }

    fn find(&self, name: &str) -> Result<&Member, NpyProblem> {
        let found = self.members.iter().find(|member| array_name(member) == name);
        found.ok_or_else(|| NpyProblem::NoArray { found: self.names().map(Into::into).collect() })
    }

    fn array(&self, member: &Member) -> Result<FileArray, NpyProblem> {
        let written = &self.bytes[member.start..member.end];
        match member.method {
            Method::Stored => checked(written, member.crc),
            Method::Deflated => checked(DeflateDecoder::new(written), member.crc),
        }
    }
}

/// The array that bytes stand for, if they have this checksum.
fn checked(source: impl Read, crc: u32) -> Result<FileArray, NpyProblem> {
    let mut source = CrcReader::new(source);
    let array = parse(&mut source)?;
    if source.crc().sum() == crc {
        Ok(array)
    } else {
        Err(NpyProblem::Archive("a file has another checksum"))
    }
}

/// The name of the array in a file of the archive.
fn array_name(member: &Member) -> &str {
    member.name.strip_suffix(".npy").unwrap_or(&member.name)
}
