//! One layer of a network: which definition it is, whether it fits below the one above, and its
//! equations.

use std::borrow::Cow;

use proc_macro2::{Ident, Span};

use super::axes::{Call, Misfit, least_rank, written_out};
use super::constants::{Constants, LARGEST, Sizes, integer};
use super::layer_equations::layer_equations;
use super::names;
use super::signature::{
    Given, accepts, bind_beside, bind_input, bind_sizes, call, declared_input, forms, holds,
    inferable_from_first, inputs, numbers, rank, required_rank, shape, size_of, title, unmet,
    with_inferred,
};
use super::spelling::nearest;
use super::walk::Walk;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{Equations, Layer, LayerKind, Numbers, Source};
use crate::frontend::syntax::{
    Argument, Definition, INPUT, Kind, LayerTree, NetworkContent, Origin, Setting, Size,
};

impl Walk<'_> {
    /// Adds a layer; a broken one leaves the shape below it unknown, which silences the rest.
    pub fn layer(&mut self, position: usize, layer: &LayerTree) {
        let input = self.above.shape.take();
        match self.resolved(position, layer, input) {
            Some(resolved) => self.push(resolved),
            None => self.complete = false,
        }
        self.above.producer = Some(layer.name.to_string());
        self.beside.clear();
    }

    fn resolved(
        &mut self,
        position: usize,
        layer: &LayerTree,
        input: Option<Vec<usize>>,
    ) -> Option<Layer> {
        let definitions = self.definitions;
        if definitions.is_broken(&layer.name.to_string()) {
            self.whole = false;
            return None;
        }
        let Some(definition) = definitions.find(&layer.name.to_string()) else {
            self.unknown(layer);
            return None;
        };
        if !self.takes_inputs(definition) {
            self.wrong_input_count(layer, definition);
            return None;
        }
        self.add_defaults(definition, input.as_deref());
        match definition.kind {
            Kind::Activation => self.activation(position, layer, definition, input),
            _ => self.sized_layer(position, layer, definition, input),
        }
    }

    /// Whether there are as many inputs as the definition has, apart from those that it gives itself.
    fn takes_inputs(&self, definition: &Definition) -> bool {
        let given = 1 + self.beside.len();
        let needed = definition.needed_inputs().max(1);
        (needed..=definition.inputs.len()).contains(&given)
    }

    /// Other inputs in place of those that are not given.
    fn add_defaults(&mut self, definition: &Definition, input: Option<&[usize]>) {
        let names: Vec<&Ident> = definition.inputs.iter().map(|input| &input.name).collect();
        for declaration in &definition.inputs[1 + self.beside.len()..] {
            let name = declaration.default.as_ref().and_then(|one| one.as_name());
            let other = name.and_then(|name| names.iter().position(|other| *other == name));
            let Some(other) = other else { return };
            let given = match (other.checked_sub(1), input) {
                (Some(beside), _) => self.beside.get(beside).cloned(),
                (None, Some(input)) => Some((self.above.source, input.to_vec())),
                (None, None) => None,
            };
            self.beside.extend(given);
        }
    }

    fn activation(
        &mut self,
        position: usize,
        layer: &LayerTree,
        definition: &Definition,
        input: Option<Vec<usize>>,
    ) -> Option<Layer> {
        self.check_per_channel(layer, definition);
        let arguments = layer.arguments.iter().filter(|one| !one.is_per_channel());
        let given = self.settings(definition, &arguments.collect::<Vec<_>>())?;
        let Some(input) = input else {
            self.report_missing_input(layer);
            return None;
        };
        self.built(position, layer, definition, &given, &[], &input)
    }

    fn sized_layer(
        &mut self,
        position: usize,
        layer: &LayerTree,
        definition: &Definition,
        input: Option<Vec<usize>>,
    ) -> Option<Layer> {
        let (named, sizes): (Vec<&Argument>, Vec<&Argument>) =
            layer.arguments.iter().partition(|argument| argument.name.is_some());
        let are_one = definition.takes_numbers() && !sizes.is_empty();
        let count = if are_one { 1 } else { sizes.len() };
        if definition.sizes_of_group.is_none() && !accepts(definition, count) {
            self.wrong_count(layer, definition, count);
            return None;
        }
        let sizes = self.sizes(&sizes);
        let (given, mut sizes) = (self.settings(definition, &named)?, sizes?);
        if are_one {
            sizes = vec![Sizes(sizes.into_iter().flat_map(|size| size.0).collect())];
        }
        let written = self.written_out(layer, definition, input.as_deref(), &sizes, &given)?;
        let Some(input) = input else {
            self.report_missing_input(layer);
            return self.built_as_stated(position, layer, &written, &given, &sizes);
        };
        if rank(&written) != input.len() {
            self.wrong_rank(layer, definition, &input);
            return None;
        }
        let definition = &*written;
        if !accepts(definition, count) {
            self.wrong_count(layer, definition, count);
            return None;
        }
        let beside = self.beside.iter().map(|(source, shape)| (*source, shape));
        let inputs = std::iter::once((self.above.source, &input)).chain(beside);
        let inputs = inputs.map(|(source, shape)| (shape.clone(), self.numbers_of(source)));
        let inputs: Vec<(Vec<usize>, Numbers)> = inputs.collect();
        let sizes = with_inferred(definition, &sizes, &inputs);
        self.check_components(layer, definition, &sizes)?;
        let known = bind_sizes(definition, self.constants, &sizes);
        let known = bind_input(definition, known, &input);
        let declared = declared_input(definition, &known)?;
        if declared != input {
            self.mismatch(layer, definition, &declared, &input, &sizes);
        }
        self.built(position, layer, definition, &given, &sizes, &declared)
    }

    /// The definition with all axes, for an input of this shape.
    fn written_out<'d>(
        &mut self,
        layer: &LayerTree,
        definition: &'d Definition,
        input: Option<&[usize]>,
        sizes: &[Sizes],
        given: &Given,
    ) -> Option<Cow<'d, Definition>> {
        let size = |name: &Ident| definition.sizes.iter().position(|size| size.name == *name);
        let order = definition.order().and_then(|order| sizes.get(size(&order.name)?));
        let order = order.map_or(&[][..], |order| &order.0);
        let rank = input.map(<[usize]>::len);
        let setting = |setting: &Setting| match given.get(&setting.name.to_string()) {
            Some(values) => values.first().copied(),
            None => self.default(setting),
        };
        let call = Call { rank, sizes: sizes.len(), order, setting: &setting };
        match written_out(definition, &call) {
            Ok(written) => Some(written),
            Err(Misfit::Rank) => {
                self.wrong_rank(layer, definition, input.unwrap_or_default());
                None
            }
            Err(Misfit::Order(message)) => {
                self.diagnostics.report(layer.call(), message);
                None
            }
            Err(Misfit::Axis { setting, message }) => {
                let is_it = |one: &&Argument| one.name.as_ref() == Some(&setting);
                let argument = layer.arguments.iter().find(is_it);
                let location = argument.map_or(layer.call(), |one| one.value.location);
                self.diagnostics.report(location, message);
                None
            }
        }
    }

    /// Whether every size has as many numbers as its definition asks for.
    pub fn check_components(
        &mut self,
        layer: &LayerTree,
        definition: &Definition,
        sizes: &[Sizes],
    ) -> Option<()> {
        let fits = |(size, found): (&Size, &Sizes)| {
            size.is_open || found.0.len() == 1 || Some(found.0.len()) == size.components
        };
        let mut pairs = definition.sizes.iter().zip(sizes);
        let Some((size, found)) = pairs.find(|&pair| !fits(pair)) else { return Some(()) };
        let (name, count) = (&size.name, found.0.len());
        let message = match size.components {
            Some(expected) => format!("`{name}` is one number or {expected}, not {count}"),
            None => format!("`{name}` is one number, not {count}"),
        };
        self.diagnostics.report(layer.call(), message);
        None
    }

    /// Below a broken layer, one that states all its sizes is what it says.
    fn built_as_stated(
        &mut self,
        position: usize,
        layer: &LayerTree,
        definition: &Definition,
        given: &Given,
        sizes: &[Sizes],
    ) -> Option<Layer> {
        if definition.sizes.len() != sizes.len() || sizes.is_empty() {
            return None;
        }
        let known = bind_sizes(definition, self.constants, sizes);
        let input = declared_input(definition, &known)?;
        self.built(position, layer, definition, given, sizes, &input)
    }

    /// The layer with its equations.
    fn built(
        &mut self,
        position: usize,
        layer: &LayerTree,
        definition: &Definition,
        given: &Given,
        sizes: &[Sizes],
        input: &[usize],
    ) -> Option<Layer> {
        let known = bind_sizes(definition, self.constants, sizes);
        let known = bind_input(definition, known, input);
        let mut known = self.bind_settings(layer, definition, known, given)?;
        let title = title(layer, definition, given, sizes);
        let mut found = Diagnostics::default();
        let Some(()) = known.insert_numbers(&definition.numbers, &mut found) else {
            self.report_of_definition(found, layer, definition);
            return None;
        };
        self.check_requirements(layer, definition, &known, &title, input)?;
        let per_channel = layer.per_channel().is_some();
        let beside = self.beside.iter();
        let (sources, inputs): (Vec<Source>, Vec<Vec<usize>>) =
            std::iter::once((self.above.source, input.to_vec())).chain(beside.cloned()).unzip();
        let known = bind_beside(definition, known, &inputs[1..]);
        self.check_beside(layer, definition, &known, &inputs)?;
        self.check_numbers(definition, &known, &sources, layer.call())?;
        let equations =
            layer_equations(definition, known, &inputs, per_channel, self.definitions, &mut found);
        let Some(equations) = equations.filter(|_| found.len() == 0) else {
            self.report_of_definition(found, layer, definition);
            return None;
        };
        if let Some(array) = equations.arrays.iter().find(|array| numbers(&array.axes).is_none()) {
            let message = format!("`{}` of this layer has more than {LARGEST} numbers", array.name);
            self.diagnostics.report(layer.location, message);
            return None;
        }
        self.limit_classes(&equations, &sources);
        Some(self.named(position, layer, definition, title, sources, equations))
    }

    /// A layer of these equations, under its name in the struct and in a state dict.
    fn named(
        &mut self,
        position: usize,
        layer: &LayerTree,
        definition: &Definition,
        title: String,
        inputs: Vec<Source>,
        equations: Equations,
    ) -> Layer {
        let own = layer.label.as_ref().map_or(position.to_string(), ToString::to_string);
        let before = self.diagnostics.len();
        let is_kept = equations.arrays.iter().any(|array| array.role.is_kept());
        let has_field = is_kept && self.labels.sharing.is_none();
        let (field, key) =
            (self.field(position, layer, has_field), self.key(&own, layer.label.is_some()));
        let ignored = definition.ignored.iter().map(|key| key.text.clone());
        let resolved = Layer {
            within: Vec::new(),
            structure: names::structure(&self.network.name, &field),
            field,
            key,
            inputs,
            shares: self.shared(layer, &equations),
            title,
            elementwise: definition.kind == Kind::Activation,
            outputs: definition.outputs,
            ignored: ignored.chain(equations.ignored.iter().cloned()).collect(),
            kind: LayerKind::Equations,
            equations,
        };
        self.register_keys(layer, &resolved, self.diagnostics.len() > before);
        resolved
    }

    /// What is wrong with a definition of the block is said there, with another one where it is used.
    fn report_of_definition(
        &mut self,
        found: Diagnostics,
        layer: &LayerTree,
        definition: &Definition,
    ) {
        if definition.origin == Origin::Block {
            self.diagnostics.append_once(found, &definition.name.to_string());
        } else {
            self.diagnostics.report_all(&found, layer.call());
        }
        self.whole = false;
    }

    /// A layer of several inputs that nobody has written: where branches meet.
    pub fn join(&mut self, name: &str, inputs: Vec<Source>, shapes: &[Vec<usize>]) {
        let definitions = self.definitions;
        let Some(definition) = definitions.find(name) else { return };
        let setting = |setting: &Setting| self.default(setting);
        let call = Call { rank: Some(shapes[0].len()), sizes: 0, order: &[], setting: &setting };
        let Ok(definition) = written_out(definition, &call) else { return };
        let definition = &*definition;
        let mut known = self.constants.clone();
        known.insert_words(&definition.settings);
        for (input, shape) in definition.inputs.iter().zip(shapes) {
            for (axis, &size) in input.axes.iter().zip(shape) {
                known.insert(axis.extent.to_string(), integer(size));
            }
        }
        let found = &mut *self.diagnostics;
        let equations = layer_equations(definition, known, shapes, false, self.definitions, found);
        let Some(equations) = equations else { return };
        let field = Ident::new(name, Span::call_site());
        let layer = Layer {
            within: Vec::new(),
            structure: names::structure(&self.network.name, &field),
            field,
            key: self.key(name, false),
            inputs,
            shares: None,
            title: name.to_owned(),
            elementwise: definition.kind == Kind::Activation,
            outputs: definition.outputs,
            ignored: Vec::new(),
            kind: LayerKind::Equations,
            equations,
        };
        self.push(layer);
    }

    fn wrong_input_count(&mut self, layer: &LayerTree, definition: &Definition) {
        let (name, found) = (&layer.name, 1 + self.beside.len());
        let needed = definition.needed_inputs();
        let count = match definition.inputs.len() {
            1 => "1 input".to_owned(),
            all if needed == all => format!("{all} inputs"),
            all => format!("{needed} to {all} inputs"),
        };
        let is_chain = matches!(self.network.content, NetworkContent::Chain(_));
        let message = if is_chain {
            format!(
                "`{name}` takes {count}, but a chain has one: write `residual {{ … }}` or \
                 `parallel {{ …; … }}`, or a network with a body, `{name}(a, b)`"
            )
        } else {
            let given = if found == 1 { "1 is" } else { &format!("{found} are") };
            format!("`{name}` takes {count}, but {given} given")
        };
        self.diagnostics.report(layer.name.span(), message);
    }

    /// The inputs beside the first have the shapes that the definition says.
    fn check_beside(
        &mut self,
        layer: &LayerTree,
        definition: &Definition,
        known: &Constants,
        inputs: &[Vec<usize>],
    ) -> Option<()> {
        let declared = definition.inputs.iter().zip(inputs).skip(1);
        for (declaration, found) in declared.filter(|_| definition.kind != Kind::Activation) {
            let mut silent = Diagnostics::default();
            let axes = declaration.axes.iter().map(|axis| known.size(&axis.extent, &mut silent));
            let expected: Vec<Option<usize>> = axes.collect();
            let fits = expected.len() == found.len()
                && expected.iter().zip(found).all(|(one, size)| one.is_none_or(|one| one == *size));
            if !fits {
                let expected: Vec<usize> = expected.into_iter().flatten().collect();
                let message = format!(
                    "`{}` expects `{}` to be {}, but it is {}",
                    layer.name,
                    declaration.name,
                    shape(&expected),
                    shape(found)
                );
                self.diagnostics.report(layer.name.span(), message);
                return None;
            }
        }
        let first = &inputs[0];
        let is_activation = definition.kind == Kind::Activation;
        if let Some(other) = inputs.iter().find(|other| is_activation && *other != first) {
            let message = format!(
                "`{}` takes arrays of one shape, but they are {} and {}",
                layer.name,
                shape(first),
                shape(other)
            );
            self.diagnostics.report(layer.name.span(), message);
            return None;
        }
        Some(())
    }

    /// What the definition requires of its sizes and settings.
    fn check_requirements(
        &mut self,
        layer: &LayerTree,
        definition: &Definition,
        known: &Constants,
        title: &str,
        input: &[usize],
    ) -> Option<()> {
        let mut silent = Diagnostics::default();
        for requirement in &definition.requirements {
            let condition = requirement.condition.as_ref();
            if condition.is_some_and(|one| known.is_met(one, &mut silent) == Some(false)) {
                continue;
            }
            let left = known.evaluate(&requirement.left, &mut silent)?;
            let right = known.evaluate(&requirement.right, &mut silent)?;
            if !holds(requirement.relation, left, right) {
                match required_rank(requirement, right) {
                    Some(rank) => self.other_rank(layer, &axes(rank), input),
                    None => {
                        let unmet = unmet(requirement, left, right);
                        let message = format!("`{title}` requires {unmet}");
                        self.diagnostics.report(layer.call(), message);
                    }
                }
                return None;
            }
        }
        Some(())
    }

    /// The positional arguments as sizes.
    pub fn sizes(&mut self, arguments: &[&Argument]) -> Option<Vec<Sizes>> {
        let size = |argument: &&Argument| self.scope.sizes(&argument.value, self.diagnostics);
        let sizes: Vec<Option<Sizes>> = arguments.iter().map(size).collect();
        sizes.into_iter().collect()
    }

    /// Only the first layer can be the one whose input shape is missing: all others have one above.
    fn report_missing_input(&mut self, layer: &LayerTree) {
        let is_first =
            self.layers.is_empty() && self.complete && !self.network.content.states_input();
        if is_first && self.network.whole {
            let message = format!(
                "the shape that `{}` takes is not known: write its sizes, or `input(…);` before it",
                layer.name
            );
            self.diagnostics.report(layer.call(), message);
        }
    }

    fn unknown(&mut self, layer: &LayerTree) {
        let name = &layer.name;
        let message = if name == INPUT {
            "`input` states the shape of the network's input, so it stands first".to_owned()
        } else if self.definitions.has_function(&name.to_string()) {
            format!(
                "`{name}` is a function of equations and no layer: declare \
                 `activation own_{name}(x) = {name}(x);`"
            )
        } else {
            match nearest(&name.to_string(), &self.definitions.names()) {
                Some(near) => format!("no layer is called `{name}`; did you mean `{near}`?"),
                None => {
                    let message = format!(
                        "no layer is called `{name}`: declare it, `layer {name}(…) {{ … }}` or \
                         `block {name}< … >`; all layers are in `tapeless::language::layers`"
                    );
                    self.diagnostics.report_once(name.span(), message);
                    return;
                }
            }
        };
        self.diagnostics.report(name.span(), message);
    }

    pub fn wrong_count(&mut self, layer: &LayerTree, definition: &Definition, count: usize) {
        let name = &layer.name;
        let forms = forms(definition).join(" or ");
        let found = match count {
            0 => "no size is given".to_owned(),
            1 => "1 size is given".to_owned(),
            count => format!("{count} sizes are given"),
        };
        let location = match layer.arguments.get(definition.sizes.len()) {
            Some(surplus) => surplus.value.location,
            None => layer.call(),
        };
        let setting = definition.settings.first().filter(|_| count > definition.sizes.len());
        let hint = setting.map_or(String::new(), |setting| {
            format!("; a setting has its name, `{} = …`", setting.name)
        });
        let message = format!("`{name}` is written {forms}, but {found}{hint}");
        self.diagnostics.report(location, message);
    }

    fn wrong_rank(&mut self, layer: &LayerTree, definition: &Definition, input: &[usize]) {
        let (name, found) = (&layer.name, self.above.produces(input));
        let message = match least_rank(definition) {
            _ if input.is_empty() => format!(
                "`{name}` takes an array, but what is above it makes one number; give that an \
                 axis: `index k: 1; y[k] = …`"
            ),
            None if rank(definition) == 1 => {
                format!("`{name}` takes a vector, but {found}; put `flatten;` before it")
            }
            Some(least) => {
                return self.other_rank(layer, &format!("at least {}", axes(least)), input);
            }
            None => return self.other_rank(layer, &axes(rank(definition)), input),
        };
        self.diagnostics.report(name.span(), message);
    }

    fn other_rank(&mut self, layer: &LayerTree, expected: &str, input: &[usize]) {
        let (name, found) = (&layer.name, self.above.produces(input));
        let message = format!("`{name}` takes an input with {expected}, but {found}");
        self.diagnostics.report(name.span(), message);
    }

    fn mismatch(
        &mut self,
        layer: &LayerTree,
        definition: &Definition,
        declared: &[usize],
        input: &[usize],
        sizes: &[Sizes],
    ) {
        let (name, found) = (&layer.name, self.above.produces(input));
        let given = [(input.to_vec(), self.numbers_of(self.above.source))];
        let corrected =
            with_inferred(definition, &sizes[inferable_from_first(definition)..], &given);
        let long = call(name, &corrected);
        let short = call(name, &corrected[inferable_from_first(definition)..]);
        let write =
            if long == short { format!("`{long}`") } else { format!("`{long}` or `{short}`") };
        let expected = inputs(declared);
        let wrong = declared.iter().zip(input).position(|(declared, input)| declared != input);
        let is_flat = |last: &&usize| **last == input.iter().product::<usize>();
        let is_last = wrong.is_some_and(|axis| axis > 0 && axis + 1 == declared.len());
        let message = match declared.last().filter(|_| is_last).filter(is_flat) {
            Some(all) => {
                format!("`{name}` expects {all} inputs, but {found}; put `flatten;` before it")
            }
            None => format!("`{name}` expects {expected}, but {found}; write {write}"),
        };
        let argument = wrong.and_then(|axis| size_of(definition, axis));
        let argument = argument.and_then(|at| layer.arguments.get(at));
        let location = argument.map_or(layer.location, |argument| argument.value.location);
        self.diagnostics.report(location, message);
    }
}

/// `2 axes`
fn axes(count: usize) -> String {
    match count {
        1 => "1 axis".to_owned(),
        count => format!("{count} axes"),
    }
}
