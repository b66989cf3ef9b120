//! Random optimizers: users' own, of what the language has for them, and the built-in ones with random options.

use std::fmt::Write;

use super::choices::Choices;

/// An optimizer with numbers for its settings.
pub struct RandomOptimizer {
    pub name: String,
    /// Nothing for a built-in one.
    pub declaration: String,
    pub settings: Vec<(&'static str, Value)>,
}

/// What a setting is.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    Number(f64),
    Truth(bool),
}

impl Value {
    pub fn number(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Truth(truth) => f64::from(u8::from(truth)),
        }
    }
}

const RATES: [f64; 3] = [0.01, 0.1, 0.5];
const KEPT: [f64; 3] = [0.9, 0.5, 0.99];
const SMALL: [f64; 3] = [0.0, 0.1, 0.3];

/// The settings of users' own, with their ranges.
const SETTINGS: [(&str, &str); 8] = [
    ("lr", "0.01 in 0..infinity"),
    ("a", "0.8 in 0..1"),
    ("b", "0.7 in 0..=1"),
    ("limit", "1 in 0..=infinity"),
    ("decay", "0"),
    ("momentum", "0"),
    ("begin", "0"),
    ("flip", "false"),
];

/// What the gradient becomes first.
const GRADIENTS: [&str; 5] = [
    "g",
    "clamp(g, -limit, limit)",
    "if decay != 0 { g + decay * w } else { g }",
    "(if flip { -1 } else { 1 }) * g",
    "if flip { max(g, -limit) } else { min(g, limit) }",
];

/// Averages of the gradient: a state and its update.
const AVERAGES: [&str; 4] = [
    "m <- a * m + (1 - a) * d",
    "m <- lerp(m, d, 1 - a)",
    "m <- a * m + d / step",
    "m <- max(a * m, abs(d)) * sign(d)",
];

/// Sizes of the gradient.
const SIZES: [&str; 3] =
    ["v <- b * v + (1 - b) * d * d", "v <- v + d^2", "v <- max(b * v, abs(d))"];

/// How far a step goes; `rest` is what stands before it.
const STEPS: [&str; 6] = [
    "lr * m / (sqrt(v) + 0.01)",
    "lr / sqrt(step) * (m + 0.1 * rolling)",
    "lr * tanh(rolling) * b^step",
    "lr * (if flip { sign(m) } else { m }) / (1 + product)",
    "lr * (1 - product) * m * exp(-v)",
    "lr * rolling / (1 + abs(m))",
];

/// A user's own, of this number.
pub fn own(choices: &mut Choices, number: u64) -> RandomOptimizer {
    let [gradient, average, size, step] =
        [&GRADIENTS[..], &AVERAGES, &SIZES, &STEPS].map(|texts| *choices.pick(texts));
    let reads = |name: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        step.split(|letter| !is_letter(letter)).any(|word| word == name)
    };
    let mut body = format!("    d = {gradient};\n");
    let mut states = String::new();
    if reads("m") {
        states.push_str("    state m;\n");
        let _ = writeln!(body, "    {average};");
    }
    if reads("v") {
        states.push_str("    state v ~ constant(begin);\n");
        let _ = writeln!(body, "    {size};");
    }
    if reads("rolling") {
        states.push_str("    state count when momentum > 0;\n    state c when momentum > 0;\n");
        body.push_str("    count <- count + 1;\n");
        body.push_str("    c <- if count == 1 { d } else { momentum * c + d };\n");
        body.push_str("    rolling = if momentum > 0 { c } else { d };\n");
    }
    if reads("product") {
        states.push_str("    state product ~ ones();\n");
        body.push_str("    product <- product * b;\n");
    }
    let _ = writeln!(body, "    w <- w - {step};");
    let words = format!("{states}{body}");
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words: Vec<&str> = words.split(|letter| !is_letter(letter)).collect();
    let used = SETTINGS.iter().filter(|(name, _)| words.contains(name));
    let head = used.clone().map(|(name, default)| format!("{name} = {default}"));
    let head = head.collect::<Vec<_>>().join(", ");
    let settings = used.map(|(name, _)| (*name, setting(choices, name))).collect();
    let name = format!("random{number}");
    let declaration = format!("optimizer {name}(w, g; {head}) {{\n{states}{body}}}\n");
    RandomOptimizer { name, declaration, settings }
}

fn setting(choices: &mut Choices, name: &str) -> Value {
    match name {
        "lr" => Value::Number(*choices.pick(&RATES)),
        "a" | "b" => Value::Number(*choices.pick(&KEPT)),
        "limit" => Value::Number(*choices.pick(&[0.2, 0.5, f64::INFINITY])),
        "flip" => Value::Truth(choices.one_in(2)),
        _ => Value::Number(*choices.pick(&SMALL)),
    }
}

