//! The part of Python's literals in which NumPy describes arrays, from left to right.

use super::error::NpyProblem;

/// How much of the text an error shows.
const SHOWN: usize = 40;

/// What is left of a literal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Literal<'a> {
    rest: &'a str,
}

impl<'a> Literal<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { rest: text.trim_start() }
    }

    /// Takes a word, if it comes next.
    pub fn take(&mut self, word: &str) -> bool {
        let rest = self.rest.strip_prefix(word);
        if let Some(rest) = rest {
            self.rest = rest.trim_start();
        }
        rest.is_some()
    }

    /// Takes a word that must come next.
    pub fn expect(&mut self, word: &'static str) -> Result<(), NpyProblem> {
        if self.take(word) { Ok(()) } else { Err(self.wrong(word)) }
    }

    /// A text between quotation marks.
    pub fn text(&mut self) -> Result<&'a str, NpyProblem> {
        let inner = ['\'', '"']
            .into_iter()
            .find_map(|quote| self.rest.strip_prefix(quote)?.split_once(quote));
        let Some((text, rest)) = inner else {
            return Err(self.wrong("a text between quotation marks"));
        };
        self.rest = rest.trim_start();
        Ok(text)
    }

    pub fn boolean(&mut self) -> Result<bool, NpyProblem> {
        if self.take("True") {
            return Ok(true);
        }
        if self.take("False") { Ok(false) } else { Err(self.wrong("`True` or `False`")) }
    }

    /// Integers between parentheses.
    pub fn sizes(&mut self) -> Result<Vec<usize>, NpyProblem> {
        let mut sizes = Vec::new();
        self.expect("(")?;
        while !self.take(")") {
            sizes.push(self.size()?);
            if !self.take(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok(sizes)
    }

    fn size(&mut self) -> Result<usize, NpyProblem> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let size = digits.parse().map_err(|_| self.wrong("a size"))?;
        self.rest = rest.strip_prefix('L').unwrap_or(rest).trim_start();
        Ok(size)
    }

    /// That there is nothing more.
    pub fn end(self) -> Result<(), NpyProblem> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.wrong("the end of the header")) }
    }

    /// What is left, as far as an error shows it.
    pub fn shown(self) -> String {
        self.rest.chars().take(SHOWN).collect()
    }

    /// That something else comes next.
    pub fn wrong(self, expected: &'static str) -> NpyProblem {
        NpyProblem::WrongHeader { expected, found: self.shown() }
    }
}
