//! Bicycles: the frame is constructed as a frame builder draws it, from the numbers of a geometry table.
//!
//! 1. [`Joints`]: where tubes meet, solved from stack, reach, angles and lengths.
//! 2. Frame, wheels, drive, cockpit and extras are hung on four moving nodes: steering, both wheels, cranks.
//!
//! The rider's right, where the chain is, is −x.

mod cockpit;
mod drive;
mod extras;
mod frame;
mod rider;

use std::f32::consts::TAU;

use bevy_math::{Vec3, ops};
use rand::Rng;

use super::breed::{BicycleBreed, Dice, Frame};
use super::build::{Assembly, NodeId, SurfaceId, bend};
use crate::model::Model;

const fn rgb(r: f32, g: f32, b: f32) -> Vec3 {
    Vec3::new(r, g, b)
}

/// Linear colours of frames and how often they are seen.
const PAINTS: [(Vec3, f32); 13] = [
    (rgb(0.015, 0.015, 0.017), 4.0),
    (rgb(0.62, 0.62, 0.60), 2.0),
    (rgb(0.52, 0.02, 0.02), 2.2),
    (rgb(0.02, 0.09, 0.42), 2.2),
    (rgb(0.30, 0.31, 0.33), 1.5),
    (rgb(0.02, 0.24, 0.09), 1.2),
    (rgb(0.65, 0.22, 0.02), 1.0),
    (rgb(0.05, 0.42, 0.50), 1.2),
    (rgb(0.60, 0.09, 0.28), 0.7),
    (rgb(0.66, 0.52, 0.04), 0.8),
    (rgb(0.50, 0.60, 0.50), 0.6),
    (rgb(0.58, 0.50, 0.36), 0.6),
    (rgb(0.16, 0.02, 0.05), 0.6),
];

/// Where the tubes meet, with the ground at y = 0 and the bicycle in the plane x = 0.
struct Joints {
    bracket: Vec3,
    rear: Vec3,
    front: Vec3,
    /// Where the stem begins: the top of the head tube, except where the load lies between.
    bars: Vec3,
    head_top: Vec3,
    head_low: Vec3,
    crown: Vec3,
    seat: Vec3,
    /// Under the saddle.
    saddle: Vec3,
    /// Up along the seat tube, and up along the steering axis.
    up_seat: Vec3,
    up_head: Vec3,
    /// Of the wheels in front and behind.
    front_radius: f32,
    radius: f32,
    tyre: f32,
    /// The place of whoever sits before a tandem's stoker.
    second: Option<Place>,
}

/// A seat of a tandem with its cranks.
#[derive(Clone, Copy)]
struct Place {
    bracket: Vec3,
    seat: Vec3,
    saddle: Vec3,
}

impl Joints {
    fn solve<R: Rng>(breed: &BicycleBreed, dice: &mut Dice<R>) -> Self {
        let radius = dice.range(breed.wheel) / 2.0;
        let tyre = dice.range(breed.tyre) / 2.0;
        let drop = dice.range(breed.drop);
        let chainstay = dice.range(breed.chainstay).max(radius + 0.03);
        // Larger frames are larger all over.
        let size = dice.range((0.0, 1.0));
        let sized = |(low, high): (f32, f32)| low + (high - low) * size;
        let lean = |degrees: f32| {
            let (sin, cos) = ops::sin_cos(degrees.to_radians());
            Vec3::new(0.0, sin, -cos)
        };
        let (up_seat, up_head) = (lean(dice.range(breed.seat_angle)), lean(dice.range(breed.head_angle)));
        let bracket = Vec3::new(0.0, radius - drop, 0.0);
        let rear = Vec3::new(0.0, radius, -(chainstay * chainstay - drop * drop).max(0.0).sqrt());
        // A tandem's second place lies ahead of the first; the steering belongs to it.
        let stretch = Vec3::Z * dice.range(breed.stretch);
        let bars = Vec3::new(0.0, sized(breed.stack), sized(breed.reach));
        let front_radius = breed.front_wheel.map_or(radius, |wheel| dice.range(wheel) / 2.0);
        // A load bicycle's bars stay before the rider; its steering axis is short and far ahead.
        let loads = breed.frame == Frame::Load;
        let mut head_top = bracket + stretch + bars;
        if loads {
            head_top.y = 2.0 * front_radius + 0.16;
        }
        let bars = if loads { bracket + bars } else { head_top };
        // The front axle lies `rake` before the steering axis, at the height of the wheel's radius.
        let forward = Vec3::new(0.0, -up_head.z, up_head.y);
        let rake = dice.range(breed.rake);
        let fall = (head_top.y + rake * forward.y - front_radius) / up_head.y;
        let front = head_top - up_head * fall + forward * rake;
        // The fork's crown clears the tyre.
        let head_tube = sized(breed.head_tube).min(fall - front_radius - 0.035).max(0.04);
        let head_low = head_top - up_head * head_tube;
        let seat = bracket + up_seat * sized(breed.seat_tube);
        let saddle = bracket + up_seat * (sized(breed.saddle) - 0.045).max(sized(breed.seat_tube) + 0.03);
        let crown = head_low - up_head * 0.012;
        let shift = Vec3::new(0.0, 0.0, -(rear.z + front.z) / 2.0);
        let second = (breed.frame == Frame::Tandem).then(|| Place {
            bracket: bracket + stretch + shift,
            seat: seat + stretch + shift,
            saddle: saddle + stretch + shift,
        });
        Self {
            bracket: bracket + shift,
            rear: rear + shift,
            front: front + shift,
            bars: bars + shift,
            head_top: head_top + shift,
            head_low: head_low + shift,
            crown: crown + shift,
            seat: seat + shift,
            saddle: saddle + shift,
            up_seat,
            up_head,
            front_radius,
            radius,
            tyre,
            second,
        }
    }
}

