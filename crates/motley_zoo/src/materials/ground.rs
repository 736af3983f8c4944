//! Open ground: grass, soil, sand, snow, ice, water.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::{
    Family, Recipe, Spot, Texel, named,
    noise::{mix, random, scatter, smoothstep, worley},
    pick, srgb,
};

pub(super) const RECIPES: &[Recipe] = &[
    named("grass", 0.8, &GRASS),
    named("grass_spring", 0.8, &Grass { colors: [srgb(0x3a5a22), srgb(0x689a3a), srgb(0xa3c463)], ..GRASS }),
    named(
        "lawn",
        0.6,
        &Grass { colors: [srgb(0x37522a), srgb(0x57823a), srgb(0x86a957)], cells: [24, 33], width: 0.13, ..GRASS },
    ),
    named(
        "grass_autumn",
        0.8,
        &Grass { colors: [srgb(0x3b3620), srgb(0x6b6d34), srgb(0xa39c58)], strewn: Strewn::Leaves, ..GRASS },
    ),
    named(
        "grass_daisies",
        1.0,
        &Grass { colors: [srgb(0x26401c), srgb(0x4f8030), srgb(0x8fb552)], strewn: Strewn::Daisies, ..GRASS },
    ),
    named("grass_frost", 0.8, &Grass { colors: [srgb(0x56604f), srgb(0x93a093), srgb(0xdfe7e6)], ..GRASS }),
    named(
        "grass_worn",
        1.2,
        &Grass { colors: [srgb(0x6a5741), srgb(0x66753c), srgb(0x9da663)], bald: 0.5, cells: [22, 30], ..GRASS },
    ),
    named("dry_grass", 0.8, &Grass { colors: [srgb(0x5e5130), srgb(0xa3905a), srgb(0xc9b784)], ..GRASS }),
    named("moss", 0.4, &Moss),
    named(
        "soil",
        0.6,
        &Earth { dark: srgb(0x33251a), light: srgb(0x86684b), clods: 14, wet: 0.0, straw: 0.4, relief: 0.01 },
    ),
    named(
        "soil_red",
        0.8,
        &Earth { dark: srgb(0x6b3320), light: srgb(0xb0714c), clods: 12, wet: 0.0, straw: 0.1, relief: 0.008 },
    ),
    named(
        "mud",
        0.9,
        &Earth { dark: srgb(0x2c2118), light: srgb(0x6a5643), clods: 7, wet: 1.0, straw: 0.15, relief: 0.02 },
    ),
    named(
        "dirt_path",
        1.4,
        &Earth { dark: srgb(0x75634c), light: srgb(0xb09b7c), clods: 30, wet: 0.0, straw: 0.3, relief: 0.004 },
    ),
    named("cracked_earth", 1.0, &Cracked),
    named("sand", 1.0, &Sand { dark: srgb(0xa68a62), light: srgb(0xe3cfa5), ripples: 9.0, relief: 0.008, gloss: 0.95 }),
    named(
        "sand_fine",
        1.0,
        &Sand { dark: srgb(0xbfa983), light: srgb(0xe9dcbf), ripples: 0.0, relief: 0.004, gloss: 0.95 },
    ),
    named(
        "sand_wet",
        1.5,
        &Sand { dark: srgb(0x6f5a41), light: srgb(0xa08765), ripples: 14.0, relief: 0.005, gloss: 0.35 },
    ),
    named("snow", 1.2, &Snow { dirt: 0.0, steps: 0 }),
    named("snow_trodden", 1.2, &Snow { dirt: 0.35, steps: 7 }),
    named("ice", 1.5, &Ice),
    named("water", 2.0, &Water { deep: srgb(0x1d4a5a), shallow: srgb(0x3f8a96), caustics: 0.5 }),
    named("water_pool", 1.5, &Water { deep: srgb(0x2b8fb0), shallow: srgb(0x8fd6e0), caustics: 0.9 }),
];

/// What lies between the blades.
#[derive(PartialEq)]
enum Strewn {
    Nothing,
    Leaves,
    Daisies,
}

