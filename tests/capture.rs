//! Pixels belong to their labels, and the same bytes come out however the work is cut.

mod common;

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use common::{PLAIN, assert_same, can_draw, fail, files, folder, motley, picture, records, succeed};

/// The ground's hue goes round by six, the sky's brightness by five: together they tell the index modulo 30.
const CODED: &str = r#"(
    name: "coded",
    classes: [(name: "cat"), (name: "dog")],
    output: (size: 64, image: Png),
    subject: (enabled: false),
    pose: (enabled: false),
    placement: (enabled: false),
    materials: (
        ground: Only(["plaster"]),
        tiling: 1.0, rotation: 0.0, tint_saturation: 1.0, tint_value: 1.0,
        tint_hue: Sequence([0.0, 60.0, 120.0, 180.0, 240.0, 300.0]),
    ),
    sky: (name: Only(["overcast"]), yaw: 0.0, brightness: Sequence([0.1, 0.3, 0.5, 0.75, 1.0])),
    lighting: (enabled: false),
    camera: (
        shots: [(from: Angles(azimuth: 0.0, elevation: 5.0), distance: Radii(4.0), jitter: 0.0)],
        fov: 60.0, roll: 0.0,
    ),
    obstructors: (enabled: false),
)
"#;

/// Mean colour of a block of rows and columns.
fn mean(picture: &image::RgbImage, columns: std::ops::Range<u32>, rows: std::ops::Range<u32>) -> [f64; 3] {
    let count = f64::from(columns.end - columns.start) * f64::from(rows.end - rows.start);
    let mut sum = [0.0; 3];
    for y in rows {
        for x in columns.clone() {
            for (sum, value) in sum.iter_mut().zip(picture.get_pixel(x, y).0) {
                *sum += f64::from(value) / count;
            }
        }
    }
    sum
}

#[test]
fn three_hundred_frames_show_the_index_of_their_label() {
    if !can_draw() {
        return;
    }
    let folder = folder(CODED);
    succeed(folder.path(), &["capture", "scene.ron", "--batch", "300", "--jobs", "2", "--out", "out", "--quiet"]);
    let records = records(&folder.path().join("out"));
    assert_eq!(records.len(), 300);
    let mut skies = vec![Vec::new(); 5];
    for (i, record) in records.iter().enumerate() {
        assert_eq!(record["index"], i);
        let picture = picture(&folder.path().join("out").join(record["file_name"].as_str().expect("a path")));
        let ground = mean(&picture, 0..64, 56..64);
        // A hue of full saturation leaves the channels dark that it does not have.
        let middle =
            (ground.iter().fold(0.0, |a: f64, b| a.max(*b)) + ground.iter().fold(255.0, |a: f64, b| a.min(*b))) / 2.0;
        let channels = ground.map(|value| value > middle);
        let hue = match channels {
            [true, false, false] => 0,
            [true, true, false] => 1,
            [false, true, false] => 2,
            [false, true, true] => 3,
            [false, false, true] => 4,
            _ => 5,
        };
        assert_eq!(hue, i % 6, "frame {i}: ground {ground:?}");
        skies[i % 5].push(mean(&picture, 0..64, 0..4).iter().sum::<f64>());
    }
    // Brighter skies, by the labels, are brighter in every single picture.
    for pair in skies.windows(2) {
        let brightest = pair[0].iter().fold(0.0, |a: f64, b| a.max(*b));
        let darkest = pair[1].iter().fold(f64::INFINITY, |a: f64, b| a.min(*b));
        assert!(brightest < darkest, "skies overlap: {brightest} and {darkest}");
    }
}

const LABELS: &str = "--labels=box,mask,keypoints,depth,normal,instance,semantic";
const FORMATS: &str = "--format=folder,coco,yolo,webdataset";

fn capture(folder: &Path, out: &str, more: &[&str]) {
    let mut args = vec!["capture", "--size", "48", LABELS, FORMATS, "--out", out, "--quiet"];
    if !more.contains(&"--batch") {
        args.extend(["--batch", "24"]);
    }
    args.extend(more);
    succeed(folder, &args);
}

