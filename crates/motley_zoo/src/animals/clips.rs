//! Movements: stances as functions of time, grounded by the body's own shape and baked into keys.

use std::f32::consts::TAU;

use bevy_math::{Quat, Vec3, ops};

use super::anatomy::Anatomy;
use super::breed::{Kind, Tail};
use super::ground::{Probes, ground, is_foreleg, is_haunch, is_head, is_trunk, settle};
use super::noise::step;
use super::skeleton::{
    Bend, CHEST, COUNT, EARS, EYES, FORE, HIND, Leg, NECK, NOSE, PELVIS, QUARTER, ROOT, Skeleton, Stance, TAIL,
    TAIL_TIP, turn,
};
use crate::model::{Channel, Clip, Interpolation, Track};

/// The clip whose subject has its eyes shut.
pub const ASLEEP: &str = "sleep";

/// A function from a clip's phase (0–1) to a stance.
type Motion = fn(&Body, f32) -> Stance;

/// Name, seconds, keys, movement.
const MOTIONS: [(&str, f32, u32, Motion); 15] = [
    ("stand", 4.0, 13, stand),
    ("look_around", 6.0, 17, look_around),
    ("walk", 1.1, 17, walk),
    ("trot", 0.6, 17, trot),
    ("run", 0.45, 17, run),
    ("jump", 1.2, 17, jump),
    ("sit", 5.0, 13, sit),
    ("lie", 6.0, 13, lie),
    ("stretch", 3.0, 31, stretch),
    (ASLEEP, 6.0, 9, sleep),
    ("lie_on_side", 6.0, 9, lie_on_side),
    ("loaf", 6.0, 9, loaf),
    ("groom", 3.0, 13, groom),
    ("scratch", 2.0, 17, scratch),
    ("play_bow", 2.4, 17, play_bow),
];

/// The movements of a kind: cats tuck their paws in, dogs bow to play.
fn motions(kind: Kind) -> impl Iterator<Item = &'static (&'static str, f32, u32, Motion)> {
    let other = if kind == Kind::Cat { "play_bow" } else { "loaf" };
    MOTIONS.iter().filter(move |(name, ..)| *name != other)
}

/// Names of the clips of a kind.
pub(super) fn names(kind: Kind) -> impl Iterator<Item = &'static str> {
    motions(kind).map(|(name, ..)| *name)
}

/// What a movement may know of the body.
struct Body<'a> {
    skeleton: &'a Skeleton,
    probes: &'a Probes,
    cat: bool,
    /// Withers, metres.
    w: f32,
    /// Length of the trunk, metres.
    length: f32,
    /// Floor of the chest, metres.
    floor: f32,
    /// How far the tail's root is carried above the horizontal, radians, 0 for one that hangs.
    carriage: f32,
    /// Does the tail lie on the back?
    tail_over_back: bool,
    /// How it sits, lies, tucks in its paws, sleeps and lies on its side: each is searched for once, and moved a little.
    seat: Stance,
    couch: Stance,
    loaf: Stance,
    curl: Stance,
    flank: Stance,
}

/// All clips of an individual.
pub(super) fn bake(anatomy: &Anatomy, probes: &Probes) -> Vec<Clip> {
    let mut body = Body {
        skeleton: &anatomy.skeleton,
        probes,
        cat: anatomy.traits.kind == Kind::Cat,
        w: anatomy.traits.withers,
        length: anatomy.traits.length * anatomy.traits.withers,
        floor: anatomy.floor,
        carriage: tail_carriage(&anatomy.skeleton),
        tail_over_back: anatomy.traits.tail == Tail::Curled,
        seat: Stance::default(),
        couch: Stance::default(),
        loaf: Stance::default(),
        curl: Stance::default(),
        flank: Stance::default(),
    };
    body.seat = find_seat(&body);
    body.couch = find_couch(&body);
    if body.cat {
        body.loaf = find_loaf(&body);
    }
    body.curl = find_curl(&body);
    body.flank = find_flank(&body);
    motions(anatomy.traits.kind)
        .map(|&(name, duration, keys, motion)| bake_clip(&body, name, duration, keys, motion))
        .collect()
}

