//! Studies and searches through the program, with frames that are really drawn.

mod common;

use std::{fs, path::Path};

use common::{PLAIN, can_draw, fail, folder, stderr, succeed};
use serde_json::Value;

const STUDY: &str = r#"(
    name: "tiny",
    arms: [
        (name: "control", scene: "scene.ron", frames: 8),
        (name: "no obstructors", like: "control", with: (obstructors: (enabled: false))),
    ],
    trainings: [(name: "means", backbone: "small_cnn", head: "means")],
    tests: [(name: "fresh", scene: "scene.ron", frames: 6)],
    figures: [(title: "Arms", arms: ["control", "no obstructors"], control: "control")],
)"#;

const FLAGS: [&str; 4] = ["--jobs", "1", "--device", "cpu"];

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("it was written")).expect("it is JSON")
}

fn study<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["study", "tiny.study.ron"], args, &FLAGS].concat()
}

#[test]
fn a_study_draws_learns_reports_and_is_joined() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    let dir = folder.path();
    fs::write(dir.join("tiny.study.ron"), STUDY).expect("a file");
    let said = stderr(&succeed(dir, &study(&["--out", "out"])));
    assert!(said.contains("2 of 2 cells are done"), "{said}");
    let results = json(&dir.join("out/results.json"));
    assert_eq!(results["numbers"][0]["pictures"], 6);
    assert_eq!(results["differences"][0]["against"], "control");
    for file in ["report.html", "markdown/report.md", "cells.csv", "numbers.csv", "differences.csv"] {
        assert!(dir.join("out").join(file).is_file(), "{file}");
    }
    for part in ["1", "2"] {
        let shard = format!("{part}/2");
        succeed(dir, &study(&["--quiet", "--out", part, "--shard", &shard]));
    }
    succeed(dir, &["merge", "1", "2", "--out", "joined"]);
    assert_eq!(json(&dir.join("joined/results.json")), results);
    let commands = json(&dir.join("joined/commands.json"));
    assert_eq!(commands.as_array().map(Vec::len), Some(3), "of both parts, and the one that joined them: {commands}");
    let page = fs::read_to_string(dir.join("joined/report.html")).expect("a report");
    assert!(page.contains("--shard 2/2") && page.contains("merge 1 2 --out joined"));

    fs::write(dir.join("tiny.study.ron"), STUDY.replace("obstructors: (", "obstructor: (")).expect("a file");
    let said = fail(dir, &study(&["--out", "out"]), 2);
    assert!(said.contains("tiny.study.ron:5:") && said.contains("did you mean `obstructors`?"), "{said}");
}

#[test]
fn a_search_writes_a_scene_and_its_evidence() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    let dir = folder.path();
    succeed(dir, &["capture", "scene.ron", "--batch", "8", "--seed", "5", "--out", "frames", "--quiet"]);
    // Frames stand for photos here: folders of pictures without a manifest.
    fs::create_dir(dir.join("photos")).expect("a folder");
    for class in ["cat", "dog"] {
        fs::rename(dir.join("frames").join(class), dir.join("photos").join(class)).expect("pictures");
    }
    let args: Vec<&str> = ["tune", "scene.ron", "--real", "photos", "--out", "tuned", "--backbone", "small_cnn"]
        .into_iter()
        .chain(["--frames", "9", "--minutes", "0.00001"])
        .chain(FLAGS)
        .collect();
    succeed(dir, &args);
    let evidence = json(&dir.join("tuned/evidence.json"));
    // No time, no search: the scene stays, and is judged on the half of the photos that is kept for it.
    assert_eq!((&evidence["changes"], evidence["photos"].as_u64()), (&serde_json::json!([]), Some(4)));
    assert_eq!(fs::read_to_string(dir.join("tuned/best.scene.ron")).expect("the scene"), PLAIN);
    assert!(dir.join("tuned/report.html").is_file());

    let with = |change: &[&'static str]| {
        let args = [
            "tune",
            "scene.ron",
            "--real",
            "photos",
            "--out",
            "other",
            "--backbone",
            "small_cnn",
            "--minutes",
            "0.00001",
        ];
        args.into_iter().chain(change.iter().copied()).chain(FLAGS).collect::<Vec<_>>()
    };
    let refused = |args: &[&str]| fail(dir, args, 2);
    fs::write(dir.join("tiny.study.ron"), STUDY).expect("a file");
    assert!(refused(&study(&["--out", "tuned"])).contains("holds a search"));
    let into = |out: &'static str, seed: &'static str| {
        let change = with(&["--seed", seed]).into_iter().map(move |word| if word == "other" { out } else { word });
        change.collect::<Vec<_>>()
    };
    assert!(refused(&into("tuned", "7")).contains("with another seed"));
    assert!(refused(&with(&["--weights", "photos"])).contains("photos holds no weights of small_cnn"));
    let nowhere = with(&[]).into_iter().map(|word| if word == "photos" { "nowhere" } else { word }).collect::<Vec<_>>();
    assert!(refused(&nowhere).contains("by --real"));
    let none = with(&[]).into_iter().map(|word| if word == "0.00001" { "0" } else { word }).collect::<Vec<_>>();
    assert!(refused(&none).contains("above 0"));
}

#[test]
fn a_folder_holds_one_study_and_a_damaged_cell_is_made_again() {
    if !can_draw() {
        return;
    }
    let folder = folder(PLAIN);
    let dir = folder.path();
    fs::write(dir.join("tiny.study.ron"), STUDY).expect("a file");
    succeed(dir, &study(&["--quiet", "--out", "out"]));
    let results = json(&dir.join("out/results.json"));
    let cell = fs::read_dir(dir.join("out/cells")).expect("cells").flatten().map(|entry| entry.path());
    let cell = cell.filter(|path| path.extension().is_some_and(|end| end == "json")).min().expect("a cell");
    fs::write(cell, "{\"x\":").expect("a file");
    let said = stderr(&succeed(dir, &study(&["--out", "out"])));
    assert!(said.contains("2 of 2 cells are done"), "{said}");
    assert_eq!(json(&dir.join("out/results.json")), results);

    // Photos that are nowhere are told before anything is touched.
    let photos =
        STUDY.replace("(name: \"fresh\", scene: \"scene.ron\", frames: 6)", "(name: \"fresh\", photos: \"photos\")");
    fs::write(dir.join("tiny.study.ron"), photos).expect("a file");
    assert!(fail(dir, &study(&["--out", "out", "--data", "nowhere"]), 2).contains("by --data"));
    assert_eq!(json(&dir.join("out/results.json")), results);

    fs::write(dir.join("tiny.study.ron"), STUDY.replace("\"tiny\"", "\"other\"")).expect("a file");
    let said = fail(dir, &study(&["--out", "out"]), 2);
    assert!(said.contains("holds the study \"tiny\""), "{said}");
    assert_eq!(json(&dir.join("out/results.json")), results);
}
