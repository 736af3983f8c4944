//! The lists and archives that each format wants beside the pictures.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use crate::{DatasetError, Format, Manifest, atomic, layout::Layout, records::Records};

pub(crate) mod coco;
pub(crate) mod webdataset;
pub(crate) mod yolo;

/// Writes the records and what the other formats want. Each file is whole or not there.
pub(crate) fn write_all(
    layout: &Layout,
    manifest: &Manifest,
    records: &Records,
    temp: &Path,
) -> Result<(), DatasetError> {
    each(temp, &layout.metadata(), records, |file, index| {
        let record = records.raw(index)?;
        writeln!(file, "{record}").map_err(DatasetError::io("write", temp))
    })?;
    if manifest.writes(Format::Coco) {
        coco::write(&layout.out, manifest, records, temp)?;
    }
    if manifest.writes(Format::Yolo) {
        yolo::write(&layout.out, manifest, records, temp)?;
    }
    if manifest.writes(Format::WebDataset) {
        webdataset::write(layout, manifest, records, temp)?;
    }
    Ok(())
}

/// The files that [`write_all`] makes of so many frames.
pub(crate) fn lists(manifest: &Manifest, frames: usize) -> impl Iterator<Item = PathBuf> {
    let coco = manifest.writes(Format::Coco).then_some([coco::ANNOTATIONS]);
    let yolo = manifest.writes(Format::Yolo).then_some([yolo::LIST, yolo::DATA]);
    let archives = if manifest.writes(Format::WebDataset) { frames.div_ceil(webdataset::SAMPLES) } else { 0 };
    let named = coco.into_iter().flatten().chain(yolo.into_iter().flatten()).map(PathBuf::from);
    named.chain((0..archives).map(|number| PathBuf::from(webdataset::shard_name(number))))
}

/// Writes a file to which every record adds its part.
pub(crate) fn each(
    temp: &Path,
    path: &Path,
    records: &Records,
    mut part: impl FnMut(&mut dyn Write, u64) -> Result<(), DatasetError>,
) -> Result<(), DatasetError> {
    whole(temp, path, |file| records.indices().try_for_each(|index| part(file, index)))
}

/// As [`atomic::write`], for parts that fail in our own ways too.
pub(crate) fn whole(
    temp: &Path,
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), DatasetError>,
) -> Result<(), DatasetError> {
    let mut failure = None;
    let written = atomic::write(temp, path, |file| {
        fill(file).map_err(|error| {
            let io = std::io::Error::other(error.to_string());
            failure = Some(error);
            io
        })
    });
    // The first error says more than its text wrapped in another.
    failure.map_or(written, Err)
}
