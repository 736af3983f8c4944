//! KTX2: Basis Universal (ETC1S and UASTC) and plain 8-bit textures, first level only.
//!
//! The header is read here, by the Khronos KTX 2.0 specification, chapter 3: it is a few numbers at fixed places, and what
//! it says must be checked before a decoder allocates by it.

use std::io::Read as _;
use std::panic::catch_unwind;

use basisu::{DecodeFlags, TargetFormat, Transcoder};
use image::RgbaImage;

use super::error::Fault;
use super::image::check_size;

/// The first bytes of every KTX2 file.
const MAGIC: [u8; 12] = *b"\xABKTX 20\xBB\r\n\x1A\n";
/// Length of the header, which the level index follows.
const HEADER: usize = 80;
/// Length of an entry of the level index.
const ENTRY: usize = 24;

/// Whether these are the first bytes of a KTX2 file.
pub(super) fn is_ktx2(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Width and height in pixels, from the header.
pub(super) fn dimensions(bytes: &[u8], name: &str) -> Result<(u32, u32), Fault> {
    let header = Header::read(bytes).ok_or_else(|| unsupported(name, "it is cut off"))?;
    Ok((header.width, header.height))
}

/// Decodes the first level.
pub(super) fn decode(bytes: &[u8], name: &str) -> Result<RgbaImage, Fault> {
    let header = Header::read(bytes).ok_or_else(|| unsupported(name, "it is cut off"))?;
    check_size((header.width, header.height), name)?;
    if header.width == 0 || header.height == 0 || !header.flat {
        return Err(unsupported(name, "it is not a single two-dimensional image"));
    }
    let pixels = header.width as usize * header.height as usize;
    // A block of 4 × 4 pixels takes at most 16 bytes, a plain pixel at most 4; small levels are padded.
    let levels_fit = header.levels.iter().all(|level| level.unpacked <= 4 * pixels as u64 + 1024);
    if !levels_fit {
        return Err(unsupported(name, "a level says that it is larger than its pixels"));
    }
    let rgba = if header.format == 0 {
        basis(bytes, name)?
    } else {
        let [red, green, blue, alpha] = channels(header.format)
            .ok_or_else(|| unsupported(name, &format!("its Vulkan format is {}", header.format)))?;
        let stride = [red, green, blue, alpha].into_iter().flatten().max().map_or(1, |last| last + 1);
        let texels = header.first_level(bytes, pixels * stride, name)?;
        let expand = |texel: &[u8]| {
            let red = red.map_or(0, |index| texel[index]);
            let or_red = |channel: Option<usize>| channel.map_or(red, |index| texel[index]);
            [red, or_red(green), or_red(blue), alpha.map_or(255, |index| texel[index])]
        };
        texels.chunks_exact(stride).flat_map(expand).collect()
    };
    RgbaImage::from_raw(header.width, header.height, rgba)
        .ok_or_else(|| unsupported(name, "it has fewer pixels than it says"))
}

/// What is needed of a header.
struct Header {
    /// Vulkan's number of the format; 0 for Basis Universal.
    format: u32,
    width: u32,
    height: u32,
    /// No volume, no array, no cube.
    flat: bool,
    /// 0 none, 2 Zstandard.
    scheme: u32,
    levels: Vec<Level>,
}

/// Where a level lies, and how long it is when unpacked, in bytes.
struct Level {
    offset: u64,
    length: u64,
    unpacked: u64,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let long = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        let (depth, layers, faces, levels) = (number(28)?, number(32)?, number(36)?, number(40)?.max(1));
        let level = |index: u32| {
            let at = HEADER + ENTRY * index as usize;
            Some(Level { offset: long(at)?, length: long(at + 8)?, unpacked: long(at + 16)? })
        };
        Some(Self {
            format: number(12)?,
            width: number(20)?,
            height: number(24)?,
            flat: depth <= 1 && layers <= 1 && faces == 1,
            scheme: number(44)?,
            // A picture of 2³² pixels a side has 32 levels; more would only be more to look at.
            levels: (0..levels.min(32)).map(level).collect::<Option<_>>()?,
        })
    }

    /// The first level's `expected` bytes.
    fn first_level(&self, bytes: &[u8], expected: usize, name: &str) -> Result<Vec<u8>, Fault> {
        let packed = self.levels.first().and_then(|level| {
            let (start, length) = (usize::try_from(level.offset).ok()?, usize::try_from(level.length).ok()?);
            bytes.get(start..start.checked_add(length)?)
        });
        let packed = packed.ok_or_else(|| unsupported(name, "it is cut off"))?;
        let mut texels = Vec::new();
        match self.scheme {
            0 => texels.extend_from_slice(packed.get(..expected).unwrap_or_default()),
            2 => {
                let why = |error: &dyn std::fmt::Display| unsupported(name, &error.to_string());
                let decoder = ruzstd::StreamingDecoder::new(packed).map_err(|error| why(&error))?;
                decoder.take(expected as u64).read_to_end(&mut texels).map_err(|error| why(&error))?;
            }
            other => return Err(unsupported(name, &format!("its supercompression scheme is {other}"))),
        }
        if texels.len() == expected { Ok(texels) } else { Err(unsupported(name, "it has fewer pixels than it says")) }
    }
}

