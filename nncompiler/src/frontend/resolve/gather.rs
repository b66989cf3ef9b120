//! Elements that a class chooses: `log_p[action]` is the sum over k of the elements for which k is
//! `action`, and 0 for the others.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use crate::frontend::syntax::{Expression, ExpressionKind, Reduction};
use crate::ir::expression::Comparison;

/// An equation without chosen elements, and which classes choose along which axis of which array.
pub struct Gathers<'a> {
    /// Whether a name is that of a class, which can choose.
    pub is_class: &'a dyn Fn(&Ident) -> bool,
    /// For each class that chooses: the array, and the axis that it chooses along, counted from the last.
    pub chosen: BTreeMap<String, Vec<(Ident, usize)>>,
    pub count: usize,
}

impl Gathers<'_> {
    pub fn written_out(&mut self, expression: &Expression) -> Expression {
        match &expression.kind {
            ExpressionKind::Element { array, at } => self.element(expression, array, at),
            _ => expression.map_children(&mut |child| self.written_out(child)),
        }
    }

    fn element(&mut self, whole: &Expression, array: &Ident, at: &[Expression]) -> Expression {
        let location = whole.location;
        let (mut plain, mut choices) = (Vec::new(), Vec::new());
        for (axis, index) in at.iter().enumerate() {
            let chooser = index.all_names().into_iter().find(|name| (self.is_class)(name)).cloned();
            let Some(chooser) = chooser else {
                plain.push(index.clone());
                continue;
            };
            self.count += 1;
            let name = Ident::new(&format!("chosen{}", self.count), index.location.first);
            self.chosen
                .entry(chooser.to_string())
                .or_default()
                .push((array.clone(), at.len() - 1 - axis));
            let place =
                Expression { kind: ExpressionKind::Name(name.clone()), location: index.location };
            choices.push((name, place.clone(), self.written_out(index)));
            plain.push(place);
        }
        let kind = ExpressionKind::Element { array: array.clone(), at: plain };
        let element = Expression { kind, location };
        choices.into_iter().rev().fold(element, |element, (name, place, index)| {
            let compared =
                ExpressionKind::Compare(Comparison::Equal, Box::new(place), Box::new(index));
            let zero = Expression { kind: ExpressionKind::Integer(0), location };
            let choice = ExpressionKind::If {
                condition: Box::new(Expression { kind: compared, location }),
                then: Box::new(element),
                otherwise: Box::new(zero),
            };
            let body = Box::new(Expression { kind: choice, location });
            let (operation, groups) = (Reduction::Sum, Vec::new());
            let kind =
                ExpressionKind::Reduce { operation, indices: vec![name.into()], groups, body };
            Expression { kind, location }
        })
    }
}
