//! Bicycles: the frame is constructed as a frame builder draws it, from the numbers of a geometry table.
//!
//! 1. [`Joints`]: where tubes meet, solved from stack, reach, angles and lengths.
//! 2. Frame, wheels, drive, cockpit and extras are hung on four moving nodes: steering, both wheels, cranks.
//!
//! The rider's right, where the chain is, is −x.

mod cockpit;
mod drive;
mod extras;

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
    head_top: Vec3,
    head_low: Vec3,
    crown: Vec3,
    seat: Vec3,
    /// Under the saddle.
    saddle: Vec3,
    /// Up along the seat tube, and up along the steering axis.
    up_seat: Vec3,
    up_head: Vec3,
    radius: f32,
    tyre: f32,
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
        let head_top = bracket + Vec3::new(0.0, sized(breed.stack), sized(breed.reach));
        // The front axle lies `rake` before the steering axis, at the height of the wheel's radius.
        let forward = Vec3::new(0.0, -up_head.z, up_head.y);
        let rake = dice.range(breed.rake);
        let fall = (head_top.y + rake * forward.y - radius) / up_head.y;
        let front = head_top - up_head * fall + forward * rake;
        // The fork's crown clears the tyre.
        let head_tube = sized(breed.head_tube).min(fall - radius - 0.035).max(0.04);
        let head_low = head_top - up_head * head_tube;
        let seat = bracket + up_seat * sized(breed.seat_tube);
        let saddle = bracket + up_seat * (sized(breed.saddle) - 0.045).max(sized(breed.seat_tube) + 0.03);
        let crown = head_low - up_head * 0.012;
        let shift = Vec3::new(0.0, 0.0, -(rear.z + front.z) / 2.0);
        Self {
            bracket: bracket + shift,
            rear: rear + shift,
            front: front + shift,
            head_top: head_top + shift,
            head_low: head_low + shift,
            crown: crown + shift,
            seat: seat + shift,
            saddle: saddle + shift,
            up_seat,
            up_head,
            radius,
            tyre,
        }
    }
}

