//! Features with a mean of 0 and a standard deviation of 1, and the numbers that make them so.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use super::column::Column;
use super::dataset::Dataset;
use super::error::DatasetError;
use crate::scalar::Real;

/// What features are made by to have a mean of 0 and a standard deviation of 1: `(x − mean) / deviation`.
///
/// It is learnt from the samples that are trained on, and applied to these, to those that are tested on, and
/// to every new one. As text it is kept beside the network's parameters, and is read as the same numbers.
///
/// ```
/// use nncore::training::data::{Dataset, Standardisation};
///
/// let mut train = Dataset::new().with_reals("x", 2, [1.0, 10.0, 3.0, 30.0f32])?;
/// let scale = Standardisation::of(&train, "x")?;
/// assert_eq!((scale.mean(), scale.deviation()), (&[2.0, 20.0][..], &[1.0, 10.0][..]));
/// scale.apply(&mut train, "x")?;
/// assert_eq!(train.all().reals("x")?, [-1.0, -1.0, 1.0, 1.0]);
///
/// // A file holds `scale.to_string()`; later, and for one new sample:
/// let again: Standardisation = scale.to_string().parse()?;
/// let mut sample = [2.0f32, 40.0];
/// again.standardise(&mut sample)?;
/// assert_eq!(sample, [0.0, 2.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Standardisation {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

/// Numbers by which nothing can be standardised.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum StandardisationError {
    /// Another number of means than of deviations, or none.
    #[error("expected as many means as deviations, at least one, found {means} and {deviations}")]
    Lengths {
        /// The means.
        means: usize,
        /// The deviations.
        deviations: usize,
    },
    /// A mean that is not finite, or a deviation that is not above 0.
    #[error(
        "feature {feature}: expected a finite mean and a deviation above 0, found {mean} and {deviation}"
    )]
    Value {
        /// Which feature, from 0.
        feature: usize,
        /// Its mean.
        mean: f64,
        /// Its deviation.
        deviation: f64,
    },
    /// A sample that is not divided into as many parts.
    #[error("expected a multiple of {features} numbers in the sample, found {found}")]
    Sample {
        /// How many means there are.
        features: usize,
        /// The numbers of the sample.
        found: usize,
    },
    /// A text that is no standardisation.
    #[error("line {line}: expected {expected}, found `{found}`")]
    Text {
        /// The line, from 1.
        line: usize,
        /// What is expected there.
        expected: &'static str,
        /// The line's text.
        found: String,
    },
}

/// The first line of a standardisation as text.
const HEADER: &str = "mean,deviation";

impl Standardisation {
    /// By known numbers. Where a sample has several numbers for each mean, each mean is that of as many
    /// consecutive ones: one mean is for all pixels of a grey image, three are for the channels of a coloured one.
    ///
    /// # Errors
    /// If there are not as many of both, at least one; if a number is not finite, or a deviation not above 0.
    pub fn new(
        mean: impl Into<Vec<f64>>,
        deviation: impl Into<Vec<f64>>,
    ) -> Result<Self, StandardisationError> {
        let (mean, deviation) = (mean.into(), deviation.into());
        if mean.len() != deviation.len() || mean.is_empty() {
            let (means, deviations) = (mean.len(), deviation.len());
            return Err(StandardisationError::Lengths { means, deviations });
        }
        let is_right = |(mean, deviation): (&f64, &f64)| {
            mean.is_finite() && deviation.is_finite() && *deviation > 0.0
        };
        match mean.iter().zip(&deviation).position(|pair| !is_right(pair)) {
            Some(feature) => {
                let (mean, deviation) = (mean[feature], deviation[feature]);
                Err(StandardisationError::Value { feature, mean, deviation })
            }
            None => Ok(Self { mean, deviation }),
        }
    }

    /// With a mean and a deviation for each number of a sample, those of the column's samples. What is the same
    /// in all samples has a deviation of 1.
    ///
    /// # Errors
    /// If there is no such column, it holds integers, it has no samples, or a number is not finite.
    pub fn of<T: Real>(data: &Dataset<T>, column: &str) -> Result<Self, DatasetError> {
        Self::of_parts(data, column, data.column(column)?.width())
    }

