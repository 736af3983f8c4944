//! Files that try to break the loader: each must be refused with a message, or loaded; never a panic or a hang.

use serde_json::json;

use super::*;

#[test]
fn empty_and_cut_off_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("model.glb");
    let bytes = Glb::cube().bytes();
    for length in 0..bytes.len() {
        std::fs::write(&path, &bytes[..length]).expect("a file");
        let message = load_model(&path, None).expect_err("cut off").to_string();
        assert!(message.contains("model.glb"), "{message}");
        if length == 0 {
            assert!(message.contains("empty"), "{message}");
        } else if length > 12 {
            assert!(message.contains("cut off"), "{length}: {message}");
        }
    }
    std::fs::remove_file(&path).expect("a file");
    assert!(load_model(&path, None).expect_err("missing").to_string().contains("cannot be read"));
    assert!(load_model(folder.path(), None).is_err());
}

#[test]
fn any_byte_changed_is_an_error_or_a_model() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("model.glb");
    // With a skin, a clip and a texture.
    let mut glb = motion::skinned();
    motion::held(&mut glb, "Idle", "rotation", &[0.0, 0.0, 0.0, 1.0]);
    let mut png = Vec::new();
    image::GrayImage::new(2, 2)
        .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
        .expect("into memory");
    glb.textured(&png, "image/png");
    let good = glb.bytes();
    assert!(good.len() < 8_000);
    for index in 0..good.len() {
        for value in [if index % 2 == 0 { 0 } else { 255 }, good[index] ^ 1] {
            let mut bytes = good.clone();
            bytes[index] = value;
            std::fs::write(&path, &bytes).expect("a file");
            if let Ok(loaded) = load_model(&path, None) {
                let bounds = bounds(&loaded.model, None, 0.0);
                assert!(bounds.min.is_finite() && bounds.max.is_finite(), "byte {index} = {value}: {bounds:?}");
            }
        }
    }
}

#[test]
fn references_that_leave_the_folder() {
    let outer = tempfile::tempdir().expect("a temporary folder");
    let folder = outer.path().join("pack");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(outer.path().join("secret.png"), b"secret").expect("a file");
    let absolute = outer.path().join("secret.png").to_string_lossy().into_owned();
    let mut uris = vec![
        "../secret.png",
        "a/../../secret.png",
        "%2e%2e/secret.png",
        "..%2Fsecret.png",
        "..\\secret.png",
        &absolute,
        "http://example.org/x.png",
        "file:///etc/passwd",
        "C:/x.png",
        "",
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outer.path().join("secret.png"), folder.join("link.png")).expect("a link");
        uris.push("link.png");
    }
    for uri in uris {
        let mut glb = Glb::cube();
        glb.textured(b"", "image/png");
        glb.json["images"][0] = json!({"uri": uri});
        let message = load_model(&glb.write(&folder), None).expect_err(uri).to_string();
        assert!(message.contains("outside its folder"), "{uri}: {message}");
        // The same for a buffer.
        let path = folder.join("model.gltf");
        let json = json!({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 4, "uri": uri}]});
        std::fs::write(&path, json.to_string()).expect("a file");
        assert!(load_model(&path, None).expect_err(uri).to_string().contains("outside its folder"), "{uri}");
    }
    let mut glb = Glb::cube();
    glb.textured(b"", "image/png");
    glb.json["images"][0] = json!({"uri": "nowhere.png"});
    let message = load_model(&glb.write(&folder), None).expect_err("missing").to_string();
    assert!(message.contains("nowhere.png") && message.contains("beside the model"), "{message}");
}

#[test]
fn a_texture_of_60_000_pixels() {
    let mut png = Vec::new();
    let picture = image::GrayImage::new(4, 4);
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).expect("into memory");
    png[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    // The header's checksum (CRC-32 of type and data), so that only the size is wrong.
    let crc = png[12..29]
        .iter()
        .fold(!0u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))));
    png[29..33].copy_from_slice(&(!crc).to_be_bytes());
    let mut glb = Glb::cube();
    glb.textured(&png, "image/png");
    let message = refusal(&glb);
    assert!(message.contains("60000") && message.contains("scale it down"), "{message}");
}

