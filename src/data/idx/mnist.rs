//! The four files of MNIST and of the sets that are published like it.

use std::path::{Path, PathBuf};

use nncore::training::data::Dataset;

use super::error::{IdxError, IdxProblem};
use super::read::read;
use crate::data::array::FileArray;

/// The classes of MNIST.
pub const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The classes of Fashion-MNIST.
pub const FASHION: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// The samples to train on and those to test with, of the files `train-images-idx3-ubyte`,
/// `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte` in a directory, plain or
/// with `.gz` behind their names.
///
/// The column `image` has greys from 0 to 1, `label` one of the classes: [`DIGITS`], [`FASHION`] or others.
///
/// # Errors
/// When a file is missing, cannot be read, is not exactly one intact array, holds something else, or when there
/// are not as many labels as images.
pub fn read_mnist(
    directory: impl AsRef<Path>,
    classes: impl IntoIterator<Item = impl Into<String>> + Clone,
) -> Result<(Dataset, Dataset), IdxError> {
    let directory = directory.as_ref();
    let read_part = |part: &str, classes| {
        let images = locate(directory, &format!("{part}-images-idx3-ubyte"))?;
        let labels = locate(directory, &format!("{part}-labels-idx1-ubyte"))?;
        pair(&images, &labels, classes)
    };
    Ok((read_part("train", classes.clone())?, read_part("t10k", classes)?))
}

fn pair(
    images_path: &Path,
    labels_path: &Path,
    classes: impl IntoIterator<Item = impl Into<String>>,
) -> Result<Dataset, IdxError> {
    let images = read_of_rank(images_path, 3, "images")?;
    let labels = read_of_rank(labels_path, 1, "labels")?;
    let image = images.reals("image").map_err(|error| IdxError::of(images_path)(error.into()))?;
    let with_labels = |mut data: Dataset| {
        data.reals_mut("image")?.iter_mut().for_each(|grey| *grey /= 255.0);
        data.with(labels.labels("label", classes)?)
    };
    let data = Dataset::new().with(image).and_then(with_labels);
    data.map_err(|error| IdxError::of(labels_path)(error.into()))
}

fn read_of_rank(path: &Path, rank: usize, expected: &'static str) -> Result<FileArray, IdxError> {
    let array = read(path)?;
    if array.shape().len() == rank {
        return Ok(array);
    }
    let found = array.shape().to_vec();
    Err(IdxError::of(path)(IdxProblem::OtherShape { expected, found }))
}

/// The one of `name` and `name.gz` that is in the directory; the plain file where both are.
fn locate(directory: &Path, name: &str) -> Result<PathBuf, IdxError> {
    let (plain, gzipped) = (name.to_owned(), format!("{name}.gz"));
    [&plain, &gzipped]
        .map(|candidate| directory.join(candidate))
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| IdxError::of(directory)(IdxProblem::Missing { plain, gzipped }))
}
