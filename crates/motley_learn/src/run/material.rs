//! The pictures of a run: frames and photos to learn from, and those that it is judged on.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::Arc};

use crossbeam_channel::Receiver;
use motley_pixels::Augment;

use super::plan::{Folder, Learns, Plan};
use crate::{
    data::{Classes, DataError, Fact, Mixture, Part, Sample, Source, Ticket},
    error::Result,
    preprocess::Preprocessing,
};

/// Share of the training pictures that is kept for validation where no other pictures are named.
const HELD_OUT: f64 = 0.1;

/// Frames that come while one learns.
pub struct Live {
    /// The frames: first those to be judged on, then those to learn from.
    pub frames: Receiver<Sample>,
    /// Names of their classes, in the order of the scene.
    pub classes: Vec<String>,
    /// How many to be judged on.
    pub validation: usize,
    /// How many to learn from.
    pub training: usize,
    /// Whether lens and sensor are in them.
    pub has_lens: bool,
}

/// The pictures of a run.
pub(super) struct Material {
    /// The classes.
    pub classes: Classes,
    /// Files to learn from: frames, then photos.
    pub training: Arc<Mixture>,
    /// Position of the first part that holds photos.
    pub photos_from: usize,
    /// What frames that come live weigh beside those of files: as a folder of weight 1.
    pub live_weight: f32,
    /// Files to be judged on; `None`: there are none.
    pub validation: Option<Arc<Mixture>>,
    /// Files that each epoch is judged on as well; `None`: there are none.
    pub test: Option<Arc<Mixture>>,
}

impl Material {
    /// Opens all folders.
    pub fn open(plan: &Plan, learns: Learns, live: Option<&Live>, preprocessing: &Preprocessing) -> Result<Self> {
        let seed = plan.training.seed;
        let centre = centre(preprocessing);
        let mut held_out = Vec::new();
        let mut sources = |folders: &[Folder], per_class: Option<usize>| -> Result<Vec<(Source, f32)>> {
            let mut sources = Vec::new();
            for Folder { dir, weight } in folders {
                // Before they are shared out: of a sum of 0 the shares are NaN, and the message would say that.
                if !(*weight > 0.0 && weight.is_finite()) {
                    return Err(DataError::Weight { dir: dir.clone(), weight: *weight }.into());
                }
                let mut source = Source::open(dir)?;
                if let Some(count) = per_class {
                    source.keep_per_class(count, seed);
                }
                if plan.val.is_empty() {
                    held_out.push(source.hold_out(HELD_OUT, seed)?);
                }
                sources.push((source, *weight));
            }
            Ok(sources)
        };
        let frames = sources(&plan.data, plan.per_class)?;
        let photos = sources(&plan.real, plan.photos_per_class.or(plan.per_class))?;
        for (source, _) in photos.iter().filter(|(source, _)| source.is_rendered()) {
            tracing::warn!("{} holds frames and is learnt as photos: --data takes frames", source.dir().display());
        }
        let photos_from = frames.len();
        // Live frames are mixed in by their own count.
        let mixed = (!frames.is_empty() || live.is_some()) && !photos.is_empty();
        // On a frozen backbone it is chosen later, and in turns only the weights within each kind count.
        let share = plan.photo_share.unwrap_or(0.5);
        let total = |sources: &[(Source, f32)]| sources.iter().map(|(_, weight)| weight).sum::<f32>();
        let (of_frames, of_photos) = match mixed {
            true => ((1.0 - share) / (total(&frames) + if live.is_some() { 1.0 } else { 0.0 }), share / total(&photos)),
            false => (1.0, 1.0),
        };
        let parts_of = |sources: Vec<(Source, f32)>, is_frame: bool, scale: f32| {
            let part = move |(source, weight): (Source, f32)| {
                let augment = Augment { centre, ..plan.augment(learns, is_frame, has_lens(&source)) };
                Part { source, weight: weight * scale, augment }
            };
            sources.into_iter().map(part).collect::<Vec<_>>()
        };
        let mut parts = parts_of(frames, true, of_frames);
        parts.extend(parts_of(photos, false, of_photos));
        let classes = if !plan.classes.is_empty() {
            Classes::given(plan.classes.iter())?
        } else if let Some(live) = live {
            Classes::given(live.classes.iter())?
        } else {
            Classes::found(parts.iter().flat_map(|part| part.source.words()).map(String::as_str))?
        };
        let live_augment = live.map_or(Augment::none(), |live| plan.augment(learns, true, live.has_lens));
        let training = match parts.is_empty() {
            true => Mixture::live(classes.clone(), Augment { centre, ..live_augment }),
            false => Mixture::new(parts, Some(classes.clone()))?.with_live(Augment { centre, ..live_augment }),
        };
        training.warn_of_others();
        let named = |dirs: &[PathBuf]| -> Result<Option<Mixture>, DataError> {
            let sources = dirs.iter().map(|dir| Source::open(dir)).collect::<Result<_, _>>()?;
            let mixture = test_mixture(sources, &classes, centre)?;
            mixture.iter().for_each(Mixture::warn_of_others);
            Ok(mixture)
        };
        let validation =
            if plan.val.is_empty() { test_mixture(held_out, &classes, centre)? } else { named(&plan.val)? };
        let test = named(&plan.test)?;
        Ok(Self {
            validation: validation.map(Arc::new),
            test: test.map(Arc::new),
            classes,
            training: Arc::new(training),
            photos_from,
            live_weight: of_frames,
        })
    }

