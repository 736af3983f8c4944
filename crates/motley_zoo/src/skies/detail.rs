//! Figures on the surfaces of a place: windows, doors, leaves, pickets, folds, lanes.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use crate::materials::noise::{fbm, mix, random, smoothstep};

/// A point of a surface.
pub(super) struct Seen {
    pub(super) point: Vec3,
    pub(super) normal: Vec3,
    /// Along the face, metres.
    pub(super) uv: Vec2,
    /// The same from the middle of the face.
    pub(super) local: Vec2,
    /// Extent of the face, metres.
    pub(super) size: Vec2,
    /// Is it a wall rather than a floor or roof?
    pub(super) upright: bool,
    /// Number of its noise.
    pub(super) seed: u32,
}

/// What is on a surface besides its material.
#[derive(Clone, Debug, Default)]
pub(super) enum Detail {
    #[default]
    None,
    /// Light and dark patches: strength, and how many a metre.
    Mottled(f32, f32),
    /// Windows in columns and floors: share of each cell that is glass, frame, glass, share that is lit; with a door.
    Windows { grid: [u32; 2], share: [f32; 2], frame: Vec3, glass: Vec3, lit: f32, door: Option<Vec3> },
    /// The bright outside behind a frame with so many bars.
    Outlook([u32; 2], Vec3),
    /// Vertical slats with gaps: period and width in metres, and height of their points.
    Pickets(f32, f32, f32),
    /// Round bars: period and width in metres, with rails of this period.
    Bars(f32, f32, f32),
    /// Wires on the diagonals: period and width in metres.
    Netting(f32, f32),
    /// Foliage: leaves a metre; ragged at its rim.
    Leaves(f32),
    /// Doors of a cupboard, or drawers: columns, rows, and the colour of handles.
    Doors([u32; 2], Vec3),
    /// Spines of books in so many rows.
    Books(u32),
    /// A picture within a frame of this colour.
    Painting(Vec3),
    /// Folds of cloth, so many a metre.
    Folds(f32),
    /// A street along z: half the width of the road, and of road and pavement; colours of pavement and what is beyond.
    Street { road: f32, pavement: f32, flags: Vec3, verge: Vec3 },
    /// A path along z: half its width, how far it winds, its colour.
    Path(f32, f32, Vec3),
    /// Bays on a ground: width in metres.
    Bays(f32),
    /// A car's flank: where the windows begin, in metres above the ground.
    Car(f32),
    /// Shop windows on the ground floor below this height, with awnings of a colour; windows above in columns and floors.
    Shop { sill: f32, awning: Vec3, grid: [u32; 2], frame: Vec3 },
}

/// Fractal noise on a plane, `rate` cells a metre, about −1 to 1.
fn rough(p: Vec2, rate: f32, octaves: u32, seed: u32) -> f32 {
    const SPAN: f32 = 128.0;
    fbm(p / SPAN, UVec2::splat(((SPAN * rate) as u32).max(1)), octaves, seed)
}

/// Noise of a point in space, from two planes.
fn rough3(p: Vec3, rate: f32, seed: u32) -> f32 {
    0.5 * (rough(Vec2::new(p.x + 0.31 * p.z, p.y), rate, 2, seed)
        + rough(Vec2::new(p.z - 0.27 * p.x, p.y + 3.1), rate, 2, seed + 7))
}

fn wave(x: f32, period: f32) -> f32 {
    ops::rem_euclid(x, period)
}

impl Detail {
    /// Is there nothing here?
    pub(super) fn is_hole(&self, seen: &Seen, along: Vec3) -> bool {
        let up = seen.local.y + seen.size.y / 2.0;
        match self {
            Self::Pickets(period, width, point) => {
                let x = wave(seen.uv.x, *period) - width / 2.0;
                let rail = seen.upright && ((up - 0.25).abs() < 0.04 || (up - 0.75 * seen.size.y).abs() < 0.04);
                (x.abs() > width / 2.0 && !rail) || up > seen.size.y - point * (x.abs() * 2.0 / width).min(1.0)
            }
            Self::Bars(period, width, rails) => {
                wave(seen.uv.x, *period) > *width && wave(seen.uv.y, *rails) > *width * 1.4 && seen.size.y - up > 0.03
            }
            Self::Netting(period, width) => {
                let (a, b) = (seen.uv.x + seen.uv.y, seen.uv.x - seen.uv.y);
                let post = wave(seen.uv.x, 2.5) < 0.06 || seen.size.y - up < 0.03;
                !post && wave(a, *period) > *width && wave(b, *period) > *width
            }
            Self::Leaves(rate) => {
                // Balls fray where they are seen edge on, hedges along their top.
                let facing = seen.normal.dot(along).abs();
                let ragged = rough3(seen.point, *rate * 0.35, seen.seed);
                let flat = seen.normal.abs().max_element() > 0.999;
                if flat {
                    seen.size.y - up < 0.06 + 0.16 * (0.5 + ragged) && seen.upright
                } else {
                    facing < 0.42 + 0.5 * ragged
                }
            }
            _ => false,
        }
    }

