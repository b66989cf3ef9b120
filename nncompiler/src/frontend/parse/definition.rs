//! `activation`, `layer`, `loss` and `optimizer` definitions, and the rows of the library's tables.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, Lit, LitStr, Meta, Token, Visibility, braced, bracketed, parenthesized, token,
};

use super::expression::{expression, group, list, place};
use super::name::{name, name_or_blank};
use super::recovery::skip_statement;
use super::several_axes::written_out;
use crate::frontend::diagnostics::{Diagnostics, error_at};
use crate::frontend::syntax::{
    Assignment, Axis, Declaration, DeclaredNumbers, Definition, Expression, ExpressionKind,
    Function, Key, Kind, Number, Output, Parameter, Place, Relation, Repeat, Repeated, Requirement,
    Rewrite, ScanBlock, Setting, Size, TargetAxis, Written,
};
use crate::frontend::words::number_of_word;
use crate::ir::meaning::Meaning;

/// No size or setting has more numbers, one along each of several axes.
const MOST_COMPONENTS: usize = 16;

/// The kind of definition that begins here, if one does.
pub fn kind(input: ParseStream) -> Option<Kind> {
    let ahead = input.fork();
    let keyword: Ident = ahead.parse().ok()?;
    let kind = Kind::of(&keyword.to_string())?;
    // `layer< … >` is a network.
    (!ahead.peek(Token![<])).then_some(kind)
}

/// `activation name(x; settings) = value;`, `loss name(p; t; settings) = value;`,
/// `layer name(SIZES; settings) { … }` or `optimizer name(w, g; settings) { … }`; activations and losses
/// may have a body too.
pub fn definition(
    input: ParseStream,
    kind: Kind,
    visibility: Visibility,
    attributes: &[Attribute],
    diagnostics: &mut Diagnostics,
) -> syn::Result<Definition> {
    input.parse::<Ident>()?;
    let name = name(input)?;
    let mut definition = Definition {
        written: Written {
            visibility,
            documentation: documentation(attributes),
            ..Written::default()
        },
        outputs: outputs(attributes)?,
        ignored: ignored(attributes)?,
        ..Definition::new(kind, name)
    };
    head(input, &mut definition)?;
    if input.peek(token::Brace) {
        body(input, &mut definition, diagnostics)?;
    } else if kind == Kind::Optimizer {
        return Err(input.error("an optimizer has a body: `{ w <- w - lr * g; }`"));
    } else {
        let equals: Token![=] = input.parse()?;
        let target = result(&definition, equals.span);
        definition.assignments.push(Assignment::of_array(target, expression(input)?));
        input.parse::<Token![;]>()?;
    }
    Ok(written_out(definition, diagnostics))
}

/// `(SIZES; settings)` of a layer or a block, `(x; settings)` of others.
pub fn head(input: ParseStream, definition: &mut Definition) -> syn::Result<()> {
    let content;
    parenthesized!(content in input);
    if definition.kind == Kind::Layer {
        sizes(&content, definition)?;
    } else {
        definition.inputs = separated(&content, whole_declaration)?;
    }
    if definition.kind == Kind::Loss && content.parse::<Option<Token![;]>>()?.is_some() {
        definition.targets = separated(&content, whole_declaration)?;
    }
    if content.parse::<Option<Token![;]>>()?.is_some() {
        definition.settings = separated(&content, setting)?;
    }
    if content.is_empty() { Ok(()) } else { Err(content.error("expected `,`, `;` or `)`")) }
}

/// What the value of an equation without a target is called: `y`, unless that is an argument.
fn result(definition: &Definition, span: Span) -> Ident {
    let inputs = definition.inputs.iter().chain(&definition.targets).map(|input| &input.name);
    let settings = definition.settings.iter().map(|setting| &setting.name);
    let taken: Vec<&Ident> = inputs.chain(settings).collect();
    let is_free = |name: &&str| taken.iter().all(|taken| *taken != name);
    let name = ["y", "z", "value"].into_iter().find(is_free);
    Ident::new(name.unwrap_or("result"), span)
}

