//! Three ways of learning to act. Deep Q-learning and proximal policy optimisation balance a pole on a
//! cart, and a policy that is a normal distribution swings up a pendulum.
//!
//! ```sh
//! cargo run --release --example control                   # all three, one after the other
//! cargo run --release --example control -- --way ppo
//! ```

mod cartpole;
mod dqn;
mod gaussian;
mod pendulum;
mod ppo;
mod rollout;

use std::error::Error;

use clap::{Parser, ValueEnum};
use tapeless::prelude::*;

/// Episodes that a trained network is judged by.
const EPISODES: u32 = 100;

/// What is learned, and how.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    /// The cart and pole, by deep Q-learning
    Dqn,
    /// The cart and pole, by proximal policy optimisation
    Ppo,
    /// The pendulum, by proximal policy optimisation of a normal distribution
    Gaussian,
}

/// Learns to balance a pole and to swing up a pendulum.
#[derive(Parser)]
struct Options {
    /// What is learned, and how; without it, all of them
    #[arg(long, value_enum)]
    way: Option<Way>,
    /// Seed of the parameters, the tasks and the actions
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Takes a few steps, to see that everything works
    #[arg(long)]
    dry_run: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    for way in [Way::Dqn, Way::Ppo, Way::Gaussian] {
        if options.way.is_none_or(|chosen| chosen == way) {
            learn(way, &options)?;
        }
    }
    Ok(())
}

/// Trains a network, and judges it by episodes that it has not seen.
fn learn(way: Way, options: &Options) -> Result<(), Box<dyn Error>> {
    let (steps, rollouts) = if options.dry_run { (1100, 1) } else { (100_000, 50) };
    let mut rng = seed(options.seed.wrapping_add(1));
    match way {
        Way::Dqn => {
            println!("{}\n", dqn::Critic::summary());
            let critic = dqn::train(options.seed, steps)?;
            let act = |state: &_| dqn::act(&critic, state);
            report_length(cartpole::mean_length(EPISODES, &mut rng, act));
        }
        Way::Ppo => {
            println!("{}\n", ppo::Agent::summary());
            let agent = ppo::train(options.seed, rollouts)?;
            let act = |state: &_| ppo::act(&agent, state);
            report_length(cartpole::mean_length(EPISODES, &mut rng, act));
        }
        Way::Gaussian => {
            println!("{}\n", gaussian::Actor::summary());
            let actor = gaussian::train(options.seed, rollouts)?;
            let act = |state: &_| gaussian::act(&actor, state);
            let reward = pendulum::mean_reward(EPISODES, &mut rng, act);
            println!(
                "the pendulum is given {reward:.0} on average in {EPISODES} new episodes; with −300 it is \
                 upright most of the time, and a motor that does nothing is given −1240\n"
            );
        }
    }
    Ok(())
}

fn report_length(length: f32) {
    let (longest, solved) = (cartpole::LONGEST, cartpole::SOLVED);
    println!(
        "the pole stands for {length:.1} of {longest} steps in {EPISODES} new episodes; from {solved} on, \
         the task counts as solved\n"
    );
}
