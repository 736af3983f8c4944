//! What is woven, knitted, tufted, quilted or tanned.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::{
    Family, Recipe, Spot, Texel,
    motif::Motif,
    named,
    noise::{mix, random, smoothstep, worley},
    srgb,
};

pub(super) const RECIPES: &[Recipe] = &[
    named("denim", 0.15, &Woven { warp: &[(srgb(0x2f4668), 1)], weft: &[(srgb(0xaab6c6), 1)], ..TWILL }),
    named("denim_black", 0.15, &Woven { warp: &[(srgb(0x24252a), 1)], weft: &[(srgb(0x6d7076), 1)], ..TWILL }),
    named("weave", 0.08, &Woven { threads: 24, slub: 0.35, warp: &BURLAP, weft: &BURLAP, ..PLAIN }),
    named("linen", 0.12, &Woven { threads: 60, warp: &[(srgb(0xcfc4ae), 1)], weft: &[(srgb(0xdbd2bf), 1)], ..PLAIN }),
    named(
        "canvas_green",
        0.12,
        &Woven { threads: 40, warp: &[(srgb(0x4f5a3c), 1)], weft: &[(srgb(0x5d6848), 1)], ..PLAIN },
    ),
    named(
        "tweed",
        0.1,
        &Woven { threads: 48, over: 1, slub: 0.5, warp: &TWEED, weft: &[(srgb(0x4b4238), 1)], fade: 0.1 },
    ),
    named("tartan_red", 0.3, &Woven { threads: 96, warp: &TARTAN_RED, weft: &TARTAN_RED, ..TWILL }),
    named("tartan_green", 0.3, &Woven { threads: 96, warp: &TARTAN_GREEN, weft: &TARTAN_GREEN, ..TWILL }),
    named("tartan_grey", 0.3, &Woven { threads: 96, warp: &TARTAN_GREY, weft: &TARTAN_GREY, ..TWILL }),
    named(
        "blanket_stripes",
        0.8,
        &Woven { threads: 96, warp: &[(srgb(0xd9ccb4), 1)], weft: &STRIPED, slub: 0.3, ..PLAIN },
    ),
    named("knit_grey", 0.2, &Knit { columns: 14, rows: 20, colors: &[srgb(0x8d8d90)], motif: Motif::Plain }),
    named("knit_red", 0.2, &Knit { columns: 14, rows: 20, colors: &[srgb(0x9d2b33)], motif: Motif::Plain }),
    named("knit_cream", 0.3, &Knit { columns: 12, rows: 18, colors: &[srgb(0xd8cbb2)], motif: Motif::Plain }),
    named(
        "knit_nordic",
        0.4,
        &Knit {
            columns: 32,
            rows: 44,
            colors: &[srgb(0x28385c), srgb(0xe4ddd0), srgb(0xe4ddd0), srgb(0xa53a35)],
            motif: Motif::Diamonds(4, 2),
        },
    ),
    named("carpet", 0.4, &Pile { colors: &[srgb(0x71808f)], ..PILE }),
    named("carpet_beige", 0.4, &Pile { colors: &[srgb(0xb5a68c)], ..PILE }),
    named("carpet_brown", 0.4, &Pile { colors: &[srgb(0x6b513c)], ..PILE }),
    named("carpet_green", 0.4, &Pile { colors: &[srgb(0x4f6650)], ..PILE }),
    named("carpet_flecked", 0.5, &Pile { colors: &[srgb(0x5c5f66)], fleck: 0.75, tufts: 70, ..PILE }),
    named(
        "carpet_diamonds",
        0.9,
        &Pile {
            colors: &[srgb(0x7a2a2c), srgb(0xc7a66b), srgb(0x2c2f45), srgb(0x7a2a2c)],
            motif: Motif::Diamonds(5, 5),
            tufts: 90,
            ..PILE
        },
    ),
    named(
        "carpet_zigzag",
        0.8,
        &Pile {
            colors: &[srgb(0xd8d2c6), srgb(0x3d4652), srgb(0xd8d2c6), srgb(0xb88b4a)],
            motif: Motif::Zigzag(6, 3),
            tufts: 80,
            ..PILE
        },
    ),
    named("shag", 0.6, &Pile { colors: &[srgb(0xd6cdbf)], tufts: 34, depth: 0.006, smear: 0.09, fleck: 0.3, ..PILE }),
    named(
        "rug",
        0.6,
        &Pile {
            colors: &[srgb(0x8f2f2a), srgb(0xe3c98f), srgb(0x24324f), srgb(0xd9cdb4)],
            motif: Motif::Diamonds(6, 2),
            tufts: 96,
            ..PILE
        },
    ),
    named(
        "rug_blue",
        0.8,
        &Pile {
            colors: &[srgb(0x2c4a6b), srgb(0xe0dccb), srgb(0x8fa9bd), srgb(0xc58d54)],
            motif: Motif::Flowers(5),
            tufts: 96,
            ..PILE
        },
    ),
    named(
        "rug_oriental",
        1.8,
        &Pile {
            colors: &[srgb(0x8a2426), srgb(0xd8be8c), srgb(0x22304f), srgb(0x6d5334)],
            motif: Motif::Medallion,
            tufts: 120,
            ..PILE
        },
    ),
    named(
        "rug_oriental_blue",
        1.8,
        &Pile {
            colors: &[srgb(0x2b3f63), srgb(0xdacfae), srgb(0x7b2b2a), srgb(0x8b7a55)],
            motif: Motif::Medallion,
            tufts: 120,
            ..PILE
        },
    ),
    named("doormat", 0.5, &Pile { colors: &[srgb(0x84623a)], tufts: 60, fleck: 0.9, depth: 0.008, ..PILE }),
    named(
        "artificial_grass",
        0.3,
        &Pile { colors: &[srgb(0x3c7a35)], tufts: 46, fleck: 0.7, depth: 0.012, smear: 0.02, ..PILE },
    ),
    named("towel_white", 0.25, &Pile { colors: &[srgb(0xe6e3dc)], tufts: 56, fleck: 0.1, depth: 0.003, ..PILE }),
    named(
        "towel_blue",
        0.35,
        &Pile {
            colors: &[srgb(0x5f88a8), srgb(0xe2e5e4)],
            motif: Motif::Stripes(&[(0, 3.0), (1, 1.0)], 2),
            tufts: 64,
            fleck: 0.1,
            depth: 0.003,
            ..PILE
        },
    ),
    named(
        "fleece",
        0.3,
        &Pile {
            colors: &[srgb(0x9aa7b5), srgb(0xe8e4dc)],
            motif: Motif::Paws(3),
            tufts: 110,
            fleck: 0.1,
            depth: 0.002,
            smear: 0.03,
        },
    ),
    named("velvet_red", 0.5, &Crushed { color: srgb(0x7e1d2a), sheen: 0.7 }),
    named("velvet_green", 0.5, &Crushed { color: srgb(0x24523f), sheen: 0.7 }),
    named("velvet_grey", 0.5, &Crushed { color: srgb(0x77777d), sheen: 0.5 }),
    named("suede", 0.5, &Crushed { color: srgb(0xa07a53), sheen: 0.28 }),
    named("corduroy", 0.12, &Corduroy { color: srgb(0x8a6a42), ribs: 18.0 }),
    named("corduroy_blue", 0.16, &Corduroy { color: srgb(0x3c4c66), ribs: 14.0 }),
    named("quilt", 0.6, &Quilt { colors: &[srgb(0xdfe3e8)], motif: Motif::Plain, seams: 4 }),
    named(
        "quilt_flowers",
        0.8,
        &Quilt {
            colors: &[srgb(0xece4d8), srgb(0xc56d78), srgb(0x6f8a5e), srgb(0x8194b8)],
            motif: Motif::Flowers(5),
            seams: 4,
        },
    ),
    named(
        "quilt_patchwork",
        1.0,
        &Quilt { colors: &[srgb(0xb5545a), srgb(0x6c86a5)], motif: Motif::Checks(4), seams: 4 },
    ),
    named("bedsheet", 1.2, &Crumpled { color: srgb(0xdcdde0), fold: 1.0 }),
    named("bedsheet_blue", 1.2, &Crumpled { color: srgb(0x7c93ad), fold: 1.0 }),
    named("leather", 0.25, &Hide { dark: srgb(0x3f2113), light: srgb(0x85502c) }),
    named("leather_black", 0.25, &Hide { dark: srgb(0x121214), light: srgb(0x35353a) }),
    named("leather_cream", 0.3, &Hide { dark: srgb(0xa8987f), light: srgb(0xdccfb9) }),
    named("leather_red", 0.3, &Hide { dark: srgb(0x4a1216), light: srgb(0x8d2a2c) }),
];

