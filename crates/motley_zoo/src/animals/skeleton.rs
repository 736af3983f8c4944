//! The quadruped's joints, and how a stance (where the paws are, how the spine bends) becomes rotations.
//!
//! All joints have the model's axes at rest, so a joint's global rotation is what a stance changes. Legs are solved
//! as two bones and a foot in the plane of hip (or shoulder), paw and the direction in which the joint bends.

use std::f32::consts::FRAC_PI_2;

use bevy_math::{Mat3, Quat, Vec3, ops};

/// Joint names and parents, parents first. Left is +x.
pub(super) const JOINTS: [(&str, usize); COUNT] = [
    ("root", 0),
    ("pelvis", ROOT),
    ("loin", PELVIS),
    ("back", LOIN),
    ("chest", BACK),
    ("neck", CHEST),
    ("nape", NECK),
    ("head", NAPE),
    ("jaw", HEAD),
    ("left_ear", HEAD),
    ("right_ear", HEAD),
    ("left_eye", HEAD),
    ("right_eye", HEAD),
    ("nose", HEAD),
    ("left_shoulder", CHEST),
    ("left_arm", FORE[0]),
    ("left_forearm", FORE[0] + 1),
    ("left_pastern", FORE[0] + 2),
    ("left_fore_paw", FORE[0] + 3),
    ("right_shoulder", CHEST),
    ("right_arm", FORE[1]),
    ("right_forearm", FORE[1] + 1),
    ("right_pastern", FORE[1] + 2),
    ("right_fore_paw", FORE[1] + 3),
    ("left_thigh", PELVIS),
    ("left_shin", HIND[0]),
    ("left_hock", HIND[0] + 1),
    ("left_hind_paw", HIND[0] + 2),
    ("right_thigh", PELVIS),
    ("right_shin", HIND[1]),
    ("right_hock", HIND[1] + 1),
    ("right_hind_paw", HIND[1] + 2),
    ("tail_1", PELVIS),
    ("tail_2", TAIL),
    ("tail_3", TAIL + 1),
    ("tail_4", TAIL + 2),
    ("tail_5", TAIL + 3),
    ("tail_6", TAIL + 4),
    ("tail_7", TAIL + 5),
    ("tail_tip", TAIL + 6),
];

pub(super) const COUNT: usize = 40;
pub(super) const ROOT: usize = 0;
pub(super) const PELVIS: usize = 1;
pub(super) const LOIN: usize = 2;
pub(super) const BACK: usize = 3;
pub(super) const CHEST: usize = 4;
pub(super) const NECK: usize = 5;
pub(super) const NAPE: usize = 6;
pub(super) const HEAD: usize = 7;
pub(super) const JAW: usize = 8;
pub(super) const EARS: [usize; 2] = [9, 10];
pub(super) const EYES: [usize; 2] = [11, 12];
pub(super) const NOSE: usize = 13;
/// Shoulder blade; arm, forearm, pastern and paw follow.
pub(super) const FORE: [usize; 2] = [14, 19];
/// Thigh; shin, hock and paw follow.
pub(super) const HIND: [usize; 2] = [24, 28];
pub(super) const TAIL: usize = 32;
pub(super) const TAIL_BONES: usize = 7;
pub(super) const TAIL_TIP: usize = 39;

/// Bend of a joint, radians: `pitch` lowers the front end (or raises a tail), `yaw` turns it to the left.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bend {
    pub(super) pitch: f32,
    pub(super) yaw: f32,
}

/// Where a leg stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leg {
    /// The paw's joint relative to its place at rest, in metres of the ground, not of the body.
    pub(super) paw: Vec3,
    /// Pitch of pastern or hock from its direction at rest, radians; negative lays it forward onto the ground.
    pub(super) foot: f32,
    /// Pitch of the toes from flat, radians.
    pub(super) toes: f32,
    /// Outward lean of knee or elbow, radians.
    pub(super) splay: f32,
    /// Turns foot, toes and the plane of the leg from the body's axes: for one that lies curled or on its side.
    pub(super) turned: Quat,
}

