//! Heads on a frozen backbone: features of each picture are made once.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Instant};

use burn::{
    module::AutodiffModule,
    tensor::{
        Tensor, TensorData,
        activation::softmax,
        backend::{AutodiffBackend, Backend},
    },
};
use image::RgbImage;

use super::{
    Judged, Live,
    feed::{SAMPLES, VIEWS, samples},
    judge::SurestMistakes,
    material::Material,
    plan::share_of_photos,
    train::{Learnt, Listener, NOTHING_APART, Setup},
};
use crate::{
    backbone::{Backbone, Net, spec},
    classifier::Classifier,
    data::{self, Extracted, Faults, FeatureCache, Job, Loader, Mixture, Origin, Seen, Ticket, extract},
    error::{Error, Result},
    fit::{
        batch::Batches,
        event::{EpochMetrics, Event, StopReason},
        features::{Features, Precomputed, fit_head},
        images::{Fitted, ImageFit, NONE_TO_JUDGE, evaluate},
    },
    head::{Head, HeadKind, compute},
    metrics::Prediction,
    model::Card,
    preprocess::Preprocessing,
    weights,
};

/// Pictures that a frozen backbone sees at once.
pub(super) const BATCH: usize = 16;
/// Rows of features that a head sees at once where nothing is learnt from them.
const ROWS: usize = 1024;
/// Bytes that features may take on disk.
const CACHE_LIMIT: u64 = 8 << 30;

