use super::exact::front;
use super::{Options, Trained, points};
use tapeless::prelude::*;

network! {
    /// u_t + u·u_x = ν·u_xx, where ν is learned from measurements of u.
    pub Burgers {
        input x; input t;
        param nu ~ constant(0.5);
        output u = <linear(16); tanh; linear(16); tanh; linear(1)>(concat(x, t));
        output residual = d(u, t) + u * d(u, x) - nu * d(d(u, x), x);
    }
    loss inverse(u, residual; measured) = (u - measured)^2 + residual^2;
}

pub fn train(options: &Options) -> Trained<BurgersOf<f64>> {
    let mut model = BurgersOf::<f64>::new(&mut seed(options.seed));
    let (mut gradient, mut pass) = (BurgersOf::zeros(), BurgersOf::pass(256));
    let mut adam = Adam::default().over(&model)?;
    for step in 0..options.steps {
        let [x, t] = points([-1.0..1.0, 0.0..1.0], step);
        let outputs = model.forward_batch(BurgersInputs { x: &x, t: &t }, &mut pass)?;
        let loss = outputs.loss(Inverse::default(), &x.zip_map(&t, front))?;
        adam.set_lr(options.rate(step, loss.value()))?;
        loss.backward(&mut gradient);
        adam.step(&mut model, &gradient);
    }
    Ok(model)
}
