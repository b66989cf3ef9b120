//! The library's tables as patterns: rows of text → what later stages match and build.

use crate::frontend::library::Library;
use crate::frontend::syntax;
use crate::ir::expression::{Binary, Graph, Node, Number};
use crate::ir::pattern::{Derivative, OutputRewrite, Pattern, Rewrite, Tables};

impl Library {
    /// The elementary functions and the rewrites, as later stages use them.
    pub fn tables(&self) -> Tables {
        let derivatives = self.functions.iter().map(|row| Derivative {
            function: row.name.to_string().into(),
            derivative: pattern(&row.derivative),
        });
        let outputs = self.stability.iter().filter_map(|row| {
            let root = pattern(row.root.as_ref()?);
            Some(OutputRewrite { root, left: pattern(&row.left), right: pattern(&row.right) })
        });
        Tables {
            derivatives: derivatives.collect(),
            algebra: rewrites(&self.algebra),
            collection: rewrites(&self.collection),
            stability: rewrites(&self.stability),
            reading: rewrites(&self.reading),
            outputs: outputs.collect(),
        }
    }
}

fn rewrites(rows: &[syntax::Rewrite]) -> Vec<Rewrite> {
    let plain = rows.iter().filter(|row| row.root.is_none());
    plain.map(|row| Rewrite { left: pattern(&row.left), right: pattern(&row.right) }).collect()
}

fn pattern(expression: &syntax::Expression) -> Pattern {
    use syntax::ExpressionKind as Kind;
    // The children of a pattern's node are patterns, so those of the node itself are nothing.
    let nothing = Graph::default().constant(0.0);
    let node = match &expression.kind {
        Kind::Integer(value) => return Pattern::Number(Number::new(*value as f64)),
        Kind::Float(value) => return Pattern::Number(Number::new(*value)),
        Kind::Name(name) => return letter(&name.to_string()),
        Kind::Negate(operand) => match pattern(operand) {
            Pattern::Number(number) => return Pattern::Number(Number::new(-number.value())),
            _ => Node::Negate(nothing),
        },
        Kind::Binary(operation, ..) => Node::Binary(*operation, nothing, nothing),
        Kind::Compare(comparison, ..) => Node::Compare(*comparison, nothing, nothing),
        Kind::If { .. } => Node::Select(nothing, nothing, nothing),
        Kind::Call { function, .. } => match function.to_string().as_str() {
            "max" => Node::Binary(Binary::Maximum, nothing, nothing),
            "min" => Node::Binary(Binary::Minimum, nothing, nothing),
            function => Node::Apply(function.into(), nothing),
        },
        // Rows hold nothing of the kind; a test holds them to it.
        Kind::Tuple(_)
        | Kind::Truth(_)
        | Kind::Axes { .. }
        | Kind::Element { .. }
        | Kind::ElementOf { .. }
        | Kind::Apply { .. }
        | Kind::Reduce { .. } => {
            return Pattern::Any("".into());
        }
    };
    Pattern::Node(node, expression.children().into_iter().map(pattern).collect())
}

fn letter(name: &str) -> Pattern {
    match name {
        "a" | "b" => Pattern::Constant(name.into()),
        "c" => Pattern::Positive(name.into()),
        "pi" => Pattern::Number(Number::new(std::f64::consts::PI)),
        _ => Pattern::Any(name.into()),
    }
}
