//! Numbers of 16 bits, which files hold and nothing computes with.

/// The number of IEEE 754's binary16: a sign, five bits of exponent, ten of fraction.
///
/// ```
/// use nncore::scalar::from_half;
/// assert_eq!((from_half(0x3c00), from_half(0xc100)), (1.0, -2.5));
/// ```
#[must_use]
pub fn from_half(bits: u16) -> f64 {
    let (exponent, fraction) = (u64::from(bits >> 10 & 31), u64::from(bits & 1023));
    let magnitude = match (exponent, fraction) {
        (0, _) => f64::from(bits & 1023) / f64::from(1 << 24),
        (31, 0) => f64::INFINITY,
        (31, _) => f64::NAN,
        _ => f64::from_bits((exponent + 1023 - 15) << 52 | fraction << 42),
    };
    if bits >> 15 == 0 { magnitude } else { -magnitude }
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
}