/// Where red, green, blue and alpha lie in a texel: the 8-bit formats of `VkFormat`, unorm and sRGB.
fn channels(format: u32) -> Option<[Option<usize>; 4]> {
    match format {
        9 | 15 => Some([Some(0), None, None, None]),
        23 | 29 => Some([Some(0), Some(1), Some(2), None]),
        30 | 36 => Some([Some(2), Some(1), Some(0), None]),
        37 | 43 => Some([Some(0), Some(1), Some(2), Some(3)]),
        44 | 50 => Some([Some(2), Some(1), Some(0), Some(3)]),
        _ => None,
    }
}

/// Transcodes ETC1S or UASTC to RGBA.
fn basis(bytes: &[u8], name: &str) -> Result<Vec<u8>, Fault> {
    // The transcoder indexes by what the file says: its panic is the file's fault, and must not be ours.
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

fn unsupported(name: &str, why: &str) -> Fault {
    Fault::Image {
        image: name.into(),
        why: format!("this KTX2 file is not supported: {why} (Basis Universal LDR and plain 8-bit formats are)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one level of `texels`.
    fn plain(format: u32, (width, height): (u32, u32), scheme: u32, texels: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for number in [format, 1, width, height, 0, 0, 1, 1, scheme] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.resize(HEADER, 0);
        for number in [(HEADER + ENTRY) as u64, texels.len() as u64, texels.len() as u64] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(texels);
        bytes
    }

    #[test]
    fn plain_formats() {
        for (format, texel, want) in [
            (9, &[7][..], [7, 7, 7, 255]),
            (29, &[1, 2, 3], [1, 2, 3, 255]),
            (36, &[3, 2, 1], [1, 2, 3, 255]),
            (43, &[1, 2, 3, 4], [1, 2, 3, 4]),
            (44, &[3, 2, 1, 4], [1, 2, 3, 4]),
        ] {
            let image = decode(&plain(format, (2, 3), 0, &texel.repeat(6)), "a").expect("plain");
            assert_eq!((image.dimensions(), image.get_pixel(1, 2).0), ((2, 3), want), "format {format}");
        }
    }

    #[test]
    fn what_is_not_supported_says_so() {
        let good = plain(43, (2, 2), 0, &[9; 16]);
        for length in MAGIC.len()..good.len() {
            assert!(decode(&good[..length], "a").is_err(), "{length}");
        }
        for (bytes, part) in [
            (plain(145, (2, 2), 0, &[9; 16]), "format is 145"),
            (plain(43, (2, 2), 3, &[9; 16]), "scheme is 3"),
            (plain(43, (3, 2), 0, &[9; 16]), "fewer pixels"),
            (plain(43, (0, 2), 0, &[]), "two-dimensional"),
            (plain(43, (2, 2), 2, &[9; 16]), "not supported"),
            (plain(43, (60_000, 60_000), 0, &[]), "60000×60000"),
            (plain(0, (2, 2), 0, &[9; 16]), "InvalidData"),
        ] {
            let message = decode(&bytes, "fur").expect_err(part).to_string();
            assert!(message.contains(part) && message.contains("fur"), "{message}");
        }
    }
}
