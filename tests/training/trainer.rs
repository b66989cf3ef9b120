//! The trainer: a run that goes on has the bits of one that was never interrupted, and every setting does what
//! it says.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::Path;

use nalgebra::Const;
use tapeless::checkpoint::CheckpointError;
use tapeless::metrics::{Accuracy, MeanAbsoluteError};
use tapeless::optimizer::OptimizerError;
use tapeless::prelude::*;
use tapeless::schedule::{CosineAnnealingLr, Mode, OneCycleLr, ReduceLrOnPlateau};
use tapeless::trainer::{
    EarlyStopping, History, Measure, Progress, Stop, TrainError, TrainingData, from_fn,
};

network! {
    /// Dropout and running statistics: everything that a run has to remember.
    Net< linear(2, 8); batch_norm1d; tanh; dropout(0.2); head: linear(3) >

    Plain< linear(2, 6); tanh; linear(3) >

    Both {
        input point[i: 2];
        input word: index(5);
        h = <linear(4); tanh>(concat(point, embedding(3)(word)));
        output kind = linear(2)(h);
        output size = linear(1)(h);
    }

    loss apart(kind[c: C], size; label: class, length; weight = 1) =
        cross_entropy(kind, label) + weight * mean_squared_error(size, length);
}

const SAMPLES: usize = 50;

fn point(sample: usize) -> [f32; 2] {
    [(sample * 7 % 23) as f32 / 11.0 - 1.0, (sample * 5 % 19) as f32 / 9.0 - 1.0]
}

fn points(samples: &[usize]) -> Samples<f32, Const<2>> {
    Samples::<f32, Const<2>>::from_iterator(samples.len(), samples.iter().flat_map(|&k| point(k)))
}

fn label(sample: usize) -> u8 {
    let [x, y] = point(sample);
    if x.hypot(y) < 0.7 { 0 } else { 1 + u8::from(x > y) }
}

type Points = Samples<f32, Const<2>>;

fn data() -> impl TrainingData<Inputs = Points, Targets = Vec<u8>> {
    from_fn(SAMPLES, |samples| (points(samples), samples.iter().map(|&k| label(k)).collect()))
}

type ByAdam<'a, N> = Trainer<'a, N, Points, Vec<u8>, CrossEntropy<'static>, Adam>;

fn trainer<'a, N: Network>() -> ByAdam<'a, N> {
    Trainer::new(CrossEntropy::default(), Adam { lr: 0.01, ..Adam::default() })
        .batch_size(8)
        .progress(Progress::Silent)
}

fn numbers(model: &Net) -> Vec<u32> {
    model.as_slice().iter().chain(model.states()).map(|x| x.to_bits()).collect()
}

/// The history without what the clock says.
fn timeless(mut history: History) -> History {
    history.rows.iter_mut().for_each(|row| row.seconds = 0.0);
    history
}

