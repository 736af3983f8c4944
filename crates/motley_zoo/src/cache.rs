//! Individuals, materials and skies on disk: growing or painting one takes some hundred milliseconds of a core, reading it a
//! few.
//!
//! An entry is named by a hash of all that its content is made from, and starts with a hash of its own content: a damaged
//! one is as good as none. Without a place to write, everything is grown anew.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::SystemTime,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{detail::Detail, model::Model};

/// Bytes that individuals may take on disk; those not used for longest make room.
const INDIVIDUALS_BUDGET: u64 = 6 << 30;
/// Bytes that materials and skies may take on disk.
const SURROUNDINGS_BUDGET: u64 = 1 << 30;
/// Bytes of the hash before the content.
const SEAL: usize = blake3::OUT_LEN;

/// Folders of what was grown and painted; none where there is no place to write.
#[derive(Clone, Debug)]
pub struct Cache {
    individuals: Option<PathBuf>,
    surroundings: Option<PathBuf>,
}

impl Cache {
    /// The user's cache: `$MOTLEY_CACHE`, else `$XDG_CACHE_HOME/motley`, else `~/.cache/motley`.
    pub fn of_user() -> Self {
        let given = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // A relative path is invalid and to be ignored, says the XDG Base Directory Specification.
        let shared = given("XDG_CACHE_HOME").filter(|cache| cache.is_absolute());
        let folder = given("MOTLEY_CACHE")
            .or_else(|| shared.map(|cache| cache.join("motley")))
            .or_else(|| given("HOME").map(|home| home.join(".cache/motley")));
        Self::at(folder)
    }

    /// A cache in a folder of its own; `None` keeps nothing.
    pub fn at(folder: Option<PathBuf>) -> Self {
        let inner = |name: &str, budget: u64| {
            let inner = folder.as_ref()?.join(name);
            if let Err(error) = fs::create_dir_all(&inner) {
                tracing::warn!("{}: {error}; what is grown there is not kept, which is slow", inner.display());
                return None;
            }
            prune(&inner, budget);
            Some(inner)
        };
        Self {
            individuals: inner("individuals", INDIVIDUALS_BUDGET),
            surroundings: inner("surroundings", SURROUNDINGS_BUDGET),
        }
    }

    /// The individual of this name at a level of detail, grown by `grow` if it is not there. All levels are kept at once.
    pub fn individual(&self, name: &str, detail: Detail, grow: impl FnOnce() -> Option<Model>) -> Option<Model> {
        let path = |detail: Detail| entry(&self.individuals, env!("MOTLEY_GROWTH"), &format!("{name} {detail:?}"));
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

    /// The material or sky of this name, made by `make` if it is not there.
    pub fn surroundings<T>(&self, name: &str, make: impl FnOnce() -> Option<T>) -> Option<T>
    where
        T: Serialize + DeserializeOwned,
    {
        self.made_from(env!("MOTLEY_SURROUNDINGS"), name, make)
    }

    /// The street of this name, built by `make` if it is not there.
    pub fn street<T>(&self, name: &str, make: impl FnOnce() -> Option<T>) -> Option<T>
    where
        T: Serialize + DeserializeOwned,
    {
        self.made_from(env!("MOTLEY_STREETS"), name, make)
    }

    fn made_from<T>(&self, origin: &str, name: &str, make: impl FnOnce() -> Option<T>) -> Option<T>
    where
        T: Serialize + DeserializeOwned,
    {
        let path = entry(&self.surroundings, origin, name);
        if let Some(known) = path.as_deref().and_then(read) {
            return Some(known);
        }
        let made = make()?;
        if let Some(path) = path {
            write(&path, &made);
        }
        Some(made)
    }
}

/// Where that lies which is named so and made from what `origin` is the hash of.
fn entry(folder: &Option<PathBuf>, origin: &str, name: &str) -> Option<PathBuf> {
    let key = blake3::hash(format!("{origin} {name}").as_bytes()).to_hex();
    folder.as_ref().map(|folder| folder.join(&key[..32]))
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = fs::read(path).ok()?;
    let (seal, content) = bytes.split_at_checked(SEAL)?;
    if blake3::hash(content).as_bytes() != seal {
        return None;
    }
    // Its time says when it was last used; where that cannot be told, it will be thought older than it is.
    let _ = fs::File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    postcard::from_bytes(content).ok()
}

/// Writes an entry whole or not at all. A full disk costs time only, so failures are not told.
fn write(path: &Path, made: &impl Serialize) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Ok(content) = postcard::to_stdvec(made) else { return };
    let mut bytes = blake3::hash(&content).as_bytes().to_vec();
    bytes.extend_from_slice(&content);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let aside = path.with_extension(format!("{}-{number}", std::process::id()));
    if fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, path)).is_err() {
        let _ = fs::remove_file(aside);
    }
}

/// Removes the entries that were not used for longest until the rest fits.
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
        let entries: Vec<_> =
            fs::read_dir(folder.path().join("individuals")).unwrap().map(|entry| entry.unwrap().path()).collect();
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
