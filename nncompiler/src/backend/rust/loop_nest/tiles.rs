//! Reductions with a variable for each iteration of a tile: of the innermost loop, whose variables are
//! put together in the end, or of a loop along the target, whose elements get them.

use proc_macro2::TokenStream;
use quote::quote;

use super::printer::{Printer, target_element};
use crate::backend::rust::tokens::{local, runtime};
use crate::schedule::loop_nest::{Blocks, Kind, Pattern};

impl Printer<'_> {
    /// A reduction with a variable for each iteration of a tile of the innermost loop.
    pub(super) fn reduction_in_tile(&self) -> TokenStream {
        let (rt, start, size) = (runtime(), self.start(), self.tile_size());
        let (outside, last) = (self.nest.outside_reduction(), self.nest.loops.len() - 1);
        let count = self.count(last);
        let inner = self.around(outside..last, self.tiles_of(&quote!(0..#count)));
        let combine = self.combination(&quote!(a), &quote!(b));
        let store = self.store(&quote!({
            let mut lanes = #rt::Aligned([#start; #size]);
            let lanes = &mut lanes.0;
            #inner
            #rt::fold_lanes(*lanes, |a: T, b: T| #combine)
        }));
        self.around(0..outside, store)
    }

    /// A reduction with a variable of double precision for each iteration of a tile, to which blocks of
    /// terms go.
    pub(super) fn reduction_in_double_tiles(&self, blocks: Blocks) -> TokenStream {
        let is_innermost = self.nest.loops[self.tiled()].reduces;
        let all = if is_innermost { self.folded(blocks) } else { self.stored(blocks) };
        let (rt, size) = (runtime(), self.tile_size());
        let (start, start_in_double) = (self.start(), self.start_in_double());
        quote! {
            let mut lanes = #rt::Aligned([#start; #size]);
            let mut totals = #rt::Aligned([#start_in_double; #size]);
            let (lanes, totals) = (&mut lanes.0, &mut totals.0);
            #all
        }
    }

    /// The results of the innermost loop's tiles, put together.
    fn folded(&self, blocks: Blocks) -> TokenStream {
        let (rt, size) = (runtime(), self.tile_size());
        let (outside, last) = (self.nest.outside_reduction(), self.nest.loops.len() - 1);
        let count = self.count(last);
        let inner = if blocks.number == last {
            let block = blocks.iterations * size;
            let tiles =
                self.tiles_of(&quote!(block..::core::cmp::Ord::min(block + #block, #count)));
            let tiles = self.block(&quote!(#size), &tiles);
            let blocks = quote!(::core::iter::Iterator::step_by(0..#count, #block));
            self.around(outside..last, quote!(for block in #blocks { #tiles }))
        } else {
            let tiles = self.tiles_of(&quote!(0..#count));
            self.around_blocks(outside..last, blocks, &quote!(#size), tiles)
        };
        let (start, combine) = (self.start_in_double(), self.combination(&quote!(a), &quote!(b)));
        let store = self.store(&quote!({
            <[_]>::fill(totals, #start);
            #inner
            T::of(#rt::fold_lanes(*totals, |a: f64, b: f64| #combine))
        }));
        self.around(0..outside, store)
    }

    /// The results of tiles of the target.
    fn stored(&self, blocks: Blocks) -> TokenStream {
        let (tiled, size) = (self.tiled(), self.tile_size());
        let (target, element, assign) =
            (self.slice_of_target(tiled), target_element(), self.assignment());
        let is_even = {
            let one = &self.nest.loops[tiled];
            !one.is_open && one.size.is_multiple_of(size)
        };
        let width = if is_even { quote!(#size) } else { quote!(<[_]>::len(run)) };
        let loops = tiled + 1..self.nest.loops.len();
        let terms = self.around_blocks(loops, blocks, &quote!(width), self.terms());
        let start = self.start_in_double();
        let tiles = quote! {
            for (tile, run) in ::core::iter::Iterator::enumerate(<[_]>::chunks_mut(&mut #target, #size)) {
                let (first, width) = (tile * #size, #width);
                <[_]>::fill(&mut totals[..width], #start);
                #terms
                for (#element, &total) in ::core::iter::zip(run, &*totals) {
                    *#element #assign T::of(total);
                }
            }
        };
        self.around(0..tiled, tiles)
    }

    /// The loops around a body, in blocks of one of them.
    fn around_blocks(
        &self,
        loops: std::ops::Range<usize>,
        blocks: Blocks,
        width: &TokenStream,
        body: TokenStream,
    ) -> TokenStream {
        let Blocks { number, iterations } = blocks;
        let (counter, count) = (Self::counter(number), self.count(number));
        let inner = self.around(number + 1..loops.end, body);
        let block = self.block(
            width,
            &quote! {
                for #counter in block..::core::cmp::Ord::min(block + #iterations, #count) { #inner }
            },
        );
        let blocks = quote! {
            for block in ::core::iter::Iterator::step_by(0..#count, #iterations) { #block }
        };
        self.around(loops.start..number, blocks)
    }

    /// A block of terms, which are put together by themselves in so many variables.
    fn block(&self, width: &TokenStream, terms: &TokenStream) -> TokenStream {
        let start = self.start();
        let add = self.add_in_double(&quote!(*total), &quote!(lane));
        quote! {
            <[_]>::fill(&mut lanes[..#width], #start);
            #terms
            for (total, &lane) in ::core::iter::zip(&mut totals[..#width], &lanes[..#width]) {
                #add
            }
        }
    }

    /// The tiles of a range of the innermost loop.
    fn tiles_of(&self, range: &TokenStream) -> TokenStream {
        let (size, last) = (self.tile_size(), self.nest.loops.len() - 1);
        let (count, terms) = (self.count(last), self.terms());
        let is_even = self.nest.loops[last].size.is_multiple_of(size);
        let rest = quote!(::core::cmp::Ord::min(#size, #count - first));
        let width = if is_even { quote!(#size) } else { rest };
        quote! {
            for first in ::core::iter::Iterator::step_by(#range, #size) {
                let width = #width;
                #terms
            }
        }
    }

    /// A term for each iteration of a tile.
    fn terms(&self) -> TokenStream {
        let tiled = self.tiled();
        let (invariant, indexed) = (self.loads(Pattern::Invariant), self.loads(Pattern::Indexed));
        let slices = self.reads(Pattern::Contiguous).map(|read| {
            let (run, slice) = (Self::run(0, read), self.slice_of_read(read, tiled));
            quote!(let #run = &#slice[first..][..width];)
        });
        let loads = self.reads(Pattern::Contiguous).map(|read| {
            let (variable, run) = (Self::variable(read), Self::run(0, read));
            quote!(let #variable = #run[number];)
        });
        let needs_counter = self.reads_counter(tiled)
            || !self.nest.draws.is_empty()
            || self.reads(Pattern::Indexed).next().is_some();
        let counter = Self::counter(tiled);
        let position = needs_counter.then(|| quote!(let #counter = first + number;));
        let (lanes, value) = (local("lanes"), self.combined(&quote!(*lane)));
        quote! {
            #invariant
            #(#slices)*
            for (number, lane) in
                ::core::iter::Iterator::enumerate(<[_]>::iter_mut(&mut #lanes[..width]))
            {
                #position
                #indexed
                #(#loads)*
                *lane = #value;
            }
        }
    }

    /// The loop that runs in tiles.
    fn tiled(&self) -> usize {
        self.nest.innermost().unwrap_or(0)
    }

    fn tile_size(&self) -> usize {
        match self.nest.loops[self.tiled()].kind {
            Kind::Tiled(size) => size,
            Kind::Serial | Kind::Lanes(_) | Kind::Unrolled => 1,
        }
    }
}
