//! Models as binary glTF 2.0, for other tools.
//!
//! Parts that hang on one node become one mesh with a primitive each; skinned parts become a mesh on a root node of its own,
//! since a skinned mesh is placed by its joints alone. What parts share is stored once.

use std::{collections::HashMap, io::Cursor, sync::Arc};

use bevy_math::Vec3;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use serde_json::{Map, Value, json};

use crate::{
    model::{Channel, Interpolation, MeshData, Model, Skin, Surface, Texture, Track},
    zoo::LICENCE,
};

/// Component types of glTF 2.0.
const FLOAT: u32 = 5126;
const UNSIGNED_INT: u32 = 5125;
const UNSIGNED_SHORT: u32 = 5123;
/// Targets of buffer views.
const VERTICES: u32 = 34962;
const INDICES: u32 = 34963;

/// A model as the bytes of a `.glb` file: nodes, meshes, skins, clips and textures. `extras` is stored with the scene.
///
/// # Errors
/// When a texture's size and pixels do not fit together, or the file would be larger than glTF can say (4 GiB).
pub fn glb(model: &Model, extras: &Value) -> Result<Vec<u8>, ExportError> {
    let mut file = File::default();
    let mut nodes: Vec<Map<String, Value>> = model.nodes.iter().map(node).collect();
    for (index, of) in model.nodes.iter().enumerate() {
        if let Some(parent) = of.parent {
            let children = nodes[parent].entry("children").or_insert_with(|| json!([]));
            children.as_array_mut().into_iter().for_each(|children| children.push(json!(index)));
        }
    }
    let mut roots: Vec<usize> =
        model.nodes.iter().enumerate().filter(|(_, node)| node.parent.is_none()).map(|(index, _)| index).collect();
    // Primitives by what carries them, in the order of the parts.
    let mut meshes: Vec<(Option<*const Skin>, usize, Vec<Value>)> = Vec::new();
    for part in &model.parts {
        let primitive = file.primitive(&part.mesh, &part.surface, part.skin.is_some())?;
        let skin = part.skin.as_ref().map(Arc::as_ptr);
        let node = if skin.is_some() { 0 } else { part.node };
        match meshes.iter_mut().find(|(of, at, _)| *of == skin && *at == node) {
            Some((.., primitives)) => primitives.push(primitive),
            None => meshes.push((skin, node, vec![primitive])),
        }
    }
    for (skin, at, primitives) in meshes {
        let mesh = file.push("meshes", json!({"primitives": primitives}));
        match skin {
            None => {
                nodes[at].insert("mesh".to_owned(), json!(mesh));
            }
            Some(skin) => {
                let found = model.parts.iter().filter_map(|part| part.skin.as_ref()).find(|of| Arc::as_ptr(of) == skin);
                let Some(found) = found else { continue };
                let skin = file.skin(found);
                roots.push(nodes.len());
                let body = json!({"name": format!("skin_{skin}"), "mesh": mesh, "skin": skin});
                nodes.extend(body.as_object().cloned());
            }
        }
    }
    for clip in model.clips.iter().filter(|clip| !clip.channels.is_empty()) {
        let (mut samplers, mut channels) = (Vec::new(), Vec::new());
        for channel in &clip.channels {
            let (sampler, path) = file.sampler(channel);
            channels.push(json!({"sampler": samplers.len(), "target": {"node": channel.node, "path": path}}));
            samplers.push(sampler);
        }
        file.push("animations", json!({"name": clip.name, "samplers": samplers, "channels": channels}));
    }
    file.lists.insert("nodes".to_owned(), nodes.into_iter().map(Value::Object).collect());
    file.finish(&roots, extras)
}

/// Why a model cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A texture that is not as large as it says.
    #[error("a texture of {width} × {height} pixels cannot be encoded: {source}")]
    Texture {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// Why.
        source: image::ImageError,
    },
    /// More than fits into one file.
    #[error("the model takes more than 4 GiB, which glTF cannot hold; export a coarser one")]
    TooLarge,
}

fn node(node: &crate::model::Node) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("name".to_owned(), json!(node.name));
    let rest = node.rest;
    if rest.translation != Vec3::ZERO {
        map.insert("translation".to_owned(), json!(rest.translation.to_array()));
    }
    if rest.rotation != bevy_math::Quat::IDENTITY {
        map.insert("rotation".to_owned(), json!(rest.rotation.normalize().to_array()));
    }
    if rest.scale != Vec3::ONE {
        map.insert("scale".to_owned(), json!(rest.scale.to_array()));
    }
    map
}

/// A file in the making.
#[derive(Default)]
struct File {
    lists: Map<String, Value>,
    bytes: Vec<u8>,
    /// Attributes and indices by mesh, materials and textures, each stored once.
    meshes: HashMap<(*const MeshData, [bool; 3]), (Value, usize)>,
    materials: HashMap<*const Surface, usize>,
    textures: HashMap<*const Texture, usize>,
}

