//! Saved parameters come back bit by bit, and a file that does not fit changes nothing.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::PathBuf;

use tapeless::checkpoint::{
    CheckpointError, IncompatibleKeys, Medium, OtherShape, load_with, save_to, to_bytes,
};
use tapeless::prelude::*;

network! {
    Labelled< first: linear(3, 4); relu; last: linear(4, 2) >
    Numbered< flatten(3); linear(3, 4); relu; linear(4, 2) >
    Extended< first: linear(3, 4); relu; middle: linear(4, 2) >
    Wider< first: linear(3, 5); relu; last: linear(5, 2) >
}

fn file(directory: &tempfile::TempDir) -> PathBuf {
    directory.path().join("model.safetensors")
}

#[test]
fn parameters_come_back() {
    let directory = tempfile::tempdir().unwrap();
    let model = LabelledOf::<f64>::new(&mut seed(1));
    save(&*model, file(&directory)).unwrap();
    let mut other = LabelledOf::<f64>::new(&mut seed(2));
    assert_ne!(other.as_slice(), model.as_slice());
    load(&mut *other, file(&directory)).unwrap();
    assert_eq!(other.as_slice(), model.as_slice());
}

#[test]
fn a_saved_file_replaces_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    save(&*Labelled::new(&mut seed(1)), file(&directory)).unwrap();
    let model = Labelled::new(&mut seed(2));
    save(&*model, file(&directory)).unwrap();
    let mut other = Labelled::zeros();
    load(&mut *other, file(&directory)).unwrap();
    assert_eq!(other.as_slice(), model.as_slice());
}

#[test]
fn other_parameters_are_named_and_nothing_changes() {
    let directory = tempfile::tempdir().unwrap();
    save(&*Labelled::new(&mut seed(1)), file(&directory)).unwrap();
    let mut numbered = Numbered::new(&mut seed(2));
    let before = numbered.to_box();
    let error = load(&mut *numbered, file(&directory)).unwrap_err().to_string();
    for part in ["missing key `1.weight`", "missing key `3.bias`", "unexpected key `first.weight`"]
    {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(numbered.as_slice(), before.as_slice());
    let error = load(&mut *Wider::zeros(), file(&directory)).unwrap_err().to_string();
    assert!(error.contains("`first.weight` has the shape [4, 3], expected [5, 3]"), "{error}");
}

#[test]
fn bytes_and_streams_hold_what_files_hold() {
    let directory = tempfile::tempdir().unwrap();
    let model = Labelled::new(&mut seed(1));
    save(&*model, file(&directory)).unwrap();
    let bytes = fs::read(file(&directory)).unwrap();
    assert_eq!(to_bytes(&*model).unwrap(), bytes);
    let mut stream = Vec::new();
    save_to(&*model, &mut stream).unwrap();
    assert_eq!(stream, bytes);
    let checkpoints = [Checkpoint::from_bytes(bytes), Checkpoint::from_reader(&*stream).unwrap()];
    for checkpoint in checkpoints {
        let mut other = Labelled::zeros();
        checkpoint.load(&mut *other).unwrap();
        assert_eq!(other.as_slice(), model.as_slice());
    }
}

#[test]
fn readers_and_writers_that_fail_are_errors() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(ErrorKind::ConnectionReset.into())
        }
    }
    let error = Checkpoint::from_reader(Failing).unwrap_err();
    assert!(matches!(error, CheckpointError::Io { medium: Medium::Stream, .. }), "{error}");
    let error = save_to(&*Labelled::zeros(), &mut [0; 100][..]).unwrap_err();
    assert!(error.to_string().starts_with("checkpoint in a stream: "), "{error}");
    let error = Checkpoint::from_bytes(b"no model").load(&mut *Labelled::zeros()).unwrap_err();
    assert!(error.to_string().starts_with("checkpoint in memory: "), "{error}");
}

#[test]
fn keys_are_renamed() {
    let directory = tempfile::tempdir().unwrap();
    let model = Labelled::new(&mut seed(1));
    save(&*model, file(&directory)).unwrap();
    let mut numbered = Numbered::zeros();
    let number = |key: &str| key.replace("first", "1").replace("last", "3");
    load_with(&mut *numbered, file(&directory), number).unwrap();
    assert_eq!(numbered.as_slice(), model.as_slice());
    let both = |key: &str| key.replace("first", "last");
    let several = "`last.bias` is what `first.bias` and `last.bias` are renamed to, expected one";
    let mut other = Labelled::zeros();
    let error = load_with(&mut *other, file(&directory), both).unwrap_err().to_string();
    assert!(error.contains(several) && error.contains("missing key `first.bias`"), "{error}");
    assert!(other.as_slice().iter().all(|&value| value == 0.0));
}

