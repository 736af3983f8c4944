//! What floors, walls and streets are made of.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::noise::{fbm, mix, random, scatter, smoothstep, worley};
use super::{Brick, Recipe, Texel, bond, pick, srgb};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe { name: "asphalt", tile_m: 1.0, paint: asphalt },
    Recipe { name: "bricks", tile_m: 1.2, paint: bricks },
    Recipe { name: "brushed_metal", tile_m: 0.5, paint: brushed_metal },
    Recipe { name: "concrete", tile_m: 2.0, paint: concrete },
    Recipe { name: "marble", tile_m: 1.5, paint: marble },
    Recipe { name: "parquet", tile_m: 1.2, paint: parquet },
    Recipe { name: "paving", tile_m: 1.2, paint: paving },
    Recipe { name: "planks", tile_m: 1.2, paint: planks },
    Recipe { name: "plaster", tile_m: 1.5, paint: plaster },
    Recipe { name: "rusty_metal", tile_m: 1.0, paint: rusty_metal },
    Recipe { name: "sprinkles", tile_m: 0.3, paint: sprinkles },
    Recipe { name: "terrazzo", tile_m: 0.8, paint: terrazzo },
    Recipe { name: "tiles", tile_m: 0.8, paint: tiles },
];

fn square(cells: u32) -> UVec2 {
    UVec2::splat(cells)
}

/// Three numbers in 0–1 that belong to a brick.
fn of_brick(brick: &Brick, seed: u32) -> [f32; 3] {
    random(brick.column, brick.row, seed)
}

fn asphalt(p: Vec2) -> Texel {
    let stones = worley(p, square(48), 201);
    let patch = fbm(p, square(3), 4, 202);
    let stone = smoothstep(0.55, 0.25, stones.nearest);
    let tone = 0.22 + 0.06 * patch + stone * (0.05 + 0.28 * stones.random[0] * stones.random[0]);
    let crack = smoothstep(0.012, 0.004, fbm(p, square(2), 5, 203).abs()) * smoothstep(0.0, 0.3, patch);
    Texel {
        color: Vec3::new(1.0, 0.99, 0.97) * tone * (1.0 - 0.6 * crack),
        height: 0.003 * stone - 0.003 * crack,
        roughness: 0.92,
        metallic: 0.0,
    }
}

fn bricks(p: Vec2) -> Texel {
    const FIRED: [Vec3; 5] = [srgb(0x8e4534), srgb(0x9c5340), srgb(0x7a3a2d), srgb(0xa8604a), srgb(0x6b3a33)];
    // 24 × 7.5 cm with its joint: the standard brick of DIN 105.
    let brick = bond(p, 1.2, 5, 16, 0.5);
    let [tone, shade, _] = of_brick(&brick, 211);
    let grain = fbm(p, square(24), 4, 212);
    let face = smoothstep(0.004, 0.009, brick.edge + 0.002 * grain);
    let fired = pick(&FIRED, tone) * (0.85 + 0.3 * shade + 0.16 * grain);
    let mortar = srgb(0xb5aea2) * (0.92 + 0.12 * grain);
    Texel { color: mortar.lerp(fired, face), height: 0.008 * face + 0.0012 * grain, roughness: 0.9, metallic: 0.0 }
}

fn brushed_metal(p: Vec2) -> Texel {
    let scratch = fbm(p, UVec2::new(3, 96), 2, 221);
    let broad = fbm(p, UVec2::new(2, 5), 3, 222);
    Texel {
        color: srgb(0xb9bcc0) * (1.0 + 0.13 * scratch + 0.08 * broad),
        height: 0.0001 * scratch,
        roughness: 0.32 + 0.08 * scratch,
        metallic: 1.0,
    }
}

fn concrete(p: Vec2) -> Texel {
    let cloud = fbm(p, square(3), 5, 231);
    let grain = fbm(p, square(48), 2, 232);
    let pores = worley(p, square(28), 233);
    let pore = smoothstep(0.16, 0.08, pores.nearest) * if pores.random[0] > 0.6 { 1.0 } else { 0.0 };
    Texel {
        color: srgb(0x9b9891) * (1.0 + 0.14 * cloud + 0.05 * grain - 0.35 * pore),
        height: 0.002 * cloud + 0.0006 * grain - 0.004 * pore,
        roughness: 0.85,
        metallic: 0.0,
    }
}

