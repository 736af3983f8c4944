//! The lean material: everything in a scene is drawn with it.
//!
//! Fragment shading is what costs most without a GPU, so this material knows one sun with one shadow map, the sky as nine
//! spherical harmonics and a few lamps, and nothing else. What changes from frame to frame lies in one buffer
//! ([`FrameUniform`]) that every material shares, so that no bind group is made anew for a new frame. The alpha channel of
//! the picture carries the instance id: the mask costs no pass of its own.

use bevy::{
    asset::{embedded_asset, load_embedded_asset},
    mesh::MeshVertexBufferLayoutRef,
    pbr::{MaterialPipeline, MaterialPipelineKey},
    prelude::*,
    reflect::TypePath,
    render::{
        Extract, ExtractSchedule, RenderApp,
        render_resource::{
            AsBindGroup, BlendComponent, BlendFactor, BlendOperation, BlendState, Buffer, BufferDescriptor,
            BufferUsages, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
        },
        renderer::{RenderDevice, RenderQueue},
    },
    shader::ShaderRef,
};
use bytemuck::{Pod, Zeroable};

/// How many things can be in a picture at once: instance ids and entries of [`FrameUniform::placed`].
pub const MAX_PLACED: usize = 256;
/// How many lamps can shine at once: four point lamps, four spot lamps and the flash fit.
pub const MAX_LAMPS: usize = 10;

/// The material.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
#[bind_group_data(LeanKey)]
#[uniform(0, SurfaceUniform)]
pub struct Lean {
    /// Factors.
    pub surface: SurfaceUniform,
    /// Base colour.
    #[texture(1)]
    #[sampler(2)]
    pub base_texture: Option<Handle<Image>>,
    /// Tangent-space normals.
    #[texture(3)]
    pub normal_texture: Option<Handle<Image>>,
    /// Roughness in green, metalness in blue.
    #[texture(4)]
    pub metallic_roughness_texture: Option<Handle<Image>>,
    /// The buffer of [`FrameGpu`].
    #[storage(5, read_only, buffer)]
    pub frame: Buffer,
    /// Which variant of the shader.
    pub key: LeanKey,
}

/// Factors of a surface, as in glTF 2.0.
#[derive(Clone, Copy, Debug, ShaderType)]
pub struct SurfaceUniform {
    /// Linear RGBA.
    pub base_color: Vec4,
    /// Linear RGB.
    pub emissive: Vec3,
    /// 0–1.
    pub roughness: f32,
    /// 0–1.
    pub metallic: f32,
    /// 0–1.
    pub alpha_cutoff: f32,
}

impl Lean {
    /// Plain grey, matt.
    pub fn plain(frame: &FrameGpu) -> Self {
        Self {
            surface: SurfaceUniform {
                base_color: Vec4::new(0.5, 0.5, 0.5, 1.0),
                emissive: Vec3::ZERO,
                roughness: 0.9,
                metallic: 0.0,
                alpha_cutoff: 0.0,
            },
            base_texture: None,
            normal_texture: None,
            metallic_roughness_texture: None,
            frame: frame.0.clone(),
            key: LeanKey::default(),
        }
    }
}

impl PlacedUniform {
    /// No tint, texture coordinates as they are.
    pub fn plain(id: u8) -> Self {
        Self { tint: [1.0; 3], id: f32::from(id) / 255.0, uv: [1.0, 0.0, 0.0, 1.0] }
    }
}

impl From<&Lean> for SurfaceUniform {
    fn from(lean: &Lean) -> Self {
        lean.surface
    }
}

/// Variants of the shader and the pipeline.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LeanKey {
    /// There is a base texture.
    pub textured: bool,
    /// There is a normal map.
    pub normal_map: bool,
    /// There is a map of metalness and roughness.
    pub metallic_roughness_map: bool,
    /// Holes are cut by alpha.
    pub masked: bool,
    /// Smooth enough for the sky to be mirrored.
    pub glossy: bool,
    /// Both sides are drawn.
    pub double_sided: bool,
    /// Shown as it is: the sky.
    pub unlit: bool,
    /// Shaded by the subject that stands on it.
    pub ground: bool,
    /// Laid over a subject: its own vertex colours do not show.
    pub cover: bool,
    /// What lies behind shows through.
    pub translucent: bool,
    /// The alpha of vertex colours below 1 is an instance id over 255.
    pub bystanders: bool,
}

impl From<&Lean> for LeanKey {
    fn from(lean: &Lean) -> Self {
        lean.key
    }
}

