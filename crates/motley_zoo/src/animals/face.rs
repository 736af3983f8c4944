//! Eyes with their lids, nose leather, the line of the mouth, tongue and whiskers.

use std::f32::consts::TAU;

use bevy_math::{Mat3, Vec3, ops};

use super::anatomy::Anatomy;
use super::breed::Kind;
use super::coat::{Coat, Spot};
use super::field::{Blob, Field};
use super::head::{Eye, Face};
use super::mesh::polygonise;
use super::noise::{Dice, noise, step};
use super::sheet::Sheet;
use super::skeleton::{EYES, HEAD, JAW, turn};
use super::skin::rigid;

/// The parts of a face that are not fur.
#[derive(Default)]
pub(super) struct Features {
    /// Wet and smooth.
    pub(super) eyes: Sheet,
    /// Nose, lips and tongue.
    pub(super) leather: Sheet,
    /// Thin and pale, seen from both sides.
    pub(super) whiskers: Sheet,
}

/// How an individual's eyes look, radii in eyeballs.
struct Look {
    pupil: (f32, f32),
    iris: f32,
    /// How far the gaze is turned toward the nose.
    inward: f32,
}

const SPOKES: u32 = 24;

/// Builds all features; lids are fur and go to `fur`.
pub(super) fn grow_face(anatomy: &Anatomy, face: &Face, coat: &Coat, dice: &mut Dice, fur: &mut Sheet) -> Features {
    let mut features = Features::default();
    let cat = anatomy.traits.kind == Kind::Cat;
    let look = if cat {
        // A cat's pupil: a slit in the light, nearly round in the dusk.
        let wide = dice.between(0.0, 1.0);
        Look { pupil: (0.14 + 0.42 * wide, 0.52 + 0.08 * wide), iris: 0.86, inward: 0.15 }
    } else {
        let size = dice.between(0.34, 0.46);
        Look { pupil: (size, size), iris: 0.8, inward: 0.2 }
    };
    let glint = Vec3::new(dice.between(-0.35, 0.35), dice.between(0.2, 0.38), 0.0);
    for (side, eye) in face.eyes.iter().enumerate() {
        let mirror = if side == 0 { 1.0 } else { -1.0 };
        let lid = coat.color(&Spot::head(anatomy, eye.center + eye.axes.y_axis * (1.3 * eye.radius)));
        grow_eye(eye, &look, coat, side, glint, lid, &mut features.eyes);
        grow_lids(anatomy, eye, coat, mirror, fur);
    }
    grow_nose(anatomy, face, coat, &mut features.leather);
    grow_mouth(anatomy, face, coat, &mut features.leather);
    if face.gape > 0.0 {
        grow_tongue(anatomy, face, dice, &mut features.leather);
    }
    if cat {
        grow_whiskers(anatomy, face, dice, &mut features.whiskers);
    }
    features
}

/// A point of the eyeball's front, given across and up in radii.
fn on_ball(eye: &Eye, u: f32, v: f32, swell: f32) -> Vec3 {
    let square = u * u + v * v;
    let shrink = if square > 0.98 { (0.98 / square).sqrt() } else { 1.0 };
    let (u, v) = (u * shrink, v * shrink);
    let depth = (1.0 - u * u - v * v).max(0.0).sqrt();
    eye.center + eye.axes * (Vec3::new(u, v, depth) * (eye.radius * swell))
}

