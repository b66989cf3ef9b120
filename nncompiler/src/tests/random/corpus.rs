//! The blocks that `tests/random.rs` of `tapeless` compiles, since a test can write no Rust for
//! itself: made here, with what they compute, and recorded there.

use std::fmt::Write;
use std::path::PathBuf;

use super::cases::{Case, Expected, Given};
use super::choices::Choices;
use super::{CHOICES, Write as Writer, blocks, library};
use crate::frontend::library::Library;

const EXPRESSIONS: u64 = 30;

const LAYERS: u64 = 16;

/// A shorter equation would test little.
const SHORTEST: usize = 12;

const HEADER: &str = "\
//! Random activations and layers, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.
";

/// The text of the recorded blocks, the names of their networks, and what those compute.
#[derive(Default)]
struct Corpus {
    blocks: String,
    names: Vec<String>,
    rows: String,
}

impl Corpus {
    fn new() -> Self {
        let library = library();
        let mut corpus = Self::default();
        let expressions = (0..EXPRESSIONS).map(|number| (blocks::activation as Writer, number));
        let layers = (0..LAYERS).map(|number| (blocks::layer as Writer, number));
        for (write, number) in expressions.chain(layers) {
            corpus.add(write, number, &library);
        }
        corpus
    }

    /// The first block for a number that is long enough and can be compared.
    fn add(&mut self, write: Writer, number: u64, library: &Library) {
        let found = (0..).find_map(|attempt| {
            let mut choices = Choices::seeded(1000 * attempt + number, CHOICES);
            let text = write(library, &mut choices, number);
            let case = Case::new(&text, library)?;
            let solved = case.solved(library).filter(|_| case.nodes() >= SHORTEST)?;
            Some((text, case, solved))
        });
        let Some((text, case, (given, expected))) = found else { return };
        let name = format!("{}Of", case.block.networks[0].name);
        self.rows.push_str(&row(&name, &given, &expected));
        self.blocks.push_str(&indented(&text));
        self.names.push(name);
    }

    fn code(&self) -> String {
        let Self { blocks, names, .. } = self;
        let module = |name: &str, path: &str| {
            format!("\npub mod {name} {{\n    {path}! {{\n{blocks}    }}\n}}\n")
        };
        let fast = module("fast", "tapeless::network");
        let plain = module("plain", "tapeless::__private::network_as_loops");
        format!("{HEADER}{fast}{plain}\ncompare_all! {{\n    {}\n}}\n", names.join("\n    "))
    }
}

/// The name, the salt, and every number with what an operation's relative error does to it.
fn row(name: &str, given: &Given, expected: &Expected) -> String {
    let mut row = format!("{name} {}", given.salt);
    for (number, sensitivity) in expected.numbers.iter().zip(&expected.sensitivities) {
        let _ = write!(row, " {number:e}~{sensitivity:.1e}");
    }
    row + "\n"
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["        ", line, "\n"]).collect()
}

/// Compares a file with what it should hold, or writes that.
pub fn assert_recorded(name: &str, text: &str) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../tests/random").join(name);
    if std::env::var_os("UPDATE_RANDOM").is_some() {
        std::fs::write(&path, text).expect("a file that can be written");
    }
    let recorded = std::fs::read_to_string(&path).expect("a file that can be read");
    let is_equal = recorded == text;
    assert!(is_equal, "tests/random/{name}: run with UPDATE_RANDOM=1 and read the difference");
}

#[test]
fn the_corpus_is_as_recorded() {
    let corpus = Corpus::new();
    assert_recorded("corpus.rs", &corpus.code());
    assert_recorded("expected.txt", &corpus.rows);
}
