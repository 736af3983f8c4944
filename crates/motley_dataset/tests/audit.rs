//! An audit finds each planted fault, and no other.

mod common;

use std::{fs, path::Path};

use common::{EVERY_FORMAT, capture, spec};
use motley_dataset::{
    AuditReport, Dataset, DatasetError, Format, FrameSink, ImageSpec,
    audit::{AuditOptions, FaultKind, audit, audit_with},
    encode::encode,
};
use tempfile::TempDir;

fn dataset(count: u64) -> TempDir {
    let home = TempDir::new().unwrap();
    capture(&spec(home.path(), count, EVERY_FORMAT[5]));
    home
}

fn kinds(report: &AuditReport) -> Vec<(Option<u64>, FaultKind)> {
    report.faults().iter().map(|fault| (fault.index, fault.kind)).collect()
}

#[test]
fn sound() {
    for formats in EVERY_FORMAT {
        let home = TempDir::new().unwrap();
        capture(&spec(home.path(), 40, formats));
        let report = audit(home.path()).unwrap();
        assert!(report.ok(), "{:?}", report.faults());
        assert_eq!((report.expected, report.frames, report.decoded, report.finished), (40, 40, 40, true));
        assert_eq!(report.balance.unwrap().p, 1.0);
        assert_eq!(report.near_duplicates, Vec::<Vec<u64>>::new());
    }
}

/// A picture file of one colour.
fn flat(path: &Path, value: u8) {
    let rgb = vec![value; (common::WIDTH * common::HEIGHT * 3) as usize];
    fs::write(path, encode(&rgb, common::WIDTH, common::HEIGHT, ImageSpec::default()).unwrap()).unwrap();
}

#[test]
fn faults_of_files() {
    let home = dataset(20);
    let file = |name: &str| home.path().join(name);
    fs::remove_file(file("road bike/000003.jpg")).unwrap();
    fs::write(file("cat/000004.jpg"), &fs::read(file("cat/000004.jpg")).unwrap()[..200]).unwrap();
    flat(&file("road bike/000005.jpg"), 0);
    flat(&file("cat/000006.jpg"), 90);
    fs::copy(file("road bike/000009.jpg"), file("cat/000010.jpg")).unwrap();
    fs::write(file("cat/000012.jpg"), encode(&[70; 64 * 64 * 3], 64, 64, ImageSpec::default()).unwrap()).unwrap();
    fs::write(file("road bike/000013.depth.npy"), b"not numpy").unwrap();
    fs::remove_file(file("cat/000014.normal.npy")).unwrap();
    fs::copy(file("cat/000016.instance.npy"), file("road bike/000015.instance.npy")).unwrap();
    fs::write(file("road bike/000017.txt"), "0 0.5 0.5 1 1\n").unwrap();
    fs::write(file("cat/holiday.jpg"), b"").unwrap();
    fs::create_dir(file("notes")).unwrap();
    let report = audit(home.path()).unwrap();
    let expected = [
        (None, FaultKind::Extra),
        (None, FaultKind::Extra),
        (Some(3), FaultKind::Missing),
        (Some(4), FaultKind::Corrupt),
        (Some(5), FaultKind::Black),
        (Some(6), FaultKind::Constant),
        (Some(10), FaultKind::Duplicate),
        (Some(12), FaultKind::WrongSize),
        (Some(12), FaultKind::Constant),
        (Some(13), FaultKind::Corrupt),
        (Some(14), FaultKind::Missing),
        (Some(15), FaultKind::Label),
        (Some(17), FaultKind::Label),
    ];
    assert_eq!(kinds(&report), expected, "{:#?}", report.faults());
    assert_eq!(report.decoded, 18);
}

#[test]
fn faults_of_labels() {
    let home = dataset(20);
    let path = home.path().join("metadata.jsonl");
    let mut lines: Vec<serde_json::Value> =
        fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    lines[0]["box_visible"] = json("[40, 10, 20, 10]");
    lines[1]["visible_fraction"] = json("1.5");
    lines[2]["truncation"] = json("-0.1");
    lines[3]["mask"]["counts"] = json("\"zz\"");
    lines[4]["mask"] = json("null");
    lines[5]["box_full"] = json("[0, 0, 4, 4]");
    lines[6]["class_id"] = json("0");
    lines[7]["file_name"] = json("\"cat/../../x.jpg\"");
    lines[8]["box_full"] = json("\"large\"");
    lines.remove(9);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(&path, text).unwrap();
    let report = audit(home.path()).unwrap();
    let found: Vec<_> = kinds(&report).into_iter().filter_map(|(index, kind)| Some((index?, kind))).collect();
    for index in 3..=10 {
        assert!(found.contains(&(index, FaultKind::Label)), "frame {index}: {:#?}", report.faults());
    }
    assert!(found.contains(&(11, FaultKind::Corrupt)) && found.contains(&(12, FaultKind::Missing)));
    assert!(found.iter().all(|(index, _)| (3..=12).contains(index)), "{found:?}");
}

