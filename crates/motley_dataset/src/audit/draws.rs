//! Is what was drawn what the scene declares?
//!
//! 1. Every recorded recipe is drawn again: it must be the same.
//! 2. Of every distribution the first draws of all frames are tested against it. (A frame that is drawn again because its
//!    subject was hidden keeps only draws that show it, so the draws that were kept need not follow the distribution.)

use motley_scene::{
    catalog::Catalog,
    distribution::Scalar,
    params::{
        camera::{CameraDraw, Distance},
        lighting::LampDraw,
        obstructors::ObstructorDraw,
        subject::SubjectDraw,
    },
    recipe::{Recipe, draw},
    scene::{Class, Scene},
};
use serde_json::Value;

use super::{
    Fault, FaultKind,
    hypotheses::{
        DrawTest, Drawn, test_count, test_direction, test_names, test_near, test_rotation, test_scalar, test_share,
    },
};
use crate::{DatasetError, Reader};

/// Below this a distribution counts as another one. A report holds some seventy tests, so that one of 14,000 sound datasets
/// is accused wrongly.
const SUSPICIOUS: f64 = 1e-6;

/// By how much a length that was taken from a vector of `f32` may be off, subject radii.
const LENGTH_ERROR: f64 = 1e-4;

/// Tests a dataset's recipes against its scene. Faults are added to `faults`.
///
/// # Errors
/// If a record cannot be read.
pub fn audit_draws(
    reader: &Reader,
    scene: &Scene,
    catalog: &Catalog,
    faults: &mut Vec<Fault>,
) -> Result<Vec<DrawTest>, DatasetError> {
    let seed = reader.manifest().seed;
    let mut firsts = Vec::new();
    for record in reader.records() {
        let recorded = record?.labels.recipe;
        let index = recorded.index;
        if recorded != draw(scene, catalog, seed, index, recorded.attempt) {
            faults.push(Fault::new(index, FaultKind::Draw, "its recipe is not what its scene, seed and index draw"));
        }
        firsts.push(draw(scene, catalog, seed, index, 0));
    }
    let mut tests = Vec::new();
    numbers(scene, &firsts, &mut tests);
    names(scene, catalog, &firsts, &mut tests);
    lighting(scene, &firsts, &mut tests);
    camera(scene, &firsts, &mut tests);
    obstructors(scene, catalog, &firsts, &mut tests);
    props(scene, &firsts, &mut tests);
    for test in &tests {
        if test.result.p < SUSPICIOUS {
            let detail = format!("{}: {} draws do not follow the scene, p = {:.1e}", test.field, test.n, test.result.p);
            faults.push(Fault { index: None, kind: FaultKind::Draw, detail });
        }
    }
    Ok(tests)
}

/// What each frame has one number of.
fn numbers(scene: &Scene, firsts: &[Recipe], tests: &mut Vec<DrawTest>) {
    let values: Vec<Value> = firsts.iter().map(|recipe| serde_json::to_value(recipe).unwrap_or_default()).collect();
    for (parameter, field, scalar) in scene.scalars() {
        let drawn: Drawn = firsts
            .iter()
            .zip(&values)
            .filter_map(|(recipe, value)| Some((recipe.index, number(&value[parameter], field)?)))
            .collect();
        if !drawn.is_empty() {
            tests.push(test_scalar(&format!("{parameter}.{field}"), scalar, &drawn));
        }
    }
}

/// A field's number in a parameter's draw; materials are looked at on the ground.
fn number(draw: &Value, field: &str) -> Option<f64> {
    draw[field].as_f64().or_else(|| draw["ground"][field].as_f64())
}

/// The frames of a class.
fn of_class<'a>(firsts: &'a [Recipe], class: &'a Class) -> impl Iterator<Item = &'a Recipe> {
    firsts.iter().filter(|recipe| recipe.subject.class == class.name)
}