#[test]
fn a_part_is_loaded_and_the_rest_is_named() {
    let model = Labelled::new(&mut seed(1));
    let bytes = to_bytes(&*model).unwrap();
    let checkpoint = || Checkpoint::from_bytes(&*bytes);
    let mut extended = Extended::new(&mut seed(2));
    let before = extended.to_box();
    let keys = checkpoint().load_partial(&mut *extended).unwrap();
    assert_eq!(keys.missing, ["middle.weight", "middle.bias"]);
    assert_eq!(keys.unexpected, ["last.bias", "last.weight"]);
    assert_eq!(extended.first.weight, model.first.weight);
    assert_eq!(extended.middle.weight, before.middle.weight);
    let keys = checkpoint().load_partial(&mut *Labelled::zeros()).unwrap();
    assert_eq!(keys, IncompatibleKeys::default());
    // Another shape is no missing key.
    let mut wider = Wider::new(&mut seed(3));
    let before = wider.to_box();
    let CheckpointError::Mismatch { mismatch, .. } =
        checkpoint().load_partial(&mut *wider).unwrap_err()
    else {
        panic!("another error")
    };
    let shape = |key: &str, found: &[usize], expected: &[usize]| OtherShape {
        key: key.into(),
        found: found.into(),
        expected: expected.into(),
    };
    let expected = [
        shape("first.weight", &[4, 3], &[5, 3]),
        shape("first.bias", &[4], &[5]),
        shape("last.weight", &[2, 4], &[2, 5]),
    ];
    assert_eq!(mismatch.shapes, expected);
    assert_eq!(mismatch.keys, IncompatibleKeys::default());
    assert_eq!(wider.as_slice(), before.as_slice());
}

#[test]
fn damaged_files_are_errors() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory);
    let mut model = Labelled::zeros();
    assert!(load(&mut *model, &path).is_err());
    save(&*Labelled::new(&mut seed(1)), &path).unwrap();
    let bytes = fs::read(&path).unwrap();
    for length in 0..bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        assert!(load(&mut *model, &path).is_err(), "{length} of {} bytes", bytes.len());
    }
    assert!(model.as_slice().iter().all(|&value| value == 0.0));
}

mod of_runs {
    use tapeless::checkpoint::{load_run, run_to_bytes, save_run};
    use tapeless::optimizer::{Optimizer, RmsProp};
    use tapeless::pass::Pass;
    use tapeless::resume::{RecordError, Resumable};
    use tapeless::schedule::ReduceLrOnPlateau;

    use super::*;

    network! { Dropped< first: linear(3, 4); dropout(0.5); last: linear(4, 2) > }

    /// A training by steps, which draws its samples and changes its groups.
    struct Run<R> {
        model: Box<Dropped>,
        optimizer: Optimizer<R, Dropped>,
        pass: Pass<Dropped>,
        rng: rand_chacha::ChaCha8Rng,
        plateau: tapeless::schedule::Plateau,
        steps: u64,
    }

    impl<R: Rule> Run<R> {
        fn new(rule: R, number: u64) -> Self {
            let mut rng = seed(number);
            let model = Dropped::new(&mut rng);
            let optimizer = rule.over(&model).unwrap();
            let plateau = ReduceLrOnPlateau { patience: 1, ..ReduceLrOnPlateau::default() }.start();
            Self { model, optimizer, pass: Dropped::pass(4), rng, plateau, steps: 0 }
        }

        fn step(&mut self) {
            use rand::RngExt;
            let Self { model, optimizer, pass, rng, plateau, steps } = self;
            *steps += 1;
            if *steps == 3 {
                let frozen = Group { frozen: true, ..Group::default() };
                optimizer.set_group("first.bias", frozen).unwrap();
            }
            let x = Samples::<f32, Const<3>>::from_fn(4, |_, _| rng.random());
            let mut gradient = Dropped::zeros();
            let logits = model.forward_batch(&x, pass).unwrap();
            let loss = logits.loss(CrossEntropy::default(), &[0u8, 1, 1, 0]).unwrap();
            let lr = plateau.step(loss.value().into(), optimizer.lr());
            loss.backward(&mut gradient);
            optimizer.step(model, &gradient);
            optimizer.set_lr(lr).unwrap();
        }

