//! The equations of one layer: names to arrays and indices, extents inferred.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::size::{Constants, Known};
use super::spelling::suggestion;
use super::{Equations, Initialiser, LocalArray, LocalRole, LocalStatement, Reduction, Value};
use crate::diagnostics::Diagnostics;
use crate::index::{Access, Affine, ArrayId, Extent, Index, IndexInfo};
use crate::library::Library;
use crate::scalar::{Binary, Comparison};
use crate::syntax::{
    self, Assignment, Axis, Declaration, Definition, Expression, ExpressionKind, Kind, Parameter,
    Place, Setting, TargetAxis,
};

/// The equations of a layer or activation whose sizes and settings are known.
///
/// `inputs` are the shapes of the layer's inputs; an activation takes any, and learns its numbers for
/// each of the input's channels if it is asked to.
pub fn layer(
    definition: &Definition,
    known: Constants,
    inputs: &[Vec<usize>],
    per_channel: bool,
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Equations {
    let fixed = |shape: &Vec<usize>| shape.iter().map(|&size| Extent::Fixed(size)).collect();
    let shapes: Vec<Vec<Extent>> = inputs.iter().map(fixed).collect();
    let axes = shapes.first().cloned().unwrap_or_default();
    let mut resolver = Resolver::new(definition, known, library, diagnostics);
    if definition.kind == Kind::Activation {
        resolver.elementwise.clone_from(&axes);
    }
    for (declaration, axes) in definition.inputs.iter().zip(shapes) {
        resolver.array(&declaration.name, axes, LocalRole::Input);
    }
    for parameter in &definition.parameters {
        resolver.parameter(parameter);
    }
    for setting in definition.settings.iter().filter(|setting| !setting.axes.is_empty()) {
        let message = "a setting with an axis is a loss's; here a `param` has axes";
        resolver.diagnostics.report(setting.name.span(), message);
    }
    for setting in definition.settings.iter().filter(|setting| setting.is_learned) {
        let beginning = resolver.known.get(&setting.name.to_string()).map_or(0.0, Known::real);
        let role = LocalRole::Parameter(Initialiser::Constant(beginning));
        let channels = axes.first().copied().filter(|_| per_channel);
        resolver.array(&setting.name, channels.into_iter().collect(), role);
    }
    let equations = resolver.statements(definition);
    report_unread(definition, &equations, diagnostics);
    equations
}

/// The equations of a loss, for one sample of any number of outputs, with the block's constants.
///
/// The last argument is the target. With several others, each is an equal part of the outputs.
pub fn loss(
    definition: &Definition,
    known: Constants,
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Equations {
    let mut resolver = Resolver::new(definition, known, library, diagnostics);
    resolver.is_loss = true;
    let elementwise =
        definition.inputs.iter().all(|input| input.axes.is_empty() && !input.is_class);
    if elementwise {
        resolver.elementwise = vec![Extent::Outputs];
    }
    let count = definition.inputs.len();
    if count < 2 {
        let message = "a loss takes the outputs and a target: `loss name(p, t) = …;`";
        resolver.diagnostics.report(definition.name.span(), message);
    }
    let (outputs, target) = definition.inputs.split_at(count.saturating_sub(1).max(1).min(count));
    for output in outputs {
        resolver.loss_output(output);
    }
    for target in target {
        resolver.loss_target(target);
    }
    for setting in &definition.settings {
        resolver.loss_setting(setting);
    }
    let mut equations = resolver.statements(definition);
    report_outputs_in_samples(definition, &equations, diagnostics);
    if elementwise {
        mean_over_outputs(&mut equations);
    }
    equations
}

/// A statement of a loss with this target says how many samples the one at hand counts for.
pub const SAMPLES: &str = "samples";

/// The mean over the batch is divided by the number of samples, which no output may move.
fn report_outputs_in_samples(
    definition: &Definition,
    equations: &Equations,
    diagnostics: &mut Diagnostics,
) {
    let mut moved: Vec<bool> =
        equations.arrays.iter().map(|array| array.role == LocalRole::Input).collect();
    for statement in &equations.statements {
        let reads =
            |part: &Value| matches!(part, Value::Element(access) if moved[access.array.0 as usize]);
        let target = statement.target.array.0 as usize;
        moved[target] = statement.value.any(&reads);
        if moved[target] && equations.arrays[target].name == SAMPLES {
            let message = "how many samples one counts for depends on its target, not on outputs";
            diagnostics.report(definition.name.span(), message);
        }
    }
}

/// The name that stands for the number of outputs where an equation gives it none.
pub const OUTPUTS: &str = "outputs";

/// The name of what is 1 in training and 0 otherwise.
pub const TRAINING: &str = "training";

/// What the indices are called that an elementwise equation does not name.
const IMPLICIT: [&str; 4] = ["i", "j", "k", "l"];

/// The index of the samples in a reduction, and the name of their number.
pub const BATCH: &str = "batch";

/// An elementwise loss is the mean over the outputs.
fn mean_over_outputs(equations: &mut Equations) {
    let Some(last) = equations.statements.last_mut() else { return };
    let indices = last.target.indices().collect();
    last.target.at.clear();
    equations.arrays[last.target.array.0 as usize].axes.clear();
    let value = std::mem::replace(&mut last.value, Value::Constant(0.0));
    let sum = Box::new(Value::Reduce(Reduction::Sum, indices, Box::new(value)));
    last.value = Value::Binary(Binary::Divide, sum, Box::new(Value::Setting(OUTPUTS.into())));
}

/// A parameter that no equation reads would never learn anything.
fn report_unread(definition: &Definition, equations: &Equations, diagnostics: &mut Diagnostics) {
    let declared = definition.parameters.iter().map(|parameter| &parameter.declaration.name);
    let learned = definition.settings.iter().filter(|one| one.is_learned).map(|one| &one.name);
    for name in declared.chain(learned) {
        let is_it = |array: &LocalArray| *name == array.name;
        let Some(position) = equations.arrays.iter().position(is_it) else { continue };
        let reads = |value: &Value| {
            value.any(&|part| matches!(part, Value::Element(access) if access.array.0 as usize == position))
        };
        if !equations.statements.iter().any(|statement| reads(&statement.value)) {
            diagnostics.report(name.span(), format!("no equation reads the parameter `{name}`"));
        }
    }
}

/// An activation that is being written out, and what its own names stand for.
struct Call {
    activation: String,
    names: BTreeMap<String, Value>,
}

/// The names in scope while a definition's statements are read.
struct Resolver<'a> {
    library: &'a Library,
    diagnostics: &'a mut Diagnostics,
    /// The name of the definition.
    defined: String,
    /// Sizes and settings with their values.
    known: Constants,
    /// Sizes and settings whose values come at run time.
    open: Vec<String>,
    /// The axes that every access of an activation has without being written.
    elementwise: Vec<Extent>,
    /// Where an index is declared with its extent: `i: I`.
    declared: BTreeMap<String, Extent>,
    arrays: Vec<LocalArray>,
    names: BTreeMap<String, ArrayId>,
    indices: Vec<Option<Extent>>,
    index_names: Vec<Ident>,
    /// The indices of the statement at hand.
    scope: BTreeMap<String, Index>,
    implicit: Vec<Index>,
    /// Accesses whose extents are compared when the statement has been read.
    accesses: Vec<(Affine, Extent, Place)>,
    /// Innermost last.
    calls: Vec<Call>,
    /// Indices whose extent is stated: an access may leave a part of its axis out.
    stated: Vec<Index>,
    /// The extents that `index i: I;` states.
    stated_by_name: BTreeMap<String, Extent>,
    /// Parameters that a setting leaves out, and the number in their place.
    absent: BTreeMap<String, f64>,
    /// The index of the scan at hand, by its name.
    scan: Option<(String, Index)>,
    /// The arrays of the scan at hand that it reads before it makes them, at the step before. They
    /// have one element more: the first is what there is before the first step.
    carried: Vec<String>,
    /// How many reductions the expression at hand stands in.
    reducing: usize,
    is_loss: bool,
}

impl<'a> Resolver<'a> {
    fn new(
        definition: &Definition,
        known: Constants,
        library: &'a Library,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let mut resolver = Self {
            library,
            diagnostics,
            defined: definition.name.to_string(),
            known,
            open: Vec::new(),
            elementwise: Vec::new(),
            declared: BTreeMap::new(),
            arrays: Vec::new(),
            names: BTreeMap::new(),
            indices: Vec::new(),
            index_names: Vec::new(),
            scope: BTreeMap::new(),
            implicit: Vec::new(),
            accesses: Vec::new(),
            calls: Vec::new(),
            stated: Vec::new(),
            stated_by_name: BTreeMap::new(),
            absent: BTreeMap::new(),
            scan: None,
            carried: Vec::new(),
            reducing: 0,
            is_loss: false,
        };
        if definition.kind == Kind::Layer {
            let parameters = definition.parameters.iter().map(|parameter| &parameter.declaration);
            for declaration in definition.inputs.iter().chain(parameters) {
                resolver.declare_indices(declaration);
            }
            for axis in &definition.indices {
                resolver.report_reserved(&axis.index);
                if let Some(size) = resolver.known.size(&axis.extent, resolver.diagnostics) {
                    let name = axis.index.to_string();
                    resolver.stated_by_name.insert(name, Extent::Fixed(size));
                }
            }
        }
        resolver
    }

    /// `batch` is the samples, and nothing else.
    fn report_reserved(&mut self, index: &Ident) {
        if index == BATCH {
            let message = "`batch` is the index of the samples, which every array has without \
                           being told; only a reduction names it: `mean(batch: …)`";
            self.diagnostics.report(index.span(), message);
        }
    }

    fn declare_indices(&mut self, declaration: &Declaration) {
        for axis in &declaration.axes {
            self.report_reserved(&axis.index);
            if let Some(size) = self.known.size(&axis.extent, self.diagnostics) {
                self.declared.insert(axis.index.to_string(), Extent::Fixed(size));
            }
        }
    }

    fn array(&mut self, name: &Ident, axes: Vec<Extent>, role: LocalRole) -> ArrayId {
        let id = ArrayId(u32::try_from(self.arrays.len()).unwrap_or(u32::MAX));
        self.arrays.push(LocalArray { name: name.to_string(), axes, role });
        self.names.insert(name.to_string(), id);
        id
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let condition = parameter.condition.as_ref();
        let condition = condition.and_then(|one| self.known.real(one, self.diagnostics));
        if condition == Some(0.0) {
            let otherwise = parameter.otherwise.as_ref();
            let otherwise = otherwise.and_then(|one| self.known.real(one, self.diagnostics));
            let name = parameter.declaration.name.to_string();
            self.absent.insert(name, otherwise.unwrap_or(0.0));
            return;
        }
        let extent = |axis: &Axis| self.known.size(&axis.extent, self.diagnostics);
        let sizes: Vec<Option<usize>> = parameter.declaration.axes.iter().map(extent).collect();
        let axes = sizes.into_iter().flatten().map(Extent::Fixed).collect();
        let argument = parameter.arguments.first();
        let number = argument.and_then(|number| self.known.real(number, self.diagnostics));
        let number = number.unwrap_or(0.0);
        let name = parameter.initialiser.to_string();
        let initialiser = match (name.as_str(), parameter.arguments.len()) {
            ("uniform", 1) => Initialiser::Uniform(number),
            ("normal", 1) => Initialiser::Normal(number),
            ("constant", 1) => Initialiser::Constant(number),
            ("zeros", 0) => Initialiser::Constant(0.0),
            ("ones", 0) => Initialiser::Constant(1.0),
            _ => {
                let message = "a parameter begins as `uniform(bound)`, `normal(deviation)`, \
                               `constant(value)`, `zeros()` or `ones()`";
                self.diagnostics.report(parameter.initialiser.span(), message);
                Initialiser::Constant(0.0)
            }
        };
        let role = if parameter.is_state { LocalRole::State } else { LocalRole::Parameter };
        self.array(&parameter.declaration.name, axes, role(initialiser));
    }

    /// An argument of a loss before the last: the outputs, or a part of them.
    fn loss_output(&mut self, declaration: &Declaration) {
        let is_number = declaration.axes.is_empty() && self.elementwise.is_empty();
        if is_number || declaration.is_class {
            let name = &declaration.name;
            let message = format!("the outputs have an axis here: `{name}[c: C]`");
            self.diagnostics.report(name.span(), message);
        }
        let axes = self.loss_axes(&declaration.name, &declaration.axes);
        self.array(&declaration.name, axes, LocalRole::Input);
    }

    /// The last argument of a loss: a class, a number for each output, or one for the sample.
    fn loss_target(&mut self, declaration: &Declaration) {
        let (role, axes) = if declaration.is_class {
            (LocalRole::Class, Vec::new())
        } else {
            (LocalRole::Target, self.loss_axes(&declaration.name, &declaration.axes))
        };
        self.array(&declaration.name, axes, role);
    }

    fn loss_setting(&mut self, setting: &Setting) {
        if setting.is_learned {
            let message =
                "a loss has no parameters of its own; put the learned number into a layer";
            self.diagnostics.report(setting.name.span(), message);
        }
        let is_elementwise = !self.elementwise.is_empty();
        if is_elementwise && !setting.axes.is_empty() {
            let message =
                "numbers for each output need the outputs' index: `loss name(p[c: C], …)`";
            self.diagnostics.report(setting.name.span(), message);
        }
        if is_elementwise || setting.axes.is_empty() {
            self.open.push(setting.name.to_string());
            return;
        }
        let axes = self.loss_axes(&setting.name, &setting.axes);
        self.array(&setting.name, axes, LocalRole::Setting);
    }

    /// The one axis that an array of a loss may have: that of the outputs.
    fn loss_axes(&mut self, name: &Ident, declared: &[Axis]) -> Vec<Extent> {
        let mut axes = self.elementwise.clone();
        axes.extend(declared.iter().map(|_| Extent::Outputs));
        if axes.len() > 1 {
            let message = "an argument of a loss has one axis, that of the outputs";
            self.diagnostics.report(name.span(), message);
        }
        for axis in declared {
            match &axis.extent.kind {
                ExpressionKind::Name(name) => self.open.push(name.to_string()),
                _ => {
                    let message = "the number of outputs has a name here, such as `C`";
                    self.diagnostics.report(axis.extent.place, message);
                }
            }
        }
        axes
    }

    fn statements(mut self, definition: &Definition) -> Equations {
        if definition.assignments.is_empty() {
            let message = format!("`{}` has no equation: write `y = …;`", definition.name);
            self.diagnostics.report(definition.name.span(), message);
        }
        let mut statements = Vec::new();
        for assignment in &definition.assignments {
            self.enter_scan(assignment, &definition.assignments);
            statements.extend(self.statement(assignment));
        }
        let names = self.index_names.iter();
        let indices = names.zip(&self.indices).map(|(name, extent)| IndexInfo {
            name: name.to_string().into(),
            extent: extent.unwrap_or(Extent::Fixed(1)),
        });
        Equations { indices: indices.collect(), arrays: self.arrays, statements }
    }

    /// Makes the index of a scan where one begins, and the arrays that it carries from step to step.
    fn enter_scan(&mut self, assignment: &Assignment, all: &[Assignment]) {
        let Some(name) = &assignment.scan else {
            self.scan = None;
            return;
        };
        if self.scan.as_ref().is_some_and(|(known, _)| name == known) {
            return;
        }
        let extent = self.declared.get(&name.to_string()).copied();
        let index = self.index(name, extent);
        let Some(Extent::Fixed(steps)) = self.indices[index.0 as usize] else {
            let message = format!("nothing says how far the index `{name}` runs");
            self.diagnostics.report(name.span(), message);
            return;
        };
        self.scan = Some((name.to_string(), index));
        let is_here = |one: &&Assignment| one.scan.as_ref().is_some_and(|scan| scan == name);
        let members: Vec<&Assignment> = all.iter().filter(is_here).collect();
        for member in &members {
            let reads = |other: &&Assignment| reads_before(&other.value, &member.target, name);
            if members.iter().any(reads) && !self.carried.contains(&member.target.to_string()) {
                self.carry(member, steps);
            }
        }
    }

    /// An array that a scan reads at the step before: declared before it is made.
    fn carry(&mut self, member: &Assignment, steps: usize) {
        let extent = |axis: &TargetAxis| match &axis.at.kind {
            ExpressionKind::Name(name) => {
                let name = name.to_string();
                self.declared.get(&name).or(self.stated_by_name.get(&name)).copied()
            }
            _ => None,
        };
        let rest: Option<Vec<Extent>> = member.at.iter().skip(1).map(extent).collect();
        let Some(rest) = rest else {
            let message = "an array that a scan reads before it makes it has plain indices, \
                           whose extents an `index` or a parameter declares";
            self.diagnostics.report(member.target.span(), message);
            return;
        };
        let axes = std::iter::once(Extent::Fixed(steps + 1)).chain(rest).collect();
        self.array(&member.target, axes, LocalRole::Computed);
        self.carried.push(member.target.to_string());
    }

    fn statement(&mut self, assignment: &Assignment) -> Option<LocalStatement> {
        self.scope.clear();
        self.implicit.clear();
        if let Some((name, index)) = &self.scan {
            self.scope.insert(name.clone(), *index);
        }
        for (axis, extent) in self.elementwise.clone().into_iter().enumerate() {
            let name = IMPLICIT[axis.min(IMPLICIT.len() - 1)];
            let name = Ident::new(name, assignment.target.span());
            let index = self.index(&name, Some(extent));
            self.implicit.push(index);
        }
        let at: Vec<Option<(Affine, Option<usize>)>> =
            assignment.at.iter().map(|axis| self.target_axis(axis)).collect();
        let value = self.value(&assignment.value);
        self.infer_from_declarations();
        self.check_accesses();
        let otherwise = assignment.otherwise.as_ref();
        let otherwise = otherwise.and_then(|value| self.known.real(value, self.diagnostics));
        let at = at.into_iter().collect::<Option<Vec<_>>>()?;
        let places = assignment.at.iter().map(|axis| axis.at.place);
        let mut axes: Vec<Extent> =
            at.iter().zip(places).map(|(axis, place)| self.target_extent(axis, place)).collect();
        let mut at: Vec<Affine> = at.into_iter().map(|(axis, _)| axis).collect();
        at.extend(self.implicit.iter().map(|&index| Affine::from(index)));
        axes.extend(self.implicit.iter().map(|&index| self.reach(&index.into())));
        let is_update = assignment.is_update;
        let carried = self.carried.contains(&assignment.target.to_string());
        let carried = self.names.get(&assignment.target.to_string()).filter(|_| carried);
        let array = match carried {
            Some(&array) => {
                at[0] = at[0].plus(&Affine::constant(1), 1)?;
                array
            }
            None if is_update => self.updated(&assignment.target)?,
            None => self.array(&assignment.target, axes, LocalRole::Computed),
        };
        let target = Access { array, at };
        let scan = self.scan.as_ref().map(|(_, index)| *index);
        Some(LocalStatement { target, value: value?, is_update, scan, otherwise })
    }

    /// The state that an update is of.
    fn updated(&mut self, name: &Ident) -> Option<ArrayId> {
        let known = self.names.get(&name.to_string()).copied();
        let is_state =
            |id: &ArrayId| matches!(self.arrays[id.0 as usize].role, LocalRole::State(_));
        let state = known.filter(is_state);
        if state.is_none() {
            let message = format!("`{name}` is no state: declare `state {name}[…] ~ zeros();`");
            self.diagnostics.report(name.span(), message);
        }
        state
    }

    /// How long an axis of a target is: as far as it reaches, or as stated.
    fn target_extent(&mut self, axis: &(Affine, Option<usize>), place: Place) -> Extent {
        let (axis, stated) = axis;
        let (lowest, highest) = self.range(axis);
        if lowest < 0 {
            self.diagnostics.report(place, format!("this reaches {lowest}: axes begin at 0"));
        }
        match *stated {
            None => self.reach(axis),
            Some(size) => {
                if usize::try_from(highest).is_ok_and(|highest| highest >= size) {
                    let message =
                        format!("this reaches {highest}, but the axis ends before {size}");
                    self.diagnostics.report(place, message);
                }
                Extent::Fixed(size)
            }
        }
    }

    /// A new index of the statement at hand.
    fn index(&mut self, name: &Ident, extent: Option<Extent>) -> Index {
        let index = Index(u32::try_from(self.indices.len()).unwrap_or(u32::MAX));
        let stated = self.stated_by_name.get(&name.to_string()).copied();
        if stated.is_some() {
            self.stated.push(index);
        }
        self.indices.push(extent.or(stated));
        self.index_names.push(name.clone());
        index
    }

    /// An axis of the target: an index, which is thereby declared, or affine in such indices; and
    /// how long it is stated to be, if that is not the index's own extent.
    fn target_axis(&mut self, axis: &TargetAxis) -> Option<(Affine, Option<usize>)> {
        let extent = axis.extent.as_ref();
        let extent = extent.and_then(|extent| self.known.size(extent, self.diagnostics));
        for name in names_in(&axis.at) {
            let is_size = self.known.get(&name.to_string()).is_some();
            if !is_size && !self.scope.contains_key(&name.to_string()) {
                self.report_reserved(&name);
                let index = self.index(&name, None);
                self.scope.insert(name.to_string(), index);
            }
        }
        let affine = self.affine(&axis.at)?;
        let is_name = matches!(axis.at.kind, ExpressionKind::Name(_));
        match (extent, affine.as_index().filter(|_| is_name)) {
            (Some(size), Some(Index(index))) => {
                self.indices[index as usize] = Some(Extent::Fixed(size));
                self.stated.push(Index(index));
                Some((affine, None))
            }
            (extent, _) => Some((affine, extent)),
        }
    }

    /// Every access stays within its array.
    fn check_accesses(&mut self) {
        for (axis, extent, place) in std::mem::take(&mut self.accesses) {
            let Extent::Fixed(size) = extent else {
                if axis.as_index().is_none() {
                    let message = "an argument of a loss is accessed by an index alone";
                    self.diagnostics.report(place, message);
                }
                continue;
            };
            let (lowest, highest) = self.range(&axis);
            let last = i64::try_from(size).unwrap_or(i64::MAX) - 1;
            if lowest < 0 || highest > last {
                let message = format!(
                    "this reaches from {lowest} to {highest}, but the axis from 0 to {last}"
                );
                self.diagnostics.report(place, message);
            }
        }
    }

    /// The least and the greatest value of an index expression.
    fn range(&self, axis: &Affine) -> (i64, i64) {
        axis.terms.iter().fold((axis.constant, axis.constant), |(low, high), &(index, factor)| {
            let extent = self.indices[index.0 as usize].unwrap_or(Extent::Fixed(1));
            let last = i64::try_from(extent.per_sample() - 1).unwrap_or(i64::MAX);
            let reach = last.saturating_mul(factor);
            (low.saturating_add(reach.min(0)), high.saturating_add(reach.max(0)))
        })
    }

    /// Indices that no plain access gives an extent take the one of their declaration.
    fn infer_from_declarations(&mut self) {
        for (name, &Index(index)) in &self.scope {
            let slot = &mut self.indices[index as usize];
            *slot = slot.or_else(|| self.declared.get(name).copied());
            if slot.is_none() {
                let name = &self.index_names[index as usize];
                let message = format!("nothing says how far the index `{name}` runs");
                self.diagnostics.report(name.span(), message);
            }
        }
    }

    /// The extent of an axis that is accessed at every value of an affine expression.
    fn reach(&self, axis: &Affine) -> Extent {
        let extent = |index: Index| self.indices[index.0 as usize].unwrap_or(Extent::Fixed(1));
        if let Some(index) = axis.as_index() {
            return extent(index);
        }
        let (_, last) = self.range(axis);
        Extent::Fixed(usize::try_from(last.saturating_add(1)).unwrap_or(1))
    }

    fn affine(&mut self, axis: &Expression) -> Option<Affine> {
        if !names_in(axis).iter().any(|name| self.scope.contains_key(&name.to_string())) {
            return self.constant_axis(axis);
        }
        let result = match &axis.kind {
            ExpressionKind::Name(name) => {
                self.scope.get(&name.to_string()).map(|&index| index.into())
            }
            ExpressionKind::Negate(operand) => {
                let operand = self.affine(operand)?;
                Affine::constant(0).plus(&operand, -1)
            }
            ExpressionKind::Binary(operation, left, right) => {
                let (left, right) = (self.affine(left)?, self.affine(right)?);
                affine_operation(*operation, &left, &right)
            }
            _ => None,
        };
        if result.is_none() {
            let message = "an index expression is a sum of indices times integers";
            self.diagnostics.report(axis.place, message);
        }
        result
    }

    /// An index expression without indices: an integer.
    fn constant_axis(&mut self, axis: &Expression) -> Option<Affine> {
        let is_unknown = |name: &Ident| self.known.get(&name.to_string()).is_none();
        if let Some(name) = names_in(axis).into_iter().find(is_unknown) {
            let message = format!(
                "`{name}` is no index here: a reduction runs over it, `sum({name}: …)`, \
                 or the target has it, `y[{name}] = …`"
            );
            self.diagnostics.report(name.span(), message);
            return None;
        }
        match self.known.evaluate(axis, self.diagnostics)? {
            Known::Integer(value) => Some(Affine::constant(value)),
            Known::Real(value) => {
                self.diagnostics.report(axis.place, format!("an index is an integer, not {value}"));
                None
            }
        }
    }

    fn value(&mut self, expression: &Expression) -> Option<Value> {
        let place = expression.place;
        match &expression.kind {
            ExpressionKind::Integer(value) => Some(Value::Constant(*value as f64)),
            ExpressionKind::Float(value) => Some(Value::Constant(*value)),
            ExpressionKind::Tuple(_) => {
                self.diagnostics.report(place, "several numbers are no value of an equation");
                None
            }
            ExpressionKind::Name(name) => self.name(name),
            ExpressionKind::Element { array, at } => self.element(array, at, place),
            ExpressionKind::Call { function, arguments } => self.call(function, arguments, place),
            ExpressionKind::Reduce { operation, indices, body } => {
                self.reduce(*operation, indices, body)
            }
            ExpressionKind::Negate(operand) => Some(Value::Negate(self.boxed(operand)?)),
            ExpressionKind::Binary(operation, left, right) => {
                let (value, divisor) = (self.boxed(left), self.boxed(right));
                if *operation == Binary::Divide
                    && matches!(divisor.as_deref(), Some(Value::Constant(0.0)))
                {
                    self.diagnostics.report(right.place, "this divides by zero");
                }
                Some(Value::Binary(*operation, value?, divisor?))
            }
            ExpressionKind::Compare(..) => {
                let message = "a comparison is no number; write `if … { … } else { … }`";
                self.diagnostics.report(place, message);
                None
            }
            ExpressionKind::If { condition, then, otherwise } => {
                let condition = self.condition(condition);
                let (then, otherwise) = (self.boxed(then), self.boxed(otherwise));
                Some(Value::Select(Box::new(condition?), then?, otherwise?))
            }
        }
    }

    fn boxed(&mut self, expression: &Expression) -> Option<Box<Value>> {
        self.value(expression).map(Box::new)
    }

    fn condition(&mut self, condition: &Expression) -> Option<Value> {
        if matches!(&condition.kind, ExpressionKind::Name(name) if name == TRAINING) {
            let (training, zero) = (Value::Setting(TRAINING.into()), Value::Constant(0.0));
            return Some(Value::Compare(Comparison::NotEqual, Box::new(training), Box::new(zero)));
        }
        let ExpressionKind::Compare(comparison, left, right) = &condition.kind else {
            self.diagnostics.report(condition.place, "expected a comparison, such as `x > 0`");
            return None;
        };
        let (left, right) = (self.boxed(left), self.boxed(right));
        Some(Value::Compare(*comparison, left?, right?))
    }

    fn name(&mut self, name: &Ident) -> Option<Value> {
        let text = name.to_string();
        // The names of a called activation come before those of whoever calls it.
        if let Some(value) = self.calls.last().and_then(|call| call.names.get(&text)) {
            return Some(value.clone());
        }
        if let Some(&index) = self.scope.get(&text) {
            return Some(Value::Position(index));
        }
        if self.names.contains_key(&text) || self.absent.contains_key(&text) {
            return self.element(name, &[], name.span().into());
        }
        let is_open = self.open.contains(&text) || (text == BATCH && !self.is_loss);
        if is_open {
            return Some(Value::Setting(text.into()));
        }
        if let Some(known) = self.known.get(&text) {
            return Some(Value::Constant(known.real()));
        }
        if text == "pi" {
            return Some(Value::Constant(std::f64::consts::PI));
        }
        if text == "infinity" {
            return Some(Value::Constant(f64::INFINITY));
        }
        let arrays = self.names.keys().chain(&self.open).cloned();
        let known: Vec<String> = arrays.chain(self.known.names()).collect();
        let message = format!("nothing is called `{name}` here{}", suggestion(&text, &known));
        self.diagnostics.report(name.span(), message);
        None
    }

    fn element(&mut self, array: &Ident, at: &[Expression], place: Place) -> Option<Value> {
        if let Some(&otherwise) = self.absent.get(&array.to_string()) {
            return Some(Value::Constant(otherwise));
        }
        if let Some(known) = self.known.get(&component(array, at)) {
            return Some(Value::Constant(known.real()));
        }
        let Some(&id) = self.names.get(&array.to_string()) else {
            let known: Vec<String> = self.names.keys().cloned().collect();
            let hint = suggestion(&array.to_string(), &known);
            self.diagnostics.report(array.span(), format!("no array is called `{array}`{hint}"));
            return None;
        };
        let axes = self.arrays[id.0 as usize].axes.clone();
        let mut at = at.iter().map(|axis| self.affine(axis)).collect::<Option<Vec<Affine>>>()?;
        let role = &self.arrays[id.0 as usize].role;
        let implicit = match role {
            // A number learned for each channel has the first of the indices, another none.
            LocalRole::Parameter(_) | LocalRole::State(_) => axes.len().saturating_sub(at.len()),
            LocalRole::Class | LocalRole::Setting => 0,
            LocalRole::Input | LocalRole::Target | LocalRole::Computed => self.implicit.len(),
        };
        at.extend(self.implicit.iter().take(implicit).map(|&index| Affine::from(index)));
        if at.len() != axes.len() {
            let (expected, found) = (axes.len(), at.len());
            let message = format!("`{array}` has {expected} axes, but {found} are given");
            self.diagnostics.report(place, message);
            return None;
        }
        let is_carried = self.carried.contains(&array.to_string());
        for (number, (axis, &extent)) in at.iter_mut().zip(&axes).enumerate() {
            if is_carried && number == 0 {
                // The first element is what there is before the first step.
                *axis = axis.plus(&Affine::constant(1), 1)?;
            } else {
                self.unify(axis, extent, place);
            }
            self.accesses.push((axis.clone(), extent, place));
        }
        Some(Value::Element(Access { array: id, at }))
    }

    /// An index that stands alone on an axis runs over that axis.
    fn unify(&mut self, axis: &Affine, extent: Extent, place: Place) {
        let Some(Index(index)) = axis.as_index() else {
            return;
        };
        if self.stated.contains(&Index(index)) {
            return;
        }
        match self.indices[index as usize] {
            None => self.indices[index as usize] = Some(extent),
            Some(before) if before == extent => {}
            Some(before) => {
                let name = &self.index_names[index as usize];
                let (before, extent) = (before.per_sample(), extent.per_sample());
                let message = format!("the index `{name}` runs over {before} and over {extent}");
                self.diagnostics.report(place, message);
            }
        }
    }

    fn call(&mut self, function: &Ident, arguments: &[Expression], place: Place) -> Option<Value> {
        let name = function.to_string();
        let values: Vec<Option<Value>> = arguments.iter().map(|one| self.value(one)).collect();
        let mut values =
            values.into_iter().collect::<Option<Vec<Value>>>()?.into_iter().map(Box::new);
        let result = match (name.as_str(), values.next(), values.next(), values.next()) {
            ("max", Some(a), Some(b), None) => Some(Value::Binary(Binary::Maximum, a, b)),
            ("min", Some(a), Some(b), None) => Some(Value::Binary(Binary::Minimum, a, b)),
            ("random", None, None, None) if self.reducing > 0 || self.is_loss => {
                let message = "a random number is drawn for each element of a layer's array: \
                               in a statement of its own, outside reductions";
                self.diagnostics.report(place, message);
                return None;
            }
            ("random", None, None, None) => Some(Value::Random),
            ("stop", Some(a), None, None) => Some(Value::Stop(a)),
            (_, Some(a), None, None) if self.library.has_function(&name) => {
                Some(Value::Apply(name.as_str().into(), a))
            }
            (_, Some(a), None, None) => return self.call_activation(function, *a),
            ("clamp", Some(x), Some(low), Some(high)) => {
                let raised = Box::new(Value::Binary(Binary::Maximum, x, low));
                Some(Value::Binary(Binary::Minimum, raised, high))
            }
            _ => None,
        };
        if result.is_none() {
            let message = format!("no function `{name}` takes {} arguments", arguments.len());
            self.diagnostics.report(place, message);
        }
        result
    }

    /// The equation of an activation with its default settings, the argument written in.
    fn call_activation(&mut self, function: &Ident, argument: Value) -> Option<Value> {
        let name = function.to_string();
        let library = self.library;
        let overloads = library.overloads(&name);
        let activation = overloads.into_iter().find(|found| found.kind == Kind::Activation);
        let Some(activation) = activation else {
            let message = format!("no function is called `{name}`{}", self.functions_like(&name));
            self.diagnostics.report(function.span(), message);
            return None;
        };
        if name == self.defined || self.calls.iter().any(|call| call.activation == name) {
            self.diagnostics.report(function.span(), format!("`{name}` is defined by itself"));
            return None;
        }
        if let Some(learned) = activation.settings.iter().find(|setting| setting.is_learned) {
            let message =
                format!("`{name}` learns `{}`: it is a layer, not a function", learned.name);
            self.diagnostics.report(function.span(), message);
            return None;
        }
        let (input, body) = (activation.inputs.first()?, activation.assignments.last()?);
        let mut names = BTreeMap::from([(input.name.to_string(), argument)]);
        for setting in &activation.settings {
            let value = self.known.real(&setting.default, self.diagnostics)?;
            names.insert(setting.name.to_string(), Value::Constant(value));
        }
        self.calls.push(Call { activation: name, names });
        let value = self.value(&body.value);
        self.calls.pop();
        value
    }

    fn functions_like(&self, name: &str) -> String {
        let functions = self.library.functions.iter().map(|function| function.name.to_string());
        suggestion(name, &functions.collect::<Vec<String>>())
    }

    /// An index of a reduction: its accesses say how far it runs, but `batch` is the samples.
    fn bound_index(&mut self, name: &Ident) -> Index {
        if name != BATCH {
            return self.index(name, None);
        }
        if self.is_loss {
            let message = "a loss is that of one sample; its mean over the batch is taken anyway";
            self.diagnostics.report(name.span(), message);
        }
        self.index(name, Some(Extent::Batch))
    }

    fn reduce(
        &mut self,
        operation: syntax::Reduction,
        bound: &[Ident],
        body: &Expression,
    ) -> Option<Value> {
        let reduction = match operation {
            syntax::Reduction::Sum | syntax::Reduction::Mean => Reduction::Sum,
            syntax::Reduction::Product => Reduction::Product,
            syntax::Reduction::Max => Reduction::Max,
            syntax::Reduction::Min => Reduction::Min,
        };
        let mut indices = Vec::new();
        for name in bound {
            let index = self.bound_index(name);
            self.scope.insert(name.to_string(), index);
            indices.push(index);
        }
        let place = body.place;
        self.reducing += 1;
        let body = self.boxed(body);
        self.reducing -= 1;
        self.infer_from_declarations();
        for name in bound {
            self.scope.remove(&name.to_string());
        }
        if self.is_loss && !self.scope.is_empty() {
            self.diagnostics
                .report(place, "in a loss, a reduction is over all the indices there are");
        }
        let mean = (operation == syntax::Reduction::Mean).then(|| self.count(&indices));
        let reduced = Value::Reduce(reduction, indices, body?);
        Some(match mean {
            Some(count) => Value::Binary(Binary::Divide, Box::new(reduced), Box::new(count)),
            None => reduced,
        })
    }

    /// How many values the indices take together.
    fn count(&self, indices: &[Index]) -> Value {
        let extents = indices.iter().filter_map(|index| self.indices[index.0 as usize]);
        let fixed: usize = extents.clone().map(Extent::per_sample).product();
        let fixed = Value::Constant(fixed as f64);
        let open = extents.filter_map(|extent| match extent {
            Extent::Fixed(_) => None,
            Extent::Batch => Some(Value::Setting(BATCH.into())),
            Extent::Outputs => Some(Value::Setting(OUTPUTS.into())),
        });
        open.fold(fixed, |count, size| {
            Value::Binary(Binary::Multiply, Box::new(count), Box::new(size))
        })
    }
}

