//! The most multiplications and additions of f32 that a core does: what the floors are made of.

use std::hint::black_box;

use criterion::Criterion;
use nncore::simd::{Body, vectorise};

/// FLOP of one call of [`MultiplyAdd`].
pub const FLOP: usize = 2 * REGISTERS * LANES * ROUNDS;

const LANES: usize = 16;
/// Enough independent sums to hide the latency of a fused multiplication, few enough for registers.
const REGISTERS: usize = 12;
const ROUNDS: usize = 10_000;

/// Nothing but fused multiplications on registers.
enum MultiplyAdd {}

impl Body<(), (f32, f32)> for MultiplyAdd {
    type Output = f32;

    #[inline(always)]
    fn run((): (), (factor, addend): (f32, f32)) -> f32 {
        let mut sums = [1.0f32; REGISTERS * LANES];
        for _ in 0..ROUNDS {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, addend);
            }
        }
        sums.iter().sum()
    }
}

/// The time of [`FLOP`] operations.
pub fn peak(criterion: &mut Criterion) {
    let name = format!("peak-{FLOP}");
    criterion.bench_function(&name, |bencher| {
        bencher.iter(|| vectorise::<MultiplyAdd, _, _>((), black_box((0.5, 0.25))));
    });
}
