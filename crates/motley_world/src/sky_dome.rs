//! A sky on the GPU: its picture on a dome, and its light as spherical harmonics.

use bevy::{
    asset::RenderAssetUsages,
    image::{ImageAddressMode, ImageSampler, ImageSamplerDescriptor},
    mesh::{Indices, PrimitiveTopology},
    prelude::*,
    render::render_resource::{Extent3d, TextureDimension, TextureFormat},
};
use motley_scene::distribution::from_angles;
use motley_zoo::skies::{Sky, SkyImage, SkyKind, SphericalHarmonics};

use crate::{
    lean::{Lean, LeanKey, SurfaceUniform},
    library::Shelves,
};

/// A sky, ready to be shown.
#[derive(Debug)]
pub struct SkyAssets {
    /// The dome's material.
    pub material: Handle<Lean>,
    /// Irradiance.
    pub harmonics: SphericalHarmonics,
    /// Are there walls around?
    pub room: bool,
}

impl SkyAssets {
    /// Uploads a sky; without one, an even grey.
    pub fn new(sky: Option<&Sky>, shelves: &mut Shelves) -> Self {
        let grey = SkyImage { width: 2, height: 1, rgb: vec![0.6; 6] };
        let picture = sky.map_or(&grey, |sky| &sky.image);
        let size = Extent3d { width: picture.width, height: picture.height, depth_or_array_layers: 1 };
        let channels = picture.rgb.chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 1.0]);
        let data = channels.flat_map(|value| half::f16::from_f32(value).to_le_bytes()).collect();
        let mut image =
            Image::new(size, TextureDimension::D2, data, TextureFormat::Rgba16Float, RenderAssetUsages::RENDER_WORLD);
        image.sampler = ImageSampler::Descriptor(ImageSamplerDescriptor {
            address_mode_u: ImageAddressMode::Repeat,
            address_mode_v: ImageAddressMode::ClampToEdge,
            ..ImageSamplerDescriptor::linear()
        });
        let material = shelves.leans.add(Lean {
            surface: SurfaceUniform {
                base_color: Vec4::ONE,
                emissive: Vec3::ZERO,
                roughness: 1.0,
                metallic: 0.0,
                alpha_cutoff: 0.0,
            },
            base_texture: Some(shelves.images.add(image)),
            normal_texture: None,
            metallic_roughness_texture: None,
            frame: shelves.frame.0.clone(),
            key: LeanKey { textured: true, unlit: true, double_sided: true, ..LeanKey::default() },
        });
        Self { material, harmonics: picture.harmonics(), room: sky.is_some_and(|sky| sky.kind == SkyKind::Room) }
    }
}

/// A sky's irradiance over π as the shader wants it: each coefficient with its basis function's norm.
pub fn shader_coefficients(harmonics: &SphericalHarmonics, brightness: f32) -> [[f32; 4]; 9] {
    // Square roots of 1/4π, 3/4π, 15/4π, 5/16π and 15/16π: see [`SphericalHarmonics::basis`].
    const NORMS: [f32; 9] =
        [0.282_095, 0.488_603, 0.488_603, 0.488_603, 1.092_548, 1.092_548, 0.315_392, 1.092_548, 0.546_274];
    let factor = brightness / std::f32::consts::PI;
    std::array::from_fn(|i| (harmonics.coefficients[i] * (NORMS[i] * factor)).extend(0.0).into())
}

/// A ball seen from inside, with texture coordinates of an equirectangular picture: its middle column is −z, right of it is +x.
pub fn dome() -> Mesh {
    const COLUMNS: u16 = 32;
    const ROWS: u16 = 16;
    let mut positions = Vec::new();
    let mut uvs = Vec::new();
    for row in 0..=ROWS {
        for column in 0..=COLUMNS {
            let (u, v) = (f32::from(column) / f32::from(COLUMNS), f32::from(row) / f32::from(ROWS));
            let azimuth = (1.0 - u) * std::f32::consts::TAU;
            let elevation = (0.5 - v) * std::f32::consts::PI;
            positions.push(from_angles(azimuth, elevation).to_array());
            uvs.push([u, v]);
        }
    }
    let mut indices = Vec::new();
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let a = row * (COLUMNS + 1) + column;
            let b = a + COLUMNS + 1;
            indices.extend([a, b, a + 1, a + 1, b, b + 1]);
        }
    }
    let mut mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default());
    mesh.insert_attribute(Mesh::ATTRIBUTE_NORMAL, positions.clone());
    mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, positions);
    mesh.insert_attribute(Mesh::ATTRIBUTE_UV_0, uvs);
    mesh.with_inserted_indices(Indices::U16(indices))
}
