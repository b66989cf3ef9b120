//! The equations of a type, where its users look for them: in its documentation, and as text.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::loop_nest::number;
use super::tokens::{identifier_of, runtime};
use crate::explain::{Explanation, Explanations};

/// Lines of documentation: the user's own words or others in their place, and the equations.
pub fn documentation<'a>(own: &'a str, otherwise: &'a str, text: &'a str) -> Vec<&'a str> {
    let mut lines: Vec<&str> = own.lines().collect();
    if lines.is_empty() {
        lines.push(otherwise);
    }
    lines.extend(["", "```text"]);
    lines.extend(text.lines());
    lines.push("```");
    lines
}

/// `explain` and `latex` of what has settings: shorter where some of them are those of `plain`, which a
/// condition says. Of several versions, one after the other.
pub fn methods(what: &str, versions: &[&Explanations], is_plain: &TokenStream) -> TokenStream {
    let what = format!("{what} With the settings that it has, where they make it shorter.");
    let all = |part: &dyn Fn(&Explanation) -> &str| {
        let general: String = versions.iter().map(|one| part(&one.general)).collect();
        let plain = versions.iter().map(|one| one.plain.as_ref().map(part));
        match plain.collect::<Option<String>>() {
            Some(plain) => quote!(if #is_plain { #plain } else { #general }),
            None => quote!(#general),
        }
    };
    let (text, latex) = (all(&|one| &one.text), all(&|one| &one.latex));
    quote! {
        #[doc = #what]
        #[must_use]
        pub fn explain(&self) -> &'static str {
            #text
        }

        /// The same equations as LaTeX, for a document that uses amsmath.
        #[must_use]
        pub fn latex(&self) -> &'static str {
            #latex
        }
    }
}

/// Whether the settings of these names, numbers in fields, have these values, and other conditions hold.
pub fn are_settings(
    numbers: &[(&Ident, f64)],
    others: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    let rt = runtime();
    let names = numbers.iter().map(|(name, _)| identifier_of(name));
    let values = numbers.iter().map(|(_, value)| number(*value));
    quote!(#rt::are_settings(&[#(self.#names),*], &[#(#values),*]) #(&& #others)*)
}

/// `explain` and `latex`; what the equations are is documented.
pub fn functions(what: &str, text: &str, latex: &str) -> TokenStream {
    quote! {
        #[doc = #what]
        #[must_use]
        pub const fn explain() -> &'static str {
            #text
        }

        /// The same equations as LaTeX, for a document that uses amsmath.
        #[must_use]
        pub const fn latex() -> &'static str {
            #latex
        }
    }
}
