//! Brightness, contrast, saturation and hue as one matrix.

use image::RgbImage;

/// Weights of red, green and blue in grey (ITU-R BT.601), as image libraries use them for sRGB values.
pub(super) const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// One change of colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    /// Factor on all values.
    pub brightness: f32,
    /// Factor on the distance from the picture's mean grey.
    pub contrast: f32,
    /// Factor on the distance from grey.
    pub saturation: f32,
    /// Turn about the axis of greys, in degrees.
    pub hue_deg: f32,
}

impl Change {
    /// Changes nothing.
    pub const NEUTRAL: Self = Self { brightness: 1.0, contrast: 1.0, saturation: 1.0, hue_deg: 0.0 };

    /// Rows of the matrix that turns hue and scales saturation and brightness: `value = m · rgb`. Greys stay grey.
    fn matrix(&self) -> [[f32; 3]; 3] {
        // Out of YIQ (NTSC 1953) and back, with the chroma plane turned between.
        const TO_IQ: [[f32; 3]; 2] = [[0.595_9, -0.274_6, -0.321_3], [0.211_5, -0.522_7, 0.311_2]];
        const FROM_IQ: [[f32; 2]; 3] = [[0.956, 0.619], [-0.272, -0.647], [-1.106, 1.703]];
        let angle = self.hue_deg.to_radians();
        let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
        let turned: [[f32; 3]; 2] = [
            std::array::from_fn(|channel| cos * TO_IQ[0][channel] - sin * TO_IQ[1][channel]),
            std::array::from_fn(|channel| sin * TO_IQ[0][channel] + cos * TO_IQ[1][channel]),
        ];
        std::array::from_fn(|row| {
            std::array::from_fn(|channel| {
                let chroma = if self.hue_deg == 0.0 {
                    // Exactly the distance from grey; the rounded constants above would leave a trace.
                    f32::from(u8::from(row == channel)) - LUMA[channel]
                } else {
                    FROM_IQ[row][0] * turned[0][channel] + FROM_IQ[row][1] * turned[1][channel]
                };
                self.brightness * (LUMA[channel] + self.saturation * chroma)
            })
        })
    }
}

/// Does it, in sRGB values; a neutral change leaves every byte.
pub(super) fn adjust(image: &mut RgbImage, change: &Change) {
    if *change == Change::NEUTRAL {
        return;
    }
    let matrix = change.matrix();
    // The matrix maps greys to greys, so that the mean grey is scaled by brightness alone. Contrast turns about it.
    let pivot = if change.contrast == 1.0 { 0.0 } else { mean_grey(image) * change.brightness };
    let (gain, offset) = (change.contrast, pivot * (1.0 - change.contrast) + 0.5);
    let rows = matrix.map(|row| row.map(|weight| weight * gain));
    for pixel in image.as_flat_samples_mut().samples.as_chunks_mut::<3>().0 {
        let rgb = pixel.map(f32::from);
        for (value, row) in pixel.iter_mut().zip(&rows) {
            *value = (row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2] + offset) as u8;
        }
    }
}

/// Mean of the greys of all pixels, 0–255.
fn mean_grey(image: &RgbImage) -> f32 {
    let mut sums = [0_u64; 3];
    for pixel in image.pixels() {
        for (sum, value) in sums.iter_mut().zip(pixel.0) {
            *sum += u64::from(value);
        }
    }
    let count = (u64::from(image.width()) * u64::from(image.height())).max(1) as f64;
    sums.iter().zip(LUMA).map(|(&sum, weight)| (sum as f64 / count) as f32 * weight).sum()
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn one(rgb: [u8; 3], change: Change) -> [u8; 3] {
        let mut image = RgbImage::from_pixel(2, 2, Rgb(rgb));
        adjust(&mut image, &change);
        image[(1, 1)].0
    }

    #[test]
    fn each_part_does_what_it_says() {
        let neutral = Change::NEUTRAL;
        assert_eq!(one([200, 100, 50], neutral), [200, 100, 50]);
        assert_eq!(one([200, 100, 50], Change { brightness: 0.5, ..neutral }), [100, 50, 25]);
        assert_eq!(one([200, 100, 50], Change { brightness: 2.0, ..neutral }), [255, 200, 100]);
        // 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2
        assert_eq!(one([200, 100, 50], Change { saturation: 0.0, ..neutral }), [124; 3]);
        // Halfway to 124.2: 162.1, 112.1, 87.1.
        assert_eq!(one([200, 100, 50], Change { contrast: 0.5, ..neutral }), [162, 112, 87]);
        assert_eq!(one([200, 100, 50], Change { saturation: 0.5, ..neutral }), [162, 112, 87]);
    }

    #[test]
    fn hue_turns_colours_and_leaves_greys() {
        for hue_deg in [-170.0, -30.0, 20.0, 90.0, 180.0] {
            let change = Change { hue_deg, ..Change::NEUTRAL };
            for grey in one([130; 3], change) {
                assert!(grey.abs_diff(130) <= 1, "{hue_deg}: {grey}");
            }
        }
        let [red, green, _] = one([180, 60, 60], Change { hue_deg: -120.0, ..Change::NEUTRAL });
        let turned = one([180, 60, 60], Change { hue_deg: 120.0, ..Change::NEUTRAL });
        assert!(red < 120 || turned[0] < 120, "{red} {turned:?}");
        assert_ne!(red, green);
    }

    #[test]
    fn contrast_turns_about_the_mean() {
        let mut image = RgbImage::from_fn(2, 1, |x, _| Rgb(if x == 0 { [80; 3] } else { [120; 3] }));
        adjust(&mut image, &Change { contrast: 1.5, ..Change::NEUTRAL });
        assert_eq!((image[(0, 0)].0, image[(1, 0)].0), ([70; 3], [130; 3]));
    }
}