#[test]
fn the_same_bytes_however_the_work_is_cut() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    let at = |name: &str| folder.path().join(name);
    capture(folder.path(), "one", &["--jobs", "1"]);
    capture(folder.path(), "again", &["--jobs", "1"]);
    assert_same(&at("one"), &at("again"));
    capture(folder.path(), "two", &["--jobs", "2"]);
    assert_same(&at("one"), &at("two"));
    for shard in ["1/4", "2/4", "3/4", "4/4"] {
        capture(folder.path(), &format!("part-{}", &shard[..1]), &["--jobs", "1", "--shard", shard]);
    }
    succeed(folder.path(), &["merge", "part-1", "part-2", "part-3", "part-4", "--out", "merged"]);
    assert_same(&at("one"), &at("merged"));
    succeed(folder.path(), &["audit", "one"]);

    capture(folder.path(), "other", &["--jobs", "2", "--seed", "1"]);
    let (one, other) = (files(&at("one")), files(&at("other")));
    let pictures = one.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "jpg"));
    assert!(pictures.clone().count() == 24);
    assert!(pictures.clone().all(|(path, bytes)| other.get(path) != Some(bytes)), "another seed, the same picture");

    // The same frame, drawn first in a fresh process and last in a long one.
    for record in
        records(&at("one")).iter().filter(|record| [0, 7, 23].contains(&record["index"].as_u64().expect("a number")))
    {
        let index = record["index"].to_string();
        succeed(folder.path(), &["frame", "one", "--index", &index, "--out", "alone.jpg"]);
        let drawn = std::fs::read(at("alone.jpg")).expect("the frame");
        let there = std::fs::read(at("one").join(record["file_name"].as_str().expect("a path"))).expect("the picture");
        assert!(drawn == there, "frame {index} redrawn differs");
    }
}

/// Kills a process by its number.
fn kill(id: u32) {
    // It may have ended already.
    let _ = std::process::Command::new("kill").args(["-9", &id.to_string()]).status();
}

/// Process ids of the children of a process; each of its threads has its own.
fn children(id: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let texts: Vec<_> =
        threads.map(|thread| std::fs::read_to_string(thread.path().join("children")).unwrap_or_default()).collect();
    texts.iter().flat_map(|text| text.split_whitespace()).filter_map(|word| word.parse().ok()).collect()
}

/// Pictures below a folder that is being written; what vanishes meanwhile does not count.
fn pictures_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.path() {
            path if path.is_dir() => pictures_below(&path),
            path => usize::from(path.extension().is_some_and(|extension| extension == "jpg")),
        })
        .sum()
}

#[test]
#[cfg(target_os = "linux")]
fn killed_five_times_and_resumed_is_as_if_never_killed() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    let args = ["capture", "--size", "48", FORMATS, "--batch", "60", "--jobs", "2", "--quiet"];
    succeed(folder.path(), &[&args[..], &["--out", "whole"]].concat());
    let broken = [&args[..], &["--out", "broken"]].concat();
    let pictures = || pictures_below(&folder.path().join("broken"));
    // Before the first picture, and then ever later.
    for (turn, enough) in [0, 7, 19, 33, 46].into_iter().enumerate() {
        let mut child = motley()
            .current_dir(folder.path())
            .args(&broken)
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let start = Instant::now();
        while pictures() < enough || children(child.id()).is_empty() {
            assert!(start.elapsed() < Duration::from_secs(100), "no {enough} pictures");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(
            child.try_wait().expect("a state").is_none(),
            "finished before it could be killed at {enough} pictures"
        );
        let workers = children(child.id());
        match turn % 3 {
            // The supervisor, whose workers end with it; all at once; a worker, which is replaced, then the supervisor.
            0 => kill(child.id()),
            1 => [child.id()].iter().chain(&workers).for_each(|id| kill(*id)),
            _ => {
                workers.first().iter().for_each(|id| kill(**id));
                // Until it has been replaced.
                while children(child.id()).iter().all(|id| workers.contains(id)) {
                    assert!(start.elapsed() < Duration::from_secs(100), "a dead worker is not replaced");
                    std::thread::sleep(Duration::from_millis(5));
                }
                kill(child.id());
            }
        }
        child.wait().expect("it ends");
    }
    let start = Instant::now();
    succeed(folder.path(), &broken);
    assert!(start.elapsed() < Duration::from_secs(120));
    assert_same(&folder.path().join("whole"), &folder.path().join("broken"));
    assert!(!files(&folder.path().join("broken")).keys().any(|path| common::is_partial(path)));
}

#[test]
fn another_datasets_folder_is_refused() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    let args = ["capture", "scene.ron", "--quiet", "--jobs", "1", "--out", "out"];
    succeed(folder.path(), &args);
    let before = files(&folder.path().join("out"));
    for more in [["--seed", "5"], ["--size", "32"], ["--batch", "9"], ["--start", "2"]] {
        let said = fail(folder.path(), &[&args[..], &more].concat(), 2);
        assert!(said.contains("out"), "{said}");
        assert_eq!(files(&folder.path().join("out")), before, "{more:?} changed the dataset");
    }
    // The same again has nothing to do.
    succeed(folder.path(), &args);
    assert_eq!(files(&folder.path().join("out")), before);
}
