//! Frames that are drawn while one learns.

use std::fmt;

use crossbeam_channel::Receiver;
use image::RgbImage;
use serde_json::Value;

use super::{Job, Ticket};

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

/// Live frames with pictures from files among them, until the frames end.
pub struct Interleave<T> {
    frames: Receiver<Sample>,
    tickets: T,
    /// Share of files, 0–1.
    share: f64,
    owed: f64,
}

impl<T: Iterator<Item = Ticket>> Interleave<T> {
    /// `share` of the pictures, 0–1 (at most 0.99), come from `tickets`, spread evenly; the rest are frames.
    pub fn new(frames: Receiver<Sample>, tickets: T, share: f64) -> Self {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 0.99) };
        Self { frames, tickets, share, owed: 0.0 }
    }
}

impl<T: Iterator<Item = Ticket>> Iterator for Interleave<T> {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        self.owed += self.share;
        if self.owed >= 1.0
            && let Some(ticket) = self.tickets.next()
        {
            self.owed -= 1.0;
            return Some(Job::File(ticket));
        }
        self.frames.recv().ok().map(Job::Live)
    }
}
