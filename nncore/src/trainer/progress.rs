//! What is seen while a network is trained.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::time::{Duration, Instant};

use super::history::{History, Row};

/// What a trainer prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// A line for each epoch, and on a terminal a bar that moves within it, on the error output.
    #[default]
    Bar,
    /// A line for each epoch.
    Lines,
    /// Nothing.
    Silent,
}

/// Between two pictures of the bar.
const INTERVAL: Duration = Duration::from_millis(100);

/// Characters of the bar.
const WIDTH: u64 = 40;

/// Where lines and bars go.
pub(super) struct Reporter {
    progress: Progress,
    has_bar: bool,
    /// Epochs in all, if they are known.
    epochs: Option<u64>,
    drawn: Instant,
    /// Characters of the bar that is on the screen.
    shown: usize,
}

impl Reporter {
    pub fn new(progress: Progress, epochs: Option<u64>) -> Self {
        let has_bar = progress == Progress::Bar && stderr().is_terminal();
        Self { progress, has_bar, epochs, drawn: Instant::now(), shown: 0 }
    }

    /// A step within an epoch.
    pub fn step(&mut self, epoch: u64, [done, steps]: [u64; 2], loss: f64) {
        if !self.has_bar || self.drawn.elapsed() < INTERVAL && done > 1 {
            return;
        }
        let text =
            format!("{} {} {done}/{steps}   loss {loss:.4}", self.name(epoch), bar(done, steps));
        self.show(&text);
        self.drawn = Instant::now();
    }

    /// The end of an epoch.
    pub fn epoch(&mut self, history: &History) {
        if self.has_bar {
            self.show("");
        }
        let Some(row) = history.last().filter(|_| self.progress != Progress::Silent) else {
            return;
        };
        // Where nobody listens, training goes on.
        let _ = writeln!(stdout(), "{}{}", self.name(row.epoch), line(row, &history.metrics));
    }

    /// `epoch  3/10`
    fn name(&self, epoch: u64) -> String {
        match self.epochs {
            Some(epochs) => {
                let digits = epochs.to_string().len();
                format!("epoch {epoch:digits$}/{epochs}")
            }
            None => format!("epoch {epoch}"),
        }
    }

    /// A text in place of the one before, on the line of the cursor.
    fn show(&mut self, text: &str) {
        let count = text.chars().count();
        let rest = self.shown.saturating_sub(count);
        let end = if text.is_empty() { "\r" } else { "" };
        let mut screen = stderr();
        let _ = write!(screen, "\r{text}{:rest$}{end}", "");
        let _ = screen.flush();
        self.shown = count;
    }
}

fn bar(done: u64, steps: u64) -> String {
    let full = (WIDTH * done).checked_div(steps).unwrap_or(WIDTH).min(WIDTH);
    (0..WIDTH).map(|at| if at < full { '█' } else { '░' }).collect()
}

/// What has become of an epoch.
fn line(row: &Row, metrics: &[String]) -> String {
    use std::fmt::Write as _;
    let mut text = format!("   loss {:.4}", row.loss);
    if let Some(loss) = row.validation_loss {
        let _ = write!(text, "   validation loss {loss:.4}");
    }
    for (name, value) in metrics.iter().zip(&row.metrics) {
        let _ = write!(text, "   {} {value:.4}", name.replace('_', " "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_every_number() {
        let row = Row {
            epoch: 3,
            loss: 0.123_45,
            validation_loss: Some(0.5),
            metrics: vec![0.25, 1.0],
            lr: 0.1,
            seconds: 1.0,
        };
        let metrics = ["accuracy", "top_5"].map(String::from);
        let expected = "   loss 0.1235   validation loss 0.5000   accuracy 0.2500   top 5 1.0000";
        assert_eq!(line(&row, &metrics), expected);
        let reporter = |epochs| Reporter::new(Progress::Silent, epochs);
        assert_eq!(reporter(Some(10)).name(3), "epoch  3/10");
        assert_eq!(reporter(None).name(3), "epoch 3");
    }

    #[test]
    fn a_bar_is_full_at_the_end() {
        for (done, steps, full) in [(0, 8, 0), (1, 8, 5), (8, 8, 40), (9, 8, 40), (0, 0, 40)] {
            let bar = bar(done, steps);
            assert_eq!(bar.chars().count(), 40);
            assert_eq!(bar.chars().filter(|&c| c == '█').count(), full);
        }
    }
}
