//! A dataset, read back: finished, or as far as it is drawn.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use image::RgbImage;
use motley_scene::scene::check_name;
use tar::Archive;

use crate::{
    DatasetError, Manifest, Record, atomic, encode,
    formats::webdataset::shard_name,
    layout::{Layout, MANIFEST, SCENE},
    records::{Head, Records},
};

/// A dataset on disk. Records and pictures are read when asked for; it may be shared between threads.
#[derive(Debug)]
pub struct Reader {
    layout: Layout,
    manifest: Manifest,
    records: Records,
    finished: bool,
    members: OnceLock<BTreeMap<String, Member>>,
}

/// Where an archive holds a file.
#[derive(Debug)]
struct Member {
    archive: PathBuf,
    offset: u64,
    length: u64,
}

impl Reader {
    /// Opens a dataset.
    ///
    /// # Errors
    /// If the folder holds none, or its manifest or list of records is damaged.
    pub fn open(dir: &Path) -> Result<Self, DatasetError> {
        let work = dir.join(crate::layout::WORK).join("manifest.json");
        let finished = !work.is_file();
        let path = if finished { dir.join(MANIFEST) } else { work };
        if !path.is_file() {
            return Err(DatasetError::NoDataset { dir: dir.to_owned() });
        }
        let manifest: Manifest = atomic::read_json(&path)?;
        if manifest.format_version != crate::FORMAT_VERSION {
            let problem = format!(
                "format version {}, and this program reads {}: use the Motley that wrote it ({})",
                manifest.format_version,
                crate::FORMAT_VERSION,
                manifest.version
            );
            return Err(DatasetError::Malformed { path, problem });
        }
        let layout = Layout::new(dir, &manifest);
        let records = if finished {
            Records::from_metadata(&layout.metadata())?
        } else {
            Records::from_journals(&layout, &manifest)?
        };
        Ok(Self { layout, manifest, records, finished, members: OnceLock::new() })
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.layout.out
    }

    /// What it is.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether the capture that made it has ended.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Text of the scene that was drawn.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn scene_source(&self) -> Result<String, DatasetError> {
        let path = if self.finished { self.layout.out.join(SCENE) } else { self.layout.work_scene() };
        fs::read_to_string(&path).map_err(DatasetError::io("read", path))
    }

    /// Number of frames that have a record.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no frame has a record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Indices of the frames that have a record, ascending.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.records.indices()
    }

    /// The runs of indices that the manifest promises and that have no record, ascending.
    pub fn gaps(&self) -> Vec<Range<u64>> {
        self.records.gaps(self.manifest.indices())
    }

    /// Whether a frame has a record.
    pub fn contains(&self, index: u64) -> bool {
        self.records.contains(index)
    }

    /// A frame's record.
    ///
    /// # Errors
    /// If there is none, or it is damaged.
    pub fn record(&self, index: u64) -> Result<Record, DatasetError> {
        self.records.get(index)
    }

    /// All records by ascending index.
    pub fn records(&self) -> impl Iterator<Item = Result<Record, DatasetError>> + '_ {
        self.indices().map(|index| self.record(index))
    }

    /// All records.
    pub(crate) fn found(&self) -> &Records {
        &self.records
    }

    /// The record's text, as it stands in `metadata.jsonl`.
    pub(crate) fn raw(&self, index: u64) -> Result<String, DatasetError> {
        self.records.raw(index)
    }

    /// Where a frame's picture lies; `None` when it lies in an archive only.
    ///
    /// # Errors
    /// If the frame has no record, or a damaged one.
    pub fn image_path(&self, index: u64) -> Result<Option<PathBuf>, DatasetError> {
        self.path(index, self.manifest.image.format.extension())
    }

    /// Where one of a frame's files lies; `None` when it lies in an archive only.
    ///
    /// # Errors
    /// If the frame has no record, or a damaged one.
    pub fn path(&self, index: u64, extension: &str) -> Result<Option<PathBuf>, DatasetError> {
        if self.finished && !self.manifest.has_loose_images() {
            return Ok(None);
        }
        let head: Head = self.records.get(index)?;
        // A record that was tampered with must not lead out of the folder.
        check_name(&head.class).map_err(DatasetError::ClassName)?;
        Ok(Some(self.layout.files().join(self.manifest.file_name(&head.class, index, extension))))
    }

    /// Bytes of one of a frame's files, wherever they lie; `extension` is one of [`Manifest::extensions`].
    ///
    /// # Errors
    /// If the file is missing or cannot be read.
    pub fn bytes(&self, index: u64, extension: &str) -> Result<Vec<u8>, DatasetError> {
        if let Some(path) = self.path(index, extension)? {
            return fs::read(&path).map_err(DatasetError::io("read", path));
        }
        self.archived(index, extension)
    }

    /// Bytes of one of a frame's files, from the archives.
    pub(crate) fn archived(&self, index: u64, extension: &str) -> Result<Vec<u8>, DatasetError> {
        let name = format!("{index:06}.{extension}");
        let missing = || DatasetError::Frame { index, problem: format!("no archive holds {name}") };
        let member = self.members()?.get(&name).ok_or_else(missing)?;
        let mut bytes = Vec::new();
        File::open(&member.archive)
            .and_then(|mut file| {
                file.seek(SeekFrom::Start(member.offset))?;
                file.take(member.length).read_to_end(&mut bytes)
            })
            .map_err(DatasetError::io("read", &member.archive))?;
        Ok(bytes)
    }

    /// A frame's picture.
    ///
    /// # Errors
    /// If it is missing or damaged.
    pub fn image(&self, index: u64) -> Result<RgbImage, DatasetError> {
        let extension = self.manifest.image.format.extension();
        encode::decode(&self.bytes(index, extension)?, &format!("{index:06}.{extension}"))
    }

    /// The archives' table of contents, made when it is first asked for.
    fn members(&self) -> Result<&BTreeMap<String, Member>, DatasetError> {
        if let Some(members) = self.members.get() {
            return Ok(members);
        }
        let mut members = BTreeMap::new();
        for path in (0..).map(|number| self.layout.out.join(shard_name(number))).take_while(|path| path.is_file()) {
            list(&path, &mut members).map_err(DatasetError::io("read", &path))?;
        }
        // Another thread may have been faster, with the same table.
        Ok(self.members.get_or_init(|| members))
    }
}

fn list(path: &Path, members: &mut BTreeMap<String, Member>) -> std::io::Result<()> {
    for entry in Archive::new(File::open(path)?).entries_with_seek()? {
        let entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        let member = Member { archive: path.to_owned(), offset: entry.raw_file_position(), length: entry.size() };
        members.insert(name, member);
    }
    Ok(())
}
