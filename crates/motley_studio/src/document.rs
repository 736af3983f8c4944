//! The scene file that is open: its text and what it says, what was undone, and what lies on disk.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use motley_scene::{
    rewrite::{Rewritten, rewrite},
    scene::Scene,
    source::Fault,
};
use thiserror::Error;

/// Edits of the same field within so many seconds are undone together: a drag is one edit, and so is a typed number.
const ONE_EDIT: f64 = 1.0;
/// States that can be undone. A scene's text has some kilobytes.
const MOST_UNDO: usize = 1000;

/// What keeps a scene file from being opened or saved.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// The file cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What it says is no scene.
    #[error("{}", list(.path, .faults))]
    Faults {
        /// The file.
        path: PathBuf,
        /// What is wrong, in the order of the text.
        faults: Vec<Fault>,
    },
    /// It was never saved, so that it has no file yet.
    #[error("the scene has no file yet: choose one with Save as…")]
    NoFile,
    /// The file on disk is another than the one that was read, and would be lost.
    #[error("the file changed on disk: decide first which of the two is kept")]
    Changed,
}

fn list(path: &Path, faults: &[Fault]) -> String {
    let lines: Vec<_> = faults.iter().map(|fault| format!("{}:{fault}", path.display())).collect();
    lines.join("\n")
}

/// A text and the scene that it says.
#[derive(Clone, Debug, PartialEq)]
struct State {
    text: String,
    scene: Scene,
}

/// What is known of the file on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp(Option<SystemTime>, u64);

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let data = fs::metadata(path).ok()?;
        Some(Self(data.modified().ok(), data.len()))
    }
}

/// The scene file that is open.
#[derive(Debug)]
pub struct Document {
    path: Option<PathBuf>,
    state: State,
    undo: Vec<State>,
    redo: Vec<State>,
    /// Fields and time of the last edit.
    last_edit: Option<(Vec<String>, f64)>,
    saved: String,
    stamp: Option<Stamp>,
    /// Text on disk that waits for a decision, because it changed while there are changes here.
    conflict: Option<String>,
    disk_faults: Vec<Fault>,
    version: u64,
}

impl Document {
    /// A scene that has no file yet.
    ///
    /// # Errors
    /// When the text is no scene.
    pub fn untitled(text: &str) -> Result<Self, DocumentError> {
        let state = read(text).map_err(|faults| DocumentError::Faults { path: "scene".into(), faults })?;
        Ok(Self {
            path: None,
            saved: state.text.clone(),
            state,
            undo: Vec::new(),
            redo: Vec::new(),
            last_edit: None,
            stamp: None,
            conflict: None,
            disk_faults: Vec::new(),
            version: 0,
        })
    }

    /// Opens a scene file.
    ///
    /// # Errors
    /// When it cannot be read, or is no scene.
    pub fn open(path: &Path) -> Result<Self, DocumentError> {
        let stamp = Stamp::of(path);
        let text = fs::read_to_string(path).map_err(|error| DocumentError::Io { path: path.to_owned(), error })?;
        let state = read(&text).map_err(|faults| DocumentError::Faults { path: path.to_owned(), faults })?;
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        Ok(Self { path: Some(path), saved: text, stamp, state, ..Self::untitled(EMPTY)? })
    }

