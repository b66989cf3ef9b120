//! Numbers as files hold them.

use nncore::scalar::{Real, from_half};

/// The type of the numbers in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// True or false, a byte of 1 or 0.
    Bool,
    /// Unsigned integers of 8 bits.
    U8,
    /// Signed integers of 8 bits.
    I8,
    /// Unsigned integers of 16 bits.
    U16,
    /// Signed integers of 16 bits.
    I16,
    /// Unsigned integers of 32 bits.
    U32,
    /// Signed integers of 32 bits.
    I32,
    /// Unsigned integers of 64 bits.
    U64,
    /// Signed integers of 64 bits.
    I64,
    /// Floating point numbers of 16 bits.
    F16,
    /// Floating point numbers of 32 bits.
    F32,
    /// Floating point numbers of 64 bits.
    F64,
}

/// Calls `each` for the bytes of numbers of one type.
macro_rules! each {
    ($number:ty, $order:expr, $bytes:expr, $of:expr) => {
        each($bytes, |bytes| match $order {
            ByteOrder::Little => $of(<$number>::from_le_bytes(bytes)),
            ByteOrder::Big => $of(<$number>::from_be_bytes(bytes)),
        })
    };
}

impl Element {
    /// The bytes of a number.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Whether the numbers are integers.
    #[must_use]
    pub fn is_integer(self) -> bool {
        !matches!(self, Self::F16 | Self::F32 | Self::F64)
    }

    /// The numbers that bytes are, each the nearest of the type.
    pub(super) fn reals<T: Real>(self, order: ByteOrder, bytes: &[u8]) -> Vec<T> {
        match self {
            Self::Bool => each!(u8, order, bytes, |number| T::of(f64::from(u8::from(number != 0)))),
            Self::U8 => each!(u8, order, bytes, |number| T::of(f64::from(number))),
            Self::I8 => each!(i8, order, bytes, |number| T::of(f64::from(number))),
            Self::U16 => each!(u16, order, bytes, |number| T::of(f64::from(number))),
            Self::I16 => each!(i16, order, bytes, |number| T::of(f64::from(number))),
            Self::U32 => each!(u32, order, bytes, |number| T::of(f64::from(number))),
            Self::I32 => each!(i32, order, bytes, |number| T::of(f64::from(number))),
            Self::U64 => each!(u64, order, bytes, |number| T::of(number as f64)),
            Self::I64 => each!(i64, order, bytes, |number| T::of(number as f64)),
            Self::F16 => each!(u16, order, bytes, |bits| T::of(from_half(bits))),
            Self::F32 => each!(f32, order, bytes, |number| T::of(f64::from(number))),
            Self::F64 => each!(f64, order, bytes, |number| T::of(number)),
        }
    }

    /// The integers that bytes are, unless they are floating point numbers.
    pub(super) fn integers(self, order: ByteOrder, bytes: &[u8]) -> Option<Vec<i128>> {
        Some(match self {
            Self::Bool => each!(u8, order, bytes, |number| i128::from(number != 0)),
            Self::U8 => each!(u8, order, bytes, i128::from),
            Self::I8 => each!(i8, order, bytes, i128::from),
            Self::U16 => each!(u16, order, bytes, i128::from),
            Self::I16 => each!(i16, order, bytes, i128::from),
            Self::U32 => each!(u32, order, bytes, i128::from),
            Self::I32 => each!(i32, order, bytes, i128::from),
            Self::U64 => each!(u64, order, bytes, i128::from),
            Self::I64 => each!(i64, order, bytes, i128::from),
            Self::F16 | Self::F32 | Self::F64 => return None,
        })
    }
}

/// Which byte of a number comes first in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// The lowest.
    Little,
    /// The highest.
    Big,
}

fn each<Y, const SIZE: usize>(bytes: &[u8], read: impl Fn([u8; SIZE]) -> Y) -> Vec<Y> {
    let (elements, _) = bytes.as_chunks();
    elements.iter().map(|&element| read(element)).collect()
}
