//! Skins, clips, and what is done about broken ones.

use bevy_math::{Quat, Vec3};
use serde_json::json;

use super::*;
use crate::model::Interpolation;
use crate::pack::glb::CUBE;

/// A cube whose vertices hang on joint 0, or on joint 1 from y = 1 up. Joint 1 lies one above joint 0.
pub(super) fn skinned() -> Glb {
    let mut glb = Glb::cube();
    let joints: Vec<u16> =
        CUBE.iter().flat_map(|[_, y, _]| if *y > 0.5 { [1, 0, 0, 0] } else { [0, 0, 0, 0] }).collect();
    let joints = glb.shorts("VEC4", &joints, 4);
    let weights = glb.floats("VEC4", &[[2.0, 0.0, 0.0, 0.0]; 8]);
    let bind = |y: f32| [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, -y, 0.0, 1.0];
    let binds = glb.floats("MAT4", &[bind(0.0), bind(1.0)]);
    let attributes = &mut glb.json["meshes"][0]["primitives"][0]["attributes"];
    attributes["JOINTS_0"] = json!(joints);
    attributes["WEIGHTS_0"] = json!(weights);
    let tip = glb.push("nodes", json!({"name": "Head", "translation": [0.0, 1.0, 0.0]}));
    let base = glb.node(json!({"name": "base", "children": [tip]}));
    glb.push("skins", json!({"joints": [base, tip], "inverseBindMatrices": binds}));
    glb.json["nodes"][0]["skin"] = json!(0);
    // Ignored: a skinned mesh follows its joints only.
    glb.json["nodes"][0]["translation"] = json!([100.0, 0.0, 0.0]);
    glb
}

#[test]
fn a_skin_follows_its_joints_and_weights_sum_to_one() {
    let model = load(&skinned()).model;
    assert_stands(&model, 1.0);
    let part = &model.parts[0];
    assert!(part.mesh.weights.iter().all(|weights| *weights == [1.0, 0.0, 0.0, 0.0]));
    let skin = part.skin.as_ref().expect("a skin");
    assert_eq!(model.nodes[skin.joints[1]].name, "Head");
    assert_eq!(model.head, Some(skin.joints[1]));
    // Lift the head by a half of the cube's height.
    let mut locals = Vec::new();
    model.locals(None, 0.0, &mut locals);
    locals[skin.joints[1]].translation.y += 0.5;
    let mut globals = Vec::new();
    model.globals(&locals, &mut globals);
    let bounds = model.bounds(&globals).expect("a cube");
    assert!((bounds.max.y - 1.5).abs() < 1e-5 && bounds.min.y.abs() < 1e-5, "{bounds:?}");
}

#[test]
fn all_interpolations_and_properties_are_read_and_start_at_zero() {
    let mut glb = skinned();
    let times = glb.floats("SCALAR", &[[3.0], [4.0]]);
    let places = glb.floats("VEC3", &[[0.0, 1.0, 0.0], [0.0, 1.2, 0.0]]);
    let half = std::f32::consts::FRAC_1_SQRT_2;
    let turns = glb.floats("VEC4", &[[0.0, 0.0, 0.0, 2.0], [0.0, 2.0 * half, 0.0, 2.0 * half]]);
    let scales = glb.floats("VEC3", &[[0.0; 3], [1.0; 3], [0.0; 3], [0.0; 3], [1.2; 3], [0.0; 3]]);
    let clip = glb.animation("walk");
    glb.channel(clip, 1, "translation", "STEP", times, places);
    glb.channel(clip, 1, "rotation", "LINEAR", times, turns);
    glb.channel(clip, 1, "scale", "CUBICSPLINE", times, scales);
    let model = load(&glb).model;
    let clip = &model.clips[0];
    assert_eq!((clip.name.as_str(), clip.duration), ("walk", 1.0));
    let kinds: Vec<_> =
        clip.channels.iter().filter(|channel| channel.node != 0).map(|channel| channel.interpolation).collect();
    assert_eq!(kinds, [Interpolation::Step, Interpolation::Linear, Interpolation::Cubic]);
    let mut locals = Vec::new();
    model.locals(Some(0), 0.5, &mut locals);
    let head = &locals[model.head.expect("a head")];
    assert_eq!(head.translation, Vec3::Y);
    assert!(head.rotation.dot(Quat::from_rotation_y(std::f32::consts::FRAC_PI_4)).abs() > 1.0 - 1e-6);
    assert!((head.scale - Vec3::splat(1.1)).length() < 1e-6);
}

