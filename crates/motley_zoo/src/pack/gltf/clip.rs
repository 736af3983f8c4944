//! glTF animations → clips.

use bevy_math::{Quat, Vec3};
use gltf::animation::{Interpolation as Between, Property};

use super::notes::Notes;
use super::source::{MEND_LARGE, Source};
use crate::model::{Channel, Clip, Interpolation, Track};
use crate::pack::error::Fault;

/// The most keys in all clips together.
const MAX_KEYS: usize = 4_000_000;

/// Reads all clips. `node_of` maps the file's node numbers to the model's; what moves no node of the model is left out.
pub(super) fn read(source: &Source, node_of: &[Option<usize>], notes: &mut Notes) -> Result<Vec<Clip>, Fault> {
    let mut clips: Vec<Clip> = Vec::new();
    let mut keys = 0usize;
    for animation in source.document.animations() {
        let name = animation.name().filter(|name| !name.trim().is_empty());
        let mut clip =
            Clip { name: name.map_or_else(|| format!("clip_{}", animation.index()), Into::into), ..Clip::default() };
        let mut morphs = false;
        for channel in animation.channels() {
            let property = channel.target().property();
            if property == Property::MorphTargetWeights {
                morphs = true;
                continue;
            }
            let Some(node) = node_of.get(channel.target().node().index()).copied().flatten() else { continue };
            let sampler = channel.sampler();
            keys = keys.saturating_add(sampler.output().count());
            if keys > MAX_KEYS {
                let (what, found) = ("the sum of all animations".into(), format!("more than {MAX_KEYS} keys"));
                return Err(Fault::TooLarge { what, found, limit: MAX_KEYS.to_string(), mend: MEND_LARGE });
            }
            let interpolation = match sampler.interpolation() {
                Between::Step => Interpolation::Step,
                Between::Linear => Interpolation::Linear,
                Between::CubicSpline => Interpolation::Cubic,
            };
            let times: Vec<f32> = source.floats(&sampler.input())?.into_iter().map(|[time]| time).collect();
            let vectors = || -> Result<Vec<Vec3>, Fault> {
                Ok(source.floats(&sampler.output())?.into_iter().map(Vec3::from).collect())
            };
            let (values, length) = match property {
                Property::Translation => (Track::Translation(vectors()?), sampler.output().count()),
                Property::Scale => (Track::Scale(vectors()?), sampler.output().count()),
                _ => {
                    let rotations = rotations(source.floats(&sampler.output())?, interpolation);
                    let length = rotations.len();
                    (Track::Rotation(rotations), length)
                }
            };
            let per_key = if interpolation == Interpolation::Cubic { 3 } else { 1 };
            if times.is_empty() || length != per_key * times.len() || !times.is_sorted() {
                notes.add(format!("clip {:?}: a channel whose keys do not fit its times was left out", clip.name));
                continue;
            }
            let same = |other: &Channel| {
                other.node == node && std::mem::discriminant(&other.values) == std::mem::discriminant(&values)
            };
            if !clip.channels.iter().any(same) {
                clip.channels.push(Channel { node, times, values, interpolation });
            }
        }
        if morphs {
            notes.add(format!("clip {:?}: morph weights were left out", clip.name));
        }
        if clip.channels.is_empty() {
            continue;
        }
        start_at_zero(&mut clip);
        while clips.iter().any(|other| other.name == clip.name) {
            clip.name.push('_');
        }
        clips.push(clip);
    }
    Ok(clips)
}

/// Unit quaternions; tangents of cubic keys stay as they are.
fn rotations(values: Vec<[f32; 4]>, interpolation: Interpolation) -> Vec<Quat> {
    let is_key = |index: usize| interpolation != Interpolation::Cubic || index % 3 == 1;
    let unit = |(index, value): (usize, [f32; 4])| {
        let rotation = Quat::from_array(value);
        if is_key(index) { unit(rotation) } else { rotation }
    };
    values.into_iter().enumerate().map(unit).collect()
}

/// A rotation of unit length; none where there was none.
pub(super) fn unit(rotation: Quat) -> Quat {
    if rotation.length_squared() > 1e-12 && rotation.is_finite() { rotation.normalize() } else { Quat::IDENTITY }
}

/// Clips cut from a longer timeline begin late.
fn start_at_zero(clip: &mut Clip) {
    let first = clip.channels.iter().map(|channel| channel.times[0]).fold(f32::INFINITY, f32::min);
    for channel in &mut clip.channels {
        for time in &mut channel.times {
            *time -= first;
        }
        clip.duration = clip.duration.max(channel.times.last().copied().unwrap_or(0.0));
    }
}
