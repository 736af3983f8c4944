//! Sources, mixing, order and live frames.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use image::{Rgb, RgbImage};
use motley_dataset::{Dataset, FORMAT_VERSION, Format, FrameSink, ImageFormat, ImageSpec, Manifest, Spec};
use motley_learn::data::{
    Classes, Content, DataError, Fact, FaultKind, Interleave, Job, Layout, Loaded, Mixture, Origin, Part, Pipeline,
    Replay, Sample, Sampler, Seen, Source, Ticket,
};
use motley_pixels::Augment;
use motley_scene::frame::{Frame, Labels};
use serde_json::json;

fn save(dir: &Path, name: &str, shade: u8) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    RgbImage::from_fn(20, 16, |x, y| Rgb([shade, (x * 9) as u8, (y * 9) as u8])).save(path).unwrap();
}

/// `count` pictures of each class, in folders.
fn folders(dir: &Path, classes: &[&str], count: u8) -> Source {
    for (i, class) in classes.iter().enumerate() {
        for number in 0..count {
            save(dir, &format!("{class}/{class}.{number}.png"), number * 8 + i as u8);
        }
    }
    Source::open(dir).unwrap()
}

/// A dataset as `motley capture` writes it.
fn dataset(dir: &Path, count: u64) -> Source {
    let manifest = Manifest {
        format_version: FORMAT_VERSION,
        version: "0.1.0".into(),
        scene: "test".into(),
        scene_hash: "00".into(),
        seed: 1,
        start: 0,
        count,
        shard: None,
        size: [20, 16],
        image: ImageSpec { format: ImageFormat::Png, quality: 0 },
        formats: vec![Format::Folder],
        labels: Vec::new(),
        classes: vec!["dog".into(), "cat".into()],
        adapter: String::new(),
        driver: String::new(),
    };
    let spec = Spec { out: dir.to_owned(), manifest, scene_source: "Scene()".into() };
    let dataset = Dataset::open(&spec).unwrap();
    let mut sink = FrameSink::open(&spec, 0).unwrap();
    for index in 0..count {
        let class_id = (index % 2) as u32;
        let labels = Labels {
            index,
            class_id,
            class: ["dog", "cat"][class_id as usize].into(),
            breed: format!("breed {}", index % 3),
            visible_fraction: 0.5 + index as f32 * 0.01,
            tries: 1,
            ..Labels::default()
        };
        let rgb = (0..20 * 16 * 3_u32).map(|i| (i * 3 + index as u32 * 5) as u8).collect();
        sink.write(&Frame { width: 20, height: 16, rgb, labels, ..Frame::default() }).unwrap();
    }
    // An open sink is a capture at work.
    drop(sink);
    dataset.finish().unwrap();
    Source::open(dir).unwrap()
}

fn part(source: Source, weight: f32) -> Part {
    Part { source, weight, augment: Augment::transfer() }
}

fn pixels(loaded: &Loaded) -> &RgbImage {
    match &loaded.content {
        Content::Pixels(image) => image,
        Content::Features(_) => panic!("no cache was given"),
    }
}

#[test]
fn every_layout_is_recognized() {
    let dir = tempfile::tempdir().unwrap();
    let photos = folders(&dir.path().join("photos"), &["dogs", "cats"], 3);
    assert_eq!(
        (photos.layout(), photos.len(), photos.words()),
        (Layout::Folders, 6, &["cats".to_owned(), "dogs".into()][..])
    );
    assert!(photos.name(0).ends_with("cats.0.png"));

    let flat = dir.path().join("kaggle");
    ["cat.0.jpg", "cat.10.jpg", "dog.3.jpg", "readme.jpg", "7.jpg"].iter().for_each(|name| save(&flat, name, 1));
    let flat = Source::open(&flat).unwrap();
    assert_eq!((flat.layout(), flat.len(), flat.words()), (Layout::Names, 3, &["cat".to_owned(), "dog".into()][..]));

    let graz = dir.path().join("graz");
    for name in
        ["bike/bike_001.png", "bike/bike_001.mask.0.png", "cars/carsgraz_001.png", "none/bg_graz_001.png", ".git/x.png"]
    {
        save(&graz, name, 1);
    }
    let graz = Source::open(&graz).unwrap();
    assert_eq!((graz.layout(), graz.len()), (Layout::Folders, 3), "a mask is no picture");
    assert_eq!(graz.words(), ["bike", "cars", "none"]);

    let frames = dataset(&dir.path().join("frames"), 6);
    assert_eq!((frames.layout(), frames.len(), frames.is_rendered()), (Layout::Motley, 6, true));
    assert_eq!(frames.words(), ["dog", "cat"]);
    assert_eq!(frames.facts(4).unwrap()["breed"], Fact::Text("breed 1".into()));
    assert!(photos.facts(0).unwrap().is_empty());
}

