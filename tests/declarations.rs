//! Declarations as users write them in modules of their own: what the macro accepts compiles there,
//! without a warning, and means what it says.

#![deny(warnings)]

use tapeless::prelude::*;

/// Names that Rust keeps for itself, as raw identifiers.
mod keywords {
    #![allow(non_camel_case_types, non_upper_case_globals)]

    tapeless::network! {
        activation r#match(x; r#if = 2) = x * r#if;
        activation r#swish(x; learn r#type = 1.0) = x * sigmoid(r#type * x);
        layer r#loop(r#in; r#for = 2) {
            input r#while[r#move: r#in];
            param r#impl[r#move: r#in] ~ ones();
            index r#else: 1;
            state r#dyn[r#move: r#in] ~ zeros();
            r#dyn[r#move] <- mean(batch: r#while[r#move]);
            r#pub[r#move] = r#impl[r#move] * r#while[r#move] * r#for;
            r#use[r#move] = r#pub[r#move] + sum(r#else: r#pub[r#else]);
        }
        const r#ref: usize = 3;
        const gen: usize = 4;
        block r#let< r#match; r#fn: linear(r#ref) >
        pub r#struct< input(3); swish; r#loop; gen: linear(gen); r#static: r#let; r#match(r#if = 3) >
        pub optimizer r#yield(r#where, r#for; lr = 1, r#do = 2, r#try = true) {
            state r#final when r#try;
            r#final <- r#final + r#for;
            r#where <- r#where - lr * r#do * (if r#try { r#final } else { r#for });
        }
        pub loss r#async(r#const; r#trait; r#mut = 1, gen = 2) = abs(r#const - r#trait) * r#mut * gen;
    }
}

