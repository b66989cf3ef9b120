//! Deep Q-learning: what each action is worth in each state, trained on what is remembered.

use std::error::Error;

use nalgebra::Dyn;
use rand::RngExt;
use rand::seq::IndexedRandom;
use tapeless::network::BatchError;
use tapeless::pass::Pass;
use tapeless::prelude::*;

use crate::cartpole::{CartPole, Episode, LONGEST, State, mean_length};

network! {
    /// What each action is worth.
    pub Critic< linear(4, 64); relu; linear(64); relu; linear(2) >

    /// The squared error of the action that was taken, and of no other.
    loss bellman(q[a: A]; action: class, worth) = (q[action] - worth)^2;
}

/// Samples in a step of training.
const BATCH: usize = 64;

/// What the future is worth.
const DISCOUNT: f32 = 0.99;

/// Steps until almost no action is drawn any more.
const EXPLORED: u32 = 10_000;

/// How far the network that says what the future is worth follows in a step.
const FOLLOWED: f32 = 0.005;

/// One step that is remembered.
struct Step {
    state: State,
    action: u8,
    next: State,
    failed: bool,
}

/// Trains a network until its episodes are as long as they can be.
pub fn train(seed_of_all: u64, steps: u32) -> Result<Box<Critic>, Box<dyn Error>> {
    let mut rng = seed(seed_of_all);
    let mut critic = Critic::new(&mut rng);
    let (mut target, mut gradient) = (Critic::zeros(), Critic::zeros());
    target.as_mut_slice().copy_from_slice(critic.as_slice());
    let (mut pass, mut target_pass) = (Critic::pass(BATCH), Critic::pass(BATCH));
    let mut adam = Adam::default().over(&critic)?;
    let (mut memory, mut cart) = (Vec::new(), CartPole::new(&mut rng));
    for step in 1..=steps {
        let explored = (step as f32 / EXPLORED as f32).min(1.0);
        let state = cart.state();
        let is_drawn = rng.random::<f32>() > 0.95 * explored;
        let action = if is_drawn { rng.random_range(0..2) } else { act(&critic, &state) };
        let episode = cart.push(action);
        let failed = episode == Episode::Failed;
        memory.push(Step { state, action, next: cart.state(), failed });
        if episode != Episode::Going {
            cart = CartPole::new(&mut rng);
        }
        if memory.len() < 1000 {
            continue;
        }
        let batch: Vec<&Step> = memory.sample(&mut rng, BATCH).collect();
        let action: Vec<u8> = batch.iter().map(|step| step.action).collect();
        let worth = worth(&batch, &target, &mut target_pass)?;
        let states = states(&batch, |step| &step.state);
        let outputs = critic.forward_batch(&states, &mut pass)?;
        let targets = BellmanTargets { action: &action, worth: &worth };
        outputs.loss(Bellman::default(), &targets)?.backward(&mut gradient);
        adam.step(&mut critic, &gradient);
        for (slow, &fast) in target.as_mut_slice().iter_mut().zip(critic.as_slice()) {
            *slow += FOLLOWED * (fast - *slow);
        }
        if step % 2000 == 0 {
            let length = mean_length(10, &mut rng, |state| act(&critic, state));
            println!("step {step:6}   mean length of 10 episodes {length:5.1}");
            if length == LONGEST as f32 {
                break;
            }
        }
    }
    Ok(critic)
}

/// The action that is worth most.
pub fn act(critic: &Critic, state: &State) -> u8 {
    u8::from(critic.forward(state).imax() == 1)
}

/// A column for each step.
fn states(batch: &[&Step], of: impl Fn(&Step) -> &State) -> Samples<f32, Const<4>> {
    Samples::from_fn_generic(Const, Dyn(BATCH), |row, k| of(batch[k])[row])
}

/// What the actions were worth: 1 for the step, and what the best action is worth after it.
fn worth(
    batch: &[&Step],
    target: &Critic,
    pass: &mut Pass<Critic>,
) -> Result<Vec<f32>, BatchError> {
    let future = target.evaluate(&states(batch, |step| &step.next), pass)?;
    let best = future.column_iter().map(|column| column.max());
    let worth = |(step, best): (&&Step, f32)| if step.failed { 1.0 } else { 1.0 + DISCOUNT * best };
    Ok(batch.iter().zip(best).map(worth).collect())
}
