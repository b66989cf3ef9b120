//! `use other::{swish, low_rank as lr};`: definitions of other blocks, of this crate or another. What is
//! behind such a path is a macro that holds the definition (`exports.rs`).

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Token, Visibility, braced, token};

use super::mentions::{OwnItem, behind_attributes, end_of_item, words};

/// One name of a `use`.
pub struct Import {
    pub visibility: Visibility,
    pub path: TokenStream,
    /// What it is called here.
    pub name: Ident,
}

/// The imports of a block, and its other items.
///
/// # Errors
/// What is no list of paths, at the tokens that are none.
pub fn split(block: &TokenStream) -> syn::Result<(Vec<Import>, TokenStream)> {
    let tokens: Vec<TokenTree> = block.clone().into_iter().collect();
    let (mut imports, mut others) = (Vec::new(), TokenStream::new());
    let mut rest = &tokens[..];
    while !rest.is_empty() {
        let (item, after) = rest.split_at(end_of_item(rest));
        rest = after;
        let is_import = |word: &TokenTree| matches!(word, TokenTree::Ident(word) if word == "use");
        if behind_attributes(item).first().is_some_and(is_import) {
            imports.extend(import.parse2(item.iter().cloned().collect())?);
        } else {
            others.extend(item.iter().cloned());
        }
    }
    Ok((imports, others))
}