fn names(scene: &Scene, catalog: &Catalog, firsts: &[Recipe], tests: &mut Vec<DrawTest>) {
    let drawn = |get: fn(&Recipe) -> &str| firsts.iter().map(get).collect::<Vec<_>>();
    if scene.sky.enabled {
        for class in &scene.classes {
            let drawn: Vec<&str> = of_class(firsts, class).map(|recipe| recipe.sky.name.as_str()).collect();
            let declared = scene.sky.options(Some(class), &catalog.skies);
            tests.push(test_names(&format!("sky.name of {}", class.name), &declared, &drawn));
        }
    }
    if scene.materials.enabled {
        let (ground, wall) = (&scene.materials.ground, &scene.materials.wall);
        let known = &catalog.materials;
        // A ground that fits the sky follows the sky's distribution too.
        if !scene.materials.ground_fits_sky {
            tests.push(test_names("materials.ground", &ground.among(known), &drawn(|r| &r.materials.ground.name)));
        }
        tests.push(test_names("materials.wall", &wall.among(known), &drawn(|r| &r.materials.wall.name)));
        let things = firsts.iter().flat_map(|recipe| &recipe.materials.obstructors);
        let drawn: Vec<&str> = things.map(|material| material.name.as_str()).collect();
        tests.push(test_names("materials.obstructor", &scene.materials.obstructor.among(known), &drawn));
    }
    if scene.subject_texture.enabled {
        let covers = firsts.iter().filter_map(|recipe| recipe.subject_texture.cover.as_ref());
        let drawn: Vec<&str> = covers.map(|material| material.name.as_str()).collect();
        let declared = scene.subject_texture.material.among(&catalog.materials);
        tests.push(test_names("subject_texture.material", &declared, &drawn));
    }
    if scene.pose.enabled {
        // Which clips there are depends on the subject: a place within its list is drawn.
        let places: Drawn = firsts.iter().filter_map(|r| Some((r.index, f64::from(r.pose.clip?)))).collect();
        tests.push(test_scalar("pose.clips", &Scalar::uniform(0.0, 1.0), &places));
        let looks: Vec<bool> = firsts.iter().map(|recipe| recipe.pose.looks).collect();
        tests.push(test_share("pose.gaze", scene.pose.gaze, &looks));
    }
    if scene.subject.enabled {
        for class in &catalog.classes {
            let of_class = |draw: &&SubjectDraw| draw.class == class.name;
            let drawn: Vec<&str> =
                firsts.iter().map(|recipe| &recipe.subject).filter(of_class).map(|draw| draw.breed.as_str()).collect();
            let declared: Vec<_> = class.breeds.iter().map(|breed| (breed.name.as_str(), breed.weight)).collect();
            tests.push(test_names(&format!("subject.breed of {}", class.name), &declared, &drawn));
        }
    }
}

fn lighting(scene: &Scene, firsts: &[Recipe], tests: &mut Vec<DrawTest>) {
    let lighting = &scene.lighting;
    if !lighting.enabled {
        return;
    }
    let suns: Vec<_> = firsts.iter().map(|recipe| (recipe.index, recipe.lighting.sun)).collect();
    tests.extend(test_direction("lighting.sun", &lighting.sun, &suns));
    let share = |of: fn(&Recipe) -> bool| firsts.iter().map(of).collect::<Vec<_>>();
    tests.push(test_share("lighting.shadows", lighting.shadows, &share(|r| r.lighting.shadows)));
    tests.push(test_share("lighting.flash", lighting.flash, &share(|r| r.lighting.flash > 0.0)));
    let is_point = |lamp: &&LampDraw| lamp.cone >= 180.0;
    let count = |points: bool| -> Drawn {
        let of = |r: &Recipe| r.lighting.lamps.iter().filter(|lamp| is_point(lamp) == points).count() as f64;
        firsts.iter().map(|recipe| (recipe.index, of(recipe))).collect()
    };
    tests.push(test_count("lighting.points", &lighting.points, &count(true)));
    tests.push(test_count("lighting.spots", &lighting.spots, &count(false)));
    let lamps = |of: fn(&LampDraw) -> f32| -> Drawn {
        let each =
            |r: &'_ Recipe| r.lighting.lamps.iter().map(|lamp| (r.index, f64::from(of(lamp)))).collect::<Vec<_>>();
        firsts.iter().flat_map(each).collect()
    };
    for (field, scalar, drawn) in [
        ("lighting.lamp_intensity", &lighting.lamp_intensity, lamps(|lamp| lamp.intensity)),
        ("lighting.lamp_distance", &lighting.lamp_distance, lamps(|lamp| lamp.distance)),
        ("lighting.lamp_temperature", &lighting.lamp_temperature, lamps(|lamp| lamp.temperature)),
    ] {
        if !drawn.is_empty() {
            tests.push(test_scalar(field, scalar, &drawn));
        }
    }
}

