//! Whether pictures of a test were learnt from: for each of them the nearest picture that was.
//!
//! Pictures are compared as grey thumbnails without their mean, by the cosine between them. Copies, also scaled or compressed anew,
//! have a cosine near 1; different photographs of the same kind of thing stay well below.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use image::{RgbImage, imageops};
use motley_learn::data::Source;
use serde::{Deserialize, Serialize};

use crate::{
    cell::{read_json, write_json},
    error::Result,
    fingerprint::{Fingerprints, name_within, of_text},
    samples::write_jpeg,
    study::{Exam, Study},
};

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
    pub nearest: Vec<Pair>,
}

/// A picture of a test and the nearest one that was learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Cosine of the two, −1 to 1.
    pub cosine: f32,
    /// The picture of the test.
    pub test: String,
    /// The other one.
    pub training: String,
    /// File that shows both, beside the list.
    pub file: String,
}

/// Folders that are compared: each once, under the first names that they have.
fn pairs(study: &Study, out: &Path) -> Vec<(String, PathBuf, String, PathBuf)> {
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::new();
    for (arm, material) in study.file.arms.iter().zip(&study.arms) {
        let folders = [material.photos.clone(), material.frames.as_ref().map(|frames| frames.dir(out, study.seed(0)))];
        for dir in folders.into_iter().flatten() {
            for (test, exam) in study.file.tests.iter().zip(&study.tests) {
                let Exam::Photos(tested, _) = exam else { continue };
                if dir.is_dir() && tested.is_dir() && seen.insert((dir.clone(), tested.clone())) {
                    pairs.push((arm.name.clone(), dir.clone(), test.name.clone(), tested.clone()));
                }
            }
        }
    }
    pairs
}

/// All that was found.
///
/// # Errors
/// When it cannot be read.
pub fn kept(out: &Path) -> Result<Vec<Leaks>> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(out.join("leaks")) else { return Ok(found) };
    let paths: BTreeSet<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        found.extend(read_json::<Leaks>(path)?);
    }
    found.sort_by(|a, b| (&a.test, &a.arm).cmp(&(&b.test, &b.arm)));
    Ok(found)
}

/// Compares all folders of photos that are judged on with all that were learnt from.
///
/// # Errors
/// When a folder cannot be read, a file cannot be written, or `heard` stops it.
pub fn make(study: &Study, out: &Path, heard: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
    let mut prints = Fingerprints::default();
    let mut tests: BTreeMap<PathBuf, Vec<Thumbnail>> = BTreeMap::new();
    for (arm, dir, test, tested) in pairs(study, out) {
        let key = of_text(&format!("{} {}", prints.of_pictures(&dir)?, prints.of_pictures(&tested)?));
        let file = out.join("leaks").join(format!("{key}.json"));
        if !file.is_file() {
            heard(&format!("whether {arm} holds pictures of {test}"))?;
            let source = Source::open(&tested)?;
            // Tests are compared with every arm.
            let thumbnails = tests.entry(tested).or_insert_with(|| thumbnails(&source));
            let found = compare(&Source::open(&dir)?, &source, thumbnails, &file)?;
            write_json(&file, &Leaks { arm, test, ..found })?;
        }
    }
    Ok(())
}

/// A grey thumbnail of unit length without its mean, and the number of its picture.
pub type Thumbnail = (usize, Vec<f32>);

/// Finds for each picture of a test, of which there are thumbnails, the nearest of those that were learnt from; the nearest pairs are
/// shown in files beside `file`.
///
/// # Errors
/// When one of these cannot be written.
pub fn compare(training: &Source, test: &Source, tested: &[Thumbnail], file: &Path) -> Result<Leaks> {
    let learnt = thumbnails(training);
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
        shown.push(Pair { cosine, test: name_within(test, item), training: name_within(training, other), file: name });
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
