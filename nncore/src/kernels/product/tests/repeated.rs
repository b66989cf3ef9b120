//! Products in loops against one product after the other, to the bit, on any number of threads.

use super::{Layout, Number, ROWS, Stored, numbers};
use crate::kernels::product::{Operand, Repeat, Shape, Start, product, repeated_product};
use crate::parallel::set_threads;

/// Where each operand and the target begin, for every repetition, the outermost loop first.
fn places(repeats: &[Repeat]) -> Vec<[usize; 3]> {
    repeats.iter().fold(vec![[0; 3]], |places, one| {
        let moved = |[left, right, target]: [usize; 3], number: usize| {
            [
                left + number * one.left_stride,
                right + number * one.right_stride,
                target + number * one.target_stride,
            ]
        };
        places
            .iter()
            .flat_map(|&place| (0..one.count).map(move |number| moved(place, number)))
            .collect()
    })
}

fn check<T: Number>(shape: Shape, repeats: &[Repeat], start: Start<'_, T>) {
    let Shape { rows, columns, depth } = shape;
    let places = places(repeats);
    let last = |which: usize| places.iter().map(|place| place[which]).max().unwrap_or(0);
    let left = Stored::<T>::new(ROWS, rows, depth, 1);
    let left_data = numbers::<T>(last(0) + rows * left.row_stride, 1);
    let right = Stored::<T>::new(Layout::Columns { gap: 0 }, depth, columns, 2);
    let right_data = numbers::<T>(last(1) + columns * right.column_stride, 2);
    let left = Operand { data: &left_data, ..left.operand() };
    let right = Operand { data: &right_data, ..right.operand() };
    let begin = numbers::<T>(last(2) + rows * columns + 3, 3);
    let mut expected = begin.clone();
    let mut written = Vec::new();
    for [to_left, to_right, to_target] in places {
        let is_sum = written.contains(&to_target);
        written.push(to_target);
        let left = Operand { data: &left.data[to_left..], ..left };
        let right = Operand { data: &right.data[to_right..], ..right };
        let start = if is_sum { Start::Target } else { start };
        let target = &mut expected[to_target..][..rows * columns];
        product(shape, left, right, start, target);
    }
    for threads in [1, 2, 3, 8] {
        set_threads(threads);
        let mut found = begin.clone();
        repeated_product(shape, repeats, left, right, start, &mut found);
        assert!(found == expected, "{shape:?} {repeats:?} {threads} threads");
    }
    set_threads(0);
}

/// A loop over samples whose operands follow each other, around another over heads.
fn loops(shape: Shape, counts: [usize; 2], is_sum: [bool; 2]) -> Vec<Repeat> {
    let Shape { rows, columns, depth } = shape;
    let one = |count: usize, times: usize, is_sum: bool| Repeat {
        count,
        left_stride: times * rows * depth,
        right_stride: times * columns * depth,
        target_stride: if is_sum { 0 } else { times * rows * columns },
    };
    vec![one(counts[0], counts[1], is_sum[0]), one(counts[1], 1, is_sum[1])]
}

#[test]
fn loops_of_products_are_products_one_after_the_other() {
    for (rows, columns, depth, counts) in [
        (1, 1, 1, [3, 2]),
        (5, 7, 3, [4, 3]),
        (64, 125, 64, [9, 1]),
        (13, 70, 40, [17, 4]),
        (64, 8, 65, [40, 2]),
        (2, 2, 2, [0, 3]),
        (3, 4, 0, [5, 2]),
    ] {
        let shape = Shape { rows, columns, depth };
        for is_sum in [[false, false], [true, false], [false, true], [true, true]] {
            let [outer, inner] = loops(shape, counts, is_sum)[..] else { return };
            check::<f32>(shape, &[outer, inner], Start::Zero);
            check::<f64>(shape, &[outer, inner], Start::Target);
            check::<f32>(shape, &[outer], Start::Row(&numbers(columns, 4)));
            check::<f32>(shape, &[inner], Start::Column(&numbers(rows, 5)));
            check::<f64>(shape, &[], Start::Zero);
        }
    }
}

#[test]
fn targets_that_overlap_are_written_in_order() {
    let shape = Shape { rows: 30, columns: 40, depth: 50 };
    let one = Repeat { count: 20, left_stride: 3, right_stride: 1, target_stride: 7 };
    let (left, right) = (numbers::<f32>(57 + 1500, 1), numbers::<f32>(2000 + 19, 2));
    let operand = |data, row_stride| Operand { data, row_stride, column_stride: 1 };
    let (left, right) = (operand(&left, 50), operand(&right, 40));
    let mut expected = vec![0.0; 1200 + 19 * 7];
    for number in 0..20 {
        let left = Operand { data: &left.data[3 * number..], ..left };
        let right = Operand { data: &right.data[number..], ..right };
        product(shape, left, right, Start::Zero, &mut expected[7 * number..][..1200]);
    }
    set_threads(3);
    let mut found = vec![0.0; expected.len()];
    repeated_product(shape, &[one], left, right, Start::Zero, &mut found);
    set_threads(0);
    assert!(found == expected);
}

#[test]
#[should_panic(expected = "out of range for slice of length 2")]
fn a_repetition_beyond_an_operand_panics() {
    let one = Repeat { count: 2, left_stride: 3, right_stride: 0, target_stride: 1 };
    let operand = Operand { data: &[1.0f32, 2.0], row_stride: 2, column_stride: 1 };
    let shape = Shape { rows: 1, columns: 1, depth: 2 };
    let right = Operand { row_stride: 1, ..operand };
    repeated_product(shape, &[one], operand, right, Start::Zero, &mut [0.0; 2]);
}