#[test]
fn folders_that_are_none_say_what_is_expected() {
    let dir = tempfile::tempdir().unwrap();
    let error = Source::open(dir.path()).unwrap_err();
    assert!(matches!(error, DataError::NoPictures { .. }) && error.to_string().contains("cat.0.jpg"), "{error}");
    save(dir.path(), "train/cat/1.png", 1);
    save(dir.path(), "val/cat/1.png", 1);
    let error = Source::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("train, val") && error.contains("name one of them"), "{error}");
    assert!(Source::open(&dir.path().join("nowhere")).is_err());
}

#[test]
fn classes_are_sorted_or_given_and_spellings_meet() {
    let dir = tempfile::tempdir().unwrap();
    let one = || folders(&dir.path().join("a"), &["bicycles", "cats", "horses"], 2);
    let two = || folders(&dir.path().join("b"), &["bike", "cat", "dog"], 1);
    let found = Mixture::new(vec![part(one(), 1.0), part(two(), 1.0)], None).unwrap();
    assert_eq!(found.classes().names(), ["bike", "cat", "dog", "horses"]);
    assert_eq!(found.counts(), [3, 3, 1, 2]);
    let given = Classes::given(["dog", "cat", "bicycle"]).unwrap();
    let mixture = Mixture::new(vec![part(one(), 1.0), part(two(), 1.0)], Some(given)).unwrap();
    assert_eq!(mixture.counts(), [1, 3, 3], "horses are left out");
    assert_eq!(mixture.class(1, 0), Some(2), "a bike is a bicycle");
    let error = Mixture::new(vec![part(one(), 1.0)], Some(Classes::given(["boat"]).unwrap())).unwrap_err().to_string();
    assert!(error.contains("boat") && error.contains("horses"), "{error}");
    for weight in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert!(matches!(Mixture::new(vec![part(one(), weight)], None), Err(DataError::Weight { .. })));
    }
    let lacking = Mixture::new(vec![part(one(), 1.0)], Some(Classes::given(["cat", "dog"]).unwrap())).unwrap();
    // Dogs may come live beside these.
    let classes: Vec<_> = Sampler::new(&lacking, 1).unwrap().take(9).map(|t| lacking.class(t.part, t.item)).collect();
    assert_eq!(classes, [Some(0); 9], "of the classes at hand");
}

