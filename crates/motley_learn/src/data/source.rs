//! Folders of labelled pictures.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use image::RgbImage;
use motley_dataset::{DatasetError, Reader};

use super::{Classes, DataError, Facts, Fault, FaultKind, decode::unreadable, facts::facts};

/// Names of pictures. Kinds that cannot be decoded are among them, so that they are counted instead of overlooked.
const EXTENSIONS: [&str; 14] =
    ["jpg", "jpeg", "jpe", "jfif", "png", "bmp", "webp", "gif", "tif", "tiff", "heic", "heif", "avif", "jp2"];

/// Folders that are parts of a collection, not classes.
const SPLITS: [&str; 8] = ["train", "training", "val", "valid", "validation", "test", "test1", "testing"];

/// Folders within folders that are looked into.
const DEPTH: usize = 8;

/// How a source is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A dataset that `motley capture` wrote.
    Motley,
    /// A folder for each class (torchvision's ImageFolder; GRAZ-02).
    Folders,
    /// Names that begin with their class (Kaggle's `cat.0.jpg`; `bike_001.bmp`).
    Names,
}

/// A folder of labelled pictures. It holds their names; pictures are read when they are asked for.
#[derive(Debug)]
pub struct Source {
    dir: PathBuf,
    layout: Layout,
    reader: Option<Reader>,
    words: Vec<String>,
    items: Vec<Item>,
}

/// One picture.
#[derive(Clone, Debug)]
struct Item {
    /// Its class, a position in [`Source::words`].
    word: usize,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    Frame(u64),
}

