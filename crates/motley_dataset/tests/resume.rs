//! Whatever dies, and whenever: the same command ends in the same bytes.

mod common;

use std::{fs, io::Write, path::Path};

use common::{EVERY_FORMAT, assert_same, capture, frame, missing, spec, tree};
use motley_dataset::{Dataset, DatasetError, Format, FrameSink, Spec};
use tempfile::TempDir;

fn reference(formats: &[Format]) -> (TempDir, std::path::PathBuf) {
    let home = TempDir::new().unwrap();
    let out = home.path().join("whole");
    capture(&spec(&out, 12, formats));
    (home, out)
}

fn journal(out: &Path, worker: u32) -> std::path::PathBuf {
    out.join(format!(".motley/journal-{worker}.jsonl"))
}

/// Draws some frames and lets everything drop, as if the process had died.
fn begin(spec: &Spec, worker: u32, indices: std::ops::Range<u64>) {
    let dataset = Dataset::open(spec).unwrap();
    let mut sink = FrameSink::open(spec, worker).unwrap();
    indices.for_each(|index| sink.write(&frame(index)).unwrap());
    drop(dataset);
}

#[test]
fn layout_of_a_finished_dataset() {
    let (_home, out) = reference(EVERY_FORMAT[5]);
    let files: Vec<_> = tree(&out).into_keys().map(|path| path.to_str().unwrap().to_owned()).collect();
    let beside = |name: &str| {
        ["depth.npy", "instance.npy", "jpg", "normal.npy", "semantic.npy", "txt"].map(|e| format!("{name}.{e}"))
    };
    assert_eq!(files[1..7], beside("cat/000004"));
    assert!(files.contains(&"road bike/000003.jpg".to_owned()));
    for name in
        ["annotations.json", "data.yaml", "metadata.jsonl", "motley.json", "scene.ron", "shard-000000.tar", "yolo.txt"]
    {
        assert!(files.iter().any(|file| file == name), "{name} is missing");
    }
    assert_eq!(files.len(), 12 * 6 + 7);
    let folders = fs::read_dir(&out).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(folders, 2, "the class folders and nothing else");
    let metadata = fs::read_to_string(out.join("metadata.jsonl")).unwrap();
    assert!(metadata.starts_with(r#"{"file_name":"road bike/000003.jpg","index":3,"class":"road bike","#));
    assert_eq!(fs::read_to_string(out.join("scene.ron")).unwrap(), "Scene(/* of the test */)");

    let (_home, out) = reference(&[Format::WebDataset]);
    let files: Vec<_> = tree(&out).into_keys().collect();
    assert_eq!(files.len(), 4, "no loose pictures: {files:?}");
}

#[test]
fn torn_journal_and_half_frames() {
    for formats in EVERY_FORMAT {
        let (_home, whole) = reference(formats);
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        let spec = spec(&out, 12, formats);
        begin(&spec, 0, 3..8);
        let path = journal(&out, 0);
        let text = fs::read(&path).unwrap();
        let lines: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').collect();
        // Died while it appended the line of frame 7: its files are there, its line is torn.
        fs::write(&path, &text[..text.len() - lines[4].len() / 2]).unwrap();
        let dataset = Dataset::open(&spec).unwrap();
        assert_eq!(missing(&dataset), (7..15).collect::<Vec<_>>());
        drop(dataset);
        // Died between the files of frame 7 and its line.
        fs::write(&path, &text[..text.len() - lines[4].len()]).unwrap();
        begin(&spec, 0, 8..9);
        // A picture was lost, another was cut short, a temporary file stayed behind.
        let stage = if formats == [Format::WebDataset] { out.join(".motley/stage") } else { out.clone() };
        fs::remove_file(stage.join("road bike/000003.jpg")).unwrap();
        fs::write(stage.join("cat/000004.depth.npy"), b"short").unwrap();
        fs::write(out.join(".motley/temp-0"), b"half").unwrap();
        let dataset = Dataset::open(&spec).unwrap();
        assert_eq!(dataset.missing().unwrap(), [3..5, 7..8, 9..15]);
        drop(dataset);
        // Another worker takes over, and draws one frame that is there already.
        begin(&spec, 5, 3..7);
        capture(&spec);
        assert_same(&whole, &out);
    }
}

#[test]
fn torn_line_is_cut_before_the_next() {
    let home = TempDir::new().unwrap();
    let spec = spec(home.path(), 3, &[]);
    begin(&spec, 0, 3..4);
    let path = journal(home.path(), 0);
    // Longer than one block of the search for the last line end.
    fs::File::options().append(true).open(&path).unwrap().write_all(&vec![b'x'; 200_000]).unwrap();
    begin(&spec, 0, 4..5);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(text.lines().all(|line| line.starts_with("{\"index\":")));
    assert_eq!(missing(&Dataset::open(&spec).unwrap()), [5]);
}

#[test]
fn killed_while_finishing() {
    for formats in EVERY_FORMAT {
        let (_home, whole) = reference(formats);
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        let spec = spec(&out, 12, formats);
        begin(&spec, 0, 3..15);
        // Some lists were written, the manifest among them.
        for name in ["metadata.jsonl", "annotations.json", "shard-000000.tar", "motley.json"]
            .iter()
            .filter(|name| whole.join(name).is_file())
        {
            fs::write(out.join(name), b"left from a run that was killed").unwrap();
        }
        capture(&spec);
        assert_same(&whole, &out);
        // All was written, but the working folder not yet removed.
        fs::create_dir_all(out.join(".motley.done/stage")).unwrap();
        fs::write(out.join(".motley.done/journal-0.jsonl"), b"").unwrap();
        let dataset = Dataset::open(&spec).unwrap();
        assert!(dataset.is_finished() && dataset.missing().unwrap().is_empty());
        assert_eq!(dataset.finish().unwrap().frames, 12);
        assert_same(&whole, &out);
    }
}

#[test]
fn killed_before_the_first_frame() {
    let home = TempDir::new().unwrap();
    let out = home.path().join("a/b/out");
    fs::create_dir_all(out.join(".motley")).unwrap();
    fs::write(out.join(".motley/temp"), b"half a manifest").unwrap();
    capture(&spec(&out, 2, &[]));
    assert!(out.join("motley.json").is_file());
}

#[test]
fn two_sinks_at_once() {
    let (_home, whole) = reference(EVERY_FORMAT[5]);
    let home = TempDir::new().unwrap();
    let spec = spec(home.path(), 12, EVERY_FORMAT[5]);
    let dataset = Dataset::open(&spec).unwrap();
    std::thread::scope(|scope| {
        // They overlap: frames 7 to 10 are drawn by both.
        for (worker, indices) in [(0, 3..11), (1, 7..15)] {
            let spec = &spec;
            scope.spawn(move || {
                let mut sink = FrameSink::open(spec, worker).unwrap();
                indices.for_each(|index| sink.write(&frame(index)).unwrap());
            });
        }
    });
    assert!(dataset.missing().unwrap().is_empty());
    let summary = dataset.finish().unwrap();
    assert_eq!(
        (summary.frames, &summary.classes[0], &summary.classes[1]),
        (12, &("cat".into(), 6), &("road bike".into(), 6))
    );
    assert_same(&whole, home.path());
    assert_eq!(summary.bytes, tree(home.path()).values().map(|bytes| bytes.len() as u64).sum::<u64>());
}

#[test]
fn only_one_supervisor() {
    let home = TempDir::new().unwrap();
    let spec = spec(home.path(), 2, &[]);
    let first = Dataset::open(&spec).unwrap();
    assert!(matches!(Dataset::open(&spec), Err(DatasetError::Busy { .. })));
    drop(first);
    Dataset::open(&spec).unwrap();
}

#[test]
fn a_new_supervisor_waits_for_orphans() {
    let home = TempDir::new().unwrap();
    let spec = spec(home.path(), 2, &[]);
    let dataset = Dataset::open(&spec).unwrap();
    let mut orphan = FrameSink::open(&spec, 0).unwrap();
    drop(dataset);
    let orphan = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        orphan.write(&frame(3)).unwrap();
    });
    let dataset = Dataset::open(&spec).unwrap();
    assert_eq!(missing(&dataset), [4], "the orphan's frame is not lost");
    orphan.join().unwrap();
}

