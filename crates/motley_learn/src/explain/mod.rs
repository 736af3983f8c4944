//! Where a network looks.
//!
//! - [`grad_cam()`](gradcam::grad_cam): which places of the last convolution speak for a class (Selvaraju et al. 2016).
//! - [`occlusion()`](occlusion::occlusion): what hiding a part of the picture does to the score (Zeiler & Fergus 2014).
//!
//! Both give a [`HeatMap`] of raw values, which can be laid over the picture.

pub mod gradcam;
pub mod occlusion;
mod pictures;

pub use pictures::{Explained, explain, explain_square};

use serde::{Deserialize, Serialize};

/// How to find out where a network looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// [`gradcam`].
    #[default]
    GradCam,
    /// [`occlusion`](mod@occlusion).
    Occlusion,
}

impl std::str::FromStr for Method {
    type Err = crate::Error;

    fn from_str(name: &str) -> crate::Result<Self> {
        match name {
            "gradcam" => Ok(Self::GradCam),
            "occlusion" => Ok(Self::Occlusion),
            _ => Err(crate::Error::Setting(format!("no method is called `{name}`; there are: gradcam, occlusion"))),
        }
    }
}

/// A value for each place of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeatMap {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// By rows; raw, in the units of the method.
    pub values: Vec<f32>,
    /// A difference of less than this between least and greatest is not drawn at full strength; 0 for any.
    pub full: f32,
}

/// Colours from nothing to all: black, violet, orange, pale yellow; brighter at each step, so that it reads in grey too.
const COLOURS: [[f32; 3]; 4] = [[0.0, 0.0, 4.0], [120.0, 28.0, 109.0], [237.0, 105.0, 37.0], [252.0, 255.0, 164.0]];
/// How much of the picture remains under the strongest colour.
const THROUGH: f32 = 0.4;

impl HeatMap {
    /// From 0 at the least value to 1 at the greatest, or less than 1 where they differ by less than [`HeatMap::full`]; all 0 where
    /// there is no difference. What speaks against the class counts as nothing: else all that does neither would seem to speak for it.
    pub fn normalized(&self) -> Self {
        let low = self.values.iter().copied().fold(f32::INFINITY, f32::min).max(0.0);
        let high = self.values.iter().copied().fold(f32::NEG_INFINITY, f32::max).max(0.0);
        let range = (high - low).max(self.full);
        let scale = |value: f32| if range > 0.0 { (value.max(0.0) - low) / range } else { 0.0 };
        Self { values: self.values.iter().map(|&value| scale(value)).collect(), ..*self }
    }

    /// Bilinear, pixels being squares whose centres carry the values.
    pub fn resized(&self, width: usize, height: usize) -> Self {
        let along = |size: usize, from: usize| {
            (0..size).map(move |index| {
                let place = ((index as f32 + 0.5) * from as f32 / size as f32 - 0.5).clamp(0.0, from as f32 - 1.0);
                let low = place as usize;
                (low, (low + 1).min(from - 1), place - low as f32)
            })
        };
        let columns: Vec<_> = along(width, self.width).collect();
        let mut values = Vec::with_capacity(width * height);
        for (top, bottom, down) in along(height, self.height) {
            let row = |y: usize| &self.values[y * self.width..][..self.width];
            let (top, bottom) = (row(top), row(bottom));
            values.extend(columns.iter().map(|&(left, right, across)| {
                let mix = |row: &[f32]| row[left] + (row[right] - row[left]) * across;
                mix(top) + (mix(bottom) - mix(top)) * down
            }));
        }
        Self { width, height, values, ..*self }
    }

    /// The map as a picture of its own, `width` × `height` × 3 bytes.
    pub fn colours(&self) -> Vec<u8> {
        self.normalized().values.iter().flat_map(|&value| colour(value)).map(|channel| channel.round() as u8).collect()
    }

    /// The map over a picture of `width` × `height` × 3 bytes; what the class does not need grows dark.
    pub fn overlay(&self, rgb: &[u8], width: usize, height: usize) -> Vec<u8> {
        let map = self.resized(width, height).normalized();
        let pixels = rgb.as_chunks::<3>().0.iter().zip(&map.values);
        pixels
            .flat_map(|(pixel, &value)| {
                let colour = colour(value);
                // Where nothing is, half the picture's light remains, so that its shapes can still be made out.
                let (picture, heat) = (0.5 + (THROUGH - 0.5) * value, 1.0 - THROUGH);
                std::array::from_fn::<u8, 3, _>(|channel| {
                    (f32::from(pixel[channel]) * picture + colour[channel] * heat * value).round().clamp(0.0, 255.0)
                        as u8
                })
            })
            .collect()
    }
}

/// A colour for 0–1, on the scale of 0–255.
fn colour(value: f32) -> [f32; 3] {
    let place = value.clamp(0.0, 1.0) * (COLOURS.len() - 1) as f32;
    let low = (place as usize).min(COLOURS.len() - 2);
    let part = place - low as f32;
    std::array::from_fn(|channel| COLOURS[low][channel] + (COLOURS[low + 1][channel] - COLOURS[low][channel]) * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resizing_keeps_what_is_flat_and_interpolates_between() {
        let map = HeatMap { width: 2, height: 1, values: vec![0.0, 1.0], full: 0.0 };
        assert_eq!(map.resized(4, 2).values, [0.0, 0.25, 0.75, 1.0, 0.0, 0.25, 0.75, 1.0]);
    }

    #[test]
    fn no_difference_is_no_heat() {
        let map = HeatMap { width: 1, height: 2, values: vec![3.0, 3.0], full: 0.0 };
        assert_eq!(map.normalized().values, [0.0, 0.0]);
        assert_eq!(map.overlay(&[200; 6], 1, 2), [100; 6]);
    }

    #[test]
    fn what_speaks_against_a_class_lights_nothing_else() {
        let map = HeatMap { width: 3, height: 1, values: vec![-0.8, 0.0, 0.2], full: 0.0 };
        assert_eq!(map.normalized().values, [0.0, 0.0, 1.0]);
        let map = HeatMap { width: 2, height: 1, values: vec![-0.8, 0.0], full: 0.1 };
        assert_eq!(map.normalized().values, [0.0, 0.0]);
    }

    #[test]
    fn little_difference_is_little_heat() {
        let map = HeatMap { width: 2, height: 1, values: vec![0.001, 0.011], full: 0.1 };
        assert!((map.normalized().values[1] - 0.1).abs() < 1e-5);
    }
}
