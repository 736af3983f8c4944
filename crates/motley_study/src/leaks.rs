//! Whether pictures of a test were learnt from: for each of them the nearest picture that was.
//!
//! Pictures are compared as grey thumbnails without their mean, by the cosine between them. Copies, also scaled or compressed anew,
//! have a cosine near 1; different photographs of the same kind of thing stay well below.

use std::{
    collections::{BTreeSet, VecDeque},
    path::{Path, PathBuf},
    rc::Rc,
};

use image::{RgbImage, imageops};
use motley_learn::data::{Classes, Source};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    cell::{read_json, write_json},
    error::{Error, Result},
    fingerprint::{Fingerprints, name_within, of_text},
    frames::Frames,
    samples::write_jpeg,
    study::{Cell, Exam, Study, open},
};

/// Folder of what was found, within that of the study.
const FOLDER: &str = "leaks";
/// What it is called where it fails.
const WHAT: &str = "the search for leaks";
/// Folders whose thumbnails are kept at hand.
const AT_HAND: usize = 6;

/// Side of a thumbnail.
const SIDE: u32 = 24;
/// A pair with a greater cosine is taken for the same picture.
pub const SAME: f32 = 0.98;
/// Pairs that are shown.
const SHOWN: usize = 4;
/// Side of a picture of a pair, pixels.
const SHOWN_SIDE: u32 = 160;

/// Pictures of a test beside those that were learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leaks {
    /// Name of the arm.
    pub arm: String,
    /// Name of the test.
    pub test: String,
    /// Pictures of the test.
    pub pictures: usize,
    /// Of these, how many are likely to be among what was learnt from.
    pub leaked: usize,
    /// The nearest pairs.
    pub nearest: Vec<Near>,
}

/// A picture of a test and the nearest one that was learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Near {
    /// Cosine of the two, −1 to 1.
    pub cosine: f32,
    /// The picture of the test.
    pub test: String,
    /// The other one.
    pub training: String,
    /// File that shows both, beside the list.
    pub file: String,
}

/// What an arm learns from, or a test consists of, as far as it comes from one place.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// Frames of the seed, at most so many of each class.
    Frames(&'a Frames, u64, Option<usize>),
    /// A folder, at most so many pictures of each class, chosen by these seeds.
    Photos(&'a Path, Option<usize>, &'a [u64]),
}

impl Part<'_> {
    fn dir(&self, out: &Path) -> PathBuf {
        match self {
            Self::Frames(frames, seed, _) => frames.dir(out, *seed),
            Self::Photos(dir, ..) => (*dir).to_owned(),
        }
    }

    /// What tells it from all others, wherever it lies; frames need not be drawn for it.
    fn key(&self, prints: &mut Fingerprints) -> Result<Value> {
        Ok(match self {
            Self::Frames(frames, seed, limit) => json!([frames.hash, seed, limit]),
            Self::Photos(dir, limit, seeds) => json!([prints.of_pictures(dir)?, limit, seeds]),
        })
    }

    /// Positions of its pictures of these classes in its folder.
    fn chosen(&self, folder: &Source, classes: &Classes) -> Result<BTreeSet<usize>> {
        let (limit, seeds) = match self {
            Self::Frames(_, seed, limit) => (*limit, std::slice::from_ref(seed)),
            Self::Photos(_, limit, seeds) => (*limit, *seeds),
        };
        let names = |source: &Source| (0..source.len()).map(|item| source.name(item)).collect::<BTreeSet<_>>();
        let mut chosen = BTreeSet::new();
        match limit {
            None => chosen = names(folder),
            Some(count) => {
                for &seed in seeds {
                    let mut source = Source::open(folder.dir())?;
                    source.keep_per_class(count, seed);
                    chosen.extend(names(&source));
                }
            }
        }
        let wanted = |item: &usize| classes.find(folder.word(*item)).is_some() && chosen.contains(&folder.name(*item));
        Ok((0..folder.len()).filter(wanted).collect())
    }
}

/// An arm's part beside a test.
struct Pair<'a> {
    arm: usize,
    learnt: Part<'a>,
    test: usize,
    tested: Part<'a>,
    classes: Classes,
    file: PathBuf,
}

