//! People who hold, stroke or stand by their pet: limbs with hands, in clothes that crease.

use bevy_math::{Vec2, Vec3};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{SUBJECT_RADIUS, paint};
use crate::{
    animals::noise::fractal,
    figure::{Carrier, Dress, Stance, limbs},
    model::MeshData,
    vehicles::{breed::Dice, build::Sheet},
};

/// Somebody with the subject: what they do goes round with the number.
pub(super) fn build(variant: u32) -> MeshData {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(variant));
    let dress = Dress::draw(&mut rng).at_home();
    let mut dice = Dice(&mut rng);
    let size = dice.range((0.85, 1.05));
    let side = if dice.chance(0.5) { 1.0 } else { -1.0 };
    let r = SUBJECT_RADIUS;
    let mut near = |p: [f32; 3]| {
        Vec3::from(p) + Vec3::new(dice.range((-0.04, 0.04)), dice.range((-0.03, 0.03)), dice.range((-0.05, 0.05)))
    };
    let stance = match variant % 5 {
        // Sits on the floor behind the subject, both hands at its flanks.
        0 => Stance {
            hip: near([0.0, 0.16, -0.62]),
            chest: near([0.0, 0.62, -0.5]),
            head: near([0.0, 0.88, -0.42]),
            hands: [near([0.8 * r, 0.3, -0.12]), near([-0.8 * r, 0.26, -0.12])],
            feet: [near([0.55, 0.08, -0.1]), near([-0.55, 0.08, -0.1])],
            ahead: Vec3::Z,
            size,
        },
        // Kneels at its side, a hand on its back.
        1 => Stance {
            hip: near([side * 0.75, 0.4, -0.3]),
            chest: near([side * 0.62, 0.82, -0.26]),
            head: near([side * 0.5, 1.05, -0.2]),
            hands: [near([side * 0.22, 0.42, -0.16]), near([side * 0.4, 0.2, -0.1])],
            feet: [near([side * 1.05, 0.08, -0.2]), near([side * 1.05, 0.08, -0.45])],
            ahead: Vec3::new(-side, 0.0, 0.0),
            size,
        },
        // Stands behind it: legs.
        2 => standing(near([side * 0.2, 0.0, -0.55]), Vec3::Z, size),
        // Stands at its side.
        3 => standing(near([side * 0.6, 0.0, -0.25]), Vec3::new(-side * 0.6, 0.0, 0.8), size),
        // Reaches in from aside.
        _ => Stance {
            hip: near([side * 1.25, 0.5, -0.35]),
            chest: near([side * 1.0, 0.85, -0.3]),
            head: near([side * 0.95, 1.15, -0.3]),
            hands: [near([side * 0.62 * r, 0.32, -0.1]), near([side * 1.0, 0.4, -0.1])],
            feet: [near([side * 1.4, 0.08, -0.2]), near([side * 1.5, 0.08, -0.5])],
            ahead: Vec3::new(-side, 0.0, 0.0),
            size,
        },
    };
    body(&stance, &dress)
}

fn standing(at: Vec3, ahead: Vec3, size: f32) -> Stance {
    let aside = Vec3::Y.cross(ahead);
    let up = |x: f32, y: f32, z: f32| Vec3::new(at.x, 0.0, at.z) + (aside * x + Vec3::Y * y + ahead * z) * size;
    Stance {
        hip: up(0.0, 0.92, 0.0),
        chest: up(0.0, 1.42, 0.02),
        head: up(0.0, 1.66, 0.04),
        hands: [up(0.27, 0.86, 0.05), up(-0.27, 0.86, 0.0)],
        feet: [up(0.13, 0.08, 0.04), up(-0.13, 0.08, -0.04)],
        ahead,
        size,
    }
}

fn body(stance: &Stance, dress: &Dress) -> MeshData {
    let mut mesh = MeshData::default();
    for limb in limbs(stance, dress) {
        let cloth = limb.color != dress.skin;
        let loose = if matches!(limb.carrier, Carrier::Foot(_)) || !cloth { 1.0 } else { 1.18 };
        let mut part = sleeve(limb.from, limb.to, limb.radii.map(|radius| radius * loose));
        if cloth {
            crease(&mut part);
        }
        paint(&mut part, limb.color);
        shade(&mut part, cloth);
        mesh.append(part);
    }
    for hand in stance.hands {
        let mut part = fingers(hand, stance);
        paint(&mut part, dress.skin);
        mesh.append(part);
    }
    // A knee that would sink into the ground lies on it.
    mesh.positions.iter_mut().for_each(|p| p.y = p.y.max(0.0));
    mesh.uvs = mesh.positions.iter().map(|p| Vec2::new(p.x, p.y)).collect();
    mesh
}

