//! The words of the language as documentation: a chapter for each kind, an entry for each word, made
//! from the texts of the library.

mod example;
mod program;
mod words;
mod written;

use std::fmt::Write;

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use written::written;

use crate::frontend::library::Library;
use crate::frontend::mentions::{Mention, OwnItem, Position};
use crate::frontend::parse::documentation_of;
use crate::frontend::syntax::{Definition, Kind, Setting};
pub use words::GROUPS;
use words::{FUNCTIONS, INITIALISATIONS, STATEMENTS, Word};

/// All words of one kind.
pub struct Chapter {
    /// The name of its module.
    pub name: &'static str,
    /// What each of its entries is: the name of its type.
    pub entry: &'static str,
    /// What all of them are, in a sentence.
    pub documentation: &'static str,
    pub entries: Vec<Entry>,
}

/// A word, and what it means.
pub struct Entry {
    pub name: String,
    pub documentation: String,
}

/// The explanation of everything that a block declares, or nothing if that has mistakes.
pub type Explain<'a> = &'a mut dyn FnMut(TokenStream) -> Option<String>;

/// The whole language; what moves parameters, the optimizers, is no part of the library that equations call.
pub fn chapters(library: &Library, moving: &[Definition], explain: Explain) -> Vec<Chapter> {
    let mut of_kind = |kind: Kind| {
        let all = library.definitions.iter().chain(&library.losses).chain(moving);
        entries(all.filter(|one| one.kind == kind), explain)
    };
    let [activations, layers, losses, optimizers] =
        [Kind::Activation, Kind::Layer, Kind::Loss, Kind::Optimizer].map(&mut of_kind);
    let chapter =
        |name, entry, documentation, entries| Chapter { name, entry, documentation, entries };
    vec![
        chapter("layers", "Layer", LAYERS, layers),
        chapter("activations", "Activation", ACTIVATIONS, activations),
        chapter("losses", "Loss", LOSSES, losses),
        chapter("optimizers", "Optimizer", OPTIMIZERS, optimizers),
        chapter("functions", "Function", ELEMENTARY, functions(library)),
        chapter("initialisations", "Initialisation", BEGINNINGS, of_words(INITIALISATIONS)),
        chapter("statements", "Statement", KEYWORDS, of_words(STATEMENTS)),
    ]
}

const LAYERS: &str = "Layers, with PyTorch's names, shapes, defaults and initialisation.

```
use tapeless::prelude::*;

network! { Net< input(1, 12, 12); conv2d(4, 3); relu; max_pool2d(2); flatten; linear(10); softmax > }

let probabilities = Net::new(&mut seed(0)).forward(&SVector::from_element(0.5));
assert!((probabilities.sum() - 1.0).abs() < 1e-5);
```";

const ACTIVATIONS: &str =
    "Activations: functions of each number by itself, with PyTorch's names and \
defaults. Equations call them too.

```
use tapeless::prelude::*;

network! {
    Net< linear(2, 3); leaky_relu(0.2); linear(1) >
    activation bent(x) = 0.5 * (x + silu(x));
}
```";

const LOSSES: &str =
    "Losses. Each is a type of [`loss`](crate::loss) too, with a field for each setting.

```
use tapeless::prelude::*;

network! { Net< linear(2, 3) > }

let (model, mut pass) = (Net::new(&mut seed(0)), Net::pass(2));
let x = Samples::<f32, Const<2>>::from_element(2, 0.5);
let loss = CrossEntropy { label_smoothing: 0.1, ..CrossEntropy::default() };
assert!(model.forward_batch(&x, &mut pass)?.loss(loss, &[0u8, 2])?.value() > 0.0);
# Ok::<(), Box<dyn std::error::Error>>(())
```";

const OPTIMIZERS: &str =
    "Optimizers. Each is a type of [`optimizer`](crate::optimizer) too, with a field \
for each setting.

```
use tapeless::prelude::*;

network! { Net< linear(2, 3) > }

let mut model = Net::new(&mut seed(0));
let mut adam = Adam { lr: 1e-2, ..Adam::default() }.over(&model)?;
adam.step(&mut model, &Net::zeros());
# Ok::<(), Box<dyn std::error::Error>>(())
```";

const ELEMENTARY: &str = "Functions and constants of equations.

```
tapeless::network! {
    layer centred(I) { input x[i: I]; m = mean(i: x[i]); y[i] = exp(-(x[i] - m)^2 / 2) / sqrt(2 * pi); }
    Net< input(4); centred >
}
```";

const BEGINNINGS: &str = "How a parameter or a state begins: `param w[i: I] ~ uniform(0.1);`.

```
tapeless::network! {
    layer scaled(I) { input x[i: I]; param w[i: I] ~ ones(); y[i] = w[i] * x[i]; }
    Net< input(4); scaled >
}
```";

const KEYWORDS: &str = "What begins an item, a group of layers or a statement.

```
tapeless::network! {
    block twice< linear(4, 4); tanh; linear(4) >
    Net< residual { twice }; linear(1) >
}
```";

