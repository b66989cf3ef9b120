//! Layers → one forward program. Reductions inside expressions become statements of their own, and
//! every array that depends on a sample gets the batch as its first axis.

use crate::frontend::resolve::{
    self, Equations, Initialiser, LocalRole, LocalStatement, Network, Reduction, SAMPLES, Value,
};
use crate::ir::expression::{Graph, Id, Node};
use crate::ir::function::{Array, BATCH, ParameterArray, Program, Role, Scan, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index, IndexInfo};

/// What a program is for: dropout and the like differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Training,
    Evaluation,
}

/// The forward program of a network over a batch.
pub fn network(network: &Network, phase: Phase) -> Program {
    let mut axes = vec![Extent::Batch];
    axes.extend(network.input.iter().map(|&size| Extent::Fixed(size)));
    layers(network, axes, phase, true)
}

/// The forward program of a network for one sample, in evaluation.
pub fn sample(network: &Network) -> Program {
    let axes = network.input.iter().map(|&size| Extent::Fixed(size)).collect();
    layers(network, axes, Phase::Evaluation, false)
}

fn layers(network: &Network, axes: Vec<Extent>, phase: Phase, batched: bool) -> Program {
    let mut program = empty(vec![Array::new("x", axes, Role::Input)]);
    let mut outputs = vec![program.input];
    for (layer, checked) in network.layers.iter().enumerate() {
        let inputs: Vec<ArrayId> = checked.inputs.iter().map(|&source| outputs[source]).collect();
        let shared = checked.shares.map(|layer| program.layers[layer].clone());
        let shared = shared.unwrap_or_default();
        append(&mut program, layer, &checked.equations, &inputs, &shared, phase, batched);
        outputs.push(program.output);
    }
    program
}

/// The program of a loss for one sample.
pub fn loss(equations: &Equations) -> Program {
    let mut program = empty(Vec::new());
    let given = equations.arrays.iter().filter_map(|array| {
        let role = match array.role {
            LocalRole::Input => Role::Input,
            LocalRole::Target => Role::Target,
            LocalRole::Class => Role::Class,
            LocalRole::Setting => Role::Setting,
            LocalRole::Parameter(_) | LocalRole::State(_) | LocalRole::Computed => return None,
        };
        Some(Array::new(&array.name, array.axes.clone(), role))
    });
    let inputs: Vec<ArrayId> = given.map(|array| program.add_array(array)).collect();
    append(&mut program, 0, equations, &inputs, &[], Phase::Training, false);
    let counts = |array: &Array| array.role == Role::Computed && array.name == SAMPLES;
    let samples = program.arrays.iter().position(counts).and_then(|at| u32::try_from(at).ok());
    program.samples = samples.map(ArrayId);
    program
}

fn empty(arrays: Vec<Array>) -> Program {
    Program {
        graph: Graph::default(),
        indices: vec![IndexInfo { name: "batch".into(), extent: Extent::Batch }],
        arrays,
        forward: Vec::new(),
        updates: Vec::new(),
        backward: Vec::new(),
        parameters: Vec::new(),
        input: ArrayId(0),
        output: ArrayId(0),
        output_gradient: None,
        streams: 0,
        samples: None,
        input_gradient: None,
        direction: None,
        layers: Vec::new(),
    }
}

/// Appends a layer's statements, with its inputs in place of its declared ones, and with the
/// parameters among the arrays of another layer if it shares them.
fn append(
    program: &mut Program,
    layer: usize,
    equations: &Equations,
    inputs: &[ArrayId],
    shared: &[ArrayId],
    phase: Phase,
    batched: bool,
) {
    let mut given = inputs.iter().copied();
    let first_index = u32::try_from(program.indices.len()).unwrap_or(u32::MAX);
    program.indices.extend(equations.indices.iter().cloned());
    let is_training = phase == Phase::Training;
    let mut lowering = Lowering {
        program,
        layer,
        arrays: Vec::new(),
        first_index,
        temporaries: 0,
        is_training,
        batched,
        target: None,
        still: Vec::new(),
        scan: None,
    };
    for (number, local) in equations.arrays.iter().enumerate() {
        let shared = shared.get(number).copied();
        let array = match local.role {
            LocalRole::Parameter(_) | LocalRole::State(_) if let Some(array) = shared => array,
            LocalRole::Input | LocalRole::Target | LocalRole::Class | LocalRole::Setting => {
                given.next().unwrap_or(ArrayId(0))
            }
            LocalRole::Parameter(initialiser) => {
                let array = lowering.array(&local.name, local.axes.clone(), Role::Parameter);
                lowering.parameter(array, initialiser, false);
                array
            }
            LocalRole::State(initialiser) => {
                let array = lowering.array(&local.name, local.axes.clone(), Role::State);
                lowering.parameter(array, initialiser, true);
                array
            }
            LocalRole::Computed => {
                let mut axes = local.axes.clone();
                // What a scan makes is read before its statement is lowered.
                if batched && equations.is_made_by_scan(number) {
                    axes.insert(0, Extent::Batch);
                }
                lowering.array(&local.name, axes, Role::Computed)
            }
        };
        lowering.arrays.push(array);
    }
    let output = lowering.arrays[equations.output()];
    for statement in &equations.statements {
        lowering.statement(statement, output);
    }
    let arrays = lowering.arrays;
    program.output = output;
    program.layers.push(arrays);
}

