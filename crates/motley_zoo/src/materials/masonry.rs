//! What is laid: bricks, blocks, tiles, paving, natural stone, polished stone.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::noise::{mix, random, scatter, smoothstep, worley};
use super::{Family, Recipe, Spot, Texel, bond, named, pick, srgb};

pub(super) const RECIPES: &[Recipe] = &[
    // 24 × 7.5 cm with its joint: the standard brick of DIN 105.
    named("bricks", 1.2, &BRICK),
    named(
        "bricks_yellow",
        1.2,
        &Bond { colors: &[srgb(0xc2a25f), srgb(0xb3924f), srgb(0xcfb277), srgb(0xa5884e)], ..BRICK },
    ),
    named(
        "bricks_white",
        1.2,
        &Bond {
            colors: &[srgb(0xdcdad4), srgb(0xe4e2dd), srgb(0xd2d0c9)],
            mortar: srgb(0xc9c6be),
            stain: 0.35,
            ..BRICK
        },
    ),
    named(
        "bricks_dark",
        1.2,
        &Bond {
            colors: &[srgb(0x3d3331), srgb(0x4a3c3a), srgb(0x2f2b2d), srgb(0x55403a)],
            mortar: srgb(0x8a857d),
            ..BRICK
        },
    ),
    named(
        "bricks_old",
        1.2,
        &Bond {
            colors: &[srgb(0x8a4b39), srgb(0xa8735c), srgb(0x5d3b33), srgb(0x9c8b7c), srgb(0x70483a)],
            rows: 14,
            joint: 0.009,
            wear: 0.9,
            stain: 0.8,
            ..BRICK
        },
    ),
    named(
        "blocks",
        2.0,
        &Bond {
            columns: 5,
            rows: 10,
            colors: &[srgb(0x8d8c88), srgb(0x979692), srgb(0x83827f)],
            mortar: srgb(0x9d9b95),
            joint: 0.005,
            wear: 0.7,
            ..BRICK
        },
    ),
    named(
        "sandstone",
        2.0,
        &Bond {
            columns: 4,
            rows: 6,
            colors: &[srgb(0xc8ad7d), srgb(0xb89a6b), srgb(0xd5bf95), srgb(0xa68a60)],
            mortar: srgb(0xb3a58c),
            wear: 0.8,
            stain: 0.5,
            relief: 0.012,
            ..BRICK
        },
    ),
    named(
        "paving",
        1.2,
        &Bond {
            columns: 6,
            rows: 6,
            colors: &[srgb(0x7d7a76), srgb(0x8e8880), srgb(0xa09689), srgb(0x6f6d6b)],
            mortar: srgb(0x4b443a),
            joint: 0.006,
            relief: 0.014,
            ..BRICK
        },
    ),
    named(
        "paving_slabs",
        2.4,
        &Bond {
            columns: 4,
            rows: 4,
            shift: 0.0,
            colors: &[srgb(0xa7a39b), srgb(0x9d9a93), srgb(0xb0aca4)],
            mortar: srgb(0x625d54),
            joint: 0.004,
            relief: 0.006,
            ..BRICK
        },
    ),
    named(
        "paving_red",
        1.2,
        &Bond {
            columns: 6,
            rows: 12,
            colors: &[srgb(0x9a5d4b), srgb(0x8b5243), srgb(0xa96b57), srgb(0x7e4e43)],
            mortar: srgb(0x6b6259),
            joint: 0.003,
            relief: 0.006,
            ..BRICK
        },
    ),
    named("tiles", 0.8, &TILE),
    named("tiles_white", 0.6, &Bond { colors: &[srgb(0xe9eae8), srgb(0xe3e5e4)], checker: false, ..TILE }),
    named(
        "tiles_black_white",
        0.8,
        &Bond { colors: &[srgb(0x1d1d20), srgb(0xe6e3dc)], mortar: srgb(0x77736c), ..TILE },
    ),
    named(
        "tiles_subway",
        0.8,
        &Bond {
            columns: 4,
            rows: 8,
            shift: 0.5,
            colors: &[srgb(0xe6e9e6), srgb(0xdfe4e2)],
            mortar: srgb(0xa9aaa6),
            checker: false,
            ..TILE
        },
    ),
    named(
        "tiles_green",
        0.8,
        &Bond {
            columns: 8,
            rows: 8,
            colors: &[srgb(0x3d6b58), srgb(0x487a66), srgb(0x33604e)],
            checker: false,
            ..TILE
        },
    ),
    named(
        "tiles_terracotta",
        1.2,
        &Bond {
            colors: &[srgb(0xb5694a), srgb(0xa75c3f), srgb(0xc07a58), srgb(0x9a5740)],
            mortar: srgb(0x9c8b79),
            checker: false,
            joint: 0.004,
            wear: 0.5,
            gloss: 0.55,
            ..TILE
        },
    ),
    named(
        "tiles_slate",
        2.4,
        &Bond {
            columns: 4,
            rows: 8,
            shift: 0.5,
            colors: &[srgb(0x474a4d), srgb(0x515558), srgb(0x3c3f42), srgb(0x5a5a57)],
            mortar: srgb(0x7d7b76),
            checker: false,
            wear: 0.9,
            stain: 0.4,
            gloss: 0.5,
            ..TILE
        },
    ),
    named(
        "tiles_beige",
        2.0,
        &Bond {
            columns: 4,
            rows: 4,
            colors: &[srgb(0xd3c4aa), srgb(0xcbbba0), srgb(0xdacdb6)],
            mortar: srgb(0xa59a89),
            checker: false,
            stain: 0.5,
            gloss: 0.25,
            ..TILE
        },
    ),
    named(
        "mosaic",
        0.4,
        &Bond {
            columns: 16,
            rows: 16,
            colors: &[srgb(0x2c6f92), srgb(0x4a96b5), srgb(0x7fbfcf), srgb(0x1f5575), srgb(0xcfe3e4)],
            mortar: srgb(0xd5d5cf),
            checker: false,
            joint: 0.0015,
            relief: 0.001,
            ..TILE
        },
    ),
    named(
        "lino_checks",
        0.9,
        &Bond {
            columns: 4,
            rows: 4,
            colors: &[srgb(0xb9b29c), srgb(0x6e7f78)],
            mortar: srgb(0x7c7b70),
            joint: 0.0004,
            relief: 0.0,
            gloss: 0.4,
            ..TILE
        },
    ),
    named(
        "chessboard",
        0.4,
        &Bond {
            columns: 8,
            rows: 8,
            colors: &[srgb(0xe6d3ac), srgb(0x2c211b)],
            mortar: srgb(0x5a4636),
            joint: 0.0004,
            relief: 0.0,
            gloss: 0.4,
            ..TILE
        },
    ),
    named(
        "cobbles",
        1.0,
        &Stones { cells: 9, colors: &[srgb(0x6d6b69), srgb(0x827f7b), srgb(0x5a5957), srgb(0x8f8579)], ..STONES },
    ),
    named(
        "flagstones",
        2.0,
        &Stones {
            cells: 5,
            colors: &[srgb(0x9a8f7e), srgb(0x8b8880), srgb(0xa89b85), srgb(0x7c776f)],
            joint: 0.07,
            roundness: 0.12,
            relief: 0.012,
            ..STONES
        },
    ),
    named(
        "stone_wall",
        1.6,
        &Stones {
            cells: 8,
            colors: &[srgb(0x7f786c), srgb(0x998f7e), srgb(0x6a655c), srgb(0xab9f89), srgb(0x5c5a55)],
            joint: 0.12,
            between: srgb(0x3a342b),
            roundness: 0.3,
            relief: 0.03,
        },
    ),
    named(
        "rock",
        1.5,
        &Stones {
            cells: 4,
            colors: &[srgb(0x75706a), srgb(0x8a857c), srgb(0x66625d)],
            joint: 0.05,
            between: srgb(0x37342f),
            roundness: 0.2,
            relief: 0.03,
        },
    ),
    named(
        "hexagons",
        0.6,
        &Hexagons { colors: &[srgb(0xe3e0d6), srgb(0xdad7cd), srgb(0x33383c)], grout: srgb(0x8f8d86) },
    ),
    named(
        "terrazzo",
        0.8,
        &Aggregate {
            colors: &[srgb(0x3f4347), srgb(0xb0543e), srgb(0xd9b98c), srgb(0x5f7f78), srgb(0x8f8a84)],
            ground: srgb(0xd9d4ca),
            cells: [8, 19],
            reach: 0.26,
        },
    ),
    named(
        "terrazzo_dark",
        0.8,
        &Aggregate {
            colors: &[srgb(0xd8d2c4), srgb(0x8d8577), srgb(0xb98a5a), srgb(0x5b6b73)],
            ground: srgb(0x33353a),
            cells: [7, 22],
            reach: 0.24,
        },
    ),
    named(
        "granite",
        0.5,
        &Aggregate {
            colors: &[srgb(0x2b2b2d), srgb(0xd3ccc3), srgb(0xa08a80), srgb(0x67656a)],
            ground: srgb(0x938f8d),
            cells: [42, 60],
            reach: 0.4,
        },
    ),
    named("marble", 1.5, &Veined { stone: srgb(0xe9e6e0), vein: srgb(0x6f7277) }),
    named("marble_black", 1.5, &Veined { stone: srgb(0x1c1c1f), vein: srgb(0xbdb6a8) }),
    named("marble_green", 1.5, &Veined { stone: srgb(0x2b4a3d), vein: srgb(0xa9c2b0) }),
];

