//! Whatever pictures come: handled, or named and counted, never a panic.

use std::{fs, io::Cursor};

use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, RgbImage, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder};
use motley_learn::data::{FaultKind, decode, decode_file};

/// Upper half red, lower left blue, lower right green.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(if y < height / 2 {
            [250, 10, 10]
        } else if x < width / 2 {
            [10, 10, 250]
        } else {
            [10, 250, 10]
        })
    })
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg(pixels: &[u8], width: u16, height: u16, kind: ColorType, progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 95);
    encoder.set_progressive(progressive);
    encoder.encode(pixels, width, height, kind).unwrap();
    bytes
}

#[track_caller]
fn near(got: Rgb<u8>, want: [u8; 3]) {
    assert!(got.0.iter().zip(want).all(|(a, b)| a.abs_diff(b) <= 12), "{got:?} is not {want:?}");
}

#[track_caller]
fn is_picture(image: &RgbImage) {
    let (width, height) = image.dimensions();
    near(image[(width / 2, height / 8)], [250, 10, 10]);
    near(image[(width / 8, height * 7 / 8)], [10, 10, 250]);
    near(image[(width * 7 / 8, height * 7 / 8)], [10, 250, 10]);
}

#[test]
fn colour_of_every_container() {
    let image = picture(48, 32);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        is_picture(&decode(&encoded(image.clone(), format), "x").unwrap());
    }
    is_picture(&decode(&jpeg(&image, 48, 32, ColorType::Rgb, true), "progressive").unwrap());
}

#[test]
fn grey() {
    let grey = GrayImage::from_fn(32, 32, |x, _| Luma([if x < 16 { 40 } else { 200 }]));
    for bytes in [encoded(grey.clone(), ImageFormat::Png), jpeg(&grey, 32, 32, ColorType::Luma, false)] {
        let image = decode(&bytes, "grey").unwrap();
        near(image[(4, 4)], [40; 3]);
        near(image[(28, 28)], [200; 3]);
    }
}

#[test]
fn sixteen_bits() {
    let deep = ImageBuffer::<Rgb<u16>, Vec<u16>>::from_pixel(8, 8, Rgb([0xffff, 0x8000, 0x0100]));
    assert_eq!(decode(&encoded(deep, ImageFormat::Png), "x").unwrap()[(3, 3)].0, [255, 128, 1]);
    let grey = ImageBuffer::<Luma<u16>, Vec<u16>>::from_pixel(8, 8, Luma([0x4000]));
    assert_eq!(decode(&encoded(grey, ImageFormat::Png), "x").unwrap()[(3, 3)].0, [64; 3]);
}

#[test]
fn what_is_transparent_lies_over_white() {
    let image = RgbaImage::from_fn(8, 8, |x, _| Rgba([200, 0, 0, if x < 4 { 0 } else { 128 }]));
    let shown = decode(&encoded(image, ImageFormat::Png), "x").unwrap();
    assert_eq!(shown[(0, 0)].0, [255; 3]);
    near(shown[(7, 7)], [227, 127, 127]);
    let grey = ImageBuffer::<LumaA<u8>, Vec<u8>>::from_pixel(4, 4, LumaA([0, 0]));
    assert_eq!(decode(&encoded(grey, ImageFormat::Png), "x").unwrap()[(1, 1)].0, [255; 3]);
}

#[test]
fn palette() {
    // A palette PNG of 8 bits by hand: two colours, upper half the first, lower half the second.
    let mut raw = Vec::new();
    for y in 0..8 {
        raw.push(0);
        raw.extend([u8::from(y >= 4); 8]);
    }
    let bytes = png(8, 8, 8, 3, &[(b"PLTE", vec![250, 10, 10, 10, 10, 250])], &raw);
    let image = decode(&bytes, "palette").unwrap();
    assert_eq!((image[(2, 1)].0, image[(2, 6)].0), ([250, 10, 10], [10, 10, 250]));
}

#[test]
fn cmyk() {
    // Ink: cyan, magenta, yellow, black. Red is magenta and yellow; the second half is black ink alone.
    let pixels: Vec<u8> =
        (0..32 * 32).flat_map(|i| if i % 32 < 16 { [0, 255, 255, 0] } else { [0, 0, 0, 200] }).collect();
    for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let image = decode(&jpeg(&pixels, 32, 32, kind, false), "cmyk").unwrap();
        near(image[(3, 3)], [255, 0, 0]);
        near(image[(28, 3)], [55; 3]);
    }
}

#[test]
fn bmp() {
    for (bits, stride) in [(24_u16, 20_usize), (32, 24)] {
        let image = picture(6, 4);
        let bytes = bmp_bytes(&image, bits, stride);
        assert_eq!(decode(&bytes, "bmp").unwrap(), image, "{bits} bits");
        let fault = decode(&bytes[..bytes.len() - 10], "short.bmp").unwrap_err();
        assert_eq!(fault.kind, FaultKind::Truncated, "{fault}");
    }
    assert!(decode(b"BM", "two bytes.bmp").is_err());
}