/// What an option of a built-in optimizer may be.
#[derive(Clone, Copy)]
enum Choice {
    Of([f64; 3]),
    Truth,
}

/// The built-in ones: each option with what it may be.
const BUILT_IN: [(&str, &[(&str, Choice)]); 9] = [
    (
        "sgd",
        &[
            ("lr", Choice::Of(RATES)),
            ("momentum", Choice::Of([0.0, 0.9, 0.5])),
            ("dampening", Choice::Of([0.0, 0.5, 0.1])),
            ("weight_decay", Choice::Of(SMALL)),
            ("nesterov", Choice::Truth),
            ("maximize", Choice::Truth),
        ],
    ),
    ("adam", MOMENTS),
    ("adam_w", MOMENTS),
    (
        "rms_prop",
        &[
            ("lr", Choice::Of(RATES)),
            ("alpha", Choice::Of(KEPT)),
            ("eps", Choice::Of(TINY)),
            ("weight_decay", Choice::Of(SMALL)),
            ("momentum", Choice::Of([0.0, 0.9, 0.5])),
            ("centered", Choice::Truth),
            ("maximize", Choice::Truth),
        ],
    ),
    (
        "adagrad",
        &[
            ("lr", Choice::Of(RATES)),
            ("lr_decay", Choice::Of(SMALL)),
            ("weight_decay", Choice::Of(SMALL)),
            ("initial_accumulator_value", Choice::Of(SMALL)),
            ("eps", Choice::Of(TINY)),
            ("maximize", Choice::Truth),
        ],
    ),
    (
        "adadelta",
        &[
            ("lr", Choice::Of([1.0, 0.1, 0.5])),
            ("rho", Choice::Of(KEPT)),
            ("eps", Choice::Of(TINY)),
            ("weight_decay", Choice::Of(SMALL)),
            ("maximize", Choice::Truth),
        ],
    ),
    (
        "n_adam",
        &[
            ("lr", Choice::Of(RATES)),
            ("beta1", Choice::Of(KEPT)),
            ("beta2", Choice::Of(KEPT)),
            ("eps", Choice::Of(TINY)),
            ("weight_decay", Choice::Of(SMALL)),
            ("momentum_decay", Choice::Of([4e-3, 0.1, 0.5])),
            ("decoupled_weight_decay", Choice::Truth),
            ("maximize", Choice::Truth),
        ],
    ),
    (
        "r_adam",
        &[
            ("lr", Choice::Of(RATES)),
            ("beta1", Choice::Of(KEPT)),
            ("beta2", Choice::Of(KEPT)),
            ("eps", Choice::Of(TINY)),
            ("weight_decay", Choice::Of(SMALL)),
            ("decoupled_weight_decay", Choice::Truth),
            ("maximize", Choice::Truth),
        ],
    ),
    (
        "lion",
        &[
            ("lr", Choice::Of(RATES)),
            ("beta1", Choice::Of(KEPT)),
            ("beta2", Choice::Of(KEPT)),
            ("weight_decay", Choice::Of(SMALL)),
            ("maximize", Choice::Truth),
        ],
    ),
];

const TINY: [f64; 3] = [1e-8, 1e-3, 0.1];

const MOMENTS: &[(&str, Choice)] = &[
    ("lr", Choice::Of(RATES)),
    ("beta1", Choice::Of(KEPT)),
    ("beta2", Choice::Of(KEPT)),
    ("eps", Choice::Of(TINY)),
    ("weight_decay", Choice::Of(SMALL)),
    ("amsgrad", Choice::Truth),
    ("maximize", Choice::Truth),
];

/// A built-in one with random options.
pub fn built_in(choices: &mut Choices) -> RandomOptimizer {
    let (name, options) = *choices.pick(&BUILT_IN);
    let settings = options.iter().map(|(name, choice)| {
        let value = match choice {
            Choice::Of(numbers) => Value::Number(*choices.pick(numbers)),
            Choice::Truth => Value::Truth(choices.one_in(2)),
        };
        (*name, value)
    });
    let mut settings: Vec<(&'static str, Value)> = settings.collect();
    let number = |wanted: &str, settings: &[(&str, Value)]| {
        settings.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.number())
    };
    // Nesterov's momentum is one, and is not dampened.
    if number("nesterov", &settings) == Some(1.0) {
        for (name, value) in &mut settings {
            match *name {
                "momentum" if value.number() == 0.0 => *value = Value::Number(0.9),
                "dampening" => *value = Value::Number(0.0),
                _ => {}
            }
        }
    }
    RandomOptimizer { name: name.to_owned(), declaration: String::new(), settings }
}
