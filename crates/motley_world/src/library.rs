//! What has been made so far, on the GPU and beside it: models, materials, skies and shapes, each made once while it is kept.
//!
//! Models are many (a pool of individuals for each class), and a user's packs may hold any number of materials and skies: of
//! each kind the least recently used go once they take more than their budget. Shapes are few and stay.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};

use bevy::{
    asset::RenderAssetUsages,
    camera::primitives::Aabb,
    image::{ImageAddressMode, ImageFilterMode, ImageSampler, ImageSamplerDescriptor},
    mesh::{Indices, PrimitiveTopology, VertexAttributeValues, skinning::SkinnedMeshInverseBindposes},
    prelude::*,
    render::render_resource::{Extent3d, TextureDimension, TextureFormat},
};
use motley_zoo::{
    detail::Detail,
    materials::MaterialMaps,
    model::{MeshData, Model, Surface, Texture},
    props::Prop,
    streets::Cover,
    zoo::{Individual, Zoo, ZooError},
};

use crate::{
    lean::{FrameGpu, Lean, LeanKey, SurfaceUniform},
    pool::Pool,
    shapes,
    sky_dome::{SkyAssets, StreetPiece},
    solid::{SolidTriangle, solid},
};

/// Bytes of models that are kept: vertices and textures, each counted once though the GPU holds them too.
const MODEL_BUDGET: usize = 96 << 20;
/// Bytes of materials that are kept: all of the built-in ones, and as much again.
const MATERIAL_BUDGET: usize = 384 << 20;
/// Bytes of skies that are kept: all of the built-in ones, and half as much again.
const SKY_BUDGET: usize = 256 << 20;
/// Bytes of streets that are kept: all of them.
const STREET_BUDGET: usize = 480 << 20;

/// A model with its GPU assets.
#[derive(Debug)]
pub struct Loaded {
    /// The model, in metres, at its natural size.
    pub model: Arc<Model>,
    /// Heights of its breed, smallest and largest, metres.
    pub height: [f32; 2],
    /// Height of the rest pose at natural size, metres.
    pub rest_height: f32,
    /// Names of its clips.
    pub clips: Vec<String>,
    /// Radius around the head node in the rest pose, metres; `None` without a head.
    pub head_radius: Option<f32>,
    /// One for each part of the model.
    pub parts: Vec<LoadedPart>,
}

/// A part's GPU assets.
#[derive(Debug)]
pub struct LoadedPart {
    /// Vertices.
    pub mesh: Handle<Mesh>,
    /// Surface.
    pub material: Handle<Lean>,
    /// What its texture leaves of it, if it has holes.
    pub solid: Option<Vec<SolidTriangle>>,
    /// For skinned parts.
    pub bindposes: Option<Handle<SkinnedMeshInverseBindposes>>,
}

/// A material with its GPU assets.
#[derive(Clone, Debug)]
pub struct LoadedMaterial {
    /// For the ground and walls, which the subject shades.
    pub ground: Handle<Lean>,
    /// For obstructors.
    pub lean: Handle<Lean>,
    /// For a subject that it covers.
    pub cover: Handle<Lean>,
    /// Edge of a tile, metres.
    pub tile_m: f32,
}

/// All that has been made.
#[derive(Resource)]
pub struct Library {
    zoo: Zoo,
    seed: u64,
    models: Pool<(String, String, u32, Detail), Arc<Loaded>>,
    materials: Pool<String, LoadedMaterial>,
    /// By name, and whether it is one over a street: that is not the sky of the same name without one.
    skies: Pool<(String, bool), Arc<SkyAssets>>,
    streets: Pool<String, Arc<SkyAssets>>,
    covers: HashMap<Cover, Handle<Lean>>,
    shapes: BTreeMap<String, Handle<Mesh>>,
    props: BTreeMap<(Prop, u32), (Handle<Mesh>, Handle<Lean>)>,
}

/// The asset collections that the library fills.
#[derive(bevy::ecs::system::SystemParam)]
pub struct Shelves<'w> {
    /// Meshes.
    pub meshes: ResMut<'w, Assets<Mesh>>,
    /// Images.
    pub images: ResMut<'w, Assets<Image>>,
    /// Materials.
    pub leans: ResMut<'w, Assets<Lean>>,
    /// Bind poses.
    pub bindposes: ResMut<'w, Assets<SkinnedMeshInverseBindposes>>,
    /// The buffer that all materials share.
    pub frame: Res<'w, FrameGpu>,
}