fn camera(scene: &Scene, firsts: &[Recipe], tests: &mut Vec<DrawTest>) {
    let shots = &scene.camera.shots;
    if !scene.camera.enabled {
        return;
    }
    let labels: Vec<String> = (0..shots.len()).map(|shot| shot.to_string()).collect();
    for class in &scene.classes {
        let weights = labels.iter().map(String::as_str).zip(scene.camera.weights(&class.name));
        let declared: Vec<_> = weights.filter(|(_, weight)| *weight > 0.0).collect();
        let drawn: Vec<String> = of_class(firsts, class).map(|recipe| recipe.camera.shot.to_string()).collect();
        let drawn: Vec<&str> = drawn.iter().map(String::as_str).collect();
        tests.push(test_names(&format!("camera.shots of {}", class.name), &declared, &drawn));
    }
    for (number, shot) in shots.iter().enumerate() {
        let taken: Vec<(u64, &CameraDraw)> =
            firsts.iter().map(|r| (r.index, &r.camera)).filter(|(_, draw)| draw.shot as usize == number).collect();
        if taken.is_empty() {
            continue;
        }
        let field = format!("camera.shots[{number}]");
        let from: Vec<_> = taken.iter().map(|(index, draw)| (*index, draw.from)).collect();
        tests.extend(test_direction(&format!("{field}.from"), &shot.from, &from));
        let (Distance::Radii(scalar) | Distance::Fill(scalar)) = &shot.distance;
        let distances: Drawn = taken.iter().map(|(index, draw)| (*index, f64::from(draw.distance))).collect();
        tests.push(test_scalar(&format!("{field}.distance"), scalar, &distances));
    }
}

fn props(scene: &Scene, firsts: &[Recipe], tests: &mut Vec<DrawTest>) {
    if !scene.props.enabled {
        return;
    }
    // Bedding follows the grounds that the sky allows too.
    let people: Vec<bool> = firsts.iter().map(|r| r.props.person.is_some()).collect();
    tests.push(test_share("props.person", scene.props.person, &people));
    let bars = firsts.iter().map(|r| r.props.bars.before.is_some() || r.props.bars.behind.is_some());
    tests.push(test_share("props.bars", scene.props.bars, &bars.collect::<Vec<_>>()));
}

fn obstructors(scene: &Scene, catalog: &Catalog, firsts: &[Recipe], tests: &mut Vec<DrawTest>) {
    let obstructors = &scene.obstructors;
    if !obstructors.enabled {
        return;
    }
    let counts: Drawn = firsts.iter().map(|r| (r.index, r.obstructors.items.len() as f64)).collect();
    tests.push(test_count("obstructors.count", &obstructors.count, &counts));
    let items: Vec<(u64, &ObstructorDraw)> =
        firsts.iter().flat_map(|r| r.obstructors.items.iter().map(|item| (r.index, item))).collect();
    if items.is_empty() {
        return;
    }
    let shapes: Vec<&str> = items.iter().map(|(_, item)| item.shape.as_str()).collect();
    tests.push(test_names("obstructors.shape", &obstructors.shape.among(&catalog.shapes), &shapes));
    let sizes: Drawn = items.iter().flat_map(|(index, item)| item.size.map(|size| (*index, f64::from(size)))).collect();
    tests.push(test_scalar("obstructors.size", &obstructors.size, &sizes));
    let rotations: Vec<_> = items.iter().map(|(index, item)| (*index, item.rotation)).collect();
    tests.extend(test_rotation("obstructors.rotation", obstructors.rotation, &rotations));
    // `place` is direction times distance: what lies in the middle has no direction.
    let (mut distances, mut directions): (Drawn, Vec<_>) = (Vec::new(), Vec::new());
    for (index, item) in items {
        let distance = item.place.iter().map(|x| x * x).sum::<f32>().sqrt();
        distances.push((index, f64::from(distance)));
        if distance > 0.0 {
            directions.push((index, item.place.map(|x| x / distance)));
        }
    }
    tests.extend(test_direction("obstructors.direction", &obstructors.direction, &directions));
    tests.push(test_near("obstructors.distance", &obstructors.distance, &distances, LENGTH_ERROR));
}
