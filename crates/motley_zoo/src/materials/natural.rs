//! What grows, lies or flows outdoors.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::noise::{fbm, mix, random, scatter, smoothstep, worley};
use super::{Recipe, Texel, pick, srgb};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe { name: "bark", tile_m: 0.6, paint: bark },
    Recipe { name: "dry_grass", tile_m: 0.8, paint: |p| blades(p, [srgb(0x5e5130), srgb(0xa3905a), srgb(0xc9b784)]) },
    Recipe { name: "grass", tile_m: 0.8, paint: |p| blades(p, [srgb(0x23351a), srgb(0x4a6b2a), srgb(0x7f9a48)]) },
    Recipe { name: "gravel", tile_m: 0.5, paint: gravel },
    Recipe { name: "leaves", tile_m: 0.7, paint: leaves },
    Recipe { name: "rock", tile_m: 1.5, paint: rock },
    Recipe { name: "sand", tile_m: 1.0, paint: sand },
    Recipe { name: "snow", tile_m: 1.2, paint: snow },
    Recipe { name: "soil", tile_m: 0.6, paint: soil },
    Recipe { name: "water", tile_m: 2.0, paint: water },
];

fn square(cells: u32) -> UVec2 {
    UVec2::splat(cells)
}

/// Two layers of blades over soil; `colors` are of the ground between, a blade's foot and its tip.
fn blades(p: Vec2, colors: [Vec3; 3]) -> Texel {
    let patch = fbm(p, square(3), 3, 11);
    let blade = |local: Vec2, random: [f32; 3]| {
        let along = local.x / 0.95;
        // Blades taper towards the tip and bow to one side.
        let bow = (random[1] - 0.5) * 0.5 * along * along;
        let width = 0.11 * (1.0 - 0.8 * along.abs()) * (0.6 + 0.8 * random[0]);
        ((local.y - bow).abs() < width).then_some(random[0] + 0.35 * along)
    };
    let layers = [(15, 21), (21, 22)].map(|(cells, seed)| scatter(p, square(cells), seed, blade));
    let top = layers.into_iter().flatten().max_by(|a, b| a.height.total_cmp(&b.height));
    let Some(item) = top else {
        return Texel { color: colors[0] * (0.8 + 0.3 * patch), height: 0.0, roughness: 1.0, metallic: 0.0 };
    };
    let light = (0.5 + 0.5 * item.local.x + 0.35 * (item.random[0] - 0.5) + 0.3 * patch).clamp(0.0, 1.0);
    let hue = Vec3::new(1.0 + 0.25 * (item.random[1] - 0.5), 1.0, 0.9 + 0.2 * item.random[2]);
    let color = colors[0].lerp(colors[1], smoothstep(-0.2, 0.4, light)).lerp(colors[2], light * light) * hue;
    Texel { color, height: 0.006 + 0.006 * item.height, roughness: 0.85, metallic: 0.0 }
}

fn bark(p: Vec2) -> Texel {
    let warped = p + Vec2::new(0.035 * fbm(p, square(3), 3, 31), 0.0);
    let plates = worley(warped, UVec2::new(9, 3), 32);
    let fissure = smoothstep(0.0, 0.35, plates.second - plates.nearest);
    let grain = fbm(p, UVec2::new(24, 6), 3, 33);
    let tone = fissure * (0.7 + 0.2 * plates.random[0]) + 0.18 * grain;
    Texel {
        color: srgb(0x241a13).lerp(srgb(0x8d7660), tone.clamp(0.0, 1.0)),
        height: 0.012 * fissure + 0.003 * grain,
        roughness: 0.95,
        metallic: 0.0,
    }
}

fn gravel(p: Vec2) -> Texel {
    const STONES: [Vec3; 5] = [srgb(0x8c8880), srgb(0x6f6a63), srgb(0xa89c8a), srgb(0x57534f), srgb(0xb9b4aa)];
    let pebble = |local: Vec2, random: [f32; 3]| {
        let radii = Vec2::new(0.45 + 0.35 * random[0], 0.32 + 0.25 * random[1]);
        let inside = 1.0 - (local / radii).length_squared();
        (inside > 0.0).then(|| inside.sqrt() * (0.6 + 0.4 * random[1]))
    };
    let grain = fbm(p, square(32), 3, 41);
    let layers = [(16, 42), (27, 43)].map(|(cells, seed)| scatter(p, square(cells), seed, pebble));
    let stone = layers.into_iter().flatten().next();
    match stone {
        Some(item) => Texel {
            color: pick(&STONES, item.random[0]) * (0.55 + 0.5 * item.height + 0.12 * grain),
            height: 0.012 * item.height,
            roughness: 0.8,
            metallic: 0.0,
        },
        None => Texel { color: srgb(0x3c3731) * (1.0 + 0.3 * grain), height: 0.0, roughness: 1.0, metallic: 0.0 },
    }
}

