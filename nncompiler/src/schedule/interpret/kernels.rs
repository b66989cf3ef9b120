//! Kernels by their definition.

use super::memory::Buffers;
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
        let element = |memory: &Buffers, operand: &Operand, from: usize, row, column| {
            let moved = steps.iter().zip(&operand.step_strides).map(|(step, stride)| step * stride);
            let start = operand.start + moved.sum::<usize>() + from;
            let at = row * operand.row_stride + column * operand.column_stride;
            memory.get(operand.array)[start + at]
        };
        let is_later = product
            .repeats
            .iter()
            .zip(&time)
            .any(|(one, &value)| one.target_stride == 0 && value > 0);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |one| (row, one))) {
            let terms = (0..depth).map(|k| {
                element(memory, &product.left, moved(|one| one.left_stride), row, k)
                    * element(memory, &product.right, moved(|one| one.right_stride), k, column)
            });
            let sum = terms.sum::<f64>();
            let at = product.part.unwrap_or(0) + moved(|one| one.target_stride);
            let at = at + row * columns + column;
            let start = match product.start {
                _ if is_later => memory.get(product.target)[at],
                Start::Target => memory.get(product.target)[at],
                Start::Zero => 0.0,
                Start::Row(bias) => memory.get(bias)[column],
            };
            memory.get_mut(product.target)[at] = start + sum;
        }
    }
}

/// A product with windows, for each sample.
pub fn windows(memory: &mut Buffers, windows: &Windows) {
    // The sums of all samples start once, what each sample has starts with it.
    let is_summed = windows.windowed == Windowed::RightColumns;
    if windows.start == Start::Zero && is_summed {
        memory.get_mut(windows.target).fill(0.0);
    }
    let offset = |number: usize| {
        let axes = windows.offsets.iter().rev();
        let (at, _) = axes.fold((0, number), |(at, rest), &(count, step)| {
            (at + rest % count * step, rest / count)
        });
        at
    };
    let (place, [of_left, of_right, of_target]) = (windows.windowed, windows.strides);
    let cells = |row: usize| (0..windows.columns).map(move |column| (row, column));
    for time in 0..count(memory, windows.count) {
        if windows.start == Start::Zero && !is_summed {
            let size = windows.rows * windows.columns;
            memory.get_mut(windows.target)[time * of_target..][..size].fill(0.0);
        }
        for (row, column) in (0..windows.rows).flat_map(cells) {
            let terms = (0..windows.depth).map(|k| {
                let right = match place {
                    Windowed::RightRows => offset(k) + column,
                    Windowed::TargetRows => k * windows.right_stride + column,
                    Windowed::RightColumns => offset(column) + k,
                };
                let left = row * windows.left.row_stride + k * windows.left.column_stride;
                memory.get(windows.left.array)[time * of_left + left]
                    * memory.get(windows.right)[time * of_right + right]
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
