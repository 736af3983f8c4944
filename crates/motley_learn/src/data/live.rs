//! Frames that are drawn while one learns.

use std::{collections::VecDeque, fmt, sync::Arc};

use image::RgbImage;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::{Job, Ticket, sampler::stream};

/// Bytes of pixels that [`Replay`] keeps, however many frames come: 5,000 of 256 × 256 pixels.
const KEPT_BYTES: usize = 1 << 30;

/// A labelled picture on its way over a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Index of the frame.
    pub index: u64,
    /// The pixels.
    pub image: RgbImage,
    /// The class's name.
    pub class: String,
    /// Labels and recipe, as they stand in a dataset's `metadata.jsonl`.
    pub labels: Value,
}

impl Sample {
    /// BLAKE3 hash of index, class, size and pixels.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.index.to_le_bytes());
        hasher.update(&(self.class.len() as u64).to_le_bytes()).update(self.class.as_bytes());
        hasher.update(&self.image.width().to_le_bytes()).update(&self.image.height().to_le_bytes());
        hasher.update(self.image.as_raw());
        *hasher.finalize().as_bytes()
    }
}

/// How many samples went by, and a hash of them all in their order: equal on both ends of a channel that loses nothing.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    count: u64,
    hasher: blake3::Hasher,
}

impl Seen {
    /// Adds a sample by its [`hash`](Sample::hash).
    pub fn add(&mut self, hash: &[u8; 32]) {
        self.count += 1;
        self.hasher.update(hash);
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Hash of all of them, hexadecimal.
    pub fn hash(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.hash() == other.hash()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} frames, hash {}", self.count, &self.hash()[..16])
    }
}

/// Live frames, and each of them several times again: a network from scratch learns little from a picture that it sees once,
/// and drawing one takes far longer than learning it.
///
/// Frames are kept for it, the latest up to a bound on their bytes, and drawn from at random. Half of the repetitions come
/// among the frames, the others after the last one: else the last ones would hardly be met again. When fewer frames come
/// than were promised, something broke, and nothing follows.
pub struct Replay<F> {
    frames: F,
    promised: usize,
    came: usize,
    again: usize,
    rng: ChaCha8Rng,
    kept: VecDeque<Arc<Sample>>,
    bytes: usize,
    most_bytes: usize,
    /// How many of those kept are to come before the next frame.
    owed: usize,
    /// How many came so far: each is another draw of the augmentation.
    drawn: u32,
}

impl<F: Iterator<Item = Sample>> Replay<F> {
    /// So many frames, and on average each of them `again` times more; by `seed`.
    pub fn new(frames: F, promised: usize, again: usize, seed: u64) -> Self {
        let (rng, kept) = (stream(seed, "replay", &[]), VecDeque::new());
        Self { frames, promised, came: 0, again, rng, kept, bytes: 0, most_bytes: KEPT_BYTES, owed: 0, drawn: 0 }
    }

    /// Another bound on the bytes of pixels that are kept; one frame is kept in any case.
    pub fn with_most_bytes(self, most_bytes: usize) -> Self {
        Self { most_bytes, ..self }
    }

    fn keep(&mut self, sample: &Sample) {
        self.bytes += sample.image.as_raw().len();
        // What is learnt needs no labels.
        self.kept.push_back(Arc::new(Sample { labels: Value::Null, ..sample.clone() }));
        while self.bytes > self.most_bytes && self.kept.len() > 1 {
            self.bytes -= self.kept.pop_front().map_or(0, |oldest| oldest.image.as_raw().len());
        }
    }
}

impl<F: Iterator<Item = Sample>> Iterator for Replay<F> {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        if self.owed > 0 {
            self.owed -= 1;
            self.drawn += 1;
            let chosen = self.rng.random_range(0..self.kept.len());
            return Some(Job::Again(self.kept[chosen].clone(), self.drawn));
        }
        let sample = self.frames.next()?;
        if self.again > 0 {
            self.came += 1;
            self.keep(&sample);
            self.owed = self.again / 2;
            if self.came == self.promised {
                self.owed += self.promised * self.again.div_ceil(2);
            }
        }
        Some(Job::Live(sample))
    }
}

/// Frames with pictures from files among them, until the frames end.
pub struct Interleave<F, T> {
    frames: F,
    tickets: T,
    /// Share of files, 0–1.
    share: f64,
    owed: f64,
}

impl<F: Iterator<Item = Job>, T: Iterator<Item = Ticket>> Interleave<F, T> {
    /// `share` of the pictures, 0–1 (at most 0.99), come from `tickets`, spread evenly; the rest are frames.
    pub fn new(frames: F, tickets: T, share: f64) -> Self {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 0.99) };
        Self { frames, tickets, share, owed: 0.0 }
    }
}

impl<F: Iterator<Item = Job>, T: Iterator<Item = Ticket>> Iterator for Interleave<F, T> {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        self.owed += self.share;
        if self.owed >= 1.0
            && let Some(ticket) = self.tickets.next()
        {
            self.owed -= 1.0;
            return Some(Job::File(ticket));
        }
        self.frames.next()
    }
}
