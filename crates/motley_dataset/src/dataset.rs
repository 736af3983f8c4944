//! The supervisor's side of a capture: begin or resume, see what is missing, finish.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
    time::Duration,
};

use motley_scene::scene::Scene;
use serde::Serialize;

use crate::{
    DatasetError, Manifest, Spec, atomic, formats,
    layout::{DONE, Layout, MANIFEST, SCENE, WORK},
    lock::{self, Kind, Lock, PATIENCE},
    names::split_word,
    records::{Head, Records},
    sink::Device,
};

/// A dataset that is being made. One process at a time has it.
#[derive(Debug)]
pub struct Dataset {
    layout: Layout,
    manifest: Manifest,
    /// `None` when it was finished before.
    supervisor: Option<Lock>,
}

/// What a finished dataset holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its folder.
    pub out: PathBuf,
    /// Number of frames.
    pub frames: u64,
    /// Frames of each class, in the manifest's order.
    pub classes: Vec<(String, u64)>,
    /// Frames that show less of their subject than the scene's `min_visible`, after all tries.
    pub hidden: u64,
    /// Size of all files in bytes.
    pub bytes: u64,
}

/// A file that a finished dataset should have and has not.
fn lost(layout: &Layout, manifest: &Manifest) -> Result<Option<PathBuf>, DatasetError> {
    let records = Records::from_metadata(&layout.metadata())?;
    let pictures = records.indices().filter(|_| manifest.has_loose_images()).map(|index| {
        let head: Head = records.get(index)?;
        Ok(PathBuf::from(head.file_name))
    });
    for path in formats::lists(manifest, records.len()).map(Ok).chain(pictures) {
        let path = path?;
        if !layout.out.join(&path).is_file() {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// How many frames some runs of indices are.
pub fn frames_in(runs: &[Range<u64>]) -> u64 {
    runs.iter().map(|run| run.end - run.start).sum()
}

impl Dataset {
    /// Begins a dataset, goes on with one that was interrupted, or finds it finished.
    ///
    /// Waits up to 30 s for the workers of a capture that was killed.
    ///
    /// # Errors
    /// If the settings make no dataset; if the folder holds other things or a dataset made with other settings; if
    /// another capture is at work there; if the file system refuses.
    pub fn open(spec: &Spec) -> Result<Self, DatasetError> {
        Self::open_within(spec, PATIENCE)
    }

    pub(crate) fn open_within(spec: &Spec, patience: Duration) -> Result<Self, DatasetError> {
        spec.validate()?;
        let layout = Layout::new(&spec.out, &spec.manifest);
        let same = |there: Manifest| match there.differences(&spec.manifest) {
            differences if differences.is_empty() => Ok(there),
            differences => Err(DatasetError::Differs { dir: spec.out.clone(), differences }),
        };
        if let Some(manifest) = finished(&spec.out)? {
            let manifest = same(manifest)?;
            if let Some(path) = lost(&layout, &manifest)? {
                return Err(DatasetError::Lost { dir: spec.out.clone(), path });
            }
            return Ok(Self { layout, manifest, supervisor: None });
        }
        let fresh = !layout.work_manifest().is_file();
        if fresh && let Some(found) = foreign(&spec.out)? {
            return Err(DatasetError::Foreign { dir: spec.out.clone(), found });
        }
        for class in &spec.manifest.classes {
            if let Some(word) = split_word(class) {
                tracing::warn!(
                    "class {class:?}: Hugging Face's imagefolder takes \"{word}\" for a split and misses the other \
                     classes; name it otherwise if you read the dataset with it"
                );
            }
        }
        let work = layout.work();
        fs::create_dir_all(&work).map_err(DatasetError::io("create", &work))?;
        let busy = || DatasetError::Busy { dir: spec.out.clone() };
        let supervisor = lock::lock(&layout.supervisor_lock(), Kind::Exclusive, Duration::ZERO)?.ok_or_else(busy)?;
        wait_for_workers(&layout, patience)?;
        if layout.work_manifest().is_file() {
            same(atomic::read_json(&layout.work_manifest())?)?;
        } else {
            let temp = work.join("temp");
            atomic::write(&temp, &layout.work_scene(), |file| {
                std::io::Write::write_all(file, spec.scene_source.as_bytes())
            })?;
            // Last, because its presence says that the capture has begun.
            atomic::write_json(&temp, &layout.work_manifest(), &spec.manifest)?;
        }
        Ok(Self { layout, manifest: spec.manifest.clone(), supervisor: Some(supervisor) })
    }

    /// Whether it was finished when it was opened.
    pub fn is_finished(&self) -> bool {
        self.supervisor.is_none()
    }

    /// The frames still to be drawn, as runs of indices, ascending, as the disk has it now.
    ///
    /// A frame counts as drawn when its journal line is whole and all its files have the lengths written there. Of a
    /// finished dataset nothing is missing; [`audit`](crate::audit()) looks closer.
    ///
    /// # Errors
    /// If the journals cannot be read.
    pub fn missing(&self) -> Result<Vec<Range<u64>>, DatasetError> {
        if self.is_finished() {
            return Ok(Vec::new());
        }
        let records = Records::from_journals(&self.layout, &self.manifest)?;
        Ok(records.gaps(self.manifest.indices()))
    }

    /// Writes the lists and archives of every format and removes the working folder.
    ///
    /// May be killed and repeated at any point. All sinks must have been dropped; it waits up to 30 s for them.
    ///
    /// # Errors
    /// If frames are missing, workers still write, or the file system refuses; the dataset can then be resumed.
    pub fn finish(self) -> Result<Summary, DatasetError> {
        let Self { layout, mut manifest, supervisor } = self;
        if supervisor.is_none() {
            let records = Records::from_metadata(&layout.metadata())?;
            return summary(&layout, &manifest, &records);
        }
        wait_for_workers(&layout, PATIENCE)?;
        let records = Records::from_journals(&layout, &manifest)?;
        let missing = records.gaps(manifest.indices());
        if let Some(Range { start: first, .. }) = missing.first().cloned() {
            return Err(DatasetError::Incomplete { dir: layout.out, missing: frames_in(&missing), first });
        }
        if layout.device().is_file() {
            let device: Device = atomic::read_json(&layout.device())?;
            (manifest.adapter, manifest.driver) = (device.adapter, device.driver);
        }
        let temp = layout.work().join("temp");
        formats::write_all(&layout, &manifest, &records, &temp)?;
        atomic::link(&temp, &layout.out.join(SCENE), &layout.work_scene())?;
        atomic::write_json(&temp, &layout.out.join(MANIFEST), &manifest)?;
        let summary = summary(&layout, &manifest, &records)?;
        // Renaming is one step, removing is not: a folder half removed must not look like a capture half done.
        let done = layout.out.join(DONE);
        fs::rename(layout.work(), &done).map_err(DatasetError::io("rename", layout.work()))?;
        fs::remove_dir_all(&done).map_err(DatasetError::io("remove", &done))?;
        Ok(summary)
    }
}

/// The manifest of a finished dataset, after sweeping up what a killed `finish` left.
fn finished(out: &Path) -> Result<Option<Manifest>, DatasetError> {
    if out.join(WORK).exists() || !out.join(MANIFEST).is_file() {
        return Ok(None);
    }
    let manifest = atomic::read_json(&out.join(MANIFEST))?;
    let done = out.join(DONE);
    if done.exists() {
        fs::remove_dir_all(&done).map_err(DatasetError::io("remove", &done))?;
    }
    Ok(Some(manifest))
}

/// Name of something in a folder that no dataset has put there.
fn foreign(out: &Path) -> Result<Option<String>, DatasetError> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DatasetError::io("list", out)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(DatasetError::io("list", out))?.file_name().to_string_lossy().into_owned());
    }
    // A file system's own folder, when the dataset has one to itself.
    names.retain(|name| name != WORK && name != "lost+found");
    Ok(names.into_iter().min())
}