/// Why features are not made to the end.
enum Stop {
    /// The listener asked for it.
    Cancelled,
    /// It does not work.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Makes features of all pictures, and a head of those. `None`: the listener asked to stop before there was a head.
pub(super) fn run<B: AutodiffBackend>(
    setup: &Setup<'_, B>,
    live: Option<Live>,
    listener: &mut Listener<'_>,
) -> Result<Option<Learnt<B>>> {
    match learn(setup, live, listener) {
        Ok(learnt) => Ok(Some(learnt)),
        Err(Stop::Cancelled) => Ok(None),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn learn<B: AutodiffBackend>(
    setup: &Setup<'_, B>,
    live: Option<Live>,
    listener: &mut Listener<'_>,
) -> Result<Learnt<B>, Stop> {
    let (plan, material) = (setup.plan, &setup.material);
    let tickets = all_draws(&material.training, plan.draws);
    let tests = material.validation.as_ref().map_or(Vec::new(), |mixture| mixture.tickets());
    let watched = material.test.as_ref().map_or(Vec::new(), |mixture| mixture.tickets());
    let (live_training, live_tests) = live.as_ref().map_or((0, 0), |live| (live.training, live.validation));
    let total = tickets.len() + tests.len() + watched.len() + live_training + live_tests;
    if tests.len() + live_tests == 0 {
        tracing::warn!("{NOTHING_APART}");
    }
    let _ = listener(&Event::Started {
        backbone: plan.backbone.clone(),
        head: setup.head.name().into(),
        frozen: true,
        classes: material.classes.names().to_vec(),
        training: tickets.len() + live_training,
        total,
        validation: tests.len() + live_tests,
        epochs: if setup.head.is_computed() { 1 } else { plan.training.epochs },
    });
    let net = setup.net.valid();
    // Without a file the weights are random, and hardly met again.
    let cache = match &plan.cache {
        Some(dir) if setup.file.is_some() => Some(cache(dir, &setup.card(), &net)?),
        _ => None,
    };
    let mut maker = Maker::<B> {
        net: net.clone().folded(),
        preprocessing: setup.layout.preprocessing,
        dim: spec(&plan.backbone)?.width,
        device: setup.device,
        start: Instant::now(),
        made: 0,
        total,
        faults: Faults::default(),
        listener,
    };
    let mut seen = [Seen::default(), Seen::default()];
    let (mut training, mut validation) = (Vec::new(), Vec::new());
    let (mut shown, mut views, mut held) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(live) = live {
        if live.validation > 0 {
            let mut loader = setup.validation_frames(&live)?;
            // Nothing else keeps the pictures of a stream, and mistakes are to be shown.
            validation.push(maker.run(&mut loader, &material.training, None, Some((&mut held, live.validation)))?);
            views.extend(held.iter().take(VIEWS).cloned());
            seen[0] = loader.seen().clone();
        }
        let jobs = live.frames.into_iter().map(Job::Live);
        let mut loader = setup.pipeline().run(&material.training, jobs, None)?;
        training.push(maker.run(&mut loader, &material.training, None, Some((&mut shown, SAMPLES)))?);
        seen[1] = loader.seen().clone();
    }
    if !tickets.is_empty() {
        // Pictures whose features are kept from an earlier run are not seen again: a few are read to be shown.
        shown.extend(samples(&setup.pipeline(), &material.training, &tickets, SAMPLES)?);
        let mut loader = setup.pipeline().files(&material.training, tickets, cache.as_ref())?;
        training.push(maker.run(&mut loader, &material.training, cache.as_deref(), None)?);
    }
    if let Some(mixture) = &material.validation {
        views.extend(samples(&setup.test_pipeline(), mixture, &tests, VIEWS)?);
        let mut loader = setup.test_pipeline().files(mixture, tests, cache.as_ref())?;
        validation.push(maker.run(&mut loader, mixture, cache.as_deref(), None)?);
    }
    let mut test = Vec::new();
    if let Some(mixture) = &material.test {
        let mut loader = setup.test_pipeline().files(mixture, watched, cache.as_ref())?;
        test.push(maker.run(&mut loader, mixture, cache.as_deref(), None)?);
    }
    let Maker { faults, dim, listener, .. } = maker;
    let is_photo = |origin: &Origin| matches!(origin, Origin::File(ticket) if ticket.part >= material.photos_from);
    let [mut features, photos] = [false, true].map(|photos| {
        let mut rows = rows(&training, dim, |origin| is_photo(origin) == photos);
        rows.weights = weights(&training, material, |origin| is_photo(origin) == photos);
        rows
    });
    let origins = || training.iter().flat_map(|extracted| &extracted.origins);
    let count =
        origins().filter(|origin| matches!(origin, Origin::File(ticket) if ticket.draw == 0 && is_photo(origin)));
    let photos_per_class = count.count() as f64 / setup.classes() as f64;
    let ridge = if photos.is_empty() { compute::RIDGE_OF_FRAMES } else { compute::ridge_of_photos(photos_per_class) };
    if features.is_empty() {
        features = photos;
    } else if !photos.is_empty() {
        features.append(&photos, plan.photo_share.unwrap_or(share_of_photos(photos_per_class)))?;
    }
    let judges = |extracted: &[Extracted]| {
        let rows = rows(extracted, dim, |_| true);
        if rows.is_empty() && !extracted.is_empty() {
            return Err(Error::Data(NONE_TO_JUDGE.into()));
        }
        Ok((!rows.is_empty()).then_some(rows))
    };
    let judges = Judges { validation: judges(&validation)?, test: judges(&test)? };
    let Fitted { last, best, history, reason } = fit(setup, &features, ridge, &judges, listener)?;
    let predictions = predictions(&best, validation, setup.device);
    // Those of the stream come first.
    let mut mistakes = SurestMistakes::default();
    predictions.iter().zip(held).for_each(|(prediction, (picture, _))| mistakes.offer(prediction, picture));
    let judged = Judged { predictions, mistakes: mistakes.by_name() };
    let whole = |head| Classifier { backbone: net.clone(), head };
    let fitted = Fitted { last: whole(last), best: whole(best), history, reason };
    Ok(Learnt { fitted, judged, samples: shown, views, faults, seen })
}

/// Each picture of a mixture in so many draws of its augmentation; those that nothing varies come once.
fn all_draws(mixture: &Mixture, draws: u32) -> Vec<Ticket> {
    let of = |ticket: Ticket| {
        let random = mixture.parts()[ticket.part].augment.is_random();
        (0..if random { draws } else { 1 }).map(move |draw| Ticket { draw, ..ticket })
    };
    mixture.tickets().into_iter().flat_map(of).collect()
}

/// The features' place on disk: another one for each network, wherever its weights come from.
pub(super) fn cache<B: Backend>(dir: &Path, card: &Card, net: &Net<B>) -> Result<Arc<FeatureCache>> {
    let mut hasher = blake3::Hasher::new();
    for (key, tensor) in weights::collect(net, str::to_owned) {
        let bytes: Vec<u8> = tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        hasher.update(key.as_bytes()).update(&bytes);
    }
    let backbone = data::Backbone {
        id: format!("{} {} {:?}", card.backbone, card.layout, card.preprocessing),
        weights: hasher.finalize().to_hex().to_string(),
        dim: spec(&card.backbone)?.width,
    };
    Ok(Arc::new(FeatureCache::open(dir, &backbone, CACHE_LIMIT)?))
}

/// Features of square pictures, row by row.
pub(super) fn features<B: Backend>(
    net: &Net<B>,
    preprocessing: &Preprocessing,
    pictures: &[(RgbImage, usize)],
    device: &B::Device,
) -> Vec<f32> {
    let side = preprocessing.crop as usize;
    let values: Vec<f32> = pictures.iter().flat_map(|(picture, _)| preprocessing.normalize(picture.as_raw())).collect();
    let images = Tensor::from_data(TensorData::new(values, [pictures.len(), 3, side, side]), device);
    net.features(images).into_data().iter::<f32>().collect()
}

/// Makes features of pictures.
struct Maker<'a, 'l, B: AutodiffBackend> {
    net: Net<B::InnerBackend>,
    preprocessing: Preprocessing,
    dim: usize,
    device: &'a B::Device,
    start: Instant,
    /// Pictures so far, of `total`.
    made: usize,
    total: usize,
    faults: Faults,
    listener: &'a mut Listener<'l>,
}

impl<B: AutodiffBackend> Maker<'_, '_, B> {
    /// Features of all pictures of a loader; `shown` keeps so many of the first that the network sees.
    fn run(
        &mut self,
        loader: &mut Loader,
        mixture: &Mixture,
        cache: Option<&FeatureCache>,
        mut shown: Option<(&mut Vec<(RgbImage, usize)>, usize)>,
    ) -> Result<Extracted, Stop> {
        let Self { net, preprocessing, dim, device, start, made, total, listener, .. } = self;
        let device: &B::Device = device;
        let stopped = std::cell::Cell::new(false);
        let before = *made;
        let forward = |pictures: &[(RgbImage, usize)]| -> Result<Vec<f32>, Stop> {
            if stopped.get() {
                return Err(Stop::Cancelled);
            }
            if let Some((shown, count)) = &mut shown {
                let room = count.saturating_sub(shown.len());
                shown.extend(pictures.iter().take(room).cloned());
            }
            Ok(features(net, preprocessing, pictures, device))
        };
        let progress = |done: usize| {
            *made = before + done;
            let images_per_second = *made as f64 / start.elapsed().as_secs_f64().max(1e-9);
            if listener(&Event::Features { done: *made, total: *total, images_per_second }).is_break() {
                stopped.set(true);
            }
        };
        let extracted = extract(loader, mixture, cache, *dim, BATCH, forward, progress)?;
        self.faults.merge(loader.faults());
        Ok(extracted)
    }
}

/// For each picture whose origin is wanted: how much it counts, so that each class takes from the folders by their weights and
/// all classes count the same. Empty where there is but one folder.
fn weights(extracted: &[Extracted], material: &Material, wanted: impl Fn(&Origin) -> bool) -> Vec<f32> {
    let part = |origin: &Origin| match origin {
        Origin::File(ticket) => Some(ticket.part),
        Origin::Live(_) => None,
    };
    let weight = |part: Option<usize>| part.map_or(material.live_weight, |part| material.training.parts()[part].weight);
    let rows: Vec<(Option<usize>, usize)> = extracted
        .iter()
        .flat_map(|extracted| extracted.origins.iter().zip(&extracted.classes))
        .filter(|(origin, _)| wanted(origin))
        .map(|(origin, &class)| (part(origin), class))
        .collect();
    let mut counts = BTreeMap::new();
    for &row in &rows {
        *counts.entry(row).or_insert(0) += 1;
    }
    if rows.iter().all(|(part, _)| *part == rows[0].0) {
        return Vec::new();
    }
    let mut totals = BTreeMap::new();
    for &(part, class) in counts.keys() {
        *totals.entry(class).or_insert(0.0) += weight(part);
    }
    rows.iter().map(|row| weight(row.0) / (totals[&row.1] * counts[row] as f32)).collect()
}

/// Rows of those pictures whose origin is wanted.
fn rows(extracted: &[Extracted], dim: usize, wanted: impl Fn(&Origin) -> bool) -> Features {
    let mut features = Features::new(dim);
    for extracted in extracted {
        for (row, _) in extracted.origins.iter().enumerate().filter(|(_, origin)| wanted(origin)) {
            features.values.extend(extracted.row(row));
            features.labels.push(extracted.classes[row] as u32);
        }
    }
    features
}

/// Features of the pictures that a head is judged on.
struct Judges {
    validation: Option<Features>,
    test: Option<Features>,
}

type FittedHead<B> = Fitted<Head<<B as AutodiffBackend>::InnerBackend>>;

/// Computes or trains the head.
fn fit<B: AutodiffBackend>(
    setup: &Setup<'_, B>,
    features: &Features,
    ridge: f64,
    judges: &Judges,
    listener: &mut Listener<'_>,
) -> Result<FittedHead<B>> {
    let (classes, device) = (setup.classes(), setup.device);
    let head = match setup.head {
        HeadKind::Transfer => compute::transfer::<B::InnerBackend>(features, classes, ridge, device)?,
        HeadKind::Means => compute::means::<B::InnerBackend>(features, classes, device)?,
        HeadKind::Paper | HeadKind::Linear => {
            let checkpoint = Some(setup.folder.checkpoint());
            let mut test = judges.test.as_ref().map(|features| features.in_order(ROWS));
            let test = test.as_mut().map(|batches| batches as &mut dyn Batches);
            let fit = ImageFit { training: &setup.plan.training, frozen_stages: 0, checkpoint, test, listener };
            return fit_head::<B>(setup.head, features, classes, judges.validation.as_ref(), fit, device);
        }
    };
    let classifier = Classifier { backbone: Precomputed, head: head.clone() };
    let tally = evaluate(&classifier, &mut features.in_order(ROWS), device)?;
    let judge = |features: &Features| evaluate(&classifier, &mut features.in_order(ROWS), device);
    let judged = judges.validation.as_ref().map(judge).transpose()?;
    let tested = judges.test.as_ref().map(judge).transpose()?;
    let metrics = EpochMetrics {
        epoch: 0,
        loss: tally.loss(),
        accuracy: tally.accuracy(),
        val_loss: judged.map(|tally| tally.loss()),
        val_accuracy: judged.map(|tally| tally.accuracy()),
        test_loss: tested.map(|tally| tally.loss()),
        test_accuracy: tested.map(|tally| tally.accuracy()),
        learning_rate: 0.0,
    };
    // Nothing is left to be stopped.
    let _ = listener(&Event::Epoch(metrics.clone()));
    let reason = StopReason::Done;
    let _ = listener(&Event::Finished { epochs: 1, best_epoch: 0, reason });
    Ok(Fitted { last: head.clone(), best: head, history: vec![metrics], reason })
}

/// What a head says of the pictures whose features it gets.
pub(super) fn predictions<B: Backend>(
    head: &Head<B>,
    extracted: Vec<Extracted>,
    device: &B::Device,
) -> Vec<Prediction> {
    let mut predictions = Vec::new();
    for extracted in extracted.into_iter().filter(|extracted| !extracted.is_empty()) {
        let n = extracted.len();
        let values = TensorData::new(extracted.values, [n, extracted.dim]);
        let scores = softmax(head.forward(Tensor::from_data(values, device)), 1);
        let [_, classes] = scores.dims();
        let scores: Vec<f32> = scores.into_data().iter::<f32>().collect();
        let pictures = extracted.names.into_iter().zip(extracted.classes).zip(extracted.facts);
        predictions.extend(pictures.zip(scores.chunks(classes)).map(|(((name, truth), facts), scores)| Prediction {
            name,
            truth,
            scores: scores.to_vec(),
            facts,
        }));
    }
    predictions
}