/// Two layers of blades.
struct Grass {
    /// Of the ground between, a blade's foot and its tip.
    colors: [Vec3; 3],
    cells: [u32; 2],
    /// Half the width of a blade, in cells.
    width: f32,
    /// Share of bare ground, 0–1.
    bald: f32,
    strewn: Strewn,
}

const GRASS: Grass = Grass {
    colors: [srgb(0x2f4421), srgb(0x55752f), srgb(0x8ba553)],
    cells: [15, 21],
    width: 0.11,
    bald: 0.0,
    strewn: Strewn::Nothing,
};

impl Grass {
    fn strewn(&self, at: Spot) -> Option<Texel> {
        const FALLEN: [Vec3; 4] = [srgb(0x9a5f26), srgb(0xc18a34), srgb(0x7a4220), srgb(0xb5672b)];
        let seed = at.seed ^ 0x55;
        match self.strewn {
            Strewn::Nothing => None,
            Strewn::Leaves => scatter(at.p, UVec2::splat(7), seed, |local, random| {
                let along = local.x / 0.55;
                let width = 0.3 * (1.0 - along * along);
                (random[1] > 0.45 && along.abs() < 1.0 && local.y.abs() < width).then_some(random[0])
            })
            .map(|item| {
                let rib = smoothstep(0.03, 0.01, item.local.y.abs());
                Texel {
                    color: pick(&FALLEN, item.random[0]) * (0.85 + 0.3 * rib + 0.2 * at.fbm(16, 3, 7)),
                    height: 0.016,
                    roughness: 0.75,
                    metallic: 0.0,
                }
            }),
            Strewn::Daisies => scatter(at.p, UVec2::splat(9), seed, |local, random| {
                let petals = 0.2 * (0.85 + 0.15 * ops::cos(13.0 * ops::atan2(local.y, local.x)));
                (random[1] > 0.5 && local.length() < petals).then_some(0.2 - local.length())
            })
            .map(|item| Texel {
                color: if item.local.length() < 0.07 { srgb(0xe2b72f) } else { srgb(0xf2f2ee) },
                height: 0.018,
                roughness: 0.8,
                metallic: 0.0,
            }),
        }
    }
}

impl Family for Grass {
    fn texel(&self, at: Spot) -> Texel {
        if let Some(texel) = self.strewn(at) {
            return texel;
        }
        let patch = at.fbm(3, 3, 1);
        let blade = |local: Vec2, random: [f32; 3]| {
            let along = local.x / 0.95;
            // Blades taper towards the tip and bow to one side.
            let bow = (random[1] - 0.5) * 0.5 * along * along;
            let width = self.width * (1.0 - 0.8 * along.abs()) * (0.6 + 0.8 * random[0]);
            ((local.y - bow).abs() < width).then_some(random[0] + 0.35 * along)
        };
        let bare = self.bald > 0.0 && at.fbm(4, 4, 3) + 0.25 * at.fbm(30, 1, 4) > 0.7 - 1.4 * self.bald;
        let layers = [0, 1].map(|i| scatter(at.p, UVec2::splat(self.cells[i]), at.seed + 7 * i as u32, blade));
        let top = layers.into_iter().flatten().max_by(|a, b| a.height.total_cmp(&b.height));
        let Some(item) = top.filter(|_| !bare) else {
            let crumb = if bare { 0.25 * at.fbm(40, 2, 5) } else { 0.0 };
            let color = self.colors[0] * (0.9 + 0.3 * patch + crumb);
            return Texel { color, height: 0.0, roughness: 1.0, metallic: 0.0 };
        };
        let light = (0.5 + 0.5 * item.local.x + 0.35 * (item.random[0] - 0.5) + 0.3 * patch).clamp(0.0, 1.0);
        let hue = Vec3::new(1.0 + 0.25 * (item.random[1] - 0.5), 1.0, 0.9 + 0.2 * item.random[2]);
        let foot = if self.bald > 0.0 { self.colors[1] * 0.7 } else { self.colors[0] };
        let color = foot.lerp(self.colors[1], smoothstep(-0.2, 0.4, light)).lerp(self.colors[2], light * light) * hue;
        Texel { color, height: 0.006 + 0.006 * item.height, roughness: 0.85, metallic: 0.0 }
    }
}