    /// The file, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Name for titles.
    pub fn name(&self) -> String {
        let name = self.path.as_ref().and_then(|path| path.file_name());
        name.map_or_else(
            || format!("{} (no file yet)", self.state.scene.name),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    /// Folder that packs are relative to.
    pub fn base(&self) -> PathBuf {
        self.path.as_ref().and_then(|path| path.parent()).unwrap_or(Path::new(".")).to_owned()
    }

    /// The text as it would be saved.
    pub fn text(&self) -> &str {
        &self.state.text
    }

    /// What it says.
    pub fn scene(&self) -> &Scene {
        &self.state.scene
    }

    /// Changes with every change of the scene.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Does it differ from what lies on disk?
    pub fn is_changed(&self) -> bool {
        self.state.text != self.saved
    }

    /// Faults of the file on disk, when it became one that cannot be taken.
    pub fn disk_faults(&self) -> &[Fault] {
        &self.disk_faults
    }

    /// Did the file change on disk while there are changes here?
    pub fn has_conflict(&self) -> bool {
        self.conflict.is_some()
    }

    /// Makes the document say `scene`; `now` is a clock in seconds.
    pub fn edit(&mut self, scene: Scene, now: f64) {
        if scene == self.state.scene {
            return;
        }
        let Rewritten { text, paths } = rewrite(&self.state.text, &self.state.scene, &scene);
        let again = self.last_edit.as_ref().is_some_and(|(last, at)| *last == paths && now - at < ONE_EDIT);
        let before = std::mem::replace(&mut self.state, State { text, scene });
        if !again {
            self.undo.push(before);
            let excess = self.undo.len().saturating_sub(MOST_UNDO);
            self.undo.drain(..excess);
        }
        self.redo.clear();
        self.last_edit = Some((paths, now));
        self.version += 1;
    }

    /// Can something be undone?
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Can something be done again?
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// Undoes the last edit, if there is one.
    pub fn undo(&mut self) {
        if let Some(before) = self.undo.pop() {
            self.redo.push(std::mem::replace(&mut self.state, before));
            self.moved();
        }
    }

    /// Does again what was undone, if there is anything.
    pub fn redo(&mut self) {
        if let Some(after) = self.redo.pop() {
            self.undo.push(std::mem::replace(&mut self.state, after));
            self.moved();
        }
    }

    fn moved(&mut self) {
        self.last_edit = None;
        self.version += 1;
    }

    /// Saves to its file.
    ///
    /// # Errors
    /// When it has none, when that changed on disk, or when it cannot be written.
    pub fn save(&mut self) -> Result<(), DocumentError> {
        self.look_at_disk();
        if self.has_conflict() || !self.disk_faults.is_empty() {
            return Err(DocumentError::Changed);
        }
        let path = self.path.clone().ok_or(DocumentError::NoFile)?;
        self.save_as(&path)
    }

    /// Saves to another file, which is its file from now on. The file is written aside first, and then whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save_as(&mut self, path: &Path) -> Result<(), DocumentError> {
        let mut aside = path.as_os_str().to_owned();
        aside.push(".part");
        fs::write(&aside, &self.state.text)
            .and_then(|()| fs::rename(&aside, path))
            .map_err(|error| DocumentError::Io { path: path.to_owned(), error })?;
        self.stamp = Stamp::of(path);
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if self.path.as_ref() != Some(&path) {
            // Packs are relative to the file.
            self.version += 1;
        }
        self.path = Some(path);
        self.saved.clone_from(&self.state.text);
        self.conflict = None;
        self.disk_faults.clear();
        self.last_edit = None;
        Ok(())
    }

    /// Looks whether the file changed on disk: then it is taken, unless it is at fault or there are changes here.
    pub fn look_at_disk(&mut self) {
        let Some(path) = &self.path else { return };
        let stamp = Stamp::of(path);
        if stamp.is_none() || stamp == self.stamp {
            return;
        }
        // Who writes it may not be done yet: what cannot be read is looked at again.
        let Ok(text) = fs::read_to_string(path) else { return };
        self.stamp = stamp;
        if text == self.saved {
            self.disk_faults.clear();
            self.conflict = None;
        } else if self.is_changed() && text != self.state.text {
            self.conflict = Some(text);
        } else {
            self.take(text);
        }
    }

    /// Decides a conflict: takes the file's text, which can be undone, or keeps what is here, also instead of a file with faults.
    pub fn settle(&mut self, take: bool) {
        self.disk_faults.clear();
        if let Some(text) = self.conflict.take()
            && take
        {
            self.take(text);
        }
    }

    fn take(&mut self, text: String) {
        match read(&text) {
            Ok(state) => {
                self.saved = text;
                self.disk_faults.clear();
                if state != self.state {
                    self.undo.push(std::mem::replace(&mut self.state, state));
                    self.redo.clear();
                    self.moved();
                }
            }
            Err(faults) => self.disk_faults = faults,
        }
    }
}

/// The smallest scene.
const EMPTY: &str = r#"(classes: [(name: "cat")])"#;

fn read(text: &str) -> Result<State, Vec<Fault>> {
    match Scene::parse(text) {
        (Some(scene), faults) if faults.is_empty() => Ok(State { text: text.to_owned(), scene }),
        (_, faults) => Err(faults.into_sorted()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "// mine\n(\n    classes: [(name: \"cat\")],\n    min_visible: 0.2, // not much\n)\n";

    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("a.scene.ron");
        fs::write(&path, TEXT).unwrap();
        (folder, path)
    }

    fn with(document: &Document, change: impl Fn(&mut Scene)) -> Scene {
        let mut scene = document.scene().clone();
        change(&mut scene);
        scene
    }

    #[test]
    fn edits_are_undone_and_done_again() {
        let (_folder, path) = file();
        let mut document = Document::open(&path).unwrap();
        assert!(!document.is_changed() && !document.can_undo());
        document.edit(with(&document, |scene| scene.lighting.enabled = false), 0.0);
        document.edit(with(&document, |scene| scene.min_visible = 0.3), 0.1);
        // A drag: one edit.
        document.edit(with(&document, |scene| scene.min_visible = 0.4), 0.2);
        assert!(document.is_changed());
        document.undo();
        assert!((document.scene().min_visible, document.scene().lighting.enabled) == (0.2, false));
        document.undo();
        assert_eq!(document.text(), TEXT);
        assert!(!document.is_changed());
        document.redo();
        document.redo();
        assert!((document.scene().min_visible, document.scene().lighting.enabled) == (0.4, false));
        assert!(!document.can_redo());
    }

    #[test]
    fn comments_are_saved() {
        let (_folder, path) = file();
        let mut document = Document::open(&path).unwrap();
        document.edit(with(&document, |scene| scene.min_visible = 0.5), 0.0);
        document.save().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), TEXT.replace("0.2", "0.5"));
        assert!(!document.is_changed());
    }

