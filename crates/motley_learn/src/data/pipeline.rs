//! Read, decode, augment: from tickets and samples to pictures for a network.

use std::{path::Path, sync::Arc};

use image::RgbImage;
use motley_pixels::Augment;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{
    DataError, Facts, Fault, FaultKind, Faults, FeatureCache, Key, Mixture, Sample, Seen, Shelf, Ticket, decode,
    facts::facts,
    ordered::{Ordered, ordered},
};

/// What is to be made ready.
#[derive(Clone, Debug)]
pub enum Job {
    /// A picture of a mixture.
    File(Ticket),
    /// A frame that came just now.
    Live(Sample),
    /// A frame that came before, and which draw of its augmentation this is; the first was 0.
    Again(Arc<Sample>, u32),
}

/// Where a picture came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A picture of a mixture.
    File(Ticket),
    /// A frame of this index.
    Live(u64),
}

/// A picture that is ready.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Where it came from.
    pub origin: Origin,
    /// Its path, or that of its frame.
    pub name: String,
    /// Its class, a position in the mixture's classes.
    pub class: usize,
    /// What else is known, if it was asked for.
    pub facts: Facts,
    /// What decides its pixels: the same key, the same pixels.
    pub key: Key,
    /// Pixels, or what was made of them before.
    pub content: Content,
}

/// What a network gets.
#[derive(Clone, Debug)]
pub enum Content {
    /// The square picture.
    Pixels(RgbImage),
    /// Features from a cache.
    Features(Vec<f32>),
}

/// How pictures are made ready. Two that are equal give equal pictures for equal tickets, in the same order.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Side of the network's input in pixels.
    pub size: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// Threads that read, decode and augment; at least one. Without effect on what comes out.
    pub threads: usize,
    /// How many pictures each thread may be ahead; at least one. Without effect on what comes out.
    pub ahead: usize,
    /// Read labels and recipes too? They are needed to group results, and take time.
    pub with_facts: bool,
}

impl Pipeline {
    /// Two threads, eight pictures ahead each, no facts.
    pub fn new(size: u32, seed: u64) -> Self {
        Self { size, seed, threads: 2, ahead: 8, with_facts: false }
    }

