//! From pictures that are ready to batches for a network.

use std::{collections::BTreeSet, sync::Arc};

use image::RgbImage;

use crate::{
    data::{Content, Faults, Loaded, Loader, Mixture, Pipeline, Sampler, Ticket},
    error::{Error, Result},
    fit::batch::{Batch, Batches},
    preprocess::Preprocessing,
};

/// Training pictures that a report shows.
pub(super) const SAMPLES: usize = 16;
/// Pictures to be judged on that a report shows, each with where the network looks.
pub(super) const VIEWS: usize = 8;

/// Where pictures come from.
pub(super) enum Origin {
    /// Balanced streams of a mixture's pictures, each from its epoch on; each epoch begins where the one before ended.
    Balanced { pipeline: Pipeline, mixture: Arc<Mixture>, turns: Vec<(usize, Sampler)>, per_epoch: usize },
    /// Pictures in memory and all pictures of a mixture, the same in each epoch.
    Each { held: Vec<Loaded>, files: Option<(Pipeline, Arc<Mixture>)> },
    /// A loader that is fed live: so many pictures an epoch, and all that are left in the last one. `begun` counts epochs
    /// that were taken from it.
    Live { loader: Loader, per_epoch: usize, epochs: usize, begun: usize },
}

/// Batches of pictures after preprocessing.
pub(super) struct Feed {
    pub origin: Origin,
    pub preprocessing: Preprocessing,
    pub batch: usize,
    /// What was left out.
    pub faults: Faults,
    /// The first pictures, with their classes.
    pub samples: Vec<(RgbImage, usize)>,
    /// Names of those pictures: a frame that is learnt again need not be shown again.
    shown: BTreeSet<String>,
}

impl Feed {
    pub fn new(origin: Origin, preprocessing: &Preprocessing, batch: usize) -> Self {
        Self {
            origin,
            preprocessing: *preprocessing,
            batch,
            faults: Faults::default(),
            samples: Vec::new(),
            shown: BTreeSet::new(),
        }
    }

    /// The pictures of an epoch, one by one.
    pub fn pictures(&mut self, epoch: usize) -> Result<Pictures<'_>> {
        pictures(&mut self.origin, &mut self.faults, epoch)
    }
}

fn pictures<'a>(origin: &'a mut Origin, faults: &'a mut Faults, epoch: usize) -> Result<Pictures<'a>> {
    Ok(match origin {
        Origin::Balanced { pipeline, mixture, turns, per_epoch } => {
            let turn = turns.iter().rfind(|(first, _)| *first <= epoch);
            let tickets =
                turn.into_iter().flat_map(|(first, sampler)| sampler.clone().skip((epoch - first) * *per_epoch));
            let tickets: Vec<Ticket> = tickets.take(*per_epoch).collect();
            Pictures::Files(pipeline.files(mixture, tickets, None)?.knowing(faults.clone()), faults)
        }
        Origin::Each { held, files } => {
            let files = files.as_ref().map(|(pipeline, mixture)| pipeline.files(mixture, mixture.tickets(), None));
            let files = files.transpose()?.map(|loader| loader.knowing(faults.clone()));
            Pictures::Each(held.iter(), files, faults)
        }
        Origin::Live { loader, per_epoch, epochs, begun } => {
            // What was learnt before an interruption is drawn again, and let pass.
            let past = epoch.saturating_sub(*begun) * *per_epoch;
            loader.by_ref().take(past).for_each(drop);
            *begun = epoch + 1;
            Pictures::Live(loader, if epoch + 1 == *epochs { usize::MAX } else { *per_epoch })
        }
    })
}

/// The pictures of an epoch.
pub(super) enum Pictures<'a> {
    Files(Loader, &'a mut Faults),
    Live(&'a mut Loader, usize),
    Each(std::slice::Iter<'a, Loaded>, Option<Loader>, &'a mut Faults),
}

impl Iterator for Pictures<'_> {
    type Item = Loaded;

    fn next(&mut self) -> Option<Loaded> {
        match self {
            Self::Files(loader, faults) => loader.next().or_else(|| {
                **faults = loader.faults().clone();
                None
            }),
            Self::Live(_, 0) => None,
            Self::Live(loader, left) => {
                *left -= 1;
                loader.next()
            }
            Self::Each(held, files, faults) => held.next().cloned().or_else(|| {
                let files = files.as_mut()?;
                files.next().or_else(|| {
                    **faults = files.faults().clone();
                    None
                })
            }),
        }
    }
}

impl Batches for Feed {
    fn epoch(&mut self, epoch: usize) -> Box<dyn Iterator<Item = Result<Batch>> + '_> {
        let Self { origin, preprocessing, batch: size, faults, samples, shown } = self;
        match pictures(origin, faults, epoch) {
            Err(error) => Box::new(std::iter::once(Err(error))),
            Ok(mut pictures) => Box::new(std::iter::from_fn(move || {
                let loaded: Vec<Loaded> = pictures.by_ref().take(*size).collect();
                for one in &loaded {
                    if samples.len() < SAMPLES && shown.insert(one.name.clone()) {
                        samples.extend(sample(one));
                    }
                }
                (!loaded.is_empty()).then(|| batch(&loaded, preprocessing))
            })),
        }
    }
}

/// About `count` of a mixture's pictures with their classes, evenly from all of them, to be shown in a report.
pub(super) fn samples(
    pipeline: &Pipeline,
    mixture: &Arc<Mixture>,
    tickets: &[Ticket],
    count: usize,
) -> Result<Vec<(RgbImage, usize)>> {
    let step = tickets.len().div_ceil(count).max(1);
    let chosen: Vec<Ticket> = tickets.iter().copied().step_by(step).collect();
    Ok(pipeline.files(mixture, chosen, None)?.filter_map(|loaded| sample(&loaded)).collect())
}

/// A picture and its class.
fn sample(loaded: &Loaded) -> Option<(RgbImage, usize)> {
    match &loaded.content {
        Content::Pixels(image) => Some((image.clone(), loaded.class)),
        Content::Features(_) => None,
    }
}

/// Pictures after preprocessing.
pub(super) fn batch(loaded: &[Loaded], preprocessing: &Preprocessing) -> Result<Batch> {
    let side = preprocessing.crop as usize;
    let mut images = Vec::with_capacity(loaded.len() * preprocessing.len());
    for one in loaded {
        match &one.content {
            Content::Pixels(image) => images.extend(preprocessing.normalize(image.as_raw())),
            Content::Features(_) => {
                return Err(Error::Data(format!("{} came as features, not as a picture", one.name)));
            }
        }
    }
    let labels = loaded.iter().map(|one| one.class as u32).collect();
    Ok(Batch { images, shape: [3, side, side], labels })
}
