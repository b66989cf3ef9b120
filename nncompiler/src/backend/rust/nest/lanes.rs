//! Loops along contiguous memory in the lanes of registers: reductions with a result for each lane,
//! and maps whose rest fills a register.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{
    Element, Loop, Nest, Passing, SHORTEST_INNERMOST, local, runtime, stride, target_element,
};
use crate::frontend::resolve::Reduction;

/// How many numbers are computed side by side: the lanes of the widest register of f32.
pub(super) const LANES: usize = 16;

impl Nest<'_> {
    /// A reduction's innermost loop along contiguous memory, with a result for each lane: one alone
    /// would wait for each step.
    pub(super) fn in_lanes(&self, loops: &[Loop]) -> Option<TokenStream> {
        let last = loops.last()?;
        let is_long = last.open
            || last.size >= LANES
            || (last.size >= SHORTEST_INNERMOST && self.calls_functions());
        let runs = self.even_runs(last)?;
        let is_known = !matches!(self.statement.reduction, Some((Reduction::Product, _)) | None);
        if self.scope.plain || !is_known || !is_long || runs.is_empty() {
            return None;
        }
        let lanes = local("lanes");
        let value = self.combined(&quote!(*lane));
        let (lets, one) = self.value();
        let combine = self.combination(&quote!(*lane), &quote!(value));
        let (of_lane, padded) = (of_lane(&runs), padded(&runs));
        let (cuts, wholes, chunks) = self.chunks(&runs, last);
        let [whole, rest] = ["whole", "rest"].map(|what| part(what, runs[0]));
        let loads = self.loads(Some(last.index));
        let ones = runs.iter().map(|run| {
            let (variable, rest) = (&run.variable, part("rest", run));
            quote!(let #variable = #rest[number];)
        });
        let total = local("total");
        let (of_one, with_one) = (quote!(#(#ones)*), self.combined(&quote!(#total)));
        let remaining = if self.calls_functions() {
            quote! {
                if !#rest.is_empty() {
                    has_lanes = true;
                    #padded
                    let mut values = [T::ZERO; #LANES];
                    for (number, value) in values.iter_mut().enumerate() {
                        #of_lane
                        #lets
                        *value = #one;
                    }
                    for (lane, &value) in #lanes.iter_mut().zip(&values[..#rest.len()]) {
                        *lane = { #combine };
                    }
                }
            }
        } else {
            quote! {
                for number in 0..#rest.len() {
                    #of_one
                    #total = #with_one;
                }
            }
        };
        Some(quote! {
            #loads
            #cuts
            has_lanes |= !#whole.is_empty();
            for #chunks in #wholes {
                for (number, lane) in #lanes.iter_mut().enumerate() {
                    #of_lane
                    *lane = #value;
                }
            }
            #remaining
        })
    }

    /// A map's innermost loop along contiguous memory, with what fills no register laid out as one
    /// that is: elementary functions cost as much for one number as for all lanes.
    pub(super) fn in_padded_lanes(
        &self,
        last: &Loop,
        counter: &Ident,
        body: &TokenStream,
    ) -> Option<TokenStream> {
        let is_ragged = last.open || !last.size.is_multiple_of(LANES);
        let is_map = stride(&self.target, last.index) == 1 && !self.reads_target_elsewhere();
        let is_even = self.statement.scan.is_none() && !self.steps_or_draws(last);
        if self.scope.plain || !is_ragged || !is_map || !is_even || !self.calls_functions() {
            return None;
        }
        let runs = self.elements.iter().filter(|one| self.passing(one, last) == Passing::Run);
        let runs: Vec<&Element> = runs.filter(|one| !self.is_target(one)).collect();
        let (rt, element) = (runtime(), target_element());
        let target = self.run(self.statement.target.array, &self.target, last);
        let (of_lane, padded) = (of_lane(&runs), padded(&runs));
        let (cuts, _, _) = self.chunks(&runs, last);
        let mut whole = (quote!(#element), quote!(whole_target.as_flattened_mut().iter_mut()));
        for run in &runs {
            let (variable, all) = (&run.variable, part("whole", run));
            let (pattern, iterator) = whole;
            whole = (quote!((#pattern, &#variable)), quote!(#iterator.zip(#all.as_flattened())));
        }
        let (mut pattern, mut iterator) = whole;
        let number = self.reads_position(last).then(|| quote!(let #counter = before + number;));
        if number.is_some() {
            (pattern, iterator) = (quote!((#counter, #pattern)), quote!(#iterator.enumerate()));
        }
        let (loads, own) = (self.loads(Some(last.index)), self.own_loads());
        Some(quote! {
            #loads
            #cuts
            let (whole_target, rest_target) = #target.as_chunks_mut::<#LANES>();
            let before = whole_target.len() * #LANES;
            for #pattern in #iterator { #own #body }
            if !rest_target.is_empty() {
                let _ = before;
                #padded
                let mut written = #rt::load_partial::<T, #LANES>(rest_target);
                for (number, #element) in written.iter_mut().enumerate() {
                    #number
                    #of_lane
                    #own
                    #body
                }
                #rt::store_partial(&written, rest_target);
            }
        })
    }

    /// Whether the value calls elementary functions.
    fn calls_functions(&self) -> bool {
        self.scope.program.graph.calls_functions(self.statement.value)
    }

    /// The elements that a loop passes along memory, if it passes none otherwise and needs no counter.
    fn even_runs(&self, last: &Loop) -> Option<Vec<&Element>> {
        let is_even = self.statement.scan.is_none() && !self.needs_counter(last);
        let elements = self.elements.iter();
        let runs = elements.filter(|element| self.passing(element, last) == Passing::Run);
        is_even.then(|| runs.collect())
    }

    /// Runs cut into whole chunks and a rest; an iterator over the chunks, and its pattern.
    fn chunks(&self, runs: &[&Element], last: &Loop) -> (TokenStream, TokenStream, TokenStream) {
        let cuts = runs.iter().map(|element| {
            let source = self.run(element.access.array, &element.offset, last);
            let (whole, rest) = (part("whole", element), part("rest", element));
            quote!(let (#whole, #rest) = #source.as_chunks::<#LANES>();)
        });
        let wholes = runs.iter().map(|element| part("whole", element));
        let wholes = wholes.map(|name| quote!(#name.iter()));
        let names = runs.iter().map(|element| part("chunk", element));
        let wholes = wholes.reduce(|zipped, next| quote!(#zipped.zip(#next)));
        let pattern = names.map(|name| quote!(#name)).reduce(|all, next| quote!((#all, #next)));
        (cuts.collect(), wholes.unwrap_or_default(), pattern.unwrap_or_default())
    }
}

/// Each element of a lane.
fn of_lane(runs: &[&Element]) -> TokenStream {
    let each = runs.iter().map(|element| {
        let (variable, chunk) = (&element.variable, part("chunk", element));
        quote!(let #variable = #chunk[number];)
    });
    each.collect()
}

/// The rests of runs as chunks.
fn padded(runs: &[&Element]) -> TokenStream {
    let rt = runtime();
    let each = runs.iter().map(|element| {
        let (chunk, rest) = (part("chunk", element), part("rest", element));
        quote!(let #chunk = &#rt::load_partial::<T, #LANES>(#rest);)
    });
    each.collect()
}

/// A part of what the innermost loop passes of an element's array.
fn part(what: &str, element: &Element) -> Ident {
    local(&format!("{what}_{}", element.variable))
}
