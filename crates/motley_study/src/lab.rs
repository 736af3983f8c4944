//! Carries out a study: draws frames, runs cells, one after the other, each kept as soon as it is done.
//!
//! 1. The [`Ledger`] names every cell by a hash of all that goes into it. What is kept under that hash is not done again.
//! 2. Frames are drawn for those cells that are left; a dataset that was begun goes on.
//! 3. Cells run repeat by repeat and arm by arm: features that one training made are there for the next.
//! 4. What cannot be done is a [`Failure`]: it is noted, and the rest goes on.
//! 5. What is shown besides numbers is made at the end: [`samples`], [`looks`], [`leaks`].

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use motley_learn::{device::Device, files};
use serde::{Deserialize, Serialize};

use crate::{
    cell::{CellResult, Run, Shelf, write_json},
    error::{Error, Result},
    frames::{Draw, Frames},
    leaks,
    ledger::Ledger,
    looks, samples,
    study::{Cell, Exam, Study},
    tune::SPENT,
};

/// Work, in the time that a picture takes to be drawn: features of a picture, and a step that a whole network learns from it.
const FEATURES: f64 = 2.0;
const LEARNING: f64 = 12.0;
/// What a cell takes besides.
const OVERHEAD: f64 = 60.0;

/// Something that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What.
    pub what: String,
    /// Why not.
    pub reason: String,
}

/// How far a study is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress<'a> {
    /// What is being done.
    pub what: &'a str,
    /// Work that is done since the start, in any unit.
    pub done: f64,
    /// All work from the start on, in the same unit: a guess.
    pub total: f64,
    /// What went wrong just now.
    pub failure: Option<&'a Failure>,
}

/// Hears how far a study is; may ask to stop.
pub type Listener<'a> = dyn FnMut(&Progress<'_>) -> ControlFlow<()> + 'a;

/// Carries out a study.
pub struct Lab<'a> {
    /// The study.
    pub study: &'a Study,
    /// Its folder.
    pub out: &'a Path,
    /// What computes.
    pub device: &'a Device,
    /// `[i, n]`: the i-th of n parts, `1 ≤ i ≤ n`; `None` is the whole.
    pub shard: Option<[u32; 2]>,
    /// Draws frames.
    pub draw: &'a mut Draw<'a>,
    /// Hears everything; may ask to stop.
    pub listener: &'a mut Listener<'a>,
}

/// A folder holds one study: its file may change, its name may not.
fn refuse_others(study: &Study, out: &Path) -> Result<()> {
    let other = if out.join("motley.json").exists() {
        Some("a dataset".to_owned())
    } else if out.join(SPENT).exists() {
        Some("a search".to_owned())
    } else {
        let there = Ledger::read(out)?.map(|there| there.file()).transpose()?;
        there.filter(|there| there.name != study.file.name).map(|there| format!("the study {:?}", there.name))
    };
    match other {
        Some(other) => Err(Error::Setting(format!("{} holds {other}: name another folder by --out", out.display()))),
        None => Ok(()),
    }
}

/// Holds the folder of a study or a search: two processes would overwrite each other's results.
pub(crate) fn hold(out: &Path) -> Result<File> {
    files::hold(out)?.ok_or_else(|| {
        Error::Setting(format!(
            "another process works in {}: wait for it, or name another folder by --out",
            out.display()
        ))
    })
}

/// Where none of the photos is, the folder that they are relative to is another one; nothing that was done is touched then.
fn find_photos(study: &Study) -> Result<()> {
    let tests = study.tests.iter().filter_map(|test| match test {
        Exam::Photos(dir, _) => Some(dir),
        Exam::Frames(_) => None,
    });
    let named: BTreeSet<&PathBuf> = study.arms.iter().filter_map(|arm| arm.photos.as_ref()).chain(tests).collect();
    if named.is_empty() || named.iter().any(|dir| dir.is_dir()) {
        return Ok(());
    }
    let named: Vec<String> = named.iter().map(|dir| dir.display().to_string()).collect();
    Err(Error::Setting(format!(
        "there are no photos in {}: name the folder that they lie in by --data",
        named.join(", ")
    )))
}

