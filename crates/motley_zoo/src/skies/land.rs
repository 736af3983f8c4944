//! Landscapes on the horizon, in layers from near to far that haze covers.

use std::f32::consts::TAU;

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::{SunHint, outdoor::Look};
use crate::materials::noise::{fbm, mix, random, smoothstep};

/// What stands on the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Land {
    Trees,
    Forest,
    Hills,
    Fields,
    Mountains,
    Village,
    City,
    Sea,
    Dunes,
    Snow,
}

/// One layer: how high it reaches here (in units of the skyline), what colour it has, how much haze is before it.
struct Layer {
    top: f32,
    color: Vec3,
    glow: f32,
    haze: f32,
}

/// A point of the horizon.
struct Spot {
    /// Turns, 0–1.
    around: f32,
    /// Height over the horizon in units of the skyline.
    up: f32,
    seed: u32,
    dark: bool,
}

/// Radiance of the landscape along a unit vector; `None` above it.
pub(super) fn radiance(look: &Look, sun: Option<&SunHint>, direction: Vec3) -> Option<Vec3> {
    let around = ops::atan2(direction.x, direction.z) / TAU + 0.5;
    let air = look.horizon;
    // Light on what stands upright: a half of it from the sky, the rest from the sun where that shines on it.
    let facing = sun.map_or(0.5, |sun| {
        0.5 - 0.5 * Vec2::new(sun.direction.x, sun.direction.z).dot(Vec2::new(direction.x, direction.z))
    });
    let light = (0.55 + 0.9 * facing) * look.land_light;
    if direction.y < 0.0 {
        // Farther ground is seen through more air.
        let haze = ops::exp(direction.y * 18.0) * 0.45;
        let patch = 1.0 + 0.25 * fbm(Vec2::new(around, 0.02 / (0.02 - direction.y)), UVec2::new(24, 6), 3, look.seed);
        let ground = if look.land == Land::Sea { Vec3::new(0.05, 0.13, 0.17) } else { look.ground };
        return Some((ground * patch).lerp(air, haze));
    }
    let spot = Spot { around, up: direction.y / look.skyline, seed: look.seed, dark: look.is_dark() };
    let layers: [fn(&Spot) -> Layer; 3] = match look.land {
        Land::Trees => [bushes, trees, hills_far],
        Land::Forest => [conifers, trees, conifers_far],
        Land::Hills => [hills_near, hills, hills_far],
        Land::Fields => [hedges, hills_near, hills],
        Land::Mountains => [conifers_low, hills, peaks],
        Land::Village => [bushes, houses, hills],
        Land::City => [trees_low, blocks, blocks_far],
        Land::Sea => [sea, headland, headland],
        Land::Dunes => [dunes, dunes_far, dunes_far],
        Land::Snow => [snow_near, conifers_low, snow_far],
    };
    layers
        .iter()
        .map(|layer| layer(&spot))
        .find(|layer| spot.up < layer.top)
        .map(|layer| (layer.color * light).lerp(air, layer.haze) + layer.color * layer.glow)
}

impl Spot {
    /// Noise along the horizon, about −1 to 1.
    fn along(&self, cells: u32, octaves: u32, salt: u32) -> f32 {
        fbm(Vec2::new(self.around, 0.5), UVec2::new(cells, 1), octaves, self.seed + salt)
    }

    /// Noise over the horizon.
    fn grain(&self, cells: u32, salt: u32) -> f32 {
        fbm(Vec2::new(self.around, self.up * 0.02), UVec2::new(cells, cells / 2), 3, self.seed + salt)
    }

    /// The column of `cells` that this is in, and the place within it, −0.5 to 0.5.
    fn column(&self, cells: u32) -> (u32, f32) {
        let x = self.around * cells as f32;
        (x as u32 % cells, x - x.floor() - 0.5)
    }
}

/// A row of round crowns.
fn crowns(spot: &Spot, cells: u32, low: f32, high: f32, salt: u32) -> (f32, f32) {
    let mut best = (0.0f32, 0.0);
    for shift in [0.0, 0.5] {
        let moved = Spot { around: ops::rem_euclid(spot.around + shift / cells as f32, 1.0), ..*spot };
        let (tree, x) = moved.column(cells);
        let [tall, lean, tone] = random(tree, salt + (shift * 2.0) as u32, spot.seed);
        let x = x + 0.2 * (lean - 0.5);
        let round = (1.0 - (x / 0.52).powi(2)).max(0.0).sqrt();
        let top = (low + (high - low) * tall) * round;
        if top > best.0 {
            best = (top, tone);
        }
    }
    (best.0 * (1.0 + 0.08 * spot.along(cells * 6, 2, salt)), best.1)
}

fn leafy(spot: &Spot, tone: f32, top: f32) -> Vec3 {
    let leaf = spot.grain(360, 60);
    Vec3::new(0.055 + 0.04 * tone, 0.095, 0.03)
        * (0.6 + 0.5 * leaf + 0.8 * (spot.up / top.max(0.1)) + 0.5 * tone).max(0.2)
}

