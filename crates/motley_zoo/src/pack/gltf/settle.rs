//! Which pose is the rest pose, and which clips can be shown.
//!
//! Files are converted through many hands: a rest pose may lie on its back while every clip stands, and clips may lift the
//! subject off its place or tear the mesh apart.

use bevy_math::Vec3A;

use super::notes::Notes;
use super::probe::{Pose, Probe};
use crate::model::{Channel, Clip, Interpolation, Local, Model, Track};

/// A pose whose edges spread this much more than another's is torn.
const TORN: f32 = 1.6;
/// A clip whose subject is this many times larger or smaller than at rest was exported in other units.
const RESIZED: f32 = 2.0;
/// How often a clip is looked at.
const SAMPLES: usize = 17;
/// A subject further from its place than this share of its own diagonal has left it.
const AWAY: f32 = 0.5;
/// A foot lower than this share of the height is below the ground.
const SUNK: f32 = 0.01;

/// Takes over a clip's first pose as the rest pose where the file's own is torn, or lies while most clips stand.
pub(super) fn choose_rest(model: &mut Model, notes: &mut Notes) {
    let skinned = model.parts.iter().any(|part| part.skin.is_some());
    if !skinned || model.clips.is_empty() {
        return;
    }
    let mut probe = Probe::new(model);
    let mut locals = Vec::new();
    model.locals(None, 0.0, &mut locals);
    let rest = probe.pose(&locals);
    let mut firsts: Vec<(usize, Pose)> = Vec::new();
    for clip in 0..model.clips.len() {
        model.locals(Some(clip), 0.0, &mut locals);
        firsts.push((clip, probe.pose(&locals)));
    }
    let least = firsts.iter().map(|(_, pose)| pose.spread).fold(rest.spread, f32::min);
    firsts.retain(|(_, pose)| pose.spread <= TORN * least);
    let torn = rest.spread > TORN * least;
    let tilted = firsts.iter().filter(|(_, pose)| is_tilted(&rest, pose)).count();
    if !torn && 2 * tilted <= firsts.len() {
        return;
    }
    if !torn {
        firsts.retain(|(_, pose)| is_tilted(&rest, pose));
    }
    let calm = |clip: &Clip| {
        let name = clip.name.to_lowercase();
        ["idle", "stand", "rest"].iter().any(|word| name.contains(word))
    };
    let chosen = firsts.iter().map(|(clip, _)| *clip).find(|clip| calm(&model.clips[*clip]));
    let Some(clip) = chosen.or(firsts.first().map(|(clip, _)| *clip)) else { return };
    model.locals(Some(clip), 0.0, &mut locals);
    for (node, local) in model.nodes.iter_mut().zip(&locals) {
        node.rest = *local;
    }
    let why = if torn { "is torn" } else { "lies while most clips stand" };
    notes.add(format!("the rest pose {why}: the first pose of clip {:?} took its place", model.clips[clip].name));
}

/// Whether the body's up in one pose is more than 60° from its up in the other.
fn is_tilted(rest: &Pose, pose: &Pose) -> bool {
    let up = (pose.body * rest.body.inverse() * Vec3A::Y).normalize_or_zero();
    up != Vec3A::ZERO && up.y < 0.5
}

/// Leaves out clips that tear or resize the mesh, and brings back to its place what a clip moves away or below the ground.
///
/// The model's root must already be normalised. A clip that has to be corrected gets a channel that moves the root.
pub(super) fn settle_clips(model: &mut Model, notes: &mut Notes) {
    let mut probe = Probe::new(model);
    let mut locals = Vec::new();
    model.locals(None, 0.0, &mut locals);
    let rest = probe.pose(&locals);
    let (mut kept, mut torn, mut held) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..model.clips.len() {
        let clip = &model.clips[index];
        let poses: Vec<(f32, Pose)> = (0..SAMPLES)
            .map(|sample| {
                let time_s = clip.duration * sample as f32 / (SAMPLES - 1) as f32;
                model.locals(Some(index), time_s, &mut locals);
                (time_s, probe.pose(&locals))
            })
            .collect();
        let tears = |pose: &Pose| !pose.spread.is_finite() || pose.spread > TORN * rest.spread;
        let resized = |pose: &Pose| !(1.0 / RESIZED..=RESIZED).contains(&(pose.scale / rest.scale));
        if poses.iter().any(|(_, pose)| tears(pose) || resized(pose)) {
            torn.push(clip.name.clone());
            continue;
        }
        let mut clip = clip.clone();
        if let Some(channel) = correction(&poses, &rest, &model.nodes[0].rest) {
            held.push(clip.name.clone());
            clip.channels.retain(|other| other.node != 0);
            clip.channels.push(channel);
        }
        kept.push(clip);
    }
    model.clips = kept;
    if !torn.is_empty() {
        notes.add(format!("clips that tear or resize the mesh were left out: {}", torn.join(", ")));
    }
    if !held.is_empty() {
        notes.add(format!("clips that leave the ground or the origin are held there: {}", held.join(", ")));
    }
}

/// The root's translation that keeps a clip at its place; `None` if it stays there by itself.
fn correction(poses: &[(f32, Pose)], rest: &Pose, root: &Local) -> Option<Channel> {
    let size = rest.bounds.max - rest.bounds.min;
    let middle = |pose: &Pose| {
        let centre = 0.5 * (pose.bounds.min + pose.bounds.max);
        Vec3A::new(centre.x, 0.0, centre.z)
    };
    let (_, first) = poses.first()?;
    let away = |distance: f32| distance > AWAY * size.length();
    let travels = poses.iter().any(|(_, pose)| away((middle(pose) - middle(first)).length()));
    let displaced = away(middle(first).length());
    // A clip that starts in the air or below the ground is displaced as a whole and stands at every instant; one that
    // starts on the ground may jump, but not sink.
    let lifted = first.bounds.min.y.abs() > 0.1 * size.y;
    let offset = |pose: &Pose| {
        let level = pose.bounds.min.y;
        let up = if lifted || level < -SUNK * size.y { -level } else { 0.0 };
        let back = if travels {
            -middle(pose)
        } else if displaced {
            -middle(first)
        } else {
            Vec3A::ZERO
        };
        back + Vec3A::Y * up
    };
    let offsets: Vec<Vec3A> = poses.iter().map(|(_, pose)| offset(pose)).collect();
    if offsets.iter().all(|offset| *offset == Vec3A::ZERO) {
        return None;
    }
    let moved = |offset: &Vec3A| root.translation + bevy_math::Vec3::from(*offset);
    Some(Channel {
        node: 0,
        times: poses.iter().map(|(time_s, _)| *time_s).collect(),
        values: Track::Translation(offsets.iter().map(moved).collect()),
        interpolation: Interpolation::Linear,
    })
}
