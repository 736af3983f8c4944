//! Where a stance meets the ground, by the body's own shape.

use bevy_math::Vec3;

use super::skeleton::{BACK, CHEST, COUNT, FORE, HEAD, HIND, LOIN, NOSE, PELVIS, Posed, Skeleton, Stance};
use super::skin::Binding;

/// How far the hair of forelegs is pressed down by an animal that lies on them, in heights of its chest's joint.
const HAIR_GIVES: f32 = 0.025;

/// Points of the surface that find out how low a stance is.
pub(super) struct Probes {
    points: Vec<(Vec3, Binding)>,
}

impl Probes {
    /// Every `stride`-th vertex.
    pub(super) fn new(positions: &[Vec3], bindings: &[Binding], stride: usize) -> Self {
        let points = positions.iter().copied().zip(bindings.iter().copied()).step_by(stride).collect();
        Self { points }
    }

    pub(super) fn lowest(&self, skeleton: &Skeleton, posed: &Posed, keep: impl Fn(usize) -> bool) -> f32 {
        let mut lowest = f32::INFINITY;
        // Only heights matter: the second row of each joint's rotation.
        let rows: Vec<(Vec3, f32)> = (0..COUNT)
            .map(|j| {
                let row = posed.rotation[j].conjugate() * Vec3::Y;
                (row, posed.position[j].y - row.dot(skeleton.rest[j]))
            })
            .collect();
        for (p, (joints, weights)) in &self.points {
            if keep(usize::from(joints[0])) {
                let y: f32 = joints
                    .iter()
                    .zip(weights)
                    .map(|(j, w)| w * (rows[usize::from(*j)].0.dot(*p) + rows[usize::from(*j)].1))
                    .sum();
                lowest = lowest.min(y);
            }
        }
        if lowest.is_finite() { lowest } else { 0.0 }
    }
}

/// Joints that the body sits on.
pub(super) fn is_haunch(joint: usize) -> bool {
    [PELVIS, LOIN].contains(&joint) || HIND.contains(&joint)
}

/// Joints of what lies on the ground; shoulders are a part of it, as they are of the chest.
pub(super) fn is_trunk(joint: usize) -> bool {
    is_haunch(joint) || [BACK, CHEST].contains(&joint) || FORE.contains(&joint)
}

/// Joints below the shoulder.
pub(super) fn is_foreleg(joint: usize) -> bool {
    FORE.iter().any(|shoulder| (shoulder + 1..shoulder + 5).contains(&joint))
}

/// Joints of the head.
pub(super) fn is_head(joint: usize) -> bool {
    (HEAD..=NOSE).contains(&joint)
}

/// Lowers a trunk that rests onto the ground, whatever that does to the rest.
pub(super) fn settle(skeleton: &Skeleton, probes: &Probes, stance: &mut Stance) -> Posed {
    let mut posed = skeleton.solve(stance);
    for _ in 0..4 {
        stance.shift.y -= probes.lowest(skeleton, &posed, is_trunk);
        posed = skeleton.solve(stance);
    }
    posed
}

/// Solves a stance and puts it on the ground: first the trunk where it rests, then whatever is lowest.
pub(super) fn ground(skeleton: &Skeleton, probes: &Probes, stance: &mut Stance) -> Posed {
    let mut posed = if stance.rests { settle(skeleton, probes, stance) } else { skeleton.solve(stance) };
    let mut gap = probes.lowest(skeleton, &posed, |_| true);
    if stance.rests {
        // What an animal lies on, the hair of its forelegs gives way to.
        let firm = probes.lowest(skeleton, &posed, |joint| !is_foreleg(joint));
        gap = firm.min(gap + HAIR_GIVES * skeleton.rest[CHEST].y);
    }
    for position in &mut posed.position {
        position.y += stance.air - gap;
    }
    posed
}