fn marble(p: Vec2) -> Texel {
    let warp = Vec2::new(fbm(p, square(3), 5, 241), fbm(p, square(3), 5, 242)) * 0.16;
    let vein = |cells, seed, width| smoothstep(width, 0.0, fbm(p + warp, square(cells), 3, seed).abs());
    let dark = 0.55 * vein(2, 243, 0.07) + 0.3 * vein(5, 244, 0.05);
    let cloud = fbm(p, square(2), 4, 245);
    Texel {
        color: srgb(0xe9e6e0).lerp(srgb(0x6f7277), dark.min(1.0)) * (0.96 + 0.06 * cloud),
        height: 0.0,
        roughness: 0.15 + 0.1 * dark,
        metallic: 0.0,
    }
}

/// Wood along x: `seed` picks the board, `p` runs over the tile so that the grain tiles with it.
fn wood(p: Vec2, seed: u32, [dark, light]: [Vec3; 2]) -> (Vec3, f32) {
    let warp = fbm(p, UVec2::new(2, 8), 3, seed);
    let rings = 0.5 + 0.5 * ops::sin(std::f32::consts::TAU * (12.0 * p.y + 1.4 * warp));
    let fibre = fbm(p, UVec2::new(6, 96), 2, seed ^ 0x51ed);
    let tone = (0.25 + 0.45 * rings + 0.25 * fibre).clamp(0.0, 1.0);
    (dark.lerp(light, tone), fibre)
}

fn planks(p: Vec2) -> Texel {
    let board = bond(p, 1.2, 1, 8, 0.37);
    let [tone, shade, seed] = of_brick(&board, 251);
    let warm = [srgb(0x6d4526), srgb(0xb98a58)];
    let (color, fibre) = wood(p, 252 + (seed * 1000.0) as u32, warm.map(|c| c * (0.75 + 0.45 * tone)));
    let gap = smoothstep(0.0015, 0.005, board.edge);
    let grey = Vec3::splat(color.element_sum() / 3.0);
    Texel {
        color: color.lerp(grey, 0.35 * shade) * mix(0.22, 1.0, gap),
        height: 0.004 * gap + 0.0005 * fibre,
        roughness: 0.6,
        metallic: 0.0,
    }
}

fn parquet(p: Vec2) -> Texel {
    // Basket weave: squares of four slats, every other square turned.
    let cell = (p * 4.0).floor();
    let turned = (cell.x as i32 + cell.y as i32) % 2 == 1;
    let q = if turned { Vec2::new(p.y, p.x) } else { p };
    let slat = bond(q, 1.2, 4, 16, 0.0);
    let [tone, _, seed] = of_brick(&slat, if turned { 261 } else { 262 });
    let oak = [srgb(0x8a5a2e), srgb(0xd0a068)].map(|c| c * (0.8 + 0.35 * tone));
    let (color, fibre) = wood(q, 263 + (seed * 1000.0) as u32, oak);
    let gap = smoothstep(0.0005, 0.003, slat.edge);
    Texel { color: color * mix(0.4, 1.0, gap), height: 0.001 * gap + 0.0001 * fibre, roughness: 0.35, metallic: 0.0 }
}

fn paving(p: Vec2) -> Texel {
    let stone = bond(p, 1.2, 6, 6, 0.5);
    let [tone, shade, _] = of_brick(&stone, 271);
    let grain = fbm(p, square(20), 4, 272);
    let face = smoothstep(0.003, 0.014, stone.edge + 0.003 * grain);
    let granite = srgb(0x7d7a76).lerp(srgb(0xa09689), tone) * (0.85 + 0.25 * shade + 0.2 * grain);
    Texel {
        color: (srgb(0x4b443a) * (1.0 + 0.3 * grain)).lerp(granite, face),
        height: 0.014 * face + 0.003 * grain,
        roughness: 0.85,
        metallic: 0.0,
    }
}

