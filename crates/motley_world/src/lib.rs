//! Bevy: one plugin and one system for each randomized parameter.
//!
//! 1. [`stage`] holds the entities that every frame is set up with; [`library`] the assets made so far.
//! 2. [`params`] apply a recipe to the stage, each its own part.
//! 3. `draw_order` makes a frame independent of those before it.
//! 4. [`lean`] is the one material that draws it all, mask included; [`normals`] serves the camera of normals.

mod draw_order;
pub mod lean;
pub mod library;
pub mod normals;
pub mod params;
mod pool;
pub mod shapes;
pub mod sky_dome;
pub mod solid;
pub mod stage;

use bevy::prelude::*;

/// The world without its renderer's loop: add it after Bevy's own plugins.
pub fn plugin(app: &mut App) {
    app.add_plugins((lean::plugin, normals::plugin, stage::plugin, params::plugin, draw_order::plugin));
}