fn bake_clip(body: &Body, name: &str, duration: f32, keys: u32, motion: Motion) -> Clip {
    let times: Vec<f32> = (0..keys).map(|k| duration * k as f32 / (keys - 1) as f32).collect();
    let mut rotations: Vec<Vec<Quat>> = vec![Vec::new(); COUNT];
    let mut root = Vec::new();
    for k in 0..keys {
        let mut stance = motion(body, k as f32 / (keys - 1) as f32);
        let posed = ground(body.skeleton, body.probes, &mut stance);
        // The pelvis hangs on the root: what it moved, the root moves.
        root.push(posed.position[PELVIS] - body.skeleton.rest[PELVIS]);
        for (joint, list) in rotations.iter_mut().enumerate() {
            list.push(posed.local(joint));
        }
    }
    let mut channels = vec![Channel {
        node: ROOT,
        times: times.clone(),
        values: Track::Translation(root),
        interpolation: Interpolation::Linear,
    }];
    for (joint, list) in rotations.into_iter().enumerate().skip(1) {
        // Joints that never leave their rest need no channel.
        if list.iter().any(|q| q.dot(Quat::IDENTITY).abs() < 0.999_999) {
            let values = Track::Rotation(list);
            channels.push(Channel { node: joint, times: times.clone(), values, interpolation: Interpolation::Linear });
        }
    }
    if name == ASLEEP {
        // The back of an eyeball is a closed lid.
        for node in EYES {
            channels.retain(|c| c.node != node);
            let values = Track::Rotation(vec![Quat::from_xyzw(1.0, 0.0, 0.0, 0.0)]);
            channels.push(Channel { node, times: vec![0.0], values, interpolation: Interpolation::Step });
        }
    }
    Clip { name: name.into(), duration, channels }
}

fn tail_carriage(skeleton: &Skeleton) -> f32 {
    let bone = skeleton.offset(TAIL + 1);
    ops::atan2(bone.y, -bone.z).max(0.0)
}

fn wave(phase: f32) -> f32 {
    ops::sin(phase * TAU)
}

fn pitch(pitch: f32) -> Bend {
    Bend { pitch, yaw: 0.0 }
}

fn yaw(yaw: f32) -> Bend {
    Bend { pitch: 0.0, yaw }
}

/// A head that turns by `side` and lowers by `down`, the neck taking half of it.
fn turn_head(stance: &mut Stance, side: f32, down: f32) {
    for bend in &mut stance.neck {
        bend.yaw += 0.3 * side;
        bend.pitch += 0.25 * down;
    }
    stance.head.yaw += side;
    stance.head.pitch += down;
}

fn stand(body: &Body, t: f32) -> Stance {
    let mut s = Stance::default();
    turn_head(&mut s, 0.45 * wave(t), 0.14 * wave(2.0 * t + 0.1));
    s.tilt = 0.1 * wave(t + 0.3);
    s.ears = Bend { pitch: 0.06 * wave(3.0 * t), yaw: 0.0 };
    s.tail = Bend { pitch: if body.cat { 0.25 + 0.25 * wave(t) } else { 0.1 }, yaw: 0.25 * wave(2.0 * t) };
    s.tail_curl = Bend { pitch: if body.cat { 0.06 } else { 0.0 }, yaw: 0.06 * wave(2.0 * t - 0.1) };
    // Weight shifted a little, one hind paw set back.
    s.hind[0].paw.z = -0.07 * body.floor;
    s.fore[1].paw.z = 0.06 * body.floor;
    s
}