/// Surfaces of one individual.
struct Finish {
    paint: SurfaceId,
    decal: SurfaceId,
    black: SurfaceId,
    metal: SurfaceId,
    bright: SurfaceId,
    rim: SurfaceId,
    tyre: SurfaceId,
    leather: SurfaceId,
    tape: SurfaceId,
    lamp: SurfaceId,
    red: SurfaceId,
    extra: SurfaceId,
}

impl Finish {
    fn draw<R: Rng>(breed: &BicycleBreed, dice: &mut Dice<R>, bike: &mut Assembly) -> Self {
        let paint = dice.pick(&PAINTS);
        let paint = dice.near(paint, 0.25);
        let light = rgb(0.7, 0.7, 0.68);
        let dark = rgb(0.015, 0.015, 0.016);
        let decal = if paint.element_sum() > 0.6 { dark } else { light };
        let decal = dice.pick(&[(decal, 4.0), (rgb(0.5, 0.35, 0.05), 0.7), (rgb(0.45, 0.02, 0.02), 0.6)]);
        // Left out in the rain: the paint is dull, the steel rusty.
        let old = dice.chance(0.15);
        let tan = dice.chance(breed.tan_walls);
        let brown = dice.chance(0.22);
        let bright_rim = dice.chance(0.55);
        let tape = dice.pick(&[(rgb(0.02, 0.02, 0.02), 5.0), (rgb(0.55, 0.54, 0.5), 1.0), (rgb(0.2, 0.08, 0.03), 1.0)]);
        let leather = if brown { rgb(0.20, 0.085, 0.03) } else { rgb(0.02, 0.02, 0.021) };
        let rim = if bright_rim { (rgb(0.62, 0.62, 0.63), 0.9, 0.3) } else { (rgb(0.02, 0.02, 0.02), 0.0, 0.4) };
        let extra =
            dice.pick(&[(rgb(0.3, 0.18, 0.08), 2.0), (rgb(0.025, 0.025, 0.025), 2.0), (rgb(0.4, 0.4, 0.4), 1.0)]);
        Self {
            paint: bike.surface(paint, 0.0, if old { 0.6 } else { 0.28 }),
            decal: bike.surface(decal, 0.0, 0.3),
            black: bike.surface(rgb(0.018, 0.018, 0.018), 0.0, 0.55),
            metal: if old {
                bike.surface(rgb(0.16, 0.065, 0.03), 0.1, 0.9)
            } else {
                bike.surface(rgb(0.38, 0.38, 0.39), 0.85, 0.4)
            },
            bright: bike.surface(rgb(0.6, 0.6, 0.61), 0.8, 0.35),
            rim: bike.surface(rim.0, rim.1, rim.2),
            tyre: bike.surface(if tan { rgb(0.30, 0.19, 0.10) } else { rgb(0.017, 0.017, 0.018) }, 0.0, 0.9),
            leather: bike.surface(leather, 0.0, 0.5),
            tape: bike.surface(tape, 0.0, 0.8),
            lamp: bike.surface(rgb(0.75, 0.77, 0.78), 0.0, 0.15),
            red: bike.surface(rgb(0.45, 0.01, 0.01), 0.0, 0.2),
            extra: bike.surface(extra, 0.0, 0.75),
        }
    }
}

