use super::{Body, Level, vectorise, with_level};
use crate::scalar::elementary;

/// Asserts that loops at every level give the bits of calls one by one.
macro_rules! assert_same_bits {
    ($type:ty: $($name:ident)*) => {
        $({
            struct Apply;

            impl Body<&mut [$type], ()> for Apply {
                type Output = ();

                #[inline(always)]
                fn run(values: &mut [$type], (): ()) {
                    for value in values {
                        *value = elementary::$name(*value);
                    }
                }
            }

            let arguments: [$type; 101] = std::array::from_fn(|index| index as $type * 0.37 - 20.0);
            let expected = arguments.map(|x| elementary::$name(x).to_bits());
            for level in Level::ALL {
                let mut values = arguments;
                with_level(level, || vectorise::<Apply, _, _>(&mut values[..], ()));
                let found = values.map(<$type>::to_bits);
                // ln and ln_1p have no numbers to give below 0 and −1; the bits of NaN are free.
                let is_nan = |bits| <$type>::from_bits(bits).is_nan();
                let same = |i: usize| {
                    found[i] == expected[i] || is_nan(found[i]) && is_nan(expected[i])
                };
                let differs = (0..101).find(|&i| !same(i));
                assert_eq!(differs, None, "{} at {level:?}", stringify!($name));
            }
        })*
    };
}

#[test]
fn every_level_gives_the_same_bits() {
    assert_same_bits!(f32: exp exp_m1 ln ln_1p tanh sigmoid softplus erf erfc);
    assert_same_bits!(f64: exp exp_m1 ln ln_1p tanh sigmoid softplus erf erfc);
}
