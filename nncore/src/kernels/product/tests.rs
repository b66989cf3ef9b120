mod repeated;
mod windows;

use super::{Operand, Shape, Start, product};
use crate::scalar::Real;
use crate::simd::{Level, with_level};

/// The numbers under test.
trait Number: Real + Into<f64> {
    const EPSILON: f64;
}

impl Number for f32 {
    const EPSILON: f64 = f32::EPSILON as f64;
}

impl Number for f64 {
    const EPSILON: f64 = f64::EPSILON;
}

/// How an operand lies in memory.
#[derive(Clone, Copy, Debug)]
enum Layout {
    /// Each row contiguous, with a gap between rows.
    Rows { gap: usize },
    /// Each column contiguous, with a gap between columns.
    Columns { gap: usize },
    /// Neither: two numbers apart in a row.
    Sparse,
    /// Every element the same number.
    Constant,
}

const ROWS: Layout = Layout::Rows { gap: 0 };
const COLUMNS: Layout = Layout::Columns { gap: 0 };

/// The layouts of the forward product and of the gradients of the input and of the weight.
const LAYER: [(Layout, Layout); 3] = [(ROWS, COLUMNS), (ROWS, ROWS), (COLUMNS, ROWS)];

impl Layout {
    fn strides(self, rows: usize, columns: usize) -> (usize, usize) {
        match self {
            Self::Rows { gap } => (columns + gap, 1),
            Self::Columns { gap } => (1, rows + gap),
            Self::Sparse => (2 * columns + 1, 2),
            Self::Constant => (0, 0),
        }
    }
}

/// An operand that ends with its slice, and starts where vectors are not aligned.
struct Stored<T> {
    data: Vec<T>,
    row_stride: usize,
    column_stride: usize,
}

impl<T: Number> Stored<T> {
    fn new(layout: Layout, rows: usize, columns: usize, seed: u64) -> Self {
        let (row_stride, column_stride) = layout.strides(rows, columns);
        let len = match (rows, columns) {
            (0, _) | (_, 0) => 0,
            _ => (rows - 1) * row_stride + (columns - 1) * column_stride + 1,
        };
        Self { data: numbers(len + 1, seed), row_stride, column_stride }
    }

    fn operand(&self) -> Operand<'_, T> {
        Operand {
            data: &self.data[1..],
            row_stride: self.row_stride,
            column_stride: self.column_stride,
        }
    }
}

/// Numbers between −1 and 1 that look random, from a linear congruential generator.
fn numbers<T: Number>(len: usize, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::of((state >> 40) as f64 / f64::from(1 << 23) - 1.0)
    };
    (0..len).map(|_| next()).collect()
}

/// Compares every start of a product, at every level, with plain loops in f64.
fn check<T: Number>(shape: Shape, (left, right): (Layout, Layout)) {
    let Shape { rows, columns, depth } = shape;
    let left = Stored::<T>::new(left, rows, depth, 1);
    let right = Stored::<T>::new(right, depth, columns, 2);
    let expected = plain_product(shape, left.operand(), right.operand());
    let before = numbers::<T>(rows * columns + 1, 3);
    let (bias, column) = (numbers::<T>(columns, 4), numbers::<T>(rows, 5));
    for level in Level::ALL {
        for start in [Start::Zero, Start::Target, Start::Row(&bias), Start::Column(&column)] {
            let mut target = before.clone();
            with_level(level, || {
                product(shape, left.operand(), right.operand(), start, &mut target[1..]);
            });
            assert!(target[0] == before[0], "{shape:?}: written before the target");
            for (index, (value, term)) in target[1..].iter().zip(&expected).enumerate() {
                let start: f64 = match start {
                    Start::Zero => 0.0,
                    Start::Target => before[1 + index].into(),
                    Start::Row(bias) => bias[index % columns].into(),
                    Start::Column(bias) => bias[index / columns].into(),
                };
                let bound = (depth + 2) as f64 * T::EPSILON * (term.magnitude + start.abs());
                let error = ((*value).into() - term.sum - start).abs();
                assert!(error <= bound, "{level:?} {shape:?} [{index}]: {error:e} > {bound:e}");
            }
        }
    }
}

/// An element of a product, and the sum of the magnitudes of what was added up.
#[derive(Default)]
struct Term {
    sum: f64,
    magnitude: f64,
}

