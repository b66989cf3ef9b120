//! Text of fields: headers, classes, missing values, odd files; every complaint.

use std::io::{self, Read};

use proptest::prelude::*;
use tapeless::data::csv::{CsvError, CsvReader, Fields};
use tapeless::prelude::*;

fn read(reader: &CsvReader, text: &str) -> Result<Dataset, CsvError> {
    reader.read_from(text.as_bytes())
}

/// Two features and a label.
fn flowers() -> CsvReader {
    CsvReader::new().reals("x", ["length", "width"]).labels("y", "species")
}

fn complaint(reader: &CsvReader, text: &str) -> String {
    read(reader, text).unwrap_err().to_string()
}

#[test]
fn fields_become_columns_by_their_names() {
    let text = "id,species,width,length\n1,b,0.5,2\n2,a,-1e-3,+3.25\n";
    let data = read(&flowers(), text).unwrap();
    assert_eq!(data.all().reals("x").unwrap(), [2.0, 0.5, 3.25, -1e-3]);
    assert_eq!(data.all().integers("y").unwrap(), [1, 0]);
    assert_eq!(data.column("y").unwrap().classes(), ["a", "b"]);
}

#[test]
fn fields_become_columns_by_their_numbers_and_as_the_rest() {
    let text = "5;1;2;3\n6;4;5;6\n";
    let reader = CsvReader::new().delimiter(b';').without_header();
    let data = read(&reader.clone().integers("y", 0).reals("x", 1..4), text).unwrap();
    assert_eq!(data, read(&reader.integers("y", 0).reals("x", Fields::Others), text).unwrap());
    assert_eq!(data.all().integers("y").unwrap(), [5, 6]);
    assert_eq!(data.all().reals("x").unwrap(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
}

#[test]
fn classes_of_other_samples_keep_their_numbers() {
    let train = read(&flowers(), "length,width,species\n1,2,b\n1,2,a\n1,2,c\n").unwrap();
    let classes = train.column("y").unwrap().classes();
    let reader = CsvReader::new().labels_of("y", "species", classes);
    let test = read(&reader, "length,width,species\n1,2,c\n").unwrap();
    assert_eq!(test.all().integers("y").unwrap(), [2]);
    assert_eq!(test.column("y").unwrap().classes(), classes);
    assert_eq!(
        complaint(&reader, "length,width,species\n1,2,d\n"),
        "line 2, column 3 (`species`): expected one of `a`, `b`, `c`, found `d`"
    );
}

#[test]
fn odd_texts_that_mean_the_same() {
    let expected = read(&flowers(), "length,width,species\n1.5,2,a b\n3,4,c\n").unwrap();
    for text in [
        "length,width,species\r\n1.5,2,a b\r\n3,4,c\r\n",
        "length,width,species\r1.5,2,a b\r3,4,c",
        "length,width,species\n1.5,2,a b\n3,4,c",
        "\u{feff}length,width,species\n1.5,2,a b\n3,4,c\n",
        "\"length\",\"width\",\"species\"\n\"1.5\",\"2\",\"a b\"\n3,4,c\n",
        " length , width , species \n 1.5 ,\t2 , a b \n3,4,c\n",
        "\n\nlength,width,species\n\n1.5,2,a b\n\n\n3,4,c\n\n",
    ] {
        assert_eq!(read(&flowers(), text).unwrap(), expected, "{text:?}");
    }
    let quoted = "length,width,species\n1,2,\"a, \"\"b\"\"\nc\"\n3,4,d\n";
    let data = read(&flowers(), quoted).unwrap();
    assert_eq!(data.column("y").unwrap().classes(), ["a, \"b\"\nc", "d"]);
}

#[test]
fn a_wrong_field_is_shown_where_it_is() {
    let begin = "length,width,species\n1,2,a\n";
    for (line, message) in [
        ("wide,2,a", "column 1 (`length`): expected a finite number, found `wide`"),
        ("1,\"2,5\",a", "column 2 (`width`): expected a finite number, found `2,5`"),
        ("1,NaN,a", "column 2 (`width`): expected a finite number, found `NaN`"),
        ("inf,2,a", "column 1 (`length`): expected a finite number, found `inf`"),
        ("1e39,2,a", "column 1 (`length`): expected a finite number, found `1e39`"),
        (
            "1,,a",
            "column 2 (`width`): expected a finite number, found nothing; `missing` says what stands for it",
        ),
        ("1,2, ", "column 3 (`species`): expected the name of a class, found ``"),
        ("1,2", "expected 3 columns, as in the first line, found 2"),
        ("1,2,a,b", "expected 3 columns, as in the first line, found 4"),
    ] {
        let place = if message.starts_with("column") { "line 3, " } else { "line 3: " };
        assert_eq!(
            complaint(&flowers(), &format!("{begin}{line}\n1,2,a\n")),
            format!("{place}{message}")
        );
    }
    let long = format!("{begin}{},2,a", "ä".repeat(100));
    assert!(complaint(&flowers(), &long).ends_with(&format!("found `{}…`", "ä".repeat(40))));
    let integers = CsvReader::new().integers("n", "n");
    for found in ["-1", "1.0", "4294967296", "", "0x1"] {
        assert_eq!(
            complaint(&integers, &format!("n,m\n1,1\n{found},1\n")),
            format!(
                "line 3, column 1 (`n`): expected an integer from 0 to 4294967295, found `{found}`"
            )
        );
    }
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    for (text, line) in [
        ("length,width,species\r\n1,2,a\r\nx,2,a\r\n", 3),
        ("length,width,species\n1,2,\"a\nb\"\nx,2,a\n", 4),
        ("length,width,species\n1,2,a\n\n\nx,2,a\n", 5),
        ("\n\nlength,width,species\n\r\n1,2,a\nx,2,a\n", 6),
        ("\u{feff}length,width,species\r\n1,2,a\r\n\r\n1,2,a\r\nx,2,a", 5),
        ("length,width,species\r1,2,a\r\r1,2,a\rx,2,a", 5),
        (&format!("length,width,species\r\n{}x,2,a", "1,2,a\r\n\n".repeat(5000)), 10_002),
    ] {
        let error = read(&flowers(), text).unwrap_err();
        assert_eq!(error.line, Some(line), "{text:?}");
    }
}

#[test]
fn missing_numbers_are_what_is_asked_for() {
    let reader = flowers().missing(-1.0);
    let data = read(&reader, "length,width,species\n,NaN,a\nNA,?,b\n1,null,c\n").unwrap();
    assert_eq!(data.all().reals("x").unwrap(), [-1.0, -1.0, -1.0, -1.0, 1.0, -1.0]);
    assert_eq!(
        complaint(&reader, "length,width,species\n1,inf,a\n"),
        "line 2, column 2 (`width`): expected a finite number, found `inf`"
    );
}

#[test]
fn columns_that_are_not_there_are_named() {
    let text = "length,width,species\n1,2,a\n";
    for (reader, message) in [
        (
            CsvReader::new().reals("x", ["length", "height"]),
            "expected a column `height`, found `length`, `width`, `species`",
        ),
        (CsvReader::new().reals("x", 1..5), "expected at least 5 columns, found 3"),
        (
            CsvReader::new().reals("x", usize::MAX),
            &format!("expected at least {} columns, found 3", usize::MAX),
        ),
        (
            CsvReader::new().without_header().reals("x", "length"),
            "expected a header with `length`, but the text is read without one; give the column's number",
        ),
        (
            CsvReader::new().labels("y", ["width", "species"]),
            "labels `y`: expected one column, found 2",
        ),
        (CsvReader::new().labels("y", 0..0), "labels `y`: expected one column, found 0"),
    ] {
        assert_eq!(complaint(&reader, text), format!("line 1: {message}"));
    }
    assert_eq!(
        complaint(&flowers(), "width,width,species\n1,2,a\n"),
        "line 1: expected a column `length`, found `width`, `width`, `species`"
    );
    assert_eq!(
        complaint(&CsvReader::new().reals("x", "a"), "a,b,a\n1,2,3\n"),
        "line 1: expected one column `a`, found 2"
    );
    assert_eq!(
        complaint(&CsvReader::new(), text),
        "expected columns to read, found none; name them with `reals`, `integers` or `labels`"
    );
    assert_eq!(
        complaint(&CsvReader::new().reals("x", Fields::Others).reals("x", 0), text),
        "line 2, column 2 (`width`): expected a finite number, found `a`"
            .replace("column 2 (`width`)", "column 3 (`species`)")
    );
    assert_eq!(
        complaint(&CsvReader::new().reals("x", 0).reals("x", 1), text),
        "there is a column `x` already"
    );
    assert_eq!(
        complaint(
            &CsvReader::new().reals("x", 0..3).reals("rest", Fields::Others),
            "a,b,c\n1,2,3\n"
        ),
        "column `rest`: expected a shape of at least one number, found [0]"
    );
}

#[test]
fn texts_without_samples_are_refused() {
    assert_eq!(complaint(&flowers(), ""), "expected a header, found the end of the text");
    assert_eq!(complaint(&flowers(), "\r\n\n"), "expected a header, found the end of the text");
    assert_eq!(
        complaint(&flowers(), "length,width,species\n"),
        "expected a sample below the header, found the end of the text"
    );
    assert_eq!(
        complaint(&flowers().without_header(), ""),
        "expected a sample, found the end of the text"
    );
}

#[test]
fn files_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("flowers.csv");
    let message = flowers().read::<f32>(&path).unwrap_err().to_string();
    assert!(message.starts_with(&format!("{}: cannot be read: ", path.display())), "{message}");
    std::fs::write(&path, "length,width,species\n1,2,a\n1,b,a\n").unwrap();
    let message = flowers().read::<f32>(&path).unwrap_err().to_string();
    let expected = "line 3, column 2 (`width`): expected a finite number, found `b`";
    assert_eq!(message, format!("{}: {expected}", path.display()));
    std::fs::write(&path, "length,width,species\n1,2,a\n").unwrap();
    assert_eq!(flowers().read::<f64>(&path).unwrap().len(), 1);
    assert!(flowers().read::<f64>(directory.path()).is_err());
}

#[test]
fn a_reader_that_fails_says_so() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the wire is cut"))
        }
    }
    let error = flowers().read_from::<f32>(Failing).unwrap_err();
    assert_eq!(error.to_string(), "cannot be read: the wire is cut");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in prop::collection::vec(
            prop::sample::select(b"a1,;\"\n\r\\ .-\xff\xef\xbb\xbf\0".as_slice()), 0..60,
        ),
        has_header: bool,
    ) {
        let reader = CsvReader::new().reals("x", 0).labels("y", Fields::Others);
        let reader = if has_header { reader } else { reader.without_header() };
        let _ = reader.read_from::<f32>(&*bytes);
        let _ = CsvReader::new().reals("x", "a").missing(0.0).read_from::<f64>(&*bytes);
    }

    #[test]
    fn numbers_come_back(numbers in prop::collection::vec(-1e30f32..1e30, 1..20)) {
        let lines: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        let reader = CsvReader::new().without_header().reals("x", 0);
        let data = read(&reader, &lines.join("\n")).unwrap();
        prop_assert_eq!(data.all().reals("x").unwrap(), numbers);
    }
}