impl Lab<'_> {
    /// Does all that is left to be done, and gives what could not be done.
    ///
    /// # Errors
    /// When the folder cannot be written to or another process works in it, or somebody asked to stop.
    pub fn run(self) -> Result<Vec<Failure>> {
        let Self { study, out, device, shard, draw, listener } = self;
        let cells = study.cells();
        refuse_others(study, out)?;
        find_photos(study)?;
        let _held = hold(out)?;
        let ledger = Ledger::new(study, &cells);
        ledger.write(out)?;
        let mut work = Work {
            study,
            out,
            device,
            draw,
            listener,
            done: 0.0,
            total: 0.0,
            failures: Vec::new(),
            drawn: BTreeMap::new(),
        };
        let shelf = Shelf::new(out);
        let mut left = Vec::new();
        for (cell, entry) in cells.iter().zip(&ledger.cells).filter(|(cell, _)| is_mine(cell, &cells, shard)) {
            match &entry.inputs {
                Ok(inputs) => match shelf.done(&crate::cell::hash(inputs), cell.keeps_model) {
                    Some(done) => work.tests_failed(cell, &done)?,
                    None => left.push((cell, inputs)),
                },
                Err(reason) => work.fail(&work.name(cell), reason.clone())?,
            }
        }
        work.total = work.guess(&left);
        for (cell, inputs) in left {
            let name = work.name(cell);
            match work.cell(cell, inputs, &shelf, &name) {
                Err(Error::Stopped) => return Err(Error::Stopped),
                Err(error) => work.fail(&name, error.to_string())?,
                Ok(done) => work.tests_failed(cell, &done)?,
            }
        }
        let mine = |cell: &Cell| is_mine(cell, &cells, shard);
        for (what, made) in [
            ("samples", samples::make(study, out)),
            ("where models look", looks::make(study, &ledger, out, device, &mine, &mut |what| work.tell(what, 0.0))),
        ] {
            match made {
                Err(Error::Stopped) => return Err(Error::Stopped),
                Err(error) => work.fail(what, error.to_string())?,
                Ok(()) => {}
            }
        }
        for (what, reason) in leaks::make(study, &cells, out, &mut |what| work.tell(what, 0.0))? {
            work.fail(&what, reason)?;
        }
        write_json(&out.join("failures.json"), &work.failures)?;
        Ok(work.failures)
    }
}

/// Whether a cell belongs to a part: all trainings of the same frames go together, so that no part draws another's.
fn is_mine(cell: &Cell, cells: &[Cell], shard: Option<[u32; 2]>) -> bool {
    let Some([part, parts]) = shard else { return true };
    let groups: BTreeSet<_> = cells.iter().map(|cell| (cell.repeat, cell.arm)).collect();
    let group = groups.iter().position(|group| *group == (cell.repeat, cell.arm)).unwrap_or(0);
    group % parts as usize == part as usize - 1
}

struct Work<'a> {
    study: &'a Study,
    out: &'a Path,
    device: &'a Device,
    draw: &'a mut Draw<'a>,
    listener: &'a mut Listener<'a>,
    done: f64,
    total: f64,
    failures: Vec<Failure>,
    /// Frames that are there, or why they are not.
    drawn: BTreeMap<PathBuf, Result<(), String>>,
}

