//! Ears: two sheets lofted along a line that may stand, tip, fold or hang.

use bevy_math::{Vec3, ops};

use super::anatomy::Anatomy;
use super::breed::{Ear, Hair, Kind};
use super::coat::{Coat, Spot};
use super::field::Blob;
use super::locks::tuft;
use super::noise::{Dice, step};
use super::sheet::Sheet;
use super::skeleton::{EARS, HEAD};
use super::skin::Binding;

/// An ear's line at its root: where it stands, which way it grows and which way its hollow looks. In skulls, left side.
struct Root {
    base: Vec3,
    along: Vec3,
    hollow: Vec3,
}

const ROWS: u32 = 13;
const COLUMNS: u32 = 9;

fn root(kind: Kind, ear: Ear) -> Root {
    let (base, along, hollow) = match (kind, ear) {
        (Kind::Cat, Ear::Folded) => ((0.6, 0.5, 0.1), (0.5, 0.8, 0.1), (0.3, 0.1, 1.0)),
        (Kind::Cat, _) => ((0.54, 0.52, -0.06), (0.42, 1.0, 0.06), (0.5, -0.05, 1.0)),
        (Kind::Dog, Ear::Erect | Ear::Bat | Ear::Tipped) => ((0.5, 0.46, -0.12), (0.33, 1.0, 0.04), (0.45, 0.0, 1.0)),
        (Kind::Dog, Ear::Button | Ear::Folded) => ((0.6, 0.46, -0.1), (0.75, 0.75, 0.05), (0.5, -0.2, 0.85)),
        (Kind::Dog, Ear::Rose) => ((0.58, 0.46, -0.2), (0.75, 0.55, -0.45), (0.4, -0.3, 0.7)),
        // Set on high and turned outward, so that the flap is seen from the front.
        (Kind::Dog, Ear::Drop) => ((0.62, 0.48, -0.12), (0.78, 0.3, 0.62), (0.0, -1.0, 0.05)),
    };
    Root { base: base.into(), along: Vec3::from(along).normalize(), hollow: Vec3::from(hollow).normalize() }
}

/// How far the ear has bent toward its hollow at `s`, radians.
fn bent(ear: Ear, s: f32) -> f32 {
    match ear {
        Ear::Erect | Ear::Bat => 0.12 * s,
        Ear::Tipped => 0.1 * s + 2.3 * step(0.6, 0.82, s),
        Ear::Button => 0.2 * s + 2.45 * step(0.3, 0.6, s),
        Ear::Folded => 0.9 * step(0.05, 0.3, s) + 1.6 * step(0.3, 0.6, s),
        Ear::Rose => 0.3 * s + 1.3 * step(0.35, 0.7, s),
        Ear::Drop => 1.5 * step(0.02, 0.34, s) + 0.14 * s,
    }
}

/// Half width at `s` as a share of the ear's.
fn width(kind: Kind, ear: Ear, s: f32) -> f32 {
    let round = |from: f32| {
        let t = ((s - from) / (1.0 - from)).clamp(0.0, 1.0);
        (1.0 - t * t).max(0.0).sqrt()
    };
    match (kind, ear) {
        // Broad at the root with sides that bulge a little, the tip rounded.
        (Kind::Cat, _) => ops::powf(1.0 - 0.97 * s, 0.8) * (1.0 + 0.55 * s) * round(0.82).max(0.3),
        (_, Ear::Erect) => (1.0 + 0.5 * s - 1.35 * s * s) * round(0.7).max(0.12),
        (_, Ear::Bat) => (1.0 + 0.1 * s - 0.4 * s * s) * round(0.45).max(0.2),
        (_, Ear::Tipped | Ear::Button | Ear::Rose | Ear::Folded) => {
            (1.0 + 0.3 * s - 1.1 * s * s) * round(0.6).max(0.15)
        }
        (_, Ear::Drop) => (0.72 + 0.55 * s) * round(0.5).max(0.2),
    }
}

