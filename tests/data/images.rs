//! Folders of images: colours, classes, every complaint.

use std::fs::{self, File};
use std::path::Path;

use png::{BitDepth, ColorType, Encoder};
use tapeless::data::images::{Channels, read_folders};
use tapeless::prelude::*;
use tempfile::TempDir;

fn write(path: &Path, size: [u32; 2], color: ColorType, depth: BitDepth, data: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut encoder = Encoder::new(File::create(path).unwrap(), size[0], size[1]);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == ColorType::Indexed {
        encoder.set_palette(vec![255, 0, 0, 0, 0, 255]);
    }
    encoder.write_header().unwrap().write_image_data(data).unwrap();
}

fn grey(path: &Path, size: [u32; 2], data: &[u8]) {
    write(path, size, ColorType::Grayscale, BitDepth::Eight, data);
}

/// Two cats and a dog, of one row of two pixels.
fn pets() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    grey(&folder.path().join("dog/0.png"), [2, 1], &[255, 51]);
    grey(&folder.path().join("cat/b.PNG"), [2, 1], &[0, 255]);
    let colours = [255, 0, 0, 0, 255, 255];
    write(&folder.path().join("cat/a.png"), [2, 1], ColorType::Rgb, BitDepth::Eight, &colours);
    fs::write(folder.path().join("README.txt"), "what the folders are").unwrap();
    fs::write(folder.path().join("cat/.hidden.jpg"), "").unwrap();
    fs::write(folder.path().join("cat/notes.txt"), "").unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    folder
}

fn complaint(folder: &TempDir) -> String {
    let error = read_folders::<f32>(folder.path(), Channels::Grey).unwrap_err().to_string();
    error.replace(folder.path().to_str().unwrap(), "pets")
}

#[test]
fn folders_are_classes() {
    let folder = pets();
    let data: Dataset = read_folders(folder.path(), Channels::Rgb).unwrap();
    assert_eq!(data.column("label").unwrap().classes(), ["cat", "dog"]);
    assert_eq!(data.all().integers("label").unwrap(), [0, 0, 1]);
    assert_eq!(data.column("image").unwrap().shape(), [3, 1, 2]);
    let images: Vec<_> =
        data.all().reals("image").unwrap().chunks(6).map(<[f32]>::to_vec).collect();
    assert_eq!(images[0], [1.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(images[1], [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(images[2], [1.0, 0.2, 1.0, 0.2, 1.0, 0.2]);
}

#[test]
fn colours_become_grey() {
    let data: Dataset<f64> = read_folders(pets().path(), Channels::Grey).unwrap();
    assert_eq!(data.column("image").unwrap().shape(), [1, 1, 2]);
    let greys = data.all().reals("image").unwrap();
    for (grey, expected) in greys.iter().zip([0.299, 0.701, 0.0, 1.0, 1.0, 0.2]) {
        assert!((grey - expected).abs() < 1e-15, "{greys:?}");
    }
}

#[test]
fn every_colour_type_is_read() {
    use ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgba};
    for (color, depth, data, expected) in [
        (Grayscale, BitDepth::One, &[0b0100_0000][..], [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]),
        (Grayscale, BitDepth::Sixteen, &[255, 255, 51, 51], [1.0, 0.2, 1.0, 0.2, 1.0, 0.2]),
        (GrayscaleAlpha, BitDepth::Eight, &[255, 0, 51, 9], [1.0, 0.2, 1.0, 0.2, 1.0, 0.2]),
        (Indexed, BitDepth::Eight, &[1, 0], [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]),
        (Rgba, BitDepth::Eight, &[255, 0, 51, 7, 0, 51, 0, 9], [1.0, 0.0, 0.0, 0.2, 0.2, 0.0]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("class/x.png"), [2, 1], color, depth, data);
        let images: Dataset = read_folders(folder.path(), Channels::Rgb).unwrap();
        assert_eq!(images.all().reals("image").unwrap(), expected, "{color:?}");
    }
}

#[test]
fn every_complaint_names_the_file() {
    let folder = pets();
    grey(&folder.path().join("dog/1.png"), [1, 2], &[0, 0]);
    assert_eq!(
        complaint(&folder),
        "pets/dog/1.png: expected 1 rows of 2 pixels, as in pets/cat/a.png, found 2 rows of 1"
    );

    let folder = pets();
    let path = folder.path().join("cat/a.png");
    let bytes = fs::read(&path).unwrap();
    for damaged in [&bytes[..bytes.len() - 20], &bytes[..10], b"", b"GIF89a"] {
        fs::write(&path, damaged).unwrap();
        let message = complaint(&folder);
        assert!(
            message.starts_with("pets/cat/a.png: expected an intact PNG image, found: "),
            "{message}"
        );
    }

    let folder = pets();
    fs::write(folder.path().join("dog/x.JPG"), "").unwrap();
    assert_eq!(
        complaint(&folder),
        "pets/dog/x.JPG: expected PNG images alone, found a file `.jpg`; convert it"
    );

    let folder = pets();
    fs::create_dir(folder.path().join("eel")).unwrap();
    assert_eq!(complaint(&folder), "pets/eel: expected PNG images of this class, found none");

    let empty = tempfile::tempdir().unwrap();
    assert_eq!(
        complaint(&empty),
        "pets: expected a folder with PNG images for each class, found none"
    );
    let error = read_folders::<f32>(empty.path().join("none"), Channels::Grey).unwrap_err();
    assert!(error.to_string().contains("/none: cannot be read: "), "{error}");
}

#[test]
fn a_promise_alone_allocates_little() {
    // A header that promises an image of 10¹⁸ pixels.
    let folder = pets();
    let path = folder.path().join("cat/a.png");
    let mut bytes = fs::read(&path).unwrap();
    bytes[16..24].copy_from_slice(&[0x3b, 0x9a, 0xca, 0, 0x3b, 0x9a, 0xca, 0]);
    let mut checksum = flate2::Crc::new();
    checksum.update(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.sum().to_be_bytes());
    fs::write(&path, bytes).unwrap();
    let message = complaint(&folder);
    assert!(message.starts_with("pets/cat/a.png: expected an intact PNG image"), "{message}");
}
