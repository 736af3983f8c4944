//! Shot noise and read noise, with their grain and colour.

use std::sync::LazyLock;

use rand::Rng;

use crate::{
    LensSensor, filter,
    light::{decode, nearest},
    raster::Raster,
};

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

/// How much farther colour is smoothed than brightness: what is left of it in photographs is in larger patches.
const COLOUR_GRAIN: f32 = 3.0;

/// Zero-mean Gaussian noise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    /// Standard deviation of white in linear light, of full scale (1 over the root of the electrons that a pixel holds); it falls with
    /// the root of the light. It is carried into sRGB to first order, so that one draw serves both kinds.
    pub shot: f32,
    /// Standard deviation in sRGB, of full scale, the same at every brightness.
    pub read: f32,
    /// Standard deviation in pixels of what smooths it; 0: every pixel by itself.
    pub grain_px: f32,
    /// Share of its variance by which channels differ; 2/3 without a grain: every byte by itself.
    pub colour: f32,
}

impl Noise {
    /// Adds it to a picture. Every byte's noise has the same standard deviation, whatever grain and colour are.
    pub(crate) fn add(&self, rgb: &mut [u8], width: usize, height: usize, rng: &mut impl Rng) {
        let deviations: [f32; 256] =
            std::array::from_fn(|byte| 255.0 * deviation(byte as f32 / 255.0, self.shot, self.read));
        let add = |bytes: &mut [u8], draws: &[f32]| {
            for (byte, draw) in bytes.iter_mut().zip(draws) {
                let noisy = f32::from(*byte) + deviations[usize::from(*byte)] * draw;
                *byte = nearest(noisy.clamp(0.0, 255.0)) as u8;
            }
        };
        if self.grain_px == 0.0 && self.colour == LensSensor::NEUTRAL.noise_colour {
            for bytes in rgb.chunks_mut(PER_WORD) {
                add(bytes, &draws(rng));
            }
            return;
        }
        // Brightness is what the channels share, colour what is left when their mean is taken out of three draws.
        let grey = smoothed::<1>(width, height, self.grain_px, rng);
        let tint = smoothed::<3>(width, height, COLOUR_GRAIN * self.grain_px, rng);
        let (of_grey, of_tint) = (libm::sqrtf(1.0 - self.colour), libm::sqrtf(1.5 * self.colour));
        let pixels = rgb.as_chunks_mut::<3>().0.iter_mut().zip(&grey.data).zip(tint.data.as_chunks::<3>().0);
        for ((pixel, grey), tint) in pixels {
            let mean = (tint[0] + tint[1] + tint[2]) / 3.0;
            add(pixel, &tint.map(|tint| of_grey * grey + of_tint * (tint - mean)));
        }
    }
}

/// Standard normal draws from one word.
fn draws(rng: &mut impl Rng) -> [f32; PER_WORD] {
    let word = rng.next_u64();
    std::array::from_fn(|i| NORMAL[(word >> (i as u32 * BITS)) as usize & ((1 << BITS) - 1)])
}

/// Normal noise of variance 1, smoothed.
fn smoothed<const C: usize>(width: usize, height: usize, sigma_px: f32, rng: &mut impl Rng) -> Raster<C> {
    // Drawn wider than it is wanted: at a border the smoothing would see the same draws again and again.
    let kernel = if sigma_px > 0.0 { filter::gaussian_kernel(sigma_px) } else { vec![1.0] };
    let reach = kernel.len() / 2;
    let mut field = Raster::<C>::new(width + 2 * reach, height + 2 * reach);
    field.data.chunks_mut(PER_WORD).for_each(|values| {
        let count = values.len();
        values.copy_from_slice(&draws(rng)[..count]);
    });
    // A weighted sum of independent draws has the sum of the weights' squares as its variance, along rows and along columns.
    let scale = 1.0 / kernel.iter().map(|weight| weight * weight).sum::<f32>();
    let field = filter::gaussian(&field, sigma_px);
    let mut middle = Raster::<C>::empty(width, height);
    for y in reach..reach + height {
        middle.data.extend(field.row(y)[reach * C..(reach + width) * C].iter().map(|value| value * scale));
    }
    middle
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

    fn white(shot: f32, read: f32) -> Noise {
        Noise { shot, read, grain_px: 0.0, colour: LensSensor::NEUTRAL.noise_colour }
    }

    /// Mean and standard deviation of an even picture of `byte` after noise.
    fn measured(byte: u8, shot: f32, read: f32) -> (f64, f64) {
        let mut rgb = vec![byte; 3 * 256 * 256];
        white(shot, read).add(&mut rgb, 256, 256, &mut ChaCha8Rng::seed_from_u64(1));
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
        let mut rgb = vec![128; 3 * 320 * 320];
        white(0.0, 0.08).add(&mut rgb, 320, 320, &mut ChaCha8Rng::seed_from_u64(2));
        for lag in [1, 2, 3, 4, 5, 6, 768] {
            let sum: f64 =
                rgb.iter().zip(&rgb[lag..]).map(|(&a, &b)| (f64::from(a) - 128.0) * (f64::from(b) - 128.0)).sum();
            let correlation = sum / rgb.len() as f64 / (0.08_f64 * 255.0).powi(2);
            assert!(correlation.abs() < 0.01, "lag {lag}: {correlation}");
        }
    }

    #[test]
    fn grain_and_colour_keep_the_deviation_and_make_neighbours_alike() {
        let side = 512;
        for (grain_px, colour) in [(0.0, 0.0), (0.0, 0.1), (1.0, 2.0 / 3.0), (1.5, 0.1), (2.0, 0.3)] {
            let mut rgb = vec![128; 3 * side * side];
            let noise = Noise { grain_px, colour, ..white(0.0, 0.08) };
            noise.add(&mut rgb, side, side, &mut ChaCha8Rng::seed_from_u64(3));
            let values: Vec<f64> = rgb.iter().map(|&byte| (f64::from(byte) - 128.0) / (0.08 * 255.0)).collect();
            let mean_of = |product: &dyn Fn(usize) -> f64, step: usize| {
                let places = (0..values.len() - 3).step_by(step);
                let count = places.len() as f64;
                places.map(product).sum::<f64>() / count
            };
            let variance = mean_of(&|i| values[i] * values[i], 1);
            // Smooth fields have few independent parts.
            assert!((variance - 1.0).abs() < 0.08, "{grain_px} {colour}: {variance}");
            // Red against green of the same pixel: all in common but the colour, of which two of three draws are opposed.
            let channels = mean_of(&|i| values[i] * values[i + 1], 3) / variance;
            let want = 1.0 - 1.5 * f64::from(colour);
            assert!((channels - want).abs() < 0.06, "{grain_px} {colour}: {channels} {want}");
            // Green against its right neighbour: exp(−1 / 4σ²) of brightness and of colour.
            let alike = |sigma: f64| if sigma > 0.0 { (-1.0 / (4.0 * sigma * sigma)).exp() } else { 0.0 };
            let neighbours = mean_of(&|i| values[i] * values[i + 3], 3) / variance;
            let (grain, share) = (f64::from(grain_px), f64::from(colour));
            let want = (1.0 - share) * alike(grain) + share * alike(3.0 * grain);
            assert!((neighbours - want).abs() < 0.06, "{grain_px} {colour}: {neighbours} {want}");
        }
    }
}
