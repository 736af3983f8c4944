//! Whole trainings from folders, and the folders that they leave.

use std::{fs, ops::ControlFlow, path::Path};

use image::{Rgb, RgbImage};
use motley_learn::{
    Error, Result,
    data::Source,
    device::{Device, DeviceChoice},
    fit::{Training, event::Event, features::Features},
    head::HeadKind,
    run::{Examiner, Finished, Folder, Learns, Plan, RunFolder, Test, Trainer},
};
use motley_pixels::Augment;

/// Pictures of two classes that brightness on the left or on the right tells apart.
fn photos(dir: &Path, count: u8) {
    for (class, left) in [("left", true), ("right", false)] {
        fs::create_dir_all(dir.join(class)).unwrap();
        for number in 0..count {
            let picture = RgbImage::from_fn(48, 48, |x, y| {
                let noise = (x * 7 + y * 13 + u32::from(number) * 29) % 40;
                Rgb([(if (x < 24) == left { 180 } else { 20 } + noise) as u8; 3])
            });
            picture.save(dir.join(class).join(format!("{number}.png"))).unwrap();
        }
    }
}

fn plan(dir: &Path) -> Plan {
    Plan {
        real: vec![dir.to_owned().into()],
        augment: Some(Augment::none()),
        training: Training { epochs: 3, batch: 8, ..Training::default() },
        ..Plan::default()
    }
}

/// Trains; `epochs` after which it is stopped, 0 for none.
fn train(plan: &Plan, out: &Path, resume: bool, epochs: usize) -> Result<Finished> {
    let folder = RunFolder::create(out, plan, resume)?;
    let mut listener = |event: &Event| match event {
        Event::Epoch(metrics) if metrics.epoch + 1 == epochs => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let trainer = Trainer { plan, live: None, folder: &folder, listener: &mut listener };
    trainer.run(&Device::choose(DeviceChoice::Cpu)?)
}

#[test]
fn the_same_model_comes_out_again_and_after_an_interruption() {
    let dir = tempfile::tempdir().unwrap();
    photos(&dir.path().join("photos"), 20);
    let plan = plan(&dir.path().join("photos"));
    let out = |name: &str| dir.path().join(name);
    let whole = train(&plan, &out("a"), false, 0).unwrap();
    let again = train(&plan, &out("b"), false, 0).unwrap();
    assert_eq!(whole.history, again.history);
    train(&plan, &out("c"), false, 1).unwrap();
    assert!(matches!(train(&plan, &out("c"), false, 0), Err(Error::Setting(_))), "it would be overwritten");
    let other = Plan { per_class: Some(5), ..plan.clone() };
    assert!(matches!(train(&other, &out("c"), true, 0), Err(Error::Setting(_))), "it is another training");
    let resumed = train(&plan, &out("c"), true, 0).unwrap();
    assert_eq!(whole.history, resumed.history);
    for name in ["b", "c"] {
        for file in ["best.safetensors", "last.safetensors", "metrics.jsonl"] {
            assert_eq!(
                fs::read(out("a").join(file)).unwrap(),
                fs::read(out(name).join(file)).unwrap(),
                "{name}/{file}"
            );
        }
    }
    // What was kept apart was not learnt, and is judged at the end.
    assert_eq!(whole.evaluation.unwrap().summary.n, 4);
}

#[test]
fn heads_on_a_frozen_backbone_learn_and_are_judged() {
    let dir = tempfile::tempdir().unwrap();
    photos(&dir.path().join("photos"), 20);
    photos(&dir.path().join("others"), 10);
    for head in HeadKind::ALL {
        let plan = Plan {
            head: Some(head),
            learns: Some(Learns::Head),
            val: vec![dir.path().join("others")],
            training: Training { epochs: 30, ..plan(dir.path()).training },
            ..plan(&dir.path().join("photos"))
        };
        let out = dir.path().join(head.name());
        let finished = train(&plan, &out, false, 0).unwrap();
        let folder = RunFolder::open(&out).unwrap();
        let mut done = 0;
        let mut listener = |now: usize, total: usize| done = now * 100 / total;
        let examiner = Examiner {
            model: &folder.best(),
            name: "others",
            test: Test::Pictures(Source::open(&dir.path().join("others")).unwrap()),
            cache: None,
            listener: &mut listener,
        };
        let examined = examiner.run(&Device::choose(DeviceChoice::Cpu).unwrap()).unwrap();
        assert_eq!(done, 100);
        let (validated, judged) = (finished.evaluation.unwrap().summary, examined.evaluation.summary);
        assert_eq!(validated.n, 20);
        assert!((validated.accuracy - judged.accuracy).abs() < 0.051, "{head:?}: from features and from pictures");
        assert!(judged.accuracy >= 0.9, "{head:?}: {}", judged.accuracy);
    }
}

/// Two folders that contradict each other: the heavier one is believed, however few pictures it has.
#[test]
fn a_folder_counts_by_its_weight() {
    let dir = tempfile::tempdir().unwrap();
    let [right, wrong] = ["right", "wrong"].map(|name| dir.path().join(name));
    photos(&right, 10);
    photos(&wrong, 30);
    for (from, to) in [("left", "kept"), ("right", "left"), ("kept", "right")] {
        fs::rename(wrong.join(from), wrong.join(to)).unwrap();
    }
    let folder = |dir: &Path, weight: f32| Folder { dir: dir.to_owned(), weight };
    for (head, learns) in
        [(HeadKind::Means, Learns::Head), (HeadKind::Linear, Learns::Head), (HeadKind::Linear, Learns::All)]
    {
        for (weight, believed) in [(4.0, true), (0.25, false)] {
            let plan = Plan {
                real: vec![folder(&right, weight), folder(&wrong, 1.0)],
                val: vec![right.clone()],
                head: Some(head),
                learns: Some(learns),
                training: Training { epochs: 20, batch: 16, ..Training::default() },
                ..plan(&right)
            };
            let out = dir.path().join(format!("{head:?}-{learns:?}-{weight}"));
            let accuracy = train(&plan, &out, false, 0).unwrap().evaluation.unwrap().summary.accuracy;
            assert_eq!(accuracy > 0.5, believed, "{head:?}, {learns:?}, weight {weight}: {accuracy}");
        }
    }
}

#[test]
fn a_weight_stands_behind_a_colon() {
    let folder = |text: &str| text.parse::<Folder>().unwrap();
    assert_eq!(folder("photos:0.5"), Folder { dir: "photos".into(), weight: 0.5 });
    assert_eq!(folder("photos"), Folder { dir: "photos".into(), weight: 1.0 });
    assert_eq!(folder(r"C:\photos").dir, Path::new(r"C:\photos"));
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("take:2");
    fs::create_dir(&odd).unwrap();
    assert_eq!(folder(odd.to_str().unwrap()), Folder { dir: odd, weight: 1.0 });
    let none = Plan { real: vec![Folder { weight: 0.0, ..dir.path().to_owned().into() }], ..Plan::default() };
    photos(dir.path(), 5);
    assert!(train(&none, &dir.path().join("run"), false, 0).unwrap_err().to_string().contains("weight"));
}

#[test]
fn what_is_held_out_is_not_learnt() {
    let dir = tempfile::tempdir().unwrap();
    photos(dir.path(), 20);
    let mut kept = Source::open(dir.path()).unwrap();
    let held = kept.hold_out(0.1, 3).unwrap();
    let names = |source: &Source| (0..source.len()).map(|item| source.name(item)).collect::<Vec<_>>();
    assert_eq!((kept.len(), held.len()), (36, 4));
    assert!(names(&held).iter().all(|name| !names(&kept).contains(name)));
    assert_eq!((0..4).filter(|&item| held.word(item) == "left").count(), 2);
    let mut again = Source::open(dir.path()).unwrap();
    assert_eq!(names(&again.hold_out(0.1, 3).unwrap()), names(&held));
}

#[test]
fn rows_of_weight_are_drawn_more_often() {
    use motley_learn::fit::batch::Batches;
    let row = |value: f32| Features { width: 1, values: vec![value; 90], labels: vec![0; 90], weights: Vec::new() };
    let mut features = row(0.0);
    features.append(&Features { values: vec![1.0; 10], labels: vec![0; 10], ..row(1.0) }, 0.9).unwrap();
    let mut batches = features.shuffled(1000, 5);
    let drawn: f32 = (0..20)
        .flat_map(|epoch| batches.epoch(epoch).map(|batch| batch.unwrap().images).collect::<Vec<_>>())
        .flatten()
        .sum();
    // Of 2000 draws, 1800 ± 5 standard deviations.
    assert!((1730.0..1870.0).contains(&drawn), "{drawn}");
}

#[test]
fn one_process_trains_in_a_folder_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    photos(&dir.path().join("photos"), 4);
    let plan = plan(&dir.path().join("photos"));
    let out = dir.path().join("run");
    let first = RunFolder::create(&out, &plan, false).unwrap();
    let second = RunFolder::create(&out, &plan, true).unwrap_err().to_string();
    assert!(second.contains("another process trains"), "{second}");
    drop(first);
    train(&plan, &out, false, 0).unwrap();
}

