//! A body as a signed distance field: ellipsoids and round cones, blended smoothly.
//!
//! Distances of ellipsoids are first-order estimates and the smooth minimum is the quadratic polynomial one
//! (both after Inigo Quilez, "Distance functions" and "Smooth minimum"); both are exact enough near the surface.

use bevy_math::{Mat3, Vec3};

#[derive(Clone, Copy)]
enum Shape {
    /// World to local axes, radii.
    Ellipsoid { to_local: Mat3, radii: Vec3 },
    /// Unit axis from the first end, length, both radii, slope of the mantle and its cosine.
    Cone { axis: Vec3, length: f32, radii: (f32, f32), slope: f32, cosine: f32 },
}

/// One rounded piece of a body.
#[derive(Clone, Copy)]
pub(super) struct Blob {
    shape: Shape,
    origin: Vec3,
    center: Vec3,
    /// Radius of the sphere around `center` that holds the piece.
    reach: f32,
    /// Width in metres over which it melts into what came before.
    blend: f32,
    /// Hollows the body out instead of adding to it.
    carves: bool,
}

impl Blob {
    /// An ellipsoid; `rotation` turns its axes from the body's.
    pub(super) fn ellipsoid(center: Vec3, radii: Vec3, rotation: Mat3, blend: f32) -> Self {
        let shape = Shape::Ellipsoid { to_local: rotation.transpose(), radii };
        Self { shape, origin: center, center, reach: radii.max_element(), blend, carves: false }
    }

    /// A sphere-swept segment whose radius runs from `start` to `end`.
    pub(super) fn cone(a: Vec3, b: Vec3, start: f32, end: f32, blend: f32) -> Self {
        let length = a.distance(b).max(1e-4);
        // A cone whose larger sphere swallows the smaller one has no mantle: 0.95 keeps one.
        let slope = ((start - end) / length).clamp(-0.95, 0.95);
        let cosine = (1.0 - slope * slope).sqrt();
        let shape = Shape::Cone { axis: (b - a) / length, length, radii: (start, end), slope, cosine };
        let reach = 0.5 * length + start.max(end);
        Self { shape, origin: a, center: 0.5 * (a + b), reach, blend, carves: false }
    }

    /// The same piece, taken away from the body.
    pub(super) fn hollow(mut self) -> Self {
        self.carves = true;
        self
    }

    fn distance(&self, p: Vec3) -> f32 {
        let d = p - self.origin;
        match self.shape {
            Shape::Ellipsoid { to_local, radii } => {
                let q = (to_local * d) / radii;
                let k0 = q.length();
                let k1 = (q / radii).length();
                if k1 < 1e-6 { -radii.min_element() } else { k0 * (k0 - 1.0) / k1 }
            }
            Shape::Cone { axis, length, radii, slope, cosine } => {
                let y = d.dot(axis);
                let x = (d - axis * y).length();
                let k = y * cosine - x * slope;
                if k < 0.0 {
                    (x * x + y * y).sqrt() - radii.0
                } else if k > cosine * length {
                    (x * x + (y - length) * (y - length)).sqrt() - radii.1
                } else {
                    x * cosine + y * slope - radii.0
                }
            }
        }
    }

    fn merge(&self, d: f32, p: Vec3) -> f32 {
        let e = self.distance(p);
        let h = (self.blend - (if self.carves { d + e } else { d - e }).abs()).max(0.0) / self.blend;
        let soft = h * h * self.blend * 0.25;
        if self.carves { d.max(-e) + soft } else { d.min(e) - soft }
    }
}

/// A body: pieces in the order in which they melt into each other.
#[derive(Clone, Default)]
pub(super) struct Field {
    pub(super) blobs: Vec<Blob>,
}

const FAR: f32 = 1e3;

impl Field {
    /// Metres to the surface, negative inside.
    pub(super) fn distance(&self, p: Vec3) -> f32 {
        self.blobs.iter().fold(FAR, |d, blob| blob.merge(d, p))
    }

    /// Gradient from four samples at the corners of a tetrahedron of size `reach` metres; unit length.
    pub(super) fn normal(&self, p: Vec3, reach: f32) -> Vec3 {
        const CORNERS: [Vec3; 4] = [
            Vec3::new(1.0, -1.0, -1.0),
            Vec3::new(-1.0, -1.0, 1.0),
            Vec3::new(-1.0, 1.0, -1.0),
            Vec3::new(1.0, 1.0, 1.0),
        ];
        CORNERS.iter().map(|c| *c * self.distance(p + *c * reach)).sum::<Vec3>().normalize_or(Vec3::Y)
    }

    /// The pieces that can matter within `radius` of `p`, where the body is `distance` away.
    pub(super) fn near(&self, p: Vec3, radius: f32, distance: f32) -> Self {
        let blobs = self
            .blobs
            .iter()
            .filter(|b| b.center.distance(p) - b.reach - radius <= distance.abs() + radius + b.blend)
            .copied()
            .collect();
        Self { blobs }
    }

    /// Where a ray from outside first meets the body, within `limit` metres.
    pub(super) fn hit(&self, from: Vec3, direction: Vec3, limit: f32) -> Option<Vec3> {
        let mut t = 0.0;
        for _ in 0..96 {
            let d = self.distance(from + direction * t);
            if d < limit * 2e-4 {
                return Some(from + direction * t);
            }
            // Blended ellipsoids overestimate a little: short steps cannot jump through.
            t += d * 0.7;
            if t > limit {
                return None;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_cones_and_rays_agree_with_geometry() {
        let field = Field { blobs: vec![Blob::cone(Vec3::ZERO, Vec3::Y, 0.2, 0.2, 0.01)] };
        assert!((field.distance(Vec3::new(0.5, 0.5, 0.0)) - 0.3).abs() < 1e-5);
        assert!((field.distance(Vec3::new(0.0, 1.5, 0.0)) - 0.3).abs() < 1e-5);
        let hit = field.hit(Vec3::new(2.0, 0.5, 0.0), Vec3::NEG_X, 5.0);
        assert!(hit.is_some_and(|p| (p.x - 0.2).abs() < 2e-3));
        assert!(field.normal(Vec3::new(0.2, 0.5, 0.0), 0.01).dot(Vec3::X) > 0.999);
    }

    #[test]
    fn culled_pieces_do_not_change_the_distance_nearby() {
        let blobs = (0..20).map(|i| {
            let at = Vec3::new(i as f32 * 0.3, 0.0, 0.0);
            Blob::ellipsoid(at, Vec3::new(0.2, 0.1, 0.15), Mat3::IDENTITY, 0.1)
        });
        let field = Field { blobs: blobs.collect() };
        let p = Vec3::new(2.0, 0.12, 0.0);
        let near = field.near(p, 0.05, field.distance(p));
        assert!(near.blobs.len() < 8);
        assert!((near.distance(p) - field.distance(p)).abs() < 1e-6);
    }
}
