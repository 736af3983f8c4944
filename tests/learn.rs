//! Learning through the program: from the stream, from folders, and what goes wrong.

mod common;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use common::{can_draw, fail, stderr, succeed};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A model without textures: positions, which are its normals too where they have unit length, and triangles.
fn glb(positions: &[[f32; 3]], normals: &[[f32; 3]], indices: &[u16], colour: [f32; 3]) -> Vec<u8> {
    let mut bin: Vec<u8> = positions.iter().chain(normals).flatten().flat_map(|value| value.to_le_bytes()).collect();
    bin.extend(indices.iter().flat_map(|index| index.to_le_bytes()));
    bin.resize(bin.len().next_multiple_of(4), 0);
    let vectors = 12 * positions.len();
    let bound = |pick: fn(f32, f32) -> f32| -> Vec<f32> {
        (0..3).map(|axis| positions.iter().map(|p| p[axis]).reduce(pick).expect("a position")).collect()
    };
    let json = json!({
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {
            "baseColorFactor": [colour[0], colour[1], colour[2], 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.8}}],
        "buffers": [{"byteLength": bin.len()}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": vectors},
            {"buffer": 0, "byteOffset": vectors, "byteLength": vectors},
            {"buffer": 0, "byteOffset": 2 * vectors, "byteLength": 2 * indices.len()}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": positions.len(), "type": "VEC3",
             "min": bound(f32::min), "max": bound(f32::max)},
            {"bufferView": 1, "componentType": 5126, "count": normals.len(), "type": "VEC3"},
            {"bufferView": 2, "componentType": 5123, "count": indices.len(), "type": "SCALAR"}],
    });
    let mut json = json.to_string().into_bytes();
    json.resize(json.len().next_multiple_of(4), b' ');
    let length = |bytes: usize| u32::try_from(bytes).expect("a small file").to_le_bytes();
    let mut out = b"glTF\x02\0\0\0".to_vec();
    out.extend(length(12 + 8 + json.len() + 8 + bin.len()));
    out.extend(length(json.len()));
    out.extend(b"JSON");
    out.extend(json);
    out.extend(length(bin.len()));
    out.extend(b"BIN\0");
    out.extend(bin);
    out
}

fn red_box() -> Vec<u8> {
    let (mut positions, mut normals, mut indices) = (Vec::new(), Vec::new(), Vec::new());
    for axis in 0..3 {
        for side in [-1.0f32, 1.0] {
            let mut normal = [0.0; 3];
            normal[axis] = side;
            let start = positions.len() as u16;
            for [a, b] in [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0f32]] {
                let mut corner = normal;
                corner[(axis + 1) % 3] = a;
                corner[(axis + 2) % 3] = b;
                positions.push(corner.map(|value| 0.5 * value));
                normals.push(normal);
            }
            let turn = if side > 0.0 { [0, 1, 2, 0, 2, 3] } else { [0, 2, 1, 0, 3, 2] };
            indices.extend(turn.map(|corner| start + corner));
        }
    }
    glb(&positions, &normals, &indices, [0.8, 0.02, 0.02])
}

fn blue_sphere() -> Vec<u8> {
    const RINGS: u16 = 16;
    const SIDES: u16 = 24;
    let mut normals = Vec::new();
    for ring in 0..=RINGS {
        for side in 0..=SIDES {
            let (down, around) = (f32::from(ring) / f32::from(RINGS), f32::from(side) / f32::from(SIDES));
            let (polar, azimuth) = (down * std::f32::consts::PI, around * std::f32::consts::TAU);
            normals.push([polar.sin() * azimuth.cos(), polar.cos(), -polar.sin() * azimuth.sin()]);
        }
    }
    let mut indices = Vec::new();
    for ring in 0..RINGS {
        for side in 0..SIDES {
            let at = ring * (SIDES + 1) + side;
            let below = at + SIDES + 1;
            indices.extend([at, below, at + 1, at + 1, below, below + 1]);
        }
    }
    let positions: Vec<[f32; 3]> = normals.iter().map(|normal| normal.map(|value| 0.5 * value)).collect();
    glb(&positions, &normals, &indices, [0.02, 0.02, 0.8])
}

