//! What is printed or painted in figures: wallpaper, oilcloth, wrapping paper; and plain paper and board.

use bevy_math::{Vec3, ops};

use super::{Family, Recipe, Spot, Texel, motif::Motif, named, noise::smoothstep, srgb};

pub(super) const RECIPES: &[Recipe] = &[
    named(
        "checks",
        0.3,
        &Print { colors: &[srgb(0xf2efe6), srgb(0xb3262e), srgb(0xd58d88)], motif: Motif::Gingham(6), ..CLOTH },
    ),
    named(
        "checks_blue",
        0.3,
        &Print { colors: &[srgb(0xf0f0ec), srgb(0x2f5fa0), srgb(0x90a9c9)], motif: Motif::Gingham(8), ..CLOTH },
    ),
    named(
        "stripes",
        0.6,
        &Print { colors: &[srgb(0xeeeae0), srgb(0x2b3a5e)], motif: Motif::Stripes(&[(0, 1.0), (1, 1.0)], 6), ..CLOTH },
    ),
    named(
        "stripes_deckchair",
        0.6,
        &Print {
            colors: &[srgb(0xefe7d4), srgb(0xd2622f), srgb(0x3e8a8c), srgb(0xe3b23c)],
            motif: Motif::Stripes(&[(0, 2.0), (1, 3.0), (0, 1.0), (2, 3.0), (0, 1.0), (3, 1.0)], 2),
            ..CLOTH
        },
    ),
    named("dots", 0.4, &Print { colors: &[srgb(0xd43f52), srgb(0xf4efe6)], motif: Motif::Dots(8, 0.27), ..CLOTH }),
    named("dots_blue", 0.5, &Print { colors: &[srgb(0xeef0ee), srgb(0x4a78a8)], motif: Motif::Dots(6, 0.33), ..CLOTH }),
    named(
        "zigzag",
        0.6,
        &Print {
            colors: &[srgb(0xf1ede2), srgb(0x2d2f33), srgb(0xf1ede2), srgb(0xe0b43a)],
            motif: Motif::Zigzag(6, 4),
            ..CLOTH
        },
    ),
    named(
        "flowers",
        0.7,
        &Print {
            colors: &[srgb(0xe9e2d0), srgb(0xb7545f), srgb(0x667f55), srgb(0x7c86b3)],
            motif: Motif::Flowers(6),
            ..CLOTH
        },
    ),
    named(
        "flowers_dark",
        0.7,
        &Print {
            colors: &[srgb(0x25332f), srgb(0xc98a72), srgb(0x6b8a64), srgb(0xd8c49a)],
            motif: Motif::Flowers(5),
            ..CLOTH
        },
    ),
    named("paw_prints", 0.6, &Print { colors: &[srgb(0xc9b79a), srgb(0x5f4632)], motif: Motif::Paws(5), ..CLOTH }),
    named("wallpaper", 0.6, &Print { colors: &[srgb(0xcfc6b1), srgb(0xb8aa8c)], motif: Motif::Damask(4), ..PAPER }),
    named(
        "wallpaper_blue",
        0.6,
        &Print { colors: &[srgb(0x8197a8), srgb(0xa3b5c1)], motif: Motif::Damask(4), ..PAPER },
    ),
    named(
        "wallpaper_stripes",
        0.6,
        &Print {
            colors: &[srgb(0xdcd5c3), srgb(0xc6b99c), srgb(0xa88f6b)],
            motif: Motif::Stripes(&[(0, 5.0), (2, 0.4), (1, 3.0), (2, 0.4)], 4),
            ..PAPER
        },
    ),
    named(
        "wallpaper_flowers",
        0.8,
        &Print {
            colors: &[srgb(0xdfdac8), srgb(0xc39a92), srgb(0x9fae90), srgb(0xaeb3c6)],
            motif: Motif::Flowers(5),
            ..PAPER
        },
    ),
    named("paper", 0.5, &Print { colors: &[srgb(0xe8e4da)], motif: Motif::Plain, crease: 1.0, ..PAPER }),
    named("newspaper", 0.4, &Newspaper),
    named("cardboard", 0.5, &Corrugated),
];

