//! A table of which class is taken for which.

use std::fmt::Write;

use super::error::ReportError;
use super::html::escaped;

/// How many samples of each class are taken for each: a row for each true class, a column for each predicted one.
#[derive(Clone, Copy, Debug)]
pub struct Confusion<'a, S> {
    /// The names of the classes.
    pub classes: &'a [S],
    /// Row by row.
    pub counts: &'a [u64],
}

impl<S: AsRef<str>> Confusion<'_, S> {
    /// As HTML. The shade of a cell is its share of the row.
    pub(super) fn table(&self) -> Result<String, ReportError> {
        let (classes, found) = (self.classes.len(), self.counts.len());
        if classes.checked_mul(classes) != Some(found) {
            return Err(ReportError::Confusion { classes, found });
        }
        let mut table = String::from("<table class=\"confusion\">\n<tr><th>is \\ taken for</th>");
        for class in self.classes {
            let _ = write!(table, "<th>{}</th>", escaped(class.as_ref()));
        }
        table.push_str("<th>recall</th></tr>\n");
        for (at, class) in self.classes.iter().enumerate() {
            let row = &self.counts[at * classes..][..classes];
            let all: u64 = row.iter().sum();
            let _ = write!(table, "<tr><th>{}</th>", escaped(class.as_ref()));
            for (other, &count) in row.iter().enumerate() {
                table.push_str(&cell(count, all, at == other));
            }
            let _ = writeln!(table, "<td>{}</td></tr>", percent(row[at], all));
        }
        table.push_str("</table>\n");
        Ok(table)
    }
}

fn cell(count: u64, all: u64, is_right: bool) -> String {
    let share = if all == 0 { 0.0 } else { count as f64 / all as f64 };
    // Even one mistake of many is seen.
    let shade = if count == 0 { 0.0 } else { 0.08 + 0.72 * share };
    let colour = if is_right { "0,114,178" } else { "213,94,0" };
    format!("<td style=\"background:rgba({colour},{shade:.2})\">{count}</td>")
}

fn percent(part: u64, of: u64) -> String {
    if of == 0 { "–".into() } else { format!("{:.1}%", 100.0 * part as f64 / of as f64) }
}