impl Library {
    /// An empty library of `zoo`, whose individuals are grown from `seed`.
    pub fn new(zoo: Zoo, seed: u64) -> Self {
        Self {
            zoo,
            seed,
            models: Pool::new(MODEL_BUDGET),
            materials: Pool::new(MATERIAL_BUDGET),
            skies: Pool::new(SKY_BUDGET),
            streets: Pool::new(STREET_BUDGET),
            covers: HashMap::new(),
            shapes: BTreeMap::new(),
            props: BTreeMap::new(),
        }
    }

    /// Takes models from another zoo of the same packs from now on, such as one whose classes have other heights.
    pub fn set_zoo(&mut self, zoo: Zoo) {
        self.zoo = zoo;
        self.models.clear();
    }

    /// The model of an individual at a level of detail.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn model(
        &mut self,
        class: &str,
        breed: &str,
        individual: u32,
        detail: Detail,
        shelves: &mut Shelves,
    ) -> Result<Arc<Loaded>, ZooError> {
        self.models.get((class.to_owned(), breed.to_owned(), individual, detail), || {
            let grown = self.zoo.individual(class, breed, individual, self.seed, detail)?;
            Ok(load(&grown, shelves))
        })
    }

    /// A material by its name; an empty name is plain grey.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn material(&mut self, name: &str, shelves: &mut Shelves) -> Result<LoadedMaterial, ZooError> {
        self.materials.get(name.to_owned(), || {
            let maps = if name.is_empty() { None } else { Some(self.zoo.material(name)?) };
            Ok(load_material(maps.as_ref(), shelves))
        })
    }

    /// A sky by its name, with the street that goes with it; an empty name is an even grey.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn sky(&mut self, name: &str, shelves: &mut Shelves) -> Result<Arc<SkyAssets>, ZooError> {
        let over = self.zoo.sky_over(name);
        // Many streets lie under the same sky.
        let sky = self.skies.get((over.unwrap_or(name).to_owned(), over.is_some()), || {
            let sky = if name.is_empty() { None } else { Some(self.zoo.sky(name)?) };
            let bytes = sky.as_ref().map_or(0, |sky| sky.texels.len());
            Ok::<_, ZooError>((Arc::new(SkyAssets::new(sky, shelves)), bytes))
        })?;
        if over.is_none() {
            return Ok(sky);
        }
        self.streets.get(name.to_owned(), || {
            let mut assets = SkyAssets::clone(&sky);
            let mut bytes = 0;
            let street = self.zoo.street(name);
            assets.bystanders = street.as_ref().map(|street| street.bystanders.clone()).unwrap_or_default();
            for piece in street.into_iter().flat_map(|street| street.pieces) {
                bytes += mesh_bytes(&piece.mesh);
                assets.street.push(StreetPiece {
                    mesh: shelves.meshes.add(mesh(&piece.mesh, false)),
                    material: cover(&piece.cover, &self.zoo, &mut self.covers, &mut self.materials, shelves)?,
                    bounds: Aabb::from_min_max(piece.bounds[0], piece.bounds[1]),
                    casts_shadow: piece.casts_shadow,
                });
            }
            Ok((Arc::new(assets), bytes))
        })
    }

    /// An obstructor's shape, about one metre across.
    pub fn shape(&mut self, name: &str, shelves: &mut Shelves) -> Handle<Mesh> {
        self.shapes.entry(name.to_owned()).or_insert_with(|| shelves.meshes.add(shapes::mesh(name))).clone()
    }

    /// A variant of a prop, with a matt surface that shows the colours of its own.
    pub fn prop(&mut self, kind: Prop, variant: u32, shelves: &mut Shelves) -> (Handle<Mesh>, Handle<Lean>) {
        let variant = variant % kind.variants();
        let build = || {
            let own = Surface { roughness: 0.85, ..Surface::default() };
            let material = surface(&own, LeanKey::default(), &mut HashMap::new(), &mut 0, shelves);
            (shelves.meshes.add(mesh(&kind.build(variant), false)), material)
        };
        self.props.entry((kind, variant)).or_insert_with(build).clone()
    }
}

