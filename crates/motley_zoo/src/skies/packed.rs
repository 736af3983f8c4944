//! A sky as a GPU takes it, small enough to keep many.

use serde::{Deserialize, Serialize};

use super::{Backdrop, Sky, SkyKind, SphericalHarmonics};
use crate::stored::bulk;

/// A sky's picture in four bytes a pixel, with its light.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackedSky {
    /// Whether the world builds walls.
    pub kind: SkyKind,
    /// Pixels, twice the height.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Linear RGB radiance, `[height, width]` words of 9 bits a channel and a shared exponent of 5, little endian: WebGPU's
    /// `rgb9e5ufloat`, OpenGL's `EXT_texture_shared_exponent`.
    #[serde(with = "bulk")]
    pub texels: Vec<u8>,
    /// The light that the picture sends to a surface of any direction.
    pub harmonics: SphericalHarmonics,
    /// How near what the picture shows is; at infinity without.
    pub backdrop: Option<Backdrop>,
}

impl PackedSky {
    /// Packs a sky; a channel's error is at most 1/512 of the pixel's brightest channel.
    pub fn new(sky: &Sky) -> Self {
        let pixels = sky.image.rgb.chunks_exact(3);
        Self {
            kind: sky.kind,
            width: sky.image.width,
            height: sky.image.height,
            texels: pixels.flat_map(|rgb| shared_exponent([rgb[0], rgb[1], rgb[2]]).to_le_bytes()).collect(),
            harmonics: sky.image.harmonics(),
            backdrop: sky.backdrop,
        }
    }
}

/// Packs a colour as the extension's specification has it.
fn shared_exponent(rgb: [f32; 3]) -> u32 {
    const BITS: i32 = 9;
    const BIAS: i32 = 15;
    // (2⁹ − 1) / 2⁹ · 2¹⁶
    const LARGEST: f32 = 65408.0;
    let rgb = rgb.map(|x| if x.is_nan() { 0.0 } else { x.clamp(0.0, LARGEST) });
    let largest = rgb[0].max(rgb[1]).max(rgb[2]);
    // The floor of the logarithm is the float's own exponent.
    let floor_log2 = (largest.to_bits() >> 23) as i32 - 127;
    let mut exponent = floor_log2.max(-BIAS - 1) + 1 + BIAS;
    let unit = |exponent: i32| f32::from_bits(((exponent - BIAS - BITS + 127) as u32) << 23);
    if (largest / unit(exponent) + 0.5) as u32 == 1 << BITS {
        exponent += 1;
    }
    let unit = unit(exponent);
    let [r, g, b] = rgb.map(|x| (x / unit + 0.5) as u32);
    r | g << 9 | b << 18 | (exponent as u32) << 27
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(word: u32) -> [f32; 3] {
        let unit = 2f32.powi((word >> 27) as i32 - 24);
        [word, word >> 9, word >> 18].map(|x| (x & 511) as f32 * unit)
    }

    #[test]
    fn colours_survive_packing() {
        for rgb in [
            [0.0; 3],
            [1.0; 3],
            [0.3, 0.5, 0.001],
            [7.9, 8.0, 8.1],
            [0.9999, 0.2, 0.1],
            [60.0, 3.0, 0.0],
            [1e-4, 2e-4, 0.0],
        ] {
            let back = unpacked(shared_exponent(rgb));
            let largest = rgb.iter().copied().fold(0.0, f32::max);
            for (a, b) in rgb.iter().zip(back) {
                assert!((a - b).abs() <= largest / 511.0 + 1e-7, "{rgb:?} {back:?}");
            }
        }
        assert_eq!(unpacked(shared_exponent([f32::NAN, -1.0, f32::INFINITY])), [0.0, 0.0, 65408.0]);
    }
}
