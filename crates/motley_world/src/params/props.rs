//! Places the props that were drawn, as the camera sees the subject.

use bevy::{camera::visibility::NoFrustumCulling, light::NotShadowCaster, mesh::MeshTag, prelude::*};
use motley_scene::{
    frame::{Instance, InstanceKind},
    params::props::PropDraw,
};
use motley_zoo::props::{Prop, SUBJECT_RADIUS};

use crate::{
    lean::{FrameBuffer, PlacedUniform},
    library::{Library, Shelves},
    params::camera,
    stage::{FrameRecipe, InstanceTable, Stage, StageSystems, SubjectState, ids, tags},
};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.after(camera::apply).in_set(StageSystems::Apply));
}

/// Bars before the subject stand at this share of the distance to its nearest point.
const BEFORE: f32 = 0.85;
/// Bars behind the subject stand so many of its radii behind its middle.
const BEHIND: f32 = 1.25;

fn apply(
    recipe: Res<FrameRecipe>,
    mut library: ResMut<Library>,
    mut shelves: Shelves,
    mut state: ResMut<SubjectState>,
    mut stage: ResMut<Stage>,
    mut instances: ResMut<InstanceTable>,
    mut commands: Commands,
    mut uniforms: ResMut<FrameBuffer>,
    cameras: Query<&Transform, With<Camera3d>>,
) {
    let draw = &recipe.recipe.props;
    let Ok(eye) = cameras.get(stage.camera).map(|transform| transform.translation) else { return };
    let foot = Vec3::new(state.centre.x, 0.0, state.centre.z);
    let level = |v: Vec3| Vec3::new(v.x, 0.0, v.z);
    let toward = level(eye - foot).normalize_or(Vec3::Z);
    let facing = |turn: f32| Quat::from_rotation_arc(Vec3::Z, toward) * Quat::from_rotation_y(turn);
    // The nearest part of the subject along the line of sight.
    let nearest = state.points.iter().map(|point| (eye - *point).dot(toward)).fold(f32::MAX, f32::min);
    let before = level(eye) - toward * (BEFORE * nearest);
    let behind = foot - toward * (BEHIND * state.radius);
    // People are not as much larger beside a large dog as it is than a small one.
    let size = (state.radius / SUBJECT_RADIUS).sqrt();
    let places = [
        (ids::BEDDING, Prop::Bedding, draw.bedding.as_ref(), foot, 0.5, state.radius),
        (ids::PERSON, Prop::Person, draw.person.as_ref(), foot, 0.5, size),
        (ids::BARS, Prop::Bars, draw.bars.before.as_ref().filter(|_| nearest > 0.1 * state.radius), before, 0.25, 1.0),
        (ids::BARS, Prop::Bars, draw.bars.behind.as_ref(), behind, 0.4, size.max(1.0)),
    ];
    for (id, kind, prop, translation, turn, scale) in places {
        let Some(PropDraw { variant, turn: share, material }) = prop else { continue };
        let (mesh, own) = library.prop(kind, *variant, &mut shelves);
        let mut surface = own;
        let mut uniform = PlacedUniform::plain(id);
        if !material.is_empty() {
            let Some(cloth) = state.take(library.material(material, &mut shelves)) else { return };
            let laid = &recipe.recipe.materials.ground;
            surface = cloth.ground;
            uniform = PlacedUniform::laid(laid, id, cloth.tile_m, Vec2::splat(state.radius));
        }
        let tag = tags::PROPS + u32::from(id - ids::BEDDING);
        let entity = commands.spawn((
            Mesh3d(mesh),
            MeshMaterial3d(surface),
            MeshTag(tag),
            NoFrustumCulling,
            NotShadowCaster,
            Transform { translation, rotation: facing(share * turn), scale: Vec3::splat(scale) },
        ));
        stage.transient.push(entity.id());
        uniforms.values.placed[tag as usize] = uniform;
        if instances.0.iter().all(|known| known.id != id) {
            instances.0.push(Instance { id, kind: InstanceKind::Prop, name: format!("{kind:?}").to_lowercase() });
        }
    }
}