impl Source {
    /// Lists the pictures of a folder, by name or index, after finding out how it is laid out.
    ///
    /// # Errors
    /// If it holds no labelled pictures, or cannot be read.
    pub fn open(dir: &Path) -> Result<Self, DataError> {
        match Reader::open(dir) {
            Ok(reader) => return Self::from_reader(dir, reader),
            Err(DatasetError::NoDataset { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let (folders, files) = list(dir)?;
        let mut by_class = BTreeMap::new();
        for folder in folders {
            let mut pictures = Vec::new();
            collect(&folder, &mut pictures, DEPTH)?;
            if !pictures.is_empty() {
                by_class.insert(name_of(&folder), pictures);
            }
        }
        let splits: Vec<String> =
            by_class.keys().filter(|name| SPLITS.contains(&name.to_lowercase().as_str())).cloned().collect();
        if !splits.is_empty() && splits.len() == by_class.len() {
            let example = dir.join(&splits[0]);
            return Err(DataError::Splits { dir: dir.to_owned(), splits, example });
        }
        let layout = if by_class.is_empty() { Layout::Names } else { Layout::Folders };
        if layout == Layout::Names {
            for file in files {
                if let Some(class) = class_in_name(&name_of(&file)) {
                    by_class.entry(class).or_default().push(file);
                }
            }
        }
        if by_class.is_empty() {
            return Err(DataError::NoPictures { dir: dir.to_owned() });
        }
        let words = by_class.keys().cloned().collect();
        let items = by_class
            .into_values()
            .enumerate()
            .flat_map(|(word, files)| files.into_iter().map(move |file| Item { word, place: Place::File(file) }))
            .collect();
        Ok(Self { dir: dir.to_owned(), layout, reader: None, words, items })
    }

    fn from_reader(dir: &Path, reader: Reader) -> Result<Self, DataError> {
        let mut words = reader.manifest().classes.clone();
        let mut items = Vec::with_capacity(reader.len());
        for record in reader.records() {
            let labels = record?.labels;
            let word = words.iter().position(|word| *word == labels.class).unwrap_or_else(|| {
                words.push(labels.class.clone());
                words.len() - 1
            });
            items.push(Item { word, place: Place::Frame(labels.index) });
        }
        if items.is_empty() {
            return Err(DataError::NoPictures { dir: dir.to_owned() });
        }
        Ok(Self { dir: dir.to_owned(), layout: Layout::Motley, reader: Some(reader), words, items })
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// How it is laid out.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Whether its pictures were rendered.
    pub fn is_rendered(&self) -> bool {
        self.reader.is_some()
    }

    /// The dataset, if it is one of Motley's.
    pub fn reader(&self) -> Option<&Reader> {
        self.reader.as_ref()
    }

    /// How many pictures.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The classes as this source spells them.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The class of a picture as this source spells it.
    pub fn word(&self, item: usize) -> &str {
        &self.words[self.items[item].word]
    }

    /// Whether any picture is of one of these classes.
    pub fn has_any(&self, classes: &Classes) -> bool {
        self.items.iter().any(|item| classes.find(&self.words[item.word]).is_some())
    }

    /// What a picture is called: its path, or where it would lie if it did not lie in an archive.
    pub fn name(&self, item: usize) -> String {
        let place = match &self.items[item].place {
            Place::File(path) => Some(path.clone()),
            Place::Frame(index) => {
                let loose = |reader: &Reader| reader.image_path(*index).ok().flatten();
                self.reader.as_ref().and_then(loose)
            }
        };
        place.unwrap_or_else(|| self.dir.join(self.place_in(item))).to_string_lossy().into_owned()
    }

    /// Where a picture lies within the folder, however frames are written there: what is chosen by it depends neither on where
    /// the folder lies nor on the format of its frames.
    fn place_in(&self, item: usize) -> PathBuf {
        match &self.items[item].place {
            Place::File(path) => path.strip_prefix(&self.dir).unwrap_or(path).to_owned(),
            Place::Frame(index) => Path::new(self.word(item)).join(format!("{index:06}")),
        }
    }

    /// Keeps at most `count` pictures of each class. They are chosen by `seed`, and those of a smaller count are among
    /// those of a larger one.
    pub fn keep_per_class(&mut self, count: usize, seed: u64) {
        let chosen = self.choose(vec![count; self.words.len()], seed);
        self.items = chosen.into_iter().map(|item| self.items[item].clone()).collect();
    }

    /// So many pictures of each word, chosen by `seed`.
    fn choose(&self, mut quotas: Vec<usize>, seed: u64) -> BTreeSet<usize> {
        let rank = |item: usize| {
            let name = self.place_in(item);
            let mut hasher = blake3::Hasher::new();
            hasher.update(&seed.to_le_bytes()).update(name.to_string_lossy().as_bytes());
            *hasher.finalize().as_bytes()
        };
        let mut ranked: Vec<([u8; 32], usize)> = (0..self.len()).map(|item| (rank(item), item)).collect();
        ranked.sort_unstable();
        let mut chosen = BTreeSet::new();
        for (_, item) in ranked {
            let quota = &mut quotas[self.items[item].word];
            if *quota > 0 {
                *quota -= 1;
                chosen.insert(item);
            }
        }
        chosen
    }

    /// Takes a share of each class out, 0–1 and rounded, and gives it as a source of its own. The choice depends on `seed`
    /// and the pictures' names.
    ///
    /// # Errors
    /// When the folder can no longer be read.
    pub fn hold_out(&mut self, share: f64, seed: u64) -> Result<Self, DataError> {
        let mut whole = Self::open(&self.dir)?;
        whole.items.clone_from(&self.items);
        let mut counts = vec![0usize; self.words.len()];
        self.items.iter().for_each(|item| counts[item.word] += 1);
        let quotas = counts.iter().map(|&count| (count as f64 * share.clamp(0.0, 1.0)).round() as usize).collect();
        // Another seed than that of `keep_per_class`: its choice is ranked too, and would be held out first.
        let chosen = whole.choose(quotas, !seed);
        let (held, kept): (Vec<_>, Vec<_>) = (0..self.items.len()).partition(|item| chosen.contains(item));
        self.items = kept.into_iter().map(|item| whole.items[item].clone()).collect();
        whole.items = held.into_iter().map(|item| whole.items[item].clone()).collect();
        Ok(whole)
    }

    /// A picture's file, byte for byte.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn bytes(&self, item: usize) -> Result<Vec<u8>, Fault> {
        let name = self.name(item);
        match (&self.items[item].place, &self.reader) {
            (Place::File(path), _) => fs::read(path).map_err(|error| unreadable(&name, &error)),
            (Place::Frame(index), Some(reader)) => {
                let extension = reader.manifest().image.format.extension();
                reader.bytes(*index, extension).map_err(|error| unreadable(&name, &error))
            }
            // Only a reader makes frames.
            (Place::Frame(_), None) => Err(unreadable(&name, &"its dataset is closed")),
        }
    }

    /// A picture as it is on disk, upright.
    ///
    /// # Errors
    /// If it cannot be read or decoded.
    pub fn image(&self, item: usize) -> Result<RgbImage, Fault> {
        super::decode(&self.bytes(item)?, &self.name(item))
    }

    /// What is known about a picture besides its class: nothing for photos.
    ///
    /// # Errors
    /// If its record is damaged.
    pub fn facts(&self, item: usize) -> Result<Facts, Fault> {
        let (Place::Frame(index), Some(reader)) = (&self.items[item].place, &self.reader) else {
            return Ok(Facts::new());
        };
        let damaged = |problem: String| Fault { name: self.name(item), kind: FaultKind::Damaged, problem };
        let record = reader.record(*index).map_err(|error| damaged(error.to_string()))?;
        serde_json::to_value(&record.labels).map(|labels| facts(&labels)).map_err(|error| damaged(error.to_string()))
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Folders and pictures of a folder, sorted. Hidden ones are left out.
fn list(dir: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), DataError> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(dir).map_err(DataError::io("list", dir))? {
        let path = entry.map_err(DataError::io("list", dir))?.path();
        let name = name_of(&path);
        if name.starts_with('.') || name.starts_with("__") {
            continue;
        }
        if path.is_dir() {
            folders.push(path);
        } else if is_picture(&path) {
            files.push(path);
        }
    }
    folders.sort();
    files.sort();
    Ok((folders, files))
}

/// By name. GRAZ-02's masks lie beside its pictures as `bike_001.mask.0.png`.
fn is_picture(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    EXTENSIONS.contains(&extension.as_str()) && !name_of(path).to_lowercase().contains(".mask.")
}

/// All pictures below a folder, sorted.
fn collect(dir: &Path, pictures: &mut Vec<PathBuf>, depth: usize) -> Result<(), DataError> {
    let (folders, files) = list(dir)?;
    pictures.extend(files);
    for folder in folders.iter().filter(|_| depth > 0) {
        collect(folder, pictures, depth - 1)?;
    }
    Ok(())
}

/// The class at the beginning of a name: letters, then a separator and a number, as in `cat.0.jpg` and `bike_001.bmp`.
fn class_in_name(name: &str) -> Option<String> {
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let class = name[..digits].strip_suffix(['.', '_', '-', ' '])?;
    let number = name[digits..].trim_start_matches(|c: char| c.is_ascii_digit());
    let word = class.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '_' | '-'));
    (word && !class.is_empty() && number.starts_with('.')).then(|| class.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_in_names() {
        for (name, class) in [
            ("cat.0.jpg", Some("cat")),
            ("dog.12499.jpg", Some("dog")),
            ("bike_001.bmp", Some("bike")),
            ("no_bike_no_person_17.png", Some("no_bike_no_person")),
            ("bike_001.image.png", Some("bike")),
            ("1.jpg", None),
            ("cat.jpg", None),
            ("IMG20200101.jpg", None),
            ("cat.0x.jpg", None),
        ] {
            assert_eq!(class_in_name(name).as_deref(), class, "{name}");
        }
    }
}
