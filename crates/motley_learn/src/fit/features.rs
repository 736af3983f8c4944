//! Training heads on features that were computed once.

use burn::module::Module;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, TensorData};
use rand::{RngExt, seq::SliceRandom};

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
    /// How much each row counts when a head is computed ([`crate::head::compute`]), and how often it is drawn when one is
    /// trained step by step; empty: all the same.
    pub weights: Vec<f32>,
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

    /// Adds rows of another domain, which then carry `share` (above 0, below 1) of all weight, however many they are. Ten
    /// photos beside thousands of frames must not drown: at a share of 0.95 they teach what they teach alone.
    ///
    /// # Errors
    /// When the share is out of its range, the rows are of another width, or either side has none.
    pub fn append(&mut self, other: &Self, share: f32) -> Result<()> {
        if !(share > 0.0 && share < 1.0) || self.width != other.width || self.is_empty() || other.is_empty() {
            let problem = "two domains need rows of the same width and a share of the weight between 0 and 1";
            return Err(Error::Setting(problem.into()));
        }
        let weights = |features: &Self| match features.weights.as_slice() {
            [] => vec![1.0; features.len()],
            weights => weights.to_vec(),
        };
        let (own, added) = (weights(self), weights(other));
        let scale = share / (1.0 - share) * own.iter().sum::<f32>() / added.iter().sum::<f32>();
        self.weights = own;
        self.weights.extend(added.iter().map(|weight| weight * scale));
        self.values.extend(&other.values);
        self.labels.extend(&other.labels);
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
        if !self.weights.is_empty() && self.weights.len() != self.len()
            || self.weights.iter().any(|&weight| weight <= 0.0)
        {
            return Err(Error::Data("each row of features needs a weight above 0, or none has one".into()));
        }
        if self.values.len() != self.len() * self.width || self.values.iter().any(|value| !value.is_finite()) {
            return Err(Error::Data("features are missing or not finite numbers".into()));
        }
        Ok(())
    }

    /// Batches of so many rows, shuffled anew each epoch; rows with weights are drawn by them, with replacement.
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

impl Shuffled<'_> {
    /// Sums of the weights up to each row, and of all of them; `None` where all rows count the same.
    fn ends(&self) -> Option<(Vec<f64>, f64)> {
        let mut sum = 0.0;
        let ends: Vec<f64> = self
            .features
            .weights
            .iter()
            .map(|&weight| {
                sum += f64::from(weight);
                sum
            })
            .collect();
        (sum > 0.0).then_some((ends, sum))
    }
}

impl Batches for Shuffled<'_> {
    fn epoch(&mut self, epoch: usize) -> Box<dyn Iterator<Item = Result<Batch>> + '_> {
        let features = self.features;
        let mut order: Vec<usize> = (0..features.len()).collect();
        if let Some(seed) = self.seed {
            let mut rng = stream(seed, u64::MAX - epoch as u64);
            match self.ends() {
                Some((ends, total)) => {
                    let row = |place: f64| ends.partition_point(|&end| end <= place).min(ends.len() - 1);
                    order = order.iter().map(|_| row(rng.random_range(0.0..total))).collect();
                }
                None => order.shuffle(&mut rng),
            }
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
