//! Layers that do not simply follow each other: residuals, parallel branches, repetitions, blocks.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use super::call::shape;
use super::network::{Place, Producer, Walk};
use super::spelling::suggestion;
use crate::frontend::syntax::{Expression, Group, GroupTree, Item, Join, LayerTree};

/// No group is repeated more often.
const MOST_REPEATS: usize = 1000;

impl Walk<'_> {
    /// Layers and groups from top to bottom.
    pub fn items(&mut self, items: &[Item]) {
        for (position, item) in items.iter().enumerate() {
            self.item(position, item);
        }
    }

    fn item(&mut self, position: usize, item: &Item) {
        let label = match item {
            Item::Layer(layer) => &layer.label,
            Item::Group(group) => &group.label,
        };
        if let Some(label) = label.as_ref().filter(|_| self.sharing.is_none()) {
            self.labelled.insert(label.to_string(), (item.clone(), self.layers.len()));
        }
        match item {
            Item::Layer(layer) => self.layer_or_block(position, layer),
            Item::Group(group) => {
                let (label, keyword) = (group.label.as_ref(), &group.keyword);
                self.within(label, keyword, position, |walk| walk.group(group));
            }
        }
    }

    /// Inside a group, whose label or place stands in the names of its layers.
    fn within(
        &mut self,
        label: Option<&Ident>,
        name: &Ident,
        position: usize,
        inside: impl FnOnce(&mut Self),
    ) {
        let (key, field) = match label {
            Some(label) => (label.unraw().to_string(), label.unraw().to_string()),
            None => (position.to_string(), format!("{}{position}", name.unraw())),
        };
        self.scope.push(Place { key, field });
        inside(self);
        self.scope.pop();
    }

    /// Inside a part of a group, such as its third branch.
    fn part(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.scope.push(Place { key: name.to_owned(), field: name.to_owned() });
        inside(self);
        self.scope.pop();
    }

    fn layer_or_block(&mut self, position: usize, layer: &LayerTree) {
        let blocks = self.blocks;
        let Some(at) = blocks.iter().position(|block| block.name == layer.name) else {
            self.layer(position, layer);
            return;
        };
        if !layer.arguments.is_empty() {
            let message = format!("the block `{}` takes no arguments", layer.name);
            self.diagnostics.report(layer.place, message);
        }
        // A block sees those above it, so that none can be made of itself.
        self.within(layer.label.as_ref(), &layer.name, position, |walk| {
            let before = std::mem::replace(&mut walk.blocks, &blocks[..at]);
            walk.items(&blocks[at].items);
            walk.blocks = before;
        });
    }

    fn group(&mut self, group: &GroupTree) {
        match &group.kind {
            Group::Residual { main, shortcut } => self.residual(group, main, shortcut),
            Group::Parallel { join, branches } => self.parallel(group, *join, branches),
            Group::Repeat { count, body } => self.repeat(count, body),
            Group::Reuse { of } => self.reuse(of),
        }
        self.producer = Producer::Layer(group.keyword.to_string());
    }

    /// A way through the network from where it forks: where it ends, and with what shape.
    fn way(
        &mut self,
        name: &str,
        items: &[Item],
        from: &(usize, Option<Vec<usize>>),
    ) -> (usize, Option<Vec<usize>>) {
        self.source = from.0;
        self.above.clone_from(&from.1);
        self.part(name, |walk| walk.items(items));
        (self.source, self.above.clone())
    }

    fn residual(&mut self, group: &GroupTree, main: &[Item], shortcut: &[Item]) {
        let from = (self.source, self.above.clone());
        let (main_end, main_shape) = self.way("main", main, &from);
        let (short_end, short_shape) = self.way("shortcut", shortcut, &from);
        self.above = None;
        let (Some(main_shape), Some(short_shape)) = (main_shape, short_shape) else { return };
        if main_shape != short_shape {
            let message = format!(
                "`residual` adds {} to {}; a `shortcut {{ … }}` behind it can change the latter",
                shape(&main_shape),
                shape(&short_shape)
            );
            self.diagnostics.report(group.keyword.span(), message);
            self.above = Some(main_shape);
            return;
        }
        self.join("add", vec![main_end, short_end], &[main_shape, short_shape]);
    }

    fn parallel(&mut self, group: &GroupTree, join: Join, branches: &[Vec<Item>]) {
        let from = (self.source, self.above.clone());
        let ends: Vec<(usize, Option<Vec<usize>>)> = branches
            .iter()
            .enumerate()
            .map(|(number, branch)| self.way(&number.to_string(), branch, &from))
            .collect();
        self.above = None;
        let known = |(source, shape): (usize, Option<Vec<usize>>)| Some((source, shape?));
        let Some(ends) = ends.into_iter().map(known).collect::<Option<Vec<_>>>() else { return };
        let Some(((first, first_shape), rest)) = ends.split_first() else {
            self.diagnostics.report(group.keyword.span(), "`parallel` needs a branch");
            return;
        };
        self.source = *first;
        self.above = Some(first_shape.clone());
        for (source, other) in rest {
            let so_far = self.above.clone().unwrap_or_default();
            let fits = match join {
                Join::Sum => so_far == *other,
                Join::Concat => so_far.len() == other.len() && so_far[1..] == other[1..],
            };
            if !fits {
                let (so_far, other) = (shape(&so_far), shape(other));
                let message = format!("`parallel` cannot join {so_far} and {other}");
                self.diagnostics.report(group.keyword.span(), message);
                return;
            }
            let name = if join == Join::Sum { "add" } else { "concat" };
            self.join(name, vec![self.source, *source], &[so_far, other.clone()]);
        }
    }

    fn repeat(&mut self, count: &Expression, body: &[Item]) {
        let Some(times) = self.constants.size(count, self.diagnostics) else {
            self.above = None;
            return;
        };
        if times > MOST_REPEATS {
            let message = format!("{times} times: at most {MOST_REPEATS}");
            self.diagnostics.report(count.place, message);
            return;
        }
        for time in 0..times {
            self.part(&time.to_string(), |walk| walk.items(body));
        }
    }

    fn reuse(&mut self, label: &Ident) {
        let Some((item, first)) = self.labelled.get(&label.to_string()).cloned() else {
            let known: Vec<String> = self.labelled.keys().cloned().collect();
            let hint = suggestion(&label.to_string(), &known);
            self.diagnostics.report(label.span(), format!("nothing is labelled `{label}`{hint}"));
            self.above = None;
            return;
        };
        let before = self.sharing;
        self.sharing = before.or(Some(first));
        let reported = std::mem::take(self.diagnostics);
        match item {
            Item::Layer(layer) => self.layer_or_block(0, &LayerTree { label: None, ..layer }),
            Item::Group(group) => self.group(&group),
        }
        // What is wrong here is right where it was written.
        let found = std::mem::replace(self.diagnostics, reported);
        self.diagnostics.report_all(&found, label.span().into());
        self.sharing = before;
    }
}

/// The layers that a network begins with, as far as one simply follows the other.
pub fn first_layers(items: &[Item]) -> Vec<&LayerTree> {
    let mut layers = Vec::new();
    for item in items {
        let group = match item {
            Item::Layer(layer) => {
                layers.push(layer);
                continue;
            }
            Item::Group(group) => group,
        };
        let inside = match &group.kind {
            Group::Residual { main, .. } => main.as_slice(),
            Group::Parallel { branches, .. } => branches.first().map_or(&[][..], Vec::as_slice),
            Group::Repeat { body, .. } => body,
            Group::Reuse { .. } => &[],
        };
        layers.extend(first_layers(inside));
        break;
    }
    layers
}
