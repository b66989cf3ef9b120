//! What an agent has done, and how well: the samples of proximal policy optimisation.

use nalgebra::Dyn;
use tapeless::prelude::*;

/// How far the future is looked into for the advantage of an action.
const TRACE: f32 = 0.95;

/// What happened in one step.
pub struct Step<const N: usize, A> {
    /// Where the agent was.
    pub state: SVector<f32, N>,
    /// What it did.
    pub action: A,
    /// The logarithm of how likely that was.
    pub log_p: f32,
    /// What it was given for it.
    pub reward: f32,
    /// What the state was worth, as the agent saw it.
    pub value: f32,
    /// After the last step of an episode: what the state is worth that it leads to.
    pub after: Option<f32>,
    /// How much better the action was than the agent expected.
    pub advantage: f32,
}

/// Generalised advantage estimation; what the agent has a step later is worth `discount`.
pub fn weigh<const N: usize, A>(steps: &mut [Step<N, A>], discount: f32) {
    let (mut next, mut advantage) = (0.0, 0.0);
    for step in steps.iter_mut().rev() {
        if let Some(after) = step.after {
            (next, advantage) = (after, 0.0);
        }
        advantage = step.reward + discount * next - step.value + discount * TRACE * advantage;
        step.advantage = advantage;
        next = step.value;
    }
}

/// The samples of a step of training: a column of `states` each, and a number of all others.
pub struct Minibatch<const N: usize, A> {
    pub states: Samples<f32, Const<N>>,
    pub actions: Vec<A>,
    pub log_p: Vec<f32>,
    /// With the mean 0 and the deviation 1.
    pub advantage: Vec<f32>,
    /// What the states were worth.
    pub worth: Vec<f32>,
}

impl<const N: usize, A: Copy> From<&[Step<N, A>]> for Minibatch<N, A> {
    fn from(steps: &[Step<N, A>]) -> Self {
        let count = steps.len() as f32;
        let mean = steps.iter().map(|step| step.advantage).sum::<f32>() / count;
        let square = |step: &Step<N, A>| (step.advantage - mean).powi(2);
        let deviation = (steps.iter().map(square).sum::<f32>() / count).sqrt() + 1e-8;
        let each = |of: &dyn Fn(&Step<N, A>) -> f32| steps.iter().map(of).collect();
        Self {
            states: Samples::from_fn_generic(Const, Dyn(steps.len()), |row, k| steps[k].state[row]),
            actions: steps.iter().map(|step| step.action).collect(),
            log_p: each(&|step| step.log_p),
            advantage: each(&|step| (step.advantage - mean) / deviation),
            worth: each(&|step| step.advantage + step.value),
        }
    }
}
