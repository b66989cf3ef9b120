//! A page of HTML that needs no other file.

use std::fmt::{self, Write};
use std::io;
use std::path::Path;

use super::confusion::Confusion;
use super::curves::{Panel, svg};
use super::error::ReportError;
use super::html::escaped;
use super::picture::Example;

const STYLE: &str = "\
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
h1, h2 { font-weight: 600 }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd }
svg { max-width: 100%; height: auto }
pre { overflow-x: auto; padding: 1rem; background: #f6f6f6; font: 13px/1.4 ui-monospace, monospace }
table.confusion { border-collapse: collapse; font-variant-numeric: tabular-nums }
table.confusion th, table.confusion td { padding: .3rem .6rem; border: 1px solid #ddd; text-align: right }
.examples { display: flex; flex-wrap: wrap; gap: 1rem }
figure { margin: 0; text-align: center; font-size: 13px }
figure img { display: block; margin: 0 auto .2rem; width: 84px; image-rendering: pixelated; border: 1px solid #ddd }
";

/// A page of HTML with what became of a network: sections, one below the other, in one file.
#[derive(Clone, Debug)]
pub struct Report {
    title: String,
    body: String,
}

impl Report {
    /// A page with nothing but a title.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), body: String::new() }
    }

    /// With curves.
    ///
    /// # Errors
    /// If they cannot be drawn.
    pub fn curves(self, panels: &[Panel]) -> Result<Self, ReportError> {
        Ok(self.section("Training", &svg(panels)?))
    }

    /// With a table of which class is taken for which.
    ///
    /// # Errors
    /// If there is not a count for each pair of classes.
    pub fn confusion(
        self,
        confusion: &Confusion<'_, impl AsRef<str>>,
    ) -> Result<Self, ReportError> {
        Ok(self.section("Confusion matrix", &confusion.table()?))
    }

    /// With images that were taken for something else than they are.
    ///
    /// # Errors
    /// If an image has another number of values than its shape, or neither 1 nor 3 channels.
    pub fn wrong_examples(self, examples: &[Example<'_>]) -> Result<Self, ReportError> {
        let mut figures = String::from("<div class=\"examples\">\n");
        for (at, example) in examples.iter().enumerate() {
            let (address, caption) = (example.address(at)?, escaped(example.caption));
            let _ = writeln!(
                figures,
                "<figure><img src=\"{address}\" alt=\"{caption}\"><figcaption>{caption}</figcaption></figure>"
            );
        }
        figures.push_str("</div>\n");
        Ok(self.section("Wrong examples", &figures))
    }

    /// With a text as it stands, such as `Net::summary()` and `Net::explain()`.
    #[must_use]
    pub fn text(self, heading: &str, text: impl fmt::Display) -> Self {
        let text = format!("<pre>{}</pre>\n", escaped(&text.to_string()));
        self.section(heading, &text)
    }

    fn section(mut self, heading: &str, content: &str) -> Self {
        let _ = writeln!(self.body, "<h2>{}</h2>\n{content}", escaped(heading));
        self
    }

    /// Writes the page to a file.
    ///
    /// # Errors
    /// If the operating system cannot.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        std::fs::write(path, self.to_string())
    }
}

/// The page.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, body) = (escaped(&self.title), &self.body);
        write!(
            f,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
        )
    }
}
