//! A few pictures of every arm and test, to be looked at. Arms of one scene show the same frames.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use image::RgbImage;
use motley_learn::{
    data::{Classes, Source},
    files,
};

use crate::{
    error::{Error, Result},
    study::Study,
};

/// Pictures of an arm or test.
pub const COUNT: usize = 8;
/// Quality of the JPEGs that are kept.
const QUALITY: u8 = 88;

/// Keeps pictures of all arms and tests whose pictures are there.
///
/// # Errors
/// When a picture cannot be kept.
pub fn make(study: &Study, out: &Path) -> Result<()> {
    let mut all = BTreeSet::new();
    for (at, (material, arm)) in study.arms.iter().zip(&study.file.arms).enumerate() {
        // What is not there is told by the cells that need it, here and below.
        let Ok(classes) = study.classes(at) else { continue };
        all.extend(classes.names().to_vec());
        let frames = material.frames.as_ref().map(|frames| frames.dir(out, study.seed(0)));
        if let Some(Ok(source)) = frames.as_deref().or(material.photos.as_deref()).map(Source::open) {
            keep(out, "arm", &arm.name, &source, &classes)?;
        }
    }
    let Ok(classes) = Classes::found(all.iter().map(String::as_str)) else { return Ok(()) };
    for (exam, test) in study.tests.iter().zip(&study.file.tests) {
        if let Ok(source) = exam.pictures(out, study.test_seed()) {
            keep(out, "test", &test.name, &source, &classes)?;
        }
    }
    Ok(())
}

/// The pictures that are kept of an arm or a test (`kind`).
pub fn kept(out: &Path, kind: &str, name: &str) -> Vec<PathBuf> {
    (0..COUNT).map(|number| path(out, kind, name, number)).filter(|path| path.is_file()).collect()
}

fn path(out: &Path, kind: &str, name: &str, number: usize) -> PathBuf {
    out.join("samples").join(format!("{kind} {name} {number}.jpg"))
}

fn keep(out: &Path, kind: &str, name: &str, source: &Source, classes: &Classes) -> Result<()> {
    let frames = source.is_rendered();
    let items: Vec<usize> = (0..source.len()).filter(|&item| classes.find(source.word(item)).is_some()).collect();
    for number in 0..COUNT.min(items.len()) {
        // The first frames, which are the same in every arm; photos are sorted by class, so evenly from all of them.
        let item = items[if frames { number } else { number * items.len() / COUNT }];
        if let Ok(image) = source.image(item) {
            write_jpeg(&path(out, kind, name, number), &image)?;
        }
    }
    Ok(())
}

/// Writes a picture as JPEG.
///
/// # Errors
/// When it cannot be written.
pub fn write_jpeg(path: &Path, image: &RgbImage) -> Result<()> {
    let failed = |problem: String| Error::Setting(format!("{}: {problem}", path.display()));
    let (Ok(width), Ok(height)) = (u16::try_from(image.width()), u16::try_from(image.height())) else {
        return Err(failed("the picture is too large".to_owned()));
    };
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, QUALITY)
        .encode(image, width, height, jpeg_encoder::ColorType::Rgb)
        .map_err(|error| failed(error.to_string()))?;
    Ok(files::write(path, &jpeg)?)
}
