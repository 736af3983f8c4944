//! A studio without a window.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

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
    studio_with(Path::new("motley"))
}

/// The same, with another program for its commands.
pub fn studio_with(program: &Path) -> (tempfile::TempDir, PathBuf, Studio) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().canonicalize().expect("it is there").join("small.scene.ron");
    fs::write(&path, TEXT).expect("it can be written");
    let document = Document::open(&path).expect("it is a scene");
    let launcher = Launcher { program: program.to_owned(), folder: folder.path().to_owned(), wake: Arc::new(|| {}) };
    let studio = Studio::new(document, Preview::new(None), launcher, Config::default());
    (folder, path, studio)
}
