//! Training heads on features that were computed once.

use burn::module::Module;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, TensorData};
use rand::seq::SliceRandom;

use super::batch::{Batch, Batches};
use super::images::{Fitted, ImageFit};
use crate::backbone::Backbone;
use crate::classifier::Classifier;
use crate::error::{Error, Result};
use crate::head::{Head, HeadKind};
use crate::init::{redraw, stream};

/// Features of pictures by rows, with the class of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// Numbers a row.
    pub width: usize,
    /// Rows, one after the other.
    pub values: Vec<f32>,
    /// Class of each row, from 0.
    pub labels: Vec<u32>,
}

impl Features {
    /// None yet.
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// One row.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.width..][..self.width]
    }

    /// All rows, with their classes.
    pub fn rows(&self) -> impl Iterator<Item = (&[f32], usize)> {
        self.labels.iter().enumerate().map(|(index, &label)| (self.row(index), label as usize))
    }

    /// Adds the features of a batch.
    ///
    /// # Errors
    /// When the batch is not whole.
    pub fn extend<B: Backend, N: Backbone<B>>(
        &mut self,
        backbone: &N,
        batch: &Batch,
        device: &B::Device,
    ) -> Result<()> {
        let features = backbone.features(batch.images(device)?).into_data();
        self.values.extend(features.iter::<f32>());
        self.labels.extend(&batch.labels);
        Ok(())
    }

    /// On a device: `[rows, width]`.
    pub fn tensor<B: Backend>(&self, device: &B::Device) -> Tensor<B, 2> {
        Tensor::from_data(TensorData::new(self.values.clone(), [self.len(), self.width]), device)
    }

    /// Whether heads over so many classes can be trained on them.
    ///
    /// # Errors
    /// When there is no row, a class has none, a label is not below `classes`, or a value is not finite.
    pub fn validate(&self, classes: usize) -> Result<()> {
        let mut counts = vec![0usize; classes];
        for &label in &self.labels {
            let count = counts.get_mut(label as usize);
            *count.ok_or_else(|| Error::Data(format!("a picture is of class {label} of {classes} (from 0)")))? += 1;
        }
        if let Some(class) = counts.iter().position(|&count| count == 0) {
            return Err(Error::Data(format!("class {class} (from 0) has no picture to learn from")));
        }
        if self.values.len() != self.len() * self.width || self.values.iter().any(|value| !value.is_finite()) {
            return Err(Error::Data("features are missing or not finite numbers".into()));
        }
        Ok(())
    }

    /// Batches of so many rows, shuffled anew each epoch.
    pub fn shuffled(&self, batch: usize, seed: u64) -> Shuffled<'_> {
        Shuffled { features: self, batch, seed: Some(seed) }
    }

    /// Batches of so many rows, in their order.
    pub fn in_order(&self, batch: usize) -> Shuffled<'_> {
        Shuffled { features: self, batch, seed: None }
    }
}

/// Batches of features.
#[derive(Clone, Copy, Debug)]
pub struct Shuffled<'a> {
    features: &'a Features,
    batch: usize,
    seed: Option<u64>,
}

impl Batches for Shuffled<'_> {
    fn epoch(&mut self, epoch: usize) -> Box<dyn Iterator<Item = Result<Batch>> + '_> {
        let features = self.features;
        let mut order: Vec<usize> = (0..features.len()).collect();
        if let Some(seed) = self.seed {
            order.shuffle(&mut stream(seed, u64::MAX - epoch as u64));
        }
        let batches = order.chunks(self.batch.max(1)).map(<[usize]>::to_vec).collect::<Vec<_>>();
        Box::new(batches.into_iter().map(move |rows| {
            Ok(Batch {
                images: rows.iter().flat_map(|&row| features.row(row)).copied().collect(),
                shape: [features.width, 1, 1],
                labels: rows.iter().map(|&row| features.labels[row]).collect(),
            })
        }))
    }
}

/// A backbone that is not there: its pictures are features, `[n, width, 1, 1]`. So heads alone are trained by the same
/// loop as whole networks.
#[derive(Module, Clone, Debug)]
pub struct Precomputed;

impl<B: Backend> Backbone<B> for Precomputed {
    fn stages(&self) -> usize {
        0
    }

    fn stage(&self, _index: usize, x: Tensor<B, 4>) -> Tensor<B, 4> {
        x
    }
}

/// Trains a head by Adam, from weights that depend on the seed alone. For kinds that are computed instead, see
/// [`crate::head::compute`].
///
/// # Errors
/// See [`Features::validate`] and [`ImageFit::run`].
pub fn fit_head<B: AutodiffBackend>(
    kind: HeadKind,
    features: &Features,
    classes: usize,
    validation: Option<&Features>,
    fit: ImageFit<'_>,
    device: &B::Device,
) -> Result<Fitted<Head<B::InnerBackend>>> {
    features.validate(classes)?;
    let head = redraw(Head::<B>::new(kind, features.width, classes, device), fit.training.seed);
    let mut source = features.shuffled(fit.training.batch, fit.training.seed);
    let mut validation = validation.map(|features| features.in_order(1024));
    let validation = validation.as_mut().map(|batches| batches as &mut dyn Batches);
    let fitted = fit.run(Classifier { backbone: Precomputed, head }, &mut source, validation, device)?;
    let Fitted { last, best, history, reason } = fitted;
    Ok(Fitted { last: last.head, best: best.head, history, reason })
}
