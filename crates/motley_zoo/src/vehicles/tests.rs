use std::collections::HashMap;

use bevy_math::{Affine3A, Vec3};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::model::{MeshData, Part, Track};

fn everyone() -> impl Iterator<Item = (&'static Breed, Model)> {
    let breeds = ["bicycle", "car"].into_iter().flat_map(breeds);
    breeds.flat_map(|breed| (0..6).map(move |seed| (breed, grow(breed, &mut ChaCha8Rng::seed_from_u64(seed)))))
}

/// Transforms of the rest pose: translations only.
fn origins(model: &Model) -> Vec<Affine3A> {
    let mut all: Vec<Affine3A> = Vec::new();
    for node in &model.nodes {
        let local = node.rest.affine();
        all.push(node.parent.map_or(local, |parent| all[parent] * local));
    }
    all
}

fn points(model: &Model) -> Vec<Vec3> {
    let origins = origins(model);
    let place =
        |part: &Part| part.mesh.positions.iter().map(|p| origins[part.node].transform_point3(*p)).collect::<Vec<_>>();
    model.parts.iter().flat_map(place).collect()
}

/// Six times the enclosed volume; positive when triangles face outwards.
fn volume(mesh: &MeshData) -> f32 {
    let p = |i: u32| mesh.positions[i as usize];
    mesh.indices.chunks_exact(3).map(|t| p(t[0]).dot(p(t[1]).cross(p(t[2])))).sum()
}

/// Edges that do not have one triangle on each side, once vertices at the same place are joined.
fn open_edges(mesh: &MeshData) -> usize {
    let key = |i: u32| mesh.positions[i as usize].to_array().map(|x| (x * 1e5).round() as i64);
    let mut edges: HashMap<_, i32> = HashMap::new();
    for t in mesh.indices.chunks_exact(3) {
        for (a, b) in [(t[0], t[1]), (t[1], t[2]), (t[2], t[0])] {
            let (a, b) = (key(a), key(b));
            if a < b {
                *edges.entry((a, b)).or_default() += 1;
            } else if b < a {
                *edges.entry((b, a)).or_default() -= 1;
            }
        }
    }
    edges.values().filter(|balance| **balance != 0).count()
}

#[test]
fn every_breed_file_parses_under_its_own_name() {
    for (class, text) in FILES {
        let breed = Breed::from_ron(class, text).unwrap();
        assert_eq!(breed.class(), *class);
        assert!(text.contains(&breed.name));
    }
    assert!(breeds("bicycle").len() >= 6 && breeds("car").len() >= 6);
    assert!(breeds("teapot").is_empty());
}

#[test]
fn bad_breeds_are_refused_with_their_field() {
    let good = FILES[0].1;
    assert!(matches!(Breed::from_ron("boat", good), Err(BreedError::Class(_))));
    assert!(matches!(Breed::from_ron("bicycle", "("), Err(BreedError::Syntax(_))));
    let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
    let crank = lines.iter().position(|line| line.contains("crank:")).unwrap();
    for hostile in ["crank: (0.2, 0.1),", "crank: (NaN, NaN),", "crank: (-1.0, 9.0),"] {
        lines[crank] = hostile.to_owned();
        let error = Breed::from_ron("bicycle", &lines.join("\n")).unwrap_err();
        assert!(error.to_string().contains("crank"), "{error}");
    }
}

#[test]
fn meshes_are_finite_indexed_and_face_outwards() {
    for (breed, model) in everyone() {
        let mut triangles = 0;
        for part in &model.parts {
            let mesh = &part.mesh;
            let count = mesh.positions.len();
            assert!(mesh.positions.iter().all(|p| p.is_finite() && p.length() < 10.0), "{}", breed.name);
            assert!(mesh.normals.len() == count && mesh.uvs.len() == count);
            assert!(mesh.normals.iter().all(|n| (n.length() - 1.0).abs() < 1e-3), "{}", breed.name);
            assert!(mesh.indices.iter().all(|i| (*i as usize) < count));
            triangles += mesh.indices.len() / 3;
        }
        assert!((4_000..22_000).contains(&triangles), "{}: {triangles} triangles", breed.name);
    }
}

