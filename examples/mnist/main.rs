//! Trains the network of PyTorch's tutorial, LeNet-5 or a small residual network on handwritten
//! digits.
//!
//! ```sh
//! cargo run --example mnist                                # digits drawn on the spot
//! cargo run --release --example mnist -- --data DIR        # the MNIST files, plain or gzipped
//! cargo run --release --example mnist -- --model lenet --epochs 6 --data DIR
//! ```

mod digits;

use std::error::Error;
use std::f64::consts::PI;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use tapeless::data::Standardisation;
use tapeless::data::idx::{DIGITS, read_mnist};
use tapeless::network::Logits;
use tapeless::pass::Pass;
use tapeless::prelude::*;
use tapeless::summary::Summary;

network! {
    /// The classifier of the article: 784 → 128 → 64 → 10.
    NeuralNetwork<
        flatten(28, 28);
        hidden1: linear(784, 128);
        relu;
        hidden2: linear(128, 64);
        sigmoid;
        out: linear(64, 10);
    >

    /// LeNet-5 with rectifiers and greatest values in its windows.
    LeNet<
        input(1, 28, 28);
        conv1: conv2d(6, 5); relu; max_pool2d(2);
        conv2: conv2d(16, 5); relu; max_pool2d(2);
        flatten;
        linear(120); relu;
        linear(84); relu;
        linear(10);
    >

    block convolution< conv2d(16, 3, padding = 1, bias = false); batch_norm2d >

    /// A residual network with batch normalisation.
    ResNet<
        input(1, 28, 28);
        conv2d(16, 3, stride = 2, padding = 1, bias = false); batch_norm2d; relu;
        repeat _ in 0..2 { residual { convolution; relu; convolution } relu }
        residual {
            conv2d(32, 3, stride = 2, padding = 1, bias = false); batch_norm2d; relu;
            conv2d(32, 3, padding = 1, bias = false); batch_norm2d;
        } shortcut {
            conv2d(32, 1, stride = 2, bias = false); batch_norm2d;
        }
        relu;
        global_avg_pool;
        linear(10);
    >
}

/// Which network is trained.
#[derive(Clone, Copy, ValueEnum)]
enum Model {
    /// 784 → 128 → 64 → 10, by SGD
    Mlp,
    /// LeNet-5, by Adam
    Lenet,
    /// A small residual network with batch normalisation, by Adam
    Resnet,
}

const PIXELS: usize = 28 * 28;

/// What PyTorch's example subtracts from and divides by: MNIST's mean and standard deviation.
const MEAN: f64 = 0.1307;
const DEVIATION: f64 = 0.3081;

/// Trains a network to read handwritten digits.
#[derive(Parser)]
struct Options {
    /// The network
    #[arg(long, value_enum, default_value_t = Model::Mlp)]
    model: Model,
    /// Passes over the training data
    #[arg(long, default_value_t = 10)]
    epochs: usize,
    /// Samples in a training step
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    batch_size: u16,
    /// Learning rate; 0.3 for SGD and 0.002 for Adam, unless given
    #[arg(long)]
    lr: Option<f64>,
    /// Seed of the parameters and of the order of the samples
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Directory with the four MNIST files, plain or gzipped; without it, digits are drawn
    #[arg(long)]
    data: Option<PathBuf>,
    /// Writes the trained parameters to this safetensors file
    #[arg(long)]
    save: Option<PathBuf>,
    /// Starts from the parameters in this safetensors file
    #[arg(long)]
    load: Option<PathBuf>,
    /// Takes a single step, to see that everything works
    #[arg(long)]
    dry_run: bool,
}

