//! The equations of a type, where its users look for them: in its documentation, and as text.

use proc_macro2::TokenStream;
use quote::quote;

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
