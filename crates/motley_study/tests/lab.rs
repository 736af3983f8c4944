//! Whole studies of a tiny network: kept, resumed, cut into parts and joined again.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use image::{Rgb, RgbImage};
use motley_learn::device::{Device, DeviceChoice};
use motley_study::{
    Error,
    frames::Order,
    lab::{Failure, Lab, Progress},
    merge::merge,
    report,
    study::{Places, Study},
};

const STUDY: &str = r#"(
    name: "tiny",
    repeats: 2,
    arms: [
        (name: "control", scene: "SCENES/cats-dogs.scene.ron", frames: 24, x: 24, series: "frames"),
        (name: "no sky", like: "control", with: (sky: (enabled: false)), frames: 16, x: 16),
        (name: "real", photos: "photos/train", classes: ["cat", "dog"]),
        (name: "mixed", like: "control", photos: "photos/train", photos_per_class: 3),
    ],
    trainings: [
        (name: "means", backbone: "small_cnn", head: "means", augment: "none"),
        (name: "linear", backbone: "small_cnn", head: "linear", augment: "none", epochs: 2),
    ],
    tests: [(name: "photos", photos: "photos/val"), (name: "synthetic", scene: "SCENES/cats-dogs.scene.ron", frames: 8)],
    figures: [
        (title: "Bars", arms: ["control", "no sky", "real", "mixed"], trainings: ["means"], control: "control", paper: [(arm: "real", value: 0.975)]),
        (title: "Epochs", show: Epochs, arms: ["control", "real"], trainings: ["linear", "means"], control_training: "means"),
        (title: "Curve", show: Curve, arms: ["control", "no sky"], trainings: ["means"], axis: "frames"),
        (title: "Categories", show: Categories, arms: ["control"], trainings: ["means"]),
    ],
)"#;

/// One more figure, which takes longer than all the rest.
const LOOKS: &str = r#"figures: [
        (
            title: "Looks", show: Looks, arms: ["control", "real"], trainings: ["means"], tests: ["photos"], pictures: 1,
            class: "cat",
        ),"#;

/// Bright on the left is a cat, bright on the right a dog.
fn picture(class: &str, number: u64) -> RgbImage {
    RgbImage::from_fn(48, 48, |x, y| {
        // Blocks by which no two pictures are alike.
        let block = u64::from(x / 8) + 6 * u64::from(y / 8) + 36 * (number + 1);
        let mixed = block.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let noise = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 57;
        Rgb([(if (x < 24) == (class == "cat") { 120 } else { 0 } + noise) as u8; 3])
    })
}

fn folder(dir: &Path, count: u64, first: u64) {
    for class in ["cat", "dog"] {
        fs::create_dir_all(dir.join(class)).unwrap();
        for number in 0..count {
            picture(class, first + number).save(dir.join(class).join(format!("{number}.png"))).unwrap();
        }
    }
}

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        folder(&dir.path().join("photos/train"), 6, 1000);
        folder(&dir.path().join("photos/val"), 8, 2000);
        Self { dir }
    }

    fn study(&self, text: &str) -> Study {
        let scenes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes");
        let text = text.replace("SCENES", &scenes.to_string_lossy());
        let places = Places { data: self.dir.path().to_owned(), weights: None, features: None };
        Study::open(text, &self.dir.path().join("tiny.study.ron"), places).unwrap()
    }

    fn out(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

/// Carries out a study, `stop` pieces of news long; gives how many datasets were drawn, too.
fn run(study: &Study, out: &Path, shard: Option<[u32; 2]>, stop: usize) -> (Result<Vec<Failure>, Error>, usize) {
    let mut drawn = 0;
    let mut draw = |order: &Order<'_>, heard: &mut dyn FnMut(u64)| {
        if order.out.is_dir() {
            return Ok(true);
        }
        drawn += 1;
        folder(order.out, order.frames.count / 2, order.seed * 100);
        heard(order.frames.count);
        Ok(true)
    };
    let mut news = 0;
    let mut listener = |_: &Progress<'_>| {
        news += 1;
        if news > stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let device = Device::choose(DeviceChoice::Cpu).unwrap();
    let lab = Lab { study, out, device: &device, shard, draw: &mut draw, listener: &mut listener };
    let outcome = lab.run();
    (outcome, drawn)
}

