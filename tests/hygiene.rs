//! What else stands in the user's module has no influence on what `network!` makes there.

use tapeless::prelude::*;

/// Networks, losses and an optimizer that use every kind of generated code.
macro_rules! declarations {
    () => {
        ::tapeless::network! {
            pub Images<
                input(2, 6, 6);
                conv2d(4, 3); batch_norm2d; relu; dropout(0.1); max_pool2d(2);
                flatten; reshape(4, 4); multihead_attention(4, 2); gru(3); lstm(3); last;
                own; layer_norm; linear(3); softmax
            >
            layer own(I) { input x[i: I]; y[i] = if training { x[i] * random() } else if x[i] > 0 { x[i] } else { i }; }
            pub Curve {
                input x[i: 2];
                input time;
                param r#type ~ constant(0.5);
                y = <linear(3); tanh; linear(1)>(concat(x, time));
                output y;
                output batch = d(y, x) * r#type;
            }
            pub loss squares(p; t; scale = 1) = scale * (p - t)^2;
            pub loss weighted(p[c: C]; label: class; weight[c: C] = 1) {
                samples = sum(c: if c == label { weight[c] } else { 0 });
                y = samples * sum(c: if c == label { p[c]^2 } else { 0 });
            }
            pub loss spread(p[c: C]; t[c: C]) = sum(c: (p[c] - t[c])^2);
            pub optimizer rolling(w, g; lr = 0.1 in 0..infinity, weight_decay = 0, decays = true, mu = 0.9) {
                require mu < 2 when decays;
                state product ~ constant(mu) when decays;
                state m ~ ones();
                state v when mu > 0;
                product <- product * mu;
                m <- lerp(m, g, 1 - mu);
                v <- max(v, abs(g));
                w <- w - lr * product * m / sqrt(1 + v * step) - weight_decay * w;
            }
        }
    };
}

/// Its own names for types that every program has, as a type, a module and a trait.
#[allow(non_camel_case_types, dead_code)]
mod primitives {
    pub type f32 = ::core::primitive::f64;
    pub mod f64 {}
    pub struct bool;
    pub struct usize;
    pub struct u64;
    pub struct str;
    pub trait Sized {}
    pub struct Box;
    pub struct Option;
    pub struct Some;
    pub struct None;
    pub struct Ok;
    pub struct Result;
    pub trait Iterator {}
    pub trait Clone {}
    pub trait Debug {}
    declarations! {}
}

/// A module without the names of the prelude.
mod bare {
    #![no_implicit_prelude]
    declarations! {}
}

/// Methods for every type, by value, by the names of those that slices and iterators have.
#[allow(clippy::all, clippy::pedantic)]
mod methods {
    macro_rules! methods {
        ($($name:ident)*) => {
            #[allow(dead_code)]
            pub trait ForAll: Sized {
                $(fn $name(self) -> Mine {
                    Mine
                })*
            }
            impl<T> ForAll for T {}
        };
    }

    pub struct Mine;
    methods! {
        as_slice as_mut_slice as_chunks as_chunks_mut as_flattened as_flattened_mut len is_empty
        iter iter_mut into_iter zip enumerate map rev skip take sum by_ref clone fill max min fmt
        copy_from_slice chunks chunks_exact chunks_mut chunks_exact_mut split_at split_at_mut run
        add_up of to_f64 maximum minimum power exp tanh sqrt visit summary forward evaluate default
        update keeps start check contains by_precision lr_mut weight_decay_mut
    }
    declarations! {}
}

/// Constants, statics, unit structs and macros by the names of variables and functions.
#[allow(non_upper_case_globals, non_camel_case_types, dead_code, unused_macros)]
mod values {
    macro_rules! constants {
        ($($name:ident)*) => { $(pub const $name: u8 = 0;)* };
    }
    constants! {
        x0 x1 v0 v1 v2 i0 i1 step batch element total key inputs outputs gradient pass target
        source0 memory stored lanes number lane value values before written sums tile samples
        parameters parameter numbers conditions state state0 state1 states part rule said w_0 g_1
    }
    pub static buffer0: u8 = 0;
    pub struct buffer1;
    pub struct run;
    macro_rules! vec {
        () => {};
    }
    macro_rules! quote {
        () => {};
    }
    declarations! {}
}

/// The gradient of each loss, steps of the optimizer, and the derivatives of the curve.
macro_rules! results {
    ($module:ident) => {{
        use $module::{
            Curve, CurveInputs, CurveOutputs, Images, Rolling, Spread, Squares, Weighted,
        };
        let mut model = Images::new(&mut seed(0));
        let x = Samples::<f32, Const<72>>::from_fn(4, |k, sample| ((k + sample) as f32).sin());
        let targets = Samples::<f32, Const<3>>::from_element(4, 0.5);
        let (mut pass, mut gradient) = (Images::pass(4), Images::zeros());
        let mut results = Vec::new();
        let outputs = model.forward_batch(&x, &mut pass).unwrap();
        let loss = outputs.loss(Squares::default(), &targets).unwrap();
        results.push(loss.value());
        loss.backward(&mut gradient);
        results.extend_from_slice(gradient.as_slice());
        let outputs = model.forward_batch(&x, &mut pass).unwrap();
        results.push(outputs.loss(Spread::default(), &targets).unwrap().value());
        let outputs = model.forward_batch(&x, &mut pass).unwrap();
        results.push(outputs.loss(Weighted::default(), &[0u8, 1, 2, 2]).unwrap().value());
        let mut rolling = Rolling::default().over(&model).unwrap();
        (0..3).for_each(|_| rolling.step(&mut model, &gradient));
        results.extend_from_slice(model.as_slice());
        let inputs = CurveInputs { x: &SVector::from([0.5, 0.25]), time: &SVector::from([1.0]) };
        let CurveOutputs { y, batch } = Curve::new(&mut seed(0)).forward(inputs);
        results.extend(y.iter().chain(&batch));
        results
    }};
}

/// The parameters of a network without `Of` are `f32`, whatever that name means beside it.
#[test]
fn primitive_types_are_themselves() {
    assert_eq!(size_of_val(&primitives::Curve::zeros().as_slice()[0]), 4);
    assert_eq!(primitives::Squares::default().scale.to_bits(), 1f64.to_bits());
}

#[test]
fn results_do_not_depend_on_the_module() {
    let expected: Vec<f32> = results!(values);
    assert!(expected.iter().all(|result| result.is_finite()));
    assert_eq!(results!(primitives), expected);
    assert_eq!(results!(bare), expected);
    assert_eq!(results!(methods), expected);
}
