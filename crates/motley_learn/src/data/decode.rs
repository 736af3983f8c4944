//! Bytes to pixels, whatever a camera or a website made of them.

use std::{
    fs,
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use zune_bmp::BmpDecoder;
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};

use super::{Fault, FaultKind};

/// Largest side in pixels.
const LARGEST_SIDE: u32 = 32_768;

/// Largest picture in bytes once decoded: 256 MiB are 89 megapixels.
const LARGEST_BYTES: u64 = 256 << 20;

/// A fault without the picture's name.
type Problem = (FaultKind, String);

/// Reads and decodes a file.
///
/// # Errors
/// See [`decode`], and when the file cannot be read.
pub fn decode_file(path: &Path) -> Result<RgbImage, Fault> {
    let name = path.to_string_lossy();
    let bytes = fs::read(path).map_err(|error| unreadable(&name, &error))?;
    decode(&bytes, &name)
}

/// A file that cannot be read.
pub(super) fn unreadable(name: &str, error: &dyn std::fmt::Display) -> Fault {
    Fault { name: name.to_owned(), kind: FaultKind::Unreadable, problem: error.to_string() }
}

/// Decodes JPEG (grey, colour, CMYK), PNG (palette, grey, 16 bits), WebP and BMP to 8-bit sRGB, `name` being what a fault
/// calls the picture. It is turned as its EXIF orientation says, and what is transparent is laid over white, as on a page.
///
/// # Errors
/// When it is no picture of these kinds, ends early, or would need more than 256 MiB.
pub fn decode(bytes: &[u8], name: &str) -> Result<RgbImage, Fault> {
    // A decoder that panics on a broken file must not take the training with it. It has no state that could be left torn.
    let decoded = catch_unwind(AssertUnwindSafe(|| decode_any(bytes)))
        .unwrap_or_else(|_| Err((FaultKind::Damaged, "the decoder gave up on it".into())));
    decoded.map_err(|(kind, problem)| Fault { name: name.to_owned(), kind, problem })
}

fn decode_any(bytes: &[u8]) -> Result<RgbImage, Problem> {
    if bytes.is_empty() {
        return Err((FaultKind::Empty, "it has no bytes: copy it again".into()));
    }
    if bytes.starts_with(b"BM") {
        return decode_bmp(bytes);
    }
    let format = image::guess_format(bytes).ok();
    let Some(format) =
        format.filter(|format| matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP))
    else {
        let what = format.map_or_else(|| "no picture that is known".to_owned(), |format| format!("{format:?}"));
        return Err((FaultKind::Unsupported, format!("{what}: convert it to JPEG, PNG, WebP or BMP")));
    };
    if format == ImageFormat::Jpeg && !jpeg_ends(bytes) {
        return Err((FaultKind::Truncated, "the file ends before the picture does: copy it again".into()));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(LARGEST_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(problem)?;
    let (width, height) = decoder.dimensions();
    within_limits(width as usize, height as usize, decoder.total_bytes())?;
    // An orientation that cannot be read is one that was not written.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(problem)?;
    image.apply_orientation(orientation);
    Ok(over_white(image))
}

/// BMP, in which some older collections of photographs come.
fn decode_bmp(bytes: &[u8]) -> Result<RgbImage, Problem> {
    let damaged = |error: &dyn std::fmt::Debug| (FaultKind::Damaged, format!("{error:?}"));
    let side = LARGEST_SIDE as usize;
    let options = DecoderOptions::default().set_max_width(side).set_max_height(side);
    let mut decoder = BmpDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    let (width, height) = decoder.dimensions().ok_or_else(|| damaged(&"no size"))?;
    within_limits(width, height, decoder.output_buf_size().unwrap_or(0) as u64)?;
    // The decoder leaves missing rows black; uncompressed pixels (24 or 32 bits, compression 0) can be counted.
    let short = |at: usize| bytes.get(at..at + 2).map_or(0, |pair| usize::from(u16::from_le_bytes([pair[0], pair[1]])));
    let start = short(10) + (short(12) << 16);
    if short(30) == 0 && bytes.len() < start + (width * short(28)).div_ceil(32) * 4 * height {
        return Err((FaultKind::Truncated, "the file ends before the picture does: copy it again".into()));
    }
    let pixels = decoder.decode().map_err(|error| damaged(&error))?;
    let (width, height) = (width as u32, height as u32);
    let image =
        match decoder.colorspace() {
            Some(ColorSpace::RGB) => RgbImage::from_raw(width, height, pixels),
            Some(ColorSpace::RGBA) => image::RgbaImage::from_raw(width, height, pixels)
                .map(|image| DynamicImage::ImageRgba8(image).into_rgb8()),
            Some(ColorSpace::Luma) => image::GrayImage::from_raw(width, height, pixels)
                .map(|image| DynamicImage::ImageLuma8(image).into_rgb8()),
            other => return Err((FaultKind::Unsupported, format!("BMP of {other:?}: convert it to PNG"))),
        };
    image.ok_or_else(|| damaged(&"pixels and size differ"))
}

fn within_limits(width: usize, height: usize, bytes: u64) -> Result<(), Problem> {
    if width == 0 || height == 0 {
        return Err((FaultKind::Damaged, "it has no pixels".into()));
    }
    let side = LARGEST_SIDE as usize;
    if width > side || height > side || bytes > LARGEST_BYTES {
        let problem = format!("{width}×{height} pixels: shrink it, 256 MiB once decoded are the limit");
        return Err((FaultKind::TooLarge, problem));
    }
    Ok(())
}

/// Whether an end marker follows the last start of a scan. Decoders fill what is missing with grey, without a word.
/// Within a scan neither marker can occur: there, 0xff is always followed by 0 or a restart marker.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let rest = bytes.windows(2).rposition(|pair| pair == [0xff, 0xda]).map_or(bytes, |start| &bytes[start..]);
    rest.windows(2).any(|pair| pair == [0xff, 0xd9])
}

fn over_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image[(x, y)].0;
        let alpha = u32::from(alpha);
        image::Rgb([red, green, blue].map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8))
    })
}

fn problem(error: ImageError) -> Problem {
    let text = error.to_string();
    let truncated = text.contains("end of file") || text.contains("EOF") || text.contains("failed to fill");
    let kind = match error {
        ImageError::Limits(_) => FaultKind::TooLarge,
        ImageError::Unsupported(_) => FaultKind::Unsupported,
        ImageError::IoError(_) => FaultKind::Truncated,
        _ if truncated => FaultKind::Truncated,
        _ => FaultKind::Damaged,
    };
    (kind, text)
}
