//! Files are whole or not there.

use std::path::Path;

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
