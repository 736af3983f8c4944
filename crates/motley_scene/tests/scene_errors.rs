//! Malformed scenes: each fault with its place, its path and what to write instead; all faults at once; nothing crashes.

use motley_scene::{
    scene::{Scene, check_name},
    source::Fault,
};

fn faults(text: &str) -> Vec<Fault> {
    let found = Scene::parse(text).1.into_sorted();
    assert!(!found.is_empty(), "the scene is malformed: {text}");
    found
}

/// A scene whose only line between the classes and the end is `line`, which is its line 3.
fn with(line: &str) -> String {
    format!("(\n    classes: [(name: \"cat\"), (name: \"dog\")],\n    {line}\n)\n")
}

/// One fault of a whole scene: the text with a § where the fault is, its path, words of the message.
type Case<'a> = (&'a str, &'a str, &'a [&'a str]);

fn check(cases: &[Case<'_>]) {
    for (marked, path, words) in cases {
        let (before, after) = marked.split_once('§').unwrap_or_else(|| panic!("no § in {marked}"));
        let line = before.split('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let text = format!("{before}{after}");
        let found = faults(&text);
        let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 1, "one fault expected in\n{text}\nfound {shown:#?}");
        let fault = &found[0];
        assert_eq!((fault.line, fault.column, fault.path.as_str()), (line, column, *path), "{shown:#?} in\n{text}");
        for word in *words {
            assert!(fault.message.contains(word), "{word:?} is not in {shown:#?}\n{text}");
        }
    }
}

#[test]
fn fields() {
    let cases: [(&str, &str, &[&str]); 30] = [
        ("§lightning: (enabled: true),", "lightning", &["no such field", "did you mean `lighting`?"]),
        ("§weather: (rain: 1.0),", "weather", &["no such field", "known here", "obstructors"]),
        ("camera: (§fow: 40.0),", "camera.fow", &["did you mean `fov`?"]),
        (
            "camera: (shots: [(aim: Body, §distanse: Radii(3.0))]),",
            "camera.shots[0].distanse",
            &["did you mean `distance`?"],
        ),
        ("camera: (enabled: §yes),", "camera.enabled", &["`yes`", "true or false"]),
        ("camera: (fov: §\"wide\"),", "camera.fov", &["\"wide\"", "a number or a distribution"]),
        ("camera: §[1, 2],", "camera", &["`[1, 2]`", "fields in round brackets"]),
        ("camera: §5,", "camera", &["`5`", "fields in round brackets"]),
        ("output: (size: §256.5),", "output.size", &["`256.5`", "whole number"]),
        ("output: (count: §-1),", "output.count", &["`-1`", "not negative"]),
        ("output: (size: §8),", "output.size", &["8 is outside 16 to 2048 px", "write 16"]),
        ("output: (size: §4096),", "output.size", &["4096 is outside", "write 2048"]),
        ("name: §cats,", "name", &["`cats`", "a text in quotes"]),
        ("classes: §[(name: \"a\")],", "classes", &["is given twice; remove one"]),
        ("version: §2,", "version", &["2 is outside what is possible, which is 1 alone", "write 1"]),
        ("min_visible: §1.5,", "min_visible", &["1.5 is outside 0 to 1"]),
        ("max_tries: §0,", "max_tries", &["0 is outside 1 to 1000"]),
        ("output: (formats: [§Foldr]),", "output.formats[0]", &["`Foldr`", "did you mean Folder?"]),
        ("output: (formats: §[]),", "output.formats", &["empty", "[Folder]"]),
        ("output: (labels: [Box, §Boxs]),", "output.labels[1]", &["`Boxs`", "did you mean Box?"]),
        ("output: (image: Jpeg(§0)),", "output.image", &["0 is outside 1 to 100"]),
        ("output: (image: §Gif),", "output.image", &["`Gif`", "Jpeg(90) or Png"]),
        ("camera: (shots: [(aim: §Hed)]),", "camera.shots[0].aim", &["`Hed`", "Body or Head"]),
        ("camera: (shots: §[]),", "camera.shots", &["no shot has a weight above 0", "(weight: 1.0)"]),
        ("camera: (shots: §[(weight: 0.0), (weight: 0.0)]),", "camera.shots", &["no shot has a weight above 0"]),
        (
            "camera: (shots: [(distance: §Meters(3.0))]),",
            "camera.shots[0].distance",
            &["`Meters(3.0)`", "Radii", "Fill"],
        ),
        ("lighting: (sun: §North),", "lighting.sun", &["`North`", "UpperHemisphere"]),
        ("obstructors: (rotation: §Random),", "obstructors.rotation", &["`Random`", "Any"]),
        ("packs: §\"mine\",", "packs", &["`\"mine\"`", "square brackets"]),
        ("custom: §[1],", "custom", &["`[1]`", "curly brackets"]),
    ];
    for (line, path, words) in cases {
        check(&[(&with(line), path, words)]);
    }
}

#[test]
fn distributions() {
    let cases: [(&str, &str, &[&str]); 23] = [
        ("Uniform§(min: 60, max: 30)", "", &["the range is empty", "min 60 is above max 30", "swap"]),
        ("Uniform§(min: 30)", "", &["`max` is missing", "add `max: …`"]),
        ("Uniform§(30, 60)", "", &["`(30, 60)`", "(name: value)"]),
        ("Uniform(min: 30, max: §600)", ".max", &["600 is outside 5 to 120 degrees", "write 120"]),
        ("Uniform(min: 30, max: 60, §mean: 40)", ".mean", &["no such field"]),
        ("§Uniform", "", &["`Uniform` needs its numbers in brackets"]),
        ("§Unifrom(min: 30, max: 60)", "", &["no distribution `Unifrom`", "did you mean `Uniform`?"]),
        ("§Poisson(mean: 3)", "", &["no distribution `Poisson`", "TruncatedNormal"]),
        ("LogUniform(min: §0, max: 60)", ".min", &["0 is outside 5 to 120 degrees"]),
        (
            "Normal§(mean: 40, sd: 5)",
            "",
            &["Normal has no bounds", "write TruncatedNormal(mean: 40, sd: 5, min: 25, max: 55)"],
        ),
        ("TruncatedNormal(mean: 40, sd: §-5, min: 30, max: 60)", ".sd", &["-5 is outside 0 and above"]),
        ("TruncatedNormal§(mean: 500, sd: 5, min: 30, max: 60)", "", &["mean 500", "move the mean inside"]),
        ("TruncatedNormal§(mean: 40, sd: 5, min: 60, max: 30)", "", &["the range is empty"]),
        ("Choice(§[])", "", &["the weights sum to zero"]),
        ("Choice(§[(value: 30, weight: 0), (value: 40, weight: 0.0)])", "", &["the weights sum to zero", "above 0"]),
        ("Choice([(value: 30, weight: §-1)])", "[0].weight", &["-1 is outside 0 to 1000000"]),
        ("Choice([§(weight: 1)])", "[0]", &["`value` is missing"]),
        ("Sequence(§[])", "", &["the list is empty"]),
        ("Sequence([30, §\"forty\"])", "[1]", &["`\"forty\"`", "a number"]),
        ("§inf", "", &["finite number"]),
        ("§NaN", "", &["finite number"]),
        ("§1e99", "", &["finite number"]),
        ("§4", "", &["4 is outside 5 to 120 degrees", "write 5"]),
    ];
    for (value, path, words) in cases {
        check(&[(&with(&format!("camera: (fov: {value}),")), &format!("camera.fov{path}"), words)]);
    }
    check(&[
        (
            &with("materials: (tiling: LogUniform(min: §0, max: 2)),"),
            "materials.tiling.min",
            &["0 is outside 0.01 to 100"],
        ),
        (
            &with("sky: (brightness: LogUniform§(min: 0, max: 2)),"),
            "sky.brightness",
            &["LogUniform needs min above 0, found 0", "small positive number"],
        ),
    ]);
    // Each item of the list is at fault.
    let plain = faults(&with("camera: (fov: Choice([30, 40])),"));
    assert_eq!(plain.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["camera.fov[0]", "camera.fov[1]"]);
}

#[test]
fn classes() {
    let long = format!("(classes: [(name: §\"{}\")])", "c".repeat(101));
    check(&[
        (
            "(classes: [(name: §\"../cat\")])",
            "classes[0].name",
            &["\"../cat\" cannot name a folder", "write a plain word"],
        ),
        ("(classes: [(name: §\".\")])", "classes[0].name", &["\".\" cannot name a folder"]),
        ("(classes: [(name: §\"cat/dog\")])", "classes[0].name", &["characters other than letters"]),
        ("(classes: [(name: \"cat\"), (name: §\"Con\")])", "classes[1].name", &["reserved on some systems"]),
        (
            "(classes: [(name: \"cat\"), (name: \"dog\"), (name: §\"cat\")])",
            "classes[2].name",
            &["\"cat\" is there twice", "rename or remove one"],
        ),
        ("(classes: [(name: \"cat\"), (name: §\"Cat\")])", "classes[1].name", &["\"Cat\" is there twice"]),
        ("(classes: [(name: §\"\")])", "classes[0].name", &["the name is empty"]),
        (&long, "classes[0].name", &["longer than 100 bytes"]),
        ("§()", "classes", &["there is no class", "add one", "(name: \"cat\")"]),
        ("(classes: §[])", "classes", &["there is no class"]),
        ("(classes: [§()])", "classes[0].name", &["the name is empty"]),
        ("(classes: §[(name: \"a\", weight: 0)])", "classes", &["weights sum to zero"]),
        ("(classes: [(name: \"a\", height: §(min: 2, max: 1))])", "classes[0].height", &["range is empty"]),
        ("(classes: [(name: \"a\", breeds: §Sme([\"x\"]))])", "classes[0].breeds", &["`Sme([\"x\"])`", "Only"]),
        ("(classes: [(name: \"a\", breeds: Weighted(§{\"x\": 0.0}))])", "classes[0].breeds", &["sum to zero"]),
        ("(classes: [(name: \"a\", source: §Pack)])", "classes[0].source", &["`Pack`", "Auto, Zoo, Packs or Both"]),
        ("(classes: [§\"cat\"])", "classes[0]", &["`\"cat\"`", "(name: value)"]),
        ("(classes: §{\"cat\": ()})", "classes", &["a list in square brackets"]),
    ]);
    for name in [
        "../x",
        "a/b",
        "a\\b",
        "..",
        "/etc",
        "-rf",
        "nul.txt",
        "a\0b",
        "a\nb",
        "COM1",
        " cat",
        "cat ",
        "Yolo.txt",
        "shard-000000.tar",
    ] {
        assert!(check_name(name).is_err(), "{name:?}");
    }
    for name in ["cat", "Katze", "猫", "mug 2", "a-b_c.d"] {
        assert!(check_name(name).is_ok(), "{name:?}");
    }
}

#[test]
fn not_ron() {
    check(&[
        ("§", "", &["the file is empty", "(classes:"]),
        ("§  \n\n// nothing\n", "", &["the file is empty"]),
        ("(\n    classes: [(name: \"cat\")]\n    §name: \"x\",\n)", "", &["not RON", "comma"]),
        ("// a comment\n(classes: [(name: \"cat\"§)", "", &["not RON", "Check the brackets"]),
        ("(classes: [(name: §\"cat)])", "", &["not RON", "quotes"]),
    ]);
    for text in [
        "classes: []",
        "[1, 2]",
        "5",
        "\"text\"",
        "null",
        "---\nclasses: []",
        "{}",
        "(classes: [(name: \"cat\")]) trailing",
    ] {
        let found = faults(text);
        assert!(!found.is_empty() && found[0].line == 1, "{text:?}: {found:?}");
    }
}

/// A fault has a place even when the text holds characters of several bytes.
#[test]
fn columns_count_characters() {
    check(&[("(name: \"Größe 猫\", /* ö */ §wetter: 1, classes: [(name: \"cat\")])", "wetter", &["no such field"])]);
}

#[test]
fn hostile_texts_are_refused_without_harm() {
    let deep = 1 << 19;
    let nested = [
        format!("(custom: {{\"x\": {}{}}}, classes: [(name: \"a\")])", "[".repeat(deep), "]".repeat(deep)),
        "(".repeat(2 * deep),
        "[".repeat(2 * deep),
        "Some(".repeat(deep),
        "{".repeat(2 * deep),
        "(a:".repeat(deep),
        "/*".repeat(deep),
        "\"".repeat(2 * deep + 1),
        "\\".repeat(2 * deep),
        format!("(name: {})", "-".repeat(deep)),
        format!("(name: r{}\"", "#".repeat(deep)),
        format!("({}: 1)", "x".repeat(deep)),
        "\0".repeat(1000),
        "\u{202e}\u{feff}\u{0}".repeat(1000),
        String::from_utf8_lossy(&(0..=255_u8).cycle().take(10_000).collect::<Vec<_>>()).into_owned(),
    ];
    for text in nested {
        let found = faults(&text);
        for fault in found {
            let shown = fault.to_string();
            assert!(
                shown.len() < 5000,
                "a message of {} bytes: {}…",
                shown.len(),
                shown.chars().take(200).collect::<String>()
            );
        }
    }
}

/// A hundred thousand faults are found in the time that a reader waits.
#[test]
fn many_faults_are_found_quickly() {
    let start = std::time::Instant::now();
    let found = faults(&format!("(classes: [(name: \"a\")], packs: [\n{}])", "1,\n".repeat(100_000)));
    assert_eq!(found.len(), 100_000);
    assert_eq!((found[99_999].line, found[99_999].column), (100_001, 1));
    let unknown: String = (0..5_000).map(|i| format!("x{i}: 1, ")).collect();
    assert_eq!(faults(&format!("(classes: [(name: \"a\")], {unknown})")).len(), 5_000);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn all_faults_are_reported_at_once_in_order() {
    let text = r#"(
    name: 5,
    classes: [
        (name: "cat", weigth: 2.0),
        (name: "../dog"),
        (name: "cat"),
    ],
    output: (size: 5, formats: []),
    camera: (
        fov: Uniform(min: 60.0, max: 30.0),
        roll: Unifrm(min: 0, max: 1),
        shots: [(weight: 0.0)],
    ),
    lightning: (),
)"#;
    let found: Vec<_> = faults(text).into_iter().map(|f| (f.line, f.path)).collect();
    let expected = [
        (2, "name"),
        (4, "classes[0].weigth"),
        (5, "classes[1].name"),
        (6, "classes[2].name"),
        (8, "output.size"),
        (8, "output.formats"),
        (10, "camera.fov"),
        (11, "camera.roll"),
        (12, "camera.shots"),
        (14, "lightning"),
    ];
    assert_eq!(found, expected.map(|(line, path)| (line, path.to_owned())));
}

/// What follows from a fault is not reported as a further one.
#[test]
fn a_fault_is_reported_once() {
    for text in [
        "(classes: 5)",
        "(classes: [5])",
        "(classes: [(name: 5)])",
        "(classes: [(name: \"a\", height: (min: -1, max: 1))])",
    ] {
        assert_eq!(faults(text).len(), 1, "{text}: {:?}", faults(text));
    }
}

/// Several names of one list are at fault: each is told.
#[test]
fn names_are_checked_against_what_there_is() {
    let text = "(classes: [(name: \"cat\")],\n materials: (ground: Only([\"brik\", \"gold\"])), sky: (name: Except([\"day\"])))";
    let (scene, mut found) = Scene::parse(text);
    let scene = scene.unwrap();
    let catalog = motley_scene::catalog::Catalog {
        materials: vec!["brick".to_owned()],
        skies: vec!["day".to_owned()],
        shapes: vec!["box".to_owned()],
        ..Default::default()
    };
    scene.check_names(&catalog, &mut found);
    let shown: Vec<_> = found.into_sorted().iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 3, "{shown:#?}");
    assert!(
        shown[0].starts_with("2:22: materials.ground: nothing is called \"brik\"; did you mean \"brick\"?"),
        "{shown:#?}"
    );
    assert!(shown[1].contains("\"gold\"; there are brick"), "{shown:#?}");
    // That nothing is left of the misspelt ones is no further fault.
    assert!(shown[2].contains("sky.name: nothing is left to draw from"), "{shown:#?}");
}

#[test]
fn a_fault_shows_as_compilers_print_it() {
    let fault = &faults("(classes: [(name: \"cat\")],\n max_tries: 0)")[0];
    assert_eq!(fault.to_string(), "2:13: max_tries: 0 is outside 1 to 1000; write 1 or a value between");
}