    /// How the surface leans beyond its normal.
    pub(super) fn bump(&self, seen: &Seen) -> Vec3 {
        match self {
            Self::Folds(rate) => {
                let x = seen.uv.x * rate * std::f32::consts::TAU
                    + 1.5 * rough(seen.uv * Vec2::new(1.0, 0.2), 2.0, 2, seen.seed);
                let side = Vec3::Y.cross(seen.normal);
                side * (0.8 * ops::sin(x))
            }
            Self::Leaves(rate) => {
                let p = seen.point;
                let along = |offset: f32| rough3(p + Vec3::splat(offset), *rate, seen.seed);
                Vec3::new(along(0.0), along(11.3), along(23.7)) * 1.3
            }
            _ => Vec3::ZERO,
        }
    }

    /// Colour, from that of the material, and glow.
    pub(super) fn paint(&self, seen: &Seen, base: Vec3) -> (Vec3, f32) {
        let (uv, local, size) = (seen.uv, seen.local, seen.size);
        let up = local.y + size.y / 2.0;
        let plain = (base, 0.0);
        match self {
            Self::None | Self::Pickets(..) => plain,
            Self::Mottled(strength, rate) => (base * (1.0 + strength * rough(uv, *rate, 4, seen.seed)).max(0.1), 0.0),
            Self::Bars(..) | Self::Netting(..) => (base * 1.0, 0.0),
            Self::Leaves(rate) => {
                let leaf = rough3(seen.point, *rate, seen.seed);
                let clump = rough3(seen.point, *rate * 0.12, seen.seed + 3);
                (base * (0.85 + 0.55 * leaf + 0.35 * clump).max(0.12), 0.0)
            }
            Self::Windows { grid, share, frame, glass, lit, door } => {
                if !seen.upright {
                    return plain;
                }
                let cell = size / Vec2::new(grid[0] as f32, grid[1] as f32);
                let place = (local + size / 2.0) / cell;
                let (column, row) = (place.x.floor(), place.y.floor());
                let f = (place - place.floor() - 0.5) * cell;
                let [chance, tone, blind] = random(column as u32 & 63, row as u32 & 63, seen.seed);
                if let Some(door) = door
                    && row < 0.5
                    && column as u32 == seen.seed % grid[0].max(1)
                {
                    let half = Vec2::new(0.5, 1.05);
                    let d = Vec2::new(f.x, up - 1.05).abs();
                    if d.cmplt(half).all() {
                        let panel = d.x < 0.3 && (d.y - 0.5).abs() < 0.35;
                        return (*door * if panel { 0.8 } else { 1.0 }, 0.0);
                    }
                    return if d.cmplt(half + 0.1).all() { (*frame, 0.0) } else { plain };
                }
                let half = Vec2::new(share[0], share[1]) * cell * 0.5;
                let d = f.abs();
                if d.cmplt(half).all() {
                    let bar = d.x < 0.025 || (half - d).min_element() < 0.06 || (f.y - 0.2 * half.y).abs() < 0.02;
                    if bar {
                        return (*frame, 0.0);
                    }
                    if chance < *lit {
                        return (Vec3::new(1.0, 0.72, 0.4), 0.6 + 0.8 * tone);
                    }
                    // Glass mirrors the sky above and darkness below; curtains show behind.
                    let curtain = blind > 0.5 && d.x > half.x * (0.4 + 0.5 * tone);
                    let mirror = mix(0.35, 1.1, smoothstep(-half.y, half.y, f.y + 0.3 * (tone - 0.5)));
                    return if curtain { (Vec3::splat(0.4) * (0.6 + 0.5 * tone), 0.0) } else { (*glass * mirror, 0.0) };
                }
                if d.x < half.x + 0.08 && f.y < -half.y && f.y > -half.y - 0.1 {
                    return (*frame * 0.8, 0.0);
                }
                plain
            }
            Self::Shop { sill, awning, grid, frame } => {
                if !seen.upright {
                    return plain;
                }
                if up > *sill {
                    let above =
                        Seen { local: local - Vec2::new(0.0, sill / 2.0), size: size - Vec2::new(0.0, *sill), ..*seen };
                    let windows = Self::Windows {
                        grid: *grid,
                        share: [0.45, 0.6],
                        frame: *frame,
                        glass: Vec3::new(0.1, 0.13, 0.17),
                        lit: 0.05,
                        door: None,
                    };
                    return windows.paint(&above, base);
                }
                let f = up / sill;
                if f > 0.72 {
                    let stripe = if wave(uv.x, 0.6) < 0.3 { 1.0 } else { 0.75 };
                    return (*awning * stripe, 0.0);
                }
                if !(0.12..=0.68).contains(&f) || wave(uv.x, 2.4) < 0.18 {
                    return (*frame * 0.5, 0.0);
                }
                let goods = rough(uv, 1.5, 3, seen.seed);
                let tint = rough(uv, 0.8, 2, seen.seed + 5);
                let color = Vec3::new(0.5 + 0.4 * goods, 0.42 + 0.3 * tint, 0.36 - 0.2 * goods).max(Vec3::splat(0.03));
                (color, 0.35)
            }
            Self::Outlook(bars, tint) => {
                let half = size / 2.0;
                let cell = size / Vec2::new(bars[0] as f32, bars[1] as f32);
                let f = Vec2::new(wave(local.x + half.x, cell.x), wave(local.y + half.y, cell.y));
                let edge = f.min(cell - f).min_element();
                if edge < 0.035 || (half - local.abs()).min_element() < 0.06 {
                    return (Vec3::splat(0.75), 0.35);
                }
                // Something green or grey stands outside, in the glare.
                let y = local.y / half.y;
                let skyline = -0.2 + 0.5 * rough(Vec2::new(uv.x, 0.0), 1.2, 3, seen.seed);
                let leafy = 0.8 + 0.5 * rough(uv, 6.0, 2, seen.seed + 2);
                if y < skyline { (*tint * Vec3::new(0.42, 0.5, 0.34) * leafy, 3.0) } else { (*tint, 6.0 + 1.5 * y) }
            }
            Self::Doors(grid, handle) => {
                if !seen.upright {
                    return (base * 1.05, 0.0);
                }
                let cell = size / Vec2::new(grid[0] as f32, grid[1] as f32);
                let f = Vec2::new(wave(local.x + size.x / 2.0, cell.x), wave(up, cell.y));
                let edge = f.min(cell - f).min_element();
                if edge < 0.008 {
                    return (base * 0.25, 0.0);
                }
                let middle = Vec2::new(if cell.x > cell.y { cell.x / 2.0 } else { cell.x - 0.06 }, cell.y / 2.0);
                let grip = if cell.x > cell.y { Vec2::new(0.07, 0.012) } else { Vec2::new(0.012, 0.07) };
                if (f - middle).abs().cmplt(grip).all() {
                    return (*handle, 0.0);
                }
                let inset = edge > 0.06 && edge < 0.075;
                (base * if inset { 0.8 } else { 1.0 }, 0.0)
            }
            Self::Books(rows) => {
                if !seen.upright {
                    return plain;
                }
                let pitch = size.y / *rows as f32;
                let row = (up / pitch).floor();
                let y = wave(up, pitch);
                if y < 0.025 || size.x / 2.0 - local.x.abs() < 0.025 {
                    return plain;
                }
                let slot = (uv.x / 0.035).floor();
                let [hue, tall, gap] = random((slot as i32).rem_euclid(8192) as u32, row as u32, seen.seed);
                if y > pitch * (0.55 + 0.33 * tall) || gap > 0.88 {
                    return (base * 0.22, 0.0);
                }
                let spine = (wave(uv.x, 0.035) / 0.035 - 0.5).abs();
                let color = Vec3::new(
                    0.35 + 0.3 * ops::sin(9.0 * hue),
                    0.28 + 0.2 * ops::sin(17.0 * hue + 1.0),
                    0.25 + 0.22 * ops::sin(23.0 * hue + 4.0),
                );
                (color.max(Vec3::splat(0.03)) * 0.6 * (1.1 - 0.9 * spine * spine * 2.0), 0.0)
            }
            Self::Painting(frame) => {
                let rim = (size / 2.0 - local.abs()).min_element();
                if rim < 0.03 {
                    return (*frame, 0.0);
                }
                if rim < 0.07 {
                    return (Vec3::splat(0.75), 0.0);
                }
                let [a, b, c] = random(seen.seed, 1, 5);
                let n = rough(uv + Vec2::splat(9.0 * a), 3.0, 4, seen.seed);
                let m = rough(uv, 1.6, 3, seen.seed + 9);
                let land = smoothstep(-0.05, 0.05, n * 0.25 - local.y / size.y);
                let ground = Vec3::new(0.3 + 0.3 * a, 0.3 + 0.2 * b, 0.2 + 0.2 * c) * (0.8 + 0.5 * m);
                (Vec3::new(0.45 + 0.3 * c, 0.5, 0.5 + 0.3 * a).lerp(ground, land), 0.0)
            }
            Self::Folds(rate) => {
                let x = uv.x * rate * std::f32::consts::TAU + 1.5 * rough(uv * Vec2::new(1.0, 0.2), 2.0, 2, seen.seed);
                (base * (0.86 + 0.2 * ops::cos(x)), 0.0)
            }
            Self::Street { road, pavement, flags, verge } => {
                let x = uv.x.abs();
                let patch = 1.0 + 0.12 * rough(uv, 0.5, 4, seen.seed);
                if x > *pavement {
                    let tuft = 1.0 + 0.35 * rough(uv, 3.0, 4, seen.seed + 1);
                    return (*verge * tuft, 0.0);
                }
                if x > *road + 0.14 {
                    let joint = wave(uv.x, 0.6).min(wave(uv.y, 0.9)) < 0.025;
                    return (*flags * patch * if joint { 0.6 } else { 1.0 }, 0.0);
                }
                if x > *road {
                    return (*flags * 1.15 * if wave(uv.y, 1.0) < 0.03 { 0.6 } else { 1.0 }, 0.0);
                }
                let worn = 0.75 + 0.3 * rough(uv, 8.0, 2, seen.seed + 2);
                let dash = x < 0.07 && wave(uv.y, 6.0) < 3.0;
                let side = (x - road + 0.35).abs() < 0.06;
                if dash || side {
                    (Vec3::splat(0.55) * worn, 0.0)
                } else {
                    (base * patch * if x > road - 0.2 { 0.7 } else { 1.0 }, 0.0)
                }
            }
            Self::Path(half, wind, color) => {
                let middle = wind * rough(Vec2::new(0.0, uv.y), 0.15, 2, seen.seed);
                let edge = (uv.x - middle).abs() + 0.15 * rough(uv, 2.0, 3, seen.seed + 1);
                let t = smoothstep(*half + 0.08, *half - 0.08, edge);
                (base.lerp(*color * (1.0 + 0.2 * rough(uv, 4.0, 4, seen.seed + 2)), t), 0.0)
            }
            Self::Bays(width) => {
                let line = wave(uv.x, *width) < 0.1 && wave(uv.y, 11.0) < 5.0 || wave(uv.y, 11.0) < 0.1;
                let stain = 1.0 + 0.15 * rough(uv, 0.6, 4, seen.seed);
                if line { (Vec3::splat(0.5), 0.0) } else { (base * stain, 0.0) }
            }
            Self::Car(sill) => {
                let y = seen.point.y;
                let side = seen.normal.x.abs() > 0.5;
                if y > *sill {
                    let pillar = side && (wave(seen.point.z - local.x * 0.0, 1.15) < 0.07);
                    let top = seen.normal.y > 0.8;
                    return if pillar || top {
                        plain
                    } else {
                        (Vec3::new(0.05, 0.06, 0.07) * (1.0 + 2.0 * (y - sill)), 0.0)
                    };
                }
                if !side && seen.normal.y < 0.5 {
                    let x = local.x.abs();
                    if (0.5..0.82).contains(&x) && (0.55..0.75).contains(&y) {
                        return (if seen.normal.z > 0.0 { Vec3::splat(0.85) } else { Vec3::new(0.5, 0.02, 0.02) }, 0.0);
                    }
                    if x < 0.26 && (0.42..0.53).contains(&y) {
                        return (Vec3::new(0.8, 0.8, 0.72), 0.0);
                    }
                }
                let seam = side && (wave(seen.point.z, 1.15) < 0.015);
                (base * if seam { 0.4 } else { 1.0 } * if y < 0.32 { 0.35 } else { 1.0 }, 0.0)
            }
        }
    }
}
