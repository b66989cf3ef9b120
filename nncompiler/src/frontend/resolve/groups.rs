//! Layers that do not simply follow each other: residuals, parallel branches, repetitions, blocks.

use std::ops::Range;

use proc_macro2::Ident;

use super::names::snake_case;
use super::signature::shape;
use super::spelling::suggestion;
use super::walk::{Above, GroupKind, GroupName, Labelled, Walk};
use crate::frontend::resolved::{ConstantValue, Source};
use crate::frontend::syntax::{Expression, Group, GroupTree, Item, Join, LayerTree, Repetition};

/// A network has no more layers, each as often as it is repeated.
const MOST_LAYERS: usize = 2000;

/// The same of layers, groups and blocks together: some may have no layers in them.
pub const MOST_ITEMS: usize = 4 * MOST_LAYERS;

/// Groups and blocks are nested no deeper.
const DEEPEST: usize = 64;

/// No group is repeated more often.
const MOST_REPEATS: i64 = 1000;

impl<'a> Walk<'a> {
    /// Layers and groups from top to bottom.
    pub fn items(&mut self, items: &'a [Item]) {
        for (position, item) in items.iter().enumerate() {
            if self.is_full {
                return;
            }
            self.item(position, item);
        }
    }

    pub fn item(&mut self, position: usize, item: &'a Item) {
        self.noted(item, |walk| match item {
            Item::Layer(layer) => {
                walk.layer_or_block(position, layer);
                Some(())
            }
            Item::Group(group) => {
                let (label, keyword) = (group.label.as_ref(), &group.keyword);
                walk.within(label, keyword, position, |walk| walk.group(group));
                Some(())
            }
        });
    }

    /// Adds what an item stands for, if there is room, and notes its label.
    pub fn noted<R>(
        &mut self,
        item: &'a Item,
        add: impl FnOnce(&mut Self) -> Option<R>,
    ) -> Option<R> {
        let (label, name) = match item {
            Item::Layer(layer) => (layer.label.clone(), &layer.name),
            Item::Group(group) => (group.label.clone(), &group.keyword),
        };
        if !self.has_room(name) {
            return None;
        }
        let (first, mistakes) = (self.layers.len(), self.diagnostics.len());
        let so_far = std::mem::replace(&mut self.whole, true);
        let added = add(self);
        let whole = self.whole && self.diagnostics.len() == mistakes;
        self.whole &= so_far;
        // A network has a label without being given one.
        let own = self.network_called(name).map(|network| snake_case(&network.name));
        let label = label.map(|label| label.to_string()).or(own);
        // Not before it is complete: nothing can be made of itself.
        if let Some(label) = label.filter(|_| self.labels.sharing.is_none()) {
            let (scope, blocks) = (self.scope.clone(), self.blocks);
            self.labels.items.insert(label, Labelled { item, first, whole, scope, blocks });
        }
        added
    }

    /// Whether the network may have another item; if not, that is reported once.
    fn has_room(&mut self, name: &Ident) -> bool {
        self.items += 1;
        let message = if self.layers.len() >= MOST_LAYERS {
            format!(
                "with all blocks and repetitions, this network has more than {MOST_LAYERS} layers"
            )
        } else if self.items > MOST_ITEMS {
            format!(
                "with all blocks and repetitions, this network has more than {MOST_ITEMS} layers, \
                 groups and blocks"
            )
        } else if self.names.groups.len() > DEEPEST {
            format!("blocks and groups are nested more than {DEEPEST} deep")
        } else {
            return true;
        };
        if !self.is_full {
            self.diagnostics.report(name.span(), message);
        }
        (self.is_full, self.above.shape) = (true, None);
        false
    }

    /// Inside a group, whose label or position stands in the names of its layers.
    pub fn within<R>(
        &mut self,
        label: Option<&Ident>,
        name: &Ident,
        position: usize,
        inside: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let (key, field) = match label {
            Some(label) => (label.to_string(), label.to_string()),
            None => (position.to_string(), format!("{name}{position}")),
        };
        let is_optional = |kind: &str| ["residual", "parallel"].contains(&kind);
        let kind = match label {
            Some(_) => GroupKind::Labelled,
            None if is_optional(&name.to_string()) => GroupKind::Optional,
            None if name == "repeat" => GroupKind::Repetition,
            None => GroupKind::Numbered,
        };
        self.in_group(GroupName { key, field, kind }, inside)
    }