fn look_around(body: &Body, t: f32) -> Stance {
    let mut s = Stance::default();
    let up = step(0.0, 0.3, t) - step(0.7, 1.0, t);
    turn_head(&mut s, 1.0 * wave(t), -0.3 * up + 0.25 * step(0.5, 0.8, t) * step(1.0, 0.85, t));
    s.spine[1].yaw = 0.1 * wave(t);
    s.tilt = 0.22 * wave(2.0 * t);
    // A cat greets with its tail up; a dog wags.
    let raised = if body.cat { 1.9 } else { 0.25 };
    s.tail = Bend { pitch: raised * up, yaw: if body.cat { 0.0 } else { 0.5 * wave(6.0 * t) } };
    s.tail_curl = pitch(if body.cat { -0.06 * up } else { 0.0 });
    s
}

/// One leg of a gait: on the ground for `duty` of the cycle, then lifted and brought forward.
fn pace(phase: f32, duty: f32, stride: f32, lift: f32, flex: f32) -> Leg {
    let phase = phase - phase.floor();
    if phase < duty {
        let z = stride * (0.5 - phase / duty);
        return Leg { paw: Vec3::Z * z, ..Leg::default() };
    }
    let t = (phase - duty) / (1.0 - duty);
    let z = stride * (step(0.0, 1.0, t) - 0.5);
    let up = ops::sin(t * 0.5 * TAU);
    Leg { paw: Vec3::new(0.0, lift * up, z), foot: flex * up, toes: 0.7 * flex * up, ..Leg::default() }
}

fn walk(body: &Body, t: f32) -> Stance {
    let mut s = Stance::default();
    // Lateral sequence: left hind, left fore, right hind, right fore, a quarter of the cycle apart.
    let (stride, lift) = (0.62 * body.floor.max(0.3 * body.w), 0.16 * body.floor);
    for side in 0..2 {
        let half = 0.5 * side as f32;
        s.hind[side] = pace(t + half, 0.62, stride, lift, 0.5);
        s.fore[side] = pace(t + half + 0.75, 0.62, stride, lift, 0.9);
    }
    s.shift.y = -0.025 * body.w + 0.008 * body.w * wave(2.0 * t);
    s.pelvis.yaw = 0.05 * wave(t);
    s.spine = [yaw(-0.05 * wave(t)), yaw(-0.05 * wave(t)), yaw(0.03 * wave(t))];
    let low = if body.cat { 0.35 } else { 0.12 };
    s.neck = [pitch(low), pitch(0.4 * low)];
    s.head = pitch(0.06 + 0.04 * wave(2.0 * t));
    s.tail = Bend { pitch: if body.cat { 0.5 } else { 0.2 }, yaw: 0.15 * wave(t) };
    s.tail_curl = yaw(0.05 * wave(t - 0.2));
    s
}

fn trot(body: &Body, t: f32) -> Stance {
    let mut s = Stance::default();
    let (stride, lift) = (0.8 * body.floor.max(0.3 * body.w), 0.24 * body.floor);
    for side in 0..2 {
        let half = 0.5 * side as f32;
        s.hind[side] = pace(t + half, 0.48, stride, lift, 0.7);
        s.fore[side] = pace(t + half + 0.5, 0.48, stride, lift, 1.2);
    }
    s.shift.y = -0.035 * body.w + 0.02 * body.w * wave(2.0 * t + 0.1);
    s.pelvis.pitch = 0.02 * wave(2.0 * t);
    s.neck = [pitch(0.15), pitch(0.05)];
    s.head = pitch(0.05 * wave(2.0 * t));
    s.tail = Bend { pitch: if body.cat { 0.7 } else { 0.3 }, yaw: 0.1 * wave(t) };
    s
}

/// Rises from 0 at `a` to 1 half way and back to 0 at `b`.
fn arc(a: f32, b: f32, t: f32) -> f32 {
    if t <= a || t >= b { 0.0 } else { ops::sin((t - a) / (b - a) * 0.5 * TAU) }
}

