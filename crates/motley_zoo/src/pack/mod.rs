//! Packs: what a user brings instead of, or beside, what is procedural.

pub mod error;
pub mod gltf;
mod image;
mod ktx2;
