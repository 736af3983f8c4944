//! Features that are kept: made once, bounded, and made again where they are damaged.

use std::{
    convert::Infallible,
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
    sync::Arc,
};

use image::{Rgb, RgbImage};
use motley_learn::data::{
    Backbone, Classes, Extracted, FeatureCache, Key, Mixture, Part, Pipeline, Shelf, Source, Ticket, extract,
};
use motley_pixels::Augment;

const DIM: usize = 5;

fn backbone(weights: &str) -> Backbone {
    Backbone { id: "mean colours".into(), weights: weights.into(), dim: DIM }
}

fn key(number: u8) -> Key {
    Key([number; 32])
}

fn shelf() -> Shelf {
    Shelf { source: "photos".into(), draw: 0 }
}

fn values(number: u8) -> Vec<f32> {
    (0..DIM).map(|i| f32::from(number) + i as f32 * 0.1).collect()
}

fn filled(dir: &Path, count: u8) -> FeatureCache {
    let cache = FeatureCache::open(dir, &backbone("a"), u64::MAX).unwrap();
    (0..count).for_each(|number| cache.put(&shelf(), &key(number), &values(number)));
    cache
}

fn reopened(dir: &Path) -> FeatureCache {
    FeatureCache::open(dir, &backbone("a"), u64::MAX).unwrap()
}

#[test]
fn what_is_put_is_there_now_and_later_in_one_file() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), 50));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    let cache = reopened(dir.path());
    for number in 0..50 {
        assert_eq!(cache.get(&shelf(), &key(number)), Some(values(number)));
    }
    assert_eq!(cache.get(&shelf(), &key(50)), None);
    assert_eq!(cache.get(&Shelf { draw: 1, ..shelf() }, &key(1)), None, "another draw has a file of its own");
    let other = FeatureCache::open(dir.path(), &backbone("b"), u64::MAX).unwrap();
    assert_eq!(other.get(&shelf(), &key(1)), None, "other weights");
    assert_eq!(cache.corrupt(), 0);
}

#[test]
fn torn_and_damaged_records_count_as_missing_and_are_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path(), 10).path(&shelf());
    let whole = fs::read(&path).unwrap();
    let stride = (whole.len() - 44) / 10;

    // A crash in the middle of a write: half a record at the end.
    OpenOptions::new().append(true).open(&path).unwrap().write_all(&whole[44..44 + stride / 2]).unwrap();
    let cache = reopened(dir.path());
    cache.put(&shelf(), &key(10), &values(10));
    drop(cache);
    let cache = reopened(dir.path());
    assert!((0..=10).all(|number| cache.get(&shelf(), &key(number)) == Some(values(number))));
    drop(cache);

    // A bit that flipped, in the values of one and in the key of another.
    let mut bytes = fs::read(&path).unwrap();
    bytes[44 + 3 * stride + 40] ^= 1;
    bytes[44 + 5 * stride + 2] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let cache = reopened(dir.path());
    let missing: Vec<u8> = (0..=10).filter(|number| cache.get(&shelf(), &key(*number)).is_none()).collect();
    assert_eq!((missing, cache.corrupt()), (vec![3, 5], 2));
    cache.put(&shelf(), &key(3), &values(3));
    assert_eq!(cache.get(&shelf(), &key(3)), Some(values(3)));
    drop(cache);
    assert_eq!(reopened(dir.path()).get(&shelf(), &key(3)), Some(values(3)));

    // No header of ours at all.
    for bytes in [b"".as_slice(), b"MOTLEY", &[7; 200]] {
        fs::write(&path, bytes).unwrap();
        let cache = reopened(dir.path());
        assert_eq!(cache.get(&shelf(), &key(1)), None);
        cache.put(&shelf(), &key(1), &values(1));
        assert_eq!(cache.get(&shelf(), &key(1)), Some(values(1)));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing half-written stays behind");
}

#[test]
fn a_record_that_is_damaged_while_it_is_open_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let cache = filled(dir.path(), 3);
    let path = cache.path(&shelf());
    let mut bytes = fs::read(&path).unwrap();
    bytes[44 + 35] ^= 0x80;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(cache.get(&shelf(), &key(0)), None);
    assert_eq!(cache.get(&shelf(), &key(1)), Some(values(1)));
    assert_eq!(cache.corrupt(), 1);
}

