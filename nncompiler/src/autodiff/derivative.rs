//! d(u, x) as an array of the function itself: by the way that costs less, forward from each number of x or
//! backward from each number of u.

use std::collections::{BTreeSet, HashMap};

use crate::autodiff::rules::Rules;
use crate::autodiff::{forward, reverse};
use crate::ir::function::{Array, BATCH, Function, Program, Role, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Extent};

/// Adds derivatives to a function, one after the other.
pub struct Derivatives<'a, 'r> {
    rules: &'a mut Rules<'r>,
    /// The tangent of each array where the n-th number of an array moves.
    tangents: HashMap<(ArrayId, usize), HashMap<ArrayId, ArrayId>>,
}

impl<'a, 'r> Derivatives<'a, 'r> {
    pub fn new(rules: &'a mut Rules<'r>) -> Self {
        Self { rules, tangents: HashMap::new() }
    }

    /// Adds the derivative of `of` by `by`: an array with the axes of `of` and then those of `by`, of which
    /// an array of a single number has none.
    pub fn add(
        &mut self,
        program: &mut Program,
        function: &mut Function,
        [of, by]: [ArrayId; 2],
        layer: usize,
    ) -> ArrayId {
        let first = function.body.len();
        let (outputs, inputs) = (program.array(of).width(), program.array(by).width());
        let array = match (outputs, inputs) {
            (_, 1) => self.directional(program, function, [of, by], 0),
            (1, _) => reverse::gradient(program, function, [of, by], self.rules),
            _ => self.jacobian(program, function, [of, by]),
        };
        for statement in &mut function.body[first..] {
            statement.layer = layer;
        }
        array
    }

    /// The tangent of `of` where the n-th number of `by` moves. Tangents that an earlier derivative has made
    /// are read again.
    fn directional(
        &mut self,
        program: &mut Program,
        function: &mut Function,
        [of, by]: [ArrayId; 2],
        number: usize,
    ) -> ArrayId {
        let tangents = self.tangents.entry((by, number)).or_default();
        let made: BTreeSet<ArrayId> = function.body.iter().map(|one| one.target.array).collect();
        tangents.retain(|_, tangent| made.contains(tangent));
        tangents.entry(by).or_insert_with(|| seed(program, function, by, number));
        forward::tangents(program, function, of, tangents, self.rules);
        tangents.get(&of).copied().unwrap_or_else(|| {
            let array = program.add_tangent(of);
            let zeros = program.filled_with_zeros(array, 0);
            function.body.push(zeros);
            array
        })
    }

    /// All derivatives of several numbers by several, a row or a column at a time.
    fn jacobian(
        &mut self,
        program: &mut Program,
        function: &mut Function,
        [of, by]: [ArrayId; 2],
    ) -> ArrayId {
        let samples =
            |array: &Array| array.axes.iter().take_while(|one| **one == Extent::Batch).count();
        let [outputs, inputs] = [of, by].map(|id| {
            let array = program.array(id);
            array.axes[samples(array)..].to_vec()
        });
        let is_batched = program.array(of).is_batched() || program.array(by).is_batched();
        let batch = is_batched.then_some(Extent::Batch);
        let axes = batch.into_iter().chain(outputs.clone()).chain(inputs.clone()).collect();
        let all = program.add_array(Array::new("J", axes, Role::Computed));
        let zeros = program.filled_with_zeros(all, 0);
        function.body.push(zeros);
        let by_rows = program.array(of).width() <= program.array(by).width();
        let count = if by_rows { program.array(of).width() } else { program.array(by).width() };
        for number in 0..count {
            let (fixed, part) = if by_rows {
                let one = element(program, function, of, number);
                (of, reverse::gradient(program, function, [one, by], self.rules))
            } else {
                (by, self.directional(program, function, [of, by], number))
            };
            let fixed_at = own_axes(place(program, fixed, number));
            let extents = program.array(part).axes.clone();
            let at: Vec<Affine> =
                extents.iter().map(|&extent| program.add_index(extent).into()).collect();
            let value = program.graph.element(Access { array: part, at: at.clone() });
            let moving = own_axes(at);
            let samples = batch.map(|_| Affine::from(BATCH));
            let (rows, columns) = if by_rows { (fixed_at, moving) } else { (moving, fixed_at) };
            let at = samples.into_iter().chain(rows).chain(columns).collect();
            let target = Access { array: all, at };
            function.body.push(Statement { accumulate: true, ..Statement::new(target, value, 0) });
        }
        all
    }
}

/// The tangent of an array whose n-th number moves, and no other.
fn seed(program: &mut Program, function: &mut Function, by: ArrayId, number: usize) -> ArrayId {
    let seed = program.add_tangent(by);
    let width = program.array(by).width();
    if width > 1 {
        let zeros = program.filled_with_zeros(seed, 0);
        function.body.push(zeros);
    }
    let target = Access { array: seed, at: place(program, by, number) };
    let (value, accumulate) = (program.graph.constant(1.0), width > 1);
    function.body.push(Statement { accumulate, ..Statement::new(target, value, 0) });
    seed
}

/// Where the n-th number of an array stands, for each sample.
fn place(program: &Program, array: ArrayId, number: usize) -> Vec<Affine> {
    let array = program.array(array);
    let axes = array.axes.iter().zip(array.strides());
    let axis = |(&extent, stride): (&Extent, usize)| match extent {
        Extent::Batch => BATCH.into(),
        _ => {
            let at = number / stride % extent.per_sample();
            Affine::constant(i64::try_from(at).unwrap_or(i64::MAX))
        }
    };
    axes.map(axis).collect()
}

/// The place without the axis of the samples.
fn own_axes(at: Vec<Affine>) -> Vec<Affine> {
    at.into_iter().filter(|axis| axis.as_index() != Some(BATCH)).collect()
}

/// One number of an array as an array of its own.
fn element(program: &mut Program, function: &mut Function, of: ArrayId, number: usize) -> ArrayId {
    let at = place(program, of, number);
    let value = program.graph.element(Access { array: of, at });
    let batch = program.array(of).is_batched();
    let axes = batch.then_some(Extent::Batch).into_iter().collect();
    let array = program.add_array(Array::new("u", axes, Role::Computed));
    let at = batch.then(|| BATCH.into()).into_iter().collect();
    let target = Access { array, at };
    function.body.push(Statement::new(target, value, 0));
    array
}