    /// Inside a part of a group, such as its third branch.
    fn part(&mut self, name: &str, kind: GroupKind, inside: impl FnOnce(&mut Self)) {
        let [key, field] = [name; 2].map(ToOwned::to_owned);
        self.in_group(GroupName { key, field, kind }, inside);
    }

    fn in_group<R>(&mut self, group: GroupName, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.names.groups.push(group);
        let result = inside(self);
        self.names.groups.pop();
        result
    }

    pub fn group(&mut self, group: &'a GroupTree) {
        match &group.kind {
            Group::Residual { main, shortcut } => self.residual(group, main, shortcut),
            Group::Parallel { join, branches } => self.parallel(group, *join, branches),
            Group::Repeat(repetition) => self.repeat(repetition),
            Group::Labelled(body) => self.items(body),
            Group::Reuse { of } => {
                let added = self.reuse(of, |walk, item| {
                    match item {
                        Item::Layer(layer) => {
                            let layer = LayerTree { label: None, ..layer.clone() };
                            walk.layer_or_block(0, &layer);
                        }
                        Item::Group(group) => walk.group(group),
                    }
                    Some(())
                });
                if added.is_none() {
                    self.above.shape = None;
                }
            }
        }
        self.above.producer = Some(group.keyword.to_string());
    }

    /// A branch of a group: from the layer above the group to where the branch ends, and with what
    /// shape.
    fn branch(
        &mut self,
        name: &str,
        items: &'a [Item],
        from: &Above,
    ) -> Option<(Source, Vec<usize>)> {
        self.above.clone_from(from);
        self.part(name, GroupKind::Optional, |walk| walk.items(items));
        Some((self.above.source, self.above.shape.clone()?))
    }

    fn residual(&mut self, group: &GroupTree, main: &'a [Item], shortcut: &'a [Item]) {
        let from = self.above.clone();
        let main = self.branch("main", main, &from);
        let shortcut = self.branch("shortcut", shortcut, &from);
        self.above.shape = None;
        let (Some((main, main_shape)), Some((shortcut, shape_beside))) = (main, shortcut) else {
            return;
        };
        if !self.join_real(group, &[main, shortcut]) {
            return;
        }
        if main_shape != shape_beside {
            let (produced, beside) = (shape(&main_shape), shape(&shape_beside));
            let message = format!(
                "`residual` cannot add {produced} to {beside}: let its layers produce {beside}, \
                 or write `shortcut {{ … }}` behind it to turn {beside} into {produced}"
            );
            self.diagnostics.report(group.keyword.span(), message);
            self.above.shape = Some(main_shape);
            return;
        }
        self.join("add", vec![main, shortcut], &[main_shape, shape_beside]);
    }

    fn parallel(&mut self, group: &GroupTree, join: Join, branches: &'a [Vec<Item>]) {
        let from = self.above.clone();
        let numbered = branches.iter().enumerate();
        let ends: Vec<Option<(Source, Vec<usize>)>> = numbered
            .map(|(number, branch)| self.branch(&number.to_string(), branch, &from))
            .collect();
        self.above.shape = None;
        let Some(ends) = ends.into_iter().collect::<Option<Vec<_>>>() else { return };
        let Some(((first, first_shape), rest)) = ends.split_first() else {
            let message =
                "`parallel` needs a branch: `parallel { linear(4); { relu; linear(2) } }`";
            self.diagnostics.report(group.keyword.span(), message);
            return;
        };
        let sources: Vec<Source> = ends.iter().map(|(source, _)| *source).collect();
        if !self.join_real(group, &sources) {
            return;
        }
        self.above.source = *first;
        self.above.shape = Some(first_shape.clone());
        for (source, other) in rest {
            let so_far = self.above.shape.clone().unwrap_or_default();
            if let Some(message) = cannot_join(join, &so_far, other) {
                self.diagnostics.report(group.keyword.span(), message);
                self.above.shape = None;
                return;
            }
            let name = match join {
                Join::Concat => "concat",
                Join::Sum => "add",
                Join::Product => "mul",
            };
            self.join(name, vec![self.above.source, *source], &[so_far, other.clone()]);
        }
    }