/// Waits until no worker is alive.
fn wait_for_workers(layout: &Layout, patience: Duration) -> Result<(), DatasetError> {
    let lock = layout.workers_lock();
    match lock::lock(&lock, Kind::Exclusive, patience)? {
        Some(_) => Ok(()),
        None => Err(DatasetError::Orphans { dir: layout.out.clone(), lock, waited: patience }),
    }
}

/// How much of the subject the scene wants to be seen; nothing if its text is none that this version reads.
fn min_visible(layout: &Layout) -> Result<f32, DatasetError> {
    let path = layout.out.join(SCENE);
    let text = fs::read_to_string(&path).map_err(DatasetError::io("read", &path))?;
    Ok(Scene::parse(&text).0.map_or(0.0, |scene| scene.min_visible))
}

fn summary(layout: &Layout, manifest: &Manifest, records: &Records) -> Result<Summary, DatasetError> {
    let mut classes: Vec<_> = manifest.classes.iter().map(|class| (class.clone(), 0)).collect();
    let min_visible = min_visible(layout)?;
    let mut hidden = 0;
    for index in records.indices() {
        let head: Head = records.get(index)?;
        hidden += u64::from(head.visible_fraction < min_visible);
        if let Some((_, count)) = classes.get_mut(head.class_id as usize) {
            *count += 1;
        }
    }
    let bytes = size(&layout.out, true)?;
    Ok(Summary { out: layout.out.clone(), frames: records.len() as u64, classes, hidden, bytes })
}

/// Size of all files in a folder, without the working folder at its root.
fn size(folder: &Path, root: bool) -> Result<u64, DatasetError> {
    let mut sum = 0;
    for entry in fs::read_dir(folder).map_err(DatasetError::io("list", folder))? {
        let entry = entry.map_err(DatasetError::io("list", folder))?;
        let meta = entry.metadata().map_err(DatasetError::io("read", entry.path()))?;
        if meta.is_file() {
            sum += meta.len();
        } else if meta.is_dir() && !(root && entry.file_name() == WORK) {
            sum += size(&entry.path(), false)?;
        }
    }
    Ok(sum)
}
