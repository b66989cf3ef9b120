//! Programs run as written, in f64: what they mean, apart from all code generation.

use std::collections::HashMap;

use crate::ir::expression::{Id, Node, apply, evaluate};
use crate::ir::function::{Program, Role, Statement};
use crate::ir::index::{Access, Affine, ArrayId, BATCH_SIZE, Extent, Index};
use crate::ir::reduction::Reduction;
use crate::schedule::kernels::{
    Count, Kernel, Operand, Place, Product, Repeat, Start, Windows, scan,
};
use crate::schedule::steps::Workspace;

/// The arrays of a program for one batch.
pub struct Memory<'a> {
    program: &'a Program,
    batch: usize,
    arrays: HashMap<ArrayId, Vec<f64>>,
    /// The step of the scan at hand.
    step: Values,
}

type Values = HashMap<Index, usize>;

impl<'a> Memory<'a> {
    pub fn new(program: &'a Program, batch: usize) -> Self {
        Self { program, batch, arrays: HashMap::new(), step: Values::new() }
    }

    pub fn set(&mut self, array: ArrayId, values: Vec<f64>) {
        assert_eq!(values.len(), self.size(array), "{}", self.program.array(array).name);
        self.arrays.insert(array, values);
    }

    pub fn get(&self, array: ArrayId) -> &[f64] {
        &self.arrays[&array]
    }

    pub fn size(&self, array: ArrayId) -> usize {
        let info = self.program.array(array);
        info.axes.iter().map(|&extent| self.extent(extent)).product()
    }

    fn extent(&self, extent: Extent) -> usize {
        match extent {
            Extent::Fixed(size) => size,
            Extent::Batch | Extent::Outputs => self.batch,
        }
    }

    pub fn run(&mut self, kernels: &[Kernel]) {
        for group in kernels.chunk_by(|one, next| scan(one) == scan(next)) {
            let Some(scan) = scan(&group[0]) else {
                for kernel in group {
                    self.kernel(kernel);
                }
                continue;
            };
            let mut steps: Vec<Values> = self.iterations(&[scan.index]);
            if scan.is_reverse {
                steps.reverse();
            }
            for step in steps {
                self.step = step;
                for kernel in group {
                    self.kernel(kernel);
                }
            }
            self.step = Values::new();
        }
    }

    fn kernel(&mut self, kernel: &Kernel) {
        match kernel {
            Kernel::Alias { target, source } => {
                let values = self.arrays[source].clone();
                self.set(*target, values);
            }
            Kernel::Product(product) => self.product(product),
            Kernel::Windows(windows) => self.windows(windows),
            Kernel::Loops(statement) => self.statement(statement),
        }
    }

    /// A statement, index by index.
    pub fn statement(&mut self, statement: &Statement) {
        let target = statement.target.array;
        let neutral = match statement.reduction {
            Some((Reduction::Max, _)) => f64::NEG_INFINITY,
            Some((Reduction::Min, _)) => f64::INFINITY,
            Some((Reduction::Product, _)) => 1.0,
            _ => 0.0,
        };
        if !statement.accumulate {
            let unset = vec![f64::NAN; self.size(target)];
            self.arrays.entry(target).or_insert(unset);
            for values in self.iterations(&statement.free()) {
                let at = self.offset(&statement.target, &values);
                self.arrays.get_mut(&target).expect("a target")[at] = neutral;
            }
        }
        for values in self.iterations(&statement.indices()) {
            let value = self.value(statement.value, &values);
            let at = self.offset(&statement.target, &values);
            let element = &mut self.arrays.get_mut(&target).expect("a target")[at];
            *element = match statement.reduction {
                Some((Reduction::Max, _)) => element.max(value),
                Some((Reduction::Min, _)) => element.min(value),
                Some((Reduction::Product, _)) => *element * value,
                _ => *element + value,
            };
        }
    }

    /// Every combination of the indices' values.
    fn iterations(&self, indices: &[Index]) -> Vec<Values> {
        let mut all = vec![self.step.clone()];
        for &index in indices {
            let count = self.extent(self.program.extent(index));
            let with = |values: &Values, value| {
                let mut values = values.clone();
                values.insert(index, value);
                values
            };
            all = all.iter().flat_map(|values| (0..count).map(move |k| with(values, k))).collect();
        }
        all
    }

    fn offset(&self, access: &Access, values: &Values) -> usize {
        at(&self.program.linear(access), values)
    }

    pub fn value(&self, id: Id, values: &Values) -> f64 {
        let value = |id: &Id| self.value(*id, values);
        match self.program.graph.node(id) {
            Node::Constant(number) => number.value(),
            Node::Element(access) => self.arrays[&access.array][self.offset(access, values)],
            Node::Position(index) => values[index] as f64,
            Node::Setting(name) if &**name == BATCH_SIZE => self.batch as f64,
            Node::Setting(name) => panic!("the setting {name} has no value here"),
            Node::Random(stream, access) => {
                let at = self.offset(access, values) + 31 * *stream as usize;
                ((at * 7919) % 1009) as f64 / 1009.0
            }
            Node::Negate(a) => -value(a),
            Node::Apply(function, a) => evaluate(function, value(a)).expect("a function"),
            Node::Stop(a) => value(a),
            Node::Binary(operation, a, b) => apply(*operation, value(a), value(b)),
            Node::Compare(..) => panic!("a condition is no number"),
            Node::Select(condition, then, otherwise) => {
                let Node::Compare(comparison, a, b) = self.program.graph.node(*condition) else {
                    panic!("a choice needs a condition")
                };
                if comparison.holds(value(a), value(b)) { value(then) } else { value(otherwise) }
            }
        }
    }