#[test]
fn batches_are_balanced_by_class_and_weight() {
    let dir = tempfile::tempdir().unwrap();
    let frames = dataset(&dir.path().join("frames"), 40);
    let mut photos = folders(&dir.path().join("photos"), &["cats", "dogs"], 20);
    photos.keep_per_class(3, 9);
    let mixture = Mixture::new(vec![part(frames, 3.0), part(photos, 1.0)], None).unwrap();
    let tickets: Vec<Ticket> = Sampler::new(&mixture, 5).unwrap().take(160).collect();
    for batch in tickets.chunks(16) {
        let mut counts = BTreeMap::new();
        for ticket in batch {
            *counts.entry((mixture.class(ticket.part, ticket.item).unwrap(), ticket.part)).or_insert(0) += 1;
        }
        assert_eq!(counts, [((0, 0), 6), ((0, 1), 2), ((1, 0), 6), ((1, 1), 2)].into(), "in every batch");
    }
    // 20 frames of each class, 60 draws of each: three times each, with a draw of its own.
    let frames: BTreeMap<usize, BTreeSet<u32>> =
        tickets.iter().filter(|t| t.part == 0).fold(BTreeMap::new(), |mut all, t| {
            assert!(all.entry(t.item).or_insert_with(BTreeSet::new).insert(t.draw), "no draw twice");
            all
        });
    assert!(frames.len() == 40 && frames.values().all(|draws| *draws == [0, 1, 2].into()));

    assert!(Sampler::new(&mixture, 5).unwrap().take(160).eq(tickets.iter().copied()), "the same seed");
    assert!(!Sampler::new(&mixture, 6).unwrap().take(160).eq(tickets.iter().copied()), "another");
    assert!(
        Sampler::new(&mixture, 5).unwrap().skip(77).take(20).eq(tickets[77..97].iter().copied()),
        "from the middle"
    );
    assert!(Sampler::new(&mixture, 5).unwrap().with_draws(2).take(160).all(|ticket| ticket.draw < 2));
    let photos = Sampler::of(&mixture, 5, |part| part == 1).unwrap().take(60);
    assert!(photos.clone().all(|ticket| ticket.part == 1));
    assert_eq!(photos.clone().filter(|ticket| mixture.class(1, ticket.item) == Some(0)).count(), 30);
}

#[test]
fn a_class_that_the_wanted_sources_lack_comes_from_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let both = folders(&dir.path().join("a"), &["cat", "dog"], 4);
    let cats = folders(&dir.path().join("b"), &["cat"], 4);
    let mixture = Mixture::new(vec![part(both, 1.0), part(cats, 1.0)], None).unwrap();
    for ticket in Sampler::of(&mixture, 5, |part| part == 1).unwrap().take(40) {
        assert_eq!(ticket.part == 1, mixture.class(ticket.part, ticket.item) == Some(0));
    }
}

#[test]
fn few_are_among_many() {
    let dir = tempfile::tempdir().unwrap();
    let names = |count, seed| {
        let mut source = folders(dir.path(), &["cat", "dog"], 20);
        source.keep_per_class(count, seed);
        (0..source.len()).map(|item| source.name(item)).collect::<BTreeSet<_>>()
    };
    let (few, many) = (names(3, 1), names(10, 1));
    assert_eq!((few.len(), many.len()), (6, 20));
    assert!(few.is_subset(&many));
    assert_ne!(few, names(3, 2));
    assert_eq!(names(99, 1).len(), 40);
}

#[test]
fn what_comes_out_depends_on_the_seed_and_not_on_threads() {
    let dir = tempfile::tempdir().unwrap();
    let photos = folders(&dir.path().join("photos"), &["cat", "dog"], 9);
    let frames = dataset(&dir.path().join("frames"), 10);
    let mixture = Arc::new(Mixture::new(vec![part(photos, 1.0), part(frames, 1.0)], None).unwrap());
    let run = |seed, threads, ahead| {
        let pipeline = Pipeline { threads, ahead, with_facts: true, ..Pipeline::new(24, seed) };
        let tickets = Sampler::new(&mixture, seed).unwrap().take(60);
        let loader = pipeline.files(&mixture, tickets, None).unwrap();
        loader.map(|loaded| (loaded.origin, loaded.class, pixels(&loaded).clone(), loaded.facts)).collect::<Vec<_>>()
    };
    let one = run(1, 1, 1);
    assert_eq!(one.len(), 60);
    for (threads, ahead) in [(1, 9), (2, 1), (3, 4), (8, 2)] {
        assert!(run(1, threads, ahead) == one, "{threads} threads, {ahead} ahead");
    }
    assert!(run(2, 2, 2) != one);
    // Another draw of the same picture is another picture.
    let ticket = |draw| Ticket { part: 0, item: 0, draw };
    let loader = Pipeline::new(24, 1).files(&mixture, [ticket(0), ticket(1), ticket(0)], None).unwrap();
    let three: Vec<Loaded> = loader.collect();
    assert_ne!(pixels(&three[0]), pixels(&three[1]));
    assert_eq!(pixels(&three[0]), pixels(&three[2]));
    assert_eq!((three[0].key == three[2].key, three[0].key == three[1].key), (true, false));
}

