//! Files are whole or not there.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

use crate::error::{Error, Result};

/// Writes aside and renames; makes the folder where it is missing.
///
/// # Errors
/// When the folder cannot be made or the file not be written.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
    }
    let mut aside = path.as_os_str().to_owned();
    aside.push(".part");
    std::fs::write(&aside, content).map_err(Error::io(&aside))?;
    std::fs::rename(&aside, path).map_err(Error::io(path))
}

/// Name of the file by which a folder is held.
pub const LOCK: &str = ".lock";

/// Holds a folder, which is made if need be, as long as the file is kept; `None` when another process holds it. The system lets go of it
/// when the process ends, however it ends.
///
/// # Errors
/// When the folder cannot be made or held.
pub fn hold(dir: &Path) -> Result<Option<File>> {
    std::fs::create_dir_all(dir).map_err(Error::io(dir))?;
    let path = dir.join(LOCK);
    let file = OpenOptions::new().append(true).create(true).open(&path).map_err(Error::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(Error::io(&path)(error)),
    }
}
