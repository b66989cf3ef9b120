//! Text with a line a sample: fields between commas, or between other characters.
//!
//! ```
//! use tapeless::data::csv::{CsvReader, Fields};
//!
//! let text = "length,width,species\n1.4,0.2,setosa\n4.7,1.4,versicolor\n1.3,0.2,setosa\n";
//! let flowers = CsvReader::new()
//!     .labels("species", "species")
//!     .reals("measures", Fields::Others)
//!     .read_from::<f32>(text.as_bytes())?;
//! assert_eq!(flowers.len(), 3);
//! assert_eq!(flowers.column("species")?.classes(), ["setosa", "versicolor"]);
//! assert_eq!(flowers.range(1..2)?.reals("measures")?, [4.7, 1.4]);
//!
//! let text = "length,width\n1.4,0.2\n4.7,wide\n";
//! let measures = CsvReader::new().reals("measures", ["length", "width"]);
//! let error = measures.read_from::<f32>(text.as_bytes()).unwrap_err();
//! assert_eq!(error.to_string(), "line 3, column 2 (`width`): expected a finite number, found `wide`");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod fields;
mod lines;
mod read;
mod values;

pub use error::{CsvError, CsvProblem};
pub use fields::Fields;
pub use read::CsvReader;
