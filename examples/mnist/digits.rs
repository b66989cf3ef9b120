//! Handwritten digits drawn by a program: a stand-in for MNIST where its files are not at hand.
//!
//! A digit is a few smooth strokes, bent, slanted and shifted by a random hand and inked by the
//! distance of each pixel to the stroke. Only + − × ÷ and √ are used, which IEEE 754 rounds alike
//! everywhere: a seed draws the same images on every machine.

use std::array::from_fn;
use std::ops::Range;

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

/// Pixels along a side of an image.
const SIDE: u8 = 28;
const PIXELS: usize = SIDE as usize * SIDE as usize;

/// Pixels from the top to the bottom of an average digit, as in MNIST.
const DIGIT_HEIGHT: f32 = 20.0;

// The sizes of all variations, here and below, are tuned for the network of the example: ten
// epochs of plain SGD at 0.3 over 10,000 of these digits teach it to read about 97 % of others.

/// How far the pen strays at most from the knots of a glyph, in digit heights.
const STRAY: f32 = 0.13;
/// The chance that the pen misses the paper between two knots.
const SKIP: f64 = 0.01;
/// The chance of a speck of ink.
const SPECK: f64 = 0.1;
/// The greatest grey that a pixel gains or loses by noise.
const NOISE: f32 = 30.0;
/// Over how many pixels the edge of a stroke fades.
const EDGE: f32 = 1.2;

/// Straight segments that draw the curve from one knot to the next.
const SEGMENTS_PER_SPAN: u8 = 4;

/// Horizontal and vertical; y points down.
type Point = [f32; 2];

/// The knots of a smooth curve, in hundredths of the digit's height. Strokes meet in corners.
type Stroke = &'static [[u8; 2]];
type Glyph = &'static [Stroke];

/// The ways to write each digit.
#[rustfmt::skip]
const GLYPHS: [&[Glyph]; 10] = [
    &[ // 0
        &[
            &[
                [55, 2], [30, 12], [18, 45], [24, 82], [48, 98], [74, 84], [82, 48], [72, 14],
                [50, 2],
            ],
        ],
        &[&[[64, 10], [44, 5], [28, 36], [28, 74], [46, 97], [64, 80], [70, 40], [62, 8], [44, 8]]],
    ],
    &[ // 1
        &[&[[50, 0], [50, 33], [50, 67], [50, 100]]],
        &[&[[32, 26], [54, 2]], &[[54, 2], [53, 34], [53, 67], [52, 100]]],
        &[&[[32, 24], [52, 2]], &[[52, 2], [52, 34], [52, 66], [52, 97]], &[[28, 98], [76, 97]]],
    ],
    &[ // 2
        &[
            &[[20, 24], [36, 5], [62, 4], [76, 24], [64, 52], [40, 78], [18, 96]],
            &[[18, 96], [50, 95], [84, 94]],
        ],
        &[
            &[
                [22, 20], [42, 2], [70, 10], [70, 38], [46, 72], [22, 93], [16, 80], [36, 78],
                [60, 95], [86, 88],
            ],
        ],
    ],
    &[ // 3
        &[
            &[[22, 12], [48, 1], [72, 14], [68, 36], [44, 47]],
            &[[44, 47], [70, 54], [80, 74], [64, 95], [38, 98], [18, 86]],
        ],
        &[
            &[[22, 4], [50, 3], [76, 3]],
            &[[76, 3], [62, 22], [46, 42]],
            &[[46, 42], [74, 52], [78, 78], [54, 98], [20, 90]],
        ],
    ],
    &[ // 4
        &[
            &[[28, 5], [20, 34], [24, 54]],
            &[[24, 54], [50, 54], [82, 50]],
            &[[74, 4], [71, 36], [68, 68], [66, 100]],
        ],
        &[
            &[[62, 2], [40, 30], [14, 66]],
            &[[14, 66], [50, 66], [88, 66]],
            &[[62, 2], [62, 34], [62, 67], [62, 100]],
        ],
    ],
    &[ // 5
        &[
            &[[30, 4], [27, 24], [24, 46]],
            &[[24, 46], [50, 38], [74, 50], [78, 74], [60, 95], [34, 98], [16, 88]],
            &[[30, 4], [54, 4], [80, 2]],
        ],
        &[
            &[
                [80, 3], [50, 5], [32, 10], [28, 38], [50, 46], [72, 60], [66, 88], [40, 98],
                [18, 90],
            ],
        ],
    ],
    &[ // 6
        &[
            &[
                [66, 2], [42, 18], [26, 48], [24, 78], [42, 98], [66, 92], [74, 72], [60, 54],
                [40, 58], [27, 74],
            ],
        ],
        &[
            &[
                [52, 0], [36, 30], [26, 64], [34, 92], [56, 97], [72, 80], [62, 62], [42, 64],
                [28, 80],
            ],
        ],
    ],
    &[ // 7
        &[&[[18, 6], [50, 5], [82, 4]], &[[82, 4], [67, 33], [55, 64], [46, 98]]],
        &[
            &[[18, 6], [50, 5], [82, 4]],
            &[[82, 4], [67, 33], [55, 64], [46, 98]],
            &[[36, 50], [74, 48]],
        ],
        &[
            &[[18, 22], [20, 6]],
            &[[20, 6], [50, 8], [80, 4]],
            &[[80, 4], [66, 33], [57, 64], [52, 98]],
        ],
    ],
    &[ // 8
        &[
            &[
                [70, 12], [46, 2], [28, 18], [40, 40], [64, 56], [74, 80], [50, 98], [27, 82],
                [36, 58], [62, 40], [74, 20], [62, 5],
            ],
        ],
        &[
            &[[50, 2], [30, 10], [32, 36], [50, 47], [68, 36], [70, 10], [50, 2]],
            &[[50, 47], [26, 60], [26, 88], [50, 98], [74, 88], [74, 60], [50, 47]],
        ],
    ],
    &[ // 9
        &[
            &[[72, 20], [50, 3], [27, 16], [28, 40], [48, 48], [70, 34], [73, 14]],
            &[[73, 14], [70, 55], [64, 100]],
        ],
        &[
            &[[72, 20], [50, 3], [27, 16], [28, 40], [48, 48], [70, 34], [73, 14]],
            &[[73, 14], [74, 56], [62, 90], [38, 98], [20, 88]],
        ],
    ],
];

