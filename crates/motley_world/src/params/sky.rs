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

fn apply(
    recipe: Res<FrameRecipe>,
    mut library: ResMut<Library>,
    mut shelves: Shelves,
    mut state: ResMut<SubjectState>,
    stage: Res<Stage>,
    mut domes: Query<(&mut Transform, &mut MeshMaterial3d<Lean>)>,
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
    if let Ok((mut transform, mut material)) = domes.get_mut(stage.sky) {
        *transform = Transform::from_rotation(Quat::from_rotation_y(yaw)).with_scale(Vec3::splat(500.0 * state.radius));
        material.0 = sky.material.clone();
    }
    uniforms.values.sky = shader_coefficients(&sky.harmonics.rotated_y(yaw), draw.brightness);
    uniforms.values.placed[tags::SKY as usize] =
        PlacedUniform { tint: [draw.brightness; 3], ..PlacedUniform::plain(0) };
}
