//! Files of weights: safetensors, and PyTorch's `.pth` of both kinds, the zip archive (1.6 and later) and the older one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use safetensors::tensor::Metadata;

use super::pickle::{self, Value};
use super::tensor::{ElementType, TensorPlace};
use crate::error::{Error, Result};

/// A tensor read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// As in the file.
    pub shape: Vec<usize>,
    /// In row-major order.
    pub values: Vec<f32>,
}

/// An opened file of weights: it knows its tensors by key and reads them when they are asked for.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    places: BTreeMap<String, TensorPlace>,
    source: Source,
}

/// Where the bytes of a storage are.
#[derive(Debug)]
enum Source {
    /// By key of the storage, start and length in the file.
    Pieces(RefCell<File>, BTreeMap<String, (u64, u64)>),
    /// Members of an archive below this folder.
    Archive(Box<RefCell<zip::ZipArchive<BufReader<File>>>>, String),
}

/// The first number in an old `.pth`, as its pickle says it.
const LEGACY_MAGIC: [u8; 14] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/// A state dict of a network has a few hundred tensors; its pickle is a few dozen kilobytes. A hostile one of this size takes
/// less than a gigabyte of memory.
const MAX_PICKLE: u64 = 8 << 20;

impl Checkpoint {
    /// Opens a file and reads which tensors it holds.
    ///
    /// # Errors
    /// When it cannot be read, is no checkpoint, is cut off, or wants code to be run.
    pub fn open(path: &Path) -> Result<Self> {
        let wrong = |reason: String| Error::Weights { path: path.into(), reason };
        let mut file = File::open(path).map_err(Error::io(path))?;
        let length = file.metadata().map_err(Error::io(path))?.len();
        let mut head = Vec::new();
        (&mut file).take(16).read_to_end(&mut head).map_err(Error::io(path))?;
        file.rewind().map_err(Error::io(path))?;
        let (places, source) = if head.starts_with(b"PK") {
            open_archive(file)
        } else if head.starts_with(&LEGACY_MAGIC) {
            open_legacy(file, length)
        } else if head.get(8) == Some(&b'{') {
            open_safetensors(file, length)
        } else {
            Err("it is not a file of weights: .safetensors, or .pth as `torch.save(net.state_dict(), …)` writes it"
                .into())
        }
        .map_err(wrong)?;
        Ok(Self { path: path.into(), places, source })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keys of all tensors, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// Whether there is a tensor of that key.
    pub fn contains(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    /// The shape of a tensor, where it exists.
    pub fn shape(&self, key: &str) -> Option<&[usize]> {
        self.places.get(key).map(|place| place.shape.as_slice())
    }

    /// Reads a tensor.
    ///
    /// # Errors
    /// When there is none of that key, or its data are missing or cut off.
    pub fn tensor(&self, key: &str) -> Result<Stored> {
        let place = self.places.get(key).ok_or_else(|| self.wrong(format!("it has no tensor `{key}`")))?;
        let bytes = self.bytes(&place.storage).map_err(|reason| self.wrong(format!("`{key}`: {reason}")))?;
        let values = place.gather(&bytes).ok_or_else(|| self.wrong(format!("the data of `{key}` are cut off")))?;
        Ok(Stored { shape: place.shape.clone(), values })
    }

    pub(super) fn wrong(&self, reason: String) -> Error {
        Error::Weights { path: self.path.clone(), reason }
    }

    fn bytes(&self, storage: &str) -> Result<Vec<u8>, String> {
        match &self.source {
            Source::Pieces(file, pieces) => {
                let (start, length) = pieces.get(storage).ok_or("its data are missing")?;
                let mut file = file.borrow_mut();
                file.seek(SeekFrom::Start(*start)).map_err(|error| error.to_string())?;
                let mut bytes = vec![0; *length as usize];
                file.read_exact(&mut bytes).map_err(|error| error.to_string())?;
                Ok(bytes)
            }
            Source::Archive(archive, folder) => {
                read_member(&mut archive.borrow_mut(), &format!("{folder}data/{storage}"))
            }
        }
    }
}

type Opened = (BTreeMap<String, TensorPlace>, Source);

/// The header of a safetensors file and its length in bytes, without the 8 that say it.
pub(super) fn read_header(file: &mut File) -> Result<(u64, Metadata), String> {
    let mut size = [0; 8];
    file.read_exact(&mut size).map_err(|_| "it is too short to be .safetensors")?;
    let size = u64::from_le_bytes(size);
    let mut header = Vec::new();
    file.take(size.min(MAX_PICKLE)).read_to_end(&mut header).map_err(|error| error.to_string())?;
    if header.len() as u64 != size {
        return Err("its header is longer than the file: it is cut off, or no .safetensors".into());
    }
    let metadata = serde_json::from_slice(&header).map_err(|error| format!("no .safetensors: {error}"))?;
    Ok((size, metadata))
}

fn open_safetensors(mut file: File, length: u64) -> Result<Opened, String> {
    let (size, metadata) = read_header(&mut file)?;
    let mut places = BTreeMap::new();
    let mut pieces = BTreeMap::new();
    for (key, info) in metadata.tensors() {
        let element = ElementType::of_safetensors(info.dtype)
            .ok_or_else(|| format!("`{key}` is of type {:?}, which no network here has", info.dtype))?;
        let (start, end) = info.data_offsets;
        if size + 8 + end as u64 > length {
            return Err(format!("it is cut off in the data of `{key}`"));
        }
        let mut strides = vec![1; info.shape.len()];
        for dimension in (1..strides.len()).rev() {
            strides[dimension - 1] = strides[dimension] * info.shape[dimension];
        }
        pieces.insert(key.clone(), (size + 8 + start as u64, (end - start) as u64));
        places
            .insert(key.clone(), TensorPlace { element, storage: key, offset: 0, shape: info.shape.clone(), strides });
    }
    Ok((places, Source::Pieces(RefCell::new(file), pieces)))
}

fn open_archive(file: File) -> Result<Opened, String> {
    let broken = |error: zip::result::ZipError| format!("it is a broken archive ({error}); was it cut off on its way?");
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    let pickle = archive
        .file_names()
        .find(|name| *name == "data.pkl" || name.ends_with("/data.pkl"))
        .ok_or("it is an archive, but not one that PyTorch wrote: it has no data.pkl")?
        .to_owned();
    let folder = pickle.trim_end_matches("data.pkl").to_owned();
    if archive.index_for_name(&format!("{folder}byteorder")).is_some()
        && read_member(&mut archive, &format!("{folder}byteorder"))? != b"little"
    {
        return Err("it was written on a big-endian machine; write it again as .safetensors".into());
    }
    let bytes = read_member(&mut archive, &pickle)?;
    let places = state_dict(&pickle::read(&mut bytes.as_slice())?, 2)?;
    Ok((places, Source::Archive(Box::new(RefCell::new(archive)), folder)))
}

fn read_member(archive: &mut zip::ZipArchive<BufReader<File>>, name: &str) -> Result<Vec<u8>, String> {
    let member = archive.by_name(name).map_err(|error| format!("{name}: {error}"))?;
    let limit = if name.ends_with(".pkl") { MAX_PICKLE } else { member.size() };
    let mut bytes = Vec::new();
    member.take(limit).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
    Ok(bytes)
}

/// Pickles of a magic number, a version, the system, the tensors and the keys of their storages; then each storage, as
/// the number of its elements (8 bytes) and the elements.
fn open_legacy(mut file: File, length: u64) -> Result<Opened, String> {
    let mut bytes = Vec::new();
    (&mut file).take(MAX_PICKLE).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let mut rest = bytes.as_slice();
    for _ in 0..3 {
        pickle::read(&mut rest)?;
    }
    let places = state_dict(&pickle::read(&mut rest)?, 2)?;
    let keys = pickle::read(&mut rest)?;
    let Value::List(keys) = &keys else { return Err("its list of data is missing".into()) };
    let mut position = (bytes.len() - rest.len()) as u64;
    let sizes: BTreeMap<&str, usize> =
        places.values().map(|place| (place.storage.as_str(), place.element.bytes())).collect();
    let mut pieces = BTreeMap::new();
    for key in keys.borrow().iter() {
        let Value::Text(key) = key else { return Err("its list of data has a key that is not a string".into()) };
        let size = *sizes.get(&**key).ok_or("its list of data names data that no tensor has")?;
        let mut count = [0; 8];
        file.seek(SeekFrom::Start(position))
            .and_then(|_| file.read_exact(&mut count))
            .map_err(|_| "it is cut off before its data end")?;
        let stored = u64::from_le_bytes(count).checked_mul(size as u64).ok_or("the size of its data is nonsense")?;
        pieces.insert(key.to_string(), (position + 8, stored));
        position = position.saturating_add(8).saturating_add(stored);
        if position > length {
            return Err("it is cut off before its data end".into());
        }
    }
    Ok((places, Source::Pieces(RefCell::new(file), pieces)))
}

/// The tensors of a dictionary, or of the one that training scripts like to wrap it in, up to so many times.
fn state_dict(value: &Value, wrappings: usize) -> Result<BTreeMap<String, TensorPlace>, String> {
    let Value::Dict(dict) = value else {
        return Err("it holds no dictionary of tensors; save the network's `state_dict()`".into());
    };
    let dict = dict.borrow();
    let mut places = BTreeMap::new();
    for (key, value) in dict.iter() {
        match (key, value) {
            (Value::Text(key), Value::Tensor(place)) => {
                // Networks trained on several devices carry a prefix.
                places.insert(key.strip_prefix("module.").unwrap_or(key).to_owned(), (**place).clone());
            }
            (Value::Text(key), wrapped @ Value::Dict(_))
                if ["state_dict", "model_state_dict", "model"].contains(&&**key) && wrappings > 0 =>
            {
                return state_dict(wrapped, wrappings - 1);
            }
            _ => {}
        }
    }
    if places.is_empty() {
        return Err("it holds no tensor; save the network's `state_dict()`".into());
    }
    Ok(places)
}