fn grow_eye(eye: &Eye, look: &Look, coat: &Coat, side: usize, glint: Vec3, lid: Vec3, sheet: &mut Sheet) {
    let (joint, mirror) = (EYES[side], if side == 0 { 1.0 } else { -1.0 });
    let (pupil, iris) = (look.pupil, look.iris);
    let first = sheet.mesh.positions.len() as u32;
    // Rings from the middle out: (share of the pupil, share of the iris, share of the white), colour.
    let black = Vec3::splat(0.004);
    let rings: [(f32, f32, Vec3); 9] = [
        (0.0, 0.0, black),
        (0.95, 0.0, black),
        (1.0, 0.04, coat.iris * 0.85),
        (1.0, 0.3, coat.iris * 1.15),
        (1.0, 0.75, coat.iris_rim.lerp(coat.iris, 0.4)),
        (1.0, 0.93, coat.iris_rim),
        (1.0, 1.0, coat.iris_rim * 0.15),
        (1.0, 1.1, coat.sclera),
        (1.0, 1.3, coat.sclera * 0.6),
    ];
    for (inner, outer, color) in rings {
        for spoke in 0..=SPOKES {
            let (sin, cos) = ops::sin_cos(spoke as f32 / SPOKES as f32 * TAU);
            let from = Vec3::new(pupil.0 * cos, pupil.1 * sin, 0.0) * inner;
            let to = Vec3::new(cos, sin, 0.0) * iris;
            let at = if outer > 1.0 { to * outer } else { from.lerp(to, outer) };
            // Eyeballs stand aslant in the skull, but both look ahead.
            let p = on_ball(eye, at.x - look.inward, at.y, 1.0);
            // Fibres of the iris, and the shadow of the upper lid on it.
            let fibre = if outer > 0.0 { 0.8 + 0.4 * noise(Vec3::new(cos * 9.0, sin * 9.0, outer * 2.0)) } else { 1.0 };
            let shade = 1.0 - 0.55 * step(0.25, 0.75, at.y);
            sheet.vertex(p, p - eye.center, color * fibre * shade, rigid(joint));
        }
    }
    // (outward, up, forward) is left-handed on the right side.
    sheet.grid(first, 9, SPOKES + 1, mirror > 0.0);

    // The back of the ball is a closed lid: asleep, the eye turns over.
    let first = sheet.mesh.positions.len() as u32;
    let rows = [-0.97_f32, -0.6, 0.1, 0.2, 0.24, 0.36, 0.4, 0.97];
    for v in rows {
        let across = (1.0 - v * v).max(0.0).sqrt();
        // Where the lids meet: the lashes and their shadow.
        let color = if (0.24..=0.36).contains(&v) { coat.rim * 0.3 } else { lid };
        for column in 0..9 {
            let (sin, cos) = ops::sin_cos((column as f32 / 8.0 - 0.5) * 3.0);
            let p = eye.center + eye.axes * (Vec3::new(across * sin, v, -across * cos) * (0.99 * eye.radius));
            sheet.vertex(p, p - eye.center, color, rigid(joint));
        }
    }
    sheet.grid(first, 8, 9, mirror > 0.0);

    // The wet highlight: a small window painted on both eyes at the same place.
    let first = sheet.mesh.positions.len() as u32;
    for ring in 0..2 {
        for spoke in 0..=8_u32 {
            let (sin, cos) = ops::sin_cos(spoke as f32 / 8.0 * TAU);
            let r = 0.11 * ring as f32;
            let p = on_ball(eye, glint.x * mirror + r * cos, glint.y + r * sin, 1.012);
            sheet.vertex(p, p - eye.center, Vec3::splat(0.9), rigid(joint));
        }
    }
    sheet.grid(first, 2, 9, mirror > 0.0);
}