/// The nodes that move.
struct Nodes {
    frame: NodeId,
    steer: NodeId,
    /// What carries the bars: the steering, or a node of their own.
    bars: NodeId,
    front: NodeId,
    rear: NodeId,
    cranks: NodeId,
    /// The cranks of a tandem's second place.
    second: Option<NodeId>,
}

pub(super) fn grow<R: Rng>(breed: &BicycleBreed, stream: &mut R) -> Model {
    let mut dice = Dice(stream);
    let joints = Joints::solve(breed, &mut dice);
    let mut bike = Assembly::default();
    let finish = Finish::draw(breed, &mut dice, &mut bike);
    let frame = bike.node("frame", None, Vec3::ZERO);
    let steer = bike.node("steering", Some(frame), joints.head_low);
    let front = bike.node("front_wheel", Some(steer), joints.front);
    let rear = bike.node("rear_wheel", Some(frame), joints.rear);
    let cranks = bike.node("cranks", Some(frame), joints.bracket);
    let second = joints.second.map(|second| bike.node("front_cranks", Some(frame), second.bracket));
    let bars = if breed.frame == Frame::Load { bike.node("bars", Some(frame), joints.bars) } else { steer };
    let nodes = Nodes { frame, steer, bars, front, rear, cranks, second };

    let tube = dice.range(breed.tube);
    let suspended = dice.chance(breed.suspension);
    frame::add(&mut bike, &joints, &finish, breed, tube, &mut dice);
    fork(&mut bike, &joints, &finish, tube, suspended);
    for (node, center, radius) in
        [(nodes.front, joints.front, joints.front_radius), (nodes.rear, joints.rear, joints.radius)]
    {
        drive::add_wheel(&mut bike, node, center, (radius, joints.tyre), &finish, breed.spokes);
    }
    let cranks = drive::add_drive(&mut bike, &nodes, &joints, &finish, breed, &mut dice);
    let width = dice.range(breed.saddle_width);
    saddle(&mut bike, &finish, (joints.seat, joints.saddle, joints.up_seat), tube, width);
    if let Some(stoker) = joints.second {
        saddle(&mut bike, &finish, (stoker.seat, stoker.saddle, joints.up_seat), tube, width);
        stokers_bar(&mut bike, &finish, stoker.seat.lerp(stoker.saddle, 0.6));
    }
    let bars = cockpit::add(&mut bike, &nodes, &joints, &finish, breed, tube, &mut dice);
    extras::add(&mut bike, &nodes, &joints, &finish, breed, bars.clamp, &mut dice);
    let ridden = dice.chance(breed.ridden);

    // One turn of the wheels turns the cranks by less: they are geared up by about two and a half.
    bike.clip("roll", 1.0, &[(nodes.front, Vec3::X, 1.0), (nodes.rear, Vec3::X, 1.0)], None);
    let mut pedal = vec![(nodes.front, Vec3::X, 2.0), (nodes.rear, Vec3::X, 2.0), (nodes.cranks, Vec3::X, 1.0)];
    pedal.extend(nodes.second.map(|node| (node, Vec3::X, 1.0)));
    bike.clip("pedal", 1.0, &pedal, None);
    // Hands stay on the bars.
    let mut turned = vec![(nodes.steer, joints.up_head, 1.0)];
    if nodes.bars != nodes.steer {
        turned.push((nodes.bars, joints.up_head, 1.0));
    }
    bike.clip("steer", 2.0, &turned, Some(if ridden { 0.07 } else { 0.6 }));
    if ridden {
        rider::add(&mut bike, &nodes, &joints, &cranks, bars.hands, breed, &mut dice);
        bike.tilt("corner", &[-0.14, 0.14]);
    } else {
        bike.tilt("lean", &[-0.22, 0.22]);
        let side = if dice.chance(0.5) { 1.0 } else { -1.0 };
        bike.tilt("fallen", &[side * 1.4, side * 1.46]);
    }
    bike.finish()
}

