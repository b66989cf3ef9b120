//! The program between the equations and the code: index statements over arrays.
//!
//! A statement is `target[…] = Σ_{indices} value`. The forward and the backward program share one
//! graph of scalar expressions, so that equal subexpressions are one node.

use std::collections::{BTreeSet, HashMap};

use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index, IndexInfo, distinct};
use crate::ir::initialiser::Initialiser;
use crate::ir::reduction::Reduction;

/// Which samples of the batch: the first axis of every batched array.
pub const BATCH: Index = Index(0);

/// What an array is to the functions of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Given by the caller: real numbers.
    Input,
    /// Given by the caller, who checks them: integers below this one, if it is known. They may choose elements
    /// of other arrays.
    Integers(Option<usize>),
    /// Given by the caller of a loss: a setting with a number for each output.
    Setting,
    /// Learned: an optimizer moves it along its gradient.
    Parameter,
    /// Kept from step to step like a parameter, but no gradient moves it: running statistics.
    State,
    /// Made by a function.
    Computed,
}

#[derive(Clone, Debug)]
pub struct Array {
    /// The name in the layer that makes it, with a `d` in front for a gradient and a `′` behind for a
    /// tangent.
    pub name: String,
    pub axes: Vec<Extent>,
    pub role: Role,
    pub derived: Option<Derived>,
}

/// What an array is to the one that it was derived from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    GradientOn(ArrayId),
    TangentOf(ArrayId),
}

impl Array {
    pub fn new(name: impl Into<String>, axes: Vec<Extent>, role: Role) -> Self {
        Self { name: name.into(), axes, role, derived: None }
    }

    /// The array that it is the gradient on.
    pub fn gradient_of(&self) -> Option<ArrayId> {
        match self.derived {
            Some(Derived::GradientOn(of)) => Some(of),
            _ => None,
        }
    }

    pub fn is_batched(&self) -> bool {
        self.axes.first() == Some(&Extent::Batch)
    }

    /// Scalars for each sample, or in all if the array is not batched.
    pub fn width(&self) -> usize {
        self.axes.iter().map(|extent| extent.per_sample()).product()
    }

    /// Distance in memory between neighbours along each axis: row-major.
    pub fn strides(&self) -> Vec<usize> {
        let inner = |axis: usize| self.axes[axis + 1..].iter().map(|extent| extent.per_sample());
        (0..self.axes.len()).map(|axis| inner(axis).product()).collect()
    }
}

/// `target[…] = reduction over indices of value`, or `+=`.
#[derive(Clone, Debug)]
pub struct Statement {
    pub target: Access,
    pub reduction: Option<(Reduction, Vec<Index>)>,
    pub value: Id,
    /// Adds to what the target holds already.
    pub accumulate: bool,
    /// The layer that it belongs to.
    pub layer: usize,
    /// The loops that run step by step around it and its neighbours, the outermost first.
    pub scans: Vec<Scan>,
}

/// A loop around neighbouring statements, in which each step may read what those before have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    pub index: Index,
    /// Whether it runs from the last step to the first.
    pub is_reverse: bool,
}

impl Statement {
    /// `target = value`, in no scan.
    pub fn new(target: Access, value: Id, layer: usize) -> Self {
        Self { target, reduction: None, value, accumulate: false, layer, scans: Vec::new() }
    }

    /// The target's indices, in the order of its axes.
    pub fn free(&self) -> Vec<Index> {
        let is_step = |index: &Index| self.scans.iter().any(|scan| scan.index == *index);
        distinct(self.target.indices().filter(|index| !is_step(index)))
    }

    pub fn bound(&self) -> &[Index] {
        self.reduction.as_ref().map_or(&[], |(_, indices)| indices)
    }

    /// Every index that the statement runs over.
    pub fn indices(&self) -> Vec<Index> {
        let mut indices = self.free();
        indices.extend(self.bound());
        indices
    }

    /// A statement in the same place, which fills an array with a value for each element.
    pub fn filling(&self, target: Access, value: Id) -> Self {
        Self { target, reduction: None, value, accumulate: false, ..self.clone() }
    }

