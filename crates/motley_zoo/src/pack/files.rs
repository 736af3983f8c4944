//! Listing a pack's folders in a fixed order, and quick looks at files without decoding them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::error::{Fault, PackError};
use super::{image, is_model};

/// A file of a pack.
pub(super) struct File {
    pub path: PathBuf,
    /// Its name without the extension: the name of what it holds.
    pub stem: String,
    /// Lower case, without the dot.
    pub extension: String,
}

/// The visible files of a folder, sorted by name; none if the folder is not there. Names that cannot be used are faults.
pub(super) fn files(folder: &Path, faults: &mut Vec<PackError>) -> Vec<File> {
    let mut files = Vec::new();
    for (name, path) in entries(folder, faults) {
        match path.metadata() {
            Ok(meta) if meta.is_file() => {}
            // Folders have their turn, but for those that are called as a model is.
            Ok(meta) if meta.is_dir() && !is_model(&extension_of(&path)) => continue,
            Ok(_) => {
                faults.push(Fault::NoFile.at(path));
                continue;
            }
            // A link that leads nowhere, most likely.
            Err(error) => {
                faults.push(Fault::Io(error).at(path));
                continue;
            }
        }
        let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let (stem, extension) = (part(path.file_stem()), extension_of(&path));
        if is_usable(&name) {
            files.push(File { path, stem, extension });
        } else {
            faults.push(Fault::Name(name).at(path));
        }
    }
    files
}

/// The visible folders in a folder, sorted by name; none if the folder is not there.
pub(super) fn folders(folder: &Path, faults: &mut Vec<PackError>) -> Vec<(String, PathBuf)> {
    let mut folders = entries(folder, faults);
    folders.retain(|(name, path)| {
        let usable = is_usable(name);
        if path.is_dir() && !usable {
            faults.push(Fault::Name(name.clone()).at(path));
        }
        path.is_dir() && usable
    });
    folders
}

/// In lower case, without the dot.
fn extension_of(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn entries(folder: &Path, faults: &mut Vec<PackError>) -> Vec<(String, PathBuf)> {
    let mut entries = Vec::new();
    let listing = match std::fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return entries,
        Err(error) => {
            faults.push(Fault::Io(error).at(folder));
            return entries;
        }
    };
    for entry in listing {
        match entry {
            // Hidden files are the system's.
            Ok(entry) if entry.file_name().to_string_lossy().starts_with('.') => {}
            Ok(entry) => entries.push((entry.file_name().to_string_lossy().into_owned(), entry.path())),
            Err(error) => faults.push(Fault::Io(error).at(folder)),
        }
    }
    entries.sort();
    entries
}

/// Names become names of classes and folders of a dataset. Letters of any script will do, with the accents that some systems write apart
/// from them.
fn is_usable(name: &str) -> bool {
    let apart = |letter: char| !letter.is_ascii() && !letter.is_control() && !letter.is_whitespace();
    let allowed = |letter: char| letter.is_alphanumeric() || apart(letter) || " -_.,+()'&#".contains(letter);
    name.chars().all(allowed) && !name.starts_with([' ', '.']) && !name.ends_with([' ', '.']) && name.len() <= 120
}

/// Looks at the first bytes of a model: empty and cut-off files are told before anything is loaded.
pub(super) fn check_model(path: &Path) -> Result<(), Fault> {
    let length = std::fs::metadata(path)?.len();
    if length == 0 {
        return Err(Fault::Empty);
    }
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(12).read_to_end(&mut head)?;
    if let Some(declared) = head.strip_prefix(b"glTF").and_then(|rest| rest.get(4..8)) {
        let declared = u64::from(u32::from_le_bytes([declared[0], declared[1], declared[2], declared[3]]));
        if declared > length {
            return Err(Fault::Truncated(format!("the file has {length} of {declared} bytes and")));
        }
    } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("glb")) {
        return Err(Fault::Invalid("it does not begin as a .glb does".into()));
    }
    Ok(())
}

/// Reads an image's header: what is no image, or too large, is told before anything is decoded.
pub(super) fn check_image(path: &Path) -> Result<(), Fault> {
    if std::fs::metadata(path)?.len() == 0 {
        return Err(Fault::Empty);
    }
    let name = "the picture";
    let reader = ::image::ImageReader::open(path)?.with_guessed_format()?;
    let size = reader.into_dimensions().map_err(|error| image::fault(name, error))?;
    image::check_size(size, name)
}
