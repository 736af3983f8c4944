//! Individuals on disk: growing one takes some hundred milliseconds of a core, reading it a few.
//!
//! An entry is named by a hash of all that its individual is made from, and starts with a hash of its own content: a damaged
//! one is as good as none. Without a place to write, everything is grown anew.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::SystemTime,
};

use crate::{detail::Detail, model::Model};

/// Bytes that the cache may take; the oldest entries make room.
const BUDGET: u64 = 2 << 30;
/// Bytes of the hash before the content.
const SEAL: usize = blake3::OUT_LEN;

/// A folder of individuals.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// The user's cache: `$MOTLEY_CACHE`, else `$XDG_CACHE_HOME/motley`, else `~/.cache/motley`.
    pub fn of_user() -> Self {
        let given = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = given("MOTLEY_CACHE")
            .or_else(|| given("XDG_CACHE_HOME").map(|cache| cache.join("motley")))
            .or_else(|| given("HOME").map(|home| home.join(".cache/motley")));
        Self::at(folder.map(|folder| folder.join("individuals")))
    }

    /// A cache in a folder of its own; `None` keeps nothing.
    pub fn at(folder: Option<PathBuf>) -> Self {
        let folder = folder.filter(|folder| fs::create_dir_all(folder).is_ok());
        if let Some(folder) = &folder {
            prune(folder, BUDGET);
        }
        Self { folder }
    }

    /// The individual of this name at a level of detail, grown by `grow` if it is not there. All levels are kept at once.
    pub fn individual(&self, name: &str, detail: Detail, grow: impl FnOnce() -> Option<Model>) -> Option<Model> {
        let path = |detail: Detail| {
            let key = blake3::hash(format!("{} {name} {detail:?}", env!("MOTLEY_GROWTH")).as_bytes()).to_hex();
            self.folder.as_ref().map(|folder| folder.join(&key[..32]))
        };
        if let Some(model) = path(detail).as_deref().and_then(read) {
            return Some(model);
        }
        let model = grow()?;
        for level in Detail::ALL {
            if let Some(path) = path(level) {
                write(&path, &model.at(level));
            }
        }
        Some(model.at(detail))
    }
}

fn read(path: &Path) -> Option<Model> {
    let bytes = fs::read(path).ok()?;
    let (seal, content) = bytes.split_at_checked(SEAL)?;
    if blake3::hash(content).as_bytes() != seal {
        return None;
    }
    postcard::from_bytes(content).ok()
}

/// Writes an entry whole or not at all. A full disk costs time only, so failures are not told.
fn write(path: &Path, model: &Model) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Ok(content) = postcard::to_stdvec(model) else { return };
    let mut bytes = blake3::hash(&content).as_bytes().to_vec();
    bytes.extend_from_slice(&content);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let aside = path.with_extension(format!("{}-{number}", std::process::id()));
    if fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, path)).is_err() {
        let _ = fs::remove_file(aside);
    }
}

/// Removes the oldest entries until the rest fits.
fn prune(folder: &Path, budget: u64) {
    let mut entries: Vec<(SystemTime, u64, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let about = entry.metadata().ok()?;
            Some((about.modified().ok()?, about.len(), entry.path()))
        })
        .collect();
    let mut bytes: u64 = entries.iter().map(|(_, size, _)| size).sum();
    entries.sort();
    for (_, size, path) in entries {
        if bytes <= budget {
            break;
        }
        // Another process may have removed it already.
        let _ = fs::remove_file(path);
        bytes -= size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Local, Node};

    fn model(name: &str) -> Model {
        Model { nodes: vec![Node { name: name.to_owned(), parent: None, rest: Local::IDENTITY }], ..Model::default() }
    }

    #[test]
    fn an_entry_is_read_back_and_a_damaged_one_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(Some(folder.path().to_owned()));
        let name_of = |model: Option<Model>| model.unwrap().nodes[0].name.clone();
        assert_eq!(name_of(cache.individual("x", Detail::Full, || Some(model("grown")))), "grown");
        assert_eq!(name_of(cache.individual("x", Detail::Full, || Some(model("again")))), "grown", "read from disk");
        let entries: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(entries.len(), Detail::ALL.len());
        for entry in entries {
            let mut bytes = fs::read(&entry).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(&entry, bytes).unwrap();
        }
        assert_eq!(name_of(cache.individual("x", Detail::Full, || Some(model("again")))), "again");
        assert_eq!(name_of(cache.individual("x", Detail::Full, || Some(model("third")))), "again", "and written anew");
    }

    #[test]
    fn without_a_folder_everything_is_grown() {
        let cache = Cache::at(None);
        assert!(cache.individual("x", Detail::Full, || Some(model("a"))).is_some());
        assert!(cache.individual("x", Detail::Full, || None).is_none());
    }

    #[test]
    fn the_oldest_make_room() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::write(folder.path().join(name), [0; 100]).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        prune(folder.path(), 250);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2);
        assert!(!left.contains(&"a".into()));
    }
}