/// Equal cells in rows.
struct Bond {
    columns: u32,
    rows: u32,
    /// How far every other row is moved, in cells.
    shift: f32,
    colors: &'static [Vec3],
    mortar: Vec3,
    /// Half the width of the joint, metres.
    joint: f32,
    /// Depth of the joint, metres.
    relief: f32,
    /// Unevenness of edges and colour, 0–1.
    wear: f32,
    /// Strength of large stains, 0–1.
    stain: f32,
    /// Roughness of the face.
    gloss: f32,
    /// Do two colours alternate?
    checker: bool,
}

const BRICK: Bond = Bond {
    columns: 5,
    rows: 16,
    shift: 0.5,
    colors: &[srgb(0x8e4534), srgb(0x9c5340), srgb(0x7a3a2d), srgb(0xa8604a), srgb(0x6b3a33)],
    mortar: srgb(0xb5aea2),
    joint: 0.006,
    relief: 0.008,
    wear: 0.5,
    stain: 0.2,
    gloss: 0.9,
    checker: false,
};

const TILE: Bond = Bond {
    columns: 4,
    rows: 4,
    shift: 0.0,
    colors: &[srgb(0x2f5d73), srgb(0xe4e1d8)],
    mortar: srgb(0x9a948a),
    joint: 0.003,
    relief: 0.002,
    wear: 0.1,
    stain: 0.1,
    gloss: 0.12,
    checker: true,
};

