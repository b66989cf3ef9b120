//! Definitions of a library in the networks of another crate.

use renamed::prelude::*;

/// The same as written in one block.
mod written {
    renamed::network! {
        activation steeper(x; by = 2) = by * x;
        activation swish(x; learn beta = 1.0) = x * sigmoid(beta * x);
        layer low_rank(I, O; slope = -0.5) {
            input x[i: I];
            param u[r: 2, i: I] ~ uniform(1 / sqrt(I));
            param v[o: O, r: 2] ~ uniform(1);
            bent[r] = steeper(sum(i: u[r, i] * x[i]));
            y[o] = slope * sum(r: v[o, r] * bent[r]);
        }
        pub Net< linear(3, 4); swish; low_rank(4, 5); swish; low_rank(6); steeper >
    }
}

mod imported {
    renamed::network! {
        use library::layers::{bottleneck, low_rank as lr};
        use library::passed_on as swish;
        pub use library::layers::{power_error, signs as steps};

        /// A layer with the name of one that `low_rank` is made of.
        layer steeper(I) { input x[i: I]; y[i] = 0 * x[i]; }

        pub Net< linear(3, 4); swish; lr(4, 5); bottleneck >
        pub Flat< linear(3, 4); steeper >
        pub Own< thin(3, 2); swish >
        use library::used::thin;
        block unused< lr(2, 2) >
    }
}

/// Losses and an optimizer, beside the network with the outputs that one of them is of.
mod trained {
    renamed::network! {
        pub(crate) use library::layers::{weighted, power_error, signs};
        pub Net {
            input x[i: 2];
            output value = linear(1)(x);
        }
    }
}

mod conditional {
    renamed::network! {
        #[cfg(any())]
        use library::layers::missing;
        #[cfg(all())]
        use library::layers::swish;
        pub Net< linear(3, 2); swish >
    }
}

#[test]
fn imported_definitions_compute_what_written_ones_do() {
    let (model, mut other) = (imported::Net::new(&mut seed(3)), written::Net::zeros());
    other.as_mut_slice().copy_from_slice(model.as_slice());
    let x = SVector::from([0.5, -1.0, 2.0]);
    assert_eq!(model.forward(&x), other.forward(&x));
    assert!(model.forward(&x).iter().all(|number| *number != 0.0));
}

#[test]
fn what_a_definition_is_made_of_is_not_what_the_user_calls_so() {
    let x = SVector::from([0.5, -1.0, 2.0]);
    let zeros = imported::Flat::new(&mut seed(0)).forward(&x);
    assert!(zeros.iter().all(|number| *number == 0.0));
}

#[test]
fn imported_losses_and_optimizers_train() {
    use trained::{Net, PowerError, Signs, Weighted, WeightedTargets};
    let mut model = Net::zeros();
    let (mut pass, mut gradient) = (Net::pass(1), Net::zeros());
    let x = Samples::<f32, Const<2>>::from_element(1, 1.0);
    let outputs = model.forward_batch(&x, &mut pass).unwrap();
    let y = Samples::<f32, Const<1>>::from_element(1, 2.0);
    let loss = outputs.loss(PowerError { power: 3.0 }, &y).unwrap();
    assert_eq!(loss.value(), 8.0);
    loss.backward(&mut gradient);
    Signs::default().over(&model).unwrap().step(&mut model, &gradient);
    assert_eq!(model.as_slice(), [0.5; 3]);
    let outputs = model.forward_batch(&x, &mut pass).unwrap();
    let targets = WeightedTargets { target: &y, weight: &y };
    assert_eq!(outputs.loss(Weighted::default(), &targets).unwrap().value(), 0.5);
}

#[test]
fn definitions_are_passed_on() {
    let x = SVector::from([0.5, -1.0]);
    let model = library::used::inner::Tiny::zeros();
    assert_eq!(model.forward(&x)[0], 1.0);
    assert_eq!(conditional::Net::zeros().as_slice().len(), 9);
    assert_eq!(library::used::Small::zeros().as_slice().len(), 3 * 2 + 2 * 4 + 1 + 5);
    assert_eq!(imported::Own::zeros().as_slice().len(), 3 * 2 + 2 * 2 + 1);
}
