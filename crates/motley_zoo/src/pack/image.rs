//! Images of any size and kind that a pack may hold, decoded within bounds.

use std::io::Cursor;

use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageReader, Limits, RgbaImage};

use crate::model::Texture;
use crate::pack::error::Fault;
use crate::pack::ktx2;

/// The longest side of an image that is decoded at all, in pixels.
pub(crate) const MAX_SIDE: u32 = 16_384;
/// The most pixels of an image that is decoded at all: 8,192 × 8,192.
pub(crate) const MAX_PIXELS: u64 = 1 << 26;

/// Decodes PNG, JPEG, WebP or KTX2 and scales it down to at most `max_side` pixels a side.
///
/// `name` says in the error which image it is. The size is read from the header before anything is decoded.
pub(crate) fn decode(bytes: &[u8], max_side: u32, name: &str) -> Result<Texture, Fault> {
    let rgba = if ktx2::is_ktx2(bytes) {
        ktx2::decode(bytes, name)?
    } else {
        check_size(dimensions(bytes, name)?, name)?;
        reader(bytes, name)?.decode().map_err(|error| fault(name, error))?.into_rgba8()
    };
    Ok(into_texture(shrink(rgba, max_side)))
}

/// Decodes what the `image` crate knows, floats as floats.
pub(crate) fn decode_any(bytes: &[u8], name: &str) -> Result<DynamicImage, Fault> {
    check_size(dimensions(bytes, name)?, name)?;
    reader(bytes, name)?.decode().map_err(|error| fault(name, error))
}

/// Width and height in pixels, from the header.
pub(crate) fn dimensions(bytes: &[u8], name: &str) -> Result<(u32, u32), Fault> {
    if ktx2::is_ktx2(bytes) {
        return ktx2::dimensions(bytes, name);
    }
    reader(bytes, name)?.into_dimensions().map_err(|error| fault(name, error))
}

/// Refuses what would take too much memory.
pub(crate) fn check_size((width, height): (u32, u32), name: &str) -> Result<(), Fault> {
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Fault::TooLarge {
            what: name.into(),
            found: format!("{width}×{height} pixels"),
            limit: format!("{MAX_SIDE} pixels a side and {} million in all", MAX_PIXELS >> 20),
            mend: "scale it down: a texture is used at 1024 pixels a side, a sky needs no more than 4096",
        });
    }
    Ok(())
}

/// Scales down, keeping the aspect, so that no side is longer than `max_side`.
pub(crate) fn shrink(image: RgbaImage, max_side: u32) -> RgbaImage {
    let (width, height) = image.dimensions();
    let longest = width.max(height);
    if longest <= max_side {
        return image;
    }
    let scaled = |side: u32| (u64::from(side) * u64::from(max_side) / u64::from(longest)).max(1) as u32;
    imageops::resize(&image, scaled(width), scaled(height), FilterType::Triangle)
}

/// The project's own texture.
pub(crate) fn into_texture(image: RgbaImage) -> Texture {
    let (width, height) = image.dimensions();
    Texture { width, height, rgba: image.into_raw() }
}

/// A reader that knows the format from the first bytes and allocates no more than an image of the largest size needs.
pub(crate) fn reader<'a>(bytes: &'a [u8], name: &str) -> Result<ImageReader<Cursor<&'a [u8]>>, Fault> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| fault(name, error.into()))?;
    if reader.format().is_none() {
        let why = if bytes.is_empty() { "it is empty" } else { "it is none of PNG, JPEG, WebP, KTX2, HDR, EXR" };
        return Err(Fault::Image { image: name.into(), why: why.into() });
    }
    let mut limits = Limits::default();
    // Width and height are checked by `check_size`, with a better message.
    // Sixteen bytes a pixel: floats, or 16 bits with a copy.
    limits.max_alloc = Some(16 * MAX_PIXELS);
    reader.limits(limits);
    Ok(reader)
}

pub(crate) fn fault(name: &str, error: image::ImageError) -> Fault {
    Fault::Image { image: name.into(), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let image =
            RgbaImage::from_fn(width, height, |x, _| image::Rgba([if x < width / 2 { 200 } else { 0 }, 0, 0, 255]));
        image.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).expect("into memory");
        bytes
    }

    #[test]
    fn large_images_are_scaled_down_and_keep_their_aspect() {
        let texture = decode(&png(64, 32), 16, "a").expect("a PNG");
        assert_eq!((texture.width, texture.height, texture.rgba.len()), (16, 8, 16 * 8 * 4));
        assert_eq!(texture.rgba[..4], [200, 0, 0, 255]);
        assert_eq!(decode(&png(64, 1), 16, "a").expect("a PNG").height, 1);
    }

    #[test]
    fn a_header_that_promises_60_000_pixels_is_refused_before_decoding() {
        let mut bytes = png(4, 4);
        // IHDR's width and height, and the checksum that goes with them.
        bytes[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        bytes[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let crc = bytes[12..29].iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
        });
        bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
        let error = decode(&bytes, 1024, "image 3").expect_err("too large").to_string();
        assert!(
            error.contains("image 3") && error.contains("60000×60000") && error.contains("scale it down"),
            "{error}"
        );
    }

    #[test]
    fn rubbish_and_cut_off_files_are_faults() {
        for bytes in [&b""[..], b"hello, world, this is no image", &png(9, 9)[..40]] {
            let error = decode(bytes, 8, "skin.png").expect_err("no image").to_string();
            assert!(error.contains("skin.png") && error.contains("save it again"), "{error}");
        }
    }
}
