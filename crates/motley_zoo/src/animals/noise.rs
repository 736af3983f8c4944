//! Chance and value noise, both the same on every machine.

use bevy_math::{Vec3, ops};
use rand::Rng;

/// Draws from a random stream, by 24-bit fractions, so that no library's sampling can change an individual.
pub(super) struct Dice<'a>(pub(super) &'a mut dyn Rng);

impl Dice<'_> {
    /// Uniform in [0, 1).
    pub(super) fn unit(&mut self) -> f32 {
        // The 24 highest bits: exact in an f32.
        (self.0.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in [low, high).
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Uniform in a breed's range.
    pub(super) fn range(&mut self, range: (f32, f32)) -> f32 {
        self.between(range.0, range.1)
    }

    /// True with probability `p`.
    pub(super) fn chance(&mut self, p: f32) -> bool {
        self.unit() < p
    }

    /// Roughly normal with standard deviation `sigma`: the sum of four uniform draws (Irwin–Hall).
    pub(super) fn normal(&mut self, sigma: f32) -> f32 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit() - 2.0;
        sum * sigma * 1.732_050_8
    }

    /// One of a weighted list, `None` when the list is empty or weighs nothing.
    pub(super) fn choose<T: Copy>(&mut self, list: &[(T, f32)]) -> Option<T> {
        let total: f32 = list.iter().map(|entry| entry.1).sum();
        let mut left = self.unit() * total;
        if total <= 0.0 {
            return None;
        }
        for &(value, weight) in list {
            if left < weight {
                return Some(value);
            }
            left -= weight;
        }
        list.last().map(|entry| entry.0)
    }

    /// A colour near another one: brightness varies by `spread`, hue by a third of it.
    pub(super) fn tint(&mut self, color: Vec3, spread: f32) -> Vec3 {
        let all = self.normal(spread);
        let each = spread / 3.0;
        let factor = Vec3::new(
            ops::exp(all + self.normal(each)),
            ops::exp(all + self.normal(each)),
            ops::exp(all + self.normal(each)),
        );
        (color * factor).min(Vec3::splat(0.92))
    }
}

/// Hermite step from 0 at `a` to 1 at `b`; `a` may be the larger one.
pub(super) fn step(a: f32, b: f32, x: f32) -> f32 {
    let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn hash(x: i32, y: i32, z: i32) -> f32 {
    let mut n = (x as u32).wrapping_mul(374_761_393)
        ^ (y as u32).wrapping_mul(668_265_263)
        ^ (z as u32).wrapping_mul(1_274_126_177);
    n = (n ^ (n >> 13)).wrapping_mul(1_274_126_177);
    n = (n ^ (n >> 16)).wrapping_mul(2_246_822_519);
    ((n ^ (n >> 15)) & 0xffff) as f32 / 65_535.0
}

/// Value noise in 0–1 with features of about unit size.
pub(super) fn noise(p: Vec3) -> f32 {
    let cell = p.floor();
    let f = p - cell;
    let f = f * f * (Vec3::splat(3.0) - 2.0 * f);
    let (x, y, z) = (cell.x as i32, cell.y as i32, cell.z as i32);
    let along = |y: i32, z: i32| {
        let a = hash(x, y, z);
        a + (hash(x.wrapping_add(1), y, z) - a) * f.x
    };
    let (y1, z1) = (y.wrapping_add(1), z.wrapping_add(1));
    let near = along(y, z) + (along(y1, z) - along(y, z)) * f.y;
    let far = along(y, z1) + (along(y1, z1) - along(y, z1)) * f.y;
    near + (far - near) * f.z
}

/// Three octaves of [`noise`], 0–1, mean near one half.
pub(crate) fn fractal(p: Vec3) -> f32 {
    0.55 * noise(p)
        + 0.3 * noise(p * 2.1 + Vec3::new(7.0, 3.0, 1.0))
        + 0.15 * noise(p * 4.3 + Vec3::new(17.0, 13.0, 11.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_stays_within_its_range_and_varies() {
        let values: Vec<f32> =
            (0..1000).map(|i| fractal(Vec3::new(i as f32 * 0.37, i as f32 * -0.21, i as f32 * 0.11))).collect();
        assert!(values.iter().all(|v| (0.0..=1.0).contains(v)));
        let mean = values.iter().sum::<f32>() / 1000.0;
        assert!((mean - 0.5).abs() < 0.05, "mean {mean}");
        assert!(values.iter().any(|v| *v > 0.7) && values.iter().any(|v| *v < 0.3));
    }

    #[test]
    fn steps_run_both_ways() {
        assert_eq!(step(0.0, 1.0, 2.0), 1.0);
        assert_eq!(step(1.0, 0.0, 2.0), 0.0);
        assert!((step(0.0, 1.0, 0.5) - 0.5).abs() < 1e-6);
    }
}