/// What covers a piece of a street.
fn cover(
    cover: &Cover,
    zoo: &Zoo,
    covers: &mut HashMap<Cover, Handle<Lean>>,
    materials: &mut Pool<String, LoadedMaterial>,
    shelves: &mut Shelves,
) -> Result<Handle<Lean>, ZooError> {
    if let Cover::Material { name, lies } = cover {
        let load = || Ok::<_, ZooError>(load_material(Some(&zoo.material(name)?), shelves));
        let loaded = materials.get(name.clone(), load)?;
        return Ok(if *lies { loaded.ground } else { loaded.lean });
    }
    let upload = || {
        let own = cover.surface().unwrap_or_default();
        // Leaves have holes by alpha, and belong to nobody.
        let key = LeanKey { bystanders: own.alpha_cutoff.is_none(), ..LeanKey::default() };
        surface(&own, key, &mut HashMap::new(), &mut 0, shelves)
    };
    Ok(covers.entry(cover.clone()).or_insert_with(upload).clone())
}

/// A model's GPU assets, and their size in bytes.
fn load(individual: &Individual, shelves: &mut Shelves) -> (Arc<Loaded>, usize) {
    let model = &individual.model;
    let mut textures: HashMap<*const Texture, Handle<Image>> = HashMap::new();
    let mut meshes: HashMap<*const MeshData, Handle<Mesh>> = HashMap::new();
    let mut bytes = 0;
    let parts = model
        .parts
        .iter()
        .map(|part| LoadedPart {
            mesh: meshes
                .entry(Arc::as_ptr(&part.mesh))
                .or_insert_with(|| {
                    bytes += mesh_bytes(&part.mesh);
                    shelves.meshes.add(mesh(&part.mesh, part.skin.is_some()))
                })
                .clone(),
            material: surface(&part.surface, LeanKey::default(), &mut textures, &mut bytes, shelves),
            solid: solid(part),
            bindposes: part
                .skin
                .as_ref()
                .map(|skin| shelves.bindposes.add(SkinnedMeshInverseBindposes::from(skin.inverse_bind.clone()))),
        })
        .collect();
    let (rest_height, head_radius) = measure(model);
    let loaded = Loaded {
        height: individual.height,
        rest_height,
        clips: model.clips.iter().map(|clip| clip.name.clone()).collect(),
        head_radius,
        parts,
        model: model.clone(),
    };
    (Arc::new(loaded), bytes)
}

/// Height of the rest pose and radius of the head: the farthest vertex that the head, or what hangs on it, moves most.
fn measure(model: &Model) -> (f32, Option<f32>) {
    let (mut locals, mut globals, mut points) = (Vec::new(), Vec::new(), Vec::new());
    model.locals(None, 0.0, &mut locals);
    model.globals(&locals, &mut globals);
    let height = model.bounds(&globals).map_or(1.0, |bounds| bounds.max.y).max(1e-3);
    let Some(head) = model.head else { return (height, None) };
    let mut of_head = vec![false; model.nodes.len()];
    for (i, node) in model.nodes.iter().enumerate() {
        of_head[i] = i == head || node.parent.is_some_and(|parent| of_head[parent]);
    }
    let centre = globals[head].translation;
    let mut radius: f32 = 0.0;
    for (i, part) in model.parts.iter().enumerate() {
        model.skin_positions(i, &globals, &mut points);
        for (v, point) in points.iter().enumerate() {
            let node = match (&part.skin, part.mesh.joints.get(v), part.mesh.weights.get(v)) {
                (Some(skin), Some(joints), Some(weights)) => {
                    let strongest = (0..4).max_by(|a, b| weights[*a].total_cmp(&weights[*b])).unwrap_or(0);
                    skin.joints.get(usize::from(joints[strongest])).copied().unwrap_or(0)
                }
                _ => part.node,
            };
            if of_head.get(node).copied().unwrap_or(false) {
                radius = radius.max(centre.distance(Vec3A::from(*point)));
            }
        }
    }
    (height, (radius > 0.0).then_some(radius))
}

/// How many bytes [`mesh`] takes on the GPU.
fn mesh_bytes(data: &MeshData) -> usize {
    let vertices = size_of_val(data.positions.as_slice()) + size_of_val(data.normals.as_slice());
    let uvs = data.positions.len() * size_of::<[f32; 2]>();
    let skin = size_of_val(data.joints.as_slice()) + size_of_val(data.weights.as_slice());
    let index = if short(data) { size_of::<u16>() } else { size_of::<u32>() };
    vertices + uvs + size_of_val(data.colors.as_slice()) + skin + data.indices.len() * index
}

/// Do short indices reach all vertices?
fn short(data: &MeshData) -> bool {
    data.positions.len() <= usize::from(u16::MAX)
}

