//! The stage: the entities that every frame is set up with, and what is known of the frame while it is set up.
//!
//! A frame is set up in `Update`, in this order ([`StageSystems`]):
//! 1. the subject's model is fetched and posed, placed and measured;
//! 2. every other parameter applies its part of the recipe, in any order;
//! 3. the frame's uniform is complete.

use std::sync::Arc;

use bevy::{
    camera::{
        CameraMainTextureUsages, CameraOutputMode, RenderTarget, Viewport,
        visibility::{NoFrustumCulling, RenderLayers},
    },
    core_pipeline::tonemapping::{DebandDither, Tonemapping},
    light::{
        CascadeShadowConfigBuilder, DirectionalLightShadowMap, NotShadowCaster, NotShadowReceiver,
        ShadowFilteringMethod, cluster::ClusterConfig,
    },
    math::Affine3A,
    mesh::{MeshTag, skinning::SkinnedMesh},
    prelude::*,
    render::{
        render_resource::{TextureFormat, TextureUsages},
        view::{Msaa, NoIndirectDrawing},
    },
};
use motley_scene::{
    frame::{Instance, InstanceKind},
    recipe::Recipe,
    scene::Scene,
};

use crate::{
    lean::{FrameBuffer, FrameGpu, Lean, PlacedUniform},
    library::{Loaded, Shelves},
    normals::NormalMaterial,
    sky_dome,
};

/// Order of the systems that set up a frame.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StageSystems {
    /// Which model, how it is held.
    Subject,
    /// Where everything of the subject is, measured.
    Measure,
    /// Everything else. Put systems of your own here.
    Apply,
    /// Copies of everything for the camera of normals.
    Twins,
}

/// What is being drawn.
#[derive(Resource, Clone, Debug)]
pub struct FrameRecipe {
    /// The draw.
    pub recipe: Recipe,
    /// The scene it was drawn from.
    pub scene: Arc<Scene>,
}

/// What pictures are made of.
#[derive(Resource, Clone, Copy, Debug)]
pub struct StageOptions {
    /// Width and height of a picture in pixels.
    pub size: u32,
    /// Draw a second picture of surface normals.
    pub normals: bool,
}

/// Pictures side by side in the render target: colour, normals.
impl StageOptions {
    /// How many.
    pub const fn slots(&self) -> u32 {
        if self.normals { 2 } else { 1 }
    }
}

/// The subject of the frame that is being set up.
#[derive(Resource, Default)]
pub struct SubjectState {
    /// Its model.
    pub loaded: Option<Arc<Loaded>>,
    /// Clip that is sampled.
    pub clip: Option<usize>,
    /// Node transforms in model space at natural size.
    pub globals: Vec<Affine3A>,
    /// From model space to world.
    pub place: Affine3A,
    /// Vertices in world space, metres.
    pub points: Vec<Vec3>,
    /// Middle of the bounding box, world.
    pub centre: Vec3,
    /// Radius of a ball about `centre` that holds all vertices, metres.
    pub radius: f32,
    /// Turn about the vertical, radians.
    pub yaw: f32,
    /// What could not be loaded.
    pub error: Option<String>,
}

impl SubjectState {
    /// What was loaded; a failure is kept as the frame's.
    pub fn take<T>(&mut self, loaded: Result<T, impl std::fmt::Display>) -> Option<T> {
        loaded.map_err(|error| self.error = Some(error.to_string())).ok()
    }
}

/// What each instance id stands for in this frame.
#[derive(Resource, Default)]
pub struct InstanceTable(pub Vec<Instance>);

/// Instance ids of what is always there.
pub mod ids {
    /// The subject.
    pub const SUBJECT: u8 = 1;
    /// The ground.
    pub const GROUND: u8 = 2;
    /// Walls and ceiling.
    pub const WALL: u8 = 3;
    /// A street, its ground included.
    pub const STREET: u8 = 4;
    /// A cloth under the subject.
    pub const BEDDING: u8 = 5;
    /// Somebody.
    pub const PERSON: u8 = 6;
    /// Bars before and behind the subject.
    pub const BARS: u8 = 7;
    /// The first obstructor; the others follow.
    pub const OBSTRUCTOR: u8 = 10;
}

/// The entities.
#[derive(Resource)]
pub struct Stage {
    /// The camera whose picture is captured.
    pub camera: Entity,
    /// Draws normals, if asked for.
    pub normals: Option<Entity>,
    /// The sun.
    pub sun: Entity,
    /// The dome.
    pub sky: Entity,
    /// The ground.
    pub ground: Entity,
    /// Four walls and a ceiling.
    pub walls: [Entity; 5],
    /// What is made anew for each frame.
    pub transient: Vec<Entity>,
    /// For surfaces with one side, and with two.
    normal_materials: [Handle<NormalMaterial>; 2],
}

