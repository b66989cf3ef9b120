//! A statement as nested loops over slices, innermost over contiguous memory where there is any.

mod lanes;
mod unrolled;

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{local, runtime, setting};
use crate::ir::expression::{Binary, Comparison, Id, Node};
use crate::ir::function::{Program, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index};
use crate::ir::reduction::Reduction;
use lanes::LANES;
use unrolled::Unrolled;

/// Integer powers up to this one are products.
const LONGEST_PRODUCT: u8 = 8;

/// A reduction over fewer terms than this stands outside the target's last index: registers are
/// wider.
const SHORTEST_INNERMOST: usize = 8;

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

/// The names that a nest may use.
pub struct Scope<'a> {
    pub program: &'a Program,
    pub storage: HashMap<ArrayId, Storage>,
    /// Number of iterations of indices over the batch, or over the outputs.
    pub length: TokenStream,
    /// Whether the loops are to be those of the statement and no others.
    pub plain: bool,
}

/// Indices that run through every array evenly, as one loop.
#[derive(Clone, Debug)]
struct Loop {
    /// The innermost of the indices.
    index: Index,
    size: usize,
    /// Whether the number of iterations is only known at run time.
    open: bool,
    bound: bool,
}

/// A statement as loops.
pub fn nest(scope: &Scope, statement: &Statement) -> TokenStream {
    Nest::new(scope, statement).tokens()
}

struct Nest<'a> {
    scope: &'a Scope<'a>,
    statement: &'a Statement,
    /// Outermost first.
    loops: Vec<Loop>,
    elements: Vec<Element>,
    /// The target's place in memory.
    target: Affine,
}

/// How a loop passes an array: not at all, along its memory, or by looking each element up.
#[derive(Clone, Copy, PartialEq)]
enum Passing {
    Still,
    Run,
    Step,
}

/// An element that the value reads.
struct Element {
    id: Id,
    access: Access,
    offset: Affine,
    variable: Ident,
}

impl<'a> Nest<'a> {
    fn new(scope: &'a Scope, statement: &'a Statement) -> Self {
        let program = scope.program;
        let elements = program.graph.elements(statement.value).into_iter().enumerate();
        let elements = elements.map(|(k, (id, access))| Element {
            id,
            offset: program.linear(&access),
            access,
            variable: local(&format!("x{k}")),
        });
        let mut nest = Self {
            scope,
            statement,
            loops: Vec::new(),
            elements: elements.collect(),
            target: program.linear(&statement.target),
        };
        nest.loops = nest.order();
        nest
    }

    /// The loops in order. A reduction is innermost where it runs along contiguous memory, and
    /// otherwise stands outside the target's last index, which then does.
    fn order(&self) -> Vec<Loop> {
        let free = self.statement.free();
        let bound = self.statement.bound();
        let one = |&index: &Index, bound: bool| {
            let extent = self.scope.program.extent(index);
            let open = !matches!(extent, Extent::Fixed(_));
            Loop { index, size: extent.per_sample(), open, bound }
        };
        let mut loops = self.collapsed(free.iter().map(|index| one(index, false)).collect());
        let bound_loops = self.collapsed(bound.iter().map(|index| one(index, true)).collect());
        let last_is_contiguous = free.last().is_some_and(|&last| stride(&self.target, last) == 1);
        let is_long = |one: &&Loop| one.open || one.size >= SHORTEST_INNERMOST;
        let along_bound = bound_loops.last().filter(is_long).is_some_and(|last| {
            let way = |element: &Element| stride(&element.offset, last.index);
            self.elements.iter().all(|element| matches!(way(element), 0 | 1))
                && self.elements.iter().any(|element| way(element) == 1 && self.is_slice(element))
        });
        // In a scan, the loop over terms is innermost: the rest of the target is not this step's.
        let in_target = last_is_contiguous && !along_bound && self.statement.scan.is_none();
        let at = if in_target { loops.len() - 1 } else { loops.len() };
        loops.splice(at..at, bound_loops);
        loops
    }

