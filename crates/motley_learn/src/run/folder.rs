//! The folder of a run.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;

use crate::{
    error::{Error, Result},
    files::{self, LOCK},
    fit::event::EpochMetrics,
};

/// Which pictures it was trained on.
const PICTURES: &str = "pictures.blake3";

/// The folder of a run: `config.json`, `metrics.jsonl`, `best.safetensors`, `last.safetensors`, `checkpoint.bin`,
/// `pictures.blake3`, `scene.ron` where frames came live, `evaluation.json`, `mistakes/`, `confusion.csv`,
/// `curves.svg`, `report.html`.
#[derive(Clone, Debug)]
pub struct RunFolder {
    dir: PathBuf,
    /// Held while one trains: nobody else does here.
    lock: Option<Arc<File>>,
}

impl RunFolder {
    /// The folder of a run, be there one or not.
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), lock: None }
    }

    /// Begins a run. With `resume` the folder may hold one that was interrupted and had the same configuration.
    ///
    /// # Errors
    /// When the folder holds another run or other things, or cannot be written.
    pub fn create<C: Serialize>(dir: &Path, config: &C, resume: bool) -> Result<Self> {
        let mut folder = Self::at(dir);
        let text = pretty(config)?;
        let path = folder.config();
        let other = || fs::read_dir(dir).ok()?.flatten().find(|entry| entry.file_name() != LOCK);
        if !(path.exists() && folder.metrics().exists())
            && let Some(other) = other()
        {
            let (shown, other) = (dir.display(), other.file_name());
            let problem = format!("{shown} is not empty and holds no run (it holds {other:?}): name another folder");
            return Err(Error::Setting(problem));
        }
        folder.lock()?;
        // What failed before its first epoch is no run.
        let began = folder.began();
        if began && let Ok(there) = fs::read_to_string(&path) {
            let shown = dir.display();
            if !resume {
                let way = if folder.is_finished() { "" } else { ", or go on with it by --resume" };
                return Err(Error::Setting(format!("{shown} holds a run: name another folder{way}")));
            }
            if there != text {
                let problem =
                    format!("{shown} holds a run with other settings, so it cannot go on: name another folder");
                return Err(Error::Setting(problem));
            }
        }
        files::write(&path, text.as_bytes())?;
        // Epochs that a checkpoint holds are told again.
        files::write(&folder.metrics(), b"")?;
        Ok(folder)
    }

    /// A run that is there.
    ///
    /// # Errors
    /// When the folder holds none.
    pub fn open(dir: &Path) -> Result<Self> {
        let folder = Self::at(dir);
        if folder.best().is_file() {
            return Ok(folder);
        }
        let shown = dir.display();
        let problem = if folder.checkpoint().exists() {
            format!(
                "the run in {shown} has not come to its end: go on with it by `motley train --resume --out {shown}`"
            )
        } else {
            format!("{shown} holds no run: name a folder that `motley train --out` made")
        };
        Err(Error::Setting(problem))
    }

    /// Sees to it that nobody else trains here.
    fn lock(&mut self) -> Result<()> {
        let Some(file) = files::hold(&self.dir)? else {
            let problem = format!("another process trains in {}: name another folder", self.dir.display());
            return Err(Error::Setting(problem));
        };
        self.lock = Some(Arc::new(file));
        Ok(())
    }

    /// Notes which pictures a run has, by their fingerprint; one that goes on must have the same.
    ///
    /// # Errors
    /// When they are others, or the note cannot be written.
    pub fn check_pictures(&self, fingerprint: &str) -> Result<()> {
        let known = fs::read_to_string(self.dir.join(PICTURES)).ok().filter(|_| self.began());
        if known.is_some_and(|known| known != fingerprint) {
            let problem =
                "pictures were added, removed or changed since the run began, so it cannot go on: name another folder";
            return Err(Error::Setting(problem.into()));
        }
        self.write(PICTURES, fingerprint.as_bytes())
    }

    /// Whether anything was learnt that can be kept.
    pub fn began(&self) -> bool {
        self.best().exists() || self.checkpoint().exists()
    }

    /// Whether a run came to its end here.
    pub fn is_finished(&self) -> bool {
        self.report().exists() && self.best().exists() && !self.checkpoint().exists()
    }

    /// Notes that a run came to its end: there is nothing to go on from.
    ///
    /// # Errors
    /// When the checkpoint cannot be removed.
    pub fn finish(&self) -> Result<()> {
        let path = self.checkpoint();
        match fs::remove_file(&path) {
            Err(problem) if problem.kind() != std::io::ErrorKind::NotFound => Err(Error::io(path)(problem)),
            _ => Ok(()),
        }
    }

    /// Removes what a run begins with, and these files of it, where nothing was learnt: a run that was refused leaves nothing
    /// behind. What cannot be removed stays.
    pub fn give_up(&self, files: &[String]) {
        if self.began() {
            return;
        }
        let files = files.iter().map(|name| self.dir.join(name));
        let own = [self.config(), self.metrics(), self.dir.join(PICTURES), self.dir.join(LOCK)];
        for file in own.into_iter().chain(files) {
            let _ = fs::remove_file(file);
        }
        // Only an empty one goes.
        let _ = fs::remove_dir(&self.dir);
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What was asked for.
    pub fn config(&self) -> PathBuf {
        self.dir.join("config.json")
    }

    /// The numbers of each epoch, one JSON object a line.
    pub fn metrics(&self) -> PathBuf {
        self.dir.join("metrics.jsonl")
    }

    /// The model after its best epoch.
    pub fn best(&self) -> PathBuf {
        self.dir.join("best.safetensors")
    }

    /// The model after its last epoch.
    pub fn last(&self) -> PathBuf {
        self.dir.join("last.safetensors")
    }

    /// What an interrupted training goes on from; gone when it has come to its end.
    pub fn checkpoint(&self) -> PathBuf {
        self.dir.join("checkpoint.bin")
    }

    /// The page to be looked at.
    pub fn report(&self) -> PathBuf {
        self.dir.join("report.html")
    }

    /// Adds an epoch to the metrics.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add_epoch(&self, metrics: &EpochMetrics) -> Result<()> {
        let path = self.metrics();
        let mut line = serde_json::to_string(metrics).map_err(|error| Error::Training(error.to_string()))?;
        line.push('\n');
        let mut file = OpenOptions::new().append(true).create(true).open(&path).map_err(Error::io(&path))?;
        file.write_all(line.as_bytes()).map_err(Error::io(&path))
    }

    /// Writes all epochs anew.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_epochs(&self, history: &[EpochMetrics]) -> Result<()> {
        files::write(&self.metrics(), b"")?;
        history.iter().try_for_each(|metrics| self.add_epoch(metrics))
    }

    /// Writes a file of the run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        files::write(&self.dir.join(name), content)
    }

    /// Writes a file of the run as JSON.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_json<T: Serialize>(&self, name: &str, value: &T) -> Result<()> {
        self.write(name, pretty(value)?.as_bytes())
    }
}

fn pretty<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(|error| Error::Training(error.to_string()))
}