/// A thread count: colour and number of threads, in turn.
type Sett = [(Vec3, u32)];

const BURLAP: [(Vec3, u32); 3] = [(srgb(0xa89a80), 1), (srgb(0xb9ad93), 1), (srgb(0x9c8f78), 1)];
const TWEED: [(Vec3, u32); 4] = [(srgb(0x8a7c68), 2), (srgb(0x5d5245), 2), (srgb(0xa3947c), 1), (srgb(0x6d5c48), 1)];
// In the manner of the Royal Stewart, the Black Watch, and the Shepherd's check.
const TARTAN_RED: [(Vec3, u32); 9] = [
    (srgb(0xb3202a), 16),
    (srgb(0x1d2b57), 4),
    (srgb(0x17181a), 6),
    (srgb(0xd9b93b), 1),
    (srgb(0x17181a), 2),
    (srgb(0xe8e4da), 1),
    (srgb(0x17181a), 2),
    (srgb(0x1f5a3a), 8),
    (srgb(0xb3202a), 8),
];
const TARTAN_GREEN: [(Vec3, u32); 6] = [
    (srgb(0x1d2e50), 12),
    (srgb(0x14161a), 4),
    (srgb(0x1d2e50), 4),
    (srgb(0x14161a), 8),
    (srgb(0x25533c), 16),
    (srgb(0x14161a), 4),
];
const TARTAN_GREY: [(Vec3, u32); 5] =
    [(srgb(0xd5d1c8), 10), (srgb(0x55575c), 6), (srgb(0xd5d1c8), 2), (srgb(0x9a2f33), 2), (srgb(0x8f9095), 4)];
