//! A causal transformer that reads a text and says of every character which one comes next. Each place has
//! a loss of its own, and sees only what stands before it.
//!
//! ```sh
//! cargo run --release --example text                    # learns a passage by heart
//! cargo run --release --example text -- --data FILE     # learns to write like a longer text
//! ```

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use rand::{Rng, RngExt};
use tapeless::network::BatchError;
use tapeless::prelude::*;

network! {
    const LENGTH: usize = 64;
    const SYMBOLS: usize = 96;
    const WIDTH: usize = 96;

    block attention< layer_norm; multihead_attention(WIDTH, 4, causal = true) >
    block feed_forward< layer_norm; linear(4 * WIDTH); gelu; linear(WIDTH) >

    Writer<
        input(LENGTH): index(SYMBOLS);
        embedding(WIDTH);
        positional_encoding;
        repeat _ in 0..2 { residual { attention } residual { feed_forward } }
        layer_norm;
        linear(SYMBOLS);
    >

    /// Cross-entropy with the next character, in bits.
    loss surprise(logits[t: T, c: C]; next[t: T]: class) {
        log_p[t, c] = log_softmax(logits)[t, c];
        y = -mean(t: log_p[t, next[t]]) / ln(2);
    }
}

const BATCH: usize = 16;

/// The beginning of “Alice's Adventures in Wonderland”.
const PASSAGE: &str = "\
Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do: \
once or twice she had peeped into the book her sister was reading, but it had no pictures or \
conversations in it, \"and what is the use of a book,\" thought Alice \"without pictures or conversations?\" \
So she was considering in her own mind (as well as she could, for the hot day made her feel very sleepy \
and stupid), whether the pleasure of making a daisy-chain would be worth the trouble of getting up and \
picking the daisies, when suddenly a White Rabbit with pink eyes ran close by her.\n";

/// Learns to write.
#[derive(Parser)]
struct Options {
    /// A longer text
    #[arg(long)]
    data: Option<PathBuf>,
    /// Steps of training
    #[arg(long, default_value_t = 300)]
    steps: u32,
    /// How freely it writes: 0 always takes the likeliest character
    #[arg(long, default_value_t = 0.5)]
    temperature: f32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let text = match &options.data {
        Some(path) => std::fs::read_to_string(path)?,
        None => PASSAGE.to_owned(),
    };
    let text: Vec<u8> = text.bytes().map(symbol).collect();
    if text.len() <= LENGTH {
        return Err(
            format!("a text has more than {LENGTH} characters, this one {}", text.len()).into()
        );
    }
    println!("{}\n", Writer::summary());
    let mut rng = seed(1);
    let mut model = Writer::new(&mut rng);
    let (mut gradient, mut pass) = (Writer::zeros(), Writer::pass(BATCH));
    let mut adam = AdamW::default().over(&model)?;
    for step in 0..options.steps {
        let starts: Vec<usize> =
            (0..BATCH).map(|_| rng.random_range(0..text.len() - LENGTH)).collect();
        let parts = |after: usize| -> Vec<u8> {
            starts.iter().flat_map(|start| &text[start + after..][..LENGTH]).copied().collect()
        };
        let (inputs, next) = (parts(0), parts(1));
        let loss = model.forward_batch(&inputs, &mut pass)?.loss(Surprise::default(), &next)?;
        if step % 50 == 0 {
            println!("step {step:4}   {:.3} bits a character", loss.value());
        }
        loss.backward(&mut gradient);
        gradient.clip_norm(1.0);
        adam.set_lr(2e-3 * (1.0 - f64::from(step) / f64::from(options.steps)))?;
        adam.step(&mut model, &gradient);
    }
    let written = write(&model, &text[..LENGTH], 400, options.temperature, &mut rng)?;
    println!("\nAfter “{}” it writes:\n{}", spelled(&text[..LENGTH]), spelled(&written));
    Ok(())
}

/// Printable ASCII and the end of a line; a blank for all others.
fn symbol(byte: u8) -> u8 {
    match byte {
        b'\n' => 95,
        b' '..=b'~' => byte - b' ',
        _ => 0,
    }
}

fn spelled(symbols: &[u8]) -> String {
    symbols
        .iter()
        .map(|&symbol| if symbol == 95 { '\n' } else { char::from(symbol + b' ') })
        .collect()
}

/// What follows, a character after the other, each drawn as likely as the model says.
fn write<R: Rng>(
    model: &Writer,
    from: &[u8],
    count: usize,
    temperature: f32,
    rng: &mut R,
) -> Result<Vec<u8>, BatchError> {
    let mut text = from.to_vec();
    for _ in 0..count {
        let Some(seen) = text.last_chunk::<LENGTH>() else { break };
        let logits = model.forward(seen)?;
        let last = logits.rows((LENGTH - 1) * SYMBOLS, SYMBOLS);
        // The greatest of logits with Gumbel's noise is drawn as softmax says.
        let noisy = last.map(|logit| logit - temperature * (-rng.random::<f32>().ln()).ln());
        text.push(u8::try_from(noisy.imax()).unwrap_or(0));
    }
    Ok(text.split_off(from.len()))
}
