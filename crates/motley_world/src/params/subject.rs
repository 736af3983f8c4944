//! Fetches the model of the individual that was drawn.

use bevy::prelude::*;

use crate::{
    library::{Library, Shelves},
    stage::{FrameRecipe, StageSystems, SubjectState},
};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.in_set(StageSystems::Subject));
}

/// Fetches the model.
pub fn apply(
    frame: Res<FrameRecipe>,
    mut library: ResMut<Library>,
    mut shelves: Shelves,
    mut state: ResMut<SubjectState>,
) {
    let draw = &frame.recipe.subject;
    match library.model(&draw.class, &draw.breed, draw.individual, &mut shelves) {
        Ok(loaded) => state.loaded = Some(loaded),
        Err(error) => {
            state.loaded = None;
            state.error = Some(error.to_string());
        }
    }
}
