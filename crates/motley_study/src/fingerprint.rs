//! Hashes of what a cell learns from and is judged on.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use motley_learn::data::Source;

use crate::{
    error::{Error, Result},
    study::open,
};

/// Hashes of folders and files, each made once.
#[derive(Debug, Default)]
pub struct Fingerprints(BTreeMap<PathBuf, String>);

impl Fingerprints {
    /// Hash of a folder's pictures: their names, classes and bytes, wherever the folder lies.
    ///
    /// # Errors
    /// When the folder holds no labelled pictures, or one of them cannot be read.
    pub fn of_pictures(&mut self, dir: &Path) -> Result<String> {
        if let Some(known) = self.0.get(dir) {
            return Ok(known.clone());
        }
        let source = open(dir)?;
        let mut hasher = blake3::Hasher::new();
        for item in 0..source.len() {
            let bytes = source.bytes(item).map_err(|fault| Error::Setting(fault.to_string()))?;
            hasher.update(name_within(&source, item).as_bytes()).update(source.word(item).as_bytes());
            hasher.update(blake3::hash(&bytes).as_bytes());
        }
        Ok(self.keep(dir, &hasher))
    }

    /// Hash of a file's bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of_file(&mut self, path: &Path) -> Result<String> {
        if let Some(known) = self.0.get(path) {
            return Ok(known.clone());
        }
        let mut hasher = blake3::Hasher::new();
        let mut file = std::fs::File::open(path).map_err(Error::io(path))?;
        std::io::copy(&mut file, &mut hasher).map_err(Error::io(path))?;
        Ok(self.keep(path, &hasher))
    }

    fn keep(&mut self, path: &Path, hasher: &blake3::Hasher) -> String {
        let hash = hasher.finalize().to_hex()[..32].to_owned();
        self.0.insert(path.to_owned(), hash.clone());
        hash
    }
}

/// Name of a picture below its folder.
pub fn name_within(source: &Source, item: usize) -> String {
    within(source.dir(), &source.name(item))
}

/// A path below a folder, with slashes on every system.
pub fn within(dir: &Path, name: &str) -> String {
    let name =
        Path::new(name).strip_prefix(dir).map_or_else(|_| name.to_owned(), |rest| rest.to_string_lossy().into_owned());
    name.replace('\\', "/")
}

/// Hash of a text, 32 hexadecimal digits.
pub fn of_text(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}
