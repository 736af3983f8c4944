//! Bicycles: the frame is constructed as a frame builder draws it, from the numbers of a geometry table.
//!
//! 1. [`Joints`]: where tubes meet, solved from stack, reach, angles and lengths.
//! 2. Frame, wheels, drive, cockpit and extras are hung on four moving nodes: steering, both wheels, cranks.
//!
//! The rider's right, where the chain is, is −x.

use std::f32::consts::{PI, TAU};

use bevy_math::{Quat, Vec2, Vec3, ops};
use rand::Rng;

use super::breed::{Bar, BicycleBreed, Dice, Frame};
use super::build::{Assembly, NodeId, Sheet, SurfaceId, bend, oval};
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

/// Radius of a drawn spoke. Real ones have 0.001 m; this keeps them visible when a bicycle fills 256 pixels.
const SPOKE: f32 = 0.0021;

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
        wheel(&mut bike, node, center, &joints, &finish, breed.spokes);
    }
    drive(&mut bike, &nodes, &joints, &finish, breed, &mut dice);
    saddle(&mut bike, &joints, &finish, tube, dice.range(breed.saddle_width));
    let grip = cockpit(&mut bike, &nodes, &joints, &finish, breed, tube, &mut dice);
    extras(&mut bike, &nodes, &joints, &finish, breed, grip, &mut dice);

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

