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
