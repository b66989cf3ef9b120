use super::{Options, Trained, points};
use tapeless::prelude::*;

network! {
    /// u_t + 6·u·u_x + u_xxx = 0, which begins as a solitary wave, ½ sech²(x/2), and is at rest far from it.
    pub KortewegDeVries {
        input x; input t;
        h = <linear(24); tanh; linear(24); tanh; linear(1)>(concat(x / 4, t));
        output u = 2 / (exp(x / 2) + exp(-x / 2))^2 + t * (1 - (x / 10)^2)^2 * h;
        output residual = d(u, t) + 6 * u * d(u, x) + d(d(d(u, x), x), x);
    }
    loss equation(residual;) = residual^2;
}

pub fn train(options: &Options) -> Trained<KortewegDeVriesOf<f64>> {
    let mut model = KortewegDeVriesOf::<f64>::new(&mut seed(options.seed));
    let (mut gradient, mut pass) = (KortewegDeVriesOf::zeros(), KortewegDeVriesOf::pass(256));
    let mut adam = Adam::default().over(&model)?;
    for step in 0..options.steps {
        let [x, t] = points([-10.0..10.0, 0.0..1.0], step);
        let outputs = model.forward_batch(KortewegDeVriesInputs { x: &x, t: &t }, &mut pass)?;
        let loss = outputs.loss(Equation::default(), &())?;
        adam.set_lr(options.rate(step, loss.value()))?;
        loss.backward(&mut gradient);
        adam.step(&mut model, &gradient);
    }
    Ok(model)
}
