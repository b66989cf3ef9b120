//! Networks inside networks: fields of their own type, with the parameters of the whole in one run.

#[path = "gradients/differences.rs"]
mod differences;

use differences::{BATCH, check, model, numbers, unset, view};
use tapeless::checkpoint::to_bytes;
use tapeless::prelude::*;
use tapeless::real::Real;
use tapeless::transfer::transfer;

network! {
    /// Reads.
    pub Encoder {
        input x[i: 5];
        param scale[i: 5] ~ uniform(1);
        h = <linear(4); tanh>(scale * x);
        output mean = linear(3)(h);
        output spread = linear(3)(h);
    }

    /// Writes.
    pub Decoder< linear(3, 4); gelu; out: linear(5) >

    /// Both, and the decoder twice.
    pub Autoencoder {
        input x[i: 5];
        input noise[z: 3];
        mean, spread = Encoder(x);
        output y = Decoder(mean + exp(spread) * noise);
        output again = reuse decoder(mean);
    }

    /// A network of networks of networks, one of them twice with parameters of its own, and without an output.
    pub Whole {
        input x[i: 5];
        input noise[z: 3];
        y, again = Autoencoder(x, noise);
        _, second = second: Autoencoder(again, noise);
        only, _ = Encoder(y);
        output z = concat(only, second);
    }

    /// In chains, which begin with the shape of the network.
    pub Classifier< Decoder; tanh; body: { reader: Reader; linear(2) } >
    pub Reader< linear(5, 3); Decoder; linear(4) >

    /// With states, which lie behind the parameters of the whole.
    pub Features< linear(5, 3); norm: batch_norm1d; tanh >
    pub Pair {
        input a[i: 5];
        input b[i: 5];
        first = Features(a);
        other = other: Features(a);
        output y = linear(2)(concat(first, reuse features(b), other));
    }
    pub Around< input(5); own: Features; batch_norm1d; linear(2) >
}

fn keys<N: Network>() -> Vec<&'static str> {
    N::PARAMETERS.iter().map(|info| info.name).collect()
}

#[test]
fn a_network_inside_another_is_a_field() {
    let mut model = model::<AutoencoderOf<f64>>();
    let expected = [
        "encoder.scale",
        "encoder.h.0.weight",
        "encoder.h.0.bias",
        "encoder.mean.weight",
        "encoder.mean.bias",
        "encoder.spread.weight",
        "encoder.spread.bias",
        "decoder.0.weight",
        "decoder.0.bias",
        "decoder.out.weight",
        "decoder.out.bias",
    ];
    assert_eq!(keys::<Autoencoder>(), expected);
    let parts = [model.encoder.as_slice(), model.decoder.as_slice()].concat();
    assert_eq!(model.as_slice(), parts);
    model.decoder.out.bias.fill(7.0);
    assert_eq!(model.as_slice().last(), Some(&7.0));
    assert_eq!(
        model.as_slice()[Autoencoder::range("decoder.").unwrap()],
        *model.decoder.as_slice()
    );

    let x = SVector::from([0.3, -0.4, 0.5, 1.0, -1.5]);
    let noise = SVector::from([0.5, 0.25, -1.0]);
    let whole = model.forward(AutoencoderInputs { x: &x, noise: &noise });
    let code = model.encoder.forward(&x);
    let mixed = code.mean + code.spread.map(f64::exp).component_mul(&noise);
    assert!((model.decoder.forward(&mixed) - whole.y).amax() < 1e-14);
    assert!((model.decoder.forward(&code.mean) - whole.again).amax() < 1e-14);
}

