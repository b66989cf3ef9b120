//! One PNG image.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use png::{ColorType, Decoder, Transformations};

use super::error::{ImageError, ImageProblem};

/// How many numbers a pixel has in a dataset, whatever it has in its file. Transparency is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// One: the grey. Of colours it is Pillow's, 0.299 red + 0.587 green + 0.114 blue.
    Grey,
    /// Three: red, green and blue.
    Rgb,
}

impl Channels {
    /// How many they are.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
        }
    }

    /// What one of them has in a pixel, from 0 to 1, of which the file has grey, or red, green and blue, and
    /// maybe transparency.
    fn value(self, channel: usize, pixel: &[u8]) -> f64 {
        match (self, pixel) {
            (Self::Rgb, [red, green, blue, ..]) => unit([*red, *green, *blue][channel]),
            (Self::Grey, [red, green, blue, ..]) => {
                0.299 * unit(*red) + 0.587 * unit(*green) + 0.114 * unit(*blue)
            }
            (_, [grey, ..]) => unit(*grey),
            (_, []) => 0.0,
        }
    }
}

fn unit(byte: u8) -> f64 {
    f64::from(byte) / 255.0
}

/// An image: its numbers from 0 to 1, channel by channel and row by row.
#[derive(Debug)]
pub(super) struct Image {
    pub height: usize,
    pub width: usize,
    pub values: Vec<f64>,
}

impl Image {
    /// Reads a file of any colour type, interlaced or not; 16 bits become 8.
    pub fn read(path: &Path, channels: Channels) -> Result<Self, ImageError> {
        Self::decode(path, channels).map_err(ImageError::of(path))
    }

    fn decode(path: &Path, channels: Channels) -> Result<Self, ImageProblem> {
        let mut decoder = Decoder::new(BufReader::new(File::open(path)?));
        decoder.set_transformations(Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let size = reader.output_buffer_size().ok_or(png::DecodingError::LimitsExceeded)?;
        let mut bytes = vec![0; size];
        let info = reader.next_frame(&mut bytes)?;
        let of_pixel = match info.color_type {
            ColorType::Grayscale | ColorType::Indexed => 1,
            ColorType::GrayscaleAlpha => 2,
            ColorType::Rgb => 3,
            ColorType::Rgba => 4,
        };
        let (height, width) = (info.height as usize, info.width as usize);
        let pixels = || bytes[..height * width * of_pixel].chunks_exact(of_pixel);
        let values = (0..channels.count())
            .flat_map(|channel| pixels().map(move |pixel| channels.value(channel, pixel)));
        Ok(Self { height, width, values: values.collect() })
    }
}
