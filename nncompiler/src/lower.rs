//! Layers → one function. Reductions inside expressions become statements of their own, and
//! every array that depends on a sample gets the batch as its first axis.

pub mod optimizer;

use std::collections::BTreeSet;

use crate::frontend::resolved::{
    Equations, LayerKind, LocalArray, LocalRole, LocalStatement, Network, NetworkInput, Numbers,
    SAMPLES, Source, Value,
};
use crate::ir::expression::{Binary, Id, Node, Number};
use crate::ir::function::{
    Array, BATCH, Function, Holder, ParameterArray, Port, Program, Role, Scan, Statement, outermost,
};
use crate::ir::index::{Access, Affine, ArrayId, BATCH_SIZE, Extent, Index};
use crate::ir::initialiser::Initialiser;
use crate::ir::reduction::Reduction;

/// What a program is for: dropout and the like differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Training,
    Evaluation,
}

/// Adds the derivative of one array of a function by another; it belongs to the layer with this number. A
/// later stage knows how.
pub type Differentiate<'a> =
    &'a mut dyn FnMut(&mut Program, &mut Function, [ArrayId; 2], usize) -> ArrayId;

/// The outputs of a network for a batch, and in training what its states become.
pub fn network(
    program: &mut Program,
    network: &Network,
    phase: Phase,
    differentiate: Differentiate,
) -> Function {
    Lowering::new(program, phase, true).layers(network, differentiate)
}

/// The outputs of a network for one sample, as in evaluation.
pub fn sample(program: &mut Program, network: &Network, differentiate: Differentiate) -> Function {
    Lowering::new(program, Phase::Evaluation, false).layers(network, differentiate)
}

/// The loss of one sample: its inputs are the parts of the outputs, the target, and the settings that
/// have a number for each output; its outputs are the value, and how many samples this one counts for,
/// if the loss says so.
pub fn loss(program: &mut Program, equations: &Equations) -> Function {
    let given = equations.arrays.iter().filter_map(|array| {
        let role = match array.role {
            LocalRole::Input | LocalRole::Target => Role::Input,
            LocalRole::Integers(below) => Role::Integers(below),
            LocalRole::Setting => Role::Setting,
            LocalRole::Parameter(_) | LocalRole::State(_) | LocalRole::Computed => return None,
        };
        Some(Array::new(&array.name, array.axes.clone(), role))
    });
    let inputs: Vec<ArrayId> = given.map(|array| program.add_array(array)).collect();
    let mut lowering = Lowering::new(program, Phase::Training, false);
    let slice = |&array: &ArrayId| Port { array, holder: Holder::Slice };
    lowering.function.inputs = inputs.iter().map(slice).collect();
    let value = lowering.layer(0, equations, &inputs, &[]);
    let mut function = lowering.function;
    let is_samples = |array: &LocalArray| array.name == SAMPLES;
    let samples = equations.arrays.iter().position(is_samples).map(|at| function.layers[0][at]);
    let results = std::iter::once(value).chain(samples);
    function.outputs = results.map(|array| Port { array, holder: Holder::Workspace }).collect();
    function
}

/// The array of a source, among those that are given and those that layers have made.
fn array_of(
    source: Source,
    given: &[ArrayId],
    made: &[ArrayId],
    layers: &[Vec<ArrayId>],
) -> ArrayId {
    match source {
        Source::Input(number) => given[number],
        Source::Layer(number) => made[number],
        Source::Other(number, array) => layers[number][array],
    }
}

