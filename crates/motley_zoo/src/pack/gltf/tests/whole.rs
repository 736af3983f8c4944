//! Good files: geometry, surfaces, textures, orientation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bevy_math::Vec3;
use serde_json::json;

use super::*;
use crate::model::Texture;

/// Eight by eight pixels, left half (220, 30, 40), right half (20, 60, 200): UASTC, the same with Zstandard, ETC1S.
const BASIS: [&str; 3] = [
    "q0tUWCAyMLsNChoKAAAAAAEAAAAIAAAACAAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAaAAAACwAAACUAAAALAAAAAAAAAAAAAAAAAAAAAAAAADAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAAAsAAAAAAAAAAIAKACmAQIAAwMAABAAAAAAAAAAAAB/AAAAAAAAAAAA/////x8AAABLVFh3cml0ZXIAQmFzaXMgVW5pdmVyc2FsIDIuMTAAAAQAAAB/fwAAl9sD5T/apAAAAAAAAAAAAJeCB/n/Q80DAAAAAAAAAACX2wPlP9qkAAAAAAAAAAAAl4IH+f9DzQMAAAAAAAAAAA==",
    "q0tUWCAyMLsNChoKAAAAAAEAAAAIAAAACAAAAAAAAAAAAAAAAQAAAAEAAAACAAAAaAAAACwAAACUAAAAJAAAAAAAAAAAAAAAAAAAAAAAAAC4AAAAAAAAACQAAAAAAAAAQAAAAAAAAAAsAAAAAAAAAAIAKACmAQIAAwMAABAAAAAAAAAAAAB/AAAAAAAAAAAA/////x8AAABLVFh3cml0ZXIAQmFzaXMgVW5pdmVyc2FsIDIuMTAAACi1L/0gQN0AAICX2wPlP9qkAJeCB/n/Q80DAwBDNTCzcAJwAQ==",
    "q0tUWCAyMLsNChoKAAAAAAEAAAAIAAAACAAAAAAAAAAAAAAAAQAAAAEAAAABAAAAaAAAACwAAACUAAAAJAAAALgAAAAAAAAAhgAAAAAAAAA+AQAAAAAAAAEAAAAAAAAAAAAAAAAAAAAsAAAAAAAAAAIAKACjAQIAAwMAAAgAAAAAAAAAAAA/AAAAAAAAAAAA/////x8AAABLVFh3cml0ZXIAQmFzaXMgVW5pdmVyc2FsIDIuMTAAAAIAAQAuAAAABQAAACsAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAcwJQAAAAAAAAyQ6ABzAAAAAAAAEE+LzEAEwEAAAAAAEgAA2AKgAAAAAAAGcIqrKqqqgJgwEQAAAAAAACSSgCYABAAAAAAQBQCJgIAAAAAAJA2AsAEgAAAAAAAIhAAAA==",
];

fn image(format: image::ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = image::RgbImage::from_fn(width, height, |x, _| {
        image::Rgb(if x < width / 2 { [220, 30, 40] } else { [20, 60, 200] })
    });
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), format).expect("into memory");
    bytes
}

fn base_texture(glb: &Glb) -> std::sync::Arc<Texture> {
    load(glb).model.parts[0].surface.base_color_texture.clone().expect("a texture")
}

/// Left pixel red, right pixel blue, within what compression loses.
fn assert_red_and_blue(texture: &Texture) {
    let pixel = |x: u32| &texture.rgba[4 * x as usize..4 * x as usize + 4];
    let near = |pixel: &[u8], want: [u8; 4]| pixel.iter().zip(want).all(|(a, b)| a.abs_diff(b) < 24);
    assert!(near(pixel(0), [220, 30, 40, 255]), "{:?}", pixel(0));
    assert!(near(pixel(texture.width - 1), [20, 60, 200, 255]), "{:?}", pixel(texture.width - 1));
}

#[test]
fn a_cube_stands_on_the_ground_as_tall_as_its_class() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = Glb::cube().write(folder.path());
    let loaded = load_model(&path, Some([0.2, 0.4])).expect("a cube");
    assert_stands(&loaded.model, 0.3);
    assert!((loaded.height_m - 0.3).abs() < 1e-6);
    let loaded = load_model(&path, None).expect("a cube");
    assert_stands(&loaded.model, 1.0);
    // No normals in the file: flat ones, one vertex per corner, pointing outwards.
    let mesh = &loaded.model.parts[0].mesh;
    assert_eq!((mesh.positions.len(), mesh.indices.len()), (36, 36));
    for (position, normal) in mesh.positions.iter().zip(&mesh.normals) {
        assert!((*position - Vec3::splat(0.5)).dot(*normal) > 0.49, "{position} {normal}");
    }
}

