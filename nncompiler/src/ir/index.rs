//! The vocabulary of index notation: indices, their extents, and how arrays are accessed.

use std::collections::HashMap;
use std::rc::Rc;

/// An index of a statement: `i` in `y[o] = sum(i: weight[o, i] * x[i])`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Index(pub u32);

/// How far an index runs, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// A size known at expansion.
    Fixed(usize),
    /// The samples of a batch.
    Batch,
    /// The outputs of a network: known when a loss is applied.
    Outputs,
}

/// The setting that holds the number of samples in a batch.
pub const BATCH_SIZE: &str = "batch";

/// The setting that holds the number of outputs that a loss is applied to.
pub const OUTPUTS_SIZE: &str = "outputs";

impl Extent {
    /// The size, or 1 for what is only known at run time: work and memory are counted per sample.
    pub fn per_sample(self) -> usize {
        match self {
            Extent::Fixed(size) => size,
            Extent::Batch | Extent::Outputs => 1,
        }
    }
}

/// An index's name and extent.
#[derive(Clone, Debug)]
pub struct IndexInfo {
    pub name: Rc<str>,
    pub extent: Extent,
}

/// A sum of indices times integers, plus an integer: `2*h + p - 1`. Beside indices there may be integers that
/// an array holds: `token[s]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Affine {
    pub terms: Vec<(Index, i64)>,
    /// Elements of arrays of integers, times integers.
    pub gathered: Vec<(Access, i64)>,
    pub constant: i64,
}

impl Affine {
    pub fn constant(constant: i64) -> Self {
        Self { terms: Vec::new(), gathered: Vec::new(), constant }
    }

    /// An element of an array of integers.
    pub fn gathered(access: Access) -> Self {
        Self { gathered: vec![(access, 1)], ..Self::constant(0) }
    }

    /// Whether it is a number.
    pub fn is_constant(&self) -> bool {
        self.terms.is_empty() && self.gathered.is_empty()
    }

    /// Whether it depends on what an array holds.
    pub fn gathers(&self) -> bool {
        !self.gathered.is_empty()
    }

    /// The indices that occur, in accesses of integers too.
    pub fn indices(&self) -> impl Iterator<Item = Index> {
        let integers = self.gathered.iter().flat_map(|(access, _)| &access.at);
        let inside: Vec<Index> =
            integers.flat_map(|axis| axis.indices().collect::<Vec<_>>()).collect();
        self.terms.iter().map(|&(index, _)| index).chain(inside)
    }

    /// The index alone, if that is all there is.
    pub fn as_index(&self) -> Option<Index> {
        match (self.terms.as_slice(), self.gathered.as_slice(), self.constant) {
            ([(index, 1)], [], 0) => Some(*index),
            _ => None,
        }
    }

    /// self + factor · other, without terms that cancel; nothing on overflow.
    pub fn plus(&self, other: &Self, factor: i64) -> Option<Self> {
        let mut sum = self.clone();
        sum.constant = sum.constant.checked_add(other.constant.checked_mul(factor)?)?;
        add_terms(&mut sum.terms, &other.terms, factor)?;
        add_terms(&mut sum.gathered, &other.gathered, factor)?;
        Some(sum)
    }

    /// The same with some indices replaced by sums of others; nothing on overflow.
    pub fn composed(&self, inner: &HashMap<Index, Affine>) -> Option<Self> {
        let start = Self::constant(self.constant);
        let sum =
            self.terms.iter().try_fold(start, |sum, &(index, factor)| match inner.get(&index) {
                Some(affine) => sum.plus(affine, factor),
                None => sum.plus(&index.into(), factor),
            })?;
        self.gathered.iter().try_fold(sum, |sum, (access, factor)| {
            sum.plus(&Self::gathered(access.composed(inner)?), *factor)
        })
    }

    /// The same with each index replaced.
    pub fn renamed(&self, rename: &impl Fn(Index) -> Index) -> Self {
        let terms = self.terms.iter().map(|&(index, factor)| (rename(index), factor)).collect();
        let gathered = self.gathered.iter();
        let gathered = gathered.map(|(access, factor)| (access.renamed(rename), *factor)).collect();
        Self { terms, gathered, constant: self.constant }
    }

