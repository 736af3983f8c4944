//! Cloth, leather and paper.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::noise::{fbm, mix, random, smoothstep, worley};
use super::{Recipe, Texel, bond, srgb};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe { name: "cardboard", tile_m: 0.5, paint: cardboard },
    Recipe { name: "carpet", tile_m: 0.4, paint: carpet },
    Recipe { name: "checks", tile_m: 0.3, paint: checks },
    Recipe { name: "chessboard", tile_m: 0.4, paint: chessboard },
    Recipe { name: "denim", tile_m: 0.15, paint: denim },
    Recipe { name: "leather", tile_m: 0.25, paint: leather },
    Recipe { name: "rug", tile_m: 0.6, paint: rug },
    Recipe { name: "weave", tile_m: 0.08, paint: weave },
];

fn square(cells: u32) -> UVec2 {
    UVec2::splat(cells)
}

/// A point of a plain weave of `threads` by `threads`.
struct Thread {
    /// Whether the thread on top runs along y.
    warp: bool,
    /// Which thread it is.
    index: u32,
    /// Roundness of the thread on top here, 0 at its edges to 1 in the middle.
    crown: f32,
}

/// A weave whose warp lies on top `over` times in a row (1 is plain weave, 2 and more twill).
fn threads(p: Vec2, threads: u32, over: u32) -> Thread {
    let q = p * threads as f32;
    let (column, row) = (q.x.floor() as u32 % threads, q.y.floor() as u32 % threads);
    let f = q - q.floor();
    let warp = (column + row) % (over + 1) != 0;
    let (across, along) = if warp { (f.x, f.y) } else { (f.y, f.x) };
    // A thread is round, and dives at both ends of a plain weave's float.
    let round = 1.0 - (2.0 * across - 1.0).powi(2);
    let dive = if over == 1 { 1.0 - 0.6 * (2.0 * along - 1.0).powi(2) } else { 1.0 };
    Thread { warp, index: if warp { column } else { row }, crown: round.max(0.0).sqrt() * dive }
}

fn cardboard(p: Vec2) -> Texel {
    let fibre = fbm(p, UVec2::new(24, 40), 3, 401);
    let flute = ops::sin(std::f32::consts::TAU * p.x * 64.0);
    let cloud = fbm(p, square(3), 4, 402);
    Texel {
        color: srgb(0xb08d62) * (1.0 + 0.05 * fibre + 0.03 * flute + 0.06 * cloud),
        height: 0.0002 * flute + 0.0002 * fibre,
        roughness: 0.9,
        metallic: 0.0,
    }
}

fn carpet(p: Vec2) -> Texel {
    let tuft = worley(p, square(52), 411);
    let shade = fbm(p, square(4), 4, 412);
    let crown = (1.0 - tuft.nearest).max(0.0);
    let color = srgb(0x5c6b7a).lerp(srgb(0x8795a3), tuft.random[0]);
    Texel { color: color * (0.45 + 0.6 * crown + 0.12 * shade), height: 0.006 * crown, roughness: 1.0, metallic: 0.0 }
}

/// Gingham: two rows of dyed threads that mix where they cross.
fn checks(p: Vec2) -> Texel {
    let thread = threads(p, 120, 1);
    let band = |x: f32| if ops::rem_euclid(x * 6.0, 1.0) < 0.5 { 1.0 } else { 0.0 };
    let dyed = if thread.warp { band(p.x) } else { band(p.y) };
    // At this scale the eye sees the mixture, with a hint of the threads.
    let mixed = mix(0.5 * (band(p.x) + band(p.y)), dyed, 0.25);
    Texel {
        color: srgb(0xf2efe6).lerp(srgb(0xb3262e), mixed) * (0.88 + 0.12 * thread.crown),
        height: 0.0004 * thread.crown,
        roughness: 0.9,
        metallic: 0.0,
    }
}

fn chessboard(p: Vec2) -> Texel {
    let cell = bond(p, 0.4, 8, 8, 0.0);
    let grain = fbm(p, UVec2::new(4, 48), 3, 421);
    let color = if (cell.column + cell.row).is_multiple_of(2) { srgb(0xe6d3ac) } else { srgb(0x2c211b) };
    Texel { color: color * (1.0 + 0.12 * grain), height: 0.0, roughness: 0.4, metallic: 0.0 }
}

fn denim(p: Vec2) -> Texel {
    let thread = threads(p, 96, 3);
    let [slub, _, _] = random(thread.index, u32::from(thread.warp), 431);
    let fade = fbm(p, square(3), 4, 432);
    let color = if thread.warp { srgb(0x2f4668) } else { srgb(0xaab6c6) };
    Texel {
        color: color * (0.7 + 0.3 * thread.crown + 0.25 * slub + 0.25 * fade),
        height: 0.0004 * thread.crown,
        roughness: 0.95,
        metallic: 0.0,
    }
}

fn leather(p: Vec2) -> Texel {
    let warp = Vec2::new(fbm(p, square(8), 2, 441), fbm(p, square(8), 2, 442)) * 0.015;
    let grain = worley(p + warp, square(34), 443);
    let crease = worley(p + 2.0 * warp, square(7), 444);
    let pebble = smoothstep(0.0, 0.4, grain.second - grain.nearest);
    let fold = smoothstep(0.0, 0.07, crease.second - crease.nearest);
    let cloud = fbm(p, square(3), 4, 445);
    Texel {
        color: srgb(0x3f2113).lerp(srgb(0x85502c), (0.25 + 0.5 * pebble * fold + 0.3 * cloud).clamp(0.0, 1.0)),
        height: 0.0008 * pebble + 0.0008 * fold,
        roughness: 0.55 - 0.15 * pebble,
        metallic: 0.0,
    }
}

/// A striped wool rug with a row of diamonds.
fn rug(p: Vec2) -> Texel {
    let thread = threads(p, 96, 1);
    let (x, y) = ((p.x * 96.0).floor() / 96.0, (p.y * 96.0).floor() / 96.0);
    let diamond = (ops::rem_euclid(x * 6.0, 1.0) - 0.5).abs() + (ops::rem_euclid(y * 2.0, 1.0) - 0.5).abs() * 3.0;
    let stripe = ops::rem_euclid(y * 4.0, 1.0);
    let color = if diamond < 0.22 {
        srgb(0xe3c98f)
    } else if diamond < 0.46 {
        srgb(0x24324f)
    } else if !(0.12..=0.88).contains(&stripe) {
        srgb(0xd9cdb4)
    } else {
        srgb(0x8f2f2a)
    };
    let [wear, _, _] = random(thread.index, u32::from(thread.warp), 451);
    Texel {
        color: color * (0.7 + 0.25 * thread.crown + 0.15 * wear),
        height: 0.003 * thread.crown,
        roughness: 1.0,
        metallic: 0.0,
    }
}

fn weave(p: Vec2) -> Texel {
    let thread = threads(p, 24, 1);
    let [tone, _, _] = random(thread.index, u32::from(thread.warp), 461);
    let fibre = fbm(p, if thread.warp { UVec2::new(96, 12) } else { UVec2::new(12, 96) }, 2, 462);
    let color: Vec3 = srgb(0x9c8f78).lerp(srgb(0xc9bea6), tone);
    Texel {
        color: color * (0.4 + 0.6 * thread.crown + 0.1 * fibre),
        height: 0.0012 * thread.crown,
        roughness: 0.95,
        metallic: 0.0,
    }
}
