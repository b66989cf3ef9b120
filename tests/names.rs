//! Parameters are found by their names, below a prefix they lie one after the other, and networks take
//! each other's.

use tapeless::network::{NameError, ParameterInfo};
use tapeless::prelude::*;
use tapeless::transfer::{OtherShape, Transfer, transfer};

network! {
    block tail< linear(4); batch_norm1d; prelu >
    Nested<
        input(1, 6, 6);
        eye: { conv2d(2, 3, bias = false); batch_norm2d; repeat _ in 0..2 { conv2d(2, 3, padding = 1); relu } flatten }
        residual { linear(32); tanh; linear(32) } shortcut { linear(32) }
        parallel { body: linear(4); { linear(3); tail } }
        reuse_me: linear(8);
        reuse reuse_me;
        linear(2);
    >
    Trained< body: { linear(3, 4); batch_norm1d; relu } extra: linear(4); head: linear(5) >
    Tuned< body: { linear(3, 4); batch_norm1d; relu } head: linear(2) >
    Stateful< input(3); batch_norm1d(affine = false) >
    Repeated<
        linear(3, 4);
        repeat i in 0..2 { up: linear(8); residual { repeat _ in 0..2 { inner: scale } } down: { linear(4); tanh } }
        rows: repeat _ in 0..2 { own: linear(4) }
    >
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
            let scalars: usize = below.filter(|info| !info.is_state).map(ParameterInfo::len).sum();
            assert_eq!(Nested::range(prefix).unwrap().len(), scalars, "{prefix}");
        }
    }
    assert_eq!(Nested::range(""), Ok(0..end));
    assert_eq!(Nested::zeros().as_slice().len(), end);
}

#[test]
fn a_label_in_a_repetition_is_a_field_for_each_round() {
    let model = Repeated::zeros();
    for weight in [&model.up_0.weight, &model.up_1.weight] {
        assert_eq!(weight.shape(), (4, 8));
    }
    assert_eq!(model.inner_0_1.weight.len(), model.inner_1_0.bias.len());
    assert_eq!(model.down_1_linear0.bias.len(), model.rows_0_own.bias.len());
    let keys = Repeated::PARAMETERS.iter().map(|info| info.name);
    let keys: Vec<&str> = keys.filter(|key| key.ends_with("weight")).collect();
    let expected = [
        "0.weight",
        "1.0.up.weight",
        "1.0.1.main.0.0.inner.weight",
        "1.0.1.main.0.1.inner.weight",
        "1.0.down.0.weight",
        "1.1.up.weight",
    ];
    assert_eq!(keys[..6], expected);
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

#[test]
fn what_is_common_is_taken_and_the_rest_is_named() {
    let mut trained = TrainedOf::<f64>::new(&mut seed(1));
    trained.states_mut().fill(3.0);
    let mut tuned = Tuned::new(&mut seed(2));
    let before = tuned.to_box();
    let report = transfer(&*trained, &mut *tuned);
    let head = |name, source, target| OtherShape { name, source, target };
    let expected = Transfer {
        taken: vec![
            "body.0.weight",
            "body.0.bias",
            "body.1.weight",
            "body.1.bias",
            "body.1.running_mean",
            "body.1.running_var",
        ],
        other_shapes: vec![head("head.weight", &[5, 4], &[2, 4]), head("head.bias", &[5], &[2])],
        only_in_source: vec!["extra.weight", "extra.bias"],
        only_in_target: Vec::new(),
    };
    assert_eq!(report, expected);
    let common = Tuned::range("body.").unwrap();
    for (found, trained) in tuned.as_slice()[common.clone()].iter().zip(trained.as_slice()) {
        assert!((f64::from(*found) - trained).abs() <= 1e-7 * trained.abs());
    }
    assert!(tuned.states().iter().all(|&state| state == 3.0));
    assert_eq!(tuned.as_slice()[common.end..], before.as_slice()[common.end..]);
    let report = transfer(&*tuned, &mut *trained);
    assert_eq!(report.only_in_target, ["extra.weight", "extra.bias"]);
}
