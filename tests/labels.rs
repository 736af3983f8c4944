//! Labels agree with each other and with the pixels.

mod common;

use std::{fs, path::Path};

use common::{can_draw, folder, records, succeed};

/// The numbers of a NumPy file of `size` bytes each, and its shape as it is written.
fn npy(path: &Path, size: usize) -> (Vec<Vec<u8>>, String) {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(bytes.starts_with(b"\x93NUMPY\x01\x00"), "{}", path.display());
    let header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let text = String::from_utf8_lossy(&bytes[10..header]).into_owned();
    (bytes[header..].chunks_exact(size).map(<[u8]>::to_vec).collect(), text)
}

fn floats(path: &Path) -> Vec<f32> {
    let (numbers, header) = npy(path, 4);
    assert!(header.contains("'<f4'") && header.contains("'fortran_order': False"), "{header}");
    numbers.iter().map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn number(value: &serde_json::Value) -> f32 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number")) as f32
}

fn rectangle(value: &serde_json::Value) -> [f32; 4] {
    [0, 1, 2, 3].map(|i| number(&value[i]))
}

/// Decodes COCO's compressed run lengths into rows, independently of the program.
///
/// Numbers are written in groups of five bits from the lowest, each plus 48, with 32 for "more follows" and 16 in the last
/// group for a negative number; from the third run on they are differences to the run before the last
/// (pycocotools, `maskApi.c`).
fn decode(mask: &serde_json::Value) -> Vec<bool> {
    let (height, width) =
        (mask["size"][0].as_u64().expect("a height") as usize, mask["size"][1].as_u64().expect("a width") as usize);
    let mut runs: Vec<i64> = Vec::new();
    let (mut value, mut shift) = (0_i64, 0);
    for byte in mask["counts"].as_str().expect("a string").bytes() {
        let group = i64::from(byte) - 48;
        value |= (group & 31) << shift;
        shift += 5;
        if group & 32 == 0 {
            if group & 16 != 0 {
                value |= -1 << shift;
            }
            if runs.len() > 2 {
                value += runs[runs.len() - 2];
            }
            runs.push(value);
            (value, shift) = (0, 0);
        }
    }
    let columns: Vec<bool> = runs
        .iter()
        .enumerate()
        .flat_map(|(i, run)| std::iter::repeat_n(i % 2 == 1, usize::try_from(*run).expect("a length")))
        .collect();
    assert_eq!(columns.len(), width * height);
    (0..height * width).map(|at| columns[at % width * height + at / width]).collect()
}

