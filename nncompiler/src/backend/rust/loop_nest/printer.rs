//! What the loops of all kinds have in common: counters, offsets, and elements that are read.

use std::collections::HashMap;
use std::ops::Range;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::numbers::number;
use crate::backend::rust::tokens::{local, runtime};
use crate::ir::function::Program;
use crate::ir::index::ArrayId;
use crate::schedule::loop_nest::{Gathered, Loop, LoopNest, Offset, Part, Pattern};

/// What generated code calls an array.
#[derive(Clone, Debug)]
pub enum Storage {
    /// A slice.
    Slice(Ident),
    /// A variable of type `T`.
    Variable(Ident),
    /// A class index, of type `usize`.
    Class(Ident),
    /// A slice of type `f64`, or of nothing: then each element is this number.
    Setting(Ident, f64),
}

/// The names that a loop nest may use.
pub struct Scope<'a> {
    pub program: &'a Program,
    pub storage: HashMap<ArrayId, Storage>,
    /// The number of samples, or of outputs.
    pub length: TokenStream,
}

/// Writes a loop nest.
pub struct Printer<'a> {
    pub scope: &'a Scope<'a>,
    pub nest: &'a LoopNest,
}

impl Printer<'_> {
    /// Writes a reduction's result, or a value without indices.
    pub fn store(&self, value: &TokenStream) -> TokenStream {
        let sign = self.assignment();
        match self.storage(self.nest.statement.target.array) {
            Some(Storage::Variable(name)) if self.nest.statement.accumulate => {
                quote!(#name += #value;)
            }
            Some(Storage::Variable(name)) => quote!(let mut #name = #value;),
            Some(Storage::Slice(slice)) => {
                let at = self.at(&self.nest.target.offset);
                let stored = local("stored");
                quote!(let #stored = #value; #slice[#at] #sign #stored;)
            }
            // What is given is never written.
            Some(Storage::Class(_) | Storage::Setting(..)) | None => quote!(),
        }
    }

    /// How a value goes to the target.
    pub fn assignment(&self) -> TokenStream {
        if self.nest.statement.accumulate { quote!(+=) } else { quote!(=) }
    }

    pub fn storage(&self, array: ArrayId) -> Option<&Storage> {
        self.scope.storage.get(&array)
    }

    /// The loops from one number to another, outermost first, around a body.
    pub fn around(&self, numbers: Range<usize>, body: TokenStream) -> TokenStream {
        numbers.rev().fold(body, |body, number| {
            let (counter, count) = (Self::counter(number), self.count(number));
            quote!(for #counter in 0..#count { #body })
        })
    }

    /// The number of iterations of a loop.
    pub fn count(&self, number: usize) -> TokenStream {
        let Loop { size, is_open, .. } = self.nest.loops[number];
        let (literal, length) = (Literal::usize_unsuffixed(size), &self.scope.length);
        if number == 0 && self.nest.is_divided(Part::Row) {
            return quote!(rows);
        }
        match (is_open, size) {
            (false, _) => quote!(#literal),
            (true, 1) => quote!(#length),
            (true, _) => quote!(#length * #literal),
        }
    }

    pub fn counter(number: usize) -> Ident {
        local(&format!("i{number}"))
    }

    /// What the k-th of several terms reads of an array.
    pub fn run(k: usize, read: usize) -> Ident {
        local(&format!("run{k}_{}", Self::variable(read)))
    }

    /// The variable that holds an element.
    pub fn variable(read: usize) -> Ident {
        local(&format!("x{read}"))
    }

    /// An offset in terms of the loops' counters. What is taken away comes last, so that it never
    /// falls below 0.
    pub fn at(&self, offset: &Offset) -> TokenStream {
        let loops = offset.strides.iter().enumerate();
        let loops = loops.map(|(number, &stride)| (Self::counter(number), stride));
        let steps = offset.steps.iter().enumerate().map(|(number, &by)| (step(number), by));
        let counters = loops.chain(steps).map(|(counter, stride)| (quote!(#counter), stride));
        let gathered = offset.gathered.iter().map(|one| (self.gathered(one), one.stride));
        let term = |(number, stride): (TokenStream, i64)| {
            let size = Literal::u64_unsuffixed(stride.unsigned_abs());
            let term = if stride.abs() == 1 { number } else { quote!(#number * #size) };
            (stride, term)
        };
        let constant = Literal::u64_unsuffixed(offset.constant.unsigned_abs());
        let terms = counters.chain(gathered).map(term);
        let terms: Vec<_> = terms.chain([(offset.constant, quote!(#constant))]).collect();
        let added: Vec<_> =
            terms.iter().filter(|(sign, _)| *sign > 0).map(|(_, term)| term).collect();
        let taken = terms.iter().filter(|(sign, _)| *sign < 0).map(|(_, term)| term);
        if added.is_empty() {
            return quote!(0);
        }
        quote!(#(#added)+* #(- #taken)*)
    }

    /// An integer that an array holds.
    fn gathered(&self, gathered: &Gathered) -> TokenStream {
        let rt = runtime();
        match self.storage(gathered.array) {
            Some(Storage::Class(name)) => quote!(#name),
            Some(Storage::Variable(name)) => quote!(#rt::Real::to_index(#name)),
            Some(Storage::Slice(name) | Storage::Setting(name, _)) => {
                let at = self.at(&gathered.offset);
                quote!(#rt::Real::to_index(#name[#at]))
            }
            None => quote!(0),
        }
    }

    /// The elements that are read with a pattern, each at its offset.
    pub fn loads(&self, pattern: Pattern) -> TokenStream {
        self.reads(pattern).map(|read| self.load(read)).collect()
    }

    /// The numbers of the reads with a pattern.
    pub fn reads(&self, pattern: Pattern) -> impl Iterator<Item = usize> {
        let reads = self.nest.reads.iter().enumerate();
        reads.filter(move |(_, read)| read.pattern == pattern).map(|(number, _)| number)
    }

    /// An element at its offset.
    pub fn load(&self, read: usize) -> TokenStream {
        let (variable, read) = (Self::variable(read), &self.nest.reads[read]);
        match self.storage(read.array) {
            Some(Storage::Slice(slice)) => {
                let at = self.at(&read.offset);
                quote!(let #variable = #slice[#at];)
            }
            Some(Storage::Variable(name)) => quote!(let #variable = #name;),
            Some(Storage::Class(name)) => quote!(let #variable = T::of(#name as f64);),
            Some(Storage::Setting(slice, otherwise)) => {
                let at = self.at(&read.offset);
                let (rt, otherwise) = (runtime(), number(*otherwise));
                quote!(let #variable: T = #rt::setting_of(#slice, #at, #otherwise);)
            }
            None => quote!(),
        }
    }

    /// The target's own element, where the value reads it.
    pub fn own_loads(&self) -> TokenStream {
        let target = target_element();
        let load = |number| {
            let variable = Self::variable(number);
            quote!(let #variable = *#target;)
        };
        self.reads(Pattern::Target).map(load).collect()
    }

    /// The contiguous elements that the n-th loop runs through, from an array's offset on.
    pub fn slice(&self, array: ArrayId, offset: &Offset, number: usize) -> TokenStream {
        let Some(Storage::Slice(name)) = self.storage(array) else {
            return quote!([]);
        };
        let (at, count) = (self.at(&offset.without(number)), self.count(number));
        quote!(#name[#at..][..#count])
    }

    /// The contiguous elements of a read.
    pub fn slice_of_read(&self, read: usize, number: usize) -> TokenStream {
        let read = &self.nest.reads[read];
        self.slice(read.array, &read.offset, number)
    }

    /// The contiguous elements of the target.
    pub fn slice_of_target(&self, number: usize) -> TokenStream {
        self.slice(self.nest.statement.target.array, &self.nest.target.offset, number)
    }

    /// Whether the value depends on a loop's counter itself.
    pub fn reads_counter(&self, number: usize) -> bool {
        let positions = self.scope.program.graph.positions(self.nest.statement.value);
        positions.contains(&self.nest.loops[number].index)
    }
}

/// The target's element inside the innermost loop.
pub fn target_element() -> Ident {
    local("element")
}

/// The step of the n-th of the scans around a statement.
pub fn step(number: usize) -> Ident {
    local(&format!("step{number}"))
}
