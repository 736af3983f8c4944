//! A sky on the GPU: its picture on a dome, and its light as spherical harmonics.

use bevy::{
    asset::RenderAssetUsages,
    camera::primitives::Aabb,
    image::{ImageAddressMode, ImageSampler, ImageSamplerDescriptor},
    mesh::{Indices, PrimitiveTopology},
    prelude::*,
    render::render_resource::{Extent3d, TextureDimension, TextureFormat},
};
use motley_scene::distribution::from_angles;
use motley_zoo::skies::{Backdrop, PackedSky, Sky, SkyImage, SkyKind, SphericalHarmonics};

use crate::{
    lean::{Lean, LeanKey, SurfaceUniform},
    library::Shelves,
};

/// A sky, ready to be shown.
#[derive(Clone, Debug)]
pub struct SkyAssets {
    /// What the picture is thrown on: a ball at infinity, or the box around the scene, in metres.
    pub mesh: Handle<Mesh>,
    /// Its material.
    pub material: Handle<Lean>,
    /// Irradiance.
    pub harmonics: SphericalHarmonics,
    /// The box, if it is one.
    pub backdrop: Option<Backdrop>,
    /// Are there walls around?
    pub room: bool,
    /// What stands on the ground, the ground included, if that belongs to the sky: a street.
    pub street: Vec<StreetPiece>,
    /// What happens to be in the street, by instance id from [`FIRST_BYSTANDER`](motley_zoo::streets::FIRST_BYSTANDER) on.
    pub bystanders: Vec<String>,
}

/// A piece of a street on the GPU.
#[derive(Clone, Debug)]
pub struct StreetPiece {
    /// Vertices.
    pub mesh: Handle<Mesh>,
    /// What covers them.
    pub material: Handle<Lean>,
    /// A box around it.
    pub bounds: Aabb,
    /// Is its shadow seen?
    pub casts_shadow: bool,
}

impl SkyAssets {
    /// Uploads a sky; without one, an even grey.
    pub fn new(sky: Option<PackedSky>, shelves: &mut Shelves) -> Self {
        let sky = sky.unwrap_or_else(|| {
            let image = SkyImage { width: 2, height: 1, rgb: vec![0.6; 6] };
            PackedSky::new(&Sky { kind: SkyKind::Outdoor, image, sun: None, backdrop: None })
        });
        let size = Extent3d { width: sky.width, height: sky.height, depth_or_array_layers: 1 };
        let mut image = Image::new(
            size,
            TextureDimension::D2,
            sky.texels,
            TextureFormat::Rgb9e5Ufloat,
            RenderAssetUsages::RENDER_WORLD,
        );
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
            // A camera outside the box looks in through its wall.
            key: LeanKey { textured: true, unlit: true, double_sided: sky.backdrop.is_none(), ..LeanKey::default() },
        });
        Self {
            mesh: shelves.meshes.add(dome(sky.backdrop.as_ref())),
            material,
            harmonics: sky.harmonics,
            backdrop: sky.backdrop,
            room: sky.kind == SkyKind::Room,
            street: Vec::new(),
            bystanders: Vec::new(),
        }
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

/// A ball of radius 1, or the box of a backdrop in metres, seen from inside, with texture coordinates of an equirectangular
/// picture: its middle column is −z, right of it is +x.
pub fn dome(backdrop: Option<&Backdrop>) -> Mesh {
    // A box needs more: between vertices the picture is thrown on straight faces.
    let (columns, rows): (u16, u16) = if backdrop.is_some() { (64, 32) } else { (32, 16) };
    let mut positions: Vec<Vec3> = Vec::new();
    let mut normals = Vec::new();
    let mut uvs = Vec::new();
    for row in 0..=rows {
        for column in 0..=columns {
            let (u, v) = (f32::from(column) / f32::from(columns), f32::from(row) / f32::from(rows));
            let azimuth = (1.0 - u) * std::f32::consts::TAU;
            let elevation = (0.5 - v) * std::f32::consts::PI;
            let direction = from_angles(azimuth, elevation);
            positions.push(
                backdrop
                    .map_or(direction, |backdrop| Vec3::Y * backdrop.eye + direction * backdrop.distance(direction)),
            );
            normals.push(direction);
            uvs.push([u, v]);
        }
    }
    let mut indices = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let a = row * (columns + 1) + column;
            let b = a + columns + 1;
            for triangle in [[a, b, a + 1], [a + 1, b, b + 1]] {
                let [p, q, r] = triangle.map(|i| positions[usize::from(i)]);
                let outward = (q - p).cross(r - p).dot(normals[usize::from(triangle[0])]) > 0.0;
                indices.extend(if outward { [triangle[0], triangle[2], triangle[1]] } else { triangle });
            }
        }
    }
    let triples = |list: Vec<Vec3>| list.iter().map(Vec3::to_array).collect::<Vec<_>>();
    let mut mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default());
    mesh.insert_attribute(Mesh::ATTRIBUTE_NORMAL, triples(normals));
    mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, triples(positions));
    mesh.insert_attribute(Mesh::ATTRIBUTE_UV_0, uvs);
    mesh.with_inserted_indices(Indices::U16(indices))
}
