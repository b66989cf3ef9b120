//! Products with windows against plain loops of the same sums.

use super::{Number, Term, numbers};
use crate::kernels::product::{
    Offsets, Operand, Repeat, Shape, Start, Windowed, WindowedProduct, windowed_product,
};
use crate::simd::{Level, with_level};

const ALL: [Windowed; 3] = [Windowed::RightRows, Windowed::TargetRows, Windowed::RightColumns];

/// Where windows of rows of 7 begin that are 3 wide: neighbours overlap.
fn overlapping(count: usize) -> Vec<usize> {
    (0..count).map(|window| window / 3 * 7 + window % 3).collect()
}

/// Compares a product with windows, at every level, with plain loops in f64.
fn check<T: Number>(windowed: Windowed, shape: Shape, repeats: usize) {
    let Shape { rows, columns, depth } = shape;
    let (windows, run) = match windowed {
        Windowed::RightRows => (depth, columns),
        Windowed::TargetRows => (rows, columns),
        Windowed::RightColumns => (columns, depth),
    };
    let offsets = overlapping(windows);
    let in_windows = offsets[windows - 1] + run;
    let right_size = if windowed == Windowed::TargetRows { depth * columns } else { in_windows };
    let target_size = if windowed == Windowed::TargetRows { in_windows } else { rows * columns };
    let repeat = Repeat {
        count: repeats,
        left_stride: if windowed == Windowed::RightColumns { rows * depth } else { 0 },
        right_stride: right_size,
        target_stride: if windowed == Windowed::RightColumns { 0 } else { target_size },
    };
    let times = |stride: usize, size: usize| (repeats.max(1) - 1) * stride + size;
    let left = numbers::<T>(times(repeat.left_stride, rows * depth) + 1, 1);
    let right = numbers::<T>(times(right_size, right_size) + 1, 2);
    let before = numbers::<T>(times(repeat.target_stride, target_size) + 1, 3);
    let (row, column) = (numbers::<T>(columns, 4), numbers::<T>(rows, 5));
    for start in [Start::Zero, Start::Target, Start::Row(&row), Start::Column(&column)] {
        if windowed == Windowed::TargetRows && matches!(start, Start::Row(_) | Start::Column(_)) {
            continue;
        }
        let windows = WindowedProduct {
            windowed,
            shape,
            offsets: Offsets::new(&offsets),
            repeat,
            left: Operand { data: &left[1..], row_stride: depth, column_stride: 1 },
            right: &right[1..],
            right_stride: columns,
            start,
        };
        let expected = plain(&windows, &before[1..]);
        for level in Level::ALL {
            let mut target = before.clone();
            with_level(level, || windowed_product(&windows, &mut target[1..]));
            assert!(target[0] == before[0], "{windowed:?} {shape:?}: written before the target");
            for (index, (value, term)) in target[1..].iter().zip(&expected).enumerate() {
                let terms = depth * repeats * windows.offsets.len();
                let bound = (terms + 2) as f64 * T::EPSILON * term.magnitude;
                let error = ((*value).into() - term.sum).abs();
                assert!(
                    error <= bound,
                    "{level:?} {windowed:?} {shape:?} [{index}]: {error:e} > {bound:e}"
                );
            }
        }
    }
}

/// What the target holds by plain loops.
fn plain<T: Number>(windows: &WindowedProduct<'_, T>, before: &[T]) -> Vec<Term> {
    let WindowedProduct { windowed, shape, offsets, repeat, left, right, right_stride, start } =
        *windows;
    let mut target: Vec<Term> = before
        .iter()
        .map(|&value| Term { sum: value.into(), magnitude: value.into().abs() })
        .collect();
    // Without a sample there is no target, but for a sum, which is then 0.
    let begins = repeat.count > 0 || windowed == Windowed::RightColumns;
    let is_set = !matches!(start, Start::Target) && windowed != Windowed::TargetRows && begins;
    if is_set {
        let times = if windowed == Windowed::RightColumns { 1 } else { repeat.count };
        for (time, row, column) in elements(times, shape) {
            let value: f64 = match start {
                Start::Zero | Start::Target => 0.0,
                Start::Row(first) => first[column].into(),
                Start::Column(first) => first[row].into(),
            };
            target[time * repeat.target_stride + row * shape.columns + column] =
                Term { sum: value, magnitude: value.abs() };
        }
    }
    for time in 0..repeat.count {
        for row in 0..shape.rows {
            for column in 0..shape.columns {
                let at = time * repeat.target_stride
                    + match windowed {
                        Windowed::TargetRows => offsets[row] + column,
                        Windowed::RightRows | Windowed::RightColumns => {
                            row * shape.columns + column
                        }
                    };
                for k in 0..shape.depth {
                    let of_right = match windowed {
                        Windowed::RightRows => offsets[k] + column,
                        Windowed::TargetRows => k * right_stride + column,
                        Windowed::RightColumns => offsets[column] + k,
                    };
                    let of_left = row * left.row_stride + k * left.column_stride;
                    let product: f64 = left.data[time * repeat.left_stride + of_left].into()
                        * right[time * repeat.right_stride + of_right].into();
                    target[at].sum += product;
                    target[at].magnitude += product.abs();
                }
            }
        }
    }
    target
}

