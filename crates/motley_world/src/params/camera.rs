//! Places and aims the camera.

use bevy::{math::ops, prelude::*};
use motley_scene::params::camera::Aim;

use crate::stage::{FrameRecipe, Stage, StageSystems, SubjectState};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.in_set(StageSystems::Apply));
}

/// The camera stays this much above the ground, in subject radii.
const LOWEST: f32 = 0.08;

/// A camera of a given height looks down no more steeply than this, as a sine: who comes nearer stoops.
const STEEPEST: f32 = 0.42;

/// Places and aims the cameras.
pub fn apply(
    recipe: Res<FrameRecipe>,
    state: Res<SubjectState>,
    stage: Res<Stage>,
    mut cameras: Query<(&mut Transform, &mut Projection), With<Camera3d>>,
) {
    let draw = &recipe.recipe.camera;
    let fov = draw.fov.to_radians();
    let half_view = ops::tan(fov / 2.0);
    let head = head(&state).filter(|_| draw.aim == Aim::Head);
    let (target, head_radius) = head.map_or((state.centre, None), |(place, radius)| (place, Some(radius)));
    let direction = Quat::from_rotation_y(state.yaw) * Vec3::from(draw.from);
    let distance = if draw.fills {
        // So far away that what is aimed at, seen from there, fills its share of the picture.
        let half = head_radius.unwrap_or_else(|| half_extent(&state.points, target, direction));
        half / (draw.distance * half_view) + head_radius.unwrap_or(half) * 0.5
    } else {
        draw.distance * state.radius
    };
    let direction = draw.height.map_or(direction, |height| toward_height(direction, (height - target.y) / distance));
    let mut eye = target + direction * distance;
    eye.y = eye.y.max(LOWEST * state.radius);
    let mut transform = Transform::from_translation(eye);
    let up = if direction.y.abs() > 0.999 { Quat::from_rotation_y(state.yaw) * -Vec3::Z } else { Vec3::Y };
    transform.look_at(target, up);
    // The aim misses: the camera turns, the picture moves by so many half pictures.
    let [right, above] = draw.offset;
    transform.rotate_local_y(ops::atan(right * half_view));
    transform.rotate_local_x(-ops::atan(above * half_view));
    transform.rotate_local_z(draw.roll.to_radians());
    for entity in [Some(stage.camera), stage.normals].into_iter().flatten() {
        if let Ok((mut place, mut projection)) = cameras.get_mut(entity) {
            *place = transform;
            *projection = Projection::Perspective(PerspectiveProjection {
                fov,
                aspect_ratio: 1.0,
                near: 0.02 * state.radius,
                far: 1000.0 * state.radius,
                ..PerspectiveProjection::default()
            });
        }
    }
}

/// The direction of the same azimuth that rises by `rise` in a unit of length, as far as the subject is still seen from aside.
fn toward_height(direction: Vec3, rise: f32) -> Vec3 {
    let rise = rise.clamp(-STEEPEST, STEEPEST);
    let level = Vec3::new(direction.x, 0.0, direction.z).normalize_or(Vec3::Z);
    level * (1.0 - rise * rise).sqrt() + Vec3::Y * rise
}

/// Where the head is and how large, in the world.
fn head(state: &SubjectState) -> Option<(Vec3, f32)> {
    let loaded = state.loaded.as_ref()?;
    let node = loaded.model.head?;
    let radius = loaded.head_radius?;
    let scale = state.place.matrix3.x_axis.length();
    let place = state.place.transform_point3a(state.globals.get(node)?.translation);
    Some((place.into(), radius * scale))
}

/// Half of the larger extent of the points across the line of sight.
fn half_extent(points: &[Vec3], centre: Vec3, direction: Vec3) -> f32 {
    let right = direction.any_orthonormal_vector();
    let right = Vec3::Y.cross(direction).try_normalize().unwrap_or(right);
    let up = direction.cross(right);
    points
        .iter()
        .map(|point| {
            let offset = *point - centre;
            offset.dot(right).abs().max(offset.dot(up).abs())
        })
        .fold(1e-3, f32::max)
}
