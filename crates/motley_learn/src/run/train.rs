//! Carries out a plan.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use burn::tensor::backend::AutodiffBackend;
use image::RgbImage;
use motley_pixels::Augment;

use super::{
    Judged, Live, RunFolder,
    feed::{Feed, Origin, VIEWS, samples},
    frozen,
    judge::judge,
    material::{Material, centre},
    plan::{Learns, Plan},
    report,
};
use crate::{
    backbone::{Backbone, Layout, Net, NetOptions, spec},
    classifier::Classifier,
    data::{Faults, Interleave, Job, Loader, Mixture, Pipeline, Replay, Sampler, Seen, Ticket},
    device::{Device, Task},
    error::{Error, Result},
    explain::{Explained, Method, explain_square},
    fit::{
        Training,
        batch::Batches,
        event::{EpochMetrics, Event, StopReason},
        images::{Fitted, ImageFit, Inner},
    },
    head::{Head, HeadKind},
    init::redraw,
    metrics::{self, Evaluation},
    model::{Card, Model},
    weights,
};

/// Hears everything; may ask to stop.
pub type Listener<'a> = dyn FnMut(&Event) -> ControlFlow<()> + 'a;

/// Carries out a plan on a device, and leaves models, metrics and a report in a folder.
pub struct Trainer<'a> {
    /// What is trained, on what, and how.
    pub plan: &'a Plan,
    /// Frames that come meanwhile.
    pub live: Option<Live>,
    /// Where everything is kept.
    pub folder: &'a RunFolder,
    /// Hears everything; may ask to stop.
    pub listener: &'a mut dyn FnMut(&Event) -> ControlFlow<()>,
}

/// What came out of it, besides the files.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Numbers of each epoch.
    pub history: Vec<EpochMetrics>,
    /// Why it ended.
    pub reason: StopReason,
    /// The best model's verdict on validation pictures, where there are some.
    pub evaluation: Option<Evaluation>,
    /// Pictures that were left out.
    pub faults: Faults,
    /// Live frames that came: those to be judged on, and those to learn from.
    pub seen: [Seen; 2],
}

/// A backbone before training.
pub(super) struct Network<B: AutodiffBackend> {
    pub net: Net<B>,
    pub layout: &'static Layout,
    /// File of its weights; `None`: they were drawn.
    pub file: Option<PathBuf>,
}

/// The backbone with weights from a file, else from one in the cache folder, else drawn at random.
pub(super) fn network<B: AutodiffBackend>(
    backbone: &str,
    weights: Option<&Path>,
    seed: u64,
    device: &B::Device,
) -> Result<Network<B>> {
    let spec = spec(backbone)?;
    let in_cache = || weights::cache_folder().and_then(|folder| weights::find(&folder, spec.name));
    let file = weights.map(Path::to_owned).or_else(in_cache);
    let (net, layout) = match &file {
        Some(path) => {
            let loaded = weights::load::<B>(spec.name, path, false, device)?;
            (loaded.net, loaded.layout)
        }
        None => {
            // Whoever names a network that others have trained wants what it knows.
            if spec.layouts[0].options.classes > 0 {
                let place = weights::cache_folder().map_or(String::new(), |folder| format!(" in {}", folder.display()));
                tracing::warn!(
                    "there are no weights of {backbone}{place}: it begins with random ones (--weights FILE)"
                );
            }
            let layout = &spec.layouts[0];
            let options = NetOptions { classes: 0, ..layout.options };
            (redraw(Net::new(spec.name, &options, device)?, seed), layout)
        }
    };
    Ok(Network { net, layout, file })
}

/// What is known before the first picture is seen.
pub(super) struct Setup<'a, B: AutodiffBackend> {
    pub plan: &'a Plan,
    pub folder: &'a RunFolder,
    pub layout: &'static Layout,
    pub net: Net<B>,
    /// File of the backbone's weights.
    pub file: Option<PathBuf>,
    pub learns: Learns,
    pub head: HeadKind,
    pub material: Material,
    pub device: &'a B::Device,
}

