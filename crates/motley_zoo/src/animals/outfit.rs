//! Toes with their claws, and the collar that some pets wear.

use std::f32::consts::TAU;

use bevy_math::{Vec3, ops};

use super::anatomy::Anatomy;
use super::breed::{Hair, Kind};
use super::coat::Coat;
use super::noise::Dice;
use super::sheet::Sheet;
use super::skeleton::{FORE, HEAD, HIND, NECK};
use super::skin::{self, rigid};

/// Dark clefts between the four toes of each paw, and a dog's claws; goes to the leather.
pub(super) fn grow_toes(anatomy: &Anatomy, coat: &Coat, sheet: &mut Sheet) {
    let paw = 1.3 * anatomy.traits.bone * anatomy.traits.withers;
    let claw = (coat.nose * 1.5 + Vec3::splat(0.03)).min(Vec3::splat(0.3));
    for joint in [FORE[0] + 4, FORE[1] + 4, HIND[0] + 3, HIND[1] + 3] {
        let rest = anatomy.skeleton.rest[joint];
        let middle = Vec3::new(rest.x, 0.6 * paw, rest.z + 0.3 * paw);
        let field = anatomy.field.near(middle, 2.0 * paw, anatomy.field.distance(middle));
        let hit = |azimuth: f32, rise: f32| {
            let (sin, cos) = ops::sin_cos(azimuth);
            let out = Vec3::new(sin, rise, cos).normalize();
            field.hit(middle + out * (2.6 * paw), -out, 2.6 * paw)
        };
        for azimuth in [-0.5_f32, 0.0, 0.5] {
            let points: Vec<Vec3> = [0.75, 0.3, -0.05, -0.35].iter().filter_map(|rise| hit(azimuth, *rise)).collect();
            let first = sheet.mesh.positions.len() as u32;
            for (i, p) in points.iter().enumerate() {
                let normal = field.normal(*p, 0.1 * paw);
                let aside = Vec3::new(ops::cos(azimuth), 0.0, -ops::sin(azimuth)) * (0.012 + 0.03 * i as f32) * paw;
                let dark = coat.lips * 0.8;
                for k in [-1.0_f32, 1.0] {
                    sheet.vertex(*p + aside * k + normal * (0.02 * paw), normal, dark, rigid(joint));
                }
            }
            if points.len() > 1 {
                sheet.grid(first, points.len() as u32, 2, true);
            }
        }
        if anatomy.traits.kind == Kind::Dog {
            for azimuth in [-0.75_f32, -0.25, 0.25, 0.75] {
                let Some(root) = hit(azimuth, -0.2) else { continue };
                let (sin, cos) = ops::sin_cos(azimuth);
                let tip = root + Vec3::new(sin, -0.7, cos) * (0.3 * paw);
                spike(root, Vec3::new(tip.x, tip.y.max(0.03 * paw), tip.z), 0.11 * paw, claw, joint, sheet);
            }
        }
    }
}

/// A three-sided point.
fn spike(root: Vec3, tip: Vec3, radius: f32, color: Vec3, joint: usize, sheet: &mut Sheet) {
    let axis = (tip - root).normalize_or(Vec3::Z);
    let (across, up) = axis.any_orthonormal_pair();
    let corner = |i: u32| {
        let (sin, cos) = ops::sin_cos(i as f32 * TAU / 3.0);
        across * cos + up * sin
    };
    let first = sheet.mesh.positions.len() as u32;
    for i in 0..3 {
        sheet.vertex(root + corner(i) * radius, corner(i), color, rigid(joint));
    }
    sheet.vertex(tip, axis, color * 0.6, rigid(joint));
    for i in 0..3 {
        sheet.mesh.indices.extend([first + i, first + (i + 1) % 3, first + 3]);
    }
}

/// A band round the neck, by chance, with a tag; an empty sheet for those that wear none.
pub(super) fn grow_collar(anatomy: &Anatomy, dice: &mut Dice) -> Sheet {
    const SPOKES: u32 = 28;
    let mut sheet = Sheet::default();
    let traits = &anatomy.traits;
    let worn = dice.chance(if traits.kind == Kind::Dog { 0.3 } else { 0.1 });
    let shades = [
        (Vec3::new(0.45, 0.02, 0.02), 3.0),
        (Vec3::new(0.02, 0.06, 0.35), 2.5),
        (Vec3::new(0.012, 0.012, 0.012), 2.0),
        (Vec3::new(0.1, 0.05, 0.02), 2.0),
        (Vec3::new(0.5, 0.12, 0.25), 1.0),
        (Vec3::new(0.03, 0.25, 0.08), 1.0),
        (Vec3::new(0.6, 0.25, 0.02), 0.7),
        (Vec3::new(0.2, 0.05, 0.3), 0.7),
    ];
    let color = dice.choose(&shades).map(|color| dice.tint(color, 0.2)).unwrap_or_default();
    let (at, wide) = (dice.between(0.5, 0.7), dice.between(0.07, 0.14));
    let tagged = dice.chance(0.5);
    if !worn || (traits.hair != Hair::Short && anatomy.fluff > 0.045 * traits.withers) {
        return sheet;
    }
    let rest = &anatomy.skeleton.rest;
    let (base, head) = (rest[NECK], rest[HEAD]);
    let axis = (head - base).normalize_or(Vec3::Y);
    // Lower at the throat than at the nape.
    let plane = (axis + Vec3::new(0.0, 0.25, -0.1)).normalize_or(axis);
    let (unit, middle) = (anatomy.unit, base.lerp(head, at) + Vec3::new(0.0, -0.15, 0.1) * anatomy.unit);
    let forward = (Vec3::Z - plane * plane.z).normalize_or(Vec3::Z);
    let across = plane.cross(forward);
    for spoke in 0..=SPOKES {
        let (sin, cos) = ops::sin_cos(spoke as f32 / SPOKES as f32 * TAU);
        let out = forward * cos + across * sin;
        let from = middle + out * (3.0 * unit);
        let p = anatomy.field.hit(from, -out, 3.0 * unit).unwrap_or(middle + out * (0.6 * unit));
        for k in [-1.0_f32, 1.0] {
            let p = p + plane * (k * wide * unit) + out * (0.035 * unit);
            let grain = 0.85 + 0.3 * dice.unit();
            sheet.vertex(p, out + plane * (0.2 * k), color * grain, skin::bind(&anatomy.capsules, p));
        }
    }
    sheet.grid(0, SPOKES + 1, 2, false);
    if tagged {
        let front = sheet.mesh.positions[0] - plane * (0.12 * unit) + forward * (0.05 * unit);
        let binding = skin::bind(&anatomy.capsules, front);
        let first = sheet.vertex(front, forward, Vec3::splat(0.55), binding);
        for spoke in 0..=8_u32 {
            let (sin, cos) = ops::sin_cos(spoke as f32 / 8.0 * TAU);
            let p = front + (across * sin + plane * cos) * (0.12 * unit);
            sheet.vertex(p, forward + across * (0.4 * sin), Vec3::splat(0.45 + 0.2 * cos), binding);
        }
        for spoke in 0..8 {
            sheet.mesh.indices.extend([first, first + 1 + spoke, first + 2 + spoke]);
        }
    }
    sheet
}
