//! The arrays of one definition, by their names.

use std::collections::BTreeMap;

use crate::frontend::resolved::{LocalArray, LocalRole};
use crate::ir::index::{ArrayId, Extent};

#[derive(Default)]
pub struct Arrays {
    all: Vec<LocalArray>,
    by_name: BTreeMap<String, ArrayId>,
    /// Parameters that a setting leaves out, and the number that is read instead.
    left_out: BTreeMap<String, f64>,
}

impl Arrays {
    pub fn add(
        &mut self,
        name: String,
        key: String,
        axes: Vec<Extent>,
        role: LocalRole,
    ) -> ArrayId {
        let id = ArrayId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.by_name.insert(name.clone(), id);
        self.all.push(LocalArray { name, key, axes, role, before: Vec::new() });
        id
    }

    /// Of each axis of an array, the elements that stand before the one at 0.
    pub fn set_before(&mut self, id: ArrayId, before: Vec<usize>) {
        self.all[id.0 as usize].before = before;
    }

    /// An array of a layer that this one applies: no equation can name it.
    pub fn add_inner(&mut self, array: LocalArray) -> ArrayId {
        let id = ArrayId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(array);
        id
    }

    /// Another name for an array.
    pub fn call(&mut self, name: String, id: ArrayId) {
        self.by_name.insert(name, id);
    }

    /// The parameters and states so far.
    pub fn kept(&self) -> impl Iterator<Item = &LocalArray> {
        self.all.iter().filter(|array| array.role.is_kept())
    }

    pub fn find(&self, name: &str) -> Option<ArrayId> {
        self.by_name.get(name).copied()
    }

    pub fn get(&self, id: ArrayId) -> &LocalArray {
        &self.all[id.0 as usize]
    }

    /// Says of integers that they are below so many.
    pub fn limit(&mut self, id: ArrayId, below: usize) {
        if let LocalRole::Integers(known) = &mut self.all[id.0 as usize].role {
            *known = Some(known.map_or(below, |known| known.min(below)));
        }
    }

    pub fn leave_out(&mut self, name: String, number: f64) {
        self.left_out.insert(name, number);
    }

    /// The number in place of a parameter that is left out.
    pub fn left_out(&self, name: &str) -> Option<f64> {
        self.left_out.get(name).copied()
    }

    pub fn names(&self) -> impl Iterator<Item = String> {
        self.by_name.keys().cloned()
    }

    pub fn into_all(self) -> Vec<LocalArray> {
        self.all
    }
}