impl Anatomy {
    /// Small mounds that the ears grow out of.
    pub(super) fn add_ear_mounts(&mut self) {
        let (kind, ear, w) = (self.traits.kind, self.traits.ear, self.traits.ear_width);
        let root = root(kind, ear);
        let reach = if ear == Ear::Drop { 0.12 } else { 0.2 };
        for side in [1.0, -1.0] {
            let flip = Vec3::new(side, 1.0, 1.0);
            let a = self.on_head((root.base - root.along * 0.15) * flip);
            let b = self.on_head((root.base + root.along * reach) * flip);
            let unit = self.unit;
            self.field.blobs.push(Blob::cone(a, b, 0.42 * w * unit, 0.2 * w * unit, 0.25 * unit));
        }
        for (side, joint) in [(1.0, EARS[0]), (-1.0, EARS[1])] {
            self.skeleton.rest[joint] = self.on_head(root.base * Vec3::new(side, 1.0, 1.0));
        }
    }
}

/// Adds both ears to the coat's sheet.
///
/// The hair in the hollow of an ear that stands goes to `locks`.
pub(super) fn grow_ears(anatomy: &Anatomy, coat: &Coat, dice: &mut Dice, sheet: &mut Sheet, locks: &mut Sheet) {
    let lean = dice.normal(0.08);
    for (side, joint) in [(1.0, EARS[0]), (-1.0, EARS[1])] {
        let slack = dice.normal(0.05);
        grow_ear(anatomy, coat, side, joint, lean + slack, sheet);
        grow_tufts(anatomy, coat, side, joint, dice, locks);
    }
}

/// Hair from the front rim across the hollow, and for a long coat on the tip.
fn grow_tufts(anatomy: &Anatomy, coat: &Coat, side: f32, joint: usize, dice: &mut Dice, locks: &mut Sheet) {
    let traits = &anatomy.traits;
    let stands = matches!(traits.ear, Ear::Erect | Ear::Bat | Ear::Tipped);
    if !stands || traits.hair == Hair::Bare || (traits.kind == Kind::Dog && traits.hair == Hair::Short) {
        return;
    }
    let Root { base, along, hollow } = root(traits.kind, traits.ear);
    let across = along.cross(hollow);
    let flip = Vec3::new(side, 1.0, 1.0);
    let (length, half) = (traits.ear_length, traits.ear_width);
    let color = coat.tuft(anatomy);
    let long = matches!(traits.hair, Hair::Long | Hair::Plush);
    for _ in 0..if long { 22 } else { 6 } {
        // `across` points to the middle of the head: hair grows from that rim outward and up.
        let (s, u) = (dice.between(0.0, 0.42), dice.between(-0.75, 0.75));
        let at = base + along * (s * length) + across * (u * half * (1.0 - s)) + hollow * (0.1 * half);
        let grown = dice.between(0.25, 0.55) * length * if long { 1.2 } else { 0.8 };
        let toward = along * 0.9 - across * (0.5 + dice.normal(0.3)) + hollow * dice.between(0.0, 0.35);
        let tip = at + toward.normalize() * grown;
        let wide = across * (0.035 * length);
        let [root, tip] = [at, tip].map(|q| anatomy.on_head(q * flip));
        let normal = hollow * flip;
        let tint = color * dice.between(0.75, 1.1);
        tuft(root, tip, wide * flip * anatomy.unit, normal, tint, joint_at(joint, s), locks);
    }
    // A lynx's tips, on few but the forest breeds.
    if long && traits.kind == Kind::Cat && anatomy.fluff > 0.045 * traits.withers {
        for i in 0..4 {
            let at = base + along * (0.86 * length) + across * ((i as f32 - 2.0) * 0.06 * half);
            let tip = at + along * (dice.between(0.12, 0.28) * length);
            let [root, tip] = [at, tip].map(|q| anatomy.on_head(q * flip));
            let color = coat.color(&Spot::ear(anatomy, root, 0.95, 0.0, false));
            let wide = across * flip * (0.03 * anatomy.unit);
            tuft(root, tip, wide, hollow * flip, color, joint_at(joint, 1.0), locks);
        }
    }
}

