//! Sums of double precision for the elements of a tile of the target.

use proc_macro2::TokenStream;
use quote::quote;

use super::printer::{Printer, Storage, target_element};
use crate::backend::rust::tokens::local;
use crate::schedule::loop_nest::{Kind, Pattern};

impl Printer<'_> {
    /// The loops of a sum around tiles of the target.
    pub(super) fn sum_in_double_tiles(&self) -> TokenStream {
        let Some(tiled) = self.nest.innermost() else { return TokenStream::new() };
        let (target, element, assign) =
            (self.slice_of_target(tiled), target_element(), self.assignment());
        let size = match self.nest.loops[tiled].kind {
            Kind::Tiled(size) => size,
            Kind::Serial | Kind::Lanes(_) | Kind::Unrolled | Kind::UnrolledBy(_) => 1,
        };
        let terms = self.around(tiled + 1..self.nest.loops.len() - 1, self.terms_of_tile(tiled));
        let tiles = quote! {
            for (tile, run) in ::core::iter::Iterator::enumerate(<[_]>::chunks_mut(&mut #target, #size)) {
                let (first, width) = (tile * #size, <[_]>::len(run));
                let sums = &mut sums[..width];
                <[_]>::fill(sums, 0.0);
                #terms
                for (#element, &sum) in ::core::iter::zip(run, &*sums) {
                    *#element #assign T::of(sum);
                }
            }
        };
        let tiles = self.around(0..tiled, tiles);
        quote!(let mut sums = [0.0f64; #size]; #tiles)
    }

    /// The innermost of the reducing loops, around the elements of a tile.
    fn terms_of_tile(&self, tiled: usize) -> TokenStream {
        let last = self.nest.loops.len() - 1;
        let (counter, count, one) = (self.counter(last), self.count(last), self.one_term(tiled));
        match self.nest.loops[last].kind {
            Kind::UnrolledBy(block) => {
                let several = self.several_terms(tiled, block);
                quote! {
                    let blocks = #count / #block;
                    for block in 0..blocks { #several }
                    for #counter in blocks * #block..#count { #one }
                }
            }
            Kind::Serial | Kind::Lanes(_) | Kind::Unrolled | Kind::Tiled(_) => {
                quote!(for #counter in 0..#count { #one })
            }
        }
    }

    /// A term of each sum.
    fn one_term(&self, tiled: usize) -> TokenStream {
        let (invariant, indexed) = (self.loads(Pattern::Invariant), self.loads(Pattern::Indexed));
        let sources = self.reads(Pattern::Contiguous).map(|read| {
            let (run, source) = (self.run(0, read), self.source_of_tile(read, tiled));
            quote!(let #run = #source;)
        });
        let loads = self.reads(Pattern::Contiguous).map(|read| {
            let (variable, run) = (self.variable(read), self.run(0, read));
            quote!(let #variable = #run[lane];)
        });
        let (counter, (lets, value)) = (self.counter(tiled), self.value());
        let needs_counter = self.reads_counter(tiled)
            || !self.nest.draws.is_empty()
            || self.reads(Pattern::Indexed).next().is_some();
        let position = needs_counter.then(|| quote!(let #counter = first + lane;));
        quote! {
            #invariant
            #(#sources)*
            for lane in 0..width {
                #position
                #indexed
                #(#loads)*
                #lets
                sums[lane] += T::to_f64(#value);
            }
        }
    }

    /// Several terms of each sum, added up before.
    fn several_terms(&self, tiled: usize, block: usize) -> TokenStream {
        let counter = self.counter(self.nest.loops.len() - 1);
        let sources = (0..block).map(|k| {
            let all = || 0..self.nest.reads.len();
            let names = all().map(|read| self.run(k, read));
            let sources = all().map(|read| self.source_of_tile(read, tiled));
            quote! {
                let (#(#names,)*) = { let #counter = block * #block + #k; (#(#sources,)*) };
            }
        });
        let terms = (0..block).map(|k| {
            let loads = self.nest.reads.iter().enumerate().map(|(read, one)| {
                let (variable, run) = (self.variable(read), self.run(k, read));
                match one.pattern {
                    Pattern::Contiguous => quote!(let #variable = #run[lane];),
                    Pattern::Invariant
                    | Pattern::Indexed
                    | Pattern::Groups(_)
                    | Pattern::Target => quote!(let #variable = #run;),
                }
            });
            let (total, (lets, value)) = (local("total"), self.value());
            let sum = if k == 0 { value } else { quote!(#total + #value) };
            quote!(let #total = { #(#loads)* #lets #sum };)
        });
        quote! {
            #(#sources)*
            for lane in 0..width {
                #(#terms)*
                sums[lane] += T::to_f64(total);
            }
        }
    }

    /// What a term reads of an array in a tile: the number, where it is one.
    fn source_of_tile(&self, read: usize, tiled: usize) -> TokenStream {
        let one = &self.nest.reads[read];
        match (one.pattern, self.storage(one.array)) {
            (Pattern::Contiguous, Some(Storage::Slice(name))) => {
                let at = self.at(&one.offset.without(tiled));
                quote!(&#name[#at..][first..][..width])
            }
            _ => {
                let (load, variable) = (self.load(read), self.variable(read));
                quote!({ #load #variable })
            }
        }
    }
}
