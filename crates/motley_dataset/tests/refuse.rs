//! What is not written, and what the errors say.

mod common;

use std::fs;

use common::{capture, frame, missing, spec};
use motley_dataset::{Dataset, DatasetError, Format, FrameSink, Label, Spec};
use tempfile::TempDir;

type Change = fn(&mut Spec);

/// Other settings, and the word that the error must hold.
const CHANGES: [(&str, Change); 8] = [
    ("scene_hash is \"c0ffee\" there and \"dead\" here", |spec| spec.manifest.scene_hash = "dead".into()),
    ("seed is 7 there and 8 here", |spec| spec.manifest.seed = 8),
    ("size is [48,32] there", |spec| spec.manifest.size = [32, 32]),
    ("count is 2 there", |spec| spec.manifest.count = 3),
    ("labels is", |spec| spec.manifest.labels.truncate(3)),
    ("formats is", |spec| spec.manifest.formats.push(Format::Coco)),
    ("quality", |spec| spec.manifest.image.quality = 80),
    ("shard is null there and [1,2] here", |spec| spec.manifest.shard = Some([1, 2])),
];

#[test]
fn another_dataset() {
    for finished in [false, true] {
        let home = TempDir::new().unwrap();
        let original = spec(home.path(), 2, &[]);
        if finished {
            capture(&original);
        } else {
            Dataset::open(&original).unwrap();
        }
        let before = common::tree(home.path());
        for (word, change) in CHANGES {
            let mut other = original.clone();
            change(&mut other);
            let error = Dataset::open(&other).unwrap_err();
            assert!(matches!(error, DatasetError::Differs { .. }), "{error}");
            assert!(error.to_string().contains(word) && error.to_string().contains("choose another folder"), "{error}");
            assert!(FrameSink::open(&other, 0).is_err());
        }
        assert_eq!(common::tree(home.path()), before, "nothing was touched");
    }
}

#[test]
fn another_folder() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("thesis.tex"), b"precious").unwrap();
    let error = Dataset::open(&spec(home.path(), 2, &[])).unwrap_err();
    assert!(error.to_string().contains("thesis.tex"), "{error}");
    assert_eq!(common::tree(home.path()).len(), 1);

    let error = Dataset::open(&spec(&home.path().join("thesis.tex"), 2, &[])).unwrap_err();
    assert!(matches!(error, DatasetError::Io { .. }), "{error}");
    assert!(matches!(FrameSink::open(&spec(home.path(), 2, &[]), 0), Err(DatasetError::NotOpen { .. })));
}

#[test]
fn another_device() {
    let home = TempDir::new().unwrap();
    let mut begun = spec(home.path(), 2, &[]);
    // The supervisor has no device of its own; the first worker names it.
    let supervisor = Spec {
        manifest: motley_dataset::Manifest { adapter: String::new(), ..begun.manifest.clone() },
        ..begun.clone()
    };
    let dataset = Dataset::open(&supervisor).unwrap();
    FrameSink::open(&begun, 0).unwrap().write(&frame(3)).unwrap();
    begun.manifest.driver = "Mesa 26".into();
    let error = FrameSink::open(&begun, 0).unwrap_err().to_string();
    assert!(error.contains("llvmpipe (Mesa 25)") && error.contains("llvmpipe (Mesa 26)"), "{error}");
    begun.manifest.driver = "Mesa 25".into();
    FrameSink::open(&begun, 0).unwrap().write(&frame(4)).unwrap();
    dataset.finish().unwrap();
    let manifest = fs::read_to_string(home.path().join("motley.json")).unwrap();
    assert!(manifest.contains("\"adapter\": \"llvmpipe\"") && manifest.contains("\"driver\": \"Mesa 25\""));
}

#[test]
fn settings() {
    let faults: [(&str, Change); 11] = [
        ("cannot name a folder", |spec| spec.manifest.classes[1] = "../dog".into()),
        ("share a folder", |spec| spec.manifest.classes[1] = "Cat".into()),
        ("254", |spec| spec.manifest.classes.clear()),
        ("write i/n", |spec| spec.manifest.shard = Some([3, 2])),
        ("write i/n", |spec| spec.manifest.shard = Some([0, 0])),
        ("size", |spec| spec.manifest.size = [0, 4]),
        ("1 to 100", |spec| spec.manifest.image.quality = 0),
        ("64-bit", |spec| spec.manifest.start = u64::MAX),
        ("rename the class", |spec| spec.manifest.classes[0] = "images".into()),
        ("choose another folder", |spec| spec.out = spec.out.join("images/x")),
        ("add the label box", |spec| spec.manifest.labels.clear()),
    ];
    let home = TempDir::new().unwrap();
    for (word, change) in faults {
        let mut spec = spec(&home.path().join("out"), 2, &[Format::Yolo]);
        change(&mut spec);
        let error = Dataset::open(&spec).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
        assert!(!home.path().join("out").exists(), "nothing was made");
    }
}

#[test]
fn frames_that_do_not_fit() {
    let home = TempDir::new().unwrap();
    let spec = spec(home.path(), 2, &[]);
    let dataset = Dataset::open(&spec).unwrap();
    let mut sink = FrameSink::open(&spec, 0).unwrap();
    let mut refuse = |word: &str, change: fn(&mut motley_scene::frame::Frame)| {
        let mut frame = frame(3);
        change(&mut frame);
        let error = sink.write(&frame).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    };
    refuse("outside", |frame| frame.labels.index = 5);
    refuse("class", |frame| frame.labels.class = "../../etc".into());
    refuse("class", |frame| frame.labels.class_id = 9);
    refuse("pixels", |frame| frame.width = 3);
    refuse("colour", |frame| frame.rgb.truncate(9));
    refuse("depth", |frame| frame.depth.clear());
    assert_eq!(missing(&dataset), [3, 4]);
    assert!(!home.path().join("road bike").exists());
    assert_eq!(Label::ALL.len(), 7);
}
