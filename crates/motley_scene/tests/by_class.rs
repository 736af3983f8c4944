//! What suits one class only: skies and shots; and names that stand for many.

use std::collections::BTreeSet;

use motley_scene::{
    catalog::{Catalog, CatalogBreed, CatalogClass},
    distribution::Names,
    recipe::draw,
    scene::Scene,
    source::Faults,
};

const SCENE: &str = r#"(
    classes: [
        (name: "cat", skies: Except(["lane_*"])),
        (name: "car", skies: Weighted({"lane_*": 2.0, "yard_1": 1.0})),
    ],
    camera: (shots: [
        (classes: Only(["cat"]), weight: 1.0),
        (classes: Only(["car"]), weight: 1.0, height: 1.6, noise: 0.1),
        (classes: Only(["c*"]), weight: 1.0),
    ]),
)"#;

fn catalog() -> Catalog {
    let breed = CatalogBreed { name: "one".to_owned(), weight: 1.0, grown: true };
    let class = |name: &str| CatalogClass { name: name.to_owned(), breeds: vec![breed.clone()], clips: Vec::new() };
    let skies = ["lane_1", "lane_2", "room_1", "yard_1"].map(str::to_owned).to_vec();
    Catalog {
        classes: vec![class("cat"), class("car")],
        materials: vec!["brick".to_owned()],
        shapes: vec!["box".to_owned()],
        clips: Vec::new(),
        skies,
        ..Catalog::default()
    }
}

fn scene(text: &str) -> Scene {
    let (scene, faults) = Scene::parse(text);
    assert!(faults.is_empty(), "{:?}", faults.into_sorted());
    scene.expect("a scene")
}

/// All faults of a scene's names, as one text.
fn faults(text: &str) -> String {
    let (scene, _) = Scene::parse(text);
    let mut found = Faults::new(text);
    scene.expect("a scene").check_names(&catalog(), &mut found);
    found.into_sorted().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn skies_and_shots_follow_the_class() {
    let (scene, catalog) = (scene(SCENE), catalog());
    let mut seen = BTreeSet::new();
    for index in 0..400 {
        let recipe = draw(&scene, &catalog, 3, index, 0);
        assert_eq!(recipe.camera.height, (recipe.camera.shot == 1).then_some(1.6));
        assert_eq!(recipe.camera.noise, (recipe.camera.shot == 1).then_some(0.1));
        seen.insert((recipe.subject.class.clone(), recipe.sky.name.clone(), recipe.camera.shot));
    }
    let skies = |class: &str| -> Vec<&str> {
        let of_class: BTreeSet<&str> =
            seen.iter().filter(|(of, ..)| of == class).map(|(_, sky, _)| sky.as_str()).collect();
        of_class.into_iter().collect()
    };
    assert_eq!((skies("cat"), skies("car")), (vec!["room_1", "yard_1"], vec!["lane_1", "lane_2", "yard_1"]));
    let shots =
        |class: &str| -> BTreeSet<u32> { seen.iter().filter(|(of, ..)| of == class).map(|(.., shot)| *shot).collect() };
    assert_eq!((shots("cat"), shots("car")), (BTreeSet::from([0, 2]), BTreeSet::from([1, 2])));
}

#[test]
fn a_beginning_stands_for_all_that_have_it() {
    let known = ["lane_1", "lane_2", "yard_1"].map(str::to_owned).to_vec();
    let among = |names: Names| names.among(&known).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let lanes = || vec!["lane_*".to_owned()];
    assert_eq!(among(Names::Only(lanes())), ["lane_1", "lane_2"]);
    assert_eq!(among(Names::Except(lanes())), ["yard_1"]);
    assert_eq!(Names::Weighted(vec![("lane_*".to_owned(), 2.0)]).among(&known), [("lane_1", 2.0), ("lane_2", 2.0)]);
}

#[test]
fn what_leaves_a_class_nothing_is_a_fault() {
    assert_eq!(faults(SCENE), "");
    assert!(faults(&SCENE.replace("\"yard_1\"", "\"yrad_*\"")).contains("yrad_*"));
    let nothing = SCENE.replace("    camera", "    sky: (name: Only([\"room_1\"])),\n    camera");
    assert!(faults(&nothing).contains("sky.name allows none of these"), "{}", faults(&nothing));
    let only_cars = SCENE.replace("Only([\"cat\"])", "Only([\"car\"])").replace("Only([\"c*\"])", "Only([\"car\"])");
    assert!(faults(&only_cars).contains("no shot is for \"cat\""), "{}", faults(&only_cars));
    assert!(faults(&SCENE.replace("Only([\"car\"])", "Only([\"cow\"])")).contains("cow"));
}