fn plaster(p: Vec2) -> Texel {
    let cloud = fbm(p, square(2), 4, 281);
    let trowel = fbm(p + 0.05 * Vec2::splat(cloud), UVec2::new(9, 14), 4, 282);
    Texel {
        color: srgb(0xd8cdb8) * (0.97 + 0.06 * cloud + 0.07 * trowel),
        height: 0.005 * trowel,
        roughness: 0.9,
        metallic: 0.0,
    }
}

fn rusty_metal(p: Vec2) -> Texel {
    let spread = fbm(p, square(4), 6, 291);
    let rust = smoothstep(-0.12, 0.14, spread);
    let grain = fbm(p, square(24), 3, 292);
    let brown = srgb(0x5a2c17).lerp(srgb(0xb0622c), (0.5 + 0.6 * grain).clamp(0.0, 1.0));
    Texel {
        color: (srgb(0x75807f) * (1.0 + 0.06 * grain)).lerp(brown, rust),
        height: 0.002 * rust + 0.001 * grain * rust,
        roughness: mix(0.4, 0.95, rust),
        metallic: 1.0 - rust,
    }
}

fn sprinkles(p: Vec2) -> Texel {
    const SUGAR: [Vec3; 7] = [
        srgb(0xe8463c),
        srgb(0xf5c73d),
        srgb(0x3da35d),
        srgb(0x3e7bd6),
        srgb(0xf08bb4),
        srgb(0xf7f3ea),
        srgb(0xf28a30),
    ];
    let rod = |local: Vec2, random: [f32; 3]| {
        let axis = Vec2::new((local.x.abs() - 0.5).max(0.0), local.y);
        let round = 1.0 - axis.length_squared() / (0.17 * 0.17);
        (round > 0.0).then(|| round.sqrt() + random[1])
    };
    let layers = [(9, 301), (8, 302)].map(|(cells, seed)| scatter(p, square(cells), seed, rod));
    match layers.into_iter().flatten().max_by(|a, b| a.height.total_cmp(&b.height)) {
        Some(item) => {
            let round = item.height - item.random[1];
            Texel {
                color: pick(&SUGAR, item.random[0]) * (0.7 + 0.3 * round),
                height: 0.003 * item.height,
                roughness: 0.35,
                metallic: 0.0,
            }
        }
        None => Texel { color: srgb(0xefdcd2), height: 0.0, roughness: 0.5, metallic: 0.0 },
    }
}

fn terrazzo(p: Vec2) -> Texel {
    const CHIPS: [Vec3; 5] = [srgb(0x3f4347), srgb(0xb0543e), srgb(0xd9b98c), srgb(0x5f7f78), srgb(0x8f8a84)];
    let chip = |local: Vec2, random: [f32; 3]| {
        // Broken stone: the largest of a few half-planes' distances.
        let sides = [Vec2::new(1.0, 0.2), Vec2::new(-0.4, 0.9), Vec2::new(-0.7, -0.7), Vec2::new(0.5, -0.8)];
        let reach = sides.iter().map(|side| side.dot(local)).fold(f32::MIN, f32::max);
        (reach < 0.15 + 0.3 * random[1]).then_some(random[0])
    };
    let layers = [(8, 311), (19, 312)].map(|(cells, seed)| scatter(p, square(cells), seed, chip));
    let color = match layers.into_iter().flatten().next() {
        Some(item) => pick(&CHIPS, item.random[0]) * (0.85 + 0.3 * item.random[1]),
        None => srgb(0xd9d4ca) * (1.0 + 0.04 * fbm(p, square(16), 3, 313)),
    };
    Texel { color, height: 0.0, roughness: 0.25, metallic: 0.0 }
}

fn tiles(p: Vec2) -> Texel {
    let tile = bond(p, 0.8, 4, 4, 0.0);
    let [tone, _, _] = of_brick(&tile, 321);
    let dark = (tile.column + tile.row).is_multiple_of(2);
    let face = smoothstep(0.002, 0.006, tile.edge);
    let cloud = fbm(p, square(6), 3, 322);
    let glaze = if dark { srgb(0x2f5d73) } else { srgb(0xe4e1d8) } * (0.93 + 0.1 * tone + 0.04 * cloud);
    Texel {
        color: srgb(0x9a948a).lerp(glaze, face),
        height: 0.002 * face,
        roughness: mix(0.9, 0.12, face),
        metallic: 0.0,
    }
}