fn bushes(spot: &Spot) -> Layer {
    let (top, tone) = crowns(spot, 150, 0.15, 0.4, 11);
    Layer { top, color: leafy(spot, tone, top), glow: 0.0, haze: 0.08 }
}

fn trees(spot: &Spot) -> Layer {
    let (top, tone) = crowns(spot, 64, 0.55, 1.25, 13);
    let gap = smoothstep(-0.5, -0.2, spot.along(11, 2, 14));
    let top = top * mix(0.5, 1.0, gap);
    Layer { top, color: leafy(spot, tone, top), glow: 0.0, haze: 0.15 }
}

fn trees_low(spot: &Spot) -> Layer {
    let (top, tone) = crowns(spot, 90, 0.05, 0.3, 15);
    Layer {
        top: top * smoothstep(-0.2, 0.1, spot.along(14, 2, 16)),
        color: leafy(spot, tone, top),
        glow: 0.0,
        haze: 0.08,
    }
}

fn spires(spot: &Spot, cells: u32, high: f32, salt: u32) -> Layer {
    let (tree, x) = spot.column(cells);
    let [tall, lean, tone] = random(tree, salt, spot.seed);
    let top = high * (0.6 + 0.4 * tall) * (1.0 - 1.7 * (x + 0.2 * (lean - 0.5)).abs()).max(0.25);
    let needles = spot.grain(420, 61);
    let color = Vec3::new(0.03, 0.06, 0.035) * (0.7 + 0.5 * needles + 0.5 * tone).max(0.2);
    Layer { top, color, glow: 0.0, haze: 0.12 }
}

fn conifers(spot: &Spot) -> Layer {
    spires(spot, 110, 0.9, 21)
}

fn conifers_low(spot: &Spot) -> Layer {
    let layer = spires(spot, 170, 0.5, 22);
    Layer { top: layer.top * smoothstep(-0.35, 0.2, spot.along(9, 2, 23)), ..layer }
}

fn conifers_far(spot: &Spot) -> Layer {
    Layer { haze: 0.4, ..spires(spot, 190, 1.5, 24) }
}

fn rolling(spot: &Spot, cells: u32, low: f32, high: f32, salt: u32, color: Vec3, haze: f32) -> Layer {
    let top = mix(low, high, (0.5 + 0.6 * spot.along(cells, 3, salt)).clamp(0.0, 1.0));
    let patch = spot.grain(40, salt + 1);
    Layer { top, color: color * (1.0 + 0.35 * patch), glow: 0.0, haze }
}

fn hills_near(spot: &Spot) -> Layer {
    rolling(spot, 7, 0.1, 0.55, 31, Vec3::new(0.13, 0.17, 0.06), 0.12)
}

fn hills(spot: &Spot) -> Layer {
    rolling(spot, 6, 0.4, 0.95, 33, Vec3::new(0.09, 0.13, 0.08), 0.38)
}

fn hills_far(spot: &Spot) -> Layer {
    rolling(spot, 5, 0.6, 1.35, 35, Vec3::new(0.09, 0.12, 0.14), 0.62)
}

fn hedges(spot: &Spot) -> Layer {
    let (tree, tone) = crowns(spot, 40, 0.0, 0.8, 37);
    let [here, ..] = random(spot.column(40).0, 38, spot.seed);
    let hedge = 0.14 + 0.03 * spot.along(240, 2, 39);
    let top = if here > 0.8 { tree.max(hedge) } else { hedge };
    Layer { top, color: leafy(spot, tone, top.max(0.2)), glow: 0.0, haze: 0.08 }
}

fn peaks(spot: &Spot) -> Layer {
    let ridge = 1.0 - spot.along(9, 5, 41).abs() * 1.3;
    let top = 0.4 + 0.75 * ridge.max(0.0);
    let face = spot.grain(90, 42);
    let snow = smoothstep(0.72, 0.92, spot.up + 0.22 * face);
    let rock = Vec3::new(0.16, 0.17, 0.2) * (1.0 + 0.7 * face);
    Layer { top, color: rock.lerp(Vec3::splat(0.75), snow), glow: 0.0, haze: 0.4 }
}

