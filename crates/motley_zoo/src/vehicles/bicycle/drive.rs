//! Wheels, cranks, chain and what shifts it.

use std::f32::consts::{PI, TAU};

use bevy_math::{Quat, Vec2, Vec3, ops};
use rand::Rng;

use super::{Finish, Joints, Nodes};
use crate::vehicles::breed::{BicycleBreed, Dice};
use crate::vehicles::build::{Assembly, NodeId, bend, oval};

/// Radius of a drawn spoke. Real ones have 0.001 m; this keeps them visible when a bicycle fills 256 pixels.
const SPOKE: f32 = 0.0021;

pub(super) fn add_wheel(
    bike: &mut Assembly,
    node: NodeId,
    center: Vec3,
    (radius, tyre): (f32, f32),
    finish: &Finish,
    spokes: u32,
) {
    let carcass = radius - tyre;
    bike.sheet(node, finish.tyre).ring(center, &oval(carcass, tyre, tyre, 10), 56);
    // A band of black tread keeps tan walls from looking like wood.
    let tread: Vec<Vec2> =
        oval(carcass, tyre * 1.03, tyre * 1.02, 16).into_iter().filter(|p| p.y > carcass + 0.45 * tyre).collect();
    let inner = tread.iter().rev().map(|p| Vec2::new(p.x * 0.9, p.y - 0.15 * tyre));
    let band: Vec<Vec2> = tread.iter().copied().chain(inner).collect();
    bike.sheet(node, finish.black).ring(center, &band, 56);
    // A box-section rim inside the tyre's bead.
    let (outer, inner) = (radius - 2.0 * tyre + 0.006, radius - 2.0 * tyre - 0.018);
    let half = (tyre * 0.75).clamp(0.0095, 0.02);
    let rim = [
        Vec2::new(half, inner + 0.005),
        Vec2::new(half, outer),
        Vec2::new(-half, outer),
        Vec2::new(-half, inner + 0.005),
        Vec2::new(-half * 0.4, inner),
        Vec2::new(half * 0.4, inner),
    ];
    bike.sheet(node, finish.rim).ring(center, &rim, 48);
    let hub = bike.sheet(node, finish.metal);
    hub.pipe(&[center - Vec3::X * 0.034, center + Vec3::X * 0.034], 0.014, 10);
    for side in [-1.0, 1.0] {
        let flange = center + Vec3::X * side * 0.03;
        hub.pipe(&[flange - Vec3::X * 0.003, flange + Vec3::X * 0.003], 0.026, 12);
    }
    let spoke_sheet = bike.sheet(node, finish.bright);
    for spoke in 0..spokes {
        let angle = TAU * spoke as f32 / spokes as f32;
        // Each spoke leaves its flange tangentially, alternately forwards and backwards: three crossings.
        let side = if spoke % 2 == 0 { 0.03 } else { -0.03 };
        let twist = if spoke % 4 < 2 { 1.15 } else { -1.15 };
        let at = |angle: f32, radius: f32, x: f32| {
            let (sin, cos) = ops::sin_cos(angle);
            center + Vec3::new(x, radius * cos, radius * sin)
        };
        spoke_sheet.pipe(&[at(angle + twist, 0.024, side), at(angle, inner + 0.003, side * 0.1)], SPOKE, 4);
    }
}

/// The cranks as they stand in the rest pose.
pub(super) struct Cranks {
    length: f32,
    angle: f32,
}

impl Cranks {
    /// Middle of a pedal (0: left) after a turn of the cranks in radians.
    pub(super) fn pedal(&self, bracket: Vec3, turn: f32, side: usize) -> Vec3 {
        let (half, out) = if side == 0 { (PI, 1.0) } else { (0.0, -1.0) };
        let (sin, cos) = ops::sin_cos(self.angle + half + turn);
        bracket + Vec3::new(out * 0.133, cos * self.length, sin * self.length)
    }
}