/// Every element of so many targets.
fn elements(times: usize, shape: Shape) -> impl Iterator<Item = (usize, usize, usize)> {
    let Shape { rows, columns, .. } = shape;
    (0..times * rows * columns)
        .map(move |at| (at / (rows * columns), at / columns % rows, at % columns))
}

fn check_both(windowed: Windowed, (rows, columns, depth): (usize, usize, usize), repeats: usize) {
    let shape = Shape { rows, columns, depth };
    check::<f32>(windowed, shape, repeats);
    check::<f64>(windowed, shape, repeats);
}

#[test]
fn every_small_size() {
    const OTHERS: [usize; 4] = [1, 6, 16, 23];
    for windowed in ALL {
        for size in 1..=40 {
            for a in OTHERS {
                for b in OTHERS {
                    check_both(windowed, (size, a, b), 1);
                    check_both(windowed, (a, size, b), 1);
                    check_both(windowed, (a, b, size), 2);
                }
            }
        }
    }
}

#[test]
fn sizes_around_the_blocks() {
    for windowed in ALL {
        for rows in [3, 47, 48, 49] {
            for columns in [31, 63, 64, 65, 130] {
                for depth in [4, 127, 129, 300] {
                    check_both(windowed, (rows, columns, depth), 1);
                }
            }
        }
    }
}

#[test]
fn many_samples_and_none() {
    for windowed in ALL {
        for repeats in [0, 1, 2, 3, 7] {
            check_both(windowed, (6, 25, 36), repeats);
            check_both(windowed, (5, 24, 9), repeats);
        }
    }
}

#[test]
fn sums_over_many_samples_keep_their_digits() {
    const SAMPLES: usize = 30_001;
    let (rows, depth) = (3, 34);
    let shape = Shape { rows, columns: 2, depth };
    let (left, right) = (vec![0.1f32; SAMPLES * rows * depth], vec![0.7; SAMPLES * (depth + 1)]);
    let all = WindowedProduct {
        windowed: Windowed::RightColumns,
        shape,
        offsets: Offsets::new(&[0, 1]),
        repeat: Repeat {
            count: SAMPLES,
            left_stride: rows * depth,
            right_stride: depth + 1,
            target_stride: 0,
        },
        left: Operand { data: &left, row_stride: depth, column_stride: 1 },
        right: &right,
        right_stride: 0,
        start: Start::Zero,
    };
    let truth = f64::from(0.1f32) * f64::from(0.7f32) * (SAMPLES * depth) as f64;
    for level in Level::ALL {
        let mut target = [0.0; 6];
        with_level(level, || windowed_product(&all, &mut target));
        for sum in target.map(f64::from) {
            let error = (sum - truth).abs() / (truth * f64::from(f32::EPSILON));
            assert!(error < 16.0, "{level:?}: {error:.1} ULP");
        }
    }
}

/// One kernel of two weights on five inputs, with slices of other lengths.
fn with_lengths(offsets: &[usize], left: usize, right: usize, target: usize) {
    let (left, right) = (vec![0.0f32; left], vec![0.0; right]);
    let windows = WindowedProduct {
        windowed: Windowed::RightRows,
        shape: Shape { rows: 1, columns: 4, depth: 2 },
        offsets: Offsets::new(offsets),
        repeat: Repeat { count: 1, left_stride: 0, right_stride: 0, target_stride: 0 },
        left: Operand { data: &left, row_stride: 2, column_stride: 1 },
        right: &right,
        right_stride: 0,
        start: Start::Zero,
    };
    windowed_product(&windows, &mut vec![0.0; target]);
}

#[test]
fn exact_lengths_are_enough() {
    with_lengths(&[0, 1], 2, 5, 4);
}

#[test]
#[should_panic(expected = "there are 3 offsets for 2 windows")]
fn a_superfluous_offset_panics() {
    with_lengths(&[0, 1, 2], 2, 9, 4);
}

#[test]
#[should_panic(expected = "the left operand of a product holds 1 elements: too few")]
fn a_short_left_operand_panics() {
    with_lengths(&[0, 1], 1, 5, 4);
}

#[test]
#[should_panic(expected = "the right operand of a product holds 4 elements: too few")]
fn a_short_right_operand_panics() {
    with_lengths(&[0, 1], 2, 4, 4);
}

#[test]
#[should_panic(expected = "the right operand of a product holds 5 elements: too few")]
fn an_offset_beyond_the_address_space_panics() {
    with_lengths(&[0, usize::MAX - 1], 2, 5, 4);
}

#[test]
#[should_panic(expected = "the target of a product holds 3 elements: too few")]
fn a_short_target_panics() {
    with_lengths(&[0, 1], 2, 5, 3);
}