/// What is compared: each pair once, under the first names that it has. The second value is what cannot be, and why.
fn pairs<'a>(study: &'a Study, cells: &[Cell], seeds: &'a [u64], out: &Path) -> (Vec<Pair<'a>>, Vec<(String, String)>) {
    let mut prints = Fingerprints::default();
    let (mut seen, mut pairs, mut failed) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    let asked: BTreeSet<(usize, usize)> =
        cells.iter().flat_map(|cell| cell.tests.iter().map(|&test| (cell.arm, test))).collect();
    for (arm, test) in asked {
        let material = &study.arms[arm];
        let frames = material.frames.iter().map(|frames| Part::Frames(frames, seeds[0], material.frames_per_class));
        let photos = material.photos.iter().map(|dir| Part::Photos(dir, material.photos_per_class, seeds));
        for learnt in frames.chain(photos) {
            let tested = match &study.tests[test] {
                // As `Exam::pictures` chooses them.
                Exam::Photos(dir, limit) => Part::Photos(dir, *limit, &[0]),
                Exam::Frames(frames) => Part::Frames(frames, study.test_seed(), None),
            };
            let mut key = || -> Result<(Classes, String)> {
                let classes = study.classes(arm)?;
                let key = json!([learnt.key(&mut prints)?, tested.key(&mut prints)?, classes.names()]);
                Ok((classes, of_text(&key.to_string())))
            };
            match key() {
                Ok((classes, key)) => {
                    let file = out.join(FOLDER).join(format!("{key}.json"));
                    if seen.insert(key) {
                        pairs.push(Pair { arm, learnt, test, tested, classes, file });
                    }
                }
                // What is not there is told by the cells that need it.
                Err(error) if error.is_of_pictures() => {}
                Err(error) => drop(failed.insert(error.to_string())),
            }
        }
    }
    (pairs, failed.into_iter().map(|reason| (WHAT.to_owned(), reason)).collect())
}

/// All that was found.
///
/// # Errors
/// When it cannot be read.
pub fn kept(out: &Path) -> Result<Vec<Leaks>> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(out.join(FOLDER)) else { return Ok(found) };
    let paths: BTreeSet<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        found.extend(read_json::<Leaks>(path)?);
    }
    found.sort_by(|a, b| (&a.test, &a.arm).cmp(&(&b.test, &b.arm)));
    Ok(found)
}

