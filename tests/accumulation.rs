//! Gradients of small batches add up to that of a large one, and states are nobody's to add or scale.

use tapeless::prelude::*;

network! {
    Net< linear(3, 8); tanh; linear(4) >
    Normed< linear(3, 6); batch_norm1d; relu; linear(4) >
}

const SAMPLES: usize = 12;

fn data() -> Dataset<f64> {
    let features: Vec<_> =
        (0..SAMPLES * 3).map(|k| ((k * 37 + 11) % 101) as f64 / 50.0 - 1.0).collect();
    let labels: Vec<_> = (0..4u8).cycle().take(SAMPLES).collect();
    let data = Dataset::new().with_reals("x", 3, features).unwrap();
    data.with_integers("y", 1, labels).unwrap()
}

/// The sum of the gradients of batches of one size, each weighted by its part of all samples.
fn accumulated(model: &NetOf<f64>, size: usize) -> Box<NetOf<f64>> {
    let (mut sum, mut part) = (NetOf::zeros(), NetOf::zeros());
    let mut pass = NetOf::pass(size);
    for batch in data().batches(size) {
        let logits = model.forward_batch(batch.matrix("x").unwrap(), &mut pass).unwrap();
        let loss = logits.loss(CrossEntropy::default(), batch.integers("y").unwrap()).unwrap();
        loss.backward(&mut part);
        sum.add(&part, batch.len() as f64 / SAMPLES as f64);
    }
    sum
}

#[test]
fn small_batches_add_up_to_a_large_one() {
    let model = NetOf::<f64>::new(&mut seed(1));
    let at_once = accumulated(&model, SAMPLES);
    for size in [1, 4, 5] {
        let mut difference = accumulated(&model, size);
        difference.add(&at_once, -1.0);
        assert!(difference.norm() < 1e-15 * at_once.norm().max(1.0), "batches of {size}");
    }
}

#[test]
fn states_are_not_touched() {
    let mut gradient = Normed::zeros();
    gradient.as_mut_slice().fill(3.0);
    gradient.states_mut().fill(7.0);
    let other = gradient.to_box();
    gradient.add(&other, 2.0);
    gradient.scale(0.5);
    let count = gradient.as_slice().len() as f64;
    let norm = gradient.norm();
    assert!((norm - 4.5 * count.sqrt()).abs() < 1e-12);
    assert_eq!(gradient.clip_norm(1.0), norm);
    gradient.clip_value(0.01);
    assert!(gradient.as_slice().iter().all(|&g| g == 0.01));
    assert!(gradient.states().iter().all(|&state| state == 7.0));
}

#[test]
fn what_is_no_number_is_told_by_the_norm() {
    let mut gradient = Net::zeros();
    gradient.as_mut_slice().fill(1.0);
    gradient.as_mut_slice()[5] = f32::INFINITY;
    assert_eq!(gradient.clip_norm(1.0), f64::INFINITY);
    assert!(gradient.as_slice()[5].is_nan() && gradient.as_slice()[4] == 0.0);
    assert!(gradient.clip_norm(1.0).is_nan() && gradient.as_slice()[4].is_nan());
}

/// Gradients on the inputs of a batch.
mod through {
    use nalgebra::DimName;
    use tapeless::network::InputGradients;

    use super::*;

    network! {
        #[input_gradients]
        Dense< linear(3, 8); batch_norm1d; tanh; linear(4) >

        /// Pools, which choose, and more than one path.
        #[input_gradients]
        Images< input(2, 5, 5); residual { conv2d(2, 3, padding = 1); tanh } max_pool2d(2); flatten; linear(3) >

        /// Enough that samples run in tiles.
        #[input_gradients]
        Tiled< input(3, 16, 16); conv2d(24, 3, padding = 1); tanh; conv2d(24, 3); global_avg_pool; linear(2) >

        #[input_gradients]
        Steps< input(4, 3); gru(5); last; linear(2) >

        #[input_gradients]
        Mixed {
            input point[i: 2];
            input word: index(5);
            input scale;
            h = <linear(4); tanh>(concat(point, embedding(3)(word)));
            output kind = linear(2)(h * scale);
            output size = linear(1)(h);
        }

        Generator< linear(2, 6); tanh; linear(3) >
        #[input_gradients]
        Discriminator< linear(3, 5); tanh; linear(1) >
        Both< Generator; Discriminator >
    }