    /// Whether it computes each element of its target by itself, once.
    pub fn is_map(&self) -> bool {
        self.scans.is_empty()
            && self.reduction.is_none()
            && !self.accumulate
            && self.target.as_indices().is_some()
    }
}

/// A parameter or a state of the network.
#[derive(Clone, Debug)]
pub struct ParameterArray {
    pub layer: usize,
    pub array: ArrayId,
    pub initialiser: Initialiser,
    pub is_state: bool,
    /// What a state dict calls it behind the key of its layer.
    pub key: String,
}

/// An array that the caller of a function gives or gets, and where the caller holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    pub array: ArrayId,
    pub holder: Holder,
}

/// Where the caller of a function holds an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// In a slice of its own.
    Slice,
    /// In the workspace: the first buffers hold the outputs, the next ones the inputs.
    Workspace,
    /// In the workspace between two functions: made by one for the other.
    Residual,
    /// In the gradient, in the place of the n-th parameter. For a state: its next value.
    Gradient(usize),
}

/// The outermost of scans, if there are any.
pub fn outermost(scans: &[Scan]) -> &[Scan] {
    &scans[..scans.len().min(1)]
}

/// How many statements write each array.
pub fn writers<'a>(list: impl IntoIterator<Item = &'a Statement>) -> HashMap<ArrayId, usize> {
    let mut writers = HashMap::new();
    for statement in list {
        *writers.entry(statement.target.array).or_default() += 1;
    }
    writers
}

/// The arrays that statements add to.
pub fn sums(list: &[Statement]) -> BTreeSet<ArrayId> {
    list.iter().filter(|one| one.accumulate).map(|one| one.target.array).collect()
}

/// The arrays and expressions that the functions of a network, or of a loss, share.
#[derive(Clone, Debug)]
pub struct Program {
    pub graph: Graph,
    pub indices: Vec<IndexInfo>,
    pub arrays: Vec<Array>,
    pub parameters: Vec<ParameterArray>,
}

impl Default for Program {
    /// No arrays, and the index of the samples.
    fn default() -> Self {
        Self {
            graph: Graph::default(),
            indices: vec![IndexInfo { name: "batch".into(), extent: Extent::Batch }],
            arrays: Vec::new(),
            parameters: Vec::new(),
        }
    }
}

/// Statements in the order in which they run, with what the caller gives and gets.
#[derive(Clone, Debug, Default)]
pub struct Function {
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    pub body: Vec<Statement>,
    /// For each layer, the array for each of its own.
    pub layers: Vec<Vec<ArrayId>>,
}

impl Function {
    /// Reads other arrays, of the same axes, instead of some.
    pub fn read_instead(&mut self, program: &mut Program, originals: &HashMap<ArrayId, ArrayId>) {
        if originals.is_empty() {
            return;
        }
        for statement in &mut self.body {
            statement.value = program.graph.rebuild_elements(statement.value, |graph, access| {
                let array = *originals.get(&access.array)?;
                Some(graph.element(Access { array, at: access.at.clone() }))
            });
        }
    }

    /// The statements that write an array, in order.
    pub fn writes_of(&self, array: ArrayId) -> impl Iterator<Item = &Statement> {
        self.body.iter().filter(move |one| one.target.array == array)
    }

    /// Whether the caller gets an array.
    pub fn makes(&self, array: ArrayId) -> bool {
        self.outputs.iter().any(|port| port.array == array)
    }

    /// The arrays that the caller gets, other than gradients on parameters and next states.
    pub fn results(&self) -> impl Iterator<Item = ArrayId> {
        let results = self.outputs.iter().filter(|port| port.holder == Holder::Workspace);
        results.map(|port| port.array)
    }

    /// The gradient on the n-th parameter, or the next value of the n-th state.
    pub fn gradient(&self, parameter: usize) -> Option<ArrayId> {
        let is_it = |port: &&Port| port.holder == Holder::Gradient(parameter);
        self.outputs.iter().find(is_it).map(|port| port.array)
    }

