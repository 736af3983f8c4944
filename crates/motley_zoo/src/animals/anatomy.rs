//! From an individual's traits to its joints, its flesh and the capsules that bind skin to bone.
//!
//! Proportions follow the usual points of canine and feline conformation (elbow at the floor of the chest, hock at
//! about a third of the hip's height, paws below shoulder blade and rump); see the breed files for where numbers come from.

use bevy_math::{Mat3, Vec3, ops};

use super::breed::{Hair, Kind, Tail, Traits};
use super::field::{Blob, Field};
use super::skeleton::{
    BACK, CHEST, COUNT, EARS, EYES, FORE, HEAD, HIND, JAW, LOIN, NAPE, NECK, NOSE, PELVIS, ROOT, Skeleton, TAIL,
    TAIL_BONES, TAIL_TIP,
};

/// A bone with the flesh that it moves: from `a` to `b`, at about `radius`.
#[derive(Clone, Copy)]
pub(super) struct Capsule {
    pub(super) joint: usize,
    pub(super) a: Vec3,
    pub(super) b: Vec3,
    pub(super) radius: f32,
}

/// A body at rest, in metres.
pub(super) struct Anatomy {
    pub(super) traits: Traits,
    pub(super) skeleton: Skeleton,
    pub(super) field: Field,
    pub(super) capsules: Vec<Capsule>,
    /// Middle of the skull.
    pub(super) skull: Vec3,
    /// Half width of the skull: the head's unit of length.
    pub(super) unit: f32,
    /// How far hair stands off, metres.
    pub(super) fluff: f32,
    /// Height of the floor of the chest.
    pub(super) floor: f32,
}

const SIDES: [f32; 2] = [1.0, -1.0];

impl Anatomy {
    /// Joints and flesh below the head; [`super::head`] adds the head's.
    pub(super) fn new(traits: Traits) -> Self {
        let w = traits.withers;
        let depth = traits.depth * w;
        let length = traits.length * w;
        let half = 0.5 * traits.width * w;
        let floor = w - depth;
        let unit = traits.skull * w;
        let fluff = traits.fluff * w;

        let mut rest = [Vec3::ZERO; COUNT];
        let hip = w - 0.32 * depth;
        let spine = w - 0.3 * depth;
        rest[PELVIS] = Vec3::new(0.0, spine, -0.34 * length);
        rest[LOIN] = Vec3::new(0.0, spine, -0.19 * length);
        rest[BACK] = Vec3::new(0.0, spine, 0.0);
        rest[CHEST] = Vec3::new(0.0, spine, 0.17 * length);
        let (sin, cos) = ops::sin_cos(traits.neck_angle);
        let rise = Vec3::new(0.0, sin, cos);
        let neck = traits.neck * w;
        rest[NECK] = Vec3::new(0.0, w - 0.28 * depth, 0.32 * length);
        rest[NAPE] = rest[NECK] + rise * (0.5 * neck);
        rest[HEAD] = rest[NECK] + rise * neck;
        let skull = rest[HEAD] + Vec3::new(0.0, 0.12, 0.5) * unit;
        // Joints of the face get their places from the face itself.
        for joint in [JAW, EARS[0], EARS[1], EYES[0], EYES[1], NOSE] {
            rest[joint] = skull;
        }
        rest[JAW] = skull + Vec3::new(0.0, -0.45, 0.25) * unit;

        let bone = traits.bone * w;
        let paw = 1.3 * bone;
        let foot = 0.72 * paw;
        for (side, sign) in SIDES.into_iter().enumerate() {
            let x = sign * (0.56 * half).max(1.15 * paw);
            let joints = &mut rest[FORE[side]..];
            let z = 0.24 * length;
            joints[0] = Vec3::new(sign * 0.5 * half, w - 0.15 * depth, z);
            joints[1] = Vec3::new(sign * 0.62 * half, w - 0.66 * depth, z + 0.14 * depth + 0.03 * length);
            joints[2] = Vec3::new(x, floor * 1.02, z - 0.05 * w);
            joints[3] = Vec3::new(x, (0.28 * floor).max(1.3 * paw), z - 0.035 * w);
            joints[4] = Vec3::new(x, foot, z + 0.1 * foot);
            let joints = &mut rest[HIND[side]..];
            let z = -0.34 * length;
            joints[0] = Vec3::new(sign * 0.55 * half, hip, z);
            joints[1] = Vec3::new(x * 1.08, 0.6 * hip, z + 0.14 * hip);
            joints[2] = Vec3::new(x, (0.3 * hip).max(1.5 * paw), z - 0.17 * hip);
            joints[3] = Vec3::new(x, foot, z - 0.1 * hip);
        }
        Self::lay_tail(&mut rest, &traits, depth, length);
        debug_assert_eq!(rest[ROOT], Vec3::ZERO);
        let tail_radius = Self::tail_radius(&traits, 0.5, fluff);

        let skeleton = Skeleton { rest, tail_radius };
        let field = Field::default();
        let mut anatomy = Self { traits, skeleton, field, capsules: Vec::new(), skull, unit, fluff, floor };
        anatomy.add_trunk(depth, length, half);
        anatomy.add_legs(depth, half, bone, paw);
        anatomy.add_tail();
        anatomy
    }