#[test]
fn boxes_masks_depth_and_normals_agree() {
    if !can_draw() {
        return;
    }
    let folder = folder("(classes: [(name: \"cat\"), (name: \"dog\")], subject: (individuals: 4), output: (size: 96))");
    let labels = "--labels=box,mask,keypoints,depth,normal,instance,semantic";
    let formats = "--format=folder,coco,yolo,webdataset";
    succeed(folder.path(), &["capture", "scene.ron", "--batch", "24", labels, formats, "--out", "out", "--quiet"]);
    let out = folder.path().join("out");
    let records = records(&out);
    assert_eq!(records.len(), 24);
    for record in &records {
        let index = &record["index"];
        let stem = record["file_name"].as_str().expect("a path").trim_end_matches(".jpg").to_owned();
        let raster = |name: &str| out.join(format!("{stem}.{name}.npy"));
        let mask = decode(&record["mask"]);
        let (instance, _) = npy(&raster("instance"), 1);
        let (semantic, _) = npy(&raster("semantic"), 1);
        assert!(mask.iter().zip(&instance).all(|(m, i)| *m == (i[0] == 1)), "frame {index}: mask and instances differ");
        let class = record["class_id"].as_u64().expect("a number") as u8;
        let inside: Vec<usize> = (0..mask.len()).filter(|at| mask[*at]).collect();
        assert!(!inside.is_empty(), "frame {index}: nothing is visible");
        let others: Vec<u8> = (0..mask.len()).filter(|at| !mask[*at]).map(|at| semantic[at][0]).collect();
        let shown = semantic[inside[0]][0];
        assert!(
            inside.iter().all(|at| semantic[*at][0] == shown) && !others.contains(&shown),
            "frame {index}: class {class}"
        );

        // The visible box is tight.
        let (xs, ys) = (inside.iter().map(|at| at % 96), inside.iter().map(|at| at / 96));
        let (left, right) = (xs.clone().min().expect("a pixel"), xs.max().expect("a pixel"));
        let (top, bottom) = (ys.clone().min().expect("a pixel"), ys.max().expect("a pixel"));
        let tight = [left, top, right + 1 - left, bottom + 1 - top].map(|v| v as f32);
        let visible = rectangle(&record["box_visible"]);
        assert_eq!(visible, tight, "frame {index}");
        // It lies within the box of the whole.
        let full = rectangle(&record["box_full"]);
        let slack = 1.5;
        assert!(
            visible[0] >= full[0] - slack
                && visible[1] >= full[1] - slack
                && visible[0] + visible[2] <= full[0] + full[2] + slack
                && visible[1] + visible[3] <= full[1] + full[3] + slack,
            "frame {index}: {visible:?} is not within {full:?}"
        );
        let (fraction, truncation) = (number(&record["visible_fraction"]), number(&record["truncation"]));
        assert!(fraction > 0.0 && fraction <= 1.0 && (0.0..1.0).contains(&truncation), "frame {index}");

        // What is visible is before the camera, and every surface has a normal.
        let (depth, normal) = (floats(&raster("depth")), floats(&raster("normal")));
        assert_eq!((depth.len(), normal.len()), (96 * 96, 3 * 96 * 96));
        let intrinsics = &record["camera"]["intrinsics"];
        let (focal, center) = (number(&intrinsics[0][0]), [0, 1].map(|row| number(&intrinsics[row][2])));
        assert!(inside.iter().all(|at| depth[*at].is_finite() && depth[*at] > 0.0), "frame {index}: depth");
        assert!(depth.iter().all(|d| *d > 0.0), "frame {index}: depth that is not positive");
        for (at, n) in normal.chunks_exact(3).enumerate() {
            let length = (n[0] * n[0] + n[1] * n[1] + n[2] * n[2]).sqrt();
            let expected = if depth[at].is_finite() { 1.0 } else { 0.0 };
            assert!(
                (length - expected).abs() < 0.02,
                "frame {index}, pixel {at}: a normal of length {length} at {} m",
                depth[at]
            );
            // What is seen faces the camera: at most a right angle from the ray to it, and what a byte loses.
            let ray = [((at % 96) as f32 + 0.5 - center[0]) / focal, ((at / 96) as f32 + 0.5 - center[1]) / focal, 1.0];
            let away = n[0] * ray[0] + n[1] * ray[1] + n[2] * ray[2];
            assert!(away <= 0.02, "frame {index}, pixel {at}: a normal {n:?} that looks away from the camera");
        }
        // Keypoints that are said to be visible are in the picture.
        for point in record["keypoints"].as_array().expect("a list") {
            let (x, y) = (number(&point["x"]), number(&point["y"]));
            let within = (0.0..96.0).contains(&x) && (0.0..96.0).contains(&y);
            assert_eq!(within, point["visibility"] != 0, "frame {index}: {point}");
        }
    }
    // Exactly as many of each class.
    assert_eq!(records.iter().filter(|record| record["class"] == "cat").count(), 12);
    // The lists of the other formats tell the same.
    let coco: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("annotations.json")).expect("annotations.json")).expect("JSON");
    assert_eq!(coco["images"].as_array().map(Vec::len), Some(24));
    for (annotation, record) in coco["annotations"].as_array().expect("a list").iter().zip(&records) {
        assert_eq!(annotation["image_id"], record["index"]);
        assert_eq!(rectangle(&annotation["bbox"]), rectangle(&record["box_visible"]));
        assert_eq!(annotation["segmentation"], record["mask"]);
        assert_eq!(number(&annotation["area"]), decode(&record["mask"]).iter().filter(|m| **m).count() as f32);
    }
    for record in &records {
        let path = out.join(record["file_name"].as_str().expect("a path")).with_extension("txt");
        let text = fs::read_to_string(&path).expect("YOLO's file");
        let numbers: Vec<f32> = text.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        let [x, y, w, h] = rectangle(&record["box_visible"]).map(|v| v / 96.0);
        let expected = [number(&record["class_id"]), x + w / 2.0, y + h / 2.0, w, h];
        assert!(numbers.iter().zip(expected).take(5).all(|(a, b)| (a - b).abs() < 1e-4), "{text} is not {expected:?}");
    }
}

