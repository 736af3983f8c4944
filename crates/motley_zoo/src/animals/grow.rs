//! An individual, put together.

use std::sync::Arc;

use bevy_math::{Mat4, Quat, Vec3};
use rand::Rng;

use super::anatomy::Anatomy;
use super::breed::{Breed, Hair, Traits};
use super::clips;
use super::coat::{Coat, Spot};
use super::ears::grow_ears;
use super::face::grow_face;
use super::fur;
use super::ground::Probes;
use super::locks::grow_locks;
use super::mesh::{Cut, polygonise};
use super::noise::{Dice, fractal};
use super::outfit::{grow_collar, grow_toes};
use super::palette::paint;
use super::sheet::Sheet;
use super::skeleton::{COUNT, HEAD, JOINTS, ROOT};
use super::skin::{self, Binding};
use super::{breeds, head::Face};
use crate::model::{Local, Model, Node, Part, Skin, Surface};

/// Size of a cube of the body's grid in withers' heights, and of the head's in skulls.
const BODY_CELL: f32 = 0.033;
const HEAD_CELL: f32 = 0.093;
/// How much darker a coat is where the body shuts off all light.
const SHADE: f32 = 0.5;

/// Grows a fresh individual of a breed: metres, y up, facing +z, standing on y = 0.
///
/// The same breed and the same state of the stream give the same bytes. Parts come in a fixed order: coat, eyes,
/// leather (nose, lips, tongue, toes), and locks, whiskers and a collar where there are any.
pub fn grow(breed: &Breed, stream: &mut impl Rng) -> Model {
    let mut dice = Dice(stream);
    let traits = Traits::draw(breed, breeds(breed.kind.class()), &mut dice);
    let coat = paint(&traits, &mut dice);
    let mut anatomy = Anatomy::new(traits);
    let face = anatomy.grow_head(&mut dice);

    let mut fur = Sheet::default();
    grow_hide(&anatomy, &face, &coat, &mut fur);
    let mut locks = grow_locks(&anatomy, &face, &fur, &mut dice);
    grow_ears(&anatomy, &coat, &mut dice, &mut fur, &mut locks);
    let bindings: Vec<Binding> = fur.mesh.joints.iter().copied().zip(fur.mesh.weights.iter().copied()).collect();
    let probes = Probes::new(&fur.mesh.positions, &bindings, 4);
    let mut features = grow_face(&anatomy, &face, &coat, &mut dice, &mut fur);
    grow_toes(&anatomy, &coat, &mut features.leather);
    let collar = grow_collar(&anatomy, &mut dice);
    fur.mesh.uvs = (0..fur.mesh.positions.len())
        .map(|i| fur::uv(&anatomy, fur.mesh.positions[i], &(fur.mesh.joints[i], fur.mesh.weights[i])))
        .collect();

    let skeleton = &anatomy.skeleton;
    let nodes = (0..COUNT).map(|joint| Node {
        name: JOINTS[joint].0.to_owned(),
        parent: (joint != ROOT).then_some(JOINTS[joint].1),
        rest: Local { translation: skeleton.offset(joint), rotation: Quat::IDENTITY, scale: Vec3::ONE },
    });
    let inverse_bind = skeleton.rest.iter().map(|p| Mat4::from_translation(-*p)).collect();
    let skin = Arc::new(Skin { joints: (0..COUNT).collect(), inverse_bind });
    let hair = anatomy.traits.hair;
    // Dark, short coats shine; what stands off scatters.
    let sheen = match hair {
        Hair::Bare => 0.62,
        Hair::Short => dice.between(0.46, 0.68),
        _ => 0.88,
    };
    let tile = fur::tile(hair);
    let hide = Surface {
        base_color: [1.0 / fur::MEAN, 1.0 / fur::MEAN, 1.0 / fur::MEAN, 1.0],
        base_color_texture: Some(tile.albedo),
        normal_texture: Some(tile.normal),
        roughness: sheen,
        ..Surface::default()
    };
    let plain = |roughness, double_sided| Surface { roughness, double_sided, ..Surface::default() };
    let sheets = [
        (fur, hide),
        (features.eyes, plain(0.12, false)),
        (features.leather, plain(0.42, false)),
        (locks, plain(0.9, true)),
        (features.whiskers, plain(0.6, true)),
        (collar, plain(0.6, true)),
    ];
    let parts = sheets.into_iter().filter(|(sheet, _)| !sheet.mesh.indices.is_empty()).map(|(sheet, surface)| Part {
        mesh: Arc::new(sheet.mesh),
        surface: Arc::new(surface),
        node: ROOT,
        skin: Some(skin.clone()),
    });
    Model {
        nodes: nodes.collect(),
        parts: parts.collect(),
        clips: clips::bake(&anatomy, &probes),
        keypoints: clips::keypoints(),
        head: Some(HEAD),
    }
}

