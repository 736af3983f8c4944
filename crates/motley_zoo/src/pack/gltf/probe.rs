//! A sparse copy of a model, light enough to be posed hundreds of times while clips are examined.

use std::sync::Arc;

use bevy_math::bounding::Aabb3d;
use bevy_math::{Affine3A, Mat3A, Vec3, Vec3A};

use crate::model::{Local, MeshData, Model, Part};

/// About how many triangles are kept.
const TRIANGLES: usize = 3_000;

/// A pose of a probe: what can be measured on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pose {
    /// The box around it.
    pub bounds: Aabb3d,
    /// Median length of an edge: how large it is, however it bends.
    pub scale: f32,
    /// Mean over median length of an edge: grows where a pose tears the mesh apart.
    pub spread: f32,
    /// How the joint that bends most of the mesh turned it; the identity without a skin.
    pub body: Mat3A,
}

/// The sparse copy.
pub(super) struct Probe {
    model: Model,
    /// Part and place in its skin of the joint with the most weight.
    heaviest: Option<(usize, usize)>,
    globals: Vec<Affine3A>,
    positions: Vec<Vec3>,
    edges: Vec<f32>,
}

impl Probe {
    /// Takes every n-th triangle of each part.
    pub fn new(model: &Model) -> Self {
        let total: usize = model.parts.iter().map(|part| part.mesh.indices.len() / 3).sum();
        let step = total.div_ceil(TRIANGLES).max(1);
        let parts: Vec<Part> = model.parts.iter().map(|part| thin(part, step)).collect();
        let mut heaviest: Option<(f32, usize, usize)> = None;
        for (index, part) in parts.iter().enumerate() {
            let Some(skin) = &part.skin else { continue };
            let mut weights = vec![0.0; skin.joints.len()];
            for (joints, shares) in part.mesh.joints.iter().zip(&part.mesh.weights) {
                for (joint, share) in joints.iter().zip(shares) {
                    weights[usize::from(*joint)] += share;
                }
            }
            for (joint, weight) in weights.into_iter().enumerate() {
                if heaviest.is_none_or(|(most, ..)| weight > most) {
                    heaviest = Some((weight, index, joint));
                }
            }
        }
        let model = Model { nodes: model.nodes.clone(), parts, ..Model::default() };
        let heaviest = heaviest.map(|(_, part, joint)| (part, joint));
        Self { model, heaviest, globals: vec![], positions: vec![], edges: vec![] }
    }

    /// Poses and measures. `locals` are as long as the model's nodes.
    pub fn pose(&mut self, locals: &[Local]) -> Pose {
        self.model.globals(locals, &mut self.globals);
        self.edges.clear();
        let (mut min, mut max) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        for part in 0..self.model.parts.len() {
            self.model.skin_positions(part, &self.globals, &mut self.positions);
            let (corners, _) = self.positions.as_chunks::<3>();
            for [a, b, c] in corners {
                min = min.min(*a).min(*b).min(*c);
                max = max.max(*a).max(*b).max(*c);
                self.edges.extend([a.distance(*b), b.distance(*c), c.distance(*a)]);
            }
        }
        self.edges.sort_by(f32::total_cmp);
        let scale = self.edges.get(self.edges.len() / 2).copied().unwrap_or(0.0).max(1e-12);
        let mean = self.edges.iter().sum::<f32>() / self.edges.len().max(1) as f32;
        let body = self.heaviest.map_or(Mat3A::IDENTITY, |(part, joint)| {
            self.model.parts[part].skin.as_ref().map_or(Mat3A::IDENTITY, |skin| {
                self.globals[skin.joints[joint]].matrix3 * Mat3A::from_mat4(skin.inverse_bind[joint])
            })
        });
        Pose { bounds: Aabb3d { min: Vec3A::from(min), max: Vec3A::from(max) }, scale, spread: mean / scale, body }
    }

    /// All vertices as they were posed last.
    pub fn for_each_position(&mut self, mut visit: impl FnMut(Vec3)) {
        for part in 0..self.model.parts.len() {
            self.model.skin_positions(part, &self.globals, &mut self.positions);
            self.positions.iter().for_each(|position| visit(*position));
        }
    }
}

/// Every `step`-th triangle, each with its own three vertices.
fn thin(part: &Part, step: usize) -> Part {
    let mesh = &part.mesh;
    let (corners, _) = mesh.indices.as_chunks::<3>();
    let kept: Vec<usize> = corners.iter().step_by(step).flatten().map(|index| *index as usize).collect();
    let skinned = part.skin.is_some();
    let thinned = MeshData {
        positions: kept.iter().map(|index| mesh.positions[*index]).collect(),
        joints: if skinned { kept.iter().map(|index| mesh.joints[*index]).collect() } else { vec![] },
        weights: if skinned { kept.iter().map(|index| mesh.weights[*index]).collect() } else { vec![] },
        ..MeshData::default()
    };
    Part { mesh: Arc::new(thinned), ..part.clone() }
}