#[test]
fn strips_fans_and_lists_without_indices_are_the_same_square() {
    let corners = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]];
    let corner = |index: usize| corners[index];
    let list = [0, 1, 2, 2, 1, 3].map(corner).to_vec();
    let fan = [0, 1, 3, 2].map(corner).to_vec();
    for (mode, points) in [(4, list), (5, corners.to_vec()), (6, fan)] {
        let mut glb = Glb::empty();
        let positions = glb.floats("VEC3", &points);
        glb.push("meshes", json!({"primitives": [{"mode": mode, "attributes": {"POSITION": positions}}]}));
        glb.node(json!({"mesh": 0}));
        let mesh = load(&glb).model.parts[0].mesh.clone();
        assert_eq!(mesh.indices.len(), 6, "mode {mode}");
        assert!(mesh.normals.iter().all(|normal| *normal == Vec3::Z), "mode {mode}: {:?}", mesh.normals);
    }
}

#[test]
fn points_and_lines_cameras_and_lights_are_left_out() {
    let mut glb = Glb::cube();
    let attributes = glb.json["meshes"][0]["primitives"][0]["attributes"].clone();
    glb.push("meshes", json!({"primitives": [{"mode": 1, "attributes": attributes}]}));
    glb.node(json!({"mesh": 1, "name": "wire"}));
    glb.json["cameras"] = json!([{"type": "perspective", "perspective": {"yfov": 1.0, "znear": 0.1}}]);
    glb.node(json!({"camera": 0, "name": "camera"}));
    glb.node(json!({"name": "empty"}));
    let loaded = load(&glb);
    assert_eq!(loaded.model.parts.len(), 1);
    assert!(loaded.model.nodes.iter().all(|node| node.name != "camera" && node.name != "empty"));
    assert!(
        loaded.notes.iter().any(|note| note.contains("lines"))
            && loaded.notes.iter().any(|note| note.contains("camera"))
    );
}

#[test]
fn attributes_are_read_and_texture_transforms_are_baked() {
    let mut glb = Glb::cube();
    let uvs = glb.floats("VEC2", &[[0.25, 0.5]; 8]);
    let colors = glb.shorts("VEC3", &[65_535, 0, 32_768].repeat(8), 3);
    glb.json["accessors"][colors]["normalized"] = json!(true);
    let normals = glb.floats("VEC3", &[[0.0, 0.0, 3.0]; 8]);
    glb.textured(&image(image::ImageFormat::Png, 8, 8), "image/png");
    let attributes = &mut glb.json["meshes"][0]["primitives"][0]["attributes"];
    attributes["TEXCOORD_1"] = json!(uvs);
    attributes["COLOR_0"] = json!(colors);
    attributes["NORMAL"] = json!(normals);
    // A quarter turn, twice as dense, moved: (0.25, 0.5) → scaled (0.5, 1) → turned (1, −0.5) → (1.1, −0.3).
    let transform =
        json!({"offset": [0.1, 0.2], "rotation": std::f32::consts::FRAC_PI_2, "scale": [2.0, 2.0], "texCoord": 1});
    glb.json["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]["extensions"] =
        json!({"KHR_texture_transform": transform});
    glb.push("extensionsUsed", json!("KHR_texture_transform"));
    glb.push("extensionsRequired", json!("KHR_texture_transform"));
    let mesh = load(&glb).model.parts[0].mesh.clone();
    assert_eq!(mesh.positions.len(), 8);
    assert!((mesh.uvs[0] - bevy_math::Vec2::new(1.1, -0.3)).length() < 1e-5, "{}", mesh.uvs[0]);
    assert_eq!(mesh.normals[0], Vec3::Z);
    let [red, green, blue, alpha] = mesh.colors[0];
    assert!((red, green, alpha) == (1.0, 0.0, 1.0) && (blue - 0.5).abs() < 1e-4);
}

#[test]
fn textures_of_every_kind_embedded_inline_and_beside() {
    use image::ImageFormat::{Jpeg, Png, WebP};
    for (format, mime) in [(Png, "image/png"), (Jpeg, "image/jpeg")] {
        let mut glb = Glb::cube();
        glb.textured(&image(format, 8, 8), mime);
        assert_red_and_blue(&base_texture(&glb));
    }
    for (bytes, extension) in BASIS
        .iter()
        .map(|text| (STANDARD.decode(text).expect("base64"), "KHR_texture_basisu"))
        .chain([(image(WebP, 8, 8), "EXT_texture_webp")])
    {
        let mut glb = Glb::cube();
        let picture = glb.textured(&bytes, "image/any");
        glb.json["textures"][0] = json!({"extensions": {extension: {"source": picture}}});
        glb.push("extensionsUsed", json!(extension));
        glb.push("extensionsRequired", json!(extension));
        let texture = base_texture(&glb);
        assert_eq!((texture.width, texture.height), (8, 8));
        assert_red_and_blue(&texture);
    }
    let png = image(Png, 2048, 16);
    let mut glb = Glb::cube();
    glb.textured(&png, "image/png");
    glb.json["images"][0] = json!({"uri": format!("data:image/png;base64,{}", STANDARD.encode(&png))});
    let texture = base_texture(&glb);
    assert_eq!((texture.width, texture.height), (1024, 8));
    assert_red_and_blue(&texture);
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("my textures")).expect("a folder");
    std::fs::write(folder.path().join("my textures/skin.png"), &png).expect("a file");
    glb.json["images"][0] = json!({"uri": "my%20textures/skin.png"});
    let loaded = load_model(&glb.write(folder.path()), None).expect("a texture beside it");
    assert!(loaded.model.parts[0].surface.base_color_texture.is_some());
}

