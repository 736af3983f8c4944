//! Houses, walls and fences along a street.

use bevy_math::{Vec2, Vec3};

use super::mold::{Mold, Skin, rgb};

const WALLS: [(&str, u32); 14] = [
    ("bricks", 0xffffff),
    ("bricks_yellow", 0xffffff),
    ("bricks_old", 0xffffff),
    ("plaster", 0xf4e8d0),
    ("plaster", 0xd8dce0),
    ("plaster_white", 0xffffff),
    ("plaster_white", 0xe8d8b8),
    ("concrete", 0xffffff),
    ("sandstone", 0xffffff),
    ("planks_white", 0xffffff),
    ("planks_white", 0xc8d4dc),
    ("planks_grey", 0xffffff),
    ("corrugated", 0xffffff),
    ("bricks_dark", 0xffffff),
];

/// A house on a rectangle of the ground whose front faces the road at x = 0, as seen from `side` (±1).
pub(super) fn house(mold: &mut Mold, low: Vec2, high: Vec2, height: f32, shop: bool) {
    let (name, tint) = mold.any(&WALLS);
    let wall = mold.near(rgb(tint), 0.15).min(Vec3::ONE);
    let (a, b) = (Vec3::new(low.x, -0.2, low.y), Vec3::new(high.x, height, high.y));
    mold.block(Skin::Wall(name), wall, a, b);
    roof(mold, low, high, height);
    let side = if low.x + high.x > 0.0 { 1.0 } else { -1.0 };
    let front = if side > 0.0 { low.x } else { high.x };
    windows(mold, front, -side, (low.y, high.y), height, shop);
    for z in [low.y, high.y] {
        gable_windows(mold, z, if z == low.y { -1.0 } else { 1.0 }, (low.x, high.x), height);
    }
}

fn roof(mold: &mut Mold, low: Vec2, high: Vec2, height: f32) {
    let tiles = mold.any(&[0x5a4038, 0x3c3c40, 0x6a5a50, 0x4a4440, 0x7a4a3a]);
    let color = mold.near(rgb(tiles), 0.2);
    if mold.chance(0.55) {
        let over = 0.35;
        let rise = mold.range(1.2, 2.8);
        let middle = (low.x + high.x) / 2.0;
        let (x0, x1, z0, z1) = (low.x - over, high.x + over, low.y - over, high.y + over);
        let eaves = height - 0.05;
        mold.add(Skin::Plain, color, |sheet| {
            let ridge = height + rise;
            sheet.patch(1, 1, |p| {
                Vec3::new(x0 + (middle - x0) * p.y, eaves + (ridge - eaves) * p.y, z0 + (z1 - z0) * p.x)
            });
            sheet.patch(1, 1, |p| {
                Vec3::new(middle + (x1 - middle) * p.y, ridge + (eaves - ridge) * p.y, z0 + (z1 - z0) * p.x)
            });
        });
        for (z, flip) in [(low.y, false), (high.y, true)] {
            mold.add(Skin::Plain, color * 1.6, |sheet| {
                let mut loop_ = vec![
                    Vec3::new(low.x, height, z),
                    Vec3::new(middle, height + rise, z),
                    Vec3::new(high.x, height, z),
                ];
                if flip {
                    loop_.reverse();
                }
                let center = loop_.iter().sum::<Vec3>() / 3.0;
                sheet.fan(&loop_, center);
            });
        }
    } else {
        let (a, b) =
            (Vec3::new(low.x - 0.15, height, low.y - 0.15), Vec3::new(high.x + 0.15, height + 0.3, high.y + 0.15));
        mold.block(Skin::Plain, color * 1.5, a, b);
    }
}

