//! NumPy's files: what it wrote itself, every complaint, and hostile bytes.

use std::fs;

use proptest::prelude::*;
use tapeless::data::npy::{Npz, from_bytes, read};
use tapeless::data::{Element, FileArray, Numbers};
use tapeless::prelude::*;

const COMPRESSED: &[u8] = include_bytes!("files/compressed.npz");
const STORED: &[u8] = include_bytes!("files/stored.npz");
const TYPES: &[u8] = include_bytes!("files/types.npz");
const REFUSED: &[u8] = include_bytes!("files/refused.npz");

fn numbers(array: &FileArray) -> Vec<f64> {
    match array.reals("x").unwrap().numbers() {
        Numbers::Reals(reals) => reals.clone(),
        Numbers::Integers(_) => Vec::new(),
    }
}

/// A file with this header and these bytes.
fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

fn complaint(bytes: &[u8]) -> String {
    from_bytes(bytes).unwrap_err().to_string()
}

#[test]
fn several_arrays_are_read_by_their_names() {
    for bytes in [COMPRESSED, STORED] {
        let arrays = Npz::from_bytes(bytes).unwrap();
        assert_eq!(arrays.names().collect::<Vec<_>>(), ["image", "label", "measure"]);
        let image = arrays.read("image").unwrap();
        assert_eq!((image.shape(), image.element()), (&[4, 2, 3][..], Element::U8));
        let expected: Vec<f64> = (0..24).map(f64::from).collect();
        assert_eq!(numbers(&image), expected);
        // It was written in Fortran's order.
        let expected: Vec<f64> = (0..12).map(|k| f64::from(k) / 4.0).collect();
        assert_eq!(numbers(&arrays.read("measure").unwrap()), expected);

        let data: Dataset = arrays.dataset().unwrap();
        assert_eq!(data.all().integers("label").unwrap(), [2, 0, 1, 2]);
        assert_eq!(data.all().integers("image").unwrap().len(), 24);
        assert_eq!(data.column("image").unwrap().shape(), [2, 3]);
        assert_eq!(data.range(1..2).unwrap().reals("measure").unwrap(), [0.75, 1.0, 1.25]);
    }
}

#[test]
fn every_type_is_read_in_both_byte_orders() {
    let arrays = Npz::from_bytes(TYPES).unwrap();
    assert_eq!(arrays.names().count(), 21);
    for name in arrays.names() {
        let array = arrays.read(name).unwrap();
        let expected = match array.element() {
            Element::Bool => [0u32, 1, 1, 1],
            _ => [0, 1, 2, 100],
        };
        assert_eq!(numbers(&array), expected.map(f64::from), "{:?}", array.element());
        let integers = array.integers::<f32>("n");
        assert_eq!(integers.is_ok(), array.element().is_integer());
        if let Ok(integers) = integers {
            assert_eq!(*integers.numbers(), Numbers::Integers(expected.to_vec()));
        }
    }
}

#[test]
fn what_is_no_array_of_numbers_is_refused() {
    let arrays = Npz::from_bytes(REFUSED).unwrap();
    let type_of = |found: &str| {
        format!("expected an array of real numbers, integers or booleans, found the type `{found}`")
    };
    for (name, message) in [
        ("complex", type_of("<c16")),
        ("text", type_of("<U1")),
        ("structure", type_of("[('a', '<f4'), ('b', '<i4')], 'fortran_o")),
        ("date", type_of("<M8[D]")),
        ("scalar", "expected a shape of at least one axis and one number, found []".into()),
        ("empty", "expected a shape of at least one axis and one number, found [0, 3]".into()),
    ] {
        let error = arrays.read(name).unwrap_err();
        assert_eq!(error.to_string(), format!("array `{name}`: {message}"));
    }
    let negative = arrays.read("negative").unwrap();
    assert_eq!(numbers(&negative), [-1.0]);
    assert_eq!(
        negative.integers::<f32>("n").unwrap_err().to_string(),
        "column `n`, sample 0: expected integers from 0 to 4294967295, found -1"
    );
    assert_eq!(
        arrays.read("image").unwrap_err().to_string(),
        "array `image`: expected an array of this name, found `complex`, `text`, `structure`, `date`, \
         `scalar`, `empty`, `negative`"
    );
    let error = arrays.dataset::<f32>().unwrap_err().to_string();
    assert!(error.starts_with("array `complex`: expected an array of"), "{error}");
}