    /// A point given in skulls from the skull's middle.
    pub(super) fn on_head(&self, q: Vec3) -> Vec3 {
        self.skull + q * self.unit
    }

    fn lay_tail(rest: &mut [Vec3; COUNT], traits: &Traits, depth: f32, length: f32) {
        // First angle above the horizontal and what each further joint adds, degrees.
        let (start, curl) = match traits.tail {
            Tail::Long => (-38.0_f32, 7.0_f32),
            Tail::Otter => (-8.0, 3.0),
            Tail::Flag => (48.0, 4.0),
            Tail::Sabre => (-62.0, 9.0),
            Tail::Curled => (82.0, 36.0),
            Tail::Bobbed => (35.0, 8.0),
        };
        let full = if traits.tail == Tail::Bobbed { 0.16 } else { traits.tail_length };
        let bone = full * traits.withers / TAIL_BONES as f32;
        rest[TAIL] = Vec3::new(0.0, traits.withers - 0.2 * depth, -0.46 * length);
        for i in 0..TAIL_BONES {
            let (sin, cos) = ops::sin_cos((start + curl * i as f32).to_radians());
            // A curled tail lies a little to one side, so that it does not cut into itself.
            let aside = if traits.tail == Tail::Curled { 0.16 } else { 0.0 };
            rest[TAIL + i + 1] = rest[TAIL + i] + Vec3::new(aside, sin, -cos) * bone;
        }
    }

    /// Radius at `t` along the tail, 0 root – 1 tip.
    fn tail_radius(traits: &Traits, t: f32, fluff: f32) -> f32 {
        let bone = traits.bone * traits.withers;
        match traits.kind {
            Kind::Cat => bone * (0.95 - 0.35 * t) + fluff * (0.7 + 0.7 * t) * (1.0 - 0.5 * t * t * t),
            Kind::Dog => {
                let hair = if matches!(traits.hair, Hair::Long | Hair::Plush) { 1.1 } else { 0.7 };
                bone * (1.0 - 0.62 * t) + fluff * hair * (0.5 + 1.6 * t * (1.0 - t * t))
            }
        }
    }

    fn add(&mut self, blob: Blob) {
        self.field.blobs.push(blob);
    }

    fn bind(&mut self, joint: usize, a: Vec3, b: Vec3, radius: f32) {
        self.capsules.push(Capsule { joint, a, b, radius });
    }

    fn add_trunk(&mut self, depth: f32, length: f32, half: f32) {
        let w = self.traits.withers;
        let (girth, fluff, waist) = (self.traits.girth, self.fluff, self.traits.waist);
        let cat = self.traits.kind == Kind::Cat;
        let middle = |y: f32, z: f32| Vec3::new(0.0, y, z * length);
        let ball = |c: Vec3, r: Vec3, blend: f32| Blob::ellipsoid(c, r, Mat3::IDENTITY, blend * w);
        let fat = 0.5 + 0.5 * girth;
        // Rib cage, belly, loin, rump and breast, each hanging from the line of the back.
        let sag = |top: f32, deep: f32, factor: f32| top - 0.5 * deep * (2.0 * factor - 1.0);
        let rib = Vec3::new(half * fat, 0.5 * depth * fat, 0.33 * length);
        self.add(ball(middle(sag(w, depth, fat), 0.15), rib, 0.1));
        let deep = depth * (0.45 * waist + 0.5);
        self.add(ball(
            middle(sag(0.985 * w, deep, girth), -0.08),
            Vec3::new(half * 0.93 * girth, 0.5 * deep * girth, 0.36 * length),
            0.1,
        ));
        let deep = depth * waist;
        self.add(ball(
            middle(sag(0.98 * w, deep, girth), -0.2),
            Vec3::new(half * 0.86 * girth, 0.5 * deep * girth, 0.26 * length),
            0.1,
        ));
        let deep = depth * 0.8;
        self.add(ball(
            middle(0.955 * w - 0.5 * deep, -0.36),
            Vec3::new(half * 0.84 * fat, 0.5 * deep, 0.15 * length),
            0.1,
        ));
        self.add(ball(
            middle(w - 0.58 * depth, 0.34),
            Vec3::new(half * 0.78, 0.36 * depth, 0.14 * length + 0.5 * fluff),
            0.1,
        ));
        let rest = self.skeleton.rest;
        let back = rest[HEAD] + Vec3::new(0.0, -0.05, 0.15) * self.unit;
        let base = Vec3::new(0.0, w - 0.36 * depth, 0.29 * length);
        let end = self.unit * if cat { 0.62 } else { 0.66 } + 0.5 * fluff;
        self.add(Blob::cone(base, back, 0.27 * depth + 0.22 * half + 0.4 * fluff, end, 0.12 * w));
        if fluff > 0.03 * w {
            // A ruff: long hair stands off most at throat and breast.
            let throat = base.lerp(back, 0.55) + Vec3::new(0.0, -0.3, 0.3) * self.unit;
            let radii = Vec3::new(0.85 * self.unit + fluff, 0.7 * self.unit + fluff, 0.55 * self.unit + fluff);
            self.add(ball(throat, radii, 0.1));
        }

        let axis = |z: f32| middle(w - 0.45 * depth, z);
        self.bind(PELVIS, axis(-0.5), axis(-0.27), 0.95 * half);
        self.bind(LOIN, axis(-0.19), axis(-0.08), 0.95 * half);
        self.bind(BACK, axis(0.0), axis(0.1), 0.95 * half);
        self.bind(CHEST, axis(0.18), axis(0.3), 0.95 * half);
        let nape = base.lerp(back, 0.5);
        self.bind(NECK, base.lerp(back, 0.08), nape, 0.75 * half);
        self.bind(NAPE, nape, back, 0.7 * self.unit);
    }

