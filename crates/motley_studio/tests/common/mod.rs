//! A studio without a window.

use std::{fs, path::PathBuf, sync::Arc};

use egui_kittest::Harness;
use motley_studio::{config::Config, document::Document, jobs::Launcher, preview::Preview, studio::Studio};

/// A small scene with a comment.
pub const TEXT: &str = r#"// Mine.
(
    name: "small",
    classes: [(name: "cat"), (name: "dog")],
    output: (size: 64, count: 8, image: Png),
    subject: (individuals: 1),
    lighting: (
        intensity: Uniform(min: 0.2, max: 1.6),  // bright enough
    ),
)
"#;

/// A folder with the scene, and a studio that shows it. It draws nothing.
pub fn studio() -> (tempfile::TempDir, PathBuf, Studio) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().canonicalize().expect("it is there").join("small.scene.ron");
    fs::write(&path, TEXT).expect("it can be written");
    let document = Document::open(&path).expect("it is a scene");
    let launcher = Launcher { program: "motley".into(), folder: folder.path().to_owned(), wake: Arc::new(|| {}) };
    let studio = Studio::new(document, Preview::new(None), launcher, Config::default());
    (folder, path, studio)
}

/// A window of 1400 × 900 points.
pub fn harness(studio: Studio) -> Harness<'static, Studio> {
    let mut now = 0.0;
    Harness::builder().with_size([1400.0, 900.0]).build_ui_state(
        move |ui, studio: &mut Studio| {
            now += 0.1;
            studio.ui(ui, now);
        },
        studio,
    )
}
