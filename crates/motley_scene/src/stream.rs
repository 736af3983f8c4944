//! Random streams: one for each parameter of each frame, none of which knows of another.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The generator behind every draw: ChaCha with 8 rounds, the same on every machine.
pub type Stream = ChaCha8Rng;

/// The stream of `name` for frame `index` of dataset `seed`.
///
/// `attempt` counts redraws from 0: obstructors and camera are drawn again from a further stream when they hide the subject.
/// The key is a BLAKE3 hash of all four, so that streams are independent and any frame can be drawn alone.
pub fn stream(seed: u64, index: u64, name: &str, attempt: u32) -> Stream {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(&index.to_le_bytes());
    hasher.update(&attempt.to_le_bytes());
    hasher.update(name.as_bytes());
    Stream::from_seed(*hasher.finalize().as_bytes())
}
