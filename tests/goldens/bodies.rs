//! Networks with several inputs and outputs, losses of them, and derivatives as values.

use nalgebra::Const;
use tapeless::network::{Network, Samples};
use tapeless::pass::Trainable;

use crate::compare::{Precision, assert_close, assert_parameters_close};
use crate::formula::{INPUTS, OUTPUT_GRADIENT, TARGETS, batch, filled, formula};

tapeless::network! {
    Agent {
        input image[c: 1, h: 6, w: 6];
        input body[n: 6];
        eye   = <conv2d(4, 3); relu; max_pool2d(2); flatten>(image);
        trunk = <linear(16); tanh>(concat(eye, body));
        output policy = linear(4)(trunk);
        output value  = linear(1)(trunk);
    }
    loss ppo(policy[a: A], value; action: class, old, advantage, target; clip = 0.2, entropy = 0.01) {
        log_p[a] = log_softmax(policy)[a];
        ratio    = exp(log_p[action] - old);
        gain     = min(ratio * advantage, clamp(ratio, 1 - clip, 1 + clip) * advantage);
        y = -gain + 0.5 * (value - target)^2 + entropy * sum(a: exp(log_p[a]) * log_p[a]);
    }

    Burgers {
        input x;
        input t;
        param nu ~ constant(0.1);
        u = <linear(20); tanh; linear(20); tanh; linear(1)>(concat(x, t));
        output u;
        output residual = d(u, t) + u * d(u, x) - nu * d(d(u, x), x);
    }
    Crossed {
        input query[s: 4, e: 6];
        input memory[t: 5, e: 6];
        input mask[s: 4, t: 5];
        attention = multihead_attention(6, 2)(query, memory, memory, mask);
        again = multihead_attention(6, 3, bias = false)(attention, memory);
        output y = <layer_norm; flatten; linear(3)>(concat(dim = 2)(again, query, attention));
    }

    /// Keys and values have sizes of their own.
    Projected {
        input query[s: 3, e: 4];
        input key[t: 2, n: 5];
        input value[t: 2, m: 3];
        output y = multihead_attention(4, 2, kdim = 5, vdim = 3)(query, key, value);
    }

    loss equation(residual; zero) = (residual - zero)^2;

    /// Recurrent layers that begin with given states, and put out the last ones.
    Begun {
        input x[t: 4, i: 3];
        input h[n: 8];
        input c[m: 12];
        first = gru(2, num_layers = 2, bidirectional = true)(x, h);
        output a, h_n, c_n = lstm(3, num_layers = 2, bidirectional = true, proj_size = 2)(first, h, c);
        output b = lstm_cell(6)(h, c);
    }
    loss squares(a[t: T, k: K], h_n[n: N], c_n[l: L], b[m: M];; scale = 1) =
        scale * (sum(t, k: a[t, k]^2) + sum(n: h_n[n]^3) + sum(l: c_n[l]^2) + sum(m: b[m]^2));
}

const BATCH: usize = 5;

fn several_outputs_agree<T: Precision>() {
    let model = filled::<AgentOf<T>>(0.5);
    let image: Samples<T, Const<36>> = batch(BATCH, INPUTS, 2.0);
    let body: Samples<T, Const<6>> = batch(BATCH, TARGETS, 2.0);
    let [old, advantage, target] =
        [4, 5, 6].map(|salt| formula(salt, 2.0).take(BATCH).collect::<Vec<T>>());
    let action: Vec<usize> = (0..BATCH).map(|sample| sample % 4).collect();
    let targets = PpoTargets { action: &action, old: &old, advantage: &advantage, target: &target };
    let (mut pass, mut gradient) = (AgentOf::pass(BATCH), filled(0.5));
    let inputs = AgentInputs { image: &image, body: &body };
    let outputs = model.forward_batch(inputs, &mut pass).unwrap();
    let AgentOutputs { policy, value } = outputs.values();
    assert_close("agent.policy", policy.as_slice());
    assert_close("agent.value", value.as_slice());
    let loss = outputs.loss(Ppo::default(), &targets).unwrap();
    assert_close("agent.loss", &[loss.value()]);
    loss.backward(&mut gradient);
    assert_parameters_close("agent.gradient", &*gradient);
}