    fn product(&mut self, product: &Product) {
        let count = |count: Count| {
            if count.batched { self.batch * count.size } else { count.size }
        };
        let (rows, columns, depth) =
            (count(product.rows), count(product.columns), count(product.depth));
        let step = product.scan.map_or(0, |scan| self.step[&scan.index]);
        let target = self.arrays.get(&product.target).cloned();
        let mut values = target.unwrap_or_else(|| vec![0.0; self.size(product.target)]);
        let mut times = vec![Vec::new()];
        for repeat in &product.repeats {
            let with = |time: &Vec<usize>, value| [time.as_slice(), &[value]].concat();
            let all = times.iter();
            times = all
                .flat_map(|time| (0..count(repeat.count)).map(move |value| with(time, value)))
                .collect();
        }
        for time in times {
            let moved = |stride: fn(&Repeat) -> usize| -> usize {
                product
                    .repeats
                    .iter()
                    .zip(&time)
                    .map(|(repeat, value)| stride(repeat) * value)
                    .sum()
            };
            let element = |operand: &Operand, from: usize, row: usize, column: usize| {
                let at = row * operand.row_stride + column * operand.column_stride;
                let start = operand.start + step * operand.step_stride;
                self.arrays[&operand.array][start + from + at]
            };
            let summed = product.repeats.iter().zip(&time);
            let is_later =
                summed.into_iter().any(|(one, &value)| one.target_stride == 0 && value > 0);
            for row in 0..rows {
                for column in 0..columns {
                    let terms = (0..depth).map(|k| {
                        element(&product.left, moved(|one| one.left_stride), row, k)
                            * element(&product.right, moved(|one| one.right_stride), k, column)
                    });
                    let sum = terms.sum::<f64>();
                    let at = product.part.unwrap_or(0) + moved(|one| one.target_stride);
                    let value = &mut values[at + row * columns + column];
                    let start = match product.start {
                        _ if is_later => *value,
                        Start::Zero => 0.0,
                        Start::Target => *value,
                        Start::Row(bias) => self.arrays[&bias][column],
                    };
                    *value = start + sum;
                }
            }
        }
        self.set(product.target, values);
    }

    fn windows(&mut self, windows: &Windows) {
        let target = self.arrays.get(&windows.target).cloned();
        let mut values = target.unwrap_or_else(|| vec![0.0; self.size(windows.target)]);
        // The sums of all samples start once, what each sample has starts with it.
        let is_summed = windows.place == Place::Sums;
        if windows.start == Start::Zero && is_summed {
            values.fill(0.0);
        }
        let offset = |number: usize| {
            let axes = windows.offsets.iter().rev();
            let (at, _) = axes.fold((0, number), |(at, rest), &(count, step)| {
                (at + rest % count * step, rest / count)
            });
            at
        };
        let (place, [of_left, of_right, of_target]) = (windows.place, windows.strides);
        let count = if windows.count.batched { self.batch } else { 1 };
        for time in 0..count {
            if windows.start == Start::Zero && !is_summed {
                let size = windows.rows * windows.columns;
                values[time * of_target..][..size].fill(0.0);
            }
            for row in 0..windows.rows {
                for column in 0..windows.columns {
                    let terms = (0..windows.depth).map(|k| {
                        let right = match place {
                            Place::Right => offset(k) + column,
                            Place::Target => k * windows.right_stride + column,
                            Place::Sums => offset(column) + k,
                        };
                        let left = row * windows.left.row_stride + k * windows.left.column_stride;
                        self.arrays[&windows.left.array][time * of_left + left]
                            * self.arrays[&windows.right][time * of_right + right]
                    });
                    let at = match place {
                        Place::Target => offset(row) + column,
                        Place::Right | Place::Sums => row * windows.columns + column,
                    };
                    values[time * of_target + at] += terms.sum::<f64>();
                }
            }
        }
        self.set(windows.target, values);
    }
}

fn at(offset: &Affine, values: &Values) -> usize {
    let terms = offset
        .terms
        .iter()
        .map(|(index, factor)| factor * i64::try_from(values[index]).expect("a small index"));
    usize::try_from(offset.constant + terms.sum::<i64>()).expect("an offset in the array")
}

/// Numbers between −1 and 1 that look random.
pub fn numbers(count: usize, salt: usize) -> Vec<f64> {
    (0..count).map(|k| ((k * 7919 + salt * 104_729 + 13) % 2003) as f64 / 1001.0 - 1.0).collect()
}

/// What functions that share a workspace compute for given inputs: the results of the first one, then
/// the last one's gradients on every parameter, or its results.
pub fn run(program: &Program, workspace: &Workspace, batch: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut memory = with_parameters(program, batch);
    let Workspace { functions, .. } = workspace;
    memory.run(&functions[0].kernels);
    let results: Vec<f64> =
        functions[0].function.results().flat_map(|one| memory.get(one).to_vec()).collect();
    functions[1..].iter().for_each(|one| memory.run(&one.kernels));
    let outputs = &functions[functions.len() - 1].function.outputs;
    let gradients = outputs.iter().map(|port| memory.get(port.array).to_vec());
    (results, gradients.collect())
}

/// Memory with parameters, states and all inputs in it; inputs of one name hold the same numbers.
pub fn with_parameters(program: &Program, batch: usize) -> Memory<'_> {
    let mut memory = Memory::new(program, batch);
    for (number, parameter) in program.parameters.iter().enumerate() {
        let size = memory.size(parameter.array);
        memory.set(parameter.array, numbers(size, number));
    }
    let given = (0u32..).zip(&program.arrays).filter(|(_, array)| array.role == Role::Input);
    for (id, array) in given {
        let salt = array.name.bytes().map(usize::from).sum();
        memory.set(ArrayId(id), numbers(memory.size(ArrayId(id)), salt));
    }
    memory
}