fn body(
    input: ParseStream,
    definition: &mut Definition,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    let content;
    braced!(content in input);
    while !content.is_empty() {
        if let Err(error) = statement(&content, definition) {
            diagnostics.push(error);
            definition.whole = false;
            skip_statement(&content);
        }
    }
    Ok(())
}

/// A declaration, a requirement, an assignment or a scan.
fn statement(content: ParseStream, definition: &mut Definition) -> syn::Result<()> {
    // `state h[…]` declares a state, but `state[h] = …` is an assignment.
    let declares = content.peek2(Ident::peek_any);
    let requires = !content.peek2(Token![=]) && !content.peek2(token::Bracket);
    if content.peek(Token![let]) {
        return number_of_layer(content, definition);
    }
    let keyword: Option<Ident> = content.fork().parse().ok();
    let word = keyword.as_ref().map(ToString::to_string);
    let is_statement = match word.as_deref() {
        Some("input" | "output" | "param" | "state" | "index" | "scan" | "repeat") => declares,
        Some("require") => requires,
        _ => false,
    };
    let (Some(keyword), Some(word), true) = (keyword, word, is_statement) else {
        definition.assignments.push(assignment_when(content, definition.kind)?);
        return content.parse::<Token![;]>().map(drop);
    };
    if let Some(message) = misplaced(definition.kind, &word) {
        return Err(syn::Error::new(keyword.span(), message));
    }
    content.parse::<Ident>()?;
    match word.as_str() {
        "input" => definition.inputs.push(input_of_layer(content)?),
        "output" => results(content, definition)?,
        "index" if definition.kind == Kind::Layer => {
            definition.indices.extend(separated(content, axes_of_layer)?);
        }
        "index" => definition.indices.extend(separated(content, axis)?),
        "require" => definition.requirements.push(requirement(content, definition.kind)?),
        "scan" => return scan(content, &[], &mut definition.assignments),
        "repeat" => {
            let place = definition.next_place();
            definition.repeats.push(repeat(content, definition.kind, place)?);
            return Ok(());
        }
        "state" if definition.kind == Kind::Optimizer => {
            definition.parameters.push(state_of_optimizer(content)?);
        }
        word => definition.parameters.push(parameter(content, word == "state")?),
    }
    content.parse::<Token![;]>().map(drop)
}

/// `let half = N / 2;`
fn number_of_layer(content: ParseStream, definition: &mut Definition) -> syn::Result<()> {
    let keyword: Token![let] = content.parse()?;
    if let Some(message) = misplaced(definition.kind, "let") {
        return Err(syn::Error::new(keyword.span, message));
    }
    let place = definition.next_place();
    definition.numbers.push(number(content, place)?);
    content.parse::<Token![;]>().map(drop)
}

/// The names behind `output`.
fn results(content: ParseStream, definition: &mut Definition) -> syn::Result<()> {
    for name in separated(content, name)? {
        let place = definition.next_place();
        definition.results.push(Output { name, place });
    }
    Ok(())
}

/// Why a statement of a layer has no meaning in another definition.
fn misplaced(kind: Kind, keyword: &str) -> Option<&'static str> {
    match (kind, keyword) {
        (Kind::Layer, _)
        | (Kind::Loss, "index")
        | (Kind::Activation, "require")
        | (Kind::Optimizer, "require" | "state") => None,
        (_, "output") => {
            Some("a layer has `output` statements: here the last statement is what comes out")
        }
        (Kind::Optimizer, "input") => Some(
            "the arguments of an optimizer, a parameter and its gradient, stand in parentheses: \
             `optimizer name(w, g; lr = 0.01)`",
        ),
        (Kind::Optimizer, "param") => {
            Some("an optimizer learns nothing itself: what it keeps from step to step is a `state`")
        }
        (Kind::Activation | Kind::Loss | Kind::Optimizer, "let") => {
            Some("`let` names a number in a layer: here write the value itself")
        }
        (Kind::Optimizer, _) => {
            Some("an optimizer updates each number by itself: there is no axis to run over")
        }
        (Kind::Activation, "input") => {
            Some("the input of an activation stands in parentheses: `activation name(x)`")
        }
        (Kind::Activation, "param") => {
            Some("an activation learns a setting: `activation name(x; learn a = 1)`")
        }
        (Kind::Activation, _) => {
            Some("an activation is one number for each number of its input: write a `layer`")
        }
        (Kind::Loss, "input") => {
            Some("the arguments of a loss stand in parentheses: `loss name(p; t)`")
        }
        (Kind::Loss, "param" | "state") => {
            Some("a loss holds no numbers of its own: put them into a layer")
        }
        (Kind::Loss, "scan") => Some("a loss has no steps: write the recurrence in a layer"),
        (Kind::Loss, "repeat") => Some("a loss repeats nothing: write the repetition in a layer"),
        (Kind::Loss, _) => Some(
            "a loss has no sizes to require something of; its settings have ranges: \
                  `a = 1 in 0..=1`",
        ),
    }
}

