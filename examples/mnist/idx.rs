//! The IDX files in which MNIST is published, plain or gzipped.
//!
//! A file is a magic number (two zero bytes, the element type, the number of dimensions), one
//! big-endian 32-bit size per dimension, and the elements in row-major order.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use thiserror::Error;

/// The magic number of images: unsigned bytes (8) in three dimensions.
const IMAGES: u32 = 0x0803;

/// The magic number of labels: unsigned bytes (8) in one dimension.
const LABELS: u32 = 0x0801;

/// The first two bytes of every gzip member (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Deflate spends at least two bits on a run of 258 bytes, hence at most 1032:1.
const DEFLATE_EXPANSION: u64 = 1032;

/// Grey images, one byte a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// How many images there are.
    pub count: usize,
    /// The height of every image.
    pub rows: usize,
    /// The width of every image.
    pub columns: usize,
    /// `count × rows × columns` pixels, row-major.
    pub pixels: Vec<u8>,
}

/// What is wrong with which file.
#[derive(Debug, Error)]
#[error("{path}: {problem}")]
pub struct IdxError {
    /// The file, or the directory in which a file is missing.
    pub path: PathBuf,
    /// What was expected there and what was found.
    pub problem: Problem,
}

/// What was expected of a file and what was found.
#[derive(Debug, Error)]
pub enum Problem {
    /// The directory has the file under neither of its names.
    #[error("holds neither {plain} nor {gzipped}")]
    Missing {
        /// The name of the plain file.
        plain: String,
        /// The name of the gzipped file.
        gzipped: String,
    },
    /// The operating system could not open or read the file.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// The gzip stream is cut short, fails its checksum, or is followed by something else.
    #[error("expected an intact gzip stream, found damage: {0}")]
    DamagedGzip(io::Error),
    /// The file is no IDX file, or one with another content.
    #[error("expected the magic number {expected:#010x}, found {found:#010x}")]
    WrongMagic {
        /// The magic number of the content asked for.
        expected: u32,
        /// The magic number in the file.
        found: u32,
    },
    /// A size is zero, or their product overflows.
    #[error("expected positive sizes with a 64-bit product, found {found:?}")]
    WrongSizes {
        /// The sizes in the header.
        found: Vec<u32>,
    },
    /// The header promises more than the compressed file could possibly expand to.
    #[error(
        "expected at most {limit} bytes from a gzip file this short, found {promised} promised"
    )]
    Implausible {
        /// The most that deflate can make of the file.
        limit: u64,
        /// The data bytes promised by the header.
        promised: u64,
    },
    /// The file ends early.
    #[error("truncated: expected {expected} bytes of {part}, found {found}")]
    Truncated {
        /// Where the file ends: in its magic number, its sizes or its data.
        part: &'static str,
        /// The size of that part.
        expected: u64,
        /// The bytes of that part that are there.
        found: usize,
    },
    /// The file goes on after its data.
    #[error("expected the end of the file after {promised} bytes of data, found more bytes")]
    TrailingBytes {
        /// The data bytes promised by the header.
        promised: u64,
    },
    /// A label names no class.
    #[error("expected labels below {classes}, found {label} at index {index}")]
    LabelOutOfRange {
        /// The position of the first such label.
        index: usize,
        /// The label.
        label: u8,
        /// The number of classes.
        classes: u8,
    },
}

/// An array of unsigned bytes: the size of each dimension and the elements.
type Array<const RANK: usize> = ([usize; RANK], Vec<u8>);

/// Reads a file of images.
///
/// # Errors
/// When the file cannot be read or is not exactly one intact array of images.
pub fn read_images(path: &Path) -> Result<Images, IdxError> {
    let ([count, rows, columns], pixels) =
        read_array(path, IMAGES).map_err(|problem| problem.of(path))?;
    Ok(Images { count, rows, columns, pixels })
}