/// Digits and what they show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    /// Image k is `pixels[k * 784..][..784]`: 28 rows of 28 greys, 255 for ink and 0 for paper.
    pub pixels: Vec<u8>,
    /// The digit, 0 to 9, in each image.
    pub labels: Vec<u8>,
}

/// Draws `count` digits in random order, each of the ten equally often, up to one.
pub fn draw(count: usize, seed: u64) -> Digits {
    let mut rng = tapeless::prelude::seed(seed);
    let mut labels: Vec<u8> = (0..10).cycle().take(count).collect();
    labels.shuffle(&mut rng);
    let mut pixels = vec![0; count * PIXELS];
    for (image, &label) in pixels.chunks_exact_mut(PIXELS).zip(&labels) {
        draw_digit(image, label, &mut rng);
    }
    Digits { pixels, labels }
}

fn draw_digit(image: &mut [u8], label: u8, rng: &mut impl Rng) {
    let hand = Hand::random(rng);
    let mut paper = Paper::blank();
    let glyphs = GLYPHS[usize::from(label)];
    for stroke in glyphs[rng.random_range(0..glyphs.len())] {
        draw_stroke(&mut paper, &hand, stroke, rng);
    }
    if rng.random_bool(SPECK) {
        let speck = from_fn(|_| rng.random_range(0.0..f32::from(SIDE)));
        paper.draw_segment(speck, speck);
    }
    paper.develop(image, &Pen::random(rng), rng);
}

fn draw_stroke(paper: &mut Paper, hand: &Hand, stroke: Stroke, rng: &mut impl Rng) {
    // Each end counts twice: the curve reaches it, and needs a neighbour beyond it.
    let knots = [&stroke[..1], stroke, &stroke[stroke.len() - 1..]].concat();
    let knots: Vec<Point> = knots.into_iter().map(|knot| hand.place(knot)).collect();
    for span in knots.array_windows() {
        if !rng.random_bool(SKIP) {
            draw_span(paper, span);
        }
    }
}

fn draw_span(paper: &mut Paper, span: &[Point; 4]) {
    let mut start = span[1];
    for step in 1..=SEGMENTS_PER_SPAN {
        let end = catmull_rom(span, f32::from(step) / f32::from(SEGMENTS_PER_SPAN));
        paper.draw_segment(start, end);
        start = end;
    }
}

/// The point at `t` of the Catmull–Rom curve from b (t = 0) to c (t = 1).
fn catmull_rom([a, b, c, d]: &[Point; 4], t: f32) -> Point {
    from_fn(|axis| {
        let [a, b, c, d] = [a[axis], b[axis], c[axis], d[axis]];
        let cubic = 3.0 * (b - c) + d - a;
        let quadratic = 2.0 * a - 5.0 * b + 4.0 * c - d;
        b + 0.5 * t * (c - a + t * (quadratic + t * cubic))
    })
}

/// One way of placing a glyph on paper: a smooth distortion, then an affine map.
struct Hand {
    /// The displacement at the corners of a 4 × 4 grid over the glyph, interpolated in between.
    strays: [[Point; 4]; 4],
    /// The images of the unit vectors.
    axes: [Point; 2],
    /// The image of the glyph's centre.
    centre: Point,
}