    /// Makes pictures of a mixture ready, in the order of their tickets.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn files(
        &self,
        mixture: &Arc<Mixture>,
        tickets: impl IntoIterator<Item = Ticket, IntoIter: Send + 'static>,
        cache: Option<&Arc<FeatureCache>>,
    ) -> Result<Loader, DataError> {
        self.run(mixture, tickets.into_iter().map(Job::File), cache)
    }

    /// Makes whatever comes ready, in its order. `jobs` is asked from a thread of its own and may block: an iterator over
    /// the receiver of a bounded channel, for one.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn run(
        &self,
        mixture: &Arc<Mixture>,
        jobs: impl IntoIterator<Item = Job, IntoIter: Send + 'static>,
        cache: Option<&Arc<FeatureCache>>,
    ) -> Result<Loader, DataError> {
        let (pipeline, mixture, cache) = (self.clone(), mixture.clone(), cache.cloned());
        let work = move |job| pipeline.make(&mixture, job, cache.as_deref());
        let results = ordered(jobs.into_iter(), self.threads, self.ahead, work)
            .map_err(DataError::io("start a thread for", Path::new("pictures")))?;
        Ok(Loader { results, faults: Faults::default(), seen: Seen::default() })
    }

    fn make(&self, mixture: &Mixture, job: Job, cache: Option<&FeatureCache>) -> Made {
        match job {
            Job::File(ticket) => Made { hash: None, loaded: self.file(mixture, ticket, cache) },
            Job::Live(sample) => Made { hash: Some(sample.hash()), loaded: self.frame(mixture, &sample, 0, cache) },
            Job::Again(sample, draw) => Made { hash: None, loaded: self.frame(mixture, &sample, draw, cache) },
        }
    }

    fn file(&self, mixture: &Mixture, ticket: Ticket, cache: Option<&FeatureCache>) -> Result<Loaded, Fault> {
        let part = &mixture.parts()[ticket.part];
        let name = part.source.name(ticket.item);
        let class = mixture
            .class(ticket.part, ticket.item)
            .ok_or_else(|| unknown_class(&name, part.source.word(ticket.item), mixture))?;
        let bytes = part.source.bytes(ticket.item)?;
        let facts = if self.with_facts { part.source.facts(ticket.item)? } else { Facts::new() };
        let key = self.key(&bytes, &part.augment, ticket.draw);
        let shelf = shelf(Some(mixture), Origin::File(ticket));
        let content = match cache.and_then(|cache| cache.get(&shelf, &key)) {
            Some(features) => Content::Features(features),
            None => Content::Pixels(self.augment(&decode(&bytes, &name)?, &part.augment, &key)),
        };
        Ok(Loaded { origin: Origin::File(ticket), name, class, facts, key, content })
    }

    fn frame(
        &self,
        mixture: &Mixture,
        sample: &Sample,
        draw: u32,
        cache: Option<&FeatureCache>,
    ) -> Result<Loaded, Fault> {
        let name = format!("frame {}", sample.index);
        let class =
            mixture.classes().find(&sample.class).ok_or_else(|| unknown_class(&name, &sample.class, mixture))?;
        if sample.image.is_empty() {
            return Err(Fault { name, kind: FaultKind::Empty, problem: "it has no pixels".into() });
        }
        let augment = mixture.live_augment();
        // The size belongs to the picture: the same bytes in other rows are another one.
        let size = [sample.image.width().to_le_bytes(), sample.image.height().to_le_bytes()].concat();
        let bytes = [sample.image.as_raw().as_slice(), &size].concat();
        let key = self.key(&bytes, augment, draw);
        let origin = Origin::Live(sample.index);
        let content = match cache.and_then(|cache| cache.get(&shelf(None, origin), &key)) {
            Some(features) => Content::Features(features),
            None => Content::Pixels(self.augment(&sample.image, augment, &key)),
        };
        let facts = if self.with_facts { facts(&sample.labels) } else { Facts::new() };
        Ok(Loaded { origin, name, class, facts, key, content })
    }

    /// Hash of all that decides the pixels. Seed and draw count only where something is random.
    fn key(&self, bytes: &[u8], augment: &Augment, draw: u32) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(blake3::hash(bytes).as_bytes());
        hasher.update(&self.size.to_le_bytes());
        // Debug shows every field, and floats so that they differ where their bits do.
        hasher.update(format!("{augment:?}").as_bytes());
        if augment.is_random() {
            hasher.update(&self.seed.to_le_bytes()).update(&draw.to_le_bytes());
        }
        Key(*hasher.finalize().as_bytes())
    }

    /// The key is the seed of the picture's own random stream: no thread and no other picture has a part in it.
    fn augment(&self, image: &RgbImage, augment: &Augment, key: &Key) -> RgbImage {
        augment.apply(image, self.size, &mut ChaCha8Rng::from_seed(key.0))
    }
}

fn unknown_class(name: &str, word: &str, mixture: &Mixture) -> Fault {
    let problem = format!("{word:?}, and the classes are {}", mixture.classes().names().join(", "));
    Fault { name: name.to_owned(), kind: FaultKind::UnknownClass, problem }
}

/// Which file of a cache holds features of pictures from there.
pub(super) fn shelf(mixture: Option<&Mixture>, origin: Origin) -> Shelf {
    match (mixture, origin) {
        (Some(mixture), Origin::File(ticket)) => {
            let dir = mixture.parts()[ticket.part].source.dir();
            Shelf { source: dir.to_string_lossy().into_owned(), draw: ticket.draw }
        }
        _ => Shelf { source: "live".into(), draw: 0 },
    }
}

/// What a worker hands over.
struct Made {
    /// Hash of a live sample, when it comes first.
    hash: Option<[u8; 32]>,
    loaded: Result<Loaded, Fault>,
}

/// Pictures that are ready, in the order of their jobs. Those that cannot be read are left out and counted.
pub struct Loader {
    results: Ordered<Made>,
    faults: Faults,
    seen: Seen,
}

impl Loader {
    /// The same, knowing what was left out in earlier rounds: that is neither counted nor told again.
    pub(crate) fn knowing(self, faults: Faults) -> Self {
        Self { faults, ..self }
    }

    /// What was left out so far.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Which live samples came so far, whether they could be used or not.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// The next `count` pictures; fewer at the end, none after it.
    pub fn batch(&mut self, count: usize) -> Vec<Loaded> {
        self.by_ref().take(count).collect()
    }
}

impl Iterator for Loader {
    type Item = Loaded;

    fn next(&mut self) -> Option<Loaded> {
        loop {
            let Made { hash, loaded } = self.results.next()?;
            if let Some(hash) = hash {
                self.seen.add(&hash);
            }
            match loaded {
                Ok(loaded) => return Some(loaded),
                Err(fault) => self.faults.add(fault),
            }
        }
    }
}
