//! Cuts openings into sheets: windows into bodies.

use bevy_math::{Vec2, Vec3};

use super::build::Sheet;

/// A corner of a polygon in the making.
#[derive(Clone, Copy)]
struct Corner {
    /// In the surface's own coordinates.
    place: Vec2,
    /// In space.
    point: Vec3,
    normal: Vec3,
}

impl Sheet {
    /// Removes what lies within a convex outline from the triangles that start at index `start`.
    ///
    /// `places` has the surface's own coordinates of each vertex, NaN where a vertex has none; those of new vertices are added.
    /// The outline is in these coordinates too, whichever way round.
    pub(super) fn cut(&mut self, start: usize, places: &mut Vec<Vec2>, outline: &[Vec2]) {
        let twice_area: f32 = edges(outline).map(|(a, b)| a.perp_dot(b)).sum();
        // Positive outside an edge.
        let outside = |(a, b): (Vec2, Vec2), p: Vec2| (p - a).perp_dot(b - a) * twice_area.signum();
        let mesh = &mut self.mesh;
        let triangles: Vec<u32> = mesh.indices.drain(start..).collect();
        for triangle in triangles.chunks_exact(3) {
            let mut rest: Vec<Corner> = triangle
                .iter()
                .map(|&vertex| vertex as usize)
                .map(|at| Corner { place: places[at], point: mesh.positions[at], normal: mesh.normals[at] })
                .collect();
            let apart = |edge| rest.iter().all(|corner| outside(edge, corner.place) >= 0.0);
            if rest.iter().any(|corner| corner.place.is_nan()) || edges(outline).any(apart) {
                mesh.indices.extend(triangle);
                continue;
            }
            // What lies outside the first edge stays; of the rest, what lies outside the second; and so on.
            for edge in edges(outline) {
                let kept = clip(&rest, |place| outside(edge, place));
                rest = clip(&rest, |place| -outside(edge, place));
                let first = mesh.positions.len();
                for corner in &kept {
                    mesh.positions.push(corner.point);
                    mesh.normals.push(corner.normal.normalize_or(Vec3::Y));
                    places.push(corner.place);
                }
                let fan = (1..kept.len().saturating_sub(1)).flat_map(|i| [0, i, i + 1]);
                mesh.indices.extend(fan.map(|corner| (first + corner) as u32));
            }
        }
    }
}

fn edges(outline: &[Vec2]) -> impl Iterator<Item = (Vec2, Vec2)> {
    outline.iter().copied().zip(outline.iter().copied().cycle().skip(1))
}

/// The part of a convex polygon where `height` is positive (Sutherland and Hodgman 1974); nothing where that has no area.
fn clip(polygon: &[Corner], height: impl Fn(Vec2) -> f32) -> Vec<Corner> {
    let mut kept = Vec::new();
    for (i, corner) in polygon.iter().enumerate() {
        let next = &polygon[(i + 1) % polygon.len()];
        let (here, there) = (height(corner.place), height(next.place));
        if here >= 0.0 {
            kept.push(*corner);
        }
        if here * there < 0.0 {
            let t = here / (here - there);
            kept.push(Corner {
                place: corner.place.lerp(next.place, t),
                point: corner.point.lerp(next.point, t),
                normal: corner.normal.lerp(next.normal, t),
            });
        }
    }
    if kept.iter().any(|corner| height(corner.place) > 0.0) { kept } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_sheet_lacks_the_area_of_the_opening_and_nothing_else() {
        let mut sheet = Sheet::default();
        sheet.patch(7, 5, |p| p.extend(0.0));
        let mut places: Vec<Vec2> = sheet.mesh.positions.iter().map(|p| p.truncate()).collect();
        let outline = [Vec2::new(0.21, 0.2), Vec2::new(0.83, 0.33), Vec2::new(0.7, 0.9), Vec2::new(0.25, 0.71)];
        let area = |sheet: &Sheet| -> f32 {
            let at = |i: u32| sheet.mesh.positions[i as usize];
            sheet.mesh.indices.chunks_exact(3).map(|t| (at(t[1]) - at(t[0])).cross(at(t[2]) - at(t[0])).z / 2.0).sum()
        };
        let whole = area(&sheet);
        let hole: f32 = edges(&outline).map(|(a, b)| a.perp_dot(b) / 2.0).sum();
        sheet.cut(0, &mut places, &outline);
        assert!((area(&sheet) - (whole - hole)).abs() < 1e-4, "{} of {whole} without {hole}", area(&sheet));
        assert!(places.len() == sheet.mesh.positions.len() && places.len() == sheet.mesh.normals.len());
        // Once more, the other way round: there is nothing left to cut.
        let reversed: Vec<Vec2> = outline.iter().rev().copied().collect();
        let before = area(&sheet);
        sheet.cut(0, &mut places, &reversed);
        assert!((area(&sheet) - before).abs() < 1e-4);
    }
}