    /// The loops with neighbours joined that run evenly through every array.
    fn collapsed(&self, mut loops: Vec<Loop>) -> Vec<Loop> {
        for inner in (1..loops.len()).rev() {
            let (outer_loop, inner_loop) = (loops[inner - 1].clone(), loops[inner].clone());
            if self.joins(&outer_loop, &inner_loop) {
                let size = outer_loop.size * inner_loop.size;
                loops[inner - 1] = Loop { size, open: outer_loop.open, ..inner_loop };
                loops.remove(inner);
            }
        }
        loops
    }

    fn joins(&self, outer: &Loop, inner: &Loop) -> bool {
        let even = |offset: &Affine| {
            let size = i64::try_from(inner.size).unwrap_or(i64::MAX);
            stride(offset, outer.index) == stride(offset, inner.index).saturating_mul(size)
        };
        let graph = &self.scope.program.graph;
        let is_position = |&id: &Id| matches!(graph.node(id), Node::Position(_));
        let random = self.randoms().all(|access| even(&self.scope.program.linear(&access)));
        random
            && !inner.open
            && even(&self.target)
            && self.elements.iter().all(|element| even(&element.offset))
            && !graph.reachable(self.statement.value).iter().any(is_position)
    }

    /// The places of random numbers in their sequences.
    fn randoms(&self) -> impl Iterator<Item = Access> {
        let graph = &self.scope.program.graph;
        graph.reachable(self.statement.value).into_iter().filter_map(|id| match graph.node(id) {
            Node::Random(_, access) => Some(access.clone()),
            _ => None,
        })
    }

    fn tokens(&self) -> TokenStream {
        if let Some(unrolled) = Unrolled::new(self).filter(|_| !self.scope.plain) {
            return unrolled.tokens();
        }
        let reduces_innermost = self.loops.last().is_some_and(|last| last.bound);
        if self.statement.reduction.is_some()
            && (reduces_innermost || self.loops.iter().all(|one| one.bound))
        {
            self.with_accumulator()
        } else {
            self.in_target()
        }
    }

