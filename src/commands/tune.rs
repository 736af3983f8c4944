//! `motley tune`: a better scene for a set of real photos.

use std::{ops::ControlFlow, sync::atomic::Ordering};

use anyhow::Context;
use motley_learn::{device::Device, weights};
use motley_study::{Error, frames::Order, lab::Progress, study::FROM_SCRATCH, tune::Tuner};

use super::{
    capture::interrupt,
    study::{command_line, draw, stopped},
    train::features_folder,
};
use crate::{Outcome, cli::TuneArgs, opened, progress::Style, study_progress::StudyProgress};

/// Runs the command.
pub fn run(args: &TuneArgs) -> anyhow::Result<Outcome> {
    let style = Style::of(args.work.json, args.work.quiet);
    let opened = opened::open(Some(&args.scene))?;
    let device = Device::choose(args.work.device)?;
    if !args.real.is_dir() {
        anyhow::bail!(
            "there is no folder {}: name a folder of photos, one folder a class, by --real",
            args.real.display()
        );
    }
    let weights = args.weights.as_deref().map(|path| weights::named(path, &args.backbone)).transpose()?;
    let in_cache = || weights::cache_folder().and_then(|folder| weights::find(&folder, &args.backbone));
    let weights = weights.or_else(in_cache);
    if weights.is_none() && args.backbone != FROM_SCRATCH {
        anyhow::bail!("there are no weights of {}: name their file or folder by --weights", args.backbone);
    }
    let stop = interrupt()?;
    let mut progress = StudyProgress::new(style);
    let mut draw = |order: &Order<'_>, heard: &mut dyn FnMut(u64)| draw(order, args.work.jobs, &stop, heard);
    let mut listener = |news: &Progress<'_>| {
        progress.tell(news);
        if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let tuner = Tuner {
        text: opened.text,
        base: &opened.base,
        real: &args.real,
        out: &args.out,
        backbone: args.backbone.clone(),
        weights,
        features: args.cache.clone().or_else(features_folder),
        frames: args.frames,
        minutes: args.minutes,
        seed: args.seed,
        device: &device,
        draw: &mut draw,
        listener: &mut listener,
    };
    let outcome = tuner.run(&command_line());
    progress.finish();
    match outcome {
        Err(Error::Stopped) => Ok(stopped(style)),
        Err(error) => Err(error).context("the search cannot go on"),
        Ok(tuned) => {
            eprintln!("{}\n{}", tuned.verdict(), args.out.join("best.scene.ron").display());
            Ok(Outcome::Done)
        }
    }
}