#[test]
fn columns_of_different_lengths_make_no_dataset() {
    let array = file("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}", &[0, 1, 2]);
    let array = from_bytes(&array).unwrap();
    let data = Dataset::<f32>::new().with_reals("x", 1, [0.0; 2]).unwrap();
    let error = data.with(array.integers("y").unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "column `y`: expected 2 samples, as in `x`, found 3");
    let labels = array.labels::<f32>("y", ["a", "b", "c"]).unwrap();
    assert_eq!(labels.classes(), ["a", "b", "c"]);
    assert!(array.labels::<f32>("y", ["a", "b"]).is_err());
}

#[test]
fn headers_are_pythons_literals() {
    for header in [
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }        \n",
        "{\"shape\":(2,1),\"fortran_order\":False,\"descr\":\"<i2\"}",
        " { 'shape' : ( 2L , 1L ) , 'descr' : '<i2' , 'fortran_order' : True }\n",
    ] {
        let array = from_bytes(&file(header, &[1, 0, 254, 255])).unwrap();
        assert_eq!((array.shape(), numbers(&array)), (&[2, 1][..], vec![1.0, -2.0]));
    }
    let long = format!(
        "{{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }}{}\n",
        " ".repeat(100_000)
    );
    for version in [2, 3] {
        let length = u32::try_from(long.len()).unwrap().to_le_bytes();
        let bytes = [b"\x93NUMPY", &[version, 0][..], &length, long.as_bytes(), &[1]].concat();
        assert_eq!(numbers(&from_bytes(&bytes).unwrap()), [1.0]);
    }
}

#[test]
fn wrong_headers_are_shown_where_they_are_wrong() {
    for (header, message) in [
        ("", "expected {, found ``"),
        ("('descr', '<f4')", "expected {, found `('descr', '<f4')`"),
        ("{'descr' '<f4'}", "expected :, found `'<f4'}`"),
        ("{descr: 1}", "expected a text between quotation marks, found `descr: 1}`"),
        (
            "{'descr': '<f4', 'order': 1}",
            "expected `descr`, `fortran_order` or `shape`, found `'order': 1}`",
        ),
        ("{'fortran_order': 0}", "expected `True` or `False`, found `0}`"),
        ("{'shape': [1]}", "expected (, found `[1]}`"),
        ("{'shape': (-1,)}", "expected a size, found `-1,)}`"),
        ("{'shape': (99999999999999999999,)}", "expected a size, found `99999999999999999999,)}`"),
        ("{'shape': (1 2)}", "expected ), found `2)}`"),
        ("{'shape': (1,)", "expected }, found ``"),
        ("{'shape': (1,)} x", "expected the end of the header, found `x`"),
        ("{'shape': (1,)}", "expected `descr`, found ``"),
        ("{'shape': (1,), 'descr': '<f4'}", "expected `fortran_order`, found ``"),
        ("{'descr': '<f4', 'fortran_order': False}", "expected `shape`, found ``"),
    ] {
        assert_eq!(complaint(&file(header, &[])), format!("header: {message}"), "{header}");
    }
    for found in ["=f4", "f4", "<f16", "O", "<", "", "é4"] {
        let header = format!("{{'descr': '{found}', 'fortran_order': False, 'shape': (1,)}}");
        let message = complaint(&file(&header, &[0; 16]));
        assert!(message.ends_with(&format!("found the type `{found}`")), "{message}");
    }
    // As deep as a header can be.
    let deep = format!("{{'descr': {}", "(".repeat(60_000));
    assert!(complaint(&file(&deep, &[])).contains("found the type `((((("));
}

#[test]
fn damaged_files_say_where_and_by_how_much() {
    let whole = file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", &[0; 8]);
    let data = whole.len() - 8;
    for (length, message) in [
        (0, "truncated: expected 8 bytes of beginning, found 0".to_owned()),
        (7, "truncated: expected 8 bytes of beginning, found 7".into()),
        (9, "truncated: expected 2 bytes of beginning, found 1".into()),
        (12, format!("truncated: expected {} bytes of header, found 2", data - 10)),
        (data, "truncated: expected 8 bytes of data, found 0".into()),
        (data + 7, "truncated: expected 8 bytes of data, found 7".into()),
    ] {
        assert_eq!(complaint(&whole[..length]), message);
    }
    assert_eq!(
        complaint(&[&whole[..], &[0]].concat()),
        "expected the end of the file after 8 bytes of data, found more bytes"
    );
    assert_eq!(
        complaint(b"\x89PNG\r\n\x1a\n"),
        "expected a file that begins with \\x93NUMPY, found [89, 50, 4e, 47, d, a]"
    );
    assert_eq!(
        complaint(b"\x93NUMPY\x04\x00"),
        "expected version 1, 2 or 3 of the format, found 4"
    );
    for shape in ["(9999999999999,9999999999999)", "(4611686018427387904,)", "(2,0)"] {
        let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}");
        let message = complaint(&file(&header, &[0; 8]));
        assert!(message.starts_with("expected a shape of at least one axis"), "{message}");
    }
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}";
    assert_eq!(
        complaint(&file(header, &[0; 8])),
        "truncated: expected 4000000000000 bytes of data, found 8"
    );
    let long = [b"\x93NUMPY\x02\x00", &[255; 4][..], b"{"].concat();
    assert_eq!(complaint(&long), "truncated: expected 4294967295 bytes of header, found 1");
}

