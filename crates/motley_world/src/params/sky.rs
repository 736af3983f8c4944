//! Shows the sky that was drawn, and lets it light the scene.

use bevy::{light::NotShadowCaster, mesh::MeshTag, prelude::*};
use motley_scene::frame::{Instance, InstanceKind};
use motley_zoo::streets::FIRST_BYSTANDER;

use crate::{
    lean::{FrameBuffer, Lean, PlacedUniform},
    library::{Library, Shelves},
    sky_dome::shader_coefficients,
    stage::{FrameRecipe, InstanceTable, Stage, StageSystems, SubjectState, ids, tags},
};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.in_set(StageSystems::Apply));
}

/// What stands around the subject is at least so many of its radii away.
const ROOM_RADII: f32 = 1.7;
/// Turned further against its subject, a street would run its fences and houses through it; degrees.
const STREET_TURN: f32 = 40.0;
/// How far it is turned then at most; degrees.
const ALONG: f32 = 8.0;

/// How far a street is turned against its subject, which drives along it, when so much was drawn; degrees.
fn along(drawn: f32) -> f32 {
    if drawn.abs() <= STREET_TURN { drawn } else { ALONG * drawn.to_radians().sin() }
}

fn apply(
    recipe: Res<FrameRecipe>,
    mut library: ResMut<Library>,
    mut shelves: Shelves,
    mut state: ResMut<SubjectState>,
    mut stage: ResMut<Stage>,
    mut instances: ResMut<InstanceTable>,
    mut commands: Commands,
    mut domes: Query<(&mut Transform, &mut MeshMaterial3d<Lean>, &mut Mesh3d)>,
    mut uniforms: ResMut<FrameBuffer>,
) {
    let draw = &recipe.recipe.sky;
    let Some(sky) = state.take(library.sky(&draw.name, &mut shelves)) else { return };
    let yaw = match sky.street.as_slice() {
        [] => draw.yaw.to_radians(),
        _ => along(draw.yaw).to_radians() + state.yaw,
    };
    if let Ok((mut transform, mut material, mut mesh)) = domes.get_mut(stage.sky) {
        // A box is as large as it is, unless the subject would not fit.
        let scale = sky.backdrop.map_or(500.0 * state.radius, |backdrop| {
            (ROOM_RADII * state.radius / backdrop.half[0].min(backdrop.half[1])).max(1.0)
        });
        *transform = Transform::from_rotation(Quat::from_rotation_y(yaw)).with_scale(Vec3::splat(scale));
        material.0 = sky.material.clone();
        mesh.0 = sky.mesh.clone();
    }
    for piece in &sky.street {
        let mut entity = commands.spawn((
            Mesh3d(piece.mesh.clone()),
            MeshMaterial3d(piece.material.clone()),
            MeshTag(tags::STREET),
            Transform::from_rotation(Quat::from_rotation_y(yaw)),
            piece.bounds,
        ));
        if !piece.casts_shadow {
            entity.insert(NotShadowCaster);
        }
        stage.transient.push(entity.id());
    }
    if !sky.street.is_empty() {
        uniforms.values.placed[tags::STREET as usize] = PlacedUniform::plain(ids::STREET);
        instances.0.push(Instance { id: ids::STREET, kind: InstanceKind::Prop, name: draw.name.clone() });
        let bystanders = (FIRST_BYSTANDER..).zip(&sky.bystanders);
        instances.0.extend(bystanders.map(|(id, name)| Instance {
            id,
            kind: InstanceKind::Bystander,
            name: name.clone(),
        }));
    }
    uniforms.values.sky = shader_coefficients(&sky.harmonics.rotated_y(yaw), draw.brightness);
    uniforms.values.placed[tags::SKY as usize] =
        PlacedUniform { tint: [draw.brightness; 3], ..PlacedUniform::plain(0) };
}
