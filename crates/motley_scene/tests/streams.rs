//! Each parameter has a stream of its own: switching one off, or changing its distributions, changes no other draw.

use motley_scene::{
    catalog::{Catalog, CatalogBreed, CatalogClass},
    distribution::Scalar,
    params::obstructors::SHAPES,
    recipe::{PARAMETERS, Recipe, draw},
    scene::{Class, Scene},
    stream::stream,
};
use rand::RngExt;

const FRAMES: u64 = 60;

fn class(name: &str, weight: f32) -> Class {
    Class { name: name.to_owned(), weight, ..Class::default() }
}

fn catalog(classes: &[Class]) -> Catalog {
    let names = |prefix: &str, n: usize| (0..n).map(|i| format!("{prefix}{i}")).collect();
    let breed = |i: usize| CatalogBreed { name: format!("breed{i}"), weight: 1.0 + i as f32, grown: i != 1 };
    Catalog {
        classes: classes
            .iter()
            .map(|class| CatalogClass {
                name: class.name.clone(),
                breeds: (0..3).map(breed).collect(),
                clips: Vec::new(),
            })
            .collect(),
        materials: names("material", 12),
        skies: names("sky", 6),
        grounds: [("sky1".to_owned(), vec!["material3".to_owned(), "material4".to_owned()])].into(),
        shapes: SHAPES.map(str::to_owned).to_vec(),
        clips: Vec::new(),
    }
}

#[test]
fn the_ground_fits_the_sky_where_that_is_asked_for_and_nothing_else_changes() {
    let (mut scene, catalog) = scene(&[1.0]);
    let mut fitting = 0;
    for index in 0..FRAMES {
        scene.materials.ground_fits_sky = false;
        let any = draw(&scene, &catalog, 5, index, 0);
        scene.materials.ground_fits_sky = true;
        let mut fits = draw(&scene, &catalog, 5, index, 0);
        if fits.sky.name == "sky1" {
            assert!(["material3", "material4"].contains(&fits.materials.ground.name.as_str()), "{index}");
            fitting += 1;
            fits.materials.ground.name.clone_from(&any.materials.ground.name);
        }
        assert_eq!(any, fits, "{index}");
    }
    assert!(fitting > 3, "{fitting}");
}

/// A scene in which everything varies.
fn scene(weights: &[f32]) -> (Scene, Catalog) {
    let classes: Vec<_> = weights.iter().enumerate().map(|(i, weight)| class(&format!("class{i}"), *weight)).collect();
    let catalog = catalog(&classes);
    let mut scene = Scene { classes, ..Scene::default() };
    for name in PARAMETERS {
        assert!(scene.set_enabled(name, true), "{name}");
    }
    scene.lighting.points = Scalar::uniform(0.0, 4.0);
    scene.lighting.spots = Scalar::uniform(0.0, 4.0);
    scene.lighting.flash = 0.3;
    scene.lighting.shadows = 0.5;
    (scene, catalog)
}

/// The draw of one parameter.
fn part(recipe: &Recipe, name: &str) -> serde_json::Value {
    serde_json::to_value(recipe).unwrap().get(name).unwrap_or_else(|| panic!("no {name}")).clone()
}

#[test]
fn there_are_eleven_parameters_each_with_its_field() {
    let (mut scene, catalog) = scene(&[1.0, 1.0]);
    assert_eq!(PARAMETERS.len(), 11);
    let recipe = draw(&scene, &catalog, 1, 2, 0);
    for name in PARAMETERS {
        part(&recipe, name);
    }
    assert!(!scene.set_enabled("weather", true));
}