#[test]
fn morph_weights_and_channels_that_do_not_fit_are_noted_and_left_out() {
    let mut glb = skinned();
    let times = glb.floats("SCALAR", &[[0.0], [1.0]]);
    let weights = glb.floats("SCALAR", &[[0.0], [1.0]]);
    let places = glb.floats("VEC3", &[[0.0, 1.0, 0.0]; 3]);
    let backwards = glb.floats("SCALAR", &[[1.0], [0.0], [0.5]]);
    let clip = glb.animation("smile");
    glb.channel(clip, 0, "weights", "LINEAR", times, weights);
    glb.channel(clip, 1, "translation", "LINEAR", times, places);
    glb.channel(clip, 2, "translation", "LINEAR", backwards, places);
    let loaded = load(&glb);
    assert!(loaded.model.clips.is_empty());
    let notes = loaded.notes.join("\n");
    assert!(notes.contains("morph weights") && notes.contains("do not fit"), "{notes}");
}

#[test]
fn eight_influences_keep_the_four_heaviest() {
    let mut glb = skinned();
    let joints = glb.shorts("VEC4", &[1, 0, 0, 0].repeat(8), 4);
    let weights = glb.floats("VEC4", &[[6.0, 0.0, 0.0, 0.0]; 8]);
    let attributes = &mut glb.json["meshes"][0]["primitives"][0]["attributes"];
    attributes["JOINTS_1"] = json!(joints);
    attributes["WEIGHTS_1"] = json!(weights);
    let mesh = load(&glb).model.parts[0].mesh.clone();
    assert!(mesh.joints.iter().zip(&mesh.weights).all(|(joints, weights)| joints[0] == 1 && weights[0] == 0.75));
}

/// Two keys of one value for the base joint.
pub(super) fn held(glb: &mut Glb, name: &str, path: &str, value: &[f32]) {
    let times = glb.floats("SCALAR", &[[0.0], [1.0]]);
    let output = match *value {
        [x, y, z] => glb.floats("VEC3", &[[x, y, z]; 2]),
        [x, y, z, w] => glb.floats("VEC4", &[[x, y, z, w]; 2]),
        _ => panic!("three or four numbers"),
    };
    let clip = glb.animation(name);
    glb.channel(clip, 2, path, "LINEAR", times, output);
}

#[test]
fn a_rest_pose_that_lies_while_clips_stand_is_replaced() {
    let mut glb = skinned();
    let half = std::f32::consts::FRAC_1_SQRT_2;
    // The base lies on its back in the file, and stands in the clip. Twice as tall as wide.
    glb.json["nodes"][2]["rotation"] = json!([half, 0.0, 0.0, half]);
    glb.json["nodes"][2]["scale"] = json!([1.0, 2.0, 1.0]);
    held(&mut glb, "Idle", "rotation", &[0.0, 0.0, 0.0, 1.0]);
    let loaded = load(&glb);
    assert_stands(&loaded.model, 1.0);
    assert_close(size(&loaded.model), [0.5, 1.0, 0.5]);
    assert!(loaded.notes.iter().any(|note| note.contains("lies while most clips stand")), "{:?}", loaded.notes);
}

#[test]
fn clips_that_resize_are_left_out_and_clips_that_leave_are_held() {
    let mut glb = skinned();
    held(&mut glb, "giant", "scale", &[30.0, 30.0, 30.0]);
    held(&mut glb, "elsewhere", "translation", &[40.0, -7.0, 3.0]);
    held(&mut glb, "here", "translation", &[0.0, 0.0, 0.0]);
    let times = glb.floats("SCALAR", &[[0.0], [1.0]]);
    let way = glb.floats("VEC3", &[[0.0; 3], [0.0, 0.0, 20.0]]);
    let run = glb.animation("run");
    glb.channel(run, 2, "translation", "LINEAR", times, way);
    let loaded = load(&glb);
    let names: Vec<_> = loaded.model.clips.iter().map(|clip| clip.name.as_str()).collect();
    assert_eq!(names, ["elsewhere", "here", "run"]);
    for clip in 0..3 {
        for time_s in [0.0, 0.3, 1.0] {
            let bounds = bounds(&loaded.model, Some(clip), time_s);
            let centre = 0.5 * (bounds.min + bounds.max);
            assert!(bounds.min.y.abs() < 1e-3 && centre.x.abs() < 1e-3 && centre.z.abs() < 1e-2, "{clip} {bounds:?}");
        }
    }
    // What stays where it is needs no correction.
    assert!(loaded.model.clips[1].channels.iter().all(|channel| channel.node != 0));
}