/// A gallop: hind legs land, then forelegs; the back bends and stretches, and twice the body flies.
fn run(body: &Body, t: f32) -> Stance {
    let mut s = Stance::default();
    let (stride, lift) = (1.25 * body.floor.max(0.3 * body.w), 0.4 * body.floor);
    for side in 0..2 {
        let lead = 0.08 * side as f32;
        s.hind[side] = pace(t + lead, 0.3, stride, lift, 0.9);
        s.fore[side] = pace(t + 0.5 + lead, 0.3, stride, lift, 1.3);
    }
    // Gathered at 0.95, stretched at 0.45.
    let gathered = wave(t + 0.3) * if body.cat { 1.3 } else { 1.0 };
    s.pelvis.pitch = -0.2 * gathered;
    s.spine = [pitch(0.1 * gathered), pitch(0.12 * gathered), pitch(0.02 * gathered)];
    s.shift.y = -0.06 * body.w;
    s.air = 0.07 * body.w * (arc(0.3, 0.5, t) + arc(0.8, 1.0, t));
    let low = if body.cat { 0.4 } else { 0.25 };
    s.neck = [pitch(low), pitch(0.4 * low)];
    s.head = pitch(0.06 * wave(t));
    s.ears = pitch(-0.3);
    let streams = if body.tail_over_back { 0.0 } else { (0.5 - body.carriage).max(-0.6) };
    s.tail = Bend { pitch: streams + 0.15 * wave(t), yaw: 0.0 };
    s
}

/// Crouches, pushes off, flies and lands on its forelegs.
fn jump(body: &Body, t: f32) -> Stance {
    let mut s = Stance::default();
    let crouch = arc(0.0, 0.42, t).max(0.7 * arc(0.74, 1.0, t));
    let (rise, fall) = (arc(0.2, 0.62, t), arc(0.55, 0.9, t));
    let flight = arc(0.4, 0.78, t);
    s.air = 0.45 * body.w * flight;
    s.shift = Vec3::new(0.0, -0.3 * body.floor * crouch, -0.06 * body.length * crouch);
    s.pelvis.pitch = -0.5 * rise + 0.4 * fall;
    s.spine = [pitch(0.12 * crouch), pitch(0.1 * crouch - 0.08 * flight), pitch(0.0)];
    let up = ops::sin(0.5 * rise) * body.length;
    for side in 0..2 {
        let aside = 0.04 * side as f32 * body.w;
        s.fore[side].paw = Vec3::new(0.0, 0.75 * up + 0.12 * body.w * flight, 0.3 * body.w * flight + aside * flight);
        s.fore[side].foot = 0.7 * rise;
        s.fore[side].toes = 0.5 * rise;
        s.hind[side].paw = Vec3::new(0.0, 0.45 * up * fall, -0.36 * body.w * flight + aside * flight);
        s.hind[side].foot = 0.8 * flight;
        s.hind[side].toes = 0.8 * flight;
    }
    s.neck = [pitch(0.25 * crouch), pitch(-0.1 * flight)];
    s.head = pitch(-0.2 * rise + 0.3 * fall);
    s.tail = pitch(0.4 * flight);
    s
}

/// Sole and hock on the ground under a folded leg, the paw `forward` of the hip.
fn folded(body: &Body, side: usize, shift: Vec3, forward: f32, out: f32) -> Leg {
    let rest = body.skeleton.rest;
    let [hip, hock, paw] = [HIND[side], HIND[side] + 2, HIND[side] + 3].map(|j| rest[j]);
    let foot = paw - hock;
    // Angle from the foot's direction at rest to nearly level.
    let foot_pitch = -(QUARTER - ops::atan2(foot.z, -foot.y)) * 0.93;
    let sign = if side == 0 { 1.0 } else { -1.0 };
    let target = Vec3::new(hip.x + sign * out, paw.y, hip.z + shift.z + forward);
    Leg { paw: target - paw, foot: foot_pitch, splay: 0.55, ..Leg::default() }
}

fn seated(body: &Body, angle: f32) -> Stance {
    let mut s = Stance { rests: true, ..Stance::default() };
    // A cat's spine is the more flexible one.
    let round = if body.cat { 1.4 } else { 1.25 };
    s.pelvis.pitch = -angle * round;
    s.spine = [pitch(0.08 * angle), pitch(0.2 * angle), pitch((round - 1.08) * angle)];
    // The neck keeps its angle to the ground, a little steeper.
    let lean = angle * 0.8 - 0.12;
    s.neck = [pitch(0.6 * lean), pitch(0.4 * lean)];
    // Seated on its rump, the body is drawn together under the shoulders.
    s.shift.z = 0.12 * body.length;
    for side in 0..2 {
        s.hind[side] = folded(body, side, s.shift, 0.26 * body.w, 0.12 * body.w);
        s.hind[side].splay = 0.75;
    }
    s
}

