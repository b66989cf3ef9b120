//! Innermost loops in the lanes of registers.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::printer::{Printer, target_element};
use crate::backend::rust::tokens::{local, runtime};
use crate::ir::cost::LANES;
use crate::schedule::loop_nest::{Kind, Pattern, Rest};

impl Printer<'_> {
    /// A reduction with a result for each lane, put together when its loops are done.
    pub(super) fn reduction_in_lanes(&self) -> TokenStream {
        let rt = runtime();
        let (outside, last) = (self.nest.outside_reduction(), self.nest.loops.len() - 1);
        let (total, lanes, start) = (local("total"), local("lanes"), self.start());
        let inner = self.around(outside..last, self.terms_in_lanes(last));
        let combine = self.combination(&quote!(a), &quote!(b));
        let all = self.combination(&quote!(#total), &quote!(folded));
        let store = self.store(&quote!({
            let mut #total = #start;
            let mut #lanes: [T; #LANES] = [#start; #LANES];
            let mut has_lanes = false;
            #inner
            if has_lanes {
                let folded = #rt::fold_lanes(#lanes, |a: T, b: T| #combine);
                #total = { #all };
            }
            #total
        }));
        self.around(0..outside, store)
    }

    /// The innermost loop of a reduction in lanes.
    fn terms_in_lanes(&self, last: usize) -> TokenStream {
        let lanes = local("lanes");
        let value = self.combined(&quote!(*lane));
        let (invariant, of_lane) = (self.loads(Pattern::Invariant), self.of_lane());
        let (cuts, wholes, chunks) = self.chunks(last);
        let whole = self.some_part("whole");
        let rest = match self.nest.loops[last].kind {
            Kind::Lanes(Rest::Padded) => self.padded_terms(),
            Kind::Lanes(Rest::Serial) | Kind::Serial | Kind::Unrolled => self.single_terms(),
        };
        quote! {
            #invariant
            #cuts
            has_lanes |= !<[_]>::is_empty(#whole);
            for #chunks in #wholes {
                for (number, lane) in ::core::iter::Iterator::enumerate(<[_]>::iter_mut(&mut #lanes)) {
                    #of_lane
                    *lane = #value;
                }
            }
            #rest
        }
    }

    /// The terms that fill no register, in one that zeros fill up.
    fn padded_terms(&self) -> TokenStream {
        let (lanes, rest) = (local("lanes"), self.some_part("rest"));
        let combine = self.combination(&quote!(*lane), &quote!(value));
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
                    *lane = { #combine };
                }
            }
        }
    }

    /// The terms that fill no register, one after the other.
    fn single_terms(&self) -> TokenStream {
        let (total, rest) = (local("total"), self.some_part("rest"));
        let with_one = self.combined(&quote!(#total));
        let ones = self.reads(Pattern::Contiguous).map(|read| {
            let (variable, rest) = (self.variable(read), self.part("rest", read));
            quote!(let #variable = #rest[number];)
        });
        quote! {
            for number in 0..<[_]>::len(#rest) {
                #(#ones)*
                #total = #with_one;
            }
        }
    }

    /// A map's innermost loop, with what fills no register laid out as one that is full.
    pub(super) fn map_in_lanes(&self, body: &TokenStream) -> TokenStream {
        let last = self.nest.loops.len() - 1;
        let (rt, element) = (runtime(), target_element());
        let target = self.slice_of_target(last);
        let (cuts, _, _) = self.chunks(last);
        let (of_lane, padded) = (self.of_lane(), self.padded());
        let (pattern, iterator) = self.whole_registers(last);
        let counter = self.counter(last);
        let number = self.reads_counter(last).then(|| quote!(let #counter = before + number;));
        let (invariant, own) = (self.loads(Pattern::Invariant), self.own_loads());
        quote! {
            #invariant
            #cuts
            let (whole_target, rest_target) = <[_]>::as_chunks_mut::<#LANES>(&mut #target);
            let before = <[_]>::len(whole_target) * #LANES;
            for #pattern in #iterator { #own #body }
            if !<[_]>::is_empty(rest_target) {
                let _ = before;
                #padded
                let mut written = #rt::load_partial::<T, #LANES>(rest_target);
                for (number, #element) in ::core::iter::Iterator::enumerate(<[_]>::iter_mut(&mut written)) {
                    #number
                    #of_lane
                    #own
                    #body
                }
                #rt::store_partial(&written, rest_target);
            }
        }
    }

    /// An iterator over the elements that fill registers, and the pattern of an iteration's.
    fn whole_registers(&self, last: usize) -> (TokenStream, TokenStream) {
        let element = target_element();
        let start = (
            quote!(#element),
            quote!(<[_]>::iter_mut(<[[_; #LANES]]>::as_flattened_mut(whole_target))),
        );
        let reads = self.reads(Pattern::Contiguous);
        let (pattern, iterator) = reads.fold(start, |(pattern, iterator), read| {
            let (variable, all) = (self.variable(read), self.part("whole", read));
            (
                quote!((#pattern, &#variable)),
                quote!(::core::iter::zip(#iterator, <[[_; #LANES]]>::as_flattened(#all))),
            )
        });
        if !self.reads_counter(last) {
            return (pattern, iterator);
        }
        let counter = self.counter(last);
        (quote!((#counter, #pattern)), quote!(::core::iter::Iterator::enumerate(#iterator)))
    }

    /// Contiguous elements cut into whole chunks and a rest; an iterator over the chunks, and its
    /// pattern.
    fn chunks(&self, last: usize) -> (TokenStream, TokenStream, TokenStream) {
        let cuts = self.reads(Pattern::Contiguous).map(|read| {
            let source = self.slice_of_read(read, last);
            let (whole, rest) = (self.part("whole", read), self.part("rest", read));
            quote!(let (#whole, #rest) = <[_]>::as_chunks::<#LANES>(&#source);)
        });
        let wholes = self.reads(Pattern::Contiguous).map(|read| {
            let whole = self.part("whole", read);
            quote!(<[_]>::iter(#whole))
        });
        let wholes = wholes.reduce(|zipped, next| quote!(::core::iter::zip(#zipped, #next)));
        let chunks = self.reads(Pattern::Contiguous).map(|read| {
            let chunk = self.part("chunk", read);
            quote!(#chunk)
        });
        let pattern = chunks.reduce(|all, next| quote!((#all, #next)));
        (cuts.collect(), wholes.unwrap_or_default(), pattern.unwrap_or_default())
    }

    /// Each element of a lane.
    fn of_lane(&self) -> TokenStream {
        let each = self.reads(Pattern::Contiguous).map(|read| {
            let (variable, chunk) = (self.variable(read), self.part("chunk", read));
            quote!(let #variable = #chunk[number];)
        });
        each.collect()
    }

    /// The rests of all arrays as chunks.
    fn padded(&self) -> TokenStream {
        let rt = runtime();
        let each = self.reads(Pattern::Contiguous).map(|read| {
            let (chunk, rest) = (self.part("chunk", read), self.part("rest", read));
            quote!(let #chunk = &#rt::load_partial::<T, #LANES>(#rest);)
        });
        each.collect()
    }

    /// A part of an array's contiguous elements.
    fn part(&self, what: &str, read: usize) -> Ident {
        local(&format!("{what}_{}", self.variable(read)))
    }

    /// That part of the first array; all are equally long.
    fn some_part(&self, what: &str) -> Option<Ident> {
        self.reads(Pattern::Contiguous).next().map(|read| self.part(what, read))
    }
}