#[test]
fn a_gltf_with_its_buffer_beside_it_is_the_same_as_a_glb() {
    let glb = Glb::cube();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut json = glb.json.clone();
    json.as_object_mut().expect("an object").retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    json["buffers"] = json!([{"byteLength": glb.bin.len(), "uri": "cube.bin"}]);
    std::fs::write(folder.path().join("cube.bin"), &glb.bin).expect("a file");
    let path = folder.path().join("cube.gltf");
    std::fs::write(&path, json.to_string()).expect("a file");
    assert_eq!(load_model(&path, None).expect("a cube").model.parts[0].mesh, load(&glb).model.parts[0].mesh);
}

#[test]
fn surfaces() {
    let surface = |material: serde_json::Value| {
        let mut glb = Glb::cube();
        glb.material(material);
        for used in ["KHR_materials_unlit", "KHR_materials_pbrSpecularGlossiness", "KHR_materials_emissive_strength"] {
            glb.push("extensionsUsed", json!(used));
        }
        let loaded = load(&glb);
        (loaded.model.parts[0].surface.clone(), loaded.notes.join("\n"))
    };
    let (plain, _) = surface(json!({
        "doubleSided": true, "emissiveFactor": [0.0, 0.5, 0.0], "alphaMode": "MASK", "alphaCutoff": 0.25,
        "pbrMetallicRoughness": {"baseColorFactor": [0.1, 0.2, 0.3, 0.4], "metallicFactor": 0.5, "roughnessFactor": 0.6},
        "extensions": {"KHR_materials_emissive_strength": {"emissiveStrength": 4.0}}
    }));
    assert_eq!((plain.base_color, plain.metallic, plain.roughness), ([0.1, 0.2, 0.3, 0.4], 0.5, 0.6));
    assert_eq!((plain.emissive, plain.double_sided, plain.alpha_cutoff), ([0.0, 2.0, 0.0], true, Some(0.25)));
    let (unlit, notes) = surface(json!({"extensions": {"KHR_materials_unlit": {}}}));
    assert!((unlit.metallic, unlit.roughness) == (0.0, 1.0) && notes.contains("unlit"), "{notes}");
    let (old, notes) = surface(json!({"extensions": {"KHR_materials_pbrSpecularGlossiness": {
        "diffuseFactor": [0.5, 0.5, 0.5, 1.0], "specularFactor": [0.04, 0.04, 0.04], "glossinessFactor": 0.3}}}));
    assert!((old.roughness - 0.7).abs() < 1e-6 && old.metallic < 0.01 && notes.contains("approximated"), "{notes}");
    let (gold, _) = surface(json!({"extensions": {"KHR_materials_pbrSpecularGlossiness": {
        "diffuseFactor": [0.0, 0.0, 0.0, 1.0], "specularFactor": [1.0, 0.8, 0.3], "glossinessFactor": 0.9}}}));
    assert!(gold.metallic > 0.95, "{}", gold.metallic);
    let pane =
        |alpha: f32| json!({"alphaMode": "BLEND", "pbrMetallicRoughness": {"baseColorFactor": [0.0, 0.0, 0.0, alpha]}});
    let (glass, notes) = surface(pane(0.25));
    assert!(glass.translucent && glass.alpha_cutoff.is_none() && glass.base_color[3] == 0.25, "{notes}");
    let (dark, notes) = surface(pane(0.75));
    assert!(!dark.translucent && dark.base_color[3] == 1.0 && notes.contains("solid"), "{notes}");
}

