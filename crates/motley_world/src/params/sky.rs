//! Shows the sky that was drawn, and lets it light the scene.

use bevy::prelude::*;

use crate::{
    lean::{FrameBuffer, Lean, PlacedUniform},
    library::{Library, Shelves},
    sky_dome::shader_coefficients,
    stage::{FrameRecipe, Stage, StageSystems, SubjectState, tags},
};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.in_set(StageSystems::Apply));
}

/// What stands around the subject is at least so many of its radii away.
const ROOM_RADII: f32 = 1.7;

fn apply(
    recipe: Res<FrameRecipe>,
    mut library: ResMut<Library>,
    mut shelves: Shelves,
    mut state: ResMut<SubjectState>,
    stage: Res<Stage>,
    mut domes: Query<(&mut Transform, &mut MeshMaterial3d<Lean>, &mut Mesh3d)>,
    mut uniforms: ResMut<FrameBuffer>,
) {
    let draw = &recipe.recipe.sky;
    let sky = match library.sky(&draw.name, &mut shelves) {
        Ok(sky) => sky,
        Err(error) => {
            state.error = Some(error.to_string());
            return;
        }
    };
    let yaw = draw.yaw.to_radians();
    if let Ok((mut transform, mut material, mut mesh)) = domes.get_mut(stage.sky) {
        // A box is as large as it is, unless the subject would not fit.
        let scale = sky.backdrop.map_or(500.0 * state.radius, |backdrop| {
            (ROOM_RADII * state.radius / backdrop.half[0].min(backdrop.half[1])).max(1.0)
        });
        *transform = Transform::from_rotation(Quat::from_rotation_y(yaw)).with_scale(Vec3::splat(scale));
        material.0 = sky.material.clone();
        mesh.0 = sky.mesh.clone();
    }
    uniforms.values.sky = shader_coefficients(&sky.harmonics.rotated_y(yaw), draw.brightness);
    uniforms.values.placed[tags::SKY as usize] =
        PlacedUniform { tint: [draw.brightness; 3], ..PlacedUniform::plain(0) };
}
