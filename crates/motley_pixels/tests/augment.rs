//! Training augmentation as a trainer meets it.

use image::{Rgb, RgbImage};
use motley_pixels::{
    Augment,
    augment::{AugmentError, RandAugment},
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Something with colours, edges and detail.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 3 + y) as u8, if (x / 9 + y / 7) % 2 == 0 { 220 } else { 30 }, (x * y / 16) as u8])
    })
}

/// Everything that may vary.
fn everything() -> Augment {
    Augment {
        aspect: [0.8, 1.25],
        rotate_deg: 15.0,
        brightness: 0.2,
        contrast: 0.2,
        saturation: 0.3,
        hue_deg: 10.0,
        grey: 0.2,
        rand_augment: Some(RandAugment { operations: 2, magnitude: 0.5 }),
        downscale: [1.0, 2.0],
        jpeg: 1.0,
        ..Augment::transfer()
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_others() {
    let image = picture(120, 90);
    for augment in [Augment::paper(), Augment::transfer(), everything()] {
        let run = |seed| augment.apply(&image, 64, &mut rng(seed));
        assert!(augment.is_random());
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        assert_eq!((run(1).width(), run(1).height()), (64, 64));
    }
}

/// Pinned, so that a change of the bytes is noticed: features that were kept would no longer fit.
#[test]
fn the_bytes_are_these() {
    let augment = Augment { jpeg: 0.0, ..everything() };
    let mut sum = 0_u64;
    for seed in 0..16 {
        for byte in augment.apply(&picture(120, 90), 48, &mut rng(seed)).into_raw() {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(sum, PINNED, "FNV-1a of sixteen pictures: {sum:#x}");
}
const PINNED: u64 = 0xb1a7_83af_31af_6024;

#[test]
fn none_is_the_middle_and_draws_change_nothing() {
    let image = picture(256, 256);
    let augment = Augment::none();
    assert!(!augment.is_random());
    let out = augment.apply(&image, 224, &mut rng(1));
    assert_eq!(out, augment.apply(&image, 224, &mut rng(2)));
    // 224 of 256 pixels at scale 1: exactly the middle.
    assert_eq!(out, image::imageops::crop_imm(&image, 16, 16, 224, 224).to_image());
}

#[test]
fn switching_one_part_off_leaves_the_draws_of_the_others() {
    // Two that differ in what does not show on this picture: the crops must be the same.
    let image = picture(200, 150);
    let jittered = Augment { crop_area: Some([0.3, 0.9]), flip: 0.5, contrast: 0.5, ..Augment::none() };
    let plain = Augment { contrast: 0.0, ..jittered };
    for seed in 0..20 {
        let (with, without) = (jittered.apply(&image, 50, &mut rng(seed)), plain.apply(&image, 50, &mut rng(seed)));
        // Contrast is monotonous: where one pixel is brighter than another it stays so.
        let brighter = |image: &RgbImage| {
            image.pixels().zip(image.pixels().skip(1)).map(|(a, b)| a.0[1] >= b.0[1]).collect::<Vec<_>>()
        };
        let (a, b) = (brighter(&with), brighter(&without));
        let differ = a.iter().zip(&b).filter(|(a, b)| a != b).count();
        assert!(differ * 20 < a.len(), "seed {seed}: {differ} of {}", a.len());
    }
}

#[test]
fn flips_crops_and_turns_have_their_shares() {
    // The colour says where a pixel came from.
    let image = RgbImage::from_fn(256, 200, |x, y| Rgb([x as u8, y as u8, 128]));
    let augment = Augment { crop_area: Some([0.25, 0.36]), flip: 0.3, ..Augment::none() };
    let (mut flips, mut least, mut most) = (0, f32::MAX, 0.0_f32);
    for seed in 0..400 {
        let out = augment.apply(&image, 32, &mut rng(seed));
        let (left, right) = (f32::from(out[(0, 9)].0[0]), f32::from(out[(31, 9)].0[0]));
        flips += u32::from(left > right);
        let side = (left - right).abs() * 32.0 / 31.0;
        (least, most) = (least.min(side), most.max(side));
        assert_eq!(out[(4, 4)].0[2], 128);
    }
    assert!((90..150).contains(&flips), "{flips} of 400");
    // √(0.25 · 256 · 200) = 113, √(0.36 · 256 · 200) = 136.
    assert!((least - 113.0).abs() < 3.0 && (most - 136.0).abs() < 3.0, "{least} {most}");
}

#[test]
fn blur_and_noise_are_what_they_say() {
    let even = RgbImage::from_pixel(224, 224, Rgb([128; 3]));
    let noisy = Augment { noise: [20.0, 20.0], ..Augment::none() }.apply(&even, 224, &mut rng(3));
    let values = noisy.as_raw().iter().map(|&value| f64::from(value) - 128.0);
    let deviation = (values.map(|value| value * value).sum::<f64>() / noisy.as_raw().len() as f64).sqrt();
    assert!((deviation - 20.0).abs() < 0.3, "{deviation}");

    // The blur grows with the picture: an edge is as soft, for its size, at 112 as at 224.
    let edge = RgbImage::from_fn(448, 448, |x, _| Rgb([if x < 224 { 0 } else { 255 }; 3]));
    let blur = Augment { blur_px: [3.0, 3.0], ..Augment::none() };
    let soft = |size: u32| {
        let out = blur.apply(&edge, size, &mut rng(4));
        (0..size).filter(|&x| (20..235).contains(&out[(x, size / 2)].0[0])).count() as f32 / size as f32
    };
    assert!((soft(224) / soft(112) - 1.0).abs() < 0.35, "{} {}", soft(224), soft(112));
    assert!(soft(224) > 4.0 / 224.0);
}

#[test]
fn grey_has_no_colour_and_brightness_stays_within_its_range() {
    let image = picture(64, 64);
    let grey = Augment { grey: 1.0, ..Augment::none() }.apply(&image, 32, &mut rng(5));
    assert!(grey.pixels().all(|pixel| pixel.0[0].abs_diff(pixel.0[1]) <= 1 && pixel.0[1].abs_diff(pixel.0[2]) <= 1));
    let even = RgbImage::from_pixel(8, 8, Rgb([100; 3]));
    let values: Vec<u8> = (0..300)
        .map(|seed| Augment { brightness: 0.3, ..Augment::none() }.apply(&even, 4, &mut rng(seed))[(0, 0)].0[0])
        .collect();
    assert!(values.iter().all(|value| (70..=130).contains(value)));
    assert!(values.iter().any(|&value| value < 75) && values.iter().any(|&value| value > 125));
}

#[test]
fn nonsense_is_brought_within_range() {
    let wild = Augment {
        crop_area: Some([f32::NAN, 9.0]),
        centre: -1.0,
        aspect: [0.0, f32::INFINITY],
        flip: 3.0,
        rotate_deg: 1.0e9,
        brightness: f32::NAN,
        contrast: 7.0,
        saturation: -2.0,
        hue_deg: f32::INFINITY,
        grey: -1.0,
        rand_augment: Some(RandAugment { operations: 200, magnitude: f32::NAN }),
        blur_px: [f32::NAN, 1.0e9],
        noise: [-4.0, 1.0e9],
        downscale: [0.0, 1.0e9],
        jpeg: 1.0,
        jpeg_quality: [0, 255],
    };
    for (width, height) in [(1, 1), (3, 200), (64, 64)] {
        for seed in 0..20 {
            assert_eq!(wild.apply(&picture(width, height), 16, &mut rng(seed)).width(), 16);
        }
    }
    assert_eq!(Augment::paper().apply(&RgbImage::new(0, 0), 4, &mut rng(0)), RgbImage::new(4, 4));
    assert!(Augment::paper().apply(&picture(9, 9), 0, &mut rng(0)).is_empty());
}

#[test]
fn presets_have_names_and_survive_as_text() {
    for (name, augment) in [("none", Augment::none()), ("paper", Augment::paper()), ("transfer", Augment::transfer())] {
        assert_eq!(name.parse(), Ok(augment));
        assert_eq!(ron::from_str::<Augment>(&ron::to_string(&augment).unwrap()).unwrap(), augment);
    }
    assert_eq!("all".parse::<Augment>(), Err(AugmentError::Name("all".into())));
    let own = Augment { crop_area: Some([0.4, 1.0]), flip: 0.5, blur_px: [0.0, 2.0], ..Augment::none() };
    assert_eq!("(crop_area: (0.4, 1.0), flip: 0.5, blur_px: (0, 2))".parse(), Ok(own));
    let jpeg = Augment { rand_augment: Some(RandAugment::default()), jpeg: 1.0, ..Augment::none() };
    assert_eq!("(rand_augment: Some(()), jpeg: 1)".parse(), Ok(jpeg));
    let fault = |text: &str| text.parse::<Augment>().unwrap_err().to_string();
    assert_eq!(fault("(flip: 5)"), "flip lies between 0 and 1");
    assert_eq!(fault("(blur_px: (0, NaN))"), "blur_px lies between 0 and 32");
    assert_eq!(fault("(rand_augment: (operations: 9))"), "rand_augment.operations lies between 0 and 4");
    assert!(fault("(jpeg_quality: (90, 40))").starts_with("jpeg_quality is a pair"));
    assert!(fault("(flipp: 0.5)").contains("flipp"), "{}", fault("(flipp: 0.5)"));
    assert!(ron::from_str::<Augment>("(flipp: 0.5)").is_err(), "a misspelt field is no silence");
}

/// Not a test of speed, but the place to measure it: `cargo test --release -p motley_pixels -- --ignored --nocapture speed`.
#[test]
#[ignore = "measures"]
fn speed() {
    let image = picture(256, 256);
    let mut stream = rng(0);
    for (name, augment) in [
        ("none", Augment::none()),
        ("paper", Augment::paper()),
        ("transfer", Augment::transfer()),
        ("all", everything()),
    ] {
        let mut times = Vec::new();
        for _ in 0..300 {
            let start = std::time::Instant::now();
            std::hint::black_box(augment.apply(&image, 224, &mut stream));
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        // On a busy machine the slower half tells of the neighbours.
        times.sort_by(f64::total_cmp);
        eprintln!("{name}: {:.2} to {:.2} ms a picture of 256² to 224²", times[15], times[150]);
    }
}