#[test]
fn blending_with_a_texture_becomes_holes() {
    let mut bytes = Vec::new();
    let picture = image::RgbaImage::from_fn(4, 4, |x, _| image::Rgba([255, 255, 255, if x < 2 { 0 } else { 255 }]));
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).expect("into memory");
    let mut glb = Glb::cube();
    glb.textured(&bytes, "image/png");
    glb.json["materials"][0]["alphaMode"] = json!("BLEND");
    let loaded = load(&glb);
    assert_eq!(loaded.model.parts[0].surface.alpha_cutoff, Some(0.5));
    assert!(loaded.notes.iter().any(|note| note.contains("holes")), "{:?}", loaded.notes);
}

#[test]
fn quantized_positions_are_read() {
    let mut glb = Glb::empty();
    let corners: Vec<u16> = [[0, 0, 0, 0], [65_535, 0, 0, 0], [0, 65_535, 0, 0]].concat();
    let bytes: Vec<u8> = corners.iter().flat_map(|value: &u16| value.to_le_bytes()).collect();
    let view = glb.view(&bytes);
    // Six bytes of position in a stride of eight.
    glb.json["bufferViews"][view]["byteStride"] = json!(8);
    let positions = glb.push(
        "accessors",
        json!({"bufferView": view, "componentType": 5123, "normalized": true, "count": 3, "type": "VEC3"}),
    );
    glb.push("meshes", json!({"primitives": [{"attributes": {"POSITION": positions}}]}));
    glb.node(json!({"mesh": 0}));
    glb.push("extensionsUsed", json!("KHR_mesh_quantization"));
    glb.push("extensionsRequired", json!("KHR_mesh_quantization"));
    assert_eq!(load(&glb).model.parts[0].mesh.positions, [Vec3::ZERO, Vec3::X, Vec3::Y]);
}

