//! The material that the camera of normals sees.

use bevy::{
    asset::{embedded_asset, load_embedded_asset},
    prelude::*,
    reflect::TypePath,
    render::render_resource::AsBindGroup,
    shader::ShaderRef,
};

/// Writes the surface normal in camera axes (x right, y down, z forward), −1..1 as 0..1.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
pub struct NormalMaterial {}

impl Material for NormalMaterial {
    fn fragment_shader() -> ShaderRef {
        "embedded://motley_world/normals.wgsl".into()
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }
}

/// Registers the material.
pub fn plugin(app: &mut App) {
    embedded_asset!(app, "normals.wgsl");
    let shader: Handle<Shader> = load_embedded_asset!(app, "normals.wgsl");
    app.insert_resource(NormalShader(shader)).add_plugins(MaterialPlugin::<NormalMaterial>::default());
}

/// Keeps the shader loaded.
#[derive(Resource)]
struct NormalShader(#[expect(dead_code, reason = "held, not read")] Handle<Shader>);
