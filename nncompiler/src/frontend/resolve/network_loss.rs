//! A loss on the named outputs of one network: its shapes are those of the network, and its statements those
//! of a body.

use super::body_arrays::{ArrayKind, Arrays, GivenInput};
use super::constants::{Constants, integer};
use super::definition;
use super::flatten::Body;
use super::loss::{OUTPUTS_IN_SAMPLES, loss_type};
use super::signature::shape;
use super::walk::Walk;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{
    Layer, LossTarget, Network, NetworkInput, NetworkLoss, NetworkOutput, Numbers, SAMPLES, Source,
    TargetKind,
};
use crate::frontend::syntax::{
    BodyStatement, Declaration, Definition, Expression, ExpressionKind, NetworkContent, NetworkTree,
};

/// Whether a loss fits every network with one output: it compares one row of outputs, or equal parts of it,
/// with a target of the same length, a class or a number.
pub fn is_of_any_network(
    definition: &Definition,
    constants: &Constants,
    definitions: &Definitions,
) -> bool {
    let given = || definition.inputs.iter().chain(&definition.targets);
    let mut sizes = given().flat_map(|one| &one.axes).map(|axis| axis.extent.to_string());
    let first = sizes.next();
    let mut ranks = definition.inputs.iter().map(|one| one.axes.len());
    let rank = ranks.next();
    definition.targets.len() == 1
        && ranks.all(|other| Some(other) == rank)
        && definition.indices.is_empty()
        && given().all(|one| one.axes.len() <= 1)
        && sizes.all(|size| Some(size) == first)
        && !definition
            .assignments
            .iter()
            .any(|one| applies(&one.value, definitions) || reads_at_places(&one.value, constants))
        && definition.assignments.iter().all(|one| one.value.sample_index().is_none())
}

/// Whether outputs and targets are written without axes, apart from classes.
fn reads_real_numbers_without_axes(definition: &Definition) -> bool {
    let mut given = definition.inputs.iter().chain(&definition.targets);
    given.all(|one| one.is_class() || one.axes.is_empty())
}

/// Whether an element is read at anything else than an index.
fn reads_at_places(value: &Expression, constants: &Constants) -> bool {
    let is_place = |at: &Expression| {
        at.as_name().is_none_or(|name| constants.get(&name.to_string()).is_some())
    };
    matches!(&value.kind, ExpressionKind::Element { at, .. } if at.iter().any(is_place))
        || value.children().into_iter().any(|child| reads_at_places(child, constants))
}

/// Whether layers, or losses of arrays, are applied in an expression.
pub fn applies(value: &Expression, definitions: &Definitions) -> bool {
    let is_own = match &value.kind {
        ExpressionKind::Apply { .. } | ExpressionKind::ElementOf { .. } => true,
        ExpressionKind::Call { function, .. } => {
            definitions.has_loss_of_arrays(&function.to_string())
        }
        _ => false,
    };
    is_own || value.children().into_iter().any(|child| applies(child, definitions))
}

/// The outputs of a network that a loss is of, by their names; nothing if it is of others. The one output of
/// a chain has no name of its own.
fn outputs_of<'n>(
    definition: &Definition,
    network: &'n Network,
    tree: &NetworkTree,
) -> Option<Vec<&'n NetworkOutput>> {
    let is_chain = matches!(tree.content, NetworkContent::Chain(_));
    let of = |input: &Declaration| {
        let named = network.outputs.iter().find(|output| output.name == input.name);
        let only = network.outputs.first().filter(|_| is_chain && definition.inputs.len() == 1);
        let output = named.or(only)?;
        let numbers: usize = output.shape.iter().product();
        let fits = match input.axes.len() {
            0 => numbers == 1,
            count => count == output.shape.len(),
        };
        (fits || !is_chain).then_some(output)
    };
    let outputs = definition.inputs.iter().map(of).collect::<Option<Vec<_>>>()?;
    (!outputs.is_empty()).then_some(outputs)
}

