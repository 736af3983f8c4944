//! Copies among the pictures of a test are found.

use image::{RgbImage, imageops};
use motley_learn::data::Source;
use motley_study::leaks::{compare, thumbnails};

/// Something smooth that `seed` decides.
fn picture(seed: u32, side: u32) -> RgbImage {
    let wave = |x: f32, y: f32| (x * (3.0 + seed as f32) + y * (7.0 - seed as f32)).sin() * 100.0 + 120.0;
    RgbImage::from_fn(side, side, |x, y| image::Rgb([wave(x as f32 / side as f32, y as f32 / side as f32) as u8; 3]))
}

#[test]
fn copies_are_found_and_others_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let save = |place: &str, image: &RgbImage| {
        let path = dir.path().join(place);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        image.save(path).unwrap();
    };
    for seed in 0..4 {
        save(&format!("train/cat/{seed}.png"), &picture(seed, 96));
    }
    // A copy of another size, as JPEG, and something new.
    save("test/cat/copy.jpg", &imageops::resize(&picture(2, 96), 64, 64, imageops::FilterType::Triangle));
    save("test/cat/new.png", &picture(9, 96));
    let open = |name: &str| Source::open(&dir.path().join(name)).unwrap();
    let (train, test) = (open("train"), open("test"));
    let (learnt, tested) = (thumbnails(&train), thumbnails(&test));
    let found = compare((&train, &learnt), (&test, &tested), &dir.path().join("leaks/x.json")).unwrap();
    assert_eq!((found.pictures, found.leaked), (2, 1), "{found:?}");
    assert_eq!((found.nearest[0].test.as_str(), found.nearest[0].training.as_str()), ("cat/copy.jpg", "cat/2.png"));
    assert!(dir.path().join("leaks").join(&found.nearest[0].file).is_file());
}