#[test]
fn damaged_archives_are_refused() {
    assert!(Npz::from_bytes(&[]).is_err());
    let error = Npz::from_bytes(b"not an archive at all").unwrap_err().to_string();
    let missing =
        "expected an intact zip archive of arrays, but the end of its directory is missing";
    assert_eq!(error, missing);
    for length in 0..COMPRESSED.len() {
        assert!(Npz::from_bytes(&COMPRESSED[..length]).is_err());
    }
    // A bit of the numbers themselves: the archive's checksum tells.
    let mut wrong = STORED.to_vec();
    let place = wrong.windows(4).position(|bytes| bytes == [20, 21, 22, 23]).unwrap();
    wrong[place] ^= 1;
    let error = Npz::from_bytes(&wrong).unwrap().read("image").unwrap_err().to_string();
    let checksum = "expected an intact zip archive of arrays, but a file has another checksum";
    assert_eq!(error, format!("array `image`: {checksum}"));
}

#[test]
fn files_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npy");
    let message = |error: tapeless::data::npy::NpyError| error.to_string();
    let begin = format!("{}: cannot be read: ", path.display());
    assert!(message(read(&path).unwrap_err()).starts_with(&begin));
    assert!(message(Npz::open(&path).unwrap_err()).starts_with(&begin));
    fs::write(&path, file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", &[0; 8]))
        .unwrap();
    assert_eq!(numbers(&read(&path).unwrap()), [0.0, 0.0]);
    assert!(message(Npz::open(&path).unwrap_err()).contains("expected an intact zip archive"));
    fs::write(&path, COMPRESSED).unwrap();
    let error = message(Npz::open(&path).unwrap().read("z").unwrap_err());
    let expected = "array `z`: expected an array of this name, found `image`, `label`, `measure`";
    assert_eq!(error, format!("{}: {expected}", path.display()));
}

proptest! {
    #[test]
    fn mutated_files_never_panic(
        which in 0usize..3,
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = [COMPRESSED, STORED, REFUSED][which].to_vec();
        for (position, byte) in mutations {
            let position = position.index(bytes.len());
            bytes[position] = byte;
        }
        if let Ok(arrays) = Npz::from_bytes(&bytes) {
            for name in arrays.names() {
                let _ = arrays.read(name);
            }
            let _ = arrays.dataset::<f32>();
        }
    }

    #[test]
    fn arbitrary_headers_never_panic(
        header in "[{}()',:a-z0-9 <>|TF]{0,40}",
        data in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let _ = from_bytes(&file(&header, &data));
        let _ = from_bytes(&file(&format!("{{'descr': '<f4', 'shape': ({header}"), &data));
    }

    #[test]
    fn fortrans_order_becomes_cs(shape in prop::collection::vec(1usize..4, 1..5)) {
        // Each number is its place in C's order; in Fortran's order the first axis moves first.
        let count: usize = shape.iter().product();
        let mut data = vec![0u8; count];
        for place in 0..count {
            let (mut rest, mut at, mut stride) = (place, 0, count);
            for &size in shape.iter().rev() {
                stride /= size;
                at += rest % size * stride;
                rest /= size;
            }
            data[at] = u8::try_from(place).unwrap();
        }
        let sizes: Vec<_> = shape.iter().map(ToString::to_string).collect();
        let sizes = sizes.join(",");
        let header = format!("{{'descr': '|u1', 'fortran_order': True, 'shape': ({sizes},)}}");
        let array = from_bytes(&file(&header, &data)).unwrap();
        let expected: Vec<f64> = (0..count).map(|place| place as f64).collect();
        prop_assert_eq!(numbers(&array), expected);
    }
}