impl File {
    fn push(&mut self, list: &str, value: Value) -> usize {
        let Value::Array(items) = self.lists.entry(list).or_insert_with(|| json!([])) else { return 0 };
        items.push(value);
        items.len() - 1
    }

    fn view(&mut self, bytes: &[u8], target: Option<u32>) -> usize {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let mut view = json!({"buffer": 0, "byteOffset": self.bytes.len(), "byteLength": bytes.len()});
        if let Some(target) = target {
            view["target"] = json!(target);
        }
        self.bytes.extend_from_slice(bytes);
        self.push("bufferViews", view)
    }

    fn floats<const N: usize>(&mut self, kind: &str, values: &[[f32; N]], target: Option<u32>, bounds: bool) -> usize {
        let bytes: Vec<u8> = values.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
        let view = self.view(&bytes, target);
        let mut accessor = json!({"bufferView": view, "componentType": FLOAT, "count": values.len(), "type": kind});
        if bounds {
            let fold = |start: f32, pick: fn(f32, f32) -> f32| -> Vec<f32> {
                (0..N).map(|i| values.iter().map(|value| value[i]).fold(start, pick)).collect()
            };
            accessor["min"] = json!(fold(f32::INFINITY, f32::min));
            accessor["max"] = json!(fold(f32::NEG_INFINITY, f32::max));
        }
        self.push("accessors", accessor)
    }

    fn primitive(&mut self, mesh: &Arc<MeshData>, surface: &Arc<Surface>, skinned: bool) -> Result<Value, ExportError> {
        let material = self.material(surface)?;
        let textured = surface.base_color_texture.is_some()
            || surface.normal_texture.is_some()
            || surface.metallic_roughness_texture.is_some();
        let bumpy = surface.normal_texture.is_some();
        let key = (Arc::as_ptr(mesh), [textured, bumpy, skinned]);
        if !self.meshes.contains_key(&key) {
            let stored = self.mesh(mesh, textured, bumpy, skinned);
            self.meshes.insert(key, stored);
        }
        let (attributes, indices) = &self.meshes[&key];
        Ok(json!({"attributes": attributes, "indices": indices, "material": material}))
    }

    fn mesh(&mut self, mesh: &MeshData, textured: bool, bumpy: bool, skinned: bool) -> (Value, usize) {
        let mut attributes = Map::new();
        let triples = |list: &[Vec3]| -> Vec<[f32; 3]> { list.iter().map(Vec3::to_array).collect() };
        let mut add = |name: &str, accessor: usize| {
            attributes.insert(name.to_owned(), json!(accessor));
        };
        add("POSITION", self.floats("VEC3", &triples(&mesh.positions), Some(VERTICES), true));
        let normals: Vec<Vec3> = mesh.normals.iter().map(|normal| normal.try_normalize().unwrap_or(Vec3::Y)).collect();
        add("NORMAL", self.floats("VEC3", &triples(&normals), Some(VERTICES), false));
        if textured && !mesh.uvs.is_empty() {
            let uvs: Vec<[f32; 2]> = mesh.uvs.iter().map(|uv| uv.to_array()).collect();
            add("TEXCOORD_0", self.floats("VEC2", &uvs, Some(VERTICES), false));
        }
        if bumpy && !mesh.uvs.is_empty() {
            add("TANGENT", self.floats("VEC4", &tangents(mesh, &normals), Some(VERTICES), false));
        }
        if !mesh.colors.is_empty() {
            let colors: Vec<[f32; 4]> = mesh.colors.iter().map(|color| color.map(|c| c.clamp(0.0, 1.0))).collect();
            add("COLOR_0", self.floats("VEC4", &colors, Some(VERTICES), false));
        }
        if skinned {
            let (mut joints, mut weights) = (Vec::new(), Vec::new());
            for (of, shares) in mesh.joints.iter().zip(&mesh.weights) {
                let sum: f32 = shares.iter().sum();
                weights.push(if sum > 0.0 { shares.map(|share| share / sum) } else { [1.0, 0.0, 0.0, 0.0] });
                // A joint without weight is joint 0.
                joints.extend((0..4).map(|i| if shares[i] > 0.0 { of[i] } else { 0 }));
            }
            let bytes: Vec<u8> = joints.iter().flat_map(|joint| joint.to_le_bytes()).collect();
            let view = self.view(&bytes, Some(VERTICES));
            let accessor = json!({
                "bufferView": view, "componentType": UNSIGNED_SHORT, "count": joints.len() / 4, "type": "VEC4"
            });
            add("JOINTS_0", self.push("accessors", accessor));
            add("WEIGHTS_0", self.floats("VEC4", &weights, Some(VERTICES), false));
        }
        let bytes: Vec<u8> = mesh.indices.iter().flat_map(|index| index.to_le_bytes()).collect();
        let view = self.view(&bytes, Some(INDICES));
        let indices = self.push(
            "accessors",
            json!({"bufferView": view, "componentType": UNSIGNED_INT, "count": mesh.indices.len(), "type": "SCALAR"}),
        );
        (Value::Object(attributes), indices)
    }

