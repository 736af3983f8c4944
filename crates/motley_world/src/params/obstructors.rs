//! Places the obstructors that were drawn.

use bevy::{camera::visibility::NoFrustumCulling, mesh::MeshTag, prelude::*};
use motley_scene::frame::{Instance, InstanceKind};

use crate::{
    lean::{FrameBuffer, PlacedUniform},
    library::{Library, Shelves},
    stage::{FrameRecipe, InstanceTable, Stage, StageSystems, SubjectState, ids, tags},
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
    mut stage: ResMut<Stage>,
    mut instances: ResMut<InstanceTable>,
    mut commands: Commands,
    mut uniforms: ResMut<FrameBuffer>,
) {
    let materials = &recipe.recipe.materials.obstructors;
    let mut placed = Vec::new();
    for (i, (number, draw)) in (ids::OBSTRUCTOR..).zip(&recipe.recipe.obstructors.items).enumerate() {
        let material = &materials[i % materials.len().max(1)];
        let Some(loaded) = state.take(library.material(&material.name, &mut shelves)) else { return };
        let size = Vec3::from(draw.size) * state.radius;
        let tag = tags::OBSTRUCTORS + u32::try_from(i).unwrap_or(0);
        let entity = commands.spawn((
            Mesh3d(library.shape(&draw.shape, &mut shelves)),
            MeshMaterial3d(loaded.lean),
            MeshTag(tag),
            NoFrustumCulling,
            Transform {
                translation: state.centre + Vec3::from(draw.place) * state.radius,
                rotation: Quat::from_array(draw.rotation),
                scale: size,
            },
        ));
        stage.transient.push(entity.id());
        placed.push((tag, PlacedUniform::laid(material, number, loaded.tile_m, size.truncate())));
        instances.0.push(Instance { id: number, kind: InstanceKind::Obstructor, name: draw.shape.clone() });
    }
    for (tag, uniform) in placed {
        uniforms.values.placed[tag as usize] = uniform;
    }
}
