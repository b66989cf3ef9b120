//! The IDX reader: round trips, every complaint, and hostile bytes.

#[path = "../examples/mnist/idx.rs"]
mod idx;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use idx::{Images, Problem, locate, read_images, read_labels};
use proptest::prelude::*;
use tempfile::TempDir;

const CLASSES: u8 = 10;

const MAGIC_NUMBERS: [&[u8]; 4] = [&[], &[0, 0, 8, 1], &[0, 0, 8, 3], &[0x1f, 0x8b, 8, 0]];

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

/// What reading `bytes` as images complains about, once the message is seen to name the file.
fn images_problem(bytes: &[u8]) -> Problem {
    let (_directory, path) = write(bytes);
    let error = read_images(&path).unwrap_err();
    assert!(error.to_string().starts_with(path.to_str().unwrap()), "{error}");
    assert_eq!(error.path, path);
    error.problem
}

/// Two images of two rows and three columns.
fn small_images() -> Vec<u8> {
    encode(&[2, 2, 3], &[0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255])
}

#[test]
fn images_are_read_plain_and_gzipped() {
    let expected = Images {
        count: 2,
        rows: 2,
        columns: 3,
        pixels: vec![0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255],
    };
    for bytes in [small_images(), gzip(&small_images())] {
        let (_directory, path) = write(&bytes);
        assert_eq!(read_images(&path).unwrap(), expected);
    }
}

#[test]
fn labels_are_read_plain_and_gzipped() {
    let file = encode(&[4], &[9, 0, 3, 3]);
    for bytes in [file.clone(), gzip(&file)] {
        let (_directory, path) = write(&bytes);
        assert_eq!(read_labels(&path, CLASSES).unwrap(), [9, 0, 3, 3]);
    }
}

#[test]
fn gzip_members_are_joined() {
    let file = small_images();
    let (head, tail) = file.split_at(7);
    let (_directory, path) = write(&[gzip(head), gzip(tail)].concat());
    assert_eq!(read_images(&path).unwrap().pixels, file[16..]);
}

#[test]
fn the_plain_file_is_located_before_the_gzipped_one() {
    let directory = tempfile::tempdir().unwrap();
    let [plain, gzipped] = ["images", "images.gz"].map(|name| directory.path().join(name));

    let error = locate(directory.path(), "images").unwrap_err();
    assert!(error.to_string().ends_with("holds neither images nor images.gz"), "{error}");
    fs::write(&gzipped, []).unwrap();
    assert_eq!(locate(directory.path(), "images").unwrap(), gzipped);
    fs::write(&plain, []).unwrap();
    assert_eq!(locate(directory.path(), "images").unwrap(), plain);
}

#[test]
fn a_missing_file_is_named() {
    let error = read_images(Path::new("no/such/file")).unwrap_err();
    assert!(matches!(error.problem, Problem::Unreadable(_)), "{error}");
    assert!(error.to_string().starts_with("no/such/file: cannot be read: "), "{error}");
}

#[test]
fn labels_are_not_taken_for_images() {
    let problem = images_problem(&encode(&[1], &[7]));
    assert_eq!(problem.to_string(), "expected the magic number 0x00000803, found 0x00000801");
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
        assert_eq!(images_problem(&file[..length]).to_string(), message);
        if length > 0 {
            assert_eq!(images_problem(&gzip(&file[..length])).to_string(), message);
        }
    }
}

#[test]
fn trailing_bytes_are_refused() {
    let file = [small_images(), vec![0]].concat();
    for bytes in [file.clone(), gzip(&file)] {
        let problem = images_problem(&bytes);
        assert!(matches!(problem, Problem::TrailingBytes { promised: 12 }), "{problem}");
    }
}

#[test]
fn bad_sizes_are_refused() {
    for sizes in [[0, 28, 28], [28, 0, 28], [u32::MAX; 3]] {
        let problem = images_problem(&encode(&sizes, &[]));
        assert!(matches!(&problem, Problem::WrongSizes { found } if *found == sizes), "{problem}");
    }
}

#[test]
fn a_promise_alone_allocates_nothing() {
    let promised = u64::from(u32::MAX) * 28 * 28;
    let file = encode(&[u32::MAX, 28, 28], &[0; 4096]);

    let plain = images_problem(&file);
    assert!(
        matches!(plain, Problem::Truncated { expected, found: 4096, .. } if expected == promised),
        "{plain}"
    );
    let gzipped = gzip(&file);
    let limit = 1032 * gzipped.len() as u64;
    let problem = images_problem(&gzipped);
    assert!(
        matches!(
            problem,
            Problem::Implausible { limit: found, promised: p } if (found, p) == (limit, promised)
        ),
        "{problem}"
    );
}

#[test]
fn the_best_compressed_images_are_plausible() {
    let (_directory, path) = write(&gzip(&encode(&[1000, 28, 28], &vec![0; 784_000])));
    assert_eq!(read_images(&path).unwrap().count, 1000);
}

#[test]
fn damaged_gzip_is_refused() {
    let intact = gzip(&small_images());
    let mut wrong_checksum = intact.clone();
    wrong_checksum[intact.len() - 8] ^= 1;
    let cut_short = intact[..intact.len() - 1].to_vec();
    let with_garbage = [intact, b"garbage".to_vec()].concat();
    for bytes in [wrong_checksum, cut_short, with_garbage, vec![0x1f, 0x8b]] {
        let problem = images_problem(&bytes);
        assert!(matches!(problem, Problem::DamagedGzip(_)), "{problem}");
    }
}

#[test]
fn the_first_label_out_of_range_is_named() {
    let (_directory, path) = write(&encode(&[3], &[9, 10, 255]));
    let error = read_labels(&path, CLASSES).unwrap_err();
    assert!(
        error.to_string().ends_with("expected labels below 10, found 10 at index 1"),
        "{error}"
    );
}

/// Images of random sizes with random pixels.
fn images() -> impl Strategy<Value = Images> {
    (1_usize..5, 1_usize..9, 1_usize..9).prop_flat_map(|(count, rows, columns)| {
        prop::collection::vec(any::<u8>(), count * rows * columns).prop_map(move |pixels| Images {
            count,
            rows,
            columns,
            pixels,
        })
    })
}

fn encode_images(images: &Images) -> Vec<u8> {
    let sizes =
        [images.count, images.rows, images.columns].map(|size| u32::try_from(size).unwrap());
    encode(&sizes, &images.pixels)
}

proptest! {
    #[test]
    fn any_images_survive_a_round_trip(images in images(), compressed: bool) {
        let file = encode_images(&images);
        let (_directory, path) = write(&if compressed { gzip(&file) } else { file });
        prop_assert_eq!(read_images(&path).unwrap(), images);
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        start in prop::sample::select(&MAGIC_NUMBERS[..]),
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let (_directory, path) = write(&[start, &rest].concat());
        let _ = read_images(&path);
        let _ = read_labels(&path, CLASSES);
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
            let _ = read_images(&path);
        }
    }
}
