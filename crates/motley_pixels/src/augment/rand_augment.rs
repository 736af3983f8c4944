//! RandAugment: a few operations from a fixed list, all of one strength.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::{
    colour::{self, Change},
    warp::bilinear,
};

/// More operations than this one after the other leave little of a picture.
pub const MOST_OPERATIONS: usize = 4;

/// For each operation three numbers, 0–1: which, how strong, which way.
pub(super) type Choices = [[f32; 3]; MOST_OPERATIONS];

/// A few operations of equal strength, drawn from a list of fourteen (Cubuk et al. 2019, "RandAugment", whose list and
/// largest strengths these are).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RandAugment {
    /// How many, one after the other. 0–4.
    pub operations: u8,
    /// Largest strength, 0–1; each operation draws its own up to it. 1 is the paper's level 30.
    pub magnitude: f32,
}

impl Default for RandAugment {
    fn default() -> Self {
        Self { operations: 2, magnitude: 0.3 }
    }
}

/// What is laid bare by shears, shifts and turns.
const FILL: [u8; 3] = [128; 3];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operation {
    Identity,
    AutoContrast,
    Equalize,
    Rotate,
    Solarize,
    Colour,
    Posterize,
    Contrast,
    Brightness,
    Sharpness,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
}

impl Operation {
    const ALL: [Self; 14] = [
        Self::Identity,
        Self::AutoContrast,
        Self::Equalize,
        Self::Rotate,
        Self::Solarize,
        Self::Colour,
        Self::Posterize,
        Self::Contrast,
        Self::Brightness,
        Self::Sharpness,
        Self::ShearX,
        Self::ShearY,
        Self::TranslateX,
        Self::TranslateY,
    ];

    /// `strength` 0–1; `signed` the same with a random sign.
    fn apply(self, mut image: RgbImage, strength: f32, signed: f32) -> RgbImage {
        let side = image.width() as f32;
        let change = Change::NEUTRAL;
        match self {
            Self::Identity => {}
            Self::AutoContrast => by_channel(&mut image, stretch),
            Self::Equalize => by_channel(&mut image, equalize),
            Self::Solarize => {
                let threshold = 255.0 * (1.0 - strength);
                by_channel(&mut image, |_| {
                    std::array::from_fn(|value| if value as f32 > threshold { 255 - value as u8 } else { value as u8 })
                });
            }
            Self::Posterize => {
                // From 8 bits down to 4.
                let mask = 0xff_u8 << (4.0 * strength + 0.5) as u32;
                by_channel(&mut image, |_| std::array::from_fn(|value| value as u8 & mask));
            }
            Self::Colour => colour::adjust(&mut image, &Change { saturation: 1.0 + 0.9 * signed, ..change }),
            Self::Contrast => colour::adjust(&mut image, &Change { contrast: 1.0 + 0.9 * signed, ..change }),
            Self::Brightness => colour::adjust(&mut image, &Change { brightness: 1.0 + 0.9 * signed, ..change }),
            Self::Sharpness => return sharpen(&image, 0.9 * signed),
            Self::Rotate => {
                let angle = (30.0 * signed).to_radians();
                let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
                return affine(&image, [[cos, -sin, 0.0], [sin, cos, 0.0]]);
            }
            Self::ShearX => return affine(&image, [[1.0, 0.3 * signed, 0.0], [0.0, 1.0, 0.0]]),
            Self::ShearY => return affine(&image, [[1.0, 0.0, 0.0], [0.3 * signed, 1.0, 0.0]]),
            Self::TranslateX => return affine(&image, [[1.0, 0.0, 0.45 * signed * side], [0.0, 1.0, 0.0]]),
            Self::TranslateY => return affine(&image, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.45 * signed * side]]),
        }
        image
    }
}

impl RandAugment {
    /// Does what `choices` say; the magnitude lies within its range.
    pub(super) fn apply(&self, mut image: RgbImage, choices: &Choices) -> RgbImage {
        for [which, strength, sign] in choices.iter().take(usize::from(self.operations)) {
            let which = (*which * Operation::ALL.len() as f32) as usize;
            let strength = strength * self.magnitude;
            let signed = if *sign < 0.5 { -strength } else { strength };
            image = Operation::ALL[which.min(Operation::ALL.len() - 1)].apply(image, strength, signed);
        }
        image
    }
}

/// Maps each channel's values by a table made from its histogram.
fn by_channel(image: &mut RgbImage, table: impl Fn(&[u32; 256]) -> [u8; 256]) {
    let mut histograms = [[0_u32; 256]; 3];
    for pixel in image.pixels() {
        for (histogram, value) in histograms.iter_mut().zip(pixel.0) {
            histogram[usize::from(value)] += 1;
        }
    }
    let tables = histograms.each_ref().map(table);
    for pixel in image.pixels_mut() {
        for (value, table) in pixel.0.iter_mut().zip(&tables) {
            *value = table[usize::from(*value)];
        }
    }
}

