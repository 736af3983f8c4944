//! Joins the parts of a study that were done on several machines.

use std::path::{Path, PathBuf};

use motley_learn::files;

use crate::{
    cell::{read_json, write_json},
    error::{Error, Result},
    lab::Failure,
    ledger::{Ledger, commands, note_command},
};

/// Folders of a study that a report is made from.
const FOLDERS: [&str; 4] = ["cells", "looks", "leaks", "samples"];

/// Whether a folder holds a study.
pub fn is_study(dir: &Path) -> bool {
    dir.join("study.json").is_file()
}

/// Copies what all parts have done into `out`. Frames stay where they are: what they were needed for is done.
///
/// # Errors
/// When the parts are not of one study, or a file cannot be read or written.
pub fn merge(parts: &[PathBuf], out: &Path) -> Result<()> {
    let mut whole: Option<Ledger> = Ledger::read(out)?;
    let first = if whole.is_some() { out } else { &parts[0] };
    let mut failures: Vec<Failure> = Vec::new();
    // Nothing is written before all of them are known to fit.
    for part in parts {
        let none = || {
            Error::Setting(format!("{} holds no study: name folders that `motley study --shard` made", part.display()))
        };
        let ledger = Ledger::read(part)?.ok_or_else(none)?;
        if let Some(whole) = whole.as_ref().filter(|whole| **whole != ledger) {
            let problem = if whole.study == ledger.study {
                "they have the same study file, but other scenes, photos, weights or versions"
            } else {
                "they have other study files"
            };
            return Err(Error::Setting(format!(
                "{} and {} are not parts of one study: {problem}",
                first.display(),
                part.display()
            )));
        }
        for failure in read_json::<Vec<Failure>>(&part.join("failures.json"))?.unwrap_or_default() {
            if !failures.contains(&failure) {
                failures.push(failure);
            }
        }
        whole = Some(ledger);
    }
    for part in parts {
        for command in commands(part)? {
            note_command(out, &command)?;
        }
        for folder in FOLDERS {
            copy(&part.join(folder), &out.join(folder))?;
        }
    }
    write_json(&out.join("failures.json"), &failures)?;
    whole.map_or(Ok(()), |ledger| ledger.write(out))
}

/// Copies the files of a folder, not its folders.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(from) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(Error::io(from))?.path();
        let Some(name) = path.file_name().filter(|_| path.is_file()) else { continue };
        files::write(&to.join(name), &std::fs::read(&path).map_err(Error::io(&path))?)?;
    }
    Ok(())
}