/// The seat of this body: its chest raised until the forelegs are all but straight.
fn find_seat(body: &Body) -> Stance {
    let reach = body.skeleton.rest[FORE[0] + 1].y * 0.97;
    let (mut low, mut high) = (0.2_f32, 1.05_f32);
    let mut s = seated(body, low);
    for _ in 0..7 {
        let angle = 0.5 * (low + high);
        let mut trial = seated(body, angle);
        let posed = ground(body.skeleton, body.probes, &mut trial);
        if posed.position[FORE[0] + 1].y > reach {
            high = angle;
        } else {
            low = angle;
            s = trial;
        }
    }
    let posed = body.skeleton.solve(&s);
    for (leg, joint) in s.fore.iter_mut().zip(FORE) {
        // Forepaws under the shoulders and a little inward.
        let (shoulder, paw) = (posed.position[joint + 1], body.skeleton.rest[joint + 4]);
        leg.paw = Vec3::new(-0.15 * paw.x, 0.0, shoulder.z + 0.03 * body.w - paw.z);
    }
    s
}

fn sit(body: &Body, t: f32) -> Stance {
    let mut s = body.seat;
    // Up at whoever stands there, and down.
    turn_head(&mut s, 0.7 * wave(t), 0.38 * wave(2.0 * t + 0.15) - 0.06);
    s.tilt = 0.2 * wave(t + 0.2);
    s.tail = Bend { pitch: 0.0, yaw: if body.cat { 0.5 } else { 0.25 * wave(3.0 * t) } };
    s.tail_curl = yaw(if body.cat { 0.42 } else { 0.05 * wave(3.0 * t) });
    s
}

fn lying(body: &Body) -> Stance {
    let mut s = Stance { rests: true, ..Stance::default() };
    for side in 0..2 {
        s.hind[side] = folded(body, side, s.shift, 0.2 * body.w, 0.05 * body.w);
        s.hind[side].splay = 0.8;
        let rest = body.skeleton.rest;
        let [shoulder, elbow, wrist, paw] = [1, 2, 3, 4].map(|i| rest[FORE[side] + i]);
        let foot = paw - wrist;
        let foot_pitch = -(QUARTER - ops::atan2(foot.z, -foot.y)) * 0.9;
        let forearm = elbow.distance(wrist);
        let forward = shoulder.z + 0.72 * forearm + foot.length() - 0.02 * body.w;
        s.fore[side] =
            Leg { paw: Vec3::new(0.0, 0.0, forward - paw.z), foot: foot_pitch, splay: 0.35, ..Leg::default() };
    }
    s
}

/// Pitches a body that lies until chest and haunches both touch the ground: chests are deeper.
fn level(body: &Body, s: &mut Stance) {
    let neck = s.neck[0].pitch;
    let tip = |s: &mut Stance, angle: f32| {
        s.pelvis.pitch = angle;
        s.neck[0].pitch = neck - angle;
    };
    let (mut low, mut high) = (-0.4, 0.2);
    for _ in 0..7 {
        let middle = 0.5 * (low + high);
        let mut trial = *s;
        tip(&mut trial, middle);
        let posed = settle(body.skeleton, body.probes, &mut trial);
        let front = body.probes.lowest(body.skeleton, &posed, |joint| is_trunk(joint) && !is_haunch(joint));
        let rear = body.probes.lowest(body.skeleton, &posed, is_haunch);
        if rear > front { high = middle } else { low = middle }
    }
    tip(s, high);
}