/// A loss of a network over a batch: the sum of the losses of all samples, divided by how often they count. One
/// of several numbers for each sample is their mean.
pub fn network_loss(
    program: &mut Program,
    body: &Network,
    differentiate: Differentiate,
) -> Function {
    let mut function = Lowering::new(program, Phase::Training, true).layers(body, differentiate);
    let outputs = std::mem::take(&mut function.outputs);
    let sums: Vec<ArrayId> =
        outputs.iter().map(|port| sum_over_batch(program, &mut function, port.array)).collect();
    let (total, count) = (sums.first().copied(), sums.get(1).copied());
    let graph = &mut program.graph;
    let element = |array| Access { array, at: Vec::new() };
    let total = match total {
        Some(array) => graph.element(element(array)),
        None => graph.constant(0.0),
    };
    let count = match count {
        Some(array) => graph.element(element(array)),
        None => graph.add(Node::Setting(BATCH_SIZE.into())),
    };
    let numbers = outputs.first().map_or(1, |port| program.array(port.array).width());
    let graph = &mut program.graph;
    let numbers = graph.constant(numbers as f64);
    let count = graph.add(Node::Binary(Binary::Multiply, numbers, count));
    let value = graph.add(Node::Binary(Binary::Divide, total, count));
    let array = program.add_array(Array::new("loss", Vec::new(), Role::Computed));
    let target = Access { array, at: Vec::new() };
    let layer = function.body.last().map_or(0, |statement| statement.layer);
    function.body.push(Statement::new(target, value, layer));
    function.outputs.push(Port { array, holder: Holder::Workspace });
    function
}

/// The sum of all numbers of all samples.
fn sum_over_batch(program: &mut Program, function: &mut Function, of: ArrayId) -> ArrayId {
    let axes = program.array(of).axes.clone();
    let indices: Vec<Index> = axes.into_iter().map(|extent| program.add_index(extent)).collect();
    let at = indices.iter().copied().map(Affine::from).collect();
    let value = program.graph.element(Access { array: of, at });
    let array = program.add_array(Array::new("total", Vec::new(), Role::Computed));
    let layer = function.body.last().map_or(0, |statement| statement.layer);
    let target = Access { array, at: Vec::new() };
    let reduction = Some((Reduction::Sum, indices));
    function.body.push(Statement { reduction, ..Statement::new(target, value, layer) });
    array
}

struct Lowering<'a> {
    program: &'a mut Program,
    function: Function,
    is_training: bool,
    /// Whether the function runs over a batch.
    batched: bool,
    /// The layer at hand.
    layer: usize,
    /// The program's array for each of the layer's own.
    arrays: Vec<ArrayId>,
    first_index: u32,
    temporaries: usize,
    /// Where the statements of the reductions inside the statement at hand begin.
    first_reduction: usize,
    /// How many sequences of random numbers there are: those of one layer have the same number in each
    /// function that is lowered in the same phase.
    streams: u32,
    /// What the statement at hand makes, for each sample.
    target: Option<Access>,
    /// Its indices that are always 0 and stand in no axis of it.
    dropped: Vec<Index>,
    scans: Vec<Scan>,
    /// The arrays that hold what no statement writes already.
    filled: BTreeSet<ArrayId>,
}

impl<'a> Lowering<'a> {
    fn new(program: &'a mut Program, phase: Phase, batched: bool) -> Self {
        Self {
            program,
            function: Function::default(),
            is_training: phase == Phase::Training,
            batched,
            layer: 0,
            arrays: Vec::new(),
            first_index: 0,
            temporaries: 0,
            first_reduction: 0,
            streams: 0,
            target: None,
            dropped: Vec::new(),
            scans: Vec::new(),
            filled: BTreeSet::new(),
        }
    }