#[test]
fn sparse_accessors_are_read() {
    let mut glb = Glb::cube();
    let places = glb.view(&6u16.to_le_bytes());
    let values: Vec<u8> = [3.0f32, 5.0, 1.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let values = glb.view(&values);
    glb.json["accessors"][0]["sparse"] = json!({
        "count": 1, "indices": {"bufferView": places, "componentType": 5123}, "values": {"bufferView": values}});
    let loaded = load(&glb);
    assert!(loaded.model.parts[0].mesh.positions.contains(&Vec3::new(3.0, 5.0, 1.0)));
}

#[test]
fn names_turn_the_front_to_plus_z() {
    for (head, tail, degrees) in
        [([3.0, 1.0, 0.0], [-3.0, 1.0, 0.0], "-90"), ([0.0, 1.0, -3.0], [0.0, 1.0, 3.0], "180")]
    {
        let mut glb = Glb::cube();
        glb.node(json!({"mesh": 0, "name": "Head", "translation": head}));
        glb.node(json!({"mesh": 0, "name": "Tail", "translation": tail}));
        let loaded = load(&glb);
        assert_stands(&loaded.model, 1.0);
        assert!(loaded.notes.iter().any(|note| note.contains(&format!("turned by {degrees}°"))), "{:?}", loaded.notes);
        let globals = pose(&loaded.model, None, 0.0);
        let place = |name: &str| {
            let (_, node) = loaded.model.keypoints.iter().find(|(other, _)| other == name).expect("a keypoint");
            globals[*node].translation
        };
        assert_eq!(
            loaded.model.head,
            loaded.model.keypoints.iter().find(|(name, _)| name == "head").map(|(_, node)| *node)
        );
        assert!(place("head").z > 0.5 && place("tail").z < -0.5 && place("head").x.abs() < 1e-3);
    }
}

#[test]
fn keypoints_of_rigid_parts_lie_at_their_meshes() {
    let mut glb = Glb::cube();
    let far: Vec<[f32; 3]> = crate::pack::glb::CUBE.iter().map(|[x, y, z]| [*x, *y, z + 9.0]).collect();
    let positions = glb.floats("VEC3", &far);
    glb.push("meshes", json!({"primitives": [{"attributes": {"POSITION": positions}, "indices": 1}]}));
    glb.node(json!({"mesh": 1, "name": "nose"}));
    let model = load(&glb).model;
    let (name, node) = &model.keypoints[0];
    let at = Vec3::from(pose(&model, None, 0.0)[*node].translation);
    // The whole is 10 long and faces +z; the nose's middle is 4.5 before its centre.
    assert_eq!(name, "nose");
    assert_close(at, [0.0, 0.5, 4.5]);
}

#[test]
fn a_long_thing_that_stands_askew_is_laid_along_z() {
    let mut glb = Glb::cube();
    let (sin, cos) = (15f32.to_radians().sin(), 15f32.to_radians().cos());
    glb.json["nodes"][0]["rotation"] = json!([0.0, sin, 0.0, cos]);
    glb.json["nodes"][0]["scale"] = json!([8.0, 1.0, 1.0]);
    let loaded = load(&glb);
    let size = size(&loaded.model);
    assert!((size.x - 1.0).abs() < 0.15 && (size.z - 8.0).abs() < 0.1, "{size}");
    assert!(
        loaded.notes.iter().any(|note| note.contains("length along z") && note.contains(".ron")),
        "{:?}",
        loaded.notes
    );
}

#[test]
fn hints_beside_a_model_say_how_it_stands() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut glb = Glb::cube();
    glb.json["nodes"][0]["scale"] = json!([1.0, 4.0, 2.0]);
    let path = glb.write(folder.path());
    std::fs::write(folder.path().join("model.ron"), "(up: \"+z\", front: \"-y\", height_m: 0.5)").expect("a file");
    let loaded = load_model(&path, None).expect("good hints");
    assert_stands(&loaded.model, 0.5);
    let size = size(&loaded.model);
    assert_close(size, [0.25, 0.5, 1.0]);
    for (text, part) in [
        ("(up: \"+z\", front: \"-z\")", "right angles"),
        ("(upp: \"+z\")", "upp"),
        ("(height_m: 0)", "height_m"),
        ("(front: \"left\")", "left"),
    ] {
        std::fs::write(folder.path().join("model.ron"), text).expect("a file");
        let message = load_model(&path, None).expect_err("bad hints").to_string();
        assert!(message.contains("model.ron") && message.contains(part), "{message}");
    }
}

#[test]
fn a_floor_under_the_subject_is_left_out() {
    let mut glb = Glb::cube();
    glb.node(json!({"mesh": 0, "name": "Plane", "scale": [50.0, 0.001, 50.0], "translation": [-25.0, 0.0, -25.0]}));
    let loaded = load(&glb);
    assert_eq!(loaded.model.parts.len(), 1);
    assert_close(size(&loaded.model), [1.0, 1.0, 1.0]);
    assert!(loaded.notes.iter().any(|note| note.contains("Plane")), "{:?}", loaded.notes);
}

#[test]
fn mirrored_parts_keep_their_outside() {
    let mut glb = Glb::cube();
    glb.json["nodes"][0]["scale"] = json!([-1.0, 1.0, 1.0]);
    let model = load(&glb).model;
    let globals = pose(&model, None, 0.0);
    let mut positions = Vec::new();
    model.skin_positions(0, &globals, &mut positions);
    let middle = Vec3::new(0.0, 0.5, 0.0);
    for corners in model.parts[0].mesh.indices.chunks_exact(3) {
        let [a, b, c] = [0, 1, 2].map(|corner| positions[corners[corner] as usize]);
        assert!((b - a).cross(c - a).dot(a - middle) > 0.0);
    }
}
