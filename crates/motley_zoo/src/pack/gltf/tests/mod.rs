mod hostile;
mod motion;
mod third_party;
mod whole;

use bevy_math::bounding::Aabb3d;
use bevy_math::{Affine3A, Vec3};

use super::{LoadedModel, load_model};
use crate::model::Model;
use crate::pack::glb::Glb;

/// Loads what a builder wrote.
fn load(glb: &Glb) -> LoadedModel {
    let folder = tempfile::tempdir().expect("a temporary folder");
    load_model(&glb.write(folder.path()), None).expect("a good file")
}

/// The message with which a file is refused.
fn refusal(glb: &Glb) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    load_model(&glb.write(folder.path()), None).expect_err("a bad file").to_string()
}

fn pose(model: &Model, clip: Option<usize>, time_s: f32) -> Vec<Affine3A> {
    let (mut locals, mut globals) = (Vec::new(), Vec::new());
    model.locals(clip, time_s, &mut locals);
    model.globals(&locals, &mut globals);
    globals
}

fn bounds(model: &Model, clip: Option<usize>, time_s: f32) -> Aabb3d {
    model.bounds(&pose(model, clip, time_s)).expect("something to see")
}

/// Extents of the rest pose.
fn size(model: &Model) -> Vec3 {
    let bounds = bounds(model, None, 0.0);
    Vec3::from(bounds.max - bounds.min)
}

/// Standing on y = 0, centred, of this height.
fn assert_stands(model: &Model, height_m: f32) {
    let bounds = bounds(model, None, 0.0);
    let centre = 0.5 * (bounds.min + bounds.max);
    assert!(bounds.min.y.abs() < 1e-4 * height_m, "{bounds:?}");
    assert!(centre.x.abs() < 1e-3 * height_m && centre.z.abs() < 1e-3 * height_m, "{bounds:?}");
    assert!((bounds.max.y - height_m).abs() < 1e-3 * height_m, "{bounds:?}");
}

fn assert_close(found: Vec3, want: [f32; 3]) {
    assert!((found - Vec3::from(want)).length() < 1e-4, "{found} instead of {want:?}");
}
