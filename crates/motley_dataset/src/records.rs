//! Records where they lie: found once, read when needed, so that memory does not grow with the frames.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use motley_scene::frame::Labels;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{DatasetError, Manifest, layout::Layout};

/// One line of `metadata.jsonl`: a picture's path, and its labels beside it in the same object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Path relative to the dataset's folder, with forward slashes.
    pub file_name: String,
    /// What is on the picture.
    #[serde(flatten)]
    pub labels: Labels,
}

/// The part of a [`Record`] that lists and archives need.
#[derive(Deserialize)]
pub(crate) struct Head {
    pub file_name: String,
    pub index: u64,
    pub class: String,
    pub class_id: u32,
    pub visible_fraction: f32,
}

/// One line of a journal: it vouches that a frame's files are in place.
#[derive(Serialize, Deserialize)]
pub(crate) struct JournalLine<'a> {
    pub index: u64,
    /// Every file, relative to [`Layout::files`], with its length in bytes.
    pub files: Vec<(String, u64)>,
    /// The record's text, kept as it is: the line of `metadata.jsonl`.
    #[serde(borrow)]
    pub record: &'a RawValue,
}

/// Records by index.
#[derive(Debug, Default)]
pub(crate) struct Records {
    sources: Vec<(PathBuf, Mutex<File>)>,
    slots: BTreeMap<u64, Slot>,
}

/// Where a record's text lies.
#[derive(Clone, Copy, Debug)]
struct Slot {
    source: usize,
    offset: u64,
    length: usize,
}

impl Records {
    /// The records of a finished dataset.
    pub fn from_metadata(path: &Path) -> Result<Self, DatasetError> {
        let mut records = Self::default();
        let mut lines = Lines::open(path)?;
        records.add_source(path)?;
        while let Some((offset, line)) = lines.next()? {
            let head: Head = serde_json::from_slice(line).map_err(|error| DatasetError::Malformed {
                path: path.to_owned(),
                problem: format!("at byte {offset}: {error}"),
            })?;
            records.slots.insert(head.index, Slot { source: 0, offset, length: line.len() });
        }
        Ok(records)
    }

    /// The frames of a capture that really are in place: their journal line is whole and their files have its lengths.
    pub fn from_journals(layout: &Layout, manifest: &Manifest) -> Result<Self, DatasetError> {
        let mut records = Self::default();
        let (wanted, files) = (manifest.indices(), layout.files());
        for path in journals(&layout.work())? {
            let mut lines = Lines::open(&path)?;
            let source = records.add_source(&path)?;
            while let Some((offset, text)) = lines.next()? {
                let Ok(line) = serde_json::from_slice::<JournalLine>(text) else {
                    tracing::warn!("{}: skipped a damaged line at byte {offset}", path.display());
                    continue;
                };
                let in_place = |(name, length): &(String, u64)| {
                    fs::metadata(files.join(name)).is_ok_and(|file| file.is_file() && file.len() == *length)
                };
                if !wanted.contains(&line.index) || !line.files.iter().all(in_place) {
                    continue;
                }
                let record = line.record.get();
                // The record is a slice of the line that it was borrowed from.
                let within = record.as_ptr() as usize - text.as_ptr() as usize;
                let slot = Slot { source, offset: offset + within as u64, length: record.len() };
                if records.slots.contains_key(&line.index) && records.raw(line.index)? != record {
                    tracing::warn!("frame {} was drawn twice, with different labels: the later one counts", line.index);
                }
                records.slots.insert(line.index, slot);
            }
        }
        Ok(records)
    }

    fn add_source(&mut self, path: &Path) -> Result<usize, DatasetError> {
        let file = File::open(path).map_err(DatasetError::io("read", path))?;
        self.sources.push((path.to_owned(), Mutex::new(file)));
        Ok(self.sources.len() - 1)
    }

    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn contains(&self, index: u64) -> bool {
        self.slots.contains_key(&index)
    }

    /// All indices, ascending.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.slots.keys().copied()
    }

    /// The runs of indices within `wanted` that have no record, ascending.
    pub fn gaps(&self, wanted: Range<u64>) -> Vec<Range<u64>> {
        let mut gaps = Vec::new();
        let mut next = wanted.start;
        for &index in self.slots.range(wanted.clone()).map(|(index, _)| index) {
            if next < index {
                gaps.push(next..index);
            }
            next = index + 1;
        }
        if next < wanted.end {
            gaps.push(next..wanted.end);
        }
        gaps
    }

    /// A record's text, without its line end.
    pub fn raw(&self, index: u64) -> Result<String, DatasetError> {
        let (path, slot) = self.slot(index)?;
        let mut text = vec![0; slot.length];
        // A lock is poisoned only by a panic, after which the file is still good: each reader seeks first.
        let mut file = self.sources[slot.source].1.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(slot.offset))
            .and_then(|_| file.read_exact(&mut text))
            .map_err(DatasetError::io("read", path))?;
        String::from_utf8(text).map_err(DatasetError::malformed(path))
    }

    /// A record, or a part of it.
    pub fn get<T: DeserializeOwned>(&self, index: u64) -> Result<T, DatasetError> {
        let raw = self.raw(index)?;
        let (path, _) = self.slot(index)?;
        serde_json::from_str(&raw).map_err(|error| DatasetError::Malformed {
            path: path.clone(),
            problem: format!("record of frame {index}: {error}"),
        })
    }

    fn slot(&self, index: u64) -> Result<(&PathBuf, Slot), DatasetError> {
        let missing = || DatasetError::Frame { index, problem: "is not in this dataset".into() };
        let slot = *self.slots.get(&index).ok_or_else(missing)?;
        Ok((&self.sources[slot.source].0, slot))
    }
}

/// The journals of a working folder, by worker.
fn journals(work: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(work).map_err(DatasetError::io("list", work))? {
        let path = entry.map_err(DatasetError::io("list", work))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let worker = name.strip_prefix("journal-").and_then(|rest| rest.strip_suffix(".jsonl"));
        if let Some(worker) = worker.and_then(|number| number.parse::<u32>().ok()) {
            found.insert((worker, path));
        }
    }
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// The whole lines of a file; a last one without its line end is torn, and left out.
struct Lines<'p> {
    path: &'p Path,
    file: BufReader<File>,
    line: Vec<u8>,
    offset: u64,
}

impl<'p> Lines<'p> {
    fn open(path: &'p Path) -> Result<Self, DatasetError> {
        let file = File::open(path).map_err(DatasetError::io("read", path))?;
        Ok(Self { path, file: BufReader::new(file), line: Vec::new(), offset: 0 })
    }

    /// The next line with its offset in bytes.
    fn next(&mut self) -> Result<Option<(u64, &[u8])>, DatasetError> {
        let offset = self.offset;
        self.line.clear();
        let read: io::Result<usize> = self.file.read_until(b'\n', &mut self.line);
        self.offset += read.map_err(DatasetError::io("read", self.path))? as u64;
        Ok(self.line.strip_suffix(b"\n").map(|line| (offset, line)))
    }
}