/// `l in 0..num_layers { … }` of a repetition.
fn repeat(input: ParseStream, kind: Kind, place: Place) -> syn::Result<Repeat> {
    let index = name(input)?;
    input.parse::<Token![in]>()?;
    let from = expression(input)?;
    input.parse::<Token![..]>()?;
    let to = expression(input)?;
    let mut inside = Definition::new(kind, index.clone());
    let content;
    braced!(content in input);
    while !content.is_empty() {
        let keyword: Option<Ident> = content.fork().parse().ok();
        statement(&content, &mut inside)?;
        let Definition { inputs, indices, requirements, parameters, .. } = &inside;
        if let Some(number) = inside.numbers.iter().find(|number| number.components.is_some()) {
            let message = "a number of a round is one number";
            return Err(syn::Error::new(number.name.span(), message));
        }
        let has_state = parameters.last().is_some_and(|parameter| parameter.is_state);
        let is_empty = inputs.is_empty() && indices.is_empty() && requirements.is_empty();
        if let Some(keyword) = keyword.filter(|_| has_state || !is_empty) {
            let message = format!("`{keyword}` stands outside of `repeat`");
            return Err(syn::Error::new(keyword.span(), message));
        }
    }
    let Definition { parameters, assignments, repeats, numbers, results, .. } = inside;
    let body = Repeated { parameters, assignments, repeats, numbers, results };
    Ok(Repeat { index, from, to, place, body })
}

/// `t { assignments }` of a scan, in which others may stand.
fn scan(
    input: ParseStream,
    around: &[ScanBlock],
    assignments: &mut Vec<Assignment>,
) -> syn::Result<()> {
    let index = name(input)?;
    if around.iter().any(|block| block.index == index) {
        let message = format!("a scan over `{index}` stands around this one: write another index");
        return Err(syn::Error::new(index.span(), message));
    }
    let block = ScanBlock { index, first: assignments.len() };
    let scans = [around, &[block]].concat();
    let content;
    braced!(content in input);
    while !content.is_empty() {
        if content.peek2(syn::Ident) && keyword(&content, "scan")? {
            scan(&content, &scans, assignments)?;
            continue;
        }
        let assignment = assignment_when(&content, Kind::Layer)?;
        if let Some(other) = assignment.others.first() {
            let message = "layers, which may make several arrays, are applied outside of `scan`";
            return Err(syn::Error::new(other.span(), message));
        }
        content.parse::<Token![;]>()?;
        assignments.push(Assignment { scans: scans.clone(), ..assignment });
    }
    Ok(())
}

pub fn parameter(input: ParseStream, is_state: bool) -> syn::Result<Parameter> {
    let declaration = declaration(input)?;
    let key = key(input)?;
    input.parse::<Token![~]>()?;
    let initialiser: Ident = input.parse()?;
    let content;
    parenthesized!(content in input);
    let arguments = list(&content)?;
    let condition = condition(input)?;
    let otherwise = otherwise(input)?;
    Ok(Parameter { is_state, declaration, key, condition, otherwise, initialiser, arguments })
}

