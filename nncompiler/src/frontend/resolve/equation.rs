//! The equations of one layer: names to arrays and indices, extents inferred.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::size::{Constants, Known};
use super::value::Call;
use super::{Equations, LocalArray, LocalRole, LocalStatement, Value};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::syntax::{Assignment, Axis, Declaration, Definition, Kind, Parameter, Place};
use crate::ir::index::{Access, Affine, ArrayId, BATCH_SIZE, Extent, Index, IndexInfo};
use crate::ir::initialiser::Initialiser;

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
    report_updates_by_sample(definition, &equations, diagnostics);
    equations
}

/// What the indices are called that an elementwise equation does not name.
const IMPLICIT: [&str; 4] = ["i", "j", "k", "l"];

/// What a state becomes is one for the whole batch.
fn report_updates_by_sample(
    definition: &Definition,
    equations: &Equations,
    diagnostics: &mut Diagnostics,
) {
    let mut by_sample: Vec<bool> =
        equations.arrays.iter().map(|array| array.role == LocalRole::Input).collect();
    for statement in &equations.statements {
        let depends = depends_on_sample(&statement.value, &by_sample, equations);
        let target = statement.target.array.0 as usize;
        if !statement.is_update {
            by_sample[target] |= depends;
        } else if depends {
            let name = &equations.arrays[target].name;
            let written = definition.assignments.iter().find(|one| one.target == *name);
            let place = written.map_or(definition.name.span(), |one| one.target.span());
            let message = format!(
                "`{name}` becomes the same for all samples: take a `mean(batch: …)` of what differs"
            );
            diagnostics.report(place, message);
        }
    }
}

/// Whether a value differs from sample to sample, given which arrays do.
fn depends_on_sample(value: &Value, by_sample: &[bool], equations: &Equations) -> bool {
    let inside = |value: &Value| depends_on_sample(value, by_sample, equations);
    match value {
        Value::Constant(_) | Value::Position(_) | Value::Setting(_) | Value::Training => false,
        Value::Random => true,
        Value::Element(access) => by_sample[access.array.0 as usize],
        Value::Reduce(_, indices, body) => {
            let is_batch =
                |index: &Index| equations.indices[index.0 as usize].extent == Extent::Batch;
            !indices.iter().any(is_batch) && inside(body)
        }
        Value::Negate(a) | Value::Apply(_, a) | Value::Stop(a) => inside(a),
        Value::Binary(_, a, b) | Value::Compare(_, a, b) => inside(a) || inside(b),
        Value::Select(a, b, c) => inside(a) || inside(b) || inside(c),
    }
}

/// A parameter that no equation reads would never learn anything.
fn report_unread(definition: &Definition, equations: &Equations, diagnostics: &mut Diagnostics) {
    let declared = definition.parameters.iter().filter(|parameter| !parameter.is_state);
    let declared = declared.map(|parameter| &parameter.declaration.name);
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

/// The names in scope while a definition's statements are read.
pub struct Resolver<'a> {
    pub library: &'a Library,
    pub diagnostics: &'a mut Diagnostics,
    /// The name of the definition.
    pub defined: String,
    /// Sizes and settings with their values.
    pub known: Constants,
    /// Sizes and settings whose values come at run time.
    pub open: Vec<String>,
    /// The axes that every access of an activation has without being written.
    pub elementwise: Vec<Extent>,
    /// Where an index is declared with its extent: `i: I`.
    pub declared: BTreeMap<String, Extent>,
    pub arrays: Vec<LocalArray>,
    pub names: BTreeMap<String, ArrayId>,
    pub indices: Vec<Option<Extent>>,
    pub index_names: Vec<Ident>,
    /// The indices of the statement at hand.
    pub scope: BTreeMap<String, Index>,
    pub implicit: Vec<Index>,
    /// Accesses whose extents are compared when the statement has been read.
    pub accesses: Vec<(Affine, Extent, Place)>,
    /// Innermost last.
    pub calls: Vec<Call>,
    /// Indices whose extent is stated: an access may leave a part of its axis out.
    pub stated: Vec<Index>,
    /// The extents that `index i: I;` states.
    pub stated_by_name: BTreeMap<String, Extent>,
    /// Parameters that a setting leaves out, and the number in their place.
    pub absent: BTreeMap<String, f64>,
    /// The index of the scan at hand, by its name.
    pub scan: Option<(String, Index)>,
    /// The arrays of the scan at hand that it reads before it makes them, at the step before. They
    /// have one element more: the first is what there is before the first step.
    pub carried: Vec<String>,
    /// How many reductions the expression at hand stands in.
    pub reducing: usize,
    pub is_loss: bool,
}

impl<'a> Resolver<'a> {
    pub fn new(
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
    pub fn report_reserved(&mut self, index: &Ident) {
        if index == BATCH_SIZE {
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

    pub fn array(&mut self, name: &Ident, axes: Vec<Extent>, role: LocalRole) -> ArrayId {
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

    pub fn statements(mut self, definition: &Definition) -> Equations {
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
}