/// A scene of two classes, each of which has one model.
fn scene(models: [(&str, Vec<u8>); 2]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let mut classes = String::new();
    for (class, model) in models {
        let subjects = folder.path().join("pack/subjects").join(class);
        fs::create_dir_all(&subjects).expect("a folder");
        fs::write(subjects.join("model.glb"), model).expect("the model");
        classes += &format!("(name: {class:?}, source: Packs, height: (min: 0.3, max: 0.3)), ");
    }
    let scene = format!(
        "(name: \"easy\", packs: [\"pack\"], classes: [{classes}], output: (size: 64),
          materials: (ground: Only([\"plaster\"]), tint_saturation: 0.0), sky: (name: Only([\"overcast\"])),
          obstructors: (enabled: false))"
    );
    fs::write(folder.path().join("scene.ron"), scene).expect("the scene");
    folder
}

fn easy() -> TempDir {
    scene([("box", red_box()), ("sphere", blue_sphere())])
}

fn json_lines(bytes: &[u8]) -> Vec<Value> {
    String::from_utf8_lossy(bytes).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).expect("JSON")
}

const TRAIN: [&str; 9] = ["train", "--stream", "scene.ron", "--device", "cpu", "--augment", "none", "--out", "run"];

#[test]
fn an_easy_scene_is_learnt_from_the_stream_and_judged_on_fresh_frames() {
    if !can_draw() {
        return;
    }
    let folder = easy();
    let args = [&TRAIN[..], &["--count", "600", "--epochs", "6", "--batch", "16", "--json"]].concat();
    let events = json_lines(&succeed(folder.path(), &args).stdout);
    let kinds: Vec<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
    assert_eq!(kinds[..2], ["device", "started"]);
    assert_eq!(kinds.iter().filter(|kind| **kind == "epoch").count(), 6, "{kinds:?}");
    let run = folder.path().join("run");
    let accuracy = read(&run.join("evaluation.json"))["accuracy"].as_f64().expect("a number");
    assert!(accuracy > 0.95, "{accuracy}");
    // As many as were asked for, a tenth more to be judged on, and no picture on disk.
    let frames = read(&run.join("frames.json"));
    assert_eq!((&frames["training"]["count"], &frames["validation"]["count"]), (&json!(600), &json!(60)));
    for file in [
        "config.json",
        "metrics.jsonl",
        "best.safetensors",
        "last.safetensors",
        "scene.ron",
        "confusion.csv",
        "curves.svg",
        "report.html",
    ] {
        assert!(run.join(file).is_file(), "{file}");
    }
    let page = fs::read_to_string(run.join("report.html")).expect("the page");
    for part in ["Samples", "Training", "Test: validation", "Where it looks", "<svg", "data:image/jpeg"] {
        assert!(page.contains(part), "the page shows {part}");
    }
    let pictures = common::files(folder.path());
    assert!(!pictures.keys().any(|path| path.extension().is_some_and(|e| e == "jpg" || e == "png")));
    assert_eq!(fs::read_to_string(run.join("metrics.jsonl")).expect("metrics").lines().count(), 6);

    // The same frames again from another process, by their hash.
    let args = [&TRAIN[..8], &["again", "--count", "600", "--epochs", "1", "--quiet"]].concat();
    succeed(folder.path(), &args);
    assert_eq!(read(&folder.path().join("again/frames.json")), frames, "the same frames whoever learns from them");

    let tested = succeed(folder.path(), &["eval", "run", "--test", "fresh=scene.ron:200", "--device", "cpu", "--json"]);
    let tests = json_lines(&tested.stdout);
    let mut keys: Vec<&str> = tests[0].as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["aar", "accuracy", "ci95", "ece", "n", "per_class", "test"]);
    assert_eq!((&tests[0]["test"], &tests[0]["n"]), (&json!("fresh"), &json!(200)));
    assert!(tests[0]["accuracy"].as_f64().expect("a number") > 0.99, "{}", tests[0]);
    for file in ["tests.csv", "report.html", "fresh.json", "fresh-mistakes.csv", "fresh-groups.csv"] {
        assert!(run.join("eval").join(file).is_file(), "{file}");
    }

    succeed(folder.path(), &["frame", "scene.ron", "--index", "7000", "--out", "one.png"]);
    let said = json_lines(&succeed(folder.path(), &["predict", "run", "one.png", "--json"]).stdout);
    assert!(["box", "sphere"].contains(&said[0]["class"].as_str().expect("a class")), "{said:?}");
    for method in ["gradcam", "occlusion"] {
        succeed(folder.path(), &["explain", "run", "one.png", "--method", method, "--class", "box", "--out", method]);
        let out = folder.path().join(method);
        assert_eq!(common::picture(&out.join("001-one-box.png")).dimensions(), (64, 64));
        assert!(out.join("grid.png").is_file());
        assert!(read(&out.join("001-one-box.json"))["map"]["values"].is_array());
    }
    let twice = ["eval", "run", "--test", "a=scene.ron:9", "--test", "a=scene.ron:8"];
    assert!(fail(folder.path(), &twice, 2).contains("two tests"));
    let said = fail(folder.path(), &["explain", "run", "one.png", "--out", "gradcam"], 2);
    assert!(said.contains("gradcam is not empty"), "{said}");
    let said = fail(folder.path(), &["explain", "run", "one.png", "--class", "cone", "--out", "x"], 2);
    assert!(said.contains("cone") && said.contains("box, sphere"), "{said}");
    let said = fail(folder.path(), &[&TRAIN[..], &["--count", "20"]].concat(), 2);
    assert!(said.contains("holds a run"), "{said}");
}

