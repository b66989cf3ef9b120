//! Contiguous elements cut into registers and a rest.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::printer::Printer;
use crate::backend::rust::tokens::{local, runtime};
use crate::ir::cost::LANES;
use crate::schedule::loop_nest::{Kind, Pattern, Rest};

impl Printer<'_> {
    /// The contiguous elements of each array, cut into whole registers and a rest.
    pub(super) fn cuts(&self, last: usize) -> TokenStream {
        let cuts = self.reads(Pattern::Contiguous).map(|read| {
            let source = self.slice_of_read(read, last);
            let (whole, rest) = (self.part("whole", read), self.part("rest", read));
            quote!(let (#whole, #rest) = <[_]>::as_chunks::<#LANES>(&#source);)
        });
        cuts.collect()
    }

    /// An iterator over a part of each array, and the pattern of what it gives.
    pub(super) fn zipped_parts(
        &self,
        [part, item]: [&str; 2],
        iterator: impl Fn(Ident) -> TokenStream,
    ) -> (TokenStream, TokenStream) {
        let items = self.reads(Pattern::Contiguous).map(|read| {
            let item = self.part(item, read);
            quote!(#item)
        });
        let parts = self.reads(Pattern::Contiguous).map(|read| iterator(self.part(part, read)));
        let pattern = items.reduce(|all, next| quote!((#all, #next)));
        let zipped = parts.reduce(|zipped, next| quote!(::core::iter::zip(#zipped, #next)));
        (pattern.unwrap_or_default(), zipped.unwrap_or_default())
    }

    /// Each element of a lane.
    pub(super) fn of_lane(&self) -> TokenStream {
        let each = self.reads(Pattern::Contiguous).map(|read| {
            let (variable, chunk) = (self.variable(read), self.part("chunk", read));
            quote!(let #variable = #chunk[number];)
        });
        each.collect()
    }

    /// The rests of all arrays as registers.
    pub(super) fn padded(&self) -> TokenStream {
        let rt = runtime();
        let each = self.reads(Pattern::Contiguous).map(|read| {
            let (chunk, rest) = (self.part("chunk", read), self.part("rest", read));
            quote!(let #chunk = &#rt::load_partial::<T, #LANES>(#rest);)
        });
        each.collect()
    }

    /// The terms of a reduction that fill no register: `of_lane` adds a `value` to the `lane` of an
    /// array, `of_one` adds one term.
    pub(super) fn rest(
        &self,
        last: usize,
        lanes: &Ident,
        of_lane: &TokenStream,
        of_one: &TokenStream,
    ) -> TokenStream {
        match self.nest.loops[last].kind {
            Kind::Lanes(Rest::Padded) => self.padded_rest(lanes, of_lane),
            Kind::Lanes(Rest::Serial)
            | Kind::Serial
            | Kind::Unrolled
            | Kind::UnrolledBy(_)
            | Kind::Tiled(_) => self.serial_rest(of_one),
        }
    }

    /// The terms that fill no register, in one that zeros fill up.
    fn padded_rest(&self, lanes: &Ident, add: &TokenStream) -> TokenStream {
        let rest = self.some_part("rest");
        let (of_lane, padded, (lets, value)) = (self.of_lane(), self.padded(), self.value());
        quote! {
            if !<[_]>::is_empty(#rest) {
                has_lanes = true;
                #padded
                let mut values = [T::ZERO; #LANES];
                for (number, value) in ::core::iter::Iterator::enumerate(<[_]>::iter_mut(&mut values)) {
                    #of_lane
                    #lets
                    *value = #value;
                }
                for (lane, &value) in ::core::iter::zip(&mut #lanes, &values[..<[_]>::len(#rest)]) {
                    #add
                }
            }
        }
    }

    /// The terms that fill no register, one after the other.
    fn serial_rest(&self, add: &TokenStream) -> TokenStream {
        let rest = self.some_part("rest");
        let ones = self.reads(Pattern::Contiguous).map(|read| {
            let (variable, rest) = (self.variable(read), self.part("rest", read));
            quote!(let #variable = #rest[number];)
        });
        quote!(for number in 0..<[_]>::len(#rest) { #(#ones)* #add })
    }

    /// A part of an array's contiguous elements.
    pub(super) fn part(&self, what: &str, read: usize) -> Ident {
        local(&format!("{what}_{}", self.variable(read)))
    }

    /// That part of the first array; all are equally long.
    pub(super) fn some_part(&self, what: &str) -> Option<Ident> {
        self.reads(Pattern::Contiguous).next().map(|read| self.part(what, read))
    }
}
