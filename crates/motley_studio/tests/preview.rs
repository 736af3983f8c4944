//! What the preview shows is what is captured, to the byte.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use motley_capture::{CaptureError, Renderer, RendererOptions};
use motley_scene::{
    frame::Frame,
    recipe::PARAMETERS,
    scene::{LabelKind, Scene},
};
use motley_studio::preview::{
    Change, Orbit, Place, Shot, Source,
    thumbnails::{Item, SIDE},
    worker::{News, Request, Worker},
};
use motley_zoo::ready::ReadyScene;

/// Everything varies, and nothing takes long to make.
const TEXT: &str = r#"(
    classes: [(name: "cat", breeds: Only(["siamese"])), (name: "dog", breeds: Only(["beagle"]))],
    output: (size: 64),
    subject: (individuals: 2),
    materials: (ground: Only(["plaster"]), wall: Only(["plaster"]), obstructor: Only(["plaster"])),
    sky: (name: Only(["overcast"])),
    lens_sensor: (enabled: true),
)"#;

fn source(text: &str) -> Arc<Source> {
    Arc::new(Source { text: text.into(), base: ".".into(), seed: 5, size: 64, normals: false })
}

/// The frame that `motley capture` writes.
fn captured(text: &str, indices: &[u64]) -> Result<Vec<Frame>, CaptureError> {
    let ready = ReadyScene::parse(text, Path::new(".")).expect("it is a scene");
    let options = RendererOptions { size: 64, seed: 5, labels: vec![LabelKind::Box, LabelKind::Mask] };
    let mut renderer = Renderer::new(ready, options)?;
    indices.iter().map(|index| renderer.frame(*index)).collect()
}

/// What the worker draws for these requests, in their order.
fn drawn(worker: &Worker, source: &Arc<Source>, shots: &[Shot]) -> Vec<Frame> {
    let request = |(number, shot): (usize, &Shot)| Request {
        source: source.clone(),
        place: if number == 0 { Place::Main } else { Place::Strip(number) },
        shot: shot.clone(),
    };
    worker.ask(shots.iter().enumerate().map(request).collect());
    let mut frames = Vec::new();
    let start = Instant::now();
    while frames.len() < shots.len() && start.elapsed() < Duration::from_secs(120) {
        match worker.news.recv_timeout(Duration::from_secs(60)) {
            Ok(News::Drawn { request, frame, .. }) if request.source == *source => {
                assert_eq!(request.shot, shots[frames.len()]);
                frames.push(frame);
            }
            Ok(News::Failed(reason)) => panic!("{reason}"),
            Ok(News::Scene(Err(faults))) => panic!("{faults:?}"),
            Ok(_) => {}
            Err(error) => panic!("nothing comes: {error}"),
        }
    }
    frames
}

fn plain(index: u64) -> Shot {
    Shot { index, change: Change::Nothing }
}

#[test]
fn the_preview_is_what_is_captured() {
    let wanted = match captured(TEXT, &[3, 4]) {
        Err(CaptureError::NoAdapter(reason)) => return eprintln!("skipped: {reason}"),
        other => other.unwrap(),
    };
    let worker = Worker::start(|| {}).unwrap();
    let here = source(TEXT);
    for (index, wanted) in [3, 4].into_iter().zip(&wanted) {
        let frame = &drawn(&worker, &here, &[plain(index)])[0];
        assert_eq!(frame.rgb, wanted.rgb, "frame {index}");
        assert_eq!(frame.labels.recipe, wanted.labels.recipe);
        assert_eq!(frame.labels.box_visible, wanted.labels.box_visible);
    }

    // Another scene in the same renderer, and back.
    let dark = TEXT.replace("classes:", "lighting: (enabled: false), classes:");
    let off = &drawn(&worker, &source(&dark), &[plain(3)])[0];
    assert_ne!(off.rgb, wanted[0].rgb);
    assert_eq!(off.rgb, captured(&dark, &[3]).unwrap()[0].rgb);
    let again = &drawn(&worker, &here, &[plain(3)])[0];
    assert_eq!(again.rgb, wanted[0].rgb);

    // One parameter varies and all others stay.
    for name in PARAMETERS {
        let shots = [plain(3), Shot { index: 3, change: Change::Parameter { name, of: 8 } }];
        let frames = drawn(&worker, &here, &shots);
        let (mut before, after) = (frames[0].labels.recipe.clone(), &frames[1].labels.recipe);
        assert!(before.take(name, after));
        assert_eq!(before, *after, "{name}");
    }

    // A free camera sees the same scene.
    let orbit = Orbit { azimuth: 30.0, elevation: 20.0, distance: 4.0, fov: 45.0 };
    let looked = &drawn(&worker, &here, &[Shot { index: 3, change: Change::Camera(orbit) }])[0];
    assert_eq!(looked.labels.recipe.camera.distance, 4.0);
    assert_eq!(looked.labels.recipe.subject, wanted[0].labels.recipe.subject);
    assert_ne!(looked.rgb, wanted[0].rgb);
}