/// Photos that contradict the frames: the sphere is red and the box blue. What is learnt last is believed.
#[test]
fn frames_come_first_and_photos_last() {
    if !can_draw() {
        return;
    }
    let folder = easy();
    for (class, colour) in [("box", [20, 20, 200]), ("sphere", [200, 20, 20])] {
        fs::create_dir_all(folder.path().join("photos").join(class)).expect("a folder");
        for number in 0..6u8 {
            let picture = image::RgbImage::from_pixel(64, 64, image::Rgb(colour.map(|value| value + 5 * number)));
            picture.save(folder.path().join(format!("photos/{class}/{number}.png"))).expect("a picture");
        }
    }
    succeed(folder.path(), &["capture", "scene.ron", "--batch", "120", "--out", "frames", "--quiet"]);
    let common =
        ["--real", "photos", "--val", "photos", "--epochs", "6", "--batch", "16", "--device", "cpu", "--quiet"];
    for (run, frames) in [("files", ["--data", "frames"]), ("live", ["--stream", "scene.ron"])] {
        let more = if run == "live" { &["--count", "120"][..] } else { &[] };
        succeed(folder.path(), &[&["train", "--out", run][..], &frames, &common, more].concat());
        let metrics = fs::read_to_string(folder.path().join(run).join("metrics.jsonl")).expect("metrics");
        let epochs: Vec<Value> = metrics.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        let right = |epoch: usize| epochs[epoch]["val_accuracy"].as_f64().expect("a number");
        assert_eq!((epochs.len(), right(2), right(5)), (6, 0.0, 1.0), "{run}: {metrics}");
        let rate = |epoch: usize| epochs[epoch]["learning_rate"].as_f64().expect("a number");
        assert!(rate(2) < rate(1) && rate(3) == rate(0), "{run}: the step size starts anew: {metrics}");
        let judged = json_lines(&succeed(folder.path(), &["eval", run, "--test", "photos=photos", "--json"]).stdout);
        assert_eq!(judged[0]["accuracy"], 1.0, "{run}: the best model knows the photos");
    }
    // Without other pictures to be judged on, a part of each is kept apart: 20 frames, and one photo of each class.
    for epochs in ["1", "3"] {
        let run = format!("apart-{epochs}");
        let args =
            ["train", "--stream", "scene.ron", "--count", "40", "--real", "photos", "--device", "cpu", "--quiet"];
        succeed(folder.path(), &[&args[..], &["--epochs", epochs, "--out", &run]].concat());
        let evaluation = read(&folder.path().join(&run).join("evaluation.json"));
        let frames = read(&folder.path().join(&run).join("frames.json"));
        assert_eq!((&evaluation["n"], &frames["training"]["count"]), (&json!(22), &json!(40)), "{epochs} epochs");
    }
    // One epoch has no second half: as many photos as frames come among these.
    let args =
        ["train", "--stream", "scene.ron", "--count", "40", "--real", "photos", "--val", "photos", "--device", "cpu"];
    let once = ["--epochs", "1", "--test", "photos", "--out", "once", "--json"];
    let events = json_lines(&succeed(folder.path(), &[&args[..], &once].concat()).stdout);
    assert_eq!(events[1]["training"], 80);
    // The same pictures choose the best epoch and are tested on.
    let epoch = events.iter().find(|event| event["event"] == "epoch").expect("an epoch");
    assert!(epoch["test_accuracy"].is_number() && epoch["test_accuracy"] == epoch["val_accuracy"], "{epoch}");
    // With a share both come all the time.
    succeed(
        folder.path(),
        &[&["train", "--out", "mixed", "--data", "frames", "--photo-share", "0.5"][..], &common].concat(),
    );
    let metrics = fs::read_to_string(folder.path().join("mixed/metrics.jsonl")).expect("metrics");
    assert!(!metrics.lines().nth(2).expect("an epoch").contains("\"val_accuracy\":0.0"), "{metrics}");
    // Photos of one class alone come all the time, lest the other be forgotten.
    fs::remove_dir_all(folder.path().join("photos/sphere")).expect("a folder");
    let some =
        ["train", "--stream", "scene.ron", "--count", "40", "--real", "photos", "--epochs", "2", "--device", "cpu"];
    succeed(folder.path(), &[&some[..], &["--out", "some", "--quiet"]].concat());
    let said = fail(folder.path(), &[&some[..], &["--classes", "box", "--out", "less"]].concat(), 2);
    assert!(said.contains("sphere") && said.contains("leave it out of the scene"), "{said}");
}

