//! Do the formats' own files say what the records say?
//!
//! Lists are made again, aside, and compared byte for byte; what archives hold is compared with the files beside them.

use std::{fs, path::Path};

use super::{Fault, FaultKind};
use crate::{
    DatasetError, Format, Reader,
    formats::{coco, webdataset, yolo},
};

/// Compares a finished dataset's lists and archives with its records. Records must be sound, or nothing can be said.
///
/// # Errors
/// If there is no room for the lists in the system's temporary folder.
pub fn check(reader: &Reader, faults: &mut Vec<Fault>) -> Result<(), DatasetError> {
    let aside = tempfile::tempdir().map_err(DatasetError::io("create", std::env::temp_dir()))?;
    let (lists, temp) = (aside.path().join("lists"), aside.path().join("temp"));
    fs::create_dir(&lists).map_err(DatasetError::io("create", &lists))?;
    let manifest = reader.manifest();
    if manifest.writes(Format::Coco) {
        coco::write(&lists, manifest, reader.found(), &temp)?;
    }
    if manifest.writes(Format::Yolo) {
        yolo::write(&lists, manifest, reader.found(), &temp)?;
    }
    for entry in fs::read_dir(&lists).map_err(DatasetError::io("list", &lists))?.flatten() {
        let name = entry.file_name();
        let due = fs::read(entry.path()).map_err(DatasetError::io("read", entry.path()))?;
        match fs::read(reader.dir().join(&name)) {
            Err(_) => faults.push(whole(FaultKind::Missing, &name, "is not there")),
            Ok(there) if there != due => faults.push(whole(FaultKind::Corrupt, &name, "is not what the records say")),
            Ok(_) => {}
        }
    }
    if manifest.writes(Format::WebDataset) && manifest.has_loose_images() {
        archives(reader, faults);
    }
    Ok(())
}

/// Compares what archives hold with the files that lie beside them.
fn archives(reader: &Reader, faults: &mut Vec<Fault>) {
    let mut lacking = Vec::new();
    for index in reader.indices() {
        for extension in webdataset::members(reader.manifest()) {
            // A file that is gone has been reported already.
            let Ok(beside) = reader.bytes(index, extension) else { continue };
            match reader.archived(index, extension) {
                Ok(archived) if archived == beside => {}
                Ok(_) => {
                    let detail = format!("the archive's .{extension} is not the file beside it");
                    faults.push(Fault::new(index, FaultKind::Corrupt, detail));
                }
                Err(DatasetError::Frame { problem, .. }) => lacking.push(problem),
                // The archive itself: once is enough.
                Err(error) => {
                    faults.push(Fault { index: None, kind: FaultKind::Corrupt, detail: error.to_string() });
                    return;
                }
            }
        }
    }
    if let Some(first) = lacking.first() {
        let detail = format!("{first}, one of {} files that the archives lack", lacking.len());
        faults.push(Fault { index: None, kind: FaultKind::Missing, detail });
    }
}

fn whole(kind: FaultKind, name: impl AsRef<Path>, detail: &str) -> Fault {
    Fault { index: None, kind, detail: format!("{} {detail}", name.as_ref().display()) }
}
