//! Bars of a cage, wire mesh, and the diamonds of a chain-link fence.

use bevy_math::Vec3;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::paint;
use crate::{
    model::MeshData,
    vehicles::{breed::Dice, build::Sheet},
};

/// Half the width of the wall, metres.
const HALF: f32 = 1.1;
/// Its height, metres.
const HEIGHT: f32 = 1.3;

pub(super) fn build(variant: u32) -> MeshData {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(variant));
    let mut dice = Dice(&mut rng);
    let mut sheet = Sheet::default();
    let color = dice.pick(&[
        (Vec3::splat(0.02), 2.0),
        (Vec3::splat(0.35), 2.0),
        (Vec3::splat(0.6), 1.0),
        (Vec3::new(0.03, 0.09, 0.05), 0.6),
        (Vec3::new(0.3, 0.24, 0.16), 0.6),
    ]);
    match variant % 3 {
        // Upright bars, held by a few level ones.
        0 => {
            let (gap, radius) = (dice.range((0.035, 0.07)), dice.range((0.002, 0.004)));
            upright(&mut sheet, gap, radius);
            level(&mut sheet, dice.range((0.25, 0.45)), radius * 1.3);
        }
        // Welded wire.
        1 => {
            let (gap, radius) = (dice.range((0.03, 0.06)), dice.range((0.0012, 0.0025)));
            upright(&mut sheet, gap, radius);
            level(&mut sheet, gap * dice.range((1.0, 2.0)), radius);
        }
        // Chain link.
        _ => {
            let (gap, radius) = (dice.range((0.06, 0.09)), dice.range((0.0015, 0.0025)));
            let count = ((2.0 * HALF + HEIGHT) / gap) as i32;
            for k in 0..count {
                let foot = -HALF - HEIGHT + gap * k as f32;
                sheet.pipe(&[Vec3::new(foot, 0.0, radius), Vec3::new(foot + HEIGHT, HEIGHT, radius)], radius, 5);
                sheet.pipe(&[Vec3::new(foot + HEIGHT, 0.0, -radius), Vec3::new(foot, HEIGHT, -radius)], radius, 5);
            }
        }
    }
    let mut mesh = sheet.mesh;
    mesh.uvs = mesh.positions.iter().map(|p| p.truncate()).collect();
    paint(&mut mesh, color);
    mesh
}

fn upright(sheet: &mut Sheet, gap: f32, radius: f32) {
    for k in 0..=(2.0 * HALF / gap) as i32 {
        let foot = Vec3::new(gap * k as f32 - HALF, 0.0, 0.0);
        sheet.pipe(&[foot, foot + Vec3::Y * HEIGHT], radius, 6);
    }
}

fn level(sheet: &mut Sheet, gap: f32, radius: f32) {
    for k in 0..=(HEIGHT / gap) as i32 {
        let y = gap * k as f32 + radius;
        sheet.pipe(&[Vec3::new(-HALF, y, 0.0), Vec3::new(HALF, y, 0.0)], radius, 6);
    }
}
