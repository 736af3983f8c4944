//! Occlusion sensitivity (Zeiler & Fergus 2014, arXiv 1311.2901, section 4.2).

use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::HeatMap;
use crate::error::{Error, Result};

/// Where hiding a part changes a probability by less than this, the map stays dim: such a class is hardly seen anywhere.
const FULL: f32 = 0.1;

/// The patch that is laid over a picture, place by place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occlusion {
    /// Side of the patch, pixels of the network's input.
    pub window: usize,
    /// Pixels from one place to the next.
    pub stride: usize,
    /// Colour of the patch, after preprocessing: [`crate::preprocess::Preprocessing::grey`], say.
    pub value: [f32; 3],
    /// Pictures that are judged together.
    pub batch: usize,
}

impl Occlusion {
    /// A patch of a seventh of the side, moved by a half of itself.
    pub fn for_side(side: usize, value: [f32; 3]) -> Self {
        let window = (side / 7).max(1);
        Self { window, stride: (window / 2).max(1), value, batch: 16 }
    }
}

/// How much the score of `class` falls, for each pixel of one picture `[1, 3, h, w]`, on the mean over all patches that
/// cover it; negative where hiding it makes the class more likely. `score` turns pictures `[n, 3, h, w]` into scores or
/// probabilities `[n, classes]`. Patches at the right and the bottom are cut off where the picture ends.
///
/// # Errors
/// When the patch is larger than the picture or a setting is 0, or the class is none of the model's.
pub fn occlusion<B: Backend>(
    score: impl Fn(Tensor<B, 4>) -> Tensor<B, 2>,
    image: Tensor<B, 4>,
    class: usize,
    settings: &Occlusion,
) -> Result<HeatMap> {
    let [n, _, height, width] = image.dims();
    let &Occlusion { window, stride, value, batch } = settings;
    if n != 1 || window == 0 || stride == 0 || batch == 0 || window > height.min(width) {
        return Err(Error::Setting(format!(
            "occlusion takes one picture, a window of 1 to {} pixels and a stride of 1 or more",
            height.min(width)
        )));
    }
    let device = image.device();
    let of_class = |images: Tensor<B, 4>| -> Result<Vec<f32>> {
        let scores = score(images);
        let [_, classes] = scores.dims();
        if class >= classes {
            return Err(Error::Setting(format!("class {class} cannot be explained: the model has {classes} (from 0)")));
        }
        Ok(scores.narrow(1, class, 1).into_data().iter::<f32>().collect())
    };
    let whole = of_class(image.clone())?.first().copied().unwrap_or(0.0);
    let pixels: Vec<f32> = image.into_data().iter::<f32>().collect();
    let starts = |size: usize| (0..=(size - window).div_ceil(stride)).map(move |place| place * stride);
    let places: Vec<[usize; 2]> = starts(height).flat_map(|top| starts(width).map(move |left| [top, left])).collect();
    let (mut sums, mut counts) = (vec![0.0f32; height * width], vec![0u32; height * width]);
    for places in places.chunks(batch) {
        let mut images = Vec::with_capacity(places.len() * pixels.len());
        for &place in places {
            let start = images.len();
            images.extend_from_slice(&pixels);
            for (channel, value) in value.into_iter().enumerate() {
                for row in rows(place, window, height, width) {
                    let (from, to) = (start + channel * height * width + row.start, row.len());
                    images[from..from + to].fill(value);
                }
            }
        }
        let images = Tensor::from_data(TensorData::new(images, [places.len(), 3, height, width]), &device);
        for (&place, score) in places.iter().zip(of_class(images)?) {
            for index in rows(place, window, height, width).flatten() {
                sums[index] += whole - score;
                counts[index] += 1;
            }
        }
    }
    let values = sums.iter().zip(&counts).map(|(sum, &count)| sum / count.max(1) as f32).collect();
    Ok(HeatMap { width, height, values, full: FULL })
}

/// The pixels under the patch, row by row.
fn rows(
    [top, left]: [usize; 2],
    window: usize,
    height: usize,
    width: usize,
) -> impl Iterator<Item = std::ops::Range<usize>> {
    let right = (left + window).min(width);
    (top..(top + window).min(height)).map(move |y| y * width + left..y * width + right)
}

#[cfg(test)]
mod tests {
    use burn_flex::Flex;

    use super::*;

    #[test]
    fn hiding_the_only_pixel_that_counts_is_seen() {
        let device = Default::default();
        let mut picture = vec![0.0f32; 3 * 5 * 5];
        picture[2 * 5 + 3] = 1.0;
        let image = Tensor::<Flex, 4>::from_data(TensorData::new(picture, [1, 3, 5, 5]), &device);
        let score = |images: Tensor<Flex, 4>| {
            let [n, ..] = images.dims();
            images.narrow(1, 0, 1).narrow(2, 2, 1).narrow(3, 3, 1).reshape([n, 1])
        };
        let settings = Occlusion { window: 1, stride: 1, value: [0.0; 3], batch: 4 };
        let map = occlusion(score, image.clone(), 0, &settings).unwrap();
        let expected: Vec<f32> = (0..25).map(|index| if index == 13 { 1.0 } else { 0.0 }).collect();
        assert_eq!(map.values, expected);
        // Windows of two, one pixel apart: the pixel's neighbours share half of it, its diagonal ones a quarter.
        let map = occlusion(score, image, 0, &Occlusion { window: 2, ..settings }).unwrap();
        assert_eq!((map.values[13], map.values[12], map.values[7]), (1.0, 0.5, 0.25));
    }
}
