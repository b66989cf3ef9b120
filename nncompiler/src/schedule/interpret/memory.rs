//! The memory of a workspace: what callers give, parameters, gradients and the buffers of a plan.

use std::ops::Range;

use crate::ir::function::{Holder, Program};
use crate::ir::index::ArrayId;
use crate::schedule::memory::Place;
use crate::schedule::steps::Workspace;

/// What each place of a plan holds, for so many samples. What nothing has written is NaN.
pub struct Buffers<'a> {
    pub program: &'a Program,
    pub workspace: &'a Workspace,
    pub batch: usize,
    /// The places, in the order of their numbers.
    slots: Vec<Vec<f64>>,
    /// For each array, the number of its place, and how many elements it has there.
    arrays: Vec<(usize, usize)>,
}

impl<'a> Buffers<'a> {
    pub fn new(program: &'a Program, workspace: &'a Workspace, batch: usize) -> Self {
        let arrays = arrays(program, workspace, batch);
        let widths = workspace.plan.widths.iter();
        let buffers = widths.map(|width| vec![f64::NAN; width * batch]);
        let parameters = program.parameters.iter();
        let widths = parameters.map(|parameter| program.array(parameter.array).width());
        let parameters = widths.flat_map(|width| [vec![f64::NAN; width], vec![f64::NAN; width]]);
        let inputs = slices(workspace).map(|array| vec![f64::NAN; arrays[array.0 as usize].1]);
        let slots = buffers.chain(parameters).chain(inputs).collect();
        Self { program, workspace, batch, slots, arrays }
    }

    /// The number of an array's elements.
    pub fn size(&self, array: ArrayId) -> usize {
        self.arrays[array.0 as usize].1
    }

    pub fn set(&mut self, array: ArrayId, values: &[f64]) {
        self.get_mut(array).copy_from_slice(values);
    }

    pub fn get(&self, array: ArrayId) -> &[f64] {
        let (slot, size) = self.arrays[array.0 as usize];
        &self.slots[slot][..size]
    }

    pub fn get_mut(&mut self, array: ArrayId) -> &mut [f64] {
        let (slot, size) = self.arrays[array.0 as usize];
        &mut self.slots[slot][..size]
    }

    /// The memory of some samples alone: their own part of the inputs and of each buffer that is kept,
    /// and nothing in the other buffers.
    pub fn of_samples(&self, samples: &Range<usize>, inputs: &[ArrayId], is_kept: &[bool]) -> Self {
        let part = |slot: usize, width: usize| {
            self.slots[slot][samples.start * width..samples.end * width].to_vec()
        };
        let widths = &self.workspace.plan.widths;
        let mut slots: Vec<Vec<f64>> = Vec::with_capacity(self.slots.len());
        slots.extend(widths.iter().zip(is_kept).enumerate().map(|(slot, (&width, is_kept))| {
            if *is_kept { part(slot, width) } else { vec![f64::NAN; samples.len() * width] }
        }));
        slots.extend_from_slice(&self.slots[widths.len()..]);
        for &input in inputs {
            let (slot, _) = self.arrays[input.0 as usize];
            slots[slot] = part(slot, self.program.array(input).width());
        }
        let arrays = arrays(self.program, self.workspace, samples.len());
        Self { batch: samples.len(), slots, arrays, ..*self }
    }

    /// What some samples have made, back into the buffers that are kept; what they wrote elsewhere is
    /// lost.
    pub fn take_samples(&mut self, of_samples: &Self, samples: &Range<usize>, is_kept: &[bool]) {
        for (number, &width) in self.workspace.plan.widths.iter().enumerate() {
            let (all, values) = (&mut self.slots[number], &of_samples.slots[number]);
            if is_kept[number] {
                all[samples.start * width..samples.end * width].copy_from_slice(values);
            } else if values.iter().any(|value| !value.is_nan()) {
                all.fill(f64::NAN);
            }
        }
    }
}

/// For each array, the number of its place, and how many elements it has there: first the buffers,
/// then each parameter and its gradient, then what callers give.
fn arrays(program: &Program, workspace: &Workspace, batch: usize) -> Vec<(usize, usize)> {
    let parameters = workspace.plan.widths.len();
    let inputs = parameters + 2 * program.parameters.len();
    let slot = |array| match workspace.plan.place(array) {
        Place::Buffer(number) => number,
        Place::Parameter(number) => parameters + 2 * number,
        Place::ParameterGradient(number) => parameters + 2 * number + 1,
        Place::Input(number) => inputs + number,
    };
    let arrays = (0u32..).map(ArrayId).zip(&program.arrays).map(|(id, array)| {
        let samples = if array.is_batched() { batch } else { 1 };
        (slot(id), samples * array.width())
    });
    arrays.collect()
}

/// The arrays that callers give in slices.
fn slices(workspace: &Workspace) -> impl Iterator<Item = ArrayId> {
    let inputs = workspace.functions[0].function.inputs.iter();
    inputs.filter(|port| port.holder == Holder::Slice).map(|port| port.array)
}
