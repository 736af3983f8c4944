//! Whole packs.

use std::path::Path;

use super::glb::Glb;
use super::*;

fn png(folder: &Path, name: &str, color: [u8; 3], size: (u32, u32)) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    ::image::RgbImage::from_pixel(size.0, size.1, ::image::Rgb(color)).save(path).expect("a writable folder");
}

fn model(folder: &Path, name: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, Glb::cube().bytes()).expect("a writable folder");
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.collect()
}

#[test]
fn a_pack_is_found_sorted_and_loads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    model(root, "subjects/mug/white.glb");
    model(root, "subjects/mug/blue.GLB");
    model(root, "subjects/mug/from the web/scene.glb");
    model(root, "subjects/bottle/tall.glb");
    std::fs::write(root.join("subjects/mug/readme.txt"), "mine").expect("a file");
    std::fs::write(root.join("subjects/mug/.hidden.glb"), "").expect("a file");
    png(root, "materials/marble.png", [200, 200, 210], (8, 8));
    png(root, "materials/brick_albedo.png", [160, 60, 40], (600, 300));
    png(root, "materials/brick_nor_dx_1k.png", [128, 100, 255], (8, 8));
    png(root, "materials/brick_Roughness.png", [90, 90, 90], (8, 8));
    png(root, "materials/brick_height.png", [0, 0, 0], (8, 8));
    png(root, "materials/oak/color.jpg", [120, 80, 40], (8, 8));
    png(root, "materials/oak/arm.png", [255, 50, 0], (8, 8));
    png(root, "skies/noon.png", [90, 120, 200], (64, 32));
    let pack = Pack::open(root).expect("a good pack");
    assert_eq!(list(pack.classes()), ["bottle", "mug"]);
    assert_eq!(list(pack.subjects("mug")), ["blue", "from the web", "white"]);
    assert_eq!(list(pack.subjects("teapot")), Vec::<&str>::new());
    assert_eq!(list(pack.materials()), ["brick", "marble", "oak"]);
    assert_eq!(list(pack.skies()), ["noon"]);
    for index in 0..3 {
        let loaded = pack.load_subject("mug", index, Some([0.08, 0.12])).expect("a mug");
        assert!((loaded.height_m - 0.1).abs() < 1e-6);
    }
    let brick = pack.load_material("brick").expect("brick");
    assert_eq!((brick.base_color.width, brick.base_color.height), (512, 256));
    assert_eq!(brick.base_color.rgba[..4], [160, 60, 40, 255]);
    assert_eq!(brick.normal.expect("normals").rgba[..3], [128, 155, 255], "green points up");
    assert_eq!(brick.metallic_roughness.expect("a map").rgba[..3], [0, 90, 0]);
    assert_eq!((brick.metallic, brick.roughness), (1.0, 1.0));
    let marble = pack.load_material("marble").expect("marble");
    assert!(marble.normal.is_none() && marble.metallic_roughness.is_none());
    assert_eq!((marble.metallic, marble.roughness), (0.0, 0.8));
    assert_eq!(pack.load_material("oak").expect("oak").metallic_roughness.expect("a map").rgba[1], 50);
    assert!(pack.load_sky("noon").is_ok());
    assert!(
        pack.load_subject("mug", 3, None).is_err() && pack.load_material("no").is_err() && pack.load_sky("no").is_err()
    );
}

#[test]
fn all_faults_are_told_at_once_with_their_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    model(root, "subjects/mug/good.glb");
    model(root, "subjects/loose.glb");
    model(root, "subjects/mug/twice.glb");
    std::fs::write(root.join("subjects/mug/twice.gltf"), "{}").expect("a file");
    std::fs::write(root.join("subjects/mug/zero.glb"), "").expect("a file");
    std::fs::write(root.join("subjects/mug/fake.glb"), "this is no model at all").expect("a file");
    std::fs::write(root.join("subjects/mug/cut.glb"), &Glb::cube().bytes()[..200]).expect("a file");
    std::fs::write(root.join("subjects/mug/old.fbx"), "Kaydara").expect("a file");
    std::fs::create_dir_all(root.join("subjects/empty")).expect("a folder");
    png(root, "materials/lonely_normal.png", [128, 128, 255], (4, 4));
    std::fs::write(root.join("materials/zero.png"), "").expect("a file");
    std::fs::create_dir_all(root.join("skies")).expect("a folder");
    std::fs::write(root.join("skies/text.hdr"), "not a picture").expect("a file");
    let faults: Vec<String> = Pack::open(root).expect_err("faults").iter().map(ToString::to_string).collect();
    for (file, part) in [
        ("loose.glb", "subjects/<class>/loose"),
        ("twice.gltf", "rename"),
        ("zero.glb", "empty"),
        ("fake.glb", "does not begin"),
        ("cut.glb", "cut off"),
        ("old.fbx", "Blender"),
        ("subjects/empty", "put one in"),
        ("lonely_normal.png", "lonely_albedo"),
        ("zero.png", "empty"),
        ("text.hdr", "cannot be decoded"),
    ] {
        assert!(faults.iter().any(|fault| fault.contains(file) && fault.contains(part)), "{file}: {faults:#?}");
    }
    assert_eq!(faults.len(), 10, "{faults:#?}");
}

#[cfg(unix)]
#[test]
fn names_that_would_leave_a_dataset_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    model(folder.path(), "subjects/e\\vil/a.glb");
    model(folder.path(), "subjects/mug/line\nbreak.glb");
    let faults: Vec<String> = Pack::open(folder.path()).expect_err("faults").iter().map(ToString::to_string).collect();
    assert!(
        faults.len() >= 2 && faults.iter().filter(|fault| fault.contains("cannot be used")).count() == 2,
        "{faults:#?}"
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_told_and_names_of_any_script_will_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    // An accent of its own, as some systems write it.
    for name in ["Käfer", "cafe\u{301}", "猫", "кот"] {
        model(root, &format!("subjects/mug/{name}.glb"));
    }
    assert_eq!(Pack::open(root).expect("a good pack").subjects("mug").count(), 4);
    std::fs::create_dir(root.join("subjects/mug/folder.glb")).expect("a folder");
    let _socket = std::os::unix::net::UnixListener::bind(root.join("subjects/mug/socket.glb")).expect("a socket");
    let faults: Vec<String> = Pack::open(root).expect_err("faults").iter().map(ToString::to_string).collect();
    assert!(faults.len() == 2 && faults.iter().all(|fault| fault.contains("this is no file")), "{faults:#?}");
}

#[test]
fn folders_without_a_pack() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let message = Pack::open(folder.path()).expect_err("empty")[0].to_string();
    assert!(message.contains("subjects/<class>/NAME.glb"), "{message}");
    let message = Pack::open(&folder.path().join("nowhere")).expect_err("missing")[0].to_string();
    assert!(message.contains("nowhere") && message.contains("cannot be read"), "{message}");
}

#[test]
fn a_sky_must_show_the_whole_sphere() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    png(folder.path(), "skies/square.png", [90, 120, 200], (32, 32));
    let pack = Pack::open(folder.path()).expect("a pack");
    let message = pack.load_sky("square").expect_err("square").to_string();
    assert!(message.contains("square.png") && message.contains("2:1"), "{message}");
}
