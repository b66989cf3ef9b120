//! Short loops written out inside a longer one that runs along memory: the windows of a pool, and
//! what they spread back. Each place in a window is a number, so the long loop becomes vectors.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Element, LANES, Nest, Storage, counter, local, stride};
use crate::ir::index::{Affine, ArrayId};

/// No more repetitions than this are written out.
const LONGEST: usize = 16;

/// A nest whose short loops are written out.
pub struct Unrolled<'a> {
    nest: &'a Nest<'a>,
    /// The loops around, from the outermost.
    outer: usize,
    /// The loop that stays: its number.
    along: usize,
    /// The loops that are written out: their numbers.
    short: std::ops::Range<usize>,
}

/// How the long loop passes an array.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Not at all: each repetition looks its element up.
    Still,
    /// A number in each step.
    Run,
    /// So many numbers in each step.
    Groups(usize),
}

impl<'a> Unrolled<'a> {
    /// The nest with its short loops written out, if it has such loops and gains by it.
    pub fn new(nest: &'a Nest<'a>) -> Option<Self> {
        let count = nest.loops.len();
        let bound = nest.loops.iter().take_while(|one| !one.bound).count();
        let unrolled = if nest.loops.last()?.bound || count < 2 {
            return None;
        } else if bound < count {
            Self { nest, outer: bound, along: count - 1, short: bound..count - 1 }
        } else if nest.loops[count - 1].size < LANES {
            Self { nest, outer: count - 2, along: count - 2, short: count - 1..count }
        } else {
            return None;
        };
        unrolled.is_possible().then_some(unrolled)
    }

    fn is_possible(&self) -> bool {
        let Nest { loops, elements, statement, .. } = self.nest;
        let short = &loops[self.short.clone()];
        let size: usize = short.iter().map(|one| one.size).product();
        let is_known = short.iter().all(|one| !one.open);
        let is_simple = statement.scan.is_none()
            && self.nest.randoms().next().is_none()
            && !elements.iter().any(|element| self.nest.shares_target(element));
        let is_short = is_known && is_simple && (2..=LONGEST).contains(&size);
        if !is_short {
            return false;
        }
        let along = loops[self.along].index;
        let can_pass = |one: &Element| self.nest.is_slice(one) || stride(&one.offset, along) == 0;
        let is_passed =
            |one: &Element| can_pass(one) && self.way(&one.offset, one.access.array).is_some();
        if elements.is_empty() || !elements.iter().all(is_passed) {
            return false;
        }
        match self.way(&self.nest.target, statement.target.array) {
            Some(Way::Run) => statement.reduction.is_some(),
            Some(Way::Groups(_)) => statement.reduction.is_none(),
            Some(Way::Still) | None => false,
        }
    }

    /// How the long loop passes an array, if in a way that can be written here: groups have to lie
    /// in the array as a whole, and each repetition in one of them.
    fn way(&self, offset: &Affine, array: ArrayId) -> Option<Way> {
        let along = &self.nest.loops[self.along];
        let group = match usize::try_from(stride(offset, along.index)).ok()? {
            0 => return Some(Way::Still),
            1 => return Some(Way::Run),
            group => group,
        };
        // How far the short loops lead within a group, and all loops between groups.
        let mut within = 0;
        let mut between = usize::try_from(offset.constant).ok()?;
        for (number, one) in self.nest.loops.iter().enumerate() {
            let step = usize::try_from(stride(offset, one.index)).ok()?;
            let last = step * (one.size - 1);
            match number {
                _ if number == self.along => {}
                _ if self.short.contains(&number) && step < group => within += last,
                _ => between += last,
            }
        }
        let width = self.nest.scope.program.array(array).width();
        let is_inside = within < group && between + group * along.size <= width;
        is_inside.then_some(Way::Groups(group))
    }

    /// Every combination of the short loops' counters.
    fn repetitions(&self) -> Vec<Vec<usize>> {
        self.short.clone().fold(vec![Vec::new()], |all, number| {
            let with = |place: &Vec<usize>, value| [place.as_slice(), &[value]].concat();
            let size = self.nest.loops[number].size;
            all.iter().flat_map(|place| (0..size).map(move |value| with(place, value))).collect()
        })
    }

    /// Where a repetition's element is in its group: what the loops of stride below a group's size
    /// add up to.
    fn within(&self, offset: &Affine, place: &[usize]) -> Option<usize> {
        let group = stride(offset, self.nest.loops[self.along].index);
        let steps = self.short.clone().zip(place).map(|(number, &value)| {
            let step = stride(offset, self.nest.loops[number].index);
            let step = if step < group { step } else { 0 };
            usize::try_from(step).ok().map(|step| step * value)
        });
        steps.sum()
    }

    /// The offset without the long loop, and without what is within a group.
    fn base(&self, offset: &Affine) -> Affine {
        let along = self.nest.loops[self.along].index;
        let group = stride(offset, along);
        let is_within = |index| {
            let is_short = self.short.clone().any(|number| self.nest.loops[number].index == index);
            group > 1 && is_short && stride(offset, index) < group
        };
        let mut base = offset.clone();
        base.terms.retain(|&(index, _)| index != along && !is_within(index));
        base
    }