/// A tail that lies beside the body; one that is curled over the back stays there.
fn lay_tail(body: &Body, s: &mut Stance, down: f32, aside: f32, curl: f32) {
    if body.tail_over_back {
        return;
    }
    s.tail = Bend { pitch: -down - body.carriage, yaw: aside };
    s.tail_curl = yaw(curl);
}

fn find_couch(body: &Body) -> Stance {
    let mut s = lying(body);
    s.spine[2] = pitch(-0.1);
    s.neck[0] = pitch(-0.15);
    level(body, &mut s);
    s
}

fn lie(body: &Body, t: f32) -> Stance {
    let mut s = body.couch;
    turn_head(&mut s, 0.6 * wave(t), 0.15 * wave(2.0 * t));
    s.tilt = 0.12 * wave(t + 0.4);
    lay_tail(body, &mut s, 0.3, 0.5, 0.25 + 0.05 * wave(t));
    s
}

/// A dog's bow and a cat's stretch are the same figure: chest down, rump up, forelegs out.
fn stretch(body: &Body, t: f32) -> Stance {
    let down = step(0.0, 0.25, t) * step(1.0, 0.75, t);
    let mut s = Stance::default();
    // Long-legged animals bow lower.
    let deep = down * (2.0 * body.floor / body.w).clamp(0.4, 1.0);
    s.pelvis.pitch = 0.42 * deep;
    s.spine = [pitch(0.12 * deep), pitch(0.02 * deep), pitch(-0.06 * deep)];
    s.shift = Vec3::new(0.0, -0.04 * body.w, -0.12 * body.length) * down;
    for side in 0..2 {
        let lying = lying(body).fore[side];
        s.fore[side] =
            Leg { paw: lying.paw * down, foot: 0.8 * lying.foot * down, splay: 0.3 * down, ..Leg::default() };
    }
    s.neck = [pitch(-0.5 * down), pitch(-0.4 * down)];
    turn_head(&mut s, 0.3 * wave(2.0 * t) * down, 0.05);
    let raised = if body.tail_over_back { 0.0 } else { 0.9 };
    s.tail = Bend { pitch: raised * down, yaw: if body.cat { 0.0 } else { 0.45 * wave(8.0 * t) } };
    s
}

/// Curled up to the left, the chin on the ground or the forepaws.
fn find_curl(body: &Body) -> Stance {
    let mut s = lying(body);
    s.spine = [yaw(0.45), yaw(0.5), Bend { pitch: 0.1, yaw: 0.5 }];
    s.neck = [yaw(0.22), yaw(0.4)];
    s.head = Bend { pitch: 0.15, yaw: 2.4 };
    s.tilt = -0.12;
    lay_tail(body, &mut s, 0.4, -0.9, -0.36);
    rest_head(body, &mut s, |s, down| {
        s.spine[2].pitch = 0.1 + 0.3 * down;
        s.neck[0].pitch = -0.5 + 1.3 * down;
        s.neck[1].pitch = -0.4 + 1.15 * down;
        level(body, s);
    });
    curl_forelegs(body, &mut s, 0.12, 0.3);
    s
}

fn sleep(body: &Body, t: f32) -> Stance {
    let mut s = body.curl;
    s.spine[2].pitch += 0.01 * wave(2.0 * t);
    s
}

/// Lowers the head by `lower` (0–1, each from the same stance) as far as it goes until it touches the ground.
fn rest_head(body: &Body, s: &mut Stance, lower: impl Fn(&mut Stance, f32)) {
    let height = |down: f32| {
        let mut trial = *s;
        lower(&mut trial, down);
        let posed = settle(body.skeleton, body.probes, &mut trial);
        body.probes.lowest(body.skeleton, &posed, is_head)
    };
    let (mut high, mut low) = (0.0, 1.0);
    for _ in 0..6 {
        let middle = 0.5 * (high + low);
        if height(middle) > 0.0 {
            high = middle;
        } else {
            low = middle;
        }
    }
    lower(s, high);
}