    /// The function of all layers.
    fn layers(mut self, network: &Network, differentiate: Differentiate) -> Function {
        let given: Vec<ArrayId> = network.inputs.iter().map(|input| self.input(input)).collect();
        let mut made: Vec<ArrayId> = Vec::new();
        let mut beside: Vec<ArrayId> = Vec::new();
        for (layer, checked) in network.layers.iter().enumerate() {
            let all = &self.function.layers;
            let array = |&source: &Source| array_of(source, &given, &made, all);
            let inputs: Vec<ArrayId> = checked.inputs.iter().map(array).collect();
            if checked.kind == LayerKind::Derivative {
                let arrays = [inputs[0], inputs[1]];
                let kept = [&made[..], &beside].concat();
                let array = self.derivative(arrays, &kept, layer, &mut *differentiate);
                let [of, by] = arrays;
                self.function.layers.push(vec![of, by, array]);
                made.push(array);
                continue;
            }
            let shared = checked.shares.map(|layer| self.function.layers[layer].clone());
            let shared = shared.unwrap_or_default();
            made.push(self.layer(layer, &checked.equations, &inputs, &shared));
            let arrays = &self.function.layers[layer];
            beside.extend(checked.equations.others.iter().map(|&other| arrays[other]));
        }
        let mut outputs: Vec<ArrayId> = Vec::new();
        for output in &network.outputs {
            let array = array_of(output.source, &given, &made, &self.function.layers);
            outputs.push(self.output(array, &output.name.to_string(), &outputs));
        }
        let port = |array| Port { array, holder: Holder::Workspace };
        self.function.outputs.splice(0..0, outputs.into_iter().map(port));
        self.function
    }

    /// d(of, by). What layers before have made may be read by others later.
    fn derivative(
        &mut self,
        arrays: [ArrayId; 2],
        made: &[ArrayId],
        layer: usize,
        differentiate: Differentiate,
    ) -> ArrayId {
        let function = &mut self.function;
        let outputs = function.outputs.len();
        let port = |&array: &ArrayId| Port { array, holder: Holder::Workspace };
        function.outputs.extend(made.iter().map(port));
        let array = differentiate(self.program, function, arrays, layer);
        function.outputs.truncate(outputs);
        array
    }

    /// An array that the caller gives, for each sample.
    fn input(&mut self, input: &NetworkInput) -> ArrayId {
        let is_batched = self.batched && input.is_of_samples;
        let batch = is_batched.then_some(Extent::Batch).into_iter();
        let axes = batch.chain(input.shape.iter().map(|&size| Extent::Fixed(size))).collect();
        let role = match input.numbers {
            Numbers::Real => Role::Input,
            Numbers::Index(below) => Role::Integers(Some(below)),
            Numbers::Class(below) => Role::Integers(below),
        };
        let array = self.array(&input.name.to_string(), axes, role);
        self.function.inputs.push(Port { array, holder: Holder::Slice });
        array
    }

    /// An array that the caller gets: a copy, if it is one that the caller has, or another output, or the
    /// same for all samples.
    fn output(&mut self, array: ArrayId, name: &str, others: &[ArrayId]) -> ArrayId {
        let info = self.program.array(array);
        let is_own = info.role == Role::Computed && info.is_batched() == self.batched;
        if is_own && !others.contains(&array) {
            return array;
        }
        let (is_batched, axes) = (info.is_batched(), info.axes.clone());
        let at: Vec<Affine> =
            axes.iter().map(|&extent| self.program.add_index(extent).into()).collect();
        let value = self.program.graph.element(Access { array, at: at.clone() });
        let mut target = Access { array: self.array(name, axes, Role::Computed), at };
        if self.batched && !is_batched {
            self.program.arrays[target.array.0 as usize].axes.insert(0, Extent::Batch);
            target.at.insert(0, BATCH.into());
        }
        let copy = target.array;
        self.push(target, None, value, false);
        copy
    }