    pub fn tokens(&self) -> TokenStream {
        let Nest { loops, statement, .. } = self.nest;
        let count = self.nest.count(&loops[self.along]);
        let (run, long) = (local("run"), counter(self.along));
        let sources = self.repetitions().into_iter().enumerate().map(|(k, place)| {
            let counters = self.counters(&place);
            let elements = &self.nest.elements;
            let names = elements.iter().map(|element| source_name(k, element));
            let sources = elements.iter().map(|element| self.source(element));
            quote!(let (#(#names,)*) = { #counters (#(#sources,)*) };)
        });
        let body = match &statement.reduction {
            Some(_) => self.reduced(&run, &long),
            None => self.spread(&run, &long),
        };
        let target = self.target_run();
        let inner = quote! {
            #target
            #(#sources)*
            for #long in 0..#count { #body }
        };
        self.nest.around(&loops[..self.outer], 0, inner)
    }

    /// The target's elements along the long loop.
    fn target_run(&self) -> TokenStream {
        let Nest { target, statement, loops, .. } = self.nest;
        let Some(Storage::Slice(name)) = self.nest.storage(statement.target.array) else {
            return quote!();
        };
        let count = self.nest.count(&loops[self.along]);
        let at = self.nest.offset(&self.base(target), loops.len());
        let run = local("run");
        match usize::try_from(stride(target, loops[self.along].index)) {
            Ok(group) if group > 1 => {
                let all = times(&count, group);
                quote!(let #run = #name[#at..][..#all].as_chunks_mut::<#group>().0;)
            }
            _ => quote!(let #run = &mut #name[#at..][..#count];),
        }
    }

    /// The short loops' counters as constants.
    fn counters(&self, place: &[usize]) -> TokenStream {
        let each = self.short.clone().zip(place).map(|(number, &value)| {
            let (name, value) = (counter(number), Literal::usize_unsuffixed(value));
            quote!(let #name = #value;)
        });
        each.collect()
    }

    fn element_way(&self, element: &Element) -> Way {
        self.way(&element.offset, element.access.array).unwrap_or(Way::Still)
    }

    /// What the long loop passes of an element's array in a repetition: the number, where it is one.
    fn source(&self, element: &Element) -> TokenStream {
        let Some(Storage::Slice(name)) = self.nest.storage(element.access.array) else {
            let (load, variable) = (self.nest.load(element), &element.variable);
            return quote!({ #load #variable });
        };
        let loops = &self.nest.loops;
        let at = self.nest.offset(&self.base(&element.offset), loops.len());
        let count = self.nest.count(&loops[self.along]);
        match self.element_way(element) {
            Way::Still => quote!(#name[#at]),
            Way::Run => quote!(&#name[#at..][..#count]),
            Way::Groups(group) => {
                let all = times(&count, group);
                quote!(#name[#at..][..#all].as_chunks::<#group>().0)
            }
        }
    }

    /// The elements of the k-th repetition.
    fn loads(&self, k: usize, place: &[usize], long: &Ident) -> TokenStream {
        let each = self.nest.elements.iter().map(|element| {
            let (variable, source) = (&element.variable, source_name(k, element));
            match self.element_way(element) {
                Way::Still => quote!(let #variable = #source;),
                Way::Run => quote!(let #variable = #source[#long];),
                Way::Groups(_) => {
                    let within = self.within(&element.offset, place).unwrap_or(0);
                    let within = Literal::usize_unsuffixed(within);
                    quote!(let #variable = #source[#long][#within];)
                }
            }
        });
        each.collect()
    }

    /// A reduction over the short loops.
    fn reduced(&self, run: &Ident, long: &Ident) -> TokenStream {
        let total = local("total");
        let (first, next) = (self.nest.first(), self.nest.combined(&quote!(#total)));
        let terms = self.repetitions().into_iter().enumerate().map(|(k, place)| {
            let (counters, loads) = (self.counters(&place), self.loads(k, &place, long));
            let value = if k == 0 { &first } else { &next };
            quote!(let #total = { #counters #loads #value };)
        });
        let sign = if self.nest.statement.accumulate { quote!(+=) } else { quote!(=) };
        quote!(#(#terms)* #run[#long] #sign #total;)
    }

    /// A map whose short loop runs through a group of the target.
    fn spread(&self, run: &Ident, long: &Ident) -> TokenStream {
        let sign = if self.nest.statement.accumulate { quote!(+=) } else { quote!(=) };
        let (lets, value) = self.nest.value();
        let each = self.repetitions().into_iter().enumerate().map(|(k, place)| {
            let (counters, loads) = (self.counters(&place), self.loads(k, &place, long));
            let within = self.within(&self.nest.target, &place).unwrap_or(0);
            let within = Literal::usize_unsuffixed(within);
            quote!({ #counters #loads #lets #run[#long][#within] #sign #value; })
        });
        each.collect()
    }
}

/// So many groups as numbers.
fn times(count: &TokenStream, group: usize) -> TokenStream {
    let group = Literal::usize_unsuffixed(group);
    quote!(#count * #group)
}

/// What the long loop passes of an element's array in the k-th repetition.
fn source_name(k: usize, element: &Element) -> Ident {
    local(&format!("run{k}_{}", element.variable))
}

impl Nest<'_> {
    /// Whether an element is of the memory that the statement writes.
    fn shares_target(&self, element: &Element) -> bool {
        let name = |array| match self.storage(array) {
            Some(Storage::Slice(name)) => Some(name.to_string()),
            _ => None,
        };
        let target = name(self.statement.target.array);
        target.is_none() || name(element.access.array) == target
    }
}