const STRIPED: [(Vec3, u32); 6] = [
    (srgb(0xd9ccb4), 20),
    (srgb(0xa84b34), 6),
    (srgb(0x2f4a5c), 4),
    (srgb(0xd19a3d), 4),
    (srgb(0x2f4a5c), 4),
    (srgb(0xa84b34), 10),
];

/// Threads that cross.
struct Woven {
    threads: u32,
    /// How often in a row the warp lies on top: 1 is plain weave, 2 and more twill.
    over: u32,
    warp: &'static Sett,
    weft: &'static Sett,
    /// How uneven threads are, 0–1.
    slub: f32,
    /// Strength of wear.
    fade: f32,
}

const PLAIN: Woven = Woven { threads: 48, over: 1, warp: &[], weft: &[], slub: 0.2, fade: 0.08 };
const TWILL: Woven = Woven { threads: 96, over: 3, warp: &[], weft: &[], slub: 0.25, fade: 0.2 };

/// The dye of a thread. The sett starts anew at the edge of the tile.
fn dye(sett: &Sett, thread: u32) -> Vec3 {
    let total: u32 = sett.iter().map(|band| band.1).sum();
    let mut left = thread % total.max(1);
    for (color, count) in sett {
        if left < *count {
            return *color;
        }
        left -= count;
    }
    sett.last().map_or(Vec3::ONE, |band| band.0)
}

impl Family for Woven {
    fn texel(&self, at: Spot) -> Texel {
        let q = at.p * self.threads as f32;
        let (column, row) = (q.x.floor() as u32 % self.threads, q.y.floor() as u32 % self.threads);
        let f = q - q.floor();
        let warp = !(column + row).is_multiple_of(self.over + 1);
        let (across, along) = if warp { (f.x, f.y) } else { (f.y, f.x) };
        // A thread is round, and dives at both ends of a plain weave's float.
        let round = 1.0 - (2.0 * across - 1.0).powi(2);
        let dive = if self.over == 1 { 1.0 - 0.6 * (2.0 * along - 1.0).powi(2) } else { 1.0 };
        let crown = round.max(0.0).sqrt() * dive;
        let (index, sett) = if warp { (column, self.warp) } else { (row, self.weft) };
        let [slub, ..] = random(index, u32::from(warp), at.seed);
        let uneven = 1.0 + self.slub * (slub - 0.5 + 0.4 * at.fbm(30, 2, 1)) + self.fade * at.fbm(3, 4, 2);
        let depth = if self.threads < 60 { 0.55 } else { 0.3 };
        Texel {
            color: dye(sett, index) * (1.0 - depth + depth * crown) * uneven * 1.08,
            height: 0.02 * at.tile_m / self.threads as f32 * 10.0 * crown,
            roughness: 0.95,
            metallic: 0.0,
        }
    }
}

