//! Turns, scales and moves the subject.

use bevy::{
    math::{Affine3A, ops},
    prelude::*,
};

use super::subject;
use crate::stage::{FrameRecipe, StageSystems, SubjectState};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.after(subject::apply).in_set(StageSystems::Subject));
}

fn apply(frame: Res<FrameRecipe>, mut state: ResMut<SubjectState>) {
    let Some(loaded) = &state.loaded else { return };
    let draw = &frame.recipe.placement;
    let [low, high] = loaded.height;
    let height = low + (high - low) * draw.scale;
    let yaw = draw.yaw.to_radians();
    let (sin, cos) = ops::sin_cos(yaw / 2.0);
    let turn = Quat::from_xyzw(0.0, sin, 0.0, cos);
    // Half its height stands in for the radius here, so that the place does not depend on the pose.
    let place = Vec3::new(draw.x, 0.0, draw.z) * height / 2.0;
    state.place = Affine3A::from_scale_rotation_translation(Vec3::splat(height / loaded.rest_height), turn, place);
    state.yaw = yaw;
}
