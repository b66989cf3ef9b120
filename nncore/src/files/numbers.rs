//! Numbers as files hold them: little-endian, in one of four formats.

use safetensors::Dtype;

use crate::scalar::Real;

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

/// The number of IEEE 754's binary16: a sign, five bits of exponent, ten of fraction.
fn from_half(bits: u16) -> f64 {
    let (exponent, fraction) = (u64::from(bits >> 10 & 31), u64::from(bits & 1023));
    let magnitude = match (exponent, fraction) {
        (0, _) => f64::from(bits & 1023) / f64::from(1 << 24),
        (31, 0) => f64::INFINITY,
        (31, _) => f64::NAN,
        _ => f64::from_bits((exponent + 1023 - 15) << 52 | fraction << 42),
    };
    if bits >> 15 == 0 { magnitude } else { -magnitude }
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
    fn halves_are_what_ieee_754_says() {
        let known = [
            (0x0000, 0.0),
            (0x0001, 2f64.powi(-24)),
            (0x03ff, 1023.0 * 2f64.powi(-24)),
            (0x0400, 2f64.powi(-14)),
            (0x3555, 1365.0 / 4096.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
        ];
        for (bits, number) in known {
            assert_eq!(from_half(bits), number, "{bits:#06x}");
        }
        assert!(from_half(0x7e00).is_nan() && from_half(0x8000).is_sign_negative());
        // Numbers lie in the order of their bits, without a gap where exponents meet.
        assert!((0..0x7c00).all(|bits| from_half(bits) < from_half(bits + 1)));
    }

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