/// Rows of stitches that look like a V each.
struct Knit {
    columns: u32,
    rows: u32,
    colors: &'static [Vec3],
    motif: Motif,
}

impl Family for Knit {
    fn texel(&self, at: Spot) -> Texel {
        let x = at.p.x * self.columns as f32;
        let column = x.floor();
        let side = 2.0 * (x - column) - 1.0;
        // Both legs of the stitch rise outwards.
        let y = at.p.y * self.rows as f32 + 0.55 * side.abs();
        let row = y.floor();
        let leg = Vec2::new((side.abs() - 0.5) * 1.9, (y - row - 0.5) * 1.7);
        let crown = (1.0 - leg.length_squared()).max(0.0).sqrt();
        let ply = ops::sin(26.0 * (leg.y + 0.8 * leg.x * side.signum()));
        let middle = Vec2::new(
            (column + 0.5) / self.columns as f32,
            ops::rem_euclid(row + 0.5, self.rows as f32) / self.rows as f32,
        );
        let color = self.colors[self.motif.color(middle, at.seed).min(self.colors.len() - 1)];
        let fuzz = at.fbm(60, 2, 1);
        Texel {
            color: color * (0.38 + 0.64 * crown + 0.07 * ply * crown + 0.08 * fuzz + 0.05 * at.fbm(3, 3, 2)),
            height: 0.3 * at.tile_m / self.columns as f32 * crown,
            roughness: 1.0,
            metallic: 0.0,
        }
    }
}

/// Tufts on a backing: carpet, rug, towel, fleece.
struct Pile {
    colors: &'static [Vec3],
    motif: Motif,
    /// Tufts along the tile.
    tufts: u32,
    /// How much tufts differ, 0–1.
    fleck: f32,
    /// Metres.
    depth: f32,
    /// How far tufts lean one way and the other, in tiles.
    smear: f32,
}

const PILE: Pile = Pile { colors: &[], motif: Motif::Plain, tufts: 52, fleck: 0.3, depth: 0.006, smear: 0.008 };

impl Family for Pile {
    fn texel(&self, at: Spot) -> Texel {
        let lean = at.warp(6, 3, 1) * self.smear;
        let tuft = worley(at.p + lean, UVec2::splat(self.tufts), at.seed);
        let crown = (1.0 - tuft.nearest).max(0.0);
        let wobble = (Vec2::new(tuft.random[0], tuft.random[2]) - 0.5) * (0.8 / self.tufts as f32);
        // The motif is as sharp as tufts are small; it wraps like the tile.
        let place = (at.p + wobble).map(|x| ops::rem_euclid(x, 1.0));
        let color = self.colors[self.motif.color(place, at.seed).min(self.colors.len() - 1)];
        let tone = 1.0 + self.fleck * (tuft.random[1] - 0.5) + 0.1 * at.fbm(4, 4, 2) + 2.0 * lean.x.min(0.05);
        Texel { color: color * tone * (0.55 + 0.62 * crown), height: self.depth * crown, roughness: 1.0, metallic: 0.0 }
    }
}

/// Velvet or suede: the nap shows light and dark where a hand went over it.
struct Crushed {
    color: Vec3,
    sheen: f32,
}

impl Family for Crushed {
    fn texel(&self, at: Spot) -> Texel {
        let bent = Spot { p: at.p + at.warp(3, 3, 1) * 0.12, ..at };
        let stroke = bent.grain(3, 5, 4, 2);
        let nap = at.fbm(96, 2, 3);
        let light = (stroke.max(-0.6) * self.sheen).max(-0.45);
        let bright = self.color + (Vec3::ONE - self.color) * (0.28 * light.max(0.0));
        Texel {
            color: bright * (0.95 + light.min(0.0) + 0.3 * light.max(0.0) + 0.1 * nap),
            height: 0.0006 * nap + 0.002 * stroke,
            roughness: 0.75,
            metallic: 0.0,
        }
    }
}

