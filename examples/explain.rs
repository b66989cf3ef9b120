//! What the compiler derived for the network of the article: its layers with their sizes, work and
//! memory, and the equations of its forward and backward pass. Then one step of training of the same
//! network in small, with the numbers beside the formulas: forward, loss, backward, update.
//!
//! ```sh
//! cargo run --example explain
//! cargo run --example explain -- --latex    # the equations for a LaTeX document
//! ```

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::pedantic)]

use tapeless::prelude::*;

network! {
    /// The classifier of the article: 784 → 128 → 64 → 10.
    pub NeuralNetwork<
        flatten(28, 28);
        hidden1: linear(784, 128);
        relu;
        hidden2: linear(128, 64);
        sigmoid;
        out: linear(64, 10);
    >

    /// The same in small: 4 → 3 → 2 → 2.
    pub Small<
        flatten(2, 2);
        hidden1: linear(4, 3);
        relu;
        hidden2: linear(3, 2);
        sigmoid;
        out: linear(2, 2);
    >
}

/// The numbers of an array of the network: the layer, what the layer calls it, and its elements.
type Numbers = (&'static str, &'static str, Vec<f32>);

/// Every array of one step, computed here by the printed formulas.
fn by_hand(model: &Small, x: &SVector<f32, 4>, label: usize) -> Vec<Numbers> {
    let first = model.hidden1.weight.tr_mul(x) + model.hidden1.bias;
    let relu = first.map(|x| x.max(0.0));
    let second = model.hidden2.weight.tr_mul(&relu) + model.hidden2.bias;
    let sigmoid = second.map(|x| 1.0 / (1.0 + (-x).exp()));
    let logits = model.out.weight.tr_mul(&sigmoid) + model.out.bias;

    let exponentials = logits.map(f32::exp);
    let mut on_logits = exponentials / exponentials.sum();
    on_logits[label] -= 1.0;
    let on_sigmoid = model.out.weight * on_logits;
    let on_second = on_sigmoid.component_mul(&sigmoid.map(|y| y * (1.0 - y)));
    let on_relu = model.hidden2.weight * on_second;
    let on_first = on_relu.zip_map(&relu, |dy, y| if y > 0.0 { dy } else { 0.0 });

    let vector = |values: &[f32]| values.to_vec();
    vec![
        ("flatten", "y", vector(x.as_slice())),
        ("hidden1", "y", vector(first.as_slice())),
        ("hidden1", "dbias", vector(on_first.as_slice())),
        ("hidden1", "dweight", vector((x * on_first.transpose()).as_slice())),
        ("relu", "y", vector(relu.as_slice())),
        ("relu", "dx", vector(on_first.as_slice())),
        ("hidden2", "y", vector(second.as_slice())),
        ("hidden2", "dbias", vector(on_second.as_slice())),
        ("hidden2", "dx", vector(on_relu.as_slice())),
        ("hidden2", "dweight", vector((relu * on_second.transpose()).as_slice())),
        ("sigmoid", "y", vector(sigmoid.as_slice())),
        ("sigmoid", "dx", vector(on_second.as_slice())),
        ("out", "y", vector(logits.as_slice())),
        ("out", "dbias", vector(on_logits.as_slice())),
        ("out", "dx", vector(on_sigmoid.as_slice())),
        ("out", "dweight", vector((sigmoid * on_logits.transpose()).as_slice())),
    ]
}

