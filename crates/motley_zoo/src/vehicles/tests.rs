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

const LEAVES: [&str; 4] = ["left_door", "right_door", "bonnet", "boot"];

/// Transforms of the rest pose: translations only.
fn origins(model: &Model) -> Vec<Affine3A> {
    let mut all: Vec<Affine3A> = Vec::new();
    for node in &model.nodes {
        let local = node.rest.affine();
        all.push(node.parent.map_or(local, |parent| all[parent] * local));
    }
    all
}

/// All but what stands open and sticks out.
fn points(model: &Model) -> Vec<Vec3> {
    let origins = origins(model);
    let place =
        |part: &Part| part.mesh.positions.iter().map(|p| origins[part.node].transform_point3(*p)).collect::<Vec<_>>();
    let shut = |part: &&Part| !LEAVES.contains(&model.nodes[part.node].name.as_str());
    model.parts.iter().filter(shut).flat_map(place).collect()
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
    let named = |class: &str| breeds(class).iter().filter(|breed| breed.name != "mixed").count();
    assert!(named("bicycle") >= 24 && named("car") >= 16, "{} and {}", named("bicycle"), named("car"));
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
        assert!((3_500..36_000).contains(&triangles), "{}: {triangles} triangles", breed.name);
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
        let ridden = model.keypoints.iter().any(|(name, _)| name == "rider");
        let (least, most) = match (breed.class(), breed.name.as_str()) {
            ("bicycle", "toddler") => (Vec3::new(0.25, 0.4, 0.75), Vec3::new(0.7, 1.4, 1.1)),
            ("bicycle", "child") => (Vec3::new(0.3, 0.6, 1.1), Vec3::new(0.75, 1.6, 1.5)),
            ("bicycle", "cargo" | "longtail" | "tandem") => (Vec3::new(0.35, 0.85, 1.8), Vec3::new(0.9, 2.2, 2.75)),
            ("bicycle", _) => (Vec3::new(0.35, 0.65, 1.2), Vec3::new(0.9, 2.2, 2.1)),
            _ => (Vec3::new(1.6, 1.15, 3.2), Vec3::new(2.6, 2.75, 6.3)),
        };
        assert!(!ridden || high.y > 0.9, "{}: a rider of {} m", breed.name, high.y);
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
fn doors_bonnets_and_boots_stand_open_and_clear_the_ground() {
    let mut seen = [0; 4];
    // Most breeds draw the same things in the same order: of one seed they would all have the same leaf.
    for (breed, first) in breeds("car").iter().zip((0..).step_by(40)) {
        for seed in first..first + 40 {
            let model = grow(breed, &mut ChaCha8Rng::seed_from_u64(seed));
            let name = |part: &Part| model.nodes[part.node].name.as_str();
            let Some(kind) = model.parts.iter().find_map(|part| LEAVES.iter().position(|leaf| *leaf == name(part)))
            else {
                continue;
            };
            seen[kind] += 1;
            let origins = origins(&model);
            let at = |part: &Part| {
                part.mesh.positions.iter().map(|p| origins[part.node].transform_point3(*p)).collect::<Vec<_>>()
            };
            let leaf: Vec<Vec3> = model.parts.iter().filter(|part| name(part) == LEAVES[kind]).flat_map(at).collect();
            let body = points(&model);
            let reach = |points: &[Vec3], along: Vec3| points.iter().map(|p| p.dot(along)).fold(f32::MIN, f32::max);
            assert!(reach(&leaf, Vec3::NEG_Y) < -0.1, "{} {seed}: {} on the ground", breed.name, LEAVES[kind]);
            // A door sticks out to its side, the others stand higher than where they belong.
            let out = match kind {
                0 => reach(&leaf, Vec3::X) - reach(&body, Vec3::X),
                1 => reach(&leaf, Vec3::NEG_X) - reach(&body, Vec3::NEG_X),
                _ => reach(&leaf, Vec3::Y) - 0.9,
            };
            assert!(out > 0.05, "{} {seed}: {} sticks out by {out}", breed.name, LEAVES[kind]);
        }
    }
    assert!(seen.iter().all(|count| *count > 3), "{seen:?}");
}

#[test]
fn convertibles_have_their_roof_up_or_folded_away() {
    let roofed = |name: &str| {
        let breed = breeds("car").iter().find(|breed| breed.name == name).unwrap();
        let model = |seed| grow(breed, &mut ChaCha8Rng::seed_from_u64(seed));
        (0..24)
            .filter(|seed| {
                // What was cut out leaves points that no triangle has.
                let corners = |part: &Part| {
                    part.mesh.indices.iter().map(|i| part.mesh.positions[*i as usize]).collect::<Vec<_>>()
                };
                let points: Vec<Vec3> = model(*seed).parts.iter().flat_map(corners).collect();
                let height = points.iter().map(|p| p.y).fold(0.0, f32::max);
                // Behind the windscreen, over seats whose headrests end lower.
                points.iter().any(|p| p.y > height - 0.05 && (-0.55..-0.3).contains(&p.z))
            })
            .count()
    };
    assert_eq!(roofed("saloon"), 24);
    assert!((6..=18).contains(&roofed("convertible")), "{} of 24", roofed("convertible"));
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
            let known = clip_names(breed.class());
            assert!(model.clips.iter().all(|clip| known.contains(&clip.name.as_str())), "{}: a new clip", breed.name);
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

#[test]
fn feet_stay_on_the_pedals() {
    let mut riders = 0;
    for (breed, model) in everyone() {
        let Some(clip) = model.clips.iter().position(|clip| clip.name == "pedal") else { continue };
        let node = |name: &str| model.nodes.iter().position(|node| node.name == name);
        let (Some(foot), Some(cranks)) = (node("left_foot"), node("cranks")) else { continue };
        riders += 1;
        let (mut locals, mut globals) = (Vec::new(), Vec::new());
        let mut offset = |time: f32| {
            model.locals(Some(clip), time, &mut locals);
            model.globals(&locals, &mut globals);
            let lowest = |node: usize| {
                let parts = model.parts.iter().filter(|part| part.node == node);
                let points = parts.flat_map(|part| &part.mesh.positions).map(|p| globals[node].transform_point3(*p));
                points.filter(|p| p.x > 0.05).min_by(|a, b| a.y.total_cmp(&b.y)).unwrap_or(Vec3::ZERO)
            };
            // The left pedal, turned with the cranks: the outermost box on their node.
            let pedal = model.parts.iter().filter(|part| part.node == cranks).flat_map(|part| &part.mesh.positions);
            let ends: Vec<Vec3> = pedal.map(|p| globals[cranks].transform_point3(*p)).filter(|p| p.x > 0.12).collect();
            let middle = ends.iter().sum::<Vec3>() / ends.len().max(1) as f32;
            lowest(foot).y - middle.y
        };
        let rest = offset(0.0);
        for time in [0.1, 0.3, 0.5, 0.8] {
            let now = offset(time);
            assert!((now - rest).abs() < 0.03, "{}: at {time} a foot is {} above its pedal", breed.name, now - rest);
        }
    }
    assert!(riders > 20, "{riders} riders");
}

#[test]
fn wheels_that_steer_stay_outside_the_body() {
    for (breed, model) in everyone().filter(|(breed, _)| breed.class() == "car") {
        let clip = model.clips.iter().position(|clip| clip.name == "steer").unwrap();
        let (mut locals, mut globals, mut points) = (Vec::new(), Vec::new(), Vec::new());
        let wheel = model.nodes.iter().position(|node| node.name == "front_left_wheel").unwrap();
        let hub = origins(&model)[wheel].translation;
        // The middle of the inner wall of the housing around the left wheel.
        let around = |p: &Vec3| (p.z - hub.z).hypot(p.y - hub.y) < 0.03 && p.x > 0.05;
        let place = origins(&model)[0];
        let body = model.parts.iter().filter(|part| part.node == 0).flat_map(|part| &part.mesh.positions);
        let housed = body.map(|p| place.transform_point3(*p)).filter(around).map(|p| p.x).filter(|x| *x < hub.x);
        let inner = housed.fold(0.0, f32::max);
        assert!(inner > 0.05, "{}: no housing", breed.name);
        for time in [0.0, 1.0] {
            model.locals(Some(clip), time, &mut locals);
            model.globals(&locals, &mut globals);
            for (i, _) in model.parts.iter().enumerate().filter(|(_, part)| part.node == wheel) {
                model.skin_positions(i, &globals, &mut points);
                let reach = points.iter().map(|p| p.x).fold(f32::MAX, f32::min);
                assert!(reach > inner - 0.01, "{}: a wheel at {reach} goes through its housing at {inner}", breed.name);
            }
        }
    }
}

#[test]
fn what_leans_or_lies_is_on_the_ground() {
    for (breed, model) in everyone().filter(|(breed, _)| breed.class() == "bicycle") {
        let (mut locals, mut globals) = (Vec::new(), Vec::new());
        for (i, clip) in model.clips.iter().enumerate() {
            if !["lean", "fallen", "corner"].contains(&clip.name.as_str()) {
                continue;
            }
            for time in [0.0, 1.0] {
                model.locals(Some(i), time * clip.duration, &mut locals);
                model.globals(&locals, &mut globals);
                let low = model.bounds(&globals).unwrap().min.y;
                assert!(low.abs() < 1e-3, "{}: {} is {low} above the ground", breed.name, clip.name);
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