/// Trunk and limbs, then the head with finer cells; both are cut from one field and overlap a little in the neck.
fn grow_hide(anatomy: &Anatomy, face: &Face, coat: &Coat, sheet: &mut Sheet) {
    let (w, unit) = (anatomy.traits.withers, anatomy.unit);
    let (body_cell, head_cell) = (BODY_CELL * w, HEAD_CELL * unit);
    let neck = (anatomy.skeleton.rest[HEAD] - anatomy.skeleton.rest[HEAD - 2]).normalize_or(Vec3::Z);
    let seam = anatomy.on_head(Vec3::new(0.0, -0.25, -0.35)) - neck * (0.4 * unit);
    let offset = neck.dot(seam);
    let overlap = body_cell;

    let mut low = Vec3::splat(f32::INFINITY);
    let mut high = Vec3::splat(f32::NEG_INFINITY);
    for capsule in &anatomy.capsules {
        let reach = Vec3::splat(1.6 * capsule.radius + 0.06 * w + anatomy.fluff);
        low = low.min(capsule.a.min(capsule.b) - reach);
        high = high.max(capsule.a.max(capsule.b) + reach);
    }
    low.y = -2.0 * body_cell;
    let cut = Cut { normal: neck, offset: offset + overlap };
    let body = polygonise(&anatomy.field, low, high, body_cell, Some(cut));
    let reach = Vec3::new(1.7, 1.6, 1.7) * unit + Vec3::splat(anatomy.fluff);
    let low = anatomy.skull - reach;
    let mut high = anatomy.skull + reach;
    high.z = anatomy.skull.z + (face.tip + 0.4) * unit;
    let cut = Cut { normal: -neck, offset: -offset + overlap };
    let head = polygonise(&anatomy.field, low, high, head_cell, Some(cut));
    for net in [body, head] {
        let first = sheet.mesh.positions.len() as u32;
        for (p, normal) in net.positions.into_iter().zip(net.normals) {
            let binding = skin::bind(&anatomy.capsules, p);
            let spot = Spot::body(anatomy, p, &binding);
            let light = 1.0 - SHADE * occlusion(anatomy, p, normal, if spot.is_head() { unit } else { 0.35 * w });
            let p = p + normal * shag(anatomy, p);
            sheet.vertex(p, normal + coat.ruffle(&spot), coat.color(&spot) * light, binding);
        }
        sheet.mesh.indices.extend(net.indices.iter().map(|i| i + first));
    }
}

/// How far the body shuts a place on it off from light that comes from everywhere, 0–1, within about half of `reach` metres:
/// by how much nearer the body is to points above the place than the place is.
///
/// A. Evans, Fast Approximations for Global Illumination on Dynamic Scenes, SIGGRAPH 2006 course.
fn occlusion(anatomy: &Anatomy, p: Vec3, normal: Vec3, reach: f32) -> f32 {
    let shut = |height: f32| (1.0 - anatomy.field.distance(p + normal * height) / height).clamp(0.0, 1.0);
    0.5 * (shut(0.15 * reach) + shut(0.45 * reach))
}

/// Unevenness of long hair, metres along the normal.
fn shag(anatomy: &Anatomy, p: Vec3) -> f32 {
    let q = p / anatomy.traits.withers;
    let (frequency, amount) = match anatomy.traits.hair {
        Hair::Short | Hair::Bare => return 0.0,
        Hair::Plush => (Vec3::new(12.0, 12.0, 6.0), 0.25),
        Hair::Long => (Vec3::new(14.0, 5.0, 9.0), 0.45),
        Hair::Curly => (Vec3::splat(15.0), 0.45),
        Hair::Wire => (Vec3::new(18.0, 8.0, 12.0), 0.5),
    };
    // Face and feet are short-haired even then.
    let front = ((p - anatomy.skull).z / anatomy.unit - 0.2).clamp(0.0, 1.0);
    let near = (p - anatomy.skull).length() < 2.0 * anatomy.unit;
    let bare = if near { 1.0 - 0.8 * front } else { (q.y * 6.0).min(1.0) };
    (fractal(q * frequency) - 0.5) * 2.0 * amount * anatomy.fluff * bare
}
