//! The scene file, its parameters and distributions, and the pure draw of one frame.
//!
//! 1. [`scene::Scene::parse`] reads a scene file and reports every fault with its place.
//! 2. A [`catalog::Catalog`] says what there is to draw from.
//! 3. [`recipe::draw`] draws a frame: a pure function of scene, catalogue, seed and index.
//! 4. [`frame::Frame`] is what becomes of it: pixels and labels under one roof.

pub mod catalog;
pub mod distribution;
pub mod field;
pub mod frame;
pub mod params;
pub mod recipe;
pub mod rewrite;
pub mod rle;
pub mod scene;
pub mod slot;
pub mod source;
pub mod stream;
