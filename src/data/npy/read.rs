//! One array of NumPy.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::error::{NpyError, NpyProblem};
use super::header::Header;
use crate::data::array::FileArray;
use crate::data::bounded::{Part, byte_count, is_at_end, read_part};

/// What every file begins with.
const MAGIC: [u8; 6] = *b"\x93NUMPY";

/// Reads a file `.npy`.
///
/// # Errors
/// When the file cannot be read, is not exactly one intact array of at least one sample, or holds something else
/// than numbers.
pub fn read(path: impl AsRef<Path>) -> Result<FileArray, NpyError> {
    let path = path.as_ref();
    let array = File::open(path)
        .map_err(NpyProblem::Unreadable)
        .and_then(|file| parse(&mut BufReader::new(file)));
    array.map_err(|problem| NpyError { path: Some(path.into()), ..problem.into() })
}

/// Reads the bytes of a file `.npy`, such as those of `include_bytes!`.
///
/// ```
/// use tapeless::data::npy;
///
/// let header = b"\x93NUMPY\x01\x00\x3c\x00{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }\n";
/// let array = npy::from_bytes(&[&header[..], &[1, 2, 3, 4]].concat())?;
/// assert_eq!(array.shape(), [2, 2]);
/// let pairs = array.reals::<f32>("pair")?;
/// assert_eq!((pairs.len(), pairs.shape()), (2, &[2][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`read`].
pub fn from_bytes(mut bytes: &[u8]) -> Result<FileArray, NpyError> {
    Ok(parse(&mut bytes)?)
}

/// Reads one array, to the end.
pub(super) fn parse(source: &mut impl Read) -> Result<FileArray, NpyProblem> {
    let begin = read_exactly(source, 8, "beginning")?;
    if begin[..6] != MAGIC {
        return Err(NpyProblem::WrongMagic { found: begin[..6].into() });
    }
    let length = match begin[6] {
        1 => 2,
        2 | 3 => 4,
        found => return Err(NpyProblem::WrongVersion { found }),
    };
    let length = read_exactly(source, length, "beginning")?;
    let length = length.iter().rev().fold(0, |length, &byte| length << 8 | u64::from(byte));
    let header = read_exactly(source, length, "header")?;
    let header = Header::parse(&String::from_utf8_lossy(&header))?;
    let promised = byte_count(&header.shape, header.element.size());
    let Some(promised) = promised.filter(|_| !header.shape.is_empty()) else {
        return Err(NpyProblem::WrongShape { found: header.shape });
    };
    let bytes = read_exactly(source, promised, "data")?;
    if !is_at_end(source).map_err(NpyProblem::Unreadable)? {
        return Err(NpyProblem::TrailingBytes { promised });
    }
    let Header { element, order, is_fortran, shape } = header;
    let bytes = if is_fortran { row_major(&shape, element.size(), &bytes) } else { bytes };
    Ok(FileArray::new(shape, element, order, bytes))
}

fn read_exactly(
    source: &mut impl Read,
    expected: u64,
    part: &'static str,
) -> Result<Vec<u8>, NpyProblem> {
    match read_part(source, expected).map_err(NpyProblem::Unreadable)? {
        Part::Whole(bytes) => Ok(bytes),
        Part::Truncated(found) => Err(NpyProblem::Truncated { part, expected, found }),
    }
}

/// The numbers of an array in Fortran's order, so that those of a sample lie together.
fn row_major(shape: &[usize], size: usize, bytes: &[u8]) -> Vec<u8> {
    let strides = shape.iter().scan(size, |stride, axis| {
        let own = *stride;
        *stride *= axis;
        Some(own)
    });
    let strides: Vec<usize> = strides.collect();
    let (mut place, mut at) = (vec![0; shape.len()], 0);
    let mut sorted = Vec::with_capacity(bytes.len());
    while sorted.len() < bytes.len() {
        sorted.extend_from_slice(&bytes[at..at + size]);
        // The next place: one on along the last axis that is not at its end.
        for axis in (0..shape.len()).rev() {
            place[axis] += 1;
            at += strides[axis];
            if place[axis] < shape[axis] {
                break;
            }
            at -= place[axis] * strides[axis];
            place[axis] = 0;
        }
    }
    sorted
}
