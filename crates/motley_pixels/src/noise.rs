//! Shot noise and read noise.

use std::sync::LazyLock;

use rand::Rng;

use crate::light::{decode, nearest};

/// Bits that pick one entry of [`NORMAL`].
const BITS: u32 = 12;

/// Draws from one `u64`.
const PER_WORD: usize = (u64::BITS / BITS) as usize;

/// Standard normal quantiles at the middles of 4096 equal shares, scaled to variance 1. A draw is one look-up; what it
/// lacks (nothing lies beyond 3.7 sigma) is lost anyway when the value becomes a byte.
static NORMAL: LazyLock<[f32; 1 << BITS]> = LazyLock::new(|| {
    let count = 1_usize << BITS;
    let quantiles: Vec<f64> = (0..count).map(|i| normal_quantile((i as f64 + 0.5) / count as f64)).collect();
    let deviation = libm::sqrt(quantiles.iter().map(|z| z * z).sum::<f64>() / count as f64);
    std::array::from_fn(|i| (quantiles[i] / deviation) as f32)
});

/// Inverse of the standard normal distribution function, by bisection: slow, exact, and run once.
fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if 0.5 * libm::erfc(-middle / std::f64::consts::SQRT_2) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Adds zero-mean Gaussian noise to every byte, independently.
///
/// `shot` is the standard deviation of white in linear light, of full scale (1 over the root of the electrons that a
/// pixel holds); it falls with the root of the light. `read` is the standard deviation in sRGB, of full scale, the same
/// at every brightness. Shot noise is carried into sRGB to first order, so that one draw serves both.
pub(crate) fn add(rgb: &mut [u8], shot: f32, read: f32, rng: &mut impl Rng) {
    let deviations: [f32; 256] = std::array::from_fn(|byte| 255.0 * deviation(byte as f32 / 255.0, shot, read));
    let normal: &[f32; 1 << BITS] = &NORMAL;
    for bytes in rgb.chunks_mut(PER_WORD) {
        let mut word = rng.next_u64();
        for byte in bytes {
            let draw = normal[(word & ((1 << BITS) - 1)) as usize];
            word >>= BITS;
            let noisy = f32::from(*byte) + deviations[usize::from(*byte)] * draw;
            *byte = nearest(noisy.clamp(0.0, 255.0)) as u8;
        }
    }
}

/// Standard deviation at an sRGB value, both of full scale.
fn deviation(srgb: f32, shot: f32, read: f32) -> f32 {
    let light = decode(srgb);
    // d sRGB / d light, the derivative of IEC 61966-2-1's curve.
    let slope = if light <= 0.003_130_8 { 12.92 } else { 1.055 / 2.4 * libm::powf(light, 1.0 / 2.4 - 1.0) };
    libm::sqrtf(shot * shot * light * slope * slope + read * read)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Mean and standard deviation of an even picture of `byte` after noise.
    fn measured(byte: u8, shot: f32, read: f32) -> (f64, f64) {
        let mut rgb = vec![byte; 200_000];
        add(&mut rgb, shot, read, &mut ChaCha8Rng::seed_from_u64(1));
        let mean = rgb.iter().map(|&value| f64::from(value)).sum::<f64>() / rgb.len() as f64;
        let variance = rgb.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / rgb.len() as f64;
        (mean, variance.sqrt())
    }

    #[test]
    fn the_table_is_standard_normal() {
        let moment = |power| NORMAL.iter().map(|&z| f64::from(z).powi(power)).sum::<f64>() / NORMAL.len() as f64;
        assert!(moment(1).abs() < 1e-6);
        assert!((moment(2) - 1.0).abs() < 1e-5);
        assert!((moment(4) - 3.0).abs() < 0.03, "{}", moment(4));
        assert!((normal_quantile(0.975) - 1.959_963_985).abs() < 1e-8);
    }

    #[test]
    fn read_noise_has_its_sigma_at_every_brightness() {
        for byte in [100, 128, 150] {
            for sigma in [2.0_f32, 10.0, 25.0] {
                let (mean, deviation) = measured(byte, 0.0, sigma / 255.0);
                assert!((mean - f64::from(byte)).abs() < 0.2, "{mean}");
                // Rounding to whole bytes adds 1/12 to the variance.
                let want = f64::from(sigma * sigma + 1.0 / 12.0).sqrt();
                assert!((deviation / want - 1.0).abs() < 0.01, "{byte} {sigma}: {deviation}");
            }
        }
    }

    #[test]
    fn shot_noise_grows_with_the_root_of_the_light() {
        // In linear light: the deviation at a byte, carried back through the curve's slope.
        for byte in [60_u8, 120, 200] {
            let light = decode(f32::from(byte) / 255.0);
            let step = decode((f32::from(byte) + 1.0) / 255.0) - decode((f32::from(byte) - 1.0) / 255.0);
            let (_, deviation) = measured(byte, 0.05, 0.0);
            let linear = deviation * f64::from(step) / 2.0;
            let want = 0.05 * f64::from(light).sqrt();
            assert!((linear / want - 1.0).abs() < 0.03, "{byte}: {linear} {want}");
        }
        let (black, _) = measured(0, 0.05, 0.0);
        assert!(black < 1e-9, "no light, no shot noise");
    }

    #[test]
    fn neighbours_and_channels_are_independent() {
        let mut rgb = vec![128; 300_000];
        add(&mut rgb, 0.0, 0.08, &mut ChaCha8Rng::seed_from_u64(2));
        for lag in [1, 2, 3, 4, 5, 6, 768] {
            let sum: f64 =
                rgb.iter().zip(&rgb[lag..]).map(|(&a, &b)| (f64::from(a) - 128.0) * (f64::from(b) - 128.0)).sum();
            let correlation = sum / rgb.len() as f64 / (0.08_f64 * 255.0).powi(2);
            assert!(correlation.abs() < 0.01, "lag {lag}: {correlation}");
        }
    }
}
