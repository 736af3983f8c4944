//! Samples the animation clip that was drawn, and turns the head to the camera where that was drawn.

use bevy::prelude::*;
use motley_zoo::animals::ASLEEP;

use super::subject;
use crate::stage::{FrameRecipe, StageSystems, SubjectState};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.after(subject::apply).in_set(StageSystems::Subject));
}

fn apply(frame: Res<FrameRecipe>, mut state: ResMut<SubjectState>, mut locals: Local<Vec<motley_zoo::model::Local>>) {
    let state = &mut *state;
    let Some(loaded) = &state.loaded else { return };
    let draw = &frame.recipe.pose;
    state.clip = draw.clip_index(&frame.scene.pose.clips, &loaded.clips);
    let duration = state.clip.map_or(0.0, |clip| loaded.model.clips[clip].duration);
    loaded.model.locals(state.clip, draw.time * duration, &mut locals);
    loaded.model.globals(&locals, &mut state.globals);
    let asleep = state.clip.is_some_and(|clip| loaded.clips[clip] == ASLEEP);
    if draw.looks && !asleep {
        // Both the subject and the camera's direction are turned afterwards.
        loaded.model.look(Vec3::from(frame.recipe.camera.from), &mut locals, &mut state.globals);
    }
}
