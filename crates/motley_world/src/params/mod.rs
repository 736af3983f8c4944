//! One room for each randomized parameter: the system that applies its draw to the stage.

pub mod camera;
pub mod lighting;
pub mod materials;
pub mod obstructors;
pub mod placement;
pub mod pose;
pub mod props;
pub mod sky;
pub mod subject;
pub mod subject_texture;

use bevy::prelude::*;

/// All of them. `lens_sensor` works on pixels and is applied where they are read back.
pub fn plugin(app: &mut App) {
    app.add_plugins((
        subject::plugin,
        pose::plugin,
        placement::plugin,
        subject_texture::plugin,
        materials::plugin,
        sky::plugin,
        lighting::plugin,
        camera::plugin,
        obstructors::plugin,
        props::plugin,
    ));
}
