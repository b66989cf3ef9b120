//! A variational autoencoder: it learns to write a digit as eight numbers, and eight numbers of a normal
//! distribution as a digit. The noise is an input, so that its gradient is like any other. Encoder and
//! decoder are networks of their own, and fields of the whole.
//!
//! ```sh
//! cargo run --release --example vae                   # pictures go to the directory for temporary files
//! cargo run --release --example vae -- --pictures DIR
//! ```

#[path = "mnist/digits.rs"]
mod digits;

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Parser;
use nalgebra::Dyn;
use rand::RngExt;
use rand_distr::StandardNormal;
use tapeless::prelude::*;

network! {
    const PIXELS: usize = 28 * 28;
    const CODE: usize = 8;

    Encoder {
        input image[p: PIXELS];
        read = <linear(256); relu; linear(128); relu>(image);
        output centre = linear(CODE)(read);
        output log_variance = linear(CODE)(read);
    }

    Decoder< linear(CODE, 128); relu; linear(256); relu; linear(PIXELS) >

    Autoencoder {
        input image[p: PIXELS];
        input noise[z: CODE];
        output centre, log_variance = Encoder(image);
        output logits = Decoder(centre + exp(0.5 * log_variance) * noise);
    }

    /// How unlikely the pixels are, and how far the code is from a normal distribution (Kingma and Welling,
    /// 2014): together at least −ln of how likely the image is.
    loss bound(logits[p: P], centre[z: Z], log_variance[z: Z]; image[p: P]) {
        pixels = sum(p: softplus(logits[p]) - image[p] * logits[p]);
        code = sum(z: centre[z]^2 + exp(log_variance[z]) - 1 - log_variance[z]);
        y = pixels + 0.5 * code;
    }
}

const BATCH: usize = 64;

/// Pixels along a side of a digit, and digits in a row of the picture.
const SIDE: usize = 28;
const ACROSS: usize = 16;

/// Learns to write digits.
#[derive(Parser)]
struct Options {
    /// Passes over 10,000 drawn digits
    #[arg(long, default_value_t = 40)]
    epochs: u32,
    /// Where the pictures go
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    pictures: PathBuf,
}

type Image = SVector<f32, PIXELS>;
type Code = SVector<f32, CODE>;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    println!("{}\n", Autoencoder::summary());
    let mut rng = seed(1);
    let mut train = drawn(10_000, 1)?;
    let mut model = Autoencoder::new(&mut rng);
    let (mut gradient, mut pass) = (Autoencoder::zeros(), Autoencoder::pass(BATCH));
    let mut adam = Adam::default().over(&model)?;
    for epoch in 1..=options.epochs {
        train.shuffle(&mut rng);
        let mut total = 0.0;
        for batch in train.batches(BATCH) {
            let noise = Samples::from_fn_generic(Const, Dyn(batch.len()), |_, _| {
                rng.sample(StandardNormal)
            });
            let inputs = AutoencoderInputs { image: batch.matrix("image")?, noise: &noise };
            let outputs = model.forward_batch(inputs, &mut pass)?;
            let loss = outputs.loss(Bound::default(), batch.reals("image")?)?;
            total += loss.value() * batch.len() as f32;
            loss.backward(&mut gradient);
            adam.step(&mut model, &gradient);
        }
        println!("epoch {epoch:2}   bound {:6.2} a digit", total / train.len() as f32);
    }
    show(&model, &options.pictures.join("digits.png"))
}

/// A picture by the encoder and the decoder alone.
fn show(model: &Autoencoder, path: &Path) -> Result<(), Box<dyn Error>> {
    let Autoencoder { encoder, decoder, .. } = model;
    let mut rng = seed(2);
    let unseen = drawn(ACROSS, 2)?;
    let images: Vec<Image> = unseen.all().matrix("image")?.column_iter().map(Image::from).collect();
    let codes: Vec<Code> = images.iter().map(|image| encoder.forward(image).centre).collect();
    let write = |code: &Code| decoder.forward(code).map(|logit| 1.0 / (1.0 + (-logit).exp()));
    let written = codes.iter().map(write).collect();
    let way = |step| codes[0].lerp(&codes[1], step as f32 / (ACROSS - 1) as f32);
    let between = (0..ACROSS).map(|step| write(&way(step))).collect();
    let mut drawn_code = || Code::from_fn(|_, _| rng.sample(StandardNormal));
    let dreamt = (0..ACROSS).map(|_| write(&drawn_code())).collect();
    write_png(path, &[images, written, between, dreamt])?;
    println!("\n{} shows, from the top:", path.display());
    println!("  digits that were not trained on");
    println!("  what the decoder writes from the eight numbers of each");
    println!("  the way from the first one's numbers to the second's");
    println!("  digits of no one, from eight numbers of a normal distribution");
    Ok(())
}

/// Rows of images, one beside the other, with ink in black.
fn write_png(path: &Path, rows: &[Vec<Image>]) -> Result<(), Box<dyn Error>> {
    let (width, height) = (SIDE * ACROSS, SIDE * rows.len());
    let ink = |x: usize, y: usize| rows[y / SIDE][x / SIDE][y % SIDE * SIDE + x % SIDE];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
    let grey = |at: usize| (255.0 * (1.0 - ink(at % width, at / width))) as u8;
    let greys: Vec<u8> = (0..width * height).map(grey).collect();
    let [width, height] = [width, height].map(u32::try_from);
    let mut encoder = png::Encoder::new(File::create(path)?, width?, height?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(&greys)?;
    Ok(())
}

fn drawn(count: usize, seed: u64) -> Result<Dataset, Box<dyn Error>> {
    let pixels = digits::draw(count, seed).pixels;
    let greys: Vec<f32> = pixels.iter().map(|&grey| f32::from(grey) / 255.0).collect();
    Ok(Dataset::new().with_reals("image", [SIDE, SIDE], greys)?)
}
