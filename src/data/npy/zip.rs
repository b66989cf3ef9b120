//! The directory of a zip archive, as Python's `zipfile` writes it.

use super::error::NpyProblem;

/// What each part of an archive begins with.
const LOCAL: u32 = 0x0403_4b50;
const ENTRY: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;

/// The sizes of these parts, without names and comments.
const LOCAL_SIZE: usize = 30;
const ENTRY_SIZE: usize = 46;
const END_SIZE: usize = 22;
const LOCATOR_64_SIZE: usize = 20;

/// The extra field with sizes of 64 bits.
const EXTRA_64: u16 = 1;

/// How the bytes of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
}

/// A file in the archive.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub name: String,
    pub method: Method,
    /// The checksum of what the bytes stand for.
    pub crc: u32,
    /// The bytes as they are written.
    pub start: usize,
    pub end: usize,
}

/// The files of an archive.
pub(super) fn members(archive: &[u8]) -> Result<Vec<Member>, NpyProblem> {
    let (count, mut at) = directory(archive)?;
    let mut members = Vec::new();
    for _ in 0..count {
        let (member, next) = entry(archive, at)?;
        members.push(member);
        at = next;
    }
    Ok(members)
}

/// How many entries the directory has, and where it begins.
fn directory(archive: &[u8]) -> Result<(u64, usize), NpyProblem> {
    let last = archive.len().checked_sub(END_SIZE);
    let end = last.and_then(|last| {
        let first = last.saturating_sub(usize::from(u16::MAX));
        (first..=last).rev().find(|&at| word(archive, at) == Some(END))
    });
    let end = end.ok_or(NpyProblem::Archive("the end of its directory is missing"))?;
    let wide = end
        .checked_sub(LOCATOR_64_SIZE)
        .filter(|&at| word(archive, at) == Some(LOCATOR_64))
        .and_then(|at| size(archive, at + 8, 8));
    let found = match wide {
        Some(at) if word(archive, at) == Some(END_64) => {
            number(archive, at.saturating_add(32), 8).zip(size(archive, at.saturating_add(48), 8))
        }
        Some(_) => None,
        None => number(archive, end + 10, 2).zip(size(archive, end + 16, 4)),
    };
    found.ok_or(NpyProblem::Archive("the end of its directory is damaged"))
}

/// The entry at a place, and the place of the one behind it.
fn entry(archive: &[u8], at: usize) -> Result<(Member, usize), NpyProblem> {
    let damaged = || NpyProblem::Archive("an entry of its directory is damaged");
    let header = part(archive, at, ENTRY_SIZE).ok_or_else(damaged)?;
    let [name_length, extra_length, comment_length] =
        [28, 30, 32].map(|at| size(header, at, 2).unwrap_or(0));
    let name = part(archive, at + ENTRY_SIZE, name_length).ok_or_else(damaged)?;
    let extra = part(archive, at + ENTRY_SIZE + name_length, extra_length).ok_or_else(damaged)?;
    if word(header, 0) != Some(ENTRY) {
        return Err(damaged());
    }
    let method = match (number(header, 8, 2).map(|flags| flags & 1), number(header, 10, 2)) {
        (Some(0), Some(0)) => Method::Stored,
        (Some(0), Some(8)) => Method::Deflated,
        _ => {
            return Err(NpyProblem::Archive(
                "a file is encrypted, or compressed otherwise than by deflate",
            ));
        }
    };
    let (written, local) = sizes(header, extra).ok_or_else(damaged)?;
    let start = data_start(archive, local).ok_or_else(damaged)?;
    let end = start.checked_add(written).filter(|&end| end <= archive.len()).ok_or_else(damaged)?;
    let (name, crc) = (String::from_utf8_lossy(name).into_owned(), word(header, 16).unwrap_or(0));
    let next = at + ENTRY_SIZE + name_length + extra_length + comment_length;
    Ok((Member { name, method, crc, start, end }, next))
}

/// How many bytes a file has in the archive, and where its own header is.
fn sizes(header: &[u8], extra: &[u8]) -> Option<(usize, usize)> {
    let [written, whole, local] = [20, 24, 42].map(|at| size(header, at, 4));
    let (written, whole, local) = (written?, whole?, local?);
    let is_wide = |size: usize| size == u32::MAX as usize;
    let mut wide = wide_extra(extra).unwrap_or_default().chunks_exact(8);
    let mut actual = |short| if is_wide(short) { size(wide.next()?, 0, 8) } else { Some(short) };
    // The field has those that do not fit into 32 bits, in this order.
    actual(whole)?;
    Some((actual(written)?, actual(local)?))
}

/// The extra field with sizes of 64 bits.
fn wide_extra(mut extra: &[u8]) -> Option<&[u8]> {
    loop {
        let (kind, length) = (number(extra, 0, 2)?, size(extra, 2, 2)?);
        let content = part(extra, 4, length)?;
        if kind == u64::from(EXTRA_64) {
            return Some(content);
        }
        extra = &extra[4 + content.len()..];
    }
}

/// Where the bytes of the file begin whose own header is at a place.
fn data_start(archive: &[u8], at: usize) -> Option<usize> {
    let header = part(archive, at, LOCAL_SIZE)?;
    let lengths = [26, 28].map(|at| size(header, at, 2));
    let is_header = word(header, 0) == Some(LOCAL);
    is_header.then_some(at + LOCAL_SIZE + lengths[0]? + lengths[1]?)
}

fn part(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

/// A little-endian number of so many bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = part(bytes, at, length)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    number(bytes, at, 4).and_then(|number| u32::try_from(number).ok())
}

/// A size, or a place in the file, of so many bytes.
fn size(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    number(bytes, at, length).and_then(|number| usize::try_from(number).ok())
}
