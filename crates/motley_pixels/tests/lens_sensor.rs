//! The lens and the sensor as a user meets them: bytes in, bytes out.

use motley_pixels::LensSensor;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Every effect at once.
const ALL: LensSensor = LensSensor {
    exposure_ev: 0.4,
    white_balance_mired: -25.0,
    vignette: 0.4,
    defocus_px: 8.0,
    focus_m: 2.0,
    blur_px: 1.5,
    motion_px: 6.0,
    motion_deg: 20.0,
    downscale: 1.7,
    shot_noise: 0.05,
    read_noise: 0.05,
    noise_grain_px: 0.0,
    noise_colour: 2.0 / 3.0,
    jpeg_quality: Some(70),
};

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Something with colours, edges and detail.
fn picture(width: usize, height: usize) -> Vec<u8> {
    (0..width * height)
        .flat_map(|i| {
            let (x, y) = (i % width, i / width);
            [(x * 5 + y) as u8, if (x / 9 + y / 7) % 2 == 0 { 220 } else { 30 }, (x * y / 16) as u8]
        })
        .collect()
}

/// A ramp from near to far, with sky in the last columns.
fn depth(width: usize, height: usize) -> Vec<f32> {
    (0..width * height)
        .map(|i| if i % width * 10 >= width * 9 { f32::INFINITY } else { 0.5 + (i % width) as f32 * 0.1 })
        .collect()
}

fn applied(drawn: LensSensor, rgb: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut out = rgb.to_vec();
    drawn.apply(&mut out, width, height, Some(&depth(width, height)), &mut rng(7));
    out
}

/// sRGB byte to linear light, the standard's formula, written anew.
fn linear(byte: u8) -> f64 {
    let srgb = f64::from(byte) / 255.0;
    if srgb <= 0.04045 { srgb / 12.92 } else { ((srgb + 0.055) / 1.055).powf(2.4) }
}