#[test]
fn a_scene_with_faults_is_told_and_the_next_one_drawn() {
    let worker = Worker::start(|| {}).unwrap();
    let broken = source(&TEXT.replace("plaster", "plastr"));
    worker.ask(vec![Request { source: broken, place: Place::Main, shot: plain(0) }]);
    match worker.news.recv_timeout(Duration::from_secs(60)).unwrap() {
        News::Scene(Err(faults)) => assert!(faults[0].message.contains("plaster"), "{faults:?}"),
        other => panic!("{other:?}"),
    }
    match captured(TEXT, &[0]) {
        Err(CaptureError::NoAdapter(reason)) => eprintln!("skipped: {reason}"),
        other => assert_eq!(drawn(&worker, &source(TEXT), &[plain(0)])[0].rgb, other.unwrap()[0].rgb),
    }
}

#[test]
fn the_latest_request_wins() {
    let worker = Worker::start(|| {}).unwrap();
    let here = source(TEXT);
    if matches!(captured(TEXT, &[0]), Err(CaptureError::NoAdapter(_))) {
        return;
    }
    let ask = |index| Request { source: here.clone(), place: Place::Main, shot: plain(index) };
    for index in 0..40 {
        worker.ask(vec![ask(index)]);
    }
    let mut seen = Vec::new();
    while seen.last() != Some(&39) {
        if let News::Drawn { request, .. } = worker.news.recv_timeout(Duration::from_secs(60)).unwrap() {
            seen.push(request.shot.index);
        }
    }
    assert!(seen.len() < 10, "{seen:?}");
    assert!(Scene::parse(TEXT).1.is_empty());
}

#[test]
fn things_to_select_from_have_thumbnails_even_those_that_the_scene_leaves_out() {
    if let Err(CaptureError::NoAdapter(reason)) = motley_capture::check_driver() {
        return eprintln!("skipped: {reason}");
    }
    let worker = Worker::start(|| {}).unwrap();
    drawn(&worker, &source(TEXT), &[plain(0)]);
    let breed = |breed: &str| Item::Breed { class: "cat".to_owned(), breed: breed.to_owned() };
    let items = [
        breed("siamese"),
        breed("persian"),
        Item::Material("grass".to_owned()),
        Item::Sky("garden_1".to_owned()),
        Item::Sky("nowhere".to_owned()),
    ];
    worker.ask_thumbnails(items.to_vec());
    let mut pictures = Vec::new();
    for item in &items {
        let News::Thumbnail(made, picture) = worker.news.recv_timeout(Duration::from_secs(120)).unwrap() else {
            panic!("only thumbnails were asked for");
        };
        assert_eq!(made, *item);
        pictures.push(picture);
    }
    assert!(pictures.pop().unwrap().is_none(), "there is no such sky");
    for (number, picture) in pictures.iter().enumerate() {
        let picture = picture.as_ref().unwrap();
        assert_eq!(picture.size, [SIDE as usize; 2]);
        let colours: std::collections::BTreeSet<_> = picture.pixels.iter().map(|pixel| pixel.to_array()).collect();
        assert!(colours.len() > 100, "{:?} has {} colours", items[number], colours.len());
        assert!(pictures[..number].iter().all(|other| other.as_ref() != Some(picture)));
    }
}
