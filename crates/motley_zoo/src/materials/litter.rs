//! What lies scattered: pebbles, leaves, needles, chips, straw, sugar.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::{
    Family, Recipe, Spot, Texel, named,
    noise::{Item, scatter, smoothstep},
    pick, srgb,
};

pub(super) const RECIPES: &[Recipe] = &[
    named("gravel", 0.5, &PEBBLES),
    named(
        "gravel_white",
        0.5,
        &Litter { colors: &[srgb(0xd6d2c8), srgb(0xe5e2da), srgb(0xbdb8ad), srgb(0xcdbfa8)], ..PEBBLES },
    ),
    named(
        "gravel_red",
        0.5,
        &Litter {
            colors: &[srgb(0x8f5a48), srgb(0xa5705c), srgb(0x74493d), srgb(0x9a8478)],
            layers: &[22, 36],
            ..PEBBLES
        },
    ),
    named(
        "pebbles",
        0.8,
        &Litter {
            colors: &[srgb(0x6f6e6c), srgb(0x8f867a), srgb(0x4d4f52), srgb(0xb3a893), srgb(0x7c5f50)],
            layers: &[9, 13],
            size: 0.56,
            ..PEBBLES
        },
    ),
    named("leaves", 0.7, &LEAVES),
    named(
        "leaves_yellow",
        0.7,
        &Litter {
            colors: &[srgb(0xd8a92e), srgb(0xe3c04d), srgb(0xb98a2a), srgb(0x9a9a3c), srgb(0xc97b28)],
            ground: srgb(0x4a4a2c),
            ..LEAVES
        },
    ),
    named(
        "ivy",
        0.7,
        &Litter {
            colors: &[srgb(0x2f5128), srgb(0x3d6632), srgb(0x24431f), srgb(0x567a3f)],
            ground: srgb(0x121a10),
            ..LEAVES
        },
    ),
    named(
        "pine_needles",
        0.5,
        &Litter {
            form: Form::Rod(0.9, 0.045),
            colors: &[srgb(0x8a5c33), srgb(0x6d4526), srgb(0xa67a48), srgb(0x553720)],
            ground: srgb(0x2d2118),
            layers: &[12, 17, 24],
            depth: 0.004,
            gloss: 0.8,
            ..LEAVES
        },
    ),
    named(
        "straw",
        0.5,
        &Litter {
            form: Form::Rod(0.95, 0.07),
            colors: &[srgb(0xd9bd74), srgb(0xc4a55c), srgb(0xe6cf92), srgb(0xae8d4a)],
            ground: srgb(0x6d5530),
            layers: &[9, 13, 18],
            depth: 0.012,
            gloss: 0.7,
            ..LEAVES
        },
    ),
    named(
        "hay",
        0.5,
        &Litter {
            form: Form::Rod(0.95, 0.04),
            colors: &[srgb(0x9c9a5e), srgb(0xb3a569), srgb(0x7f8350), srgb(0xc9bb82)],
            ground: srgb(0x4b4a2c),
            layers: &[12, 17, 25],
            depth: 0.012,
            gloss: 0.9,
            ..LEAVES
        },
    ),
    named(
        "wood_chips",
        0.5,
        &Litter {
            form: Form::Chip,
            colors: &[srgb(0x8a6038), srgb(0xb08552), srgb(0x6a4527), srgb(0xcba875)],
            ground: srgb(0x33241a),
            layers: &[12, 18, 26],
            depth: 0.01,
            gloss: 0.85,
            ..LEAVES
        },
    ),
    named(
        "bark_mulch",
        0.6,
        &Litter {
            form: Form::Chip,
            colors: &[srgb(0x4b2f20), srgb(0x633f2a), srgb(0x3a251a), srgb(0x7a5338)],
            ground: srgb(0x1e1511),
            layers: &[9, 14, 22],
            depth: 0.014,
            gloss: 0.9,
            ..LEAVES
        },
    ),
    named(
        "chipboard",
        1.0,
        &Litter {
            form: Form::Chip,
            colors: &[srgb(0xd2b07a), srgb(0xbf9760), srgb(0xe0c594), srgb(0xa98352)],
            ground: srgb(0xb08b58),
            layers: &[12, 17, 23],
            depth: 0.0004,
            gloss: 0.6,
            ..LEAVES
        },
    ),
    named(
        "cat_litter",
        0.3,
        &Litter {
            colors: &[srgb(0xcfcac0), srgb(0xb9b5ab), srgb(0xdedad2), srgb(0x8fa3ad)],
            ground: srgb(0x9d988d),
            layers: &[26, 38],
            depth: 0.004,
            ..PEBBLES
        },
    ),
    named(
        "sprinkles",
        0.3,
        &Litter {
            form: Form::Rod(0.62, 0.17),
            colors: &[
                srgb(0xe8463c),
                srgb(0xf5c73d),
                srgb(0x3da35d),
                srgb(0x3e7bd6),
                srgb(0xf08bb4),
                srgb(0xf7f3ea),
                srgb(0xf28a30),
            ],
            ground: srgb(0xefdcd2),
            layers: &[8, 9],
            depth: 0.003,
            gloss: 0.35,
            ..PEBBLES
        },
    ),
    named(
        "confetti",
        0.5,
        &Litter {
            form: Form::Disc,
            colors: &[srgb(0xd94a4a), srgb(0xe9c843), srgb(0x4aa36a), srgb(0x4a7fd0), srgb(0xc06bc0), srgb(0xe8e4da)],
            ground: srgb(0xd5cdbf),
            layers: &[10, 13],
            depth: 0.0005,
            gloss: 0.7,
            ..LEAVES
        },
    ),
];

