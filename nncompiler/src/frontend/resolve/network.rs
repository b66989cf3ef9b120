//! The layers of a network, from top to bottom: each must take what the one above produces.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;

use super::call::{
    Given, accepts, bind_input, bind_sizes, call, declared_input, extents, forms, holds, inferable,
    inputs, integer, is_per_channel, passes_vectors, rank, scalars, shape, stated, title,
    with_inferred,
};
use super::size::{Constants, Extents, Known, LARGEST};
use super::spelling::suggestion;
use super::{Equations, Layer, Network, equation, groups, names};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::syntax::{
    Argument, BlockTree, Definition, ExpressionKind, Item, Kind, LayerTree, NetworkTree, Size,
};
use crate::ir::index::Extent;

/// The pseudo-layer that states the shape of the network's input.
const INPUT: &str = "input";

/// The attribute that asks for derivatives along a direction.
const DERIVATIVES: &str = "derivatives";

/// Checks every layer; a broken one leaves the shape below it unknown, which silences the rest.
pub fn check(
    tree: NetworkTree,
    blocks: &[BlockTree],
    constants: &Constants,
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Network {
    let before = diagnostics.len();
    report_attributes(&tree, diagnostics);
    let mut walk = Walk {
        network: &tree.name,
        blocks,
        constants,
        library,
        diagnostics,
        above: None,
        producer: Producer::Input,
        starts_whole: tree.whole,
        fields: Vec::new(),
        scope: Vec::new(),
        layers: Vec::new(),
        source: 0,
        labelled: BTreeMap::new(),
        sharing: None,
    };
    let is_input = |item: &Item| matches!(item, Item::Layer(layer) if layer.name == INPUT);
    if tree.layers.iter().all(is_input) && tree.whole {
        let message = format!("`{}` needs at least one layer", tree.name);
        walk.diagnostics.report(tree.name.span(), message);
    }
    let mut items = tree.layers.as_slice();
    let input = match items.split_first() {
        Some((Item::Layer(first), rest)) if first.name == INPUT => {
            items = rest;
            walk.stated_input(first)
        }
        _ => walk.inferred_input(items),
    };
    walk.above.clone_from(&input);
    walk.items(items);
    let checked = walk.layers;
    let whole = tree.whole && diagnostics.len() == before;
    let (requests, attributes): (Vec<_>, Vec<_>) =
        tree.attributes.into_iter().partition(|attribute| attribute.path().is_ident(DERIVATIVES));
    Network {
        attributes,
        visibility: tree.visibility,
        name: tree.name,
        input: input.unwrap_or_default(),
        layers: checked,
        derivatives: !requests.is_empty(),
        whole,
    }
}

/// A network is no plain struct: what would need one is refused.
fn report_attributes(tree: &NetworkTree, diagnostics: &mut Diagnostics) {
    for attribute in &tree.attributes {
        let path = attribute.path();
        if path.is_ident("derive") || path.is_ident("repr") {
            let message = "a network takes documentation, `cfg` and lint levels, but no `derive` \
                           and no `repr`; `to_box` copies, `as_slice` shows all parameters";
            diagnostics.report(attribute.pound_token.span, message);
        }
    }
}

/// What a layer's input comes from.
pub enum Producer {
    Input,
    /// The layer above, by its name.
    Layer(String),
}

impl Producer {
    fn produces(&self, sizes: &[usize]) -> String {
        match (self, sizes) {
            (Producer::Layer(name), _) => format!("`{name}` above it produces {}", shape(sizes)),
            (Producer::Input, [size]) => format!("the network has {size} inputs"),
            (Producer::Input, _) => format!("the network's input is {}", shape(sizes)),
        }
    }
}

/// The way down through the layers.
pub struct Walk<'a> {
    /// The network's name.
    network: &'a Ident,
    pub blocks: &'a [BlockTree],
    pub constants: &'a Constants,
    pub library: &'a Library,
    pub diagnostics: &'a mut Diagnostics,
    /// The shape that the layer above produces, unless something is wrong with it.
    pub above: Option<Vec<usize>>,
    pub producer: Producer,
    /// Whether the first layer could be parsed, and is not missing.
    starts_whole: bool,
    /// The names of the layers so far.
    fields: Vec<String>,
    /// The groups around the layer at hand, outermost first.
    pub scope: Vec<Place>,
    pub layers: Vec<Layer>,
    /// Where the next layer's input comes from: 0, or one more than the layer's number.
    pub source: usize,
    /// What has a label, and the number of its first layer.
    pub labelled: BTreeMap<String, (Item, usize)>,
    /// The layer whose parameters the next one shares, while something is reused.
    pub sharing: Option<usize>,
}