fn mesh(data: &MeshData, skinned: bool) -> Mesh {
    let mut mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD);
    let triples = |list: &[Vec3]| bytemuck::cast_slice::<Vec3, [f32; 3]>(list).to_vec();
    mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, triples(&data.positions));
    mesh.insert_attribute(Mesh::ATTRIBUTE_NORMAL, triples(&data.normals));
    // Every mesh has texture coordinates: a material may be laid on any of them.
    let uvs: Vec<[f32; 2]> = if data.uvs.is_empty() {
        data.positions.iter().map(|p| [p.x + 0.37 * p.z, p.y - 0.21 * p.z]).collect()
    } else {
        bytemuck::cast_slice(&data.uvs).to_vec()
    };
    mesh.insert_attribute(Mesh::ATTRIBUTE_UV_0, uvs);
    if !data.colors.is_empty() {
        mesh.insert_attribute(Mesh::ATTRIBUTE_COLOR, data.colors.clone());
    }
    if skinned {
        mesh.insert_attribute(Mesh::ATTRIBUTE_JOINT_INDEX, VertexAttributeValues::Uint16x4(data.joints.clone()));
        mesh.insert_attribute(Mesh::ATTRIBUTE_JOINT_WEIGHT, data.weights.clone());
    }
    mesh.insert_indices(if short(data) {
        Indices::U16(data.indices.iter().map(|index| *index as u16).collect())
    } else {
        Indices::U32(data.indices.clone())
    });
    mesh
}

/// `key` says what the surface itself does not know.
fn surface(
    surface: &Surface,
    key: LeanKey,
    textures: &mut HashMap<*const Texture, Handle<Image>>,
    bytes: &mut usize,
    shelves: &mut Shelves,
) -> Handle<Lean> {
    let mut texture = |map: &Option<Arc<Texture>>, format| {
        map.as_ref().map(|map| {
            textures
                .entry(Arc::as_ptr(map))
                .or_insert_with(|| {
                    *bytes += with_mips(map);
                    shelves.images.add(image(map, format))
                })
                .clone()
        })
    };
    let base_texture = texture(&surface.base_color_texture, TextureFormat::Rgba8UnormSrgb);
    let normal_texture = texture(&surface.normal_texture, TextureFormat::Rgba8Unorm);
    let metallic_roughness_texture = texture(&surface.metallic_roughness_texture, TextureFormat::Rgba8Unorm);
    let key = LeanKey {
        textured: base_texture.is_some(),
        normal_map: normal_texture.is_some(),
        metallic_roughness_map: metallic_roughness_texture.is_some(),
        masked: surface.alpha_cutoff.is_some(),
        glossy: surface.roughness < 0.4,
        double_sided: surface.double_sided,
        translucent: surface.translucent,
        ..key
    };
    shelves.leans.add(Lean {
        surface: SurfaceUniform {
            base_color: Vec4::from(surface.base_color),
            emissive: Vec3::from(surface.emissive),
            roughness: surface.roughness,
            metallic: surface.metallic,
            alpha_cutoff: surface.alpha_cutoff.unwrap_or(0.0),
        },
        base_texture,
        normal_texture,
        metallic_roughness_texture,
        frame: shelves.frame.0.clone(),
        key,
    })
}

/// A material's GPU assets, and their size in bytes.
fn load_material(maps: Option<&MaterialMaps>, shelves: &mut Shelves) -> (LoadedMaterial, usize) {
    let mut bytes = 0;
    let mut add = |map: Option<&Arc<Texture>>, format| {
        map.map(|map| {
            bytes += with_mips(map);
            shelves.images.add(image(map, format))
        })
    };
    let base_texture = add(maps.map(|maps| &maps.base_color), TextureFormat::Rgba8UnormSrgb);
    let normal_texture = add(maps.and_then(|maps| maps.normal.as_ref()), TextureFormat::Rgba8Unorm);
    let metallic_roughness_texture =
        add(maps.and_then(|maps| maps.metallic_roughness.as_ref()), TextureFormat::Rgba8Unorm);
    let roughness = maps.map_or(0.9, |maps| maps.roughness);
    let plain = Lean::plain(&shelves.frame);
    let lean = Lean {
        surface: SurfaceUniform {
            base_color: if maps.is_some() { Vec4::ONE } else { plain.surface.base_color },
            roughness,
            metallic: maps.map_or(0.0, |maps| maps.metallic),
            ..plain.surface
        },
        key: LeanKey {
            textured: base_texture.is_some(),
            normal_map: normal_texture.is_some(),
            metallic_roughness_map: metallic_roughness_texture.is_some(),
            glossy: roughness < 0.4,
            ..LeanKey::default()
        },
        base_texture,
        normal_texture,
        metallic_roughness_texture,
        frame: plain.frame,
    };
    let ground = Lean { key: LeanKey { ground: true, glossy: false, ..lean.key }, ..lean.clone() };
    let cover = Lean { key: LeanKey { cover: true, ..lean.key }, ..lean.clone() };
    let loaded = LoadedMaterial {
        ground: shelves.leans.add(ground),
        cover: shelves.leans.add(cover),
        lean: shelves.leans.add(lean),
        tile_m: maps.map_or(1.0, |maps| maps.tile_m),
    };
    (loaded, bytes)
}