    fn material(&mut self, surface: &Arc<Surface>) -> Result<usize, ExportError> {
        if let Some(known) = self.materials.get(&Arc::as_ptr(surface)) {
            return Ok(*known);
        }
        let mut pbr = json!({
            "baseColorFactor": surface.base_color.map(|c| c.clamp(0.0, 1.0)),
            "metallicFactor": surface.metallic.clamp(0.0, 1.0),
            "roughnessFactor": surface.roughness.clamp(0.0, 1.0),
        });
        for (slot, texture) in [
            ("baseColorTexture", &surface.base_color_texture),
            ("metallicRoughnessTexture", &surface.metallic_roughness_texture),
        ] {
            if let Some(texture) = texture {
                pbr[slot] = json!({"index": self.texture(texture)?});
            }
        }
        let mut material = json!({"pbrMetallicRoughness": pbr});
        if let Some(texture) = &surface.normal_texture {
            material["normalTexture"] = json!({"index": self.texture(texture)?});
        }
        if surface.emissive != [0.0; 3] {
            material["emissiveFactor"] = json!(surface.emissive.map(|c| c.clamp(0.0, 1.0)));
        }
        if surface.double_sided {
            material["doubleSided"] = json!(true);
        }
        if let Some(cutoff) = surface.alpha_cutoff {
            material["alphaMode"] = json!("MASK");
            material["alphaCutoff"] = json!(cutoff);
        }
        if surface.translucent {
            material["alphaMode"] = json!("BLEND");
        }
        let index = self.push("materials", material);
        self.materials.insert(Arc::as_ptr(surface), index);
        Ok(index)
    }