/// Velvet in ribs along y.
struct Corduroy {
    color: Vec3,
    ribs: f32,
}

impl Family for Corduroy {
    fn texel(&self, at: Spot) -> Texel {
        let rib = (0.5 + 0.5 * ops::cos(std::f32::consts::TAU * self.ribs * at.p.x)).sqrt();
        let nap = at.grain(64, 40, 3, 1);
        let wear = at.fbm(3, 4, 2);
        Texel {
            color: self.color * (0.42 + 0.62 * rib + 0.14 * nap * rib + 0.1 * wear),
            height: 0.0016 * rib,
            roughness: 0.95,
            metallic: 0.0,
        }
    }
}

/// Padded cloth, sewn down along a lattice of diagonals or, where it has a motif, of squares.
struct Quilt {
    colors: &'static [Vec3],
    motif: Motif,
    seams: u32,
}

impl Family for Quilt {
    fn texel(&self, at: Spot) -> Texel {
        let n = self.seams as f32;
        let diagonal = matches!(self.motif, Motif::Plain | Motif::Flowers(_));
        let q = if diagonal { Vec2::new(at.p.x + at.p.y, at.p.x - at.p.y) * n } else { at.p * n };
        let f = (q - q.floor() - 0.5).abs();
        let puff = ((1.0 - (2.0 * f.x).powi(4)) * (1.0 - (2.0 * f.y).powi(4))).max(0.0).sqrt();
        let pucker = at.fbm(14, 3, 1) * (1.0 - puff);
        let color = self.colors[self.motif.color(at.p, at.seed).min(self.colors.len() - 1)];
        let cell = q.floor().as_ivec2().rem_euclid(bevy_math::IVec2::splat(self.seams as i32));
        let [own, ..] = random(cell.x as u32, cell.y as u32, at.seed);
        let tone = if diagonal { 1.0 } else { 0.8 + 0.4 * own };
        let thread = at.fbm(110, 1, 2);
        Texel {
            color: color * tone * (0.72 + 0.3 * puff + 0.12 * pucker + 0.03 * thread),
            height: 0.02 * puff + 0.004 * pucker,
            roughness: 0.9,
            metallic: 0.0,
        }
    }
}

/// A sheet in folds.
struct Crumpled {
    color: Vec3,
    fold: f32,
}

impl Family for Crumpled {
    fn texel(&self, at: Spot) -> Texel {
        let bent = Spot { p: at.p + at.warp(2, 3, 1) * 0.1, ..at };
        let ridge = 1.0 - bent.grain(3, 4, 3, 2).abs() * 1.6;
        let fine = 1.0 - bent.grain(7, 6, 2, 3).abs() * 1.4;
        let height = self.fold * (0.7 * ridge + 0.3 * fine);
        let thread = at.fbm(120, 1, 4);
        Texel {
            color: self.color * (0.86 + 0.16 * mix(0.0, 1.0, height.clamp(0.0, 1.0)) + 0.02 * thread),
            height: 0.03 * height,
            roughness: 0.9,
            metallic: 0.0,
        }
    }
}

/// Leather: pebbles and creases.
struct Hide {
    dark: Vec3,
    light: Vec3,
}

impl Family for Hide {
    fn texel(&self, at: Spot) -> Texel {
        let warp = at.warp(8, 2, 1) * 0.015;
        let grain = worley(at.p + warp, UVec2::splat(34), at.seed);
        let crease = worley(at.p + 2.0 * warp, UVec2::splat(7), at.seed ^ 2);
        let pebble = smoothstep(0.0, 0.4, grain.second - grain.nearest);
        let fold = smoothstep(0.0, 0.07, crease.second - crease.nearest);
        let tone = 0.25 + 0.5 * pebble * fold + 0.3 * at.fbm(3, 4, 3);
        Texel {
            color: self.dark.lerp(self.light, tone.clamp(0.0, 1.0)),
            height: 0.0008 * pebble + 0.0008 * fold,
            roughness: 0.55 - 0.15 * pebble,
            metallic: 0.0,
        }
    }
}
