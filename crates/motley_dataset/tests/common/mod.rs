//! A little dataset, drawn without a renderer.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use motley_dataset::{Dataset, FORMAT_VERSION, Format, FrameSink, ImageSpec, Label, Manifest, Spec};
use motley_scene::{
    frame::{Frame, Instance, InstanceKind, Keypoint, Labels},
    rle,
};

pub const WIDTH: u32 = 48;
pub const HEIGHT: u32 = 32;

pub fn spec(out: &Path, count: u64, formats: &[Format]) -> Spec {
    let manifest = Manifest {
        format_version: FORMAT_VERSION,
        version: "0.1.0".into(),
        scene: "test".into(),
        scene_hash: "c0ffee".into(),
        seed: 7,
        start: 3,
        count,
        shard: None,
        size: [WIDTH, HEIGHT],
        image: ImageSpec::default(),
        formats: formats.to_vec(),
        labels: Label::ALL.to_vec(),
        classes: vec!["cat".into(), "road bike".into()],
        adapter: "llvmpipe".into(),
        driver: "Mesa 25".into(),
    };
    Spec { out: out.to_owned(), manifest, scene_source: "Scene(/* of the test */)".into() }
}

/// Frame `index`: a rectangle with an obstructor's corner over it, on a gradient.
pub fn frame(index: u64) -> Frame {
    let mut frame = Frame { width: WIDTH, height: HEIGHT, ..Frame::default() };
    let noise = |k: u64| (index.wrapping_add(k << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as u32;
    let (left, top) = (2 + noise(1) % 16, 2 + noise(2) % 8);
    let (right, bottom) = (left + 12 + noise(3) % 16, top + 10 + noise(4) % 10);
    let tint = [noise(5) % 256, noise(6) % 256, noise(7) % 256];
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let subject = (left..right).contains(&x) && (top..bottom).contains(&y);
            let obstructor = x < left + 5 && y < top + 5;
            let id = if obstructor { 2 } else { u8::from(subject) };
            let rgb = match id {
                1 => [200, noise(8) % 256, noise(9) % 256],
                2 => [noise(10) % 256, 40, 40],
                _ => [(x * 5 + tint[0]) % 256, (y * 7 + tint[1]) % 256, tint[2]],
            };
            frame.rgb.extend(rgb.map(|value| value as u8));
            frame.instance.push(id);
            frame.depth.push(if id == 0 { f32::INFINITY } else { 2.0 + x as f32 / 10.0 });
            frame.normal.extend(if id == 0 { [0.0; 3] } else { [0.0, 0.6, -0.8] });
        }
    }
    let mask = rle::encode_mask(&frame.instance, 1, WIDTH, HEIGHT);
    let visible = rle::bounds(&mask).unwrap().map(|bounds| bounds.map(|side| side as f32));
    let (full_width, full_height) = (right - left, bottom - top);
    let class_id = (index % 2) as u32;
    let class = ["cat", "road bike"][class_id as usize];
    frame.labels = Labels {
        index,
        class: class.into(),
        class_id,
        breed: "plain".into(),
        individual: noise(11) % 9,
        box_visible: visible,
        box_full: Some([left as f32, top as f32, full_width as f32, full_height as f32]),
        visible_fraction: rle::area(&mask).unwrap() as f32 / (full_width * full_height) as f32,
        tries: 1,
        keypoints: vec![
            Keypoint { name: "nose".into(), x: left as f32 + 6.5, y: top as f32 + 6.1, visibility: 2 },
            Keypoint { name: "tail".into(), x: -3.0, y: 0.0, visibility: 0 },
        ],
        mask: Some(mask),
        instances: vec![
            Instance { id: 1, kind: InstanceKind::Subject, name: class.into() },
            Instance { id: 2, kind: InstanceKind::Obstructor, name: "box".into() },
        ],
        ..Labels::default()
    };
    frame
}

/// Indices of the frames still to be drawn.
pub fn missing(dataset: &Dataset) -> Vec<u64> {
    dataset.missing().unwrap().into_iter().flatten().collect()
}

/// Draws what is missing with one sink, and finishes.
pub fn capture(spec: &Spec) {
    let dataset = Dataset::open(spec).unwrap();
    let missing = missing(&dataset);
    if !missing.is_empty() {
        let mut sink = FrameSink::open(spec, 0).unwrap();
        missing.into_iter().for_each(|index| sink.write(&frame(index)).unwrap());
    }
    dataset.finish().unwrap();
}

/// Every file of a folder with its bytes.
pub fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Compares two folders file by file.
pub fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (tree(a), tree(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (path, bytes) in &a {
        assert!(bytes == &b[path], "{} differs", path.display());
    }
}

pub const EVERY_FORMAT: [&[Format]; 6] = [
    &[],
    &[Format::Folder],
    &[Format::Coco],
    &[Format::Yolo],
    &[Format::WebDataset],
    &[Format::Folder, Format::Coco, Format::Yolo, Format::WebDataset],
];