    fn texture(&mut self, texture: &Arc<Texture>) -> Result<usize, ExportError> {
        if let Some(known) = self.textures.get(&Arc::as_ptr(texture)) {
            return Ok(*known);
        }
        let Texture { width, height, ref rgba } = **texture;
        let mut png = Cursor::new(Vec::new());
        PngEncoder::new(&mut png)
            .write_image(rgba, width, height, ExtendedColorType::Rgba8)
            .map_err(|source| ExportError::Texture { width, height, source })?;
        let view = self.view(&png.into_inner(), None);
        let source = self.push("images", json!({"bufferView": view, "mimeType": "image/png"}));
        if !self.lists.contains_key("samplers") {
            // Linear with mipmaps, repeating.
            self.push("samplers", json!({"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497}));
        }
        let index = self.push("textures", json!({"source": source, "sampler": 0}));
        self.textures.insert(Arc::as_ptr(texture), index);
        Ok(index)
    }

    fn skin(&mut self, skin: &Skin) -> usize {
        let matrices: Vec<[f32; 16]> = skin.inverse_bind.iter().map(|matrix| matrix.to_cols_array()).collect();
        let bind = self.floats("MAT4", &matrices, None, false);
        self.push("skins", json!({"joints": skin.joints, "inverseBindMatrices": bind}))
    }

    /// A sampler, and which property it moves.
    fn sampler(&mut self, channel: &Channel) -> (Value, &'static str) {
        let times: Vec<[f32; 1]> = channel.times.iter().map(|time| [*time]).collect();
        let input = self.floats("SCALAR", &times, None, true);
        let triples = |list: &[Vec3]| -> Vec<[f32; 3]> { list.iter().map(Vec3::to_array).collect() };
        let (output, path) = match &channel.values {
            Track::Translation(values) => (self.floats("VEC3", &triples(values), None, false), "translation"),
            Track::Scale(values) => (self.floats("VEC3", &triples(values), None, false), "scale"),
            Track::Rotation(values) => {
                // Tangents of a spline have any length, values have length 1.
                let unit = |q: &bevy_math::Quat| match channel.interpolation {
                    Interpolation::Cubic => q.to_array(),
                    Interpolation::Step | Interpolation::Linear => q.normalize().to_array(),
                };
                (self.floats("VEC4", &values.iter().map(unit).collect::<Vec<_>>(), None, false), "rotation")
            }
        };
        let interpolation = match channel.interpolation {
            Interpolation::Step => "STEP",
            Interpolation::Linear => "LINEAR",
            Interpolation::Cubic => "CUBICSPLINE",
        };
        (json!({"input": input, "output": output, "interpolation": interpolation}), path)
    }

    fn finish(mut self, roots: &[usize], extras: &Value) -> Result<Vec<u8>, ExportError> {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let mut document = Value::Object(self.lists);
        let generator = concat!("Motley ", env!("CARGO_PKG_VERSION"));
        document["asset"] = json!({"version": "2.0", "generator": generator, "copyright": LICENCE});
        document["scene"] = json!(0);
        document["scenes"] = json!([{"nodes": roots, "extras": extras}]);
        document["buffers"] = json!([{"byteLength": self.bytes.len()}]);
        let mut text = document.to_string().into_bytes();
        text.resize(text.len().next_multiple_of(4), b' ');
        let total = 12 + 8 + text.len() + 8 + self.bytes.len();
        let length = u32::try_from(total).map_err(|_| ExportError::TooLarge)?;
        let mut file = b"glTF\x02\0\0\0".to_vec();
        file.extend(length.to_le_bytes());
        for (kind, chunk) in [(b"JSON", &text), (b"BIN\0", &self.bytes)] {
            // Parts of what fits into 32 bits.
            file.extend((chunk.len() as u32).to_le_bytes());
            file.extend(kind);
            file.extend(chunk);
        }
        Ok(file)
    }
}

/// Unit tangents along u with the side of v: E. Lengyel, Foundations of Game Engine Development 2, 2019, 7.5.
fn tangents(mesh: &MeshData, normals: &[Vec3]) -> Vec<[f32; 4]> {
    let mut along = vec![(Vec3::ZERO, Vec3::ZERO); mesh.positions.len()];
    for triangle in mesh.indices.chunks_exact(3) {
        let [a, b, c] = [0, 1, 2].map(|corner| triangle[corner] as usize);
        let (p, q) = (mesh.positions[b] - mesh.positions[a], mesh.positions[c] - mesh.positions[a]);
        let (s, t) = (mesh.uvs[b] - mesh.uvs[a], mesh.uvs[c] - mesh.uvs[a]);
        let area = s.perp_dot(t);
        if area.abs() < 1e-12 {
            continue;
        }
        let (u, v) = ((p * t.y - q * s.y) / area, (q * s.x - p * t.x) / area);
        for vertex in [a, b, c] {
            along[vertex].0 += u;
            along[vertex].1 += v;
        }
    }
    let one = |(normal, (u, v)): (&Vec3, (Vec3, Vec3))| {
        let tangent = u.reject_from_normalized(*normal).try_normalize();
        let tangent = tangent.unwrap_or_else(|| normal.any_orthonormal_vector());
        // glTF's bitangent points up the picture, against v.
        let side = if normal.cross(tangent).dot(v) > 0.0 { -1.0 } else { 1.0 };
        tangent.extend(side).to_array()
    };
    normals.iter().zip(along).map(one).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::{animals, pack::load_model, vehicles};

    /// Writes a model and reads it again with the loader of packs.
    fn again(model: &Model) -> Model {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.glb");
        std::fs::write(&path, glb(model, &json!({"breed": "x"})).unwrap()).unwrap();
        load_model(&path, None).unwrap().model
    }

    fn triangles(model: &Model) -> usize {
        model.parts.iter().map(|part| part.mesh.indices.len() / 3).sum()
    }

    #[test]
    fn an_animal_keeps_its_skin_clips_and_triangles() {
        let breed = &animals::breeds("cat")[0];
        let model = animals::grow(breed, &mut ChaCha8Rng::seed_from_u64(1));
        let read = again(&model);
        assert_eq!(triangles(&read), triangles(&model));
        assert_eq!(
            read.parts.iter().filter(|part| part.skin.is_some()).count(),
            model.parts.iter().filter(|part| part.skin.is_some()).count()
        );
        assert!(!read.clips.is_empty() && read.clips.len() <= model.clips.len());
        let textured =
            |model: &Model| model.parts.iter().filter(|part| part.surface.base_color_texture.is_some()).count();
        assert_eq!(textured(&read), textured(&model));
    }

    #[test]
    fn a_car_keeps_its_shape() {
        let breed = &vehicles::breeds("car")[0];
        let model = vehicles::grow(breed, &mut ChaCha8Rng::seed_from_u64(1));
        let read = again(&model);
        assert_eq!(triangles(&read), triangles(&model));
        let extent = |model: &Model| {
            let (mut locals, mut globals) = (Vec::new(), Vec::new());
            model.locals(None, 0.0, &mut locals);
            model.globals(&locals, &mut globals);
            let bounds = model.bounds(&globals).unwrap();
            bounds.max - bounds.min
        };
        // The loader makes it 1 m high: the proportions must be the same.
        let (a, b) = (extent(&model), extent(&read));
        assert!((a.z / a.y - b.z / b.y).abs() < 1e-3 && (a.x / a.y - b.x / b.y).abs() < 1e-3, "{a} {b}");
    }
}