        fn save(&self) -> Vec<u8> {
            let Self { model, optimizer, pass, rng, plateau, steps } = self;
            let parts: [(&str, &dyn Resumable); 5] = [
                ("optimizer", optimizer),
                ("pass", pass),
                ("rng", rng),
                ("plateau", plateau),
                ("steps", steps),
            ];
            run_to_bytes(&**model, &parts).unwrap()
        }

        fn load(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
            let Self { model, optimizer, pass, rng, plateau, steps } = self;
            let mut parts: [(&str, &mut dyn Resumable); 5] = [
                ("optimizer", optimizer),
                ("pass", pass),
                ("rng", rng),
                ("plateau", plateau),
                ("steps", steps),
            ];
            Checkpoint::from_bytes(bytes).load_run(&mut **model, &mut parts)
        }
    }

    fn goes_on<R: Rule>(rule: R) {
        let mut whole = Run::new(rule, 1);
        let mut saved = Vec::new();
        for _ in 0..8 {
            saved.push(whole.save());
            whole.step();
        }
        for (steps, bytes) in saved.iter().enumerate() {
            let mut run = Run::new(rule, 2);
            run.load(bytes).unwrap();
            assert_eq!(run.save(), *bytes);
            (steps..8).for_each(|_| run.step());
            assert_eq!(run.model.as_slice(), whole.model.as_slice(), "from step {steps}");
            assert_eq!(run.save(), whole.save());
        }
    }

    #[test]
    fn a_run_goes_on_with_the_same_bits() {
        goes_on(Sgd { lr: 0.1, momentum: 0.9, ..Sgd::default() });
        goes_on(Adam { lr: 0.1, amsgrad: true, ..Adam::default() });
        goes_on(RmsProp { lr: 0.1, centered: true, ..RmsProp::default() });
        goes_on(tapeless::optimizer::NAdam { lr: 0.1, ..Default::default() });
    }

    #[test]
    fn a_network_is_loaded_from_a_run() {
        let directory = tempfile::tempdir().unwrap();
        let mut run = Run::new(Adam::default(), 1);
        run.step();
        fs::write(file(&directory), run.save()).unwrap();
        let mut model = Dropped::zeros();
        load(&mut *model, file(&directory)).unwrap();
        assert_eq!(model.as_slice(), run.model.as_slice());
        let keys = Checkpoint::open(file(&directory)).unwrap().load_partial(&mut *model).unwrap();
        assert_eq!(keys, IncompatibleKeys::default());
        // What is not asked for is passed over.
        let mut steps = 0u64;
        load_run(&mut *model, &mut [("steps", &mut steps)], file(&directory)).unwrap();
        assert_eq!(steps, 1);
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let run = Run::new(Adam::default(), 1);
        let bytes = run.save();
        let mut other = Run::new(Sgd { momentum: 0.5, ..Sgd::default() }, 2);
        other.step();
        let before = other.save();
        let error = other.load(&bytes).unwrap_err().to_string();
        assert_eq!(error, "checkpoint in memory: `optimizer.rule` is Adam, expected Sgd");
        assert_eq!(other.save(), before);
        // The parts fit, and the network does not.
        let (mut steps, mut model) = (7u64, Labelled::zeros());
        let run = run_to_bytes(&*Wider::zeros(), &[("steps", &3u64)]).unwrap();
        let error =
            Checkpoint::from_bytes(&*run).load_run(&mut *model, &mut [("steps", &mut steps)]);
        assert!(matches!(error, Err(CheckpointError::Mismatch { .. })));
        assert_eq!(steps, 7);
        // A file of a network alone.
        let model_alone = to_bytes(&*Labelled::zeros()).unwrap();
        let error = Checkpoint::from_bytes(model_alone)
            .load_run(&mut *model, &mut [("steps", &mut steps)])
            .unwrap_err();
        let expected = "checkpoint in memory: there is no part `steps` in it; it has none";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn names_of_parts_are_checked() {
        let directory = tempfile::tempdir().unwrap();
        let model = Labelled::zeros();
        for parts in
            [&[("a", &1u64 as &dyn Resumable), ("a", &2u64)][..], &[("a.b", &1u64)], &[("", &1u64)]]
        {
            let error = save_run(&*model, parts, file(&directory)).unwrap_err();
            let CheckpointError::Record { source, .. } = error else { panic!("{error}") };
            assert!(matches!(source, RecordError::Name { .. }), "{source}");
            assert!(!file(&directory).exists());
        }
    }

    #[test]
    fn damaged_runs_are_errors_or_what_they_were() {
        let mut run = Run::new(Adam::default(), 1);
        (0..4).for_each(|_| run.step());
        let bytes = run.save();
        let header =
            usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap() + 8;
        let mut other = Run::new(Adam::default(), 2);
        for at in 0..header {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 7);
            let before = other.save();
            if other.load(&damaged).is_err() {
                assert_eq!(other.save(), before, "byte {at}");
            }
        }
        for length in 0..bytes.len() {
            assert!(other.load(&bytes[..length]).is_err(), "{length} bytes");
        }
    }
}