/// Trains for so many epochs, from the beginning or from a checkpoint, with everything that has a state.
fn run(
    epochs: u64,
    file: &Path,
    resume: bool,
    arrange: impl Fn(ByAdam<'static, Net>) -> ByAdam<'static, Net>,
) -> (Vec<u32>, History) {
    let mut model = Net::new(&mut seed(if resume { 99 } else { 1 }));
    let trainer = trainer()
        .epochs(epochs)
        .seed(5)
        .clip_norm(1.0)
        .group("head.", Group { lr_factor: 0.5, ..Group::default() })
        .validation_split(0.2)
        .metric(Accuracy::default())
        .checkpoints(file, 2);
    let trainer = if resume { trainer.resume(file) } else { trainer };
    let history = arrange(trainer).fit(&mut model, &data()).unwrap();
    (numbers(&model), timeless(history))
}

#[test]
fn a_run_that_goes_on_has_the_same_bits() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("run.safetensors");
    let stopping = EarlyStopping { patience: 4, ..EarlyStopping::default() };
    let plateau = ReduceLrOnPlateau { patience: 0, ..ReduceLrOnPlateau::default() };
    let cosine = CosineAnnealingLr { t_max: 7, eta_min: 0.0 };
    let cycle = OneCycleLr::new(0.02, 35);
    let arrangements: [&dyn Fn(ByAdam<'static, Net>) -> ByAdam<'static, Net>; 5] = [
        &|trainer| trainer,
        &|trainer| trainer.early_stopping(stopping).schedule(cosine),
        &|trainer| trainer.schedule_by_step(cycle).accumulate(2),
        &|trainer| trainer.reduce_on_plateau(plateau, Measure::Loss).drop_last(),
        &|trainer| trainer.early_stopping(stopping).reduce_on_plateau(plateau, Measure::Loss),
    ];
    for (number, arrange) in arrangements.into_iter().enumerate() {
        let whole = run(7, &file, false, arrange);
        for epochs in [1, 2, 4] {
            let first = run(epochs, &file, false, arrange);
            assert!(first.1.rows.len() as u64 == epochs && first.0 != whole.0);
            let next = run(7, &file, true, arrange);
            assert_eq!(next.1, whole.1, "arrangement {number}, {epochs} epochs");
            assert_eq!(next.0, whole.0, "arrangement {number}, {epochs} epochs");
        }
    }
}

#[test]
fn a_run_is_cut_off_between_two_checkpoints() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("run.safetensors");
    let whole = run(6, &file, false, |trainer| trainer);
    // A step within the fourth epoch is the last: the file is that of the second.
    let mut model = Net::new(&mut seed(1));
    let cut = |step: &tapeless::trainer::Step| match step.step {
        17 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let history = trainer()
        .epochs(6)
        .seed(5)
        .clip_norm(1.0)
        .group("head.", Group { lr_factor: 0.5, ..Group::default() })
        .validation_split(0.2)
        .metric(Accuracy::default())
        .checkpoints(&file, 2)
        .on_step(cut)
        .fit(&mut model, &data())
        .unwrap();
    assert_eq!((history.stop, history.rows.len()), (Stop::Callback, 4));
    assert_eq!(run(6, &file, true, |trainer| trainer), whole);
}

#[test]
fn a_checkpoint_of_another_run_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("run.safetensors");
    trainer::<Net>().checkpoints(&file, 1).fit(&mut Net::new(&mut seed(1)), &data()).unwrap();
    let refused = |trainer: ByAdam<'_, Net>| {
        let mut model = Net::new(&mut seed(2));
        let before = numbers(&model);
        let error = { trainer }.resume(&file).fit(&mut model, &data()).unwrap_err();
        assert_eq!(numbers(&model), before);
        let text = error.to_string();
        text.strip_prefix(&format!("{}: ", file.display())).unwrap_or(&text).to_owned()
    };
    for (trainer, expected) in [
        (trainer().seed(3), "`trainer.seed` is 0, expected 3"),
        (trainer().batch_size(7), "`trainer.batch_size` is 8, expected 7"),
        (trainer().accumulate(2), "`trainer.accumulate` is 1, expected 2"),
        (trainer().validation_split(0.5), "`trainer.samples` is 50, expected 25"),
        (trainer().metric(Accuracy::default()), "`history.metrics` is , expected accuracy"),
        (
            trainer().early_stopping(EarlyStopping::default()),
            "there is no part `best` in it; it has `history`, `optimizer`, `random`, `trainer`",
        ),
    ] {
        assert_eq!(refused(trainer), expected);
    }
    let mut model = Plain::new(&mut seed(2));
    let other = trainer::<Plain>().resume(&file).fit(&mut model, &data()).unwrap_err();
    assert!(matches!(other, TrainError::Checkpoint(CheckpointError::Record { .. })), "{other}");
    let mut by_sgd =
        Trainer::new(CrossEntropy::default(), Sgd::default()).batch_size(8).resume(&file);
    let error = by_sgd.fit(&mut Net::new(&mut seed(2)), &data()).unwrap_err().to_string();
    assert!(error.ends_with(": `optimizer.rule` is Adam, expected Sgd"), "{error}");
    let mut absent = trainer::<Net>().resume(directory.path().join("absent"));
    let error = absent.fit(&mut Net::new(&mut seed(2)), &data()).unwrap_err();
    assert!(matches!(error, TrainError::Checkpoint(CheckpointError::Io { .. })), "{error}");
}