/// A loss for each network of the block that it is of; an error if it is of none, and no loss for any
/// network, unless there is something wrong with a network that it may be of.
pub fn network_losses(
    definition: &Definition,
    networks: &[(&Network, &NetworkTree)],
    are_all_known: bool,
    constants: &Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> Vec<NetworkLoss> {
    let is_of_any = is_of_any_network(definition, constants, definitions);
    let is_elementwise = is_of_any && reads_real_numbers_without_axes(definition);
    let fitting: Vec<(&Network, Vec<&NetworkOutput>)> = networks
        .iter()
        .filter(|(network, _)| !is_of_any || !network.has_single_output())
        .filter_map(|&(network, tree)| Some((network, outputs_of(definition, network, tree)?)))
        .collect();
    if !is_of_any {
        if !definition::check(definition, constants, definitions, diagnostics) {
            return Vec::new();
        }
        let is_of_none = fitting.is_empty() && are_all_known;
        if is_of_none && !is_for_other_blocks(definition, networks.len()) {
            let message = format!(
                "no network of this block has {}: a loss without a target, or of several outputs, \
                 targets or axes, is one of the networks beside it",
                described(&definition.inputs)
            );
            diagnostics.report(definition.name.span(), message);
        }
    }
    let losses = fitting.into_iter().filter_map(|(network, outputs)| {
        let given = Given { definition, network, outputs, is_elementwise };
        given.resolved(constants, definitions, diagnostics)
    });
    losses.collect()
}

/// Whether a loss that is of no network here may be one of those that other blocks have.
pub fn is_for_other_blocks(definition: &Definition, networks: usize) -> bool {
    networks == 0 && !matches!(definition.written.visibility, syn::Visibility::Inherited)
}

/// `the outputs `policy` with 1 axis, `value``
fn described(outputs: &[Declaration]) -> String {
    let described = |output: &Declaration| match output.axes.len() {
        0 => format!("`{}`", output.name),
        1 => format!("`{}` with 1 axis", output.name),
        count => format!("`{}` with {count} axes", output.name),
    };
    let all: Vec<String> = outputs.iter().map(described).collect();
    let what = if all.len() == 1 { "an output" } else { "the outputs" };
    format!("{what} {}", all.join(", "))
}

/// A loss, and the outputs that it is of.
struct Given<'a> {
    definition: &'a Definition,
    network: &'a Network,
    outputs: Vec<&'a NetworkOutput>,
    /// Whether it is the mean over the outputs, of which each has a target without being written.
    is_elementwise: bool,
}

