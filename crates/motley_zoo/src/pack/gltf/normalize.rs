//! Upright, on the ground, facing +z, of the right height.

use std::sync::Arc;

use bevy_math::bounding::Aabb3d;
use bevy_math::{Affine3A, Quat, Vec3, Vec3A};

use super::names;
use super::notes::Notes;
use crate::model::{Local, MeshData, Model, Part};
use crate::pack::error::Fault;

/// Turns, scales and moves the root so that the model stands as [`super::load_model`] promises.
///
/// `labels` has, for each part, the names that may tell where on the model it lies.
pub(super) fn normalize(
    model: &mut Model,
    mut labels: Vec<Vec<String>>,
    height_m: f32,
    notes: &mut Notes,
) -> Result<(), Fault> {
    let mut globals = rest(model);
    drop_strays(model, &mut labels, &globals, notes);
    let yaw = quarter_turns(model, &labels, &globals, notes);
    model.nodes[0].rest.rotation = yaw;
    globals = rest(model);
    let bounds = finite_bounds(model, &globals)?;
    let size = bounds.max - bounds.min;
    let scale = height_m / size.y;
    let middle = Vec3A::new(0.5 * (bounds.min.x + bounds.max.x), bounds.min.y, 0.5 * (bounds.min.z + bounds.max.z));
    notes.add(format!(
        "scaled by {scale:.4}: it was {:.3} × {:.3} × {:.3} (width × height × length), and is {height_m} m high",
        size.x, size.y, size.z
    ));
    model.nodes[0].rest = Local { translation: Vec3::from(-middle * scale), rotation: yaw, scale: Vec3::splat(scale) };
    turn_mirrored(model);
    Ok(())
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

/// How to turn about y, in quarter turns, so that what names call front comes to lie at +z.
fn quarter_turns(model: &Model, labels: &[Vec<String>], globals: &[Affine3A], notes: &mut Notes) -> Quat {
    let (mut fronts, mut backs) = (Mean::default(), Mean::default());
    let mut count = |name: &str, at: Vec3A| match names::is_front(name) {
        Some(true) => fronts.add(at),
        Some(false) => backs.add(at),
        None => {}
    };
    let mut is_joint = vec![false; model.nodes.len()];
    for (part, labels) in model.parts.iter().zip(labels) {
        if let Some(skin) = &part.skin {
            skin.joints.iter().for_each(|joint| is_joint[*joint] = true);
        } else if let Some(bounds) = part.bounds(globals) {
            for label in labels {
                count(label, 0.5 * (bounds.min + bounds.max));
            }
        }
    }
    for ((node, global), _) in model.nodes.iter().zip(globals).zip(&is_joint).filter(|(_, is_joint)| **is_joint) {
        count(&node.name, global.translation);
    }
    let Some(bounds) = model.bounds(globals) else { return Quat::IDENTITY };
    let centre = 0.5 * (bounds.min + bounds.max);
    let unknown = "nothing tells its front from its back: +z was taken for the front, as glTF says";
    if fronts.count == 0 && backs.count == 0 {
        notes.add(unknown);
        return Quat::IDENTITY;
    }
    let forward = fronts.mean().unwrap_or(centre) - backs.mean().unwrap_or(centre);
    let size = bounds.max - bounds.min;
    let clear = forward.x.abs().max(forward.z.abs()) > 0.1 * size.x.max(size.z)
        && forward.x.abs().max(forward.z.abs()) > 1.5 * forward.x.abs().min(forward.z.abs());
    if !clear {
        notes.add(unknown);
        return Quat::IDENTITY;
    }
    // Exact quarter turns, without sines: (x, z) of the axis that y turns to +z.
    let half = std::f32::consts::FRAC_1_SQRT_2;
    let (turn, degrees) = if forward.z.abs() >= forward.x.abs() {
        if forward.z > 0.0 { (Quat::IDENTITY, 0) } else { (Quat::from_xyzw(0.0, 1.0, 0.0, 0.0), 180) }
    } else if forward.x > 0.0 {
        (Quat::from_xyzw(0.0, -half, 0.0, half), -90)
    } else {
        (Quat::from_xyzw(0.0, half, 0.0, half), 90)
    };
    if degrees != 0 {
        notes.add(format!("turned by {degrees}° about y, so that what its names call front faces +z"));
    }
    turn
}

/// A mean of points.
#[derive(Default)]
struct Mean {
    sum: Vec3A,
    count: u32,
}

impl Mean {
    fn add(&mut self, point: Vec3A) {
        self.sum += point;
        self.count += 1;
    }

    fn mean(&self) -> Option<Vec3A> {
        (self.count > 0).then(|| self.sum / self.count as f32)
    }
}

/// A mirroring transform turns triangles inside out (glTF 2.0, 3.7.4): turn them back.
fn turn_mirrored(model: &mut Model) {
    let globals = rest(model);
    for part in &mut model.parts {
        if is_mirrored(part, &globals) {
            let mut mesh = MeshData::clone(&part.mesh);
            let (corners, _) = mesh.indices.as_chunks_mut::<3>();
            corners.iter_mut().for_each(|corners| corners.swap(1, 2));
            part.mesh = Arc::new(mesh);
        }
    }
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
