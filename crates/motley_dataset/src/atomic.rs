//! Files that are there whole or not at all.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::DatasetError;

/// Writes `path` by way of `temp`, which must lie on the same file system. On failure neither is left behind.
pub(crate) fn write(
    temp: &Path,
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), DatasetError> {
    let written = File::create(temp).and_then(|file| {
        let mut file = BufWriter::new(file);
        fill(&mut file)?;
        // Dropping a full buffer would swallow the error.
        file.flush()
    });
    let placed = written.and_then(|()| fs::rename(temp, path));
    placed.map_err(|error| {
        // The first error is the one worth reporting.
        let _ = fs::remove_file(temp);
        DatasetError::io("write", path)(error)
    })
}

/// Makes `path` another name of `source`, or a copy where the file system has no hard links.
pub(crate) fn link(temp: &Path, path: &Path, source: &Path) -> Result<(), DatasetError> {
    // A stale temporary name would make the link fail.
    let _ = fs::remove_file(temp);
    fs::metadata(source).map_err(DatasetError::io("read", source))?;
    let linked = fs::hard_link(source, temp).or_else(|_| fs::copy(source, temp).map(drop));
    let placed = linked.and_then(|()| fs::rename(temp, path));
    // Renaming onto another name of the same file leaves both names.
    let _ = fs::remove_file(temp);
    placed.map_err(DatasetError::io("link", path))
}

pub(crate) fn write_json(temp: &Path, path: &Path, value: &impl Serialize) -> Result<(), DatasetError> {
    write(temp, path, |file| {
        serde_json::to_writer_pretty(&mut *file, value)?;
        file.write_all(b"\n")
    })
}

pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, DatasetError> {
    let text = fs::read(path).map_err(DatasetError::io("read", path))?;
    serde_json::from_slice(&text).map_err(DatasetError::malformed(path))
}
