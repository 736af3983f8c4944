//! What a model says of labelled pictures.

use std::collections::BTreeMap;

use burn::tensor::backend::Backend;
use image::RgbImage;

use super::feed;
use crate::{
    data::{Content, Loaded},
    error::Result,
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

/// The surest mistakes with their pictures, which lie in the order of the predictions, by name.
pub(super) fn surest_mistakes(
    predictions: &[Prediction],
    pictures: impl Iterator<Item = RgbImage>,
) -> BTreeMap<String, RgbImage> {
    let mut wrong: Vec<_> = predictions.iter().zip(pictures).filter(|(prediction, _)| !prediction.is_right()).collect();
    wrong.sort_by(|(a, _), (b, _)| b.confidence().total_cmp(&a.confidence()));
    wrong.into_iter().take(KEPT).map(|(prediction, picture)| (prediction.name.clone(), picture)).collect()
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
    let mut judged = Judged::default();
    let mut sure: Vec<(f32, String)> = Vec::new();
    let mut pictures = pictures.peekable();
    while pictures.peek().is_some() {
        let loaded: Vec<Loaded> = pictures.by_ref().take(batch.max(1)).collect();
        let images = feed::batch(&loaded, &model.card.preprocessing)?.images::<B>(device)?;
        let scores: Vec<f32> = classifier.probabilities(images).into_data().iter::<f32>().collect();
        for (one, scores) in loaded.into_iter().zip(scores.chunks(classes)) {
            let prediction = Prediction { name: one.name, truth: one.class, scores: scores.to_vec(), facts: one.facts };
            if let Content::Pixels(image) = one.content
                && !prediction.is_right()
            {
                judged.mistakes.insert(prediction.name.clone(), image);
                sure.push((prediction.confidence(), prediction.name.clone()));
                sure.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
                for (_, name) in sure.drain(KEPT.min(sure.len())..) {
                    judged.mistakes.remove(&name);
                }
            }
            judged.predictions.push(prediction);
        }
        progress(judged.predictions.len());
    }
    Ok(judged)
}