    /// Appends a layer's statements, with its inputs in place of its declared ones, and with the
    /// parameters among the arrays of another layer if it shares them. Gives the layer's output.
    fn layer(
        &mut self,
        layer: usize,
        equations: &Equations,
        inputs: &[ArrayId],
        shared: &[ArrayId],
    ) -> ArrayId {
        self.layer = layer;
        self.temporaries = 0;
        self.first_index = u32::try_from(self.program.indices.len()).unwrap_or(u32::MAX);
        self.program.indices.extend(equations.indices.iter().cloned());
        self.arrays = Vec::new();
        let mut given = inputs.iter().copied();
        for (number, local) in equations.arrays.iter().enumerate() {
            let shared = shared.get(number).copied();
            let array = match local.role {
                LocalRole::Parameter(_) | LocalRole::State(_) if let Some(array) = shared => array,
                LocalRole::Input
                | LocalRole::Integers(_)
                | LocalRole::Target
                | LocalRole::Setting => given.next().unwrap_or(ArrayId(0)),
                LocalRole::Parameter(initialiser) => self.parameter(local, initialiser, false),
                LocalRole::State(initialiser) => self.parameter(local, initialiser, true),
                LocalRole::Computed => {
                    let mut axes = local.axes.clone();
                    // What a scan makes is read before its statement is lowered.
                    if self.batched && equations.is_made_by_scan(number) {
                        axes.insert(0, Extent::Batch);
                    }
                    self.array(&local.name, axes, Role::Computed)
                }
            };
            self.arrays.push(array);
        }
        let output = self.arrays[equations.output];
        let others = equations.others.iter().map(|&other| self.arrays[other]);
        let outputs: Vec<ArrayId> = std::iter::once(output).chain(others).collect();
        for statement in &equations.statements {
            self.statement(statement, &outputs);
        }
        self.function.layers.push(std::mem::take(&mut self.arrays));
        output
    }

    fn array(&mut self, name: &str, axes: Vec<Extent>, role: Role) -> ArrayId {
        self.program.add_array(Array::new(name, axes, role))
    }

    /// The parameter or state of this layer, which all functions of the network share.
    fn parameter(
        &mut self,
        local: &LocalArray,
        initialiser: Initialiser,
        is_state: bool,
    ) -> ArrayId {
        let layer = self.layer;
        let is_it = |known: &&ParameterArray| {
            known.layer == layer && self.program.array(known.array).name == local.name
        };
        if let Some(known) = self.program.parameters.iter().find(is_it) {
            return known.array;
        }
        let key = local.key.clone();
        let role = if is_state { Role::State } else { Role::Parameter };
        let array = self.array(&local.name, local.axes.clone(), role);
        self.program.parameters.push(ParameterArray { layer, array, initialiser, is_state, key });
        array
    }

    /// A statement whose target has the batch as its first axis if its value depends on the sample,
    /// or if it makes one of the layer's `outputs`.
    fn statement(&mut self, statement: &LocalStatement, outputs: &[ArrayId]) {
        self.first_reduction = self.function.body.len();
        if statement.is_update {
            self.update(statement);
            return;
        }
        let scans = statement.scans.iter();
        self.scans = scans.map(|scan| Scan { index: self.index(scan.index), ..*scan }).collect();
        let written = statement.target.renamed(&|index| self.index(index));
        self.dropped = self.dropped_indices(&written);
        let mut target = self.access(&statement.target);
        let is_batched = self.program.array(target.array).is_batched();
        let mut each = target.clone();
        if self.batched && !is_batched {
            each.at.insert(0, BATCH.into());
        }
        self.target = Some(each.clone());
        let is_output = self.batched && outputs.contains(&target.array);
        let is_whole = statement.target.as_indices().is_some();
        let (value, reduction) = match &statement.value {
            Value::Reduce(reduction, bound, body)
                if is_whole && !(is_output && self.is_over_batch(bound)) =>
            {
                let bound = self.bound(bound);
                (self.value(body), (!bound.is_empty()).then_some((*reduction, bound)))
            }
            value => (self.value(value), None),
        };
        let over_batch = reduction.as_ref().is_some_and(|(_, bound)| bound.contains(&BATCH));
        if !is_batched && (is_output || (self.depends_on_sample(value) && !over_batch)) {
            self.program.arrays[target.array.0 as usize].axes.insert(0, Extent::Batch);
            target = each;
        }
        self.spread(target, reduction, value, statement.otherwise);
    }

