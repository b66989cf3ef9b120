//! Groups of parameters: those of one group move as without groups, others as they are told.

use tapeless::network::NameError;
use tapeless::optimizer::{Group, Optimizer, OptimizerError};
use tapeless::prelude::*;

network! {
    Net<
        body: { linear(3, 8); batch_norm1d; tanh; linear(8) }
        head: linear(2);
    >
}

const FROZEN: Group =
    Group { frozen: true, lr: None, lr_factor: 1.0, weight_decay: None, weights_only: false };

/// Steps along one gradient after what `arrange` makes of the optimizer.
fn moved<R: Rule>(rule: R, arrange: impl Fn(&mut Optimizer<R, Net>)) -> Box<Net> {
    let mut model = Net::new(&mut seed(1));
    let gradient = Net::new(&mut seed(2));
    let mut optimizer = rule.over(&model).unwrap();
    arrange(&mut optimizer);
    for _ in 0..3 {
        optimizer.step(&mut model, &gradient);
    }
    model
}

fn a_frozen_body_stays<R: Rule>(rule: R) {
    let start = Net::new(&mut seed(1));
    let together = moved(rule, |_| {});
    let apart = moved(rule, |optimizer| optimizer.set_group("body.", FROZEN).unwrap());
    let (body, head) = (Net::range("body.").unwrap(), Net::range("head.").unwrap());
    assert_eq!(apart.as_slice()[body.clone()], start.as_slice()[body.clone()]);
    assert_eq!(apart.as_slice()[head.clone()], together.as_slice()[head]);
    assert_ne!(apart.as_slice()[body.clone()], together.as_slice()[body]);
    // Running statistics are not what a group is about.
    assert_eq!(apart.states(), together.states());
}

#[test]
fn frozen_parameters_stay() {
    a_frozen_body_stays(Sgd { lr: 0.1, momentum: 0.9, ..Sgd::default() });
    a_frozen_body_stays(Adam::default());
    a_frozen_body_stays(AdamW::default());
}

#[test]
fn groups_that_say_nothing_change_no_bit() {
    let adam = Adam { lr: 0.01, weight_decay: 0.1, ..Adam::default() };
    let together = moved(adam, |_| {});
    let apart = moved(adam, |adam| {
        let same = Group { lr: Some(0.01), ..Group::default() };
        for name in ["body.0.bias", "head.", "body.1."] {
            adam.set_group(name, same).unwrap();
        }
    });
    assert_eq!(apart.as_slice(), together.as_slice());
}

#[test]
fn a_factor_follows_the_rule() {
    let sgd = Sgd { lr: 0.1, ..Sgd::default() };
    let expected = moved(Sgd { lr: 0.025, ..sgd }, |_| {});
    let found = moved(sgd, |optimizer| {
        optimizer.set_group("", Group { lr_factor: 0.25, ..Group::default() }).unwrap();
    });
    assert_eq!(found.as_slice(), expected.as_slice());
    let found = moved(sgd, |optimizer| {
        optimizer.set_group("", Group { lr_factor: 0.5, ..Group::default() }).unwrap();
        optimizer.set_rule(Sgd { lr: 0.05, ..sgd }).unwrap();
    });
    assert_eq!(found.as_slice(), expected.as_slice());
}

#[test]
fn weights_decay_and_biases_do_not() {
    let decayed = AdamW { weight_decay: 0.5, ..AdamW::default() };
    let plain = moved(AdamW { weight_decay: 0.0, ..decayed }, |_| {});
    let decayed_throughout = moved(decayed, |_| {});
    let found = moved(decayed, |adamw| {
        adamw.set_group("", Group { weights_only: true, ..Group::default() }).unwrap();
    });
    let expected = plain.state_dict().zip(decayed_throughout.state_dict());
    for ((info, found), ((_, plain), (_, decayed))) in found.state_dict().zip(expected) {
        assert_eq!(found, if info.shape.len() > 1 { decayed } else { plain }, "{}", info.name);
    }
}

#[test]
fn what_is_refused_changes_nothing() {
    let sgd = Sgd { lr: 0.1, ..Sgd::default() };
    let expected = moved(sgd, |_| {});
    let found = moved(sgd, |sgd| {
        let unknown = NameError::Unknown { found: "hed.".into(), nearest: Some("head.") };
        assert_eq!(sgd.set_group("hed.", FROZEN), Err(OptimizerError::Name(unknown)));
        assert!(sgd.set_group("body.1.running_mean", FROZEN).is_err());
        for group in [
            Group { lr: Some(-1.0), ..Group::default() },
            Group { lr_factor: f64::NAN, ..Group::default() },
            Group { lr_factor: -1.0, lr: Some(0.0), ..Group::default() },
            Group { weight_decay: Some(f64::INFINITY), ..Group::default() },
        ] {
            assert!(sgd.set_group("head.", group).is_err(), "{group:?}");
        }
    });
    assert_eq!(found.as_slice(), expected.as_slice());
    // A rule that a group makes too great for its range.
    let mut sgd = sgd.over(&Net::zeros()).unwrap();
    sgd.set_group("head.", Group { lr_factor: 1e10, ..Group::default() }).unwrap();
    assert!(sgd.set_rule(Sgd { lr: 1e300, ..Sgd::default() }).is_err());
    assert_eq!(sgd.rule().lr, 0.1);
}
