//! Proximal policy optimisation of an action that is a number: the policy is a normal distribution.

use std::error::Error;
use std::f32::consts::PI;

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use tapeless::prelude::*;

use crate::pendulum::{Pendulum, State, mean_reward};
use crate::rollout::{Minibatch, Step, weigh};

network! {
    /// The distribution of the torque, and what the state is worth.
    pub Actor {
        input state[n: 3];
        param log_deviation ~ zeros();
        output torque = 2 * <linear(64); tanh; linear(64); tanh; linear(1)>(state);
        output deviation = exp(log_deviation);
        output value = <linear(64); tanh; linear(64); tanh; linear(1)>(state);
    }

    /// The loss of `ppo.rs`, with the density of the action in place of its probability.
    loss gaussian_ppo(torque, deviation, value; action, old, advantage, worth; clip = 0.2) {
        log_p = -0.5 * ((action - torque) / deviation)^2 - ln(deviation) - 0.5 * ln(2 * pi);
        ratio = exp(log_p - old);
        gain = min(ratio * advantage, clamp(ratio, 1 - clip, 1 + clip) * advantage);
        y = -gain + 0.5 * (value - worth)^2;
    }
}

/// Steps with one policy, and samples in a step of training.
const ROLLOUT: usize = 4096;
const BATCH: usize = 256;

/// What the future is worth.
const DISCOUNT: f32 = 0.9;

/// Rewards are made as small as what a network says at first.
const REWARD_SCALE: f32 = 0.1;

/// Trains an actor.
pub fn train(seed_of_all: u64, rollouts: usize) -> Result<Box<Actor>, Box<dyn Error>> {
    let mut rng = seed(seed_of_all);
    let mut actor = Actor::new(&mut rng);
    let (mut gradient, mut pass) = (Actor::zeros(), Actor::pass(BATCH));
    let mut adam = Adam { lr: 1e-3, ..Adam::default() }.over(&actor)?;
    let mut pendulum = Pendulum::new(&mut rng);
    for rollout in 1..=rollouts {
        let mut steps = play(&actor, &mut pendulum, &mut rng);
        weigh(&mut steps, DISCOUNT);
        for _epoch in 0..10 {
            steps.shuffle(&mut rng);
            for batch in steps.chunks_exact(BATCH).map(Minibatch::from) {
                let targets = GaussianPpoTargets {
                    action: &batch.actions,
                    old: &batch.log_p,
                    advantage: &batch.advantage,
                    worth: &batch.worth,
                };
                let outputs = actor.forward_batch(&batch.states, &mut pass)?;
                outputs.loss(GaussianPpo::default(), &targets)?.backward(&mut gradient);
                gradient.clip_norm(0.5);
                adam.step(&mut actor, &gradient);
            }
        }
        if rollout % 5 == 0 {
            let reward = mean_reward(20, &mut rng, |state| act(&actor, state));
            println!("step {:6}   mean reward of 20 episodes {reward:7.1}", rollout * ROLLOUT);
        }
    }
    Ok(actor)
}

/// The likeliest torque.
pub fn act(actor: &Actor, state: &State) -> f32 {
    actor.forward(state).torque[0]
}

/// Steps of torques that are drawn as the policy says.
fn play<R: Rng>(actor: &Actor, pendulum: &mut Pendulum, rng: &mut R) -> Vec<Step<3, f32>> {
    let mut steps = Vec::with_capacity(ROLLOUT);
    while steps.len() < ROLLOUT {
        let state = pendulum.state();
        let ActorOutputs { torque, deviation, value } = actor.forward(&state);
        let (noise, deviation): (f32, f32) = (rng.sample(StandardNormal), deviation[0]);
        let action = torque[0] + deviation * noise;
        let log_p = -0.5 * (noise * noise + (2.0 * PI).ln()) - deviation.ln();
        let reward = REWARD_SCALE * pendulum.turn(action);
        let is_last = pendulum.is_over() || steps.len() + 1 == ROLLOUT;
        let after = is_last.then(|| actor.forward(&pendulum.state()).value[0]);
        if pendulum.is_over() {
            *pendulum = Pendulum::new(rng);
        }
        steps.push(Step { state, action, log_p, reward, value: value[0], after, advantage: 0.0 });
    }
    steps
}
