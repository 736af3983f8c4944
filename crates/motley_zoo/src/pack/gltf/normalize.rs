//! Upright, on the ground, facing +z, of the right height.

use std::sync::Arc;

use bevy_math::bounding::Aabb3d;
use bevy_math::{Affine3A, Quat, Vec3, Vec3A};

use super::front;
use super::hints::Hints;
use super::notes::Notes;
use super::probe::Probe;
use crate::model::{MeshData, Model, Part};
use crate::pack::error::Fault;

/// A vertex this many times further from the middle than most is not where it belongs.
const FAR: f32 = 25.0;

/// Turns, scales and moves the root so that the model stands as [`super::load_model`] promises.
///
/// Gives width, height and length as they were before it was scaled. `labels` has, for each part, the names that may tell where on the model it lies.
pub(super) fn normalize(
    model: &mut Model,
    mut labels: Vec<Vec<String>>,
    hints: &Hints,
    height_m: f32,
    notes: &mut Notes,
) -> Result<Vec3, Fault> {
    let upright = Hints { front: None, ..*hints }.turn().unwrap_or(Quat::IDENTITY);
    model.nodes[0].rest.rotation = upright;
    let globals = rest(model);
    drop_strays(model, &mut labels, &globals, notes);
    finite_bounds(model, &globals)?;
    model.nodes[0].rest.rotation = if hints.front.is_some() {
        notes.add("turned as the hints beside it say");
        hints.turn().unwrap_or(upright)
    } else {
        front::yaw(model, &labels, &globals, notes) * upright
    };
    let globals = rest(model);
    let bounds = finite_bounds(model, &globals)?;
    note_far_vertices(model, notes);
    let size = bounds.max - bounds.min;
    let scale = height_m / size.y;
    let middle = Vec3A::new(0.5 * (bounds.min.x + bounds.max.x), bounds.min.y, 0.5 * (bounds.min.z + bounds.max.z));
    notes.add(format!(
        "scaled by {scale:.4}: it was {:.3} × {:.3} × {:.3} (width × height × length), and is {height_m} m high",
        size.x, size.y, size.z
    ));
    let root = &mut model.nodes[0].rest;
    (root.translation, root.scale) = (Vec3::from(-middle * scale), Vec3::splat(scale));
    turn_mirrored(model);
    Ok(size.into())
}

/// Says so where some vertices lie far outside: the file is probably broken, and its height wrong.
fn note_far_vertices(model: &Model, notes: &mut Notes) {
    let mut probe = Probe::new(model);
    let mut locals = Vec::new();
    model.locals(None, 0.0, &mut locals);
    probe.pose(&locals);
    let mut positions = Vec::new();
    probe.for_each_position(|position| positions.push(position));
    let half = positions.len() / 2;
    let median = |mut values: Vec<f32>| {
        values.sort_by(f32::total_cmp);
        values.get(half).copied().unwrap_or(0.0)
    };
    let axis = |axis: usize| median(positions.iter().map(|position| position[axis]).collect());
    let middle = Vec3::new(axis(0), axis(1), axis(2));
    let reach: Vec<f32> = positions.iter().map(|position| position.distance(middle)).collect();
    let typical = median(reach.clone());
    let far = reach.iter().filter(|reach| **reach > FAR * typical).count();
    if far > 0 {
        let share = 100.0 * far as f32 / reach.len() as f32;
        notes.add(format!(
            "{share:.1} % of its surface lies more than {FAR} times further out than most: look at it, the file may be broken"
        ));
    }
}

/// Where the nodes are at rest.
fn rest(model: &Model) -> Vec<Affine3A> {
    let (mut locals, mut globals) = (Vec::new(), Vec::new());
    model.locals(None, 0.0, &mut locals);
    model.globals(&locals, &mut globals);
    globals
}

