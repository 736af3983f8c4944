//! Fetches the model of the individual that was drawn, as fine as the picture shows it.

use bevy::{math::ops, prelude::*};
use motley_scene::params::camera::{Aim, CameraDraw};
use motley_zoo::detail::Detail;

use crate::{
    library::{Library, Shelves},
    stage::{FrameRecipe, StageOptions, StageSystems, SubjectState},
};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.in_set(StageSystems::Subject));
}

/// Fetches the model.
pub fn apply(
    frame: Res<FrameRecipe>,
    options: Res<StageOptions>,
    mut library: ResMut<Library>,
    mut shelves: Shelves,
    mut state: ResMut<SubjectState>,
) {
    let draw = &frame.recipe.subject;
    let detail = Detail::for_radius(pixel_radius(&frame.recipe.camera, options.size));
    state.loaded = state.take(library.model(&draw.class, &draw.breed, draw.individual, detail, &mut shelves));
}

/// A portrait shows a subject so many times larger than its head, at most.
const HEADS: f32 = 4.0;

/// About the radius of the subject in the picture, in pixels, known before the subject is.
fn pixel_radius(camera: &CameraDraw, size: u32) -> f32 {
    let half = size as f32 / 2.0;
    match (camera.fills, camera.aim) {
        (true, Aim::Body) => camera.distance * half,
        (true, Aim::Head) => camera.distance * half * HEADS,
        (false, _) => half / (camera.distance * ops::tan(camera.fov.to_radians() / 2.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radius_in_pixels() {
        let camera = CameraDraw { fov: 90.0, distance: 2.0, fills: false, ..CameraDraw::default() };
        assert!((pixel_radius(&camera, 256) - 64.0).abs() < 1e-3);
        let camera = CameraDraw { distance: 0.5, fills: true, ..camera };
        assert!((pixel_radius(&camera, 256) - 64.0).abs() < 1e-3);
        let camera = CameraDraw { aim: Aim::Head, ..camera };
        assert!(pixel_radius(&camera, 256) > 200.0);
    }
}
