//! Figures that repeat on the unit square: which colour of a palette lies where.

use bevy_math::{UVec2, Vec2, ops};

use super::noise::{random, scatter};

/// A figure. It returns an index into a palette; 0 is the ground.
pub(super) enum Motif {
    Plain,
    /// Stripes along y: colour and width of each, in any unit, and how often they all repeat.
    Stripes(&'static [(usize, f32)], u32),
    /// Squares of two colours, so many along an edge (even).
    Checks(u32),
    /// Gingham: so many bands each way; colour 1 where they cross, colour 2 where one runs.
    Gingham(u32),
    /// Round spots in rows that are offset, so many along an edge (even), of this radius in cells.
    Dots(u32, f32),
    /// Rows of diamonds between bands.
    Diamonds(u32, u32),
    /// Zigzag bands, so many across and along.
    Zigzag(u32, u32),
    /// A ground of small flowers: so many along an edge.
    Flowers(u32),
    /// A carpet of the oriental kind: a medallion in a field of flowers, within a border.
    Medallion,
    /// Mirrored leaves, as on wallpaper: so many along an edge.
    Damask(u32),
    /// Paw prints scattered, so many along an edge.
    Paws(u32),
}

impl Motif {
    /// The colour at a point of the unit square.
    pub(super) fn color(&self, p: Vec2, seed: u32) -> usize {
        let cell = |n: u32| {
            let q = p * n as f32;
            let cell = q.floor();
            (cell.as_ivec2(), q - cell - 0.5)
        };
        match *self {
            Self::Plain => 0,
            Self::Stripes(bands, repeats) => {
                let total: f32 = bands.iter().map(|band| band.1).sum();
                let mut x = ops::rem_euclid(p.x * repeats as f32, 1.0) * total;
                for (color, width) in bands {
                    if x < *width {
                        return *color;
                    }
                    x -= width;
                }
                bands.last().map_or(0, |band| band.0)
            }
            Self::Checks(n) => {
                let (c, _) = cell(n);
                (c.x + c.y).rem_euclid(2) as usize
            }
            Self::Gingham(n) => {
                let band = |x: f32| ops::rem_euclid(x * n as f32, 1.0) < 0.5;
                match (band(p.x), band(p.y)) {
                    (true, true) => 1,
                    (false, false) => 0,
                    _ => 2,
                }
            }
            Self::Dots(n, radius) => {
                let (c, _) = cell(n);
                let shift = if c.y % 2 == 0 { 0.0 } else { 0.5 };
                let f =
                    Vec2::new(ops::rem_euclid(p.x * n as f32 + shift, 1.0), ops::rem_euclid(p.y * n as f32, 1.0)) - 0.5;
                usize::from(f.length() < radius)
            }
            Self::Diamonds(x, y) => {
                let d = (ops::rem_euclid(p.x * x as f32, 1.0) - 0.5).abs()
                    + (ops::rem_euclid(p.y * y as f32, 1.0) - 0.5).abs() * x as f32 / y as f32;
                let stripe = ops::rem_euclid(p.y * 2.0 * y as f32, 1.0);
                if d < 0.2 {
                    1
                } else if d < 0.42 {
                    2
                } else if (0.12..=0.88).contains(&stripe) {
                    0
                } else {
                    3
                }
            }
            Self::Zigzag(across, along) => {
                let tooth = (ops::rem_euclid(p.x * across as f32, 1.0) - 0.5).abs() * 2.0;
                let y = ops::rem_euclid(p.y * along as f32 + 0.5 * tooth, 1.0);
                (y * 4.0) as usize
            }
            Self::Flowers(n) => flowers(p, n, seed),
            Self::Medallion => {
                let q = (p - 0.5).abs();
                let rim = q.max_element();
                if rim > 0.47 {
                    return 2;
                }
                if rim > 0.36 {
                    // The border: a row of rosettes between lines.
                    let along = if q.x > q.y { p.y } else { p.x };
                    let f = Vec2::new(ops::rem_euclid(along * 12.0, 1.0) - 0.5, (rim - 0.415) * 12.0);
                    return match f.length() {
                        r if r < 0.16 => 1,
                        r if r < 0.36 => 3,
                        _ if !(0.375..=0.455).contains(&rim) => 1,
                        _ => 2,
                    };
                }
                let d = p - 0.5;
                let angle = ops::atan2(d.y, d.x);
                let lobes = d.length() * (1.0 + 0.13 * ops::cos(8.0 * angle)) + 0.1 * (d.y.abs() - d.x.abs());
                match lobes {
                    r if r < 0.05 => 1,
                    r if r < 0.1 => 2,
                    r if r < 0.115 => 1,
                    r if r < 0.19 => 3,
                    r if r < 0.205 => 1,
                    // Corners answer the medallion.
                    _ if (q - 0.36).length() < 0.17 => 2,
                    _ => match flowers(p, 9, seed) {
                        0 => 0,
                        flower => flower,
                    },
                }
            }
            Self::Damask(n) => {
                let q = p * n as f32;
                let row = q.y.floor();
                let x = ops::rem_euclid(q.x + if row as i32 % 2 == 0 { 0.0 } else { 0.5 }, 1.0) - 0.5;
                let (x, y) = (x.abs(), q.y - row);
                // A bulb with leaves that curl away on both sides.
                let bulb = (Vec2::new(x * 3.4, (y - 0.55) * 1.9)).length() < 0.62;
                let core = (Vec2::new(x * 6.0, (y - 0.5) * 2.6)).length() < 0.5;
                let leaf = (x - 0.13 - 0.2 * ops::sin(y * 5.2)).abs() < 0.045 * (1.4 - y);
                usize::from((bulb && !core) || leaf)
            }
            Self::Paws(n) => {
                let paw = |local: Vec2, _: [f32; 3]| {
                    let pad = (Vec2::new(local.x + 0.08, local.y) / Vec2::new(0.2, 0.24)).length() < 1.0;
                    let toe = [(0.14, -0.27), (0.27, -0.1), (0.27, 0.1), (0.14, 0.27)]
                        .iter()
                        .any(|(x, y)| (Vec2::new(local.x - x, local.y - y) / Vec2::new(0.1, 0.075)).length() < 1.0);
                    (pad || toe).then_some(1.0)
                };
                usize::from(scatter(p, UVec2::splat(n), seed, paw).is_some())
            }
        }
    }
}

/// Blossoms of colours 1 and 3 with hearts and leaves of colour 2.
fn flowers(p: Vec2, n: u32, seed: u32) -> usize {
    let flower = |local: Vec2, random: [f32; 3]| {
        let size = 0.34 + 0.2 * random[0];
        let petals = size * (0.72 + 0.28 * ops::cos(5.0 * ops::atan2(local.y, local.x)));
        let leaf = (Vec2::new(local.x.abs() - 0.5, local.y * 2.6)).length() < 0.2;
        match local.length() {
            r if r < 0.3 * size => Some(3.0),
            r if r < petals => Some(2.0),
            _ => leaf.then_some(1.0),
        }
    };
    match scatter(p, UVec2::splat(n), seed, flower) {
        Some(item) if item.height > 2.5 || item.height < 1.5 => 2,
        Some(item) => {
            let [which, ..] = random((item.random[1] * 4096.0) as u32, 0, seed);
            if which < 0.6 { 1 } else { 3 }
        }
        None => 0,
    }
}