/// `m`, `total ~ constant(1)` or `b when momentum != 0`: it has a number for each parameter, 0 at first
/// unless it says another one.
fn state_of_optimizer(input: ParseStream) -> syn::Result<Parameter> {
    let name = name(input)?;
    if input.peek(token::Bracket) {
        return Err(input.error("a state has a number for each parameter: it has no axes"));
    }
    let (mut initialiser, mut arguments) = (Ident::new("zeros", name.span()), Vec::new());
    if input.parse::<Option<Token![~]>>()?.is_some() {
        initialiser = input.parse()?;
        let content;
        parenthesized!(content in input);
        arguments = list(&content)?;
    }
    let declaration = Declaration::new(name, Vec::new());
    let (condition, key, otherwise) = (condition(input)?, None, None);
    Ok(Parameter { is_state: true, declaration, key, condition, otherwise, initialiser, arguments })
}

/// `when bias`, or nothing.
fn condition(input: ParseStream) -> syn::Result<Option<Expression>> {
    if keyword(input, "when")? { expression(input).map(Some) } else { Ok(None) }
}

/// `as "weight_ih_l0"`, or nothing.
fn key(input: ParseStream) -> syn::Result<Option<Key>> {
    if input.parse::<Option<Token![as]>>()?.is_none() {
        return Ok(None);
    }
    if !input.peek(LitStr) {
        return Err(input.error("expected the key in quotes, such as `as \"weight_ih_l0\"`"));
    }
    input.parse().map(|text| Some(key_of(&text)))
}

fn key_of(text: &LitStr) -> Key {
    Key { text: text.value(), span: text.span() }
}

/// `before[2] = dilation * (K - 1) / 2`
fn number(input: ParseStream, place: Place) -> syn::Result<Number> {
    let name = name(input)?;
    let components = components(input)?;
    input.parse::<Token![=]>()?;
    Ok(Number { name, components, value: expression(input)?, place })
}

/// `left < right`, or `left divides right`, with `when condition` behind it.
fn requirement(input: ParseStream, kind: Kind) -> syn::Result<Requirement> {
    let location = input.span();
    let left = expression(input)?;
    if kind != Kind::Optimizer && keyword(input, "divides")? {
        let (relation, right) = (Relation::Divides, expression(input)?);
        return Ok(Requirement { left, relation, right, condition: condition(input)? });
    }
    let condition = condition(input)?;
    match left.kind {
        ExpressionKind::Compare(comparison, left, right) => {
            let relation = Relation::Compare(comparison);
            Ok(Requirement { left: *left, relation, right: *right, condition })
        }
        _ if kind == Kind::Optimizer => {
            Err(syn::Error::new(location, "expected a comparison of settings"))
        }
        _ => Err(syn::Error::new(location, "expected a comparison, or `a divides b`")),
    }
}

/// `else 0`, or nothing.
fn otherwise(input: ParseStream) -> syn::Result<Option<Expression>> {
    match input.parse::<Option<Token![else]>>()? {
        Some(_) => expression(input).map(Some),
        None => Ok(None),
    }
}

/// Whether a keyword of the language stands here; it is then read.
fn keyword(input: ParseStream, keyword: &str) -> syn::Result<bool> {
    let stands = input.fork().parse::<Ident>().is_ok_and(|name| name == keyword);
    if stands {
        input.parse::<Ident>()?;
    }
    Ok(stands)
}

pub fn assignment(input: ParseStream) -> syn::Result<Assignment> {
    let target = name(input)?;
    let at = if input.peek(token::Bracket) {
        let content;
        bracketed!(content in input);
        separated(&content, target_axis)?
    } else {
        Vec::new()
    };
    let is_update = input.peek(Token![<-]);
    if is_update {
        input.parse::<Token![<-]>()?;
    } else {
        input.parse::<Token![=]>()?;
    }
    let value = expression(input)?;
    let otherwise = otherwise(input)?;
    let others = Vec::new();
    let (scans, condition) = (Vec::new(), None);
    Ok(Assignment { is_update, scans, target, others, at, value, otherwise, condition })
}

