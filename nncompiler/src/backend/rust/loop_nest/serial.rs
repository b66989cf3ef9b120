//! Innermost loops that run one iteration after the other, over slices where they can.

use proc_macro2::TokenStream;
use quote::quote;

use super::printer::{Printer, Storage, target_element};
use crate::backend::rust::tokens::local;
use crate::schedule::loop_nest::{Accumulator, Kind, Pattern, TargetPattern};

impl Printer<'_> {
    /// The reduction's loops around a variable, stored when they are done.
    pub(super) fn reduction_in_variable(&self) -> TokenStream {
        let (outside, depth) = (self.nest.outside_reduction(), self.nest.loops.len());
        let (total, start) = (local("total"), self.start());
        let value = self.combined(&quote!(#total));
        let inner = self.innermost(&quote!(#total = #value;));
        let inner = self.around(outside..depth.saturating_sub(1), inner);
        let store = self.store(&quote!({ let mut #total = #start; #inner #total }));
        self.around(0..outside, store)
    }

    /// A sum's or product's loops around a variable of double precision.
    pub(super) fn reduction_in_double_variable(&self) -> TokenStream {
        let (outside, depth) = (self.nest.outside_reduction(), self.nest.loops.len());
        let (total, start, (lets, value)) = (local("total"), self.start_in_double(), self.value());
        let add = self.add_in_double(&quote!(#total), &value);
        let inner = self.innermost(&quote!(#lets #add));
        let inner = self.around(outside..depth.saturating_sub(1), inner);
        let store = self.store(&quote!({ let mut #total = #start; #inner T::of(#total) }));
        self.around(0..outside, store)
    }

    /// Each iteration writes or adds to its element of the target.
    pub(super) fn in_target(&self) -> TokenStream {
        let statement = &self.nest.statement;
        let Some(Storage::Slice(target)) = self.storage(statement.target.array) else {
            return self.scalar_assignment();
        };
        let reduces = statement.reduction.is_some();
        let start = self.start();
        let fill = (reduces && !statement.accumulate)
            .then(|| quote!(<[_]>::fill(&mut #target[..], #start);));
        let element = target_element();
        let body = if reduces || statement.accumulate {
            let value = self.combined(&quote!(*#element));
            quote!(*#element = #value;)
        } else {
            let (lets, value) = self.value();
            quote!(#lets *#element = #value;)
        };
        let inner = match self.nest.loops.last().map(|last| last.kind) {
            Some(Kind::Lanes(_)) => self.map_in_lanes(&body),
            Some(Kind::Serial | Kind::Unrolled | Kind::Tiled(_)) | None => self.innermost(&body),
        };
        let nest = self.around(0..self.nest.loops.len().saturating_sub(1), inner);
        quote!(#fill #nest)
    }

    /// A statement without indices whose target is a variable.
    fn scalar_assignment(&self) -> TokenStream {
        let (loads, (lets, value)) = (self.loads(Pattern::Invariant), self.value());
        let store = self.store(&quote!({ #lets #value }));
        quote!(#loads #store)
    }

    /// The innermost loop around a body.
    fn innermost(&self, body: &TokenStream) -> TokenStream {
        let invariant = self.loads(Pattern::Invariant);
        let indexed = self.loads(Pattern::Indexed);
        let own = self.own_loads();
        let Some(last) = self.nest.innermost() else {
            let target = self.target_binding();
            return quote!(#invariant #target #body);
        };
        let Some((mut pattern, mut iterator)) = self.zipped(last) else {
            let (counter, count, target) =
                (Self::counter(last), self.count(last), self.target_binding());
            return quote!(#invariant for #counter in 0..#count { #indexed #target #body });
        };
        if self.needs_counter(last) {
            let counter = Self::counter(last);
            (pattern, iterator) = (
                quote!((#counter, #pattern)),
                quote!(::core::iter::Iterator::enumerate(#iterator)),
            );
        }
        quote!(#invariant for #pattern in #iterator { #indexed #own #body })
    }

    /// An iterator over all contiguous elements of a loop, and the pattern of an iteration's.
    fn zipped(&self, last: usize) -> Option<(TokenStream, TokenStream)> {
        let target = match self.nest.target.pattern {
            TargetPattern::Contiguous => {
                let (element, target) = (target_element(), self.slice_of_target(last));
                Some((quote!(#element), quote!(<[_]>::iter_mut(&mut #target))))
            }
            TargetPattern::Indexed | TargetPattern::Groups(_) => None,
        };
        self.reads(Pattern::Contiguous).fold(target, |zipped, read| {
            let (variable, source) = (Self::variable(read), self.slice_of_read(read, last));
            Some(match zipped {
                None => (quote!(&#variable), quote!(<[_]>::iter(&#source))),
                Some((pattern, iterator)) => {
                    (quote!((#pattern, &#variable)), quote!(::core::iter::zip(#iterator, &#source)))
                }
            })
        })
    }

    /// The target's element, looked up by its offset, where iterations write it.
    fn target_binding(&self) -> TokenStream {
        let Some(Storage::Slice(slice)) = self.storage(self.nest.statement.target.array) else {
            return quote!();
        };
        match self.nest.accumulator {
            Some(Accumulator::Target) | None => {
                let (at, element) = (self.at(&self.nest.target.offset), target_element());
                quote!(let #element = &mut #slice[#at];)
            }
            Some(_) => quote!(),
        }
    }

    fn needs_counter(&self, last: usize) -> bool {
        self.reads_counter(last)
            || !self.nest.draws.is_empty()
            || self.reads(Pattern::Indexed).next().is_some()
    }
}
