//! The words of the language in a block, wherever they stand: for editors, which show what a word means
//! and complete half of one. Found by what stands beside them, so that unfinished items have them too.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

use crate::frontend::syntax::Kind;

/// What a word can be the name of, by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// A layer, an activation, a block or a group of layers.
    Chain,
    /// A function, an activation, a layer, a loss or a constant.
    Equation,
    /// How a parameter begins.
    Initialisation,
    /// What begins an item or a statement.
    Statement,
}

/// A word where it stands.
#[derive(Clone, Debug)]
pub struct Mention {
    pub position: Position,
    pub word: Ident,
}

/// A definition, or a block of layers, that a block declares.
#[derive(Clone)]
pub struct OwnItem {
    /// What stands before its keyword.
    pub attributes: TokenStream,
    pub visibility: TokenStream,
    pub name: Ident,
    /// From its keyword on.
    pub tokens: TokenStream,
    /// The names that it declares for itself.
    pub declared: BTreeSet<String>,
    /// The words that it is made of.
    pub mentioned: BTreeSet<String>,
}

impl OwnItem {
    /// Whether chains and equations name it.
    pub fn is_word(&self) -> bool {
        let keyword = self.tokens.clone().into_iter().next();
        let keyword = keyword.as_ref().and_then(word);
        keyword.is_some_and(|keyword| WORDS.iter().any(|one| keyword == one))
    }
}

/// The words of a block.
#[derive(Default)]
pub struct Words {
    /// Those of the language and the block's own, in order. A name that an item declares for itself is none.
    pub mentions: Vec<Mention>,
    pub own: Vec<OwnItem>,
}

/// All words of a block.
pub fn words(block: TokenStream) -> Words {
    let tokens: Vec<TokenTree> = block.into_iter().collect();
    let mut walk = Walk::default();
    let mut rest = &tokens[..];
    while !rest.is_empty() {
        let (item, after) = rest.split_at(end_of_item(rest));
        walk.item(item);
        rest = after;
    }
    walk.words
}

/// What begins an item whose name stands in chains and equations.
const WORDS: [&str; 4] = ["activation", "layer", "loss", "block"];

/// What begins a statement before a name.
const STATEMENTS: [&str; 9] =
    ["input", "output", "param", "state", "index", "require", "scan", "repeat", "learn"];

/// Words of expressions that are no names.
const CONNECTIVES: [&str; 9] =
    ["if", "else", "when", "in", "as", "true", "false", "divides", "class"];

#[derive(Default)]
struct Walk {
    words: Words,
    /// The names that the item at hand declares.
    declared: BTreeSet<String>,
}

impl Walk {
    /// A keyword of Rust is no name, and cannot be a path's end.
    fn mention(&mut self, position: Position, word: &Ident) {
        if is_identifier(word) {
            self.words.mentions.push(Mention { position, word: word.clone() });
        }
    }

    fn item(&mut self, tokens: &[TokenTree]) {
        self.declared.clear();
        let item = behind_attributes(tokens);
        let first = self.words.mentions.len();
        let (names, text) = item.split_at(end_of_names(item));
        for number in names.iter().filter_map(group) {
            self.declare(&inside(number));
        }
        self.walk_item(&[names.get(..2).unwrap_or(names), text].concat());
        let [TokenTree::Ident(keyword), names @ ..] = names else { return };
        if !begins_definition(keyword) {
            return;
        }
        let before = &tokens[..tokens.len() - item.len()];
        let at = before.iter().position(|token| word(token).is_some());
        let (attributes, visibility) = before.split_at(at.unwrap_or(before.len()));
        let stream = |tokens: &[TokenTree]| tokens.iter().cloned().collect();
        let mentioned = self.words.mentions[first..].iter();
        let mentioned: BTreeSet<String> =
            mentioned.map(|one| one.word.unraw().to_string()).collect();
        for own in names.split(|token| is_mark(token, ',')) {
            let [TokenTree::Ident(name), ..] = own else { continue };
            if !is_identifier(name) {
                continue;
            }
            let keyword = TokenTree::Ident(keyword.clone());
            self.words.own.push(OwnItem {
                attributes: stream(attributes),
                visibility: stream(visibility),
                name: name.unraw(),
                tokens: std::iter::once(keyword).chain(own.iter().chain(text).cloned()).collect(),
                declared: self.declared.clone(),
                mentioned: mentioned.clone(),
            });
        }
    }

