//! Bad input is refused with an error that names the mend, and nothing is left behind.

mod common;

use std::{fs, path::Path};

use common::{PLAIN, can_draw, fail, folder, run, stderr, succeed};

/// A pack with one model.
fn pack(folder: &Path, class: &str, file: &str, bytes: &[u8]) {
    let subjects = folder.join("pack/subjects").join(class);
    fs::create_dir_all(&subjects).expect("a folder");
    fs::write(subjects.join(file), bytes).expect("a file");
    let scene = format!("(packs: [\"pack\"], classes: [(name: {class:?}, source: Packs)], output: (size: 64))");
    fs::write(folder.join("scene.ron"), scene).expect("the scene");
}

#[test]
fn every_command_explains_itself() {
    let folder = folder(PLAIN);
    for command in
        ["capture", "frame", "sheet", "audit", "merge", "check", "new", "bench", "zoo", "pack", "completions"]
    {
        let output = succeed(folder.path(), &[command, "--help"]);
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(text.contains("Usage: motley") && text.contains(command), "{text}");
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = succeed(folder.path(), &["completions", shell]);
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(
            text.contains("capture") && !text.contains("worker "),
            "{shell} completes the hidden command or nothing"
        );
    }
    assert!(String::from_utf8_lossy(&succeed(folder.path(), &["--version"]).stdout).starts_with("motley "));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let folder = folder(PLAIN);
    let cases: [(&[&str], &str); 11] = [
        (&["capture", "scene.ron", "--batch", "0"], "--batch 0"),
        (&["capture", "scene.ron", "--shard", "5/4"], "1 ≤ I ≤ N"),
        (&["capture", "scene.ron", "--size", "5000"], "16..=2048"),
        (&["capture", "scene.ron", "--format", "voc"], "folder, coco, yolo, webdataset"),
        (&["capture", "scene.ron", "--labels", "smell"], "box, mask"),
        (&["capture", "scene.ron", "--image", "gif"], "jpeg"),
        (&["capture", "nowhere.ron"], "cannot read the scene file nowhere.ron"),
        (&["frame", "nowhere", "--index", "1"], "nowhere"),
        (&["audit", "nowhere"], "nowhere"),
        (&["train", "--real", ".", "--size", "64", "--out", "run"], "--stream"),
        (&["train", "--resume", "--out", "run"], "no run to go on with"),
    ];
    for (args, words) in cases {
        let said = fail(folder.path(), args, 2);
        assert!(said.contains(words), "{args:?}: {said}");
    }
    assert_eq!(common::files(folder.path()).len(), 1, "something was left behind");
}

#[test]
fn individuals_are_exported_and_a_pack_of_them_is_looked_at() {
    let folder = folder(PLAIN);
    let at = |name: &str| folder.path().join(name);
    succeed(folder.path(), &["zoo", "export", "car/taxi", "--count", "2", "--out", "pack/subjects/car"]);
    let model = fs::read(at("pack/subjects/car/car-taxi-001.glb")).expect("the second individual");
    assert_eq!(&model[..4], b"glTF");
    let again = ["zoo", "export", "taxi", "--seed", "5", "--out", "pack/subjects/car"];
    assert!(fail(folder.path(), &again, 2).contains("is there already"));
    assert_eq!(fs::read(at("pack/subjects/car/car-taxi-001.glb")).expect("as it was"), model);
    let said = fail(folder.path(), &["zoo", "export", "mixed"], 2);
    assert!(said.contains("cat/mixed") && said.contains("car/mixed"), "{said}");
    assert!(fail(folder.path(), &["zoo", "export", "unicorn"], 2).contains("there is no breed"));
    if can_draw() {
        succeed(folder.path(), &["pack", "check", "pack", "--out", "looked"]);
        let about = fs::read_to_string(at("looked/pack.json")).expect("descriptions");
        assert!(about.contains("car-taxi-000") && about.contains("triangles"), "{about}");
        assert!(at("looked/pack.jpg").exists() && at("looked/car/car-taxi-000.jpg").exists());
    }
    fs::write(at("pack/subjects/car/cut.glb"), &model[..1000]).expect("a file");
    if can_draw() {
        let said = fail(folder.path(), &["pack", "check", "pack", "--out", "rest"], 1);
        assert!(said.contains("cut.glb") && said.contains("cut off") && said.contains("faults: 1"), "{said}");
        // What is sound is shown all the same.
        assert!(at("rest/pack.jpg").exists());
    }
}

#[test]
fn a_malformed_scene_is_told_with_its_places() {
    let folder = folder("(\n    classes: [(name: \"cat\"), (name: \"../dog\")],\n    camera: (fow: 3.0),\n)\n");
    for (args, code) in
        [(&["check", "scene.ron"][..], 1), (&["capture", "scene.ron"], 2), (&["frame", "scene.ron", "--index", "0"], 2)]
    {
        let said = fail(folder.path(), args, code);
        assert!(said.contains("scene.ron:2:37: classes[1].name:") && said.contains("cannot name a folder"), "{said}");
        assert!(said.contains("scene.ron:3:14: camera.fow: no such field; did you mean `fov`?"), "{said}");
    }
    assert_eq!(common::files(folder.path()).len(), 1, "something was left behind");
    fs::write(folder.path().join("scene.ron"), [0xff, 0xfe, 0x00]).expect("the scene");
    assert!(fail(folder.path(), &["check", "scene.ron"], 2).contains("UTF-8"));
    fs::write(folder.path().join("scene.ron"), PLAIN).expect("the scene");
    succeed(folder.path(), &["check", "scene.ron"]);
}

