//! Writes small GLB files for tests.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// A document under construction: edit `json` at will.
pub(crate) struct Glb {
    pub json: Value,
    pub bin: Vec<u8>,
}

/// Corners of a unit cube from (0, 0, 0) to (1, 1, 1).
pub(crate) const CUBE: [[f32; 3]; 8] = [
    [0.0, 0.0, 0.0],
    [1.0, 0.0, 0.0],
    [1.0, 1.0, 0.0],
    [0.0, 1.0, 0.0],
    [0.0, 0.0, 1.0],
    [1.0, 0.0, 1.0],
    [1.0, 1.0, 1.0],
    [0.0, 1.0, 1.0],
];
/// Its twelve triangles, counter-clockwise seen from outside.
pub(crate) const CUBE_INDICES: [u16; 36] =
    [0, 2, 1, 0, 3, 2, 4, 5, 6, 4, 6, 7, 0, 1, 5, 0, 5, 4, 3, 6, 2, 3, 7, 6, 0, 4, 7, 0, 7, 3, 1, 2, 6, 1, 6, 5];

impl Glb {
    /// No node, no mesh.
    pub fn empty() -> Self {
        let json = json!({
            "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}], "nodes": [], "meshes": [], "accessors": [],
            "bufferViews": [], "buffers": [{"byteLength": 0}], "materials": [], "textures": [], "images": [],
            "animations": [], "skins": [], "extensionsUsed": [], "extensionsRequired": [],
        });
        Self { json, bin: vec![] }
    }

    /// One node with a unit cube.
    pub fn cube() -> Self {
        let mut glb = Self::empty();
        let positions = glb.floats("VEC3", &CUBE);
        let indices = glb.indices(&CUBE_INDICES);
        let mesh =
            glb.push("meshes", json!({"primitives": [{"attributes": {"POSITION": positions}, "indices": indices}]}));
        glb.node(json!({"name": "cube", "mesh": mesh}));
        glb
    }

    /// Appends to a list and returns the place.
    pub fn push(&mut self, list: &str, value: Value) -> usize {
        let list = self.json[list].as_array_mut().expect("a list");
        list.push(value);
        list.len() - 1
    }

    /// Appends a node and shows it in the scene.
    pub fn node(&mut self, value: Value) -> usize {
        let node = self.push("nodes", value);
        self.json["scenes"][0]["nodes"].as_array_mut().expect("a list").push(json!(node));
        node
    }

    /// Appends bytes as a buffer view.
    pub fn view(&mut self, bytes: &[u8]) -> usize {
        let offset = self.bin.len();
        self.bin.extend_from_slice(bytes);
        while !self.bin.len().is_multiple_of(4) {
            self.bin.push(0);
        }
        self.push("bufferViews", json!({"buffer": 0, "byteOffset": offset, "byteLength": bytes.len()}))
    }

    /// Appends floats as an accessor.
    pub fn floats<const N: usize>(&mut self, kind: &str, values: &[[f32; N]]) -> usize {
        let bytes: Vec<u8> = values.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
        let view = self.view(&bytes);
        self.push("accessors", json!({"bufferView": view, "componentType": 5126, "count": values.len(), "type": kind}))
    }

    /// Appends 16-bit integers as an accessor.
    pub fn shorts(&mut self, kind: &str, values: &[u16], width: usize) -> usize {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let view = self.view(&bytes);
        let count = values.len() / width;
        self.push("accessors", json!({"bufferView": view, "componentType": 5123, "count": count, "type": kind}))
    }

    /// Appends indices as an accessor.
    pub fn indices(&mut self, values: &[u16]) -> usize {
        self.shorts("SCALAR", values, 1)
    }

    /// Appends a channel to animation `animation`.
    pub fn channel(
        &mut self,
        animation: usize,
        node: usize,
        path: &str,
        interpolation: &str,
        input: usize,
        output: usize,
    ) {
        let animation = &mut self.json["animations"][animation];
        let samplers = animation["samplers"].as_array_mut().expect("a list");
        samplers.push(json!({"input": input, "output": output, "interpolation": interpolation}));
        let sampler = samplers.len() - 1;
        let channels = animation["channels"].as_array_mut().expect("a list");
        channels.push(json!({"sampler": sampler, "target": {"node": node, "path": path}}));
    }

    /// Appends an empty animation.
    pub fn animation(&mut self, name: &str) -> usize {
        self.push("animations", json!({"name": name, "channels": [], "samplers": []}))
    }

    /// Appends an embedded image, a texture of it, and a material that shows it on everything; returns the image.
    pub fn textured(&mut self, bytes: &[u8], mime: &str) -> usize {
        let view = self.view(bytes);
        let image = self.push("images", json!({"bufferView": view, "mimeType": mime}));
        let texture = self.push("textures", json!({"source": image}));
        self.material(json!({"pbrMetallicRoughness": {"baseColorTexture": {"index": texture}}}));
        image
    }

    /// Appends a material and gives it to the first primitive.
    pub fn material(&mut self, value: Value) -> usize {
        let material = self.push("materials", value);
        self.json["meshes"][0]["primitives"][0]["material"] = json!(material);
        material
    }

    /// The file's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut json = self.json.clone();
        json["buffers"][0]["byteLength"] = json!(self.bin.len());
        // glTF knows no empty lists.
        json.as_object_mut()
            .expect("an object")
            .retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
        if self.bin.is_empty() {
            json.as_object_mut().expect("an object").remove("buffers");
        }
        let mut text = serde_json::to_vec(&json).expect("JSON");
        text.resize(text.len().next_multiple_of(4), b' ');
        let mut bytes = b"glTF\x02\0\0\0\0\0\0\0".to_vec();
        for (kind, chunk) in [(b"JSON", &text), (b"BIN\0", &self.bin)] {
            bytes.extend((chunk.len() as u32).to_le_bytes());
            bytes.extend(kind);
            bytes.extend(chunk);
        }
        let length = (bytes.len() as u32).to_le_bytes();
        bytes[8..12].copy_from_slice(&length);
        bytes
    }

    /// Writes the file into a folder.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join("model.glb");
        std::fs::write(&path, self.bytes()).expect("a writable folder");
        path
    }
}