    /// The reduction's loops around a variable, stored when they are done.
    fn with_accumulator(&self) -> TokenStream {
        let first_bound = self.loops.iter().position(|one| one.bound).unwrap_or(0);
        let (free, bound) = self.loops.split_at(first_bound);
        let total = local("total");
        let start = self.start();
        if let Some(inner) = self.in_lanes(bound) {
            let (rt, lanes) = (runtime(), local("lanes"));
            let inner = self.around(&bound[..bound.len() - 1], first_bound, inner);
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
            return self.around(free, 0, store);
        }
        let value = self.combined(&quote!(#total));
        let inner = self.innermost(bound, first_bound, &quote!(#total = #value;), false);
        let inner = self.around(&bound[..bound.len() - 1], first_bound, inner);
        let store = self.store(&quote!({ let mut #total = #start; #inner #total }));
        self.around(free, 0, store)
    }

    /// Each iteration writes or adds to its element of the target.
    fn in_target(&self) -> TokenStream {
        let reduces = self.statement.reduction.is_some();
        let accumulates = self.statement.accumulate || reduces;
        let begin = reduces && !self.statement.accumulate;
        let start = self.start();
        let Some(Storage::Slice(target)) = self.storage(self.statement.target.array) else {
            return self.scalar_assignment();
        };
        let fill = begin.then(|| quote!(#target.fill(#start);));
        let body = if accumulates {
            let element = target_element();
            let value = self.combined(&quote!(*#element));
            quote!(*#element = #value;)
        } else {
            let (element, (lets, value)) = (target_element(), self.value());
            quote!(#lets *#element = #value;)
        };
        let depth = self.loops.len().saturating_sub(1);
        let inner = self.innermost(&self.loops, 0, &body, true);
        let nest = self.around(&self.loops[..depth], 0, inner);
        quote!(#fill #nest)
    }

    /// A statement without indices whose target is a variable.
    fn scalar_assignment(&self) -> TokenStream {
        let loads = self.loads(None);
        let (lets, value) = self.value();
        let store = self.store(&quote!({ #lets #value }));
        quote!(#loads #store)
    }

    fn is_slice(&self, element: &Element) -> bool {
        matches!(self.storage(element.access.array), Some(Storage::Slice(_)))
    }

    fn storage(&self, array: ArrayId) -> Option<&Storage> {
        self.scope.storage.get(&array)
    }

    /// What a reduction begins with.
    fn start(&self) -> TokenStream {
        match self.statement.reduction {
            Some((Reduction::Max, _)) => quote!(T::NEGATIVE_INFINITY),
            Some((Reduction::Min, _)) => quote!(-T::NEGATIVE_INFINITY),
            Some((Reduction::Product, _)) => quote!(T::ONE),
            Some((Reduction::Sum, _)) | None => quote!(T::ZERO),
        }
    }

    /// What a reduction holds after its first value: a sum of zeros is positive, whatever their signs.
    fn first(&self) -> TokenStream {
        match self.statement.reduction {
            Some((Reduction::Sum, _)) => self.combined(&self.start()),
            _ => {
                let (lets, value) = self.value();
                quote!({ #lets #value })
            }
        }
    }

    /// `before` with one more value.
    fn combined(&self, before: &TokenStream) -> TokenStream {
        let (lets, value) = self.value();
        let combined = self.combination(before, &value);
        quote!({ #lets #combined })
    }

    /// Two results of a reduction as one.
    fn combination(&self, a: &TokenStream, b: &TokenStream) -> TokenStream {
        let rt = runtime();
        match self.statement.reduction {
            Some((Reduction::Max, _)) => quote!(#rt::Real::maximum(#a, #b)),
            Some((Reduction::Min, _)) => quote!(#rt::Real::minimum(#a, #b)),
            Some((Reduction::Product, _)) => quote!(#a * #b),
            Some((Reduction::Sum, _)) | None => quote!(#a + #b),
        }
    }

    /// Writes a reduction's result, or a value without indices.
    fn store(&self, value: &TokenStream) -> TokenStream {
        let sign = if self.statement.accumulate { quote!(+=) } else { quote!(=) };
        match self.storage(self.statement.target.array) {
            Some(Storage::Variable(name)) if self.statement.accumulate => {
                quote!(#name += #value;)
            }
            Some(Storage::Variable(name)) => quote!(let mut #name = #value;),
            Some(Storage::Slice(slice)) => {
                let at = self.offset(&self.target, self.loops.len());
                let stored = local("stored");
                quote!(let #stored = #value; #slice[#at] #sign #stored;)
            }
            // What is given is never written.
            Some(Storage::Class(_) | Storage::Setting(..)) | None => quote!(),
        }
    }

    /// The loops from outside in, around a body.
    fn around(&self, loops: &[Loop], first: usize, body: TokenStream) -> TokenStream {
        loops.iter().enumerate().rev().fold(body, |body, (k, one)| {
            let counter = counter(first + k);
            let count = self.count(one);
            quote!(for #counter in 0..#count { #body })
        })
    }

    fn count(&self, one: &Loop) -> TokenStream {
        let (size, length) = (Literal::usize_unsuffixed(one.size), &self.scope.length);
        match (one.open, one.size) {
            (false, _) => quote!(#size),
            (true, 1) => quote!(#length),
            (true, _) => quote!(#length * #size),
        }
    }

    /// The last of `loops` as an iteration over slices: `first` is its first loop's number.
    fn innermost(
        &self,
        loops: &[Loop],
        first: usize,
        body: &TokenStream,
        writes_target: bool,
    ) -> TokenStream {
        let Some(last) = loops.last() else {
            let (loads, target) = (self.loads(None), self.target_binding());
            return quote!(#loads #target #body);
        };
        let counter = counter(first + loops.len() - 1);
        let padded = writes_target.then(|| self.in_padded_lanes(last, &counter, body)).flatten();
        if let Some(padded) = padded {
            return padded;
        }
        let loads = self.loads(Some(last.index));
        let elements = self.elements.iter();
        let sliced: Vec<&Element> = elements
            .filter(|element| self.passing(element, last) == Passing::Run)
            .filter(|element| !self.is_target(element))
            .collect();
        if writes_target && (stride(&self.target, last.index) != 1 || self.reads_target_elsewhere())
        {
            return self.counted(last, &counter, body);
        }
        let mut zipped: Option<(TokenStream, TokenStream)> = writes_target.then(|| {
            let target = self.run(self.statement.target.array, &self.target, last);
            let element = target_element();
            (quote!(#element), quote!(#target.iter_mut()))
        });
        for element in &sliced {
            let variable = &element.variable;
            let source = self.run(element.access.array, &element.offset, last);
            zipped = Some(match zipped {
                None => (quote!(&#variable), quote!(#source.iter())),
                Some((pattern, iterator)) => {
                    (quote!((#pattern, &#variable)), quote!(#iterator.zip(&#source)))
                }
            });
        }
        let Some((mut pattern, mut iterator)) = zipped else {
            return self.counted(last, &counter, body);
        };
        if self.needs_counter(last) {
            (pattern, iterator) = (quote!((#counter, #pattern)), quote!(#iterator.enumerate()));
        }
        let strided = self.strided_loads(last);
        let own = self.own_loads();
        quote!(#loads for #pattern in #iterator { #strided #own #body })
    }

    /// The part of an array's slice that the last loop passes.
    fn run(&self, array: ArrayId, offset: &Affine, last: &Loop) -> TokenStream {
        let Some(Storage::Slice(name)) = self.storage(array) else {
            return quote!([]);
        };
        let mut outer = offset.clone();
        outer.terms.retain(|(index, _)| *index != last.index);
        let (at, count) = (self.offset(&outer, self.loops.len()), self.count(last));
        quote!(#name[#at..][..#count])
    }

    /// The innermost loop with every element looked up by its offset.
    fn counted(&self, last: &Loop, counter: &Ident, body: &TokenStream) -> TokenStream {
        let count = self.count(last);
        let loads = self.elements.iter().map(|element| self.load(element));
        let target = (!last.bound).then(|| self.target_binding());
        quote!(for #counter in 0..#count { #(#loads)* #target #body })
    }

    /// The target's element, looked up by its offset.
    fn target_binding(&self) -> TokenStream {
        let Some(Storage::Slice(slice)) = self.storage(self.statement.target.array) else {
            return quote!();
        };
        let (at, element) = (self.offset(&self.target, self.loops.len()), target_element());
        quote!(let #element = &mut #slice[#at];)
    }

    /// Whether an element is the target's own, read before it is written.
    fn is_target(&self, element: &Element) -> bool {
        let name = |array: ArrayId| match self.storage(array) {
            Some(Storage::Slice(name)) => Some(name.to_string()),
            _ => None,
        };
        element.offset == self.target
            && name(element.access.array).is_some()
            && name(element.access.array) == name(self.statement.target.array)
    }

    /// How the innermost loop passes an element's array.
    fn passing(&self, element: &Element, last: &Loop) -> Passing {
        match stride(&element.offset, last.index) {
            0 => Passing::Still,
            1 if self.is_slice(element) => Passing::Run,
            _ => Passing::Step,
        }
    }

    /// Whether the value reads other elements of its own array: those of a step before.
    fn reads_target_elsewhere(&self) -> bool {
        let target = self.statement.target.array;
        self.elements.iter().any(|one| one.access.array == target && one.offset != self.target)
    }

    /// Elements that do not change in the innermost loop.
    fn loads(&self, last: Option<Index>) -> TokenStream {
        let still = self
            .elements
            .iter()
            .filter(|element| last.is_none_or(|last| stride(&element.offset, last) == 0));
        still.map(|element| self.load(element)).collect()
    }

    /// Elements that the innermost loop passes in steps other than one.
    fn strided_loads(&self, last: &Loop) -> TokenStream {
        let elements = self.elements.iter();
        let strided = elements.filter(|element| self.passing(element, last) == Passing::Step);
        strided.map(|element| self.load(element)).collect()
    }

    /// The target's own element, where the value reads it.
    fn own_loads(&self) -> TokenStream {
        let own = self.elements.iter().filter(|element| self.is_target(element));
        let target = target_element();
        own.map(|Element { variable, .. }| quote!(let #variable = *#target;)).collect()
    }

    fn load(&self, element: &Element) -> TokenStream {
        let variable = &element.variable;
        match self.storage(element.access.array) {
            Some(Storage::Slice(slice)) => {
                let at = self.offset(&element.offset, self.loops.len());
                quote!(let #variable = #slice[#at];)
            }
            Some(Storage::Variable(name)) => quote!(let #variable = #name;),
            Some(Storage::Class(name)) => quote!(let #variable = T::of(#name as f64);),
            Some(Storage::Setting(slice, otherwise)) => {
                let at = self.offset(&element.offset, self.loops.len());
                let (rt, otherwise) = (runtime(), number(*otherwise));
                quote!(let #variable: T = #rt::setting_of(#slice, #at, #otherwise);)
            }
            None => quote!(),
        }
    }

    fn needs_counter(&self, last: &Loop) -> bool {
        self.reads_position(last) || self.steps_or_draws(last)
    }

    /// Whether the value depends on a loop's counter itself.
    fn reads_position(&self, last: &Loop) -> bool {
        let graph = &self.scope.program.graph;
        let mut nodes = graph.reachable(self.statement.value).into_iter();
        nodes.any(|id| matches!(graph.node(id), Node::Position(index) if *index == last.index))
    }

    /// Whether it looks elements up, or random numbers.
    fn steps_or_draws(&self, last: &Loop) -> bool {
        let steps = |element| self.passing(element, last) == Passing::Step;
        self.randoms().next().is_some() || self.elements.iter().any(steps)
    }

    /// An offset in terms of the loops' counters. What is taken away comes last, so that it never
    /// falls below 0.
    fn offset(&self, offset: &Affine, depth: usize) -> TokenStream {
        let loops = self.loops.iter().enumerate().take(depth);
        let loops = loops.map(|(k, one)| (counter(k), stride(offset, one.index)));
        let steps = self.statement.scan.iter().map(|scan| (step(), stride(offset, scan.index)));
        let term = |(counter, stride): (Ident, i64)| {
            let size = Literal::u64_unsuffixed(stride.unsigned_abs());
            let term = if stride.abs() == 1 { quote!(#counter) } else { quote!(#counter * #size) };
            (stride, term)
        };
        let terms: Vec<(i64, TokenStream)> = loops.chain(steps).map(term).collect();
        let constant = Literal::u64_unsuffixed(offset.constant.unsigned_abs());
        let constant = (offset.constant, quote!(#constant));
        let all = || terms.iter().chain([&constant]);
        let added: Vec<_> = all().filter(|(sign, _)| *sign > 0).map(|(_, term)| term).collect();
        let taken = all().filter(|(sign, _)| *sign < 0).map(|(_, term)| term);
        if added.is_empty() {
            return quote!(0);
        }
        quote!(#(#added)+* #(- #taken)*)
    }

    /// The value's nodes as flat `let`s, and the last of them.
    fn value(&self) -> (TokenStream, TokenStream) {
        let graph = &self.scope.program.graph;
        let mut lets = TokenStream::new();
        let mut names: HashMap<Id, TokenStream> = HashMap::new();
        for element in &self.elements {
            let variable = &element.variable;
            names.insert(element.id, quote!(#variable));
        }
        for (k, id) in graph.reachable(self.statement.value).into_iter().enumerate() {
            if names.contains_key(&id) {
                continue;
            }
            let expression = self.expression(id, &names);
            if graph.node(id).children().is_empty() {
                names.insert(id, expression);
                continue;
            }
            let name = local(&format!("v{k}"));
            lets.extend(quote!(let #name = #expression;));
            names.insert(id, quote!(#name));
        }
        (lets, names[&self.statement.value].clone())
    }

    fn expression(&self, id: Id, names: &HashMap<Id, TokenStream>) -> TokenStream {
        let rt = runtime();
        let name = |id: &Id| &names[id];
        match self.scope.program.graph.node(id) {
            Node::Constant(number) => constant(number.value()),
            Node::Element(_) => quote!(T::ZERO),
            Node::Position(_) => {
                let position = self.integer(id);
                quote!(T::of(#position as f64))
            }
            Node::Setting(name) => {
                let setting = setting(name);
                quote!(#setting)
            }
            Node::Random(stream, access) => {
                let at = self.offset(&self.scope.program.linear(access), self.loops.len());
                quote!(#rt::random::<T>(key, #stream, #at))
            }
            Node::Negate(a) => {
                let a = name(a);
                quote!(-#a)
            }
            Node::Apply(function, a) => {
                let (function, a) = (local(function), name(a));
                quote!(#rt::Real::#function(#a))
            }
            Node::Stop(a) => name(a).clone(),
            Node::Binary(operation, a, b) => self.binary(*operation, *b, name(a), name(b)),
            Node::Compare(comparison, a, b) => {
                let sign = comparison_sign(*comparison);
                match (self.integer(*a), self.integer(*b)) {
                    (Some(a), Some(b)) => quote!(#a #sign #b),
                    _ => {
                        let (a, b) = (name(a), name(b));
                        quote!(#a #sign #b)
                    }
                }
            }
            Node::Select(condition, then, otherwise) => {
                let (condition, then, otherwise) = (name(condition), name(then), name(otherwise));
                // A value, not a branch, so that loops vectorise; both sides are there already.
                quote!(::core::hint::select_unpredictable(#condition, #then, #otherwise))
            }
        }
    }

    /// The variable of type `usize` that a node is: an index, or a class.
    fn integer(&self, id: Id) -> Option<Ident> {
        match self.scope.program.graph.node(id) {
            Node::Position(index) if self.statement.scan.is_some_and(|one| one.index == *index) => {
                Some(step())
            }
            Node::Position(index) => {
                let at = self.loops.iter().position(|one| one.index == *index);
                Some(counter(at.unwrap_or(0)))
            }
            Node::Element(access) => match self.storage(access.array) {
                Some(Storage::Class(name)) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    fn binary(
        &self,
        operation: Binary,
        right: Id,
        a: &TokenStream,
        b: &TokenStream,
    ) -> TokenStream {
        let rt = runtime();
        let exponent = self.scope.program.graph.as_constant(right);
        match (operation, exponent) {
            (Binary::Add, _) => quote!(#a + #b),
            (Binary::Subtract, _) => quote!(#a - #b),
            (Binary::Multiply, _) => quote!(#a * #b),
            (Binary::Divide, _) => quote!(#a / #b),
            (Binary::Maximum, _) => quote!(#rt::Real::maximum(#a, #b)),
            (Binary::Minimum, _) => quote!(#rt::Real::minimum(#a, #b)),
            (Binary::Power, Some(exponent))
                if exponent.fract() == 0.0 && exponent.abs() <= f64::from(LONGEST_PRODUCT) =>
            {
                integer_power(exponent, a)
            }
            (Binary::Power, _) => quote!(#rt::Real::power(#a, #b)),
        }
    }
}

/// aⁿ as a product.
fn integer_power(exponent: f64, a: &TokenStream) -> TokenStream {
    let factors = (0..LONGEST_PRODUCT).filter(|&k| f64::from(k) < exponent.abs()).map(|_| a);
    let product = quote!(T::ONE #(* #factors)*);
    if exponent < 0.0 { quote!(T::ONE / (#product)) } else { product }
}

/// The target's element inside the innermost loop.
fn target_element() -> Ident {
    local("element")
}

/// How far an offset moves when an index moves by one.
fn stride(offset: &Affine, index: Index) -> i64 {
    offset.terms.iter().find(|(other, _)| *other == index).map_or(0, |&(_, stride)| stride)
}

/// The step of a scan.
pub fn step() -> Ident {
    local("step")
}

fn counter(number: usize) -> Ident {
    local(&format!("i{number}"))
}

/// Multiples of this are written as they are read.
const SHORT: f64 = 1.0 / 64.0;

/// A constant. What is no short binary fraction is written by its bits: exact, and no literal that
/// a lint could take for an approximation of a known constant.
pub fn constant(value: f64) -> TokenStream {
    if value == 0.0 && value.is_sign_positive() {
        return quote!(T::ZERO);
    }
    if value == 1.0 {
        return quote!(T::ONE);
    }
    if value.abs() < 1e6 && (value / SHORT).fract() == 0.0 {
        let magnitude = Literal::f64_suffixed(value.abs());
        let sign = value.is_sign_negative().then(|| quote!(-));
        return quote!(T::of(#sign #magnitude));
    }
    let number = number(value);
    quote!(T::of(#number))
}

/// An `f64` by its bits, which no lint takes for an approximation.
pub fn number(value: f64) -> TokenStream {
    let bits = Literal::u64_suffixed(value.to_bits());
    quote!(f64::from_bits(#bits))
}

fn comparison_sign(comparison: Comparison) -> TokenStream {
    match comparison {
        Comparison::Less => quote!(<),
        Comparison::LessOrEqual => quote!(<=),
        Comparison::Greater => quote!(>),
        Comparison::GreaterOrEqual => quote!(>=),
        Comparison::Equal => quote!(==),
        Comparison::NotEqual => quote!(!=),
    }
}