/// The product by plain loops.
fn plain_product<T: Number>(
    shape: Shape,
    left: Operand<'_, T>,
    right: Operand<'_, T>,
) -> Vec<Term> {
    let at = |operand: Operand<'_, T>, row: usize, column: usize| -> f64 {
        operand.data[row * operand.row_stride + column * operand.column_stride].into()
    };
    let element = |index: usize| {
        let (row, column) = (index / shape.columns, index % shape.columns);
        let products = (0..shape.depth).map(|step| at(left, row, step) * at(right, step, column));
        products.fold(Term::default(), |term, product| Term {
            sum: term.sum + product,
            magnitude: term.magnitude + product.abs(),
        })
    };
    (0..shape.rows * shape.columns).map(element).collect()
}

/// Checks a shape in f32 and f64.
fn check_both(shape: Shape, layouts: (Layout, Layout)) {
    check::<f32>(shape, layouts);
    check::<f64>(shape, layouts);
}

#[test]
fn small_shapes_of_a_layer() {
    for rows in 0..=40 {
        for columns in 0..=40 {
            for depth in 0..=40 {
                for layouts in LAYER {
                    check_both(Shape { rows, columns, depth }, layouts);
                }
            }
        }
    }
}

#[test]
fn shapes_around_the_blocks() {
    for rows in [1, 15, 16, 41] {
        for columns in [10, 33, 64, 100] {
            for depth in [17, 63, 65, 127, 129, 257] {
                for layouts in LAYER {
                    check_both(Shape { rows, columns, depth }, layouts);
                }
            }
        }
    }
}

#[test]
fn left_operands_with_long_steps() {
    let layouts = (Layout::Columns { gap: 0 }, Layout::Rows { gap: 0 });
    for rows in [511, 512, 1024, 1030] {
        for columns in [10, 64, 65] {
            for depth in [0, 1, 127, 128, 129, 257, 385] {
                check_both(Shape { rows, columns, depth }, layouts);
            }
        }
    }
}

#[test]
fn narrow_targets() {
    let layouts = (Layout::Columns { gap: 0 }, Layout::Rows { gap: 0 });
    for rows in [15, 16, 63, 64, 65, 150] {
        for columns in [1, 2, 4, 5, 8, 9] {
            for depth in [7, 8, 16, 129, 600, 1100] {
                check_both(Shape { rows, columns, depth }, layouts);
            }
        }
    }
}

#[test]
fn large_shapes_of_a_layer() {
    for (rows, columns, depth) in [(3, 120, 784), (32, 84, 1024), (70, 130, 520), (1, 300, 1000)] {
        for layouts in LAYER {
            check_both(Shape { rows, columns, depth }, layouts);
        }
    }
}

#[test]
fn long_depths() {
    for layouts in LAYER {
        check_both(Shape { rows: 135, columns: 67, depth: 17_003 }, layouts);
        check_both(Shape { rows: 7, columns: 70, depth: 17_003 }, layouts);
    }
}

#[test]
fn any_strides() {
    let layouts = [
        Layout::Rows { gap: 0 },
        Layout::Rows { gap: 3 },
        Layout::Columns { gap: 5 },
        Layout::Sparse,
        Layout::Constant,
    ];
    for (rows, columns, depth) in [(1, 1, 1), (2, 5, 3), (7, 9, 40), (33, 70, 18), (5, 17, 300)] {
        for left in layouts {
            for right in layouts {
                check_both(Shape { rows, columns, depth }, (left, right));
            }
        }
    }
}

