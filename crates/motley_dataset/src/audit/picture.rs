//! One picture, boiled down to what an audit compares.

use image::{DynamicImage, GrayImage, imageops};

use crate::encode;

/// Side of the thumbnail.
const SIDE: u32 = 16;

/// What a picture looks like.
pub(crate) struct Look {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// BLAKE3 of the pixels.
    pub hash: [u8; 32],
    /// Difference hash: bit i says whether a pixel of the picture shrunk to 9×8 is darker than its right neighbour.
    /// N. Krawetz, "Kind of Like That", The Hacker Factor Blog, 2013.
    pub dhash: u64,
    /// Luma shrunk to 16×16.
    pub thumbnail: Vec<u8>,
    /// Largest luma, 0–255.
    pub brightest: u8,
    /// Standard deviation of luma, 0–255.
    pub deviation: f64,
}

impl Look {
    /// Nothing in it can be seen.
    pub fn is_black(&self) -> bool {
        self.brightest < 12
    }

    /// Nothing in it stands out: JPEG alone makes a deviation of about 1.
    pub fn is_constant(&self) -> bool {
        self.deviation < 1.5
    }
}

/// Decodes and measures a picture.
pub(crate) fn look(bytes: &[u8]) -> Result<Look, String> {
    let rgb = encode::decode(bytes, "picture").map_err(|error| error.to_string())?;
    let size = [rgb.width(), rgb.height()];
    let hash = *blake3::Hasher::new().update(&size[0].to_le_bytes()).update(rgb.as_raw()).finalize().as_bytes();
    let luma = DynamicImage::from(rgb).into_luma8();
    let (count, sum, squares) = luma.as_raw().iter().fold((0u64, 0u64, 0u64), |(count, sum, squares), value| {
        let value = u64::from(*value);
        (count + 1, sum + value, squares + value * value)
    });
    let mean = sum as f64 / count as f64;
    let deviation = (squares as f64 / count as f64 - mean * mean).max(0.0).sqrt();
    let brightest = luma.as_raw().iter().copied().max().unwrap_or(0);
    let dhash = dhash(&luma);
    let thumbnail = imageops::thumbnail(&luma, SIDE, SIDE).into_raw();
    Ok(Look { size, hash, dhash, thumbnail, brightest, deviation })
}

fn dhash(luma: &GrayImage) -> u64 {
    let small = imageops::thumbnail(luma, 9, 8);
    let darker = |y, x| small.get_pixel(x, y)[0] < small.get_pixel(x + 1, y)[0];
    (0..8).flat_map(|y| (0..8).map(move |x| (y, x))).fold(0, |bits, (y, x)| bits << 1 | u64::from(darker(y, x)))
}
