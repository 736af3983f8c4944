//! KTX2: Basis Universal (ETC1S and UASTC) and plain 8-bit textures, first level only.

use std::io::Read as _;
use std::panic::catch_unwind;

use basisu::{DecodeFlags, TargetFormat, Transcoder};
use image::RgbaImage;
use ktx2::{Format, Reader, SupercompressionScheme};

use crate::pack::error::Fault;
use crate::pack::image::check_size;

/// Whether these are the first bytes of a KTX2 file.
pub(crate) fn is_ktx2(bytes: &[u8]) -> bool {
    bytes.starts_with(&ktx2::MAGIC)
}

/// Width and height in pixels, from the header.
pub(crate) fn dimensions(bytes: &[u8], name: &str) -> Result<(u32, u32), Fault> {
    let header = open(bytes, name)?.header();
    Ok((header.pixel_width, header.pixel_height))
}

/// Decodes the first level.
pub(crate) fn decode(bytes: &[u8], name: &str) -> Result<RgbaImage, Fault> {
    let reader = open(bytes, name)?;
    let header = reader.header();
    let (width, height) = (header.pixel_width, header.pixel_height);
    check_size((width, height), name)?;
    if width == 0 || height == 0 || header.pixel_depth > 1 || header.layer_count > 1 || header.face_count != 1 {
        return Err(unsupported(name, "it is not a single two-dimensional image"));
    }
    let pixels = width as usize * height as usize;
    let levels_fit = reader.levels().all(|level| level.uncompressed_byte_length <= 8 * pixels as u64 + 1024);
    if !levels_fit {
        return Err(unsupported(name, "a level says that it is larger than its pixels"));
    }
    let rgba = match header.format {
        None => basis(bytes, name)?,
        Some(format) => {
            let order = channels(format).ok_or_else(|| unsupported(name, &format!("its format is {format:?}")))?;
            let texels = first_level(&reader, pixels * order.stride, name)?;
            let channel = |texel: &[u8], source: Option<usize>, missing| source.map_or(missing, |index| texel[index]);
            let expand = |texel: &[u8]| {
                let [red, green, blue, alpha] = order.sources;
                let red = channel(texel, red, 0);
                [red, channel(texel, green, red), channel(texel, blue, red), channel(texel, alpha, 255)]
            };
            texels.chunks_exact(order.stride).flat_map(expand).collect()
        }
    };
    RgbaImage::from_raw(width, height, rgba).ok_or_else(|| unsupported(name, "it has fewer pixels than it says"))
}

fn open<'a>(bytes: &'a [u8], name: &str) -> Result<Reader<&'a [u8]>, Fault> {
    Reader::new(bytes).map_err(|error| Fault::Image { image: name.into(), why: format!("{error:?}") })
}

fn unsupported(name: &str, why: &str) -> Fault {
    Fault::Image {
        image: name.into(),
        why: format!("this KTX2 file is not supported: {why} (Basis Universal and plain 8-bit formats are)"),
    }
}

/// Where red, green, blue and alpha lie in a texel.
struct Order {
    stride: usize,
    sources: [Option<usize>; 4],
}

fn channels(format: Format) -> Option<Order> {
    let (stride, sources) = match format {
        Format::R8G8B8A8_UNORM | Format::R8G8B8A8_SRGB => (4, [Some(0), Some(1), Some(2), Some(3)]),
        Format::B8G8R8A8_UNORM | Format::B8G8R8A8_SRGB => (4, [Some(2), Some(1), Some(0), Some(3)]),
        Format::R8G8B8_UNORM | Format::R8G8B8_SRGB => (3, [Some(0), Some(1), Some(2), None]),
        Format::B8G8R8_UNORM | Format::B8G8R8_SRGB => (3, [Some(2), Some(1), Some(0), None]),
        Format::R8_UNORM | Format::R8_SRGB => (1, [Some(0), None, None, None]),
        _ => return None,
    };
    Some(Order { stride, sources })
}

/// The first level's `expected` bytes.
fn first_level(reader: &Reader<&[u8]>, expected: usize, name: &str) -> Result<Vec<u8>, Fault> {
    let level = reader.levels().next().ok_or_else(|| unsupported(name, "it has no level"))?;
    let mut texels = Vec::new();
    match reader.header().supercompression_scheme {
        None => texels.extend_from_slice(level.data.get(..expected).unwrap_or_default()),
        Some(SupercompressionScheme::Zstandard) => {
            let decoder =
                ruzstd::StreamingDecoder::new(level.data).map_err(|error| unsupported(name, &error.to_string()))?;
            let read = decoder.take(expected as u64).read_to_end(&mut texels);
            read.map_err(|error| unsupported(name, &error.to_string()))?;
        }
        Some(other) => return Err(unsupported(name, &format!("it is compressed with {other:?}"))),
    }
    if texels.len() == expected { Ok(texels) } else { Err(unsupported(name, "it has fewer pixels than it says")) }
}

/// Transcodes ETC1S or UASTC to RGBA.
fn basis(bytes: &[u8], name: &str) -> Result<Vec<u8>, Fault> {
    // The transcoder is young and indexes by what the file says: a panic of its own is the file's fault, not ours.
    let decoded = catch_unwind(|| {
        let texture = Transcoder::new(bytes)?;
        texture.transcode(0, TargetFormat::Rgba32, DecodeFlags::NONE)
    });
    match decoded {
        Ok(Ok(rgba)) => Ok(rgba),
        Ok(Err(error)) => Err(unsupported(name, &format!("{error:?}"))),
        Err(_) => Err(unsupported(name, "its data is corrupt")),
    }
}