fn main() {
    if let Err(error) = run(&Options::parse()) {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let lr = options.lr;
    let sgd = |_| Sgd { lr: lr.unwrap_or(0.3), ..Sgd::default() };
    // The learning rate falls to 0 along a cosine.
    let adam = |progress: f64| {
        let share = f64::midpoint(1.0, (PI * progress).cos());
        Adam { lr: share * lr.unwrap_or(2e-3), ..Adam::default() }
    };
    match options.model {
        Model::Mlp => train::<NeuralNetwork, _>(options, &NeuralNetwork::summary(), sgd),
        Model::Lenet => train::<LeNet, _>(options, &LeNet::summary(), adam),
        Model::Resnet => train::<ResNet, _>(options, &ResNet::summary(), adam),
    }
}

/// A network that reads digits.
trait Reader:
    Chain<Scalar = f32, Inputs = Const<PIXELS>, Outputs = Const<10>, Meaning = Logits>
{
}

impl<N> Reader for N where
    N: Chain<Scalar = f32, Inputs = Const<PIXELS>, Outputs = Const<10>, Meaning = Logits>
{
}

/// Trains a network, by the rule for each share of the way.
fn train<N: Reader, R: Rule>(
    options: &Options,
    summary: &Summary,
    rule: impl Fn(f64) -> R,
) -> Result<(), Box<dyn Error>> {
    let (mut train, mut test) = match &options.data {
        Some(directory) => read_mnist(directory, DIGITS)?,
        None => (drawn(10_000, options.seed)?, drawn(2_000, options.seed.wrapping_add(1))?),
    };
    let normalisation = Standardisation::new([MEAN], [DEVIATION])?;
    normalisation.apply(&mut train, "image")?;
    normalisation.apply(&mut test, "image")?;
    println!("{summary}\n");
    println!("{} training samples, {} test samples", train.len(), test.len());

    let mut rng = seed(options.seed);
    let mut model = N::new(&mut rng);
    if let Some(path) = &options.load {
        load(&mut *model, path)?;
    }
    let mut gradient = N::zeros();
    let mut pass = N::pass(usize::from(options.batch_size));
    let mut optimizer = rule(0.0).over(&model)?;
    let epochs = if options.dry_run { options.epochs.min(1) } else { options.epochs };
    for epoch in 1..=epochs {
        train.shuffle(&mut rng);
        let mut total = 0.0;
        let batches = train.batches(usize::from(options.batch_size));
        let steps = if options.dry_run { 1 } else { batches.len() };
        let bar = progress_bar(epoch, epochs, steps);
        for (step, batch) in batches.take(steps).enumerate() {
            let progress = ((epoch - 1) * steps + step) as f64 / (epochs * steps) as f64;
            optimizer.set_rule(rule(progress))?;
            let logits = model.forward_batch(batch.matrix("image")?, &mut pass)?;
            let loss = logits.loss(CrossEntropy::default(), batch.integers("label")?)?;
            total += f64::from(loss.value());
            loss.backward(&mut gradient);
            optimizer.step(&mut model, &gradient);
            bar.inc(1);
        }
        bar.finish_and_clear();
        let accuracy = accuracy(&*model, &test, &mut pass)?;
        println!(
            "epoch {epoch:2}/{epochs}   train loss {:.4}   test accuracy {accuracy:.2}%",
            total / steps as f64
        );
    }
    if let Some(path) = &options.save {
        save(&*model, path)?;
        println!("saved {}", path.display());
    }
    println!("test accuracy {:.2}%", accuracy(&*model, &test, &mut pass)?);
    Ok(())
}

/// The share of digits, in per cent, whose greatest logit is that of their label.
fn accuracy<N: Reader>(
    model: &N,
    digits: &Dataset,
    pass: &mut Pass<N>,
) -> Result<f64, Box<dyn Error>> {
    let mut right = 0;
    for batch in digits.batches(pass.capacity()) {
        let logits = model.evaluate(batch.matrix("image")?, pass)?;
        let guesses = logits.column_iter().map(|sample| sample.imax());
        let labels = batch.integers("label")?.iter();
        right += labels.zip(guesses).filter(|(label, guess)| **label as usize == *guess).count();
    }
    Ok(100.0 * right as f64 / digits.len().max(1) as f64)
}

fn progress_bar(epoch: usize, epochs: usize, steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {bar:40} {pos}/{len} {per_sec}");
    let bar = ProgressBar::new(steps as u64).with_prefix(format!("epoch {epoch:2}/{epochs}"));
    bar.enable_steady_tick(Duration::from_millis(200));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Digits drawn from strokes, so that the example needs no files.
fn drawn(count: usize, seed: u64) -> Result<Dataset, Box<dyn Error>> {
    let digits::Digits { pixels, labels } = digits::draw(count, seed);
    let greys: Vec<f32> = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
    Ok(Dataset::new().with_reals("image", [28, 28], greys)?.with_labels("label", DIGITS, labels)?)
}
