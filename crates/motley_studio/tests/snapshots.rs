//! What the window looks like, against pictures that were looked at: `tests/snapshots/`. After a change that is meant to be seen,
//! `UPDATE_SNAPSHOTS=1 cargo test --release --workspace --test snapshots` writes them anew. Without a graphics driver there is
//! nothing to draw with, and each test says that it skips.
#![cfg(unix)]

mod common;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use bevy_egui::egui::{Key, ThemePreference};
use common::{TEXT, studio, studio_with};
use egui_kittest::{Harness, SnapshotOptions, kittest::Queryable};
use motley_studio::{panes::Pane, studio::Studio};

/// Drivers round differently: so many pixels may differ clearly.
const TOLERATED: usize = 400;

/// A window of 1100 × 700 points with a renderer, or `None` where there is nothing to draw with.
fn window(studio: Studio, scale: f32) -> Option<Harness<'static, Studio>> {
    if let Err(reason) = motley_capture::check_driver() {
        eprintln!("skipped: {reason}");
        return None;
    }
    let options = SnapshotOptions::new().failed_pixel_count_threshold(TOLERATED);
    let builder =
        Harness::builder().with_size([1100.0, 700.0]).with_pixels_per_point(scale).with_options(options).wgpu();
    let mut now = 0.0;
    let ui = move |ui: &mut bevy_egui::egui::Ui, studio: &mut Studio| {
        now += 0.1;
        studio.update(now);
        studio.ui(ui, now);
    };
    Some(builder.build_ui_state(ui, studio))
}

/// Steps until something is there, at most for so long.
fn wait(harness: &mut Harness<'static, Studio>, there: impl Fn(&Harness<'static, Studio>) -> bool) {
    let start = Instant::now();
    while !there(harness) {
        assert!(start.elapsed() < Duration::from_secs(30), "it never comes");
        thread::sleep(Duration::from_millis(20));
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

/// A program that prints what a training tells, and is not at its end.
fn pretended_training(folder: &Path) -> std::path::PathBuf {
    let mut script = "#!/bin/sh\n".to_owned();
    let mut say = |event: &str| script.push_str(&format!("echo '{event}'\n"));
    say(r#"{"event": "device", "name": "CPU"}"#);
    say(
        r#"{"event": "started", "backbone": "mobilenet_v2", "head": "paper", "training": 400, "validation": 100, "total": 2400, "epochs": 6}"#,
    );
    for epoch in 0..4 {
        let [loss, right] = [0.7 / f64::from(epoch + 1), 0.95 - 0.4 / f64::from(epoch + 1)];
        say(&format!(
            r#"{{"event": "epoch", "epoch": {epoch}, "loss": {loss}, "accuracy": {right}, "val_loss": {}, "val_accuracy": {}, "test_loss": {}, "test_accuracy": {}}}"#,
            loss + 0.1,
            right - 0.05,
            loss + 0.2,
            right - 0.1
        ));
    }
    say(
        r#"{"event": "step", "epoch": 4, "step": 3, "loss": 0.13, "accuracy": 0.9, "seen": 96, "images_per_second": 61.5}"#,
    );
    script.push_str("exec sleep 60\n");
    let program = folder.join("motley");
    fs::write(&program, script).expect("it can be written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it can be made a program");
    program
}

/// A run with three mistakes, two of them on pictures.
fn pretended_run(folder: &Path) {
    let run = folder.join("out/run");
    fs::create_dir_all(&run).expect("a folder");
    let picture = |name: &str, colour: [u8; 3]| {
        let path = run.join(name);
        image::RgbImage::from_fn(64, 64, |x, y| image::Rgb(colour.map(|c| c.saturating_add((x + y) as u8))))
            .save(&path)
            .expect("a picture");
        path.display().to_string()
    };
    let evaluation = serde_json::json!({
        "test": "validation", "n": 200, "accuracy": 0.915, "ci95": [0.868, 0.946], "auc": 0.967,
        "confusion": { "classes": ["cat", "dog"], "counts": [[88, 12], [5, 95]] },
        "groupings": [
            { "fact": "sky.name", "groups": [
                { "label": "garden_1", "n": 60, "accuracy": 0.95 }, { "label": "night", "n": 40, "accuracy": 0.7 },
                { "label": "overcast", "n": 100, "accuracy": 0.98 },
            ] },
            { "fact": "pose.clip", "groups": [
                { "label": "sit", "n": 120, "accuracy": 0.93 }, { "label": "sleep", "n": 80, "accuracy": 0.89 },
            ] },
        ],
        "mistakes": [
            { "name": picture("cat-17.png", [120, 60, 20]), "truth": "cat", "predicted": "dog", "confidence": 0.97 },
            { "name": picture("dog-3.png", [20, 60, 120]), "truth": "dog", "predicted": "cat", "confidence": 0.81 },
            { "name": "frame 12", "truth": "cat", "predicted": "dog", "confidence": 0.77 },
        ],
    });
    fs::write(run.join("evaluation.json"), evaluation.to_string()).expect("it can be written");
}

#[test]
fn the_whole_window_dark() {
    let (_folder, _path, studio) = studio();
    let Some(mut harness) = window(studio, 1.0) else { return };
    harness.run_steps(3);
    harness.snapshot("window");
}

#[test]
fn the_whole_window_light_and_twice_as_fine() {
    let (_folder, _path, mut studio) = studio();
    studio.config.theme = ThemePreference::Light;
    studio.views.parameters.search = "white surface".to_owned();
    let Some(mut harness) = window(studio, 2.0) else { return };
    harness.run_steps(6);
    harness.snapshot("window-light-2x");
}

#[test]
fn shortcuts() {
    let (_folder, _path, studio) = studio();
    let Some(mut harness) = window(studio, 1.0) else { return };
    harness.run_steps(2);
    harness.key_press(Key::Questionmark);
    harness.run_steps(3);
    harness.snapshot("shortcuts");
}

#[test]
fn a_file_with_a_fault() {
    let (_folder, path, studio) = studio();
    let Some(mut harness) = window(studio, 1.0) else { return };
    harness.run_steps(2);
    fs::write(&path, TEXT.replace("64", "8")).expect("it can be written");
    for _ in 0..20 {
        harness.run_steps(1);
    }
    assert!(harness.query_by_label_contains("5:20: output.size").is_some());
    harness.snapshot("fault");
}

#[test]
fn a_training_under_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_folder, _path, mut studio) = studio_with(&pretended_training(folder.path()));
    studio.config.show(Pane::Train);
    studio.views.train.form.head = "paper".to_owned();
    studio.views.train.paper = true;
    let Some(mut harness) = window(studio, 1.0) else { return };
    harness.run_steps(2);
    harness.get_by_label("Train").click();
    wait(&mut harness, |harness| harness.query_by_label_contains("61.5 pictures/s").is_some());
    harness.snapshot("training");
}

#[test]
fn results_of_a_run() {
    let (folder, _path, mut studio) = studio();
    pretended_run(folder.path());
    studio.config.show(Pane::Results);
    let Some(mut harness) = window(studio, 1.0) else { return };
    harness.run_steps(2);
    harness.get_by_label("Open run").click();
    wait(&mut harness, |harness| harness.query_by_label("Mistakes (3)").is_some());
    // Pictures are read by a thread of their own.
    for _ in 0..20 {
        thread::sleep(Duration::from_millis(20));
        harness.run_steps(1);
    }
    harness.snapshot("results");
}
