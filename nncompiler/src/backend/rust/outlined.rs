//! The outlined loops of a network, each written once: its functions have most of them in common.

use std::cell::RefCell;
use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::tokens::{local, runtime};

/// Loops that the functions of a network call, by what they are.
#[derive(Default)]
pub struct OutlinedLoops(RefCell<Found>);

#[derive(Default)]
struct Found {
    numbers: HashMap<String, usize>,
    items: TokenStream,
}

impl OutlinedLoops {
    /// The type whose function runs some loops, given the types of its arguments and the function's
    /// own arguments and body.
    pub fn name(&self, types: &TokenStream, arguments: &TokenStream, body: &TokenStream) -> Ident {
        let mut found = self.0.borrow_mut();
        let count = found.numbers.len();
        let key = format!("{types} {arguments} {body}");
        let number = *found.numbers.entry(key).or_insert(count);
        let name = local(&format!("Loops{number}"));
        if number == count {
            let rt = runtime();
            found.items.extend(quote! {
                enum #name {}
                impl<T: #rt::Real> #rt::Body<&mut [T], #types> for #name {
                    type Output = ();
                    #[inline(always)]
                    fn run(target: &mut [T], #arguments: #types) {
                        let _ = batch;
                        #body
                    }
                }
            });
        }
        name
    }

    /// All of them.
    pub fn items(&self) -> TokenStream {
        self.0.borrow().items.clone()
    }
}
