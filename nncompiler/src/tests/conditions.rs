//! `#[cfg(…)]` on items: rustc removes the fields of a struct, and a derive macro compiles the rest.

use proc_macro2::TokenStream;
use quote::quote;

use crate::pipeline::{self, Mode};

const BLOCK: &str = "
    #[cfg(small)] const N: usize = 3;
    #[cfg_attr(large, cfg(any()))]
    /// Documented.
    pub Net< linear(2, N) >
    #[cfg(all())] loss l(p; t) = (p - t)^2;
    #[derivatives] Other< linear(2, 5); relu >;
";

fn expand(tokens: &str) -> String {
    let tokens = tokens.parse().expect("tokens");
    pipeline::networks(&quote!(::tapeless), tokens, Mode::Recognised).to_string()
}

/// What rustc leaves of a struct: its fields without those that have this attribute.
fn without(structure: &str, condition: &str) -> TokenStream {
    let mut structure: syn::DeriveInput = syn::parse_str(structure).expect("a struct");
    let syn::Data::Struct(data) = &mut structure.data else { panic!("a struct") };
    let syn::Fields::Named(fields) = &mut data.fields else { panic!("fields") };
    let is_removed = |attribute: &syn::Attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == condition)
    };
    let kept = fields.named.iter().filter(|field| !field.attrs.iter().any(is_removed));
    let mut kept: syn::punctuated::Punctuated<syn::Field, syn::Token![,]> = kept.cloned().collect();
    for field in &mut kept {
        field.attrs.retain(|one| !one.path().is_ident("cfg") && !one.path().is_ident("cfg_attr"));
    }
    fields.named = kept;
    quote::quote!(#structure)
}

#[test]
fn each_item_is_a_field_with_its_conditions() {
    let structure = expand(BLOCK);
    for condition in ["# [cfg (small)]", "# [cfg_attr (large , cfg (any ()))]", "# [cfg (all ())]"]
    {
        assert_eq!(structure.matches(condition).count(), 1, "{condition} in {structure}");
    }
    assert_eq!(structure.matches("tapeless_item").count(), 4);
    let remaining = pipeline::remaining_networks(without(&structure, "big"), Mode::Recognised);
    let plain = BLOCK.replace("#[cfg(small)]", "").replace("#[cfg(all())]", "");
    let plain = plain.replace("#[cfg_attr(large, cfg(any()))]", "");
    assert_eq!(remaining.to_string(), expand(&plain));
}

#[test]
fn what_rustc_removes_is_not_there() {
    let remaining = without(&expand(BLOCK), "small");
    let remaining = pipeline::remaining_networks(remaining, Mode::Recognised).to_string();
    assert!(remaining.contains("`N` is not known here"), "{remaining}");
    let remaining = without(&expand(BLOCK), "all ()");
    let remaining = pipeline::remaining_networks(remaining, Mode::Recognised).to_string();
    assert!(remaining.contains("struct OtherOf") && !remaining.contains("struct L "));
}

#[test]
fn blocks_without_conditions_are_compiled_at_once() {
    assert!(expand("Net< linear(2, 3) >").contains("struct NetOf"));
    // A condition of something inside is no condition of an item.
    assert!(!expand("Net< #[cfg(all())] linear(2, 3) >").contains("tapeless_item"));
}
