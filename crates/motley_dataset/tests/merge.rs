//! Shards ∪ = the whole, byte for byte, in every format; and what no whole is made of.

mod common;

use std::path::PathBuf;

use common::{EVERY_FORMAT, assert_same, capture, spec};
use motley_dataset::{Format, Reader, Spec, audit, merge};
use tempfile::TempDir;

fn shards(home: &TempDir, formats: &[Format], count: u64, parts: u32) -> Vec<PathBuf> {
    (1..=parts)
        .map(|part| {
            let out = home.path().join(format!("shard-{part}"));
            let mut spec = spec(&out, count, formats);
            spec.manifest.shard = Some([part, parts]);
            capture(&spec);
            out
        })
        .collect()
}

#[test]
fn shards_make_the_whole() {
    for formats in EVERY_FORMAT {
        let home = TempDir::new().unwrap();
        let (whole, merged) = (home.path().join("whole"), home.path().join("merged"));
        capture(&spec(&whole, 13, formats));
        let mut parts = shards(&home, formats, 13, 4);
        parts.reverse();
        let before: Vec<_> = parts.iter().map(|part| common::tree(part)).collect();
        let summary = merge(&parts, &merged).unwrap();
        assert_eq!(summary.frames, 13);
        assert_same(&whole, &merged);
        assert_eq!(parts.iter().map(|part| common::tree(part)).collect::<Vec<_>>(), before, "the shards are untouched");
        // Once more is no harm.
        merge(&parts, &merged).unwrap();
        assert!(audit(&merged).unwrap().ok());
    }
}

#[test]
fn more_samples_than_an_archive_holds() {
    let home = TempDir::new().unwrap();
    let small = |out: PathBuf| {
        let mut spec = spec(&out, 1100, &[Format::WebDataset]);
        spec.manifest.labels.clear();
        spec
    };
    let whole = small(home.path().join("whole"));
    capture(&whole);
    let reader = Reader::open(&whole.out).unwrap();
    assert!(whole.out.join("shard-000001.tar").is_file() && !whole.out.join("shard-000002.tar").exists());
    assert_eq!(reader.image(3 + 1099).unwrap().dimensions(), (common::WIDTH, common::HEIGHT));
    assert_eq!(reader.image_path(3).unwrap(), None);
    let parts: Vec<_> = (1..=2)
        .map(|part| {
            let mut shard = small(home.path().join(format!("part-{part}")));
            shard.manifest.shard = Some([part, 2]);
            capture(&shard);
            shard.out
        })
        .collect();
    merge(&parts, &home.path().join("merged")).unwrap();
    assert_same(&whole.out, &home.path().join("merged"));
}

#[test]
fn no_whole() {
    let home = TempDir::new().unwrap();
    let parts = shards(&home, &[], 10, 3);
    let out = home.path().join("out");
    let refuse = |parts: &[PathBuf], word: &str| {
        let error = merge(parts, &out).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
        assert!(!out.exists(), "nothing was made");
    };
    refuse(&[], "no shards");
    refuse(&parts[1..], "frames from 3 on are missing");
    refuse(&[parts[0].clone(), parts[2].clone()], "frames from 6 on are missing");
    refuse(&[parts[0].clone(), parts[0].clone(), parts[1].clone(), parts[2].clone()], "another shard");
    let mut stranger = spec(&home.path().join("stranger"), 10, &[]);
    stranger.manifest.seed = 8;
    stranger.manifest.shard = Some([3, 3]);
    capture(&Spec { ..stranger.clone() });
    refuse(&[parts[0].clone(), parts[1].clone(), stranger.out], "seed is 7 in the first and 8 in the second");
    refuse(&[home.path().to_owned()], "no Motley dataset");
}