/// Cushions of tiny leaves.
struct Moss;

impl Family for Moss {
    fn texel(&self, at: Spot) -> Texel {
        let cushion = at.fbm(5, 4, 1);
        let star = worley(at.p + at.warp(12, 2, 2) * 0.01, UVec2::splat(44), at.seed);
        let crown = (1.0 - star.nearest).max(0.0);
        let tone = 0.2 + 0.5 * crown + 0.35 * cushion + 0.2 * (star.random[0] - 0.5);
        Texel {
            color: srgb(0x1f2a12).lerp(srgb(0x93a344), tone.clamp(0.0, 1.0)),
            height: 0.01 * cushion + 0.004 * crown,
            roughness: 1.0,
            metallic: 0.0,
        }
    }
}

/// Soil in clods, dry or wet.
struct Earth {
    dark: Vec3,
    light: Vec3,
    clods: u32,
    /// 0–1: puddles and shine.
    wet: f32,
    /// Share of straw and stalks.
    straw: f32,
    /// Metres.
    relief: f32,
}

impl Family for Earth {
    fn texel(&self, at: Spot) -> Texel {
        let clods = worley(at.p + at.warp(9, 2, 1) * 0.02, UVec2::splat(self.clods), at.seed);
        let (grain, broad) = (at.fbm(8, 5, 2), at.fbm(3, 4, 3));
        let lump = 1.0 - clods.nearest.min(1.0);
        let tone = 0.35 + 0.35 * grain + 0.3 * lump * clods.random[0] + 0.15 * broad;
        let puddle = self.wet * smoothstep(0.05, 0.3, -broad - 0.35 * lump + 0.25);
        let straw = scatter(at.p, UVec2::splat(7), at.seed ^ 4, |local, random| {
            (random[0] < self.straw && local.x.abs() < 0.4 && local.y.abs() < 0.025).then_some(random[1])
        });
        let color = straw.map_or(self.dark.lerp(self.light, tone.clamp(0.0, 1.0)), |item| {
            srgb(0xa8925f) * (0.7 + 0.4 * item.random[1])
        });
        Texel {
            color: color.lerp(srgb(0x5b564e), 0.55 * puddle),
            height: self.relief * (lump + 0.8 * grain) * (1.0 - puddle),
            roughness: mix(mix(1.0, 0.55, self.wet), 0.08, puddle),
            metallic: 0.0,
        }
    }
}

/// A dried-out pan.
struct Cracked;

impl Family for Cracked {
    fn texel(&self, at: Spot) -> Texel {
        let bent = at.p + at.warp(6, 3, 1) * 0.03;
        let plate = worley(bent, UVec2::splat(7), at.seed);
        let gap = plate.second - plate.nearest;
        let face = smoothstep(0.02, 0.08, gap);
        let curl = smoothstep(0.35, 0.05, gap);
        let grain = at.fbm(14, 5, 2);
        let color = srgb(0xa88d6b) * (0.85 + 0.2 * plate.random[0] + 0.18 * grain + 0.12 * curl);
        Texel {
            color: srgb(0x3b2d20).lerp(color, face),
            height: 0.012 * face * (0.6 + 0.4 * curl) + 0.001 * grain,
            roughness: 0.95,
            metallic: 0.0,
        }
    }
}

struct Sand {
    dark: Vec3,
    light: Vec3,
    /// Ripples along the tile; 0 for trodden sand.
    ripples: f32,
    /// Metres.
    relief: f32,
    gloss: f32,
}