    fn walk_item(&mut self, item: &[TokenTree]) {
        match item {
            [TokenTree::Ident(word), ..] if word == "use" || word == "const" => {}
            [
                TokenTree::Ident(keyword),
                TokenTree::Ident(_),
                TokenTree::Group(header),
                rest @ ..,
            ] => {
                self.mention(Position::Statement, keyword);
                self.declare(&[TokenTree::Group(header.clone())]);
                self.declare_header(header);
                self.declare(rest);
                self.statements(&inside(header));
                match rest {
                    [TokenTree::Group(body), ..] if is(body, Delimiter::Brace) => {
                        self.statements(&inside(body));
                    }
                    rest => self.equation(rest),
                }
            }
            [TokenTree::Ident(keyword), TokenTree::Ident(_), rest @ ..] => {
                self.mention(Position::Statement, keyword);
                self.chain(rest);
            }
            [TokenTree::Ident(_), TokenTree::Group(body), ..] => {
                let body = inside(body);
                self.declare(&body);
                self.statements(&body);
            }
            [TokenTree::Ident(_), rest @ ..] | rest => self.chain(rest),
        }
    }

    /// Remembers the names in parentheses behind a definition's name.
    fn declare_header(&mut self, header: &Group) {
        for part in inside(header).split(|token| is_mark(token, ',') || is_mark(token, ';')) {
            let names = part.iter().take_while(|token| !is_mark(token, '='));
            self.declared.extend(names.filter_map(word).map(ToString::to_string));
        }
    }