#[test]
fn a_run_goes_on_with_the_same_pictures_alone() {
    let dir = tempfile::tempdir().unwrap();
    let pictures = dir.path().join("photos");
    photos(&pictures, 20);
    let plan = plan(&pictures);
    let out = dir.path().join("run");
    train(&plan, &out, false, 1).unwrap();
    let open = RunFolder::open(&out).unwrap();
    assert!(!open.is_finished());
    let moved = pictures.join("left/3.png");
    fs::rename(&moved, pictures.join("right/x.png")).unwrap();
    let refused = train(&plan, &out, true, 0).unwrap_err().to_string();
    assert!(refused.contains("added, removed or changed"), "{refused}");
    fs::rename(pictures.join("right/x.png"), moved).unwrap();
    assert_eq!(train(&plan, &out, true, 0).unwrap().history.len(), 3);
}

#[test]
fn pictures_to_be_judged_on_that_cannot_be_read_are_no_verdict() {
    let dir = tempfile::tempdir().unwrap();
    photos(&dir.path().join("photos"), 4);
    for class in ["left", "right"] {
        fs::create_dir_all(dir.path().join("bad").join(class)).unwrap();
        fs::write(dir.path().join("bad").join(class).join("1.jpg"), "no picture").unwrap();
    }
    let plan = Plan { val: vec![dir.path().join("bad")], ..plan(&dir.path().join("photos")) };
    for learns in [Learns::All, Learns::Head] {
        let plan = Plan { learns: Some(learns), ..plan.clone() };
        let refused = train(&plan, &dir.path().join("run"), false, 0).unwrap_err().to_string();
        assert!(refused.contains("to be judged on"), "{learns:?}: {refused}");
    }
}