pub(super) fn add_drive<R: Rng>(
    bike: &mut Assembly,
    nodes: &Nodes,
    joints: &Joints,
    finish: &Finish,
    breed: &BicycleBreed,
    dice: &mut Dice<R>,
) -> Cranks {
    let Joints { bracket, rear, .. } = *joints;
    let length = dice.range(breed.crank);
    let angle = dice.range((0.0, TAU));
    let silver = if dice.chance(0.5) { finish.bright } else { finish.black };
    let line = -0.048;
    let ring = length * 0.52;
    let cog = if breed.derailleur > 0.5 { 0.045 } else { 0.034 };
    // Chainring with its spider, on the cranks' node so that it turns.
    let at = bracket + Vec3::X * line;
    let sheet = bike.sheet(nodes.cranks, silver);
    sheet.ring(at, &oval(ring, 0.003, 0.011, 6), 36);
    for arm in 0..5 {
        let (sin, cos) = ops::sin_cos(angle + TAU * arm as f32 / 5.0);
        sheet.pipe(&[at, at + Vec3::new(0.0, cos, sin) * ring], 0.007, 6);
    }
    let places = [Some((nodes.cranks, bracket)), nodes.second.zip(joints.second.map(|second| second.bracket))];
    for (node, bracket) in places.into_iter().flatten() {
        for (side, turn) in [(-1.0, 0.0), (1.0, PI)] {
            let (sin, cos) = ops::sin_cos(angle + turn);
            let root = bracket + Vec3::X * side * 0.066;
            let end = bracket + Vec3::new(side * 0.078, cos * length, sin * length);
            let arm = bike.sheet(node, silver);
            arm.pipe(&[bracket, root], 0.014, 8);
            arm.tube(&[root, end], &[0.014, 0.0105], 8);
            let pedal = bike.sheet(node, finish.black);
            pedal.cuboid(end + Vec3::X * side * 0.055, Vec3::new(0.045, 0.011, 0.038), Quat::IDENTITY);
        }
    }
    let cassette = bike.sheet(nodes.rear, finish.metal);
    let cogs = if breed.derailleur > 0.5 { 4 } else { 1 };
    for i in 0..cogs {
        let x = line + 0.012 * i as f32 / cogs as f32 - 0.004;
        cassette.ring(
            rear + Vec3::X * x,
            &oval((cog - 0.006 * i as f32) * 0.75, 0.002, (cog - 0.006 * i as f32) * 0.3, 4),
            20,
        );
    }
    let chain = bike.sheet(nodes.frame, finish.metal);
    for side in [-1.0, 1.0] {
        chain.pipe(&[bracket + Vec3::new(line, side * ring, 0.0), rear + Vec3::new(line, side * cog, 0.0)], 0.0045, 5);
    }
    if dice.chance(breed.derailleur) {
        let cage = bike.sheet(nodes.frame, finish.black);
        let pulley = rear + Vec3::new(line - 0.004, -cog - 0.075, 0.02);
        cage.tube(&[rear + Vec3::new(line - 0.02, -0.025, 0.012), pulley], &[0.013, 0.010], 8);
        cage.pipe(&[pulley - Vec3::X * 0.008, pulley + Vec3::X * 0.008], 0.022, 12);
    }
    if dice.chance(breed.chainguard) {
        let cover = if dice.chance(0.5) { finish.black } else { finish.paint };
        let (from, to) = (bracket + Vec3::X * (line - 0.012), rear + Vec3::X * (line - 0.012));
        bike.sheet(nodes.frame, cover).tube(
            &bend(&[from + Vec3::Z * ring * 0.9, from, from.lerp(to, 0.5), to]),
            &[0.008, 0.012, 0.012, 0.012, 0.012, 0.011, 0.011, 0.010, 0.010, 0.009, 0.009, 0.008, 0.008],
            8,
        );
        let guard = bike.sheet(nodes.frame, cover);
        guard.ring(from, &oval(ring * 0.62, 0.004, ring * 0.5, 6), 32);
    }
    Cranks { length, angle }
}