#[test]
fn balance() {
    let home = TempDir::new().unwrap();
    let mut spec = spec(home.path(), 100, &[]);
    spec.manifest.labels.clear();
    let dataset = Dataset::open(&spec).unwrap();
    let mut sink = FrameSink::open(&spec, 0).unwrap();
    for index in common::missing(&dataset) {
        let mut frame = common::frame(index);
        let class_id = u32::from(index % 10 == 0);
        (frame.labels.class_id, frame.labels.class) = (class_id, spec.manifest.classes[class_id as usize].clone());
        sink.write(&frame).unwrap();
    }
    drop(sink);
    dataset.finish().unwrap();
    assert_eq!(kinds(&audit(home.path()).unwrap()), [(None, FaultKind::Balance)]);
    let options = AuditOptions { class_weights: vec![9.0, 1.0] };
    let report = audit_with(home.path(), &options).unwrap();
    assert!(report.ok());
    assert_eq!(report.classes[0].expected, 90.0);
}

#[test]
fn near_duplicates_are_named() {
    let home = TempDir::new().unwrap();
    capture(&spec(home.path(), 30, &[Format::Folder]));
    let picture = image::open(home.path().join("cat/000010.jpg")).unwrap().into_rgb8();
    let quality = ImageSpec { quality: 70, ..ImageSpec::default() };
    let again = encode(picture.as_raw(), common::WIDTH, common::HEIGHT, quality).unwrap();
    fs::write(home.path().join("road bike/000021.jpg"), again).unwrap();
    let report = audit(home.path()).unwrap();
    assert!(report.ok());
    assert_eq!(report.near_duplicates, [[10, 21]]);
}

#[test]
fn part_of_a_capture() {
    let home = TempDir::new().unwrap();
    let spec = spec(home.path(), 6, &[]);
    let dataset = Dataset::open(&spec).unwrap();
    let mut sink = FrameSink::open(&spec, 0).unwrap();
    (3..6).for_each(|index| sink.write(&common::frame(index)).unwrap());
    let report = audit(home.path()).unwrap();
    assert_eq!((report.frames, report.finished), (3, false));
    let faults: Vec<_> = report.faults().iter().map(|fault| (fault.index, fault.kind, &*fault.detail)).collect();
    assert_eq!(faults, [(Some(6), FaultKind::Missing, "has no record, nor have the 2 frames after it")]);
    drop(dataset);
}

#[test]
fn lists_and_archives_must_say_what_the_records_say() {
    let home = TempDir::new().unwrap();
    let spec = spec(&home.path().join("whole"), 12, &[Format::Folder, Format::Coco, Format::Yolo, Format::WebDataset]);
    capture(&spec);
    assert!(audit(&spec.out).unwrap().ok());
    for (file, cut, kind) in [
        ("annotations.json", None, FaultKind::Missing),
        ("data.yaml", None, FaultKind::Missing),
        ("yolo.txt", Some(20), FaultKind::Corrupt),
        ("annotations.json", Some(300), FaultKind::Corrupt),
        ("shard-000000.tar", Some(2000), FaultKind::Missing),
    ] {
        let path = spec.out.join(file);
        let bytes = fs::read(&path).unwrap();
        match cut {
            None => fs::remove_file(&path).unwrap(),
            Some(length) => fs::write(&path, &bytes[..length]).unwrap(),
        }
        assert_eq!(kinds(&audit(&spec.out).unwrap()), [(None, kind)], "{file} cut to {cut:?}");
        let again = Dataset::open(&spec);
        assert_eq!(cut.is_none(), matches!(again, Err(DatasetError::Lost { .. })), "{file}: {again:?}");
        fs::write(&path, bytes).unwrap();
    }
}