/// The almond-shaped ring of lids from the eyeball out to the face.
fn grow_lids(anatomy: &Anatomy, eye: &Eye, coat: &Coat, mirror: f32, sheet: &mut Sheet) {
    const RINGS: u32 = 6;
    let first = sheet.mesh.positions.len() as u32;
    let forward = eye.axes.z_axis;
    // Around the almond: the edge on the eyeball, and where the lid has sunk into the face.
    let spokes: Vec<(f32, Vec3, Vec3)> = (0..=SPOKES)
        .map(|spoke| {
            let (sin, cos) = ops::sin_cos(spoke as f32 / SPOKES as f32 * TAU);
            let height = if sin > 0.0 { eye.opening.y } else { eye.opening.z };
            let u = eye.opening.x * cos;
            let v = height * sin + eye.tilt * u * 0.5;
            let wide = 1.45 + 0.1 * sin;
            let out = eye.center + eye.axes * (Vec3::new(u * wide, v * wide + 0.12 * sin, 0.0) * eye.radius);
            let face = anatomy.field.hit(out + forward * (4.0 * eye.radius), -forward, 8.0 * eye.radius);
            (sin, on_ball(eye, u, v, 1.02), face.unwrap_or(out) - forward * (0.03 * eye.radius))
        })
        .collect();
    for ring in 0..RINGS {
        let t = ring as f32 / (RINGS - 1) as f32;
        for &(sin, edge, settled) in &spokes {
            let swell = if sin > 0.0 { 0.16 } else { 0.08 };
            let arch = 4.0 * t * (1.0 - t) * swell * eye.radius;
            let position = edge.lerp(settled, t) + forward * arch;
            let rim = step(0.4, 0.22, t);
            let color = coat.color(&Spot::head(anatomy, position)).lerp(coat.rim, rim);
            sheet.vertex(position, forward, color, rigid(HEAD));
        }
    }
    sheet.grid(first, RINGS, SPOKES + 1, mirror > 0.0);
    sheet.smooth(first);
    // The outer ring shades as the face does.
    let outer = first + (RINGS - 1) * (SPOKES + 1);
    for i in outer..outer + SPOKES + 1 {
        let p = sheet.mesh.positions[i as usize];
        sheet.mesh.normals[i as usize] = anatomy.field.normal(p, 0.3 * eye.radius);
    }
}

fn grow_nose(anatomy: &Anatomy, face: &Face, coat: &Coat, sheet: &mut Sheet) {
    let n = face.nose_size;
    let at = |x: f32, y: f32, z: f32| face.nose + Vec3::new(x, y, z) * n;
    let ball = |c: Vec3, x: f32, y: f32, z: f32, blend: f32| {
        Blob::ellipsoid(c, Vec3::new(x, y, z) * n, Mat3::IDENTITY, blend * n)
    };
    let mut blobs = Vec::new();
    if anatomy.traits.kind == Kind::Cat {
        // A small triangle, point down.
        blobs.push(ball(at(0.0, 0.15, -0.1), 0.85, 0.36, 0.42, 0.2));
        blobs.push(ball(at(0.0, -0.2, -0.06), 0.42, 0.5, 0.36, 0.35));
        for side in [1.0, -1.0] {
            blobs.push(ball(at(side * 0.6, 0.05, -0.14), 0.4, 0.3, 0.34, 0.25));
        }
    } else {
        blobs.push(ball(at(0.0, 0.1, -0.25), 0.95, 0.68, 0.66, 0.2));
        blobs.push(ball(at(0.0, -0.4, -0.28), 0.5, 0.45, 0.5, 0.35));
        for side in [1.0, -1.0] {
            blobs.push(ball(at(side * 0.6, 0.0, -0.2), 0.48, 0.46, 0.5, 0.25));
        }
    }
    let dog = anatomy.traits.kind == Kind::Dog;
    let hole = if dog { (0.5, -0.08, 0.26) } else { (0.5, -0.12, 0.14) };
    for side in [1.0, -1.0] {
        blobs.push(ball(at(side * hole.0, hole.1, hole.2), 0.2, 0.15, 0.22, 0.1).hollow());
    }
    let field = Field { blobs };
    let net = polygonise(&field, at(-1.4, -1.2, -1.2), at(1.4, 1.1, 0.9), 0.22 * n, None);
    let first = sheet.mesh.positions.len() as u32;
    for (p, normal) in net.positions.into_iter().zip(net.normals) {
        let q = (p - face.nose) / n;
        let nostril = Vec3::new(q.x.abs() - hole.0, (q.y - hole.1) * 1.3, (q.z - hole.2) * 0.6).length();
        let grain = 0.85 + 0.3 * noise(q * 9.0);
        let color = coat.nose * grain * (0.12 + 0.88 * step(0.16, 0.32, nostril));
        sheet.vertex(p, normal, color, rigid(HEAD));
    }
    sheet.mesh.indices.extend(net.indices.iter().map(|i| i + first));
}

