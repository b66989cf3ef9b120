//! A pole on a cart, which is pushed to the left or to the right at every step: the task of Barto, Sutton
//! and Anderson, with the numbers and the limit of 500 steps of Gymnasium's `CartPole-v1`.

use rand::{Rng, RngExt};
use tapeless::prelude::SVector;

/// Position, speed, angle and angular speed.
pub type State = SVector<f32, 4>;

/// The steps of an episode in which the pole never falls.
pub const LONGEST: u32 = 500;

/// Episodes of this length on average are a success.
pub const SOLVED: u32 = 475;

const GRAVITY: f32 = 9.8;
const CART: f32 = 1.0;
const POLE: f32 = 0.1;
const HALF_LENGTH: f32 = 0.5;
const PUSH: f32 = 10.0;
const SECONDS: f32 = 0.02;
const GREATEST_ANGLE: f32 = 12.0 * std::f32::consts::PI / 180.0;
const GREATEST_POSITION: f32 = 2.4;

/// A cart with its pole.
pub struct CartPole {
    state: State,
    steps: u32,
}

/// What became of an episode in a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Episode {
    /// It goes on.
    Going,
    /// The pole fell or the cart left.
    Failed,
    /// It is over because it was long enough.
    Long,
}

impl CartPole {
    /// A pole that stands nearly upright.
    pub fn new<R: Rng>(rng: &mut R) -> Self {
        Self { state: State::from_fn(|_, _| rng.random_range(-0.05..0.05)), steps: 0 }
    }

    /// Where it is.
    pub fn state(&self) -> State {
        self.state
    }

    /// A push to the left (0) or to the right (1); every step that the pole stands is worth 1.
    pub fn push(&mut self, action: u8) -> Episode {
        let [_, speed, angle, turning] = self.state.into();
        let force = if action == 1 { PUSH } else { -PUSH };
        let (sin, cos) = angle.sin_cos();
        let pushed = (force + POLE * HALF_LENGTH * turning * turning * sin) / (CART + POLE);
        let inertia = HALF_LENGTH * (4.0 / 3.0 - POLE * cos * cos / (CART + POLE));
        let turned = (GRAVITY * sin - cos * pushed) / inertia;
        let moved = pushed - POLE * HALF_LENGTH * turned * cos / (CART + POLE);
        self.state += State::from([speed, moved, turning, turned]) * SECONDS;
        self.steps += 1;
        let [position, _, angle, _] = self.state.into();
        if position.abs() > GREATEST_POSITION || angle.abs() > GREATEST_ANGLE {
            Episode::Failed
        } else if self.steps == LONGEST {
            Episode::Long
        } else {
            Episode::Going
        }
    }
}

/// The mean length of some episodes in which each action is what `choose` says.
pub fn mean_length<R: Rng>(episodes: u32, rng: &mut R, choose: impl Fn(&State) -> u8) -> f32 {
    let mut total = 0;
    for _ in 0..episodes {
        let mut cart = CartPole::new(rng);
        while cart.push(choose(&cart.state)) == Episode::Going {}
        total += cart.steps;
    }
    total as f32 / episodes as f32
}