    /// Writes a file so that it is seen to be another.
    fn rewrite_file(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(5);
        fs::File::options().append(true).open(path).unwrap().set_modified(later).unwrap();
    }

    #[test]
    fn a_change_on_disk_is_taken_and_a_broken_one_told() {
        let (_folder, path) = file();
        let mut document = Document::open(&path).unwrap();
        rewrite_file(&path, &TEXT.replace("0.2", "0.25"));
        document.look_at_disk();
        assert!(document.scene().min_visible == 0.25 && !document.is_changed());
        rewrite_file(&path, "(\n  classes: [(name: \"cat\")],\n  min_visible: 7,\n)");
        document.look_at_disk();
        assert!(document.scene().min_visible == 0.25, "the last good state is kept");
        let fault = &document.disk_faults()[0];
        assert_eq!((fault.line, fault.column), (3, 16));
        fs::write(&path, TEXT).unwrap();
        document.look_at_disk();
        assert!(document.disk_faults().is_empty() && document.scene().min_visible == 0.2);
    }

    #[test]
    fn a_change_on_disk_asks_when_there_are_changes_here() {
        let (_folder, path) = file();
        let mut document = Document::open(&path).unwrap();
        document.edit(with(&document, |scene| scene.lighting.enabled = false), 0.0);
        rewrite_file(&path, &TEXT.replace("0.2", "0.25"));
        document.look_at_disk();
        assert!(document.has_conflict() && document.scene().min_visible == 0.2);
        document.settle(true);
        assert!(!document.has_conflict() && document.scene().min_visible == 0.25);
        document.undo();
        assert!(!document.scene().lighting.enabled);
    }

    #[test]
    fn what_somebody_else_wrote_is_not_saved_over_unasked() {
        let (_folder, path) = file();
        let mut document = Document::open(&path).unwrap();
        document.edit(Scene { min_visible: 0.4, ..document.scene().clone() }, 0.0);
        fs::write(&path, "(half a thought").unwrap();
        assert!(matches!(document.save(), Err(DocumentError::Changed)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "(half a thought");
        document.settle(false);
        document.save().unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("0.4"));
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        let (folder, path) = file();
        assert!(Document::open(&folder.path().join("none.ron")).unwrap_err().to_string().contains("none.ron"));
        fs::write(&path, "(\n  clases: []\n)").unwrap();
        let error = Document::open(&path).unwrap_err().to_string();
        assert!(error.contains("a.scene.ron:2:3"), "{error}");
        assert!(Document::untitled(TEXT).unwrap().save().is_err());
    }
}