impl<B: AutodiffBackend> Setup<'_, B> {
    /// How training pictures are made ready.
    pub fn pipeline(&self) -> Pipeline {
        Pipeline::new(self.layout.preprocessing.crop, self.plan.training.seed)
    }

    /// How pictures to be judged on are made ready.
    pub fn test_pipeline(&self) -> Pipeline {
        Pipeline { with_facts: true, ..self.pipeline() }
    }

    pub fn classes(&self) -> usize {
        self.material.classes.len()
    }

    pub fn card(&self) -> Card {
        Card::new(&self.plan.backbone, self.layout, self.head, self.material.classes.names().to_vec())
    }

    /// Live frames to be judged on.
    pub fn validation_frames(&self, live: &Live) -> Result<Loader> {
        let augment = Augment { centre: centre(&self.layout.preprocessing), ..Augment::none() };
        let mixture = Arc::new(Mixture::live(self.material.classes.clone(), augment));
        let frames = live.frames.clone().into_iter().take(live.validation).map(Job::Live);
        Ok(self.test_pipeline().run(&mixture, frames, None)?)
    }
}

/// What a training gives.
pub(super) struct Learnt<B: AutodiffBackend> {
    pub fitted: Fitted<Inner<B, Net<B>>>,
    pub judged: Judged,
    /// Training pictures as the network saw them, with their classes.
    pub samples: Vec<(RgbImage, usize)>,
    /// Pictures that it was judged on, with their classes.
    pub views: Vec<(RgbImage, usize)>,
    pub faults: Faults,
    pub seen: [Seen; 2],
}

impl Trainer<'_> {
    /// Trains.
    ///
    /// # Errors
    /// When the plan cannot be carried out, a file cannot be read or written, or the device fails.
    pub fn run(self, device: &Device) -> Result<Finished> {
        device.run(self)
    }
}

impl Task for Trainer<'_> {
    type Output = Result<Finished>;

    fn on<B: AutodiffBackend>(self, device: &B::Device) -> Result<Finished> {
        let Self { plan, live, folder, listener } = self;
        plan.validate()?;
        let Network { net, layout, file } =
            network::<B>(&plan.backbone, plan.weights.as_deref(), plan.training.seed, device)?;
        let learns = plan.learns(file.is_some());
        if let Learns::Last(count) = learns
            && count > net.stages()
        {
            let problem = format!("the last {count} stages cannot learn: {} has {}", plan.backbone, net.stages());
            return Err(Error::Setting(problem));
        }
        let head = plan.head(learns)?;
        let material = Material::open(plan, learns, live.as_ref(), &layout.preprocessing)?;
        if let Some(class) = material.unasked(live.as_ref()) {
            let asked = material.classes.names().join(", ");
            let problem =
                format!("the scene draws {class}, which is none of {asked}: leave it out of the scene's classes");
            return Err(Error::Setting(problem));
        }
        folder.check_pictures(&material.fingerprint())?;
        if let Some(missing) = material.missing(live.as_ref()) {
            return Err(missing.into());
        }
        if let [only] = material.classes.names() {
            let problem = format!("{only} is the only class: two are needed to learn what tells them apart");
            return Err(Error::Setting(problem));
        }
        let setup = Setup { plan, folder, layout, net, file, learns, head, material, device };
        let mut listener = |event: &Event| {
            if let Event::Epoch(metrics) = event
                && let Err(error) = folder.add_epoch(metrics)
            {
                // The numbers are written again at the end, where a disk that is still full is an error.
                tracing::warn!("{error}");
            }
            listener(event)
        };
        let learnt = match learns {
            Learns::Head => frozen::run(&setup, live, &mut listener)?,
            Learns::Last(_) | Learns::All => Some(images(&setup, live, &mut listener)?),
        };
        match learnt {
            Some(learnt) => finish(&setup, learnt),
            None => Ok(Finished {
                history: Vec::new(),
                reason: StopReason::Cancelled,
                evaluation: None,
                faults: Faults::default(),
                seen: Default::default(),
            }),
        }
    }
}

