//! Kernels by their definition.

use super::memory::Buffers;
use crate::ir::index::ArrayId;
use crate::schedule::kernels::{Count, Operand, Product, Repeat, Start, Windowed, Windows};
use crate::schedule::loop_nest::combinations;

fn count(memory: &Buffers, count: Count) -> usize {
    if count.batched { memory.batch * count.size } else { count.size }
}

/// target = start + left · right in these steps of the scans around it, as often as it is repeated.
pub fn product(memory: &mut Buffers, product: &Product, steps: &[usize]) {
    let [rows, columns, depth] =
        [product.rows, product.columns, product.depth].map(|one| count(memory, one));
    for time in combinations(product.repeats.iter().map(|one| count(memory, one.count))) {
        let moved = |stride: fn(&Repeat) -> usize| -> usize {
            product.repeats.iter().zip(&time).map(|(one, value)| stride(one) * value).sum()
        };
        let first = |operand: &Operand, moved: usize| {
            let steps = steps.iter().zip(&operand.step_strides);
            operand.start + moved + steps.map(|(step, stride)| step * stride).sum::<usize>()
        };
        let of_left = first(&product.left, moved(|one| one.left_stride));
        let of_right = first(&product.right, moved(|one| one.right_stride));
        let of_target = product.part.unwrap_or(0) + moved(|one| one.target_stride);
        let is_later = product
            .repeats
            .iter()
            .zip(&time)
            .any(|(one, &value)| one.target_stride == 0 && value > 0);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |one| (row, one))) {
            let left = &memory.get(product.left.array)[of_left + row * product.left.row_stride..];
            let right =
                &memory.get(product.right.array)[of_right + column * product.right.column_stride..];
            let terms = (0..depth).map(|k| {
                left[k * product.left.column_stride] * right[k * product.right.row_stride]
            });
            let sum = terms.sum::<f64>();
            let at = of_target + row * columns + column;
            let begin = if is_later { Start::Target } else { product.start };
            let start = start(memory, begin, (product.target, at), (row, column));
            memory.get_mut(product.target)[at] = start + sum;
        }
    }
}

/// What an element of a target begins with, given where it is in the array and in the product.
fn start(
    memory: &Buffers,
    start: Start,
    (target, at): (ArrayId, usize),
    (row, column): (usize, usize),
) -> f64 {
    match start {
        Start::Zero => 0.0,
        Start::Target => memory.get(target)[at],
        Start::Row(bias) => memory.get(bias.array)[bias.from + column],
        Start::Column(bias) => memory.get(bias.array)[bias.from + row],
    }
}

/// A product with windows, for each sample.
pub fn windows(memory: &mut Buffers, windows: &Windows) {
    // The sums of all samples start once, what each sample has starts with it.
    let is_summed = windows.windowed == Windowed::RightColumns;
    let cells = |row: usize| (0..windows.columns).map(move |column| (row, column));
    let begin = |memory: &mut Buffers, from: usize| {
        for (row, column) in (0..windows.rows).flat_map(cells) {
            let at = from + row * windows.columns + column;
            let start = start(memory, windows.start, (windows.target, at), (row, column));
            memory.get_mut(windows.target)[at] = start;
        }
    };
    // Windows of the target are added to.
    let is_set = windows.windowed != Windowed::TargetRows;
    if is_set && is_summed {
        begin(memory, 0);
    }
    let offset = |number: usize| {
        let axes = windows.offsets.iter().rev();
        let (at, _) = axes.fold((0, number), |(at, rest), &(count, step)| {
            (at + rest % count * step, rest / count)
        });
        at
    };
    let (place, [of_left, of_right, of_target]) = (windows.windowed, windows.strides);
    for time in 0..count(memory, windows.count) {
        if is_set && !is_summed {
            begin(memory, time * of_target);
        }
        for (row, column) in (0..windows.rows).flat_map(cells) {
            let (left, right) = (memory.get(windows.left.array), memory.get(windows.right));
            let terms = (0..windows.depth).map(|k| {
                let of_window = match place {
                    Windowed::RightRows => offset(k) + column,
                    Windowed::TargetRows => k * windows.right_stride + column,
                    Windowed::RightColumns => offset(column) + k,
                };
                let of_weight = row * windows.left.row_stride + k * windows.left.column_stride;
                left[time * of_left + of_weight] * right[time * of_right + of_window]
            });
            let sum = terms.sum::<f64>();
            let at = match place {
                Windowed::TargetRows => offset(row) + column,
                Windowed::RightRows | Windowed::RightColumns => row * windows.columns + column,
            };
            memory.get_mut(windows.target)[time * of_target + at] += sum;
        }
    }
}
