//! Lines of fields, and their numbers.

use std::collections::VecDeque;
use std::io::{self, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::error::{CsvError, CsvProblem};

/// The lines of a text, of which one is at hand.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: Reader<Counted<R>>,
    fields: ByteRecord,
    number: u64,
}

impl<R: Read> Lines<R> {
    pub fn new(text: R, delimiter: u8) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(Counted::new(text));
        Self { reader, fields: ByteRecord::new(), number: 0 }
    }

    /// Goes to the next line that is not empty, if there is one.
    pub fn next(&mut self) -> Result<bool, CsvError> {
        let read = self.reader.read_byte_record(&mut self.fields);
        let is_there = read.map_err(|error| CsvError::new(CsvProblem::Unreadable(error.into())))?;
        if let Some(position) = self.fields.position() {
            self.number = self.reader.get_mut().line_at(position.byte());
        }
        Ok(is_there)
    }

    /// The fields of the line at hand.
    pub fn fields(&self) -> &ByteRecord {
        &self.fields
    }

    /// Its number, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// A text that is passed on. The parser counts some kinds of line breaks at the line behind them, so they are
/// counted here.
#[derive(Debug)]
struct Counted<R> {
    text: R,
    /// How many bytes have been passed on.
    passed: u64,
    /// The places of line breaks that have been passed on and not been counted.
    breaks: VecDeque<(u64, u8)>,
    /// The place behind the last carriage return that has been counted.
    behind_return: u64,
    line: u64,
}

impl<R> Counted<R> {
    fn new(text: R) -> Self {
        Self { text, passed: 0, breaks: VecDeque::new(), behind_return: 0, line: 1 }
    }

    /// The line, from 1, of the first byte at a place or behind it that is no line break.
    fn line_at(&mut self, mut place: u64) -> u64 {
        while let Some(&(at, byte)) = self.breaks.front()
            && at <= place
        {
            self.breaks.pop_front();
            place = place.max(at + 1);
            if byte == b'\r' {
                self.behind_return = at + 1;
            }
            // A line feed behind a carriage return belongs to it.
            if byte == b'\r' || at == 0 || self.behind_return != at {
                self.line += 1;
            }
        }
        self.line
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.text.read(buffer)?;
        let places = (self.passed..).zip(buffer[..count].iter().copied());
        self.breaks.extend(places.filter(|(_, byte)| matches!(byte, b'\r' | b'\n')));
        self.passed += count as u64;
        Ok(count)
    }
}
