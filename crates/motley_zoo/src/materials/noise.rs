//! Noise on the unit square that repeats: every function takes the number of lattice cells across the tile, and
//! wraps there, so that whatever is painted from it tiles without a seam.

use bevy_math::{IVec2, UVec2, Vec2, ops};

/// A hashed lattice point: the finalizer of splitmix64 (Steele, Lea and Flood, OOPSLA 2014). 16 good bits at each quarter.
#[inline]
fn hash(x: u32, y: u32, seed: u32) -> u64 {
    let key = (u64::from(y) << 32 | u64::from(x)) ^ u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in 0–1 from one quarter of a hash.
#[inline]
fn quarter(hash: u64, index: u32) -> f32 {
    ((hash >> (16 * index)) & 0xffff) as i32 as f32 / 65536.0
}

/// Three numbers in 0–1 of a lattice point.
#[inline]
pub fn random(x: u32, y: u32, seed: u32) -> [f32; 3] {
    let hash = hash(x, y, seed);
    [quarter(hash, 0), quarter(hash, 1), quarter(hash, 2)]
}

/// Hermite step from 0 at `low` to 1 at `high`; falls where `low > high`.
pub fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// `a` at 0, `b` at 1.
pub fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Gradient noise (Perlin, "Improving Noise", SIGGRAPH 2002) with `period` cells across the unit square, about −1 to 1.
#[inline]
pub fn perlin(p: Vec2, period: UVec2, seed: u32) -> f32 {
    let q = p * period.as_vec2();
    let cell = IVec2::new(floor(q.x), floor(q.y));
    let f = q - cell.as_vec2();
    let fade = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    let (x0, y0) = (wrap(cell.x, period.x), wrap(cell.y, period.y));
    let (x1, y1) = (next(x0, period.x), next(y0, period.y));
    let corner = |x, y, offset: Vec2| {
        let [gx, gy, _] = random(x, y, seed);
        (Vec2::new(gx, gy) * 2.0 - 1.0).dot(f - offset)
    };
    let top = mix(corner(x0, y0, Vec2::ZERO), corner(x1, y0, Vec2::X), fade.x);
    let bottom = mix(corner(x0, y1, Vec2::Y), corner(x1, y1, Vec2::ONE), fade.x);
    // The mean square of these unnormalised gradients is 2/3; 1.7 brings the extremes near ±1.
    mix(top, bottom, fade.y) * 1.7
}

/// Fractal sum of [`perlin`]: each octave doubles the frequency and halves the amplitude; about −1 to 1.
pub fn fbm(p: Vec2, period: UVec2, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut amplitude, mut total) = (0.0, 1.0, 0.0);
    for octave in 0..octaves {
        sum += amplitude * perlin(p, period << octave, seed.wrapping_add(octave));
        total += amplitude;
        amplitude *= 0.5;
    }
    // Octaves rarely agree, so the sum of amplitudes would leave the result too flat.
    1.5 * sum / total
}

/// What [`worley`] finds around a point.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Distance to the nearest feature point, in cells.
    pub nearest: f32,
    /// Distance to the second nearest, in cells.
    pub second: f32,
    /// Three numbers in 0–1 that belong to the nearest feature point.
    pub random: [f32; 3],
}

/// Cellular noise (Worley, SIGGRAPH 1996): one feature point in each of `period` cells.
pub fn worley(p: Vec2, period: UVec2, seed: u32) -> Cell {
    let mut found = Cell { nearest: f32::MAX, second: f32::MAX, random: [0.0; 3] };
    neighbours(p, period, seed, |offset, random| {
        let distance = offset.length_squared();
        if distance < found.nearest {
            found = Cell { nearest: distance, second: found.nearest, random };
        } else if distance < found.second {
            found.second = distance;
        }
    });
    Cell { nearest: found.nearest.sqrt(), second: found.second.sqrt(), ..found }
}

