//! Expressions: arithmetic, `^`, calls, elements, reductions and `if`.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseBuffer, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Token, braced, bracketed, parenthesized, token};

use super::name::name;
use crate::frontend::syntax::{
    AppliedLayers, Argument, AxisGroup, BoundIndex, DeclaredNumbers, Expression, ExpressionKind,
    LayerTree, Location, Reduction,
};
use crate::ir::expression::{Binary, Comparison};
use crate::ir::index::BATCH_SIZE;

/// Deeper nesting than this is an error, so that no input can exhaust the compiler's stack.
const DEEPEST: usize = 32;

/// Longer sums and products than this are an error, for the same reason.
const LONGEST: usize = 64;

/// What stands before a label whose layers are applied once more.
pub const REUSE: &str = "reuse";

const DIVIDE: &str = "write a part as a statement or constant of its own";

fn too_deep() -> String {
    format!("more than {DEEPEST} levels of nesting: {DIVIDE}")
}

/// An expression, possibly a comparison.
pub fn expression(input: ParseStream) -> syn::Result<Expression> {
    comparison(input, 0)
}

/// The value of an argument of a layer: what stands between `;` and `>`, or `(a, b)` for several axes.
fn argument(input: ParseStream) -> syn::Result<Expression> {
    if !input.peek(token::Paren) || !is_tuple(input) {
        return sum(input, 0);
    }
    let content;
    let parentheses = parenthesized!(content in input);
    Ok(Expression {
        kind: ExpressionKind::Tuple(list(&content)?),
        location: ends(parentheses.span),
    })
}

fn is_tuple(input: ParseStream) -> bool {
    let ahead = input.fork();
    let comma = |ahead: ParseStream| {
        let content;
        parenthesized!(content in ahead);
        sum(&content, 0)?;
        content.parse::<Token![,]>()
    };
    comma(&ahead).is_ok()
}

/// `..`, `..dim` or `..=dim`, if it stands here.
pub fn group(input: ParseStream) -> syn::Result<Option<AxisGroup>> {
    let is_inclusive = input.peek(Token![..=]);
    let location = if is_inclusive {
        let [first, .., last] = input.parse::<Token![..=]>()?.spans;
        Location { first, last }
    } else if input.peek(Token![..]) {
        let [first, last] = input.parse::<Token![..]>()?.spans;
        Location { first, last }
    } else {
        return Ok(None);
    };
    let end = input.peek(Ident::peek_any).then(|| name(input)).transpose()?;
    if is_inclusive && end.is_none() {
        return Err(input.error("expected the setting that says which axis is the last: `..=dim`"));
    }
    let last = end.as_ref().map_or(location.last, Ident::span);
    Ok(Some(AxisGroup { end, is_inclusive, location: Location { last, ..location } }))
}

/// A place along an axis, or `..` for a place along each of several.
pub fn place(input: ParseStream) -> syn::Result<Expression> {
    place_at(input, 0)
}

fn place_at(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    match group(input)? {
        Some(group) => {
            let location = group.location;
            Ok(Expression { kind: ExpressionKind::Axes { group, is_joined: false }, location })
        }
        None => comparison(input, depth),
    }
}

/// The places between the brackets behind an array.
fn places(input: ParseStream, depth: usize) -> syn::Result<Vec<Expression>> {
    separated_at(input, depth, place_at)
}

/// Expressions between commas.
pub fn list(input: ParseStream) -> syn::Result<Vec<Expression>> {
    list_at(input, 0)
}

fn list_at(input: ParseStream, depth: usize) -> syn::Result<Vec<Expression>> {
    separated_at(input, depth, comparison)
}