    /// Remembers arrays, indices, and what is assigned or declared.
    fn declare(&mut self, tokens: &[TokenTree]) {
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.declare(&inside(group)),
                TokenTree::Ident(name) => {
                    let after = tokens.get(at + 1);
                    let is_declared = at > 0 && word(&tokens[at - 1]).is_some_and(is_statement);
                    let is_array =
                        matches!(after, Some(TokenTree::Group(one)) if is(one, Delimiter::Bracket));
                    let is_target = after
                        .is_some_and(|mark| is_mark(mark, ':') || is_mark(mark, '='))
                        || matches!(&tokens[at + 1..], [less, minus, ..] if is_mark(less, '<') && is_mark(minus, '-'));
                    if is_declared || is_array || is_target {
                        self.declared.insert(name.to_string());
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// What stands between `<` and `>`, or in braces within.
    fn chain(&mut self, tokens: &[TokenTree]) {
        let mut begins = true;
        let mut tokens = tokens.iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(name) if begins => {
                    if tokens.next_if(|mark| is_mark(mark, ':')).is_some() {
                        continue;
                    }
                    self.mention(Position::Chain, name);
                    begins = false;
                }
                TokenTree::Group(group) if is(group, Delimiter::Brace) => {
                    self.chain(&inside(group));
                    begins = true;
                }
                TokenTree::Punct(mark) => begins = matches!(mark.as_char(), ';' | '<'),
                _ => {}
            }
        }
    }

    /// The statements of a body, between `;` and `;`.
    fn statements(&mut self, mut tokens: &[TokenTree]) {
        while !tokens.is_empty() {
            let (statement, rest) = tokens.split_at(end_of_statement(tokens));
            tokens = rest;
            match statement {
                [TokenTree::Ident(keyword), range @ .., TokenTree::Group(body)]
                    if is_several(keyword) && is(body, Delimiter::Brace) =>
                {
                    self.mention(Position::Statement, keyword);
                    self.equation(range);
                    self.statements(&inside(body));
                }
                [TokenTree::Ident(keyword), rest @ ..]
                    if is_statement(keyword) && begins_declaration(rest) =>
                {
                    self.mention(Position::Statement, keyword);
                    self.equation(rest);
                }
                _ => self.equation(statement),
            }
        }
    }

    fn equation(&mut self, mut tokens: &[TokenTree]) {
        let mut before: Option<&TokenTree> = None;
        while let [token, rest @ ..] = tokens {
            tokens = rest;
            match token {
                TokenTree::Ident(name) => self.name(name, before, rest),
                TokenTree::Group(group) => self.equation(&inside(group)),
                TokenTree::Punct(mark) if mark.as_char() == '<' && begins_operand(before) => {
                    let end = rest.iter().position(|token| is_mark(token, '>'));
                    let (chain, after) = rest.split_at(end.unwrap_or(rest.len()));
                    self.chain(chain);
                    tokens = after;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            before = Some(token);
        }
    }

    fn name(&mut self, name: &Ident, before: Option<&TokenTree>, rest: &[TokenTree]) {
        let is_called = matches!(rest, [TokenTree::Group(arguments), ..] if is(arguments, Delimiter::Parenthesis));
        if before.is_some_and(|token| is_mark(token, '~')) {
            self.mention(Position::Initialisation, name);
        } else if is_called && name == "index" && before.is_some_and(|token| is_mark(token, ':')) {
            self.mention(Position::Statement, name);
        } else if before.and_then(word).is_none_or(is_connective)
            && !is_connective(name)
            && (is_called || !self.declared.contains(&name.to_string()))
        {
            self.mention(Position::Equation, name);
        }
    }
}

/// How many tokens are the keyword of an item and its names: `layer f1d[D = 1], f2d[D = 2]`.
fn end_of_names(item: &[TokenTree]) -> usize {
    let [TokenTree::Ident(keyword), TokenTree::Ident(_), rest @ ..] = item else { return 0 };
    let (mut rest, mut end) = (rest, 2);
    while let [TokenTree::Group(number), after @ ..] = rest
        && keyword == "layer"
        && is(number, Delimiter::Bracket)
    {
        end = item.len() - after.len();
        rest = match after {
            [comma, TokenTree::Ident(_), other @ ..] if is_mark(comma, ',') => other,
            _ => break,
        };
    }
    end
}

/// How many tokens belong to the first item.
pub fn end_of_item(tokens: &[TokenTree]) -> usize {
    let own = behind_attributes(tokens);
    let start = tokens.len() - own.len();
    let names = end_of_names(own);
    let has_layers = match (own, &own[names..]) {
        ([_, TokenTree::Group(body), ..], _) if is(body, Delimiter::Brace) => return start + 2,
        (_, [TokenTree::Group(_), TokenTree::Group(body), ..]) if is(body, Delimiter::Brace) => {
            return start + names + 2;
        }
        _ => own.iter().take(3).any(|token| is_mark(token, '<')),
    };
    for at in start + 1..tokens.len() {
        if begins_item(&tokens[at..]) {
            return at;
        }
        let is_end = if has_layers {
            is_mark(&tokens[at], '>') && !is_mark(&tokens[at - 1], '-')
        } else {
            is_mark(&tokens[at], ';')
        };
        if is_end {
            return at + 1;
        }
    }
    tokens.len()
}

/// How many tokens belong to the first statement.
fn end_of_statement(tokens: &[TokenTree]) -> usize {
    let is_several = matches!(
        tokens,
        [TokenTree::Ident(keyword), TokenTree::Ident(_), ..] if is_several(keyword)
    );
    let mut is_in_chain = false;
    for (at, token) in tokens.iter().enumerate() {
        if is_several && is_body(token) {
            return at + 1;
        }
        let TokenTree::Punct(mark) = token else { continue };
        match mark.as_char() {
            '<' => is_in_chain |= begins_operand(at.checked_sub(1).map(|before| &tokens[before])),
            '>' => is_in_chain = false,
            ';' if !is_in_chain => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Whether another item begins here, behind one without an end.
fn begins_item(tokens: &[TokenTree]) -> bool {
    match tokens {
        [TokenTree::Punct(mark), TokenTree::Group(_), ..] => mark.as_char() == '#',
        [TokenTree::Ident(word), ..] if ["pub", "const", "use"].iter().any(|one| word == one) => {
            true
        }
        [TokenTree::Ident(keyword), TokenTree::Ident(_), ..] => begins_definition(keyword),
        [TokenTree::Ident(name), TokenTree::Punct(mark), ..] => {
            mark.as_char() == '<' && name.to_string().starts_with(char::is_uppercase)
        }
        _ => false,
    }
}

/// An item without its attributes and its visibility.
pub fn behind_attributes(mut tokens: &[TokenTree]) -> &[TokenTree] {
    loop {
        tokens = match tokens {
            [TokenTree::Punct(mark), TokenTree::Group(_), rest @ ..] if mark.as_char() == '#' => {
                rest
            }
            [TokenTree::Ident(word), TokenTree::Group(scope), rest @ ..]
                if word == "pub" && is(scope, Delimiter::Parenthesis) =>
            {
                rest
            }
            [TokenTree::Ident(word), rest @ ..] if word == "pub" => rest,
            [TokenTree::Punct(mark), rest @ ..] if mark.as_char() == ';' => rest,
            _ => return tokens,
        };
    }
}

fn begins_definition(keyword: &Ident) -> bool {
    keyword == "block" || Kind::of(&keyword.to_string()).is_some()
}

/// Whether what follows is no `=` or `[` of an array with a keyword's name.
fn begins_declaration(rest: &[TokenTree]) -> bool {
    matches!(rest, [TokenTree::Ident(_) | TokenTree::Literal(_), ..])
}

/// Whether what it begins holds statements: `scan t { … }`, `repeat l in 0..2 { … }`.
fn is_several(keyword: &Ident) -> bool {
    keyword == "scan" || keyword == "repeat"
}

/// Whether it holds statements; the branches of a choice do not.
fn is_body(token: &TokenTree) -> bool {
    let is_end = |token: &TokenTree| is_mark(token, ';');
    matches!(token, TokenTree::Group(body) if is(body, Delimiter::Brace) && inside(body).iter().any(is_end))
}

fn is_statement(word: &Ident) -> bool {
    STATEMENTS.iter().any(|statement| word == statement)
}

fn is_connective(word: &Ident) -> bool {
    CONNECTIVES.iter().any(|connective| word == connective)
}

/// Whether `<` behind this token begins a chain and compares nothing.
fn begins_operand(before: Option<&TokenTree>) -> bool {
    match before {
        None | Some(TokenTree::Punct(_)) => true,
        Some(TokenTree::Ident(word)) => word == "output",
        Some(TokenTree::Group(_) | TokenTree::Literal(_)) => false,
    }
}

fn is_identifier(word: &Ident) -> bool {
    word != "gen" && syn::parse_str::<Ident>(&word.to_string()).is_ok()
}

fn is(group: &Group, delimiter: Delimiter) -> bool {
    group.delimiter() == delimiter
}

fn is_mark(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == character)
}

fn word(token: &TokenTree) -> Option<&Ident> {
    match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    }
}

fn group(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) => Some(group),
        _ => None,
    }
}

fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(block: &str) -> String {
        let Words { mentions, .. } = words(block.parse().unwrap());
        let shown = mentions.iter().map(|Mention { position, word }| {
            let position = format!("{position:?}");
            format!("{}:{word}", &position[..1])
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn layers_of_a_chain_are_found_with_their_groups() {
        assert_eq!(
            found(
                "/// A net.\n pub Net< input(3); a: linear(4, N); b: residual { relu; c: { elu(alpha = 1) } } shortcut { x } repeat _ in 0..2 { tanh } reuse a; parallel(sum) { u; v } >"
            ),
            "C:input C:linear C:residual C:relu C:elu C:shortcut C:x C:repeat C:tanh C:reuse C:parallel C:u C:v",
        );
    }

    #[test]
    fn functions_of_equations_are_found_and_own_names_are_not() {
        assert_eq!(
            found(
                "activation f(x; learn b = 1, c = 2 in 0..=infinity) = if x < c { x * sigmoid(b * x) } else { pi };"
            ),
            "S:activation S:learn E:infinity E:sigmoid E:pi",
        );
        assert_eq!(
            found(
                "layer f(I, O) { input x[i: I]; param w[o: O, i: I] ~ uniform(1 / sqrt(I)); require 1 <= I; scan t { h[t] = exp(h[t - 1]); } y[o] = sum(i: w[o, i] * x[i]); }"
            ),
            "S:layer S:input S:param I:uniform E:sqrt S:require S:scan E:exp E:sum",
        );
        assert_eq!(
            found(
                "layer f(I) { input x[i: I]; a[i] = x[i]; repeat l in 0..if I < 2 { 1 } else { 2 } { param w[i: I] ~ ones(); scan i { repeat = 1; } a[i] = exp(a[i]); } y[i] = a[i]; }"
            ),
            "S:layer S:input S:repeat S:param I:ones S:scan E:exp",
        );
        assert_eq!(
            found("layer f(V, S) { input x[s: S]: index(V); y[s] = w[x[s]]; }"),
            "S:layer S:input S:index",
        );
        assert_eq!(
            found("Net { input x; u = <linear(2); tanh>(concat(x, x)); output y = d(u, x); }"),
            "S:input C:linear C:tanh E:concat S:output E:d",
        );
    }

    #[test]
    fn each_name_of_a_text_is_an_item() {
        let block = "pub layer f1d[D = 1], f2d[D = 2](K[D]) { input x[l[D]: L]; y[l] = exp(x[l]); }
            Net { input x[i: 2]; y = f1d(1)(x); }";
        assert_eq!(found(block), "S:layer S:input E:L E:exp S:input E:f1d");
        let own = words(block.parse().unwrap()).own;
        let own: Vec<String> =
            own.iter().map(|one| format!("{}: {}", one.name, one.tokens)).collect();
        assert_eq!(
            own,
            [
                "f1d: layer f1d [D = 1] (K [D]) { input x [l [D] : L] ; y [l] = exp (x [l]) ; }",
                "f2d: layer f2d [D = 2] (K [D]) { input x [l [D] : L] ; y [l] = exp (x [l]) ; }",
            ]
        );
    }

    #[test]
    fn half_of_a_word_is_found_in_an_item_without_an_end() {
        assert_eq!(found("Net< linear(2, 1); lin >"), "C:linear C:lin");
        assert_eq!(found("Net< linear(2, 1); lin layer g(I) { }"), "C:linear C:lin S:layer");
        assert_eq!(
            found("activation f(x) = x * sig layer g(I) { param u[i: I] ~ uni h[i] = 1; }"),
            "S:activation E:sig S:layer S:param I:uni",
        );
        assert_eq!(
            found("optimizer f(w, g) { state m; w <- w - ste * g; }"),
            "S:optimizer S:state E:ste"
        );
    }
}