#[test]
fn switching_any_two_off_leaves_all_others_as_they_were() {
    for weights in [&[1.0, 1.0, 1.0][..], &[3.0, 1.0]] {
        let (full, catalog) = scene(weights);
        let recipes = |scene: &Scene| -> Vec<Recipe> { (0..FRAMES).map(|i| draw(scene, &catalog, 9, i, 0)).collect() };
        let before = recipes(&full);
        for first in PARAMETERS {
            for second in PARAMETERS {
                let mut scene = full.clone();
                scene.set_enabled(first, false);
                scene.set_enabled(second, false);
                let after = recipes(&scene);
                for name in PARAMETERS.iter().filter(|name| *name != first && *name != second) {
                    for (a, b) in before.iter().zip(&after) {
                        assert_eq!(
                            part(a, name),
                            part(b, name),
                            "{name} with {first} and {second} off, frame {}",
                            a.index
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn switching_off_makes_fixed_and_keeps_the_class() {
    let (full, catalog) = scene(&[2.0, 1.0]);
    for name in PARAMETERS {
        let mut scene = full.clone();
        scene.set_enabled(name, false);
        let drawn: Vec<_> = (0..FRAMES).map(|i| draw(&scene, &catalog, 9, i, 0)).collect();
        if *name == "subject" {
            for recipe in &drawn {
                assert_eq!(recipe.subject.class, draw(&full, &catalog, 9, recipe.index, 0).subject.class);
                assert_eq!((recipe.subject.breed.as_str(), recipe.subject.individual), ("breed0", 0));
            }
        } else {
            assert!(drawn.iter().all(|recipe| part(recipe, name) == part(&drawn[0], name)), "{name} off still varies");
        }
        let varied: Vec<_> = (0..FRAMES).map(|i| part(&draw(&full, &catalog, 9, i, 0), name)).collect();
        assert!(varied.iter().any(|draw| *draw != varied[0]), "{name} on does not vary");
    }
}

#[test]
fn another_distribution_of_one_parameter_changes_no_other() {
    let (before, catalog) = scene(&[1.0, 1.0]);
    let mut after = before.clone();
    after.obstructors.count = Scalar::Constant(40.0);
    after.lighting.points = Scalar::Constant(0.0);
    for index in 0..FRAMES {
        let (a, b) = (draw(&before, &catalog, 3, index, 0), draw(&after, &catalog, 3, index, 0));
        for name in PARAMETERS.iter().filter(|name| !["obstructors", "lighting"].contains(name)) {
            assert_eq!(part(&a, name), part(&b, name));
        }
        // Within lighting, what is drawn before the lamps stays too.
        assert_eq!((a.lighting.sun, a.lighting.temperature), (b.lighting.sun, b.lighting.temperature));
    }
}

#[test]
fn a_further_try_draws_obstructors_and_camera_only() {
    let (scene, catalog) = scene(&[1.0, 1.0]);
    for index in 0..FRAMES {
        let (a, b) = (draw(&scene, &catalog, 3, index, 0), draw(&scene, &catalog, 3, index, 1));
        for name in PARAMETERS {
            let redrawn = ["obstructors", "camera"].contains(name);
            assert!(redrawn || part(&a, name) == part(&b, name), "{name}");
        }
        assert_ne!(a.camera, b.camera);
        assert_eq!((a.attempt, b.attempt), (0, 1));
    }
}

#[test]
fn a_draw_is_a_pure_function_of_seed_and_index() {
    let (scene, catalog) = scene(&[1.0, 1.0]);
    let forwards: Vec<_> = (0..FRAMES).map(|i| draw(&scene, &catalog, 5, i, 0)).collect();
    let backwards: Vec<_> = (0..FRAMES).rev().map(|i| draw(&scene, &catalog, 5, i, 0)).collect();
    assert!(forwards.iter().eq(backwards.iter().rev()));
    for recipe in &forwards {
        let other = draw(&scene, &catalog, 6, recipe.index, 0);
        assert_ne!(recipe.camera, other.camera, "another seed draws another camera");
    }
    let far = draw(&scene, &catalog, u64::MAX, u64::MAX, u32::MAX);
    assert_eq!(far.index, u64::MAX);
}

#[test]
fn a_recipe_reads_back_equal() {
    let (scene, catalog) = scene(&[1.0, 1.0]);
    for index in 0..50 {
        let recipe = draw(&scene, &catalog, 5, index, 2);
        let text = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<Recipe>(&text).unwrap(), recipe);
    }
}

#[test]
fn streams_of_different_keys_do_not_correlate() {
    let pairs = [
        ((1, 0, "camera", 0), (1, 1, "camera", 0)),
        ((1, 0, "camera", 0), (2, 0, "camera", 0)),
        ((1, 0, "camera", 0), (0, 1, "camera", 0)),
        ((1, 0, "camera", 0), (1, 0, "sky", 0)),
        ((1, 0, "camera", 0), (1, 0, "camera", 1)),
    ];
    for (a, b) in pairs {
        let (mut a, mut b) = (stream(a.0, a.1, a.2, a.3), stream(b.0, b.1, b.2, b.3));
        let n = 10_000;
        let sum: f64 = (0..n).map(|_| (a.random::<f64>() - 0.5) * (b.random::<f64>() - 0.5) * 12.0).sum();
        let correlation = sum / f64::from(n);
        assert!(correlation.abs() < 0.04, "{correlation}");
    }
}

#[test]
fn equal_weights_balance_every_block_exactly() {
    for count in [1_usize, 2, 3, 5] {
        let (scene, catalog) = scene(&vec![0.7; count]);
        let drawn: Vec<_> = (0..40 * count as u64).map(|i| draw(&scene, &catalog, 4, i, 0).subject.class).collect();
        let mut orders = std::collections::BTreeSet::new();
        for block in drawn.chunks(count) {
            let mut sorted = block.to_vec();
            sorted.sort();
            sorted.dedup();
            assert_eq!(sorted.len(), count, "a block without one of the classes: {block:?}");
            orders.insert(block.to_vec());
        }
        assert!(count == 1 || orders.len() > 1, "the classes always come in the same order");
    }
}

#[test]
fn unequal_weights_are_kept() {
    let (scene, catalog) = scene(&[3.0, 1.0, 0.0]);
    let n = 8000;
    let drawn: Vec<_> = (0..n).map(|i| draw(&scene, &catalog, 4, i, 0).subject.class).collect();
    let share = |name: &str| drawn.iter().filter(|class| *class == name).count() as f64 / n as f64;
    assert!((share("class0") - 0.75).abs() < 0.017, "{}", share("class0"));
    assert_eq!(share("class2"), 0.0);
}
