//! A label for each step of a sequence. A recurrent network reads texts from the left and from the right,
//! and says of each bracket whether it has a partner, and of each letter whether it stands between two.
//! The texts are of unequal length: behind the end of one, a mask is 0 and nothing counts.
//!
//! ```sh
//! cargo run --release --example tagger
//! ```

use std::error::Error;

use clap::Parser;
use rand::{Rng, RngExt};
use tapeless::prelude::*;

network! {
    const LENGTH: usize = 24;
    const WIDTH: usize = 48;

    Tagger {
        input text[t: LENGTH]: index(4);
        symbols = embedding(8)(text);
        around = <gru(WIDTH, bidirectional = true); linear(WIDTH)>(symbols);
        output tags = linear(4)(tanh(around));
    }

    /// Cross-entropy of each step, and its mean over those that the mask lets count.
    loss labelling(tags[t: T, c: C]; label[t: T]: class, mask[t: T]) {
        log_p[t, c] = log_softmax(tags)[t, c];
        samples = sum(t: mask[t]);
        y = -sum(t: mask[t] * log_p[t, label[t]]);
    }
}

const BATCH: usize = 64;

/// What a text is made of, and its end.
const SYMBOLS: [char; 4] = ['a', '(', ')', ' '];

/// A letter outside and inside, a bracket with a partner and one without, as they are printed.
const TAGS: [char; 4] = ['.', '-', '=', '!'];

/// Learns which brackets have partners.
#[derive(Parser)]
struct Options {
    /// Steps of training
    #[arg(long, default_value_t = 1000)]
    steps: u32,
}

/// Texts of `LENGTH` symbols with their labels, one text after the other.
#[derive(Default)]
struct Texts {
    symbols: Vec<u8>,
    labels: Vec<u8>,
    mask: Vec<f32>,
}

/// Texts of 8 symbols or more.
fn draw<R: Rng>(rng: &mut R) -> Texts {
    let mut texts = Texts::default();
    for end in (1..=BATCH).map(|text| text * LENGTH) {
        let length = 0..rng.random_range(8..=LENGTH);
        let text: Vec<u8> = length.map(|_| rng.random_range(0..3)).collect();
        texts.symbols.extend(&text);
        texts.labels.extend(label(&text));
        texts.mask.extend(text.iter().map(|_| 1.0));
        texts.symbols.resize(end, 3);
        texts.labels.resize(end, 0);
        texts.mask.resize(end, 0.0);
    }
    texts
}

/// The labels of a text: a stack of the brackets that are still open finds the partners.
fn label(text: &[u8]) -> Vec<u8> {
    let mut labels: Vec<u8> = text.iter().map(|&symbol| if symbol == 0 { 0 } else { 3 }).collect();
    let mut open = Vec::new();
    for (at, &symbol) in text.iter().enumerate() {
        match symbol {
            1 => open.push(at),
            2 => {
                let Some(partner) = open.pop() else { continue };
                (labels[partner], labels[at]) = (2, 2);
                let between = labels[partner..at].iter_mut();
                between.filter(|label| **label == 0).for_each(|label| *label = 1);
            }
            _ => {}
        }
    }
    labels
}

fn main() -> Result<(), Box<dyn Error>> {
    let (options, mut rng) = (Options::parse(), seed(1));
    println!("{}\n", Tagger::summary());
    let mut model = Tagger::new(&mut rng);
    let (mut gradient, mut pass) = (Tagger::zeros(), Tagger::pass(BATCH));
    let mut adam = Adam::default().over(&model)?;
    for step in 0..options.steps {
        let texts = draw(&mut rng);
        let outputs = model.forward_batch(&texts.symbols, &mut pass)?;
        let targets = LabellingTargets { label: &texts.labels, mask: &texts.mask };
        let loss = outputs.loss(Labelling::default(), &targets)?;
        if step % 200 == 0 {
            println!("step {step:3}   loss of a label {:.4}", loss.value());
        }
        loss.backward(&mut gradient);
        gradient.clip_norm(1.0);
        adam.set_lr(5e-3 * (1.0 - f64::from(step) / f64::from(options.steps)))?;
        adam.step(&mut model, &gradient);
    }
    judge(&model, &draw(&mut rng))
}

/// Prints three texts with their tags, and how many labels are right.
fn judge(model: &Tagger, texts: &Texts) -> Result<(), Box<dyn Error>> {
    let mut pass = Tagger::pass(BATCH);
    let tags = model.evaluate(&texts.symbols, &mut pass)?;
    let tag = |logits: &[f32; 4]| SVector::from(*logits).imax();
    let found: Vec<usize> = tags.as_slice().as_chunks().0.iter().map(tag).collect();
    let counted: Vec<usize> = (0..found.len()).filter(|&at| texts.mask[at] > 0.0).collect();
    for text in counted.chunk_by(|at, next| at / LENGTH == next / LENGTH).take(3) {
        let symbols = text.iter().map(|&at| SYMBOLS[usize::from(texts.symbols[at])]);
        let tags = text.iter().map(|&at| TAGS[found[at]]);
        println!("\n  {}\n  {}", symbols.collect::<String>(), tags.collect::<String>());
    }
    let right = counted.iter().filter(|&&at| found[at] == usize::from(texts.labels[at])).count();
    let share = 100.0 * right as f64 / counted.len() as f64;
    println!("\n{share:.2}% of {} labels of new texts are right", counted.len());
    println!(
        "(= a bracket with a partner, ! one without, - a letter between partners, . any other)"
    );
    Ok(())
}