#[test]
fn equal_inputs_give_equal_bits_at_any_alignment() {
    let shape = Shape { rows: 35, columns: 75, depth: 131 };
    for layouts in LAYER {
        let at_offset = |offset: usize| {
            let shifted = |layout, rows, columns, seed| {
                let stored = Stored::<f32>::new(layout, rows, columns, seed);
                let data = [&vec![0.0; offset][..], &stored.data[1..]].concat();
                Stored { data, ..stored }
            };
            let left = shifted(layouts.0, shape.rows, shape.depth, 1);
            let right = shifted(layouts.1, shape.depth, shape.columns, 2);
            let left = Operand { data: &left.data[offset..], ..left.operand() };
            let right = Operand { data: &right.data[offset..], ..right.operand() };
            let mut target = vec![0.0; offset + shape.rows * shape.columns];
            product(shape, left, right, Start::Zero, &mut target[offset..]);
            target[offset..].iter().map(|value| value.to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(at_offset(1), at_offset(6));
    }
}

#[test]
#[expect(clippy::float_cmp, reason = "nothing is computed")]
fn no_depth_leaves_the_start() {
    let empty = Operand { data: &[0.0f32; 0], row_stride: 1, column_stride: 1 };
    let shape = Shape { rows: 2, columns: 3, depth: 0 };
    let mut target = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    product(shape, empty, empty, Start::Target, &mut target);
    assert_eq!(target, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    product(shape, empty, empty, Start::Row(&[7.0, 8.0, 9.0]), &mut target);
    assert_eq!(target, [7.0, 8.0, 9.0, 7.0, 8.0, 9.0]);
    product(shape, empty, empty, Start::Column(&[1.0, 2.0]), &mut target);
    assert_eq!(target, [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    product(shape, empty, empty, Start::Zero, &mut target);
    assert_eq!(target, [0.0; 6]);
}

/// The product of operands of these lengths, 3 × 5 times 5 × 4 where it is not said otherwise.
fn product_of_lengths(left: usize, right: usize, row: usize, target: usize) {
    let (left, right, row) = (vec![0.0f32; left], vec![0.0; right], vec![0.0; row]);
    product(
        Shape { rows: 3, columns: 4, depth: 5 },
        Operand { data: &left, row_stride: 5, column_stride: 1 },
        Operand { data: &right, row_stride: 4, column_stride: 1 },
        Start::Row(&row),
        &mut vec![0.0; target],
    );
}

#[test]
fn exact_lengths_are_enough() {
    product_of_lengths(15, 20, 4, 12);
}

#[test]
#[should_panic(expected = "the left operand of a product holds 14 elements: too few for 3 × 5")]
fn a_short_left_operand_panics() {
    product_of_lengths(14, 20, 4, 12);
}

#[test]
#[should_panic(expected = "the right operand of a product holds 19 elements: too few for 5 × 4")]
fn a_short_right_operand_panics() {
    product_of_lengths(15, 19, 4, 12);
}

#[test]
#[should_panic(expected = "the row to start from holds 3 elements, not 4")]
fn a_short_row_panics() {
    product_of_lengths(15, 20, 3, 12);
}

#[test]
#[should_panic(expected = "the target of a product holds 11 elements, not 3 × 4")]
fn a_short_target_panics() {
    product_of_lengths(15, 20, 4, 11);
}

#[test]
#[should_panic(expected = "too few for 3 × 5")]
fn strides_beyond_the_address_space_panic() {
    product(
        Shape { rows: 3, columns: 4, depth: 5 },
        Operand { data: &[0.0; 15], row_stride: usize::MAX / 2 + 1, column_stride: 1 },
        Operand { data: &[0.0; 20], row_stride: 4, column_stride: 1 },
        Start::Zero,
        &mut [0.0; 12],
    );
}

/// The greatest error of a product whose sums have so many equal terms, in units in the last place.
fn error_of_long_sums((rows, columns): (usize, usize), layouts: (Layout, Layout)) -> f64 {
    const DEPTH: usize = 200_003;
    let fill = |layout, rows, columns, value| {
        let mut stored = Stored::<f32>::new(layout, rows, columns, 1);
        stored.data.fill(value);
        stored
    };
    let left = fill(layouts.0, rows, DEPTH, 0.1);
    let right = fill(layouts.1, DEPTH, columns, 0.7);
    let mut target = vec![0.0; rows * columns];
    let shape = Shape { rows, columns, depth: DEPTH };
    product(shape, left.operand(), right.operand(), Start::Zero, &mut target);
    let truth = f64::from(0.1f32) * f64::from(0.7f32) * DEPTH as f64;
    let ulp = truth * f64::from(f32::EPSILON);
    target.iter().map(|&sum| (f64::from(sum) - truth).abs() / ulp).fold(0.0, f64::max)
}

#[test]
fn long_sums_keep_their_digits() {
    for level in Level::ALL {
        with_level(level, || {
            for size in [(1, 1), (1, 20), (2, 3), (20, 1), (20, 4), (17, 40)] {
                for layouts in LAYER {
                    let error = error_of_long_sums(size, layouts);
                    assert!(error < 16.0, "{level:?} {size:?} {layouts:?}: {error:.1} ULP");
                }
            }
        });
    }
}