    fn add_legs(&mut self, depth: f32, half: f32, bone: f32, paw: f32) {
        let w = self.traits.withers;
        let hair = 0.5 * self.fluff;
        let cat = self.traits.kind == Kind::Cat;
        let rest = self.skeleton.rest;
        for side in 0..2 {
            let sign = SIDES[side];
            let [blade, shoulder, elbow, wrist, toes] = [0, 1, 2, 3, 4].map(|i| rest[FORE[side] + i]);
            self.add(Blob::cone(blade, shoulder, 0.2 * depth, 0.22 * depth, 0.12 * w));
            self.add(Blob::cone(shoulder, elbow, 0.21 * depth, 1.45 * bone + hair, 0.08 * w));
            self.add(Blob::cone(elbow, wrist, 1.35 * bone + hair, 0.85 * bone + 0.4 * hair, 0.04 * w));
            self.add_foot(wrist, toes, 0.9 * bone + 0.2 * hair, paw);
            self.bind(FORE[side], blade, shoulder.lerp(blade, 0.4), 0.3 * depth);
            self.bind(FORE[side] + 1, shoulder.lerp(elbow, 0.35), elbow, 0.15 * depth);
            self.bind(FORE[side] + 2, elbow, wrist, 1.1 * bone);
            self.bind(FORE[side] + 3, wrist, toes + Vec3::Y * 0.4 * paw, bone);
            self.bind(FORE[side] + 4, toes, toes + Vec3::Z * paw, paw);

            let [hip, knee, hock, toes] = [0, 1, 2, 3].map(|i| rest[HIND[side] + i]);
            let thigh = (0.27 * depth).min(0.72 * half.max(0.12 * w)) + if cat { 0.02 * w } else { 0.0 };
            let hip_low = hip - Vec3::Y * (0.12 * depth);
            self.add(Blob::cone(hip_low, knee.lerp(hip, 0.15), thigh, 0.56 * thigh + hair, 0.09 * w));
            let back = hip.lerp(hock, 0.4) + Vec3::Z * 0.02 * w;
            self.add(Blob::cone(hip_low, back, 0.9 * thigh, 0.5 * thigh + hair, 0.07 * w));
            self.add(Blob::cone(knee, hock, 0.5 * thigh + hair, 0.72 * bone + 0.3 * hair, 0.05 * w));
            self.add_foot(hock, toes, 0.78 * bone + 0.2 * hair, paw * 0.96);
            let outer = Vec3::X * sign * 0.15 * half;
            self.bind(HIND[side], hip.lerp(knee, 0.35) + outer, knee + outer, 0.66 * thigh);
            self.bind(HIND[side] + 1, knee, hock, 0.6 * thigh);
            self.bind(HIND[side] + 2, hock, toes + Vec3::Y * 0.4 * paw, bone);
            self.bind(HIND[side] + 3, toes, toes + Vec3::Z * paw, paw);
        }
    }

    fn add_foot(&mut self, ankle: Vec3, toes: Vec3, radius: f32, paw: f32) {
        let w = self.traits.withers;
        let knuckle = toes + Vec3::new(0.0, 0.12 * paw, -0.1 * paw);
        self.add(Blob::cone(ankle, knuckle, radius, radius * 0.98, 0.03 * w));
        let pad = Vec3::new(toes.x, 0.68 * paw, toes.z + 0.4 * paw);
        self.add(Blob::ellipsoid(pad, Vec3::new(paw, 0.68 * paw, 1.25 * paw), Mat3::IDENTITY, 0.02 * w));
    }

    fn add_tail(&mut self) {
        let rest = self.skeleton.rest;
        for i in 0..TAIL_BONES {
            let (a, b) = (rest[TAIL + i], rest[TAIL + i + 1]);
            let at = |k: usize| Self::tail_radius(&self.traits, k as f32 / TAIL_BONES as f32, self.fluff);
            let (start, end) = (at(i), at(i + 1));
            let from = if i == 0 { a + Vec3::new(0.0, -0.01, 0.08) * self.traits.withers } else { a };
            let blend = if i == 0 { 0.03 } else { 0.006 };
            self.add(Blob::cone(from, b, start, end, blend * self.traits.withers));
            self.bind(TAIL + i, a, b, 0.8 * start);
        }
        debug_assert_eq!(TAIL + TAIL_BONES, TAIL_TIP);
    }
}
