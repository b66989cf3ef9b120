//! The most multiplications and additions of f32 that a core does: what the floors are made of.

use std::hint::black_box;

use criterion::Criterion;
use nncore::simd::{Body, Level, vectorise};

/// FLOP of one call of [`MultiplyAdd`] on registers of so many lanes.
const fn flop(lanes: usize) -> usize {
    2 * REGISTERS * lanes * ROUNDS
}

/// Enough independent sums to hide the latency of a fused multiplication, few enough for registers.
const REGISTERS: usize = 12;
const ROUNDS: usize = 10_000;

/// Nothing but fused multiplications on registers of so many lanes.
enum MultiplyAdd<const LANES: usize> {}

impl<const LANES: usize> Body<(), (f32, f32)> for MultiplyAdd<LANES> {
    type Output = f32;

    #[inline(always)]
    fn run((): (), (factor, addend): (f32, f32)) -> f32 {
        let mut sums = [[1.0f32; LANES]; REGISTERS];
        for _ in 0..ROUNDS {
            for sum in sums.as_flattened_mut() {
                *sum = sum.mul_add(factor, addend);
            }
        }
        sums.as_flattened().iter().sum()
    }
}

/// The time of so many operations as the benchmark's name says.
pub fn peak(criterion: &mut Criterion) {
    match Level::current() {
        Level::Avx512 => peak_of::<16>(criterion),
        Level::Avx2 => peak_of::<8>(criterion),
        Level::Baseline => peak_of::<4>(criterion),
    }
}

fn peak_of<const LANES: usize>(criterion: &mut Criterion) {
    let name = format!("peak-{}", flop(LANES));
    criterion.bench_function(&name, |bencher| {
        bencher.iter(|| vectorise::<MultiplyAdd<LANES>, _, _>((), black_box((0.5, 0.25))));
    });
}
