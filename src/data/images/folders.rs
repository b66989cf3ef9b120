//! A folder with a folder of images for each class.

use std::fs;
use std::path::{Path, PathBuf};

use nncore::scalar::Real;
use nncore::training::data::{Column, Dataset};

use super::error::{ImageError, ImageProblem};
use super::png_file::{Channels, Image};

/// What the names of images in other formats end in.
const OTHER_FORMATS: [&str; 9] =
    ["avif", "bmp", "gif", "heic", "jpeg", "jpg", "tif", "tiff", "webp"];

/// The images of each class, in the order of their paths; the name of its folder is the class.
///
/// The column `image` has numbers from 0 to 1 with the axes channel, row and pixel, as PyTorch's `ImageFolder`
/// with `ToTensor`; `label` has the classes in the order of their names. Files that are no images are left out,
/// and so is what begins with a dot.
///
/// # Errors
/// When a folder or an image cannot be read, an image is no PNG or has another size than the first, or a class
/// has none.
pub fn read_folders<T: Real>(
    folder: impl AsRef<Path>,
    channels: Channels,
) -> Result<Dataset<T>, ImageError> {
    let folder = folder.as_ref();
    let (mut labels, mut values) = (Vec::new(), Vec::new());
    let mut first: Option<(PathBuf, (usize, usize))> = None;
    let classes = entries(folder)?.into_iter().filter(|path| path.is_dir());
    for class in classes {
        let name = class.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let images = images(&class)?;
        if images.is_empty() {
            return Err(ImageError::of(&class)(ImageProblem::NoImages));
        }
        for path in images {
            let image = Image::read(&path, channels)?;
            let found = (image.height, image.width);
            let (first, expected) = first.get_or_insert_with(|| (path.clone(), found));
            if *expected != found {
                let (first, expected) = (first.clone(), *expected);
                let problem = ImageProblem::OtherSize { first, expected, found };
                return Err(ImageError::of(&path)(problem));
            }
            values.extend(image.values.into_iter().map(T::of));
            labels.push(name.clone());
        }
    }
    let Some((_, (height, width))) = first else {
        return Err(ImageError::of(folder)(ImageProblem::NoClasses));
    };
    Column::reals("image", [channels.count(), height, width], values)
        .and_then(|image| Dataset::new().with(image)?.with(Column::of_names("label", labels)))
        .map_err(ImageError::of(folder))
}

/// The PNG images in a folder.
fn images(folder: &Path) -> Result<Vec<PathBuf>, ImageError> {
    let mut images = Vec::new();
    for path in entries(folder)?.into_iter().filter(|path| path.is_file()) {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if extension == "png" {
            images.push(path);
        } else if OTHER_FORMATS.contains(&extension.as_str()) {
            return Err(ImageError::of(&path)(ImageProblem::OtherFormat { extension }));
        }
    }
    Ok(images)
}

/// What is in a folder, sorted, without what begins with a dot.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, ImageError> {
    let read = || {
        let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
        entries.collect::<Result<Vec<_>, _>>()
    };
    let mut entries = read().map_err(ImageError::of(folder))?;
    entries
        .retain(|path| !path.file_name().unwrap_or_default().as_encoded_bytes().starts_with(b"."));
    entries.sort_unstable();
    Ok(entries)
}