fn separated_at(
    input: ParseStream,
    depth: usize,
    one: impl Fn(ParseStream, usize) -> syn::Result<Expression>,
) -> syn::Result<Vec<Expression>> {
    let mut list = Vec::new();
    while !input.is_empty() {
        list.push(one(input, depth)?);
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(list)
}

fn comparison(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    if depth > DEEPEST {
        return Err(input.error(too_deep()));
    }
    let left = sum(input, depth + 1)?;
    let Some(operation) = comparison_sign(input)? else {
        return Ok(left);
    };
    let right = sum(input, depth + 1)?;
    Ok(joined(left, right, |left, right| ExpressionKind::Compare(operation, left, right)))
}

fn comparison_sign(input: ParseStream) -> syn::Result<Option<Comparison>> {
    macro_rules! signs {
        ($($sign:tt $comparison:ident)*) => {
            $(if input.peek(Token![$sign]) {
                input.parse::<Token![$sign]>()?;
                return Ok(Some(Comparison::$comparison));
            })*
        };
    }
    if input.peek(Token![=>]) {
        return Ok(None);
    }
    signs!(<= LessOrEqual >= GreaterOrEqual == Equal != NotEqual);
    // A bare `>` may close a network; only inside braces or parentheses can it be a comparison,
    // and `comparison` is what parses there.
    signs!(< Less > Greater);
    Ok(None)
}

/// Terms joined by `+` and `-`: what stands between `;` and `>` in a network.
pub fn sum(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    let mut left = product(input, depth)?;
    for _ in 0..LONGEST {
        let operation = if input.peek(Token![+]) {
            input.parse::<Token![+]>()?;
            Binary::Add
        } else if input.peek(Token![-]) {
            input.parse::<Token![-]>()?;
            Binary::Subtract
        } else {
            return Ok(left);
        };
        left = binary(operation, left, product(input, depth)?);
    }
    Err(input.error(format!("more than {LONGEST} terms: {DIVIDE}")))
}

fn product(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    let mut left = signed(input, depth)?;
    for _ in 0..LONGEST {
        let operation = if input.peek(Token![*]) {
            input.parse::<Token![*]>()?;
            Binary::Multiply
        } else if input.peek(Token![/]) {
            input.parse::<Token![/]>()?;
            Binary::Divide
        } else {
            return Ok(left);
        };
        left = binary(operation, left, signed(input, depth)?);
    }
    Err(input.error(format!("more than {LONGEST} factors: {DIVIDE}")))
}

/// `-x^2` is −(x²).
fn signed(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    if depth > DEEPEST {
        return Err(input.error(too_deep()));
    }
    if input.peek(Token![-]) && !input.peek(token::Group) {
        let minus: Token![-] = input.parse()?;
        let operand = signed(input, depth + 1)?;
        let location = Location::from(minus.span).to(operand.location);
        return Ok(Expression { kind: ExpressionKind::Negate(Box::new(operand)), location });
    }
    let base = match fragment(input, depth)? {
        Some(fragment) => fragment,
        None => primary(input, depth)?,
    };
    if !input.peek(Token![^]) {
        return Ok(base);
    }
    input.parse::<Token![^]>()?;
    let exponent = signed(input, depth + 1)?;
    Ok(binary(Binary::Power, base, exponent))
}

/// What a macro's `$fragment` stands for, as if in parentheses: they are there, but invisible. A single
/// token needs none.
fn fragment(input: ParseStream, depth: usize) -> syn::Result<Option<Expression>> {
    let Some((mut inside, ..)) = input.cursor().group(Delimiter::None) else { return Ok(None) };
    while let Some((deeper, _, rest)) = inside.group(Delimiter::None)
        && rest.eof()
    {
        inside = deeper;
    }
    let tokens = inside.token_stream();
    if tokens.clone().into_iter().nth(1).is_none() {
        return Ok(None);
    }
    input.step(|cursor| match cursor.group(Delimiter::None) {
        Some((_, _, rest)) => Ok(((), rest)),
        None => Err(cursor.error("expected a fragment")),
    })?;
    let inner = |content: ParseStream| {
        let inner = comparison(content, depth + 1)?;
        nothing_left(content)?;
        Ok(inner)
    };
    inner.parse2(tokens).map(Some)
}

fn primary(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    if input.peek(syn::Lit) {
        number(input)
    } else if input.peek(Token![if]) {
        choice(input, depth)
    } else if input.peek(token::Paren) {
        let content;
        let parentheses = parenthesized!(content in input);
        let kind = match group(&content)? {
            Some(group) => ExpressionKind::Axes { group, is_joined: true },
            None => comparison(&content, depth + 1)?.kind,
        };
        nothing_left(&content)?;
        Ok(Expression { kind, location: ends(parentheses.span) })
    } else if input.peek(Token![<]) {
        applied_chain(input, depth)
    } else if input.peek(Ident::peek_any) {
        let named = named(input, depth)?;
        element_of(input, named, depth)
    } else {
        Err(input.error("expected a number, a name or an expression in parentheses"))
    }
}

fn number(input: ParseStream) -> syn::Result<Expression> {
    let literal: syn::Lit = input.parse()?;
    let kind = match &literal {
        syn::Lit::Int(integer) if integer.suffix().is_empty() => match integer.base10_parse() {
            Ok(value) => ExpressionKind::Integer(value),
            Err(_) => {
                let message = format!("an integer is at most {}", i64::MAX);
                return Err(syn::Error::new(integer.span(), message));
            }
        },
        syn::Lit::Int(integer) if integer.suffix() == "usize" => {
            ExpressionKind::Integer(integer.base10_parse()?)
        }
        syn::Lit::Bool(truth) => ExpressionKind::Truth(truth.value),
        syn::Lit::Float(float) if float.suffix().is_empty() => {
            let value: f64 = float.base10_parse()?;
            if value.is_infinite() {
                let message = "this number is too large for `f64`; write `infinity` if it is meant";
                return Err(syn::Error::new(float.span(), message));
            }
            ExpressionKind::Float(value)
        }
        other => {
            return Err(syn::Error::new(
                other.span(),
                "expected a number without a suffix, such as `3` or `0.5`",
            ));
        }
    };
    Ok(Expression { kind, location: literal.span().into() })
}

fn choice(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    let keyword: Token![if] = input.parse()?;
    let condition = comparison(input, depth + 1)?;
    let (then, _) = braced_expression(input, depth)?;
    if !input.peek(Token![else]) {
        return Err(input.error("expected `else { … }`: an equation has a value in every case"));
    }
    input.parse::<Token![else]>()?;
    let (otherwise, last) = if input.peek(Token![if]) {
        let otherwise = choice_at(input, depth + 1)?;
        let last = otherwise.location;
        (otherwise, last)
    } else {
        braced_expression(input, depth)?
    };
    let kind = ExpressionKind::If {
        condition: Box::new(condition),
        then: Box::new(then),
        otherwise: Box::new(otherwise),
    };
    Ok(Expression { kind, location: Location::from(keyword.span).to(last) })
}

fn choice_at(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    if depth > DEEPEST {
        return Err(input.error(too_deep()));
    }
    choice(input, depth)
}

fn braced_expression(input: ParseStream, depth: usize) -> syn::Result<(Expression, Location)> {
    let content;
    let braces = braced!(content in input);
    let inner = comparison(&content, depth + 1)?;
    nothing_left(&content)?;
    Ok((inner, ends(braces.span)))
}

/// `<linear(4); tanh>(x)`: what is between `<` and `>` is read by whoever knows layers.
fn applied_chain(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    let start: Token![<] = input.parse()?;
    let mut tokens = TokenStream::new();
    while !input.peek(Token![>]) {
        if input.is_empty() {
            return Err(syn::Error::new(start.span, "these layers end without a `>`"));
        }
        tokens.extend(std::iter::once(input.parse::<TokenTree>()?));
    }
    let end: Token![>] = input.parse()?;
    let location = Location::from(start.span).to(end.span.into());
    if !input.peek(token::Paren) {
        let message = "layers are applied to arrays here: `<linear(4); tanh>(x)`";
        return Err(syn::Error::new(end.span, message));
    }
    let layers = AppliedLayers::Chain(tokens);
    let applied = applied(input, layers, location, depth)?;
    element_of(input, applied, depth)
}

/// `reuse label(x)`
fn reused(input: ParseStream, start: Location, depth: usize) -> syn::Result<Expression> {
    let of = name(input)?;
    if !input.peek(token::Paren) {
        let message = format!("layers are applied to arrays here: `{REUSE} {of}(x)`");
        return Err(syn::Error::new(of.span(), message));
    }
    applied(input, AppliedLayers::Reuse(of), start, depth)
}

/// The arrays in parentheses behind layers.
fn applied(
    input: ParseStream,
    layers: AppliedLayers,
    start: Location,
    depth: usize,
) -> syn::Result<Expression> {
    let content;
    let parentheses = parenthesized!(content in input);
    let arguments = list_at(&content, depth + 1)?;
    let location = start.to(ends(parentheses.span));
    Ok(Expression { kind: ExpressionKind::Apply { layers, arguments }, location })
}

/// `softmax(x)[i]`, or what stands before the bracket alone.
fn element_of(input: ParseStream, array: Expression, depth: usize) -> syn::Result<Expression> {
    if !input.peek(token::Bracket) {
        return Ok(array);
    }
    let content;
    let brackets = bracketed!(content in input);
    let at = places(&content, depth + 1)?;
    let location = array.location.to(ends(brackets.span));
    Ok(Expression { kind: ExpressionKind::ElementOf { array: Box::new(array), at }, location })
}

/// `linear(4)` of `linear(4)(x)`; nothing if no arrays follow.
fn applied_layer(input: ParseStream, name: &Ident) -> syn::Result<Option<LayerTree>> {
    let ahead = input.fork();
    let has_arrays = ahead.parse::<TokenTree>().is_ok() && ahead.peek(token::Paren);
    if !has_arrays {
        return Ok(None);
    }
    let content;
    let parentheses = parenthesized!(content in input);
    let arguments =
        Punctuated::<Argument, Token![,]>::parse_terminated_with(&content, layer_argument)?;
    let location = Location::from(name.span()).to(ends(parentheses.span));
    let arguments = arguments.into_iter().collect();
    let numbers = DeclaredNumbers::Real;
    Ok(Some(LayerTree { label: None, name: name.clone(), arguments, numbers, location }))
}

/// `value`, or `name = value`.
pub fn layer_argument(input: ParseStream) -> syn::Result<Argument> {
    let mut named = None;
    if input.peek(syn::Ident) && input.peek2(Token![=]) {
        named = Some(name(input)?);
        input.parse::<Token![=]>()?;
    }
    Ok(Argument { name: named, value: argument(input)? })
}

/// A name alone, an element `x[i, j]`, a call `f(x)` or a reduction `sum(i, j: …)`.
fn named(input: ParseStream, depth: usize) -> syn::Result<Expression> {
    let name = name(input)?;
    let here = Location::from(name.span());
    if name == REUSE && input.peek(syn::Ident) {
        return reused(input, here, depth);
    }
    if input.peek(token::Bracket) {
        let content;
        let brackets = bracketed!(content in input);
        let at = places(&content, depth + 1)?;
        let location = here.to(ends(brackets.span));
        return Ok(Expression { kind: ExpressionKind::Element { array: name, at }, location });
    }
    if !input.peek(token::Paren) {
        return Ok(Expression { kind: ExpressionKind::Name(name), location: here });
    }
    if let Some(layer) = applied_layer(input, &name)? {
        let start = layer.location;
        return applied(input, AppliedLayers::Layer(Box::new(layer)), start, depth);
    }
    let content;
    let parentheses = parenthesized!(content in input);
    let location = here.to(ends(parentheses.span));
    let kind = match reduction(&name, &content)? {
        Some((operation, bound)) => {
            let body = Box::new(comparison(&content, depth + 1)?);
            nothing_left(&content)?;
            let Bound { indices, groups } = bound;
            ExpressionKind::Reduce { operation, indices, groups, body }
        }
        None => ExpressionKind::Call { function: name, arguments: list_at(&content, depth + 1)? },
    };
    Ok(Expression { kind, location })
}

/// What a reduction runs over.
#[derive(Default)]
struct Bound {
    indices: Vec<BoundIndex>,
    groups: Vec<AxisGroup>,
}

/// A reduction with its `i, j:` or `m in batch:`; nothing for a plain call.
fn reduction(called: &Ident, content: ParseStream) -> syn::Result<Option<(Reduction, Bound)>> {
    let Some(&(_, operation)) = Reduction::ALL.iter().find(|(reduction, _)| called == reduction)
    else {
        return Ok(None);
    };
    let ahead = content.fork();
    let names_samples = ahead.peek2(Token![in]);
    let plain = |input: ParseStream| bound_index(input, Ident::parse);
    if !names_samples && (bound(&ahead, plain).is_err() || !ahead.peek(Token![:])) {
        return Ok(None);
    }
    let bound = bound(content, |input| bound_index(input, name))?;
    content.parse::<Token![:]>()?;
    Ok(Some((operation, bound)))
}

/// `i, j`, `..` or both.
fn bound(
    content: ParseStream,
    index: impl Fn(ParseStream) -> syn::Result<BoundIndex>,
) -> syn::Result<Bound> {
    let mut bound = Bound::default();
    loop {
        match group(content)? {
            Some(group) => bound.groups.push(group),
            None => bound.indices.push(index(content)?),
        }
        if content.parse::<Option<Token![,]>>()?.is_none() {
            return Ok(bound);
        }
    }
}

/// An index, or `m in batch`.
fn bound_index(
    input: ParseStream,
    index: impl Fn(ParseStream) -> syn::Result<Ident>,
) -> syn::Result<BoundIndex> {
    let index = index(input)?;
    let is_sample = input.peek(Token![in]);
    if is_sample {
        input.parse::<Token![in]>()?;
        let samples = name(input)?;
        if samples != BATCH_SIZE {
            let message = "a reduction runs over an index, `c`, or over the samples, `m in batch`";
            return Err(syn::Error::new(samples.span(), message));
        }
    }
    Ok(BoundIndex { index, is_sample })
}

fn nothing_left(content: &ParseBuffer) -> syn::Result<()> {
    if content.is_empty() { Ok(()) } else { Err(content.error("expected an operator here")) }
}

fn binary(operation: Binary, left: Expression, right: Expression) -> Expression {
    joined(left, right, |left, right| ExpressionKind::Binary(operation, left, right))
}

fn joined(
    left: Expression,
    right: Expression,
    kind: impl FnOnce(Box<Expression>, Box<Expression>) -> ExpressionKind,
) -> Expression {
    let location = left.location.to(right.location);
    Expression { kind: kind(Box::new(left), Box::new(right)), location }
}

/// From an opening delimiter to its closing one.
fn ends(span: proc_macro2::extra::DelimSpan) -> Location {
    let (first, last): (Span, Span) = (span.open(), span.close());
    Location { first, last }
}