/// What a group adds to the names of its layers: in a state dict, and in the struct.
pub struct Place {
    pub key: String,
    pub field: String,
}

impl Walk<'_> {
    /// The field of a layer, unless another layer's has the name already.
    fn field(&mut self, position: usize, layer: &LayerTree) -> Ident {
        let own = match &layer.label {
            Some(label) => label.to_string(),
            None => format!("{}{position}", layer.name.unraw()),
        };
        let groups = self.scope.iter().map(|place| place.field.as_str());
        let mut name = groups.chain([own.as_str()]).collect::<Vec<_>>().join("_");
        let span = layer.label.as_ref().map_or(layer.name.span(), Ident::span);
        if self.fields.contains(&name) {
            let message = match &layer.label {
                Some(label) => format!("another layer is called `{label}` already"),
                None => format!("this layer would be called `{name}`, as another is labelled"),
            };
            self.diagnostics.report(span, message);
            name.push_str("_again");
        }
        self.fields.push(name.clone());
        match &layer.label {
            Some(label) if *label == name => label.clone(),
            _ => Ident::new(&name, span),
        }
    }

    /// What a state dict calls a layer.
    fn key(&self, position: usize, layer: &LayerTree) -> String {
        let own = layer.label.as_ref().map_or(position.to_string(), |it| it.unraw().to_string());
        let groups = self.scope.iter().map(|place| place.key.as_str());
        groups.chain([own.as_str()]).collect::<Vec<_>>().join(".")
    }

    /// The next layer of the network.
    pub fn push(&mut self, layer: Layer) {
        self.layers.push(layer);
        self.source = self.layers.len();
        self.sharing = self.sharing.map(|next| next + 1);
    }

    /// The layer whose parameters this one shares; they must have the same sizes.
    fn shared(&mut self, layer: &LayerTree, equations: &Equations) -> Option<usize> {
        let number = self.sharing?;
        let original = self.layers.get(number)?;
        let axes = |equations: &Equations| -> Vec<Vec<Extent>> {
            let kept = equations.arrays.iter().filter(|array| array.role.is_kept());
            kept.map(|array| array.axes.clone()).collect()
        };
        if axes(&original.equations) != axes(equations) {
            let message = format!(
                "the parameters of `{}` are those of {}, which has other sizes",
                layer.name, original.title
            );
            self.diagnostics.report(layer.place_of_call(), message);
            return None;
        }
        Some(number)
    }

    /// `input(28, 28)`
    fn stated_input(&mut self, layer: &LayerTree) -> Option<Vec<usize>> {
        if layer.arguments.is_empty() {
            let message = "`input` needs the shape of one sample: `input(28, 28)`";
            self.diagnostics.report(layer.place, message);
        }
        for name in layer.arguments.iter().filter_map(|argument| argument.name.as_ref()) {
            self.diagnostics.report(name.span(), "`input` takes sizes alone");
        }
        let arguments: Vec<&Argument> = layer.arguments.iter().collect();
        let sizes = self.sizes(&arguments)?;
        let sizes: Vec<usize> = sizes.into_iter().flat_map(|size| size.0).collect();
        (!sizes.is_empty()).then_some(sizes)
    }

    /// The input shape that the first layer with all its sizes implies.
    fn inferred_input(&mut self, items: &[Item]) -> Option<Vec<usize>> {
        let mut silent = Diagnostics::default();
        for (k, layer) in groups::first_layers(items).into_iter().enumerate() {
            let overloads = self.library.overloads(&layer.name.to_string());
            let sizes: Vec<&Argument> =
                layer.arguments.iter().filter(|argument| argument.name.is_none()).collect();
            let count = sizes.len();
            if overloads.is_empty() {
                return None;
            }
            let complete = overloads.iter().find(|found| count > 0 && found.sizes.len() == count);
            if let Some(definition) = complete {
                let sizes = sizes.iter();
                let sizes: Option<Vec<Extents>> =
                    sizes.map(|size| extents(self.constants, &size.value, &mut silent)).collect();
                let known = bind_sizes(definition, self.constants, &sizes?);
                let shape = declared_input(definition, &known)?;
                // The layers in between pass a vector through, whatever its length.
                return (k == 0 || shape.len() == 1).then_some(shape);
            }
            let passes = overloads.iter().any(|found| passes_vectors(found));
            if !passes {
                break;
            }
        }
        None
    }

    /// Only the first layer can be the one whose input shape is missing: all others have one above.
    fn missing_input(&mut self, position: usize, layer: &LayerTree) {
        if position == 0 && self.layers.is_empty() && self.starts_whole {
            let message = format!(
                "the shape that `{}` takes is not known: write its sizes, or `input(…);` before it",
                layer.name
            );
            self.diagnostics.report(layer.place_of_call(), message);
        }
    }

    pub fn layer(&mut self, position: usize, layer: &LayerTree) {
        let input = self.above.take();
        if let Some(checked) = self.checked_layer(position, layer, input) {
            self.push(checked);
        }
        self.producer = Producer::Layer(layer.name.to_string());
    }

    fn checked_layer(
        &mut self,
        position: usize,
        layer: &LayerTree,
        input: Option<Vec<usize>>,
    ) -> Option<Layer> {
        let name = layer.name.to_string();
        let overloads = self.library.overloads(&name);
        if overloads.is_empty() {
            self.unknown(layer);
            return None;
        }
        if overloads[0].inputs.len() > 1 {
            let message = format!(
                "`{name}` joins several ways: write `residual {{ … }}` or `parallel {{ …; … }}`"
            );
            self.diagnostics.report(layer.name.span(), message);
            return None;
        }
        if overloads[0].kind == Kind::Activation {
            self.check_per_channel(layer, overloads[0]);
            let given = self.settings(overloads[0], &layer.valued_arguments())?;
            let Some(input) = input else {
                self.missing_input(position, layer);
                return None;
            };
            return self.built(position, layer, overloads[0], &given, &input, &[]);
        }
        let (named, sizes): (Vec<&Argument>, Vec<&Argument>) =
            layer.arguments.iter().partition(|argument| argument.name.is_some());
        let count = sizes.len();
        if overloads.iter().all(|found| !accepts(found, count)) {
            self.wrong_count(layer, &overloads, count);
            return None;
        }
        let sizes = self.sizes(&sizes);
        // Definitions of the same name have the same settings.
        let (given, sizes) = (self.settings(overloads[0], &named)?, sizes?);
        let Some(input) = input else {
            self.missing_input(position, layer);
            return self.built_as_stated(position, layer, &overloads, &given, &sizes);
        };
        let mut of_rank = overloads.iter().filter(|found| rank(found) == input.len()).peekable();
        let Some(&&first) = of_rank.peek() else {
            self.wrong_rank(layer, &overloads, &input);
            return None;
        };
        let Some(definition) = of_rank.find(|found| accepts(found, count)) else {
            self.wrong_count(layer, &[first], count);
            return None;
        };
        let sizes = with_inferred(definition, &sizes, &input);
        self.fitting(layer, definition, &sizes)?;
        let known = bind_input(definition, &bind_sizes(definition, self.constants, &sizes), &input);
        let declared = declared_input(definition, &known)?;
        if declared != input {
            self.mismatch(layer, definition, &declared, &input, &sizes);
        }
        self.built(position, layer, definition, &given, &declared, &sizes)
    }

    /// Whether every size has as many numbers as its definition asks for.
    fn fitting(
        &mut self,
        layer: &LayerTree,
        definition: &Definition,
        sizes: &[Extents],
    ) -> Option<()> {
        let fits = |(size, found): (&Size, &Extents)| {
            found.0.len() == 1 || Some(found.0.len()) == size.components
        };
        let mut pairs = definition.sizes.iter().zip(sizes);
        let Some((size, found)) = pairs.find(|&pair| !fits(pair)) else { return Some(()) };
        let (expected, count) = (size.components.unwrap_or(1), found.0.len());
        let message = format!("`{}` is {expected} numbers at most, not {count}", size.name);
        self.diagnostics.report(layer.place_of_call(), message);
        None
    }

    /// `per_channel` needs a number to learn.
    fn check_per_channel(&mut self, layer: &LayerTree, definition: &Definition) {
        let learns = definition.settings.iter().any(|setting| setting.is_learned);
        let flag = layer.arguments.iter().find(|argument| is_per_channel(argument));
        if let Some(flag) = flag.filter(|_| !learns) {
            let message = format!("`{}` learns no number that each channel could have", layer.name);
            self.diagnostics.report(flag.value.place, message);
        }
    }

    /// The layer with its equations; the shape below it is its output's.
    fn built(
        &mut self,
        position: usize,
        layer: &LayerTree,
        definition: &Definition,
        given: &Given,
        input: &[usize],
        sizes: &[Extents],
    ) -> Option<Layer> {
        let known = bind_sizes(definition, self.constants, sizes);
        let known = bind_input(definition, &known, input);
        let known = self.bind_settings(definition, known, given)?;
        let title = title(layer, definition, given, sizes);
        self.requirements(layer, definition, &known, &title)?;
        let mut found = Diagnostics::default();
        let per_channel = layer.arguments.iter().any(is_per_channel);
        let equations = equation::layer(
            definition,
            known,
            &[input.to_vec()],
            per_channel,
            self.library,
            &mut found,
        );
        if definition.is_built_in {
            self.diagnostics.report_all(&found, layer.place_of_call());
        } else {
            self.diagnostics.append(found);
        }
        if let Some(array) = equations.arrays.iter().find(|array| scalars(&array.axes).is_none()) {
            let message = format!("`{}` of this layer has more than {LARGEST} numbers", array.name);
            self.diagnostics.report(layer.place, message);
            return None;
        }
        let output = equations.arrays.get(equations.output())?;
        self.above = Some(output.axes.iter().map(|extent| extent.per_sample()).collect());
        let name = layer.name.to_string();
        let elementwise = definition.kind == Kind::Activation;
        let (field, key) = (self.field(position, layer), self.key(position, layer));
        let shares = self.shared(layer, &equations);
        let structure = names::structure(self.network, &field);
        let inputs = vec![self.source];
        Some(Layer { field, structure, name, key, inputs, shares, title, elementwise, equations })
    }

    /// A layer that no one has written, of the library: where several ways join.
    pub fn join(&mut self, name: &str, inputs: Vec<usize>, shapes: &[Vec<usize>]) {
        let overloads = self.library.overloads(name);
        let Some(definition) = overloads
            .into_iter()
            .find(|found| found.kind == Kind::Activation || rank(found) == shapes[0].len())
        else {
            return;
        };
        let mut known = self.constants.clone();
        for (input, shape) in definition.inputs.iter().zip(shapes) {
            for (axis, &size) in input.axes.iter().zip(shape) {
                known.insert(axis.extent.to_string(), integer(size));
            }
        }
        let found = &mut *self.diagnostics;
        let equations = equation::layer(definition, known, shapes, false, self.library, found);
        let output = equations.arrays.get(equations.output());
        self.above =
            output.map(|array| array.axes.iter().map(|extent| extent.per_sample()).collect());
        let field = Ident::new(name, Span::call_site());
        let structure = names::structure(self.network, &field);
        let elementwise = definition.kind == Kind::Activation;
        let groups: Vec<&str> = self.scope.iter().map(|place| place.key.as_str()).collect();
        let key = groups.iter().copied().chain([name]).collect::<Vec<_>>().join(".");
        let (name, title, shares) = (name.to_owned(), name.to_owned(), None);
        self.push(Layer {
            field,
            structure,
            name,
            key,
            inputs,
            shares,
            title,
            elementwise,
            equations,
        });
    }

    /// Below a broken layer, one that states all its sizes is what it says.
    fn built_as_stated(
        &mut self,
        position: usize,
        layer: &LayerTree,
        overloads: &[&Definition],
        given: &Given,
        sizes: &[Extents],
    ) -> Option<Layer> {
        let complete = |found: &&&Definition| found.sizes.len() == sizes.len() && !sizes.is_empty();
        let definition = overloads.iter().find(complete)?;
        let known = bind_sizes(definition, self.constants, sizes);
        let input = declared_input(definition, &known)?;
        self.built(position, layer, definition, given, &input, sizes)
    }

    /// What the definition requires of its sizes and settings.
    fn requirements(
        &mut self,
        layer: &LayerTree,
        definition: &Definition,
        known: &Constants,
        title: &str,
    ) -> Option<()> {
        let mut silent = Diagnostics::default();
        for requirement in &definition.requirements {
            let left = known.evaluate(&requirement.left, &mut silent)?;
            let right = known.evaluate(&requirement.right, &mut silent)?;
            if !holds(requirement.relation, left, right) {
                let message = format!("`{title}` requires {}", stated(requirement, left, right));
                self.diagnostics.report(layer.place_of_call(), message);
                return None;
            }
        }
        Some(())
    }

    /// The positional arguments as sizes.
    fn sizes(&mut self, arguments: &[&Argument]) -> Option<Vec<Extents>> {
        let size =
            |argument: &&Argument| extents(self.constants, &argument.value, self.diagnostics);
        let sizes: Vec<Option<Extents>> = arguments.iter().map(size).collect();
        sizes.into_iter().collect()
    }

    /// The settings that are given, by position or by name.
    fn settings(&mut self, definition: &Definition, arguments: &[&Argument]) -> Option<Given> {
        let mut given = Given::new();
        let names: Vec<String> =
            definition.settings.iter().map(|setting| setting.name.to_string()).collect();
        let mut whole = true;
        for (position, argument) in arguments.iter().enumerate() {
            let parts = match &argument.value.kind {
                ExpressionKind::Tuple(parts) => parts.as_slice(),
                _ => std::slice::from_ref(&argument.value),
            };
            let values: Vec<Option<f64>> =
                parts.iter().map(|part| self.constants.real(part, self.diagnostics)).collect();
            let values: Option<Vec<f64>> = values.into_iter().collect();
            match (self.setting(definition, &names, position, argument), values) {
                (Some(name), Some(values))
                    if values
                        .iter()
                        .all(|&value| self.is_in_range(definition, &name, argument, value)) =>
                {
                    given.insert(name, values);
                }
                _ => whole = false,
            }
        }
        whole.then_some(given)
    }

    /// The settings as given, the others by their defaults, which may depend on sizes.
    fn bind_settings(
        &mut self,
        definition: &Definition,
        mut known: Constants,
        given: &Given,
    ) -> Option<Constants> {
        for setting in &definition.settings {
            let values = match given.get(&setting.name.to_string()) {
                Some(values) => values.clone(),
                None => (0..setting.components.unwrap_or(1))
                    .map(|k| known.component(k).real(&setting.default, self.diagnostics))
                    .collect::<Option<Vec<f64>>>()?,
            };
            let values: Vec<Known> = values.into_iter().map(Known::of).collect();
            known.insert_all(&setting.name, setting.components, &values);
        }
        Some(known)
    }

    fn is_in_range(
        &mut self,
        definition: &Definition,
        name: &str,
        argument: &Argument,
        value: f64,
    ) -> bool {
        let setting = definition.settings.iter().find(|setting| setting.name == name);
        let range = setting.and_then(|setting| self.constants.range(setting, self.diagnostics));
        let (least, greatest) = range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        let is_in_range = value >= least && value <= greatest;
        if !is_in_range {
            let message =
                format!("`{name}` is between {least} and {greatest}, but this is {value}");
            self.diagnostics.report(argument.value.place, message);
        }
        is_in_range
    }

    /// The setting that an argument is for.
    fn setting(
        &mut self,
        definition: &Definition,
        names: &[String],
        position: usize,
        argument: &Argument,
    ) -> Option<String> {
        let (activation, count) = (&definition.name, names.len());
        let message = match &argument.name {
            Some(name) if names.contains(&name.to_string()) => return Some(name.to_string()),
            None if position < count => return Some(names[position].clone()),
            Some(name) => {
                let hint = suggestion(&name.to_string(), names);
                format!("`{activation}` has no setting `{name}`{hint}")
            }
            None if count == 0 => format!("`{activation}` takes no arguments"),
            None => format!("`{activation}` takes at most {count}: {}", names.join(", ")),
        };
        let place = argument.name.as_ref().map_or(argument.value.place, |name| name.span().into());
        self.diagnostics.report(place, message);
        None
    }

    fn unknown(&mut self, layer: &LayerTree) {
        let name = &layer.name;
        let message = if name == INPUT {
            "`input` states the shape of the network's input, so it stands first".to_owned()
        } else {
            let hint = suggestion(&name.to_string(), &self.library.layer_names());
            format!("no layer is called `{name}`{hint}")
        };
        self.diagnostics.report(name.span(), message);
    }

    fn wrong_count(&mut self, layer: &LayerTree, overloads: &[&Definition], count: usize) {
        let name = &layer.name;
        let mut seen = BTreeSet::new();
        let mut forms: Vec<String> = overloads.iter().flat_map(|found| forms(found)).collect();
        forms.retain(|form| seen.insert(form.clone()));
        let (last, others) = forms.split_last().map_or(("", &[][..]), |(last, rest)| (last, rest));
        let forms = if others.is_empty() {
            last.to_owned()
        } else {
            format!("{} or {last}", others.join(", "))
        };
        let found = match count {
            0 => "no size is given".to_owned(),
            1 => "1 size is given".to_owned(),
            count => format!("{count} sizes are given"),
        };
        let longest = overloads.iter().map(|found| found.sizes.len()).max().unwrap_or(0);
        let place = match layer.arguments.get(longest) {
            Some(surplus) => surplus.value.place,
            None => layer.place_of_call(),
        };
        self.diagnostics.report(place, format!("`{name}` is written {forms}, but {found}"));
    }

    fn wrong_rank(&mut self, layer: &LayerTree, overloads: &[&Definition], input: &[usize]) {
        let (name, found) = (&layer.name, self.producer.produces(input));
        let message = if overloads.iter().all(|one| rank(one) == 1) {
            format!("`{name}` takes a vector, but {found}; put `flatten;` before it")
        } else {
            format!("`{name}` takes no input of this shape, but {found}")
        };
        self.diagnostics.report(name.span(), message);
    }

    fn mismatch(
        &mut self,
        layer: &LayerTree,
        definition: &Definition,
        declared: &[usize],
        input: &[usize],
        sizes: &[Extents],
    ) {
        let (name, found) = (&layer.name, self.producer.produces(input));
        let corrected = with_inferred(definition, &sizes[inferable(definition)..], input);
        let long = call(name, &corrected);
        let short = call(name, &corrected[inferable(definition)..]);
        let write =
            if long == short { format!("`{long}`") } else { format!("`{long}` or `{short}`") };
        let expected = inputs(declared);
        let message = format!("`{name}` expects {expected}, but {found}; write {write}");
        let wrong = declared.iter().zip(input).position(|(declared, input)| declared != input);
        let argument = wrong.and_then(|axis| layer.arguments.get(axis));
        let place = argument.map_or(layer.place, |argument| argument.value.place);
        self.diagnostics.report(place, message);
    }
}