/// Lays the forelegs of a curled body before its turned chest: paws at least `forward` of the shoulders, in withers' heights,
/// and farther, with elbows farther out, where the legs do not fold as much without reaching into the ground.
fn curl_forelegs(body: &Body, s: &mut Stance, forward: f32, splay: f32) {
    let settled = settle(body.skeleton, body.probes, s);
    let ahead = settled.rotation[CHEST] * Vec3::Z;
    let heading = turn(Vec3::Y, ops::atan2(ahead.x, ahead.z));
    for step in 0..16 {
        let (forward, splay) = ((forward + 0.04 * step as f32) * body.w, splay + 0.08 * step as f32);
        for side in 0..2 {
            let rest = body.skeleton.rest;
            let [wrist, paw] = [3, 4].map(|i| rest[FORE[side] + i]);
            let shoulder = settled.position[FORE[side] + 1];
            let foot = paw - wrist;
            let target = shoulder + heading * Vec3::new(0.0, 0.0, forward + foot.length());
            s.fore[side] = Leg {
                paw: Vec3::new(target.x - paw.x, 0.0, target.z - paw.z),
                foot: -(QUARTER - ops::atan2(foot.z, -foot.y)) * 0.9,
                splay,
                turned: heading,
                ..Leg::default()
            };
        }
        let posed = body.skeleton.solve(s);
        if body.probes.lowest(body.skeleton, &posed, is_foreleg) > -0.01 * body.w {
            break;
        }
    }
}

/// A cat with its paws tucked under its breast.
fn find_loaf(body: &Body) -> Stance {
    let mut s = lying(body);
    s.spine = [pitch(0.05), pitch(0.05), pitch(-0.12)];
    s.neck[0] = pitch(0.1);
    level(body, &mut s);
    curl_forelegs(body, &mut s, -0.04, 0.25);
    s
}

fn loaf(body: &Body, t: f32) -> Stance {
    let mut s = body.loaf;
    turn_head(&mut s, 0.5 * wave(t), 0.08 + 0.1 * wave(2.0 * t));
    s.tilt = 0.1 * wave(t + 0.3);
    lay_tail(body, &mut s, 0.3, 0.9, 0.4);
    s
}

/// On the right side, legs stretched out to the left.
fn find_flank(body: &Body) -> Stance {
    const OVER: f32 = 1.4;
    let mut s = Stance { rests: true, roll: -OVER, ..Stance::default() };
    s.spine = [yaw(0.06); 3];
    let over = turn(Vec3::Z, OVER);
    let posed = body.skeleton.solve(&s);
    for side in 0..2 {
        // The upper legs lie a little before the lower ones.
        let shift = if side == 0 { 0.1 } else { -0.04 };
        for (leg, upper, paw, along) in [
            (&mut s.fore[side], FORE[side] + 1, FORE[side] + 4, 0.16 + shift),
            (&mut s.hind[side], HIND[side], HIND[side] + 3, 0.1 + shift),
        ] {
            let from = posed.position[upper];
            let reach = 0.8 * (body.skeleton.rest[upper].y - body.skeleton.rest[paw].y);
            let low = (0.05 + if side == 0 { 0.1 } else { 0.0 }) * body.w;
            let target = Vec3::new(from.x + reach, low, from.z + along * body.w);
            *leg = Leg { paw: target - body.skeleton.rest[paw], turned: over, ..Leg::default() };
        }
    }
    s.head = Bend { pitch: 0.1, yaw: 0.5 };
    s.tilt = -1.1;
    s.tail = yaw(0.2);
    // Its neck bends down until the cheek lies on the ground.
    rest_head(body, &mut s, |s, down| {
        s.neck = [Bend { pitch: 0.3, yaw: -0.6 * down }, Bend { pitch: 0.2, yaw: -0.6 * down }];
    });
    s
}

fn lie_on_side(body: &Body, t: f32) -> Stance {
    let mut s = body.flank;
    s.spine[2].pitch = 0.015 * wave(2.0 * t);
    let raised = step(0.1, 0.35, t) * step(0.95, 0.7, t);
    for (bend, up) in s.neck.iter_mut().zip([0.25, 0.3]) {
        bend.yaw += (up - bend.yaw) * raised;
    }
    s.tilt += 0.7 * raised;
    s.tail_curl = yaw(0.08 * wave(t));
    s
}