    /// The same with each access of integers replaced.
    pub fn with_gathered(&self, replace: &impl Fn(&Access) -> Access) -> Self {
        let gathered = self.gathered.iter();
        let gathered = gathered.map(|(access, factor)| (replace(access), *factor)).collect();
        Self { gathered, ..self.clone() }
    }
}

/// Adds terms times a factor to others, without those that cancel; nothing on overflow.
fn add_terms<T: Clone + PartialEq>(
    sum: &mut Vec<(T, i64)>,
    terms: &[(T, i64)],
    factor: i64,
) -> Option<()> {
    for (term, coefficient) in terms {
        let coefficient = coefficient.checked_mul(factor)?;
        match sum.iter_mut().find(|(present, _)| present == term) {
            Some((_, present)) => *present = present.checked_add(coefficient)?,
            None => sum.push((term.clone(), coefficient)),
        }
    }
    sum.retain(|(_, coefficient)| *coefficient != 0);
    Some(())
}

/// Each index once, in the order in which they come first.
pub fn distinct(indices: impl IntoIterator<Item = Index>) -> Vec<Index> {
    let mut found = Vec::new();
    for index in indices {
        if !found.contains(&index) {
            found.push(index);
        }
    }
    found
}

impl From<Index> for Affine {
    fn from(index: Index) -> Self {
        Self { terms: vec![(index, 1)], ..Self::constant(0) }
    }
}

/// An array of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArrayId(pub u32);

/// One element of an array, as a function of the indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Access {
    pub array: ArrayId,
    pub at: Vec<Affine>,
}

impl Access {
    /// The indices, if each axis is one of them alone and none occurs twice.
    pub fn as_indices(&self) -> Option<Vec<Index>> {
        let indices: Option<Vec<Index>> = self.at.iter().map(Affine::as_index).collect();
        indices.filter(|list| (1..list.len()).all(|k| !list[..k].contains(&list[k])))
    }

    /// Whether different indices surely reach different elements: each axis has an index of its own.
    pub fn is_injective(&self) -> bool {
        let single = |axis: &Affine| axis.terms.len() <= 1 && !axis.gathers();
        let indices: Vec<Index> = self.indices().collect();
        let distinct = (1..indices.len()).all(|k| !indices[..k].contains(&indices[k]));
        self.at.iter().all(single) && distinct
    }

    /// Every index that occurs.
    pub fn indices(&self) -> impl Iterator<Item = Index> {
        self.at.iter().flat_map(Affine::indices)
    }

    /// Whether the element depends on what an array of integers holds.
    pub fn gathers(&self) -> bool {
        self.at.iter().any(Affine::gathers)
    }

    /// The accesses of integers that it depends on, those inside others too.
    pub fn integers(&self) -> Vec<&Access> {
        let own = self.at.iter().flat_map(|axis| &axis.gathered);
        own.flat_map(|(access, _)| [vec![access], access.integers()].concat()).collect()
    }

    /// The element as a function of other indices; nothing on overflow.
    pub fn composed(&self, inner: &HashMap<Index, Affine>) -> Option<Self> {
        let at = self.at.iter().map(|axis| axis.composed(inner)).collect::<Option<_>>()?;
        Some(Self { array: self.array, at })
    }

    pub fn renamed(&self, rename: &impl Fn(Index) -> Index) -> Self {
        let at = self.at.iter().map(|axis| axis.renamed(rename)).collect();
        Self { array: self.array, at }
    }

    /// The same element of other arrays, chosen by integers of others.
    pub fn in_arrays(&self, array: &impl Fn(ArrayId) -> ArrayId) -> Self {
        let integers = |access: &Access| access.in_arrays(array);
        let at = self.at.iter().map(|axis| axis.with_gathered(&integers)).collect();
        Self { array: array(self.array), at }
    }
}
