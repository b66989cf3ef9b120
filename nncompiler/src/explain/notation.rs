//! How mathematics is written: as plain text in Unicode, or as LaTeX with amsmath.

use crate::ir::expression::{Binary, Comparison};
use crate::ir::print::Binding;
use crate::ir::reduction::Reduction;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    Unicode,
    Latex,
}

impl Notation {
    pub fn name(self, name: &str) -> String {
        match self {
            Notation::Latex if name.chars().count() > 1 => {
                format!("\\mathit{{{}}}", name.replace('_', "\\_"))
            }
            _ => name.to_owned(),
        }
    }

    /// The name of an array of another layer.
    pub fn qualified(self, layer: &str, name: &str) -> String {
        match self {
            Notation::Unicode => format!("{layer}.{name}"),
            Notation::Latex => format!("\\mathit{{{}}}.{name}", layer.replace('_', "\\_")),
        }
    }

    pub fn tangent(self, of: &str) -> String {
        match self {
            Notation::Unicode => format!("{of}′"),
            Notation::Latex => format!("{of}'"),
        }
    }

    pub fn gradient(self, of: &str) -> String {
        match self {
            Notation::Unicode => format!("d{of}"),
            Notation::Latex => format!("\\mathrm{{d}}{of}"),
        }
    }

    pub fn partial(self, of: &str) -> String {
        match self {
            Notation::Unicode => format!("∂{of}"),
            Notation::Latex => format!("\\partial {of}"),
        }
    }

    pub fn indexed(self, name: &str, indices: &[String]) -> String {
        match self {
            Notation::Unicode => format!("{name}[{}]", indices.join(",")),
            Notation::Latex => format!("{name}_{{{}}}", indices.join(",")),
        }
    }

    pub fn equation(self, left: &str, adds: bool, right: &str) -> String {
        match (self, adds) {
            (Notation::Unicode, false) => format!("{left} = {right}"),
            (Notation::Unicode, true) => format!("{left} += {right}"),
            (Notation::Latex, false) => format!("{left} &= {right}"),
            (Notation::Latex, true) => format!("{left} &\\mathrel{{+}}= {right}"),
        }
    }

    /// An equation with what stands where it says nothing.
    pub fn otherwise(self, equation: &str, number: &str) -> String {
        match self {
            Notation::Unicode => format!("{equation} else {number}"),
            Notation::Latex => format!("{equation} \\text{{ else }} {number}"),
        }
    }

    /// What is kept becomes something else.
    pub fn update(self, left: &str, right: &str) -> String {
        match self {
            Notation::Unicode => format!("{left} ← {right}"),
            Notation::Latex => format!("{left} &\\leftarrow {right}"),
        }
    }

    pub fn reduction(self, reduction: Reduction, indices: &[String], body: &str) -> String {
        let (plain, latex) = match reduction {
            Reduction::Sum => ("Σ", "\\sum"),
            Reduction::Product => ("Π", "\\prod"),
            Reduction::Max => ("max", "\\max"),
            Reduction::Min => ("min", "\\min"),
        };
        let indices = indices.join(",");
        match self {
            Notation::Unicode => format!("{plain}_{indices} {body}"),
            Notation::Latex => format!("{latex}_{{{indices}}} {body}"),
        }
    }

    pub fn parenthesised(self, inner: &str) -> String {
        match self {
            Notation::Unicode => format!("({inner})"),
            Notation::Latex => format!("\\left({inner}\\right)"),
        }
    }

