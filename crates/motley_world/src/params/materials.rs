//! Lays the materials that were drawn on the ground and the walls.

use bevy::{math::ops, prelude::*};
use motley_scene::{
    frame::{Instance, InstanceKind},
    params::materials::MaterialDraw,
};

use crate::{
    lean::{FrameBuffer, Lean, PlacedUniform},
    library::{Library, Shelves},
    stage::{FrameRecipe, InstanceTable, Stage, StageSystems, SubjectState, ids, tags},
};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.in_set(StageSystems::Apply));
}

/// Edge of the ground in subject radii: far enough for its rim to be lost in the horizon.
const GROUND_RADII: f32 = 400.0;
/// Height of walls in subject radii.
const WALL_RADII: f32 = 7.0;

fn apply(
    recipe: Res<FrameRecipe>,
    mut library: ResMut<Library>,
    mut shelves: Shelves,
    mut state: ResMut<SubjectState>,
    stage: Res<Stage>,
    mut things: Query<(&mut Transform, &mut MeshMaterial3d<Lean>, &mut Visibility)>,
    mut instances: ResMut<InstanceTable>,
    mut uniforms: ResMut<FrameBuffer>,
) {
    let draw = &recipe.recipe.materials;
    let sky = library.sky(&recipe.recipe.sky.name, &mut shelves).ok();
    let room = sky.as_ref().is_some_and(|sky| sky.room);
    // A street has a ground of its own.
    let paved = sky.as_ref().is_some_and(|sky| !sky.street.is_empty());
    let mut loaded = |draw: &MaterialDraw| library.material(&draw.name, &mut shelves);
    let Some(ground) = state.take(loaded(&draw.ground)) else { return };
    let Some(wall) = state.take(loaded(&draw.wall)) else { return };
    let mut placed = vec![];
    let edge = if room { WALL_RADII * 2.0 } else { GROUND_RADII } * state.radius;
    if let Ok((mut transform, mut material, mut visibility)) = things.get_mut(stage.ground) {
        *visibility = if paved { Visibility::Hidden } else { Visibility::Inherited };
        *transform = Transform::from_scale(Vec3::splat(edge));
        material.0 = ground.ground.clone();
        placed.push((tags::GROUND, PlacedUniform::laid(&draw.ground, ids::GROUND, ground.tile_m, Vec2::splat(edge))));
    }
    if !paved {
        instances.0.push(Instance { id: ids::GROUND, kind: InstanceKind::Ground, name: draw.ground.name.clone() });
    }
    for (i, wall_entity) in stage.walls.iter().enumerate() {
        let Ok((mut transform, mut material, mut visibility)) = things.get_mut(*wall_entity) else { continue };
        *visibility = if room { Visibility::Inherited } else { Visibility::Hidden };
        *transform = wall_place(i, state.radius, recipe.recipe.sky.yaw.to_radians());
        material.0 = wall.ground.clone();
        let tag = tags::WALLS + u32::try_from(i).unwrap_or(0);
        placed.push((tag, PlacedUniform::laid(&draw.wall, ids::WALL, wall.tile_m, Vec2::splat(edge))));
    }
    if room {
        instances.0.push(Instance { id: ids::WALL, kind: InstanceKind::Wall, name: draw.wall.name.clone() });
    }
    for (tag, uniform) in placed {
        uniforms.values.placed[tag as usize] = uniform;
    }
}

/// Walls 0–3 stand around the origin and face it, wall 4 is the ceiling.
fn wall_place(i: usize, radius: f32, yaw: f32) -> Transform {
    let half = WALL_RADII * radius;
    let about = |angle: f32| Quat::from_rotation_y(angle);
    let turn = yaw + i as f32 * std::f32::consts::FRAC_PI_2;
    let (sin, cos) = ops::sin_cos(turn);
    if i == 4 {
        return Transform {
            translation: Vec3::Y * half,
            rotation: about(yaw) * Quat::from_rotation_x(std::f32::consts::PI),
            scale: Vec3::splat(2.0 * half),
        };
    }
    Transform {
        translation: Vec3::new(sin * half, 0.0, cos * half),
        // The plane's normal turns from up to inwards.
        rotation: about(turn) * Quat::from_rotation_x(-std::f32::consts::FRAC_PI_2),
        scale: Vec3::splat(2.0 * half),
    }
}

/// The matrix that takes texture coordinates of a thing `size` metres large to those of a material with tiles of `tile_m`.
pub fn uv_matrix(draw: &MaterialDraw, tile_m: f32, size: Vec2) -> [f32; 4] {
    let (sin, cos) = ops::sin_cos(draw.rotation.to_radians());
    let scale = size / (tile_m * draw.tiling).max(1e-4);
    [cos * scale.x, -sin * scale.y, sin * scale.x, cos * scale.y]
}

impl PlacedUniform {
    /// A material laid on a thing.
    pub fn laid(draw: &MaterialDraw, id: u8, tile_m: f32, size: Vec2) -> Self {
        Self { tint: draw.tint(), uv: uv_matrix(draw, tile_m, size), ..Self::plain(id) }
    }
}
