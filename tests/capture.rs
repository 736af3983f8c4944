//! Pixels belong to their labels, and the same bytes come out however the work is cut.

mod common;

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    io::Read,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use common::{PLAIN, assert_same, can_draw, fail, files, folder, motley, picture, records, succeed};

/// The ground's hue goes round by six, its brightness by eleven, the sky's brightness by five: together they tell an index
/// below 330.
const CODED: &str = r#"(
    name: "coded",
    // One size of subject, so that the camera, whose distance is a multiple of it, sees the same piece of ground each time.
    classes: [(name: "cat")],
    output: (size: 64, image: Png),
    subject: (enabled: false),
    pose: (enabled: false),
    placement: (enabled: false),
    materials: (
        ground: Only(["plaster"]),
        tiling: 1.0, rotation: 0.0, tint_saturation: 1.0,
        tint_value: Sequence([0.05, 0.063, 0.078, 0.098, 0.12, 0.15, 0.19, 0.24, 0.3, 0.37, 0.47]),
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
    let mut grounds: BTreeMap<(usize, usize), Vec<(usize, f64)>> = BTreeMap::new();
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
        grounds.entry((i % 6, i % 5)).or_default().push((i % 11, ground.iter().sum::<f64>()));
    }
    // Brighter skies, by the labels, are brighter in every single picture.
    for pair in skies.windows(2) {
        let brightest = pair[0].iter().fold(0.0, |a: f64, b| a.max(*b));
        let darkest = pair[1].iter().fold(f64::INFINITY, |a: f64, b| a.min(*b));
        assert!(brightest < darkest, "skies overlap: {brightest} and {darkest}");
    }
    // So are brighter grounds among those of one hue under one sky: each of the 30 groups holds ten of the eleven values.
    assert_eq!(grounds.len(), 30);
    for (group, mut grounds) in grounds {
        grounds.sort_by_key(|(value, _)| *value);
        assert!(
            grounds.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 + 1.0 < pair[1].1),
            "hue and sky {group:?}: {grounds:?}"
        );
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

    // Cars and streets have faces at the very same depth: which one is seen must not depend on the frames before.
    for (out, jobs) in [("cars-1", "1"), ("cars-3", "3")] {
        let scene = concat!(env!("CARGO_MANIFEST_DIR"), "/scenes/cats-dogs-bikes-cars-photo.scene.ron");
        let args = [
            "capture", scene, "--batch", "90", "--size", "128", "--image", "png", "--jobs", jobs, "--out", out,
            "--quiet",
        ];
        succeed(folder.path(), &args);
    }
    assert_same(&at("cars-1"), &at("cars-3"));

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

/// The entries of a tar file: name and content.
fn entries(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(std::fs::File::open(path).expect("a shard"));
    let read = |entry: std::io::Result<tar::Entry<std::fs::File>>| {
        let mut entry = entry.expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its content");
        (entry.path().expect("a path").to_string_lossy().into_owned(), bytes)
    };
    archive.entries().expect("a tar file").map(read).collect()
}

#[test]
fn shards_hold_what_lies_beside_them() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    capture(folder.path(), "out", &["--batch", "5", "--jobs", "1"]);
    let out = folder.path().join("out");
    let shard = entries(&out.join("shard-000000.tar"));
    for record in records(&out) {
        let file = record["file_name"].as_str().expect("a path");
        let key = Path::new(file).file_stem().expect("a name").to_string_lossy();
        let beside = |extension: &str| std::fs::read(out.join(file).with_extension(extension)).expect("a file");
        for extension in ["jpg", "depth.npy", "normal.npy", "instance.npy", "semantic.npy"] {
            assert!(shard[&format!("{key}.{extension}")] == beside(extension), "{key}.{extension}");
        }
        let class = record["class"].as_str().expect("a class");
        let number = ["cat", "dog"].iter().position(|name| *name == class).expect("one of the two");
        assert_eq!(shard[&format!("{key}.cls")], number.to_string().as_bytes());
        let json: serde_json::Value = serde_json::from_slice(&shard[&format!("{key}.json")]).expect("JSON");
        assert_eq!((&json["class"], &json["index"]), (&record["class"], &record["index"]));
    }
    assert_eq!(shard.keys().filter(|name| name.ends_with(".jpg")).count(), 5);
}

