//! What was written is what is read.

mod common;

use common::{EVERY_FORMAT, capture, frame, spec};
use motley_dataset::{Dataset, DatasetError, FrameSink, ImageFormat, Reader, npy, sheet};
use tempfile::TempDir;

#[test]
fn there_and_back() {
    for formats in EVERY_FORMAT {
        let home = TempDir::new().unwrap();
        let mut spec = spec(home.path(), 8, formats);
        spec.manifest.image.format = ImageFormat::Png;
        capture(&spec);
        let reader = Reader::open(home.path()).unwrap();
        assert_eq!((reader.manifest(), reader.len(), reader.is_finished()), (&spec.manifest, 8, true));
        assert_eq!(reader.scene_source().unwrap(), spec.scene_source);
        let shape = [common::HEIGHT, common::WIDTH];
        for (record, index) in reader.records().zip(3..) {
            let (record, drawn) = (record.unwrap(), frame(index));
            assert_eq!(record.labels, drawn.labels);
            assert_eq!(reader.image(index).unwrap().into_raw(), drawn.rgb, "PNG is lossless");
            let depth = reader.bytes(index, "depth.npy").unwrap();
            assert_eq!(depth, npy::encode(&drawn.depth, &shape));
            let semantic = reader.bytes(index, "semantic.npy").unwrap();
            let expected = drawn.instance.iter().map(|id| [0, drawn.labels.class_id as u8 + 1, 255][usize::from(*id)]);
            assert!(npy::body::<u8>(&semantic, &shape).unwrap().iter().copied().eq(expected));
            let path = reader.image_path(index).unwrap();
            assert_eq!(path.is_some(), spec.manifest.has_loose_images());
            assert!(path.is_none_or(|path| path == home.path().join(&record.file_name) && path.is_file()));
        }
        assert_eq!(sheet::spread(&reader, 5).unwrap().len(), 5);
        assert!(matches!(reader.record(2), Err(DatasetError::Frame { index: 2, .. })));
    }
}

#[test]
fn as_far_as_it_is_drawn() {
    for formats in EVERY_FORMAT {
        let home = TempDir::new().unwrap();
        let spec = spec(home.path(), 8, formats);
        let _dataset = Dataset::open(&spec).unwrap();
        assert!(Reader::open(home.path()).unwrap().is_empty());
        FrameSink::open(&spec, 0).unwrap().write(&frame(5)).unwrap();
        let reader = Reader::open(home.path()).unwrap();
        assert_eq!((reader.indices().collect::<Vec<_>>(), reader.is_finished()), (vec![5], false));
        assert_eq!(reader.record(5).unwrap().labels, frame(5).labels);
        assert!(reader.image(5).is_ok() && reader.scene_source().is_ok());
    }
}

#[test]
fn nothing_there() {
    let home = TempDir::new().unwrap();
    assert!(matches!(Reader::open(home.path()), Err(DatasetError::NoDataset { .. })));
    std::fs::write(home.path().join("motley.json"), "{}").unwrap();
    assert!(matches!(Reader::open(home.path()), Err(DatasetError::Malformed { .. })));
}