fn grow_ear(anatomy: &Anatomy, coat: &Coat, side: f32, joint: usize, lean: f32, sheet: &mut Sheet) {
    let traits = &anatomy.traits;
    let (kind, ear) = (traits.kind, traits.ear);
    let Root { base, along, hollow } = root(kind, ear);
    let along = (along + along.cross(hollow) * lean).normalize_or(along);
    let hollow = (hollow - along * hollow.dot(along)).normalize_or(hollow);
    // For the left ear (along, hollow, across) is such that across × along = hollow.
    let across = along.cross(hollow);
    let flip = Vec3::new(side, 1.0, 1.0);
    let hair = if ear == Ear::Drop { 0.35 * anatomy.fluff / anatomy.unit } else { 0.0 };
    // What hangs is measured from the fold.
    let length = traits.ear_length * if ear == Ear::Drop { 1.3 } else { 1.0 };
    let half = traits.ear_width + hair;
    // How much the rims curl toward the hollow: most at the root, where an ear is a funnel.
    let cup = |s: f32| match ear {
        Ear::Drop => 0.12,
        _ if kind == Kind::Cat => 0.95 * (1.0 - s) + 0.16,
        _ => 0.75 * (1.0 - s) + 0.14,
    };

    // The line through the middle, its direction and the direction of the hollow.
    // An ear that stands starts deep in the skull, so that its outer rim does not end in the air.
    let buried = if ear == Ear::Drop { 0.1 } else { 0.3 };
    let mut middle = base - along * buried;
    let mut line = Vec::with_capacity(ROWS as usize);
    let row_length = (length + buried) / (ROWS - 1) as f32;
    for row in 0..ROWS {
        let s = row as f32 / (ROWS - 1) as f32;
        let (sin, cos) = ops::sin_cos(bent(ear, s));
        let (direction, inward) = (along * cos + hollow * sin, hollow * cos - along * sin);
        if row > 0 {
            middle += direction * row_length;
        }
        line.push((s, middle, inward));
    }

    for inner in [true, false] {
        let first = sheet.mesh.positions.len() as u32;
        for &(s, middle, inward) in &line {
            let w = half * width(kind, ear, s);
            for column in 0..COLUMNS {
                let u = column as f32 / (COLUMNS - 1) as f32 * 2.0 - 1.0;
                let thickness = (0.05 + 0.09 * (1.0 - s) * (1.0 - s)) * (1.0 - u * u) + 0.012;
                let lift = cup(s) * w * u * u - cup(s) * w * 0.5 + if inner { 0.2 } else { -0.8 } * thickness;
                let q = (middle + across * (u * w) + inward * lift) * flip;
                let position = anatomy.on_head(q);
                let spot = Spot::ear(anatomy, position, s, u, inner);
                sheet.vertex(position, Vec3::Y, coat.color(&spot), joint_at(joint, s));
            }
        }
        sheet.grid(first, ROWS, COLUMNS, inner != (side > 0.0));
        sheet.smooth(first);
        // Where the ear grows out of the head the shading follows the head.
        for (i, &(s, ..)) in line.iter().flat_map(|row| std::iter::repeat_n(row, COLUMNS as usize)).enumerate() {
            let blend = step(0.4, 0.12, s) * if inner { 0.3 } else { 0.8 };
            let i = first as usize + i;
            let flesh = anatomy.field.normal(sheet.mesh.positions[i], 0.1 * anatomy.unit);
            let normal = sheet.mesh.normals[i];
            sheet.mesh.normals[i] = normal.lerp(flesh, blend).normalize_or(normal);
        }
    }
}

fn joint_at(joint: usize, s: f32) -> Binding {
    let free = step(0.0, 0.3, s);
    ([joint as u16, HEAD as u16, 0, 0], [free, 1.0 - free, 0.0, 0.0])
}
