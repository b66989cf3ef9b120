//! What a file of NumPy says of its array.

use super::error::NpyProblem;
use super::literal::Literal;
use crate::data::element::{ByteOrder, Element};

/// The header: `{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub element: Element,
    pub order: ByteOrder,
    /// Whether the first axis is the one whose neighbours are neighbours in memory.
    pub is_fortran: bool,
    pub shape: Vec<usize>,
}

impl Header {
    pub fn parse(text: &str) -> Result<Self, NpyProblem> {
        let mut literal = Literal::new(text);
        let (mut number_type, mut is_fortran, mut shape) = (None, None, None);
        literal.expect("{")?;
        while !literal.take("}") {
            let at_key = literal;
            let key = literal.text()?;
            literal.expect(":")?;
            match key {
                "descr" => number_type = Some(number_type_of(&mut literal)?),
                "fortran_order" => is_fortran = Some(literal.boolean()?),
                "shape" => shape = Some(literal.sizes()?),
                _ => return Err(at_key.wrong("`descr`, `fortran_order` or `shape`")),
            }
            if !literal.take(",") {
                literal.expect("}")?;
                break;
            }
        }
        literal.end()?;
        let (element, order) = number_type.ok_or_else(|| literal.wrong("`descr`"))?;
        let is_fortran = is_fortran.ok_or_else(|| literal.wrong("`fortran_order`"))?;
        let shape = shape.ok_or_else(|| literal.wrong("`shape`"))?;
        Ok(Self { element, order, is_fortran, shape })
    }
}

fn number_type_of(literal: &mut Literal<'_>) -> Result<(Element, ByteOrder), NpyProblem> {
    // A list describes a structure.
    let found = *literal;
    let text = literal.text().map_err(|_| NpyProblem::WrongType { found: found.shown() })?;
    let order = match text.as_bytes().first() {
        Some(b'<' | b'|') => Some(ByteOrder::Little),
        Some(b'>') => Some(ByteOrder::Big),
        _ => None,
    };
    let element = match text.get(1..) {
        Some("b1") => Some(Element::Bool),
        Some("u1") => Some(Element::U8),
        Some("i1") => Some(Element::I8),
        Some("u2") => Some(Element::U16),
        Some("i2") => Some(Element::I16),
        Some("u4") => Some(Element::U32),
        Some("i4") => Some(Element::I32),
        Some("u8") => Some(Element::U64),
        Some("i8") => Some(Element::I64),
        Some("f2") => Some(Element::F16),
        Some("f4") => Some(Element::F32),
        Some("f8") => Some(Element::F64),
        _ => None,
    };
    element.zip(order).ok_or_else(|| NpyProblem::WrongType { found: text.into() })
}
