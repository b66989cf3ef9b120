//! Random losses of several outputs: masks, classes, slices, gathers, settings, other losses, derivatives, pairs of
//! samples and weights of them. Each is written as a declaration, and for PyTorch.

mod terms;

use std::collections::BTreeSet;
use std::fmt::Write;

use super::choices::Choices;

/// What all of them are losses of.
pub const NETWORK: &str = "pub Lossy { input x[i: 3]; a = linear(6)(x); output p = reshape(2, 3)(a); \
                           output v = linear(5)(x); output q = linear(1)(x); }";

/// The terms of a loss, at most.
const TERMS: usize = 4;

/// The outputs, as losses declare them, with their numbers.
pub const OUTPUTS: [(&str, &str, usize); 3] =
    [("p", "p[s: 2, c: 3]", 6), ("v", "v[n: 5]", 5), ("q", "q", 1)];

/// What the numbers of a target are.
#[derive(Clone, Copy, Debug)]
pub enum Numbers {
    Classes(usize),
    Reals,
    /// Far from 0.
    Positives,
}

/// Something to compare outputs with.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub name: &'static str,
    declared: &'static str,
    pub width: usize,
    pub numbers: Numbers,
}

const fn target(
    name: &'static str,
    declared: &'static str,
    width: usize,
    numbers: Numbers,
) -> Target {
    Target { name, declared, width, numbers }
}

/// Each has the salt of its place.
pub const TARGETS: [Target; 6] = [
    target("tag", "tag[s: 2]: class", 2, Numbers::Classes(3)),
    target("label", "label: class", 1, Numbers::Classes(5)),
    target("mask", "mask[s: 2]", 2, Numbers::Reals),
    target("r", "r[n: 5]", 5, Numbers::Reals),
    target("t", "t", 1, Numbers::Reals),
    target("weight", "weight", 1, Numbers::Positives),
];

/// The setting that is a number for each of the outputs v.
pub const SLICE: &str = "scales";

/// A loss, as it is declared and as a function of PyTorch.
pub struct RandomLoss {
    pub name: String,
    pub declaration: String,
    /// Statements over outputs and targets, which make `y`, a number for each sample.
    pub torch: String,
    pub outputs: Vec<&'static str>,
    pub targets: Vec<Target>,
    /// Numbers of settings, beside [`SLICE`].
    pub settings: Vec<(&'static str, f64)>,
    pub has_slice: bool,
    pub is_weighted: bool,
}

#[derive(Default)]
struct Text {
    statements: String,
    torch: String,
    /// The names of outputs, targets and arrays that are read or made.
    names: BTreeSet<&'static str>,
    settings: Vec<(&'static str, f64)>,
}

struct Writer<'a> {
    choices: &'a mut Choices,
    text: Text,
}

/// The loss of a number.
pub fn loss(choices: &mut Choices, number: u64) -> RandomLoss {
    let mut writer = Writer { choices, text: Text::default() };
    let count = writer.choices.up_to(TERMS);
    let mut terms: Vec<(String, String)> = (0..count).map(|_| writer.term()).collect();
    let is_weighted = writer.choices.one_in(3);
    if is_weighted {
        writer.reads(&["weight"]);
    }
    // Several targets are a struct, and one is none.
    if writer.targets().len() < 2 {
        terms.push(writer.of_two_targets());
    }
    let coefficients = ["", "0.5 * ", "2 * ", "0.25 * "];
    let sum = |terms: Vec<&String>| {
        let terms = terms.into_iter().zip(coefficients.iter().cycle());
        terms.map(|(term, by)| format!("{by}({term})")).collect::<Vec<_>>().join(" + ")
    };
    let (declared, torch): (Vec<_>, Vec<_>) = terms.iter().map(|(a, b)| (a, b)).unzip();
    let [declared, torch] = [sum(declared), sum(torch)];
    let targets = writer.targets();
    let Text { mut statements, torch: mut lines, names, settings } = writer.text;
    let outputs = OUTPUTS.iter().filter(|(name, ..)| names.contains(name));
    if is_weighted {
        statements.push_str("    samples = weight;\n");
    }
    let [declared, torch] =
        [declared, torch].map(|sum| if is_weighted { format!("weight * ({sum})") } else { sum });
    let _ = writeln!(statements, "    y = {declared};");
    let _ = writeln!(lines, "    y = {torch}");
    let has_slice = names.contains(SLICE);
    let name = format!("random{number}");
    let head = [
        outputs.clone().map(|(_, declared, _)| (*declared).to_owned()).collect::<Vec<_>>(),
        targets.iter().map(|target| target.declared.to_owned()).collect(),
        settings
            .iter()
            .map(|(name, number)| format!("{name} = {}", number + 1.0))
            .chain(has_slice.then(|| format!("{SLICE}[n: 5] = 1")))
            .collect(),
    ];
    let head = head.map(|part| part.join(", ")).join("; ");
    let head = head.trim_end_matches("; ");
    RandomLoss {
        declaration: format!("loss {name}({head}) {{\n{statements}}}\n"),
        torch: lines,
        outputs: outputs.map(|(name, ..)| *name).collect(),
        name,
        targets,
        settings,
        has_slice,
        is_weighted,
    }
}

impl Writer<'_> {
    fn reads(&mut self, names: &[&'static str]) {
        self.text.names.extend(names);
    }

    fn targets(&self) -> Vec<Target> {
        let targets = TARGETS.into_iter();
        targets.filter(|target| self.text.names.contains(target.name)).collect()
    }

    /// A statement that stands once, however often its array is read.
    fn once(&mut self, name: &'static str, declared: &str, torch: &str) {
        if self.text.names.insert(name) {
            let _ = writeln!(self.text.statements, "    {declared};");
            if !torch.is_empty() {
                let _ = writeln!(self.text.torch, "    {torch}");
            }
        }
    }

    /// A setting of some number, which is not its default.
    fn setting(&mut self, name: &'static str) -> f64 {
        if let Some((_, number)) = self.text.settings.iter().find(|(other, _)| *other == name) {
            return *number;
        }
        let number = *self.choices.pick(&[0.3, 0.75, 1.5]);
        self.text.settings.push((name, number));
        number
    }

    /// What reads two targets.
    fn of_two_targets(&mut self) -> (String, String) {
        self.reads(&["q", "t", "mask"]);
        ("(q - t)^2 * sum(s: mask[s]^2)".into(), "(q - t) ** 2 * (mask**2).sum(1)".into())
    }
}
