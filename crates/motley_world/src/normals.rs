//! The material that the camera of normals sees.

use bevy::{
    asset::{embedded_asset, load_embedded_asset},
    mesh::MeshVertexBufferLayoutRef,
    pbr::{MaterialPipeline, MaterialPipelineKey},
    prelude::*,
    reflect::TypePath,
    render::render_resource::{AsBindGroup, RenderPipelineDescriptor, SpecializedMeshPipelineError},
    shader::ShaderRef,
};

/// Writes the surface normal in camera axes (x right, y down, z forward), −1..1 as 0..1.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
#[bind_group_data(NormalKey)]
pub struct NormalMaterial {
    /// Both sides are drawn, as in the colour picture.
    pub double_sided: bool,
}

/// Variants of the pipeline.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NormalKey {
    double_sided: bool,
}

impl From<&NormalMaterial> for NormalKey {
    fn from(material: &NormalMaterial) -> Self {
        Self { double_sided: material.double_sided }
    }
}

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

    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _: &MeshVertexBufferLayoutRef,
        key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        if key.bind_group_data.double_sided {
            descriptor.primitive.cull_mode = None;
        }
        Ok(())
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