#[test]
fn exif_turns_the_picture_upright() {
    // What a camera that was held on its side stores, for each orientation of the EXIF standard.
    let upright = picture(40, 24);
    use image::imageops::{flip_horizontal as mirror, rotate90, rotate180, rotate270};
    let stored = [
        (1, upright.clone()),
        (2, mirror(&upright)),
        (3, rotate180(&upright)),
        (4, mirror(&rotate180(&upright))),
        (5, mirror(&rotate90(&upright))),
        (6, rotate270(&upright)),
        (7, mirror(&rotate270(&upright))),
        (8, rotate90(&upright)),
    ];
    for (orientation, image) in stored {
        let (width, height) = (image.width() as u16, image.height() as u16);
        let plain = jpeg(&image, width, height, ColorType::Rgb, false);
        let entry = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0";
        let exif = [entry.as_slice(), &[orientation, 0, 0, 0], &[0; 4]].concat();
        let length = (exif.len() as u16 + 2).to_be_bytes();
        let bytes = [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat();
        let shown = decode(&bytes, "exif").unwrap();
        assert_eq!(shown.dimensions(), (40, 24), "orientation {orientation}");
        is_picture(&shown);
        // An orientation that does not exist is none.
        let mut odd = bytes.clone();
        odd[6 + entry.len()] = 99;
        assert_eq!(decode(&odd, "odd").unwrap().dimensions(), image.dimensions());
    }
}

/// A picture in every container.
fn files() -> [Vec<u8>; 5] {
    let image = picture(64, 48);
    [
        jpeg(&image, 64, 48, ColorType::Rgb, false),
        jpeg(&image, 64, 48, ColorType::Rgb, true),
        encoded(image.clone(), ImageFormat::Png),
        encoded(image.clone(), ImageFormat::WebP),
        bmp_bytes(&image, 24, 192),
    ]
}

#[test]
fn cut_off_anywhere_is_a_fault_and_no_panic() {
    for whole in files() {
        assert!(decode(&whole, "whole").is_ok());
        for tenth in 0..10 {
            let cut = &whole[..whole.len() * tenth / 10];
            let fault = decode(cut, "cut.jpg").expect_err(&format!("{tenth} tenths of {:?}", &whole[..4]));
            assert_eq!(fault.name, "cut.jpg");
            assert_eq!(fault.kind == FaultKind::Empty, tenth == 0, "{fault}");
        }
    }
}

#[test]
fn rubbish_of_all_kinds_is_a_fault_and_no_panic() {
    // A byte wrong here and there: either a picture or a fault.
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    };
    for whole in files() {
        for _ in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..3 {
                let at = random() % bytes.len();
                bytes[at] = random() as u8;
            }
            let _ = decode(&bytes, "rubbish");
        }
    }
    for (bytes, kind) in [
        (b"".as_slice(), FaultKind::Empty),
        (b"hello, this is text", FaultKind::Unsupported),
        (b"GIF89a\x01\0\x01\0\0\0\0;", FaultKind::Unsupported),
        (b"II*\0\x08\0\0\0", FaultKind::Unsupported),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", FaultKind::Unsupported),
    ] {
        assert_eq!(decode(bytes, "x").unwrap_err().kind, kind);
    }
}

#[test]
fn a_picture_for_more_memory_than_there_is() {
    // A PNG header that promises 30,000 × 30,000 pixels.
    let bytes = png(30_000, 30_000, 8, 2, &[], &[0; 16]);
    let fault = decode(&bytes, "bomb.png").unwrap_err();
    assert_eq!(fault.kind, FaultKind::TooLarge, "{fault}");
    assert!(fault.to_string().contains("30000×30000"), "{fault}");
}

#[test]
fn a_name_that_lies_and_a_file_that_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("really a png.jpg");
    fs::write(&path, encoded(picture(16, 16), ImageFormat::Png)).unwrap();
    is_picture(&decode_file(&path).unwrap());
    let fault = decode_file(&dir.path().join("nothing.jpg")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreadable);
    assert!(fault.name.ends_with("nothing.jpg"));
}

/// An uncompressed BMP, bottom row first, as the format is by default.
fn bmp_bytes(image: &RgbImage, bits: u16, stride: usize) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let mut pixels = Vec::new();
    for y in (0..height).rev() {
        let start = pixels.len();
        for x in 0..width {
            let [red, green, blue] = image[(x, y)].0;
            pixels.extend([blue, green, red]);
            pixels.extend((bits == 32).then_some(255));
        }
        pixels.resize(start + stride, 0);
    }
    let mut bytes = b"BM".to_vec();
    bytes.extend((54 + pixels.len() as u32).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(54_u32.to_le_bytes());
    bytes.extend(40_u32.to_le_bytes());
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes.extend([0; 24]);
    bytes.extend(pixels);
    bytes
}

/// A PNG by hand, its pixels stored without compression.
fn png(width: u32, height: u32, bits: u8, colour: u8, chunks: &[(&[u8; 4], Vec<u8>)], raw: &[u8]) -> Vec<u8> {
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }
    fn adler(bytes: &[u8]) -> u32 {
        let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), &byte| {
            let a = (a + u32::from(byte)) % 65_521;
            (a, (b + a) % 65_521)
        });
        b << 16 | a
    }
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |name: &[u8; 4], data: &[u8]| {
        out.extend((data.len() as u32).to_be_bytes());
        let body = [name.as_slice(), data].concat();
        out.extend(&body);
        out.extend(crc(&body).to_be_bytes());
    };
    let header = [&width.to_be_bytes(), height.to_be_bytes().as_slice(), &[bits, colour, 0, 0, 0]].concat();
    chunk(b"IHDR", &header);
    for (name, data) in chunks {
        chunk(name, data);
    }
    let length = raw.len() as u16;
    let mut stored = vec![0x78, 0x01, 0x01];
    stored.extend(length.to_le_bytes());
    stored.extend((!length).to_le_bytes());
    stored.extend(raw);
    stored.extend(adler(raw).to_be_bytes());
    chunk(b"IDAT", &stored);
    chunk(b"IEND", &[]);
    out
}
