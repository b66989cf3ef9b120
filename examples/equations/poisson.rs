use super::{Options, Trained, points};
use tapeless::prelude::*;

network! {
    /// Δu = −2π² sin(πx) sin(πy) on the unit square, with u = 0 at its border whatever the layers say.
    pub Poisson {
        input x; input y;
        h = <linear(24); tanh; linear(24); tanh; linear(1)>(concat(x, y));
        output u = x * (1 - x) * y * (1 - y) * h;
        output residual = d(d(u, x), x) + d(d(u, y), y) + 2 * pi^2 * sin(pi * x) * sin(pi * y);
    }
    loss equation(residual;) = residual^2;
}

pub fn train(options: &Options) -> Trained<PoissonOf<f64>> {
    let mut model = PoissonOf::<f64>::new(&mut seed(options.seed));
    let (mut gradient, mut pass) = (PoissonOf::zeros(), PoissonOf::pass(256));
    let mut adam = Adam::default().over(&model)?;
    for step in 0..options.steps {
        let [x, y] = points([0.0..1.0, 0.0..1.0], step);
        let outputs = model.forward_batch(PoissonInputs { x: &x, y: &y }, &mut pass)?;
        let loss = outputs.loss(Equation::default(), &())?;
        adam.set_lr(options.rate(step, loss.value()))?;
        loss.backward(&mut gradient);
        adam.step(&mut model, &gradient);
    }
    Ok(model)
}