/// Writes models and reports.
fn finish<B: AutodiffBackend>(setup: &Setup<'_, B>, learnt: Learnt<B>) -> Result<Finished> {
    let Learnt { fitted, judged, samples, views, faults, seen } = learnt;
    let Fitted { last, best, history, reason } = fitted;
    let (folder, card) = (setup.folder, setup.card());
    if history.is_empty() {
        return Ok(Finished { history, reason, evaluation: None, faults, seen });
    }
    folder.set_epochs(&history)?;
    Model { card: card.clone(), classifier: best }.save(&folder.best())?;
    Model { card: card.clone(), classifier: last }.save(&folder.last())?;
    let evaluation = match judged.predictions.as_slice() {
        [] => None,
        predictions => Some(metrics::evaluate("validation", &card.classes, predictions)?),
    };
    let finished = Finished { history, reason, evaluation, faults, seen };
    let pictures = report::Pictures { samples, views: explained(setup, views)? };
    report::write(folder, &card, setup.plan, &finished, &judged, &pictures)?;
    Ok(finished)
}

/// Where the best model looks, with the class of each picture.
fn explained<B: AutodiffBackend>(
    setup: &Setup<'_, B>,
    views: Vec<(RgbImage, usize)>,
) -> Result<Vec<(Explained, usize)>> {
    let model = Model::<B>::load(&setup.folder.best(), setup.device)?;
    let explain = |(picture, class)| Ok((explain_square(&model, Method::GradCam, picture, None, setup.device)?, class));
    views.into_iter().map(explain).collect()
}

/// Of so few pictures a tenth is none.
pub(super) const NOTHING_APART: &str =
    "there are too few pictures to keep some apart to be judged on: name others by --val DIR";

/// The training, its second half with photos alone where there are frames as well: what is learnt last is remembered best.
fn in_turns<B: AutodiffBackend>(setup: &Setup<'_, B>, live: bool) -> Training {
    let Setup { plan, material, .. } = setup;
    let (frames, parts) = (live || material.photos_from > 0, material.training.parts().len());
    // A class that no photo shows would be forgotten.
    let both = frames
        && material.photos_from < parts
        && plan.photo_share.is_none()
        && plan.training.epochs > 1
        && material.photos_show_all();
    Training { second_turn: both.then_some(plan.training.epochs / 2), ..plan.training.clone() }
}

/// Where the training pictures come from, and how many of them an epoch has.
fn origin<B: AutodiffBackend>(
    setup: &Setup<'_, B>,
    training: &Training,
    live: Option<&Live>,
) -> Result<(Origin, usize)> {
    let mixture = &setup.material.training;
    let second = training.second_turn;
    let is_photo = |part: usize| part >= setup.material.photos_from;
    match live {
        Some(live) => {
            let with_frames = |part: usize| second.is_none() || !is_photo(part);
            let share = setup.material.share_of_files(with_frames);
            // As many pictures an epoch as if the frames came from files: each frame is learnt once an epoch, more or less.
            let per_epoch = (live.training as f64 / (1.0 - share)) as usize;
            let frames = live.frames.clone().into_iter();
            let epochs = second.unwrap_or(training.epochs);
            let frames = Replay::new(frames, live.training, epochs - 1, training.seed);
            let frames: Box<dyn Iterator<Item = Job> + Send> = if share > 0.0 {
                Box::new(Interleave::new(frames, Sampler::of(mixture, training.seed, with_frames)?, share))
            } else {
                Box::new(frames)
            };
            let jobs: Box<dyn Iterator<Item = Job> + Send> = match second {
                Some(second) => {
                    let photos = Sampler::of(mixture, training.seed, is_photo)?;
                    Box::new(then(frames, live.training, photos.take(per_epoch * (training.epochs - second))))
                }
                None => frames,
            };
            let loader = setup.pipeline().run(mixture, jobs, None)?;
            Ok((Origin::Live { loader, per_epoch, epochs: training.epochs, begun: 0 }, per_epoch))
        }
        None => {
            let turns = match second {
                Some(second) => vec![
                    (0, Sampler::of(mixture, training.seed, |part| !is_photo(part))?),
                    (second, Sampler::of(mixture, training.seed, is_photo)?),
                ],
                None => vec![(0, Sampler::new(mixture, training.seed)?)],
            };
            let (pipeline, mixture, per_epoch) = (setup.pipeline(), mixture.clone(), mixture.tickets().len());
            Ok((Origin::Balanced { pipeline, mixture, turns, per_epoch }, per_epoch))
        }
    }
}

