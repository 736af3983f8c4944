//! Crumpled cloth: a height field of folds, deepest away from the subject, darker in its furrows.

use bevy_math::{Vec2, Vec3, ops};

use super::paint;
use crate::{animals::noise::fractal, materials::noise::smoothstep, model::MeshData, vehicles::build::Sheet};

/// Half the edge of the cloth, subject radii.
const HALF: f32 = 3.6;
/// Quads along an edge.
const QUADS: usize = 90;

/// The shape of one cloth.
struct Cloth {
    seed: Vec3,
    /// Unit vector along which folds run.
    run: Vec2,
    /// Height of the folds around the subject, in its radii.
    deep: f32,
    back: Back,
}

/// What the cloth does behind the subject.
#[derive(Clone, Copy)]
enum Back {
    /// It lies flat.
    Flat,
    /// It hangs over the back of a sofa.
    Rises,
    /// It lies over cushions.
    Cushions,
}

impl Cloth {
    /// Height at a place, in subject radii.
    fn height(&self, p: Vec2) -> f32 {
        let far = smoothstep(0.45, 1.5, p.length());
        let front = smoothstep(0.2, 1.2, p.y);
        let deep = (0.05 + (self.deep - 0.05) * far) * (1.0 - 0.65 * front);
        self.rise(p) + deep * self.folds(p)
    }

    /// Ridges along one direction that wander and meet, 0–1.
    fn folds(&self, p: Vec2) -> f32 {
        let at = |q: Vec2, salt: f32| fractal(Vec3::new(q.x, salt, q.y) + self.seed);
        let wander = Vec2::new(at(p * 0.7, 3.0), at(p * 0.7, 7.0)) - 0.5;
        let p = p + wander * 1.1;
        let along = Vec2::new(p.dot(self.run), p.dot(self.run.perp()));
        let ridge = |scale: Vec2, salt: f32| {
            let crest = 1.0 - (2.0 * at(along * scale, salt) - 1.0).abs() * 2.2;
            crest.max(0.0).powi(2)
        };
        (0.6 * ridge(Vec2::new(0.7, 2.0), 11.0) + 0.35 * ridge(Vec2::new(1.6, 3.6), 23.0)).min(1.0)
    }

    /// What lies under the cloth behind the subject.
    fn rise(&self, p: Vec2) -> f32 {
        match self.back {
            Back::Flat => 0.0,
            Back::Rises => 1.3 * smoothstep(-1.25, -1.75, p.y + 0.12 * ops::sin(p.x * 1.3 + self.seed.x)),
            Back::Cushions => (-1..=1)
                .map(|k| {
                    let middle = Vec2::new(1.5 * k as f32 + 0.5 * ops::sin(self.seed.y + k as f32), -1.9);
                    let offset = (p - middle) / Vec2::new(0.95, 0.6);
                    let inside = 1.0 - offset.x.powi(4) - offset.y.powi(4);
                    0.75 * inside.max(0.0).sqrt().min(0.85)
                })
                .fold(0.0, f32::max),
        }
    }
}

pub(super) fn build(variant: u32) -> MeshData {
    let turn = variant as f32 * 2.4;
    let (sin, cos) = ops::sin_cos(turn);
    let cloth = Cloth {
        seed: Vec3::new(13.7, 5.1, 29.3) * (variant + 1) as f32,
        run: Vec2::new(cos, sin),
        deep: 0.14 + 0.05 * (variant % 4) as f32,
        back: [Back::Flat, Back::Rises, Back::Cushions][(variant % 3) as usize],
    };
    // Finer where the subject is.
    let spread = |t: f32| {
        let t = 2.0 * t - 1.0;
        HALF * t * (0.4 + 0.6 * t * t)
    };
    let mut sheet = Sheet::default();
    sheet.patch(QUADS, QUADS, |at| {
        let p = Vec2::new(spread(at.x), spread(at.y));
        // The edge lies on the floor.
        let edge = smoothstep(HALF, HALF - 0.3, p.x.abs().max(p.y.abs()));
        Vec3::new(p.x, cloth.height(p) * edge + 0.012, p.y)
    });
    let mut mesh = sheet.mesh;
    // Rows along x and columns along z face down.
    if mesh.normals.first().is_some_and(|normal| normal.y < 0.0) {
        mesh.normals.iter_mut().for_each(|normal| *normal = -*normal);
        mesh.indices.chunks_exact_mut(3).for_each(|triangle| triangle.swap(1, 2));
    }
    mesh.uvs = mesh.positions.iter().map(|p| Vec2::new(p.x, p.z - p.y)).collect();
    paint(&mut mesh, Vec3::ONE);
    for (color, position) in mesh.colors.iter_mut().zip(&mesh.positions) {
        let p = Vec2::new(position.x, position.z);
        let reach = 0.16;
        let around = [Vec2::X, Vec2::NEG_X, Vec2::Y, Vec2::NEG_Y].map(|d| cloth.height(p + d * reach));
        let hollow = around.iter().sum::<f32>() / 4.0 - cloth.height(p);
        let light = (1.0 - 4.5 * hollow.max(0.0)).clamp(0.35, 1.0);
        *color = [light, light, light, 1.0];
    }
    mesh
}