#[test]
fn everything_of_the_classes_is_labelled_in_a_street() {
    if !can_draw() {
        return;
    }
    let folder = folder(
        "(classes: [(name: \"bike\"), (name: \"car\")], sky: (name: Only([\"lane_*\", \"parking_place_*\"])), \
         subject: (individuals: 2), obstructors: (enabled: false), output: (size: 128))",
    );
    let flags = ["--labels=box,mask,instance,semantic", "--format=folder,coco,yolo"];
    succeed(folder.path(), &["capture", "scene.ron", "--batch", "12", flags[0], flags[1], "--out", "out", "--quiet"]);
    let out = folder.path().join("out");
    let coco: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("annotations.json")).expect("annotations.json")).expect("JSON");
    let mut seen = 0;
    for record in records(&out) {
        let index = &record["index"];
        let stem = record["file_name"].as_str().expect("a path").trim_end_matches(".jpg").to_owned();
        let raster = |name: &str| npy(&out.join(format!("{stem}.{name}.npy")), 1).0;
        let (instance, semantic) = (raster("instance"), raster("semantic"));
        let none = Vec::new();
        let others = record["others"].as_array().unwrap_or(&none);
        for other in others {
            seen += 1;
            assert_eq!(other["class"], "car", "frame {index}");
            let id = other["id"].as_u64().expect("a number") as u8;
            let mask = decode(&other["mask"]);
            assert!(mask.iter().zip(&instance).all(|(m, i)| *m == (i[0] == id)), "frame {index}: mask of {id}");
            let pixels: Vec<usize> = (0..mask.len()).filter(|at| mask[*at]).collect();
            assert!(pixels.iter().all(|at| semantic[*at][0] == 2), "frame {index}: class of {id}");
            let (xs, ys) = (pixels.iter().map(|at| at % 128), pixels.iter().map(|at| at / 128));
            let (left, right) = (xs.clone().min().expect("a pixel"), xs.max().expect("a pixel"));
            let (top, bottom) = (ys.clone().min().expect("a pixel"), ys.max().expect("a pixel"));
            let tight = [left, top, right + 1 - left, bottom + 1 - top].map(|v| v as f32);
            assert_eq!(rectangle(&other["box_visible"]), tight, "frame {index}: box of {id}");
        }
        // What is of a class is the subject or told among the others.
        let told: Vec<u64> = others.iter().filter_map(|other| other["id"].as_u64()).chain([1]).collect();
        let classed = |at: usize| matches!(semantic[at][0], 1 | 2);
        assert!(
            (0..instance.len()).all(|at| classed(at) == told.contains(&u64::from(instance[at][0]))),
            "frame {index}: semantic and instances differ"
        );
        let listed = coco["annotations"].as_array().expect("a list").iter();
        let listed: Vec<_> = listed.filter(|annotation| annotation["image_id"] == *index).collect();
        assert_eq!(listed.len(), 1 + others.len(), "frame {index}");
        let whole = listed.iter().filter(|annotation| annotation["iscrowd"] == 0).count();
        let lines = fs::read_to_string(out.join(format!("{stem}.txt"))).expect("boxes").lines().count();
        assert_eq!(lines, whole, "frame {index}");
    }
    assert!(seen >= 10, "{seen} other cars in 12 frames");
}