    /// A statement that may leave elements of its target out, or reach some of them twice: those it
    /// leaves out are filled before, and what meets is added up.
    fn spread(
        &mut self,
        target: Access,
        reduction: Option<(Reduction, Vec<Index>)>,
        value: Id,
        otherwise: Option<f64>,
    ) {
        let mut accumulate = false;
        if !self.program.is_bijection(&target) {
            accumulate = !target.is_injective();
            let fill = otherwise.unwrap_or(0.0);
            // First values and what a scan makes of them are one array.
            if self.filled.insert(target.array) {
                let filled = self.program.filled(target.array, fill, self.layer);
                let scans = outermost(&self.scans);
                Program::push_before_scan(&mut self.function.body, scans, filled);
            }
            if accumulate && fill != 0.0 {
                self.clear(target.clone());
            }
        }
        self.push(target, reduction, value, accumulate);
    }

    /// What is added up begins at 0, whatever stands where nothing is added.
    fn clear(&mut self, target: Access) {
        let clear = Statement::new(target, self.program.graph.constant(0.0), self.layer);
        let scans = outermost(&self.scans);
        Program::push_before_scan(&mut self.function.body, scans, clear);
    }

    /// What a state becomes after a step of training stands where its gradient would.
    fn update(&mut self, statement: &LocalStatement) {
        self.dropped.clear();
        let target = self.access(&statement.target);
        let is_it = |parameter: &ParameterArray| parameter.array == target.array;
        let Some(at) = self.program.parameters.iter().position(is_it) else { return };
        if !self.is_training {
            return;
        }
        self.target = Some(target.clone());
        // A layer that stands here again goes on from what it has become.
        let is_earlier = |port: &Port| port.holder == Holder::Gradient(at);
        let earlier = self.function.outputs.iter().position(is_earlier);
        let local = statement.target.array.0 as usize;
        if let Some(earlier) = earlier {
            self.arrays[local] = self.function.outputs.remove(earlier).array;
        }
        let value = self.value(&statement.value);
        self.arrays[local] = target.array;
        let state = self.program.array(target.array);
        let next = Array::new(&state.name, state.axes.clone(), Role::Computed);
        let array = self.program.add_array(next);
        self.function.outputs.push(Port { array, holder: Holder::Gradient(at) });
        let target = Access { array, at: target.at };
        self.function.body.push(Statement::new(target, value, self.layer));
    }

    /// The indices of a reduction; one sample alone is no batch to run over.
    fn bound(&self, local: &[Index]) -> Vec<Index> {
        let indices = local.iter().map(|&index| self.index(index));
        indices.filter(|&index| self.batched || index != BATCH).collect()
    }

    fn is_over_batch(&self, bound: &[Index]) -> bool {
        bound.iter().any(|&index| self.index(index) == BATCH)
    }

    fn push(
        &mut self,
        target: Access,
        reduction: Option<(Reduction, Vec<Index>)>,
        value: Id,
        accumulate: bool,
    ) {
        let (layer, scans) = (self.layer, self.scans.clone());
        let statement = Statement { target, reduction, value, accumulate, layer, scans };
        self.function.body.push(statement);
    }

    fn index(&self, local: Index) -> Index {
        let index = Index(self.first_index + local.0);
        let info = &self.program.indices[index.0 as usize];
        // Samples beside the one at hand have an index with a name of its own.
        let is_this = info.extent == Extent::Batch && &*info.name == BATCH_SIZE;
        if is_this { BATCH } else { index }
    }

    /// An access of the layer, in the program's arrays and indices.
    fn access(&self, local: &Access) -> Access {
        self.in_program(&local.renamed(&|index| self.index(index)))
    }