/// Windows, doors and perhaps a shop front on a wall at `x` that faces `out` (±1).
fn windows(mold: &mut Mold, x: f32, out: f32, (from, to): (f32, f32), height: f32, shop: bool) {
    let frame = mold.any(&[rgb(0xe8e8e4), rgb(0x3a3a3c), rgb(0x6a4a34), rgb(0xf4f4f0)]);
    let floor = mold.range(2.7, 3.4);
    let step = mold.range(1.9, 3.6);
    let (wide, tall) = (step * mold.range(0.35, 0.62), floor * mold.range(0.38, 0.58));
    let floors = ((height / floor) as u32).max(1);
    let face = |depth: f32| x + out * depth;
    let count = ((to - from - 0.6) / step) as u32;
    let margin = (to - from - count as f32 * step) / 2.0;
    let door_at = mold.below(count.max(1));
    let door = mold.any(&[rgb(0x6a2a20), rgb(0x2a3a4a), rgb(0x284030), rgb(0x5a4030), rgb(0xe0e0dc)]);
    for row in 0..floors {
        let base = row as f32 * floor;
        if row == 0 && shop {
            shop_front(mold, x, out, (from, to), floor);
            continue;
        }
        for column in 0..count {
            let z = from + margin + (column as f32 + 0.5) * step;
            if row == 0 && column == door_at {
                mold.block(
                    Skin::Plain,
                    frame,
                    Vec3::new(face(0.0), 0.0, z - 0.6),
                    Vec3::new(face(0.05), 2.25, z + 0.6),
                );
                mold.block(
                    Skin::Plain,
                    door,
                    Vec3::new(face(0.0), 0.05, z - 0.48),
                    Vec3::new(face(0.08), 2.12, z + 0.48),
                );
                mold.block(
                    Skin::Plain,
                    rgb(0x9a9690),
                    Vec3::new(face(0.0), -0.2, z - 0.8),
                    Vec3::new(face(0.5), 0.05, z + 0.8),
                );
                continue;
            }
            let low = base + (floor - tall) * 0.55;
            pane(
                mold,
                Vec3::new(x, low, z - wide / 2.0),
                Vec3::new(x, low + tall, z + wide / 2.0),
                Vec3::X * out,
                frame,
            );
        }
    }
}

fn gable_windows(mold: &mut Mold, z: f32, out: f32, (from, to): (f32, f32), height: f32) {
    let frame = rgb(0xd8d8d4);
    for row in 0..(height / 3.1) as u32 {
        for t in [0.3, 0.7] {
            if mold.chance(0.6) {
                let (x, low) = (from + (to - from) * t, 3.1 * row as f32 + 1.0);
                pane(mold, Vec3::new(x - 0.5, low, z), Vec3::new(x + 0.5, low + 1.3, z), Vec3::Z * out, frame);
            }
        }
    }
}

/// A window in its frame on a wall that faces `out`.
fn pane(mold: &mut Mold, low: Vec3, high: Vec3, out: Vec3, frame: Vec3) {
    let along = Vec3::Y.cross(out).abs();
    let rim = along * 0.07 + Vec3::Y * 0.07;
    mold.block(Skin::Plain, frame, low - rim, high + rim + out * 0.04);
    let dark = mold.any(&[0.03, 0.045, 0.07, 0.11, 0.22]);
    let glass = Vec3::new(0.9, 1.0, 1.1) * dark;
    mold.block(Skin::Gloss, glass, low, high + out * 0.055);
    let middle = (low + high) / 2.0;
    let bar = along * 0.025 + Vec3::Y * (high.y - low.y) / 2.0;
    mold.block(Skin::Plain, frame, middle - bar, middle + bar + out * 0.065);
    mold.block(
        Skin::Plain,
        frame * 0.9,
        low - rim - Vec3::Y * 0.05,
        Vec3::new(high.x, low.y - 0.05, high.z) + along * 0.1 + out * 0.14,
    );
}

