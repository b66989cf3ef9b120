//! Proximal policy optimisation: a policy and a value of each state, trained on what the policy itself
//! has just done.

use std::error::Error;

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use tapeless::prelude::*;

use crate::cartpole::{CartPole, Episode, LONGEST, State, mean_length};
use crate::rollout::{Minibatch, Step, weigh};

network! {
    /// The logarithms of how likely each action is, up to a constant, and what the state is worth.
    pub Agent {
        input state[n: 4];
        output policy = <linear(64); tanh; linear(64); tanh; linear(2)>(state);
        output value = <linear(64); tanh; linear(64); tanh; linear(1)>(state);
    }

    /// Schulman et al. 2017: no gain from moving the policy further than `clip`.
    loss ppo(policy[a: A], value; action: class, old, advantage, worth; clip = 0.2, entropy = 0.01) {
        log_p[a] = log_softmax(policy)[a];
        ratio = exp(log_p[action] - old);
        gain = min(ratio * advantage, clamp(ratio, 1 - clip, 1 + clip) * advantage);
        y = -gain + 0.5 * (value - worth)^2 + entropy * sum(a: exp(log_p[a]) * log_p[a]);
    }
}

/// Steps with one policy, and samples in a step of training.
const ROLLOUT: usize = 2048;
const BATCH: usize = 128;

/// What the future is worth.
const DISCOUNT: f32 = 0.99;

/// Trains an agent until its episodes are nearly as long as they can be; a network that acts.
pub fn train(seed_of_all: u64, rollouts: usize) -> Result<Box<Agent>, Box<dyn Error>> {
    let mut rng = seed(seed_of_all);
    let mut agent = Agent::new(&mut rng);
    let (mut gradient, mut pass) = (Agent::zeros(), Agent::pass(BATCH));
    let mut adam = Adam { lr: 1e-3, ..Adam::default() }.over(&agent)?;
    let mut cart = CartPole::new(&mut rng);
    for rollout in 1..=rollouts {
        let mut steps = play(&agent, &mut cart, &mut rng);
        weigh(&mut steps, DISCOUNT);
        for _epoch in 0..8 {
            steps.shuffle(&mut rng);
            for batch in steps.chunks_exact(BATCH).map(Minibatch::from) {
                let targets = PpoTargets {
                    action: &batch.actions,
                    old: &batch.log_p,
                    advantage: &batch.advantage,
                    worth: &batch.worth,
                };
                let outputs = agent.forward_batch(&batch.states, &mut pass)?;
                outputs.loss(Ppo::default(), &targets)?.backward(&mut gradient);
                gradient.clip_norm(0.5);
                adam.step(&mut agent, &gradient);
            }
        }
        let length = mean_length(10, &mut rng, |state| act(&agent, state));
        println!("step {:6}   mean length of 10 episodes {length:5.1}", rollout * ROLLOUT);
        if length == LONGEST as f32 {
            break;
        }
    }
    Ok(agent)
}

/// The likeliest action.
pub fn act(agent: &Agent, state: &State) -> u8 {
    u8::from(agent.forward(state).policy.imax() == 1)
}

/// Steps of actions that are drawn as likely as the policy says.
fn play<R: Rng>(agent: &Agent, cart: &mut CartPole, rng: &mut R) -> Vec<Step<4, u8>> {
    let mut steps = Vec::with_capacity(ROLLOUT);
    while steps.len() < ROLLOUT {
        let state = cart.state();
        let AgentOutputs { policy, value } = agent.forward(&state);
        let right = 1.0 / (1.0 + (policy[0] - policy[1]).exp());
        let action = u8::from(rng.random::<f32>() < right);
        let log_p = if action == 1 { right.ln() } else { (1.0 - right).ln() };
        let episode = cart.push(action);
        let is_last = steps.len() + 1 == ROLLOUT;
        let after = match episode {
            Episode::Failed => Some(0.0),
            Episode::Going if !is_last => None,
            _ => Some(agent.forward(&cart.state()).value[0]),
        };
        if episode != Episode::Going {
            *cart = CartPole::new(rng);
        }
        let (reward, value) = (1.0, value[0]);
        steps.push(Step { state, action, log_p, reward, value, after, advantage: 0.0 });
    }
    steps
}
