//! Networks with bodies, and losses of their outputs: against plain Rust, against chains, and by differences.

#[path = "gradients/differences.rs"]
mod differences;

use differences::{BATCH, check, model, numbers, unset, view};
use nalgebra::DMatrix;
use tapeless::loss::LossError;
use tapeless::network::{ArrayInfo, BatchError, ParameterInfo};
use tapeless::prelude::*;

network! {
    block hidden< linear(7); tanh >

    /// Two inputs, two outputs, a parameter of its own, and every kind of statement.
    pub Agent {
        input image[c: 2, h: 5, w: 4];
        input joints[n: 3];
        input time;
        param scale[n: 3] ~ uniform(1);
        index k: 2;
        eye = <conv2d(3, 2); relu; flatten>(image);
        scaled = scale * joints;
        first[k] = scaled[k] * time;
        trunk = hidden(concat(eye, scaled, first, time));
        output policy = linear(4)(trunk) + 0.5 * linear(4)(scaled);
        output value = linear(1)(trunk);
        output raw = joints;
    }

    /// A chain and a body that mean the same.
    Chain1< hidden1: linear(3, 5); relu; out: linear(2) >
    Body1 { input x[i: 3]; hidden1 = linear(5)(x); output out = linear(2)(relu(hidden1)); }

    /// Steps of a sequence, each with its class.
    Tagger< input(4, 3); gru(5); linear(3) >

    loss ppo(policy[a: A], value; action: class, old, advantage, target; clip = 0.2, entropy = 0.01) {
        log_p[a] = log_softmax(policy)[a];
        ratio    = exp(log_p[action] - old);
        gain     = min(ratio * advantage, clamp(ratio, 1 - clip, 1 + clip) * advantage);
        y = -gain + 0.5 * (value - target)^2 + entropy * sum(a: exp(log_p[a]) * log_p[a]);
    }
    loss weighted(value; target, weight) { samples = weight; y = weight * (value - target)^2; }
    loss all_policy(policy; wanted) = abs(policy - wanted);
    loss steps(logits[s: S, c: C]; tag[s: S]: class, mask[s: S]) {
        log_p[s, c] = log_softmax(logits)[s, c];
        samples = sum(s: mask[s]);
        y = -sum(s: mask[s] * log_p[s, tag[s]]);
    }
    loss chosen(q[a: A]; action: class, target) = (q[action] - target)^2;
    Values< linear(3, 4) >
}

/// The inputs of a batch.
fn inputs() -> [Vec<f64>; 3] {
    [numbers(40 * BATCH, 1), numbers(3 * BATCH, 2), numbers(BATCH, 3)]
}

macro_rules! agent_inputs {
    ($inputs:expr) => {
        AgentInputs {
            image: view::<Const<40>>(&$inputs[0]),
            joints: view::<Const<3>>(&$inputs[1]),
            time: view::<Const<1>>(&$inputs[2]),
        }
    };
}

