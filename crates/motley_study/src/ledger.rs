//! What a study consists of: its cells and the hashes of all that goes into them. Parts of one study have the same ledger.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    cell::{hash, read_json, write_json},
    error::{Error, Result},
    file::{StudyFile, describe},
    fingerprint::Fingerprints,
    study::{Cell, Exam, Study, open},
};

/// Raised when results can no longer be compared with those of before.
const FORMAT: u32 = 2;

/// What a study consists of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// Version of Motley.
    pub version: String,
    /// Text of the study file.
    pub study: String,
    /// What each arm learns from.
    pub arms: Vec<Value>,
    /// What each test consists of.
    pub tests: Vec<Value>,
    /// The cells.
    pub cells: Vec<Entry>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Name of the arm.
    pub arm: String,
    /// Name of the training.
    pub training: String,
    /// Number of the repeat, from 0.
    pub repeat: u32,
    /// All that goes into it, or why that cannot be had.
    pub inputs: Result<Value, String>,
}

impl Entry {
    /// Name of its result; `None` for one that cannot be run.
    pub fn hash(&self) -> Option<String> {
        self.inputs.as_ref().ok().map(hash)
    }
}

impl Ledger {
    /// Looks at everything that goes into a study.
    pub fn new(study: &Study, cells: &[Cell]) -> Self {
        let mut prints = Fingerprints::default();
        let arms: Vec<_> = (0..study.arms.len()).map(|arm| material(study, arm, &mut prints)).collect();
        let tests: Vec<_> = study.tests.iter().map(|test| exam(study, test, &mut prints)).collect();
        let entry = |cell: &Cell| Entry {
            arm: study.file.arms[cell.arm].name.clone(),
            training: study.file.trainings[cell.training].name.clone(),
            repeat: cell.repeat,
            inputs: inputs(study, cell, &arms, &tests, &mut prints).map_err(|error| error.to_string()),
        };
        let cells = cells.iter().map(entry).collect();
        let known = |one: &Result<Value>| match one {
            Ok(value) => value.clone(),
            Err(error) => json!({ "missing": error.to_string() }),
        };
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            study: study.text.clone(),
            arms: arms.iter().map(known).collect(),
            tests: tests.iter().map(known).collect(),
            cells,
        }
    }

    /// The study file.
    ///
    /// # Errors
    /// When its text has faults, which a study that was begun has not.
    pub fn file(&self) -> Result<StudyFile> {
        StudyFile::parse_whole(&self.study).map_err(|faults| Error::Faults(describe(Path::new("study.ron"), &faults)))
    }

    /// Reads that of a study's folder; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(out: &Path) -> Result<Option<Self>> {
        read_json(&out.join("study.json"))
    }

    /// Writes it into a study's folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, out: &Path) -> Result<()> {
        write_json(&out.join("study.json"), self)
    }
}

fn material(study: &Study, at: usize, prints: &mut Fingerprints) -> Result<Value> {
    let arm = &study.arms[at];
    let photos = arm.photos.as_ref().map(|dir| prints.of_pictures(dir)).transpose()?;
    let classes = study.classes(at)?;
    // Frames are shared out evenly between the classes.
    let most = arm.frames_per_class.map_or(u64::MAX, |limit| limit as u64 * classes.len() as u64);
    let count_photos = |dir| -> Result<usize> {
        let mut source = open(dir)?;
        source.keep_per_class(arm.photos_per_class.unwrap_or(usize::MAX), 0);
        Ok((0..source.len()).filter(|&item| classes.find(source.word(item)).is_some()).count())
    };
    let last = study.seed(study.file.repeats - 1);
    Ok(json!({
        "frames": arm.frames.as_ref().map(|frames| &frames.hash),
        "frames_per_class": arm.frames_per_class,
        "photos": photos,
        "photos_per_class": arm.photos_per_class,
        "classes": classes.names(),
        "count": {
            "frames": arm.frames.as_ref().map(|frames| frames.count.min(most)),
            "photos": arm.photos.as_deref().map(count_photos).transpose()?,
        },
        "seeds": if study.file.repeats == 1 { last.to_string() } else { format!("{} to {last}", study.seed(0)) },
    }))
}

fn exam(study: &Study, test: &Exam, prints: &mut Fingerprints) -> Result<Value> {
    Ok(match test {
        Exam::Photos(dir, per_class) => {
            let count = test.pictures(dir, 0)?.len();
            json!({ "photos": prints.of_pictures(dir)?, "per_class": per_class, "count": { "photos": count } })
        }
        Exam::Frames(frames) => {
            json!({ "frames": frames.hash, "count": { "frames": frames.count }, "seeds": study.test_seed().to_string() })
        }
    })
}

/// What an arm is in any repeat.
fn without_seeds(mut arm: Value) -> Value {
    if let Some(fields) = arm.as_object_mut() {
        fields.remove("seeds");
    }
    arm
}

/// File that names the commands by which a study came about.
const COMMANDS: &str = "commands.json";

/// Notes a command by which a study came about, unless it is known.
///
/// # Errors
/// When that file cannot be read or written.
pub fn note_command(out: &Path, command: &str) -> Result<()> {
    let mut commands = commands(out)?;
    if !commands.iter().any(|known| known == command) {
        commands.push(command.to_owned());
        write_json(&out.join(COMMANDS), &commands)?;
    }
    Ok(())
}

/// The commands by which a study came about, in their order.
///
/// # Errors
/// When that file cannot be read.
pub fn commands(out: &Path) -> Result<Vec<String>> {
    Ok(read_json(&out.join(COMMANDS))?.unwrap_or_default())
}

fn inputs(
    study: &Study,
    cell: &Cell,
    arms: &[Result<Value>],
    tests: &[Result<Value>],
    prints: &mut Fingerprints,
) -> Result<Value> {
    let known = |one: &Result<Value>| one.as_ref().cloned().map_err(|error| Error::Setting(error.to_string()));
    let mut plan = study.plan(cell, None, None)?;
    let weights = plan.weights.take().map(|file| prints.of_file(&file)).transpose()?;
    // Where things lie is no part of what they are, and repeats have seeds of their own in their plans.
    (plan.cache, plan.real) = (None, Vec::new());
    // A test that cannot be had is no reason to leave the others out.
    let named = |at: &usize| json!([study.file.tests[*at].name, tests[*at].as_ref().ok()]);
    Ok(json!({
        "format": FORMAT,
        "version": env!("CARGO_PKG_VERSION"),
        "arm": without_seeds(known(&arms[cell.arm])?),
        "plan": plan,
        "weights": weights,
        "tests": cell.tests.iter().map(named).collect::<Vec<_>>(),
        "by_epoch": cell.by_epoch.map(|at| &study.file.tests[at].name),
        "test_seed": study.test_seed(),
    }))
}