/// Sets up the stage. Insert [`StageOptions`], [`FrameRecipe`] and [`Library`](crate::library::Library) before the first update.
pub fn plugin(app: &mut App) {
    app.init_resource::<FrameBuffer>()
        .init_resource::<SubjectState>()
        .init_resource::<InstanceTable>()
        .insert_resource(DirectionalLightShadowMap { size: 512 })
        .configure_sets(
            Update,
            (StageSystems::Subject, StageSystems::Measure, StageSystems::Apply, StageSystems::Twins).chain(),
        )
        // The device is there once all plugins are finished.
        .add_systems(PreStartup, |world: &mut World| {
            world.init_resource::<FrameGpu>();
        })
        .add_systems(Startup, set_up)
        .add_systems(Update, clear.before(StageSystems::Subject))
        .add_systems(Update, (measure, place_subject).chain().in_set(StageSystems::Measure))
        .add_systems(
            Update,
            add_twins.run_if(|options: Res<StageOptions>| options.normals).in_set(StageSystems::Twins),
        );
}

/// Layer of normals.
const NORMAL_LAYER: usize = 1;
/// Edge of the ground before it is scaled, metres.
pub const GROUND_EDGE: f32 = 1.0;

fn set_up(
    mut commands: Commands,
    options: Res<StageOptions>,
    mut shelves: Shelves,
    mut normal_materials: ResMut<Assets<NormalMaterial>>,
) {
    let size = options.size;
    // The cameras' pictures are read from their intermediate texture; the target only says how large it is.
    let target = Image::new_target_texture(size * options.slots(), size, TextureFormat::Rgba8UnormSrgb, None);
    let target = shelves.images.add(target);
    let usages = CameraMainTextureUsages(
        TextureUsages::RENDER_ATTACHMENT | TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_SRC,
    );
    let mut camera = |slot: u32, layers: RenderLayers| {
        let first = slot == 0;
        commands
            .spawn((
                Camera3d {
                    depth_load_op: if first {
                        bevy::camera::Camera3dDepthLoadOp::Clear(0.0)
                    } else {
                        bevy::camera::Camera3dDepthLoadOp::Load
                    },
                    depth_texture_usages: (TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC).into(),
                },
                Camera {
                    order: isize::try_from(slot).unwrap_or(0),
                    viewport: Some(Viewport {
                        physical_position: UVec2::new(slot * size, 0),
                        physical_size: UVec2::splat(size),
                        ..Viewport::default()
                    }),
                    // Cameras without an output are drawn only if they do not clear; the read-back clears for them.
                    clear_color: ClearColorConfig::None,
                    output_mode: CameraOutputMode::Skip,
                    ..Camera::default()
                },
                RenderTarget::Image(target.clone().into()),
                usages,
                layers,
                Msaa::Off,
                Tonemapping::None,
                DebandDither::Disabled,
                ShadowFilteringMethod::Hardware2x2,
                NoIndirectDrawing,
                ClusterConfig::Single,
                Transform::default(),
            ))
            .id()
    };
    let main = camera(0, RenderLayers::layer(0));
    let normals = options.normals.then(|| camera(1, RenderLayers::layer(NORMAL_LAYER)));
    let sun = commands
        .spawn((
            DirectionalLight { shadow_maps_enabled: true, ..DirectionalLight::default() },
            CascadeShadowConfigBuilder { num_cascades: 1, ..CascadeShadowConfigBuilder::default() }.build(),
            Transform::default(),
        ))
        .id();
    let plain = shelves.leans.add(Lean::plain(&shelves.frame));
    let plane = shelves.meshes.add(Plane3d::new(Vec3::Y, Vec2::splat(GROUND_EDGE / 2.0)).mesh().build());
    let dome = shelves.meshes.add(sky_dome::dome(None));
    let mut fixed = |tag: u32, mesh: Handle<Mesh>| {
        commands
            .spawn((
                Mesh3d(mesh),
                MeshMaterial3d(plain.clone()),
                MeshTag(tag),
                Transform::default(),
                NoFrustumCulling,
                NotShadowCaster,
            ))
            .id()
    };
    let sky = fixed(tags::SKY, dome);
    let ground = fixed(tags::GROUND, plane.clone());
    let walls = [0, 1, 2, 3, 4].map(|i| fixed(tags::WALLS + i, plane.clone()));
    commands.entity(sky).insert(NotShadowReceiver);
    commands.insert_resource(Stage {
        camera: main,
        normals,
        sun,
        sky,
        ground,
        walls,
        transient: Vec::new(),
        normal_materials: [false, true].map(|double_sided| normal_materials.add(NormalMaterial { double_sided })),
    });
}