#[test]
fn faults_are_named_counted_and_left_out() {
    let dir = tempfile::tempdir().unwrap();
    folders(dir.path(), &["cat", "dog"], 5);
    let whole = fs::read(dir.path().join("cat/cat.1.png")).unwrap();
    fs::write(dir.path().join("cat/cat.1.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(dir.path().join("dog/empty.jpg"), []).unwrap();
    fs::write(dir.path().join("dog/animation.gif"), b"GIF89a").unwrap();
    let classes = Classes::given(["cat", "dog"]).unwrap();
    let source = Source::open(dir.path()).unwrap();
    let mixture = Arc::new(Mixture::test(source, classes, 0.875).unwrap());
    let mut loader = Pipeline::new(16, 0).files(&mixture, mixture.tickets(), None).unwrap();
    assert_eq!(loader.batch(7).len(), 7);
    assert_eq!(loader.batch(7).len(), 2);
    assert!(loader.batch(7).is_empty());
    let faults = loader.faults();
    assert_eq!(faults.total(), 3);
    let kinds: Vec<_> = faults.counts.iter().map(|(kind, count)| (*kind, *count)).collect();
    assert_eq!(kinds, [(FaultKind::Empty, 1), (FaultKind::Unsupported, 1), (FaultKind::Truncated, 1)]);
    assert!(faults.named.iter().any(|fault| fault.name.ends_with("animation.gif")));
    assert_eq!(faults.to_string(), "3 pictures left out: 1 empty, 1 not supported, 1 truncated");
}

fn sample(index: u64) -> Sample {
    let image = RgbImage::from_fn(30, 20, |x, y| Rgb([x as u8, y as u8, index as u8]));
    let class = ["cats", "dog"][index as usize % 2].to_owned();
    Sample { index, image, class, labels: json!({"index": index, "breed": "b", "visible_fraction": 0.5}) }
}

#[test]
fn a_slow_consumer_blocks_the_feeder_and_no_sample_is_lost() {
    const COUNT: u64 = 60;
    for threads in [1, 3] {
        let (sender, receiver) = crossbeam_channel::bounded(4);
        let sent = Arc::new(AtomicU64::new(0));
        let counter = sent.clone();
        let feeder = thread::spawn(move || {
            let mut drawn = Seen::default();
            for index in 0..COUNT {
                let sample = sample(index);
                drawn.add(&sample.hash());
                sender.send(sample).unwrap();
                counter.fetch_add(1, SeqCst);
            }
            drawn
        });
        let mixture = Arc::new(Mixture::live(Classes::given(["cat", "dog"]).unwrap(), Augment::transfer()));
        let pipeline = Pipeline { threads, ahead: 2, with_facts: true, ..Pipeline::new(24, 1) };
        let mut loader = pipeline.run(&mixture, receiver.into_iter().map(Job::Live), None).unwrap();
        let first = loader.next().unwrap();
        assert_eq!((first.origin, first.class), (Origin::Live(0), 0));
        assert_eq!(first.facts["visible_fraction"], Fact::Number(0.5));
        thread::sleep(Duration::from_millis(150));
        // The channel; the feeder's hand; for each thread one waiting, one in hand, two ready; the one that was taken.
        let most = 4 + 1 + 4 * threads as u64 + 1;
        assert!(sent.load(SeqCst) <= most, "{} sent of at most {most}", sent.load(SeqCst));
        let rest: Vec<Origin> = loader.by_ref().map(|loaded| loaded.origin).collect();
        assert!(rest.into_iter().eq((1..COUNT).map(Origin::Live)), "all of them, in their order");
        assert_eq!(loader.seen().count(), COUNT);
        assert!(*loader.seen() == feeder.join().unwrap(), "frames seen are the frames drawn");
    }
}

#[test]
fn whoever_stops_listening_stops_the_feeder() {
    let (sender, receiver) = crossbeam_channel::bounded(1);
    let mixture = Arc::new(Mixture::live(Classes::given(["cat", "dog"]).unwrap(), Augment::none()));
    let mut loader = Pipeline::new(8, 1).run(&mixture, receiver.into_iter().map(Job::Live), None).unwrap();
    let feeder = thread::spawn(move || (0..10_000).take_while(|&index| sender.send(sample(index)).is_ok()).count());
    assert!(loader.next().is_some());
    drop(loader);
    assert!(feeder.join().unwrap() < 1000);
}

#[test]
fn unknown_and_empty_frames_are_faults_and_still_counted_as_seen() {
    let odd =
        [Sample { class: "boat".into(), ..sample(0) }, Sample { image: RgbImage::new(0, 0), ..sample(1) }, sample(2)];
    let mixture = Arc::new(Mixture::live(Classes::given(["cat", "dog"]).unwrap(), Augment::none()));
    let mut loader = Pipeline::new(8, 1).run(&mixture, odd.map(Job::Live), None).unwrap();
    assert_eq!(loader.by_ref().count(), 1);
    assert_eq!((loader.faults().total(), loader.seen().count()), (2, 3));
    assert!(loader.faults().named[0].to_string().contains("cat, dog"), "{}", loader.faults().named[0]);
}

#[test]
fn frames_and_photos_are_interleaved_by_share() {
    let dir = tempfile::tempdir().unwrap();
    let photos = folders(dir.path(), &["cat", "dog"], 2);
    let mixture = Mixture::new(vec![part(photos, 1.0)], None).unwrap().with_live(Augment::transfer());
    let (sender, receiver) = crossbeam_channel::bounded(40);
    (0..40).for_each(|index| sender.send(sample(index)).unwrap());
    drop(sender);
    let tickets = Sampler::new(&mixture, 1).unwrap();
    let jobs = Interleave::new(receiver.into_iter().map(Job::Live), tickets, 0.2);
    let kinds: Vec<bool> = Pipeline::new(8, 1)
        .run(&Arc::new(mixture), jobs, None)
        .unwrap()
        .map(|l| matches!(l.origin, Origin::File(_)))
        .collect();
    assert_eq!(kinds.iter().filter(|file| !**file).count(), 40, "every frame");
    for ten in kinds.chunks_exact(10) {
        let files = ten.iter().filter(|file| **file).count();
        assert!((1..=3).contains(&files), "{files} of ten");
    }
}

#[test]
fn frames_that_came_are_learnt_again_with_other_draws_and_few_are_kept() {
    let mixture = Arc::new(Mixture::live(Classes::given(["cat", "dog"]).unwrap(), Augment::transfer()));
    let most_bytes = 8 * sample(0).image.as_raw().len();
    let jobs = |came| Replay::new((0..came).map(sample), 50, 3, 1).with_most_bytes(most_bytes);
    let mut loader = Pipeline::new(8, 1).run(&mixture, jobs(50), None).unwrap();
    let loaded: Vec<Loaded> = loader.by_ref().collect();
    assert_eq!((loaded.len(), loader.seen().count()), (200, 50), "each comes once, and thrice again on average");
    for (step, one) in loaded.iter().enumerate() {
        let Origin::Live(index) = one.origin else { panic!("{:?}", one.origin) };
        // One of three among the frames, two after the last.
        let newest = (step as u64 / 2).min(49);
        assert!((newest.saturating_sub(7)..=newest).contains(&index), "frame {index} while {newest} is the newest");
    }
    let pictures: BTreeSet<_> = loaded.iter().map(|one| one.key.0).collect();
    assert_eq!(pictures.len(), 200, "no picture comes twice");
    let again = Pipeline { threads: 1, ..Pipeline::new(8, 1) }.run(&mixture, jobs(50), None).unwrap();
    assert!(again.map(|one| one.key.0).eq(loaded.iter().map(|one| one.key.0)), "the same by the same seed");
    let fewer = Pipeline::new(8, 1).run(&mixture, jobs(49), None).unwrap();
    assert_eq!(fewer.count(), 49 * 2, "nothing follows when frames are missing");
}