/// Sends a signal to a process by its number.
fn signal(signal: &str, id: u32) {
    // The shell's own `kill`: the program is not on every machine. Whom it is for may have ended already.
    let shell = std::process::Command::new("sh").args(["-c", &format!("kill {signal} {id} 2>/dev/null")]).status();
    shell.expect("a shell");
}

/// Kills a process by its number.
fn kill(id: u32) {
    signal("-9", id);
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
    // At random, ever later; the last leaves time to strike before the end.
    let random = RandomState::new().hash_one("kill");
    let points = [0, 1, 2, 3, 4].map(|turn| turn * 10 + (random >> (turn * 8)) as usize % 10);
    eprintln!("killed at {points:?} pictures");
    for (turn, enough) in points.into_iter().enumerate() {
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
#[cfg(target_os = "linux")]
fn interrupted_it_ends_in_order_and_goes_on() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    let args = ["capture", "--size", "48", "--batch", "200", "--jobs", "1"];
    succeed(folder.path(), &[&args[..], &["--out", "whole"]].concat());
    let broken = [&args[..], &["--out", "broken"]].concat();
    let mut child =
        motley().current_dir(folder.path()).args(&broken).stderr(Stdio::piped()).spawn().expect("the program starts");
    let start = Instant::now();
    while pictures_below(&folder.path().join("broken")) < 3 {
        assert!(start.elapsed() < Duration::from_secs(100), "no pictures");
        std::thread::sleep(Duration::from_millis(5));
    }
    signal("-INT", child.id());
    let ended = child.wait().expect("it ends");
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert_eq!(ended.code(), Some(130), "{said}");
    assert!(said.contains("frames left; the same command goes on"), "{said}");
    succeed(folder.path(), &broken);
    assert_same(&folder.path().join("whole"), &folder.path().join("broken"));
}

/// A file system of its own fills up, is enlarged, and is made read-only: inside user and mount namespaces, where allowed.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_and_a_read_only_folder_stop_it_with_nothing_lost() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    std::fs::create_dir(folder.path().join("disk")).expect("a folder");
    let script = r#"
        mount -t tmpfs -o size=256k motley disk 2>/dev/null || exit 77
        capture="$MOTLEY capture scene.ron --batch 120 --jobs 1 --quiet --image png"
        $capture --out whole || exit 3
        $capture --out disk/out 2>full.txt; [ $? = 2 ] || exit 4
        mount -o remount,size=64m disk || exit 5
        $capture --out disk/out || exit 6
        diff -r whole disk/out || exit 7
        mount -o remount,ro disk || exit 8
        $capture --out disk/other 2>readonly.txt; [ $? = 2 ] || exit 9
    "#;
    let output = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .env("MOTLEY", env!("CARGO_BIN_EXE_motley"))
        .current_dir(folder.path())
        .output();
    match output {
        Ok(output) if output.status.success() => {
            let said = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("what it said");
            assert!(said("full.txt").to_lowercase().contains("no space"), "{}", said("full.txt"));
            assert!(said("readonly.txt").to_lowercase().contains("read-only"), "{}", said("readonly.txt"));
        }
        Ok(output) if output.status.code() == Some(77) || output.status.code() == Some(1) => {
            eprintln!("skipped: no namespaces here: {}", common::stderr(&output));
        }
        Ok(output) => panic!("{}: {}", output.status, common::stderr(&output)),
        Err(error) => eprintln!("skipped: no unshare here: {error}"),
    }
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
