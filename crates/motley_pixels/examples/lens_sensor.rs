//! What each effect costs, and how it looks.
//!
//! `cargo run --release -p motley_pixels --example lens_sensor` prints the milliseconds of each effect at 256 × 256 on
//! one core; with `-- IN.jpg OUT.png` it draws a row for each effect, from weak to strong, of that picture instead.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use motley_pixels::LensSensor;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const N: LensSensor = LensSensor::NEUTRAL;

/// Each effect alone, at a strength between 0 and 1, and some together.
fn effects(strength: f32) -> Vec<(&'static str, LensSensor)> {
    let s = strength;
    let quality = Some((90.0 - 70.0 * s) as u8);
    let typical =
        LensSensor { exposure_ev: 0.5 * s, blur_px: 3.0 * s, shot_noise: 0.05 * s, read_noise: s * 0.098, ..N };
    let all = LensSensor {
        white_balance_mired: 40.0 * s,
        vignette: 0.5 * s,
        defocus_px: 12.0 * s,
        focus_m: 2.0,
        motion_px: 8.0 * s,
        motion_deg: 30.0,
        downscale: 1.0 + s,
        jpeg_quality: quality,
        ..typical
    };
    vec![
        ("exposure", LensSensor { exposure_ev: 1.5 * (2.0 * s - 1.0), ..N }),
        ("white balance", LensSensor { white_balance_mired: 80.0 * (2.0 * s - 1.0), ..N }),
        ("vignette", LensSensor { vignette: 0.8 * s, ..N }),
        ("defocus", LensSensor { defocus_px: 16.0 * s, focus_m: 2.0, ..N }),
        ("blur", LensSensor { blur_px: 3.0 * s, ..N }),
        ("motion", LensSensor { motion_px: 16.0 * s, motion_deg: 30.0, ..N }),
        ("downscale", LensSensor { downscale: 1.0 + 3.0 * s, ..N }),
        ("shot noise", LensSensor { shot_noise: 0.2 * s, ..N }),
        ("read noise", LensSensor { read_noise: 0.1 * s, ..N }),
        ("JPEG", LensSensor { jpeg_quality: quality, ..N }),
        ("typical", typical),
        ("everything", all),
    ]
}

/// A subject at 2 m in the middle, ground from 1 m to 20 m, sky above.
fn depth(width: usize, height: usize) -> Vec<f32> {
    let of = |i: usize| {
        let (x, y) = ((i % width) as f32 / width as f32 - 0.5, (i / width) as f32 / height as f32);
        let subject = x * x + (y - 0.55) * (y - 0.55) < 0.09;
        if subject {
            2.0
        } else if y > 0.4 {
            0.6 / (y - 0.37)
        } else {
            f32::INFINITY
        }
    };
    (0..width * height).map(of).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [from, to] => draw(from, to),
        _ => measure(),
    }
}

fn measure() -> Result<(), Box<dyn std::error::Error>> {
    const SIZE: usize = 256;
    let rgb: Vec<u8> =
        (0..SIZE * SIZE * 3).map(|i| ((i / 3 % SIZE / 2 + i / 3 / SIZE / 3) % 200 + i % 3 * 20) as u8).collect();
    let depth = depth(SIZE, SIZE);
    let mut out = std::io::stdout().lock();
    for (name, drawn) in effects(0.7) {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut millis: Vec<f64> = (0..60)
            .map(|_| {
                let mut picture = rgb.clone();
                let start = Instant::now();
                drawn.apply(black_box(&mut picture), SIZE, SIZE, Some(&depth), &mut rng);
                start.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        millis.sort_by(f64::total_cmp);
        writeln!(out, "{name:14} best {:5.2} ms, median {:5.2} ms", millis[0], millis[millis.len() / 2])?;
    }
    Ok(())
}

fn draw(from: &str, to: &str) -> Result<(), Box<dyn std::error::Error>> {
    let picture = image::open(from)?.into_rgb8();
    let (width, height) = picture.dimensions();
    let depth = depth(width as usize, height as usize);
    let steps = [0.0, 0.25, 0.5, 0.75, 1.0];
    let rows = effects(0.0).len() as u32;
    let mut sheet = image::RgbImage::new(width * steps.len() as u32, height * rows);
    for (column, strength) in (0..).zip(steps) {
        for (row, (_, drawn)) in (0..).zip(effects(strength)) {
            let mut rgb = picture.clone().into_raw();
            let mut rng = ChaCha8Rng::seed_from_u64(0);
            drawn.apply(&mut rgb, width as usize, height as usize, Some(&depth), &mut rng);
            let tile = image::RgbImage::from_raw(width, height, rgb).ok_or("the size of the picture changed")?;
            image::imageops::replace(&mut sheet, &tile, i64::from(column * width), i64::from(row * height));
        }
    }
    sheet.save(to)?;
    Ok(())
}