struct Lowering<'a> {
    program: &'a mut Program,
    layer: usize,
    /// The program's array for each of the layer's own.
    arrays: Vec<ArrayId>,
    first_index: u32,
    temporaries: usize,
    is_training: bool,
    /// Whether the program runs over a batch.
    batched: bool,
    /// What the statement at hand makes, for each sample.
    target: Option<Access>,
    /// Its indices that are always 0 and stand in no axis of it.
    still: Vec<Index>,
    scan: Option<Scan>,
}

impl Lowering<'_> {
    fn array(&mut self, name: &str, axes: Vec<Extent>, role: Role) -> ArrayId {
        self.program.add_array(Array::new(name, axes, role))
    }

    fn parameter(&mut self, array: ArrayId, initialiser: Initialiser, is_state: bool) {
        let layer = self.layer;
        let parameter = ParameterArray { layer, array, initialiser, is_state, gradient: None };
        self.program.parameters.push(parameter);
    }

    /// A statement whose target has the batch as its first axis if its value depends on the sample,
    /// or if it makes the layer's `output`.
    fn statement(&mut self, statement: &LocalStatement, output: ArrayId) {
        if statement.is_update {
            self.update(statement);
            return;
        }
        let scan = statement.scan.map(|index| self.index(index));
        self.scan = scan.map(|index| Scan { index, is_reverse: false });
        let written = statement.target.renamed(&|index| self.index(index));
        self.still = self.still_indices(&written);
        let mut target = self.access(&statement.target);
        let is_batched = self.program.array(target.array).is_batched();
        let mut each = target.clone();
        if !is_batched {
            each.at.insert(0, BATCH.into());
        }
        self.target = Some(each.clone());
        let is_output = self.batched && target.array == output;
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
            let fill = self.program.filled(target.array, fill, self.layer);
            Program::push_before_scan(&mut self.program.forward, self.scan, fill);
        }
        self.push(target, reduction, value, accumulate);
    }

    /// What a state becomes after a step of training stands where its gradient would.
    fn update(&mut self, statement: &LocalStatement) {
        self.still.clear();
        let target = self.access(&statement.target);
        let is_it = |parameter: &ParameterArray| parameter.array == target.array;
        let Some(at) = self.program.parameters.iter().position(is_it) else { return };
        if !self.is_training {
            return;
        }
        self.target = Some(target.clone());
        let value = self.value(&statement.value);
        let state = self.program.array(target.array);
        let next = Array::new(&state.name, state.axes.clone(), Role::ParameterGradient);
        let array = self.program.add_array(next);
        self.program.parameters[at].gradient = Some(array);
        let (target, layer) = (Access { array, at: target.at }, self.layer);
        let next =
            Statement { target, reduction: None, value, accumulate: false, layer, scan: None };
        self.program.updates.push(next);
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
        let (layer, scan) = (self.layer, self.scan);
        let statement = Statement { target, reduction, value, accumulate, layer, scan };
        self.program.forward.push(statement);
    }

    fn index(&self, local: Index) -> Index {
        let index = Index(self.first_index + local.0);
        if self.program.extent(index) == Extent::Batch { BATCH } else { index }
    }

    /// An access of the layer, in the program's arrays and indices.
    fn access(&self, local: &Access) -> Access {
        let renamed = local.renamed(&|index| self.index(index));
        let array = self.arrays[local.array.0 as usize];
        let mut at = renamed.at;
        for axis in &mut at {
            self.drop_still_indices(axis);
        }
        if self.program.array(array).is_batched() {
            at.insert(0, BATCH.into());
        }
        Access { array, at }
    }

    /// Beside others, an index that is always 0 says nothing: the one of a single group, say. Where
    /// the target has lost it so, it is 0 elsewhere.
    fn drop_still_indices(&self, axis: &mut Affine) {
        if axis.terms.len() > 1 {
            let last = axis.terms.last().copied();
            axis.terms.retain(|&(index, _)| self.program.extent(index) != Extent::Fixed(1));
            axis.terms.extend(last.filter(|_| axis.terms.is_empty()));
        }
        axis.terms.retain(|(index, _)| !self.still.contains(index));
    }

    /// The indices of a target that are always 0 and are not the whole of an axis.
    fn still_indices(&self, target: &Access) -> Vec<Index> {
        let whole: Vec<Index> = target.at.iter().filter_map(Affine::as_index).collect();
        let last = |axis: &Affine| axis.terms.last().map(|&(index, _)| index);
        let composite = target.at.iter().filter(|axis| axis.terms.len() > 1);
        let is_still = |index: &Index| self.program.extent(*index) == Extent::Fixed(1);
        let lost = composite.flat_map(|axis| {
            let all_still = axis.terms.iter().all(|(index, _)| is_still(index));
            let kept = last(axis).filter(|_| all_still);
            axis.terms.iter().map(|&(index, _)| index).filter(move |index| Some(*index) != kept)
        });
        lost.filter(is_still).filter(|index| !whole.contains(index)).collect()
    }

    fn depends_on_sample(&self, value: Id) -> bool {
        let graph = &self.program.graph;
        let depends = |id: Id| match graph.node(id) {
            Node::Element(access) => self.program.array(access.array).is_batched(),
            Node::Random(..) => true,
            _ => false,
        };
        self.batched && graph.reachable(value).into_iter().any(depends)
    }

    fn value(&mut self, value: &Value) -> Id {
        let node = match value {
            Value::Constant(number) => return self.program.graph.constant(*number),
            Value::Element(access) => Node::Element(self.access(access)),
            Value::Position(index) => {
                let index = self.index(*index);
                // Such an index may stand in no axis, so that no loop has it.
                if self.program.extent(index) == Extent::Fixed(1) {
                    return self.program.graph.constant(0.0);
                }
                Node::Position(index)
            }
            Value::Setting(name) if &**name == resolve::BATCH && !self.batched => {
                return self.program.graph.constant(1.0);
            }
            Value::Setting(name) if &**name == resolve::TRAINING => {
                return self.program.graph.constant(f64::from(u8::from(self.is_training)));
            }
            Value::Setting(name) => Node::Setting(name.clone()),
            Value::Random => {
                self.program.streams += 1;
                let target = self.target.clone();
                let target = target.unwrap_or(Access { array: ArrayId(0), at: Vec::new() });
                Node::Random(self.program.streams, target)
            }
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
                let condition = self.value(condition);
                match self.program.graph.decided(condition) {
                    Some(true) => return self.value(then),
                    Some(false) => return self.value(otherwise),
                    None => {}
                }
                let then = self.value(then);
                Node::Select(condition, then, self.value(otherwise))
            }
            Value::Reduce(reduction, bound, body) => {
                return self.reduction(*reduction, bound, body);
            }
        };
        self.program.graph.add(node)
    }

    /// A statement for the reduction; its value is the statement's target.
    fn reduction(&mut self, reduction: Reduction, bound: &[Index], body: &Value) -> Id {
        let body = self.value(body);
        let bound = self.bound(bound);
        if bound.is_empty() {
            return body;
        }
        let mut free: Vec<Index> = Vec::new();
        for node in self.program.graph.reachable(body) {
            let indices: Vec<Index> = match self.program.graph.node(node) {
                Node::Element(access) => access.indices().collect(),
                Node::Position(index) => vec![*index],
                _ => Vec::new(),
            };
            free.extend(indices.into_iter().filter(|index| !bound.contains(index)));
        }
        free.sort_unstable();
        free.dedup();
        let axes = free.iter().map(|&index| self.program.extent(index)).collect();
        let name = format!("t{}", self.temporaries);
        self.temporaries += 1;
        let array = self.array(&name, axes, Role::Computed);
        let target = Access { array, at: free.into_iter().map(Affine::from).collect() };
        self.push(target.clone(), Some((reduction, bound)), body, false);
        self.program.graph.element(target)
    }
}