#[test]
fn what_cannot_be_done_is_an_error() {
    fn error(trainer: ByAdam<'_, Plain>) -> TrainError {
        { trainer }.fit(&mut Plain::new(&mut seed(1)), &data()).unwrap_err()
    }
    for (trainer, expected) in [
        (trainer().batch_size(0), "`batch_size` must be at least 1, but is 0"),
        (trainer().accumulate(0), "`accumulate` must be at least 1, but is 0"),
        (trainer().checkpoints("run", 0), "`checkpoints` must be at least 1, but is 0"),
        (
            trainer().validation_split(1.0),
            "`validation_split` must be above 0 and below 1, but is 1",
        ),
        (trainer().validation_split(0.001), "there are no samples to validate on: 50 in all"),
        (trainer().batch_size(64).drop_last(), "there are no samples to train on: 50 in all"),
        (
            trainer().metric(Accuracy::default()).early_stopping(EarlyStopping {
                measure: Measure::Metric("recall"),
                ..EarlyStopping::default()
            }),
            "no metric is called `recall`; there are accuracy",
        ),
        (
            trainer().reduce_on_plateau(ReduceLrOnPlateau::default(), Measure::Metric("recall")),
            "no metric is called `recall`; there are none",
        ),
        (trainer().group("hed.", Group::default()), "no parameter is called `hed.`"),
    ] {
        assert_eq!(error(trainer).to_string(), expected);
    }
    let negative = CosineAnnealingLr { t_max: 1, eta_min: -2.0 };
    let refused = error(trainer().epochs(2).schedule(negative));
    assert!(
        matches!(refused, TrainError::Optimizer(OptimizerError::OutOfRange { .. })),
        "{refused}"
    );
    let nothing = from_fn(0, |samples| (points(samples), Vec::<u8>::new()));
    let mut model = Plain::new(&mut seed(1));
    for error in [
        trainer().fit(&mut model, &nothing).map(drop).unwrap_err(),
        trainer().validation(&nothing).fit(&mut model, &data()).map(drop).unwrap_err(),
        trainer().evaluate(&*model, &nothing).map(drop).unwrap_err(),
    ] {
        assert!(matches!(error, TrainError::NoSamples { found: 0, .. }), "{error}");
    }
    let wrong = from_fn(5, |samples| (points(samples), vec![3u8; samples.len()]));
    let error = trainer().fit(&mut model, &wrong).unwrap_err().to_string();
    assert_eq!(error, "sample 0 has the label 3, but there are 3 classes: 0 to 2");
}

/// The same by hand.
fn by_hand(epochs: u64, orders: &[Vec<usize>]) -> Box<Plain> {
    let mut model = Plain::new(&mut seed(1));
    let (mut gradient, mut pass) = (Plain::zeros(), Plain::pass(8));
    let mut adam = Adam { lr: 0.01, ..Adam::default() }.over(&model).unwrap();
    for epoch in 0..epochs {
        for samples in orders[usize::try_from(epoch).unwrap()].chunks(8) {
            let (x, labels) = data().batch(samples);
            let logits = model.forward_batch(&x, &mut pass).unwrap();
            logits.loss(CrossEntropy::default(), &labels).unwrap().backward(&mut gradient);
            gradient.clip_value(0.05);
            adam.step(&mut model, &gradient);
        }
    }
    model
}

