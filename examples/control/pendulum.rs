//! A pendulum that is too heavy for its motor: it has to swing before it stands. The task and its numbers
//! are those of Gymnasium's `Pendulum-v1`.

use std::f32::consts::PI;

use rand::{Rng, RngExt};
use tapeless::prelude::SVector;

/// Cosine and sine of the angle, 0 for upright, and the angular speed.
pub type State = SVector<f32, 3>;

/// An episode has as many steps.
pub const STEPS: u32 = 200;

const GRAVITY: f32 = 10.0;
const SECONDS: f32 = 0.05;
const GREATEST_TORQUE: f32 = 2.0;
const GREATEST_SPEED: f32 = 8.0;

/// A pendulum of the length and mass 1.
pub struct Pendulum {
    angle: f32,
    speed: f32,
    steps: u32,
}

impl Pendulum {
    /// One that hangs or stands or is on the way.
    pub fn new<R: Rng>(rng: &mut R) -> Self {
        let (angle, speed) = (rng.random_range(-PI..PI), rng.random_range(-1.0..1.0));
        Self { angle, speed, steps: 0 }
    }

    /// Where it is.
    pub fn state(&self) -> State {
        State::new(self.angle.cos(), self.angle.sin(), self.speed)
    }

    /// Turns the motor; the reward, which is 0 upright and at rest and less elsewhere.
    pub fn turn(&mut self, torque: f32) -> f32 {
        let torque = torque.clamp(-GREATEST_TORQUE, GREATEST_TORQUE);
        let off = (self.angle + PI).rem_euclid(2.0 * PI) - PI;
        let cost = off.powi(2) + 0.1 * self.speed.powi(2) + 0.001 * torque.powi(2);
        self.speed += (1.5 * GRAVITY * self.angle.sin() + 3.0 * torque) * SECONDS;
        self.speed = self.speed.clamp(-GREATEST_SPEED, GREATEST_SPEED);
        self.angle += self.speed * SECONDS;
        self.steps += 1;
        -cost
    }

    /// Whether the episode is over.
    pub fn is_over(&self) -> bool {
        self.steps == STEPS
    }
}

/// The mean reward of some whole episodes in which each torque is what `choose` says.
pub fn mean_reward<R: Rng>(episodes: u32, rng: &mut R, choose: impl Fn(&State) -> f32) -> f32 {
    let mut total = 0.0;
    for _ in 0..episodes {
        let mut pendulum = Pendulum::new(rng);
        while !pendulum.is_over() {
            total += pendulum.turn(choose(&pendulum.state()));
        }
    }
    total / episodes as f32
}