impl Hand {
    fn random(rng: &mut impl Rng) -> Self {
        let mut between = |low: f32, high: f32| rng.random_range(low..high);
        // With h the tangent of half the angle, cos = (1 − h²) / (1 + h²) and sin = 2h / (1 + h²).
        let half = between(-0.15, 0.15);
        let cos = (1.0 - half * half) / (1.0 + half * half);
        let sin = 2.0 * half / (1.0 + half * half);
        let slant = between(-0.15, 0.35);
        let width = DIGIT_HEIGHT * between(0.7, 1.15);
        let height = DIGIT_HEIGHT * between(0.8, 1.1);
        let middle = f32::from(SIDE - 1) / 2.0;
        Self {
            strays: from_fn(|_| from_fn(|_| from_fn(|_| between(-STRAY, STRAY)))),
            axes: [
                [width * cos, width * sin],
                [-height * (sin + slant * cos), height * (cos - slant * sin)],
            ],
            centre: from_fn(|_| middle + between(-2.0, 2.0)),
        }
    }

    /// Where on the paper a knot comes to lie.
    fn place(&self, knot: [u8; 2]) -> Point {
        let knot = knot.map(|hundredths| f32::from(hundredths) / 100.0);
        let stray = self.stray(knot);
        let [x, y] = [0, 1].map(|axis| knot[axis] + stray[axis] - 0.5);
        let [right, down] = self.axes;
        [0, 1].map(|axis| self.centre[axis] + x * right[axis] + y * down[axis])
    }

    /// Bilinear interpolation of `strays`.
    fn stray(&self, [x, y]: Point) -> Point {
        let mut stray = [0.0; 2];
        for (row, line) in self.strays.iter().enumerate() {
            for (column, offset) in line.iter().enumerate() {
                let weight = tent(3.0 * y - row as f32) * tent(3.0 * x - column as f32);
                stray = [0, 1].map(|axis| stray[axis] + weight * offset[axis]);
            }
        }
        stray
    }
}

/// 1 at 0, falling to 0 at a distance of 1.
fn tent(distance: f32) -> f32 {
    (1.0 - distance.abs()).max(0.0)
}

/// What the strokes of one digit are written with.
struct Pen {
    /// Half the width of a stroke, in pixels.
    radius: f32,
    /// The grey of a stroke.
    ink: f32,
}

impl Pen {
    /// From the thinnest pen to the thickest.
    const RADIUS: Range<f32> = 0.8..1.6;
    /// The greatest distance from a stroke that any pen reaches.
    const REACH: f32 = Self::RADIUS.end + EDGE / 2.0;

    fn random(rng: &mut impl Rng) -> Self {
        Self { radius: rng.random_range(Self::RADIUS), ink: rng.random_range(200.0..255.0) }
    }

    /// The grey at a distance from the stroke: a smoothstep across the edge.
    fn grey(&self, distance: f32) -> f32 {
        let depth = ((self.radius - distance) / EDGE + 0.5).clamp(0.0, 1.0);
        self.ink * depth * depth * (3.0 - 2.0 * depth)
    }
}

/// For every pixel the squared distance to the nearest stroke, as far as a pen can reach.
struct Paper([f32; PIXELS]);

impl Paper {
    fn blank() -> Self {
        Self([f32::INFINITY; PIXELS])
    }

    fn draw_segment(&mut self, [x0, y0]: Point, [x1, y1]: Point) {
        let (dx, dy) = (x1 - x0, y1 - y0);
        let squared_length = (dx * dx + dy * dy).max(f32::MIN_POSITIVE);
        let columns = pixels_near(x0, x1);
        for row in pixels_near(y0, y1) {
            let line = &mut self.0[row * usize::from(SIDE)..];
            for column in columns.clone() {
                let (x, y) = (column as f32 - x0, row as f32 - y0);
                let along = ((x * dx + y * dy) / squared_length).clamp(0.0, 1.0);
                let (x, y) = (x - along * dx, y - along * dy);
                line[column] = line[column].min(x * x + y * y);
            }
        }
    }

    /// Turns distances into greys, and adds noise.
    fn develop(&self, image: &mut [u8], pen: &Pen, rng: &mut impl Rng) {
        let mut grain = [0; PIXELS];
        rng.fill_bytes(&mut grain);
        for ((pixel, squared_distance), grain) in image.iter_mut().zip(self.0).zip(grain) {
            let noise = NOISE * (f32::from(grain) / 127.5 - 1.0);
            *pixel = to_byte(pen.grey(squared_distance.sqrt()) + noise);
        }
    }
}

/// The rows or columns that a pen can reach between two coordinates.
fn pixels_near(a: f32, b: f32) -> Range<usize> {
    let first = to_byte((a.min(b) - Pen::REACH).ceil());
    let end = to_byte((a.max(b) + Pen::REACH).ceil()).min(SIDE);
    first.into()..end.into()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, which is what is wanted"
)]
fn to_byte(value: f32) -> u8 {
    value as u8
}