/// A figure on cloth or paper.
struct Print {
    colors: &'static [Vec3],
    motif: Motif,
    /// Strength of the threads.
    thread: f32,
    /// Strength of creases.
    crease: f32,
    roughness: f32,
}

const CLOTH: Print = Print { colors: &[], motif: Motif::Plain, thread: 0.1, crease: 0.25, roughness: 0.9 };
const PAPER: Print = Print { thread: 0.02, crease: 0.0, roughness: 0.75, ..CLOTH };

impl Family for Print {
    fn texel(&self, at: Spot) -> Texel {
        let color = self.colors[self.motif.color(at.p, at.seed).min(self.colors.len() - 1)];
        let thread = ops::sin(std::f32::consts::TAU * 64.0 * at.p.x) * ops::sin(std::f32::consts::TAU * 64.0 * at.p.y);
        // Facets of crumpled paper: ridges of noise.
        let crease = if self.crease > 0.0 {
            let bent = Spot { p: at.p + at.warp(4, 2, 1) * 0.05, ..at };
            1.0 - bent.fbm(4, 3, 2).abs() * 1.8
        } else {
            0.0
        };
        let fibre = at.grain(40, 60, 2, 3);
        Texel {
            color: color * (0.97 + self.thread * 0.6 * thread + 0.1 * self.crease * (crease - 0.6) + 0.03 * fibre),
            height: 0.0003 * self.thread * thread + 0.012 * self.crease * crease,
            roughness: self.roughness,
            metallic: 0.0,
        }
    }
}

/// Columns of grey lines with headlines and pictures.
struct Newspaper;

impl Family for Newspaper {
    fn texel(&self, at: Spot) -> Texel {
        let columns = (at.p.x * 4.0).floor();
        let x = at.p.x * 4.0 - columns;
        let block = (at.p.y * 6.0).floor();
        let y = at.p.y * 6.0 - block;
        let [kind, ..] = super::noise::random(columns as u32, block as u32, at.seed);
        let inside = (0.07..0.93).contains(&x) && (0.06..0.94).contains(&y);
        let ink = if !inside {
            0.0
        } else if kind > 0.82 {
            0.45 + 0.3 * at.fbm(20, 4, 1)
        } else if kind > 0.68 && y < 0.4 {
            let letter = at.grain(64, 12, 1, 2);
            if letter > -0.1 { 0.8 } else { 0.0 }
        } else {
            let line = ops::rem_euclid(y * 9.0, 1.0);
            let word = at.grain(110, 54, 1, 3);
            if line > 0.4 && word > -0.35 { 0.5 } else { 0.04 }
        };
        let crease = smoothstep(0.06, 0.0, at.fbm(2, 2, 4).abs());
        Texel {
            color: srgb(0xd9d5c9).lerp(srgb(0x2d2c2b), ink) * (1.0 - 0.1 * crease + 0.03 * at.fbm(4, 3, 5)),
            height: 0.002 * crease,
            roughness: 0.9,
            metallic: 0.0,
        }
    }
}

/// Brown board whose flutes show through.
struct Corrugated;

impl Family for Corrugated {
    fn texel(&self, at: Spot) -> Texel {
        let fibre = at.grain(24, 40, 3, 1);
        let flute = ops::sin(std::f32::consts::TAU * at.p.x * 64.0);
        Texel {
            color: srgb(0xb08d62) * (1.0 + 0.05 * fibre + 0.03 * flute + 0.06 * at.fbm(3, 4, 2)),
            height: 0.0002 * flute + 0.0002 * fibre,
            roughness: 0.9,
            metallic: 0.0,
        }
    }
}
