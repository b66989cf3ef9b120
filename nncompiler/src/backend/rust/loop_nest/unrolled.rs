//! Short loops written out inside a long one along memory.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::printer::{Printer, Storage};
use crate::backend::rust::tokens::local;
use crate::ir::index::ArrayId;
use crate::ir::reduction::Reduction;
use crate::schedule::loop_nest::{Offset, Pattern, TargetPattern};

impl Printer<'_> {
    /// The long loop, with all repetitions of the unrolled ones in each iteration.
    pub(super) fn unrolled(&self) -> TokenStream {
        let long = self.long();
        let (count, counter) = (self.count(long), Self::counter(long));
        let sources = self.nest.repetitions().into_iter().enumerate().map(|(k, place)| {
            let constants = self.constants(&place);
            let names = (0..self.nest.reads.len()).map(|read| Self::run(k, read));
            let sources = (0..self.nest.reads.len()).map(|read| self.source(read));
            quote!(let (#(#names,)*) = { #constants (#(#sources,)*) };)
        });
        let body = match self.nest.target.pattern {
            TargetPattern::Contiguous | TargetPattern::Indexed => self.unrolled_terms(),
            TargetPattern::Groups(group) => self.unrolled_map(group),
        };
        let target = self.target_run();
        let inner = quote! {
            #target
            #(#sources)*
            for #counter in 0..#count { #body }
        };
        self.around(0..long, inner)
    }

    /// The number of the loop around those that are unrolled.
    fn long(&self) -> usize {
        self.nest.outside_unrolled().saturating_sub(1)
    }

    /// The target's elements along the long loop.
    fn target_run(&self) -> TokenStream {
        let (run, long) = (local("run"), self.long());
        let array = self.nest.statement.target.array;
        match self.nest.target.pattern {
            TargetPattern::Contiguous | TargetPattern::Indexed => {
                let slice = self.slice_of_target(long);
                quote!(let #run = &mut #slice;)
            }
            TargetPattern::Groups(group) => {
                let slice = self.groups(array, &self.nest.target.offset, group);
                quote!(let #run = <[_]>::as_chunks_mut::<#group>(&mut #slice).0;)
            }
        }
    }

    /// The elements of an array that the long loop runs through in groups.
    fn groups(&self, array: ArrayId, offset: &Offset, group: usize) -> TokenStream {
        let Some(Storage::Slice(name)) = self.storage(array) else {
            return quote!([]);
        };
        let long = self.long();
        let (base, _) = offset.split(long + 1, group);
        let (at, count) = (self.at(&base.without(long)), self.count(long));
        let group = Literal::usize_unsuffixed(group);
        quote!(#name[#at..][..#count * #group])
    }

    /// The unrolled loops' counters as constants.
    fn constants(&self, place: &[usize]) -> TokenStream {
        let each = (self.long() + 1..).zip(place).map(|(number, &value)| {
            let (name, value) = (Self::counter(number), Literal::usize_unsuffixed(value));
            quote!(let #name = #value;)
        });
        each.collect()
    }

    /// What the long loop reads of an array in a repetition: the number, where it is one.
    fn source(&self, number: usize) -> TokenStream {
        let read = &self.nest.reads[number];
        match (read.pattern, self.storage(read.array)) {
            (Pattern::Contiguous, _) => {
                let slice = self.slice_of_read(number, self.long());
                quote!(&#slice)
            }
            (Pattern::Groups(group), _) => {
                let slice = self.groups(read.array, &read.offset, group);
                quote!(<[_]>::as_chunks::<#group>(&#slice).0)
            }
            (
                Pattern::Invariant | Pattern::Indexed | Pattern::Target,
                Some(Storage::Slice(name)),
            ) => {
                let at = self.at(&read.offset);
                quote!(#name[#at])
            }
            (Pattern::Invariant | Pattern::Indexed | Pattern::Target, _) => {
                let (load, variable) = (self.load(number), Self::variable(number));
                quote!({ #load #variable })
            }
        }
    }

    /// The elements of the k-th repetition.
    fn repetition_loads(&self, k: usize, place: &[usize]) -> TokenStream {
        let counter = Self::counter(self.long());
        let each = self.nest.reads.iter().enumerate().map(|(number, read)| {
            let (variable, source) = (Self::variable(number), Self::run(k, number));
            match read.pattern {
                Pattern::Invariant | Pattern::Indexed | Pattern::Target => {
                    quote!(let #variable = #source;)
                }
                Pattern::Contiguous => quote!(let #variable = #source[#counter];),
                Pattern::Groups(group) => {
                    let within = self.within(&read.offset, group, place);
                    quote!(let #variable = #source[#counter][#within];)
                }
            }
        });
        each.collect()
    }

    /// Where a repetition's element is in its group.
    fn within(&self, offset: &Offset, group: usize, place: &[usize]) -> Literal {
        let (_, within) = offset.split(self.long() + 1, group);
        let strides = within.strides[self.long() + 1..].iter().zip(place);
        let sum: usize =
            strides.map(|(&stride, &value)| usize::try_from(stride).unwrap_or(0) * value).sum();
        Literal::usize_unsuffixed(sum)
    }

    /// A reduction over the unrolled loops.
    fn unrolled_terms(&self) -> TokenStream {
        let (run, counter, total) = (local("run"), Self::counter(self.long()), local("total"));
        let (first, next) = (self.first(), self.combined(&quote!(#total)));
        let terms = self.nest.repetitions().into_iter().enumerate().map(|(k, place)| {
            let (constants, loads) = (self.constants(&place), self.repetition_loads(k, &place));
            let value = if k == 0 { &first } else { &next };
            quote!(let #total = { #constants #loads #value };)
        });
        let sign = self.assignment();
        quote!(#(#terms)* #run[#counter] #sign #total;)
    }

    /// What a reduction holds after its first value: a sum of zeros is positive, whatever their signs.
    fn first(&self) -> TokenStream {
        match self.nest.statement.reduction {
            Some((Reduction::Sum, _)) => self.combined(&self.start()),
            _ => {
                let (lets, value) = self.value();
                quote!({ #lets #value })
            }
        }
    }

    /// A map whose unrolled loop runs through a group of the target.
    fn unrolled_map(&self, group: usize) -> TokenStream {
        let (run, counter, sign) = (local("run"), Self::counter(self.long()), self.assignment());
        let (lets, value) = self.value();
        let each = self.nest.repetitions().into_iter().enumerate().map(|(k, place)| {
            let (constants, loads) = (self.constants(&place), self.repetition_loads(k, &place));
            let within = self.within(&self.nest.target.offset, group, &place);
            quote!({ #constants #loads #lets #run[#counter][#within] #sign #value; })
        });
        each.collect()
    }
}