/// Everything that a pose decides.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stance {
    /// Moves the body (not the paws), metres.
    pub(super) shift: Vec3,
    /// Pelvis from level: pitch, yaw and roll to the left.
    pub(super) pelvis: Bend,
    pub(super) roll: f32,
    /// Loin, back and chest, each relative to the one before.
    pub(super) spine: [Bend; 3],
    /// Neck and nape, each relative to the one before.
    pub(super) neck: [Bend; 2],
    /// The head's direction relative to the ground and the body's +z.
    pub(super) head: Bend,
    /// Tilt of the head to its left, radians.
    pub(super) tilt: f32,
    /// Forward rotation of both ears, and outward.
    pub(super) ears: Bend,
    /// First tail joint, and what each further one adds.
    pub(super) tail: Bend,
    pub(super) tail_curl: Bend,
    pub(super) fore: [Leg; 2],
    pub(super) hind: [Leg; 2],
    /// The trunk rests on the ground: its height follows from its shape.
    pub(super) rests: bool,
    /// How far the lowest point is above the ground: in a leap.
    pub(super) air: f32,
}

/// Joints at rest.
#[derive(Clone, Debug)]
pub(super) struct Skeleton {
    /// Positions in the model, metres.
    pub(super) rest: [Vec3; COUNT],
    /// Radius of the tail, which may not sink into the ground.
    pub(super) tail_radius: f32,
}

/// Joints in a stance: global rotations and positions.
#[derive(Clone, Debug)]
pub(super) struct Posed {
    pub(super) rotation: [Quat; COUNT],
    pub(super) position: [Vec3; COUNT],
}

impl Posed {
    /// Rotation of a joint relative to its parent.
    pub(super) fn local(&self, joint: usize) -> Quat {
        if joint == ROOT {
            return self.rotation[ROOT];
        }
        (self.rotation[JOINTS[joint].1].conjugate() * self.rotation[joint]).normalize()
    }
}

/// Rotation by `angle` radians about a unit axis, the same on every machine.
pub(super) fn turn(axis: Vec3, angle: f32) -> Quat {
    let (sin, cos) = ops::sin_cos(0.5 * angle);
    Quat::from_xyzw(axis.x * sin, axis.y * sin, axis.z * sin, cos)
}

fn bend(b: Bend) -> Quat {
    turn(Vec3::Y, b.yaw) * turn(Vec3::X, b.pitch)
}

/// Axes of a bone: along `direction`, hinged about `normal`.
fn axes(direction: Vec3, normal: Vec3) -> Mat3 {
    let along = direction.normalize_or(Vec3::NEG_Y);
    let side = (normal - along * normal.dot(along)).normalize_or(Vec3::X);
    Mat3::from_cols(side, along, side.cross(along))
}

/// The rotation that takes a bone and its hinge from rest to where they are posed.
fn swing(rest: Vec3, rest_hinge: Vec3, posed: Vec3, hinge: Vec3) -> Quat {
    Quat::from_mat3(&(axes(posed, hinge) * axes(rest, rest_hinge).transpose())).normalize()
}

impl Skeleton {
    /// From the parent to the joint, at rest.
    pub(super) fn offset(&self, joint: usize) -> Vec3 {
        if joint == ROOT { self.rest[ROOT] } else { self.rest[joint] - self.rest[JOINTS[joint].1] }
    }

    /// Rotations and positions of all joints in a stance.
    pub(super) fn solve(&self, stance: &Stance) -> Posed {
        let mut posed = Posed { rotation: [Quat::IDENTITY; COUNT], position: self.rest };
        let set = |posed: &mut Posed, joint: usize, rotation: Quat| {
            let parent = JOINTS[joint].1;
            posed.rotation[joint] = rotation;
            posed.position[joint] = posed.position[parent] + posed.rotation[parent] * self.offset(joint);
        };
        set(&mut posed, PELVIS, bend(stance.pelvis) * turn(Vec3::Z, -stance.roll));
        posed.position[PELVIS] += stance.shift;
        for (i, joint) in [LOIN, BACK, CHEST].into_iter().enumerate() {
            let rotation = posed.rotation[joint - 1] * bend(stance.spine[i]);
            set(&mut posed, joint, rotation);
        }
        for (i, joint) in [NECK, NAPE].into_iter().enumerate() {
            let rotation = posed.rotation[joint - 1] * bend(stance.neck[i]);
            set(&mut posed, joint, rotation);
        }
        let head = bend(stance.head) * turn(Vec3::Z, -stance.tilt);
        for joint in HEAD..=NOSE {
            set(&mut posed, joint, head);
        }
        for (side, joint) in [(1.0, EARS[0]), (-1.0, EARS[1])] {
            let ear = head * turn(Vec3::Z, -side * stance.ears.yaw) * turn(Vec3::X, stance.ears.pitch);
            set(&mut posed, joint, ear);
        }
        for side in 0..2 {
            let chest = posed.rotation[CHEST];
            set(&mut posed, FORE[side], chest);
            let joints = [FORE[side] + 1, FORE[side] + 2, FORE[side] + 3, FORE[side] + 4];
            self.solve_leg(&mut posed, joints, &stance.fore[side], Vec3::NEG_Z, side);
            let joints = [HIND[side], HIND[side] + 1, HIND[side] + 2, HIND[side] + 3];
            self.solve_leg(&mut posed, joints, &stance.hind[side], Vec3::Z, side);
        }
        self.solve_tail(&mut posed, stance);
        posed
    }

