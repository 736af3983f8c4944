//! Skin weights: how much each bone's capsule moves a point of the surface.

use bevy_math::Vec3;

use super::anatomy::Capsule;
use super::skeleton::{COUNT, FORE, HEAD, HIND};

/// Up to four joints (indices into the list of all joints) and their weights, which sum to 1.
pub(super) type Binding = ([u16; 4], [f32; 4]);

/// Wholly bound to one joint.
pub(super) fn rigid(joint: usize) -> Binding {
    ([joint as u16, 0, 0, 0], [1.0, 0.0, 0.0, 0.0])
}

/// Falls with the sixth power of the distance to a bone in units of the bone's own radius: one bone in the middle of
/// a limb, an even blend about one radius wide at its joints.
pub(super) fn bind(capsules: &[Capsule], p: Vec3) -> Binding {
    let mut influence = [0.0_f32; COUNT];
    for capsule in capsules {
        // A leg does not pull at the other side of the body.
        let side = side_of(capsule.joint);
        if side * p.x < -0.15 * capsule.radius && side != 0.0 {
            continue;
        }
        let axis = capsule.b - capsule.a;
        let t = ((p - capsule.a).dot(axis) / axis.length_squared().max(1e-9)).clamp(0.0, 1.0);
        let d = (p - capsule.a - axis * t).length() / capsule.radius;
        let square = d * d + 0.05;
        influence[capsule.joint] = influence[capsule.joint].max(1.0 / (square * square * square));
    }
    strongest(&influence)
}

/// 1 for joints of the left legs, −1 for the right, 0 for the rest.
fn side_of(joint: usize) -> f32 {
    let within = |first: usize, count: usize| (first..first + count).contains(&joint);
    if within(FORE[0], 5) || within(HIND[0], 4) {
        1.0
    } else if within(FORE[1], 5) || within(HIND[1], 4) {
        -1.0
    } else {
        0.0
    }
}

fn strongest(influence: &[f32; COUNT]) -> Binding {
    let mut joints = [0_u16; 4];
    let mut weights = [0.0_f32; 4];
    for (joint, &value) in influence.iter().enumerate() {
        if let Some(slot) = (0..4).find(|&i| value > weights[i]) {
            for i in (slot + 1..4).rev() {
                joints[i] = joints[i - 1];
                weights[i] = weights[i - 1];
            }
            joints[slot] = joint as u16;
            weights[slot] = value;
        }
    }
    let sum: f32 = weights.iter().sum();
    if sum <= 0.0 {
        return rigid(HEAD);
    }
    (joints, weights.map(|w| w / sum))
}

/// The share that joints `first..first + count` have in a binding.
pub(super) fn share(binding: &Binding, first: usize, count: usize) -> f32 {
    (0..4).filter(|&i| (first..first + count).contains(&usize::from(binding.0[i]))).map(|i| binding.1[i]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_on_a_bone_follows_it_and_weights_sum_to_one() {
        let capsules = [
            Capsule { joint: 1, a: Vec3::ZERO, b: Vec3::X, radius: 0.1 },
            Capsule { joint: 2, a: Vec3::X, b: Vec3::X * 2.0, radius: 0.1 },
        ];
        let (joints, weights) = bind(&capsules, Vec3::new(0.5, 0.1, 0.0));
        assert_eq!(joints[0], 1);
        assert!(weights[0] > 0.99);
        let (_, weights) = bind(&capsules, Vec3::new(1.0, 0.1, 0.0));
        assert!((weights[0] - 0.5).abs() < 1e-3);
        assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}
