//! Two networks that read sequences. A gated recurrent unit learns to add the two marked numbers of
//! twenty, and self-attention learns to sort six numbers.
//!
//! ```sh
//! cargo run --release --example sequence
//! cargo run --example sequence -- --dry-run    # a few steps, to see that everything works
//! ```

use std::error::Error;

use clap::Parser;
use indicatif::ProgressBar;
use nalgebra::Dyn;
use rand::{Rng, RngExt};
use tapeless::network::Logits;
use tapeless::prelude::*;

network! {
    const STEPS: usize = 20;
    const SORTED: usize = 6;
    const WIDTH: usize = 32;

    /// Reads a number and a mark at each step; what it says at the end is the sum of the marked.
    Adder< input(STEPS, 2); gru(WIDTH); last; linear(1) >

    block attention< layer_norm; multihead_attention(WIDTH, 4) >
    block feed_forward< layer_norm; linear(64); gelu; linear(WIDTH) >

    /// Numbers in, the same numbers in order out.
    Sorter<
        input(SORTED, 1);
        linear(WIDTH);
        positional_encoding;
        repeat _ in 0..2 { residual { attention } residual { feed_forward } }
        layer_norm;
        linear(1);
        flatten;
    >
}

/// Samples in a training step.
const BATCH: usize = 64;

/// Trains the two networks.
#[derive(Parser)]
struct Options {
    /// Steps of training for each
    #[arg(long, default_value_t = 3000)]
    steps: u32,
    /// Seed of the parameters and of the data
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Takes a few steps, to see that everything works
    #[arg(long)]
    dry_run: bool,
}

type Column<const N: usize> = Samples<f32, Const<N>>;

/// Twenty numbers between 0 and 1 with two marks, and the sum of the two marked.
fn additions<R: Rng>(count: usize, rng: &mut R) -> (Column<40>, Column<1>) {
    let mut inputs = Column::<40>::zeros_generic(Const, Dyn(count));
    let mut sums = Column::<1>::zeros_generic(Const, Dyn(count));
    for sample in 0..count {
        let marks = [rng.random_range(0..STEPS / 2), rng.random_range(STEPS / 2..STEPS)];
        for step in 0..STEPS {
            let number: f32 = rng.random();
            inputs[(2 * step, sample)] = number;
            if marks.contains(&step) {
                inputs[(2 * step + 1, sample)] = 1.0;
                sums[sample] += number;
            }
        }
    }
    (inputs, sums)
}

/// Six numbers between 0 and 1, and the same in order.
fn sortings<R: Rng>(count: usize, rng: &mut R) -> (Column<6>, Column<6>) {
    let inputs = Column::<6>::from_fn_generic(Const, Dyn(count), |_, _| rng.random());
    let mut sorted = inputs.clone();
    for mut column in sorted.column_iter_mut() {
        column.as_mut_slice().sort_by(f32::total_cmp);
    }
    (inputs, sorted)
}

/// Trains a network on samples that are drawn anew for each step; the share of unseen samples, in
/// per cent, of which every number is within `tolerance`.
fn train<N, const IN: usize, const OUT: usize>(
    options: &Options,
    tolerance: f32,
    mut draw: impl FnMut(usize) -> (Column<IN>, Column<OUT>),
) -> Result<f64, Box<dyn Error>>
where
    N: Chain<Scalar = f32, Inputs = Const<IN>, Outputs = Const<OUT>, Meaning = Logits>,
{
    let mut model = N::new(&mut seed(options.seed));
    let (mut gradient, mut pass) = (N::zeros(), N::pass(BATCH));
    let mut adam = Adam::default().over(&model)?;
    let steps = if options.dry_run { 5 } else { options.steps };
    let bar = ProgressBar::new(u64::from(steps));
    for step in 0..steps {
        let share = 1.0 - f64::from(step) / f64::from(steps);
        adam.set_rule(Adam { lr: 3e-3 * share, ..Adam::default() })?;
        let (inputs, targets) = draw(BATCH);
        let outputs = model.forward_batch(&inputs, &mut pass)?;
        outputs.loss(MeanSquaredError::default(), &targets)?.backward(&mut gradient);
        adam.step(&mut model, &gradient);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let (mut right, rounds) = (0, 20);
    for _ in 0..rounds {
        let (inputs, targets) = draw(BATCH);
        let outputs = model.evaluate(&inputs, &mut pass)?;
        let pairs = outputs.column_iter().zip(targets.column_iter());
        right += pairs.filter(|(found, expected)| (found - expected).amax() <= tolerance).count();
    }
    Ok(100.0 * right as f64 / (rounds * BATCH) as f64)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    println!("{}\n", Adder::summary());
    let mut rng = seed(options.seed.wrapping_add(1));
    let added = train::<Adder, 40, 1>(&options, 0.1, |count| additions(count, &mut rng))?;
    println!("{added:.1}% of the sums are right to within 0.1\n");

    println!("{}\n", Sorter::summary());
    let sorted = train::<Sorter, 6, 6>(&options, 0.1, |count| sortings(count, &mut rng))?;
    println!("{sorted:.1}% of the sequences are sorted, every number to within 0.1");
    Ok(())
}