/// Surfaces of one individual.
struct Finish {
    paint: SurfaceId,
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
        let tan = dice.chance(breed.tan_walls);
        let brown = dice.chance(0.22);
        let bright_rim = dice.chance(0.55);
        let tape = dice.pick(&[(rgb(0.02, 0.02, 0.02), 5.0), (rgb(0.55, 0.54, 0.5), 1.0), (rgb(0.2, 0.08, 0.03), 1.0)]);
        let leather = if brown { rgb(0.20, 0.085, 0.03) } else { rgb(0.02, 0.02, 0.021) };
        let rim = if bright_rim { (rgb(0.62, 0.62, 0.63), 0.9, 0.3) } else { (rgb(0.02, 0.02, 0.02), 0.0, 0.4) };
        let extra =
            dice.pick(&[(rgb(0.3, 0.18, 0.08), 2.0), (rgb(0.025, 0.025, 0.025), 2.0), (rgb(0.4, 0.4, 0.4), 1.0)]);
        Self {
            paint: bike.surface(paint, 0.0, 0.28),
            black: bike.surface(rgb(0.018, 0.018, 0.018), 0.0, 0.55),
            metal: bike.surface(rgb(0.38, 0.38, 0.39), 0.85, 0.4),
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
    front: NodeId,
    rear: NodeId,
    cranks: NodeId,
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
    let nodes = Nodes { frame, steer, front, rear, cranks };

    let tube = dice.range(breed.tube);
    let suspended = dice.chance(breed.suspension);
    frame_tubes(&mut bike, &joints, &finish, breed, tube, &mut dice);
    fork(&mut bike, &joints, &finish, tube, suspended);
    for (node, center) in [(nodes.front, joints.front), (nodes.rear, joints.rear)] {
        drive::add_wheel(&mut bike, node, center, &joints, &finish, breed.spokes);
    }
    drive::add_drive(&mut bike, &nodes, &joints, &finish, breed, &mut dice);
    saddle(&mut bike, &joints, &finish, tube, dice.range(breed.saddle_width));
    let grip = cockpit::add(&mut bike, &nodes, &joints, &finish, breed, tube, &mut dice);
    extras::add(&mut bike, &nodes, &joints, &finish, breed, grip, &mut dice);

    // One turn of the wheels turns the cranks by less: they are geared up by about two and a half.
    bike.clip("roll", 1.0, &[(nodes.front, Vec3::X, 1.0), (nodes.rear, Vec3::X, 1.0)], None);
    bike.clip(
        "pedal",
        1.0,
        &[(nodes.front, Vec3::X, 2.0), (nodes.rear, Vec3::X, 2.0), (nodes.cranks, Vec3::X, 1.0)],
        None,
    );
    bike.clip("steer", 2.0, &[(nodes.steer, joints.up_head, 1.0)], Some(0.6));
    bike.finish()
}

fn frame_tubes<R: Rng>(
    bike: &mut Assembly,
    joints: &Joints,
    finish: &Finish,
    breed: &BicycleBreed,
    tube: f32,
    dice: &mut Dice<R>,
) {
    let Joints { bracket, rear, head_top, head_low, seat, up_seat, up_head, .. } = *joints;
    let x = Vec3::X;
    let sheet = bike.sheet(0, finish.paint);
    sheet.pipe(&[bracket, seat + up_seat * 0.015], tube * 0.88, 10);
    sheet.pipe(&[head_low - up_head * 0.01, head_top + up_head * 0.01], tube * 1.22, 12);
    let down_from = head_low + up_head * 0.03;
    match breed.frame {
        Frame::Diamond => {
            let top_at = seat - up_seat * dice.range((0.02, 0.06));
            sheet.pipe(&[head_top - up_head * 0.035, top_at], tube * 0.86, 10);
            sheet.pipe(&[down_from, bracket], tube, 10);
        }
        Frame::StepThrough => {
            let foot = bracket + up_seat * (seat - bracket).length() * dice.range((0.3, 0.5));
            let from = head_top - up_head * 0.04;
            let sag = from.lerp(foot, 0.55) - Vec3::Y * dice.range((0.06, 0.13));
            sheet.pipe(&bend(&[from, sag, foot]), tube * 0.95, 10);
            let low = down_from.lerp(bracket, 0.55) - Vec3::Y * 0.07;
            sheet.pipe(&bend(&[down_from, low, bracket]), tube, 10);
        }
    }
    for side in [-1.0, 1.0] {
        let axle = rear + x * side * 0.062;
        let stay = [bracket + x * side * 0.03, bracket.lerp(rear, 0.3) + x * side * (joints.tyre + 0.022), axle];
        sheet.tube(&stay, &[tube * 0.62, tube * 0.6, tube * 0.42], 8);
        let bridge = seat - up_seat * 0.04;
        let high = bridge.lerp(rear, 0.3) + x * side * (joints.tyre + 0.018);
        sheet.tube(&[bridge + x * side * 0.012, high, axle], &[tube * 0.5, tube * 0.48, tube * 0.4], 8);
        sheet.pipe(&[axle - x * side * 0.004, axle + x * side * 0.006], 0.02, 10);
    }
    bike.sheet(0, finish.black).pipe(&[bracket - x * 0.05, bracket + x * 0.05], 0.022, 12);
    bike.sheet(0, finish.metal).pipe(&[rear - x * 0.075, rear + x * 0.075], 0.008, 8);
    // The collar of the seat post.
    bike.sheet(0, finish.black).pipe(&[seat + up_seat * 0.004, seat + up_seat * 0.022], tube * 1.05, 10);
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

fn saddle(bike: &mut Assembly, joints: &Joints, finish: &Finish, tube: f32, width: f32) {
    let Joints { seat, saddle, up_seat, .. } = *joints;
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