#[test]
fn it_is_the_loop_written_by_hand() {
    let orders = RefCell::new(Vec::new());
    let seen = from_fn(SAMPLES, |samples| {
        orders.borrow_mut().extend_from_slice(samples);
        data().batch(samples)
    });
    let mut model = Plain::new(&mut seed(1));
    let mut steps = Vec::new();
    let history = trainer()
        .epochs(3)
        .clip_value(0.05)
        .on_step(|step| {
            steps.push((step.step, step.epoch, step.lr, step.gradient_norm));
            ControlFlow::Continue(())
        })
        .fit(&mut model, &seen)
        .unwrap();
    let orders: Vec<Vec<usize>> = orders.borrow().chunks(SAMPLES).map(<[usize]>::to_vec).collect();
    assert_eq!(orders.len(), 3);
    for order in &orders {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..SAMPLES).collect::<Vec<_>>());
    }
    assert!(orders[0] != orders[1] && orders[1] != orders[2]);
    assert_eq!(model.as_slice(), by_hand(3, &orders).as_slice());
    assert_eq!((history.rows.len(), history.stop), (3, Stop::Done));
    assert!(history.rows[2].loss < history.rows[0].loss);
    assert_eq!(steps.len(), 21);
    assert_eq!((steps[0], steps[20]), ((1, 1, 0.01, None), (21, 3, 0.01, None)));
}

#[test]
fn small_batches_add_up_to_a_large_one() {
    let fitted = |size: usize, batches: usize| {
        let mut model = PlainOf::<f64>::new(&mut seed(1));
        let inputs = |samples: &[usize]| points(samples).map(f64::from);
        let data = from_fn(SAMPLES, |samples| {
            (inputs(samples), samples.iter().map(|&k| label(k)).collect::<Vec<u8>>())
        });
        Trainer::new(CrossEntropy::default(), Sgd { lr: 0.1, ..Sgd::default() })
            .epochs(2)
            .batch_size(size)
            .accumulate(batches)
            .progress(Progress::Silent)
            .fit(&mut model, &data)
            .unwrap();
        model
    };
    let whole = fitted(24, 1);
    for (size, batches) in [(12, 2), (8, 3), (1, 24)] {
        let parts = fitted(size, batches);
        let pairs = parts.as_slice().iter().zip(whole.as_slice());
        let greatest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(greatest < 1e-14, "{batches} batches of {size}: {greatest}");
    }
}

#[test]
fn the_best_epoch_is_restored() {
    // The rate grows until the network is worse than before.
    struct Growing;
    impl Schedule for Growing {
        fn lr(&self, base: f64, step: u64) -> f64 {
            if step < 4 { base } else { 100.0 * base }
        }
    }
    let (mut model, copies) = (Plain::new(&mut seed(1)), RefCell::new(Vec::new()));
    let settings = EarlyStopping {
        measure: Measure::Metric("accuracy"),
        mode: Mode::Max,
        patience: 3,
        min_delta: 0.001,
    };
    let mut training = trainer()
        .epochs(30)
        .schedule(Growing)
        .validation_split(0.3)
        .metric(Accuracy::default())
        .early_stopping(settings)
        .on_epoch(|epoch: &tapeless::trainer::Epoch<Plain>| {
            copies.borrow_mut().push(epoch.model.to_box());
            ControlFlow::Continue(())
        });
    let history = training.fit(&mut model, &data()).unwrap();
    let accuracy = history.metric("accuracy").unwrap();
    let best = history.best_epoch.unwrap();
    assert_eq!((history.stop, history.rows.len() as u64), (Stop::Early, best + 3));
    let at = usize::try_from(best - 1).unwrap();
    assert!(accuracy.iter().all(|&other| other <= accuracy[at] + 0.001));
    assert_eq!(model.as_slice(), copies.borrow()[at].as_slice());
    assert_ne!(model.as_slice(), copies.borrow().last().unwrap().as_slice());
}