#[test]
fn a_part_is_trained_saved_and_copied_alone() {
    let mut rng = seed(3);
    let mut whole = Autoencoder::new(&mut rng);
    let before = whole.to_box();
    let mut pass = Decoder::pass(2);
    let mut gradient = Decoder::zeros();
    let mut adam = Adam::default().over(&&whole.decoder).unwrap();
    let (code, target) = ([0.5f32, -1.0, 0.25, 1.0, 0.0, 2.0], [1.0f32; 10]);
    let code = Samples::<f32, Const<3>>::from_column_slice(&code);
    let target = Samples::<f32, Const<5>>::from_column_slice(&target);
    let mut losses = Vec::new();
    for _ in 0..50 {
        let outputs = whole.decoder.forward_batch(&code, &mut pass).unwrap();
        let loss = outputs.loss(MeanSquaredError::default(), &target).unwrap();
        losses.push(loss.value());
        loss.backward(&mut gradient);
        adam.step(&mut whole.decoder, &gradient);
    }
    assert!(losses[49] < 0.9 * losses[0]);
    assert_eq!(whole.encoder.as_slice(), before.encoder.as_slice());
    assert_ne!(whole.decoder.as_slice(), before.decoder.as_slice());

    let mut alone = Decoder::new(&mut rng);
    Checkpoint::from_bytes(&*to_bytes(&whole.decoder).unwrap()).load(&mut *alone).unwrap();
    assert_eq!(alone.as_slice(), whole.decoder.as_slice());
    alone.out.bias.fill(3.0);
    let report = transfer(&*alone, &mut whole.decoder);
    assert_eq!(report.taken, keys::<Decoder>());
    assert_eq!(whole.decoder.out.bias[0], 3.0);
}

#[test]
fn a_part_is_trained_through_the_whole() {
    let mut whole = Autoencoder::new(&mut seed(3));
    let before = whole.to_box();
    let (mut pass, mut gradient) = (Autoencoder::pass(2), Autoencoder::zeros());
    let mut adam = Adam { lr: 1e-2, ..Adam::default() }.over(&&whole.encoder).unwrap();
    let x = Samples::<f32, Const<5>>::from_fn(2, |i, j| (i as f32 - 2.0 * j as f32) / 5.0);
    let noise = Samples::<f32, Const<3>>::from_element(2, 0.1);
    let mut losses = Vec::new();
    for _ in 0..50 {
        let inputs = AutoencoderInputs { x: &x, noise: &noise };
        let outputs = whole.forward_batch(inputs, &mut pass).unwrap();
        let loss = outputs.loss(OnOutput("y", MeanSquaredError::default()), &x).unwrap();
        losses.push(loss.value());
        loss.backward(&mut gradient);
        adam.step(&mut whole.encoder, &gradient.encoder);
    }
    assert!(losses[49] < 0.9 * losses[0], "{losses:?}");
    assert_eq!(whole.decoder.as_slice(), before.decoder.as_slice());
    assert_ne!(whole.encoder.as_slice(), before.encoder.as_slice());
}

#[test]
fn networks_stand_in_networks_of_networks() {
    let model = model::<WholeOf<f64>>();
    let names = keys::<Whole>();
    let inner = keys::<Autoencoder>();
    assert_eq!(names[0], "autoencoder.encoder.scale");
    assert_eq!(names[inner.len()], "second.encoder.scale");
    assert_eq!(names.last(), Some(&"encoder.spread.bias"));
    let parts = [model.autoencoder.as_slice(), model.second.as_slice(), model.encoder.as_slice()];
    assert_eq!(model.as_slice(), parts.concat());
    let x = SVector::from([0.3, -0.4, 0.5, 1.0, -1.5]);
    let noise = SVector::from([0.5, 0.25, -1.0]);
    let first = model.autoencoder.forward(AutoencoderInputs { x: &x, noise: &noise });
    let again = AutoencoderInputs { x: &first.again, noise: &noise };
    let second = model.second.forward(again).again;
    let only = model.encoder.forward(&first.y).mean;
    let z = model.forward(WholeInputs { x: &x, noise: &noise });
    assert!((z.fixed_rows::<3>(0) - only).amax() < 1e-14);
    assert!((z.fixed_rows::<5>(3) - second).amax() < 1e-14);
}

#[test]
fn networks_stand_in_chains() {
    let model = model::<ClassifierOf<f64>>();
    let expected = [
        "decoder.0.weight",
        "decoder.0.bias",
        "decoder.out.weight",
        "decoder.out.bias",
        "body.reader.0.weight",
        "body.reader.0.bias",
        "body.reader.decoder.0.weight",
        "body.reader.decoder.0.bias",
        "body.reader.decoder.out.weight",
        "body.reader.decoder.out.bias",
        "body.reader.2.weight",
        "body.reader.2.bias",
        "body.1.weight",
        "body.1.bias",
    ];
    assert_eq!(keys::<Classifier>(), expected);
    let x = SVector::from([0.3, -0.4, 0.5]);
    let read = model.body_reader.forward(&model.decoder.forward(&x).map(f64::tanh));
    let expected = model.body_linear1.weight.tr_mul(&read) + model.body_linear1.bias;
    assert!((model.forward(&x) - expected).amax() < 1e-14);
    let inner: &DecoderOf<f64> = &model.body_reader.decoder;
    assert_eq!(inner.as_slice().len(), 3 * 4 + 4 + 4 * 5 + 5);
}