/// A dark line drawn on the surface: the philtrum and the lips.
fn grow_mouth(anatomy: &Anatomy, face: &Face, coat: &Coat, sheet: &mut Sheet) {
    let cat = anatomy.traits.kind == Kind::Cat;
    let width = if cat { 0.018 } else { 0.026 };
    let nose = (face.nose - anatomy.skull) / anatomy.unit;
    let size = face.nose_size / anatomy.unit;
    let lip = nose.y - if cat { 0.22 } else { size * 1.1 + 0.12 };
    let front = Vec3::new(0.0, 0.0, 1.0);
    let philtrum: Vec<(Vec3, Vec3)> =
        (0..6).map(|i| (Vec3::new(0.0, nose.y - 0.3 * size + (lip - nose.y) * i as f32 / 5.0, 0.2), front)).collect();
    draw_line(anatomy, &philtrum, width, coat.lips, sheet);
    for side in [1.0, -1.0] {
        let line: Vec<(Vec3, Vec3)> = (0..12)
            .map(|i| {
                let t = i as f32 / 11.0;
                if cat {
                    let x = 0.19 * t;
                    let y = lip - 0.09 * ops::sin(t * 2.7);
                    (Vec3::new(side * x, y, 0.2), Vec3::new(side * 0.5 * t * t, 0.0, 1.0))
                } else {
                    // Round the front of the muzzle, then back along its side.
                    let angle = 1.5 * step(0.0, 0.5, t);
                    let (sin, cos) = ops::sin_cos(angle);
                    let back = nose.z - 0.45 - (nose.z - 0.85).max(0.1) * step(0.3, 1.0, t);
                    let droop = 0.1 * anatomy.traits.flews * ops::sin(t * 3.0) + 0.1 * step(0.0, 0.4, t);
                    let y = lip - droop + 0.12 * t * t;
                    (Vec3::new(0.0, y, back), Vec3::new(side * sin, -0.12, cos))
                }
            })
            .collect();
        draw_line(anatomy, &line, width, coat.lips, sheet);
    }
}

/// Casts rays from outside toward each point (in skulls) and joins where they meet the face.
fn draw_line(anatomy: &Anatomy, line: &[(Vec3, Vec3)], width: f32, color: Vec3, sheet: &mut Sheet) {
    let unit = anatomy.unit;
    let points: Vec<Vec3> = line
        .iter()
        .filter_map(|(toward, out)| {
            let out = out.normalize();
            let target = anatomy.on_head(*toward);
            anatomy.field.hit(target + out * (2.2 * unit), -out, 2.2 * unit)
        })
        .collect();
    if points.len() < 2 {
        return;
    }
    let first = sheet.mesh.positions.len() as u32;
    for (i, &p) in points.iter().enumerate() {
        let along = points[(i + 1).min(points.len() - 1)] - points[i.saturating_sub(1)];
        let normal = anatomy.field.normal(p, 0.04 * unit);
        let aside = normal.cross(along).normalize_or(Vec3::X) * (width * unit);
        let t = i as f32 / (points.len() - 1) as f32;
        let taper = 1.0 - 0.7 * t * t;
        for k in [1.0, 0.0, -1.0_f32] {
            let lift = (0.016 - 0.02 * k.abs()) * unit;
            sheet.vertex(p + aside * (k * taper) + normal * lift, normal, color, rigid(HEAD));
        }
    }
    sheet.grid(first, points.len() as u32, 3, false);
}