    fn numbers<F: DimName>(samples: usize, salt: usize) -> Samples<f64, F> {
        let number =
            |row: usize, sample: usize| ((sample * 31 + row * 17 + salt) * 29 % 101) as f64;
        Samples::from_fn_generic(F::name(), nalgebra::Dyn(samples), |row, sample| {
            number(row, sample) / 50.0 - 1.0
        })
    }

    /// Some of the gradients on the inputs against 5-point differences, with batch statistics and all.
    fn agrees<N>(samples: usize)
    where
        N: Chain<Scalar = f64>
            + for<'a> InputGradients<GradientViews<'a> = SamplesView<'a, f64, <N as Network>::Inputs>>,
    {
        let model = N::new(&mut seed(1));
        let (mut pass, mut gradient) = (N::pass(samples), N::zeros());
        let x = numbers::<N::Inputs>(samples, 1);
        let weights = numbers::<N::Outputs>(samples, 5);
        let mut value = |x: &Samples<f64, N::Inputs>| {
            let outputs = model.forward_batch(x.as_view(), &mut pass).unwrap();
            outputs.values().dot(&weights)
        };
        let checked: Vec<(usize, f64)> = (0..x.len())
            .step_by(1 + x.len() / 40)
            .map(|at| {
                let mut at_distance = |h: f64| {
                    let mut moved = x.clone();
                    moved.as_mut_slice()[at] += h;
                    value(&moved)
                };
                let h = 1e-3;
                let near = 8.0 * (at_distance(h) - at_distance(-h));
                (at, (near - at_distance(2.0 * h) + at_distance(-2.0 * h)) / (12.0 * h))
            })
            .collect();
        let outputs = model.forward_batch(x.as_view(), &mut pass).unwrap();
        let on_inputs = outputs.backward_through(weights.as_view(), &mut gradient).unwrap();
        assert_eq!(on_inputs.shape(), x.shape());
        for (at, expected) in checked {
            let found = on_inputs.as_slice()[at];
            assert!((found - expected).abs() < 1e-8, "{at}: {found}, expected {expected}");
        }
        // The gradients on the parameters are the same.
        let mut alone = N::zeros();
        let outputs = model.forward_batch(x.as_view(), &mut pass).unwrap();
        outputs.backward(weights.as_view(), &mut alone).unwrap();
        assert_eq!(alone.as_slice(), gradient.as_slice());
        assert!(gradient.norm() > 0.1);
    }

    #[test]
    fn gradients_on_inputs_are_those_of_differences() {
        for samples in [2, 3, 17] {
            agrees::<DenseOf<f64>>(samples);
        }
        for samples in [1, 5] {
            agrees::<ImagesOf<f64>>(samples);
            agrees::<StepsOf<f64>>(samples);
            agrees::<TiledOf<f64>>(samples);
        }
    }

    #[test]
    fn several_inputs_have_a_gradient_each() {
        let model = MixedOf::<f64>::new(&mut seed(1));
        let (mut pass, mut gradient) = (MixedOf::pass(3), MixedOf::zeros());
        let (point, scale) = (numbers::<Const<2>>(3, 1), numbers::<Const<1>>(3, 2));
        let (kind, size) = (numbers::<Const<2>>(3, 3), numbers::<Const<1>>(3, 4));
        let word = [1u8, 4, 1];
        let mut value = |point: &_, scale: &_| {
            let inputs = MixedInputs { point, word: &word, scale };
            let outputs = model.forward_batch(inputs, &mut pass).unwrap();
            let MixedOutputs { kind: found, size: other } = outputs.values();
            found.dot(&kind) + other.dot(&size)
        };
        let h = 1e-4;
        let mut difference = |of_point: bool, at: usize| {
            let mut sides = [h, -h].map(|h| {
                let (mut point, mut scale) = (point.clone(), scale.clone());
                if of_point {
                    point[at] += h;
                } else {
                    scale[at] += h;
                }
                value(&point, &scale)
            });
            sides[0] -= sides[1];
            sides[0] / (2.0 * h)
        };
        let expected = [0, 1, 2, 3, 4, 5].map(|at| difference(true, at));
        let of_scale = [0, 1, 2].map(|at| difference(false, at));
        let inputs = MixedInputs { point: &point, word: &word, scale: &scale };
        let outputs = model.forward_batch(inputs, &mut pass).unwrap();
        let on_outputs = MixedOutputs { kind: &kind, size: &size };
        let on_inputs = outputs.backward_through(on_outputs, &mut gradient).unwrap();
        let found = on_inputs.point.iter().chain(&on_inputs.scale);
        for (found, expected) in found.zip(expected.iter().chain(&of_scale)) {
            assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
        }
        assert_eq!(on_inputs.word, ());
    }