/// Darkest to 0, brightest to 255.
fn stretch(histogram: &[u32; 256]) -> [u8; 256] {
    let low = histogram.iter().position(|&count| count > 0).unwrap_or(0);
    let high = histogram.iter().rposition(|&count| count > 0).unwrap_or(255);
    std::array::from_fn(|value| match (value.clamp(low, high) - low, high - low) {
        (_, 0) => value as u8,
        (above, range) => ((above * 255 + range / 2) / range) as u8,
    })
}

/// Each brightness as often as any other, as far as whole values go.
fn equalize(histogram: &[u32; 256]) -> [u8; 256] {
    let total: u64 = histogram.iter().map(|&count| u64::from(count)).sum();
    let least = histogram.iter().find(|&&count| count > 0).map_or(0, |&count| u64::from(count));
    let range = total - least;
    let mut below = 0_u64;
    std::array::from_fn(|value| {
        below += u64::from(histogram[value]);
        // One brightness only: it stays.
        let level = (below.saturating_sub(least) * 255 + range / 2).checked_div(range);
        level.map_or(value as u8, |level| level.min(255) as u8)
    })
}

/// Adds `amount` times the difference from a blurred copy (3 × 3, middle 5, the rest 1); below 0 it blurs. The border stays.
fn sharpen(image: &RgbImage, amount: f32) -> RgbImage {
    let stride = image.width() as usize * 3;
    let bytes: &[u8] = image.as_raw();
    let mut out = image.clone();
    let (width, height) = (image.width() as usize, image.height() as usize);
    for y in 1..height.saturating_sub(1) {
        for at in y * stride + 3..y * stride + (width.max(1) - 1) * 3 {
            let row = |at: usize| u32::from(bytes[at - 3]) + u32::from(bytes[at]) + u32::from(bytes[at + 3]);
            let sum = row(at - stride) + row(at) + row(at + stride) + 4 * u32::from(bytes[at]);
            let (own, smooth) = (f32::from(bytes[at]), sum as f32 / 13.0);
            out.as_flat_samples_mut().samples[at] = (own + amount * (own - smooth) + 0.5) as u8;
        }
    }
    out
}

/// Looks each pixel up where `matrix` takes it, in pixels from the middle.
fn affine(image: &RgbImage, matrix: [[f32; 3]; 2]) -> RgbImage {
    let size = [image.width() as usize, image.height() as usize];
    let half = size.map(|side| 0.5 * side as f32);
    let bytes: &[u8] = image.as_raw();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let from = [x as f32 + 0.5 - half[0], y as f32 + 0.5 - half[1]];
        let at: [f32; 2] = std::array::from_fn(|axis| {
            let [a, b, shift] = matrix[axis];
            a * from[0] + b * from[1] + shift + half[axis]
        });
        let inside = (0..2).all(|axis| (0.0..=size[axis] as f32).contains(&at[axis]));
        image::Rgb(if inside { bilinear(bytes, size, at) } else { FILL })
    })
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn picture() -> RgbImage {
        RgbImage::from_fn(32, 32, |x, y| Rgb([60 + 4 * x as u8, 50 + 3 * y as u8, ((x * y) % 200) as u8]))
    }

    #[test]
    fn no_strength_changes_nothing_that_has_one() {
        let same = |operation: &&Operation| !matches!(operation, Operation::AutoContrast | Operation::Equalize);
        for operation in Operation::ALL.iter().filter(same) {
            assert_eq!(operation.apply(picture(), 0.0, 0.0), picture(), "{operation:?}");
        }
    }

    #[test]
    fn every_operation_but_one_does_something() {
        for operation in Operation::ALL {
            let changed = operation.apply(picture(), 0.8, -0.8) != picture();
            assert_eq!(changed, operation != Operation::Identity, "{operation:?}");
        }
    }

    #[test]
    fn known_values() {
        let pair = |low, high| RgbImage::from_fn(2, 1, |x, _| Rgb([if x == 0 { low } else { high }; 3]));
        let values = |image: RgbImage| [image[(0, 0)].0[0], image[(1, 0)].0[0]];
        assert_eq!(values(Operation::AutoContrast.apply(pair(50, 90), 0.0, 0.0)), [0, 255]);
        assert_eq!(values(Operation::AutoContrast.apply(pair(50, 50), 0.0, 0.0)), [50, 50], "an even picture stays");
        assert_eq!(values(Operation::Equalize.apply(pair(50, 52), 0.0, 0.0)), [0, 255]);
        assert_eq!(values(Operation::Equalize.apply(pair(9, 9), 0.0, 0.0)), [9, 9]);
        assert_eq!(values(Operation::Solarize.apply(pair(100, 200), 0.5, 0.5)), [100, 55]);
        assert_eq!(values(Operation::Posterize.apply(pair(100, 200), 1.0, 1.0)), [96, 192]);
        let shifted = Operation::TranslateX.apply(picture(), 1.0, 10.0 / (0.45 * 32.0));
        assert_eq!((shifted[(3, 5)], shifted[(31, 5)].0), (picture()[(13, 5)], FILL));
        let flat = Operation::Sharpness.apply(RgbImage::from_pixel(5, 5, Rgb([77; 3])), 0.9, 0.9);
        assert!(flat.pixels().all(|pixel| pixel.0 == [77; 3]));
    }
}
