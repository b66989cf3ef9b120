//! The body of a network: `{ input x[i: 3]; h = linear(4)(x); output y = tanh(h); }`

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Token, braced};

use super::definition::{
    all_written, assignment, axis, parameter, separated, targets, whole_declaration,
};
use super::expression::expression;
use super::name::{label, name};
use super::recovery::skip_statement;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{Assignment, BodyStatement};

/// The statements, and whether all of them could be parsed.
pub fn body(
    input: ParseStream,
    diagnostics: &mut Diagnostics,
) -> syn::Result<(Vec<BodyStatement>, bool)> {
    let content;
    braced!(content in input);
    let (mut statements, mut whole) = (Vec::new(), true);
    while !content.is_empty() {
        let ahead = content.fork();
        if let Err(error) = statement(&content, &mut statements) {
            diagnostics.push(error);
            whole = false;
            statements.push(BodyStatement::Broken(first_names(&ahead)));
            skip_statement(&content);
        }
    }
    Ok((statements, whole))
}

/// The names that a broken statement begins with, behind its keyword.
fn first_names(input: ParseStream) -> Vec<Ident> {
    let mut names: Vec<Ident> = input.call(Ident::parse_any).into_iter().collect();
    if let Ok(name) = input.call(Ident::parse_any) {
        names = vec![name];
    }
    while input.parse::<Option<Token![,]>>().is_ok_and(|comma| comma.is_some()) {
        names.extend(input.call(Ident::parse_any));
    }
    names.iter().map(IdentExt::unraw).collect()
}

fn statement(content: ParseStream, statements: &mut Vec<BodyStatement>) -> syn::Result<()> {
    let keyword: Option<Ident> = content.fork().call(Ident::parse_any).ok();
    let word = keyword.as_ref().map(ToString::to_string);
    let declares = content.peek2(Ident::peek_any);
    match word.as_deref().filter(|_| declares) {
        Some("input") => {
            content.parse::<Ident>()?;
            statements.push(BodyStatement::Input(whole_declaration(content)?));
        }
        Some("param") => {
            content.parse::<Ident>()?;
            let parameter = parameter(content, false)?;
            all_written(&parameter.declaration)?;
            statements.push(BodyStatement::Parameter(parameter));
        }
        Some("index") => {
            content.parse::<Ident>()?;
            statements.extend(separated(content, axis)?.into_iter().map(BodyStatement::Index));
        }
        Some("output") => {
            content.parse::<Ident>()?;
            statements.push(output(content)?);
        }
        Some(word @ ("state" | "scan" | "require")) => {
            let message = format!("`{word}` stands in a `layer`, which a network then calls");
            return Err(content.error(message));
        }
        _ => statements.push(assigned(content, false)?),
    }
    content.parse::<Token![;]>().map(drop)
}

/// `h`, or `h = …`.
fn output(content: ParseStream) -> syn::Result<BodyStatement> {
    let is_name_alone = content.peek(syn::Ident) && content.peek2(Token![;]);
    if is_name_alone { name(content).map(BodyStatement::Output) } else { assigned(content, true) }
}

/// `h = …`, `h, g = …` or `h = label: …`.
fn assigned(content: ParseStream, is_output: bool) -> syn::Result<BodyStatement> {
    if !content.peek2(Token![,]) && !is_labelled(content) {
        let (label, assignment) = (None, assignment(content)?);
        return Ok(BodyStatement::Assignment { is_output, label, assignment });
    }
    let (target, others) = targets(content)?;
    let (label, value) = (label(content)?, expression(content)?);
    let assignment = Assignment { others, ..Assignment::of_array(target, value) };
    Ok(BodyStatement::Assignment { is_output, label, assignment })
}

/// `h = label:`
fn is_labelled(content: ParseStream) -> bool {
    let ahead = content.fork();
    let is_assigned = ahead.call(Ident::parse_any).is_ok() && ahead.parse::<Token![=]>().is_ok();
    is_assigned && label(&ahead).is_ok_and(|label| label.is_some())
}