/// Reads a file of labels, each below `classes`.
///
/// # Errors
/// When the file cannot be read, is not exactly one intact array of labels, or holds a label that
/// is not below `classes`.
pub fn read_labels(path: &Path, classes: u8) -> Result<Vec<u8>, IdxError> {
    read_array(path, LABELS)
        .and_then(|([_], labels)| check_labels(labels, classes))
        .map_err(|problem| problem.of(path))
}

/// The one of `name` and `name.gz` that is in `directory`; the plain file where both are.
///
/// # Errors
/// When neither is there.
pub fn locate(directory: &Path, name: &str) -> Result<PathBuf, IdxError> {
    let (plain, gzipped) = (name.to_owned(), format!("{name}.gz"));
    [&plain, &gzipped]
        .map(|candidate| directory.join(candidate))
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| Problem::Missing { plain, gzipped }.of(directory))
}

impl Problem {
    fn of(self, path: &Path) -> IdxError {
        IdxError { path: path.to_owned(), problem: self }
    }
}

fn check_labels(labels: Vec<u8>, classes: u8) -> Result<Vec<u8>, Problem> {
    match labels.iter().position(|&label| label >= classes) {
        Some(index) => {
            let label = labels[index];
            Err(Problem::LabelOutOfRange { index, label, classes })
        }
        None => Ok(labels),
    }
}

fn read_array<const RANK: usize>(path: &Path, magic: u32) -> Result<Array<RANK>, Problem> {
    let file = fs::read(path).map_err(Problem::Unreadable)?;
    if file.starts_with(&GZIP_MAGIC) {
        let limit = DEFLATE_EXPANSION.saturating_mul(file.len() as u64);
        parse(MultiGzDecoder::new(file.as_slice()), magic, limit)
    } else {
        parse(file.as_slice(), magic, u64::MAX)
    }
}

/// Parses an array of at most `limit` bytes. Memory grows as bytes arrive, never by a promise.
fn parse<const RANK: usize>(
    mut source: impl Read,
    expected: u32,
    limit: u64,
) -> Result<Array<RANK>, Problem> {
    let [found] = read_words(&mut source, "magic number")?;
    if found != expected {
        return Err(Problem::WrongMagic { expected, found });
    }
    let sizes: [u32; RANK] = read_words(&mut source, "sizes")?;
    let promised = element_count(sizes)?;
    if promised > limit {
        return Err(Problem::Implausible { limit, promised });
    }
    let data = read_exactly(&mut source, promised, "data")?;
    if read_at_most(&mut source, 1)?.is_empty() {
        Ok((sizes.map(|size| size as usize), data))
    } else {
        Err(Problem::TrailingBytes { promised })
    }
}

fn element_count<const RANK: usize>(sizes: [u32; RANK]) -> Result<u64, Problem> {
    sizes
        .iter()
        .try_fold(1_u64, |product, &size| product.checked_mul(size.into()))
        .filter(|&product| product > 0)
        .ok_or_else(|| Problem::WrongSizes { found: sizes.to_vec() })
}

fn read_words<const COUNT: usize>(
    source: &mut impl Read,
    part: &'static str,
) -> Result<[u32; COUNT], Problem> {
    let bytes = read_exactly(source, 4 * COUNT as u64, part)?;
    let (words, _) = bytes.as_chunks();
    Ok(std::array::from_fn(|k| u32::from_be_bytes(words[k])))
}

fn read_exactly(
    source: &mut impl Read,
    expected: u64,
    part: &'static str,
) -> Result<Vec<u8>, Problem> {
    let bytes = read_at_most(source, expected)?;
    let found = bytes.len();
    if found as u64 == expected {
        Ok(bytes)
    } else {
        Err(Problem::Truncated { part, expected, found })
    }
}

/// The file is in memory by now: only the gzip decoder can still fail.
fn read_at_most(source: &mut impl Read, limit: u64) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    source.take(limit).read_to_end(&mut bytes).map_err(Problem::DamagedGzip)?;
    Ok(bytes)
}
