//! How arrays are accessed: index expressions, how far their indices run, and that none leaves its
//! array.

use proc_macro2::Ident;

use super::resolver::{AxisRead, Resolver};
use super::spelling::suggestion;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{ConstantValue, LocalArray, LocalRole, Value};
use crate::frontend::syntax::{AxisGroup, Expression, ExpressionKind, Location};
use crate::ir::expression::Binary;
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index};

impl Resolver<'_> {
    /// `x[i, j + 1]`, or the number that a name with a component stands for.
    pub fn element(
        &mut self,
        array: &Ident,
        at: &[Expression],
        location: Location,
    ) -> Option<Value> {
        if self.scans.is_broken(array) {
            return None;
        }
        if let Some(number) = self.arrays.left_out(&array.to_string()) {
            return Some(Value::Constant(number));
        }
        if let Some(known) = self.known.get(&component(array, at)) {
            return Some(Value::Constant(known.real()));
        }
        let Some(id) = self.arrays.find(&array.to_string()) else {
            if !self.check_scan_read(array, None, at, location) {
                return None;
            }
            let known: Vec<String> = self.arrays.names().collect();
            let hint = suggestion(&array.to_string(), &known);
            self.report(array.span(), format!("no array is called `{array}`{hint}"));
            return None;
        };
        self.read(array, id, at, location)
    }

    fn read(
        &mut self,
        array: &Ident,
        id: ArrayId,
        written: &[Expression],
        location: Location,
    ) -> Option<Value> {
        let (sample, written) = self.of_sample(id, written)?;
        let axes = self.arrays.get(id).axes.clone();
        let at: Option<Vec<Affine>> = written.iter().map(|axis| self.affine(axis)).collect();
        let mut at = at?;
        at.extend(self.implicit_axes(id, at.len()));
        let is_single = axes.iter().all(|&axis| axis == Extent::Fixed(1));
        if written.is_empty() && at.is_empty() && is_single {
            at = vec![Affine::constant(0); axes.len()];
        }
        if at.len() != axes.len() {
            if self.is_loss() && !self.elementwise.is_empty() {
                let message = "`samples` is one number for each sample: write the outputs with an \
                               index, `loss name(p[c: C]; …)`, and a reduction here";
                self.report(location, message);
                return None;
            }
            self.report_rank(array, location, axes.len(), at.len());
            return None;
        }
        if !self.check_scan_read(array, Some(&at), written, location) {
            return None;
        }
        let carried = self.carried(array);
        for (number, (axis, &extent)) in at.iter_mut().zip(&axes).enumerate() {
            let is_name = written.get(number).is_none_or(|axis| axis.as_name().is_some());
            // Elements before the first are those at the beginning of the array.
            let made = carried.as_ref().and_then(|carried| carried.axes.get(number));
            let (made, before) = made.copied().unwrap_or((extent, 0));
            if is_name && !self.run_over(axis, made, array, location) {
                continue;
            }
            self.scope.reads.push(AxisRead { at: axis.clone(), axis: extent, before, location });
            let before = Affine::constant(i64::try_from(before).unwrap_or(i64::MAX));
            *axis = axis.plus(&before, 1)?;
        }
        let access = Access { array: id, at };
        Some(match sample {
            Some(sample) => Value::ElementOfSample(sample, access),
            None => Value::Element(access),
        })
    }

    /// The sample that an element is of, if its first index is one, and its other indices. An index of samples
    /// stands nowhere else.
    fn of_sample<'e>(
        &mut self,
        array: ArrayId,
        written: &'e [Expression],
    ) -> Option<(Option<Index>, &'e [Expression])> {
        let sample = |at: &Expression| {
            let index = self.scope.indices.get(&at.as_name()?.to_string()).copied()?;
            self.indices.is_sample(index).then_some(index)
        };
        let axes = &self.arrays.get(array).axes;
        let is_single = written.len() == 1 && axes.iter().all(|&axis| axis == Extent::Fixed(1));
        let has_more = is_single || written.len() == axes.len() + 1;
        let first = written.first().filter(|_| has_more).and_then(sample);
        let rest = if first.is_some() { &written[1..] } else { written };
        let is_sample = |name: &&&Ident| {
            let index = self.scope.indices.get(&name.to_string());
            index.is_some_and(|&index| self.indices.is_sample(index))
        };
        // Integers that stand in an index have a sample of their own.
        let names: Vec<&Ident> = rest.iter().flat_map(Expression::names_outside_elements).collect();
        if let Some(name) = names.iter().find(is_sample) {
            let message = format!(
                "`{name}` runs over samples: it stands alone before the indices of an array, \
                 `x[{name}, i]`"
            );
            self.report(name.span(), message);
            return None;
        }
        Some((first, rest))
    }

    pub fn report_rank(
        &mut self,
        array: &Ident,
        location: Location,
        expected: usize,
        found: usize,
    ) {
        let axes = if expected == 1 { "axis" } else { "axes" };
        let message = format!("`{array}` has {expected} {axes}, but {found} are given");
        self.report(location, message);
    }

    /// The elementwise axes that an access of an array has without being written.
    fn implicit_axes(&self, array: ArrayId, written: usize) -> Vec<Affine> {
        let array = self.arrays.get(array);
        // A single number is the same for all.
        let is_single = array.axes.iter().all(|&axis| axis == Extent::Fixed(1));
        let has_implicit = !self.scope.implicit.is_empty() && written == 0;
        if has_implicit && is_single && array.axes != self.elementwise {
            return vec![Affine::constant(0); array.axes.len()];
        }
        let count = match array.role {
            // A number learned for each channel has the first of the indices, another none.
            LocalRole::Parameter(_) | LocalRole::State(_) => {
                array.axes.len().saturating_sub(written)
            }
            LocalRole::Setting => 0,
            LocalRole::Input | LocalRole::Integers(_) | LocalRole::Target | LocalRole::Computed => {
                usize::MAX
            }
        };
        self.scope.implicit.iter().take(count).map(|&index| index.into()).collect()
    }

    /// An index that stands alone on an axis runs over that axis; whether it can.
    fn run_over(
        &mut self,
        axis: &Affine,
        extent: Extent,
        array: &Ident,
        location: Location,
    ) -> bool {
        let Some(index) = axis.as_index() else { return true };
        if self.indices.is_stated(index) {
            return true;
        }
        match self.indices.extent(index) {
            None => self.indices.set_extent(index, extent),
            Some(before) if before == extent => {}
            Some(before) => {
                let name = self.indices.name(index).clone();
                let (before, extent) = (before.per_sample(), extent.per_sample());
                let fewer = before.min(extent);
                let declared = self.as_declared(&name.to_string(), fewer);
                let message = format!(
                    "the index `{name}` runs over {before} elsewhere, but this axis of `{array}` \
                     has {extent}; if only the first {fewer} are meant, declare `index {name}: \
                     {declared};`"
                );
                self.report_size(location, message);
                return false;
            }
        }
        true
    }

    /// A size as a declaration of the index has it, `N` for 3, or the number.
    fn as_declared(&self, index: &str, size: usize) -> String {
        let definition = self.definition;
        let inputs = definition.inputs.iter();
        let parameters = definition.parameters.iter().map(|parameter| &parameter.declaration);
        let mut axes = inputs.chain(parameters).flat_map(|declaration| &declaration.axes);
        let mut silent = Diagnostics::default();
        let declared = axes.find(|axis| {
            axis.index == index && self.known.size(&axis.extent, &mut silent) == Some(size)
        });
        declared.map_or_else(|| size.to_string(), |axis| axis.extent.to_string())
    }

    /// Every read stays within its array.
    pub fn check_reads(&mut self) {
        for AxisRead { at, axis, before, location } in std::mem::take(&mut self.scope.reads) {
            // An index of outputs, whose number is not known, stands alone.
            let Extent::Fixed(size) = axis else { continue };
            let (lowest, highest) = self.range(&at);
            let first = -i64::try_from(before).unwrap_or(i64::MAX);
            let last = i64::try_from(size).unwrap_or(i64::MAX) - 1 + first;
            if lowest < first || highest > last {
                let cure = if at.gathers() {
                    self.cure_of_integers(&at, lowest, last - highest)
                } else {
                    self.cure(&at, lowest, highest - last)
                };
                let read = if lowest == highest {
                    format!("element {lowest}")
                } else {
                    format!("elements {lowest} to {highest}")
                };
                let message = format!(
                    "this reads the {read} of an axis that has the elements {first} to {last}{cure}"
                );
                self.report_size(location, message);
                continue;
            }
            self.limit_classes(&at, last - highest, location);
        }
    }

    /// The least and the greatest value of an index expression. Of a class that is 0 to begin with.
    fn range(&self, at: &Affine) -> (i64, i64) {
        at.gathered.iter().fold(self.indices.range(at), |(low, high), (access, factor)| {
            let LocalRole::Integers(Some(below)) = self.arrays.get(access.array).role else {
                return (low, high);
            };
            let greatest = i64::try_from(below.saturating_sub(1)).unwrap_or(i64::MAX);
            let reach = greatest.saturating_mul(*factor);
            (low.saturating_add(reach.min(0)), high.saturating_add(reach.max(0)))
        })
    }

    /// A class is below as many as there are elements to choose from; so many are left behind the first.
    fn limit_classes(&mut self, at: &Affine, left: i64, location: Location) {
        for (access, factor) in &at.gathered {
            if self.arrays.get(access.array).role != LocalRole::Integers(None) {
                continue;
            }
            match usize::try_from(left / factor) {
                Ok(greatest) if *factor > 0 => self.arrays.limit(access.array, greatest + 1),
                _ => {
                    let message = "a class is the number of an element, counted from 0: it cannot be subtracted";
                    self.report(location, message);
                }
            }
        }
    }

    /// What to write where integers lead past an axis.
    fn cure_of_integers(&self, at: &Affine, lowest: i64, left: i64) -> String {
        let [(access, 1)] = &at.gathered[..] else { return String::new() };
        let LocalArray { name, role, .. } = self.arrays.get(access.array);
        match role {
            LocalRole::Integers(Some(below)) => {
                let fewer = i64::try_from(*below).unwrap_or(i64::MAX).saturating_add(left);
                if fewer < 1 || lowest < 0 {
                    return String::new();
                }
                format!("; `{name}` is below {below}: declare `index({fewer})`")
            }
            _ => String::new(),
        }
    }

    /// What to write where a read at an index plus a constant ends past its axis: an extent that is so
    /// much smaller. Before its beginning there are no elements to read, but an array may be written
    /// into one that has some.
    fn cure(&self, at: &Affine, lowest: i64, past: i64) -> String {
        let [(index, 1)] = at.terms[..] else { return String::new() };
        let Some(Extent::Fixed(size)) = self.indices.extent(index) else { return String::new() };
        match i64::try_from(size).map(|size| size - past) {
            Ok(fewer) if lowest >= 0 && fewer > 0 => {
                let name = self.indices.name(index);
                format!("; if only the first {fewer} are meant, declare `index {name}: {fewer};`")
            }
            _ if at.constant < 0 && lowest == at.constant => {
                let (name, before) = (self.indices.name(index), -at.constant);
                format!(
                    "; for elements before the first, read a longer array, such as \
                     `longer[{name} + {before}: {}] = … else 0;`",
                    i64::try_from(size).unwrap_or(i64::MAX).saturating_add(before)
                )
            }
            _ => String::new(),
        }
    }

    /// Indices that no access gives an extent take the one of their declaration.
    pub fn infer_from_declarations(&mut self, indices: Vec<Index>) {
        for index in indices {
            if self.indices.extent(index).is_some() {
                continue;
            }
            let name = self.indices.name(index).clone();
            let declared = self.indices.declared.get(&name.to_string()).copied();
            if declared.is_none() {
                self.report_unknown_extent(&name);
            }
            self.indices.set_extent(index, declared.unwrap_or(Extent::Fixed(1)));
        }
    }

    pub fn report_unknown_extent(&mut self, index: &Ident) {
        let message = format!(
            "the range of the index `{index}` is not known: read an array at `{index}` alone, or \
             declare `index {index}: …;`"
        );
        self.report(index.span(), message);
    }

    /// `..` that stands for no axes.
    pub fn report_group(&mut self, group: &AxisGroup) {
        let message =
            format!("`{group}` stands for axes of a layer's input: `input x[{group}, i: I];`");
        self.report(group.location, message);
    }

    /// An index expression: a sum of indices, and of integers that arrays hold, times integers.
    pub fn affine(&mut self, axis: &Expression) -> Option<Affine> {
        if let ExpressionKind::Axes { group, .. } = &axis.kind {
            self.report_group(group);
            return None;
        }
        let is_index = |name: &Ident| self.scope.indices.contains_key(&name.to_string());
        let is_array = |name: &Ident| self.arrays.find(&name.to_string()).is_some();
        if !axis.all_names().into_iter().any(|name| is_index(name) || is_array(name)) {
            return self.constant_axis(axis);
        }
        let result = match &axis.kind {
            ExpressionKind::Name(name) if is_index(name) => {
                self.scope.indices.get(&name.to_string()).map(|&index| index.into())
            }
            ExpressionKind::Name(name) => return self.integer(name, &[], axis.location),
            ExpressionKind::Element { array, at } if is_array(array) => {
                return self.integer(array, at, axis.location);
            }
            ExpressionKind::Negate(operand) => {
                let operand = self.affine(operand)?;
                Affine::constant(0).plus(&operand, -1)
            }
            ExpressionKind::Binary(operation, left, right) => {
                let (left, right) = (self.affine(left)?, self.affine(right)?);
                operation_on_axes(*operation, &left, &right)
            }
            _ => None,
        };
        if result.is_none() {
            let message = "an index expression is a sum of indices times integers, such as \
                           `2 * i + k`";
            self.report(axis.location, message);
        }
        result
    }

    /// An integer that an array holds, as an index.
    fn integer(&mut self, array: &Ident, at: &[Expression], location: Location) -> Option<Affine> {
        let found = self.arrays.find(&array.to_string())?;
        if !matches!(self.arrays.get(found).role, LocalRole::Integers(_)) {
            let message = format!(
                "`{array}` holds real numbers, which choose no element: integers do, those of an \
                 input `: index(V)` or the class of a loss"
            );
            self.report(location, message);
            return None;
        }
        match self.element(array, at, location)? {
            Value::Element(access) => Some(Affine::gathered(access)),
            Value::ElementOfSample(sample, mut access) => {
                access.at.insert(0, sample.into());
                Some(Affine::gathered(access))
            }
            _ => None,
        }
    }

    /// An index expression without indices: an integer.
    fn constant_axis(&mut self, axis: &Expression) -> Option<Affine> {
        let is_unknown = |name: &&Ident| self.known.get(&name.to_string()).is_none();
        if let Some(name) = axis.names().into_iter().find(is_unknown) {
            let message = format!(
                "`{name}` is not an index here: a reduction can run over it, `sum({name}: …)`, \
                 or the target can have it, `y[{name}] = …`"
            );
            self.report(name.span(), message);
            return None;
        }
        let mut found = Diagnostics::default();
        match self.known.evaluate(axis, &mut found) {
            Some(ConstantValue::Integer(value)) => Some(Affine::constant(value)),
            // Other sizes would give another number.
            _ if self.is_trial => Some(Affine::constant(0)),
            Some(ConstantValue::Real(value)) => {
                self.report(axis.location, format!("an index is an integer, not {value}"));
                None
            }
            None => {
                self.diagnostics.append(found);
                None
            }
        }
    }
}

fn operation_on_axes(operation: Binary, left: &Affine, right: &Affine) -> Option<Affine> {
    match operation {
        Binary::Add => left.plus(right, 1),
        Binary::Subtract => left.plus(right, -1),
        Binary::Multiply if right.is_constant() => Affine::constant(0).plus(left, right.constant),
        Binary::Multiply if left.is_constant() => Affine::constant(0).plus(right, left.constant),
        _ => None,
    }
}

/// `stride[0]`: the name of a size along one of several axes.
fn component(name: &Ident, at: &[Expression]) -> String {
    match at {
        [one] => format!("{name}[{one}]"),
        _ => String::new(),
    }
}