    /// With a mean and a deviation for each of several equal parts of a sample, such as the channels of an image.
    ///
    /// # Errors
    /// As [`Self::of`]; if a sample cannot be divided so.
    pub fn of_parts<T: Real>(
        data: &Dataset<T>,
        column: &str,
        parts: usize,
    ) -> Result<Self, DatasetError> {
        let found = data.column(column)?;
        let (reals, part) = (data.all().reals(column)?, part(found, parts)?);
        if reals.is_empty() {
            return Err(DatasetError::Empty { column: column.into() });
        }
        if let Some(at) = reals.iter().position(|real| !real.to_f64().is_finite()) {
            let (sample, found) = (at / found.width(), reals[at].to_f64());
            return Err(DatasetError::NotFinite { column: column.into(), sample, found });
        }
        let count = (reals.len() / parts) as f64;
        let means = |term: &dyn Fn(usize, f64) -> f64| {
            let mut sums = alloc::vec![0.0; parts];
            for (k, numbers) in reals.chunks_exact(part).enumerate() {
                let at = k % parts;
                sums[at] += numbers.iter().map(|number| term(at, number.to_f64())).sum::<f64>();
            }
            sums.into_iter().map(|sum| sum / count).collect::<Vec<_>>()
        };
        let mean = means(&|_, number| number);
        let variance = means(&|at, number| (number - mean[at]) * (number - mean[at]));
        let deviation = variance.into_iter().map(libm::sqrt);
        let is_spread = |deviation: f64| T::of(deviation) > T::ZERO;
        let deviation =
            deviation.map(|deviation| if is_spread(deviation) { deviation } else { 1.0 });
        Ok(Self { deviation: deviation.collect(), mean })
    }

    /// The means, for each feature or part.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The standard deviations.
    #[must_use]
    pub fn deviation(&self) -> &[f64] {
        &self.deviation
    }

    /// Standardises all samples of a column.
    ///
    /// # Errors
    /// If there is no such column, it holds integers, or its samples have another number of features.
    pub fn apply<T: Real>(&self, data: &mut Dataset<T>, column: &str) -> Result<(), DatasetError> {
        let part = part(data.column(column)?, self.mean.len())?;
        self.map(data.reals_mut(column)?, part, |x, mean, deviation| (x - mean) / deviation);
        Ok(())
    }

    /// Standardises one sample.
    ///
    /// # Errors
    /// If the sample has another number of features.
    pub fn standardise<T: Real>(&self, sample: &mut [T]) -> Result<(), StandardisationError> {
        let part = self.part_of_sample(sample.len())?;
        self.map(sample, part, |x, mean, deviation| (x - mean) / deviation);
        Ok(())
    }

    /// Gives one sample its own units back, such as a prediction of targets that were standardised.
    ///
    /// # Errors
    /// If the sample has another number of features.
    pub fn undo<T: Real>(&self, sample: &mut [T]) -> Result<(), StandardisationError> {
        let part = self.part_of_sample(sample.len())?;
        self.map(sample, part, |x, mean, deviation| x * deviation + mean);
        Ok(())
    }

    fn part_of_sample(&self, found: usize) -> Result<usize, StandardisationError> {
        let features = self.mean.len();
        if found == 0 || !found.is_multiple_of(features) {
            return Err(StandardisationError::Sample { features, found });
        }
        Ok(found / features)
    }

    /// Changes samples, whose features are runs of as many numbers.
    fn map<T: Real>(&self, samples: &mut [T], part: usize, change: impl Fn(T, T, T) -> T) {
        let features = self.mean.iter().zip(&self.deviation).cycle();
        for (numbers, (&mean, &deviation)) in samples.chunks_exact_mut(part).zip(features) {
            let (mean, deviation) = (T::of(mean), T::of(deviation));
            for number in numbers {
                *number = change(*number, mean, deviation);
            }
        }
    }
}

/// The numbers of each of several equal parts of a sample.
fn part<T: Real>(column: &Column<T>, parts: usize) -> Result<usize, DatasetError> {
    let width = column.width();
    if parts == 0 || !width.is_multiple_of(parts) {
        return Err(DatasetError::Parts { column: column.name().into(), width, found: parts });
    }
    Ok(width / parts)
}

/// A line for each feature, whose numbers are read as they were written.
impl fmt::Display for Standardisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        for (mean, deviation) in self.mean.iter().zip(&self.deviation) {
            writeln!(f, "{mean},{deviation}")?;
        }
        Ok(())
    }
}

impl FromStr for Standardisation {
    type Err = StandardisationError;

    fn from_str(text: &str) -> Result<Self, StandardisationError> {
        let mut lines = (1..).zip(text.lines());
        let wrong = |line, expected, found: &str| StandardisationError::Text {
            line,
            expected,
            found: found.into(),
        };
        match lines.next() {
            Some((_, HEADER)) => {}
            first => return Err(wrong(1, HEADER, first.map_or("", |(_, text)| text))),
        }
        let (mut mean, mut deviation) = (Vec::new(), Vec::new());
        for (line, text) in lines {
            let pair = text.split_once(',').and_then(|(mean, deviation)| {
                Some((mean.trim().parse().ok()?, deviation.trim().parse().ok()?))
            });
            let (of_line, spread) = pair.ok_or_else(|| wrong(line, "two numbers", text))?;
            mean.push(of_line);
            deviation.push(spread);
        }
        Self::new(mean, deviation)
    }
}
