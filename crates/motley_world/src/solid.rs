//! What a texture leaves of a mesh that it cuts holes into: fur, whiskers and leaves are drawn on cards that are mostly air.

use bevy::prelude::*;
use motley_zoo::model::{Part, Texture};

/// A triangle is looked at in this many steps along each edge.
const STEPS: u16 = 8;

/// The part of a triangle that is not cut away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolidTriangle {
    /// Its vertices in the mesh.
    pub vertices: [usize; 3],
    /// For each corner, the solid place nearest to it, as weights of the three vertices.
    pub corners: [Vec3; 3],
}

impl SolidTriangle {
    /// Its corners where the mesh's vertices are at `points`.
    pub fn at(&self, points: &[Vec3]) -> [Vec3; 3] {
        let [a, b, c] = self.vertices.map(|vertex| points[vertex]);
        self.corners.map(|weights| a * weights.x + b * weights.y + c * weights.z)
    }
}

/// All triangles of a part of which something is left; `None` for a part without holes.
pub fn solid(part: &Part) -> Option<Vec<SolidTriangle>> {
    let cutoff = part.surface.alpha_cutoff?;
    let texture = part.surface.base_color_texture.as_ref()?;
    let least = cutoff / part.surface.base_color[3].max(1e-3);
    let uvs = &part.mesh.uvs;
    let triangles = part.mesh.indices.chunks_exact(3).map(|corners| [0, 1, 2].map(|i| corners[i] as usize));
    let solid = triangles.filter_map(|vertices| {
        let [a, b, c] = vertices.map(|vertex| uvs.get(vertex).copied().unwrap_or_default());
        let mut left: Option<[Vec3; 3]> = None;
        for i in 0..=STEPS {
            for j in 0..=STEPS - i {
                let weights = Vec3::new(f32::from(i), f32::from(j), f32::from(STEPS - i - j)) / f32::from(STEPS);
                if alpha(texture, a * weights.x + b * weights.y + c * weights.z) < least {
                    continue;
                }
                let left = left.get_or_insert([weights; 3]);
                for (corner, nearest) in left.iter_mut().enumerate() {
                    if weights[corner] > nearest[corner] {
                        *nearest = weights;
                    }
                }
            }
        }
        left.map(|corners| SolidTriangle { vertices, corners })
    });
    Some(solid.collect())
}

/// Alpha of the pixel at a place of a repeating texture, 0–1.
fn alpha(texture: &Texture, uv: Vec2) -> f32 {
    let pixel = |at: f32, size: u32| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 and the size")]
        let pixel = (at.rem_euclid(1.0) * size as f32) as usize;
        pixel.min((size as usize).saturating_sub(1))
    };
    let at = pixel(uv.y, texture.height) * texture.width as usize + pixel(uv.x, texture.width);
    texture.rgba.get(at * 4 + 3).map_or(1.0, |alpha| f32::from(*alpha) / 255.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use motley_zoo::model::{MeshData, Surface};

    use super::*;

    /// A square card whose texture is opaque in the left half only.
    fn card(alpha_cutoff: Option<f32>) -> Part {
        let rgba = (0..16 * 16).flat_map(|i| [200, 200, 200, if i % 16 < 8 { 255 } else { 0 }]).collect();
        let texture = Texture { width: 16, height: 16, rgba };
        let corners = [Vec2::ZERO, Vec2::X, Vec2::ONE, Vec2::Y].map(|corner| corner * 0.999);
        let mesh = MeshData {
            positions: corners.iter().map(|corner| corner.extend(0.0)).collect(),
            uvs: corners.to_vec(),
            indices: vec![0, 1, 2, 0, 2, 3],
            ..MeshData::default()
        };
        let surface = Surface { alpha_cutoff, base_color_texture: Some(Arc::new(texture)), ..Surface::default() };
        Part { mesh: Arc::new(mesh), surface: Arc::new(surface), node: 0, skin: None }
    }

    #[test]
    fn what_is_cut_away_does_not_count() {
        let part = card(Some(0.5));
        let triangles = solid(&part).expect("it has holes");
        let points = triangles.iter().flat_map(|triangle| triangle.at(&part.mesh.positions));
        let (low, high) = points.fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
        assert_eq!(low, Vec3::ZERO);
        assert!((0.35..=0.5).contains(&high.x) && high.y > 0.99, "{high}");
    }

    #[test]
    fn a_part_without_holes_is_left_as_it_is() {
        assert_eq!(solid(&card(None)), None);
    }
}