#[test]
fn raw_identifiers_are_names() {
    let network = keywords::r#struct::new(&mut seed(0));
    assert_eq!(network.r#gen.bias.len(), 4);
    assert_eq!(network.static_fn.bias.len(), 3);
    assert_eq!(network.swish0.r#type[0], 1.0);
    let parameters = <keywords::r#struct as Network>::PARAMETERS;
    let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name).collect();
    assert_eq!(names[..3], ["0.type", "1.impl", "1.dyn"]);
    let loss = keywords::Async { r#mut: 2.0, ..keywords::Async::default() };
    assert_eq!((loss.r#mut, loss.r#gen), (2.0, 2.0));
    let optimizer = keywords::Yield { r#do: 3.0, ..keywords::Yield::default() };
    assert_eq!((optimizer.r#do, optimizer.r#try), (3.0, true));
}

/// Labels that are names of layers, of groups, of what generated code has beside them, or of types alike.
mod labels {
    #![allow(non_snake_case)]

    tapeless::network! {
        pub Words< input: linear(2, 2); linear: linear(2); residual: { linear: linear(2) } states: linear(2); padding: linear(2); T: linear(2); new: linear(2) >
        pub Alike< a: linear(2, 2); A: linear(2); a_: linear(2); __: linear(2); a2: linear(2); a_b: linear(2); aB: linear(2) >
        pub Empty< relu1: linear(2, 2); relu; a: { b: relu } a_b: linear(2); states: relu; norm: batch_norm1d >
        pub Own< hidden: linear(2, 2) >
        pub OwnOfHidden< linear(2, 2) >
    }
}

#[test]
fn every_name_of_a_field_is_a_label() {
    let words = labels::Words::zeros();
    assert_eq!(words.input.bias.len() + words.residual_linear.bias.len(), 4);
    assert_eq!(words.states.bias.len() + words.padding.bias.len() + words.T.bias.len(), 6);
    let alike = labels::Alike::zeros();
    assert_eq!(alike.a.bias.len() + alike.A.bias.len() + alike.__.bias.len(), 6);
    let empty = labels::Empty::zeros();
    assert_eq!(empty.relu1.bias.len() + empty.a_b.bias.len(), 4);
    assert_eq!(empty.states.norm.running_mean.len(), 2);
    assert_eq!(labels::Own::zeros().hidden.bias.len(), 2);
    let _ = labels::OwnOfHidden::zeros();
}

/// Constants and statics in lower case, as they come from a header of C.
mod constants {
    #![allow(non_upper_case_globals, dead_code)]

    pub const key: u32 = 1;
    pub const batch: u32 = 2;
    pub static inputs: u8 = 3;
    pub const pass: bool = true;
    pub const gradient: u8 = 3;
    pub static target: u8 = 3;
    pub const outputs: i8 = 3;
    pub const features: u8 = 3;
    pub const samples: u8 = 3;
    pub const memory: u8 = 3;
    pub const step: u8 = 3;
    pub const loss: u8 = 3;
    pub const rng: u8 = 3;
    pub const value: u8 = 3;

    tapeless::network! {
        const weight: usize = 4;
        pub Dense< linear(2, weight); tanh; linear(3) >
        pub Image< input(1, 8, 8); conv2d(2, 3); relu; max_pool2d(2); flatten; dropout; linear(3); softmax >
        pub Sequence< input(4, 3); lstm(5); last; linear(2) >
        pub loss mine(p; t; a = 1) = a * abs(p - t);
        pub loss other(p[c: C]; l: class; w[c: C] = 1) {
            y = sum(c: if c == l { w[c] * p[c] } else { 0 });
        }
    }
}

#[test]
fn constants_of_a_module_are_no_variables_of_generated_code() {
    let rng = &mut seed(0);
    assert_eq!(constants::Dense::new(rng).linear0.bias.len(), 4);
    assert_eq!(constants::Image::new(rng).forward(&SVector::repeat(0.5)).len(), 3);
    assert_eq!(constants::Sequence::new(rng).forward(&SVector::repeat(0.5)).len(), 2);
    assert_eq!(constants::Mine::default().a, 1.0);
    assert!(constants::Other::default().w.is_empty());
}

/// Types of the user with names like those of generated types, which another block makes too.
mod types {
    pub struct NetHidden;

    tapeless::network! { pub Net< hidden: linear(2, 3); relu; out: linear(1) > }
    tapeless::network! { pub NetOut< linear(2, 5) > }
}

#[test]
fn types_of_layers_meet_no_others() {
    let _ = types::NetHidden;
    assert_eq!(types::Net::new(&mut seed(0)).hidden.bias.len(), 3);
    assert_eq!(types::NetOut::new(&mut seed(0)).linear0.bias.len(), 5);
}

/// Items with conditions, which rustc evaluates.
mod conditions {
    tapeless::network! {
        #[cfg(any())]
        const SIZE: usize = 4;
        #[cfg(not(any()))]
        const SIZE: usize = 8;
        /// A network.
        #[cfg_attr(all(), doc = "With more to say.")]
        pub Net< input(2); double; same; first: linear(SIZE); linear(1) >
        #[cfg(any())]
        pub Net< linear(2, 3) >
        #[cfg(any())]
        activation double(x) = 3 * x;
        #[cfg(all())]
        activation double(x) = 2 * x;
        #[cfg(all())]
        layer same(I) { input x[i: I]; y[i] = x[i]; }
        #[cfg(not(all()))]
        layer same(I) { input x[i: I]; y[i] = 5 * x[i]; }
        #[cfg(all())]
        pub loss square(p; t; a = 1) = a * (p - t)^2;
        #[cfg(any())]
        pub loss square(p; t) = (p - t)^4;
        #[cfg(all())]
        pub optimizer descent(w, g; lr = 0.5) { w <- w - lr * g; }
        #[cfg(any())]
        pub optimizer descent(w, g; lr = 7) { w <- w + lr * g; }
        #[cfg(any())]
        block inner< relu >
        #[cfg(all())]
        block inner< tanh; linear(7) >
        pub Last< linear(2, 3); inner >
        #[cfg_attr(all(), cfg(any()))]
        pub Gone< linear(2, NOT_THERE) >
    }
    // Another block of the same module, and a fragment of another macro.
    macro_rules! of_size {
        ($name:ident, $size:expr) => {
            tapeless::network! { #[cfg(all())] pub $name< linear(1, 2 * $size) > }
        };
    }
    of_size!(Generated, 1 + 2);
    #[allow(dead_code)]
    struct Gone;
}

#[test]
fn conditions_hold_for_every_kind_of_item() {
    let rng = &mut seed(0);
    assert_eq!(conditions::Net::new(rng).first.bias.len(), 8);
    assert_eq!(conditions::Generated::new(rng).linear0.bias.len(), 6);
    assert_eq!(conditions::Square::default().a, 1.0);
    assert_eq!(conditions::Last::new(rng).forward(&SVector::zeros()).len(), 7);
    network! {
        #[cfg(all())] Inside< linear(2, 1) >
        #[cfg(any())] Inside< linear(2, 3) >
    }
    assert_eq!(Inside::new(rng).linear0.bias.len(), 1);
    assert_eq!(conditions::Descent::default().lr, 0.5);
}

network! {
    const EXACT: u8 = 3;
    const THIRD: f64 = 1 / 3;
    const SINGLE: f32 = 0.1;

    activation noisy(x) = x + random();
    layer jitter(N) {
        input x[n: N];
        r[n] = random();
        y[n] = x[n] * r[n] + random();
    }
    layer twice(N) {
        input x[i: N];
        index j: 2;
        y[i + j: N + 2] = x[i] else 7;
    }

    Noisy {
        input x[i: 2];
        y = <linear(EXACT); noisy; jitter; linear(2)>(x);
        output y;
        output slopes = d(y, x);
    }
    Dropped {
        input x[i: 2];
        y = <linear(64); dropout; tanh; batch_norm1d; linear(1)>(x);
        output y;
        output slopes = d(y, x);
    }
    Overlapping< twice(3) >
}

#[test]
fn constants_have_their_types() {
    let types: (u8, f64, f32) = (EXACT, THIRD, SINGLE);
    assert_eq!(types, (3, 1.0 / 3.0, 0.1));
}

/// d(y, x) of a network with that output, by differences of its outputs.
macro_rules! assert_slopes {
    ($network:ident, $outputs:literal) => {{
        let network = $network::<f64>::new(&mut seed(0));
        let x = SVector::from([1.0, 2.0]);
        assert_eq!(network.forward(&x), network.forward(&x));
        let slopes = network.forward(&x).slopes;
        for (input, step) in [[1e-5, 0.0], [0.0, 1e-5]].map(SVector::from).iter().enumerate() {
            let difference = network.forward(&(x + step)).y - network.forward(&(x - step)).y;
            for output in 0..$outputs {
                let expected = difference[output] / 2e-5;
                assert!((slopes[2 * output + input] - expected).abs() < 1e-8);
            }
        }
    }};
}

#[test]
fn derivatives_see_the_random_numbers_and_the_phase_of_their_network() {
    assert_slopes!(NoisyOf, 2);
    assert_slopes!(DroppedOf, 1);
}

#[test]
fn elements_that_nothing_reaches_are_what_else_says() {
    let outputs = Overlapping::new(&mut seed(0)).forward(&SVector::from([1.0, 2.0, 3.0]));
    assert_eq!(outputs.as_slice(), [1.0, 3.0, 5.0, 3.0, 7.0]);
}

mod first {
    tapeless::network! {
        layer total() { input x[i: 3]; y[o: 1] = sum(i: x[i]); }

        block wide< linear(2, 5); relu >
        block passing< relu >
        block both< passing; wide >

        pub Layer< total >
        pub After< relu; total >
        pub Block< wide; linear(1) >
        pub Nested< both; linear(1) >
        pub AfterBlock< passing; linear(4, 1) >
        pub InGroup< residual { residual { linear(2, 2) } } >
    }
}

#[test]
fn the_first_layer_whose_sizes_are_known_gives_the_input() {
    fn inputs<N: Network>() -> usize {
        <N::Inputs as nalgebra::DimName>::DIM
    }
    assert_eq!([inputs::<first::Layer>(), inputs::<first::After>()], [3, 3]);
    assert_eq!([inputs::<first::Block>(), inputs::<first::Nested>()], [2, 2]);
    assert_eq!([inputs::<first::AfterBlock>(), inputs::<first::InGroup>()], [4, 2]);
}