impl Family for Bond {
    fn texel(&self, at: Spot) -> Texel {
        let brick = bond(at.p, at.tile_m, self.columns, self.rows, self.shift);
        let [tone, shade, _] = random(brick.column, brick.row, at.seed);
        let grain = at.fbm(24, 4, 1);
        let face = smoothstep(self.joint * 0.6, self.joint * 1.5, brick.edge + 0.35 * self.wear * self.joint * grain);
        let color =
            if self.checker { self.colors[((brick.column + brick.row) % 2) as usize] } else { pick(self.colors, tone) };
        let stain = self.stain * smoothstep(-0.1, 0.6, at.fbm(3, 4, 2));
        let color = color * (1.0 + (0.3 * self.wear + 0.05) * (shade - 0.5) + 0.3 * self.wear * grain - 0.35 * stain);
        let mortar = self.mortar * (0.94 + 0.12 * grain - 0.2 * stain);
        Texel {
            color: mortar.lerp(color, face),
            height: self.relief * face + 0.0024 * self.wear * grain,
            roughness: mix(0.9, self.gloss, face),
            metallic: 0.0,
        }
    }
}

/// Stones of no regular shape.
struct Stones {
    cells: u32,
    colors: &'static [Vec3],
    between: Vec3,
    /// Half the width of the gaps, in cells.
    joint: f32,
    /// How far a stone curves down towards its edge, in cells.
    roundness: f32,
    /// Metres.
    relief: f32,
}

const STONES: Stones =
    Stones { cells: 8, colors: &[], between: srgb(0x453f36), joint: 0.1, roundness: 0.35, relief: 0.02 };

impl Family for Stones {
    fn texel(&self, at: Spot) -> Texel {
        let bent = at.p + at.warp(self.cells, 3, 1) * (0.16 / self.cells as f32);
        let cell = worley(bent, UVec2::splat(self.cells), at.seed);
        let gap = cell.second - cell.nearest;
        let face = smoothstep(self.joint * 0.5, self.joint * 1.3, gap);
        let dome = smoothstep(0.0, self.joint + self.roundness, gap);
        let (grain, cloud) = (at.fbm(12, 5, 2), at.fbm(3, 3, 3));
        let lichen = 0.35 * smoothstep(0.4, 0.7, at.fbm(7, 4, 4));
        let color = pick(self.colors, cell.random[0]) * (0.85 + 0.25 * cell.random[1] + 0.22 * grain + 0.08 * cloud);
        let color = color.lerp(srgb(0x8b8f5a), lichen) * (0.65 + 0.35 * dome);
        Texel {
            color: (self.between * (1.0 + 0.4 * grain)).lerp(color, face),
            height: self.relief * (face * dome * (0.7 + 0.3 * cell.random[1]) + 0.25 * grain),
            roughness: 0.88,
            metallic: 0.0,
        }
    }
}