/// The explanation of each layer: its first line is its title.
fn layers(explanation: &'static str) -> Vec<Vec<&'static str>> {
    let mut layers: Vec<Vec<&str>> = Vec::new();
    for line in explanation.lines() {
        match layers.last_mut() {
            Some(layer) if line.starts_with(' ') => layer.push(line),
            _ => layers.push(vec![line]),
        }
    }
    layers
}

/// A layer's equations of the arrays that are asked for, each with its numbers on the line below.
fn print_beside(layer: &[&str], numbers: &[Numbers], is_shown: impl Fn(&str) -> bool) {
    println!("{}", layer[0].split("  ").next().unwrap_or_default());
    let called = layer[0].split([':', '(', ' ']).next().unwrap_or_default();
    for line in &layer[1..] {
        let name = line.trim().split(['[', ' ']).next().unwrap_or_default();
        if !line.contains(" = ") || !is_shown(name) {
            continue;
        }
        println!("{line}");
        if let Some((_, _, values)) =
            numbers.iter().find(|(of, it, _)| (*of, *it) == (called, name))
        {
            println!("      {}", row(values));
        }
    }
}

fn row(values: &[f32]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("{value:8.4}")).collect();
    values.join(" ")
}

/// The greatest distance between the generated gradient and the one by hand.
fn distance(gradient: &Small, numbers: &[Numbers]) -> f32 {
    let generated = [
        ("hidden1", "dweight", gradient.hidden1.weight.as_slice()),
        ("hidden1", "dbias", gradient.hidden1.bias.as_slice()),
        ("hidden2", "dweight", gradient.hidden2.weight.as_slice()),
        ("hidden2", "dbias", gradient.hidden2.bias.as_slice()),
        ("out", "dweight", gradient.out.weight.as_slice()),
        ("out", "dbias", gradient.out.bias.as_slice()),
    ];
    let of = |layer, name| numbers.iter().find(move |(a, b, _)| *a == layer && *b == name);
    let pairs = generated.into_iter().filter_map(|(layer, name, values)| {
        of(layer, name).map(|(_, _, by_hand)| values.iter().zip(by_hand))
    });
    pairs.flatten().map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().any(|argument| argument == "--latex") {
        println!("{}{}", NeuralNetwork::latex(), CrossEntropy::default().latex());
        return Ok(());
    }
    println!("{}\n", NeuralNetwork::summary());
    println!("{}", NeuralNetwork::explain());

    let (x, label, lr) = (SVector::from([0.5, -1.0, 2.0, 0.25]), 1, 0.5);
    let mut model = Small::new(&mut seed(1));
    let mut gradient = Small::zeros();
    let mut pass = Small::pass(1);
    let mut sgd = Sgd { lr, ..Sgd::default() }.over(&model)?;
    let numbers = by_hand(&model, &x, label);
    let layers = layers(Small::explain());

    println!("\n─── One step of the same in small ───\n\nForward\n");
    let logits = model.forward_batch(&x, &mut pass)?;
    for layer in &layers {
        print_beside(layer, &numbers, |name| !name.starts_with('d'));
    }

    let loss = logits.loss(CrossEntropy::default(), &[label])?;
    println!("\nLoss: {:.4} for the label {label}\n", loss.value());
    println!(
        "{}",
        CrossEntropy::default().explain().split("\ncross_entropy(").next().unwrap_or_default()
    );
    println!("      {}", row(loss.output_gradient().as_slice()));

    println!("\nBackward, from the last layer to the first\n");
    loss.backward(&mut gradient);
    for layer in layers.iter().rev() {
        print_beside(layer, &numbers, |name| name.starts_with('d'));
    }

    println!(
        "\nUpdate: every parameter θ −= lr·dθ, here with lr = {lr}; out.bias was, and is now\n"
    );
    println!("      {}", row(model.out.bias.as_slice()));
    sgd.step(&mut model, &gradient);
    println!("      {}", row(model.out.bias.as_slice()));
    let after = model.forward_batch(&x, &mut pass)?.loss(CrossEntropy::default(), &[label])?;
    println!("\nThe loss is {:.4} now.", after.value());
    let distance = distance(&gradient, &numbers);
    assert!(distance < 1e-6, "the formulas and the gradient differ by {distance}");
    println!("The generated gradient is within {distance:.0e} of the one computed by hand.");
    Ok(())
}