mod of_pytorch {
    use tapeless::real::Real;

    use super::*;

    network! {
        /// Recurrent layers and attention, under labels, numbers and in groups.
        Recurrent<
            input(4, 3);
            encoder: lstm(5);
            gru(4);
            rnn(6);
            inner: { mixer: multihead_attention(6, 3); norm: layer_norm }
            lstm(2, bias = false);
            linear(1);
        >
        /// Batch normalisation, of whose batches PyTorch keeps a count.
        Normalised<
            input(1, 5, 5);
            conv2d(2, 3);
            batch_norm2d;
            flatten;
            tail;
            linear(2);
        >
        /// The same with layers in place of those that are counted.
        Scaled< input(1, 5, 5); conv2d(2, 3); relu; flatten; tail; linear(2) >
        block tail< linear(4); batch_norm1d(affine = false); prelu >
    }

    fn written(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("checkpoints/{name}.safetensors"))
    }

    #[test]
    fn recurrent_layers_and_attention_have_the_keys_of_pytorch() {
        let directory = tempfile::tempdir().unwrap();
        let mut model = Recurrent::zeros();
        load(&mut *model, written("recurrent")).unwrap();
        assert_eq!(model.encoder.weight_ih_l0[(1, 0)], 1.0 + 1.0 / 64.0);
        assert_eq!(model.inner_mixer.out_proj_bias[0], 16.0);
        save(&*model, file(&directory)).unwrap();
        assert_eq!(fs::read(file(&directory)).unwrap(), fs::read(written("recurrent")).unwrap());
    }

    #[test]
    fn every_type_of_numbers_is_read() {
        fn check<T: Real>() {
            let mut model = LabelledOf::<T>::zeros();
            load(&mut *model, written("types")).unwrap();
            let numbers = |values: &[T]| values.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
            for (number, (info, values)) in (1u8..).zip(model.state_dict()) {
                let expected = (0..info.len()).map(|k| f64::from(number) + k as f64 / 8.0);
                assert_eq!(numbers(values), expected.collect::<Vec<_>>(), "{}", info.name);
            }
        }
        check::<f32>();
        check::<f64>();
        let mut model = Labelled::zeros();
        let error = load(&mut *model, written("integers")).unwrap_err().to_string();
        assert!(error.ends_with(": `last.bias` is I64, expected F16, BF16, F32 or F64"), "{error}");
        assert!(model.as_slice().iter().all(|&value| value == 0.0));
    }

    #[test]
    fn the_count_of_batches_is_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let mut model = Normalised::zeros();
        load(&mut *model, written("normalised")).unwrap();
        assert_eq!(model.states.batch_norm2d1.running_var[1], 6.0 + 1.0 / 64.0);
        save(&*model, file(&directory)).unwrap();
        let mut other = Normalised::zeros();
        load(&mut *other, file(&directory)).unwrap();
        assert_eq!(other.as_slice(), model.as_slice());
        assert_eq!(other.states(), model.states());
    }

    #[test]
    fn only_a_layer_that_is_counted_has_a_count() {
        let mut model = Scaled::zeros();
        let error = load(&mut *model, written("normalised")).unwrap_err().to_string();
        let (_, mismatches) = error.split_once(": ").unwrap();
        let unexpected = ["bias", "num_batches_tracked", "running_mean", "running_var", "weight"];
        let expected = unexpected.map(|name| format!("unexpected key `1.{name}`"));
        assert_eq!(mismatches, expected.join("; "));
    }
}