#[test]
fn incomplete_is_not_finished() {
    let home = TempDir::new().unwrap();
    let spec = spec(home.path(), 5, &[]);
    begin(&spec, 0, 3..5);
    let error = Dataset::open(&spec).unwrap().finish().unwrap_err();
    assert!(matches!(error, DatasetError::Incomplete { missing: 3, first: 5, .. }), "{error}");
    assert!(!home.path().join("motley.json").exists());
    capture(&spec);
}

#[test]
fn a_write_that_fails_leaves_nothing_and_can_be_resumed() {
    let (_home, whole) = reference(&[]);
    let home = TempDir::new().unwrap();
    let out = home.path().join("out");
    let spec = spec(&out, 12, &[]);
    let dataset = Dataset::open(&spec).unwrap();
    let mut sink = FrameSink::open(&spec, 0).unwrap();
    sink.write(&frame(3)).unwrap();
    // A file where the class folder of the even frames should be.
    fs::write(out.join("cat"), b"").unwrap();
    let error = sink.write(&frame(4)).unwrap_err();
    assert!(matches!(error, DatasetError::Io { .. }) && error.to_string().contains("cat"), "{error}");
    assert!(!out.join(".motley/temp-0").exists());
    assert_eq!(missing(&dataset).len(), 11);
    fs::remove_file(out.join("cat")).unwrap();
    drop(sink);
    drop(dataset);
    capture(&spec);
    assert_same(&whole, &out);
}