#[test]
fn classes_that_look_alike_are_not_told_apart() {
    if !can_draw() {
        return;
    }
    // The same model under two names: what tells them apart could only be a leak.
    let folder = scene([("heads", red_box()), ("tails", red_box())]);
    let args = [&TRAIN[..], &["--count", "400", "--epochs", "4", "--batch", "16", "--quiet"]].concat();
    succeed(folder.path(), &args);
    let test = ["eval", "run", "--test", "fresh=scene.ron:200", "--device", "cpu", "--json"];
    let accuracy = json_lines(&succeed(folder.path(), &test).stdout)[0]["accuracy"].as_f64().expect("a number");
    // Of 200 coin tosses, four standard deviations.
    assert!((0.36..0.64).contains(&accuracy), "{accuracy}");
}

#[test]
fn a_killed_training_goes_on_to_the_same_model() {
    if !can_draw() {
        return;
    }
    let folder = easy();
    let train = |out, more: &'static [&'static str]| {
        [&TRAIN[..8], &[out, "--count", "240", "--epochs", "3", "--batch", "16", "--quiet"], more].concat()
    };
    succeed(folder.path(), &train("whole", &[]));
    let mut child = common::motley().current_dir(folder.path()).args(train("killed", &[])).spawn().expect("a program");
    let metrics = folder.path().join("killed/metrics.jsonl");
    let start = Instant::now();
    while fs::read_to_string(&metrics).map_or(0, |text| text.lines().count()) == 0 {
        assert!(start.elapsed() < Duration::from_secs(120), "no epoch in two minutes");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let said = fail(folder.path(), &train("killed", &[]), 2);
    assert!(said.contains("--resume"), "{said}");
    let resume = ["train", "--resume", "--out", "killed", "--device", "cpu", "--quiet"];
    let said = fail(folder.path(), &[&resume[..], &["--epochs", "5"]].concat(), 2);
    assert!(said.contains("settings that it was begun with"), "{said}");
    succeed(folder.path(), &resume);
    let report = folder.path().join("killed/report.html");
    let page = fs::read(&report).expect("a page");
    succeed(folder.path(), &resume);
    assert!(fs::read(&report).expect("a page") == page, "a run that had come to its end was changed");
    let said = fail(folder.path(), &train("killed", &["--resume", "--lr", "0.1"]), 2);
    assert!(said.contains("other settings"), "{said}");
    let said = fail(folder.path(), &["eval", "killed", "--test", "a=scene.ron:2", "--out", "killed"], 2);
    assert!(said.contains("holds a run"), "{said}");
    for file in ["metrics.jsonl", "frames.json", "best.safetensors", "last.safetensors"] {
        let [whole, resumed] = ["whole", "killed"].map(|run| fs::read(folder.path().join(run).join(file)).expect(file));
        assert!(whole == resumed, "{file}");
    }
}

#[test]
fn the_speed_of_each_stage_is_told() {
    if !can_draw() {
        return;
    }
    let folder = easy();
    let bench = ["bench", "train", "scene.ron", "--frames", "8", "--batch", "4", "--seconds", "0.1", "--device", "cpu"];
    let told = json_lines(&succeed(folder.path(), &[&bench[..], &["--json"]].concat()).stdout);
    for stage in ["draw", "decode", "augment", "forward", "backward", "step"] {
        assert!(told[0]["images_per_second"][stage].as_f64().expect("a number") > 0.0, "{stage}: {}", told[0]);
    }
    assert!(["network", "renderer"].contains(&told[0]["waits"]["frozen"].as_str().expect("a word")), "{}", told[0]);
}

