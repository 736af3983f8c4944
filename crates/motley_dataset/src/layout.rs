//! Where things lie in a dataset's folder.

use std::path::{Path, PathBuf};

use crate::Manifest;

/// Working folder of a capture; its presence says that the dataset is not finished.
pub(crate) const WORK: &str = ".motley";
/// Name that the working folder takes the moment the dataset is finished, until it is removed.
pub(crate) const DONE: &str = ".motley.done";
/// The manifest of a finished dataset.
pub(crate) const MANIFEST: &str = "motley.json";
/// The scene's text.
pub(crate) const SCENE: &str = "scene.ron";
/// One record a line. Where pictures lie beside it readers go by its name; where none do they must not take it for theirs.
const METADATA: [&str; 2] = ["records.jsonl", "metadata.jsonl"];

/// Paths in one dataset's folder.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub out: PathBuf,
    loose: bool,
}

impl Layout {
    pub fn new(out: &Path, manifest: &Manifest) -> Self {
        Self { out: out.to_owned(), loose: manifest.has_loose_images() }
    }

    pub fn work(&self) -> PathBuf {
        self.out.join(WORK)
    }

    /// Parent of the class folders while frames are drawn. Pictures that only archives will hold are staged.
    pub fn files(&self) -> PathBuf {
        if self.loose { self.out.clone() } else { self.work().join("stage") }
    }

    /// The records of a finished dataset.
    pub fn metadata(&self) -> PathBuf {
        self.out.join(METADATA[usize::from(self.loose)])
    }

    pub fn work_manifest(&self) -> PathBuf {
        self.work().join("manifest.json")
    }

    pub fn work_scene(&self) -> PathBuf {
        self.work().join(SCENE)
    }

    pub fn device(&self) -> PathBuf {
        self.work().join("device.json")
    }

    pub fn supervisor_lock(&self) -> PathBuf {
        self.work().join("supervisor.lock")
    }

    pub fn workers_lock(&self) -> PathBuf {
        self.work().join("workers.lock")
    }

    pub fn journal(&self, worker: u32) -> PathBuf {
        self.work().join(format!("journal-{worker}.jsonl"))
    }
}
