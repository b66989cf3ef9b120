//! The words of the language as documented items, for `tapeless` itself: a file, to which editors go from a
//! word.

use std::fmt::Write;

use crate::reference::{Chapter, Entry, GROUPS};

/// A public module for each chapter, and hidden ones of what may stand in one place: `chain` and
/// `equation`.
pub fn language(chapters: &[Chapter]) -> String {
    let mut text = String::from(
        "// Made from the texts of the library, in `nncompiler/src/frontend/library`: edit those.\n",
    );
    for chapter in chapters {
        push_module(&mut text, chapter);
    }
    let words = |name: &str| words(chapters, name);
    let (functions, activations) = (words("functions"), words("activations"));
    let others: Vec<&str> =
        activations.iter().copied().filter(|name| !functions.contains(name)).collect();
    push_uses(
        &mut text,
        "What may stand in a chain.",
        "chain",
        &[("layers", &words("layers")), ("activations", &activations), ("statements", &GROUPS)],
    );
    push_uses(
        &mut text,
        "What may stand in an equation.",
        "equation",
        &[
            ("functions", &functions),
            ("activations", &others),
            ("layers", &words("layers")),
            ("losses", &words("losses")),
        ],
    );
    text
}

fn words<'c>(chapters: &'c [Chapter], name: &str) -> Vec<&'c str> {
    let chapter = chapters.iter().filter(|chapter| chapter.name == name);
    chapter.flat_map(|chapter| &chapter.entries).map(|entry| entry.name.as_str()).collect()
}

fn push_module(text: &mut String, chapter: &Chapter) {
    let Chapter { name, entry, documentation, entries } = chapter;
    push_documentation(text, documentation, "");
    text.push_str("#[allow(non_upper_case_globals, reason = \"the words are written so\")]\n");
    let _ = writeln!(text, "pub mod {name} {{\n    use super::{entry};");
    for Entry { name, documentation } in entries {
        text.push('\n');
        push_documentation(text, documentation, "    ");
        let _ = writeln!(text, "    pub const {name}: {entry} = {entry};");
    }
    text.push_str("}\n");
}

fn push_documentation(text: &mut String, documentation: &str, indent: &str) {
    for line in documentation.lines() {
        let line = format!("{indent}/// {line}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// A module of items of others.
fn push_uses(text: &mut String, documentation: &str, name: &str, items: &[(&str, &[&str])]) {
    push_documentation(text, documentation, "");
    let _ = writeln!(text, "#[doc(hidden)]\npub mod {name} {{");
    for (module, words) in items {
        let _ = writeln!(text, "    pub use super::{module}::{{{}}};", words.join(", "));
    }
    text.push_str("}\n");
}
