//! What a trainer takes its batches from.

/// Samples, some of which a trainer takes at a time.
///
/// The order of an epoch is a list of numbers, which follows from the trainer's seed: nothing is moved, and a
/// run that goes on takes the same samples. A batch is owned, and lent to the network: `&Inputs` is what
/// [`forward_batch`](crate::training::Trainable::forward_batch) takes, `&Targets` what the loss does. [`from_fn`]
/// makes such data of a function.
pub trait TrainingData {
    /// The inputs of a batch: a matrix with a column a sample, integers one sample after the other, or the struct
    /// of a network with several inputs, with one of these for each.
    type Inputs;
    /// The targets of a batch: integers, numbers, a matrix, or the struct of a loss with several targets.
    type Targets;

    /// How many samples there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples of these numbers, each of which is below the length.
    fn batch(&self, samples: &[usize]) -> (Self::Inputs, Self::Targets);
}

/// What [`from_fn`] makes.
#[derive(Clone, Copy, Debug)]
pub struct FromFn<F> {
    len: usize,
    batch: F,
}

/// So many samples, of which a function makes batches, given their numbers.
///
/// ```
/// use nncore::trainer::{TrainingData, from_fn};
///
/// let (inputs, labels) = ([[0.0f32, 1.0], [1.0, 1.0], [0.5, 0.0]], [0u8, 1, 1]);
/// let data = from_fn(labels.len(), |samples| {
///     let inputs: Vec<f32> = samples.iter().flat_map(|&sample| inputs[sample]).collect();
///     let labels: Vec<u8> = samples.iter().map(|&sample| labels[sample]).collect();
///     (nalgebra::Matrix2xX::from_vec(inputs), labels)
/// });
/// let (x, labels) = data.batch(&[2, 0]);
/// assert_eq!((x[(0, 0)], labels), (0.5, vec![1, 0]));
/// ```
pub fn from_fn<I, Y, F: Fn(&[usize]) -> (I, Y)>(len: usize, batch: F) -> FromFn<F> {
    FromFn { len, batch }
}

impl<I, Y, F: Fn(&[usize]) -> (I, Y)> TrainingData for FromFn<F> {
    type Inputs = I;
    type Targets = Y;

    fn len(&self) -> usize {
        self.len
    }

    fn batch(&self, samples: &[usize]) -> (I, Y) {
        (self.batch)(samples)
    }
}
