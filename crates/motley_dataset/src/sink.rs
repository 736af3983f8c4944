//! Where a worker process puts its frames.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::PathBuf,
    time::Duration,
};

use motley_scene::frame::{Frame, InstanceKind};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    DatasetError, Label, Manifest, Record, Spec, atomic, encode,
    formats::yolo,
    layout::Layout,
    lock::{self, Kind, Lock, PATIENCE},
    npy,
    records::JournalLine,
};

/// Semantic value of what stands before the subject.
const OBSTRUCTOR: u8 = 255;

/// Writes frames into an open [`Dataset`](crate::Dataset). Each worker process has one, under a number of its own.
#[derive(Debug)]
pub struct FrameSink {
    manifest: Manifest,
    journal: Journal,
}

impl FrameSink {
    /// Joins the capture that a [`Dataset`](crate::Dataset) has opened in the spec's folder.
    ///
    /// The first sink whose manifest names an adapter fixes it for the dataset.
    ///
    /// # Errors
    /// If no such capture is open, if it has other settings or another device, or if another process writes under the
    /// same worker number.
    pub fn open(spec: &Spec, worker: u32) -> Result<Self, DatasetError> {
        let journal = Journal::open(spec, worker, PATIENCE)?;
        Ok(Self { manifest: spec.manifest.clone(), journal })
    }

    /// Writes a frame's picture, rasters and labels, and then vouches for them in the journal.
    ///
    /// A frame may be written again; the same frame gives the same bytes.
    ///
    /// # Errors
    /// If the frame does not fit the dataset, or the file system refuses; nothing half-written is left behind.
    pub fn write(&mut self, frame: &Frame) -> Result<(), DatasetError> {
        let (manifest, labels) = (&self.manifest, &frame.labels);
        check(frame, manifest).map_err(|problem| DatasetError::Frame { index: labels.index, problem })?;
        let files: Vec<_> = manifest
            .extensions()
            .into_iter()
            .map(|extension| {
                let bytes = contents(frame, manifest, extension)
                    .map_err(|problem| DatasetError::Frame { index: labels.index, problem })?;
                Ok((manifest.file_name(&labels.class, labels.index, extension), Content::Bytes(Cow::Owned(bytes))))
            })
            .collect::<Result<_, DatasetError>>()?;
        let file_name = manifest.file_name(&labels.class, labels.index, manifest.image.format.extension());
        let record = serde_json::value::to_raw_value(&Record { file_name, labels: labels.clone() })
            .map_err(|error| DatasetError::Frame { index: labels.index, problem: error.to_string() })?;
        self.journal.commit(labels.index, &files, &record)
    }
}

/// Says what of a frame does not fit the dataset.
fn check(frame: &Frame, manifest: &Manifest) -> Result<(), String> {
    let labels = &frame.labels;
    let wanted = manifest.indices();
    if !wanted.contains(&labels.index) {
        return Err(format!("lies outside this dataset's indices {}..{}", wanted.start, wanted.end));
    }
    if manifest.classes.get(labels.class_id as usize) != Some(&labels.class) {
        return Err(format!("class {:?} is not number {} of {:?}", labels.class, labels.class_id, manifest.classes));
    }
    if [frame.width, frame.height] != manifest.size {
        return Err(format!("has {}×{} pixels instead of {:?}", frame.width, frame.height, manifest.size));
    }
    let pixels = frame.width as usize * frame.height as usize;
    let rasters = [
        (Label::Instance, frame.instance.len(), pixels),
        (Label::Semantic, frame.instance.len(), pixels),
        (Label::Depth, frame.depth.len(), pixels),
        (Label::Normal, frame.normal.len(), pixels * 3),
    ];
    for (label, found, needed) in rasters {
        if manifest.labels(label) && found != needed {
            return Err(format!("its raster for {label} has {found} values instead of {needed}"));
        }
    }
    Ok(())
}

/// The bytes of one of a frame's files.
fn contents(frame: &Frame, manifest: &Manifest, extension: &str) -> Result<Vec<u8>, String> {
    let shape = [frame.height, frame.width];
    Ok(match extension {
        "txt" => yolo::label(&frame.labels, manifest.size).into_bytes(),
        "instance.npy" => npy::encode(&frame.instance, &shape),
        "semantic.npy" => npy::encode(&semantic(frame), &shape),
        "depth.npy" => npy::encode(&frame.depth, &shape),
        "normal.npy" => npy::encode(&frame.normal, &[frame.height, frame.width, 3]),
        _ => encode::encode(&frame.rgb, frame.width, frame.height, manifest.image)?,
    })
}

/// Class of every pixel: 0 surroundings, 1 + class number for the subject and others of its kind, 255 for obstructors.
fn semantic(frame: &Frame) -> Vec<u8> {
    let mut class = [0; 256];
    for instance in &frame.labels.instances {
        class[usize::from(instance.id)] = match instance.kind {
            // A dataset has at most 254 classes.
            InstanceKind::Subject => frame.labels.class_id as u8 + 1,
            InstanceKind::Obstructor => OBSTRUCTOR,
            InstanceKind::Ground | InstanceKind::Wall | InstanceKind::Prop | InstanceKind::Bystander => 0,
        };
    }
    for other in &frame.labels.others {
        class[usize::from(other.id)] = other.class_id as u8 + 1;
    }
    frame.instance.iter().map(|id| class[usize::from(*id)]).collect()
}

