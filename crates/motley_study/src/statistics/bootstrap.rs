//! The bootstrap over repeats and pictures.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Draws of the bootstrap.
pub const RESAMPLES: usize = 2000;

/// Bounds at 95 % of the mean of `rows`, `[repeats][pictures]`: repeats and pictures are drawn with replacement, each picture for all
/// repeats alike, and the 2.5th and 97.5th of a hundred means are taken (Efron 1979, Davison & Hinkley 1997, section 3.8).
///
/// Repeats are few, so what they say of their own spread is rough: of three, the bounds hardly leave the range of what was seen.
pub(super) fn interval<T>(rows: &[Vec<T>], value: impl Fn(&T) -> f64) -> [f64; 2] {
    let values: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(&value).collect()).collect();
    let (repeats, pictures) = (values.len(), values.first().map_or(0, Vec::len));
    if repeats == 0 || pictures == 0 {
        return [0.0, 0.0];
    }
    // The same seed for all: what is equal gets equal bounds.
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut drawn = vec![0.0; pictures];
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            drawn.fill(0.0);
            for _ in 0..repeats {
                let row = &values[rng.random_range(0..repeats)];
                drawn.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
            let sum: f64 = (0..pictures).map(|_| drawn[rng.random_range(0..pictures)]).sum();
            sum / (repeats * pictures) as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((share * RESAMPLES as f64) as usize).min(RESAMPLES - 1)];
    [at(0.025), at(0.975)]
}