    pub fn minus(self) -> &'static str {
        match self {
            Notation::Unicode => "−",
            Notation::Latex => "-",
        }
    }

    /// e to an exponent that is already in parentheses where it needs them.
    pub fn exponential(self, exponent: &str) -> String {
        match self {
            Notation::Unicode => format!("e^{exponent}"),
            Notation::Latex => format!("e^{{{exponent}}}"),
        }
    }

    pub fn call(self, function: &str, argument: &str) -> String {
        match (self, function) {
            (Notation::Unicode, "sigmoid") => format!("σ({argument})"),
            (Notation::Unicode, function) => format!("{function}({argument})"),
            (Notation::Latex, "sqrt") => format!("\\sqrt{{{argument}}}"),
            (Notation::Latex, "abs") => format!("\\left|{argument}\\right|"),
            (Notation::Latex, function) => {
                format!("{}\\left({argument}\\right)", latex_function(function))
            }
        }
    }

    pub fn call_of_several(self, function: &str, arguments: &[&str]) -> String {
        let arguments = arguments.join(", ");
        match (self, function) {
            (Notation::Unicode, _) => format!("{function}({arguments})"),
            (Notation::Latex, "min" | "max") => format!("\\{function}\\left({arguments}\\right)"),
            (Notation::Latex, _) => {
                format!("\\operatorname{{{function}}}\\left({arguments}\\right)")
            }
        }
    }

    /// A line within so many loops.
    pub fn within(self, loops: usize, line: &str) -> String {
        match self {
            Notation::Unicode => format!("{}{line}", "  ".repeat(loops)),
            Notation::Latex => line.replacen('&', &format!("&{}", "\\quad ".repeat(loops)), 1),
        }
    }

    /// The head of a loop.
    pub fn steps(self, index: &str, [first, last]: [usize; 2]) -> String {
        match self {
            Notation::Unicode => format!("for {index} = {first} … {last}:"),
            Notation::Latex => format!("&\\text{{for }} {index} = {first}, \\dots, {last}\\colon"),
        }
    }

    /// The head of equations that belong together.
    pub fn head(self, title: &str) -> String {
        match self {
            Notation::Unicode => format!("{title}:"),
            Notation::Latex => format!("&\\text{{{}}}\\colon", title.replace('_', "\\_")),
        }
    }

    /// What a name stands for in the line above.
    pub fn meaning(self, name: &str, value: &str) -> String {
        match self {
            Notation::Unicode => format!("  where {name} = {value}"),
            Notation::Latex => format!("&\\quad \\text{{where }} {name} = {value}"),
        }
    }

    /// One condition or the other.
    pub fn either(self, one: &str, other: &str) -> String {
        match self {
            Notation::Unicode => format!("{one} or {other}"),
            Notation::Latex => format!("{one} \\text{{ or }} {other}"),
        }
    }

    /// The value of the first condition that holds.
    pub fn choice(self, branches: &[(String, String)], otherwise: &str) -> String {
        let branch = |(condition, value): &(String, String)| match self {
            Notation::Unicode => format!("if {condition} {{ {value} }} else "),
            Notation::Latex => format!("{value} & \\text{{if }} {condition} \\\\ "),
        };
        let branches: String = branches.iter().map(branch).collect();
        match self {
            Notation::Unicode => format!("{branches}{{ {otherwise} }}"),
            Notation::Latex => format!(
                "\\begin{{cases}} {branches}{otherwise} & \\text{{otherwise}} \\end{{cases}}"
            ),
        }
    }

    /// An operation on operands that are in parentheses where they need them.
    pub fn operation(self, operation: Binary, left: &str, right: &str) -> String {
        match (self, operation) {
            (_, Binary::Add) => format!("{left} + {right}"),
            (_, Binary::Subtract) => format!("{left} {} {right}", self.minus()),
            (Notation::Unicode, Binary::Multiply) => format!("{left}·{right}"),
            (Notation::Unicode, Binary::Divide) => format!("{left}/{right}"),
            (Notation::Unicode, Binary::Power) => format!("{left}^{right}"),
            (Notation::Latex, Binary::Multiply) => format!("{left} \\cdot {right}"),
            (Notation::Latex, Binary::Divide) => format!("\\frac{{{left}}}{{{right}}}"),
            (Notation::Latex, Binary::Power) => format!("{left}^{{{right}}}"),
            (_, Binary::Maximum) => self.call_of_several("max", &[left, right]),
            (_, Binary::Minimum) => self.call_of_several("min", &[left, right]),
        }
    }

    pub fn comparison(self, comparison: Comparison) -> &'static str {
        let (plain, latex) = match comparison {
            Comparison::Less => ("<", "<"),
            Comparison::LessOrEqual => ("≤", "\\le"),
            Comparison::Greater => (">", ">"),
            Comparison::GreaterOrEqual => ("≥", "\\ge"),
            Comparison::Equal => ("=", "="),
            Comparison::NotEqual => ("≠", "\\ne"),
        };
        match self {
            Notation::Unicode => plain,
            Notation::Latex => latex,
        }
    }

    /// A constant, with well-known ones by their names.
    pub fn number(self, value: f64) -> (String, Binding) {
        use std::f64::consts::{FRAC_2_SQRT_PI, PI, SQRT_2};
        let known = [
            (PI, "π", "\\pi", Binding::Atom),
            (SQRT_2, "√2", "\\sqrt{2}", Binding::Atom),
            (FRAC_2_SQRT_PI, "2/√π", "\\frac{2}{\\sqrt{\\pi}}", Binding::Product),
            (-FRAC_2_SQRT_PI, "−2/√π", "-\\frac{2}{\\sqrt{\\pi}}", Binding::Product),
        ];
        let is_it = |known: f64| (known - value).abs() < 1e-15;
        if let Some((_, plain, latex, binding)) = known.iter().find(|(known, ..)| is_it(*known)) {
            let text = if self == Notation::Latex { latex } else { plain };
            return ((*text).to_owned(), *binding);
        }
        let magnitude = self.magnitude(value.abs());
        if value < 0.0 {
            return (format!("{}{magnitude}", self.minus()), Binding::Sign);
        }
        (magnitude, Binding::Atom)
    }

    fn magnitude(self, value: f64) -> String {
        let scientific = format!("{value:e}");
        let is_plain = value == 0.0 || (1e-4..1e16).contains(&value);
        match (self, scientific.split_once('e')) {
            (Notation::Unicode, _) if value.is_infinite() => "∞".to_owned(),
            (Notation::Latex, _) if value.is_infinite() => "\\infty".to_owned(),
            (Notation::Latex, Some(("1", exponent))) if !is_plain => format!("10^{{{exponent}}}"),
            (Notation::Latex, Some((digits, exponent))) if !is_plain => {
                format!("{digits} \\cdot 10^{{{exponent}}}")
            }
            (Notation::Unicode, _) if !is_plain => scientific,
            _ => value.to_string(),
        }
    }
}

/// A function's name: LaTeX's own where there is one.
fn latex_function(function: &str) -> String {
    match function {
        "sigmoid" => "\\sigma".to_owned(),
        "ln" | "sin" | "cos" | "tan" | "tanh" => format!("\\{function}"),
        "atan" => "\\arctan".to_owned(),
        other => format!("\\operatorname{{{}}}", other.replace('_', "\\_")),
    }
}