    /// Removes every statement that no output depends on.
    pub fn remove_dead(&mut self, program: &Program) {
        let needed = self.needed_for(program, self.outputs.iter().map(|port| port.array));
        self.body.retain(|statement| needed.contains(&statement.target.array));
    }

    /// The arrays that some arrays are computed from, themselves included.
    pub fn needed_for(
        &self,
        program: &Program,
        arrays: impl IntoIterator<Item = ArrayId>,
    ) -> BTreeSet<ArrayId> {
        let mut needed: BTreeSet<ArrayId> = arrays.into_iter().collect();
        // In a scan, a statement may read what one below it has made a step before.
        let mut count = 0;
        while count != needed.len() {
            count = needed.len();
            for statement in self.body.iter().rev() {
                if needed.contains(&statement.target.array) {
                    let elements = program.graph.elements(statement.value).into_iter();
                    needed.extend(elements.map(|(_, access)| access.array));
                }
            }
        }
        needed
    }
}

impl Program {
    pub fn array(&self, id: ArrayId) -> &Array {
        &self.arrays[id.0 as usize]
    }

    pub fn add_array(&mut self, array: Array) -> ArrayId {
        let id = ArrayId(u32::try_from(self.arrays.len()).unwrap_or(u32::MAX));
        self.arrays.push(array);
        id
    }

    /// A new array with the axes of another one.
    pub fn array_like(&mut self, of: ArrayId, name: impl Into<String>) -> ArrayId {
        let axes = self.array(of).axes.clone();
        self.add_array(Array::new(name, axes, Role::Computed))
    }

    /// How an array moves when another does.
    pub fn add_tangent(&mut self, of: ArrayId) -> ArrayId {
        let array = self.array(of);
        let mut tangent =
            Array::new(format!("{}′", array.name), array.axes.clone(), Role::Computed);
        tangent.derived = Some(Derived::TangentOf(of));
        self.add_array(tangent)
    }

    /// A new array with an axis for each index: its element at these indices.
    pub fn array_over(&mut self, name: impl Into<String>, indices: &[Index]) -> Access {
        let axes = indices.iter().map(|&index| self.extent(index)).collect();
        let array = self.add_array(Array::new(name, axes, Role::Computed));
        Access { array, at: indices.iter().copied().map(Affine::from).collect() }
    }

    /// A statement by way of an array of its own, over these indices: the values go there, and from
    /// there to the statement's target.
    pub fn by_way_of(
        &mut self,
        statement: &Statement,
        name: &str,
        indices: &[Index],
    ) -> [Statement; 2] {
        let name = format!("{name}_{}", self.array(statement.target.array).name);
        let target = self.array_over(name, indices);
        let value = self.graph.element(target.clone());
        let first = Statement { target, accumulate: false, ..statement.clone() };
        [first, Statement { reduction: None, value, ..statement.clone() }]
    }

    /// A new index; the batch has its own.
    pub fn add_index(&mut self, extent: Extent) -> Index {
        if extent == Extent::Batch {
            return BATCH;
        }
        let index = Index(u32::try_from(self.indices.len()).unwrap_or(u32::MAX));
        self.indices.push(IndexInfo { name: "i".into(), extent });
        index
    }

    /// Another index that runs as far.
    pub fn copy_index(&mut self, index: Index) -> Index {
        let copy = Index(u32::try_from(self.indices.len()).unwrap_or(u32::MAX));
        self.indices.push(self.indices[index.0 as usize].clone());
        copy
    }

    pub fn extent(&self, index: Index) -> Extent {
        self.indices[index.0 as usize].extent
    }