#[test]
#[ignore = "compiles shaders for a minute"]
fn an_easy_scene_is_learnt_on_wgpu_and_the_model_loads_on_the_cpu() {
    if !can_draw() {
        return;
    }
    let folder = easy();
    let train = ["train", "--stream", "scene.ron", "--device", "wgpu", "--augment", "none", "--out", "run", "--quiet"];
    succeed(folder.path(), &[&train[..], &["--count", "600", "--epochs", "3", "--batch", "16"]].concat());
    for device in ["wgpu", "cpu"] {
        let test = ["eval", "run", "--test", "fresh=scene.ron:200", "--device", device, "--json"];
        let accuracy = json_lines(&succeed(folder.path(), &test).stdout)[0]["accuracy"].as_f64().expect("a number");
        assert!(accuracy > 0.99, "{device}: {accuracy}");
    }
}

#[test]
fn a_trainer_that_dies_stops_the_capture_with_its_reason() {
    if !can_draw() {
        return;
    }
    let folder = easy();
    let start = Instant::now();
    let said = fail(folder.path(), &[&TRAIN[..], &["--count", "1000000", "--lr", "1e30"]].concat(), 2);
    assert!(said.contains("smaller learning rate"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(120), "a million frames were not drawn");
    let said = fail(folder.path(), &[&TRAIN[..], &["--count", "100", "--classes", "box,bird"]].concat(), 2);
    assert!(said.contains("bird"), "{said}");
    assert!(!folder.path().join("run").exists(), "a training that failed left something behind");
}

#[test]
fn a_capture_that_dies_stops_the_training_with_its_reason() {
    if !can_draw() {
        return;
    }
    let folder = easy();
    // Found only when the model is drawn.
    fs::write(folder.path().join("pack/subjects/sphere/model.glb"), b"glTF").expect("a file");
    let output = common::run(folder.path(), &[&TRAIN[..], &["--count", "100", "--epochs", "1"]].concat());
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("model.glb"), "{}", stderr(&output));
}

#[test]
fn wrong_weights_are_told_with_their_key() {
    let folder = TempDir::new().expect("a temporary folder");
    for class in ["cat", "dog"] {
        fs::create_dir_all(folder.path().join("photos").join(class)).expect("a folder");
        for number in 0..10u8 {
            let picture = image::RgbImage::from_pixel(32, 32, image::Rgb([number * 20, 9, 9]));
            picture.save(folder.path().join(format!("photos/{class}/{number}.png"))).expect("a picture");
        }
    }
    let train = |out: &str, more: &[&str]| {
        let args = [&["train", "--real", "photos", "--device", "cpu", "--out", out], more].concat();
        common::run(folder.path(), &args)
    };
    // A header, and 8 bytes of data: a tensor that only MobileNetV2 has, of the wrong shape, and nothing else.
    let header = r#"{"features.18.0.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    let file = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &[0; 8]].concat();
    fs::write(folder.path().join("few.safetensors"), file).expect("a file");
    fs::write(folder.path().join("text.safetensors"), b"not a checkpoint").expect("a file");
    for (weights, backbone, words) in [
        ("few.safetensors", "mobilenet_v2", "features."),
        ("few.safetensors", "vgg16", "mobilenet_v2"),
        ("text.safetensors", "mobilenet_v2", "text.safetensors"),
        ("none.safetensors", "mobilenet_v2", "none.safetensors"),
    ] {
        let output = train("a", &["--backbone", backbone, "--weights", weights]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words) && !said.contains("panicked"), "{weights} as {backbone}: {said}");
    }
    let output = train("one", &["--classes", "cat"]);
    assert!(stderr(&output).contains("only class"), "{}", stderr(&output));
    let output = train("b", &["--head", "transfer"]);
    assert!(stderr(&output).contains("--freeze"), "{}", stderr(&output));
    let output = train("c", &["--classes", "cat,horse"]);
    assert!(stderr(&output).contains("horse"), "{}", stderr(&output));
    let output = train("e", &["--last", "99"]);
    assert!(stderr(&output).contains("small_cnn has"), "{}", stderr(&output));
    assert!(
        ["a", "one", "b", "c", "e"].iter().all(|out| !folder.path().join(out).exists()),
        "a refused run left a folder"
    );
    succeed(folder.path(), &["train", "--real", "photos", "--device", "cpu", "--out", "d", "--epochs", "1", "--quiet"]);
    assert!(folder.path().join("d/best.safetensors").is_file());
}
