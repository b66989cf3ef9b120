//! The body of a network: `{ input x[i: 3]; h = linear(4)(x); output y = tanh(h); }`

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Token, braced, token};

use super::definition::{all_written, assignment, axis, parameter, separated, whole_declaration};
use super::name::name;
use super::recovery::skip_statement;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::BodyStatement;

/// The statements, and whether all of them could be parsed.
pub fn body(
    input: ParseStream,
    diagnostics: &mut Diagnostics,
) -> syn::Result<(Vec<BodyStatement>, bool)> {
    let content;
    braced!(content in input);
    let (mut statements, mut whole) = (Vec::new(), true);
    while !content.is_empty() {
        if let Err(error) = statement(&content, &mut statements) {
            diagnostics.push(error);
            whole = false;
            skip_statement(&content);
        }
    }
    Ok((statements, whole))
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
        _ => {
            let assignment = assignment(content)?;
            statements.push(BodyStatement::Assignment { is_output: false, assignment });
        }
    }
    content.parse::<Token![;]>().map(drop)
}

/// `h`, or `h = …`.
fn output(content: ParseStream) -> syn::Result<BodyStatement> {
    let is_assigned = content.peek2(Token![=]) || content.peek2(token::Bracket);
    if is_assigned {
        let assignment = assignment(content)?;
        return Ok(BodyStatement::Assignment { is_output: true, assignment });
    }
    name(content).map(BodyStatement::Output)
}
