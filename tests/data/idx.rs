//! The IDX reader: round trips, every complaint, and hostile bytes.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tapeless::data::idx::{DIGITS, FASHION, IdxProblem, from_bytes, read, read_mnist};
use tapeless::data::{Element, FileArray};
use tempfile::TempDir;

const MAGIC_NUMBERS: [&[u8]; 4] = [&[], &[0, 0, 8, 1], &[0, 0, 8, 3], &[0x1f, 0x8b, 8, 0]];

/// The numbers of an array of bytes.
fn numbers(array: &FileArray) -> Vec<f32> {
    match array.reals("x").unwrap().numbers() {
        tapeless::data::Numbers::Reals(reals) => reals.clone(),
        tapeless::data::Numbers::Integers(_) => Vec::new(),
    }
}

fn encode(sizes: &[u32], data: &[u8]) -> Vec<u8> {
    let magic = 0x0800 + u32::try_from(sizes.len()).unwrap();
    let header = std::iter::once(&magic).chain(sizes).flat_map(|word| word.to_be_bytes());
    header.chain(data.iter().copied()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn write(bytes: &[u8]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file-idx-ubyte");
    fs::write(&path, bytes).unwrap();
    (directory, path)
}

/// What reading `bytes` complains about, once the message is seen to name the file.
fn problem(bytes: &[u8]) -> IdxProblem {
    let (_directory, path) = write(bytes);
    let error = read(&path).unwrap_err();
    assert!(error.to_string().starts_with(path.to_str().unwrap()), "{error}");
    assert_eq!(error.path, Some(path));
    error.problem
}

/// Two images of two rows and three columns.
fn small_images() -> Vec<u8> {
    encode(&[2, 2, 3], &[0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255])
}

#[test]
fn arrays_are_read_plain_and_gzipped() {
    for bytes in [small_images(), gzip(&small_images())] {
        let (_directory, path) = write(&bytes);
        let array = read(&path).unwrap();
        assert_eq!((array.shape(), array.element()), (&[2, 2, 3][..], Element::U8));
        let expected = [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255].map(|byte| byte as f32);
        assert_eq!(numbers(&array), expected);
        assert_eq!(from_bytes(&bytes).unwrap(), array);
    }
}

#[test]
fn every_type_is_read() {
    for (code, element, bytes, number) in [
        (0x08, Element::U8, &[255][..], 255.0),
        (0x09, Element::I8, &[255], -1.0),
        (0x0b, Element::I16, &[255, 254], -2.0),
        (0x0c, Element::I32, &[0, 0, 1, 0], 256.0),
        (0x0d, Element::F32, &1.5f32.to_be_bytes(), 1.5),
        (0x0e, Element::F64, &(-0.25f64).to_be_bytes(), -0.25),
    ] {
        let file = [&[0, 0, code, 1, 0, 0, 0, 1], bytes].concat();
        let array = from_bytes(&file).unwrap();
        assert_eq!((array.element(), numbers(&array)), (element, vec![number]));
        assert_eq!(array.integers::<f32>("n").is_ok(), element.is_integer() && number >= 0.0);
    }
}

/// A directory with two images of two kinds to train on and one to test with.
fn four_files() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(directory.path().join(name), bytes).unwrap();
    write("train-images-idx3-ubyte", &small_images());
    write("train-labels-idx1-ubyte.gz", &gzip(&encode(&[2], &[9, 0])));
    write("t10k-images-idx3-ubyte", &encode(&[1, 2, 3], &[51; 6]));
    write("t10k-labels-idx1-ubyte", &encode(&[1], &[3]));
    directory
}

#[test]
fn the_four_files_are_two_datasets() {
    let directory = four_files();
    let (train, test) = read_mnist(directory.path(), DIGITS).unwrap();
    assert_eq!((train.len(), test.len()), (2, 1));
    assert_eq!(train.column("image").unwrap().shape(), [2, 3]);
    assert_eq!(train.all().reals("image").unwrap()[11], 1.0);
    assert_eq!(test.all().reals("image").unwrap(), [0.2; 6]);
    assert_eq!(train.all().integers("label").unwrap(), [9, 0]);
    let (_, test) = read_mnist(directory.path(), FASHION).unwrap();
    assert_eq!(test.column("label").unwrap().classes()[3], "Dress");
}

#[test]
fn a_file_that_does_not_belong_to_the_others_is_named() {
    let complaint = |name: &str, bytes: Option<&[u8]>| {
        let directory = four_files();
        let path = directory.path().join(name);
        match bytes {
            Some(bytes) => fs::write(&path, bytes).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let message = read_mnist(directory.path(), DIGITS).unwrap_err().to_string();
        let directory = directory.path().to_str().unwrap();
        message.strip_prefix(directory).unwrap().trim_start_matches('/').to_owned()
    };
    assert_eq!(
        complaint("t10k-images-idx3-ubyte", None),
        ": holds neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz"
    );
    assert_eq!(
        complaint("train-labels-idx1-ubyte", Some(&encode(&[3], &[1, 2, 3]))),
        "train-labels-idx1-ubyte: column `label`: expected 2 samples, as in `image`, found 3"
    );
    assert_eq!(
        complaint("train-labels-idx1-ubyte", Some(&encode(&[2], &[9, 10]))),
        "train-labels-idx1-ubyte: column `label`, sample 1: expected integers from 0 to 9, found 10"
    );
    assert_eq!(
        complaint("t10k-images-idx3-ubyte", Some(&encode(&[1], &[7]))),
        "t10k-images-idx3-ubyte: expected images, found an array of [1]"
    );
    assert_eq!(
        complaint("t10k-labels-idx1-ubyte", Some(&small_images())),
        "t10k-labels-idx1-ubyte: expected labels, found an array of [2, 2, 3]"
    );
    let damaged = [0x1f, 0x8b];
    assert!(
        complaint("t10k-labels-idx1-ubyte", Some(&damaged))
            .starts_with("t10k-labels-idx1-ubyte: expected an intact gzip")
    );
}

#[test]
fn gzip_members_are_joined() {
    let file = small_images();
    let (head, tail) = file.split_at(7);
    let (_directory, path) = write(&[gzip(head), gzip(tail)].concat());
    assert_eq!(
        numbers(&read(&path).unwrap()),
        file[16..].iter().map(|&byte| f32::from(byte)).collect::<Vec<_>>()
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = read(Path::new("no/such/file")).unwrap_err();
    assert!(matches!(error.problem, IdxProblem::Unreadable(_)), "{error}");
    assert!(error.to_string().starts_with("no/such/file: cannot be read: "), "{error}");
}

#[test]
fn other_files_are_refused() {
    for (magic, shown) in [
        ([0, 0, 8, 0], "0x00000800"),
        ([0, 0, 7, 1], "0x00000701"),
        ([0, 1, 8, 1], "0x00010801"),
        (*b"\x89PNG", "0x89504e47"),
    ] {
        assert_eq!(
            problem(&[&magic[..], &[0; 20]].concat()).to_string(),
            format!(
                "expected a magic number of an element type and at least one dimension, found {shown}"
            )
        );
    }
}

#[test]
fn a_truncated_file_says_where_and_by_how_much() {
    let file = small_images();
    for (length, message) in [
        (0, "truncated: expected 4 bytes of magic number, found 0"),
        (3, "truncated: expected 4 bytes of magic number, found 3"),
        (15, "truncated: expected 12 bytes of sizes, found 11"),
        (27, "truncated: expected 12 bytes of data, found 11"),
    ] {
        assert_eq!(problem(&file[..length]).to_string(), message);
        if length > 0 {
            assert_eq!(problem(&gzip(&file[..length])).to_string(), message);
        }
    }
}

#[test]
fn trailing_bytes_are_refused() {
    let file = [small_images(), vec![0]].concat();
    for bytes in [file.clone(), gzip(&file)] {
        let problem = problem(&bytes);
        assert!(matches!(problem, IdxProblem::TrailingBytes { promised: 12 }), "{problem}");
    }
}

#[test]
fn bad_sizes_are_refused() {
    for sizes in [[0, 28, 28], [28, 0, 28], [u32::MAX; 3]] {
        let problem = problem(&encode(&sizes, &[]));
        assert!(
            matches!(&problem, IdxProblem::WrongSizes { found } if *found == sizes.map(|size| size as usize)),
            "{problem}"
        );
    }
}

#[test]
fn a_promise_alone_allocates_nothing() {
    let promised = u64::from(u32::MAX) * 28 * 28;
    let file = encode(&[u32::MAX, 28, 28], &[0; 4096]);

    let plain = problem(&file);
    assert!(
        matches!(plain, IdxProblem::Truncated { expected, found: 4096, .. } if expected == promised),
        "{plain}"
    );
    let gzipped = gzip(&file);
    let limit = 1032 * gzipped.len() as u64;
    let problem = problem(&gzipped);
    assert!(
        matches!(
            problem,
            IdxProblem::Implausible { limit: found, promised: p } if (found, p) == (limit, promised)
        ),
        "{problem}"
    );
}

#[test]
fn the_best_compressed_images_are_plausible() {
    let (_directory, path) = write(&gzip(&encode(&[1000, 28, 28], &vec![0; 784_000])));
    assert_eq!(read(&path).unwrap().shape(), [1000, 28, 28]);
}

#[test]
fn damaged_gzip_is_refused() {
    let intact = gzip(&small_images());
    let mut wrong_checksum = intact.clone();
    wrong_checksum[intact.len() - 8] ^= 1;
    let cut_short = intact[..intact.len() - 1].to_vec();
    let with_garbage = [intact, b"garbage".to_vec()].concat();
    for bytes in [wrong_checksum, cut_short, with_garbage, vec![0x1f, 0x8b]] {
        let problem = problem(&bytes);
        assert!(matches!(problem, IdxProblem::DamagedGzip(_)), "{problem}");
    }
}

/// Images of random sizes with random pixels.
fn images() -> impl Strategy<Value = ([usize; 3], Vec<u8>)> {
    (1_usize..5, 1_usize..9, 1_usize..9).prop_flat_map(|(count, rows, columns)| {
        let pixels = prop::collection::vec(any::<u8>(), count * rows * columns);
        pixels.prop_map(move |pixels| ([count, rows, columns], pixels))
    })
}

fn encode_images((sizes, pixels): &([usize; 3], Vec<u8>)) -> Vec<u8> {
    encode(&sizes.map(|size| u32::try_from(size).unwrap()), pixels)
}

proptest! {
    #[test]
    fn any_images_survive_a_round_trip(images in images(), compressed: bool) {
        let file = encode_images(&images);
        let (_directory, path) = write(&if compressed { gzip(&file) } else { file });
        let array = read(&path).unwrap();
        prop_assert_eq!(array.shape(), images.0);
        let pixels: Vec<f32> = images.1.iter().map(|&byte| f32::from(byte)).collect();
        prop_assert_eq!(numbers(&array), pixels);
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        start in prop::sample::select(&MAGIC_NUMBERS[..]),
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let (_directory, path) = write(&[start, &rest].concat());
        let _ = read(&path);
    }

    #[test]
    fn mutated_files_never_panic(
        images in images(),
        compressed: bool,
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        kept in any::<prop::sample::Index>(),
    ) {
        let file = encode_images(&images);
        let mut file = if compressed { gzip(&file) } else { file };
        for (position, byte) in mutations {
            let position = position.index(file.len());
            file[position] = byte;
        }
        for length in [file.len(), kept.index(file.len())] {
            let (_directory, path) = write(&file[..length]);
            let _ = read(&path);
        }
    }
}