fn results(out: &Path) -> String {
    report::write(out).unwrap();
    fs::read_to_string(out.join("results.json")).unwrap()
}

fn cells(out: &Path) -> usize {
    fs::read_dir(out.join("cells"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "json"))
        .count()
}

#[test]
fn a_study_is_kept_resumed_and_joined_from_parts() {
    let place = Place::new();
    let text = STUDY.replace("figures: [", LOOKS);
    let study = place.study(&text);
    let whole = place.out("whole");
    let (failures, drawn) = run(&study, &whole, None, usize::MAX);
    assert_eq!(failures.unwrap(), []);
    // Two scenes in two repeats, and a test.
    assert_eq!((drawn, cells(&whole)), (5, 12));
    let all = results(&whole);

    // Nothing is done twice, even when the frames are gone.
    fs::remove_dir_all(whole.join("frames")).unwrap();
    let (failures, drawn) = run(&study, &whole, None, usize::MAX);
    assert_eq!((failures.unwrap().len(), drawn), (0, 0));
    assert_eq!(results(&whole), all);

    // Stopped again and again, it goes on where it was.
    let parts = place.out("stopped");
    let mut stops = 0;
    while let (Err(error), _) = run(&study, &parts, None, 80) {
        assert!(matches!(error, Error::Stopped), "{error}");
        stops += 1;
        assert!(stops < 100, "it comes no further");
    }
    assert!(stops > 2, "{stops}");
    assert_eq!(results(&parts), all);

    // Parts do different cells, and are the same together.
    let shards = [1, 2, 3].map(|part| place.out(&format!("part{part}")));
    for (number, shard) in (1..).zip(&shards) {
        run(&study, shard, Some([number, 3]), usize::MAX).0.unwrap();
    }
    assert_eq!(shards.iter().map(|shard| cells(shard)).sum::<usize>(), 12);
    let joined = place.out("joined");
    merge(&shards, &joined).unwrap();
    assert_eq!(results(&joined), all);
    let page = fs::read_to_string(joined.join("report.html")).unwrap();
    for word in [
        "Bars",
        "Which class was taken for which",
        "Did a test leak into training?",
        "no difference shown",
        "97.5\u{a0}%",
        "Grad-CAM",
    ] {
        assert!(page.contains(word), "{word}");
    }
    let markdown = fs::read_to_string(joined.join("markdown/report.md")).unwrap();
    let links: Vec<&str> = markdown.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.iter().any(|link| link.ends_with(".svg")) && links.iter().any(|link| link.ends_with(".jpg")));
    assert!(links.iter().all(|link| joined.join("markdown").join(link).is_file()), "{links:?}");

    // Parts of another study do not fit.
    let other = place.study(&text.replace("epochs: 2", "epochs: 3"));
    let stranger = place.out("stranger");
    run(&other, &stranger, Some([1, 3]), usize::MAX).0.unwrap();
    let error = merge(&[shards[0].clone(), stranger], &place.out("mixed")).unwrap_err().to_string();
    assert!(error.contains("other study files"), "{error}");
    assert!(!place.out("mixed").exists(), "nothing is written before all parts are known to fit");
    // A damaged cell of a part is one that is not done.
    let cell = fs::read_dir(shards[0].join("cells")).unwrap().flatten().map(|entry| entry.path());
    let cell = cell.filter(|path| path.extension().is_some_and(|end| end == "json")).min().unwrap();
    fs::write(cell, "{").unwrap();
    let damaged = place.out("damaged");
    merge(&shards, &damaged).unwrap();
    let written = report::write(&damaged).unwrap();
    assert_eq!((written.done, written.missing.len()), (11, 1), "{:?}", written.missing);
}

#[test]
fn what_fails_is_told_and_the_rest_goes_on() {
    let place = Place::new();
    let study = place.study(
        &STUDY
            .replace("(name: \"mixed\"", "(name: \"lost\", photos: \"nowhere\"), (name: \"mixed\"")
            .replace("\"real\", \"mixed\"]", "\"real\", \"mixed\", \"lost\"]"),
    );
    let out = place.out("out");
    let failures = run(&study, &out, None, usize::MAX).0.unwrap();
    assert_eq!(failures.len(), 2, "one training in two repeats: {failures:?}");
    assert!(
        failures[0].what.starts_with("lost, ")
            && failures[0].reason.contains("name the folder that holds the photos by --data"),
        "{failures:?}"
    );
    assert_eq!(cells(&out), 12);
    results(&out);
    assert!(fs::read_to_string(out.join("report.html")).unwrap().contains("What could not be done"));
}