#[test]
fn corrupt_textures_name_the_image() {
    let mut glb = Glb::cube();
    let image = glb.textured(b"\x89PNG\r\n\x1a\nrubbish", "image/png");
    glb.json["images"][image]["name"] = json!("fur");
    let message = refusal(&glb);
    assert!(message.contains("fur") && message.contains("save it again"), "{message}");
    // A Basis texture whose bytes are noise: an error of its decoder, not a panic of ours.
    let mut ktx2 = vec![0xAB, b'K', b'T', b'X', b' ', b'2', b'0', 0xBB, b'\r', b'\n', 0x1A, b'\n'];
    ktx2.extend((0..400u32).map(|index| (index * 37 % 251) as u8));
    let mut glb = Glb::cube();
    glb.textured(&ktx2, "image/ktx2");
    assert!(refusal(&glb).contains("image 0"));
}

#[test]
fn numbers_that_are_none() {
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut glb = Glb::cube();
        glb.bin[4..8].copy_from_slice(&value.to_le_bytes());
        let message = refusal(&glb);
        assert!(message.contains("NaN or infinite"), "{message}");
    }
    let mut glb = Glb::cube();
    glb.json["nodes"][0]["translation"] = json!([1e300, 0.0, 0.0]);
    assert!(refusal(&glb).contains("NaN or infinite"));
    // Finite, but far beyond what a box can hold.
    let mut glb = Glb::cube();
    glb.json["nodes"][0]["scale"] = json!([1e38, 1e38, 1e38]);
    refusal(&glb);
}

#[test]
fn node_trees_that_are_none() {
    let mut cyclic = Glb::cube();
    cyclic.json["nodes"][0]["children"] = json!([1]);
    cyclic.push("nodes", json!({"children": [0]}));
    assert!(refusal(&cyclic).contains("cyclic"));
    let mut own = Glb::cube();
    own.json["nodes"][0]["children"] = json!([0]);
    assert!(refusal(&own).contains("cyclic"));
    let mut shared = Glb::cube();
    shared.node(json!({"children": [0]}));
    shared.node(json!({"children": [0]}));
    assert!(refusal(&shared).contains("two parents"));
    let mut twice = Glb::cube();
    twice.json["scenes"][0]["nodes"] = json!([0, 0]);
    assert!(refusal(&twice).contains("twice"));
    let mut deep = Glb::cube();
    for node in 1..400 {
        deep.push("nodes", json!({"children": [node - 1]}));
    }
    deep.json["scenes"][0]["nodes"] = json!([399]);
    assert!(refusal(&deep).contains("deeper than"));
    let mut many = Glb::cube();
    for _ in 0..20_001 {
        many.push("nodes", json!({}));
    }
    assert!(refusal(&many).contains("join the objects"));
}

#[test]
fn indices_out_of_range() {
    let mut vertex = Glb::cube();
    let view = vertex.json["bufferViews"][1]["byteOffset"].as_u64().expect("an offset") as usize;
    vertex.bin[view..view + 2].copy_from_slice(&8u16.to_le_bytes());
    assert!(refusal(&vertex).contains("vertex 8 of 8"));
    for (list, place, field) in
        [("nodes", 0, "mesh"), ("accessors", 0, "bufferView"), ("bufferViews", 0, "buffer"), ("nodes", 0, "skin")]
    {
        let mut glb = Glb::cube();
        glb.json[list][place][field] = json!(77);
        assert!(refusal(&glb).contains("out of bounds"), "{list}.{field}: {}", refusal(&glb));
    }
    for (field, value) in [("byteOffset", 4_000_000_000u64), ("byteLength", u64::MAX), ("byteLength", 4)] {
        let mut glb = Glb::cube();
        glb.json["bufferViews"][0][field] = json!(value);
        assert!(refusal(&glb).contains("cut off"), "{field}: {}", refusal(&glb));
    }
    for count in [9u64, 1 << 40, u64::MAX] {
        let mut glb = Glb::cube();
        glb.json["accessors"][0]["count"] = json!(count);
        refusal(&glb);
    }
    let mut joint = Glb::cube();
    let joints = joint.shorts("VEC4", &[3, 0, 0, 0].repeat(8), 4);
    let weights = joint.floats("VEC4", &[[1.0, 0.0, 0.0, 0.0]; 8]);
    joint.json["meshes"][0]["primitives"][0]["attributes"]["JOINTS_0"] = json!(joints);
    joint.json["meshes"][0]["primitives"][0]["attributes"]["WEIGHTS_0"] = json!(weights);
    let bone = joint.node(json!({"name": "bone"}));
    joint.push("skins", json!({"joints": [bone]}));
    joint.json["nodes"][0]["skin"] = json!(0);
    assert!(refusal(&joint).contains("joint 3 of 1"));
}

