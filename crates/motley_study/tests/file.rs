//! Faults of study files: where they are and what to write instead.

use std::path::Path;

use motley_study::{
    file::{Show, StudyFile},
    study::{Places, Study},
};

const WHOLE: &str = r#"(
    arms: [
        (name: "control", scene: "cats-dogs.scene.ron", frames: 20),
        (name: "no sky", like: "control", with: (sky: (enabled: false))),
        (name: "both", like: "no sky", with: (pose: (enabled: false)), photos: "photos/train", photos_per_class: 5),
    ],
    trainings: [(name: "paper")],
    tests: [(name: "photos", photos: "photos/val")],
    figures: [(title: "Arms", arms: ["control", "no sky"], control: "control")],
)"#;

/// All faults of a text, a line each, without the lines' beginnings.
fn faults(text: &str) -> String {
    let (_, faults) = StudyFile::parse(text);
    faults.into_sorted().iter().map(|fault| format!("{fault}\n")).collect()
}

fn places() -> Places {
    Places { data: "data".into(), weights: None, features: None }
}

/// A study beside the shipped scenes.
fn open(text: &str) -> Result<Study, motley_study::Error> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes/test.study.ron");
    Study::open(text.to_owned(), &path, places())
}

#[test]
fn a_file_without_faults() {
    assert_eq!(faults(WHOLE), "");
    let (file, _) = StudyFile::parse(WHOLE);
    let file = file.unwrap();
    assert_eq!((file.figures[0].show, file.trainings[0].epochs, file.repeats), (Show::Bars, 10, 1));
    // An arm takes what it has not from the one that it is like, changes of the scene in their order.
    let (arm, changes) = file.resolved_arm(2);
    assert_eq!((arm.scene.as_str(), arm.frames, arm.photos.as_str()), ("cats-dogs.scene.ron", 20, "photos/train"));
    let changes: Vec<&str> = changes.iter().map(|with| with.0.as_str()).collect();
    assert_eq!(changes, ["()", "(sky: (enabled: false))", "(pose: (enabled: false))"]);
}

#[test]
fn every_fault_has_its_place_and_says_what_to_write() {
    for (from, to, wanted) in [
        ("sky: (enabled", "sky: (enabeld", "4:56: arms[1].with.sky.enabeld: no such field; did you mean `enabled`?"),
        ("(enabled: false)", "(brightness: 99)", "arms[1].with.sky.brightness: 99 is outside 0 to 10; write 10"),
        (
            r#"like: "control""#,
            r#"like: "contrl""#,
            r#"arms[1].like: no arm above this one is called "contrl"; did you mean "control"?"#,
        ),
        ("frames: 20", "frames: 0", "arms[0].scene: no frames are drawn; add frames: 1000"),
        (r#"(name: "paper")"#, r#"(name: "paper", head: "papre")"#, "trainings[0].head: no head is called `papre`"),
        (
            r#"(name: "paper")"#,
            r#"(name: "paper", backbone: "vgg")"#,
            "trainings[0].backbone: no backbone is called `vgg`",
        ),
        (
            r#"(name: "paper")"#,
            r#"(name: "paper", freeze: false, head: "means")"#,
            "trainings[0].head: this head is computed",
        ),
        (r#"photos: "photos/val""#, "", "tests[0]: there are no pictures; add photos"),
        (
            r#"arms: ["control", "no sky"]"#,
            r#"arms: ["control", "sky"]"#,
            r#"figures[0].arms[1]: no arm is called "sky""#,
        ),
        (
            r#"control: "control""#,
            r#"control: "both""#,
            r#"figures[0].control: no arm of this figure is called "both""#,
        ),
        (r#"title: "Arms""#, r#"title: "Arms", show: Bar"#, "figures[0].show: found `Bar`; expected Bars, Epochs"),
        (r#"title: "Arms""#, r#"title: "Arms", show: Curve"#, r#""control" has no place on the axis; add x"#),
        (r#"name: "no sky""#, r#"name: "control""#, r#"arms[1].name: "control" is there twice; rename one"#),
        (
            r#"title: "Arms""#,
            r#"title: "Arms", control_series: "photos""#,
            "figures[0].control_series: no curve is shown; add show: Curve",
        ),
        (
            r#"title: "Arms""#,
            r#"title: "Arms", show: Curve, control_series: "photos""#,
            r#"figures[0].control_series: no series of its arms is called "photos""#,
        ),
        (r#"title: "Arms""#, r#"title: "Arms", repeats: 2"#, "figures[0].repeats: the study has 1 repeats; write 1"),
        (r#"title: "Arms", "#, "", "figures[0].title: the figure has no title"),
        ("figures: [", "figurs: [", "9:5: figurs: no such field; did you mean `figures`?"),
    ] {
        let text = WHOLE.replacen(from, to, 1);
        assert_ne!(text, WHOLE, "{from}");
        assert!(faults(&text).contains(wanted), "{to}:\n{}", faults(&text));
    }
}

#[test]
fn faults_of_scenes_are_told_where_the_study_names_them() {
    let missing = open(&WHOLE.replace("cats-dogs.scene.ron", "no.scene.ron")).unwrap_err().to_string();
    assert!(missing.contains("test.study.ron:3:") && missing.contains("arms[0].scene: cannot read"), "{missing}");
    let named = open(&WHOLE.replace(
        "(enabled: false))),\n        (name: \"both\"",
        "(name: Only([\"moon\"])))),\n        (name: \"both\"",
    ))
    .unwrap_err();
    let named = named.to_string();
    assert!(named.contains("test.study.ron:4:") && named.contains("nothing is called \"moon\""), "{named}");
    let alone = open(&WHOLE.replacen("(enabled: false))", "(enabled: false), classes: [(name: \"cat\")])", 1))
        .unwrap_err()
        .to_string();
    assert!(alone.contains("arms[1]: there is nothing to be told apart but \"cat\"; add a class"), "{alone}");
}

#[test]
fn arms_of_one_scene_draw_the_same_frames() {
    let study = open(WHOLE).unwrap();
    let [control, no_sky, both] = [0, 1, 2].map(|arm| study.arms[arm].frames.clone().unwrap());
    assert_ne!(control.hash, no_sky.hash);
    assert_eq!(both.count, 20);
    assert_eq!(study.arms[2].photos.as_deref(), Some(Path::new("data/photos/train")));
    let scene = |text: &str| motley_scene::scene::Scene::parse(text).0.unwrap();
    let (mut here, there) = (scene(&control.text), scene(&no_sky.text));
    here.sky.enabled = false;
    assert_eq!(here, there, "nothing else differs");
}

#[test]
fn cells_are_what_figures_ask_for() {
    let study =
        open(&WHOLE.replace("figures: [", r#"repeats: 3, figures: [(title: "Looks", show: Looks, arms: ["both"]), "#))
            .unwrap();
    let cells = study.cells();
    let named: Vec<_> = cells.iter().map(|cell| (cell.arm, cell.repeat, cell.keeps_model)).collect();
    assert_eq!(
        named,
        [(0, 0, false), (1, 0, false), (2, 0, true), (0, 1, false), (1, 1, false), (0, 2, false), (1, 2, false)]
    );
    assert_eq!([0, 1, 2].map(|repeat| study.seed(repeat)), [0, 1, 2]);
}

#[test]
fn shipped_studies_have_no_faults() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies");
    let mut count = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let study = Study::open(text, &path, places()).unwrap_or_else(|error| panic!("{error}"));
        assert!(!study.cells().is_empty());
        count += 1;
    }
    assert!(count >= 8);
}