    /// Share of those files that are wanted, which are known by the positions of their parts, beside frames that come live.
    pub fn share_of_files(&self, wanted: impl Fn(usize) -> bool) -> f64 {
        let parts = self.training.parts().iter().enumerate();
        let files: f32 = parts.filter(|(number, _)| wanted(*number)).map(|(_, part)| part.weight).sum();
        f64::from(files / (files + self.live_weight))
    }

    /// Whether photos alone show every class.
    pub fn photos_show_all(&self) -> bool {
        let tickets = self.training.tickets().into_iter().filter(|ticket| ticket.part >= self.photos_from);
        let shown: BTreeSet<usize> =
            tickets.filter_map(|ticket| self.training.class(ticket.part, ticket.item)).collect();
        shown.len() == self.classes.len()
    }

    /// A class that the live frames show and nobody asked for.
    pub fn unasked<'a>(&self, live: Option<&'a Live>) -> Option<&'a str> {
        let drawn = live.map_or(&[][..], |live| &live.classes);
        drawn.iter().find(|name| self.classes.find(name).is_none()).map(String::as_str)
    }

    /// A hash of the names and sizes of all pictures in folders, to learn from and to be judged on.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for mixture in [Some(&self.training), self.validation.as_ref(), self.test.as_ref()].into_iter().flatten() {
            for Ticket { part, item, .. } in mixture.tickets() {
                let source = &mixture.parts()[part].source;
                let name = source.name(item);
                // Pictures of a dataset may lie in an archive: their names say it, and the dataset tells damage by itself.
                let bytes = fs::metadata(&name).map_or(0, |metadata| metadata.len());
                hasher.update(name.as_bytes()).update(source.word(item).as_bytes()).update(&bytes.to_le_bytes());
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// A class without a picture to learn from, be it from a file or live.
    pub fn missing(&self, live: Option<&Live>) -> Option<DataError> {
        let drawn = live.map_or(&[][..], |live| &live.classes).iter().filter_map(|name| self.classes.find(name));
        let mut counts = self.training.counts();
        drawn.for_each(|class| counts[class] += 1);
        let class = counts.iter().position(|&count| count == 0)?;
        Some(DataError::NoPictureOf(self.classes.names()[class].clone()))
    }
}

/// Sources as they are; those that hold none of the classes are left out, and so are all when none is left.
fn test_mixture(sources: Vec<Source>, classes: &Classes, centre: f32) -> Result<Option<Mixture>, DataError> {
    let augment = Augment { centre, ..Augment::none() };
    let parts: Vec<Part> = sources
        .into_iter()
        .filter(|source| !source.is_empty())
        .map(|source| Part { source, weight: 1.0, augment })
        .collect();
    if parts.is_empty() {
        return Ok(None);
    }
    Ok(Some(Mixture::new(parts, Some(classes.clone()))?))
}

/// Side of the middle square over the picture's shorter side.
pub(super) fn centre(preprocessing: &Preprocessing) -> f32 {
    preprocessing.crop as f32 / preprocessing.resize as f32
}

/// Whether the frames of a dataset went through a lens and a sensor when they were drawn.
fn has_lens(source: &Source) -> bool {
    let facts = if source.is_empty() { Ok(Default::default()) } else { source.facts(0) };
    facts.is_ok_and(|facts| facts.get("lens_sensor.on") == Some(&Fact::Text("yes".into())))
}
