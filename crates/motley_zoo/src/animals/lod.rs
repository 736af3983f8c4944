//! Levels of detail: coarser triangles over the same vertices, for animals that are small in the picture.
//!
//! Vertices are clustered in cubes (J. Rossignac and P. Borrel, "Multi-resolution 3D approximations for rendering complex
//! scenes", 1993): each cube keeps the vertex nearest to the mean of its vertices, triangles that fall together go.

use std::collections::BTreeMap;

use bevy_math::Vec3;

use crate::model::MeshData;

/// Adds a level for each edge of a cube in `cells`, metres, finest first.
pub(super) fn add_levels(mesh: &mut MeshData, cells: &[f32]) {
    mesh.coarse = cells.iter().map(|cell| cluster(mesh, *cell)).collect();
}

/// Adds levels that keep one in three and none of the triangles: for hair.
pub(super) fn thin_out(mesh: &mut MeshData) {
    let third = mesh.indices.chunks_exact(3).step_by(3).flatten().copied().collect();
    mesh.coarse = vec![third, Vec::new()];
}

fn cluster(mesh: &MeshData, cell: f32) -> Vec<u32> {
    let cube = |p: Vec3| {
        let q = (p / cell).floor();
        [q.x as i32, q.y as i32, q.z as i32]
    };
    let mut members: BTreeMap<[i32; 3], (Vec3, u32)> = BTreeMap::new();
    for p in &mesh.positions {
        let entry = members.entry(cube(*p)).or_default();
        *entry = (entry.0 + *p, entry.1 + 1);
    }
    let mut chosen: BTreeMap<[i32; 3], (f32, u32)> = BTreeMap::new();
    for (i, p) in mesh.positions.iter().enumerate() {
        let key = cube(*p);
        let Some((sum, count)) = members.get(&key) else { continue };
        let distance = p.distance_squared(*sum / *count as f32);
        let best = chosen.entry(key).or_insert((f32::INFINITY, 0));
        if distance < best.0 {
            *best = (distance, i as u32);
        }
    }
    let of: Vec<u32> =
        mesh.positions.iter().enumerate().map(|(i, p)| chosen.get(&cube(*p)).map_or(i as u32, |c| c.1)).collect();
    let mut triangles: Vec<[u32; 3]> = mesh
        .indices
        .chunks_exact(3)
        .map(|t| [t[0], t[1], t[2]].map(|i| of[i as usize]))
        .filter(|[a, b, c]| a != b && b != c && c != a)
        .map(|[a, b, c]| {
            // The same winding with its smallest index first, so that equal triangles are equal.
            if a < b && a < c {
                [a, b, c]
            } else if b < c {
                [b, c, a]
            } else {
                [c, a, b]
            }
        })
        .collect();
    triangles.sort_unstable();
    triangles.dedup();
    triangles.into_flattened()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coarse_plane_is_still_a_plane_of_the_same_size() {
        let n = 33_u32;
        let at = |i: u32| Vec3::new((i % n) as f32 / 32.0, 0.0, (i / n) as f32 / 32.0);
        let mut mesh = MeshData { positions: (0..n * n).map(at).collect(), ..MeshData::default() };
        for y in 0..n - 1 {
            for x in 0..n - 1 {
                let a = y * n + x;
                mesh.indices.extend([a, a + n, a + 1, a + 1, a + n, a + n + 1]);
            }
        }
        add_levels(&mut mesh, &[0.125, 0.25]);
        let area = |indices: &[u32]| {
            let corner = |i: u32| mesh.positions[i as usize];
            let triangles = indices.chunks_exact(3);
            triangles.map(|t| (corner(t[1]) - corner(t[0])).cross(corner(t[2]) - corner(t[0])).y).sum::<f32>() * 0.5
        };
        let whole = area(&mesh.indices);
        assert!((whole - 1.0).abs() < 1e-3);
        let mut before = mesh.indices.len();
        for level in &mesh.coarse {
            assert!(level.len() * 3 < before && area(level) > 0.6, "{} {}", level.len(), area(level));
            before = level.len();
        }
        assert_eq!(mesh.level(300.0), mesh.indices);
        assert_eq!(mesh.level(80.0), mesh.coarse[0]);
        assert_eq!(mesh.level(8.0), mesh.coarse[1]);
    }
}