/// What a file is to hold.
pub(crate) enum Content {
    Bytes(Cow<'static, [u8]>),
    /// The same as another file, which must not change afterwards.
    Link(PathBuf),
}

/// Puts files in place and vouches for them.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Bytes of whole lines.
    length: u64,
    temp: PathBuf,
    files: PathBuf,
    folders: BTreeSet<PathBuf>,
    /// Tells a later supervisor that somebody still writes.
    _alive: Lock,
}

impl Journal {
    pub fn open(spec: &Spec, worker: u32, patience: Duration) -> Result<Self, DatasetError> {
        let layout = Layout::new(&spec.out, &spec.manifest);
        if !layout.work_manifest().is_file() {
            return Err(DatasetError::NotOpen { dir: spec.out.clone() });
        }
        let busy = |lock| DatasetError::Orphans { dir: spec.out.clone(), lock, waited: patience };
        let alive = lock::lock(&layout.workers_lock(), Kind::Shared, patience)?;
        let alive = alive.ok_or_else(|| DatasetError::Busy { dir: spec.out.clone() })?;
        let differences = atomic::read_json::<Manifest>(&layout.work_manifest())?.differences(&spec.manifest);
        if !differences.is_empty() {
            return Err(DatasetError::Differs { dir: spec.out.clone(), differences });
        }
        fix_device(&layout, &spec.manifest, &layout.work().join(format!("temp-{worker}")))?;

        let path = layout.journal(worker);
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(DatasetError::io("open", &path))?;
        if !lock::hold(&file, Kind::Exclusive, patience).map_err(DatasetError::io("lock", &path))? {
            return Err(busy(path));
        }
        let length = cut_torn_line(&mut file).map_err(DatasetError::io("mend", &path))?;
        let temp = layout.work().join(format!("temp-{worker}"));
        Ok(Self { path, file, length, temp, files: layout.files(), folders: BTreeSet::new(), _alive: alive })
    }

    /// Puts a frame's files in place and then appends its line.
    pub fn commit(&mut self, index: u64, files: &[(String, Content)], record: &RawValue) -> Result<(), DatasetError> {
        let mut lengths = Vec::with_capacity(files.len());
        for (name, content) in files {
            let path = self.files.join(name);
            self.make_folder(&path)?;
            let length = match content {
                Content::Bytes(bytes) => {
                    atomic::write(&self.temp, &path, |file| file.write_all(bytes))?;
                    bytes.len() as u64
                }
                Content::Link(source) => {
                    atomic::link(&self.temp, &path, source)?;
                    fs::metadata(&path).map_err(DatasetError::io("read", &path))?.len()
                }
            };
            lengths.push((name.clone(), length));
        }
        let line = serde_json::to_vec(&JournalLine { index, files: lengths, record });
        let mut line = line.map_err(DatasetError::malformed(&self.path))?;
        line.push(b'\n');
        if let Err(error) = self.file.write_all(&line) {
            // Best effort: a torn line is tolerated by every reader.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            return Err(DatasetError::io("write", &self.path)(error));
        }
        self.length += line.len() as u64;
        Ok(())
    }

    fn make_folder(&mut self, file: &std::path::Path) -> Result<(), DatasetError> {
        let Some(folder) = file.parent() else { return Ok(()) };
        if !self.folders.contains(folder) {
            fs::create_dir_all(folder).map_err(DatasetError::io("create", folder))?;
            self.folders.insert(folder.to_owned());
        }
        Ok(())
    }
}

/// Cuts off what a dying process left behind the last whole line; returns the length that remains.
fn cut_torn_line(file: &mut File) -> io::Result<u64> {
    const CHUNK: u64 = 1 << 16;
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut whole = 0;
    let mut chunk = Vec::new();
    while end > 0 && whole == 0 {
        let start = end.saturating_sub(CHUNK);
        chunk.clear();
        file.seek(SeekFrom::Start(start))?;
        file.take(end - start).read_to_end(&mut chunk)?;
        if let Some(at) = chunk.iter().rposition(|byte| *byte == b'\n') {
            whole = start + at as u64 + 1;
        }
        end = start;
    }
    file.set_len(whole)?;
    file.seek(SeekFrom::Start(whole))
}

/// The device that a capture was begun on.
#[derive(Serialize, Deserialize)]
pub(crate) struct Device {
    pub adapter: String,
    pub driver: String,
}

/// Records the device if this process is the first to know it, and refuses another one.
fn fix_device(layout: &Layout, manifest: &Manifest, temp: &std::path::Path) -> Result<(), DatasetError> {
    let Some(here) = manifest.device() else { return Ok(()) };
    let path = layout.device();
    if !path.is_file() {
        let device = Device { adapter: manifest.adapter.clone(), driver: manifest.driver.clone() };
        return atomic::write_json(temp, &path, &device);
    }
    let begun: Device = atomic::read_json(&path)?;
    if (&begun.adapter, &begun.driver) == (&manifest.adapter, &manifest.driver) {
        return Ok(());
    }
    let begun = format!("{} ({})", begun.adapter, begun.driver);
    Err(DatasetError::Device { dir: layout.out.clone(), begun, here })
}