#[test]
fn bicycles_are_made_of_closed_parts() {
    for (breed, model) in everyone().filter(|(breed, _)| breed.class() == "bicycle") {
        for (i, part) in model.parts.iter().enumerate() {
            assert_eq!(open_edges(&part.mesh), 0, "{} part {i}", breed.name);
            assert!(volume(&part.mesh) > 0.0, "{} part {i} is inside out", breed.name);
        }
    }
}

#[test]
fn vehicles_have_the_size_of_their_kind_and_stand_on_the_ground() {
    for (breed, model) in everyone() {
        let points = points(&model);
        let low = points.iter().copied().reduce(Vec3::min).unwrap();
        let high = points.iter().copied().reduce(Vec3::max).unwrap();
        let size = high - low;
        assert!(low.y.abs() < 1e-4, "{} floats at {}", breed.name, low.y);
        let (lowest, highest) = breed.height();
        assert!((lowest..=highest).contains(&high.y), "{}: {} m, not {lowest} to {highest}", breed.name, high.y);
        let (least, most) = match breed.class() {
            "bicycle" => (Vec3::new(0.35, 0.7, 1.3), Vec3::new(0.85, 1.25, 2.05)),
            _ => (Vec3::new(1.6, 1.15, 3.2), Vec3::new(2.5, 2.6, 6.2)),
        };
        assert!(size.cmpge(least).all() && size.cmple(most).all(), "{}: {size}", breed.name);
        assert!((low.z + high.z).abs() < 0.3 && (low.x + high.x).abs() < 0.12, "{}: {low} {high}", breed.name);
        // Each wheel touches the ground, below its own hub.
        let origins = origins(&model);
        for (name, node) in model.keypoints.iter().filter(|(name, _)| name.contains("wheel")) {
            let hub = origins[*node].translation;
            let touching = model
                .parts
                .iter()
                .filter(|part| part.node == *node)
                .flat_map(|part| &part.mesh.positions)
                .map(|p| p.y + hub.y)
                .fold(f32::MAX, f32::min);
            assert!(touching.abs() < 0.006, "{}: {name} is {touching} above the ground", breed.name);
        }
    }
}

#[test]
fn pedals_clear_the_ground_wherever_they_are() {
    for (breed, model) in everyone().filter(|(breed, _)| breed.class() == "bicycle") {
        let (_, cranks) = model.keypoints.iter().find(|(name, _)| name == "cranks").unwrap();
        let center = origins(&model)[*cranks].translation.y;
        let parts = model.parts.iter().filter(|part| part.node == *cranks);
        let reach = parts.flat_map(|part| &part.mesh.positions).map(|p| p.y.hypot(p.z)).fold(0.0, f32::max);
        assert!(center - reach > 0.03, "{}: pedals {} above the ground", breed.name, center - reach);
    }
}

#[test]
fn clips_animate_nodes_with_unit_rotations() {
    for (breed, model) in everyone() {
        for name in ["roll", "steer"] {
            let clip = model.clips.iter().find(|clip| clip.name == name).unwrap();
            for channel in &clip.channels {
                assert!(channel.node < model.nodes.len());
                let Track::Rotation(values) = &channel.values else { panic!("{}: not a rotation", breed.name) };
                assert_eq!(values.len(), channel.times.len());
                assert!(values.iter().all(|q| (q.length() - 1.0).abs() < 1e-4));
                assert!(channel.times.is_sorted() && channel.times.last() == Some(&clip.duration));
            }
        }
    }
}

fn hash(model: &Model) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for part in &model.parts {
        let bytes = part.mesh.positions.iter().chain(&part.mesh.normals).flat_map(|p| p.to_array());
        bytes.for_each(|x| {
            hasher.update(&x.to_le_bytes());
        });
        part.mesh.indices.iter().for_each(|i| {
            hasher.update(&i.to_le_bytes());
        });
        part.surface.base_color.iter().for_each(|x| {
            hasher.update(&x.to_le_bytes());
        });
    }
    hasher.finalize()
}

#[test]
fn individuals_are_repeatable_and_differ() {
    let mut seen = Vec::new();
    for breed in ["bicycle", "car"].into_iter().flat_map(breeds) {
        for seed in 0..3 {
            let [a, b] = [0, 1].map(|_| hash(&grow(breed, &mut ChaCha8Rng::seed_from_u64(seed))));
            assert_eq!(a, b, "{} {seed}", breed.name);
            assert!(!seen.contains(&a), "{} {seed} looks like another", breed.name);
            seen.push(a);
        }
    }
}
