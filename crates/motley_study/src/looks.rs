//! Where models look: for some pictures of each test and class, what Grad-CAM and occlusion show.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use image::RgbImage;
use motley_learn::{data::Classes, device::Device, explain::Method, run::Explainer};
use serde::{Deserialize, Serialize};

use crate::{
    cell::{Shelf, read_json, write_json},
    error::Result,
    file::{Figure, Show},
    fingerprint::of_text,
    ledger::{Entry, Ledger},
    samples::write_jpeg,
    study::{Cell, Exam, Study},
};

/// The methods, in the order of a figure's rows.
pub const METHODS: [Method; 2] = [Method::GradCam, Method::Occlusion];

/// What was found out about one picture by one method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// The picture's class.
    pub class: String,
    /// How it was looked.
    pub method: Method,
    /// The class that was looked for.
    pub target: String,
    /// Its probability, 0–1.
    pub confidence: f32,
    /// File of the square that the network saw, below the folder of looks.
    pub picture: String,
    /// File of the map over it.
    pub overlay: String,
}

/// Where the looks of a model at a test are kept.
fn file(out: &Path, entry: &Entry, test: &str, figure: &Figure) -> Option<PathBuf> {
    let key = format!("{} {test} {} {}", entry.hash()?, figure.pictures, figure.class);
    Some(out.join("looks").join(format!("{}.json", of_text(&key))))
}

/// The looks that are kept of a model at a test.
///
/// # Errors
/// When they are there and cannot be read.
pub fn kept(out: &Path, entry: &Entry, test: &str, figure: &Figure) -> Result<Option<Vec<Look>>> {
    file(out, entry, test, figure).map_or(Ok(None), |file| read_json(&file))
}

/// Looks for all figures that ask for it, with those models that are there and `mine`.
///
/// # Errors
/// When a model cannot be asked, a picture cannot be kept, or `heard` stops it.
pub fn make(
    study: &Study,
    ledger: &Ledger,
    out: &Path,
    device: &Device,
    mine: &dyn Fn(&Cell) -> bool,
    heard: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let shelf = Shelf::new(out);
    for figure in study.file.figures.iter().filter(|figure| figure.show == Show::Looks) {
        let members = study.file.members(figure);
        for (cell, entry) in study.cells().iter().zip(&ledger.cells) {
            let wanted =
                cell.repeat == 0 && members.arms.contains(&cell.arm) && members.trainings.contains(&cell.training);
            let Some(hash) = entry.hash().filter(|hash| wanted && mine(cell) && shelf.done(hash, true).is_some())
            else {
                continue;
            };
            for &test in &members.tests {
                let name = &study.file.tests[test].name;
                let Some(file) = file(out, entry, name, figure).filter(|file| !file.is_file()) else { continue };
                let (arm, training) = (&entry.arm, &entry.training);
                heard(&format!("where {arm}, {training} looks on {name}"))?;
                let chosen = pictures(&study.tests[test], study, out, &study.classes(cell.arm)?, figure.pictures)?;
                let looks = look(&shelf.model(&hash), &chosen, figure, device, &file)?;
                write_json(&file, &looks)?;
            }
        }
    }
    Ok(())
}

/// The first so many pictures of each class of a test.
fn pictures(exam: &Exam, study: &Study, out: &Path, classes: &Classes, count: u32) -> Result<Vec<(String, RgbImage)>> {
    let source = exam.pictures(out, study.test_seed())?;
    let mut counts: BTreeMap<usize, u32> = BTreeMap::new();
    let mut chosen = Vec::new();
    for item in 0..source.len() {
        let Some(class) = classes.find(source.word(item)) else { continue };
        let taken = counts.entry(class).or_default();
        if *taken < count
            && let Ok(image) = source.image(item)
        {
            *taken += 1;
            chosen.push((classes.names()[class].clone(), image));
        }
    }
    Ok(chosen)
}

fn look(
    model: &Path,
    pictures: &[(String, RgbImage)],
    figure: &Figure,
    device: &Device,
    file: &Path,
) -> Result<Vec<Look>> {
    let images: Vec<RgbImage> = pictures.iter().map(|(_, image)| image.clone()).collect();
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut looks = Vec::new();
    for method in METHODS {
        let class = Some(figure.class.as_str())
            .filter(|class| !class.is_empty())
            .or(pictures.first().map(|(class, _)| class.as_str()));
        let explainer = Explainer { model, method, class, pictures: &images };
        let (card, explained) = explainer.run(device)?;
        for (number, ((class, _), one)) in pictures.iter().zip(&explained).enumerate() {
            let name = |kind: &str| format!("{stem}-{number}-{kind}.jpg");
            let kind = if method == Method::GradCam { "gradcam" } else { "occlusion" };
            let (picture, overlay) = (name("picture"), name(kind));
            write_jpeg(&file.with_file_name(&picture), &one.picture)?;
            write_jpeg(&file.with_file_name(&overlay), &one.overlay())?;
            let target = card.classes[one.class].clone();
            looks.push(Look {
                class: class.clone(),
                method,
                target,
                confidence: one.probabilities[one.class],
                picture,
                overlay,
            });
        }
    }
    Ok(looks)
}
