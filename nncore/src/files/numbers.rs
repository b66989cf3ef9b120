//! Numbers as files hold them: little-endian, in one of four formats.

use safetensors::Dtype;

use crate::scalar::{Real, from_half};

/// How files hold numbers of a type.
pub fn dtype<T: Real>() -> Dtype {
    if T::BYTES == 4 { Dtype::F32 } else { Dtype::F64 }
}

/// Whether [`read`] knows a type.
pub fn is_read(dtype: Dtype) -> bool {
    matches!(dtype, Dtype::F16 | Dtype::BF16 | Dtype::F32 | Dtype::F64)
}

/// Reads numbers of a type that is read; to f32, f64 is rounded to nearest.
pub fn read<T: Real>(dtype: Dtype, bytes: &[u8], values: &mut [T]) {
    match dtype {
        Dtype::F16 => read_as(bytes, values, |bytes| from_half(u16::from_le_bytes(bytes))),
        Dtype::BF16 => read_as(bytes, values, from_upper_half),
        Dtype::F32 => read_as(bytes, values, |bytes| f64::from(f32::from_le_bytes(bytes))),
        _ => read_as(bytes, values, f64::from_le_bytes),
    }
}

fn read_as<T: Real, const BYTES: usize>(
    bytes: &[u8],
    values: &mut [T],
    number: impl Fn([u8; BYTES]) -> f64,
) {
    for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
        *value = T::of(number(*bytes));
    }
}

/// The number of bfloat16: the upper half of an f32.
fn from_upper_half([low, high]: [u8; 2]) -> f64 {
    f64::from(f32::from_le_bytes([0, 0, low, high]))
}

/// The bytes of a number as files hold it.
pub fn little_endian<T: Real>(value: T) -> impl Iterator<Item = u8> {
    let wide = value.to_f64();
    #[expect(clippy::cast_possible_truncation, reason = "an f32 goes through f64 unchanged")]
    let bytes = if T::BYTES == 4 { u64::from((wide as f32).to_bits()) } else { wide.to_bits() };
    bytes.to_le_bytes().into_iter().take(T::BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_read_into_both() {
        fn check<T: Real>() {
            let mut values = [T::ZERO; 2];
            let mut read_one = |dtype, bytes: &[u8]| {
                read(dtype, bytes, &mut values);
                values.map(Real::to_f64)
            };
            assert_eq!(read_one(Dtype::F16, &[0x00, 0x3c, 0x00, 0xc0]), [1.0, -2.0]);
            assert_eq!(read_one(Dtype::BF16, &[0x80, 0x3f, 0x40, 0xc0]), [1.0, -3.0]);
            let single = [0.5f32.to_le_bytes(), (-7.25f32).to_le_bytes()];
            assert_eq!(read_one(Dtype::F32, single.as_flattened()), [0.5, -7.25]);
            let double = [0.125f64.to_le_bytes(), 1e10f64.to_le_bytes()];
            assert_eq!(read_one(Dtype::F64, double.as_flattened()), [0.125, 1e10]);
        }
        check::<f32>();
        check::<f64>();
        let mut rounded = [0.0f32; 2];
        let double = [0.1f64.to_le_bytes(), 1e300f64.to_le_bytes()];
        read(Dtype::F64, double.as_flattened(), &mut rounded);
        assert_eq!(rounded, [0.1, f32::INFINITY]);
    }

    #[test]
    fn numbers_come_back_from_their_bytes() {
        let bytes: Vec<u8> = [0.1f32, -3e-40].into_iter().flat_map(little_endian).collect();
        let mut back = [0.0f32; 2];
        read(dtype::<f32>(), &bytes, &mut back);
        assert_eq!(back, [0.1, -3e-40]);
    }
}