fn wheel(bike: &mut Assembly, node: NodeId, center: Vec3, joints: &Joints, finish: &Finish, spokes: u32) {
    let Joints { radius, tyre, .. } = *joints;
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

fn drive<R: Rng>(
    bike: &mut Assembly,
    nodes: &Nodes,
    joints: &Joints,
    finish: &Finish,
    breed: &BicycleBreed,
    dice: &mut Dice<R>,
) {
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
    for (side, turn) in [(-1.0, 0.0), (1.0, PI)] {
        let (sin, cos) = ops::sin_cos(angle + turn);
        let root = bracket + Vec3::X * side * 0.066;
        let end = bracket + Vec3::new(side * 0.078, cos * length, sin * length);
        let arm = bike.sheet(nodes.cranks, silver);
        arm.pipe(&[bracket, root], 0.014, 8);
        arm.tube(&[root, end], &[0.014, 0.0105], 8);
        let pedal = bike.sheet(nodes.cranks, finish.black);
        pedal.cuboid(end + Vec3::X * side * 0.055, Vec3::new(0.045, 0.011, 0.038), Quat::IDENTITY);
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

/// Builds stem, bars, grips, levers and cables; returns where the stem holds the bar.
fn cockpit<R: Rng>(
    bike: &mut Assembly,
    nodes: &Nodes,
    joints: &Joints,
    finish: &Finish,
    breed: &BicycleBreed,
    tube: f32,
    dice: &mut Dice<R>,
) -> Vec3 {
    let Joints { head_top, crown, up_head, .. } = *joints;
    let rise = match breed.bar {
        Bar::Drop | Bar::Flat => dice.range((0.015, 0.05)),
        Bar::Riser | Bar::High => dice.range((0.02, 0.05)),
        Bar::Swept => dice.range((0.05, 0.12)),
    };
    let top = head_top + up_head * rise;
    let clamp = top + Vec3::new(0.0, 0.18, 0.98).normalize() * dice.range(breed.stem);
    let metal = if dice.chance(0.5) { finish.bright } else { finish.black };
    let stem = bike.sheet(nodes.steer, metal);
    stem.pipe(&[head_top, top + up_head * 0.012], tube * 0.95, 10);
    stem.tube(&[top, clamp], &[tube * 0.9, tube * 0.8], 10);
    stem.pipe(&[clamp - Vec3::X * 0.022, clamp + Vec3::X * 0.022], 0.02, 10);
    let half = dice.range(breed.bar_width) / 2.0;
    let bar = 0.0125;
    for side in [-1.0, 1.0] {
        let point = |x: f32, y: f32, z: f32| clamp + Vec3::new(side * x, y, z);
        match breed.bar {
            Bar::Drop => {
                let tops = [clamp, point(half - 0.02, 0.0, 0.0)];
                let hook = bend(&[
                    point(half - 0.06, 0.0, 0.0),
                    point(half, 0.002, 0.012),
                    point(half, 0.0, 0.075),
                    point(half + 0.004, -0.05, 0.108),
                    point(half + 0.008, -0.105, 0.075),
                    point(half + 0.01, -0.128, -0.03),
                ]);
                bike.sheet(nodes.steer, metal).pipe(&tops, bar, 8);
                bike.sheet(nodes.steer, finish.tape).pipe(&hook, bar * 1.3, 8);
                let hood = bike.sheet(nodes.steer, finish.black);
                hood.ellipsoid(
                    point(half, 0.022, 0.105),
                    Vec3::new(0.017, 0.022, 0.045),
                    Quat::from_rotation_x(-0.5),
                    10,
                );
                hood.pipe(
                    &bend(&[point(half, 0.01, 0.125), point(half, -0.04, 0.145), point(half + 0.004, -0.1, 0.125)]),
                    0.006,
                    6,
                );
            }
            _ => {
                let (lift, back) = match breed.bar {
                    Bar::Flat => (0.008, dice.range((0.01, 0.04))),
                    Bar::Riser => (dice.range((0.02, 0.05)), dice.range((0.02, 0.05))),
                    Bar::Swept => (dice.range((0.03, 0.09)), dice.range((0.14, 0.24))),
                    _ => (dice.range((0.17, 0.22)), 0.04),
                };
                let end = point(half, lift, -back);
                let shape = if breed.bar == Bar::High {
                    vec![
                        clamp,
                        point(0.06, 0.0, 0.0),
                        point(half * 0.52, lift * 0.95, 0.0),
                        point(half * 0.7, lift, -back * 0.3),
                        end,
                    ]
                } else {
                    vec![
                        clamp,
                        point(0.05, 0.0, 0.004),
                        point(half * 0.42, lift, 0.01 - 0.05 * back),
                        point(half * 0.72, lift, -back * 0.55),
                        end,
                    ]
                };
                let grip_from = end + (shape[3] - end).normalize() * 0.125;
                bike.sheet(nodes.steer, metal).pipe(&bend(&shape), bar, 8);
                bike.sheet(nodes.steer, finish.tape).pipe(&[grip_from, end], 0.0175, 10);
                let lever = bike.sheet(nodes.steer, finish.black);
                let root = grip_from + Vec3::new(-side * 0.015, -0.004, 0.022);
                lever.pipe(&[grip_from - Vec3::X * side * 0.02, root], 0.011, 6);
                lever.pipe(&[root, end + Vec3::new(-side * 0.015, -0.012, 0.052)], 0.0055, 6);
            }
        }
    }
    if breed.bar == Bar::High {
        let y = 0.15;
        bike.sheet(nodes.steer, metal).pipe(
            &[clamp + Vec3::new(-half * 0.46, y, 0.0), clamp + Vec3::new(half * 0.46, y, 0.0)],
            0.009,
            8,
        );
    }
    let cable = bike.sheet(nodes.steer, finish.black);
    let front = [
        clamp + Vec3::new(0.1, 0.0, 0.03),
        clamp + Vec3::new(0.09, -0.04, 0.085),
        crown + Vec3::new(0.03, 0.06, 0.06),
        crown + Vec3::new(0.01, 0.0, 0.02),
    ];
    cable.pipe(&bend(&front), 0.0026, 5);
    let rear = [
        clamp + Vec3::new(-0.1, 0.0, 0.03),
        clamp + Vec3::new(-0.08, -0.03, 0.09),
        head_top + Vec3::new(-0.04, -0.05, 0.05),
        joints.head_low + Vec3::new(-0.02, 0.02, -0.02),
    ];
    cable.pipe(&bend(&rear), 0.0026, 5);
    clamp
}

fn extras<R: Rng>(
    bike: &mut Assembly,
    nodes: &Nodes,
    joints: &Joints,
    finish: &Finish,
    breed: &BicycleBreed,
    clamp: Vec3,
    dice: &mut Dice<R>,
) {
    let Joints { bracket, rear, front, head_low, crown, saddle, up_seat, radius, tyre, .. } = *joints;
    if dice.chance(breed.mudguards) {
        let surface = dice.pick(&[(finish.paint, 1.0), (finish.black, 1.0), (finish.bright, 0.6)]);
        for (node, center, from, to) in [(nodes.frame, rear, -2.0, 0.95), (nodes.steer, front, -1.75, 0.45)] {
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
        basket(bike.sheet(nodes.steer, finish.extra), Vec3::new(0.0, clamp.y - 0.06, clamp.z + 0.19));
    }
    if dice.chance(breed.lights) {
        let lamp = clamp + Vec3::new(0.0, -0.03, 0.055);
        bike.sheet(nodes.steer, finish.black).ellipsoid(lamp, Vec3::new(0.028, 0.028, 0.032), Quat::IDENTITY, 10);
        bike.sheet(nodes.steer, finish.lamp).ellipsoid(
            lamp + Vec3::Z * 0.02,
            Vec3::new(0.022, 0.022, 0.018),
            Quat::IDENTITY,
            10,
        );
        let tail = saddle - up_seat * 0.09 - Vec3::Z * 0.03;
        bike.sheet(nodes.frame, finish.red).ellipsoid(tail, Vec3::new(0.02, 0.028, 0.016), Quat::IDENTITY, 10);
    }
    if breed.frame == Frame::Diamond && dice.chance(breed.bottle) {
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
    for (node, root, wheel) in [(nodes.steer, crown, front), (nodes.frame, joints.seat.lerp(rear, 0.3), rear)] {
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
