//! Every rule of `algebra.eq`, `collection.eq`, `stability.eq` and `reading.eq`: both sides are equal at random points.

use std::collections::HashMap;

use proc_macro2::Ident;
use proptest::prelude::*;

use super::library;
use crate::frontend::syntax::{Expression, ExpressionKind, Rewrite};
use crate::ir::expression::{apply, evaluate};

fn rules() -> Vec<Rewrite> {
    let library = library();
    let rules = library.algebra.into_iter().chain(library.collection);
    rules.chain(library.stability).chain(library.reading).collect()
}

/// What the letters of a rule stand for.
#[derive(Clone, Debug)]
struct Letters {
    numbers: HashMap<String, f64>,
    p: bool,
    q: bool,
}

impl Letters {
    fn number(&self, expression: &Expression) -> f64 {
        match &expression.kind {
            ExpressionKind::Integer(value) => *value as f64,
            ExpressionKind::Float(value) => *value,
            ExpressionKind::Name(name) => self.numbers[&name.to_string()],
            ExpressionKind::Negate(operand) => -self.number(operand),
            ExpressionKind::Binary(operation, left, right) => {
                apply(*operation, self.number(left), self.number(right))
            }
            ExpressionKind::If { condition, then, otherwise } => {
                self.number(if self.condition(condition) { then } else { otherwise })
            }
            ExpressionKind::Call { function, arguments } => {
                self.call(&function.to_string(), arguments)
            }
            other => panic!("a rule holds no {other:?}"),
        }
    }

    fn call(&self, function: &str, arguments: &[Expression]) -> f64 {
        match (function, arguments) {
            ("max", [a, b]) => self.number(a).max(self.number(b)),
            ("min", [a, b]) => self.number(a).min(self.number(b)),
            (function, [a]) => evaluate(function, self.number(a)).expect("a function"),
            _ => panic!("no function {function}"),
        }
    }

    fn condition(&self, expression: &Expression) -> bool {
        match &expression.kind {
            ExpressionKind::Compare(comparison, left, right) => {
                comparison.holds(self.number(left), self.number(right))
            }
            ExpressionKind::Name(name) if name == "p" => self.p,
            ExpressionKind::Name(name) if name == "q" => self.q,
            other => panic!("expected a condition, not {other:?}"),
        }
    }
}

fn letters() -> impl Strategy<Value = Letters> {
    let names = ["a", "b", "c", "u", "v", "w", "z"];
    let numbers = proptest::collection::vec(-3.0..3.0f64, names.len());
    (numbers, any::<[bool; 2]>()).prop_map(move |(values, [p, q])| {
        let names = names.iter().map(|name| (*name).to_owned());
        let mut numbers: HashMap<String, f64> = names.zip(values).collect();
        numbers.insert("c".to_owned(), numbers["c"].abs() + 1e-3);
        Letters { numbers, p, q }
    })
}

fn holds(rule: &Rewrite, letters: &Letters) -> bool {
    if let Some(root) = &rule.root {
        let mut with_output = letters.clone();
        with_output.numbers.insert("y".into(), letters.number(root));
        return with_output.condition(&rule.left) == with_output.condition(&rule.right);
    }
    let (left, right) = (letters.number(&rule.left), letters.number(&rule.right));
    (left.is_nan() && right.is_nan()) || (left - right).abs() <= 1e-12 * left.abs().max(1.0)
}

proptest! {
    #[test]
    fn both_sides_of_every_rule_are_equal(letters in letters()) {
        for (number, rule) in rules().iter().enumerate() {
            prop_assert!(holds(rule, &letters), "rule {} with {:?}", number + 1, letters);
        }
    }
}

#[test]
fn every_letter_of_a_right_side_stands_on_the_left() {
    for (number, rule) in rules().iter().enumerate() {
        let left: Vec<_> =
            rule.root.iter().chain([&rule.left]).flat_map(Expression::names).collect();
        let is_missing = |name: &&Ident| *name != "y" && !left.contains(name);
        let missing: Vec<_> = rule.right.names().into_iter().filter(is_missing).collect();
        assert!(missing.is_empty(), "rule {}: {missing:?}", number + 1);
    }
}
