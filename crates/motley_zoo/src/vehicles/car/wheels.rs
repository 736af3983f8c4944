//! Wheels: tyre, rim and brake, on a node that rolls; in front on one that steers.

use std::f32::consts::TAU;

use bevy_math::{Quat, Vec2, Vec3, ops};
use rand::Rng;

use super::Car;
use crate::vehicles::breed::Dice;
use crate::vehicles::build::{Assembly, NodeId, Sheet, oval};

/// Patterns of rims.
#[derive(Clone, Copy)]
enum Rim {
    /// So many broad spokes.
    Spokes(u32),
    /// Pairs of thin spokes.
    Pairs(u32),
    /// A pressed disc with holes near its edge.
    Disc,
}

/// Adds four wheels; returns the nodes that roll and those that steer.
pub(super) fn add<R: Rng>(car: &Car, model: &mut Assembly, dice: &mut Dice<R>) -> (Vec<NodeId>, Vec<NodeId>) {
    let style = dice.pick(&[
        (Rim::Spokes(5), 4.0),
        (Rim::Spokes(7), 2.0),
        (Rim::Spokes(10), 2.0),
        (Rim::Pairs(5), 2.5),
        (Rim::Pairs(7), 1.0),
        (Rim::Disc, 2.0),
    ]);
    // Height of the tyre's wall: 35 to 65 % of 0.2 m, as the second number on tyres says.
    let tyre_wall = dice.range((0.085, 0.125));
    let width = dice.range((0.195, 0.235));
    let turn = dice.range((0.0, TAU));
    let (mut rolling, mut steering) = (Vec::new(), Vec::new());
    for (axle, z) in car.axles.into_iter().enumerate() {
        for (name, side) in [("left", 1.0), ("right", -1.0)] {
            // The tyre's wall lies a little behind the body's side.
            let u = car.shell.fraction(z);
            let outer = car.shell.over(u, 0.36, 1.0, 0.0).x - 0.012;
            let center = Vec3::new(side * (outer - width / 2.0), car.radius, z);
            let parent = if axle == 0 {
                let steer = model.node(&format!("front_{name}_steering"), Some(0), center);
                steering.push(steer);
                steer
            } else {
                0
            };
            let place = if axle == 0 { "front" } else { "rear" };
            let node = model.node(&format!("{place}_{name}_wheel"), Some(parent), center);
            rolling.push(node);
            wheel(car, model, node, center, side, style, (tyre_wall, width, turn));
        }
    }
    (rolling, steering)
}

fn wheel(
    car: &Car,
    model: &mut Assembly,
    node: NodeId,
    center: Vec3,
    side: f32,
    style: Rim,
    (tyre_wall, width, turn): (f32, f32, f32),
) {
    let finish = &car.finish;
    let (radius, half) = (car.radius, width / 2.0);
    let rim = radius - tyre_wall;
    // Tread, rounded shoulders, walls that bulge, beads.
    let tyre = [
        Vec2::new(half * 0.86, rim),
        Vec2::new(half, rim + 0.4 * tyre_wall),
        Vec2::new(half * 0.95, radius - 0.02),
        Vec2::new(half * 0.78, radius - 0.003),
        Vec2::new(half * 0.3, radius),
        Vec2::new(-half * 0.3, radius),
        Vec2::new(-half * 0.78, radius - 0.003),
        Vec2::new(-half * 0.95, radius - 0.02),
        Vec2::new(-half, rim + 0.4 * tyre_wall),
        Vec2::new(-half * 0.86, rim),
    ];
    model.sheet(node, finish.tyre).ring(center, &tyre, 30);
    let face = center + Vec3::X * side * half * 0.72;
    model.sheet(node, finish.rim).ring(center + Vec3::X * side * half * 0.78, &oval(rim - 0.004, 0.022, 0.014, 5), 26);
    // The dark behind the spokes: drum, brake and inner wall of the tyre.
    let back = center + Vec3::X * side * half * 0.25;
    model.sheet(node, finish.plastic).pipe(&[center - Vec3::X * side * half * 0.8, back], rim + 0.006, 24);
    let spokes = model.sheet(node, finish.rim);
    let spoke = |angle: f32| {
        let (sin, cos) = ops::sin_cos(angle + turn);
        Vec3::new(0.0, cos, sin)
    };
    let hub = rim * 0.2;
    spokes.pipe(&[back, face + Vec3::X * side * 0.008], hub, 16);
    match style {
        Rim::Spokes(count) => {
            let broad = (1.05 * rim / count as f32).min(0.05);
            for i in 0..count {
                let out = spoke(TAU * i as f32 / count as f32);
                flat_spoke(spokes, face, side, out * hub * 0.8, out * (rim - 0.006), out, broad);
            }
        }
        Rim::Pairs(count) => {
            for i in 0..count {
                for split in [-0.5, 0.5] {
                    let middle = TAU * i as f32 / count as f32;
                    let end = spoke(middle + split * 0.34 * 7.0 / count as f32);
                    let out = spoke(middle + split * 0.16);
                    flat_spoke(spokes, face, side, out * hub * 0.8, end * (rim - 0.006), end, 0.013);
                }
            }
        }
        Rim::Disc => {
            let disc = [Vec2::new(0.004, hub), Vec2::new(0.004, rim), Vec2::new(-0.004, rim), Vec2::new(-0.004, hub)];
            spokes.ring(face - Vec3::X * side * 0.012, &disc, 28);
            let holes = model.sheet(node, finish.plastic);
            for i in 0..8 {
                let at = face + spoke(TAU * i as f32 / 8.0) * rim * 0.8 - Vec3::X * side * 0.006;
                holes.ellipsoid(at, Vec3::new(0.006, 0.024, 0.024), Quat::IDENTITY, 6);
            }
        }
    }
}

/// A bar of half-width `broad` on the face of a wheel, bevelled by its smooth normals.
fn flat_spoke(sheet: &mut Sheet, face: Vec3, side: f32, from: Vec3, to: Vec3, out: Vec3, broad: f32) {
    let length = (to - from).length();
    let across = out.cross(Vec3::X);
    let rotation = Quat::from_mat3(&bevy_math::Mat3::from_cols(Vec3::X, across.cross(Vec3::X), across));
    let middle = face + (from + to) / 2.0 - Vec3::X * side * 0.006;
    sheet.cuboid(middle, Vec3::new(0.011, length / 2.0, broad), rotation);
}