/// The sum of all outputs, each times a weight, and the gradient on them.
macro_rules! gradients_are_right {
    ($network:ident, $inputs:expr, $seeds:expr, $outputs:ident => $values:expr) => {{
        let (model, inputs) = (model::<$network<f64>>(), $inputs);
        let (mut pass, mut gradient) = ($network::pass(BATCH), unset::<$network<f64>>());
        let outputs = model.forward_batch(inputs, &mut pass).unwrap();
        outputs.backward($seeds, &mut gradient).unwrap();
        check(&*gradient, |model: &$network<f64>| {
            let outputs = model.forward_batch(inputs, &mut pass).unwrap();
            let $outputs = outputs.values();
            $values
        });
    }};
}

#[test]
fn gradients_go_through_parts() {
    let [x, noise] = [(5, 1), (3, 2)].map(|(width, salt)| numbers(width * BATCH, salt));
    let [five, eight, two] = [5, 8, 2].map(|width| numbers(width * BATCH, 7));
    let times = |values: &[f64], weights: &[f64]| -> f64 {
        values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
    };
    gradients_are_right!(
        AutoencoderOf,
        AutoencoderInputs { x: view::<Const<5>>(&x), noise: view::<Const<3>>(&noise) },
        AutoencoderOutputs { y: view::<Const<5>>(&five), again: view::<Const<5>>(&five) },
        outputs => {
            let [y, again] = [outputs.y, outputs.again];
            times(y.as_slice(), &five) + times(again.as_slice(), &five)
        }
    );
    gradients_are_right!(
        WholeOf,
        WholeInputs { x: view::<Const<5>>(&x), noise: view::<Const<3>>(&noise) },
        view::<Const<8>>(&eight),
        outputs => times(outputs.as_slice(), &eight)
    );
    gradients_are_right!(
        ClassifierOf,
        view::<Const<3>>(&noise),
        view::<Const<2>>(&two),
        outputs => times(outputs.as_slice(), &two)
    );
    gradients_are_right!(
        PairOf,
        PairInputs { a: view::<Const<5>>(&x), b: view::<Const<5>>(&x[..]) },
        view::<Const<2>>(&two),
        outputs => times(outputs.as_slice(), &two)
    );
}

#[test]
fn states_of_parts_lie_behind_all_parameters() {
    let model = model::<PairOf<f64>>();
    let expected = [
        "features.0.weight",
        "features.0.bias",
        "features.norm.weight",
        "features.norm.bias",
        "features.norm.running_mean",
        "features.norm.running_var",
        "other.0.weight",
        "other.0.bias",
        "other.norm.weight",
        "other.norm.bias",
        "other.norm.running_mean",
        "other.norm.running_var",
        "y.weight",
        "y.bias",
    ];
    assert_eq!(keys::<Pair>(), expected);
    let one = 3 * 5 + 3 + 3 + 3;
    assert_eq!(model.as_slice().len(), 2 * one + 9 * 2 + 2);
    assert_eq!(model.as_slice()[one], model.other.linear0.weight[0]);
    let states = [&model.states.features.norm, &model.states.other.norm];
    let [first, other] = [states[0].running_mean[0], states[1].running_var[2]];
    assert_eq!((model.states()[0], model.states()[11]), (first, other));

    let alone = model.part::<FeaturesOf<f64>>("other.").unwrap();
    assert_eq!(alone.states.norm.running_var, model.states.other.norm.running_var);
    assert_eq!(alone.linear0.weight, model.other.linear0.weight);
}

