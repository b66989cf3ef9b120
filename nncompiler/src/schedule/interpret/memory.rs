//! The memory of a schedule: inputs, parameters, gradients and the buffers of a plan.

use std::ops::Range;

use crate::ir::function::Program;
use crate::ir::index::ArrayId;
use crate::schedule::memory::{Place, Plan};

/// What each place of a plan holds, for so many samples. What nothing has written is NaN.
pub struct Buffers<'a> {
    pub program: &'a Program,
    pub plan: &'a Plan,
    pub batch: usize,
    /// The places, in the order of their numbers.
    slots: Vec<Vec<f64>>,
    /// For each array, the number of its place, and how many elements it has there.
    arrays: Vec<(usize, usize)>,
}

impl<'a> Buffers<'a> {
    pub fn new(program: &'a Program, plan: &'a Plan, batch: usize) -> Self {
        let buffers = plan.widths.iter().map(|width| vec![f64::NAN; width * batch]);
        let input = vec![f64::NAN; program.array(program.input).width() * batch];
        let parameters = program.parameters.iter();
        let widths = parameters.map(|parameter| program.array(parameter.array).width());
        let parameters = widths.flat_map(|width| [vec![f64::NAN; width], vec![f64::NAN; width]]);
        let slots = buffers.chain([input]).chain(parameters).collect();
        let arrays = arrays(program, plan, batch);
        Self { program, plan, batch, slots, arrays }
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

    /// The memory of some samples alone: their own part of each buffer that is kept, and nothing in
    /// the others.
    pub fn of_samples(&self, samples: &Range<usize>, is_kept: &[bool]) -> Self {
        let mut slots = self.slots.clone();
        for (number, &width) in self.plan.widths.iter().enumerate() {
            slots[number] = if is_kept[number] {
                self.slots[number][samples.start * width..samples.end * width].to_vec()
            } else {
                vec![f64::NAN; samples.len() * width]
            };
        }
        let (input, width) =
            (self.plan.widths.len(), self.program.array(self.program.input).width());
        slots[input] = self.slots[input][samples.start * width..samples.end * width].to_vec();
        let arrays = arrays(self.program, self.plan, samples.len());
        Self { batch: samples.len(), slots, arrays, ..*self }
    }

    /// What some samples have made, back into the buffers that are kept; what they wrote elsewhere is
    /// lost.
    pub fn take_samples(&mut self, of_samples: &Self, samples: &Range<usize>, is_kept: &[bool]) {
        for (number, &width) in self.plan.widths.iter().enumerate() {
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
/// then the inputs, then each parameter and its gradient.
fn arrays(program: &Program, plan: &Plan, batch: usize) -> Vec<(usize, usize)> {
    let buffers = plan.widths.len();
    let slot = |array| match plan.place(array) {
        Place::Buffer(number) => number,
        Place::Inputs => buffers,
        Place::Parameter(number) => buffers + 1 + 2 * number,
        Place::ParameterGradient(number) => buffers + 2 + 2 * number,
    };
    let arrays = (0u32..).map(ArrayId).zip(&program.arrays).map(|(id, array)| {
        let samples = if array.is_batched() { batch } else { 1 };
        (slot(id), samples * array.width())
    });
    arrays.collect()
}
