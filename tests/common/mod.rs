//! The program as a user runs it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

use serde_json::Value;
use tempfile::TempDir;

/// Everything off, no individuals to grow: frames that cost next to nothing.
pub const PLAIN: &str = r#"(
    name: "plain",
    classes: [(name: "cat"), (name: "dog")],
    output: (size: 64, count: 4, image: Png),
    subject: (individuals: 1),
    materials: (enabled: false),
    sky: (enabled: false),
)
"#;

/// The program.
pub fn motley() -> Command {
    Command::new(env!("CARGO_BIN_EXE_motley"))
}

/// Runs the program with arguments in a folder.
pub fn run(folder: &Path, args: &[&str]) -> Output {
    motley().current_dir(folder).args(args).output().expect("the program starts")
}

/// Standard error as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs the program, which must succeed.
pub fn succeed(folder: &Path, args: &[&str]) -> Output {
    let output = run(folder, args);
    assert!(output.status.success(), "motley {args:?}: {}\n{}", output.status, stderr(&output));
    output
}

/// Runs the program, which must end with `code`, and gives all that it says.
pub fn fail(folder: &Path, args: &[&str], code: i32) -> String {
    let output = run(folder, args);
    assert_eq!(output.status.code(), Some(code), "motley {args:?}\n{}", stderr(&output));
    String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output)
}

/// Can this machine draw at all? Says so when it cannot.
pub fn can_draw() -> bool {
    static WHY_NOT: LazyLock<Option<String>> = LazyLock::new(|| {
        let folder = folder(PLAIN);
        let output = run(folder.path(), &["frame", "scene.ron", "--index", "0"]);
        (!output.status.success() && stderr(&output).contains("Vulkan")).then(|| stderr(&output))
    });
    if let Some(why) = &*WHY_NOT {
        eprintln!("skipped: {why}");
    }
    WHY_NOT.is_none()
}

/// A fresh folder with `scene.ron`.
pub fn folder(scene: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("scene.ron"), scene).expect("the scene is written");
    folder
}

/// Every file below a folder with its bytes, by relative path. Which adapter drew it stands in the manifest and is the same.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(root: &Path, at: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                found.insert(path.strip_prefix(root).expect("below it").to_owned(), fs::read(&path).expect("a file"));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

/// Fails when two folders differ, and names the first files that do.
pub fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (files(a), files(b));
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    let other: Vec<_> = a.iter().filter(|(path, bytes)| b[*path] != **bytes).map(|(path, _)| path).take(5).collect();
    assert!(other.is_empty(), "different bytes in {other:?}");
}

/// The lines of `metadata.jsonl`.
pub fn records(dataset: &Path) -> Vec<Value> {
    let text = fs::read_to_string(dataset.join("metadata.jsonl")).expect("metadata.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A picture as RGB.
pub fn picture(path: &Path) -> image::RgbImage {
    image::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).to_rgb8()
}

/// Is this the path of something half-written?
pub fn is_partial(path: &Path) -> bool {
    let name = path.to_string_lossy();
    [".part", ".tmp", "temp"].iter().any(|mark| name.contains(mark))
}
