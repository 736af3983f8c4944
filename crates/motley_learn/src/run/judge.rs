//! What a model says of labelled pictures.

use std::{collections::BTreeMap, path::Path};

use burn::tensor::backend::Backend;
use image::RgbImage;

use super::feed;
use crate::{
    data::{Content, Loaded},
    error::{Error, Result},
    files,
    metrics::Prediction,
    model::Model,
};

/// Pictures of mistakes that are kept to be shown.
const KEPT: usize = 24;

/// What a model says of labelled pictures.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// One for each picture, in their order.
    pub predictions: Vec<Prediction>,
    /// The surest mistakes, as the network saw them, by name.
    pub mistakes: BTreeMap<String, RgbImage>,
}

impl Judged {
    /// Writes pictures of mistakes that lie nowhere else as `mistakes/<test>/<name>.png`, such as `frame 17.png`.
    pub(super) fn keep_pictures(&self, dir: &Path, test: &str) -> Result<()> {
        for (name, picture) in &self.mistakes {
            let path = Path::new(name);
            if path.is_file() {
                continue;
            }
            let mut file = path.file_name().unwrap_or_default().to_owned();
            file.push(".png");
            let mut png = Vec::new();
            picture
                .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
                .map_err(|error| Error::Data(format!("{name}: {error}")))?;
            files::write(&dir.join("mistakes").join(test).join(file), &png)?;
        }
        Ok(())
    }
}

/// The surest mistakes so far, with their pictures.
#[derive(Default)]
pub(super) struct SurestMistakes(Vec<(f32, String, RgbImage)>);

impl SurestMistakes {
    /// Keeps the picture if it is a mistake, and among the surest.
    pub(super) fn offer(&mut self, prediction: &Prediction, picture: RgbImage) {
        if !prediction.is_right() {
            self.0.push((prediction.confidence(), prediction.name.clone(), picture));
            self.0.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            self.0.truncate(KEPT);
        }
    }

    /// By name.
    pub(super) fn by_name(self) -> BTreeMap<String, RgbImage> {
        self.0.into_iter().map(|(_, name, picture)| (name, picture)).collect()
    }
}

/// Asks `model` about `pictures`, `batch` at a time; `progress` hears how many are done.
///
/// # Errors
/// When a picture is not of the model's size.
pub fn judge<B: Backend>(
    model: &Model<B>,
    pictures: impl Iterator<Item = Loaded>,
    batch: usize,
    device: &B::Device,
    mut progress: impl FnMut(usize),
) -> Result<Judged> {
    let classifier = model.classifier.clone().folded();
    let classes = model.card.classes.len();
    let mut predictions = Vec::new();
    let mut mistakes = SurestMistakes::default();
    let mut pictures = pictures.peekable();
    while pictures.peek().is_some() {
        let loaded: Vec<Loaded> = pictures.by_ref().take(batch.max(1)).collect();
        let images = feed::batch(&loaded, &model.card.preprocessing)?.images::<B>(device)?;
        let scores: Vec<f32> = classifier.probabilities(images).into_data().iter::<f32>().collect();
        for (one, scores) in loaded.into_iter().zip(scores.chunks(classes)) {
            let prediction = Prediction { name: one.name, truth: one.class, scores: scores.to_vec(), facts: one.facts };
            if let Content::Pixels(image) = one.content {
                mistakes.offer(&prediction, image);
            }
            predictions.push(prediction);
        }
        progress(predictions.len());
    }
    Ok(Judged { predictions, mistakes: mistakes.by_name() })
}
