//! Rust's number types, and which values they hold.

use crate::frontend::resolved::ConstantValue;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NumberType {
    Integer { least: i128, greatest: i128 },
    Float { greatest: f64 },
}

impl NumberType {
    pub fn of(name: &str) -> Option<Self> {
        let signed = |least: i64, greatest: i64| (least.into(), greatest.into());
        let (least, greatest) = match name {
            "i8" => signed(i8::MIN.into(), i8::MAX.into()),
            "i16" => signed(i16::MIN.into(), i16::MAX.into()),
            "i32" => signed(i32::MIN.into(), i32::MAX.into()),
            "i64" | "isize" => signed(i64::MIN, i64::MAX),
            "i128" => (i128::MIN, i128::MAX),
            "u8" => (0, u8::MAX.into()),
            "u16" => (0, u16::MAX.into()),
            "u32" => (0, u32::MAX.into()),
            "u64" | "usize" => (0, u64::MAX.into()),
            "u128" => (0, i128::MAX),
            "f32" => return Some(Self::Float { greatest: f32::MAX.into() }),
            "f64" => return Some(Self::Float { greatest: f64::MAX }),
            _ => return None,
        };
        Some(Self::Integer { least, greatest })
    }

    /// The value as the type stores it.
    pub fn rounded(self, value: f64) -> f64 {
        let is_single = self == Self::Float { greatest: f32::MAX.into() };
        #[expect(clippy::cast_possible_truncation, reason = "the type rounds as well")]
        if is_single && value.abs() <= f32::MAX.into() { f64::from(value as f32) } else { value }
    }

    /// What is wrong with a value for the type of this name.
    pub fn objection(self, name: &str, value: ConstantValue) -> Option<String> {
        match (self, value) {
            (Self::Integer { least, greatest }, ConstantValue::Integer(value)) => {
                let fits = (least..=greatest).contains(&value.into());
                let message =
                    || format!("`{name}` holds {least} to {greatest}, but this is {value}");
                (!fits).then(message)
            }
            (Self::Integer { .. }, ConstantValue::Real(value)) => {
                Some(format!("`{name}` holds integers, but this is {value:?}"))
            }
            (Self::Float { greatest }, value) => {
                let value = value.real();
                let message = || format!("this is {value:?}, which is not a finite `{name}`");
                (value.is_nan() || value.abs() > greatest).then(message)
            }
        }
    }
}