fn fork(bike: &mut Assembly, joints: &Joints, finish: &Finish, tube: f32, suspended: bool) {
    let Joints { front, crown, up_head, tyre, .. } = *joints;
    let x = Vec3::X;
    let spread = (tyre + 0.028).max(0.045);
    for side in [-1.0, 1.0] {
        let (top, axle) = (crown + x * side * spread, front + x * side * 0.055);
        if suspended {
            let middle = top.lerp(axle, 0.42);
            bike.sheet(1, finish.bright).pipe(&[top, middle], 0.016, 10);
            bike.sheet(1, finish.black).pipe(&[middle, axle], 0.022, 10);
        } else {
            // Straight along the steering axis first, then curved forwards by the rake.
            let straight = top - up_head * (crown - front).dot(up_head) * 0.6;
            let blade = bend(&[top, straight + x * side * 0.002, axle]);
            let count = blade.len();
            let radii: Vec<f32> = (0..count).map(|i| tube * (0.72 - 0.3 * i as f32 / (count - 1) as f32)).collect();
            bike.sheet(1, finish.paint).tube(&blade, &radii, 8);
        }
    }
    let crown_surface = if suspended { finish.black } else { finish.paint };
    bike.sheet(1, crown_surface).pipe(&[crown - x * (spread + 0.008), crown + x * (spread + 0.008)], tube * 0.85, 10);
    bike.sheet(1, finish.metal).pipe(&[front - x * 0.068, front + x * 0.068], 0.008, 8);
}

/// The bar of whoever sits behind, on the post of the saddle before.
fn stokers_bar(bike: &mut Assembly, finish: &Finish, post: Vec3) {
    let clamp = post + Vec3::new(0.0, 0.03, -0.12);
    bike.sheet(0, finish.black).pipe(&[post, clamp], 0.013, 8);
    for side in [-1.0, 1.0] {
        let end = clamp + Vec3::new(side * 0.26, 0.03, -0.07);
        let grip = clamp.lerp(end, 0.55);
        bike.sheet(0, finish.bright).pipe(&[clamp, grip], 0.0125, 8);
        bike.sheet(0, finish.tape).pipe(&[grip, end], 0.017, 8);
    }
}

/// A saddle on its post: top of the seat tube, underside of the saddle, and the way up between them.
fn saddle(bike: &mut Assembly, finish: &Finish, (seat, saddle, up_seat): (Vec3, Vec3, Vec3), tube: f32, width: f32) {
    bike.sheet(0, finish.bright).pipe(&[seat - up_seat * 0.02, saddle], tube * 0.72, 10);
    let shell = bike.sheet(0, finish.leather);
    // Plan from the tail to the nose: half-width, height of the middle line.
    let plan = [
        (-0.135, 0.55, 0.046),
        (-0.12, 0.92, 0.05),
        (-0.07, 1.0, 0.048),
        (0.0, 0.62, 0.044),
        (0.06, 0.34, 0.044),
        (0.125, 0.26, 0.043),
        (0.14, 0.16, 0.038),
    ];
    let sides = 12;
    let row = |i: usize, column: usize| {
        let (z, share, top) = plan[i];
        let half = (width * share).max(0.012);
        let (sin, cos) = ops::sin_cos(-TAU * column as f32 / sides as f32);
        // A shell: domed above, shallow below.
        let y = if sin > 0.0 { top - 0.022 + 0.022 * sin } else { top - 0.022 + 0.03 * sin * share };
        saddle + Vec3::new(half * cos, y, z - 0.02)
    };
    shell.grid([plan.len(), sides], [false, true], row);
    let loops: Vec<Vec<Vec3>> = [0, plan.len() - 1].map(|i| (0..sides).map(|c| row(i, c)).collect()).into();
    let middle = |points: &[Vec3]| points.iter().copied().sum::<Vec3>() / points.len() as f32;
    shell.fan(&loops[0], middle(&loops[0]));
    let nose: Vec<Vec3> = loops[1].iter().rev().copied().collect();
    shell.fan(&nose, middle(&nose));
    for side in [-1.0, 1.0] {
        let rail = [
            Vec3::new(side * 0.02, 0.02, -0.1),
            Vec3::new(side * 0.022, 0.004, 0.0),
            Vec3::new(side * 0.01, 0.022, 0.09),
        ];
        bike.sheet(0, finish.metal).pipe(&rail.map(|p| saddle + p), 0.004, 5);
    }
}
