//! What `macro_rules!` passes on: a fragment such as `$v:expr` is a group with invisible delimiters.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::messages;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::parse;
use crate::frontend::resolve;
use crate::frontend::resolved::{Block, ConstantValue, Value};
use crate::ir::expression::Binary;

/// The tokens of a text, with `$v` for a fragment.
fn with_fragment(text: &str, fragment: &str) -> TokenStream {
    let fragment = Group::new(Delimiter::None, fragment.parse().expect("tokens"));
    substituted(text.parse().expect("tokens"), &TokenTree::Group(fragment))
}

fn substituted(tokens: TokenStream, fragment: &TokenTree) -> TokenStream {
    let mut substituted_tokens = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        substituted_tokens.push(match token {
            TokenTree::Punct(mark) if mark.as_char() == '$' => {
                tokens.next();
                fragment.clone()
            }
            TokenTree::Group(group) => {
                let inner = substituted(group.stream(), fragment);
                TokenTree::Group(Group::new(group.delimiter(), inner))
            }
            other => other,
        });
    }
    substituted_tokens.into_iter().collect()
}

fn resolved(text: &str, fragment: &str) -> Block {
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    let tree = parse::block(with_fragment(text, fragment), &mut diagnostics);
    let block = resolve::block(tree, &library, &mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new(), "in {text} with {fragment}");
    block
}

#[test]
fn sizes_and_constants_keep_their_parentheses() {
    let block =
        resolved("const N: usize = 2 * $v; Net< a: linear(1, $v * 2); linear($v) >", "1 + 2");
    assert_eq!(block.constants[0].value, ConstantValue::Integer(6));
    let titles: Vec<&str> =
        block.networks[0].layers.iter().map(|layer| layer.title.as_str()).collect();
    assert_eq!(titles, ["linear(1, 6)", "linear(6, 3)"]);
    let block = resolved("const N: i64 = -$v; Net< linear(1, 1) >", "1 - 2");
    assert_eq!(block.constants[0].value, ConstantValue::Integer(1));
    let block = resolved("const N: i64 = $v ^ 2; Net< linear(1, 1) >", "-3");
    assert_eq!(block.constants[0].value, ConstantValue::Integer(9));
}

#[test]
fn equations_and_settings_keep_their_parentheses() {
    let text = "activation f(x; a = 2 * $v) = x * $v + a; Net< input(1); f; f(3 * $v) >";
    let block = resolved(text, "1 + 2");
    let value = &block.networks[0].layers[0].equations.statements[0].value;
    let Value::Binary(Binary::Add, product, setting) = value else { panic!("{value:?}") };
    assert!(matches!(**product, Value::Binary(Binary::Multiply, ..)), "{product:?}");
    assert!(matches!(**setting, Value::Constant(6.0)), "{setting:?}");
    assert_eq!(block.networks[0].layers[1].title, "f(a = 9)");
}

#[test]
fn names_types_and_layers_are_what_they_stand_for() {
    let block = resolved("const N: $v = 3; Net< linear(1, N) >", "usize");
    assert_eq!(block.constants[0].number, "usize");
    assert_eq!(resolved("Net< linear(1, 2); $v; linear(3) >", "relu").networks[0].layers.len(), 3);
    assert_eq!(resolved("Net< $v; relu >", "linear(1, 2)").networks[0].layers.len(), 2);
    let block = resolved("Net< input(1, 9, 9); conv2d(2, 3, stride = $v) >", "(2, 1)");
    assert_eq!(block.networks[0].layers[0].title, "conv2d(1, 2, 3, stride = (2, 1))");
    assert_eq!(resolved("$v Net< linear(1, 2) >", "pub(crate)").networks.len(), 1);
}