enum Form {
    /// Round stones.
    Pebble,
    Leaf,
    /// Half the length and half the width, in cells.
    Rod(f32, f32),
    Chip,
    Disc,
}

/// Layers of one thing in many colours over a ground.
struct Litter {
    form: Form,
    colors: &'static [Vec3],
    ground: Vec3,
    /// Things along the tile in each layer, the top one first.
    layers: &'static [u32],
    /// Radius of a pebble in cells.
    size: f32,
    /// Height of a thing, metres.
    depth: f32,
    gloss: f32,
}

const PEBBLES: Litter = Litter {
    form: Form::Pebble,
    colors: &[srgb(0x8b857b), srgb(0xa79d8d), srgb(0x6e6a66), srgb(0xbdb3a2), srgb(0x7c6a58)],
    ground: srgb(0x3c3731),
    layers: &[16, 27],
    size: 0.5,
    depth: 0.012,
    gloss: 0.8,
};

const LEAVES: Litter = Litter {
    form: Form::Leaf,
    colors: &[srgb(0x8a5a24), srgb(0xb7742a), srgb(0x6e3f1f), srgb(0xa3862f), srgb(0x8c3b22), srgb(0x5f5a2a)],
    ground: srgb(0x2a2018),
    layers: &[6, 9],
    depth: 0.008,
    gloss: 0.75,
    ..PEBBLES
};

impl Litter {
    /// Height of a thing at a point in its own axes.
    fn height(&self, local: Vec2, random: [f32; 3]) -> Option<f32> {
        match self.form {
            Form::Pebble => {
                let radii = Vec2::new(0.76 + 0.24 * random[0], 0.56 + 0.44 * random[1]) * self.size;
                let inside = 1.0 - (local / radii).length_squared();
                (inside > 0.0).then(|| inside.sqrt() * (0.6 + 0.4 * random[1]))
            }
            Form::Leaf => {
                let along = local.x / (0.7 + 0.25 * random[0]);
                let width = 0.42 * (1.0 - along * along) * (1.0 - 0.25 * along);
                (along.abs() < 1.0 && local.y.abs() < width).then(|| random[1] + 0.15 * along - 0.3 * local.y.abs())
            }
            Form::Rod(long, half) => {
                let bow = 0.15 * (random[0] - 0.5) * local.x * local.x;
                let axis = Vec2::new((local.x.abs() - long + half).max(0.0), local.y - bow);
                let round = 1.0 - axis.length_squared() / (half * half);
                (round > 0.0).then(|| 0.5 * round.sqrt() + random[1])
            }
            Form::Chip => {
                let half = Vec2::new(0.5 + 0.4 * random[0], 0.14 + 0.16 * random[1]);
                let skew = local.x + 0.4 * (random[0] - 0.5) * local.y;
                (skew.abs() < half.x && local.y.abs() < half.y * (1.0 - 0.3 * skew)).then(|| random[1] + 0.2 * local.x)
            }
            Form::Disc => (local.length() < 0.34).then_some(random[1]),
        }
    }

    /// Light and dark on a thing: about 1.
    fn shade(&self, item: &Item, at: Spot) -> f32 {
        let lit = 0.85 + 0.3 * item.random[1];
        match self.form {
            Form::Pebble => 0.55 + 0.5 * item.height + 0.12 * at.fbm(32, 3, 1),
            Form::Leaf => {
                // The midrib and its side veins, which run at an angle.
                let rib = smoothstep(0.03, 0.012, item.local.y.abs());
                let veins = smoothstep(0.75, 0.95, ops::cos((item.local.x * 1.4 - item.local.y.abs()) * 36.0));
                lit - 0.1 + 0.2 * at.fbm(16, 3, 1) + 0.25 * rib + 0.1 * veins
            }
            Form::Rod(_, half) => lit * (1.05 - 0.45 * (item.local.y / half).abs().min(1.0)),
            Form::Chip => lit * (1.0 + 0.18 * ops::sin(40.0 * item.local.y) + 0.1 * item.local.x),
            Form::Disc => lit,
        }
    }
}

impl Family for Litter {
    fn texel(&self, at: Spot) -> Texel {
        let shape = |local: Vec2, random: [f32; 3]| self.height(local, random);
        let mut top: Option<(Item, f32)> = None;
        for (depth, cells) in self.layers.iter().enumerate() {
            if let Some(item) = scatter(at.p, UVec2::splat(*cells), at.seed.wrapping_add(depth as u32), shape) {
                // Each layer lies half a thing lower than the one before.
                let height = item.height - 0.5 * depth as f32;
                if top.as_ref().is_none_or(|(_, known)| height > *known) {
                    top = Some((item, height));
                }
            }
        }
        let Some((item, height)) = top else {
            let color = self.ground * (1.0 + 0.25 * at.fbm(24, 3, 2));
            return Texel { color, height: 0.0, roughness: 1.0, metallic: 0.0 };
        };
        // What lies deeper is darker.
        let deep = (0.8 + 0.2 * height).clamp(0.45, 1.1);
        Texel {
            color: pick(self.colors, item.random[0]) * (self.shade(&item, at) * deep),
            height: self.depth * (height + 0.5 * self.layers.len() as f32),
            roughness: self.gloss,
            metallic: 0.0,
        }
    }
}
