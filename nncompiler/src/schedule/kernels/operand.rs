//! Factors of products as matrices, and the counts and strides of groups of indices.

use crate::ir::function::Program;
use crate::ir::index::{Affine, ArrayId, Extent, Index};

/// A number of rows, columns or terms: a size, times the batch if it runs over samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub size: usize,
    pub batched: bool,
}

/// A factor of a product as a matrix.
#[derive(Clone, Debug)]
pub struct Operand {
    pub array: ArrayId,
    /// Where its first element is.
    pub start: usize,
    pub row_stride: usize,
    pub column_stride: usize,
    /// How far it moves from one step of each scan around it to the next, the outermost first.
    pub step_strides: Vec<usize>,
}

/// What a product's target holds before the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Zero,
    Target,
    /// The same row in each row of the target.
    Row(Bias),
    /// The same column in each column of the target.
    Column(Bias),
}

/// Contiguous elements of an array, from one on: as many as a product has columns, or rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bias {
    pub array: ArrayId,
    pub from: usize,
}

impl Start {
    pub fn bias(self) -> Option<Bias> {
        match self {
            Self::Zero | Self::Target => None,
            Self::Row(bias) | Self::Column(bias) => Some(bias),
        }
    }
}

/// The one stride of a group of indices that together run through memory evenly.
pub fn single_stride(program: &Program, offset: &Affine, group: &[Index]) -> Option<usize> {
    let stride = |index: Index| {
        let term = offset.terms.iter().find(|(other, _)| *other == index);
        usize::try_from(term.map_or(0, |&(_, stride)| stride)).ok()
    };
    for pair in group.windows(2) {
        let inner = program.extent(pair[1]);
        let even = stride(pair[0])? == stride(pair[1])? * inner.per_sample();
        if inner == Extent::Batch || !even {
            return None;
        }
    }
    group.last().map_or(Some(1), |&last| stride(last))
}

/// How often a group of indices runs.
pub fn count(program: &Program, group: &[Index]) -> Count {
    let extents = group.iter().map(|&index| program.extent(index));
    let size = extents.clone().map(Extent::per_sample).product();
    Count { size, batched: extents.clone().any(|extent| extent == Extent::Batch) }
}