/// Houses with roofs and windows among trees.
fn houses(spot: &Spot) -> Layer {
    let (house, x) = spot.column(34);
    let [is_house, tall, paint] = random(house, 51, spot.seed);
    if is_house > 0.62 {
        return trees(spot);
    }
    let wall = 0.4 + 0.25 * tall;
    let half = 0.36 + 0.1 * paint;
    if x.abs() > half {
        return Layer { top: 0.0, color: Vec3::ZERO, glow: 0.0, haze: 0.0 };
    }
    let roof = wall + 0.35 * if tall > 0.5 { 1.0 - x.abs() / half } else { smoothstep(half, half - 0.12, x.abs()) };
    if spot.up > wall {
        let tile = [Vec3::new(0.28, 0.1, 0.06), Vec3::new(0.12, 0.12, 0.14), Vec3::new(0.2, 0.12, 0.09)]
            [(paint * 2.99) as usize];
        return Layer { top: roof, color: tile * (0.9 + 0.3 * spot.grain(300, 52)), glow: 0.0, haze: 0.12 };
    }
    let (u, v) = (ops::rem_euclid(x * 7.0 + 0.5, 1.0), ops::rem_euclid(spot.up / wall * 2.0, 1.0));
    let window = (0.28..0.72).contains(&u) && (0.3..0.75).contains(&v);
    let [lit, ..] = random((x * 7.0 + 20.5) as u32, (spot.up / wall * 2.0) as u32 + house * 8, spot.seed);
    if window {
        let glow = if spot.dark && lit > 0.5 { 0.9 } else { 0.0 };
        let color = if glow > 0.0 { Vec3::new(1.0, 0.7, 0.35) } else { Vec3::new(0.06, 0.08, 0.1) };
        return Layer { top: roof, color, glow, haze: 0.08 };
    }
    let walls = [
        Vec3::new(0.62, 0.58, 0.5),
        Vec3::new(0.35, 0.17, 0.12),
        Vec3::new(0.55, 0.47, 0.33),
        Vec3::new(0.68, 0.67, 0.64),
    ];
    Layer { top: roof, color: walls[(tall * 3.99) as usize], glow: 0.0, haze: 0.12 }
}

fn tower(spot: &Spot, cells: u32, low: f32, high: f32, salt: u32, haze: f32) -> Layer {
    let (block, x) = spot.column(cells);
    let [tall, paint, gap] = random(block, salt, spot.seed);
    let top = (low + (high - low) * tall * tall) * if gap > 0.9 { 0.4 } else { 1.0 };
    let floors = 26.0 / cells as f32 * 3.0;
    let (fu, fv) = (x * 6.0 + 20.5, spot.up * 6.0 + 40.0 * floors);
    let (u, v) = (ops::rem_euclid(fu, 1.0), ops::rem_euclid(fv * 2.0, 1.0));
    let window = (0.22..0.78).contains(&u) && (0.3..0.8).contains(&v) && x.abs() < 0.42;
    let [lit, ..] = random(fu as u32 + block * 32, (fv * 2.0) as u32, spot.seed + salt);
    if window {
        let glow = if spot.dark && lit > 0.55 { 0.5 + 0.6 * lit } else { 0.0 };
        let color = if glow > 0.0 { Vec3::new(1.0, 0.76, 0.45) } else { Vec3::new(0.12, 0.15, 0.2) };
        return Layer { top, color, glow, haze };
    }
    let walls = [
        Vec3::new(0.45, 0.43, 0.4),
        Vec3::new(0.33, 0.2, 0.15),
        Vec3::new(0.5, 0.46, 0.38),
        Vec3::new(0.25, 0.27, 0.3),
    ];
    Layer { top, color: walls[(paint * 3.99) as usize], glow: 0.0, haze }
}

fn blocks(spot: &Spot) -> Layer {
    tower(spot, 38, 0.35, 1.0, 61, 0.12)
}

fn blocks_far(spot: &Spot) -> Layer {
    tower(spot, 61, 0.4, 1.3, 63, 0.5)
}

fn sea(_: &Spot) -> Layer {
    Layer { top: 0.02, color: Vec3::new(0.05, 0.12, 0.16), glow: 0.0, haze: 0.35 }
}

fn headland(spot: &Spot) -> Layer {
    let top = 0.55 * smoothstep(0.1, 0.7, spot.along(4, 3, 71));
    Layer { top, color: Vec3::new(0.1, 0.13, 0.09), glow: 0.0, haze: 0.4 }
}

fn dunes(spot: &Spot) -> Layer {
    let layer = rolling(spot, 6, 0.1, 0.7, 81, Vec3::new(0.55, 0.38, 0.22), 0.08);
    let lee = smoothstep(0.0, 0.3, layer.top - spot.up);
    Layer { color: layer.color * mix(1.15, 0.75, lee), ..layer }
}

fn dunes_far(spot: &Spot) -> Layer {
    rolling(spot, 8, 0.3, 1.1, 83, Vec3::new(0.5, 0.36, 0.24), 0.4)
}

fn snow_near(spot: &Spot) -> Layer {
    rolling(spot, 7, 0.05, 0.3, 91, Vec3::new(0.75, 0.8, 0.88), 0.05)
}

fn snow_far(spot: &Spot) -> Layer {
    let layer = rolling(spot, 6, 0.5, 1.2, 93, Vec3::new(0.6, 0.66, 0.76), 0.35);
    let forest = smoothstep(0.1, 0.4, spot.grain(30, 94));
    Layer { color: layer.color.lerp(Vec3::new(0.06, 0.09, 0.08), 0.7 * forest), ..layer }
}
