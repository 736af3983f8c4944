//! Meshes of [`motley_scene::params::obstructors::SHAPES`], each about one metre across and centred on the origin.

use bevy::{asset::RenderAssetUsages, mesh::PrimitiveTopology, prelude::*};
use motley_scene::{distribution::Direction, stream::stream};

/// The mesh of a shape; a box for a name that is not known.
pub fn mesh(name: &str) -> Mesh {
    if let Some(number) = name.strip_prefix("convex").and_then(|n| n.parse().ok()) {
        return convex(number);
    }
    match name {
        "sphere" => Sphere::new(0.5).mesh().uv(24, 12),
        "cylinder" => Cylinder::new(0.5, 1.0).mesh().resolution(24).build(),
        "cone" => Cone::new(0.5, 1.0).mesh().resolution(24).build(),
        "torus" => Torus::new(0.2, 0.5).mesh().minor_resolution(12).major_resolution(24).build(),
        "capsule" => Capsule3d::new(0.25, 0.5).mesh().longitudes(20).latitudes(8).build(),
        "tetrahedron" => Tetrahedron::default().mesh().build().scaled_by(Vec3::splat(0.6)),
        _ => Cuboid::from_length(1.0).mesh().build(),
    }
}

/// The convex hull of random points on a sphere. Every triple of points is a face if all other points lie on one side of it:
/// slow for many points, plain for a dozen.
fn convex(number: u64) -> Mesh {
    let mut rng = stream(0, number, "convex body", 0);
    let points: Vec<Vec3> = (0..12).map(|_| Direction::Sphere.draw(&mut rng, 0) * 0.5).collect();
    let mut positions = Vec::new();
    let mut uvs = Vec::new();
    for (i, a) in points.iter().enumerate() {
        for (j, b) in points.iter().enumerate().skip(i + 1) {
            for (k, c) in points.iter().enumerate().skip(j + 1) {
                let normal = (b - a).cross(c - a).normalize_or_zero();
                let side = |p: &Vec3| (p - a).dot(normal);
                let others = points.iter().enumerate().filter(|(n, _)| ![i, j, k].contains(n)).map(|(_, p)| side(p));
                let (above, below) = others.fold((false, false), |(up, down), d| (up || d > 0.0, down || d < 0.0));
                if above && below {
                    continue;
                }
                let triangle = if above { [a, c, b] } else { [a, b, c] };
                let u = (b - a).normalize_or_zero();
                let v = u.cross(normal);
                for p in triangle {
                    positions.push(p.to_array());
                    uvs.push([(p - a).dot(u), (p - a).dot(v)]);
                }
            }
        }
    }
    let mut mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default());
    mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, positions);
    mesh.insert_attribute(Mesh::ATTRIBUTE_UV_0, uvs);
    mesh.with_computed_flat_normals()
}