/// Bytes of a texture with all its smaller levels.
fn with_mips(texture: &Texture) -> usize {
    texture.rgba.len() * 4 / 3
}

/// A repeating image with all its smaller levels, so that what is far away does not shimmer.
fn image(texture: &Texture, format: TextureFormat) -> Image {
    let srgb = format == TextureFormat::Rgba8UnormSrgb;
    let mut data = Vec::with_capacity(with_mips(texture) + 4);
    data.extend_from_slice(&texture.rgba);
    let (mut width, mut height) = (texture.width as usize, texture.height as usize);
    let mut larger = 0;
    let mut levels = 1;
    while width > 1 || height > 1 {
        let (w, h) = ((width / 2).max(1), (height / 2).max(1));
        let start = data.len();
        data.resize(start + w * h * 4, 0);
        let (from, to) = data.split_at_mut(start);
        halve(&from[larger..], (width, height), to, w, srgb);
        larger = start;
        (width, height) = (w, h);
        levels += 1;
    }
    let size = Extent3d { width: texture.width, height: texture.height, depth_or_array_layers: 1 };
    let mut image = Image::new_uninit(size, TextureDimension::D2, format, RenderAssetUsages::RENDER_WORLD);
    image.texture_descriptor.mip_level_count = levels;
    image.data = Some(data);
    image.sampler = ImageSampler::Descriptor(ImageSamplerDescriptor {
        address_mode_u: ImageAddressMode::Repeat,
        address_mode_v: ImageAddressMode::Repeat,
        mag_filter: ImageFilterMode::Linear,
        min_filter: ImageFilterMode::Linear,
        // Between levels the nearest will do: mixing two doubles the cost without a GPU.
        mipmap_filter: ImageFilterMode::Nearest,
        ..ImageSamplerDescriptor::default()
    });
    image
}

/// Averages 2×2 pixels, colour in linear light, into rows of `w` pixels.
fn halve(from: &[u8], (width, height): (usize, usize), to: &mut [u8], w: usize, srgb: bool) {
    let to_linear = linear_of_srgb();
    for (y, row) in to.chunks_exact_mut(w * 4).enumerate() {
        let line = |y: usize| &from[y.min(height - 1) * width * 4..][..width * 4];
        let (upper, lower) = (line(y * 2), line(y * 2 + 1));
        for (x, pixel) in row.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let (left, right) = (x * 2 * 4, (x * 2 + 1).min(width - 1) * 4);
            for (c, out) in pixel.iter_mut().enumerate() {
                let values = [upper[left + c], upper[right + c], lower[left + c], lower[right + c]];
                *out = if srgb && c < 3 {
                    srgb_at_least(values.map(|v| to_linear[usize::from(v)]).iter().sum::<f32>() / 4.0)
                } else {
                    (values.iter().map(|v| u16::from(*v)).sum::<u16>() / 4) as u8
                };
            }
        }
    }
}

/// Linear light of each sRGB value (IEC 61966-2-1).
fn linear_of_srgb() -> &'static [f32; 256] {
    static TABLE: LazyLock<[f32; 256]> =
        LazyLock::new(|| std::array::from_fn(|i| Color::srgb(i as f32 / 255.0, 0.0, 0.0).to_linear().red));
    &TABLE
}

/// The lowest sRGB value whose linear light is at least this.
fn srgb_at_least(linear: f32) -> u8 {
    /// Fine enough for two neighbours of [`linear_of_srgb`] to be at most a step or two apart at any place.
    const STEPS: usize = 4096;
    static FIRST: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let from = |i: usize| linear_of_srgb().partition_point(|l| *l < i as f32 / STEPS as f32);
        (0..=STEPS).map(|i| from(i).min(255) as u8).collect()
    });
    let mut at = FIRST[((linear * STEPS as f32) as usize).min(STEPS)];
    while at < u8::MAX && linear_of_srgb()[usize::from(at)] < linear {
        at += 1;
    }
    at
}
