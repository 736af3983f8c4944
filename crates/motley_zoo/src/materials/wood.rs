//! Boards, parquet, panels, bark and cork.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::noise::{fbm, mix, random, smoothstep, worley};
use super::{Family, Recipe, Spot, Texel, bond, named, srgb};

pub(super) const RECIPES: &[Recipe] = &[
    named("planks", 1.2, &PLANKS),
    named("planks_dark", 1.2, &Boards { wood: [srgb(0x2b1a10), srgb(0x5d3d26)], grey: 0.05, roughness: 0.4, ..PLANKS }),
    named(
        "planks_grey",
        1.2,
        &Boards { wood: [srgb(0x5f5a53), srgb(0x9d968b)], grey: 0.8, gap: 0.007, roughness: 0.9, ..PLANKS },
    ),
    named("planks_white", 1.0, &Boards { wood: [srgb(0xc9c5bc), srgb(0xeae7e0)], grey: 0.2, rows: 10, ..PLANKS }),
    named("planks_green", 1.2, &Boards { wood: [srgb(0x3f5c4c), srgb(0x5d7d69)], grey: 0.1, rows: 8, ..PLANKS }),
    named(
        "laminate",
        1.6,
        &Boards {
            wood: [srgb(0xa98a63), srgb(0xd3b88f)],
            grey: 0.15,
            columns: 2,
            rows: 8,
            gap: 0.0015,
            roughness: 0.3,
        },
    ),
    named(
        "laminate_grey",
        1.6,
        &Boards { wood: [srgb(0x7f7a73), srgb(0xb3ada3)], grey: 0.7, columns: 2, rows: 8, gap: 0.0015, roughness: 0.3 },
    ),
    named("parquet", 1.2, &Parquet { wood: [srgb(0x8a5a2e), srgb(0xd0a068)], herringbone: false }),
    named("parquet_dark", 1.2, &Parquet { wood: [srgb(0x3b2415), srgb(0x6e4529)], herringbone: false }),
    named("herringbone", 1.2, &Parquet { wood: [srgb(0x8f6539), srgb(0xc79c66)], herringbone: true }),
    named("herringbone_dark", 1.2, &Parquet { wood: [srgb(0x4a2f1d), srgb(0x7c5435)], herringbone: true }),
    named("plywood", 1.2, &Veneer { wood: [srgb(0xb98f5d), srgb(0xe2c594)], rings: 5.0, roughness: 0.7 }),
    named("oak", 0.9, &Veneer { wood: [srgb(0x8c6239), srgb(0xbd9160)], rings: 9.0, roughness: 0.45 }),
    named("walnut", 0.9, &Veneer { wood: [srgb(0x3a2417), srgb(0x78512f)], rings: 8.0, roughness: 0.4 }),
    named("bark", 0.6, &Bark { deep: srgb(0x241a13), plate: srgb(0x8d7660), cells: [9, 3] }),
    named("bark_birch", 0.6, &Birch),
    named("cork", 0.4, &Cork),
];

/// Wood along x: `seed` picks the board, `p` runs over the tile so that the grain tiles with it.
fn wood(p: Vec2, seed: u32, [dark, light]: [Vec3; 2]) -> (Vec3, f32) {
    let warp = fbm(p, UVec2::new(2, 8), 3, seed);
    let rings = 0.5 + 0.5 * ops::sin(std::f32::consts::TAU * (12.0 * p.y + 1.4 * warp));
    let fibre = fbm(p, UVec2::new(6, 96), 2, seed ^ 0x51ed);
    let tone = (0.25 + 0.45 * rings + 0.25 * fibre).clamp(0.0, 1.0);
    (dark.lerp(light, tone), fibre)
}

/// Boards side by side, along x.
struct Boards {
    wood: [Vec3; 2],
    /// How far it has weathered to grey, 0–1.
    grey: f32,
    columns: u32,
    rows: u32,
    /// Metres.
    gap: f32,
    roughness: f32,
}

const PLANKS: Boards =
    Boards { wood: [srgb(0x6d4526), srgb(0xb98a58)], grey: 0.35, columns: 1, rows: 8, gap: 0.004, roughness: 0.6 };

impl Family for Boards {
    fn texel(&self, at: Spot) -> Texel {
        let board = bond(at.p, at.tile_m, self.columns, self.rows, 0.37);
        let [tone, shade, own] = random(board.column, board.row, at.seed);
        let (color, fibre) = wood(at.p, at.seed ^ (own * 1000.0) as u32, self.wood.map(|c| c * (0.78 + 0.4 * tone)));
        let gap = smoothstep(0.3 * self.gap, self.gap, board.edge);
        let knots = worley(at.p, UVec2::new(4, self.rows), at.seed ^ 9);
        let knot = if knots.random[0] > 0.8 { smoothstep(0.16, 0.05, knots.nearest) } else { 0.0 };
        let grey = Vec3::splat(color.element_sum() / 3.0);
        Texel {
            color: color.lerp(grey, self.grey * shade) * mix(0.25, 1.0, gap) * (1.0 - 0.45 * knot),
            height: 0.004 * gap + 0.0005 * fibre,
            roughness: self.roughness,
            metallic: 0.0,
        }
    }
}

/// Short slats: basket weave, or a herringbone.
struct Parquet {
    wood: [Vec3; 2],
    herringbone: bool,
}

