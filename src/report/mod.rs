//! Pictures of training: curves as SVG, and a report as one page of HTML that needs no other file.
//!
//! ```
//! use tapeless::prelude::*;
//! use tapeless::report::{Confusion, Example, Panel, Report, Series, svg};
//!
//! network! { Net< flatten(2, 2); hidden: linear(4, 8); relu; linear(2) > }
//!
//! let losses = [(1.0, 0.69), (2.0, 0.41), (3.0, 0.22)];
//! let panels = [Panel::new("Loss", "epoch", vec![Series::new("training", losses)])];
//! let picture = svg(&panels)?;
//! assert!(picture.starts_with("<svg"));
//!
//! let report = Report::new("Ones and sevens")
//!     .curves(&panels)?
//!     .confusion(&Confusion { classes: &["1", "7"], counts: &[9, 1, 0, 10] })?
//!     .wrong_examples(&[Example {
//!         caption: "1 taken for 7",
//!         shape: [1, 2, 2],
//!         values: &[0.0, 1.0, 0.5, 1.0],
//!     }])?
//!     .text("Summary", Net::summary())
//!     .text("Equations", Net::explain());
//! # let path = std::env::temp_dir().join(format!("report-{}.html", std::process::id()));
//! report.save(&path)?;
//! # std::fs::remove_file(&path)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod confusion;
mod curves;
mod error;
mod html;
mod page;
mod picture;
mod range;

#[cfg(test)]
mod tests;

pub use confusion::Confusion;
pub use curves::{Panel, Series, svg};
pub use error::ReportError;
pub use page::Report;
pub use picture::Example;