fn finite_bounds(model: &Model, globals: &[Affine3A]) -> Result<Aabb3d, Fault> {
    let bounds = model.bounds(globals).filter(|bounds| bounds.min.is_finite() && bounds.max.is_finite());
    let bounds = bounds.ok_or_else(|| Fault::Invalid("its vertices lie at infinity".into()))?;
    let size = bounds.max - bounds.min;
    if size.y < 1e-9 || size.y < 1e-4 * size.max_element() || size.max_element() > 1e12 {
        let size = format!("{} × {} × {}", size.x, size.y, size.z);
        return Err(Fault::Nothing(format!(
            "it has no height ({size}, width × height × length); stand it upright (y is up) and export it again"
        )));
    }
    Ok(bounds)
}

/// Leaves out a floor or a sky that was exported along with the subject.
fn drop_strays(model: &mut Model, labels: &mut Vec<Vec<String>>, globals: &[Affine3A], notes: &mut Notes) {
    let boxes: Vec<Option<Aabb3d>> = model.parts.iter().map(|part| part.bounds(globals)).collect();
    let others = |skip: usize| {
        let rest = boxes.iter().enumerate().filter(|(index, _)| *index != skip).filter_map(|(_, bounds)| *bounds);
        rest.reduce(|a, b| Aabb3d { min: a.min.min(b.min), max: a.max.max(b.max) })
    };
    let is_stray = |index: usize| {
        let (Some(own), Some(rest)) = (boxes[index], others(index)) else { return false };
        let (own_size, size) = (own.max - own.min, (rest.max - rest.min).max(Vec3A::splat(1e-9)));
        let contains =
            own.min.x <= rest.min.x && own.max.x >= rest.max.x && own.min.z <= rest.min.z && own.max.z >= rest.max.z;
        let wide = own_size.x > 1.5 * size.x && own_size.z > 1.5 * size.z;
        let floor = own_size.y < 0.01 * own_size.x.min(own_size.z) && own.max.y < rest.min.y + 0.1 * size.y;
        let sky = own_size.min_element() > 3.0 * size.max_element() && own.max.y > rest.max.y;
        contains && wide && (floor || sky)
    };
    let strays: Vec<usize> = (0..model.parts.len()).filter(|index| is_stray(*index)).collect();
    for index in strays.into_iter().rev() {
        let name = labels.remove(index).into_iter().next().unwrap_or_default();
        model.parts.remove(index);
        notes.add(format!("{name:?} looks like a floor or a sky around the subject and was left out"));
    }
}

/// A mirroring transform turns triangles inside out (glTF 2.0, 3.7.4): turn them back.
fn turn_mirrored(model: &mut Model) {
    let mirrored = mirrored(model);
    for (part, _) in model.parts.iter_mut().zip(mirrored).filter(|(_, mirrored)| *mirrored) {
        let mut mesh = MeshData::clone(&part.mesh);
        let (corners, _) = mesh.indices.as_chunks_mut::<3>();
        corners.iter_mut().for_each(|corners| corners.swap(1, 2));
        part.mesh = Arc::new(mesh);
    }
}

/// Which parts are mirrored by their nodes.
pub(in crate::pack) fn mirrored(model: &Model) -> Vec<bool> {
    let globals = rest(model);
    model.parts.iter().map(|part| is_mirrored(part, &globals)).collect()
}

fn is_mirrored(part: &Part, globals: &[Affine3A]) -> bool {
    let determinant = |affine: &Affine3A| affine.matrix3.determinant();
    match &part.skin {
        None => determinant(&globals[part.node]) < 0.0,
        Some(skin) => {
            let bent = |(joint, bind): (&usize, &bevy_math::Mat4)| {
                determinant(&(globals[*joint] * Affine3A::from_mat4(*bind)))
            };
            let mirrored = skin.joints.iter().zip(&skin.inverse_bind).map(bent).filter(|d| *d < 0.0).count();
            2 * mirrored > skin.joints.len()
        }
    }
}
