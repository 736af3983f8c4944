//! A round trip through JPEG.

use std::io::Cursor;

use image::{ImageDecoder, codecs::jpeg::JpegDecoder};
use jpeg_encoder::{ColorType, Encoder};

/// Encodes at `quality` (1–100) and decodes again.
///
/// A picture that JPEG cannot hold (a side of 0 or above 65,535 pixels) stays as it is.
pub(crate) fn recompress(rgb: &mut [u8], width: usize, height: usize, quality: u8) {
    let (Ok(short_width), Ok(short_height)) = (u16::try_from(width), u16::try_from(height)) else { return };
    if short_width == 0 || short_height == 0 {
        return;
    }
    let mut file = Vec::with_capacity(rgb.len() / 4 + 1024);
    // Cannot fail: the sides are checked, the buffer is as long as they say, and memory takes every byte.
    Encoder::new(&mut file, quality)
        .encode(rgb, short_width, short_height, ColorType::Rgb)
        .expect("a picture of valid size encodes into memory");
    // Cannot fail: these are the bytes of a whole baseline JPEG that was just written, of the size that `rgb` has.
    JpegDecoder::new(Cursor::new(file))
        .and_then(|decoder| decoder.read_image(rgb))
        .expect("a JPEG that was just encoded decodes");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(quality: u8) -> f64 {
        let rgb: Vec<u8> = (0..64 * 48 * 3).map(|i| ((i / 3 % 64) * 3 + (i / 192) * 2) as u8).collect();
        let mut out = rgb.clone();
        recompress(&mut out, 64, 48, quality);
        assert_eq!(out.len(), rgb.len());
        rgb.iter().zip(&out).map(|(&a, &b)| (f64::from(a) - f64::from(b)).abs()).sum::<f64>() / rgb.len() as f64
    }

    #[test]
    fn the_lower_the_quality_the_larger_the_error() {
        let errors = [95, 60, 20].map(error);
        assert!(errors[0] > 0.0 && errors[0] < errors[1] && errors[1] < errors[2], "{errors:?}");
        assert!(errors[0] < 3.0, "{errors:?}");
    }

    #[test]
    fn what_jpeg_cannot_hold_stays() {
        let mut rgb = vec![7; 70_000 * 3];
        recompress(&mut rgb, 70_000, 1, 50);
        assert!(rgb.iter().all(|&byte| byte == 7));
        recompress(&mut [], 0, 0, 50);
    }
}
