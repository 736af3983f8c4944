//! Every example runs and does what it says.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Runs an example in `folder` and gives what it printed.
fn run(name: &str, folder: &Path) -> String {
    // Cargo builds examples beside the binary whenever it runs all tests.
    let mut program = PathBuf::from(env!("CARGO_BIN_EXE_motley"));
    program.set_file_name("examples");
    program.push(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is missing; `cargo test --release` builds it, `--test examples` alone does not",
        program.display()
    );
    let output = Command::new(&program).current_dir(folder).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} failed\n{out}\n{err}");
    out.into_owned()
}

#[test]
fn receive_frames() {
    let folder = tempfile::tempdir().unwrap();
    let out = run("receive_frames", folder.path());
    for index in 0..8 {
        assert!(out.contains(&format!("frame {index}: ")), "{out}");
    }
    assert_eq!((out.matches(": cat (").count(), out.matches(": dog (").count()), (4, 4), "{out}");
    assert!(out.contains("8 frames received"), "{out}");
}

#[test]
fn own_parameter() {
    let folder = tempfile::tempdir().unwrap();
    let out = run("own_parameter", folder.path());
    let frames: Vec<_> = out.lines().filter(|line| line.starts_with("frame ")).collect();
    assert_eq!(frames.len(), 6, "{out}");
    for line in frames {
        // "frame 0: filter [0.1, 0.1, 1.0], mean red 44, green 35, blue 115": the channel that passes is the brightest.
        let numbers: Vec<f32> =
            line.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(|word| word.parse().ok()).collect();
        let brightest = |of: &[f32]| (0..3).max_by(|a, b| of[*a].total_cmp(&of[*b]));
        assert_eq!(numbers.len(), 7, "{line}");
        assert_eq!(brightest(&numbers[1..4]), brightest(&numbers[4..7]), "{line}");
    }
}

#[test]
fn scene_in_rust() {
    let folder = tempfile::tempdir().unwrap();
    run("scene_in_rust", folder.path());
    let out = folder.path().join("out/scene_in_rust");
    let pictures: Vec<_> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
        .collect();
    assert_eq!(pictures.len(), 4, "{pictures:?}");
    for path in pictures {
        let picture = image::open(&path).unwrap();
        assert_eq!((picture.width(), picture.height()), (256, 256), "{}", path.display());
    }
    let check =
        Command::new(env!("CARGO_BIN_EXE_motley")).arg("check").arg(out.join("portraits.scene.ron")).status().unwrap();
    assert!(check.success());
}

#[test]
fn train_on_the_live_stream() {
    let folder = tempfile::tempdir().unwrap();
    let out = run("train_on_the_live_stream", folder.path());
    let losses: Vec<f32> = out
        .lines()
        .filter_map(|line| line.strip_prefix("epoch ")?.split("loss ").nth(1)?.split(',').next()?.parse().ok())
        .collect();
    assert_eq!(losses.len(), 5, "{out}");
    assert!(losses[4] < losses[0], "{out}");
    assert!(out.contains("of 60 fresh frames"), "{out}");
}

#[test]
fn own_backbone() {
    let folder = tempfile::tempdir().unwrap();
    let out = run("own_backbone", folder.path());
    assert!(out.contains("right on 100 % of fresh pictures"), "{out}");
}

#[test]
fn every_example_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().path().file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    assert_eq!(names, ["own_backbone", "own_parameter", "receive_frames", "scene_in_rust", "train_on_the_live_stream"]);
}
