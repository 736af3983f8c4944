//! Things to show: procedural subjects, materials and skies, and the packs that a user brings.

pub mod animals;
pub mod cache;
pub mod detail;
pub mod export;
mod family;
mod figure;
mod gaze;
pub mod materials;
pub mod model;
pub mod pack;
pub mod pose;
pub mod props;
pub mod ready;
pub mod skies;
mod stored;
pub mod streets;
pub mod vehicles;
pub mod zoo;