impl Parquet {
    /// Where in a slat a point is: turned or not, the slat's number, metres to its edge.
    fn slat(&self, at: Spot) -> (bool, [u32; 2], f32) {
        if !self.herringbone {
            // Squares of four slats, every other square turned.
            let cell = (at.p * 4.0).floor();
            let turned = (cell.x as i32 + cell.y as i32) % 2 == 1;
            let q = if turned { Vec2::new(at.p.y, at.p.x) } else { at.p };
            let slat = bond(q, at.tile_m, 4, 16, 0.0);
            return (turned, [slat.column, slat.row], slat.edge);
        }
        // Slats of four squares by one, in steps: along row j a level slat starts wherever i − j is divisible by 8.
        const LONG: i32 = 4;
        let q = at.p * 16.0;
        let (i, j) = (q.x.floor() as i32, q.y.floor() as i32);
        let step = (i - j).rem_euclid(2 * LONG);
        let f = q - q.floor();
        let square = at.tile_m / 16.0;
        let wrap = |x: i32| x.rem_euclid(16) as u32;
        if step < LONG {
            let along = step as f32 + f.x;
            let near = along.min(LONG as f32 - along).min(f.y).min(1.0 - f.y);
            (false, [wrap(i - step), wrap(j)], near * square)
        } else {
            // The upright slats fill what is left: in column i, those squares whose step runs down from 2 LONG − 1.
            let up = 2 * LONG - 1 - step;
            let along = up as f32 + f.y;
            let near = along.min(LONG as f32 - along).min(f.x).min(1.0 - f.x);
            (true, [wrap(i), wrap(j - up)], near * square)
        }
    }
}

impl Family for Parquet {
    fn texel(&self, at: Spot) -> Texel {
        let (turned, [column, row], edge) = self.slat(at);
        let q = if turned { Vec2::new(at.p.y, at.p.x) } else { at.p };
        let [tone, _, own] = random(column, row, at.seed ^ u32::from(turned));
        let (color, fibre) = wood(q, at.seed ^ (own * 1000.0) as u32, self.wood.map(|c| c * (0.8 + 0.35 * tone)));
        let gap = smoothstep(0.0005, 0.003, edge);
        Texel {
            color: color * mix(0.4, 1.0, gap),
            height: 0.001 * gap + 0.0001 * fibre,
            roughness: 0.35,
            metallic: 0.0,
        }
    }
}

/// A peeled or sawn sheet.
struct Veneer {
    wood: [Vec3; 2],
    rings: f32,
    roughness: f32,
}

impl Family for Veneer {
    fn texel(&self, at: Spot) -> Texel {
        let bow = at.grain(1, 3, 3, 1);
        let rings = 0.5 + 0.5 * ops::sin(std::f32::consts::TAU * (self.rings.round() * at.p.y + 2.2 * bow));
        let (fibre, cloud) = (at.grain(8, 128, 2, 2), at.fbm(2, 3, 3));
        let tone = (0.3 + 0.4 * rings * rings + 0.22 * fibre + 0.15 * cloud).clamp(0.0, 1.0);
        Texel {
            color: self.wood[0].lerp(self.wood[1], tone),
            height: 0.0002 * fibre,
            roughness: self.roughness,
            metallic: 0.0,
        }
    }
}

/// Plates between fissures.
struct Bark {
    deep: Vec3,
    plate: Vec3,
    cells: [u32; 2],
}

impl Family for Bark {
    fn texel(&self, at: Spot) -> Texel {
        let bent = at.p + Vec2::new(0.035 * at.fbm(3, 3, 1), 0.0);
        let plates = worley(bent, UVec2::from_array(self.cells), at.seed);
        let fissure = smoothstep(0.0, 0.35, plates.second - plates.nearest);
        let grain = at.grain(24, 6, 3, 2);
        let tone = fissure * (0.7 + 0.2 * plates.random[0]) + 0.18 * grain;
        Texel {
            color: self.deep.lerp(self.plate, tone.clamp(0.0, 1.0)),
            height: 0.012 * fissure + 0.003 * grain,
            roughness: 0.95,
            metallic: 0.0,
        }
    }
}

/// White bark with dark, level scars.
struct Birch;

impl Family for Birch {
    fn texel(&self, at: Spot) -> Texel {
        let scars = at.grain(3, 22, 3, 1);
        let scar = smoothstep(0.28, 0.5, scars) * smoothstep(-0.4, 0.3, at.fbm(5, 2, 4));
        let peel = smoothstep(0.3, 0.7, at.grain(4, 6, 4, 2));
        let grain = at.grain(6, 60, 2, 3);
        let color = srgb(0xdcd7cc).lerp(srgb(0xc3a98c), 0.6 * peel) * (1.0 + 0.09 * grain);
        Texel { color: color.lerp(srgb(0x2a2623), scar), height: 0.003 * (peel - scar), roughness: 0.85, metallic: 0.0 }
    }
}

/// Pressed granules.
struct Cork;

impl Family for Cork {
    fn texel(&self, at: Spot) -> Texel {
        let bent = at.p + at.warp(20, 2, 1) * 0.008;
        let (large, small) = (worley(bent, UVec2::splat(24), at.seed), worley(bent, UVec2::splat(58), at.seed ^ 2));
        let edge = smoothstep(0.0, 0.2, large.second - large.nearest);
        let tone = 0.35 + 0.35 * large.random[0] + 0.25 * small.random[0] + 0.1 * at.fbm(4, 3, 3);
        let dark = if small.random[1] > 0.93 { 0.55 } else { 1.0 };
        Texel {
            color: srgb(0x7a4f2c).lerp(srgb(0xcda06a), tone.clamp(0.0, 1.0)) * dark * (0.75 + 0.25 * edge),
            height: 0.0008 * edge,
            roughness: 0.9,
            metallic: 0.0,
        }
    }
}