fn shop_front(mold: &mut Mold, x: f32, out: f32, (from, to): (f32, f32), floor: f32) {
    let frame = mold.any(&[rgb(0x30302e), rgb(0x8a8a88), rgb(0x4a2a20), rgb(0x22384a)]);
    let sign = mold.any(&[
        rgb(0xa8281e),
        rgb(0x1f4f8a),
        rgb(0x2a6a3a),
        rgb(0xd8a020),
        rgb(0xe8e4dc),
        rgb(0x222222),
        rgb(0xc86020),
    ]);
    let face = |depth: f32| x + out * depth;
    mold.block(Skin::Plain, frame, Vec3::new(x, 0.0, from + 0.2), Vec3::new(face(0.04), floor - 0.2, to - 0.2));
    let mut z = from + 0.4;
    while z + 1.6 < to - 0.3 {
        let wide = mold.range(1.4, 2.4).min(to - 0.4 - z);
        let goods = mold.range(0.03, 0.2);
        let tint = Vec3::new(1.0, mold.range(0.8, 1.05), mold.range(0.7, 1.1));
        mold.block(
            Skin::Gloss,
            tint * goods,
            Vec3::new(x, 0.45, z),
            Vec3::new(face(0.06), floor - 0.75, z + wide - 0.14),
        );
        z += wide;
    }
    mold.block(Skin::Plain, sign, Vec3::new(x, floor - 0.7, from + 0.2), Vec3::new(face(0.14), floor - 0.15, to - 0.2));
    let letters = if sign.element_sum() > 1.2 { rgb(0x303030) } else { rgb(0xf0ead8) };
    let count = 4 + mold.below(7);
    let pitch = mold.range(0.3, 0.5).min((to - from - 1.0) / count as f32);
    for i in 0..count {
        if mold.chance(0.85) {
            let z = (from + to) / 2.0 + (i as f32 - count as f32 / 2.0) * pitch;
            mold.block(
                Skin::Plain,
                letters,
                Vec3::new(x, floor - 0.58, z),
                Vec3::new(face(0.155), floor - 0.28, z + pitch * 0.6),
            );
        }
    }
    if mold.chance(0.45) {
        let deep = mold.range(0.8, 1.4);
        let under = floor - 0.75;
        mold.add(Skin::Plain, sign * 0.9, |sheet| {
            let (near, far) = (Vec3::new(x, under + 0.35, 0.0), Vec3::new(face(deep), under - 0.1, 0.0));
            for (top, lift) in [(true, 0.0), (false, -0.03)] {
                sheet.patch(1, 1, |p| {
                    let z = if top == (out > 0.0) {
                        from + 0.3 + (to - from - 0.6) * p.x
                    } else {
                        to - 0.3 - (to - from - 0.6) * p.x
                    };
                    let at = near.lerp(far, p.y);
                    Vec3::new(at.x, at.y + lift, z)
                });
            }
        });
    }
}

/// A wall, a fence of bars, boards or wire along z.
pub(super) fn fence(mold: &mut Mold, x: f32, (from, to): (f32, f32)) {
    match mold.below(4) {
        0 => {
            let (name, height) = (mold.any(&["bricks", "concrete", "stone_wall", "plaster"]), mold.range(0.6, 2.2));
            mold.block(Skin::Wall(name), Vec3::ONE, Vec3::new(x - 0.12, -0.2, from), Vec3::new(x + 0.12, height, to));
            let cap = Vec3::splat(0.35);
            mold.block(Skin::Plain, cap, Vec3::new(x - 0.16, height, from), Vec3::new(x + 0.16, height + 0.06, to));
        }
        1 => {
            let color = mold.any(&[rgb(0x181818), rgb(0x2a332c), rgb(0x505050)]);
            let (height, pitch) = (mold.range(0.9, 1.7), mold.range(0.11, 0.16));
            for y in [0.15, height * 0.92] {
                mold.block(Skin::Plain, color, Vec3::new(x - 0.02, y, from), Vec3::new(x + 0.02, y + 0.04, to));
            }
            let mut z = from;
            while z < to {
                mold.block(Skin::Plain, color, Vec3::new(x - 0.011, 0.0, z), Vec3::new(x + 0.011, height, z + 0.022));
                z += pitch;
            }
        }
        2 => {
            let tint = mold.any(&[rgb(0x8a6a4a), rgb(0x9a9488), rgb(0xe8e8e4), rgb(0x5a4434)]);
            let (height, pitch) = (mold.range(1.0, 1.8), 0.16);
            let mut z = from;
            while z < to {
                let shade = mold.range(0.85, 1.1);
                mold.block(
                    Skin::Plain,
                    tint * shade,
                    Vec3::new(x - 0.015, 0.05, z),
                    Vec3::new(x + 0.015, height, z + pitch - 0.02),
                );
                z += pitch;
            }
        }
        _ => {
            let color = rgb(0x8c9094);
            let height = mold.range(1.2, 2.0);
            let mut z = from;
            while z < to {
                mold.post(color, Vec3::new(x, 0.0, z), height, 0.03);
                z += 2.4;
            }
            for y in [0.3, 0.65, height * 0.98] {
                mold.block(Skin::Plain, color, Vec3::new(x - 0.012, y, from), Vec3::new(x + 0.012, y + 0.024, to));
            }
        }
    }
}