/// An entry for each name, be it defined once or for several kinds of input.
fn entries<'a>(definitions: impl Iterator<Item = &'a Definition>, explain: Explain) -> Vec<Entry> {
    let mut groups: Vec<Vec<&Definition>> = Vec::new();
    for definition in definitions {
        match groups.last_mut() {
            Some(group) if group[0].name == definition.name => group.push(definition),
            _ => groups.push(vec![definition]),
        }
    }
    groups.iter().map(|group| entry(group, explain)).collect()
}

fn entry(group: &[&Definition], explain: Explain) -> Entry {
    let [first, ..] = group else {
        return Entry { name: String::new(), documentation: String::new() };
    };
    let mut text = first.written.documentation.clone();
    let written: Vec<String> =
        group.iter().map(|one| written(one.written.tokens.clone())).collect();
    push_code(&mut text, "# Equations", &written.join("\n"));
    push_settings(&mut text, &first.settings);
    if matches!(first.kind, Kind::Loss | Kind::Optimizer) {
        let tokens = group.iter().map(|one| one.written.tokens.clone()).collect();
        if let Some(explained) = explain(tokens) {
            push_code(&mut text, "# Derived", &explained);
        }
        if let Some(program) = program::program(first) {
            let _ = write!(text, "\n\n# Example\n\n```\n{program}\n```");
        }
    } else if let Some((example, explained)) = explained_example(first, explain) {
        push_code(&mut text, "# Derived", &explained);
        push_code(&mut text, "# Example", &format!("network! {{ {example} }}"));
    }
    Entry { name: first.name.to_string(), documentation: text }
}

/// The first use of a definition that fits its requirements, and what is derived there.
fn explained_example(definition: &Definition, explain: Explain) -> Option<(String, String)> {
    example::candidates(definition).find_map(|one| {
        let explained = explain(one.differentiated)?;
        Some((one.text, without_first_layers(&explained, one.layers_before)))
    })
}

/// An explanation without so many layers in front of the one that it is about.
fn without_first_layers(explained: &str, count: usize) -> String {
    let mut layers = 0;
    let lines = explained.lines().skip_while(|line| {
        layers += usize::from(!line.starts_with(' '));
        layers <= count
    });
    let lines = lines.map(|line| line.strip_prefix(example::LABEL).unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn push_code(text: &mut String, title: &str, code: &str) {
    let _ = write!(text, "\n\n{title}\n\n```text\n{}\n```", code.trim_end());
}

fn push_settings(text: &mut String, settings: &[Setting]) {
    if settings.is_empty() {
        return;
    }
    text.push_str("\n\n# Settings\n\n| setting | default | range |\n|---|---|---|");
    for setting in settings {
        let Setting { name, default, is_truth, .. } = setting;
        let default = match default.to_string().as_str() {
            "0" if *is_truth => "false".to_owned(),
            "1" if *is_truth => "true".to_owned(),
            default => default.to_owned(),
        };
        let range = setting.range.as_ref().map_or(String::new(), |(least, greatest)| {
            let dots = if setting.is_half_open { ".." } else { "..=" };
            format!("`{least}{dots}{greatest}`")
        });
        let words = setting.words.iter().map(|word| format!("`{word}`"));
        let ranges = Some(range).filter(|range| !range.is_empty()).into_iter().chain(words);
        let range = ranges.collect::<Vec<_>>().join(", ");
        let _ = write!(text, "\n| `{name}` | `{default}` | {range} |");
    }
}

/// The elementary functions with their derivatives, and the other words of expressions.
fn functions(library: &Library) -> Vec<Entry> {
    let elementary = library.functions.iter().map(|function| {
        let (name, derivative) = (function.name.to_string(), &function.derivative);
        let text = format!(
            "{}\n\nIts derivative, with y = {name}(x): `{derivative}`.",
            function.documentation
        );
        Entry { name, documentation: text }
    });
    elementary.chain(of_words(FUNCTIONS)).collect()
}

fn of_words(words: &[Word]) -> Vec<Entry> {
    let entry =
        |&(name, text): &Word| Entry { name: name.to_owned(), documentation: text.to_owned() };
    words.iter().map(entry).collect()
}

/// The documentation of a definition of a block's own.
pub fn of_own(word: &OwnItem) -> String {
    let mut text = documentation_of(word.attributes.clone());
    push_code(&mut text, "# Equations", &written(word.tokens.clone()));
    text
}

/// Whether something has this name where it stands: a word of the language, or one of the block's own.
pub fn knows(library: &Library, own: &[&OwnItem], mention: &Mention) -> bool {
    let Mention { position, word } = mention;
    let word = &word.unraw();
    let is_among = |words: &[Word]| words.iter().any(|(name, _)| word == name);
    let is_defined = || library.definitions.iter().any(|one| one.name == *word);
    let is_loss = || library.losses.iter().any(|one| one.name == *word);
    let is_own = || own.iter().any(|one| one.name == *word);
    match position {
        Position::Chain => is_defined() || is_own() || GROUPS.iter().any(|group| word == group),
        Position::Equation => {
            let is_elementary = library.functions.iter().any(|one| one.name == *word);
            is_defined() || is_loss() || is_own() || is_elementary || is_among(FUNCTIONS)
        }
        Position::Initialisation => is_among(INITIALISATIONS),
        Position::Statement => is_among(STATEMENTS),
    }
}