/// Seated, a hind paw behind the ear.
fn scratch(body: &Body, t: f32) -> Stance {
    let mut s = sit(body, 0.25);
    let beat = wave(8.0 * t);
    // The body bends to the paw: its neck and head come round and down.
    s.spine[1].yaw += 0.12;
    s.spine[2].yaw += 0.12;
    s.spine[2].pitch += 0.15;
    s.neck[0] = Bend { pitch: s.neck[0].pitch + 0.25, yaw: s.neck[0].yaw + 0.3 };
    s.neck[1] = Bend { pitch: s.neck[1].pitch + 0.2, yaw: s.neck[1].yaw + 0.25 };
    s.head = Bend { pitch: 0.35, yaw: 0.8 };
    s.tilt = 0.5 + 0.03 * beat;
    // Behind the ear, or as near to it as the leg reaches.
    let posed = body.skeleton.solve(&s);
    let ear = posed.position[NECK].lerp(posed.position[EARS[0]], 0.35 + 0.1 * beat);
    let paw = ear + Vec3::new(0.06, -0.08, 0.0) * body.w - body.skeleton.rest[HIND[0] + 3];
    // Of all ways to hold the foot, the one that bends the hock least.
    let mut easiest = -1.0;
    for i in 0..10 {
        let foot = 0.3 - 0.3 * i as f32;
        let mut trial = s;
        trial.hind[0] = Leg { paw, foot, toes: foot, splay: 0.9, ..Leg::default() };
        let ease = body.skeleton.solve(&trial).local(HIND[0] + 2).w.abs();
        if ease > easiest {
            easiest = ease;
            s.hind[0] = trial.hind[0];
        }
    }
    s
}

/// A dog's invitation: down in front, wagging, and up again.
fn play_bow(body: &Body, t: f32) -> Stance {
    let held = 0.25 + 0.5 * t;
    let mut s = stretch(body, held);
    turn_head(&mut s, 0.35 * wave(t), -0.1);
    s.tilt = 0.25 * wave(2.0 * t);
    s.tail.yaw = 0.6 * wave(6.0 * t);
    s
}

/// Seated, licking a forepaw that it holds up.
fn groom(body: &Body, t: f32) -> Stance {
    let mut s = sit(body, 0.0);
    let lick = 0.12 * wave(4.0 * t);
    s.neck[0].pitch += 0.3;
    s.neck[1].pitch += 0.35 + 0.3 * lick;
    s.head = Bend { pitch: 0.6 + lick, yaw: 0.25 };
    s.neck[1].yaw += 0.15;
    let posed = body.skeleton.solve(&s);
    let (mouth, shoulder) = (posed.position[NOSE], posed.position[FORE[0] + 1]);
    let paw = Vec3::new(
        0.5 * (mouth.x + shoulder.x),
        (mouth.y - 0.1 * body.w).min(0.85 * shoulder.y),
        mouth.z.max(shoulder.z + 0.2 * body.w),
    );
    s.fore[0] =
        Leg { paw: paw - body.skeleton.rest[FORE[0] + 4], foot: -1.4, toes: -1.0, splay: 0.2, ..Leg::default() };
    s
}

/// Joints whose names a label wants.
pub(super) fn keypoints() -> Vec<(String, usize)> {
    let named = [
        ("nose", NOSE),
        ("left_eye", EYES[0]),
        ("right_eye", EYES[1]),
        ("left_ear", EARS[0]),
        ("right_ear", EARS[1]),
        ("withers", NECK),
        ("left_fore_paw", FORE[0] + 4),
        ("right_fore_paw", FORE[1] + 4),
        ("left_hind_paw", HIND[0] + 3),
        ("right_hind_paw", HIND[1] + 3),
        ("tail_base", TAIL),
        ("tail_tip", TAIL_TIP),
    ];
    named.into_iter().map(|(name, joint)| (name.to_owned(), joint)).collect()
}
