//! Materials that are seen by label cameras only.

use bevy::{
    asset::{embedded_asset, load_embedded_asset},
    prelude::*,
    reflect::TypePath,
    render::render_resource::AsBindGroup,
    shader::ShaderRef,
};

/// Fills alpha: the subject alone, to be counted.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
pub struct Silhouette {}

/// Writes the surface normal in camera axes (x right, y down, z forward), −1..1 as 0..1.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
pub struct NormalMaterial {}

impl Material for Silhouette {
    fn fragment_shader() -> ShaderRef {
        "embedded://motley_world/silhouette.wgsl".into()
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }
}

impl Material for NormalMaterial {
    fn fragment_shader() -> ShaderRef {
        "embedded://motley_world/normal.wgsl".into()
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }
}

/// Registers the materials.
pub fn plugin(app: &mut App) {
    embedded_asset!(app, "silhouette.wgsl");
    embedded_asset!(app, "normal.wgsl");
    let shaders = [load_embedded_asset!(app, "silhouette.wgsl"), load_embedded_asset!(app, "normal.wgsl")];
    app.insert_resource(LabelShaders(shaders))
        .add_plugins((MaterialPlugin::<Silhouette>::default(), MaterialPlugin::<NormalMaterial>::default()));
}

/// Keeps the shaders loaded.
#[derive(Resource)]
struct LabelShaders(#[expect(dead_code, reason = "held, not read")] [Handle<Shader>; 2]);