/// The first import of a block, and what else is in it; nothing if it imports nothing.
///
/// # Errors
/// As `split`.
pub fn first(block: &TokenStream) -> syn::Result<Option<(Import, TokenStream)>> {
    let (imports, others) = split(block)?;
    let mut imports = imports.into_iter();
    let first = imports.next();
    let rest =
        imports.map(|Import { visibility, path, name }| quote!(#visibility use #path as #name;));
    let rest: TokenStream = rest.collect();
    Ok(first.map(|first| (first, quote!(#rest #others))))
}

/// `pub use path::{a, b as c};`
fn import(input: ParseStream) -> syn::Result<Vec<Import>> {
    while input.parse::<Option<Token![;]>>()?.is_some() {}
    // A condition that holds is still there.
    let is_condition =
        |one: &Attribute| one.path().is_ident("cfg") || one.path().is_ident("cfg_attr");
    let attributes = input.call(Attribute::parse_outer)?;
    if let Some(attribute) = attributes.iter().find(|one| !is_condition(one)) {
        let message = "an import takes `cfg`, but not this attribute";
        return Err(syn::Error::new(attribute.pound_token.span, message));
    }
    let visibility: Visibility = input.parse()?;
    input.parse::<Token![use]>()?;
    let start = input.parse::<Option<Token![::]>>()?.into_token_stream();
    let mut imports = Vec::new();
    tree(input, start, &visibility, &mut imports)?;
    if !input.peek(Token![;]) {
        return Err(input.error("expected `;` after the import"));
    }
    input.parse::<Token![;]>()?;
    Ok(imports)
}

fn tree(
    input: ParseStream,
    mut path: TokenStream,
    visibility: &Visibility,
    imports: &mut Vec<Import>,
) -> syn::Result<()> {
    loop {
        if input.peek(token::Brace) {
            let content;
            braced!(content in input);
            while !content.is_empty() {
                tree(&content, path.clone(), visibility, imports)?;
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
            return Ok(());
        }
        if input.peek(Token![*]) {
            return Err(input.error("name each definition: `use other::{swish, low_rank};`"));
        }
        let part = input.call(Ident::parse_any)?;
        part.to_tokens(&mut path);
        if !input.peek(Token![::]) {
            let name = alias(input, part)?;
            imports.push(Import { visibility: visibility.clone(), path, name });
            return Ok(());
        }
        input.parse::<Token![::]>()?.to_tokens(&mut path);
    }
}

/// `as name`, or the last name of the path.
fn alias(input: ParseStream, last: Ident) -> syn::Result<Ident> {
    let name = match input.parse::<Option<Token![as]>>()? {
        Some(_) => input.call(Ident::parse_any)?,
        None => last,
    };
    if syn::parse_str::<Ident>(&name.to_string()).is_err() {
        return Err(syn::Error::new(name.span(), "expected the name of a definition"));
    }
    Ok(name)
}

/// What an export holds → items as if they stood where the import does: its definition by the import's
/// name, and those that it is made of by names that no other has.
pub fn imported(bundle: TokenStream, visibility: &TokenStream, name: &Ident) -> TokenStream {
    let mut bundle = bundle.into_iter();
    let Some(TokenTree::Ident(main)) = bundle.next() else { return TokenStream::new() };
    let items = words(bundle.collect()).own;
    let own = name.unraw();
    let renamed = items.iter().map(|item| {
        let is_main = item.name == main.unraw();
        let of_other = || Ident::new(&format!("{own}_{}", item.name), name.span());
        (item.name.to_string(), if is_main { name.clone() } else { of_other() })
    });
    let renamed: BTreeMap<String, Ident> = renamed.collect();
    let items = items.iter().map(|item| {
        let tokens = Renaming { item, names: &renamed, span: name.span() }.item();
        let attributes = respanned(item.attributes.clone(), name.span());
        let visibility = (item.name == main.unraw()).then_some(visibility);
        quote!(#attributes #visibility #tokens)
    });
    items.collect()
}

/// The names of definitions in one of them, replaced; its tokens where the import stands, where a mistake
/// that it makes there is shown.
struct Renaming<'a> {
    item: &'a OwnItem,
    names: &'a BTreeMap<String, Ident>,
    span: Span,
}

impl Renaming<'_> {
    fn item(&self) -> TokenStream {
        let mut tokens = self.item.tokens.clone().into_iter();
        let keyword = tokens.next().map(|mut keyword| {
            keyword.set_span(self.span);
            keyword
        });
        let name = tokens.next().and(self.names.get(&self.item.name.to_string()));
        let rest = self.tokens(tokens.collect());
        quote!(#keyword #name #rest)
    }

    fn tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut tokens = tokens.into_iter().peekable();
        let mut replaced = TokenStream::new();
        while let Some(mut token) = tokens.next() {
            token.set_span(self.span);
            let token = match token {
                TokenTree::Group(group) => {
                    let mut other = Group::new(group.delimiter(), self.tokens(group.stream()));
                    other.set_span(self.span);
                    TokenTree::Group(other)
                }
                TokenTree::Ident(word) => {
                    let next = tokens.peek();
                    let is_called = matches!(next, Some(TokenTree::Group(arguments))
                        if arguments.delimiter() == Delimiter::Parenthesis);
                    TokenTree::Ident(self.name(word, is_called))
                }
                other => other,
            };
            replaced.extend([token]);
        }
        replaced
    }

    /// A name that the item declares for itself is its own, unless it is called.
    fn name(&self, word: Ident, is_called: bool) -> Ident {
        let text = word.unraw().to_string();
        let is_other = is_called || !self.item.declared.contains(&text);
        self.names.get(&text).filter(|_| is_other).cloned().unwrap_or(word)
    }
}

fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_other_names_are_read() {
        let block = "use a::b; Net< b > pub use ::c::{d, e::{f as g}}; layer h(I) { }";
        let (imports, others) = split(&block.parse().unwrap()).unwrap();
        let shown = |one: &Import| {
            let visibility = one.visibility.to_token_stream();
            format!("{visibility} {} {}", one.path, one.name).replace(' ', "")
        };
        let shown: Vec<String> = imports.iter().map(shown).collect();
        assert_eq!(shown, ["a::bb", "pub::c::dd", "pub::c::e::fg"]);
        assert_eq!(others.to_string(), "Net < b > layer h (I) { }");
    }

    #[test]
    fn what_is_no_path_is_an_error_on_its_token() {
        for (block, column, message) in [
            ("use a::*;", 7, "name each definition: `use other::{swish, low_rank};`"),
            ("use a::self;", 7, "expected the name of a definition"),
            ("use a::b as _;", 12, "expected the name of a definition"),
            ("use a::b + c;", 9, "expected `;` after the import"),
            ("#[allow(unused)] use a::b;", 0, "an import takes `cfg`, but not this attribute"),
        ] {
            let error = split(&block.parse().unwrap()).err().expect("an error");
            assert_eq!((error.span().start().column, error.to_string()), (column, message.into()));
        }
    }

    #[test]
    fn what_a_definition_is_made_of_has_names_of_its_own() {
        let bundle = "wide activation soft(x; a = 1) = a * x; \
            layer wide(I) { input x[i: I]; soft[i] = soft(x[i]); y[i] = soft[i]; }";
        let name = Ident::new("broad", Span::call_site());
        assert_eq!(
            imported(bundle.parse().unwrap(), &quote!(pub), &name).to_string(),
            "activation broad_soft (x ; a = 1) = a * x ; pub layer broad (I) { input x [i : I] ; \
             soft [i] = broad_soft (x [i]) ; y [i] = soft [i] ; }",
        );
    }
}