/// The dark of an open mouth and the tongue in it.
fn grow_tongue(anatomy: &Anatomy, face: &Face, dice: &mut Dice, sheet: &mut Sheet) {
    let nose = (face.nose - anatomy.skull) / anatomy.unit;
    let wide = anatomy.traits.muzzle_width;
    let root = Vec3::new(0.0, -0.45, 0.5);
    let tip = Vec3::new(0.0, nose.y - 0.36 - face.gape * 0.8, nose.z - 0.2);
    let out = if face.gape > 0.18 { dice.between(0.0, 0.9) * face.gape } else { 0.0 };
    let unit = anatomy.unit;
    let flat = |c: Vec3, radii: Vec3, down: f32| {
        let rotation = Mat3::from_quat(turn(Vec3::X, down));
        Blob::ellipsoid(anatomy.on_head(c), radii * unit, rotation, 0.08 * unit)
    };
    let lie = ops::atan2(root.y - tip.y, tip.z - root.z);
    let long = 0.5 * root.distance(tip);
    let middle = root.lerp(tip, 0.5);
    let throat = middle + Vec3::new(0.0, 0.1, -0.08);
    let dark = Field { blobs: vec![flat(throat, Vec3::new(0.58 * wide, 0.16 + 0.3 * face.gape, long), lie)] };
    let hang = tip + Vec3::new(0.0, -0.5 * out, 0.03);
    let mut blobs = vec![flat(middle, Vec3::new(0.4 * wide, 0.1, long + 0.08), lie)];
    if out > 0.1 {
        blobs.push(flat(hang, Vec3::new(0.36 * wide, 0.07, 0.5 * out + 0.1), 1.2));
    }
    let tongue = Field { blobs };
    let reach = Vec3::new(0.7 * wide, 0.75, 0.4);
    let (from, to) = (root.min(hang) - reach, root.max(hang) + reach);
    for (field, color) in [(dark, Vec3::new(0.06, 0.015, 0.015)), (tongue, Vec3::new(0.55, 0.19, 0.19))] {
        let net = polygonise(&field, anatomy.on_head(from), anatomy.on_head(to), 0.1 * unit, None);
        let first = sheet.mesh.positions.len() as u32;
        for (p, normal) in net.positions.into_iter().zip(net.normals) {
            sheet.vertex(p, normal, color, rigid(JAW));
        }
        sheet.mesh.indices.extend(net.indices.iter().map(|i| i + first));
    }
}

fn grow_whiskers(anatomy: &Anatomy, face: &Face, dice: &mut Dice, sheet: &mut Sheet) {
    let nose = (face.nose - anatomy.skull) / anatomy.unit;
    let broad = anatomy.traits.muzzle_width;
    for side in [1.0, -1.0] {
        for i in 0..9 {
            let row = (i % 3) as f32;
            let root = Vec3::new(side * dice.between(0.2, 0.34) * broad, nose.y - 0.1 - 0.06 * row, nose.z - 0.16);
            let rise = 0.3 - 0.22 * row + dice.normal(0.1);
            let direction = Vec3::new(side, rise, dice.between(-0.25, 0.3)).normalize();
            whisker(anatomy, root, direction, dice.between(0.7, 1.25), sheet);
        }
    }
}

/// A curved hair, thinner toward its tip.
fn whisker(anatomy: &Anatomy, root: Vec3, direction: Vec3, length: f32, sheet: &mut Sheet) {
    let first = sheet.mesh.positions.len() as u32;
    let aside = direction.cross(Vec3::Z).normalize_or(Vec3::Y);
    for i in 0..5 {
        let t = i as f32 / 4.0;
        let droop = Vec3::new(0.0, -0.18 * t * t * length, -0.12 * t * t * length);
        let p = root + direction * (length * t) + droop;
        let half = 0.013 * (1.0 - 0.8 * t);
        for k in [1.0, -1.0] {
            sheet.vertex(anatomy.on_head(p + aside * (half * k)), Vec3::Z, Vec3::splat(0.6), rigid(HEAD));
        }
    }
    sheet.grid(first, 5, 2, false);
}
