//! The indices of one definition: how far each runs, and what values sums of them take.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};

use crate::ir::index::{Affine, BATCH_SIZE, Extent, Index, IndexInfo};

#[derive(Default)]
pub struct Indices {
    all: Vec<Info>,
    /// The extents in `x[i: I]` of inputs and parameters.
    pub declared: BTreeMap<String, Extent>,
    /// The extents in `index i: I;`, which hold for all statements.
    pub stated: BTreeMap<String, Extent>,
}

struct Info {
    name: Ident,
    extent: Option<Extent>,
    /// Whether the extent is stated: then an access may leave out a part of its axis.
    is_stated: bool,
}

impl Indices {
    /// A new index, with the extent that is given or that an `index` statement states.
    pub fn add(&mut self, name: &Ident, extent: Option<Extent>) -> Index {
        let index = Index(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        let stated = self.stated.get(&name.to_string()).copied();
        let (extent, is_stated) = (extent.or(stated), stated.is_some());
        self.all.push(Info { name: name.clone(), extent, is_stated });
        index
    }

    /// The indices of a layer that this one applies; the number of the first.
    pub fn append(&mut self, all: &[IndexInfo], location: Span) -> u32 {
        let first = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.extend(all.iter().map(|info| Info {
            name: Ident::new(&info.name, location),
            extent: Some(info.extent),
            is_stated: true,
        }));
        first
    }

    pub fn name(&self, index: Index) -> &Ident {
        &self.all[index.0 as usize].name
    }

    pub fn extent(&self, index: Index) -> Option<Extent> {
        self.all[index.0 as usize].extent
    }

    pub fn set_extent(&mut self, index: Index, extent: Extent) {
        self.all[index.0 as usize].extent = Some(extent);
    }

    /// Whether it runs over the samples beside the one at hand: `m` of `sum(m in batch: …)`.
    pub fn is_sample(&self, index: Index) -> bool {
        let info = &self.all[index.0 as usize];
        info.extent == Some(Extent::Batch) && info.name != BATCH_SIZE
    }

    pub fn is_stated(&self, index: Index) -> bool {
        self.all[index.0 as usize].is_stated
    }

    /// Sets an extent from which accesses may leave out a part.
    pub fn state(&mut self, index: Index, extent: Extent) {
        let info = &mut self.all[index.0 as usize];
        (info.extent, info.is_stated) = (Some(extent), true);
    }

    /// The extent that a name has in declarations, outside of statements.
    pub fn of_declarations(&self, name: &str) -> Option<Extent> {
        self.declared.get(name).or_else(|| self.stated.get(name)).copied()
    }

    /// The extent, or 1 where it is not known, which has been reported.
    fn known_extent(&self, index: Index) -> Extent {
        self.extent(index).unwrap_or(Extent::Fixed(1))
    }

    /// The least and the greatest value of an index expression.
    pub fn range(&self, axis: &Affine) -> (i64, i64) {
        axis.terms.iter().fold((axis.constant, axis.constant), |(low, high), &(index, factor)| {
            let last = self.known_extent(index).per_sample().saturating_sub(1);
            let reach = i64::try_from(last).unwrap_or(i64::MAX).saturating_mul(factor);
            (low.saturating_add(reach.min(0)), high.saturating_add(reach.max(0)))
        })
    }

    /// The extent of an axis whose last element is the greatest value of an index expression.
    pub fn reach(&self, axis: &Affine) -> Extent {
        if let Some(index) = axis.as_index() {
            return self.known_extent(index);
        }
        let (_, last) = self.range(axis);
        Extent::Fixed(usize::try_from(last.saturating_add(1)).unwrap_or(1))
    }

    pub fn into_all(self) -> Vec<IndexInfo> {
        let info = |info: Info| IndexInfo {
            name: info.name.to_string().into(),
            extent: info.extent.unwrap_or(Extent::Fixed(1)),
        };
        self.all.into_iter().map(info).collect()
    }
}
