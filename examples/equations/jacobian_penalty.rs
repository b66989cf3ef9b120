use super::exact::Measured;
use super::{Options, Trained};
use tapeless::prelude::*;

network! {
    /// Learns from a few noisy measurements, and is asked not to change more than it must between them.
    pub Smooth {
        input x[i: 2];
        output y = <linear(48); tanh; linear(48); tanh; linear(2)>(x);
        output slope = d(y, x);
    }
    loss fit(y[o: O], slope[o: O, i: I]; measured[o: O]; penalty = 0) =
        sum(o: (y[o] - measured[o])^2) + penalty * sum(o, i: slope[o, i]^2);
}

pub fn train(options: &Options, seen: &Measured, penalty: f64) -> Trained<SmoothOf<f64>> {
    let mut model = SmoothOf::<f64>::new(&mut seed(options.seed));
    let (mut gradient, mut pass) = (SmoothOf::zeros(), SmoothOf::pass(seen.x.ncols()));
    let mut adam = Adam::default().over(&model)?;
    for step in 0..options.steps {
        let outputs = model.forward_batch(&seen.x, &mut pass)?;
        let loss = outputs.loss(Fit { penalty }, &seen.y)?;
        adam.set_lr(options.rate(step, loss.value()))?;
        loss.backward(&mut gradient);
        adam.step(&mut model, &gradient);
    }
    Ok(model)
}
