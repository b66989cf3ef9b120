//! Tokens as they are usually written: a line for each statement in braces.

use proc_macro2::{Delimiter, Punct, Spacing, TokenStream, TokenTree};

/// How far a line in braces is indented.
const INDENT: usize = 4;

/// The text of an item.
pub fn written(tokens: TokenStream) -> String {
    let mut writer = Writer { text: String::new(), indent: 0, before: Before::Start };
    writer.all(tokens);
    writer.text
}

/// What stands before a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, on its line or in its parentheses; or what needs no space behind it.
    Start,
    /// A word, a number or what is in parentheses.
    Operand,
    /// A word that is no operand.
    Keyword,
    /// The first part of an operator.
    Joint,
    /// An operator, a comma or a colon.
    Operator,
}

struct Writer {
    text: String,
    indent: usize,
    before: Before,
}

impl Writer {
    fn all(&mut self, tokens: TokenStream) {
        for token in tokens {
            self.token(token);
        }
    }

    fn token(&mut self, token: TokenTree) {
        match token {
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Parenthesis => self.enclosed("(", group.stream(), ")"),
                Delimiter::Bracket => self.enclosed("[", group.stream(), "]"),
                Delimiter::Brace => self.braces(group.stream()),
                Delimiter::None => self.all(group.stream()),
            },
            TokenTree::Punct(mark) => self.mark(&mark),
            TokenTree::Ident(word) => {
                let word = word.to_string();
                let is_keyword = matches!(word.as_str(), "if" | "else" | "in" | "when");
                self.word(&word);
                self.before = if is_keyword { Before::Keyword } else { Before::Operand };
            }
            TokenTree::Literal(literal) => {
                self.word(&literal.to_string());
                self.before = Before::Operand;
            }
        }
    }

    fn word(&mut self, word: &str) {
        if !matches!(self.before, Before::Start) {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }

    /// `(…)` stands close to the name before it.
    fn enclosed(&mut self, open: &str, inside: TokenStream, close: &str) {
        if !matches!(self.before, Before::Start | Before::Operand) {
            self.text.push(' ');
        }
        self.text.push_str(open);
        self.before = Before::Start;
        self.all(inside);
        self.text.push_str(close);
        self.before = Before::Operand;
    }

    /// Statements in braces have lines of their own, and values do not.
    fn braces(&mut self, inside: TokenStream) {
        self.word("{");
        let is_end = |token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';');
        if inside.clone().into_iter().any(is_end) {
            self.lines(inside);
            return;
        }
        self.before = Before::Operator;
        self.all(inside);
        self.text.push_str(" }");
        self.before = Before::Operand;
    }

    fn lines(&mut self, inside: TokenStream) {
        self.indent += INDENT;
        self.line();
        self.all(inside);
        self.indent -= INDENT;
        self.text.truncate(self.text.trim_end().len());
        self.line();
        self.text.push('}');
        if self.indent > 0 {
            self.line();
        } else {
            self.before = Before::Operand;
        }
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', self.indent));
        self.before = Before::Start;
    }

    fn mark(&mut self, mark: &Punct) {
        let character = mark.as_char();
        match character {
            ';' if self.indent > 0 && !self.is_in_parentheses() => {
                self.text.push(';');
                self.line();
            }
            ',' | ';' | ':' => {
                self.text.push(character);
                self.before = Before::Operator;
            }
            '.' | '^' => {
                if !matches!(self.before, Before::Start | Before::Operand) {
                    self.text.push(' ');
                }
                self.text.push(character);
                self.before = Before::Start;
            }
            _ => self.operator(mark),
        }
    }

    /// Whether the innermost bracket that is open is none of statements.
    fn is_in_parentheses(&self) -> bool {
        let line = self.text.rsplit('\n').next().unwrap_or_default();
        line.matches('(').count() > line.matches(')').count()
    }

    fn operator(&mut self, mark: &Punct) {
        let character = mark.as_char();
        let is_sign = character == '-' && self.before != Before::Operand;
        let follows_dots = character == '=' && self.text.ends_with("..");
        if !matches!(self.before, Before::Start | Before::Joint) {
            self.text.push(' ');
        }
        self.text.push(character);
        let is_joint = mark.spacing() == Spacing::Joint;
        self.before = match () {
            () if is_sign && self.before != Before::Joint || follows_dots => Before::Start,
            () if is_joint => Before::Joint,
            () => Before::Operator,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_written_as_their_authors_do() {
        for text in [
            "activation swish(x; learn beta = 1.0) = x * sigmoid(beta * x);",
            "activation e(x; a = 1) = if x == -a { a * (exp(x) - 1) } else { -x^2 };",
            "layer f(I, K[2]; stride[2] = 1 in 1..=infinity) {
    input x[i: I];
    param w[i: I] as \"weight\" ~ uniform(-1 / sqrt(I)) when bias else 0;
    m[i] <- 0.9 * m[i];
    z[.., i] = sum(i, ..dim: x[..dim, i, ..]);
    scan t {
        h[t] = x[t] + h[t - 1];
    }
    y[2 * i + 1: I] = x[i] else 0;
}",
            "loss f(p; t; a = 0) {
    y = if a != 0 { p - t } else { abs(p - t) };
}",
        ] {
            assert_eq!(written(text.parse().unwrap()), text);
        }
    }
}
