//! The drawn digits: shapes, reproducibility, balance and ink.

#[path = "../examples/mnist/digits.rs"]
mod digits;

use digits::draw;

const PIXELS: usize = 28 * 28;

#[test]
fn every_label_has_an_image() {
    for count in [0, 1, 37] {
        let digits = draw(count, 1);
        assert_eq!(digits.labels.len(), count);
        assert_eq!(digits.pixels.len(), count * PIXELS);
    }
}

#[test]
fn a_seed_draws_the_same_digits_again() {
    assert_eq!(draw(50, 7), draw(50, 7));
}

#[test]
fn two_seeds_draw_different_digits() {
    let (one, other) = (draw(50, 7), draw(50, 8));
    assert_ne!(one.labels, other.labels);
    assert_ne!(one.pixels, other.pixels);
}

#[test]
fn no_two_images_are_alike() {
    let pixels = draw(500, 3).pixels;
    let mut images: Vec<&[u8]> = pixels.chunks_exact(PIXELS).collect();
    images.sort_unstable();
    images.dedup();
    assert_eq!(images.len(), 500);
}

#[test]
fn every_digit_occurs_equally_often_and_in_no_order() {
    let labels = draw(1003, 5).labels;
    let mut occurrences = [0; 10];
    for &label in &labels {
        occurrences[usize::from(label)] += 1;
    }
    assert_eq!(occurrences, [101, 101, 101, 100, 100, 100, 100, 100, 100, 100]);
    let ascents = labels.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!((400..500).contains(&ascents), "{ascents} ascents are not 45 %");
}

#[test]
fn every_image_has_ink_and_paper() {
    for image in draw(1000, 11).pixels.chunks_exact(PIXELS) {
        let ink = image.iter().filter(|&&grey| grey > 128).count();
        assert!((20..350).contains(&ink), "{ink} inked pixels");
    }
}

#[test]
fn the_ink_is_in_the_middle() {
    let (mut ink, mut ink_in_the_middle) = (0, 0);
    for image in draw(1000, 11).pixels.chunks_exact(PIXELS) {
        let inked = |greys: &[u8]| greys.iter().filter(|&&grey| grey > 128).count();
        ink += inked(image);
        ink_in_the_middle += (3..25).map(|row| inked(&image[28 * row + 3..][..22])).sum::<usize>();
    }
    assert!(ink_in_the_middle * 100 > ink * 95, "{ink_in_the_middle} of {ink} inked pixels");
}

/// The average image of every digit is nearer to its own digit's images than to other digits':
/// the labels say what is drawn.
#[test]
fn labels_fit_the_images() {
    let training = draw(2000, 1);
    let mut means = vec![[0.0_f32; PIXELS]; 10];
    for (image, &label) in training.pixels.chunks_exact(PIXELS).zip(&training.labels) {
        for (mean, &grey) in means[usize::from(label)].iter_mut().zip(image) {
            *mean += f32::from(grey) / 200.0;
        }
    }
    let distance = |image: &[u8], mean: &[f32; PIXELS]| -> f32 {
        image.iter().zip(mean).map(|(&grey, mean)| (f32::from(grey) - mean).powi(2)).sum()
    };
    let test = draw(500, 2);
    let correct = test
        .pixels
        .chunks_exact(PIXELS)
        .zip(&test.labels)
        .filter(|&(image, &label)| {
            let nearest = (0..10)
                .min_by(|&a, &b| distance(image, &means[a]).total_cmp(&distance(image, &means[b])));
            nearest == Some(usize::from(label))
        })
        .count();
    assert!(correct > 300, "the nearest mean is right for {correct} of 500");
}