/// Indices into [`FrameUniform::placed`](crate::lean::FrameUniform::placed).
pub mod tags {
    /// The dome.
    pub const SKY: u32 = 0;
    /// The ground.
    pub const GROUND: u32 = 1;
    /// The first of five walls.
    pub const WALLS: u32 = 2;
    /// All pieces of a street.
    pub const STREET: u32 = 7;
    /// All parts of the subject.
    pub const SUBJECT: u32 = 8;
    /// The first of three kinds of props.
    pub const PROPS: u32 = 9;
    /// The first obstructor.
    pub const OBSTRUCTORS: u32 = 16;
}

/// A part of the subject.
#[derive(Component)]
pub struct SubjectPart;

/// Removes what the last frame needed.
fn clear(mut commands: Commands, mut stage: ResMut<Stage>, mut instances: ResMut<InstanceTable>) {
    for entity in stage.transient.drain(..) {
        commands.entity(entity).despawn();
    }
    instances.0.clear();
}

/// Where every vertex of the subject is.
fn measure(mut state: ResMut<SubjectState>, mut scratch: Local<Vec<Vec3>>) {
    let state = &mut *state;
    state.points.clear();
    let Some(loaded) = state.loaded.clone() else { return };
    for part in 0..loaded.model.parts.len() {
        loaded.model.skin_positions(part, &state.globals, &mut scratch);
        state.points.extend(scratch.iter().map(|point| state.place.transform_point3(*point)));
    }
    let (low, high) = state
        .points
        .iter()
        .fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(low, high), point| (low.min(*point), high.max(*point)));
    state.centre = (low + high) / 2.0;
    let squared = state.points.iter().map(|point| point.distance_squared(state.centre)).fold(0.0, f32::max);
    state.radius = squared.sqrt().max(1e-3);
}

/// Spawns the subject's parts where they are.
fn place_subject(
    mut commands: Commands,
    state: Res<SubjectState>,
    mut stage: ResMut<Stage>,
    mut frame: ResMut<FrameBuffer>,
    mut instances: ResMut<InstanceTable>,
    recipe: Res<FrameRecipe>,
) {
    let Some(loaded) = &state.loaded else { return };
    let place = |local: Affine3A| GlobalTransform::from(state.place * local);
    let skinned = loaded.parts.iter().any(|part| part.bindposes.is_some());
    // Joints need no local transform: where they are is known already, so nothing has to be propagated.
    let joints: Vec<Entity> = if skinned {
        state.globals.iter().map(|global| commands.spawn(place(*global)).id()).collect()
    } else {
        Vec::new()
    };
    for (part, assets) in loaded.model.parts.iter().zip(&loaded.parts) {
        let mut entity = commands.spawn((
            Mesh3d(assets.mesh.clone()),
            MeshMaterial3d(assets.material.clone()),
            MeshTag(tags::SUBJECT),
            NoFrustumCulling,
            SubjectPart,
        ));
        match (&part.skin, &assets.bindposes) {
            (Some(skin), Some(bindposes)) => {
                let joints = skin.joints.iter().filter_map(|joint| joints.get(*joint).copied()).collect();
                entity.insert((SkinnedMesh { inverse_bindposes: bindposes.clone(), joints }, Transform::IDENTITY));
            }
            _ => {
                let global = state.globals.get(part.node).copied().unwrap_or(Affine3A::IDENTITY);
                entity.insert(Transform::from(place(global)));
            }
        }
        if part.surface.translucent {
            entity.insert(NotShadowCaster);
        }
        stage.transient.push(entity.id());
    }
    stage.transient.extend(joints);
    frame.values.subject = state.centre.extend(state.radius).into();
    frame.values.placed[tags::SUBJECT as usize] = PlacedUniform::plain(ids::SUBJECT);
    let name = recipe.recipe.subject.class.clone();
    instances.0.push(Instance { id: ids::SUBJECT, kind: InstanceKind::Subject, name });
}

/// Spawns what the camera of normals sees: everything but the sky, in its normals' colours.
fn add_twins(
    mut commands: Commands,
    mut stage: ResMut<Stage>,
    materials: Res<Assets<Lean>>,
    things: Query<(&Mesh3d, &MeshTag, &Transform, &Visibility, Option<&SkinnedMesh>, &MeshMaterial3d<Lean>)>,
) {
    for (mesh, tag, transform, visibility, skin, material) in things.iter().filter(|(_, tag, ..)| tag.0 != tags::SKY) {
        let double_sided = materials.get(&material.0).is_some_and(|material| material.key.double_sided);
        let mut twin = commands.spawn((
            mesh.clone(),
            tag.clone(),
            *transform,
            *visibility,
            MeshMaterial3d(stage.normal_materials[usize::from(double_sided)].clone()),
            RenderLayers::layer(NORMAL_LAYER),
            NoFrustumCulling,
            NotShadowCaster,
            NotShadowReceiver,
        ));
        if let Some(skin) = skin {
            twin.insert(skin.clone());
        }
        let twin = twin.id();
        stage.transient.push(twin);
    }
}
