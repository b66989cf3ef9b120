use super::{Options, Trained, points};
use tapeless::prelude::*;

network! {
    /// The energy of a pendulum, whose derivatives are its motion: q̇ = ∂h/∂p, ṗ = −∂h/∂q.
    pub Pendulum {
        input q; input p;
        output h = <linear(32); tanh; linear(32); tanh; linear(1)>(concat(q, p));
        output dq = d(h, p);
        output dp = -d(h, q);
    }
    loss motion(dq, dp; velocity, force) = (dq - velocity)^2 + (dp - force)^2;
}

pub fn train(options: &Options) -> Trained<PendulumOf<f64>> {
    let mut model = PendulumOf::<f64>::new(&mut seed(options.seed));
    let (mut gradient, mut pass) = (PendulumOf::zeros(), PendulumOf::pass(256));
    let mut adam = Adam::default().over(&model)?;
    for step in 0..options.steps {
        let [q, p] = points([-2.5..2.5, -2.5..2.5], step);
        let seen = MotionTargets { velocity: &p, force: &q.map(|q| -q.sin()) };
        let outputs = model.forward_batch(PendulumInputs { q: &q, p: &p }, &mut pass)?;
        let loss = outputs.loss(Motion::default(), &seen)?;
        adam.set_lr(options.rate(step, loss.value()))?;
        loss.backward(&mut gradient);
        adam.step(&mut model, &gradient);
    }
    Ok(model)
}
