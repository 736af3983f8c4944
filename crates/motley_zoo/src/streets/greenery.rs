//! Trees, bushes, hedges.

use std::f32::consts::TAU;

use bevy_math::{Quat, UVec2, Vec2, Vec3, ops};

use super::mold::{Mold, Skin, rgb};
use crate::{
    materials::noise::{fbm, random},
    model::Texture,
    vehicles::build::Sheet,
};

/// Edge of the picture of leaves, metres.
pub(super) const LEAF_TILE: f32 = 1.1;
/// Pixels along its side.
const LEAF_PIXELS: u32 = 128;

const GREENS: [u32; 7] = [0x4a6a2a, 0x3c5a24, 0x5c7434, 0x38502a, 0x6a7a3c, 0x50682c, 0x7a7438];

/// Leaves with holes between them: grey values that a tree's colour multiplies.
pub(super) fn leaves() -> Texture {
    let mut rgba = Vec::with_capacity((LEAF_PIXELS * LEAF_PIXELS * 4) as usize);
    for y in 0..LEAF_PIXELS {
        for x in 0..LEAF_PIXELS {
            let p = Vec2::new(x as f32, y as f32) / LEAF_PIXELS as f32;
            let clump = fbm(p, UVec2::splat(7), 3, 5);
            let leaf = fbm(p, UVec2::splat(26), 2, 9);
            let [speck, ..] = random(x, y, 3);
            let light = (0.74 + 0.6 * leaf + 0.3 * clump + 0.2 * (speck - 0.5)).clamp(0.15, 1.0);
            let hole = clump * 0.7 + leaf * 0.8 < -0.12;
            let grey = (light * 255.0) as u8;
            rgba.extend([grey, grey, (light * 235.0) as u8, if hole { 0 } else { 255 }]);
        }
    }
    Texture { width: LEAF_PIXELS, height: LEAF_PIXELS, rgba }
}

/// A ball with a rugged outside, darker below.
fn clump(mold: &mut Mold, center: Vec3, radii: Vec3, color: Vec3, segments: usize) {
    let turn = mold.range(0.0, TAU);
    let mut sheet = Sheet::default();
    sheet.ellipsoid(center, radii, Quat::from_rotation_y(turn), segments);
    let mesh = &mut sheet.mesh;
    let salt = mold.below(60_000);
    for position in &mut mesh.positions {
        let out = *position - center;
        // The same for points at the same place, so that the ball stays closed.
        let key = (out / radii * 9.0).round().as_ivec3();
        let [bump, ..] = random((key.x * 31 + key.y * 57) as u32 & 4095, (key.z * 13 + 99) as u32 & 4095, salt);
        *position = center + out * (0.72 + 0.6 * bump);
    }
    mesh.colors = mesh
        .positions
        .iter()
        .map(|p| {
            let up = ((p.y - center.y) / radii.y).clamp(-1.0, 1.0);
            (color * (0.72 + 0.33 * up.max(-0.7))).extend(1.0).to_array()
        })
        .collect();
    mold.add_mesh(Skin::Leaves, sheet.mesh);
}

/// The colour of a plant.
fn green(mold: &mut Mold) -> Vec3 {
    let hex = mold.any(&GREENS);
    mold.near(rgb(hex) * 1.25, 0.35)
}

/// A broad-leaved tree, or a conifer.
pub(super) fn tree(mold: &mut Mold, foot: Vec3, height: f32) {
    let color = green(mold);
    let bark = mold.near(rgb(0x6a5a4a), 0.3);
    let near = Vec2::new(foot.x, foot.z).length() < 22.0;
    let segments = if near { 10 } else { 7 };
    let lean = Vec3::new(mold.range(-0.06, 0.06), 0.0, mold.range(-0.06, 0.06)) * height;
    let girth = height * mold.range(0.014, 0.026);
    let fork = foot + Vec3::Y * height * 0.42 + lean * 0.5;
    mold.add(Skin::Plain, bark, |sheet| {
        sheet.tube(
            &[foot - Vec3::Y * 0.1, foot + Vec3::Y * height * 0.15 + lean * 0.1, fork, foot + Vec3::Y * height * 0.8],
            &[girth * 1.3, girth, girth * 0.7, girth * 0.25],
            7,
        );
    });
    if mold.chance(0.16) {
        let floors = 5;
        for floor in 0..floors {
            let t = floor as f32 / floors as f32;
            let wide = height * 0.2 * (1.05 - t);
            let center = foot + Vec3::Y * height * (0.2 + 0.75 * t);
            clump(mold, center, Vec3::new(wide, height * 0.13, wide), color * 0.75, segments);
        }
        return;
    }
    let balls = if near { 20 } else { 9 };
    let crown = mold.range(0.24, 0.36) * height;
    let low = mold.range(0.34, 0.5);
    for _ in 0..balls {
        let angle = mold.range(0.0, TAU);
        let (sin, cos) = ops::sin_cos(angle);
        let t = mold.range(0.0, 1.0);
        let out = crown * mold.range(0.15, 1.0) * (1.0 - 0.6 * (t - 0.4).abs());
        let center = foot + lean + Vec3::new(sin * out, height * (low + (0.92 - low) * t), cos * out);
        let size = height * mold.range(0.08, 0.15);
        let flat = mold.range(0.7, 1.0);
        let tone = mold.range(0.85, 1.15);
        clump(mold, center, Vec3::new(size, size * flat, size), color * tone, segments);
    }
}

/// A bush as wide as `size`, metres.
pub(super) fn bush(mold: &mut Mold, foot: Vec3, size: f32) {
    let color = green(mold);
    for _ in 0..2 + mold.below(3) {
        let offset = Vec3::new(mold.range(-0.5, 0.5), 0.0, mold.range(-0.5, 0.5)) * size;
        let r = size * mold.range(0.4, 0.7);
        clump(mold, foot + offset + Vec3::Y * r * 0.7, Vec3::new(r, r * 0.9, r), color, 9);
    }
}

/// A clipped hedge along z.
pub(super) fn hedge(mold: &mut Mold, x: f32, (from, to): (f32, f32), height: f32) {
    let color = green(mold) * 0.9;
    let mut z = from;
    while z < to {
        let long = mold.range(1.6, 2.6);
        let tall = height * mold.range(0.92, 1.06);
        clump(mold, Vec3::new(x, tall * 0.5, z), Vec3::new(0.5, tall * 0.62, long * 0.7), color, 9);
        z += long;
    }
}