#[test]
fn a_body_says_what_its_inputs_and_outputs_are() {
    let names = |all: &[ArrayInfo]| all.iter().map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(names(Agent::INPUTS), ["image", "joints", "time"]);
    assert_eq!(names(Agent::OUTPUTS), ["policy", "value", "raw"]);
    assert_eq!(Agent::INPUTS[0].shape, [2, 5, 4]);
    assert_eq!((Agent::INPUTS[2].shape, Agent::INPUTS[2].len()), (&[][..], 1));
    let keys: Vec<&str> = Agent::PARAMETERS.iter().map(|info| info.name).collect();
    let expected = [
        "scale",
        "eye.0.weight",
        "eye.0.bias",
        "trunk.0.weight",
        "trunk.0.bias",
        "policy_linear.weight",
        "policy_linear.bias",
        "policy_linear2.weight",
        "policy_linear2.bias",
        "value.weight",
        "value.bias",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn samples_alone_and_in_a_batch_are_the_same() {
    let (model, given) = (model::<AgentOf<f64>>(), inputs());
    let mut pass = AgentOf::pass(BATCH);
    let outputs = model.forward_batch(agent_inputs!(given), &mut pass).unwrap();
    let AgentOutputs { policy, value, raw } = outputs.values();
    for sample in 0..BATCH {
        let one = model.forward(AgentInputs {
            image: &SVector::from_column_slice(&given[0][40 * sample..][..40]),
            joints: &SVector::from_column_slice(&given[1][3 * sample..][..3]),
            time: &SVector::from([given[2][sample]]),
        });
        assert!((one.policy - policy.column(sample)).amax() < 1e-12);
        assert!((one.value - value.column(sample)).amax() < 1e-12);
        assert_eq!(one.raw, raw.column(sample));
    }
}

#[test]
fn a_body_means_what_the_chain_means() {
    let (chain, body) = (model::<Chain1Of<f64>>(), model::<Body1Of<f64>>());
    let x = SVector::from([0.3, -0.4, 0.5]);
    assert_eq!(chain.forward(&x), body.forward(&x));
    assert_eq!(chain.jacobian(&x), body.jacobian(&x));
    let keys =
        |all: &[ParameterInfo]| all.iter().map(|one| one.name.to_owned()).collect::<Vec<_>>();
    assert_eq!(keys(Chain1::PARAMETERS), keys(Body1::PARAMETERS));
}

#[test]
fn gradients_of_all_outputs_are_right() {
    let (model, given) = (model::<AgentOf<f64>>(), inputs());
    let (mut pass, mut gradient) = (AgentOf::pass(BATCH), unset::<AgentOf<f64>>());
    let weights = [4, 1, 3].map(|width: usize| numbers(width * BATCH, 7));
    let outputs = model.forward_batch(agent_inputs!(given), &mut pass).unwrap();
    let seeds = AgentOutputs {
        policy: view::<Const<4>>(&weights[0]),
        value: view::<Const<1>>(&weights[1]),
        raw: view::<Const<3>>(&weights[2]),
    };
    outputs.backward(seeds, &mut gradient).unwrap();
    check(&*gradient, |model: &AgentOf<f64>| {
        let outputs = model.forward_batch(agent_inputs!(given), &mut pass).unwrap();
        let AgentOutputs { policy, value, raw } = outputs.values();
        let values = policy.iter().chain(value.iter()).chain(raw.iter());
        values.zip(weights.concat()).map(|(value, weight)| value * weight).sum()
    });
}

const ACTIONS: [u8; BATCH] = [3, 0, 2];

#[test]
fn a_loss_of_several_outputs_is_its_equation() {
    let (model, given) = (model::<AgentOf<f64>>(), inputs());
    let [old, advantage, target] = [11, 12, 13].map(|salt| numbers(BATCH, salt));
    let targets =
        PpoTargets { action: &ACTIONS, old: &old, advantage: &advantage, target: &target };
    let (mut pass, mut gradient) = (AgentOf::pass(BATCH), unset::<AgentOf<f64>>());
    let outputs = model.forward_batch(agent_inputs!(given), &mut pass).unwrap();
    let AgentOutputs { policy, value, .. } = outputs.values();
    let of_sample = |n: usize| {
        let total: f64 = policy.column(n).iter().map(|one| one.exp()).sum();
        let log_p: Vec<f64> = policy.column(n).iter().map(|one| one - total.ln()).collect();
        let ratio = (log_p[usize::from(ACTIONS[n])] - old[n]).exp();
        let gain = (ratio * advantage[n]).min(ratio.clamp(0.8, 1.2) * advantage[n]);
        let entropy: f64 = log_p.iter().map(|one| one.exp() * one).sum();
        -gain + 0.5 * (value[n] - target[n]).powi(2) + 0.01 * entropy
    };
    let expected = (0..BATCH).map(of_sample).sum::<f64>() / BATCH as f64;
    let loss = outputs.loss(Ppo::default(), &targets).unwrap();
    assert!((loss.value() - expected).abs() < 1e-12);
    loss.backward(&mut gradient);
    check(&*gradient, |model: &AgentOf<f64>| {
        let mut outputs = model.forward_batch(agent_inputs!(given), &mut pass).unwrap();
        outputs.loss_value(Ppo::default(), &targets).unwrap()
    });
}

#[test]
fn two_losses_on_one_pass_add_up() {
    let (model, given) = (model::<AgentOf<f64>>(), inputs());
    let [target, wanted] = [numbers(BATCH, 13), numbers(4 * BATCH, 14)];
    let weight = [2.0, 0.0, 0.5];
    let (mut pass, mut gradient) = (AgentOf::pass(BATCH), unset::<AgentOf<f64>>());
    let weighted = WeightedTargets { target: &target, weight: &weight };
    let wanted = view::<Const<4>>(&wanted);
    let outputs = model.forward_batch(agent_inputs!(given), &mut pass).unwrap();
    let AgentOutputs { policy, value, .. } = outputs.values();
    let squares = (0..BATCH).map(|n| weight[n] * (value[n] - target[n]).powi(2));
    let expected =
        squares.sum::<f64>() / 2.5 + 0.3 * (policy - wanted).abs().sum() / (4 * BATCH) as f64;
    let loss = outputs.loss(Weighted::default(), &weighted).unwrap();
    let loss = loss.plus(0.3, AllPolicy::default(), &wanted).unwrap();
    assert!((loss.value() - expected).abs() < 1e-12);
    loss.backward(&mut gradient);
    check(&*gradient, |model: &AgentOf<f64>| {
        let mut outputs = model.forward_batch(agent_inputs!(given), &mut pass).unwrap();
        let first = outputs.loss_value(Weighted::default(), &weighted).unwrap();
        first + 0.3 * outputs.loss_value(AllPolicy::default(), &wanted).unwrap()
    });
    let evaluated =
        model.evaluate_loss(agent_inputs!(given), AllPolicy::default(), &wanted, &mut pass);
    let first =
        model.evaluate_loss(agent_inputs!(given), Weighted::default(), &weighted, &mut pass);
    assert!((first.unwrap() + 0.3 * evaluated.unwrap() - expected).abs() < 1e-12);
}

#[test]
fn each_step_of_a_sequence_has_its_class() {
    let model = model::<TaggerOf<f64>>();
    let (inputs, mut pass) = (numbers(12 * BATCH, 1), TaggerOf::pass(BATCH));
    let tags: Vec<usize> = (0..4 * BATCH).map(|k| (k * 5 + 1) % 3).collect();
    let mask: Vec<f64> = (0..4 * BATCH).map(|k| f64::from(u8::from(k % 3 != 0))).collect();
    let targets = StepsTargets { tag: &tags, mask: &mask };
    let mut gradient = unset::<TaggerOf<f64>>();
    let outputs = model.forward_batch(view::<Const<12>>(&inputs), &mut pass).unwrap();
    let logits: Vec<f64> = outputs.values().iter().copied().collect();
    let of_step = |(k, logits): (usize, &[f64])| {
        let total: f64 = logits.iter().map(|one| one.exp()).sum();
        mask[k] * (total.ln() - logits[tags[k]])
    };
    let sum: f64 = logits.chunks(3).enumerate().map(of_step).sum();
    let loss = outputs.loss(Steps::default(), &targets).unwrap();
    assert!((loss.value() - sum / mask.iter().sum::<f64>()).abs() < 1e-12);
    loss.backward(&mut gradient);
    check(&*gradient, |model: &TaggerOf<f64>| {
        let mut outputs = model.forward_batch(view::<Const<12>>(&inputs), &mut pass).unwrap();
        outputs.loss_value(Steps::default(), &targets).unwrap()
    });
}

#[test]
fn a_chain_takes_a_loss_that_chooses() {
    let model = model::<ValuesOf<f64>>();
    let (inputs, mut pass) = (numbers(3 * BATCH, 1), ValuesOf::pass(BATCH));
    let targets = ChosenTargets { action: &ACTIONS, target: &numbers(BATCH, 4) };
    let mut gradient = unset::<ValuesOf<f64>>();
    let outputs = model.forward_batch(view::<Const<3>>(&inputs), &mut pass).unwrap();
    outputs.loss(Chosen::default(), &targets).unwrap().backward(&mut gradient);
    check(&*gradient, |model: &ValuesOf<f64>| {
        let mut outputs = model.forward_batch(view::<Const<3>>(&inputs), &mut pass).unwrap();
        outputs.loss_value(Chosen::default(), &targets).unwrap()
    });
}

#[test]
fn inputs_and_targets_that_do_not_fit_are_refused() {
    let (model, given) = (model::<AgentOf<f64>>(), inputs());
    let mut pass = AgentOf::pass(BATCH);
    let few = numbers(3 * (BATCH - 1), 2);
    let inputs = AgentInputs { joints: view::<Const<3>>(&few), ..agent_inputs!(given) };
    let error = model.forward_batch(inputs, &mut pass).unwrap_err();
    assert_eq!(error, BatchError::Input { input: "joints", expected: BATCH, found: BATCH - 1 });
    let inputs = AgentInputs {
        image: &DMatrix::<f64>::zeros(39, BATCH),
        joints: view::<Const<3>>(&given[1]),
        time: view::<Const<1>>(&given[2]),
    };
    let error = model.forward_batch(inputs, &mut pass).unwrap_err();
    assert_eq!(
        error.to_string(),
        "image of `AgentOf<f64>`: expected 40 rows, a column a sample, found 39"
    );

    let numbers = numbers(BATCH, 5);
    let right = || PpoTargets {
        action: &ACTIONS[..],
        old: &numbers[..],
        advantage: &numbers[..],
        target: &numbers[..],
    };
    let error = |targets: PpoTargets<&[u8], &[f64], &[f64], &[f64]>, loss: Ppo| {
        let mut pass = AgentOf::pass(BATCH);
        let outputs = model.forward_batch(agent_inputs!(given), &mut pass).unwrap();
        outputs.loss(loss, &targets).unwrap_err()
    };
    let found = error(PpoTargets { action: &[0, 4, 1], ..right() }, Ppo::default());
    assert_eq!(found, LossError::Label { sample: 1, label: 4, classes: 4 });
    let found = error(PpoTargets { old: &numbers[1..], ..right() }, Ppo::default());
    assert_eq!(found, LossError::Samples { expected: BATCH, found: BATCH - 1 });
    let found = error(right(), Ppo { clip: f64::NAN, ..Ppo::default() });
    assert!(matches!(found, LossError::Setting { setting: "clip", .. }));
    let loss = error(right(), Ppo { clip: f64::NAN, entropy: 0.0 });
    assert!(loss.to_string().contains("clip"));
}
