//! A mesh under construction, vertex by vertex, with colours and skin.

use bevy_math::Vec3;

use super::skin::Binding;
use crate::model::MeshData;

/// Collects vertices that carry everything a skinned, vertex-coloured mesh needs.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) mesh: MeshData,
}

impl Sheet {
    /// Adds a vertex and returns its index. `color` is linear RGB.
    pub(super) fn vertex(&mut self, position: Vec3, normal: Vec3, color: Vec3, binding: Binding) -> u32 {
        let mesh = &mut self.mesh;
        mesh.positions.push(position);
        mesh.normals.push(normal.normalize_or(Vec3::Y));
        mesh.colors.push([color.x, color.y, color.z, 1.0]);
        mesh.joints.push(binding.0);
        mesh.weights.push(binding.1);
        mesh.positions.len() as u32 - 1
    }

    /// Joins rows of `columns` vertices that start at vertex `first`; `flip` turns the triangles round.
    pub(super) fn grid(&mut self, first: u32, rows: u32, columns: u32, flip: bool) {
        for row in 0..rows - 1 {
            for column in 0..columns - 1 {
                let a = first + row * columns + column;
                let (b, c, d) = (a + 1, a + columns, a + columns + 1);
                let quad = if flip { [a, c, b, b, c, d] } else { [a, b, c, b, d, c] };
                self.mesh.indices.extend(quad);
            }
        }
    }

    /// Replaces the normals from vertex `first` on by those of the triangles around each vertex.
    pub(super) fn smooth(&mut self, first: u32) {
        let mesh = &mut self.mesh;
        let mut sums = vec![Vec3::ZERO; mesh.positions.len() - first as usize];
        for triangle in mesh.indices.chunks_exact(3).filter(|t| t.iter().all(|i| *i >= first)) {
            let [a, b, c] = [triangle[0], triangle[1], triangle[2]].map(|i| mesh.positions[i as usize]);
            let area = (b - a).cross(c - a);
            for i in triangle {
                sums[(i - first) as usize] += area;
            }
        }
        for (normal, sum) in mesh.normals[first as usize..].iter_mut().zip(sums) {
            *normal = sum.try_normalize().unwrap_or(*normal);
        }
    }
}