/// `a, _, b =`: the names of several arrays.
pub fn targets(input: ParseStream) -> syn::Result<(Ident, Vec<Ident>)> {
    let (target, mut others) = (name_or_blank(input)?, Vec::new());
    while input.parse::<Option<Token![,]>>()?.is_some() {
        others.push(name_or_blank(input)?);
    }
    input.parse::<Token![=]>()?;
    Ok((target, others))
}

/// An assignment; one in a layer may make several arrays, `a, b = split(2)(x)`, and may be left out by the
/// settings, `y[i] = x[i] when bias`.
fn assignment_when(input: ParseStream, kind: Kind) -> syn::Result<Assignment> {
    if kind != Kind::Layer {
        return assignment(input);
    }
    let assignment = if input.peek2(Token![,]) {
        let (target, others) = targets(input)?;
        Assignment { others, ..Assignment::of_array(target, expression(input)?) }
    } else {
        assignment(input)?
    };
    Ok(Assignment { condition: condition(input)?, ..assignment })
}

/// `C, K[2]`, and `..shape` once among them.
fn sizes(input: ParseStream, definition: &mut Definition) -> syn::Result<()> {
    let all = separated(input, |input| match group(input)? {
        Some(group) => Ok(Err(group)),
        None => size(input).map(Ok),
    })?;
    for one in all {
        match one {
            Ok(size) => definition.sizes.push(size),
            Err(group) if definition.sizes_of_group.is_none() => {
                definition.sizes_of_group = Some((definition.sizes.len(), group));
            }
            Err(group) => {
                let message = "`..` stands once among the sizes of a layer";
                return Err(error_at(group.location, message));
            }
        }
    }
    Ok(())
}

/// `C`, `K[2]` or `N[..]`
fn size(input: ParseStream) -> syn::Result<Size> {
    let name = name(input)?;
    let ahead = input.fork();
    let is_open = ahead.peek(token::Bracket) && is_open(&ahead)?;
    if is_open {
        input.advance_to(&ahead);
        return Ok(Size { name, components: None, is_open });
    }
    Ok(Size { name, components: components(input)?, is_open })
}

/// Whether `[..]` stands here, which is then read.
fn is_open(input: ParseStream) -> syn::Result<bool> {
    let content;
    bracketed!(content in input);
    Ok(content.parse::<Option<Token![..]>>()?.is_some() && content.is_empty())
}

/// `[2]`, or nothing.
fn components(input: ParseStream) -> syn::Result<Option<usize>> {
    let is_count = |content: ParseStream| content.peek(syn::LitInt);
    if !input.peek(token::Bracket) {
        return Ok(None);
    }
    let ahead = input.fork();
    let content;
    bracketed!(content in ahead);
    if !is_count(&content) {
        return Ok(None);
    }
    let content;
    bracketed!(content in input);
    let count: syn::LitInt = content.parse()?;
    match count.base10_parse() {
        Ok(components @ 1..=MOST_COMPONENTS) => Ok(Some(components)),
        _ => {
            let message = format!("a size or setting has 1 to {MOST_COMPONENTS} numbers");
            Err(syn::Error::new(count.span(), message))
        }
    }
}

/// `x[s: S]`, or `key[t: T] = query` if it may be left out.
fn input_of_layer(input: ParseStream) -> syn::Result<Declaration> {
    let declaration = declaration(input)?;
    let equals: Option<Token![=]> = input.parse()?;
    let default = equals.map(|_| expression(input).map(Box::new)).transpose()?;
    Ok(Declaration { default, ..declaration })
}

/// A declaration of something whose axes are all written.
pub fn whole_declaration(input: ParseStream) -> syn::Result<Declaration> {
    let declaration = declaration(input)?;
    all_written(&declaration)?;
    Ok(declaration)
}