impl Given<'_> {
    fn resolved(
        &self,
        constants: &Constants,
        definitions: &Definitions,
        diagnostics: &mut Diagnostics,
    ) -> Option<NetworkLoss> {
        let before = diagnostics.len();
        let Self { definition, network, .. } = *self;
        let of = loss_type(definition, constants, diagnostics)?;
        let mut constants = constants.clone();
        let given = self.inputs(&mut constants, diagnostics)?;
        let body = self.body(given, &constants, definitions, diagnostics);
        // Of a loss of any network it is said once, and not for each of them.
        let has_axes = definition.assignments.last().is_some_and(|last| !last.at.is_empty());
        if !(has_axes && is_of_any_network(definition, &constants, definitions)) {
            self.check_outputs(&body, diagnostics);
        }
        if diagnostics.len() > before || !body.complete {
            return None;
        }
        let given = body.inputs.iter().skip(definition.inputs.len());
        let targets = definition.targets.iter().zip(given).map(|(target, given)| {
            let kind = match given.numbers {
                Numbers::Class(choices) => TargetKind::Class(choices),
                Numbers::Real | Numbers::Index(_) => TargetKind::Real,
            };
            LossTarget { name: target.name.clone(), width: given.shape.iter().product(), kind }
        });
        let targets = targets.collect();
        let outputs = network.outputs.iter().map(|output| {
            let position = self.outputs.iter().position(|one| one.name == output.name);
            (output.shape.iter().product(), position)
        });
        let outputs = outputs.collect();
        Some(NetworkLoss { of, network: network.name.clone(), outputs, targets, body })
    }

    /// The body of the loss as a network, whose inputs are given.
    fn body(
        &self,
        given: Vec<GivenInput>,
        constants: &Constants,
        definitions: &Definitions,
        diagnostics: &mut Diagnostics,
    ) -> Network {
        let definition = self.definition;
        let statements = self.statements();
        let tree = NetworkTree {
            attributes: Vec::new(),
            visibility: definition.written.visibility.clone(),
            name: definition.name.clone(),
            content: NetworkContent::Body(Vec::new()),
            whole: true,
        };
        let names = given.iter().map(|one| one.name.to_string()).collect();
        let body = Body::new(&statements, names, definitions, diagnostics);
        let mut walk = Walk::new(&tree, constants, definitions, diagnostics);
        let mut arrays = Arrays::default();
        let inputs = walk.statements(&body, &mut arrays, given);
        let outputs = walk.outputs(&statements, &mut arrays);
        walk.report_unread(&arrays);
        walk.report_unused_indices(&statements);
        for output in outputs.iter().filter(|output| output.name == SAMPLES) {
            let of_loss = (0..definition.inputs.len()).map(Source::Input);
            if of_loss.into_iter().any(|one| walk.depends(output.source, one)) {
                walk.diagnostics.report(output.name.span(), OUTPUTS_IN_SAMPLES);
            }
        }
        let (numbers, layers, complete) = (walk.numbers, walk.layers, walk.complete);
        report_parameters(&layers, diagnostics);
        let known = inputs.into_iter().zip(&numbers);
        let inputs = known.map(|(input, &numbers)| NetworkInput { numbers, ..input }).collect();
        Network {
            attributes: Vec::new(),
            visibility: definition.written.visibility.clone(),
            name: definition.name.clone(),
            inputs,
            layers,
            outputs,
            differentiated_inputs: Vec::new(),
            whole: true,
            parts: Vec::new(),
            is_part: false,
            complete,
        }
    }

    /// A loss is one number, unless it is the mean over several.
    fn check_outputs(&self, body: &Network, diagnostics: &mut Diagnostics) {
        let is_many = |output: &&NetworkOutput| output.shape.iter().product::<usize>() > 1;
        for output in body.outputs.iter().filter(|_| !self.is_elementwise).filter(is_many) {
            let message = format!(
                "a loss is one number for each sample, but `{}` is {}: write a reduction, such as \
                 `mean(c: …)`",
                output.name,
                shape(&output.shape)
            );
            diagnostics.report(output.name.span(), message);
        }
    }

    /// The inputs of the loss's body: outputs, targets and settings. The names of the outputs' sizes become
    /// constants.
    fn inputs(
        &self,
        constants: &mut Constants,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<GivenInput>> {
        let definition = self.definition;
        let mut inputs = Vec::new();
        for (declared, output) in definition.inputs.iter().zip(&self.outputs) {
            self.bind_sizes(declared, output, constants, diagnostics)?;
            inputs.push(GivenInput {
                name: declared.name.clone(),
                kind: ArrayKind::Output,
                shape: output.shape.clone(),
                axes: declared.axes.clone(),
                is_of_samples: true,
            });
        }
        for target in &definition.targets {
            let sizes = target.axes.iter().map(|axis| constants.size(&axis.extent, diagnostics));
            let mut shape = sizes.collect::<Option<Vec<usize>>>()?;
            if self.is_elementwise && !target.is_class() {
                shape.clone_from(&self.outputs[0].shape);
            }
            let kind = if target.is_class() { ArrayKind::Class } else { ArrayKind::Target };
            let (name, axes) = (target.name.clone(), target.axes.clone());
            inputs.push(GivenInput { name, kind, shape, axes, is_of_samples: true });
        }
        for setting in &definition.settings {
            let sizes = setting.axes.iter().map(|axis| constants.size(&axis.extent, diagnostics));
            let shape = sizes.collect::<Option<Vec<usize>>>()?;
            let (name, kind, axes) =
                (setting.name.clone(), ArrayKind::Setting, setting.axes.clone());
            inputs.push(GivenInput { name, kind, shape, axes, is_of_samples: false });
        }
        Some(inputs)
    }

    /// `A` of `policy[a: A]` is as long as the output is.
    fn bind_sizes(
        &self,
        declared: &Declaration,
        output: &NetworkOutput,
        constants: &mut Constants,
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        if declared.axes.is_empty() {
            return Some(());
        }
        if declared.axes.len() != output.shape.len() {
            let message = format!(
                "`{}` of `{}` is {}, but {} axes are given here",
                output.name,
                self.network.name,
                shape(&output.shape),
                declared.axes.len()
            );
            diagnostics.report(declared.name.span(), message);
            return None;
        }
        for (axis, &size) in declared.axes.iter().zip(&output.shape) {
            if let Some(name) = axis.extent.as_name()
                && constants.get(&name.to_string()).is_none()
            {
                constants.insert(name.to_string(), integer(size));
            }
            let stated = constants.size(&axis.extent, diagnostics)?;
            if stated != size {
                let message = format!(
                    "`{}` is {stated}, but this axis of `{}` of `{}` has {size}",
                    axis.extent, output.name, self.network.name
                );
                diagnostics.report(axis.extent.location, message);
                return None;
            }
        }
        Some(())
    }

    /// The statements as those of a body, of which the last makes the loss.
    fn statements(&self) -> Vec<BodyStatement> {
        let Definition { indices, assignments, .. } = self.definition;
        let indices = indices.iter().cloned().map(BodyStatement::Index);
        let last = assignments.len().saturating_sub(1);
        let numbered = assignments.iter().enumerate();
        let assignments = numbered.map(|(at, assignment)| BodyStatement::Assignment {
            label: None,
            is_output: at == last,
            assignment: assignment.clone(),
        });
        let samples = self.definition.assignments.iter().find(|one| one.target == SAMPLES);
        let samples = samples.map(|one| BodyStatement::Output(one.target.clone()));
        indices.chain(assignments).chain(samples).collect()
    }
}

/// A loss holds no numbers of its own.
fn report_parameters(layers: &[Layer], diagnostics: &mut Diagnostics) {
    let holds = |layer: &&Layer| layer.equations.arrays.iter().any(|one| one.role.is_kept());
    if let Some(layer) = layers.iter().find(holds) {
        let message = format!("`{}` has parameters: a loss holds no numbers", layer.title);
        diagnostics.report(layer.field.span(), message);
    }
}