    #[test]
    fn a_generator_learns_through_its_discriminator() {
        let both = BothOf::<f64>::new(&mut seed(1));
        let noise = numbers::<Const<2>>(6, 1);
        let targets = Samples::<f64, Const<1>>::from_element(6, 1.0);
        let loss = MeanSquaredError::default();
        let (mut whole, mut pass) = (BothOf::zeros(), BothOf::pass(6));
        both.forward_batch(&noise, &mut pass)
            .unwrap()
            .loss(loss, &targets)
            .unwrap()
            .backward(&mut whole);
        let (mut of_generator, mut pass) = (GeneratorOf::zeros(), GeneratorOf::pass(6));
        let (mut of_discriminator, mut after) =
            (DiscriminatorOf::zeros(), DiscriminatorOf::pass(6));
        let images = both.generator.forward_batch(&noise, &mut pass).unwrap();
        let seen = images.values().into_owned();
        let judged = both.discriminator.forward_batch(&seen, &mut after).unwrap();
        let on_images =
            judged.loss(loss, &targets).unwrap().backward_through(&mut of_discriminator);
        images.backward(on_images, &mut of_generator).unwrap();
        for (found, expected) in [
            (of_generator.as_slice(), whole.generator.as_slice()),
            (of_discriminator.as_slice(), whole.discriminator.as_slice()),
        ] {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14));
        }
    }

    #[test]
    fn an_empty_batch_has_no_gradients() {
        let model = Dense::new(&mut seed(1));
        let (mut pass, mut gradient) = (Dense::pass(2), Dense::zeros());
        let nothing = Samples::<f32, Const<3>>::zeros(0);
        let outputs = model.forward_batch(&nothing, &mut pass).unwrap();
        let on_outputs = Samples::<f32, Const<4>>::zeros(0);
        let on_inputs = outputs.backward_through(&on_outputs, &mut gradient).unwrap();
        assert_eq!(on_inputs.shape(), (3, 0));
    }
}

/// Parameters that are frozen in the declaration.
mod frozen {
    use tapeless::checkpoint::to_bytes;

    use super::*;

    network! {
        Free< body: { linear(3, 6); batch_norm1d; tanh } head: linear(4) >
        #[frozen("body.", "head.bias")]
        Tuned< body: { linear(3, 6); batch_norm1d; tanh } head: linear(4) >
    }

    #[test]
    fn what_is_frozen_stays_and_has_no_gradient() {
        let free = Free::new(&mut seed(1));
        let mut tuned = Tuned::new(&mut seed(2));
        Checkpoint::from_bytes(to_bytes(&*free).unwrap()).load(&mut *tuned).unwrap();
        assert_eq!(tuned.as_slice(), free.head.weight.as_slice());
        assert_eq!(to_bytes(&*tuned).unwrap(), to_bytes(&*free).unwrap());
        let x = Samples::<f32, Const<3>>::from_fn(5, |row, sample| {
            (row * 5 + sample) as f32 / 7.0 - 1.0
        });
        let labels = [0u8, 1, 2, 3, 1];
        let (mut of_free, mut of_tuned) = (Free::zeros(), Tuned::zeros());
        let (mut pass, mut other) = (Free::pass(5), Tuned::pass(5));
        let loss = free.forward_batch(&x, &mut pass).unwrap();
        loss.loss(CrossEntropy::default(), &labels).unwrap().backward(&mut of_free);
        let loss = tuned.forward_batch(&x, &mut other).unwrap();
        loss.loss(CrossEntropy::default(), &labels).unwrap().backward(&mut of_tuned);
        assert_eq!(of_tuned.as_slice(), of_free.head.weight.as_slice());
        let decay = AdamW { lr: 0.1, weight_decay: 0.5, ..AdamW::default() };
        decay.over(&tuned).unwrap().step(&mut tuned, &of_tuned);
        assert_eq!(tuned.states.body_linear0.weight, free.body_linear0.weight);
        assert_eq!(tuned.states.head.bias, free.head.bias);
        assert_ne!(tuned.head.weight, free.head.weight);
        // Running means go on.
        assert_ne!(
            tuned.states.body_batch_norm1d1.running_mean,
            free.states.body_batch_norm1d1.running_mean
        );
        assert!(!Tuned::explain().contains("dbias") && Free::explain().contains("dbias"));
        assert!(Tuned::range("body.").is_err() && Tuned::range("head.weight").is_ok());
    }
}
