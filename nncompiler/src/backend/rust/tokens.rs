//! Names that generated code uses everywhere.

use std::collections::BTreeSet;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;

/// The primitive types that generated code names.
const PRIMITIVES: [&str; 6] = ["bool", "f32", "f64", "str", "u64", "usize"];

/// What stands for the run time's path until `with_runtime_in` knows it.
const RUNTIME: &str = "__tapeless_runtime";

/// Where generated code finds the run time.
pub fn runtime() -> Ident {
    local(RUNTIME)
}

/// Code that finds the run time in a crate, which is `tapeless` by the name that it has there.
pub fn with_runtime_in(tapeless: &TokenStream, code: TokenStream) -> TokenStream {
    let tokens = code.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let inner = with_runtime_in(tapeless, group.stream());
            let mut replaced = Group::new(group.delimiter(), inner);
            replaced.set_span(group.span());
            TokenTree::Group(replaced).into()
        }
        TokenTree::Ident(name) if name == RUNTIME => quote!(#tapeless::__private),
        other => other.into(),
    });
    tokens.collect()
}

/// The variable of a number that is known at run time.
pub fn setting(name: &str) -> Ident {
    local(&format!("setting_{name}"))
}

/// A user's name as Rust writes it: `r#type` for a keyword.
pub fn identifier(name: &str, span: Span) -> Ident {
    let is_keyword = name == "gen" || syn::parse_str::<Ident>(name).is_err();
    if is_keyword { Ident::new_raw(name, span) } else { Ident::new(name, span) }
}

/// The same of a name that is an identifier.
pub fn identifier_of(name: &Ident) -> Ident {
    identifier(&name.to_string(), name.span())
}

/// Items in a scope of their own, where no name of the user's module has another meaning.
///
/// Every variable is one: if the module has a constant of the name `batch`, Rust takes the pattern
/// `batch` for that constant. A function of the same name that is nearer hides it, and is no constant.
/// Every primitive type is itself, though the module may have a type `f32`, or a module `f64`.
pub fn in_own_scope(items: &TokenStream) -> TokenStream {
    let mut names = BTreeSet::new();
    collect_names(items.clone(), &mut names);
    let primitives = PRIMITIVES.into_iter().filter(|name| names.contains(*name)).map(local);
    let primitives: Vec<Ident> = primitives.collect();
    names.remove(RUNTIME);
    names.retain(|name| !name.starts_with("r#") && syn::parse_str::<Ident>(name).is_ok());
    let names: Vec<Ident> = names.iter().map(|name| local(name)).collect();
    quote! {
        const _: () = {
            #(use ::core::primitive::#primitives;)*
            #(const fn #names() {})*
            #items
            let _ = (#(#names,)*);
        };
    }
}

/// Every name that could be a variable's.
fn collect_names(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect_names(group.stream(), names),
            TokenTree::Ident(name) => {
                let name = name.to_string();
                if name.starts_with(|first: char| first.is_lowercase() || first == '_') {
                    names.insert(name);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// A variable of a generated function.
pub fn local(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