#[test]
fn the_folder_stays_within_its_limit() {
    let dir = tempfile::tempdir().unwrap();
    let limit = 2000;
    let cache = FeatureCache::open(dir.path(), &backbone("a"), limit).unwrap();
    (0..200).for_each(|number| cache.put(&shelf(), &key(number), &values(number)));
    let size =
        |dir: &Path| fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum::<u64>();
    assert!(size(dir.path()) <= limit + 44 && size(dir.path()) > limit / 2, "{}", size(dir.path()));
    assert_eq!(cache.get(&shelf(), &key(0)), Some(values(0)));
    assert_eq!(cache.get(&shelf(), &key(199)), None);
    drop(cache);
    // A smaller limit makes room when the folder is opened.
    let cache = FeatureCache::open(dir.path(), &backbone("a"), 100).unwrap();
    assert_eq!((size(dir.path()), cache.get(&shelf(), &key(0))), (0, None));
}

#[test]
fn two_at_once_do_not_mix_their_records() {
    let dir = tempfile::tempdir().unwrap();
    let first = filled(dir.path(), 5);
    let second = reopened(dir.path());
    assert_eq!(second.get(&shelf(), &key(4)), Some(values(4)));
    second.put(&shelf(), &key(9), &values(9));
    first.put(&shelf(), &key(8), &values(8));
    drop((first, second));
    let cache = reopened(dir.path());
    assert_eq!(cache.get(&shelf(), &key(8)), Some(values(8)));
    assert_eq!((cache.get(&shelf(), &key(9)), cache.corrupt()), (None, 0), "the second only reads");
}

#[test]
fn a_second_pass_asks_the_network_for_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..11_u8 {
        let path = dir.path().join(format!("photos/{}/{number}.png", if number % 2 == 0 { "cat" } else { "dog" }));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        RgbImage::from_fn(20, 20, |x, _| Rgb([number * 20, x as u8 * 10, 9])).save(path).unwrap();
    }
    let source = || Source::open(&dir.path().join("photos")).unwrap();
    let run = |augment: Augment, seed: u64, draw: u32, weights: &str| -> (Extracted, usize) {
        let mixture = Mixture::new(
            vec![Part { source: source(), weight: 1.0, augment }],
            Some(Classes::given(["cat", "dog"]).unwrap()),
        );
        let mixture = Arc::new(mixture.unwrap());
        let cache = Arc::new(FeatureCache::open(&dir.path().join("cache"), &backbone(weights), 1 << 20).unwrap());
        let tickets: Vec<Ticket> = mixture.tickets().into_iter().map(|ticket| Ticket { draw, ..ticket }).collect();
        let mut loader = Pipeline::new(16, seed).files(&mixture, tickets, Some(&cache)).unwrap();
        let mut asked = 0;
        let forward = |pictures: &[(RgbImage, usize)]| {
            assert!(pictures.len() <= 4);
            asked += pictures.len();
            // The corners and the middle of the red channel.
            let at = [(0, 0), (15, 0), (0, 15), (15, 15), (8, 8)];
            Ok::<_, Infallible>(pictures.iter().flat_map(|(p, _)| at.map(|(x, y)| f32::from(p[(x, y)].0[0]))).collect())
        };
        let extracted = extract(&mut loader, &mixture, Some(&cache), DIM, 4, forward, |_| ()).unwrap();
        (extracted, asked)
    };
    let transfer = Augment::transfer();
    let (first, asked) = run(transfer, 1, 0, "a");
    assert_eq!((first.len(), asked, first.cached), (11, 11, 0));
    assert_eq!(first.row(10).len(), DIM);
    let (again, asked) = run(transfer, 1, 0, "a");
    assert_eq!((asked, again.cached), (0, 11));
    assert_eq!((&again.values, &again.classes, &again.names), (&first.values, &first.classes, &first.names));
    assert_eq!(run(transfer, 1, 1, "a").1, 11, "another draw");
    assert_eq!(run(transfer, 2, 0, "a").1, 11, "another seed");
    assert_eq!(run(transfer, 1, 0, "b").1, 11, "other weights");
    assert_eq!(run(Augment::none(), 1, 0, "a").1, 11, "another augmentation");
    assert_eq!(run(Augment::none(), 9, 0, "a").1, 0, "without randomness no seed matters");

    // A picture that changed is another picture; the others are still known.
    RgbImage::from_pixel(20, 20, Rgb([1, 2, 3])).save(dir.path().join("photos/cat/0.png")).unwrap();
    assert_eq!(run(transfer, 1, 0, "a").1, 1);
}
