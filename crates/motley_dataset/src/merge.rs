//! Shards back into the dataset that one run would have made.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use motley_scene::scene::check_name;

use crate::{
    Dataset, DatasetError, Manifest, Reader, Spec, Summary,
    lock::PATIENCE,
    sink::{Content, Journal},
};

/// Joins finished shards into the dataset that an unsharded run would have made, byte for byte.
///
/// Works as a capture does, whose frames come from the shards: it can be killed and repeated. Loose files become hard
/// links where the file system has them, and copies elsewhere; the shards are left as they are. Shards drawn on
/// different adapters are joined too, and the manifest then names them all.
///
/// # Errors
/// If a shard is not finished, if they differ in more than their number, overlap or leave gaps, or as [`Dataset::open`].
pub fn merge(shards: &[PathBuf], out: &Path) -> Result<Summary, DatasetError> {
    let mut readers = Vec::new();
    for dir in shards {
        let reader = Reader::open(dir)?;
        if !reader.is_finished() {
            return Err(DatasetError::Merge(format!("{} is not finished: run its capture again first", dir.display())));
        }
        readers.push(reader);
    }
    let manifest = whole(&readers)?;
    let spec = Spec { out: out.to_owned(), scene_source: readers[0].scene_source()?, manifest };
    let dataset = Dataset::open(&spec)?;
    let missing = dataset.missing()?;
    if !missing.is_empty() {
        let mut journal = Journal::open(&spec, 0, PATIENCE)?;
        for index in missing.into_iter().flatten() {
            let reader = readers.iter().find(|reader| reader.contains(index));
            let reader = reader.ok_or_else(|| DatasetError::Merge(format!("no shard holds frame {index}")))?;
            take(reader, index, &spec.manifest, &mut journal)?;
        }
    }
    dataset.finish()
}

/// The manifest of the whole.
fn whole(readers: &[Reader]) -> Result<Manifest, DatasetError> {
    let Some(first) = readers.first() else {
        return Err(DatasetError::Merge("no shards are given".into()));
    };
    let mut whole = Manifest { shard: None, ..first.manifest().clone() };
    let mut covered = Vec::new();
    let (mut adapters, mut drivers) = (BTreeSet::new(), BTreeSet::new());
    for reader in readers {
        let manifest = reader.manifest();
        let differences = whole.differences(&Manifest { shard: None, ..manifest.clone() });
        if !differences.is_empty() {
            let (a, b) = (first.dir().display(), reader.dir().display());
            let message = format!("{a} and {b} are not parts of one dataset ({})", differences.join("; "));
            return Err(DatasetError::Merge(
                message.replace(" there ", " in the first ").replace(" here", " in the second"),
            ));
        }
        let indices = manifest.indices();
        if let Some(absent) = indices.clone().find(|index| !reader.contains(*index)) {
            let dir = reader.dir().display();
            return Err(DatasetError::Merge(format!("{dir} lacks frame {absent}: `motley audit {dir}` says more")));
        }
        covered.push((indices.start, indices.end, reader.dir()));
        adapters.insert(manifest.adapter.as_str());
        drivers.insert(manifest.driver.as_str());
    }
    covered.sort_unstable();
    let mut reached = whole.start;
    for (start, end, dir) in covered {
        if start < reached && start < end {
            return Err(DatasetError::Merge(format!(
                "frames from {start} on are in {} and in another shard",
                dir.display()
            )));
        }
        if start > reached {
            break;
        }
        reached = reached.max(end);
    }
    if reached != whole.indices().end {
        return Err(DatasetError::Merge(format!("frames from {reached} on are missing: give all shards")));
    }
    (whole.adapter, whole.driver) = (join(adapters), join(drivers));
    Ok(whole)
}

fn join(names: BTreeSet<&str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(" + ")
}

/// Takes one frame over.
fn take(reader: &Reader, index: u64, manifest: &Manifest, journal: &mut Journal) -> Result<(), DatasetError> {
    let class = reader.record(index)?.labels.class;
    check_name(&class).map_err(DatasetError::ClassName)?;
    let mut files = Vec::new();
    for extension in manifest.extensions() {
        let content = match reader.path(index, extension)? {
            Some(path) => Content::Link(path),
            None => Content::Bytes(Cow::Owned(reader.bytes(index, extension)?)),
        };
        files.push((manifest.file_name(&class, index, extension), content));
    }
    let record = serde_json::value::RawValue::from_string(reader.raw(index)?);
    journal.commit(index, &files, &record.map_err(DatasetError::malformed(reader.dir()))?)
}