/// Whether an expression reads an array at another step than the one at hand.
fn reads_before(expression: &Expression, array: &Ident, step: &Ident) -> bool {
    let any = |all: &[&Expression]| all.iter().any(|one| reads_before(one, array, step));
    match &expression.kind {
        ExpressionKind::Element { array: read, at } => {
            let is_here = |first: &Expression| matches!(&first.kind, ExpressionKind::Name(name) if name == step);
            read == array && !at.first().is_some_and(is_here)
        }
        ExpressionKind::Integer(_) | ExpressionKind::Float(_) | ExpressionKind::Name(_) => false,
        ExpressionKind::Tuple(all) | ExpressionKind::Call { arguments: all, .. } => {
            any(&all.iter().collect::<Vec<_>>())
        }
        ExpressionKind::Reduce { body, .. } | ExpressionKind::Negate(body) => any(&[body]),
        ExpressionKind::Binary(_, left, right) | ExpressionKind::Compare(_, left, right) => {
            any(&[left, right])
        }
        ExpressionKind::If { condition, then, otherwise } => any(&[condition, then, otherwise]),
    }
}

/// `stride[0]`: the name of a size along one of several axes.
fn component(name: &Ident, at: &[Expression]) -> String {
    match at {
        [one] => format!("{name}[{one}]"),
        _ => String::new(),
    }
}

fn affine_operation(operation: Binary, left: &Affine, right: &Affine) -> Option<Affine> {
    match operation {
        Binary::Add => left.plus(right, 1),
        Binary::Subtract => left.plus(right, -1),
        Binary::Multiply if right.terms.is_empty() => {
            Affine::constant(0).plus(left, right.constant)
        }
        Binary::Multiply if left.terms.is_empty() => Affine::constant(0).plus(right, left.constant),
        _ => None,
    }
}

/// Every name in an index expression.
fn names_in(expression: &Expression) -> Vec<Ident> {
    match &expression.kind {
        ExpressionKind::Name(name) => vec![name.clone()],
        ExpressionKind::Negate(operand) => names_in(operand),
        ExpressionKind::Binary(_, left, right) => {
            let mut names = names_in(left);
            names.extend(names_in(right));
            names
        }
        _ => Vec::new(),
    }
}
