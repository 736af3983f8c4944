//! How fast each stage of a training is.

use std::{
    ops::ControlFlow,
    path::Path,
    time::{Duration, Instant},
};

use burn::{module::AutodiffModule, tensor::backend::AutodiffBackend};
use image::RgbImage;
use motley_pixels::Augment;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::train::{Network, network};
use crate::{
    backbone::{Backbone, Net, spec},
    classifier::Classifier,
    data::decode,
    device::{Device, Task},
    error::{Error, Result},
    fit::{
        Training,
        batch::Batch,
        event::Event,
        images::{ImageFit, cross_entropy},
    },
    head::{Head, HeadKind},
};

/// Classes of the head; their number hardly matters.
const CLASSES: usize = 2;

/// Measures the stages of a training, each alone, on any device.
pub struct Bench<'a> {
    /// Name of the backbone.
    pub backbone: &'a str,
    /// Its weights; `None` as for [`super::Plan::weights`].
    pub weights: Option<&'a Path>,
    /// Pictures a step.
    pub batch: usize,
    /// Files of pictures, at least one.
    pub pictures: &'a [Vec<u8>],
    /// Least time that each stage is measured for.
    pub period: Duration,
}

/// Pictures a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// From a file's bytes to pixels, on one thread.
    pub decode: f64,
    /// Crops, flips, lens and sensor, and normalization, on one thread.
    pub augment: f64,
    /// Features by the frozen backbone.
    pub forward: f64,
    /// Gradients of the whole network, once the loss is known.
    pub backward: f64,
    /// A training step of the whole network: forward, backward, and Adam.
    pub step: f64,
}

impl Bench<'_> {
    /// Measures.
    ///
    /// # Errors
    /// When there is no picture to measure with, weights cannot be read, or the device fails.
    pub fn run(self, device: &Device) -> Result<Rates> {
        device.run(self)
    }
}

impl Task for Bench<'_> {
    type Output = Result<Rates>;

    fn on<B: AutodiffBackend>(self, device: &B::Device) -> Result<Rates> {
        if self.batch == 0 || self.pictures.is_empty() {
            return Err(Error::Setting("speed is measured on at least one picture".into()));
        }
        let Network { net, layout, .. } = network::<B>(self.backbone, self.weights, 0, device)?;
        let preprocessing = &layout.preprocessing;
        let decode_all = || self.pictures.iter().map(|bytes| decode(bytes, "a picture")).collect::<Result<Vec<_>, _>>();
        let decoded: Vec<RgbImage> =
            decode_all().map_err(|fault| Error::Data(format!("speed cannot be measured: {fault}")))?;
        let count = self.pictures.len();
        let decode = self.rate(count, || drop(decode_all()));
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut augmented = || {
            let augment = |picture| Augment::transfer().apply(picture, preprocessing.crop, &mut rng);
            decoded
                .iter()
                .map(augment)
                .flat_map(|picture| preprocessing.normalize(picture.as_raw()))
                .collect::<Vec<f32>>()
        };
        let images: Vec<f32> = augmented().into_iter().cycle().take(self.batch * preprocessing.len()).collect();
        let augment = self.rate(count, || drop(augmented()));
        let side = preprocessing.crop as usize;
        let labels = (0..self.batch).map(|index| (index % CLASSES) as u32).collect();
        let batch = Batch { images, shape: [3, side, side], labels };
        let frozen = net.valid().folded();
        let tensor = batch.images::<B::InnerBackend>(device)?;
        // Data that is read back is data that was computed: on a GPU the call alone returns at once.
        let forward = self.rate(self.batch, || drop(frozen.features(tensor.clone()).into_data()));
        let head = Head::new(HeadKind::Linear, spec(self.backbone)?.width, CLASSES, device);
        let classifier = Classifier { backbone: net, head };
        let backward = self.backward::<B>(&classifier, &batch, device)?;
        let step = self.steps::<B>(classifier, batch, device)?;
        Ok(Rates { decode, augment, forward, backward, step })
    }
}

impl Bench<'_> {
    /// Pictures a second of work on `count` of them, which is done once before, unmeasured.
    fn rate(&self, count: usize, mut work: impl FnMut()) -> f64 {
        work();
        let (start, mut done) = (Instant::now(), 0);
        while start.elapsed() < self.period {
            work();
            done += count;
        }
        done as f64 / start.elapsed().as_secs_f64().max(1e-9)
    }

    /// Pictures a second of the way back from the loss; the first one is not measured.
    fn backward<B: AutodiffBackend>(
        &self,
        model: &Classifier<B, Net<B>>,
        batch: &Batch,
        device: &B::Device,
    ) -> Result<f64> {
        let (mut spent, mut rounds) = (Duration::ZERO, 0);
        let round = || -> Result<Duration> {
            let loss = cross_entropy(model.forward(batch.images(device)?), batch.labels(CLASSES, device)?);
            let _ = loss.clone().into_data();
            let start = Instant::now();
            let gradients = loss.backward();
            let _ = B::sync(device);
            drop(gradients);
            Ok(start.elapsed())
        };
        round()?;
        while spent < self.period || rounds == 0 {
            spent += round()?;
            rounds += 1;
        }
        Ok((rounds * self.batch) as f64 / spent.as_secs_f64().max(1e-9))
    }

    /// Pictures a second of training steps; the first one is not measured.
    fn steps<B: AutodiffBackend>(&self, model: Classifier<B, Net<B>>, batch: Batch, device: &B::Device) -> Result<f64> {
        let (mut start, mut rate) = (None, 0.0);
        let (size, period) = (self.batch, self.period);
        let mut listener = |event: &Event| {
            let Event::Step { step, .. } = event else { return ControlFlow::Continue(()) };
            let elapsed = start.get_or_insert_with(Instant::now).elapsed();
            rate = ((step - 1) * size) as f64 / elapsed.as_secs_f64().max(1e-9);
            if *step > 1 && elapsed >= period { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let mut source = move |_| std::iter::repeat(batch.clone()).map(Ok);
        let training = Training { epochs: 1, batch: size, ..Training::default() };
        let fit =
            ImageFit { training: &training, frozen_stages: 0, checkpoint: None, test: None, listener: &mut listener };
        fit.run(model, &mut source, None, device)?;
        Ok(rate)
    }
}
