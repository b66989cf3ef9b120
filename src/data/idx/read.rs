//! One IDX file.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::error::{IdxError, IdxProblem};
use crate::data::array::FileArray;
use crate::data::bounded::{Part, byte_count, is_at_end, read_part};
use crate::data::element::{ByteOrder, Element};

/// The first two bytes of every gzip member (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Deflate spends at least two bits on a run of 258 bytes, hence at most 1032:1.
const DEFLATE_EXPANSION: u64 = 1032;

/// Reads a file, plain or gzipped.
///
/// # Errors
/// When the file cannot be read or is not exactly one intact array.
pub fn read(path: impl AsRef<Path>) -> Result<FileArray, IdxError> {
    let path = path.as_ref();
    let file = fs::read(path).map_err(IdxProblem::Unreadable);
    file.and_then(|bytes| parse_file(&bytes)).map_err(IdxError::of(path))
}

/// Reads the bytes of a file, such as those of `include_bytes!`.
///
/// # Errors
/// When the bytes are not exactly one intact array.
pub fn from_bytes(bytes: &[u8]) -> Result<FileArray, IdxError> {
    Ok(parse_file(bytes)?)
}

fn parse_file(file: &[u8]) -> Result<FileArray, IdxProblem> {
    if file.starts_with(&GZIP_MAGIC) {
        let limit = DEFLATE_EXPANSION.saturating_mul(file.len() as u64);
        parse(MultiGzDecoder::new(file), limit)
    } else {
        parse(file, u64::MAX)
    }
}

/// Parses an array of at most `limit` bytes.
fn parse(mut source: impl Read, limit: u64) -> Result<FileArray, IdxProblem> {
    let magic = read_exactly(&mut source, 4, "magic number")?;
    let (element, axes) = match magic[..] {
        [0, 0, code, axes] if axes > 0 => (element(code), axes),
        _ => (None, 0),
    };
    let Some(element) = element else {
        return Err(IdxProblem::WrongMagic { found: word(&magic) });
    };
    let header = read_exactly(&mut source, 4 * u64::from(axes), "sizes")?;
    let sizes: Vec<usize> = header.chunks_exact(4).map(|size| word(size) as usize).collect();
    let Some(promised) = byte_count(&sizes, element.size()) else {
        return Err(IdxProblem::WrongSizes { found: sizes });
    };
    if promised > limit {
        return Err(IdxProblem::Implausible { limit, promised });
    }
    let bytes = read_exactly(&mut source, promised, "data")?;
    // The file is in memory by now: only the gzip decoder can still fail.
    if is_at_end(&mut source).map_err(IdxProblem::DamagedGzip)? {
        Ok(FileArray::new(sizes, element, ByteOrder::Big, bytes))
    } else {
        Err(IdxProblem::TrailingBytes { promised })
    }
}

/// The type that the magic number's third byte stands for.
fn element(code: u8) -> Option<Element> {
    match code {
        0x08 => Some(Element::U8),
        0x09 => Some(Element::I8),
        0x0b => Some(Element::I16),
        0x0c => Some(Element::I32),
        0x0d => Some(Element::F32),
        0x0e => Some(Element::F64),
        _ => None,
    }
}

/// A big-endian number of four bytes.
fn word(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |word, &byte| word << 8 | u32::from(byte))
}

fn read_exactly(
    source: &mut impl Read,
    expected: u64,
    part: &'static str,
) -> Result<Vec<u8>, IdxProblem> {
    match read_part(source, expected).map_err(IdxProblem::DamagedGzip)? {
        Part::Whole(bytes) => Ok(bytes),
        Part::Truncated(found) => Err(IdxProblem::Truncated { part, expected, found }),
    }
}