/// Outside of layers, neither `..` nor `l[2]: L` has a meaning in a declaration.
pub fn all_written(declaration: &Declaration) -> syn::Result<()> {
    if let Some(axis) = declaration.axes.iter().find(|axis| axis.components.is_some()) {
        let message = "a name stands for several axes in a `layer`: name all of them here";
        return Err(syn::Error::new(axis.index.span(), message));
    }
    let Some((_, group)) = declaration.groups.first() else { return Ok(()) };
    let message = "`..` stands for axes in a `layer`: write all of them here";
    Err(error_at(group.location, message))
}

/// `x`, `x[i: I, j: J]`, `x[.., i: I]`, `label: class`, `tag[s: S]: class` or `token[s: S]: index(V)`.
pub fn declaration(input: ParseStream) -> syn::Result<Declaration> {
    let name = name(input)?;
    let (mut all, mut groups) = (Vec::new(), Vec::new());
    if input.peek(token::Bracket) {
        let content;
        bracketed!(content in input);
        while !content.is_empty() {
            match group(&content)? {
                Some(group) => groups.push((all.len(), group)),
                None => all.push(axes_of_layer(&content)?),
            }
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
    }
    Ok(Declaration { groups, numbers: numbers(input)?, ..Declaration::new(name, all) })
}

/// `: class`, `: index(V)`, or nothing.
pub fn numbers(input: ParseStream) -> syn::Result<DeclaredNumbers> {
    if input.parse::<Option<Token![:]>>()?.is_none() {
        return Ok(DeclaredNumbers::Real);
    }
    let word: Ident = input.parse()?;
    match word.to_string().as_str() {
        "class" => Ok(DeclaredNumbers::Class),
        "index" if input.peek(token::Paren) => {
            let content;
            parenthesized!(content in input);
            let below = expression(&content)?;
            if !content.is_empty() {
                return Err(content.error("expected `)`: `index(V)` is an integer below V"));
            }
            Ok(DeclaredNumbers::Index(Box::new(below)))
        }
        _ => Err(syn::Error::new(word.span(), "expected `class` or `index(…)`")),
    }
}

/// `[i: I, j: J]`, or nothing.
fn axes(input: ParseStream) -> syn::Result<Vec<Axis>> {
    if !input.peek(token::Bracket) {
        return Ok(Vec::new());
    }
    let content;
    bracketed!(content in input);
    let axes = Punctuated::<Axis, Token![,]>::parse_terminated_with(&content, axis)?;
    Ok(axes.into_iter().collect())
}

/// `i: I`
pub fn axis(input: ParseStream) -> syn::Result<Axis> {
    let index = name(input)?;
    input.parse::<Token![:]>()?;
    Ok(Axis { index, components: None, extent: expression(input)? })
}

/// `i: I`, or `l[2]: L`
fn axes_of_layer(input: ParseStream) -> syn::Result<Axis> {
    let index = name(input)?;
    let components = components(input)?;
    input.parse::<Token![:]>()?;
    Ok(Axis { index, components, extent: expression(input)? })
}

fn setting(input: ParseStream) -> syn::Result<Setting> {
    let is_learned = input.peek2(syn::Ident) && keyword(input, "learn")?;
    let name = name(input)?;
    let components = components(input)?;
    let axes = axes(input)?;
    let key = key(input)?;
    input.parse::<Token![=]>()?;
    let mut default = expression(input)?;
    let truth = default.as_truth();
    default.kind = truth.map_or(default.kind, ExpressionKind::Integer);
    let (mut range, mut is_half_open) = (None, false);
    if input.parse::<Option<Token![in]>>()?.is_some() {
        let least = expression(input)?;
        is_half_open = !input.peek(Token![..=]);
        if is_half_open {
            input.parse::<Token![..]>()?;
        } else {
            input.parse::<Token![..=]>()?;
        }
        range = Some((least, expression(input)?));
    }
    let words = words(input, &default, range.is_none())?;
    Ok(Setting {
        name,
        axes,
        components,
        default,
        is_truth: truth.is_some(),
        words,
        range,
        is_half_open,
        is_learned,
        key,
    })
}

/// What a setting may be beside numbers, `0 in 0..=infinity | same`, or in place of them, `zeros | reflect`.
fn words(input: ParseStream, default: &Expression, is_alone: bool) -> syn::Result<Vec<Ident>> {
    let mut words: Vec<Ident> = Vec::new();
    while input.parse::<Option<Token![|]>>()?.is_some() {
        words.push(name(input)?);
    }
    let first = default.as_name().filter(|_| is_alone && !words.is_empty());
    words.splice(0..0, first.cloned());
    for (at, word) in words.iter().enumerate() {
        let message = match &word.to_string() {
            text if words[..at].iter().any(|other| other == text) => "this word stands twice",
            text if number_of_word(text).is_none() => {
                "a word of a setting has at most 11 small letters"
            }
            _ => continue,
        };
        return Err(syn::Error::new(word.span(), message));
    }
    Ok(words)
}

/// Things between commas, up to a `;` or the end.
pub fn separated<T>(
    input: ParseStream,
    one: impl Fn(ParseStream) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    let mut all = Vec::new();
    while !input.is_empty() && !input.peek(Token![;]) {
        all.push(one(input)?);
        if input.parse::<Option<Token![,]>>()?.is_none() {
            break;
        }
    }
    Ok(all)
}

fn target_axis(input: ParseStream) -> syn::Result<TargetAxis> {
    let at = place(input)?;
    let colon: Option<Token![:]> = input.parse()?;
    Ok(TargetAxis { at, extent: colon.map(|_| expression(input)).transpose()? })
}

/// `function tanh(x) derivative 1 - y^2;`
pub fn function(input: ParseStream) -> syn::Result<Function> {
    let documentation = documentation(&input.call(Attribute::parse_outer)?);
    input.parse::<Ident>()?;
    let name: Ident = input.parse()?;
    let content;
    parenthesized!(content in input);
    content.parse::<Ident>()?;
    input.parse::<Ident>()?;
    let derivative = expression(input)?;
    input.parse::<Token![;]>()?;
    Ok(Function { documentation, name, derivative })
}

/// `left => right;`, or `y = root: left => right;`
pub fn rewrite(input: ParseStream) -> syn::Result<Rewrite> {
    let mut left = expression(input)?;
    let mut root = None;
    let is_output = matches!(&left.kind, ExpressionKind::Name(name) if name == "y");
    if is_output && input.peek(Token![=]) && !input.peek(Token![=>]) {
        input.parse::<Token![=]>()?;
        root = Some(expression(input)?);
        input.parse::<Token![:]>()?;
        left = expression(input)?;
    }
    input.parse::<Token![=>]>()?;
    let right: Expression = expression(input)?;
    input.parse::<Token![;]>()?;
    Ok(Rewrite { root, left, right })
}

/// What `#[outputs(…)]` says; any real numbers if it is not there.
fn outputs(attributes: &[Attribute]) -> syn::Result<Meaning> {
    let mut attributes = attributes.iter().filter(|one| one.path().is_ident("outputs"));
    let Some(attribute) = attributes.next() else { return Ok(Meaning::Logits) };
    if let Some(second) = attributes.next() {
        let message = "`outputs` is given twice";
        return Err(syn::Error::new(second.pound_token.span, message));
    }
    let meaning: Ident = attribute.parse_args()?;
    match meaning.to_string().as_str() {
        "probabilities" => Ok(Meaning::Probabilities),
        "unchanged" => Ok(Meaning::Unchanged),
        _ => Err(syn::Error::new(meaning.span(), "expected `probabilities` or `unchanged`")),
    }
}

/// The keys that `#[ignored("…")]` lists; none if it is not there.
fn ignored(attributes: &[Attribute]) -> syn::Result<Vec<Key>> {
    let attributes = attributes.iter().filter(|attribute| attribute.path().is_ident("ignored"));
    let mut keys = Vec::new();
    for attribute in attributes {
        let parser = Punctuated::<LitStr, Token![,]>::parse_terminated;
        keys.extend(attribute.parse_args_with(parser)?.iter().map(key_of));
    }
    Ok(keys)
}

/// The text of `///` comments. Of a text that it reads itself, rust-analyzer leaves the third stroke.
pub fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim_start_matches('/').trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}
