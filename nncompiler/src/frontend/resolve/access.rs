//! How arrays are accessed: index expressions, how far indices run, and that none leaves its array.

use proc_macro2::Ident;

use super::equation::Resolver;
use super::size::Known;
use crate::frontend::syntax::{Expression, ExpressionKind, Place, TargetAxis};
use crate::ir::expression::Binary;
use crate::ir::index::{Affine, Extent, Index};

impl Resolver<'_> {
    /// How long an axis of a target is: as far as it reaches, or as stated.
    pub fn target_extent(&mut self, axis: &(Affine, Option<usize>), place: Place) -> Extent {
        let (axis, stated) = axis;
        let (lowest, highest) = self.range(axis);
        if lowest < 0 {
            self.diagnostics.report(place, format!("this reaches {lowest}: axes begin at 0"));
        }
        match *stated {
            None => self.reach(axis),
            Some(size) => {
                if usize::try_from(highest).is_ok_and(|highest| highest >= size) {
                    let message =
                        format!("this reaches {highest}, but the axis ends before {size}");
                    self.diagnostics.report(place, message);
                }
                Extent::Fixed(size)
            }
        }
    }

    /// A new index of the statement at hand.
    pub fn index(&mut self, name: &Ident, extent: Option<Extent>) -> Index {
        let index = Index(u32::try_from(self.indices.len()).unwrap_or(u32::MAX));
        let stated = self.stated_by_name.get(&name.to_string()).copied();
        if stated.is_some() {
            self.stated.push(index);
        }
        self.indices.push(extent.or(stated));
        self.index_names.push(name.clone());
        index
    }

    /// An axis of the target: an index, which is thereby declared, or affine in such indices; and
    /// how long it is stated to be, if that is not the index's own extent.
    pub fn target_axis(&mut self, axis: &TargetAxis) -> Option<(Affine, Option<usize>)> {
        let extent = axis.extent.as_ref();
        let extent = extent.and_then(|extent| self.known.size(extent, self.diagnostics));
        for name in names_in(&axis.at) {
            let is_size = self.known.get(&name.to_string()).is_some();
            if !is_size && !self.scope.contains_key(&name.to_string()) {
                self.report_reserved(&name);
                let index = self.index(&name, None);
                self.scope.insert(name.to_string(), index);
            }
        }
        let affine = self.affine(&axis.at)?;
        let is_name = matches!(axis.at.kind, ExpressionKind::Name(_));
        match (extent, affine.as_index().filter(|_| is_name)) {
            (Some(size), Some(Index(index))) => {
                self.indices[index as usize] = Some(Extent::Fixed(size));
                self.stated.push(Index(index));
                Some((affine, None))
            }
            (extent, _) => Some((affine, extent)),
        }
    }

    /// Every access stays within its array.
    pub fn check_accesses(&mut self) {
        for (axis, extent, place) in std::mem::take(&mut self.accesses) {
            let Extent::Fixed(size) = extent else {
                if axis.as_index().is_none() {
                    let message = "an argument of a loss is accessed by an index alone";
                    self.diagnostics.report(place, message);
                }
                continue;
            };
            let (lowest, highest) = self.range(&axis);
            let last = i64::try_from(size).unwrap_or(i64::MAX) - 1;
            if lowest < 0 || highest > last {
                let message = format!(
                    "this reaches from {lowest} to {highest}, but the axis from 0 to {last}"
                );
                self.diagnostics.report(place, message);
            }
        }
    }

    /// The least and the greatest value of an index expression.
    pub fn range(&self, axis: &Affine) -> (i64, i64) {
        axis.terms.iter().fold((axis.constant, axis.constant), |(low, high), &(index, factor)| {
            let extent = self.indices[index.0 as usize].unwrap_or(Extent::Fixed(1));
            let last = i64::try_from(extent.per_sample() - 1).unwrap_or(i64::MAX);
            let reach = last.saturating_mul(factor);
            (low.saturating_add(reach.min(0)), high.saturating_add(reach.max(0)))
        })
    }

    /// Indices that no plain access gives an extent take the one of their declaration.
    pub fn infer_from_declarations(&mut self) {
        for (name, &Index(index)) in &self.scope {
            let slot = &mut self.indices[index as usize];
            *slot = slot.or_else(|| self.declared.get(name).copied());
            if slot.is_none() {
                let name = &self.index_names[index as usize];
                let message = format!("nothing says how far the index `{name}` runs");
                self.diagnostics.report(name.span(), message);
            }
        }
    }

    /// The extent of an axis that is accessed at every value of an affine expression.
    pub fn reach(&self, axis: &Affine) -> Extent {
        let extent = |index: Index| self.indices[index.0 as usize].unwrap_or(Extent::Fixed(1));
        if let Some(index) = axis.as_index() {
            return extent(index);
        }
        let (_, last) = self.range(axis);
        Extent::Fixed(usize::try_from(last.saturating_add(1)).unwrap_or(1))
    }

    pub fn affine(&mut self, axis: &Expression) -> Option<Affine> {
        if !names_in(axis).iter().any(|name| self.scope.contains_key(&name.to_string())) {
            return self.constant_axis(axis);
        }
        let result = match &axis.kind {
            ExpressionKind::Name(name) => {
                self.scope.get(&name.to_string()).map(|&index| index.into())
            }
            ExpressionKind::Negate(operand) => {
                let operand = self.affine(operand)?;
                Affine::constant(0).plus(&operand, -1)
            }
            ExpressionKind::Binary(operation, left, right) => {
                let (left, right) = (self.affine(left)?, self.affine(right)?);
                affine_operation(*operation, &left, &right)
            }
            _ => None,
        };
        if result.is_none() {
            let message = "an index expression is a sum of indices times integers";
            self.diagnostics.report(axis.place, message);
        }
        result
    }

    /// An index expression without indices: an integer.
    pub fn constant_axis(&mut self, axis: &Expression) -> Option<Affine> {
        let is_unknown = |name: &Ident| self.known.get(&name.to_string()).is_none();
        if let Some(name) = names_in(axis).into_iter().find(is_unknown) {
            let message = format!(
                "`{name}` is no index here: a reduction runs over it, `sum({name}: …)`, \
                 or the target has it, `y[{name}] = …`"
            );
            self.diagnostics.report(name.span(), message);
            return None;
        }
        match self.known.evaluate(axis, self.diagnostics)? {
            Known::Integer(value) => Some(Affine::constant(value)),
            Known::Real(value) => {
                self.diagnostics.report(axis.place, format!("an index is an integer, not {value}"));
                None
            }
        }
    }
}

fn affine_operation(operation: Binary, left: &Affine, right: &Affine) -> Option<Affine> {
    match operation {
        Binary::Add => left.plus(right, 1),
        Binary::Subtract => left.plus(right, -1),
        Binary::Multiply if right.terms.is_empty() => {
            Affine::constant(0).plus(left, right.constant)
        }
        Binary::Multiply if left.terms.is_empty() => Affine::constant(0).plus(right, left.constant),
        _ => None,
    }
}

/// Every name in an index expression.
fn names_in(expression: &Expression) -> Vec<Ident> {
    match &expression.kind {
        ExpressionKind::Name(name) => vec![name.clone()],
        ExpressionKind::Negate(operand) => names_in(operand),
        ExpressionKind::Binary(_, left, right) => {
            let mut names = names_in(left);
            names.extend(names_in(right));
            names
        }
        _ => Vec::new(),
    }
}
