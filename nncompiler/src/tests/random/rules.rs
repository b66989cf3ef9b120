//! The library's rules as forms of random expressions, so that each of them applies somewhere.

use std::collections::BTreeMap;

use super::expressions::{Writer, count, divisor};
use crate::frontend::syntax::{Expression, ExpressionKind};

/// The nodes of the condition `p`.
const CONDITION: usize = 3;

/// What the letters of a rule stand for.
struct Letters {
    texts: BTreeMap<String, String>,
    /// The nodes of an expression.
    nodes: usize,
}

impl Writer<'_> {
    /// The left side of a rule, or what its output rewrites.
    pub fn rule(&mut self, nodes: usize) -> String {
        let library = self.library;
        let rules = library.algebra.iter().chain(&library.collection).chain(&library.stability);
        let patterns = rules.map(|rule| rule.root.as_ref().unwrap_or(&rule.left));
        let fits = |pattern: &&Expression| pattern_nodes(pattern, 1) <= nodes;
        let patterns: Vec<&Expression> = patterns.filter(fits).collect();
        if patterns.is_empty() {
            return self.function(nodes);
        }
        let pattern = *self.choices.pick(&patterns);
        let fitting = (1..nodes).take_while(|&letter| pattern_nodes(pattern, letter) <= nodes);
        let nodes = fitting.last().unwrap_or(1);
        self.instance(pattern, &mut Letters { texts: BTreeMap::new(), nodes })
    }

    fn instance(&mut self, pattern: &Expression, letters: &mut Letters) -> String {
        let mut part = |pattern: &Expression| self.instance(pattern, letters);
        match &pattern.kind {
            ExpressionKind::Integer(value) => value.to_string(),
            ExpressionKind::Float(value) => value.to_string(),
            ExpressionKind::Negate(operand) => format!("(-{})", part(operand)),
            ExpressionKind::Binary(operation, left, right) => {
                let (left, right) = (part(left), part(right));
                format!("({left} {} {right})", operation.sign())
            }
            ExpressionKind::Compare(comparison, left, right) => {
                let (left, right) = (part(left), part(right));
                format!("{left} {} {right}", comparison.sign())
            }
            ExpressionKind::If { condition, then, otherwise } => {
                let [condition, then, otherwise] =
                    [condition, then, otherwise].map(|one| part(one));
                format!("(if {condition} {{ {then} }} else {{ {otherwise} }})")
            }
            ExpressionKind::Call { function, arguments } => {
                let arguments: Vec<String> = arguments.iter().map(part).collect();
                format!("{function}({})", arguments.join(", "))
            }
            ExpressionKind::Name(name) => self.letter(&name.to_string(), letters),
            other => panic!("a rule holds no {other:?}"),
        }
    }

    fn letter(&mut self, name: &str, letters: &mut Letters) -> String {
        if let Some(text) = letters.texts.get(name) {
            return text.clone();
        }
        let text = match name {
            "a" | "b" => (*self.choices.pick(&["2", "1.5", "0.1", "(-3)"])).to_owned(),
            "c" => (*self.choices.pick(&["2", "0.1"])).to_owned(),
            "p" | "q" => self.condition(CONDITION),
            _ => divisor(self.expression(letters.nodes)),
        };
        letters.texts.insert(name.to_owned(), text.clone());
        text
    }
}

/// The nodes of a rule's side whose letters stand for expressions of `letter` nodes.
fn pattern_nodes(pattern: &Expression, letter: usize) -> usize {
    count(pattern, &|name| match name {
        "a" | "b" | "c" => 1,
        "p" | "q" => CONDITION,
        _ => letter,
    })
}
