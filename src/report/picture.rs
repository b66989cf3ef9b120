//! Images of samples.

use super::error::ReportError;
use super::html::base64;

/// An image of a sample.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// What stands below: `1 taken for 7`.
    pub caption: &'a str,
    /// The channels (1 for grey, 3 for red, green and blue), rows and pixels of a row.
    pub shape: [usize; 3],
    /// From 0 to 1, channel by channel and row by row; what lies outside is cut off.
    pub values: &'a [f32],
}

impl Example<'_> {
    /// As the address of a PNG image that holds its bytes.
    pub(super) fn address(&self, example: usize) -> Result<String, ReportError> {
        let ([channels, rows, columns], found) = (self.shape, self.values.len());
        let wrong = ReportError::Example { example, shape: self.shape, found };
        let colour = match channels {
            1 => png::ColorType::Grayscale,
            3 => png::ColorType::Rgb,
            _ => return Err(wrong),
        };
        let pixels = rows.checked_mul(columns).filter(|&pixels| pixels > 0);
        let sizes = u32::try_from(columns).ok().zip(u32::try_from(rows).ok());
        let (Some(pixels), Some((width, height))) = (pixels, sizes) else { return Err(wrong) };
        if pixels.checked_mul(channels) != Some(found) {
            return Err(wrong);
        }
        let place = |pixel: usize| (0..channels).map(move |channel| channel * pixels + pixel);
        let bytes: Vec<u8> =
            (0..pixels).flat_map(place).map(|place| byte(self.values[place])).collect();
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(colour);
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&bytes))
            .map_err(|source| ReportError::Encoding { example, source })?;
        Ok(format!("data:image/png;base64,{}", base64(&file)))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, which is what is wanted"
)]
fn byte(value: f32) -> u8 {
    (255.0 * value).round() as u8
}
