//! What a network expects of a picture. It comes with the weights, so that nobody can get it wrong.

use fast_image_resize as fir;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Order of the colour channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    /// Red first (PyTorch, TensorFlow).
    Rgb,
    /// Blue first (Caffe).
    Bgr,
}

/// From an 8-bit picture to a network's input: the shorter side is resized, the centre cut out, and each channel of
/// 0–255 becomes `(value − mean) / std`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// Shorter side after resizing, pixels.
    pub resize: u32,
    /// Side of the square that is cut out of the centre: the network's input.
    pub crop: u32,
    /// Order of the channels, for `mean` and `std` too.
    pub channels: ChannelOrder,
    /// Subtracted, on the scale of 0–255.
    pub mean: [f32; 3],
    /// Divided by, on the scale of 0–255.
    pub std: [f32; 3],
}

impl Preprocessing {
    /// torchvision's for its ImageNet weights: means and deviations of ImageNet, shorter side 256, centre 224.
    pub const IMAGENET: Self = Self {
        resize: 256,
        crop: 224,
        channels: ChannelOrder::Rgb,
        mean: [0.485 * 255.0, 0.456 * 255.0, 0.406 * 255.0],
        std: [0.229 * 255.0, 0.224 * 255.0, 0.225 * 255.0],
    };

    /// Everything between −1 and 1, at `size` × `size` pixels, nothing cut off but what makes the picture square.
    pub const fn centred(size: u32) -> Self {
        Self { resize: size, crop: size, channels: ChannelOrder::Rgb, mean: [127.5; 3], std: [127.5; 3] }
    }

    /// Values of one picture: 3 × crop × crop.
    pub const fn len(&self) -> usize {
        3 * (self.crop as usize).pow(2)
    }

    /// Never: a network without input does not exist. Here because of [`len`](Self::len).
    pub const fn is_empty(&self) -> bool {
        self.crop == 0
    }

    /// One picture, `rgb` by rows, 3 bytes a pixel, to `[3, crop, crop]`. Resizes as Pillow's `BILINEAR` and torchvision
    /// do (a triangle as wide as a pixel of the coarser side).
    ///
    /// # Errors
    /// When the picture has no pixel, or `rgb` is not `width` × `height` × 3 bytes.
    pub fn apply(&self, rgb: &[u8], width: u32, height: u32) -> Result<Vec<f32>, Error> {
        let square = self.square(rgb, width, height)?;
        Ok(self.normalize(&square))
    }

    /// The first half of [`apply`](Self::apply): the square that is cut out, `crop` × `crop` × 3 bytes.
    ///
    /// # Errors
    /// See [`apply`](Self::apply).
    pub fn square(&self, rgb: &[u8], width: u32, height: u32) -> Result<Vec<u8>, Error> {
        let wrong = || Error::Picture { width, height, bytes: rgb.len() };
        if width == 0 || height == 0 || rgb.len() as u64 != 3 * u64::from(width) * u64::from(height) {
            return Err(wrong());
        }
        let scale = f64::from(self.resize) / f64::from(width.min(height));
        let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(self.crop);
        let (new_width, new_height) = (scaled(width), scaled(height));
        let crop = self.crop as usize;
        let resized;
        let pixels = if (new_width, new_height) == (width, height) {
            rgb
        } else {
            // Columns first, then rows, each rounded to 8 bits: what Pillow does. The other order, which is the library's, moves
            // probabilities by up to 0.02.
            let columns = resize(rgb, (width, height), (new_width, height)).ok_or_else(wrong)?;
            resized = resize(&columns, (new_width, height), (new_width, new_height)).ok_or_else(wrong)?;
            &resized
        };
        let (left, top) = ((new_width as usize - crop) / 2, (new_height as usize - crop) / 2);
        let row = new_width as usize * 3;
        Ok((top..top + crop).flat_map(|y| &pixels[y * row + left * 3..][..crop * 3]).copied().collect())
    }

    /// The second half of [`apply`](Self::apply): `crop` × `crop` pixels of 3 bytes to `[3, crop, crop]`.
    pub fn normalize(&self, square: &[u8]) -> Vec<f32> {
        let mut planes = Vec::with_capacity(square.len());
        for channel in 0..3 {
            let source = match self.channels {
                ChannelOrder::Rgb => channel,
                ChannelOrder::Bgr => 2 - channel,
            };
            let (mean, std) = (self.mean[channel], self.std[channel]);
            planes.extend(square.as_chunks::<3>().0.iter().map(|pixel| (f32::from(pixel[source]) - mean) / std));
        }
        planes
    }

    /// The value that stands for a pixel of middle grey, per channel: what occlusion lays over a picture.
    pub fn grey(&self) -> [f32; 3] {
        std::array::from_fn(|channel| (127.5 - self.mean[channel]) / self.std[channel])
    }
}

/// Bilinear, over 3 bytes a pixel.
fn resize(rgb: &[u8], (width, height): (u32, u32), to: (u32, u32)) -> Option<Vec<u8>> {
    let source = fir::images::ImageRef::new(width, height, rgb, fir::PixelType::U8x3).ok()?;
    let mut target = fir::images::Image::new(to.0, to.1, fir::PixelType::U8x3);
    let options = fir::ResizeOptions::new().resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Bilinear));
    fir::Resizer::new().resize(&source, &mut target, &options).ok()?;
    Some(target.into_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_cut_out_and_scaled() {
        let preprocessing = Preprocessing::centred(2);
        // Four columns, two rows: columns 1 and 2 remain.
        let rgb: Vec<u8> = [0u8, 255, 0, 255, 0, 255, 0, 255].iter().flat_map(|&v| [v, v, 0]).collect();
        let planes = preprocessing.apply(&rgb, 4, 2).unwrap();
        assert_eq!(planes[..4], [1.0, -1.0, 1.0, -1.0]);
        assert_eq!(planes[8..], [-1.0; 4]);
    }

    #[test]
    fn blue_comes_first_where_it_should() {
        let preprocessing = Preprocessing {
            channels: ChannelOrder::Bgr,
            mean: [1.0, 2.0, 3.0],
            std: [1.0; 3],
            ..Preprocessing::centred(1)
        };
        assert_eq!(preprocessing.apply(&[10, 20, 30], 1, 1).unwrap(), [29.0, 18.0, 7.0]);
    }

    #[test]
    fn a_picture_of_the_wrong_size_is_named() {
        let error = Preprocessing::IMAGENET.apply(&[0; 5], 2, 1).unwrap_err().to_string();
        assert!(error.contains("2×1") && error.contains('5'), "{error}");
    }
}