impl Material for Lean {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }

    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn enable_prepass() -> bool {
        true
    }

    fn alpha_mode(&self) -> AlphaMode {
        if self.key.unlit || self.key.translucent {
            // Drawn after everything opaque: of the sky only pixels that show it are shaded, and glass has something behind it.
            AlphaMode::Mask(0.0)
        } else if self.key.masked {
            AlphaMode::Mask(self.surface.alpha_cutoff)
        } else {
            AlphaMode::Opaque
        }
    }

    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        layout: &MeshVertexBufferLayoutRef,
        key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        let key = key.bind_group_data;
        if key.double_sided {
            descriptor.primitive.cull_mode = None;
        }
        let defs = [
            (key.textured, "TEXTURED"),
            (key.normal_map && layout.0.contains(Mesh::ATTRIBUTE_UV_0), "NORMAL_MAP"),
            (key.metallic_roughness_map, "METALLIC_ROUGHNESS_MAP"),
            (key.masked, "MASKED"),
            (key.glossy, "GLOSSY"),
            (key.unlit, "UNLIT"),
            (key.ground, "GROUND"),
            (key.cover, "COVER"),
            (key.translucent, "TRANSLUCENT"),
            (key.bystanders, "BYSTANDERS"),
        ];
        for (_, def) in defs.into_iter().filter(|(on, _)| *on) {
            descriptor.vertex.shader_defs.push(def.into());
            if let Some(fragment) = &mut descriptor.fragment {
                fragment.shader_defs.push(def.into());
            }
        }
        if key.translucent
            && let Some(target) =
                descriptor.fragment.as_mut().and_then(|fragment| fragment.targets.first_mut()?.as_mut())
        {
            target.blend = Some(SCREEN);
        }
        Ok(())
    }
}

/// Light that glass throws back lies over what is behind it, the brighter the less of that is left. (A share of its own, as in
/// plain blending, would want the alpha channel, which carries the instance id: the pane's, since it is the pane that is hit.)
const SCREEN: BlendState = BlendState {
    color: BlendComponent {
        src_factor: BlendFactor::One,
        dst_factor: BlendFactor::OneMinusSrc,
        operation: BlendOperation::Add,
    },
    alpha: BlendComponent::REPLACE,
};

const SHADER: &str = "embedded://motley_world/lean.wgsl";

/// What all materials share in one frame, laid out as in the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct FrameUniform {
    /// The sky's irradiance over π as spherical harmonics.
    pub sky: [[f32; 4]; 9],
    /// Unit vector towards the sun.
    pub sun_direction: [f32; 3],
    /// 1 when the sun casts shadows.
    pub sun_shadow: f32,
    /// Linear RGB.
    pub sun_color: [f32; 3],
    /// Factor before the tone curve.
    pub exposure: f32,
    /// Middle and radius of the subject, metres.
    pub subject: [f32; 4],
    /// Lamps; the first with a range of 0 ends the list.
    pub lamps: [LampUniform; MAX_LAMPS],
    /// By mesh tag.
    pub placed: [PlacedUniform; MAX_PLACED],
}

/// A lamp.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct LampUniform {
    /// Metres.
    pub position: [f32; 3],
    /// Cosine of half the cone's angle.
    pub cone_cos: f32,
    /// Linear RGB at `range`.
    pub color: [f32; 3],
    /// Distance at which it is as bright as its colour, metres.
    pub range: f32,
    /// Unit vector along which it shines.
    pub axis: [f32; 3],
    /// Fills 16 bytes.
    pub unused: f32,
}

/// What one thing adds to its material.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct PlacedUniform {
    /// Linear RGB factor.
    pub tint: [f32; 3],
    /// Instance id over 255.
    pub id: f32,
    /// Two rows of the matrix that takes the mesh's texture coordinates to the material's.
    pub uv: [f32; 4],
}

/// The frame's uniform, written by the parameters' systems and uploaded after them.
#[derive(Resource)]
pub struct FrameBuffer {
    /// The values.
    pub values: Box<FrameUniform>,
}

impl Default for FrameBuffer {
    fn default() -> Self {
        Self { values: Box::new(FrameUniform::zeroed()) }
    }
}

/// The buffer on the GPU that [`FrameBuffer`] goes to and that every material binds.
#[derive(Resource, Clone)]
pub struct FrameGpu(pub Buffer);

impl FromWorld for FrameGpu {
    fn from_world(world: &mut World) -> Self {
        Self(world.resource::<RenderDevice>().create_buffer(&BufferDescriptor {
            label: Some("motley frame"),
            size: size_of::<FrameUniform>() as u64,
            usage: BufferUsages::STORAGE | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }))
    }
}

/// Registers the material and uploads the frame's uniform.
pub fn plugin(app: &mut App) {
    embedded_asset!(app, "lean.wgsl");
    app.add_plugins(MaterialPlugin::<Lean>::default());
    let shader: Handle<Shader> = load_embedded_asset!(app, "lean.wgsl");
    app.insert_resource(LeanShader(shader));
    if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
        render_app.add_systems(ExtractSchedule, upload);
    }
}

/// Keeps the shader loaded.
#[derive(Resource)]
struct LeanShader(#[expect(dead_code, reason = "held, not read")] Handle<Shader>);

fn upload(frame: Extract<Res<FrameBuffer>>, gpu: Extract<Res<FrameGpu>>, queue: Res<RenderQueue>) {
    queue.write_buffer(&gpu.0, 0, bytemuck::bytes_of(&*frame.values));
}