#[test]
fn a_part_with_states_runs_alone_and_goes_back() {
    let mut model = model::<PairOf<f64>>();
    model.states.features.norm.running_var = SVector::from([2.0, 0.5, 3.0]);
    model.states.other.norm.running_var.fill(0.25);
    let (a, b) = (SVector::repeat(0.5), SVector::from([0.3, -0.4, 0.5, 1.0, -1.5]));
    let features = model.part::<FeaturesOf<f64>>("features.").unwrap();
    let mut other = model.part::<FeaturesOf<f64>>("other.").unwrap();
    let mut joined = SVector::<f64, 9>::zeros();
    joined.fixed_rows_mut::<3>(0).copy_from(&features.forward(&a));
    joined.fixed_rows_mut::<3>(3).copy_from(&features.forward(&b));
    joined.fixed_rows_mut::<3>(6).copy_from(&other.forward(&a));
    let expected = model.y.weight.tr_mul(&joined) + model.y.bias;
    let found = model.forward(PairInputs { a: &a, b: &b });
    assert!((found - expected).amax() < 1e-14);

    other.norm.bias.fill(7.0);
    other.states.norm.running_mean.fill(3.0);
    let first = model.features.norm.bias;
    model.set_part("other.", &*other).unwrap();
    assert_eq!((model.other.norm.bias[2], model.features.norm.bias), (7.0, first));
    assert_eq!(model.states.other.norm.running_mean[1], 3.0);
    // In f32 too, rounded.
    let rounded = model.part::<Features>("other.").unwrap();
    assert_eq!(rounded.linear0.weight, model.other.linear0.weight.map(f32::of));
}

#[test]
fn what_is_no_part_is_an_error() {
    let mut model = model::<PairOf<f64>>();
    let before = model.to_box();
    let error = model.part::<Features>("othr.").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the part has `0.weight`, but nothing is called `othr.0.weight` in the whole"
    );
    let error = model.set_part("", &*Reader::zeros()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the part has `0.weight`, but nothing is called `0.weight` in the whole"
    );
    let around = Around::zeros();
    let error = around.part::<Decoder>("own.").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`own.0.weight` has the shape [3, 5] in the whole, and [4, 3] in the part"
    );
    assert_eq!(model.as_slice(), before.as_slice());
}

#[test]
fn states_of_a_part_that_stands_twice_move_twice() {
    let (model, inputs) = (model::<PairOf<f64>>(), [1, 5].map(|salt| numbers(5 * BATCH, salt)));
    let (mut pass, mut gradient) = (PairOf::pass(BATCH), PairOf::<f64>::zeros());
    let [a, b] = &inputs;
    let given = PairInputs { a: view::<Const<5>>(a), b: view::<Const<5>>(b) };
    let seeds = numbers(2 * BATCH, 7);
    let outputs = model.forward_batch(given, &mut pass).unwrap();
    outputs.backward(view::<Const<2>>(&seeds), &mut gradient).unwrap();
    let part = &model.features;
    let mut expected = model.states.features.norm.running_mean;
    for x in &inputs {
        let rows = view::<Const<5>>(x);
        let mean = part.linear0.weight.tr_mul(&rows.column_mean()) + part.linear0.bias;
        expected = 0.9 * expected + 0.1 * mean;
    }
    assert!((gradient.states.features.norm.running_mean - expected).amax() < 1e-14);
}

#[test]
fn a_part_and_the_whole_have_states() {
    let model = model::<AroundOf<f64>>();
    assert_eq!(model.own.norm.weight.len(), 3);
    let states = [
        model.states.own.norm.running_mean.as_slice(),
        model.states.own.norm.running_var.as_slice(),
        model.states.batch_norm1d1.running_mean.as_slice(),
        model.states.batch_norm1d1.running_var.as_slice(),
    ];
    assert_eq!(model.states(), states.concat());
}

#[test]
fn what_is_said_of_a_network_names_its_parts() {
    let names: Vec<&str> = Classifier::summary().layers.iter().map(|layer| layer.name).collect();
    let expected = ["decoder.0", "decoder.1", "decoder.out", "1", "body.reader.0"];
    assert_eq!(names[..5], expected);
    assert_eq!(Classifier::summary().parameters(), ClassifierOf::<f32>::zeros().as_slice().len());
    assert!(Classifier::explain().contains("\ndecoder.out: linear(4, 5) "));
}
