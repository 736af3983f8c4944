//! What a bicycle may carry: mudguards, rack, basket, lights, bottle, brakes.

use bevy_math::{Quat, Vec2, Vec3, ops};
use rand::Rng;

use super::{Finish, Joints, Nodes};
use crate::vehicles::breed::{BicycleBreed, Dice, Frame};
use crate::vehicles::build::{Assembly, Sheet, oval};

pub(super) fn add<R: Rng>(
    bike: &mut Assembly,
    nodes: &Nodes,
    joints: &Joints,
    finish: &Finish,
    breed: &BicycleBreed,
    clamp: Vec3,
    dice: &mut Dice<R>,
) {
    let Joints { bracket, rear, front, head_low, crown, saddle, up_seat, radius, front_radius, tyre, .. } = *joints;
    if dice.chance(breed.mudguards) {
        let surface = dice.pick(&[(finish.paint, 1.0), (finish.black, 1.0), (finish.bright, 0.6)]);
        for (node, center, radius, from, to) in
            [(nodes.frame, rear, radius, -2.0, 0.95), (nodes.steer, front, front_radius, -1.75, 0.45)]
        {
            mudguard(bike.sheet(node, surface), center, radius + 0.014, tyre + 0.012, from, to);
        }
    }
    let rack_height = 2.0 * radius + 0.045;
    let over = |x: f32, z: f32| Vec3::new(x, rack_height, rear.z + z);
    if dice.chance(breed.rack) {
        let rack = bike.sheet(nodes.frame, finish.black);
        for x in [-0.055, 0.055] {
            rack.pipe(&[over(x, -0.2), over(x, 0.16), bracket.lerp(saddle, 0.72) + Vec3::X * x * 0.3], 0.006, 6);
            rack.pipe(&[over(x, -0.12), rear + Vec3::X * x * 1.25], 0.005, 6);
            rack.pipe(&[over(x, 0.04), rear + Vec3::X * x * 1.25], 0.005, 6);
        }
        for z in [-0.2, -0.08, 0.04, 0.16] {
            rack.pipe(&[over(-0.055, z), over(0.055, z)], 0.005, 6);
        }
    }
    if dice.chance(breed.basket) {
        basket(bike.sheet(nodes.bars, finish.extra), Vec3::new(0.0, clamp.y - 0.06, clamp.z + 0.19));
    }
    if dice.chance(breed.lights) {
        let lamp = clamp + Vec3::new(0.0, -0.03, 0.055);
        bike.sheet(nodes.bars, finish.black).ellipsoid(lamp, Vec3::new(0.028, 0.028, 0.032), Quat::IDENTITY, 10);
        bike.sheet(nodes.bars, finish.lamp).ellipsoid(
            lamp + Vec3::Z * 0.02,
            Vec3::new(0.022, 0.022, 0.018),
            Quat::IDENTITY,
            10,
        );
        let tail = saddle - up_seat * 0.09 - Vec3::Z * 0.03;
        bike.sheet(nodes.frame, finish.red).ellipsoid(tail, Vec3::new(0.02, 0.028, 0.016), Quat::IDENTITY, 10);
    }
    if dice.chance(breed.panniers) {
        let cloth = dice.pick(&[(finish.black, 2.0), (finish.extra, 1.0), (finish.red, 0.5)]);
        for side in [-1.0, 1.0] {
            let middle = over(side * 0.14, -0.03) - Vec3::Y * 0.19;
            bike.sheet(nodes.frame, cloth).cuboid(middle, Vec3::new(0.065, 0.16, 0.15), Quat::from_rotation_x(0.08));
        }
    }
    if dice.chance(breed.child_seat) {
        let shell = bike.sheet(nodes.frame, finish.extra);
        shell.cuboid(over(0.0, 0.02) + Vec3::Y * 0.06, Vec3::new(0.15, 0.025, 0.14), Quat::IDENTITY);
        shell.cuboid(over(0.0, -0.14) + Vec3::Y * 0.3, Vec3::new(0.15, 0.25, 0.025), Quat::from_rotation_x(-0.2));
        for x in [-0.16, 0.16] {
            shell.cuboid(over(x, 0.02) + Vec3::Y * 0.02, Vec3::new(0.02, 0.12, 0.13), Quat::IDENTITY);
        }
    }
    if dice.chance(breed.battery) {
        // On the down tube, with the motor at the bracket.
        let up = (head_low - bracket).normalize();
        let out = Vec3::new(0.0, -up.z, up.y) * -0.05;
        let middle = bracket.lerp(head_low, 0.52) - out;
        let turn = Quat::from_rotation_arc(Vec3::Y, up);
        bike.sheet(nodes.frame, finish.black).cuboid(middle, Vec3::new(0.035, 0.19, 0.042), turn);
        bike.sheet(nodes.frame, finish.black).pipe(&[bracket - Vec3::X * 0.04, bracket + Vec3::X * 0.04], 0.075, 14);
    }
    if dice.chance(breed.bell) {
        let at = clamp + Vec3::new(0.07, 0.02, 0.0);
        bike.sheet(nodes.bars, finish.bright).ellipsoid(at, Vec3::new(0.024, 0.02, 0.024), Quat::IDENTITY, 8);
    }
    if dice.chance(breed.stand) {
        let root = bracket.lerp(rear, 0.25) + Vec3::new(0.03, -0.01, 0.0);
        bike.sheet(nodes.frame, finish.metal).pipe(
            &[root, Vec3::new(0.075, root.y * 0.55, root.z - 0.16), Vec3::new(0.08, root.y * 0.5, root.z - 0.2)],
            0.008,
            6,
        );
    }
    if dice.chance(breed.lock) {
        let at = joints.seat - up_seat * 0.16;
        bike.sheet(nodes.frame, finish.extra).ring(at + Vec3::new(0.05, 0.0, 0.0), &oval(0.075, 0.012, 0.012, 6), 20);
    }
    if breed.box_m > 0.0 {
        load_box(bike.sheet(nodes.frame, finish.extra), joints, breed.box_m);
    }
    if matches!(breed.frame, Frame::Diamond | Frame::Tandem) && dice.chance(breed.bottle) {
        let up = (head_low - bracket).normalize();
        let out = Vec3::new(0.0, up.z, -up.y) * -0.058;
        let from = bracket.lerp(head_low, 0.36) + out;
        bike.sheet(nodes.frame, finish.extra).tube(
            &[from, from + up * 0.13, from + up * 0.15],
            &[0.035, 0.035, 0.022],
            12,
        );
        bike.sheet(nodes.frame, finish.black).pipe(&[from + up * 0.15, from + up * 0.18], 0.016, 8);
    }
    // Rim brakes, or what stands for them: an arch over each tyre.
    for (node, root, wheel, radius) in
        [(nodes.steer, crown, front, front_radius), (nodes.frame, joints.seat.lerp(rear, 0.3), rear, radius)]
    {
        let toward = (wheel - root).normalize();
        let pad = wheel - toward * (radius - 2.0 * tyre - 0.004);
        let sheet = bike.sheet(node, finish.black);
        for side in [-1.0, 1.0] {
            let x = Vec3::X * side;
            sheet.pipe(
                &[root + x * 0.01, root.lerp(pad, 0.4) + x * (tyre + 0.02), pad + x * (tyre * 0.75 + 0.012)],
                0.006,
                6,
            );
        }
    }
}

