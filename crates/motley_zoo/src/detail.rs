//! Levels of detail: what is small in the picture needs fewer triangles.
//!
//! Meshes are simplified by collapsing edges with the least change of shape, colour and normals (meshoptimizer, after
//! M. Garland, P. Heckbert, Surface Simplification Using Quadric Error Metrics, 1997), within an error of about half a pixel
//! at the largest size that a level is meant for.

use std::{collections::HashMap, sync::Arc};

use bevy_math::{Vec2, Vec3};
use meshopt::{SimplifyOptions, VertexDataAdapter, simplify_scale, simplify_with_attributes_and_locks};

use crate::model::{MeshData, Model};

/// A level of detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// Every triangle.
    Full,
    /// For subjects of up to 110 pixels' radius.
    Medium,
    /// For subjects of up to 55 pixels' radius.
    Low,
}

impl Detail {
    /// All of them, finest first.
    pub const ALL: [Self; 3] = [Self::Full, Self::Medium, Self::Low];

    /// The level for a subject of this radius in the picture, in pixels.
    pub fn for_radius(pixels: f32) -> Self {
        if pixels > 110.0 {
            Self::Full
        } else if pixels > 55.0 {
            Self::Medium
        } else {
            Self::Low
        }
    }

    /// Largest error as a share of the model's diameter and in metres, and the share of triangles at which to stop.
    ///
    /// The metres are less than what lies over a surface, as windows over a car's body, is lifted above it: no level lets one
    /// pierce the other.
    const fn limits(self) -> Option<(f32, f32, f32)> {
        match self {
            Self::Full => None,
            Self::Medium => Some((0.5 / 220.0, 0.003, 0.3)),
            Self::Low => Some((0.5 / 110.0, 0.006, 0.1)),
        }
    }
}

/// Meshes of up to this many triangles stay as they are.
const FEW: usize = 64;
/// Weight of a colour's and a normal's change of 1 beside a change of position by the mesh's extent.
const COLOR_WEIGHT: f32 = 0.2;
const NORMAL_WEIGHT: f32 = 0.1;

impl Model {
    /// The same model with coarser meshes; everything else is shared or copied.
    pub fn at(&self, detail: Detail) -> Self {
        let Some((error, most_m, share)) = detail.limits() else { return self.clone() };
        let (low, high) = (self.parts.iter().flat_map(|part| &part.mesh.positions))
            .fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(low, high), p| (low.min(*p), high.max(*p)));
        self.simplified((error * (high - low).length()).min(most_m), share)
    }

    /// The same model with as few triangles as an error in metres allows, but no fewer than a share of them.
    pub(crate) fn simplified(&self, error_m: f32, share: f32) -> Self {
        let mut model = self.clone();
        // Parts may share a mesh: they share the coarser one too.
        let mut known: HashMap<*const MeshData, Arc<MeshData>> = HashMap::new();
        for (part, own) in model.parts.iter_mut().zip(&self.parts) {
            let coarser =
                known.entry(Arc::as_ptr(&own.mesh)).or_insert_with(|| Arc::new(simplify(&own.mesh, error_m, share)));
            part.mesh = coarser.clone();
        }
        model
    }
}

/// A mesh with as few triangles as an error in metres allows, but no fewer than a share of them.
fn simplify(mesh: &MeshData, error_m: f32, share: f32) -> MeshData {
    let triangles = mesh.indices.len() / 3;
    if triangles <= FEW {
        return mesh.clone();
    }
    let bytes: Vec<u8> = mesh.positions.iter().flat_map(|p| p.to_array()).flat_map(f32::to_ne_bytes).collect();
    let Ok(vertices) = VertexDataAdapter::new(&bytes, size_of::<[f32; 3]>(), 0) else { return mesh.clone() };
    let extent = simplify_scale(&vertices);
    if extent <= 0.0 {
        return mesh.clone();
    }
    let attributes: Vec<f32> = (0..mesh.positions.len())
        .flat_map(|v| {
            let normal = mesh.normals.get(v).copied().unwrap_or(Vec3::Y);
            let [r, g, b, _] = mesh.colors.get(v).copied().unwrap_or([1.0; 4]);
            [normal.x, normal.y, normal.z, r, g, b]
        })
        .collect();
    let weights = [NORMAL_WEIGHT, NORMAL_WEIGHT, NORMAL_WEIGHT, COLOR_WEIGHT, COLOR_WEIGHT, COLOR_WEIGHT];
    let target = ((triangles as f32 * share) as usize).max(FEW) * 3;
    let none_locked = vec![false; mesh.positions.len()];
    let indices = simplify_with_attributes_and_locks(
        &mesh.indices,
        &vertices,
        &attributes,
        &weights,
        size_of::<[f32; 6]>(),
        &none_locked,
        target,
        error_m / extent,
        SimplifyOptions::None,
        None,
    );
    // Something must be left to be seen.
    if indices.is_empty() { mesh.clone() } else { compact(mesh, &indices) }
}

