//! Lamps, signs, poles with wires, bins, racks: what stands along a street.

use bevy_math::{Quat, Vec3};

use super::mold::{Mold, Skin, rgb};
use crate::vehicles::build::bend;

/// A lamp that hangs over the road; `toward` is the sign of x from its foot to the road.
pub(super) fn lamp(mold: &mut Mold, foot: Vec3, toward: f32) {
    let grey = Vec3::splat(mold.range(0.04, 0.35));
    let (height, reach) = (mold.range(5.0, 9.0), mold.range(0.8, 2.4));
    mold.add(Skin::Plain, grey, |sheet| {
        let top = foot + Vec3::Y * height;
        let arm = [foot, top - Vec3::Y, top, top + Vec3::new(toward * reach, 0.25, 0.0)];
        sheet.tube(&arm, &[0.09, 0.06, 0.05, 0.035], 7);
        sheet.ellipsoid(top + Vec3::new(toward * reach, 0.22, 0.0), Vec3::new(0.34, 0.08, 0.14), Quat::IDENTITY, 8);
    });
}

/// A wooden pole with cross-arm; wires run along z from pole to pole.
pub(super) fn pole_line(mold: &mut Mold, x: f32, from: f32, to: f32) {
    let wood = mold.near(rgb(0x6a5c50), 0.3);
    let (height, step) = (mold.range(7.0, 10.0), mold.range(24.0, 36.0));
    let mut z = from;
    let mut feet = Vec::new();
    while z < to {
        mold.post(wood, Vec3::new(x, -0.1, z), height, 0.13);
        mold.block(
            Skin::Plain,
            wood * 0.8,
            Vec3::new(x - 1.1, height - 0.7, z - 0.06),
            Vec3::new(x + 1.1, height - 0.55, z + 0.06),
        );
        feet.push(z);
        z += step;
    }
    for pair in feet.windows(2) {
        for offset in [-1.0, -0.4, 0.4, 1.0] {
            mold.add(Skin::Plain, Vec3::splat(0.02), |sheet| {
                let at = |t: f32| {
                    let sag = 4.0 * t * (1.0 - t) * 0.7;
                    Vec3::new(x + offset, height - 0.5 - sag, pair[0] + (pair[1] - pair[0]) * t)
                };
                let wire: Vec<Vec3> = (0..7).map(|i| at(i as f32 / 6.0)).collect();
                sheet.pipe(&wire, 0.018, 3);
            });
        }
    }
}

/// A traffic sign that faces along the street.
pub(super) fn sign(mold: &mut Mold, foot: Vec3) {
    mold.post(Vec3::splat(0.3), foot, 2.7, 0.035);
    let faces = [
        (rgb(0xf0f0f0), rgb(0xc02020)),
        (rgb(0x2050a0), rgb(0xf0f0f0)),
        (rgb(0xe8c020), rgb(0x202020)),
        (rgb(0xf0f0ec), rgb(0x303030)),
        (rgb(0xb01818), rgb(0xf0f0f0)),
        (rgb(0x187038), rgb(0xf0f0f0)),
    ];
    let (face, rim) = mold.any(&faces);
    let middle = foot + Vec3::Y * 2.4;
    if mold.chance(0.5) {
        mold.add(Skin::Plain, rim, |sheet| sheet.pipe(&[middle - Vec3::Z * 0.02, middle + Vec3::Z * 0.02], 0.34, 18));
        mold.add(Skin::Plain, face, |sheet| sheet.pipe(&[middle - Vec3::Z * 0.03, middle + Vec3::Z * 0.03], 0.27, 18));
    } else {
        let (w, h) = (mold.range(0.22, 0.4), mold.range(0.22, 0.4));
        let at = |x: f32, y: f32, z: f32| middle + Vec3::new(x * w, y * h, z);
        mold.block(Skin::Plain, rim, at(-1.0, -1.0, -0.02), at(1.0, 1.0, 0.02));
        mold.block(Skin::Plain, face, at(-0.88, -0.88, -0.03), at(0.88, 0.88, 0.03));
    }
}