/// Compares the pictures of all tests with those that the arms learn from in these cells: photos of all repeats, frames of the
/// first. Frames that are not drawn here are left out. Gives what could not be compared, and why.
///
/// # Errors
/// When a file cannot be written, or `heard` stops it.
pub fn make(
    study: &Study,
    cells: &[Cell],
    out: &Path,
    heard: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Vec<(String, String)>> {
    let seeds: Vec<u64> = (0..study.file.repeats).map(|repeat| study.seed(repeat)).collect();
    let (pairs, mut failed) = pairs(study, cells, &seeds, out);
    remove_others(out, &pairs)?;
    let mut folders = Folders::default();
    for Pair { arm, learnt, test, tested, classes, file } in &pairs {
        let (learnt_dir, tested_dir) = (learnt.dir(out), tested.dir(out));
        if file.is_file() || !learnt_dir.is_dir() || !tested_dir.is_dir() {
            continue;
        }
        let (arm, test) = (study.file.arms[*arm].name.clone(), study.file.tests[*test].name.clone());
        heard(&format!("whether {arm} holds pictures of {test}"))?;
        let mut search = || -> Result<()> {
            let [learnt, tested] = [(learnt, &learnt_dir), (tested, &tested_dir)].map(|(part, dir)| {
                folders.open(dir).and_then(|folder| Ok((folder.clone(), part.chosen(&folder.0, classes)?)))
            });
            let ((learnt, of_learnt), (tested, of_tested)) = (learnt?, tested?);
            let only = |folder: &Folder, chosen: &BTreeSet<usize>| -> Vec<Thumbnail> {
                folder.1.iter().filter(|(item, _)| chosen.contains(item)).cloned().collect()
            };
            let (of_learnt, of_tested) = (only(&learnt, &of_learnt), only(&tested, &of_tested));
            let found = compare((&learnt.0, &of_learnt), (&tested.0, &of_tested), file)?;
            write_json(file, &Leaks { arm: arm.clone(), test: test.clone(), ..found })
        };
        if let Err(error) = search() {
            failed.push((format!("{WHAT} between {arm} and {test}"), error.to_string()));
        }
    }
    Ok(failed)
}

/// A folder and thumbnails of all its pictures.
type Folder = Rc<(Source, Vec<Thumbnail>)>;

/// Folders whose thumbnails are at hand: the last few, for tests and photos come again and frames do not.
#[derive(Default)]
struct Folders(VecDeque<(PathBuf, Folder)>);

impl Folders {
    fn open(&mut self, dir: &Path) -> Result<Folder> {
        if let Some(at) = self.0.iter().position(|(path, _)| path == dir) {
            // What was used goes to the end; the first is the next to go.
            let used = self.0.remove(at);
            self.0.extend(used);
        } else {
            let source = open(dir)?;
            let thumbnails = thumbnails(&source);
            if self.0.len() == AT_HAND {
                self.0.pop_front();
            }
            self.0.push_back((dir.to_owned(), Rc::new((source, thumbnails))));
        }
        let (_, folder) = &self.0[self.0.len() - 1];
        Ok(folder.clone())
    }
}

/// Removes what was found of other pictures than those of now.
fn remove_others(out: &Path, pairs: &[Pair<'_>]) -> Result<()> {
    let stems: BTreeSet<_> = pairs.iter().filter_map(|pair| pair.file.file_stem()).collect();
    let Ok(entries) = std::fs::read_dir(out.join(FOLDER)) else { return Ok(()) };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // Pictures of a pair are called as its list and a number.
        let stem = name.split(['.', '-']).next().unwrap_or_default();
        if !stems.contains(std::ffi::OsStr::new(stem)) {
            std::fs::remove_file(&path).map_err(Error::io(&path))?;
        }
    }
    Ok(())
}

/// A grey thumbnail of unit length without its mean, and the number of its picture.
pub type Thumbnail = (usize, Vec<f32>);

/// Finds for each picture of a test the nearest of those that were learnt from; thumbnails say which pictures of the two folders these
/// are. The nearest pairs are shown in files beside `file`.
///
/// # Errors
/// When one of these cannot be written.
pub fn compare(
    (training, learnt): (&Source, &[Thumbnail]),
    (test, tested): (&Source, &[Thumbnail]),
    file: &Path,
) -> Result<Leaks> {
    let mut nearest: Vec<(f32, usize, usize)> = Vec::new();
    for (item, thumbnail) in tested {
        let cosine = |other: &[f32]| thumbnail.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
        let best = learnt.iter().map(|(other, values)| (cosine(values), *other)).max_by(|a, b| a.0.total_cmp(&b.0));
        nearest.extend(best.map(|(cosine, other)| (cosine, *item, other)));
    }
    nearest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut shown = Vec::new();
    for (number, &(cosine, item, other)) in nearest.iter().take(SHOWN).enumerate() {
        let name = format!("{stem}-{number}.jpg");
        if let (Ok(left), Ok(right)) = (test.image(item), training.image(other)) {
            write_jpeg(&file.with_file_name(&name), &beside(&left, &right))?;
        }
        shown.push(Near { cosine, test: name_within(test, item), training: name_within(training, other), file: name });
    }
    Ok(Leaks {
        arm: String::new(),
        test: String::new(),
        pictures: nearest.len(),
        leaked: nearest.iter().filter(|(cosine, ..)| *cosine > SAME).count(),
        nearest: shown,
    })
}

/// Thumbnails of all pictures; those that cannot be read are left out.
pub fn thumbnails(source: &Source) -> Vec<Thumbnail> {
    (0..source.len()).filter_map(|item| Some((item, thumbnail(&source.image(item).ok()?)))).collect()
}

fn thumbnail(image: &RgbImage) -> Vec<f32> {
    let small = imageops::thumbnail(image, SIDE, SIDE);
    let grey: Vec<f32> = small.pixels().map(|pixel| pixel.0.iter().map(|&channel| f32::from(channel)).sum()).collect();
    let mean = grey.iter().sum::<f32>() / grey.len() as f32;
    let length = grey.iter().map(|value| (value - mean).powi(2)).sum::<f32>().sqrt().max(1e-6);
    grey.iter().map(|value| (value - mean) / length).collect()
}

fn beside(left: &RgbImage, right: &RgbImage) -> RgbImage {
    let mut both = RgbImage::from_pixel(2 * SHOWN_SIDE + 4, SHOWN_SIDE, image::Rgb([255; 3]));
    for (image, x) in [(left, 0), (right, SHOWN_SIDE + 4)] {
        let small = imageops::resize(image, SHOWN_SIDE, SHOWN_SIDE, imageops::FilterType::Triangle);
        imageops::replace(&mut both, &small, x.into(), 0);
    }
    both
}
