//! Turns a head toward something, as far as its neck goes.

use bevy_math::{Affine3A, Quat, Vec3, ops};

use crate::model::{Local, Model};

/// Farthest turn to a side, radians: well within what cats and dogs can, so that the skin of the neck does not fold.
const MOST_YAW: f32 = 70.0 * std::f32::consts::PI / 180.0;
/// Farthest turn up or down, radians.
const MOST_PITCH: f32 = 30.0 * std::f32::consts::PI / 180.0;

impl Model {
    /// Turns the head of a pose toward a direction in model space, half of it by the neck where there is one.
    ///
    /// `locals` and `globals` are those of the pose, and are changed. Without a head nothing happens.
    ///
    /// # Panics
    /// When they are shorter than [`Model::nodes`].
    pub fn look(&self, toward: Vec3, locals: &mut [Local], globals: &mut Vec<Affine3A>) {
        let Some(head) = self.head else { return };
        let forward = rotation(&globals[head]) * (self.rest_rotation(head).inverse() * Vec3::Z);
        let (yaw, pitch) = turn(forward, toward);
        let neck = self.nodes[head].parent.filter(|parent| is_neck(&self.nodes[*parent].name));
        let joints: &[usize] = &neck.into_iter().chain([head]).collect::<smallvec::SmallVec<[usize; 2]>>();
        let share = 1.0 / joints.len() as f32;
        for &joint in joints {
            let forward = rotation(&globals[head]) * (self.rest_rotation(head).inverse() * Vec3::Z);
            let aside = Quat::from_axis_angle(Vec3::Y, yaw * share);
            let right = (aside * forward).cross(Vec3::Y).try_normalize().unwrap_or(Vec3::X);
            let turned = Quat::from_axis_angle(right, pitch * share) * aside;
            let above = self.nodes[joint].parent.map_or(Quat::IDENTITY, |parent| rotation(&globals[parent]));
            locals[joint].rotation = (above.inverse() * turned * above * locals[joint].rotation).normalize();
            self.globals(locals, globals);
        }
    }

    /// How a node is turned in the rest pose, in model space.
    fn rest_rotation(&self, node: usize) -> Quat {
        let above = std::iter::successors(Some(node), |node| self.nodes[*node].parent);
        above.fold(Quat::IDENTITY, |turned, node| self.nodes[node].rest.rotation * turned)
    }
}

/// Yaw and pitch from one direction to another, radians, each as far as a neck goes.
fn turn(from: Vec3, to: Vec3) -> (f32, f32) {
    let angles = |v: Vec3| (ops::atan2(v.x, v.z), ops::asin(v.normalize_or(Vec3::Z).y.clamp(-1.0, 1.0)));
    let ((from_yaw, from_pitch), (to_yaw, to_pitch)) = (angles(from), angles(to));
    let around = std::f32::consts::TAU;
    let yaw = (to_yaw - from_yaw + 1.5 * around) % around - 0.5 * around;
    (yaw.clamp(-MOST_YAW, MOST_YAW), (to_pitch - from_pitch).clamp(-MOST_PITCH, MOST_PITCH))
}

fn rotation(global: &Affine3A) -> Quat {
    global.to_scale_rotation_translation().1
}

/// Whether a joint that carries a head is no more than a neck: to turn a chest or a root would turn the body.
fn is_neck(name: &str) -> bool {
    let name = name.to_lowercase();
    ["neck", "nape"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::animals::{breeds, grow};

    #[test]
    fn turns_are_short_and_within_reach() {
        let (yaw, pitch) = turn(Vec3::Z, Vec3::new(0.5, 0.0, 1.0));
        assert!((yaw - ops::atan2(0.5, 1.0)).abs() < 1e-6 && pitch == 0.0, "{yaw} {pitch}");
        let (yaw, _) = turn(Vec3::new(0.1, 0.0, -1.0), Vec3::new(-0.1, 0.0, -1.0));
        assert!((yaw - 2.0 * ops::atan2(0.1, 1.0)).abs() < 1e-5, "across the back it is no whole turn: {yaw}");
        let (yaw, pitch) = turn(Vec3::Z, Vec3::new(0.1, 1.0, -0.1));
        assert_eq!((yaw, pitch), (MOST_YAW, MOST_PITCH), "behind and above it");
    }

    #[test]
    fn a_head_faces_what_is_before_it_and_the_feet_stay() {
        for class in ["cat", "dog"] {
            let model = grow(&breeds(class)[0], &mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
            let head = model.head.expect("animals have heads");
            let (mut locals, mut globals) = (Vec::new(), Vec::new());
            model.locals(None, 0.0, &mut locals);
            model.globals(&locals, &mut globals);
            let before = globals.clone();
            let toward = Vec3::new(0.6, 0.2, 0.8).normalize();
            model.look(toward, &mut locals, &mut globals);
            let forward = rotation(&globals[head]) * (rotation(&before[head]).inverse() * Vec3::Z);
            assert!(forward.dot(toward) > 0.97, "{class}: {forward} for {toward}");
            for (node, (old, new)) in model.nodes.iter().zip(before.iter().zip(&globals)) {
                assert!(!node.name.contains("paw") || old == new, "{class}: {} moved", node.name);
            }
        }
    }
}
