//! A scene that is written reads back equal, with its comments, and its hash tells pictures apart.

use motley_scene::{
    distribution::{Direction, Names, Rotation, Scalar},
    params::camera::{Aim, Distance, Shot},
    scene::{Class, Custom, Format, Height, ImageForm, LabelKind, Scene, Source},
};

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// A scene that uses every kind of value.
fn varied() -> Scene {
    let mut scene = Scene {
        name: "quotes \" and \\ and 猫\n".to_owned(),
        packs: names(&["../mine", "a \"b\""]),
        ..Scene::default()
    };
    scene.classes = vec![
        Class {
            name: "cat".to_owned(),
            weight: 0.1,
            source: Source::Both,
            breeds: Names::Only(names(&["tabby", "siamese"])),
            skies: Names::Only(names(&["garden_*"])),
            height: Some(Height { min: 0.2, max: 0.3 }),
        },
        Class {
            name: "dog".to_owned(),
            breeds: Names::Weighted(vec![("pug".to_owned(), 2.5)]),
            source: Source::Zoo,
            ..Class::default()
        },
    ];
    scene.output.seed = u64::MAX;
    scene.output.size = 64;
    scene.output.image = ImageForm::Png;
    scene.output.formats = Format::ALL.to_vec();
    scene.output.labels = LabelKind::ALL.to_vec();
    scene.sky.name = Names::Except(names(&["night"]));
    scene.sky.brightness = Scalar::LogUniform { min: 0.001, max: 10.0 };
    scene.sky.yaw = Scalar::Sequence(vec![0.1, -0.2, 1.0 / 3.0]);
    scene.placement.x = Scalar::TruncatedNormal { mean: -0.0, sd: 1e-7, min: -1.0, max: 1.0 };
    scene.materials.tiling = Scalar::Choice(vec![(0.5, 1.0), (2.0, 3.5)]);
    scene.lighting.sun = Direction::Angles { azimuth: Scalar::uniform(-30.0, 30.0), elevation: Scalar::Constant(45.0) };
    scene.obstructors.rotation = Rotation::Upright;
    scene.obstructors.direction = Direction::Sphere;
    scene.camera.shots = vec![
        Shot::default(),
        Shot { aim: Aim::Head, distance: Distance::Fill(Scalar::uniform(0.5, 1.2)), ..Shot::default() },
    ];
    scene.custom = Custom([("fog".to_owned(), "(density: 0.1, kinds: [Thick, Thin])".to_owned())].into());
    scene
}

fn parse(text: &str) -> Scene {
    let (scene, faults) = Scene::parse(text);
    assert!(faults.is_empty(), "{:#?}\n{text}", faults.into_sorted());
    scene.unwrap()
}

#[test]
fn a_written_scene_reads_back_equal() {
    let plain = Scene { classes: vec![Class { name: "cat".to_owned(), ..Class::default() }], ..Scene::default() };
    for scene in [plain, varied()] {
        let text = scene.to_ron();
        assert_eq!(parse(&text), scene, "{text}");
        assert_eq!(parse(&text).to_ron(), text);
    }
}

#[test]
fn every_field_is_written_under_its_comment() {
    let text = varied().to_ron();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let uncommented: Vec<_> = lines
        .windows(2)
        .filter(|pair| {
            let name = pair[1].split(':').next().unwrap_or_default();
            pair[1].contains(": ")
                && !pair[1].starts_with("//")
                && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        })
        .filter(|pair| !pair[0].starts_with("//"))
        .collect();
    assert!(uncommented.is_empty(), "{uncommented:#?}");
    assert!(lines.iter().filter(|line| line.starts_with("//")).count() > 60);
}

#[test]
fn comments_and_spare_commas_are_read_anywhere() {
    let scene = parse(
        "// head\n/* a /* nested */ block */ (\n  /* before */ classes: [ // one\n (name: \"cat\" /* after */,), ], // end\n\
         camera: (fov: /* wide */ Uniform( // low\n min: 30, /* high */ max: 60,),),\n) // tail",
    );
    assert_eq!((scene.classes[0].name.as_str(), scene.camera.fov), ("cat", Scalar::uniform(30.0, 60.0)));
}

/// The last field of a bracket may have a comment and no comma.
#[test]
fn comments_after_any_value_are_read() {
    let scene = parse(
        "(camera: (roll: 5 // deg\n), obstructors: (rotation: Upright /* turn */), sky: (name: Only([\"//\", \"/*\"]) // two\n),\
         output: (image: Jpeg(80 // q\n) // jpeg\n), name: r#\"a // \"b\"\"# // raw\n, classes: [(name: \"a\", breeds: All // x\n)])",
    );
    assert_eq!(scene.camera.roll, Scalar::Constant(5.0));
    assert_eq!(scene.obstructors.rotation, Rotation::Upright);
    assert_eq!(scene.sky.name, Names::Only(names(&["//", "/*"])));
    assert_eq!(scene.output.image, ImageForm::Jpeg(80));
    assert_eq!(scene.name, "a // \"b\"");
    assert_eq!(scene.classes[0].breeds, Names::All);
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    assert_eq!(parse("\u{feff}(classes: [(name: \"cat\")])").classes.len(), 1);
}

#[test]
fn the_hash_changes_with_what_is_drawn_and_with_nothing_else() {
    let scene = varied();
    let mut same = scene.clone();
    same.name = "another".to_owned();
    same.output.count += 1;
    same.output.seed = 3;
    same.output.formats.truncate(1);
    assert_eq!(scene.hash(), same.hash());
    assert_eq!(parse(&format!("// more words\n{}", scene.to_ron())).hash(), scene.hash());
    let change: [fn(&mut Scene); 6] = [
        |s| s.output.size = 65,
        |s| s.camera.enabled = false,
        |s| s.sky.brightness = Scalar::Constant(1.0),
        |s| s.classes.truncate(1),
        |s| s.min_visible = 0.31,
        |s| s.custom.0.clear(),
    ];
    let mut hashes = vec![scene.hash()];
    for change in change {
        let mut other = scene.clone();
        change(&mut other);
        hashes.push(other.hash());
    }
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 7);
}

/// The scenes that come with the program.
#[test]
fn shipped_scenes_are_right() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "ron") {
            let scene = parse(&std::fs::read_to_string(&path).unwrap());
            assert_eq!(parse(&scene.to_ron()), scene, "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 0);
}