impl Work<'_> {
    fn name(&self, cell: &Cell) -> String {
        let (arm, training) = (&self.study.file.arms[cell.arm].name, &self.study.file.trainings[cell.training].name);
        format!("{arm}, {training}, repeat {} of {}", cell.repeat + 1, self.study.file.repeats)
    }

    fn tell(&mut self, what: &str, more: f64) -> Result<()> {
        let progress =
            Progress { what, done: self.done + more, total: self.total.max(self.done + more), failure: None };
        if (self.listener)(&progress).is_break() { Err(Error::Stopped) } else { Ok(()) }
    }

    fn fail(&mut self, what: &str, reason: String) -> Result<()> {
        let failure = Failure { what: what.to_owned(), reason };
        let progress = Progress { what, done: self.done, total: self.total, failure: Some(&failure) };
        let stop = (self.listener)(&progress).is_break();
        self.failures.push(failure);
        if stop { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Draws frames unless that was done, or tried, before.
    fn frames(&mut self, frames: &Frames, seed: u64, name: &str) -> Result<PathBuf> {
        let dir = frames.dir(self.out, seed);
        if let Some(known) = self.drawn.get(&dir) {
            return known.clone().map(|()| dir).map_err(Error::Drawing);
        }
        let mut stopped = false;
        let (what, done, total) = (format!("frames for {name}"), self.done, self.total);
        let listener = &mut *self.listener;
        let mut heard = |there: u64| {
            let progress = Progress { what: &what, done: done + there as f64, total, failure: None };
            stopped |= listener(&progress).is_break();
        };
        let drawn = frames.draw(self.out, seed, self.draw, &mut heard);
        self.done += frames.count as f64;
        let known = match drawn {
            Err(Error::Stopped) => return Err(Error::Stopped),
            Err(Error::Drawing(reason)) => Err(reason),
            Err(error) => Err(error.to_string()),
            Ok(_) => Ok(()),
        };
        if stopped {
            return Err(Error::Stopped);
        }
        self.drawn.insert(dir.clone(), known.clone());
        known.map(|()| dir).map_err(Error::Drawing)
    }

    /// Notes the tests that a cell could not be judged on.
    fn tests_failed(&mut self, cell: &Cell, result: &CellResult) -> Result<()> {
        let name = self.name(cell);
        result.failed.iter().try_for_each(|(test, reason)| self.fail(&format!("{name}, on {test}"), reason.clone()))
    }

    fn cell(&mut self, cell: &Cell, inputs: &serde_json::Value, shelf: &Shelf, name: &str) -> Result<CellResult> {
        let study = self.study;
        let seed = study.seed(cell.repeat);
        let frames = match &study.arms[cell.arm].frames {
            Some(frames) => Some(self.frames(frames, seed, name)?),
            None => None,
        };
        let classes = study.classes(cell.arm)?;
        let mut tests = Vec::new();
        let mut fit = Vec::new();
        for &test in &cell.tests {
            let exam = &study.tests[test];
            if let Exam::Frames(frames) = exam {
                self.frames(frames, study.test_seed(), &study.file.tests[test].name)?;
            }
            let pictures = exam.pictures(self.out, study.test_seed());
            if pictures.as_ref().is_ok_and(|source| source.has_any(&classes)) {
                fit.push(test);
            }
            tests.push((study.file.tests[test].name.clone(), pictures));
        }
        // An epoch is judged by the test that a figure shows by epochs; where none does, or it does not fit, by the first that does.
        let watched = cell.by_epoch.filter(|test| fit.contains(test)).or(fit.first().copied());
        let watched_dir = watched.map(|test| study.tests[test].dir(self.out, study.test_seed()));
        let plan = study.plan(cell, frames, watched_dir)?;
        let cost = self.cost(cell);
        let (done, total) = (self.done, self.total);
        let listener = &mut *self.listener;
        let mut heard =
            |share: f64| listener(&Progress { what: name, done: done + share * cost, total, failure: None });
        let run = Run {
            inputs,
            plan: &plan,
            tests,
            watched: watched.map(|test| study.file.tests[test].name.clone()),
            keeps_model: cell.keeps_model,
            device: self.device,
            listener: &mut heard,
        };
        let outcome = run.run(shelf);
        self.done += cost;
        outcome
    }

    /// What a cell takes, frames apart.
    fn cost(&self, cell: &Cell) -> f64 {
        let (material, training) = (&self.study.arms[cell.arm], &self.study.file.trainings[cell.training]);
        let classes = material.classes.len().max(2) as f64;
        let frames = material.frames.as_ref().map_or(0.0, |frames| frames.count as f64);
        let frames = material.frames_per_class.map_or(frames, |limit| frames.min(limit as f64 * classes));
        // How many photos there are is not known before they are listed.
        let photos =
            material.photos.as_ref().map_or(0.0, |_| material.photos_per_class.unwrap_or(1000) as f64 * classes);
        let each = if training.freeze { FEATURES } else { LEARNING * f64::from(training.epochs) };
        OVERHEAD + each * (frames + photos)
    }

    /// All work of these cells.
    fn guess(&self, cells: &[(&Cell, &serde_json::Value)]) -> f64 {
        let mut datasets = BTreeMap::new();
        for (cell, _) in cells {
            let of_tests = cell.tests.iter().filter_map(|&test| match &self.study.tests[test] {
                Exam::Frames(frames) => Some((frames, self.study.test_seed())),
                Exam::Photos(..) => None,
            });
            let own = self.study.arms[cell.arm].frames.as_ref().map(|frames| (frames, self.study.seed(cell.repeat)));
            for (frames, seed) in of_tests.chain(own) {
                datasets.insert(frames.dir(self.out, seed), frames.count as f64);
            }
        }
        datasets.values().sum::<f64>() + cells.iter().map(|(cell, _)| self.cost(cell)).sum::<f64>()
    }
}
