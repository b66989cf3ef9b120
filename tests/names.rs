//! Parameters are found by their names, and below a prefix they lie one after the other.

use tapeless::network::NameError;
use tapeless::prelude::*;

network! {
    block tail< linear(4); batch_norm1d; prelu >
    Nested<
        input(1, 6, 6);
        eye: { conv2d(2, 3, bias = false); batch_norm2d; repeat 2 { conv2d(2, 3, padding = 1); relu } flatten }
        residual { linear(32); tanh; linear(32) } shortcut { linear(32) }
        parallel { body: linear(4); { linear(3); tail } }
        reuse_me: linear(8);
        reuse reuse_me;
        linear(2);
    >
    Stateful< input(3); batch_norm1d(affine = false) >
}

fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('.').map(move |(dot, _)| &name[..=dot])
}

#[test]
fn a_prefix_is_the_parameters_below_it() {
    let mut end = 0;
    for info in Nested::PARAMETERS.iter().filter(|info| !info.is_state) {
        assert_eq!(Nested::range(info.name), Ok(end..end + info.len()), "{}", info.name);
        end += info.len();
        for prefix in prefixes(info.name) {
            let below = Nested::PARAMETERS.iter().filter(|info| info.name.starts_with(prefix));
            let scalars: usize = below.filter(|info| !info.is_state).map(|info| info.len()).sum();
            assert_eq!(Nested::range(prefix).unwrap().len(), scalars, "{prefix}");
        }
    }
    assert_eq!(Nested::range(""), Ok(0..end));
    assert_eq!(Nested::zeros().as_slice().len(), end);
}

#[test]
fn states_are_no_parameters() {
    let names = Nested::PARAMETERS.iter().filter(|info| info.is_state).map(|info| info.name);
    for name in names {
        assert_eq!(Nested::range(name), Err(NameError::State { found: name.into() }));
    }
    assert_eq!(Stateful::range(""), Ok(0..0));
    assert_eq!(Stateful::range("0."), Err(NameError::State { found: "0.".into() }));
}
