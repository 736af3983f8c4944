//! Pictures as files.

use image::{ImageEncoder, codecs::png};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::{DatasetError, ImageFormat, ImageSpec};

/// From this quality on colour is stored at full resolution (4:4:4), below it at half (4:2:0).
///
/// 4:2:0 is what cameras, libjpeg and Pillow write, hence what the photographs look like that a classifier meets; at
/// quality 90 it takes half the time and a quarter less space. Whoever asks for 95 wants no red fur to bleed.
pub const FULL_CHROMA_QUALITY: u8 = 95;

/// Encodes an sRGB picture, `rgb` being `[height, width, 3]`. The bytes depend on the arguments alone.
///
/// # Errors
/// If the picture is too large for the format, or `rgb` has another length.
pub fn encode(rgb: &[u8], width: u32, height: u32, spec: ImageSpec) -> Result<Vec<u8>, String> {
    if rgb.len() as u64 != u64::from(width) * u64::from(height) * 3 {
        return Err(format!("{} bytes of colour do not make {width}×{height} pixels", rgb.len()));
    }
    match spec.format {
        ImageFormat::Jpeg => jpeg(rgb, width, height, spec.quality),
        ImageFormat::Png => png(rgb, width, height),
    }
}

fn jpeg(rgb: &[u8], width: u32, height: u32, quality: u8) -> Result<Vec<u8>, String> {
    let (Ok(width), Ok(height)) = (u16::try_from(width), u16::try_from(height)) else {
        return Err(format!("JPEG cannot hold {width}×{height} pixels: 65535 a side is its limit"));
    };
    let mut bytes = Vec::with_capacity(rgb.len() / 8);
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(if quality < FULL_CHROMA_QUALITY {
        SamplingFactor::R_4_2_0
    } else {
        SamplingFactor::R_4_4_4
    });
    encoder.encode(rgb, width, height, ColorType::Rgb).map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn png(rgb: &[u8], width: u32, height: u32) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(rgb.len() / 2);
    let encoder = png::PngEncoder::new_with_quality(&mut bytes, png::CompressionType::Fast, png::FilterType::Adaptive);
    encoder.write_image(rgb, width, height, image::ExtendedColorType::Rgb8).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Decodes a picture.
///
/// # Errors
/// If it is no whole JPEG or PNG.
pub fn decode(bytes: &[u8], path: &str) -> Result<image::RgbImage, DatasetError> {
    let image = image::load_from_memory(bytes)
        .map_err(|error| DatasetError::Image { path: path.to_owned(), problem: error.to_string() })?;
    Ok(image.into_rgb8())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something smooth with an edge, as rendered pictures are.
    fn picture(side: u32) -> Vec<u8> {
        (0..side * side)
            .flat_map(|i| {
                let (x, y) = (i % side * 255 / side, i / side * 255 / side);
                if x > y { [x as u8, y as u8, 128] } else { [40, (255 - x) as u8, y as u8] }
            })
            .collect()
    }

    #[test]
    fn png_is_lossless_and_jpeg_near() {
        let rgb = picture(64);
        let png = encode(&rgb, 64, 64, ImageSpec { format: ImageFormat::Png, quality: 0 }).unwrap();
        assert_eq!(decode(&png, "").unwrap().into_raw(), rgb);
        for (quality, allowed) in [(95, 2.0), (90, 4.0), (75, 8.0)] {
            let jpeg = encode(&rgb, 64, 64, ImageSpec { format: ImageFormat::Jpeg, quality }).unwrap();
            let back = decode(&jpeg, "").unwrap().into_raw();
            let error: f64 =
                rgb.iter().zip(&back).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / rgb.len() as f64;
            assert!(error < allowed, "quality {quality}: mean error {error}");
        }
    }

    #[test]
    fn wrong_length_and_too_large() {
        assert!(encode(&[0; 3], 2, 1, ImageSpec::default()).is_err());
        assert!(encode(&[0; 3 * 65536], 65536, 1, ImageSpec::default()).unwrap_err().contains("65535"));
    }
}