/// Signals on a mast.
pub(super) fn signals(mold: &mut Mold, foot: Vec3, toward: f32) {
    let grey = rgb(0x50545a);
    mold.add(Skin::Plain, grey, |sheet| {
        sheet.tube(&[foot, foot + Vec3::Y * 5.4, foot + Vec3::new(toward * 4.5, 5.8, 0.0)], &[0.11, 0.08, 0.05], 7);
    });
    for (at, lit) in [(foot + Vec3::new(toward * 4.2, 5.3, 0.0), 2), (foot + Vec3::new(toward * 0.2, 2.6, 0.0), 0)] {
        mold.block(Skin::Plain, rgb(0x202018), at - Vec3::new(0.17, 0.5, 0.12), at + Vec3::new(0.17, 0.5, 0.12));
        for (i, color) in [rgb(0x20c060), rgb(0xe0a020), rgb(0xe02818)].into_iter().enumerate() {
            let glow = if i == lit { color } else { color * 0.1 };
            mold.add(Skin::Plain, glow, |sheet| {
                let y = 0.3 * (i as f32 - 1.0);
                sheet.ellipsoid(at + Vec3::new(0.0, y, 0.0), Vec3::new(0.11, 0.11, 0.16), Quat::IDENTITY, 8);
            });
        }
    }
}

/// A litter bin, a letter box or a hydrant.
pub(super) fn bin(mold: &mut Mold, foot: Vec3) {
    let color = mold.any(&[rgb(0x2a4a34), rgb(0x303236), rgb(0x1f4a8a), rgb(0xb02018), rgb(0xd8b020)]);
    let (radius, height) = (mold.range(0.15, 0.3), mold.range(0.6, 1.1));
    mold.add(Skin::Plain, color, |sheet| {
        sheet.tube(
            &[foot, foot + Vec3::Y * height * 0.9, foot + Vec3::Y * height],
            &[radius * 0.9, radius, radius * 0.7],
            10,
        );
    });
}

/// Hoops to lock bicycles to: the first at `at`, the others each `step` further along x.
pub(super) fn hoops(mold: &mut Mold, at: Vec3, step: f32, count: u32) {
    let steel = rgb(0x8a8e92);
    for i in 0..count {
        let foot = at + Vec3::X * (step * i as f32);
        mold.add(Skin::Plain, steel, |sheet| {
            let hoop = [
                foot - Vec3::Z * 0.4,
                foot + Vec3::new(0.0, 0.6, -0.4),
                foot + Vec3::new(0.0, 0.8, -0.2),
                foot + Vec3::new(0.0, 0.8, 0.2),
                foot + Vec3::new(0.0, 0.6, 0.4),
                foot + Vec3::Z * 0.4,
            ];
            sheet.pipe(&bend(&hoop), 0.025, 6);
        });
    }
}

/// A bench along z.
pub(super) fn bench(mold: &mut Mold, at: Vec3, side: f32) {
    let wood = mold.near(rgb(0x7a5a3c), 0.2);
    for (x, y) in [(0.0, 0.44), (0.13, 0.44), (0.26, 0.44), (0.36, 0.62), (0.4, 0.78)] {
        let p = at + Vec3::new(side * x, y, 0.0);
        mold.block(Skin::Plain, wood, p - Vec3::new(0.05, 0.015, 0.8), p + Vec3::new(0.05, 0.025, 0.8));
    }
    for z in [-0.65, 0.65] {
        let p = at + Vec3::new(side * 0.16, 0.0, z);
        mold.block(Skin::Plain, rgb(0x202224), p - Vec3::new(0.2, 0.0, 0.03), p + Vec3::new(0.2, 0.43, 0.03));
    }
}
