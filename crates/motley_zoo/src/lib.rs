//! Things to show: procedural subjects, materials and skies, and the packs that a user brings.

pub mod model;
pub mod pose;