#[test]
fn types_that_do_not_fit() {
    for (accessor, field, value) in [
        (0, "type", json!("SCALAR")),
        (0, "type", json!("MAT4")),
        (1, "componentType", json!(5126)),
        (1, "type", json!("VEC3")),
    ] {
        let mut glb = Glb::cube();
        glb.json["accessors"][accessor][field] = value;
        refusal(&glb);
    }
    let mut short = Glb::cube();
    let normals = short.floats("VEC3", &[[0.0, 1.0, 0.0]; 3]);
    short.json["meshes"][0]["primitives"][0]["attributes"]["NORMAL"] = json!(normals);
    assert!(refusal(&short).contains("NORMAL has 3 elements for 8"));
    let mut stride = Glb::cube();
    stride.json["bufferViews"][0]["byteStride"] = json!(4);
    assert!(refusal(&stride).contains("stride"));
    let mut sparse = Glb::cube();
    let places = sparse.view(&999u16.to_le_bytes());
    let values = sparse.view(&[0; 12]);
    sparse.json["accessors"][0]["sparse"] = json!({
        "count": 1, "indices": {"bufferView": places, "componentType": 5123}, "values": {"bufferView": values}});
    assert!(refusal(&sparse).contains("sparse index"));
}

#[test]
fn extensions_that_are_not_supported_name_the_mend() {
    for (extension, mend) in [
        ("KHR_draco_mesh_compression", "without Draco"),
        ("EXT_meshopt_compression", "without meshopt"),
        ("ACME_secret", "without it"),
    ] {
        let mut glb = Glb::cube();
        glb.push("extensionsUsed", json!(extension));
        glb.push("extensionsRequired", json!(extension));
        let message = refusal(&glb);
        assert!(message.contains(extension) && message.contains(mend), "{message}");
    }
    // Used but not required: the file can do without.
    let mut glb = Glb::cube();
    glb.push("extensionsUsed", json!("ACME_secret"));
    load(&glb);
}

#[test]
fn millions_of_triangles_are_refused_and_say_how_to_have_fewer() {
    // One small mesh on many nodes: no memory, but a million triangles in every frame.
    let mut glb = Glb::cube();
    let many: Vec<u16> = crate::pack::glb::CUBE_INDICES.repeat(60);
    let indices = glb.indices(&many);
    glb.json["meshes"][0]["primitives"][0]["indices"] = json!(indices);
    for _ in 0..1_500 {
        glb.node(json!({"mesh": 0}));
    }
    let message = refusal(&glb);
    assert!(message.contains("triangles") && message.contains("simplify"), "{message}");
}

#[test]
fn nothing_to_show() {
    assert!(refusal(&Glb::empty()).contains("no triangles"));
    let mut flat = Glb::cube();
    flat.json["nodes"][0]["scale"] = json!([1.0, 0.0, 1.0]);
    assert!(refusal(&flat).contains("no height"));
    let mut tiny = Glb::cube();
    tiny.json["nodes"][0]["scale"] = json!([0.0, 0.0, 0.0]);
    assert!(refusal(&tiny).contains("no height"));
}
