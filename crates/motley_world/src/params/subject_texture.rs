//! Covers the subject with a material.

use bevy::prelude::*;

use super::materials::uv_matrix;
use crate::{
    lean::{FrameBuffer, Lean},
    library::{Library, Shelves},
    stage::{FrameRecipe, StageSystems, SubjectPart, SubjectState, tags},
};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.in_set(StageSystems::Apply));
}

fn apply(
    frame: Res<FrameRecipe>,
    mut library: ResMut<Library>,
    mut shelves: Shelves,
    mut state: ResMut<SubjectState>,
    mut commands: Commands,
    mut uniforms: ResMut<FrameBuffer>,
    parts: Query<Entity, With<SubjectPart>>,
) {
    let Some(cover) = &frame.recipe.subject_texture.cover else { return };
    let Some(loaded) = state.take(library.material(&cover.name, &mut shelves)) else { return };
    for part in &parts {
        commands.entity(part).insert(MeshMaterial3d::<Lean>(loaded.cover.clone()));
    }
    let uv = uv_matrix(cover, loaded.tile_m / state.radius, Vec2::ONE);
    uniforms.values.placed[tags::SUBJECT as usize].uv = uv;
}
