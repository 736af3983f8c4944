//! A trained model and its file.
//!
//! The file is safetensors: tensors of the backbone under `backbone.` and of the head under `head.`, with PyTorch's
//! shapes and, where the backbone is one of torchvision's, torchvision's names; beside them a [`Card`] as JSON. It holds
//! no trace of the device that it was made on.

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::backbone::{Layout, Net, NetOptions, spec};
use crate::classifier::Classifier;
use crate::error::{Error, Result};
use crate::head::{Head, HeadKind};
use crate::preprocess::Preprocessing;
use crate::weights::{self, Checkpoint};

/// Key of the card in the file.
const CARD: &str = "motley_model";
/// Written into each card; raised when a file can no longer be read as before.
const VERSION: u32 = 1;

/// What there is to know of a model beside its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// 1.
    pub version: u32,
    /// Name of the backbone.
    pub backbone: String,
    /// In which layout its weights came.
    pub layout: String,
    /// Whether batch norms stand beside their convolutions.
    pub norms: bool,
    /// Which head.
    pub head: HeadKind,
    /// Names of the classes, in the order of the scores.
    pub classes: Vec<String>,
    /// What is done to a picture.
    pub preprocessing: Preprocessing,
}

impl Card {
    /// The card of a model that is about to be trained.
    pub fn new(backbone: &str, layout: &Layout, head: HeadKind, classes: Vec<String>) -> Self {
        Self {
            version: VERSION,
            backbone: backbone.into(),
            layout: layout.name.into(),
            norms: layout.options.norms,
            head,
            classes,
            preprocessing: layout.preprocessing,
        }
    }
}

/// A classifier that knows its classes and its preprocessing.
#[derive(Clone, Debug)]
pub struct Model<B: Backend> {
    /// What it is.
    pub card: Card,
    /// What it does.
    pub classifier: Classifier<B, Net<B>>,
}

impl<B: Backend> Model<B> {
    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let layout = spec(&self.card.backbone)?.layout(&self.card.layout)?;
        let key = |own: &str| match own.strip_prefix("backbone.") {
            Some(own) => format!("backbone.{}", (layout.key)(own)),
            None => own.to_owned(),
        };
        let tensors = weights::collect(&self.classifier, key);
        let card = serde_json::to_string(&self.card).map_err(|error| Error::Training(error.to_string()))?;
        weights::write(path, &tensors, BTreeMap::from([(CARD.to_owned(), card)]))
    }

    /// Reads a file that [`save`](Self::save) wrote, on this device or another.
    ///
    /// # Errors
    /// When it is not such a file, or one of a later Motley, or broken.
    pub fn load(path: &Path, device: &B::Device) -> Result<Self> {
        let wrong = |reason: String| Error::Weights { path: path.into(), reason };
        let metadata = weights::metadata(path)?;
        let card =
            metadata.get(CARD).ok_or_else(|| wrong("it holds weights, but is not a model of Motley's".into()))?;
        let card: Card = serde_json::from_str(card).map_err(|error| wrong(format!("its description: {error}")))?;
        if card.version > VERSION {
            return Err(wrong(format!("it was written by a later Motley (version {} of its format)", card.version)));
        }
        let spec = spec(&card.backbone)?;
        let layout = spec.layout(&card.layout)?;
        let options = NetOptions { norms: card.norms, classes: 0, ..layout.options };
        let classifier = Classifier {
            backbone: Net::new(spec.name, &options, device)?,
            head: Head::new(card.head, spec.width, card.classes.len(), device),
        };
        let key = |own: &str| match own.strip_prefix("backbone.") {
            Some(own) => format!("backbone.{}", (layout.key)(own)),
            None => own.to_owned(),
        };
        let classifier = weights::apply(classifier, &Checkpoint::open(path)?, key)?;
        Ok(Self { card, classifier })
    }

    /// Probabilities of each class for pictures of 3 bytes a pixel, each with its width and height: as many rows as
    /// pictures.
    ///
    /// # Errors
    /// When a picture's bytes do not agree with its size.
    pub fn predict(&self, pictures: &[(&[u8], u32, u32)], device: &B::Device) -> Result<Vec<Vec<f32>>> {
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let preprocessing = &self.card.preprocessing;
        let mut values = Vec::with_capacity(pictures.len() * preprocessing.len());
        for &(rgb, width, height) in pictures {
            values.extend(preprocessing.apply(rgb, width, height)?);
        }
        let side = preprocessing.crop as usize;
        let images = Tensor::from_data(TensorData::new(values, [pictures.len(), 3, side, side]), device);
        let probabilities: Vec<f32> = self.classifier.probabilities(images).into_data().iter::<f32>().collect();
        Ok(probabilities.chunks(self.card.classes.len()).map(<[f32]>::to_vec).collect())
    }
}
