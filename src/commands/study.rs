//! `motley study`: which randomization matters, answered in one command.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::Context;
use motley_dataset::{Dataset, frames_in};
use motley_learn::{device::Device, weights};
use motley_study::{
    Error,
    frames::Order,
    lab::{Lab, Progress},
    ledger, report,
    study::{Places, Study},
};

use super::{
    capture::{self, Completed, interrupt},
    supervisor::Job,
    train::features_folder,
};
use crate::{
    Outcome,
    cli::{CaptureArgs, PlacesArgs, StudyArgs},
    opened,
    progress::Style,
    study_progress::StudyProgress,
};

/// Names this variable instead of the folder of the study file.
const DATA_VARIABLE: &str = "MOTLEY_DATA";

/// Runs the command.
pub fn run(args: &StudyArgs) -> anyhow::Result<Outcome> {
    let style = Style::of(args.work.json, args.work.quiet);
    let text = std::fs::read_to_string(&args.study)
        .with_context(|| format!("cannot read the study file {}", args.study.display()))?;
    let study = Study::open(text, &args.study, places(&args.places, &args.study))?;
    let device = Device::choose(args.work.device)?;
    let stop = interrupt()?;
    let mut progress = StudyProgress::new(style);
    let mut draw = |order: &Order<'_>, heard: &mut dyn FnMut(u64)| draw(order, args.work.jobs, &stop, heard);
    let mut listener = |news: &Progress<'_>| {
        progress.tell(news);
        if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let lab = Lab {
        study: &study,
        out: &args.out,
        device: &device,
        shard: args.shard,
        draw: &mut draw,
        listener: &mut listener,
    };
    let outcome = lab.run();
    progress.finish();
    match outcome {
        Err(Error::Stopped) => Ok(stopped(style)),
        Err(error) => Err(error.into()),
        Ok(_) => conclude(&args.out),
    }
}

/// What is said when Ctrl-C ended it.
pub fn stopped(style: Style) -> Outcome {
    if style == Style::Human {
        eprintln!("stopped; the same command goes on");
    }
    Outcome::Interrupted
}

/// The command that runs, as a shell takes it.
pub fn command_line() -> String {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    // What no shell could be told is shown as it is.
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_else(|_| words.join(" "))
}

/// Writes the report of what is done, and says how much that is.
pub fn conclude(out: &Path) -> anyhow::Result<Outcome> {
    ledger::note_command(out, &command_line())?;
    let written = report::write(out)?;
    let (done, cells) = (written.done, written.cells);
    for one in &written.leaks {
        let motley_study::leaks::Leaks { arm, test, pictures, leaked, .. } = one;
        eprintln!(
            "warning: {leaked} of the {pictures} pictures of {test} are likely among those that {arm} learnt from"
        );
    }
    for one in &written.missing {
        eprintln!("not done: {one}");
    }
    if written.failures > 0 {
        eprintln!("could not be done: {}; the report names them with the reasons", written.failures);
    }
    eprintln!("{done} of {cells} cells are done: {}", written.page.display());
    Ok(if written.failures > 0 { Outcome::Faults } else { Outcome::Done })
}

/// Where things lie, by the flags and the environment.
pub fn places(args: &PlacesArgs, study: &Path) -> Places {
    let variable = || std::env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = args.data.clone().or_else(variable).or_else(|| study.parent().map(Path::to_owned)).unwrap_or_default();
    Places {
        data: data.canonicalize().unwrap_or(data),
        weights: args.weights.clone().or_else(weights::cache_folder),
        features: args.cache.clone().or_else(features_folder),
    }
}

/// Draws a dataset by worker processes. `false`: it was stopped.
pub fn draw(
    order: &Order<'_>,
    jobs: Option<u32>,
    stop: &AtomicBool,
    heard: &mut dyn FnMut(u64),
) -> Result<bool, String> {
    let mut draw = || -> anyhow::Result<bool> {
        let opened = opened::open_text(order.frames.text.clone(), &order.frames.base, "scene")?;
        let args = CaptureArgs {
            batch: Some(order.frames.count),
            out: Some(order.out.to_owned()),
            seed: Some(order.seed),
            ..CaptureArgs::plain()
        };
        let spec = capture::spec(&args, &opened)?;
        let dataset = Dataset::open(&spec)?;
        let missing = dataset.missing()?;
        let mut there = order.frames.count - frames_in(&missing);
        let job = Job { spec: &spec, base: &opened.base, missing, jobs };
        let completed = capture::complete(dataset, job, stop, || {
            there += 1;
            heard(there);
        })?;
        Ok(matches!(completed, Completed::Whole(_)))
    };
    draw().map_err(|error| format!("{error:#}"))
}