/// A thing that [`scatter`] laid over a point.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The point in the item's own turned axes, in cells from its centre.
    pub local: Vec2,
    /// What the item's shape says there, greater on top.
    pub height: f32,
    /// Three numbers in 0–1 that belong to the item.
    pub random: [f32; 3],
}

/// Scatters one item into each of `period` cells, turned at random; returns the one on top at `p`, if any is there.
///
/// `shape(local, random)` gives the item's height at a point in its own axes, or `None` outside. An item may reach
/// one cell from its centre.
pub fn scatter(p: Vec2, period: UVec2, seed: u32, shape: impl Fn(Vec2, [f32; 3]) -> Option<f32>) -> Option<Item> {
    let mut top: Option<Item> = None;
    neighbours(p, period, seed, |offset, random| {
        if offset.length_squared() > 1.0 {
            return;
        }
        let (sin, cos) = ops::sin_cos(random[2] * std::f32::consts::TAU);
        let local = Vec2::new(cos * offset.x + sin * offset.y, cos * offset.y - sin * offset.x);
        if let Some(height) = shape(local, random)
            && top.is_none_or(|item| height > item.height)
        {
            top = Some(Item { local, height, random });
        }
    });
    top
}

/// Visits the feature points of the 3 × 3 cells around `p`: offset from the point to `p` in cells, and its random numbers.
#[inline]
fn neighbours(p: Vec2, period: UVec2, seed: u32, mut visit: impl FnMut(Vec2, [f32; 3])) {
    let q = p * period.as_vec2();
    let cell = IVec2::new(floor(q.x), floor(q.y));
    let f = q - cell.as_vec2();
    let mut y = wrap(cell.y - 1, period.y);
    for dy in [-1.0, 0.0, 1.0] {
        let mut x = wrap(cell.x - 1, period.x);
        for dx in [-1.0, 0.0, 1.0] {
            let place = hash(x, y, seed);
            let more = place.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let offset = Vec2::new(dx + quarter(place, 0), dy + quarter(place, 1));
            visit(f - offset, [quarter(place, 2), quarter(place, 3), quarter(more, 3)]);
            x = next(x, period.x);
        }
        y = next(y, period.y);
    }
}

/// The integer below; `f32::floor` is a library call on the baseline x86-64.
#[inline]
fn floor(x: f32) -> i32 {
    let whole = x as i32;
    if (whole as f32) > x { whole - 1 } else { whole }
}

/// A lattice coordinate, wrapped into the period.
#[inline]
fn wrap(x: i32, period: u32) -> u32 {
    // Nearly always inside: spare the division.
    if x >= 0 && (x as u32) < period { x as u32 } else { x.rem_euclid(period as i32) as u32 }
}

/// The lattice coordinate after a wrapped one.
#[inline]
fn next(x: u32, period: u32) -> u32 {
    if x + 1 == period { 0 } else { x + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_noise_repeats_after_the_unit_square() {
        let period = UVec2::new(5, 3);
        for i in 0..64 {
            let p = Vec2::new(i as f32 * 0.0137, i as f32 * 0.0291);
            for shift in [Vec2::X, Vec2::Y, Vec2::new(-1.0, 1.0)] {
                assert!((perlin(p, period, 1) - perlin(p + shift, period, 1)).abs() < 1e-4);
                assert!((fbm(p, period, 4, 2) - fbm(p + shift, period, 4, 2)).abs() < 1e-4);
                assert!((worley(p, period, 3).nearest - worley(p + shift, period, 3).nearest).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn fbm_fills_its_range_around_zero() {
        let samples: Vec<f32> =
            (0..4096).map(|i| fbm(Vec2::new((i % 64) as f32, (i / 64) as f32) / 64.0, UVec2::splat(4), 4, 9)).collect();
        let mean = samples.iter().sum::<f32>() / samples.len() as f32;
        let deviation = (samples.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / samples.len() as f32).sqrt();
        assert!(mean.abs() < 0.15, "{mean}");
        assert!((0.15..0.6).contains(&deviation), "{deviation}");
        assert!(samples.iter().all(|x| x.abs() < 1.6));
    }
}