#[test]
fn neutral_is_the_identity_to_the_byte() {
    let rgb: Vec<u8> = (0..256 * 256 * 3_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(applied(LensSensor::NEUTRAL, &rgb, 256, 256), rgb);
    assert_eq!(LensSensor::default(), LensSensor::NEUTRAL);
    // Neutral in effect, though not in every field.
    let idle = LensSensor { focus_m: 5.0, motion_deg: 45.0, ..LensSensor::NEUTRAL };
    assert_eq!(applied(idle, &rgb, 256, 256), rgb);
}

#[test]
fn the_same_stream_gives_the_same_bytes_and_another_stream_others() {
    let rgb = picture(97, 61);
    let depth = depth(97, 61);
    let run = |seed| {
        let mut out = rgb.clone();
        ALL.apply(&mut out, 97, 61, Some(&depth), &mut rng(seed));
        out
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

/// The bytes must not depend on the machine. Everything but JPEG, whose library may choose its instructions.
#[test]
fn the_bytes_are_the_ones_recorded() {
    let out = applied(LensSensor { jpeg_quality: None, ..ALL }, &picture(97, 61), 97, 61);
    let fnv = out
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    assert_eq!(fnv, RECORDED, "if the change is meant, record {fnv:#x}");
}

const RECORDED: u64 = 0xf9fa_a059_b4af_e3ee;

#[test]
fn every_effect_changes_the_picture_and_none_its_size() {
    let rgb = picture(64, 48);
    let neutral = LensSensor::NEUTRAL;
    for (name, one) in [
        ("exposure", LensSensor { exposure_ev: ALL.exposure_ev, ..neutral }),
        ("white balance", LensSensor { white_balance_mired: ALL.white_balance_mired, ..neutral }),
        ("vignette", LensSensor { vignette: ALL.vignette, ..neutral }),
        ("defocus", LensSensor { defocus_px: ALL.defocus_px, focus_m: ALL.focus_m, ..neutral }),
        ("blur", LensSensor { blur_px: ALL.blur_px, ..neutral }),
        ("motion", LensSensor { motion_px: ALL.motion_px, ..neutral }),
        ("downscale", LensSensor { downscale: ALL.downscale, ..neutral }),
        ("shot noise", LensSensor { shot_noise: ALL.shot_noise, ..neutral }),
        ("read noise", LensSensor { read_noise: ALL.read_noise, ..neutral }),
        ("JPEG", LensSensor { jpeg_quality: ALL.jpeg_quality, ..neutral }),
    ] {
        let out = applied(one, &rgb, 64, 48);
        assert_eq!(out.len(), rgb.len(), "{name}");
        assert_ne!(out, rgb, "{name}");
    }
}

#[test]
fn one_stop_doubles_the_light() {
    let rgb: Vec<u8> = (20..=200).flat_map(|byte| [byte; 3]).collect();
    for (ev, factor) in [(1.0, 2.0), (-1.0, 0.5), (0.5, std::f64::consts::SQRT_2)] {
        let out = applied(LensSensor { exposure_ev: ev, ..LensSensor::NEUTRAL }, &rgb, 181, 1);
        for (&before, &after) in rgb.iter().zip(&out) {
            if after == 255 {
                continue;
            }
            // Half a byte of rounding, in linear light.
            let tolerance = 0.6 * (linear(after.saturating_add(1)) - linear(after));
            assert!((linear(after) - factor * linear(before)).abs() <= tolerance, "{ev}: {before} {after}");
        }
        assert!(ev < 1.0 || out[out.len() - 1] == 255, "what is too bright is clipped, not wrapped around");
    }
}

#[test]
fn vignette_keeps_the_middle_and_takes_its_share_of_the_corner() {
    let rgb = vec![200; 101 * 101 * 3];
    let out = applied(LensSensor { vignette: 0.5, ..LensSensor::NEUTRAL }, &rgb, 101, 101);
    let light = |x: usize, y: usize| linear(out[(y * 101 + x) * 3]) / linear(200);
    assert_eq!(out[(50 * 101 + 50) * 3], 200);
    assert!((light(0, 0) - 0.5).abs() < 0.02, "{}", light(0, 0));
    // Halfway to the corner: 1 / (1 + k / 4)² with k = √2 − 1.
    let halfway = 1.0 / (1.0 + (std::f64::consts::SQRT_2 - 1.0) / 4.0_f64).powi(2);
    assert!((light(25, 25) - halfway).abs() < 0.02, "{} {halfway}", light(25, 25));
    for (x, y) in [(0, 100), (100, 0), (100, 100)] {
        assert_eq!(out[(y * 101 + x) * 3], out[0], "the four corners are alike");
    }
}

#[test]
fn noise_has_the_sigma_that_was_asked_for() {
    let rgb = vec![128; 128 * 128 * 3];
    let out = applied(LensSensor { read_noise: 25.0 / 255.0, ..LensSensor::NEUTRAL }, &rgb, 128, 128);
    let errors: Vec<f64> = out.iter().map(|&byte| f64::from(byte) - 128.0).collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    let deviation = (errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64).sqrt();
    assert!(mean.abs() < 0.5 && (deviation - 25.0).abs() < 0.5, "{mean} {deviation}");
}

#[test]
fn blur_happens_in_linear_light() {
    // Black and white stripes of one pixel become the mean of their light: sRGB 188, not 128.
    let rgb: Vec<u8> = (0..64 * 64).flat_map(|i| [if i % 2 == 0 { 0 } else { 255 }; 3]).collect();
    let out = applied(LensSensor { blur_px: 2.0, ..LensSensor::NEUTRAL }, &rgb, 64, 64);
    let middle = out[(32 * 64 + 32) * 3];
    assert!((187..=189).contains(&middle), "{middle}");
}

#[test]
fn depth_decides_what_is_sharp() {
    let rgb = picture(96, 64);
    let drawn = LensSensor { defocus_px: 10.0, focus_m: 2.0, ..LensSensor::NEUTRAL };
    let sharp = |metres: f32| {
        let mut out = rgb.clone();
        drawn.apply(&mut out, 96, 64, Some(&vec![metres; 96 * 64]), &mut rng(0));
        out.iter().zip(&rgb).map(|(&a, &b)| f64::from(a.abs_diff(b))).sum::<f64>() / rgb.len() as f64
    };
    assert_eq!(sharp(2.0), 0.0, "in focus nothing changes");
    assert!(sharp(3.0) > 1.0 && sharp(3.0) < sharp(f32::INFINITY));
    assert!(sharp(1.5) > 1.0 && sharp(1.5) < sharp(0.5));
    // Without depth: everything is far away.
    let mut flat = rgb.clone();
    drawn.apply(&mut flat, 96, 64, None, &mut rng(0));
    let mut far = rgb.clone();
    drawn.apply(&mut far, 96, 64, Some(&vec![f32::INFINITY; 96 * 64]), &mut rng(0));
    let apart = flat.iter().zip(&far).map(|(&a, &b)| f64::from(a.abs_diff(b))).sum::<f64>() / rgb.len() as f64;
    assert!(apart < 3.0, "{apart}");
}

#[test]
fn every_size_works() {
    for (width, height) in [(1, 1), (1, 7), (7, 1), (2, 3), (17, 31), (33, 8), (255, 257), (0, 0), (0, 5), (2048, 2)] {
        let out = applied(ALL, &picture(width, height), width, height);
        assert_eq!(out.len(), width * height * 3, "{width} × {height}");
    }
}

#[test]
fn a_large_picture_works() {
    let out = applied(ALL, &picture(2048, 1536), 2048, 1536);
    assert_eq!(out.len(), 2048 * 1536 * 3);
}

#[test]
fn values_from_elsewhere_are_brought_into_range() {
    let (nan, infinity) = (f32::NAN, f32::INFINITY);
    let rgb = picture(40, 30);
    let of = |value: f32| LensSensor {
        exposure_ev: value,
        white_balance_mired: value,
        vignette: value,
        defocus_px: value,
        focus_m: value,
        blur_px: value,
        motion_px: value,
        motion_deg: value,
        downscale: value,
        shot_noise: value,
        read_noise: value,
        noise_grain_px: value,
        noise_colour: value,
        jpeg_quality: None,
    };
    assert_eq!(applied(of(nan), &rgb, 40, 30), rgb, "what is not a number is neutral");
    for value in [infinity, -infinity, 1.0e30, -1.0e30] {
        assert_eq!(applied(of(value), &rgb, 40, 30).len(), rgb.len());
    }
    for quality in [0, 255] {
        applied(LensSensor { jpeg_quality: Some(quality), ..LensSensor::NEUTRAL }, &rgb, 40, 30);
    }
}

#[test]
#[should_panic(expected = "rgb holds width × height × 3 bytes")]
fn a_wrong_length_is_refused() {
    ALL.apply(&mut [0; 10], 2, 2, None, &mut rng(0));
}

#[test]
fn it_can_be_written_down_and_read_again() {
    let text = ron::to_string(&ALL).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ron::from_str::<LensSensor>(&text), Ok(ALL));
    assert_eq!(ron::from_str::<LensSensor>("(blur_px: 2.0)"), Ok(LensSensor { blur_px: 2.0, ..LensSensor::NEUTRAL }));
    assert!(ron::from_str::<LensSensor>("(blurr_px: 2.0)").is_err());
}