#[test]
fn a_folder_with_other_things_is_not_touched() {
    let folder = folder(PLAIN);
    let out = folder.path().join("out");
    fs::create_dir(&out).expect("a folder");
    fs::write(out.join("thesis.txt"), "all of it").expect("a file");
    for command in [["capture", "scene.ron"], ["train", "--stream=scene.ron"]] {
        let said = fail(folder.path(), &[&command[..], &["--out", "out"]].concat(), 2);
        assert!(said.contains("out") && said.contains("thesis.txt"), "{said}");
    }
    assert_eq!(common::files(&out).len(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let folder = folder(PLAIN);
    // A file where a folder should be cannot be written into even by root.
    fs::write(folder.path().join("file"), "").expect("a file");
    let said = fail(folder.path(), &["capture", "scene.ron", "--out", "file/out"], 2);
    assert!(said.contains("file/out"), "{said}");
}

#[test]
fn hostile_packs_are_refused() {
    let outside = br#"{"asset": {"version": "2.0"}, "buffers": [{"uri": "../../../secret.bin", "byteLength": 36}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}], "nodes": [{"mesh": 0}], "scenes": [{"nodes": [0]}], "scene": 0}"#;
    let mut claims = b"glTF\x02\0\0\0\xff\xff\xff\xff".to_vec();
    claims.extend(b"\xff\xff\xff\x7fJSON{}");
    let cases: [(&str, &[u8]); 6] = [
        ("nothing.gltf", br#"{"asset": {"version": "2.0"}, "scenes": [{"nodes": []}], "scene": 0}"#),
        ("empty.glb", b""),
        ("junk.glb", &[7; 1000]),
        ("claims.glb", &claims),
        ("outside.gltf", outside),
        ("text.gltf", b"{\"asset\": "),
    ];
    for (file, bytes) in cases {
        let folder = folder(PLAIN);
        pack(folder.path(), "mug", file, bytes);
        let before = common::files(folder.path());
        let output = run(folder.path(), &["capture", "scene.ron", "--batch", "2", "--jobs", "1", "--out", "out"]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{file}: {said}");
        assert!(said.contains(file) && !said.contains("panicked"), "{file}: {said}");
        let after = common::files(folder.path());
        let pictures = after.keys().filter(|path| path.extension().is_some_and(|e| e == "jpg" || e == "png"));
        assert_eq!(pictures.count(), 0);
        assert!(before.iter().all(|(path, bytes)| after[path] == *bytes), "{file}: the pack was changed");
    }
    // A texture that would fill the memory.
    let folder = folder("(packs: [\"pack\"], classes: [(name: \"cat\")])");
    let materials = folder.path().join("pack/materials");
    fs::create_dir_all(&materials).expect("a folder");
    image::GrayImage::new(60_000, 1).save(materials.join("huge.png")).expect("a picture");
    let said = fail(folder.path(), &["capture", "scene.ron", "--batch", "2", "--out", "out"], 2);
    assert!(said.contains("huge.png") && said.contains("too large"), "{said}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn faults_of_scene_and_pack_are_told_together() {
    let folder = folder("(packs: [\"missing\"], classes: [(name: \"mug\", source: Packs)], camera: (fow: 3))");
    let said = fail(folder.path(), &["check", "scene.ron"], 1);
    assert!(said.contains("packs[0]") && said.contains("missing") && said.contains("camera.fow"), "{said}");
    assert!(said.starts_with("2 faults"), "what a missing pack entails is no news: {said}");
}

#[test]
fn pictures_that_are_cut_off_are_told_before_anything_is_drawn() {
    let folder = folder("(packs: [\"pack\"], classes: [(name: \"cat\")])");
    for (place, name) in [("materials", "wood.png"), ("skies", "dusk.png")] {
        let place = folder.path().join("pack").join(place);
        fs::create_dir_all(&place).expect("a folder");
        let noise = image::RgbImage::from_fn(64, 32, |x, y| {
            image::Rgb([x * 37, y * 91, x * y].map(|value| (value % 256) as u8))
        });
        noise.save(place.join(name)).expect("a picture");
    }
    succeed(folder.path(), &["check", "scene.ron"]);
    for name in ["pack/materials/wood.png", "pack/skies/dusk.png"] {
        let path = folder.path().join(name);
        let bytes = fs::read(&path).expect("the picture");
        fs::write(&path, &bytes[..bytes.len() / 2]).expect("half of it");
    }
    let said = fail(folder.path(), &["check", "scene.ron"], 1);
    assert!(said.contains("wood.png") && said.contains("dusk.png"), "{said}");
}

#[test]
fn machines_read_lines_and_quiet_is_quiet() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    let output = succeed(folder.path(), &["capture", "scene.ron", "--out", "a", "--json", "--jobs", "1"]);
    let lines: Vec<serde_json::Value> = String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect();
    assert_eq!(lines.last().expect("a line")["event"], "finished");
    assert_eq!(lines.last().expect("a line")["summary"]["frames"], 4);
    let output = succeed(folder.path(), &["capture", "scene.ron", "--out", "b", "--quiet", "--jobs", "1"]);
    assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{}", stderr(&output));
    let output = succeed(folder.path(), &["frame", "a", "--index", "3", "--json", "--out", "f.png"]);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(said["labels"]["index"], 3);
    succeed(folder.path(), &["sheet", "a", "--boxes", "--masks", "--out", "sheet.jpg"]);
    assert!(common::picture(&folder.path().join("sheet.jpg")).width() > 64);
    // `motley --batch N` alone captures the default scene.
    succeed(folder.path(), &["--batch", "2", "--size", "32", "--quiet", "--out", "c"]);
    assert_eq!(common::records(&folder.path().join("c")).len(), 2);
}