fn derivatives_agree<T: Precision>() {
    let model = filled::<BurgersOf<T>>(0.5);
    let [x, t] = [INPUTS, TARGETS].map(|salt| batch::<T, 1>(BATCH, salt, 2.0));
    let (mut pass, mut gradient) = (BurgersOf::pass(BATCH), filled(0.5));
    let outputs = model.forward_batch(BurgersInputs { x: &x, t: &t }, &mut pass).unwrap();
    let BurgersOutputs { u, residual } = outputs.values();
    assert_close("burgers.u", u.as_slice());
    assert_close("burgers.residual", residual.as_slice());
    let loss = outputs.loss(Equation::default(), &[T::ZERO; BATCH]).unwrap();
    assert_close("burgers.loss", &[loss.value()]);
    loss.backward(&mut gradient);
    assert_parameters_close("burgers.gradient", &*gradient);
}

fn given_states_agree<T: Precision>() {
    let model = filled::<BegunOf<T>>(0.5);
    let x: Samples<T, Const<12>> = batch(BATCH, INPUTS, 2.0);
    let h: Samples<T, Const<8>> = batch(BATCH, TARGETS, 2.0);
    let c: Samples<T, Const<12>> = batch(BATCH, 4, 2.0);
    let (mut pass, mut gradient) = (BegunOf::pass(BATCH), filled(0.5));
    let outputs = model.forward_batch(BegunInputs { x: &x, h: &h, c: &c }, &mut pass).unwrap();
    let BegunOutputs { a, h_n, c_n, b } = outputs.values();
    assert_close("begun.a", a.as_slice());
    assert_close("begun.h_n", h_n.as_slice());
    assert_close("begun.c_n", c_n.as_slice());
    assert_close("begun.b", b.as_slice());
    let loss = outputs.loss(Squares::default(), &()).unwrap();
    assert_close("begun.loss", &[loss.value()]);
    loss.backward(&mut gradient);
    assert_parameters_close("begun.gradient", &*gradient);
}

fn attention_to_another_sequence_agrees<T: Precision>() {
    let model = filled::<CrossedOf<T>>(0.5);
    let query: Samples<T, Const<24>> = batch(BATCH, INPUTS, 2.0);
    let memory: Samples<T, Const<30>> = batch(BATCH, TARGETS, 2.0);
    let mask: Samples<T, Const<20>> = batch(BATCH, 4, 2.0);
    let (mut pass, mut gradient) = (CrossedOf::pass(BATCH), filled(0.5));
    let inputs = CrossedInputs { query: &query, memory: &memory, mask: &mask };
    let outputs = model.forward_batch(inputs, &mut pass).unwrap();
    assert_close("crossed.y", outputs.values().as_slice());
    outputs.backward(&batch(BATCH, OUTPUT_GRADIENT, 2.0), &mut gradient).unwrap();
    assert_parameters_close("crossed.gradient", &*gradient);
}

fn attention_with_sizes_of_its_own_agrees<T: Precision>() {
    let model = filled::<ProjectedOf<T>>(0.5);
    let query: Samples<T, Const<12>> = batch(BATCH, INPUTS, 2.0);
    let key: Samples<T, Const<10>> = batch(BATCH, TARGETS, 2.0);
    let value: Samples<T, Const<6>> = batch(BATCH, 4, 2.0);
    let (mut pass, mut gradient) = (ProjectedOf::pass(BATCH), filled(0.5));
    let inputs = ProjectedInputs { query: &query, key: &key, value: &value };
    let outputs = model.forward_batch(inputs, &mut pass).unwrap();
    assert_close("projected.y", outputs.values().as_slice());
    outputs.backward(&batch(BATCH, OUTPUT_GRADIENT, 2.0), &mut gradient).unwrap();
    assert_parameters_close("projected.gradient", &*gradient);
    let names: Vec<&str> = ProjectedOf::<T>::PARAMETERS.iter().map(|one| one.name).collect();
    let weights = ["y.q_proj_weight", "y.k_proj_weight", "y.v_proj_weight"];
    assert_eq!(names[..3], weights);
    assert_eq!(names[3..], ["y.in_proj_bias", "y.out_proj.weight", "y.out_proj.bias"]);
}

#[test]
fn in_f64() {
    attention_with_sizes_of_its_own_agrees::<f64>();
    given_states_agree::<f64>();
    attention_to_another_sequence_agrees::<f64>();
    several_outputs_agree::<f64>();
    derivatives_agree::<f64>();
}

#[test]
fn in_f32() {
    attention_with_sizes_of_its_own_agrees::<f32>();
    given_states_agree::<f32>();
    attention_to_another_sequence_agrees::<f32>();
    several_outputs_agree::<f32>();
    derivatives_agree::<f32>();
}