/// Small floor tiles with six sides; every so often one of the last colour.
struct Hexagons {
    colors: &'static [Vec3],
    grout: Vec3,
}

impl Family for Hexagons {
    fn texel(&self, at: Spot) -> Texel {
        // Two interleaved lattices of centres, 8 × 2 rows of 7 tiles; the tile is a hair wider than high.
        let (columns, rows) = (8.0, 7.0);
        let q = at.p * Vec2::new(columns, rows);
        let centre = |shift: f32| ((q - shift).floor() + 0.5 + shift, shift);
        let ratio = Vec2::new(1.0, 3f32.sqrt());
        let reach = |c: Vec2| {
            let d = ((q - c) * ratio).abs();
            d.x.max(0.5 * d.x + d.y * 0.866)
        };
        let (a, b) = (centre(0.0), centre(0.5));
        let (near, shift) = if reach(a.0) < reach(b.0) { a } else { b };
        let wrapped =
            Vec2::new(ops::rem_euclid(near.x - 0.5 - shift, columns), ops::rem_euclid(near.y - 0.5 - shift, rows));
        let [chance, tone, _] = random(wrapped.x as u32, wrapped.y as u32, at.seed ^ (shift * 2.0) as u32);
        let face = smoothstep(0.485, 0.455, reach(near));
        let last = self.colors.len() - 1;
        let color = if chance < 0.14 { self.colors[last] } else { pick(&self.colors[..last], tone) };
        let cloud = at.fbm(6, 3, 2);
        Texel {
            color: self.grout.lerp(color * (1.0 + 0.04 * cloud + 0.06 * (tone - 0.5)), face),
            height: 0.0015 * face,
            roughness: mix(0.9, 0.2, face),
            metallic: 0.0,
        }
    }
}

/// Polished chips in a binder.
struct Aggregate {
    colors: &'static [Vec3],
    ground: Vec3,
    /// Chips along the tile, of the large ones and of the small ones.
    cells: [u32; 2],
    /// Size of a chip in cells.
    reach: f32,
}

impl Family for Aggregate {
    fn texel(&self, at: Spot) -> Texel {
        let chip = |local: Vec2, random: [f32; 3]| {
            // Broken stone: the largest of a few half-planes' distances.
            let sides = [Vec2::new(1.0, 0.2), Vec2::new(-0.4, 0.9), Vec2::new(-0.7, -0.7), Vec2::new(0.5, -0.8)];
            let reach = sides.iter().map(|side| side.dot(local)).fold(f32::MIN, f32::max);
            (reach < self.reach * (0.6 + 1.1 * random[1])).then_some(random[0])
        };
        let layers = [0, 1].map(|i| scatter(at.p, UVec2::splat(self.cells[i]), at.seed + i as u32, chip));
        let color = match layers.into_iter().flatten().next() {
            Some(item) => pick(self.colors, item.random[0]) * (0.85 + 0.3 * item.random[1]),
            None => self.ground * (1.0 + 0.06 * at.fbm(16, 3, 3)),
        };
        Texel { color: color * (1.0 + 0.03 * at.fbm(3, 3, 5)), height: 0.0, roughness: 0.22, metallic: 0.0 }
    }
}

/// Polished stone with veins.
struct Veined {
    stone: Vec3,
    vein: Vec3,
}

impl Family for Veined {
    fn texel(&self, at: Spot) -> Texel {
        let bent = Spot { p: at.p + at.warp(3, 5, 1) * 0.16, ..at };
        let line = |cells, salt, width| smoothstep(width, 0.0, bent.fbm(cells, 3, salt).abs());
        let vein = (0.55 * line(2, 3, 0.07) + 0.3 * line(5, 4, 0.05)).min(1.0);
        Texel {
            color: self.stone.lerp(self.vein, vein) * (0.96 + 0.08 * at.fbm(2, 4, 5)),
            height: 0.0,
            roughness: 0.12 + 0.1 * vein,
            metallic: 0.0,
        }
    }
}
