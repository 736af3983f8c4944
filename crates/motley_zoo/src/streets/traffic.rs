//! Cars, bicycles and people that happen to be there.

use std::f32::consts::PI;

use bevy_math::{Quat, Vec3, Vec4};

use super::mold::{Mold, Skin};
use crate::{
    figure::{Dress, Stance, limbs},
    model::{MeshData, Model},
    vehicles,
};

/// How far the vehicles that happen to be there may be from what they are, metres: they are never seen from near by.
const COARSE_M: f32 = 0.02;

/// A car that faces along the street or against it.
pub(super) fn car(mold: &mut Mold, at: Vec3, ahead: bool) {
    let breeds = vehicles::breeds("car");
    let breed = &breeds[mold.below(breeds.len() as u32) as usize];
    let model = vehicles::grow(breed, &mut mold.rng).simplified(COARSE_M, 0.08);
    let turn = if ahead { 0.0 } else { PI } + mold.range(-0.05, 0.05);
    mold.add_bystander("car", |mold| add(mold, &model, at, turn));
}

/// A bicycle that stands along the street, without its rider.
pub(super) fn bicycle(mold: &mut Mold, at: Vec3) {
    let breeds = vehicles::breeds("bicycle");
    let mut model = Model::default();
    for _ in 0..8 {
        let breed = &breeds[mold.below(breeds.len() as u32) as usize];
        model = vehicles::grow(breed, &mut mold.rng);
        if model.keypoints.iter().all(|(name, _)| name != "rider") {
            break;
        }
    }
    let turn = mold.range(-0.15, 0.15);
    mold.add_bystander("bicycle", |mold| add(mold, &model.simplified(COARSE_M, 0.08), at, turn));
}

/// Adds a model in its rest pose, its surfaces as colours of its vertices.
fn add(mold: &mut Mold, model: &Model, at: Vec3, turn: f32) {
    let turn = Quat::from_rotation_y(turn);
    let (mut locals, mut globals, mut points) = (Vec::new(), Vec::new(), Vec::new());
    model.locals(None, 0.0, &mut locals);
    model.globals(&locals, &mut globals);
    for (i, part) in model.parts.iter().enumerate() {
        model.skin_positions(i, &globals, &mut points);
        let base = Vec4::from(part.surface.base_color);
        let colors = match part.mesh.colors.as_slice() {
            [] => vec![base.to_array(); points.len()],
            own => own.iter().map(|color| (base * Vec4::from(*color)).to_array()).collect(),
        };
        let skin = match part.surface.roughness {
            _ if part.surface.translucent => Skin::Glass,
            ..0.4 => Skin::Gloss,
            _ => Skin::Plain,
        };
        let rotation = globals[part.node].to_scale_rotation_translation().1;
        mold.add_mesh(
            skin,
            MeshData {
                positions: points.iter().map(|p| at + turn * *p).collect(),
                normals: part.mesh.normals.iter().map(|n| turn * (rotation * *n)).collect(),
                colors,
                indices: part.mesh.indices.clone(),
                ..MeshData::default()
            },
        );
    }
}

/// Somebody on foot.
pub(super) fn walker(mold: &mut Mold, at: Vec3) {
    let dress = Dress::draw(&mut mold.rng);
    let stance = Stance::walking(&mut mold.rng);
    let turn = Quat::from_rotation_y(mold.range(-PI, PI));
    mold.add_bystander("person", |mold| {
        for limb in limbs(&stance, &dress) {
            mold.add(Skin::Plain, limb.color, |sheet| {
                sheet.capsule(at + turn * limb.from, at + turn * limb.to, limb.radii, 8);
            });
        }
    });
}
