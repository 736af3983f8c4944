//! From a distance field to triangles: surface nets over the blocks that the surface passes through.

use bevy_math::Vec3;
use fast_surface_nets::{SurfaceNetsBuffer, ndshape::RuntimeShape, ndshape::Shape as _, surface_nets};

use super::field::Field;

/// A triangle mesh: positions in metres, unit normals, triples of indices, counter-clockwise from outside.
#[derive(Default)]
pub(super) struct Net {
    pub(super) positions: Vec<Vec3>,
    pub(super) normals: Vec<Vec3>,
    pub(super) indices: Vec<u32>,
}

/// A half-space: points with `normal · p > offset` are cut away.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub(super) normal: Vec3,
    pub(super) offset: f32,
}

impl Cut {
    fn distance(self, p: Vec3) -> f32 {
        self.normal.dot(p) - self.offset
    }
}

const BLOCK: usize = 4;

/// Polygonises the part of `field` within the box `low`–`high` and behind `cut`, in cubes of `cell` metres.
/// The result is closed as long as the box holds the whole part.
pub(super) fn polygonise(field: &Field, low: Vec3, high: Vec3, cell: f32, cut: Option<Cut>) -> Net {
    let blocks = ((high - low) / (cell * BLOCK as f32)).ceil().max(Vec3::ONE);
    let counts = [blocks.x, blocks.y, blocks.z].map(|n| n as usize);
    let size = counts.map(|n| n * BLOCK + 1);
    let index = |x: usize, y: usize, z: usize| x + size[0] * (y + size[1] * z);
    let at = |x: usize, y: usize, z: usize| low + Vec3::new(x as f32, y as f32, z as f32) * cell;
    let clip = |d: f32, p: Vec3| cut.map_or(d, |c| d.max(c.distance(p)));

    let mut samples = vec![f32::INFINITY; size[0] * size[1] * size[2]];
    // The far corner of a block, √3/2 of its edge away, and what blending may add.
    let radius = 0.5 * 1.733 * cell * BLOCK as f32;
    let mut pieces: Vec<Option<Field>> = Vec::with_capacity(counts.iter().product());
    for bz in 0..counts[2] {
        for by in 0..counts[1] {
            for bx in 0..counts[0] {
                let corner = [bx, by, bz].map(|b| b * BLOCK);
                let middle = at(corner[0], corner[1], corner[2]) + Vec3::splat(0.5 * cell * BLOCK as f32);
                let distance = field.distance(middle);
                let empty = clip(distance, middle).abs() > 2.0 * radius;
                let local = if empty { None } else { Some(field.near(middle, radius + cell, distance)) };
                for z in corner[2]..=corner[2] + BLOCK {
                    for y in corner[1]..=corner[1] + BLOCK {
                        for x in corner[0]..=corner[0] + BLOCK {
                            let sample = &mut samples[index(x, y, z)];
                            match &local {
                                Some(near) => {
                                    let p = at(x, y, z);
                                    *sample = clip(near.distance(p), p);
                                }
                                // Shared faces keep what a block that holds the surface wrote.
                                None if sample.is_infinite() => *sample = clip(distance, middle),
                                None => {}
                            }
                        }
                    }
                }
                pieces.push(local);
            }
        }
    }

    let shape = RuntimeShape::<u32, 3>::new(size.map(|n| n as u32));
    debug_assert_eq!(shape.linearize([1, 1, 1]) as usize, index(1, 1, 1));
    let mut buffer = SurfaceNetsBuffer::default();
    surface_nets(&samples, &shape, [0; 3], size.map(|n| n as u32 - 1), &mut buffer);
    let mut net = Net { indices: buffer.indices, ..Net::default() };
    for (point, coordinates) in buffer.positions.iter().zip(&buffer.surface_points) {
        let [x, y, z] = coordinates.map(|c| c as usize / BLOCK);
        let local = pieces[x + counts[0] * (y + counts[1] * z)].as_ref().unwrap_or(field);
        let mut p = low + Vec3::from(*point) * cell;
        if cut.is_none_or(|c| c.distance(p) < -0.6 * cell) {
            p = settle(local, p, cell);
        }
        net.positions.push(p);
        net.normals.push(local.normal(p, 0.4 * cell));
    }
    net
}

/// Moves a vertex onto the surface: surface nets average edge crossings and flatten what is round.
fn settle(field: &Field, p: Vec3, cell: f32) -> Vec3 {
    let d = field.distance(p);
    p - field.normal(p, 0.25 * cell) * d.clamp(-0.5 * cell, 0.5 * cell)
}

#[cfg(test)]
mod tests {
    use bevy_math::Mat3;

    use super::*;
    use crate::animals::field::Blob;

    #[test]
    fn a_ball_is_closed_round_and_turned_outwards() {
        let ball = Blob::ellipsoid(Vec3::ZERO, Vec3::splat(0.5), Mat3::IDENTITY, 0.1);
        let net = polygonise(&Field { blobs: vec![ball] }, Vec3::splat(-0.7), Vec3::splat(0.7), 0.06, None);
        assert!(net.positions.len() > 200);
        assert!(net.positions.iter().all(|p| (p.length() - 0.5).abs() < 2e-3));
        let mut volume = 0.0;
        let mut edges = std::collections::BTreeMap::<(u32, u32), i32>::new();
        for t in net.indices.chunks_exact(3) {
            let [a, b, c] = [t[0], t[1], t[2]].map(|i| net.positions[i as usize]);
            volume += a.dot(b.cross(c)) / 6.0;
            for (i, j) in [(t[0], t[1]), (t[1], t[2]), (t[2], t[0])] {
                *edges.entry((i.min(j), i.max(j))).or_default() += if i < j { 1 } else { -1 };
            }
        }
        assert!((volume - std::f32::consts::FRAC_PI_6).abs() < 0.02, "volume {volume}");
        assert!(edges.values().all(|n| *n == 0), "an edge without a partner");
    }
}
