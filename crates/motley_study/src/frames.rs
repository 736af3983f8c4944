//! Frames that are drawn for a study: a scene with changes, as a dataset on disk.

use std::path::{Path, PathBuf};

use motley_scene::{rewrite::overlay, source::Fault};
use motley_zoo::ready::ReadyScene;

use crate::error::{Error, Result};

/// Studies need classes alone: labels would take time to draw.
const PLAIN: &str = "(output: (labels: [], formats: [Folder]))";

/// A scene with its changes, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frames {
    /// Text of the scene, changes included.
    pub text: String,
    /// Folder that its packs are relative to.
    pub base: PathBuf,
    /// Frames of all classes together.
    pub count: u64,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Hash of all that decides the pictures but the seed.
    pub hash: String,
}

/// What is to be drawn: the dataset `out` with frames `0..count` of a scene.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// Folder of the dataset.
    pub out: &'a Path,
    /// Which frames.
    pub frames: &'a Frames,
    /// Seed of all draws.
    pub seed: u64,
}

/// Draws a dataset, or goes on with one, and tells how many frames are there. `false`: it was asked to stop.
///
/// How frames are drawn fast, by which processes, is for the program to know that runs the study.
pub type Draw<'a> = dyn FnMut(&Order<'_>, &mut dyn FnMut(u64)) -> Result<bool, String> + 'a;

impl Frames {
    /// Lays changes over a scene's text, one after the other.
    ///
    /// # Errors
    /// All faults of the scene that comes out, with their places in its text.
    pub fn new<'a>(
        text: &str,
        changes: impl IntoIterator<Item = &'a str>,
        base: &Path,
        count: u64,
    ) -> Result<Self, Vec<Fault>> {
        // A text that is no RON keeps its faults, which are found below.
        let change = |text: String, change: &str| overlay(&text, change).unwrap_or(text);
        let text = changes.into_iter().chain([PLAIN]).fold(text.to_owned(), change);
        let ready = ReadyScene::parse(&text, base)?;
        let packs = ready.zoo.pack_hash().map_err(|error| vec![fault(&error)])?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(ready.scene.hash().as_bytes());
        hasher.update(packs.unwrap_or_default().as_bytes());
        hasher.update(&count.to_le_bytes()).update(&ready.scene.output.size.to_le_bytes());
        Ok(Self {
            classes: ready.scene.classes.into_iter().map(|class| class.name).collect(),
            hash: hasher.finalize().to_hex()[..16].to_owned(),
            text,
            base: base.to_owned(),
            count,
        })
    }

    /// Where a dataset of them lies within the folder of a study.
    pub fn dir(&self, out: &Path, seed: u64) -> PathBuf {
        out.join("frames").join(format!("{}-{seed}", self.hash))
    }

    /// Draws them where they are not there yet, and gives their folder; `heard` is told how many are there.
    ///
    /// # Errors
    /// When they cannot be drawn, or somebody asked to stop.
    pub fn draw(&self, out: &Path, seed: u64, draw: &mut Draw<'_>, heard: &mut dyn FnMut(u64)) -> Result<PathBuf> {
        let dir = self.dir(out, seed);
        match draw(&Order { out: &dir, frames: self, seed }, heard) {
            Ok(true) => Ok(dir),
            Ok(false) => Err(Error::Stopped),
            Err(reason) => Err(Error::Drawing(reason)),
        }
    }
}

fn fault(error: &impl ToString) -> Fault {
    Fault { line: 0, column: 0, path: "packs".to_owned(), message: error.to_string() }
}