fn leaves(p: Vec2) -> Texel {
    const FALLEN: [Vec3; 6] =
        [srgb(0x8a5a24), srgb(0xb7742a), srgb(0x6e3f1f), srgb(0xa3862f), srgb(0x8c3b22), srgb(0x5f5a2a)];
    let leaf = |local: Vec2, random: [f32; 3]| {
        let along = local.x / (0.7 + 0.25 * random[0]);
        let width = 0.42 * (1.0 - along * along) * (1.0 - 0.25 * along);
        (along.abs() < 1.0 && local.y.abs() < width).then(|| random[1] + 0.15 * along - 0.3 * local.y.abs())
    };
    let layers = [(6, 51), (9, 52)].map(|(cells, seed)| scatter(p, square(cells), seed, leaf));
    let Some(item) = layers.into_iter().flatten().max_by(|a, b| a.height.total_cmp(&b.height)) else {
        return Texel { color: srgb(0x2a2018), height: 0.0, roughness: 1.0, metallic: 0.0 };
    };
    // The midrib and its side veins, which run at an angle.
    let rib = smoothstep(0.03, 0.012, item.local.y.abs());
    let veins = smoothstep(0.75, 0.95, ops::cos((item.local.x * 1.4 - item.local.y.abs()) * 36.0));
    let blotch = fbm(p, square(16), 3, 53);
    let color = pick(&FALLEN, item.random[0]) * (0.75 + 0.35 * item.random[1] + 0.2 * blotch);
    Texel {
        color: color.lerp(srgb(0xd2b183), 0.5 * rib + 0.15 * veins),
        height: 0.008 * item.height + 0.001 * rib,
        roughness: 0.75,
        metallic: 0.0,
    }
}

fn rock(p: Vec2) -> Texel {
    let warp = Vec2::new(fbm(p, square(4), 3, 61), fbm(p, square(4), 3, 62));
    let facets = worley(p + 0.06 * warp, square(4), 63);
    let crack = smoothstep(0.0, 0.09, facets.second - facets.nearest);
    let grain = fbm(p, square(10), 5, 64);
    let tone = 0.45 + 0.25 * (facets.random[0] - 0.5) + 0.3 * grain;
    let color = srgb(0x4b4844).lerp(srgb(0xaaa396), tone.clamp(0.0, 1.0));
    let lichen = smoothstep(0.45, 0.7, fbm(p, square(6), 4, 65)) * 0.45;
    Texel {
        color: color.lerp(srgb(0x8b8f5a), lichen) * (0.55 + 0.45 * crack),
        height: 0.03 * crack * (0.5 + 0.5 * facets.random[1]) + 0.02 * grain,
        roughness: 0.9,
        metallic: 0.0,
    }
}

fn sand(p: Vec2) -> Texel {
    let warp = fbm(p, square(3), 3, 71);
    let ripple = ops::sin(std::f32::consts::TAU * (p.y * 9.0 + 1.1 * warp));
    let crest = 0.5 + 0.5 * ripple;
    let [grain, speck, _] = random((p.x * 256.0) as u32, (p.y * 256.0) as u32, 72);
    let dark = if speck > 0.97 { 0.75 } else { 1.0 };
    let tone = 0.55 * crest + 0.2 * fbm(p, square(5), 3, 73) + 0.3 * grain;
    Texel {
        color: srgb(0xa68a62).lerp(srgb(0xe3cfa5), tone.clamp(0.0, 1.0)) * dark,
        height: 0.008 * crest * crest + 0.0008 * grain,
        roughness: 0.95,
        metallic: 0.0,
    }
}

fn snow(p: Vec2) -> Texel {
    let drift = fbm(p, square(3), 4, 81);
    let [grain, sparkle, _] = random((p.x * 256.0) as u32, (p.y * 256.0) as u32, 82);
    let tone = 0.6 + 0.45 * drift + 0.12 * (grain - 0.5);
    Texel {
        color: srgb(0xb9c8dc).lerp(srgb(0xfafcff), tone.clamp(0.0, 1.0)),
        height: 0.04 * drift + 0.001 * grain,
        roughness: if sparkle > 0.98 { 0.2 } else { 0.75 },
        metallic: 0.0,
    }
}

fn soil(p: Vec2) -> Texel {
    let clods = worley(p, square(14), 91);
    let grain = fbm(p, square(8), 5, 92);
    let lump = 1.0 - clods.nearest.min(1.0);
    let tone = 0.35 + 0.35 * grain + 0.3 * lump * clods.random[0];
    let straw = scatter(p, square(7), 93, |local, random| {
        (random[0] > 0.6 && local.x.abs() < 0.4 && local.y.abs() < 0.025).then_some(random[1])
    });
    Texel {
        color: straw.map_or(srgb(0x33251a).lerp(srgb(0x86684b), tone.clamp(0.0, 1.0)), |item| {
            srgb(0xa8925f) * (0.7 + 0.4 * item.random[1])
        }),
        height: 0.01 * lump + 0.008 * grain,
        roughness: 1.0,
        metallic: 0.0,
    }
}

fn water(p: Vec2) -> Texel {
    let warp = Vec2::new(fbm(p, square(3), 2, 101), fbm(p, square(3), 2, 102)) * 0.08;
    let swell = fbm(p + warp, UVec2::new(4, 7), 4, 103);
    // Light that the waves focus on the ground below: bright threads between cells.
    let cells = worley(p + warp, square(6), 104);
    let caustic = smoothstep(0.16, 0.0, cells.second - cells.nearest);
    Texel {
        color: srgb(0x1d4a5a).lerp(srgb(0x3f8a96), mix(0.35 + 0.5 * swell, 1.0, 0.5 * caustic).clamp(0.0, 1.0)),
        height: 0.03 * swell,
        roughness: 0.06,
        metallic: 0.0,
    }
}