/// An open box of boards that stands before the bars, low between the wheels.
fn load_box(sheet: &mut Sheet, joints: &Joints, length: f32) {
    let rear = joints.bracket.z + 0.3;
    let floor = joints.radius.min(joints.front_radius) * 0.55;
    let (half, tall) = (Vec3::new(0.29, 0.012, length / 2.0), 0.36);
    let middle = Vec3::new(0.0, floor, rear + length / 2.0);
    sheet.cuboid(middle, half, Quat::IDENTITY);
    for side in [-1.0, 1.0] {
        let wall = middle + Vec3::new(side * 0.31, tall / 2.0, 0.0);
        sheet.cuboid(wall, Vec3::new(0.012, tall / 2.0, length / 2.0), Quat::from_rotation_z(-side * 0.12));
        let end = middle + Vec3::new(0.0, tall / 2.0, side * length / 2.0);
        sheet.cuboid(end, Vec3::new(0.32, tall / 2.0, 0.012), Quat::from_rotation_x(side * 0.15));
    }
}

/// A curved strip around a wheel, from an angle behind the top to one before it.
fn mudguard(sheet: &mut Sheet, center: Vec3, radius: f32, half: f32, from: f32, to: f32) {
    let rows = 22;
    // Thin but closed: the outer skin, then back along the inner one.
    let outline: Vec<Vec2> = [
        (1.0, -0.008),
        (0.6, 0.0),
        (0.0, 0.005),
        (-0.6, 0.0),
        (-1.0, -0.008),
        (-0.6, -0.004),
        (0.0, 0.001),
        (0.6, -0.004),
    ]
    .map(|(x, y)| Vec2::new(x * half, radius + y))
    .to_vec();
    let place = |row: usize, column: usize| {
        let (sin, cos) = ops::sin_cos(from + (to - from) * row as f32 / (rows - 1) as f32);
        let Vec2 { x, y } = outline[outline.len() - 1 - column];
        center + Vec3::new(x, y * cos, y * sin)
    };
    sheet.grid([rows, outline.len()], [false, true], place);
    let first: Vec<Vec3> = (0..outline.len()).map(|c| place(0, c)).collect();
    let last: Vec<Vec3> = (0..outline.len()).rev().map(|c| place(rows - 1, c)).collect();
    for ring in [first, last] {
        let middle = ring.iter().copied().sum::<Vec3>() / ring.len() as f32;
        sheet.fan(&ring, middle);
    }
}

/// A wire or wicker basket: rims and uprights, narrower at the bottom.
fn basket(sheet: &mut Sheet, center: Vec3) {
    let corner = |turn: usize, y: f32| {
        let taper = 1.0 + 0.9 * y;
        let (x, z) = [(-0.17, -0.12), (0.17, -0.12), (0.17, 0.12), (-0.17, 0.12)][turn % 4];
        center + Vec3::new(x * taper, y, z * taper)
    };
    for y in [-0.12, -0.07, -0.02, 0.03, 0.08, 0.12] {
        let hoop: Vec<Vec3> = (0..5).map(|turn| corner(turn, y)).collect();
        sheet.pipe(&hoop, if y > 0.1 { 0.008 } else { 0.0045 }, 5);
    }
    for side in 0..4 {
        for step in 0..6 {
            let t = step as f32 / 6.0;
            sheet.pipe(
                &[
                    corner(side, -0.12).lerp(corner(side + 1, -0.12), t),
                    corner(side, 0.12).lerp(corner(side + 1, 0.12), t),
                ],
                0.0042,
                4,
            );
        }
    }
    sheet.cuboid(center - Vec3::Y * 0.12, Vec3::new(0.15, 0.003, 0.105), Quat::IDENTITY);
}
