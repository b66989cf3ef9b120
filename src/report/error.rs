//! What cannot be shown.

use thiserror::Error;

/// What cannot be shown.
#[derive(Debug, Error)]
pub enum ReportError {
    /// Curves that could not be drawn.
    #[error("the curves cannot be drawn: {0}")]
    Drawing(String),
    /// A confusion matrix with another number of counts than classes by classes.
    #[error("{classes} classes need {} counts, but there are {found}", .classes * .classes)]
    Confusion {
        /// The classes.
        classes: usize,
        /// The counts.
        found: usize,
    },
    /// An image with another number of values than its shape.
    #[error(
        "example {example}: expected values for 1 or 3 channels, rows and pixels, found {found} for {shape:?}"
    )]
    Example {
        /// Which example, from 0.
        example: usize,
        /// The channels, rows and pixels.
        shape: [usize; 3],
        /// The values.
        found: usize,
    },
    /// An image that could not be written as PNG.
    #[error("example {example} cannot be written as PNG: {source}")]
    Encoding {
        /// Which example, from 0.
        example: usize,
        /// Why.
        source: png::EncodingError,
    },
}