#[test]
fn changed_photos_are_new_inputs() {
    let place = Place::new();
    let out = place.out("out");
    let text = STUDY.replace("repeats: 2", "repeats: 1");
    run(&place.study(&text), &out, None, usize::MAX).0.unwrap();
    let before = cells(&out);
    picture("cat", 77).save(place.dir.path().join("photos/train/cat/0.png")).unwrap();
    run(&place.study(&text), &out, None, usize::MAX).0.unwrap();
    // Those arms that learn from photos are learnt anew.
    assert_eq!(cells(&out), before + 3);
}

#[test]
fn a_test_without_the_classes_fails_alone() {
    let place = Place::new();
    fs::create_dir_all(place.out("photos/horses/horse")).unwrap();
    picture("cat", 1).save(place.out("photos/horses/horse/0.png")).unwrap();
    let text = STUDY.replace(
        "tests: [(name: \"photos\"",
        "tests: [(name: \"horses\", photos: \"photos/horses\"), (name: \"gone\", photos: \"nowhere\"), (name: \"photos\"",
    );
    let study = place.study(&text);
    let out = place.out("out");
    let failures = run(&study, &out, None, usize::MAX).0.unwrap();
    // Six cells in two repeats, on two tests each; the search for leaks says nothing that they do not say.
    assert_eq!(failures.len(), 24, "{failures:?}");
    let of = |test: &str| failures.iter().filter(|one| one.what.ends_with(test)).collect::<Vec<_>>();
    assert!(of(", on horses").iter().all(|one| one.reason.contains("has no picture of cat, dog: it has horse")));
    assert!(of(", on gone").iter().all(|one| one.reason.contains("by --data")));
    assert_eq!((of(", on horses").len(), of(", on gone").len()), (12, 12));
    let all: serde_json::Value = serde_json::from_str(&results(&out)).unwrap();
    let cells = all["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 24, "twelve cells on the two tests that are there");
    // Epochs are judged by the first test that fits, and the best of them is known for that one alone.
    for cell in cells {
        assert_eq!(cell["at its best epoch"].is_null(), cell["test"] != "photos", "{cell}");
    }
    // The next time the same is told, and nothing is learnt anew.
    let (again, drawn) = run(&study, &out, None, usize::MAX);
    assert_eq!((again.unwrap(), drawn), (failures, 0));
}

#[test]
fn an_arm_that_learns_a_test_is_told() {
    let place = Place::new();
    let text = STUDY.replace(
        "(name: \"mixed\"",
        "(name: \"cheat\", photos: \"photos/val\", photos_per_class: 2), (name: \"mixed\"",
    );
    let text = text.replace("\"real\", \"mixed\"]", "\"real\", \"mixed\", \"cheat\"]");
    let out = place.out("out");
    assert_eq!(run(&place.study(&text), &out, None, usize::MAX).0.unwrap(), []);
    let written = report::write(&out).unwrap();
    let [leak] = written.leaks.as_slice() else { panic!("{:?}", written.leaks) };
    // Two of each class in each of two repeats, and only these: not the whole folder.
    assert_eq!((leak.arm.as_str(), leak.test.as_str(), leak.pictures), ("cheat", "photos", 16));
    assert!((4..=8).contains(&leak.leaked), "{leak:?}");
    assert!(
        fs::read_to_string(out.join("report.html")).unwrap().contains("are likely among those that cheat learnt from")
    );
    // Without that arm nothing of it is left.
    run(&place.study(STUDY), &out, None, usize::MAX).0.unwrap();
    assert_eq!(report::write(&out).unwrap().leaks, []);
}

#[test]
fn two_processes_do_not_work_in_one_folder() {
    let place = Place::new();
    let out = place.out("out");
    let held = motley_learn::files::hold(&out).unwrap();
    let error = run(&place.study(STUDY), &out, None, usize::MAX).0.unwrap_err().to_string();
    assert!(error.contains("another process works in"), "{error}");
    drop(held);
    assert_eq!(run(&place.study(STUDY), &out, None, usize::MAX).0.unwrap(), []);
}
