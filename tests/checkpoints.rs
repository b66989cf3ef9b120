//! Saved parameters come back bit by bit, and a file that does not fit changes nothing.

use std::fs;
use std::path::PathBuf;

use tapeless::prelude::*;

network! {
    Labelled< first: linear(3, 4); relu; last: linear(4, 2) >
    Numbered< flatten(3); linear(3, 4); relu; linear(4, 2) >
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
    let error = load(&mut *LabelledOf::<f64>::zeros(), file(&directory)).unwrap_err().to_string();
    assert!(error.contains("`first.weight` is F32, expected F64"), "{error}");
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

mod of_pytorch {
    use super::*;

    network! {
        /// Recurrent layers and attention, under labels, numbers and in groups.
        Recurrent<
            input(4, 3);
            encoder: lstm_states(5);
            gru_states(4);
            rnn_states(6);
            inner: { mixer: self_attention(6, 3); norm: layer_norm }
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
        assert_eq!(model.encoder.weight_ih[(1, 0)], 1.0 + 1.0 / 64.0);
        assert_eq!(model.inner_mixer.out_proj_bias[0], 16.0);
        save(&*model, file(&directory)).unwrap();
        assert_eq!(fs::read(file(&directory)).unwrap(), fs::read(written("recurrent")).unwrap());
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
