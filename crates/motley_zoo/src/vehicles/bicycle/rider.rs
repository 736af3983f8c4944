//! Who rides: feet on the pedals, hands on the bars, knees that follow the cranks.

use std::f32::consts::TAU;

use bevy_math::{Quat, Vec3, ops};
use rand::Rng;

use super::{Joints, Nodes, drive::Cranks};
use crate::{
    figure::{self, Carrier, Dress, LEG, Stance, bend, limbs},
    model::{Channel, Interpolation, Track},
    vehicles::{
        breed::{BicycleBreed, Dice},
        build::{Assembly, NodeId},
    },
};

/// Keys of one turn of the cranks.
const KEYS: usize = 16;
/// Ankle above the middle of a pedal, metres.
const ANKLE: f32 = 0.085;

/// Seats a rider and makes the legs follow the clip `pedal`.
pub(super) fn add<R: Rng>(
    bike: &mut Assembly,
    nodes: &Nodes,
    joints: &Joints,
    cranks: &Cranks,
    hands: [Vec3; 2],
    breed: &BicycleBreed,
    dice: &mut Dice<R>,
) {
    let dress = Dress::draw(dice.0);
    // Of a tandem's riders the one who steers.
    let (saddle, bracket) =
        joints.second.map_or((joints.saddle, joints.bracket), |front| (front.saddle, front.bracket));
    let hip = saddle + Vec3::new(0.0, 0.12, 0.0);
    let ankle = |turn: f32, side: usize| cranks.pedal(bracket, turn, side) + Vec3::new(0.0, ANKLE, -0.05);
    // The leg is not quite straight when the pedal is farthest.
    let farthest = (0..KEYS).map(|key| ankle(TAU * key as f32 / KEYS as f32, 0).distance(hip)).fold(0.0, f32::max);
    let size = dice.range(breed.rider).max(farthest / (0.97 * (LEG[0] + LEG[1])));
    let chest = trunk(hip, (hands[0] + hands[1]) / 2.0, size);
    let lean = (chest - hip).normalize();
    let stance = Stance {
        hip,
        chest,
        head: chest + (Vec3::Y * 0.21 + lean * 0.05 + Vec3::Z * 0.05) * size,
        hands,
        feet: [ankle(0.0, 0), ankle(0.0, 1)],
        ahead: Vec3::Z,
        size,
    };
    let body = bike.node("rider", Some(nodes.frame), hip);
    let roots = figure::hips(&stance);
    let lengths = LEG.map(|length| length * size);
    let pose = |turn: f32, side: usize| {
        let foot = ankle(turn, side);
        let out = if side == 0 { Vec3::X } else { Vec3::NEG_X };
        let knee = bend(roots[side], foot, lengths, Vec3::Z + out * 0.1);
        (knee - roots[side], foot - knee)
    };
    let mut legs: Vec<[NodeId; 3]> = Vec::new();
    for (side, name) in ["left", "right"].into_iter().enumerate() {
        let thigh = bike.node(&format!("{name}_thigh"), Some(body), roots[side]);
        let knee = roots[side] + pose(0.0, side).0;
        let shin = bike.node(&format!("{name}_shin"), Some(thigh), knee);
        let foot = bike.node(&format!("{name}_foot"), Some(shin), stance.feet[side]);
        legs.push([thigh, shin, foot]);
    }
    let mut surfaces: Vec<(Vec3, usize)> = Vec::new();
    for limb in limbs(&stance, &dress) {
        let known = surfaces.iter().find(|(color, _)| *color == limb.color).map(|(_, surface)| *surface);
        let surface = known.unwrap_or_else(|| {
            let surface = bike.surface(limb.color, 0.0, 0.85);
            surfaces.push((limb.color, surface));
            surface
        });
        let node = match limb.carrier {
            Carrier::Body => body,
            Carrier::Thigh(side) => legs[side][0],
            Carrier::Shin(side) => legs[side][1],
            Carrier::Foot(side) => legs[side][2],
        };
        bike.sheet(node, surface).capsule(limb.from, limb.to, limb.radii, 10);
    }
    let times: Vec<f32> = (0..=KEYS).map(|key| key as f32 / KEYS as f32).collect();
    for (side, [thigh, shin, foot]) in legs.into_iter().enumerate() {
        let rest = pose(0.0, side);
        let (mut upper, mut lower, mut level) = (Vec::new(), Vec::new(), Vec::new());
        for key in 0..=KEYS {
            let now = pose(TAU * key as f32 / KEYS as f32, side);
            let turn = |from: Vec3, to: Vec3| Quat::from_rotation_arc(from.normalize(), to.normalize());
            let thigh = turn(rest.0, now.0);
            upper.push(thigh);
            let shin = turn(rest.1, now.1);
            lower.push(thigh.inverse() * shin);
            // Soles stay level on the pedals.
            level.push(shin.inverse());
        }
        for (node, values) in [(thigh, upper), (shin, lower), (foot, level)] {
            bike.channel(
                "pedal",
                Channel {
                    node,
                    times: times.clone(),
                    values: Track::Rotation(values),
                    interpolation: Interpolation::Linear,
                },
            );
        }
    }
}

/// Between the shoulders: as upright as arms allow that reach the hands.
fn trunk(hip: Vec3, hands: Vec3, size: f32) -> Vec3 {
    let (back, arm) = (0.5 * size, 0.53 * size);
    let mut lean = 0.08;
    loop {
        let (sin, cos) = ops::sin_cos(lean);
        let chest = hip + Vec3::new(0.0, cos, sin) * back;
        if chest.distance(hands) <= arm || lean > 1.3 {
            return chest;
        }
        lean += 0.04;
    }
}