    /// Two-bone inverse kinematics by the law of cosines; a paw out of reach is approached as far as the leg goes.
    fn solve_leg(&self, posed: &mut Posed, joints: [usize; 4], leg: &Leg, pole: Vec3, side: usize) {
        let [upper, lower, foot, paw] = joints;
        let outward = if side == 0 { 1.0 } else { -1.0 };
        let parent = JOINTS[upper].1;
        let base = posed.position[parent] + posed.rotation[parent] * self.offset(upper);
        let toes = leg.turned * turn(Vec3::X, leg.toes);
        let metatarsus = leg.turned * turn(Vec3::X, leg.foot);
        let target = self.rest[paw] + leg.paw - metatarsus * self.offset(paw);
        let (rest_upper, rest_lower) = (self.offset(lower), self.offset(foot));
        let (a, b) = (rest_upper.length(), rest_lower.length());
        let reach = (target - base).length().clamp((a - b).abs() * 1.05 + 0.1 * a.min(b), 0.998 * (a + b));
        let along = (target - base).normalize_or(Vec3::NEG_Y);
        let lean = (leg.turned * (pole + Vec3::X * (outward * ops::sin(leg.splay)))).normalize_or(pole);
        let knee = (lean - along * lean.dot(along)).normalize_or(pole);
        let cosine = ((a * a + reach * reach - b * b) / (2.0 * a * reach)).clamp(-1.0, 1.0);
        let sine = (1.0 - cosine * cosine).sqrt();
        let bone_upper = (along * cosine + knee * sine) * a;
        let bone_lower = along * reach - bone_upper;
        // Knee and elbow are hinges: their axis stands on the plane of the leg and never flips.
        let hinge = along.cross(knee);
        let rest_hinge = (rest_upper + rest_lower).cross(pole);

        posed.position[upper] = base;
        posed.rotation[upper] = swing(rest_upper, rest_hinge, bone_upper, hinge);
        posed.position[lower] = base + bone_upper;
        posed.rotation[lower] = swing(rest_lower, rest_hinge, bone_lower, hinge);
        posed.position[foot] = base + along * reach;
        posed.rotation[foot] = metatarsus;
        posed.position[paw] = posed.position[foot] + metatarsus * self.offset(paw);
        posed.rotation[paw] = toes;
    }

    /// The tail follows the pelvis, but lies down where it meets the ground.
    fn solve_tail(&self, posed: &mut Posed, stance: &Stance) {
        let mut rotation = posed.rotation[PELVIS];
        for i in 0..=TAIL_BONES {
            let joint = TAIL + i;
            let parent = JOINTS[joint].1;
            posed.position[joint] = posed.position[parent] + posed.rotation[parent] * self.offset(joint);
            if i == TAIL_BONES {
                posed.rotation[joint] = rotation;
                break;
            }
            let add = if i == 0 { stance.tail } else { stance.tail_curl };
            rotation = turn(Vec3::Y, add.yaw) * rotation * turn(Vec3::X, add.pitch);
            let bone = rotation * self.offset(joint + 1);
            let length = bone.length().max(1e-6);
            let floor = self.tail_radius * (1.0 - 0.07 * i as f32) - posed.position[joint].y;
            let allowed = (floor / length).clamp(-1.0, 0.9);
            let direction = bone / length;
            if direction.y < allowed {
                let flat = Vec3::new(direction.x, 0.0, direction.z).normalize_or(Vec3::NEG_Z);
                let lying = flat * (1.0 - allowed * allowed).sqrt() + Vec3::Y * allowed;
                rotation = (Quat::from_rotation_arc(direction, lying) * rotation).normalize();
            }
            posed.rotation[joint] = rotation;
        }
    }
}

/// A quarter turn: as far as most joints go.
pub(super) const QUARTER: f32 = FRAC_PI_2;