#[test]
fn callbacks_steps_and_schedules_end_training() {
    let mut model = Plain::new(&mut seed(1));
    let history = trainer()
        .epochs(9)
        .on_epoch(|epoch| match epoch.history.rows.len() {
            4 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
        .fit(&mut model, &data())
        .unwrap();
    assert_eq!((history.stop, history.rows.len()), (Stop::Callback, 4));
    // Seven steps an epoch: the third has one.
    let schedule = CosineAnnealingLr { t_max: 2, eta_min: 0.0 };
    let history = trainer().steps(15).schedule(schedule).fit(&mut model, &data()).unwrap();
    let rates: Vec<f64> = history.rows.iter().map(|row| row.lr).collect();
    assert_eq!((history.stop, rates.len()), (Stop::Done, 3));
    assert!(
        (rates[0] - 0.01).abs() < 1e-15 && (rates[1] - 0.005).abs() < 1e-15 && rates[2] < 1e-15
    );
    let cycle = OneCycleLr::new(0.1, 15);
    let history = trainer().steps(15).schedule_by_step(cycle).fit(&mut model, &data()).unwrap();
    let rates: Vec<f64> = history.rows.iter().map(|row| row.lr).collect();
    assert_eq!(rates, [6, 13, 14].map(|step| cycle.lr(0.01, step)));
    assert_eq!(trainer().epochs(0).fit(&mut model, &data()).unwrap().rows, []);
}

#[test]
fn several_inputs_outputs_and_targets_are_trained() {
    let words = |samples: &[usize]| -> Vec<u16> {
        samples.iter().map(|&k| u16::try_from(k % 5).unwrap()).collect()
    };
    let data = from_fn(SAMPLES, |samples| {
        let inputs = BothInputs { point: points(samples), word: words(samples) };
        let targets = ApartTargets {
            label: samples.iter().map(|&k| u8::from(k % 5 > 2)).collect::<Vec<_>>(),
            length: samples.iter().map(|&k| (k % 5) as f32 / 4.0).collect::<Vec<_>>(),
        };
        (inputs, targets)
    });
    let mut model = Both::new(&mut seed(1));
    let loss = Apart { weight: 2.0 };
    let mut trainer = Trainer::new(loss, Adam { lr: 0.02, ..Adam::default() })
        .epochs(20)
        .batch_size(10)
        .validation_split(0.2)
        .progress(Progress::Silent);
    let history = trainer.fit(&mut model, &data).unwrap();
    assert!(history.last().unwrap().validation_loss.unwrap() < 0.1, "{history:?}");
    let evaluation = trainer.evaluate(&*model, &data).unwrap();
    assert!(evaluation.loss < 0.1);
}

#[test]
fn metrics_are_of_the_validation_or_of_the_training() {
    let real = from_fn(SAMPLES, |samples| {
        let targets: Vec<f32> = samples.iter().flat_map(|&k| [point(k)[0]; 3]).collect();
        (points(samples), targets)
    });
    let two = from_fn(2, |samples| (points(samples), vec![0.0f32; 3 * samples.len()]));
    let mut model = Plain::new(&mut seed(1));
    let frozen = Sgd { lr: 0.0, ..Sgd::default() };
    let trainer = || {
        Trainer::new(MeanSquaredError::default(), frozen)
            .metric(MeanAbsoluteError::default())
            .progress(Progress::Silent)
    };
    let of_training = trainer().fit(&mut model, &real).unwrap();
    let of_validation = trainer().validation(&two).fit(&mut model, &real).unwrap();
    let [all, few] =
        [trainer().evaluate(&*model, &real).unwrap(), trainer().evaluate(&*model, &two).unwrap()];
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
    let (training, validation) = (&of_training.rows[0], &of_validation.rows[0]);
    close(training.metrics[0], all.metrics[0]);
    close(training.loss, all.loss);
    assert_eq!(training.validation_loss, None);
    assert_eq!(validation.metrics, few.metrics);
    assert_eq!(validation.validation_loss, Some(few.loss));
    assert_ne!(few.metrics, all.metrics);
}