/// A limb with enough rings for creases, its ends round.
fn sleeve(from: Vec3, to: Vec3, [a, b]: [f32; 2]) -> MeshData {
    let along = (to - from).normalize_or(Vec3::Y);
    let (mut points, mut radii) = (Vec::new(), Vec::new());
    let mut ring = |point: Vec3, radius: f32| {
        points.push(point);
        radii.push(radius);
    };
    for (back, share) in [(0.97, 0.24), (0.7, 0.71)] {
        ring(from - along * a * back, a * share);
    }
    let rings = ((from.distance(to) / 0.022) as usize).clamp(3, 20);
    for k in 0..=rings {
        let t = k as f32 / rings as f32;
        ring(from.lerp(to, t), a + (b - a) * t);
    }
    for (on, share) in [(0.7, 0.71), (0.97, 0.24)] {
        ring(to + along * b * on, b * share);
    }
    let mut sheet = Sheet::default();
    sheet.tube(&points, &radii, 16);
    sheet.mesh
}

/// What folds add to a place of the cloth, along the normal, metres.
fn fold(p: Vec3) -> f32 {
    let crest = 1.0 - (2.0 * fractal(p * Vec3::new(9.0, 17.0, 9.0)) - 1.0).abs() * 2.0;
    0.02 * crest.max(0.0)
}

fn crease(mesh: &mut MeshData) {
    const STEP: f32 = 0.012;
    for (position, normal) in mesh.positions.iter_mut().zip(&mut mesh.normals) {
        let here = fold(*position);
        let slope = Vec3::new(
            fold(*position + Vec3::X * STEP) - here,
            fold(*position + Vec3::Y * STEP) - here,
            fold(*position + Vec3::Z * STEP) - here,
        ) / STEP;
        *position += *normal * (here - 0.008);
        *normal = (*normal - slope.reject_from_normalized(*normal)).normalize_or(*normal);
    }
}

/// Furrows and the undersides are darker; skin is redder in places.
fn shade(mesh: &mut MeshData, cloth: bool) {
    for ((color, position), normal) in mesh.colors.iter_mut().zip(&mesh.positions).zip(&mesh.normals) {
        let light = 0.85 + 0.15 * normal.y + if cloth { 12.0 * (fold(*position) - 0.01) } else { 0.0 };
        let flush = if cloth { 0.0 } else { 0.12 * (fractal(*position * 14.0) - 0.5) };
        let factor = Vec3::splat(light.clamp(0.4, 1.1)) * Vec3::new(1.0, 1.0 - flush, 1.0 - flush);
        *color = (Vec3::from_slice(&color[..3]) * factor).clamp(Vec3::ZERO, Vec3::ONE).extend(1.0).to_array();
    }
}

/// Four fingers and a thumb that lie on what the hand holds.
fn fingers(hand: Vec3, stance: &Stance) -> MeshData {
    let s = stance.size;
    let ahead = stance.ahead;
    let aside = Vec3::Y.cross(ahead);
    let knuckles = hand + ahead * 0.07 * s;
    let mut sheet = Sheet::default();
    let mut finger = |out: f32, reach: f32| {
        let root = knuckles + (aside * out - Vec3::Y * 0.008) * s;
        let tip = root + (ahead * reach - Vec3::Y * 0.03 + aside * out * 0.4) * s;
        let middle = root.lerp(tip, 0.55) + Vec3::Y * 0.008 * s;
        sheet.capsule(root, middle, [0.0105 * s, 0.0095 * s], 8);
        sheet.capsule(middle, tip, [0.0095 * s, 0.008 * s], 8);
    };
    for (out, reach) in [(-0.03, 0.05), (-0.01, 0.065), (0.01, 0.07), (0.03, 0.06)] {
        finger(out, reach);
    }
    let thumb = hand + (ahead * 0.03 + aside * 0.035) * s;
    sheet.capsule(thumb, thumb + (ahead * 0.03 + aside * 0.03 - Vec3::Y * 0.01) * s, [0.013 * s, 0.01 * s], 8);
    sheet.mesh
}