    /// The same with the program's indices already.
    fn in_program(&self, local: &Access) -> Access {
        let array = self.arrays[local.array.0 as usize];
        let integers = |access: &Access| self.in_program(access);
        let mut at: Vec<Affine> =
            local.at.iter().map(|axis| axis.with_gathered(&integers)).collect();
        for axis in &mut at {
            self.drop_unit_indices(axis);
        }
        // Integers of another sample have it as their first index already.
        let array_of = self.program.array(array);
        if array_of.is_batched() && at.len() < array_of.axes.len() {
            at.insert(0, BATCH.into());
        }
        Access { array, at }
    }

    /// Beside others, an index that is always 0 says nothing: the one of a single group, say. Where
    /// the target has lost it so, it is 0 elsewhere.
    fn drop_unit_indices(&self, axis: &mut Affine) {
        if axis.terms.len() > 1 {
            let last = axis.terms.last().copied();
            axis.terms.retain(|&(index, _)| self.program.extent(index) != Extent::Fixed(1));
            axis.terms.extend(last.filter(|_| axis.terms.is_empty()));
        }
        axis.terms.retain(|(index, _)| !self.dropped.contains(index));
    }

    /// The indices of a target that are always 0 and are not the whole of an axis.
    fn dropped_indices(&self, target: &Access) -> Vec<Index> {
        let whole: Vec<Index> = target.at.iter().filter_map(Affine::as_index).collect();
        let last = |axis: &Affine| axis.terms.last().map(|&(index, _)| index);
        let composite = target.at.iter().filter(|axis| axis.terms.len() > 1);
        let is_unit = |index: &Index| self.program.extent(*index) == Extent::Fixed(1);
        let lost = composite.flat_map(|axis| {
            let all_units = axis.terms.iter().all(|(index, _)| is_unit(index));
            let kept = last(axis).filter(|_| all_units);
            axis.terms.iter().map(|&(index, _)| index).filter(move |index| Some(*index) != kept)
        });
        lost.filter(is_unit).filter(|index| !whole.contains(index)).collect()
    }

    fn depends_on_sample(&self, value: Id) -> bool {
        let graph = &self.program.graph;
        let depends = |id: Id| match graph.node(id) {
            Node::Element(access) => access.indices().any(|index| index == BATCH),
            Node::Position(index) => *index == BATCH,
            Node::Random(..) => true,
            _ => false,
        };
        self.batched && graph.reachable(value).into_iter().any(depends)
    }

    fn value(&mut self, value: &Value) -> Id {
        let node = match value {
            Value::Constant(number) => return self.program.graph.constant(*number),
            Value::Element(access) => Node::Element(self.access(access)),
            Value::ElementOfSample(sample, access) => self.element_of_sample(*sample, access),
            Value::Position(index) => self.position(*index),
            Value::Setting(name) if &**name == BATCH_SIZE && !self.batched => {
                return self.program.graph.constant(1.0);
            }
            Value::Training => {
                return self.program.graph.constant(f64::from(u8::from(self.is_training)));
            }
            Value::Setting(name) => Node::Setting(name.clone()),
            Value::Random => self.random(),
            Value::Negate(operand) => Node::Negate(self.value(operand)),
            Value::Apply(function, operand) => Node::Apply(function.clone(), self.value(operand)),
            Value::Stop(operand) => Node::Stop(self.value(operand)),
            Value::Binary(operation, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                Node::Binary(*operation, left, right)
            }
            Value::Compare(comparison, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                Node::Compare(*comparison, left, right)
            }
            Value::Select(condition, then, otherwise) => {
                return self.select(condition, then, otherwise);
            }
            Value::Reduce(reduction, bound, body) => {
                return self.reduction(*reduction, bound, body);
            }
        };
        self.program.graph.add(node)
    }

    fn element_of_sample(&mut self, sample: Index, access: &Access) -> Node {
        let mut access = self.access(access);
        if self.program.array(access.array).is_batched() {
            access.at[0] = self.index(sample).into();
        }
        Node::Element(access)
    }