/// Jobs, and then tickets, unless fewer frames came than were promised: then something broke, and nothing follows.
fn then(
    mut jobs: impl Iterator<Item = Job>,
    promised: usize,
    mut tickets: impl Iterator<Item = Ticket>,
) -> impl Iterator<Item = Job> {
    let mut came = 0;
    std::iter::from_fn(move || match jobs.next() {
        Some(job) => {
            came += usize::from(matches!(job, Job::Live(_)));
            Some(job)
        }
        None if came == promised => tickets.next().map(Job::File),
        None => None,
    })
}

/// Trains a network on batches of pictures.
fn images<B: AutodiffBackend>(
    setup: &Setup<'_, B>,
    live: Option<Live>,
    listener: &mut Listener<'_>,
) -> Result<Learnt<B>> {
    let plan = setup.plan;
    let training = &in_turns(setup, live.is_some());
    let classes = setup.classes();
    let preprocessing = &setup.layout.preprocessing;
    let feed = |origin| Feed::new(origin, preprocessing, training.batch);
    let mut seen = [Seen::default(), Seen::default()];
    let files = setup.material.validation.clone().map(|mixture| (setup.test_pipeline(), mixture));
    let mut held = Vec::new();
    if let Some(live) = live.as_ref().filter(|live| live.validation > 0) {
        let mut loader = setup.validation_frames(live)?;
        held.extend(loader.by_ref());
        seen[0] = loader.seen().clone();
    }
    let judged_on = held.len() + files.as_ref().map_or(0, |(_, mixture)| mixture.tickets().len());
    if judged_on == 0 {
        tracing::warn!("{NOTHING_APART}");
    }
    let mut validation = (judged_on > 0).then(|| feed(Origin::Each { held, files }));
    let tests = setup.material.test.clone().map(|mixture| Some((setup.test_pipeline(), mixture)));
    let mut test = tests.map(|files| feed(Origin::Each { held: Vec::new(), files }));
    let (origin, count) = origin(setup, training, live.as_ref())?;
    // The loader holds the frames now: once it is gone, nobody waits for them.
    drop(live);
    let mut source = feed(origin);
    let started = Event::Started {
        backbone: plan.backbone.clone(),
        head: setup.head.name().into(),
        frozen: false,
        classes: setup.material.classes.names().to_vec(),
        training: count,
        total: count * training.epochs,
        validation: judged_on,
        epochs: training.epochs,
    };
    let _ = listener(&started);
    let head = redraw(Head::new(setup.head, spec(&plan.backbone)?.width, classes, setup.device), training.seed);
    let stages = setup.net.stages();
    let fit = ImageFit {
        training,
        frozen_stages: match setup.learns {
            Learns::All => 0,
            Learns::Last(count) => stages - count,
            Learns::Head => stages,
        },
        checkpoint: Some(setup.folder.checkpoint()),
        test: test.as_mut().map(|feed| feed as &mut dyn Batches),
        listener,
    };
    let model = Classifier { backbone: setup.net.clone(), head };
    let judges = validation.as_mut().map(|feed| feed as &mut dyn Batches);
    let fitted = fit.run(model, &mut source, judges, setup.device)?;
    let judged = match validation.as_mut().filter(|_| !fitted.history.is_empty()) {
        Some(validation) => {
            let model = Model { card: setup.card(), classifier: fitted.best.clone() };
            judge(&model, validation.pictures(0)?, training.batch, setup.device, |_| ())?
        }
        None => Judged::default(),
    };
    if let Origin::Live { loader, .. } = &source.origin {
        seen[1] = loader.seen().clone();
        source.faults = loader.faults().clone();
    }
    for feed in [&validation, &test].into_iter().flatten() {
        source.faults.merge(&feed.faults);
    }
    let views = match validation {
        Some(Feed { origin: Origin::Each { files: Some((pipeline, mixture)), .. }, .. }) => {
            samples(&pipeline, &mixture, &mixture.tickets(), VIEWS)?
        }
        // Live frames come in no order: the first are as good as any.
        Some(feed) => feed.samples.into_iter().take(VIEWS).collect(),
        None => Vec::new(),
    };
    Ok(Learnt { fitted, judged, samples: source.samples, views, faults: source.faults, seen })
}