/// The triangles of `indices` with the vertices that they use, in the order of their use.
pub(crate) fn compact(mesh: &MeshData, indices: &[u32]) -> MeshData {
    let mut place = vec![u32::MAX; mesh.positions.len()];
    let mut used: Vec<usize> = Vec::new();
    let indices = indices
        .iter()
        .map(|index| {
            let vertex = *index as usize;
            if place[vertex] == u32::MAX {
                place[vertex] = used.len() as u32;
                used.push(vertex);
            }
            place[vertex]
        })
        .collect();
    MeshData {
        positions: pick(&mesh.positions, &used),
        normals: pick(&mesh.normals, &used),
        uvs: pick::<Vec2>(&mesh.uvs, &used),
        colors: pick(&mesh.colors, &used),
        joints: pick(&mesh.joints, &used),
        weights: pick(&mesh.weights, &used),
        indices,
    }
}

/// The values of some vertices; none where there are none.
fn pick<T: Copy>(values: &[T], used: &[usize]) -> Vec<T> {
    if values.is_empty() { Vec::new() } else { used.iter().map(|vertex| values[*vertex]).collect() }
}

#[cfg(test)]
mod tests {
    use bevy_math::ops;

    use super::*;
    use crate::model::{Local, Node, Part, Surface};

    /// A ball of 1 m radius whose upper half is red.
    fn ball() -> Model {
        let (rings, sectors) = (48, 96);
        let mut mesh = MeshData::default();
        for ring in 0..=rings {
            for sector in 0..=sectors {
                let (a, b) = (ring as f32 / rings as f32, sector as f32 / sectors as f32);
                let ((sin, cos), (around, across)) =
                    (ops::sin_cos(a * std::f32::consts::PI), ops::sin_cos(b * std::f32::consts::TAU));
                let p = Vec3::new(sin * across, cos, sin * around);
                mesh.positions.push(p);
                mesh.normals.push(p);
                mesh.uvs.push(Vec2::new(b, a));
                mesh.colors.push(if p.y > 0.0 { [1.0, 0.0, 0.0, 1.0] } else { [1.0; 4] });
            }
        }
        for ring in 0..rings {
            for sector in 0..sectors {
                let at = ring * (sectors + 1) + sector;
                let below = at + sectors + 1;
                mesh.indices.extend([at, at + 1, below, below, at + 1, below + 1]);
            }
        }
        let part = Part { mesh: Arc::new(mesh), surface: Arc::new(Surface::default()), node: 0, skin: None };
        let node = Node { name: "root".to_owned(), parent: None, rest: Local::IDENTITY };
        Model { nodes: vec![node], parts: vec![part.clone(), part], ..Model::default() }
    }

    #[test]
    fn coarser_levels_have_fewer_triangles_in_the_same_place() {
        let ball = ball();
        let full = ball.parts[0].mesh.indices.len();
        assert_eq!(ball.at(Detail::Full).parts[0].mesh, ball.parts[0].mesh);
        let mut last = full;
        for (detail, error) in [(Detail::Medium, 0.01), (Detail::Low, 0.02)] {
            let coarse = ball.at(detail);
            let mesh = &coarse.parts[0].mesh;
            assert!(Arc::ptr_eq(mesh, &coarse.parts[1].mesh), "parts that shared a mesh share the coarser one");
            assert!(mesh.indices.len() < last * 3 / 4, "{detail:?}: {} of {last}", mesh.indices.len());
            last = mesh.indices.len();
            let n = mesh.positions.len();
            assert_eq!([mesh.normals.len(), mesh.uvs.len(), mesh.colors.len()], [n; 3]);
            assert!(mesh.joints.is_empty() && mesh.indices.iter().all(|index| (*index as usize) < n));
            for corners in mesh.indices.chunks_exact(3) {
                let middle = corners.iter().map(|v| mesh.positions[*v as usize]).sum::<Vec3>() / 3.0;
                assert!((1.0 - middle.length()).abs() < error, "{detail:?}: {middle}");
                // The border of the colours stays: a triangle of one colour lies on its side.
                let red = corners.iter().filter(|v| mesh.colors[**v as usize][1] == 0.0).count();
                assert!(red == 0 || red == 3 || middle.y.abs() < 0.15, "{detail:?}: {middle}");
            }
        }
    }

    #[test]
    fn the_level_follows_the_size() {
        assert_eq!([300.0, 80.0, 20.0].map(Detail::for_radius), Detail::ALL);
    }

    #[test]
    fn what_cannot_be_simplified_stays() {
        let flat = MeshData {
            positions: vec![Vec3::ZERO; 300],
            normals: vec![Vec3::Y; 300],
            indices: (0..300).collect(),
            ..MeshData::default()
        };
        assert_eq!(simplify(&flat, 0.1, 0.1), flat);
    }
}