impl Family for Sand {
    fn texel(&self, at: Spot) -> Texel {
        let crest = if self.ripples > 0.0 {
            0.5 + 0.5 * ops::sin(std::f32::consts::TAU * (at.p.y * self.ripples + 1.1 * at.fbm(3, 3, 1)))
        } else {
            // Hollows of feet.
            let hollow = worley(at.p + at.warp(4, 2, 1) * 0.05, UVec2::splat(5), at.seed);
            smoothstep(0.1, 0.7, hollow.nearest) * 0.8 + 0.2 * at.fbm(6, 3, 2)
        };
        let [grain, speck, _] = random((at.p.x * 256.0) as u32, (at.p.y * 256.0) as u32, at.seed);
        let dark = if speck > 0.97 { 0.75 } else { 1.0 };
        let tone = 0.55 * crest + 0.2 * at.fbm(5, 3, 3) + 0.3 * grain;
        Texel {
            color: self.dark.lerp(self.light, tone.clamp(0.0, 1.0)) * dark,
            height: self.relief * crest * crest + 0.0008 * grain,
            roughness: self.gloss,
            metallic: 0.0,
        }
    }
}

struct Snow {
    /// Share of what was carried in, 0–1.
    dirt: f32,
    /// Footprints along the tile.
    steps: u32,
}

impl Family for Snow {
    fn texel(&self, at: Spot) -> Texel {
        let drift = at.fbm(3, 4, 1);
        let [grain, sparkle, _] = random((at.p.x * 256.0) as u32, (at.p.y * 256.0) as u32, at.seed);
        let print = if self.steps > 0 {
            scatter(at.p, UVec2::splat(self.steps), at.seed ^ 2, |local, random| {
                let d = (local / Vec2::new(0.5, 0.32)).length();
                (random[0] > 0.25 && d < 1.0).then_some(1.0 - d)
            })
            .map_or(0.0, |item| smoothstep(0.0, 0.3, item.height))
        } else {
            0.0
        };
        let tone = 0.6 + 0.45 * drift + 0.12 * (grain - 0.5) - 0.5 * print;
        let dirt = self.dirt * smoothstep(-0.1, 0.5, at.fbm(6, 4, 3) + 0.5 * print);
        Texel {
            color: srgb(0xb9c8dc).lerp(srgb(0xfafcff), tone.clamp(0.0, 1.0)).lerp(srgb(0x8b7d6c), 0.6 * dirt),
            height: 0.04 * drift + 0.001 * grain - 0.02 * print,
            roughness: if sparkle > 0.98 { 0.2 } else { 0.75 },
            metallic: 0.0,
        }
    }
}

struct Ice;

impl Family for Ice {
    fn texel(&self, at: Spot) -> Texel {
        let bent = Spot { p: at.p + at.warp(4, 3, 1) * 0.06, ..at };
        let crack =
            smoothstep(0.03, 0.0, bent.fbm(3, 2, 2).abs()) + 0.6 * smoothstep(0.02, 0.0, bent.fbm(6, 2, 3).abs());
        let bubbles = worley(at.p, UVec2::splat(30), at.seed);
        let bubble = if bubbles.random[0] > 0.75 { smoothstep(0.22, 0.14, bubbles.nearest) } else { 0.0 };
        let tone = 0.45 + 0.35 * at.fbm(3, 4, 4);
        Texel {
            color: srgb(0x7fa3b5)
                .lerp(srgb(0xcfe2e8), tone.clamp(0.0, 1.0))
                .lerp(srgb(0xf4fafb), (0.6 * crack + 0.4 * bubble).min(1.0)),
            height: -0.001 * crack,
            roughness: 0.1 + 0.4 * crack.min(1.0),
            metallic: 0.0,
        }
    }
}

struct Water {
    deep: Vec3,
    shallow: Vec3,
    caustics: f32,
}

impl Family for Water {
    fn texel(&self, at: Spot) -> Texel {
        let bent = Spot { p: at.p + at.warp(3, 2, 1) * 0.08, ..at };
        let swell = bent.grain(4, 7, 4, 2);
        // Light that the waves focus on the ground below: bright threads between cells.
        let cells = worley(bent.p, UVec2::splat(6), at.seed);
        let caustic = smoothstep(0.16, 0.0, cells.second - cells.nearest);
        let tone = mix(0.35 + 0.5 * swell, 1.0, self.caustics * caustic);
        Texel {
            color: self.deep.lerp(self.shallow, tone.clamp(0.0, 1.0)),
            height: 0.03 * swell,
            roughness: 0.06,
            metallic: 0.0,
        }
    }
}
