//! What a frozen network made of a picture, kept on disk.
//!
//! One file for each source, draw and backbone: a header, then records of equal length, each with its key and a checksum.
//! Records are appended in one write; one that was torn by a crash or damaged since does not match its checksum, and
//! counts as missing. A file whose header does not fit is replaced by a new one that is made aside and renamed.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use super::DataError;

/// Identifies the format and its version.
const MAGIC: &[u8; 8] = b"MOTLEYF1";

/// Magic, dimension, hash of the backbone.
const HEADER: usize = 8 + 4 + 32;

/// Bytes of a record's key and of its checksum.
const KEY: usize = 32;
const CHECK: usize = 8;

/// Extension of the cache's files.
const EXTENSION: &str = "features";

/// BLAKE3 hash of all that decides a picture's pixels: its bytes, its augmentation and draw, its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub [u8; 32]);

/// Which file a picture's features lie in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shelf {
    /// Folder of the source, or "live".
    pub source: String,
    /// Draw of the augmentation.
    pub draw: u32,
}

/// What makes features of pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backbone {
    /// Its name and the layer, with all that decides its output besides weights.
    pub id: String,
    /// Hash of its weights.
    pub weights: String,
    /// Values that it makes of a picture.
    pub dim: usize,
}

impl Backbone {
    fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for text in [&self.id, &self.weights] {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

/// Features of pictures by key, of one backbone, in a folder. May be shared among threads, and the folder among processes:
/// the first that opens a file adds to it, the others only read.
#[derive(Debug)]
pub struct FeatureCache {
    dir: PathBuf,
    dim: usize,
    backbone: [u8; 32],
    limit: u64,
    used: AtomicU64,
    full: AtomicBool,
    corrupt: AtomicU64,
    files: Mutex<BTreeMap<Shelf, Shelved>>,
}

/// One file.
#[derive(Debug)]
struct Shelved {
    file: File,
    /// May be added to: no other process has it open.
    owned: bool,
    /// Offset of each key's record. Never iterated over.
    offsets: HashMap<Key, u64>,
    end: u64,
}

impl FeatureCache {
    /// Opens a folder, made if it is missing, for one backbone. Where it holds more than `limit` bytes the files that were
    /// not written to for longest are deleted; what would exceed it is not kept.
    ///
    /// # Errors
    /// If the folder cannot be made or listed, or the backbone makes nothing.
    pub fn open(dir: &Path, backbone: &Backbone, limit: u64) -> Result<Self, DataError> {
        fs::create_dir_all(dir).map_err(DataError::io("make", dir))?;
        let used = trim(dir, limit)?;
        Ok(Self {
            dir: dir.to_owned(),
            dim: backbone.dim,
            backbone: backbone.hash(),
            limit,
            used: used.into(),
            full: false.into(),
            corrupt: 0.into(),
            files: Mutex::default(),
        })
    }

    /// Values of a picture's features.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Records that did not match their checksum so far.
    pub fn corrupt(&self) -> u64 {
        self.corrupt.load(Relaxed)
    }

    /// Features of a picture, if they are there and whole.
    pub fn get(&self, shelf: &Shelf, key: &Key) -> Option<Vec<f32>> {
        let mut files = self.files();
        let shelved = self.shelved(&mut files, shelf)?;
        let offset = *shelved.offsets.get(key)?;
        let mut record = vec![0; self.stride()];
        let read = shelved.file.seek(SeekFrom::Start(offset)).and_then(|_| shelved.file.read_exact(&mut record));
        if read.is_ok()
            && let Some((found, values)) = parse(&record)
            && found == *key
        {
            return Some(values);
        }
        shelved.offsets.remove(key);
        self.corrupt.fetch_add(1, Relaxed);
        None
    }

    /// Keeps features. A disk that is full or may not be written to is told once, and is no error: they are made again.
    pub fn put(&self, shelf: &Shelf, key: &Key, features: &[f32]) {
        let stride = self.stride() as u64;
        if features.len() != self.dim || self.full.load(Relaxed) {
            return;
        }
        if self.used.load(Relaxed) + stride > self.limit {
            if !self.full.swap(true, Relaxed) {
                tracing::warn!("{} is full ({} MB): no more features are kept", self.dir.display(), self.limit >> 20);
            }
            return;
        }
        let mut files = self.files();
        let Some(shelved) = self.shelved(&mut files, shelf).filter(|shelved| shelved.owned) else { return };
        if shelved.offsets.contains_key(key) {
            return;
        }
        let record = record(key, features);
        let written = shelved.file.seek(SeekFrom::Start(shelved.end)).and_then(|_| shelved.file.write_all(&record));
        match written {
            Ok(()) => {
                shelved.offsets.insert(*key, shelved.end);
                shelved.end += stride;
                self.used.fetch_add(stride, Relaxed);
            }
            Err(error) => {
                self.full.store(true, Relaxed);
                tracing::warn!("no more features are kept in {}: {error}", self.dir.display());
            }
        }
    }

    fn stride(&self) -> usize {
        KEY + 4 * self.dim + CHECK
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<Shelf, Shelved>> {
        // After a panic the files are still good: each access seeks first, and torn records are found by their checksum.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a shelf's file when it is first asked for; `None` when that does not work.
    fn shelved<'f>(&self, files: &'f mut BTreeMap<Shelf, Shelved>, shelf: &Shelf) -> Option<&'f mut Shelved> {
        if !files.contains_key(shelf) {
            match self.open_file(shelf) {
                Ok(shelved) => drop(files.insert(shelf.clone(), shelved)),
                Err(error) => {
                    if !self.full.swap(true, Relaxed) {
                        tracing::warn!("features are not kept in {}: {error}", self.dir.display());
                    }
                    return None;
                }
            }
        }
        files.get_mut(shelf)
    }

    fn header(&self) -> Vec<u8> {
        let dim = u32::try_from(self.dim).unwrap_or(u32::MAX);
        [MAGIC.as_slice(), &dim.to_le_bytes(), &self.backbone].concat()
    }

    /// Where a shelf's file lies.
    pub fn path(&self, shelf: &Shelf) -> PathBuf {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.backbone).update(&shelf.draw.to_le_bytes()).update(shelf.source.as_bytes());
        self.dir.join(format!("{}.{EXTENSION}", &hasher.finalize().to_hex()[..24]))
    }

    fn open_file(&self, shelf: &Shelf) -> io::Result<Shelved> {
        let path = self.path(shelf);
        if !self.has_header(&path) {
            let temp = path.with_extension(format!("{}.tmp", std::process::id()));
            fs::write(&temp, self.header()).and_then(|()| fs::rename(&temp, &path)).inspect_err(|_| {
                // The first error is the one worth reporting.
                let _ = fs::remove_file(&temp);
            })?;
        }
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        let owned = file.try_lock().is_ok();
        let mut offsets = HashMap::new();
        let mut record = vec![0; self.stride()];
        let mut end = HEADER as u64;
        let mut reader = BufReader::new(&file);
        reader.seek(SeekFrom::Start(end))?;
        while reader.read_exact(&mut record).is_ok() {
            match parse(&record) {
                Some((key, _)) => drop(offsets.insert(key, end)),
                None => drop(self.corrupt.fetch_add(1, Relaxed)),
            }
            end += record.len() as u64;
        }
        if owned {
            // What a crash left of a record.
            file.set_len(end)?;
        }
        Ok(Shelved { file, owned, offsets, end })
    }

    fn has_header(&self, path: &Path) -> bool {
        let mut header = vec![0; HEADER];
        File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok() && header == self.header()
    }
}

fn record(key: &Key, features: &[f32]) -> Vec<u8> {
    let mut record = Vec::with_capacity(KEY + 4 * features.len() + CHECK);
    record.extend(key.0);
    record.extend(features.iter().flat_map(|value| value.to_le_bytes()));
    let hash = blake3::hash(&record);
    record.extend(&hash.as_bytes()[..CHECK]);
    record
}

/// Key and values of a record that is whole.
fn parse(record: &[u8]) -> Option<(Key, Vec<f32>)> {
    let (rest, check) = record.split_last_chunk::<CHECK>()?;
    let (key, values) = rest.split_first_chunk::<KEY>()?;
    if blake3::hash(rest).as_bytes()[..CHECK] != check[..] {
        return None;
    }
    Some((Key(*key), values.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()))
}

/// Deletes the files that were not written to for longest until `limit` bytes remain; what remains.
fn trim(dir: &Path, limit: u64) -> Result<u64, DataError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(DataError::io("list", dir))? {
        let path = entry.map_err(DataError::io("list", dir))?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION)
            && let Ok(metadata) = fs::metadata(&path)
        {
            let written = metadata.modified().unwrap_or(std::time::UNIX_EPOCH);
            files.push((written, path, metadata.len()));
        }
    }
    files.sort();
    let mut used: u64 = files.iter().map(|(_, _, length)| length).sum();
    for (_, path, length) in files {
        if used <= limit {
            break;
        }
        // One that cannot be deleted goes on counting.
        if fs::remove_file(&path).is_ok() {
            used -= length;
        }
    }
    Ok(used)
}