    /// Whether the indices of an access reach each element of its array exactly once.
    pub fn is_bijection(&self, access: &Access) -> bool {
        let array = self.array(access.array);
        let mut offset = self.linear(access);
        if offset.gathers() {
            return false;
        }
        let has_batch = offset.terms.iter().any(|(index, _)| *index == BATCH);
        offset.terms.retain(|(index, _)| *index != BATCH);
        offset.terms.sort_by_key(|&(index, stride)| (stride, self.extent(index).per_sample()));
        let mut reached = 1;
        for (index, stride) in offset.terms {
            let size = self.extent(index).per_sample();
            if size != 1 && usize::try_from(stride) != Ok(reached) {
                return false;
            }
            reached *= size;
        }
        has_batch == array.is_batched() && offset.constant == 0 && reached == array.width()
    }

    /// The two elements that a sum of products multiplies: such a statement may become a product.
    pub fn factors(&self, statement: &Statement) -> Option<[(Id, &Access); 2]> {
        let is_sum = matches!(statement.reduction, Some((Reduction::Sum, _)));
        let Node::Binary(Binary::Multiply, left, right) = *self.graph.node(statement.value) else {
            return None;
        };
        match (self.graph.node(left), self.graph.node(right)) {
            (Node::Element(a), Node::Element(b)) if is_sum => Some([(left, a), (right, b)]),
            _ => None,
        }
    }

    /// Whether a statement reads no element twice by an access: it has all the statement's indices,
    /// no two of their values lead to the same place, and no scan comes back to it.
    pub fn reads_once(&self, statement: &Statement, access: &Access) -> bool {
        let offset = self.linear(access);
        if offset.gathers() {
            return false;
        }
        let mut strides: Vec<(i64, i64)> = Vec::new();
        for &(index, stride) in offset.terms.iter().filter(|(index, _)| *index != BATCH) {
            let steps = self.extent(index).per_sample().saturating_sub(1);
            strides.push((stride, i64::try_from(steps).unwrap_or(i64::MAX)));
        }
        strides.sort_unstable();
        // How far the shorter strides reach, all together.
        let mut reach = 0i64;
        for (stride, steps) in strides {
            if stride <= reach {
                return false;
            }
            reach = reach.saturating_add(stride.saturating_mul(steps));
        }
        let theirs: BTreeSet<Index> = access.indices().collect();
        statement.scans.is_empty() && theirs == statement.indices().into_iter().collect()
    }

    /// Puts a statement at the end of a list, or before the innermost of these scans if the end is in it;
    /// where it is.
    pub fn push_before_scan(
        list: &mut Vec<Statement>,
        scans: &[Scan],
        statement: Statement,
    ) -> usize {
        let is_inside = |one: &Statement| !scans.is_empty() && one.scans.starts_with(scans);
        let inside = list.iter().rev().take_while(|one| is_inside(one)).count();
        let at = list.len() - inside;
        list.insert(at, statement);
        at
    }

    /// A statement that fills an array with zeros, for others to add to.
    pub fn filled_with_zeros(&mut self, array: ArrayId, layer: usize) -> Statement {
        self.filled(array, 0.0, layer)
    }

    /// A statement that fills an array with a number.
    pub fn filled(&mut self, array: ArrayId, value: f64, layer: usize) -> Statement {
        let axes = self.array(array).axes.clone();
        let at = axes.iter().map(|&extent| self.add_index(extent).into()).collect();
        let (target, value) = (Access { array, at }, self.graph.constant(value));
        Statement::new(target, value, layer)
    }

    /// The distance in memory that an access moves when each index moves by one, and its start.
    pub fn linear(&self, access: &Access) -> Affine {
        let strides = self.array(access.array).strides();
        let axes = access.at.iter().zip(strides);
        axes.fold(Affine::constant(0), |sum, (axis, stride)| {
            let stride = i64::try_from(stride).unwrap_or(i64::MAX);
            sum.plus(axis, stride).unwrap_or(sum)
        })
    }

    /// Scalars of a layer's parameters, without its states.
    pub fn scalars_of_layer(&self, layer: usize) -> usize {
        let is_own = |one: &&ParameterArray| one.layer == layer && !one.is_state;
        let own = self.parameters.iter().filter(is_own);
        own.map(|parameter| self.array(parameter.array).width()).sum()
    }
}
