//! Innermost loops in the lanes of registers.

use proc_macro2::TokenStream;
use quote::quote;

use super::printer::{Printer, target_element};
use crate::backend::rust::tokens::{local, runtime};
use crate::ir::cost::LANES;
use crate::schedule::loop_nest::Pattern;

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

    /// The innermost loop of such a reduction.
    fn terms_in_lanes(&self, last: usize) -> TokenStream {
        let (invariant, cuts, of_lane) =
            (self.loads(Pattern::Invariant), self.cuts(last), self.of_lane());
        let (chunks, wholes) =
            self.zipped_parts(["whole", "chunk"], |part| quote!(<[_]>::iter(#part)));
        let (lanes, whole) = (local("lanes"), self.some_part("whole"));
        let value = self.combined(&quote!(*lane));
        let (combine, one) =
            (self.combination(&quote!(*lane), &quote!(value)), self.combined(&quote!(total)));
        let rest = self.rest(last, &lanes, &quote!(*lane = { #combine };), &quote!(total = #one;));
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

    /// A sum with a variable of double precision for each lane, to which blocks of terms go.
    pub(super) fn sum_in_double_lanes(&self, block: usize) -> TokenStream {
        let rt = runtime();
        let (outside, last) = (self.nest.outside_reduction(), self.nest.loops.len() - 1);
        let inner = self.around(outside..last, self.terms_in_blocks(last, block));
        let store = self.store(&quote!({
            let mut total = 0.0f64;
            let mut sums = [0.0f64; #LANES];
            let mut has_lanes = false;
            #inner
            if has_lanes {
                total += #rt::fold_lanes(sums, |a: f64, b: f64| a + b);
            }
            T::of(total)
        }));
        self.around(0..outside, store)
    }

    /// The innermost loop of such a sum.
    fn terms_in_blocks(&self, last: usize, block: usize) -> TokenStream {
        let (invariant, cuts, of_lane) =
            (self.loads(Pattern::Invariant), self.cuts(last), self.of_lane());
        let (blocks, wholes) =
            self.zipped_parts(["whole", "block"], |part| quote!(<[_]>::chunks(#part, #block)));
        let (chunks, in_block) =
            self.zipped_parts(["block", "chunk"], |part| quote!(<[_]>::iter(#part)));
        let (whole, value) = (self.some_part("whole"), self.combined(&quote!(*lane)));
        let (lets, one) = self.value();
        let (of_rest, of_one) =
            (quote!(*lane += T::to_f64(value);), quote!(#lets total += T::to_f64(#one);));
        let rest = self.rest(last, &local("sums"), &of_rest, &of_one);
        quote! {
            #invariant
            #cuts
            has_lanes |= !<[_]>::is_empty(#whole);
            for #blocks in #wholes {
                let mut lanes = [T::ZERO; #LANES];
                for #chunks in #in_block {
                    for (number, lane) in ::core::iter::Iterator::enumerate(<[_]>::iter_mut(&mut lanes)) {
                        #of_lane
                        *lane = #value;
                    }
                }
                for (sum, lane) in ::core::iter::zip(&mut sums, lanes) {
                    *sum += T::to_f64(lane);
                }
            }
            #rest
        }
    }

    /// A map's innermost loop, with what fills no register laid out as one that is full.
    pub(super) fn map_in_lanes(&self, body: &TokenStream) -> TokenStream {
        let last = self.nest.loops.len() - 1;
        let (rt, element) = (runtime(), target_element());
        let target = self.slice_of_target(last);
        let (cuts, of_lane, padded) = (self.cuts(last), self.of_lane(), self.padded());
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
}