    /// The value of an index, which may stand in no axis, so that no loop has it, if it is always 0.
    fn position(&mut self, index: Index) -> Node {
        let index = self.index(index);
        match self.program.extent(index) {
            Extent::Fixed(1) => Node::Constant(Number::new(0.0)),
            _ => Node::Position(index),
        }
    }

    /// A random number for each element of the target.
    fn random(&mut self) -> Node {
        self.streams += 1;
        let target = self.target.clone();
        let target = target.unwrap_or(Access { array: ArrayId(0), at: Vec::new() });
        Node::Random(self.streams, target)
    }

    /// Of a condition that is known, only the branch that is taken.
    fn select(&mut self, condition: &Value, then: &Value, otherwise: &Value) -> Id {
        let condition = self.value(condition);
        match self.program.graph.decided(condition) {
            Some(true) => self.value(then),
            Some(false) => self.value(otherwise),
            None => {
                let (then, otherwise) = (self.value(then), self.value(otherwise));
                self.program.graph.add(Node::Select(condition, then, otherwise))
            }
        }
    }

    /// A reduction that does not depend on the step of a scan stands before it.
    fn push_reduction(
        &mut self,
        target: Access,
        reduction: Option<(Reduction, Vec<Index>)>,
        value: Id,
    ) {
        let is_step = |scan: &Scan| target.indices().any(|index| index == scan.index);
        let depth = self.scans.iter().rposition(is_step).map_or(0, |last| last + 1);
        let (around, inside) = self.scans.split_at(depth);
        let before = if inside.is_empty() { &[] } else { &self.scans[..=depth] };
        let (scans, statement) = (around.to_vec(), Statement::new(target, value, self.layer));
        let statement = Statement { reduction, scans, ..statement };
        Program::push_before_scan(&mut self.function.body, before, statement);
    }

    /// A statement for the reduction, one for all that are equal; its value is the statement's target.
    fn reduction(&mut self, reduction: Reduction, bound: &[Index], body: &Value) -> Id {
        let mut body = self.value(body);
        let bound = self.bound(bound);
        if bound.is_empty() {
            return body;
        }
        let mut free = self.free_indices(body, &bound);
        // What is of one other sample alone is computed for each sample, and read at that one.
        let is_sample = |index: &&Index| self.program.extent(**index) == Extent::Batch;
        let samples: Vec<Index> = free.iter().filter(is_sample).copied().collect();
        let other = match samples[..] {
            [other] if other != BATCH && !bound.contains(&BATCH) => Some(other),
            _ => None,
        };
        if let Some(other) = other {
            let to_this = |index| if index == other { BATCH } else { index };
            body = self.program.graph.rename(body, &to_this);
            free = self.free_indices(body, &bound);
        }
        let at_other = |target: &Access| {
            target.renamed(&|index| other.filter(|_| index == BATCH).unwrap_or(index))
        };
        let reduction = Some((reduction, bound));
        let made = &self.function.body[self.first_reduction..];
        if let Some(same) = made.iter().find(|one| one.value == body && one.reduction == reduction)
        {
            return self.program.graph.element(at_other(&same.target));
        }
        let axes = free.iter().map(|&index| self.program.extent(index)).collect();
        let name = format!("t{}", self.temporaries);
        self.temporaries += 1;
        let array = self.array(&name, axes, Role::Computed);
        let target = Access { array, at: free.into_iter().map(Affine::from).collect() };
        self.push_reduction(target.clone(), reduction, body);
        self.program.graph.element(at_other(&target))
    }

    /// The indices of a value but for those that a reduction binds, in order.
    fn free_indices(&self, value: Id, bound: &[Index]) -> BTreeSet<Index> {
        let graph = &self.program.graph;
        let nodes = graph.reachable(value).into_iter();
        let indices = nodes.flat_map(|node| match graph.node(node) {
            Node::Element(access) => access.indices().collect(),
            Node::Position(index) => vec![*index],
            _ => Vec::new(),
        });
        indices.filter(|index| !bound.contains(index)).collect()
    }
}