    /// Whether branches end in real numbers; one without layers may be integers.
    fn join_real(&mut self, group: &GroupTree, sources: &[Source]) -> bool {
        let what = format!("`{}` joins real numbers", group.keyword);
        let span = group.keyword.span();
        let are_real = sources.iter().all(|&source| self.are_real(source, span, &what));
        self.complete &= are_real;
        are_real
    }

    fn repeat(&mut self, repetition: &'a Repetition) {
        let Repetition { index, first, end, body } = repetition;
        let number = self.items;
        let Some(range) = self.range([first, end]) else {
            self.above.shape = None;
            return;
        };
        let (mistakes, around) = (self.diagnostics.len(), self.scope.clone());
        for (time, value) in range.enumerate() {
            self.scope.insert(index.to_string(), ConstantValue::Integer(value));
            self.part(&time.to_string(), GroupKind::Round, |walk| walk.items(body));
        }
        self.scope = around;
        self.diagnostics.are_of_repetition(mistakes, number);
    }

    /// The numbers that a repetition runs over.
    fn range(&mut self, ends: [&Expression; 2]) -> Option<Range<i64>> {
        let location = ends[0].location.to(ends[1].location);
        let [first, end] = ends.map(|end| match self.scope.evaluate(end, self.diagnostics)? {
            ConstantValue::Integer(value) => Some(value),
            ConstantValue::Real(value) => {
                let message = format!("`repeat` runs over integers, but this is {value}");
                self.diagnostics.report(end.location, message);
                None
            }
        });
        let (first, end) = (first?, end?);
        let times = end.saturating_sub(first);
        let message = if times < 1 {
            format!(
                "`repeat` runs at least once, but from {first} to before {end} there is nothing"
            )
        } else if times > MOST_REPEATS {
            format!("`repeat` runs at most {MOST_REPEATS} times, not {times}")
        } else {
            return Some(first..end);
        };
        self.diagnostics.report(location, message);
        None
    }

    /// What has a label once more, with the same parameters.
    pub fn reuse<R>(
        &mut self,
        label: &Ident,
        add: impl FnOnce(&mut Self, &'a Item) -> Option<R>,
    ) -> Option<R> {
        let Some(labelled) = self.labels.items.get(&label.to_string()) else {
            let known: Vec<String> = self.labels.items.keys().cloned().collect();
            let hint = suggestion(&label.to_string(), &known);
            let message = format!("no layer above has the label `{label}`{hint}");
            self.diagnostics.report(label.span(), message);
            return None;
        };
        let Labelled { item, first, whole, blocks, .. } = *labelled;
        let scope = labelled.scope.clone();
        if !whole {
            self.whole = false;
            return None;
        }
        let text = label.to_string();
        if self.labels.reused.contains(&text) {
            let message =
                format!("`{label}` would contain itself: write `reuse` outside of its braces");
            self.diagnostics.report(label.span(), message);
            return None;
        }
        self.labels.reused.push(text);
        let before = self.labels.sharing;
        self.labels.sharing = before.or(Some(first));
        let reported = std::mem::take(self.diagnostics);
        let around = (std::mem::replace(&mut self.scope, scope), self.blocks);
        self.blocks = blocks;
        let added = add(self, item);
        (self.scope, self.blocks) = around;
        // What is wrong here is right where it was written.
        let found = std::mem::replace(self.diagnostics, reported);
        self.diagnostics.report_all(&found, label.span().into());
        self.labels.sharing = before;
        self.labels.reused.pop();
        added
    }
}

/// Why two branches cannot become one.
fn cannot_join(join: Join, so_far: &[usize], other: &[usize]) -> Option<String> {
    let (left, right) = (shape(so_far), shape(other));
    match join {
        Join::Sum | Join::Product if so_far != other => {
            let what = if join == Join::Sum { "add" } else { "multiply" };
            Some(format!("`parallel` cannot {what} {left} and {right}: the shapes must be equal"))
        }
        Join::Concat if so_far.len() != other.len() || so_far[1..] != other[1..] => Some(format!(
            "`parallel` cannot put {left} and {right} one behind the other: all axes but the \
                 first must be equal"
        )),
        _ => None,
    }
}
