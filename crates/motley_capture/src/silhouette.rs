//! The subject alone: how many pixels it would cover if nothing stood before it.
//!
//! The posed vertices are known on the CPU already, for the boxes. Filling their triangles there costs less than another
//! camera whose picture is read back too. Sampling is at pixel centres, as on the GPU; what textures cut away is left out before.

use bevy::prelude::*;

/// A bit for each pixel of a square picture.
pub struct Silhouette {
    side: usize,
    covered: Vec<bool>,
}

impl Silhouette {
    /// Nothing covered.
    pub fn new(side: usize) -> Self {
        Self { side, covered: vec![false; side * side] }
    }

    /// Fills a triangle given in a picture of 1 × 1, z being the depth in metres. A triangle that reaches behind `near` is
    /// left out: the camera keeps away from the subject.
    pub fn fill(&mut self, corners: [Vec3; 3], near: f32) {
        if corners.iter().any(|corner| corner.z <= near) {
            return;
        }
        let [a, b, c] = corners.map(|corner| corner.truncate() * self.side as f32 - 0.5);
        let area = (b - a).perp_dot(c - a);
        if area == 0.0 {
            return;
        }
        // Either winding counts: what is seen from behind covers too.
        let (b, c) = if area > 0.0 { (b, c) } else { (c, b) };
        let low = a.min(b).min(c).ceil().max(Vec2::ZERO);
        let high = a.max(b).max(c).floor().min(Vec2::splat(self.side as f32 - 1.0));
        if low.cmpgt(high).any() {
            return;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the picture")]
        let (left, right, top, bottom) = (low.x as usize, high.x as usize, low.y as usize, high.y as usize);
        for y in top..=bottom {
            let row = &mut self.covered[y * self.side..][left..=right];
            // Most triangles lie before or behind others of the same subject.
            for (x, covered) in (left..).zip(row).filter(|(_, covered)| !**covered) {
                let p = Vec2::new(x as f32, y as f32);
                *covered =
                    (b - a).perp_dot(p - a) >= 0.0 && (c - b).perp_dot(p - b) >= 0.0 && (a - c).perp_dot(p - c) >= 0.0;
            }
        }
    }

    /// Lowest and highest corner of the box around the covered pixels, in a picture of 1 × 1.
    pub fn bounds(&self) -> Option<(Vec2, Vec2)> {
        let start = (Vec2::INFINITY, Vec2::NEG_INFINITY);
        let pixels = self.covered.iter().enumerate().filter(|(_, covered)| **covered);
        let (low, high) = pixels.fold(start, |(low, high), (i, _)| {
            let at = Vec2::new((i % self.side) as f32, (i / self.side) as f32);
            (low.min(at), high.max(at + 1.0))
        });
        low.is_finite().then(|| (low / self.side as f32, high / self.side as f32))
    }

    /// Number of covered pixels.
    pub fn count(&self) -> usize {
        self.covered.iter().filter(|covered| **covered).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(corners: [[f32; 2]; 3]) -> usize {
        let mut silhouette = Silhouette::new(10);
        silhouette.fill(corners.map(|[x, y]| Vec3::new(x, y, 1.0)), 0.1);
        silhouette.count()
    }

    #[test]
    fn covers_pixel_centres() {
        assert_eq!(count([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]), 100, "the whole picture and more");
        assert_eq!(count([[0.0, 0.0], [0.0, 2.0], [2.0, 0.0]]), 100, "either winding");
        assert_eq!(count([[0.11, 0.11], [0.19, 0.11], [0.11, 0.19]]), 1, "the centre of pixel 1, 1 lies on its edge");
        assert_eq!(count([[0.16, 0.16], [0.19, 0.16], [0.16, 0.19]]), 0, "between centres");
        assert_eq!(count([[-0.5, -0.5], [-0.1, -0.5], [-0.5, -0.1]]), 0, "outside");
    }

    #[test]
    fn bounds_are_those_of_covered_pixels() {
        let mut silhouette = Silhouette::new(10);
        assert_eq!(silhouette.bounds(), None);
        // The centres of the pixels 1, 1 and 2, 1 lie within, and no others.
        silhouette.fill([Vec3::new(0.1, 0.11, 1.0), Vec3::new(0.3, 0.12, 1.0), Vec3::new(0.2, 0.19, 1.0)], 0.1);
        assert_eq!(silhouette.bounds(), Some((Vec2::new(0.1, 0.1), Vec2::new(0.3, 0.2))));
    }

    #[test]
    fn leaves_out_what_is_behind_the_camera() {
        let mut silhouette = Silhouette::new(4);
        silhouette.fill([Vec3::new(0.0, 0.0, -1.0), Vec3::new(2.0, 0.0, 1.0), Vec3::new(0.0, 2.0, 1.0)], 0.1);
        assert_eq!(silhouette.count(), 0);
    }
}
