//! What is poured or spread: concrete, screed, plaster, asphalt.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::noise::{mix, smoothstep, worley};
use super::{Family, Recipe, Spot, Texel, named, srgb};

pub(super) const RECIPES: &[Recipe] = &[
    named("concrete", 2.0, &CONCRETE),
    named(
        "concrete_stained",
        3.0,
        &Cast { color: srgb(0x8c8a84), cloud: 0.24, pores: 0.3, cracks: 0.5, stain: srgb(0x54493d), ..CONCRETE },
    ),
    named(
        "screed",
        2.0,
        &Cast { color: srgb(0x7f7f7e), cloud: 0.1, pores: 0.0, grain: 0.03, roughness: 0.35, ..CONCRETE },
    ),
    named("plaster", 1.5, &PLASTER),
    named(
        "plaster_white",
        1.5,
        &Cast { color: srgb(0xe6e4df), stain: srgb(0xdcd9d2), cloud: 0.04, trowel: 0.035, relief: 0.002, ..PLASTER },
    ),
    named("plaster_pink", 2.0, &Cast { color: srgb(0xcb9a86), cloud: 0.12, stain: srgb(0x8d6b5f), ..PLASTER }),
    named("stucco", 1.0, &Cast { color: srgb(0xc9bda4), grain: 0.16, trowel: 0.0, relief: 0.006, ..PLASTER }),
    named("asphalt", 1.0, &Tarmac { tone: 0.22, stones: 48, bright: 0.28, cracks: 0.0, marks: Marks::None }),
    named("asphalt_old", 2.0, &Tarmac { tone: 0.36, stones: 80, bright: 0.2, cracks: 1.0, marks: Marks::None }),
    named("road", 6.5, &Tarmac { tone: 0.28, stones: 120, bright: 0.16, cracks: 0.4, marks: Marks::Lane }),
    named("parking", 5.0, &Tarmac { tone: 0.32, stones: 110, bright: 0.16, cracks: 0.5, marks: Marks::Bays }),
];

/// What was poured or spread: concrete, screed, plaster.
struct Cast {
    color: Vec3,
    /// Strength of large clouds.
    cloud: f32,
    /// Strength of fine grain.
    grain: f32,
    /// Strength of a trowel's strokes.
    trowel: f32,
    /// Share of pores.
    pores: f32,
    cracks: f32,
    /// Colour of what has run or seeped in; as `color` for none.
    stain: Vec3,
    /// Metres.
    relief: f32,
    roughness: f32,
}

const CONCRETE: Cast = Cast {
    color: srgb(0x9b9891),
    cloud: 0.14,
    grain: 0.05,
    trowel: 0.0,
    pores: 0.4,
    cracks: 0.0,
    stain: srgb(0x7e7b74),
    relief: 0.002,
    roughness: 0.85,
};

const PLASTER: Cast = Cast {
    color: srgb(0xd8cdb8),
    cloud: 0.06,
    grain: 0.02,
    trowel: 0.07,
    pores: 0.0,
    stain: srgb(0xbfb39d),
    relief: 0.005,
    roughness: 0.9,
    ..CONCRETE
};

impl Family for Cast {
    fn texel(&self, at: Spot) -> Texel {
        let cloud = at.fbm(3, 5, 1);
        let grain = at.fbm(48, 2, 2);
        let trowel =
            if self.trowel > 0.0 { Spot { p: at.p + 0.05 * Vec2::splat(cloud), ..at }.grain(9, 14, 4, 3) } else { 0.0 };
        let pore = if self.pores > 0.0 {
            let cell = worley(at.p, UVec2::splat(28), at.seed ^ 4);
            if cell.random[0] < self.pores { smoothstep(0.16, 0.08, cell.nearest) } else { 0.0 }
        } else {
            0.0
        };
        let crack = self.cracks * smoothstep(0.02, 0.006, at.fbm(2, 5, 5).abs());
        let stain = smoothstep(0.15, 0.6, at.fbm(4, 4, 6));
        let tone = 1.0 + self.cloud * cloud + self.grain * grain + self.trowel * trowel - 0.35 * pore - 0.5 * crack;
        Texel {
            color: self.color.lerp(self.stain, 0.7 * stain) * tone,
            height: self.relief * (cloud * 0.4 + trowel + 6.0 * self.grain * grain - pore - crack),
            roughness: (self.roughness + 0.1 * cloud).clamp(0.05, 1.0),
            metallic: 0.0,
        }
    }
}

/// What is painted on a road.
#[derive(PartialEq)]
enum Marks {
    None,
    /// One side line and one broken middle line, along y, 6.5 m apart.
    Lane,
    /// Parking bays, 2.5 m wide.
    Bays,
}

/// Stones in bitumen.
struct Tarmac {
    tone: f32,
    /// Stones along the tile.
    stones: u32,
    /// How much brighter the brightest stones are.
    bright: f32,
    cracks: f32,
    marks: Marks,
}

impl Family for Tarmac {
    fn texel(&self, at: Spot) -> Texel {
        let stones = worley(at.p, UVec2::splat(self.stones), at.seed);
        let patch = at.fbm(3, 4, 2);
        let stone = smoothstep(0.55, 0.25, stones.nearest);
        let tone = self.tone + 0.06 * patch + stone * (0.05 + self.bright * stones.random[0] * stones.random[0]);
        let crack = self.cracks * smoothstep(0.03, 0.008, at.fbm(2, 5, 3).abs()) * smoothstep(-0.2, 0.2, patch);
        let line = |x: f32, half: f32| smoothstep(half + 0.02, half, (x * at.tile_m).abs());
        let painted = match self.marks {
            Marks::None => 0.0,
            Marks::Lane => {
                let dashes = smoothstep(0.27, 0.25, (at.p.y - 0.5).abs());
                line(at.p.x - 0.25, 0.06) * dashes + line(at.p.x - 0.75, 0.06)
            }
            Marks::Bays => line(ops::rem_euclid(at.p.x * 2.0, 1.0) / 2.0 - 0.25, 0.05),
        };
        let worn = painted * smoothstep(-0.9, 0.1, at.fbm(20, 3, 4));
        Texel {
            color: (Vec3::new(1.0, 0.99, 0.97) * tone * (1.0 - 0.6 * crack)).lerp(srgb(0xd8d6cf), 0.9 * worn),
            height: 0.003 * stone - 0.003 * crack,
            roughness: mix(0.92, 0.7, worn),
            metallic: 0.0,
        }
    }
}
