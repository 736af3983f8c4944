//! `motley eval`: how good a trained classifier is.

use anyhow::{Context, bail};
use motley_learn::{
    data::Source,
    device::Device,
    metrics::{Drawn, Evaluation},
    report::summary_table,
    run::{Examined, Examiner, RunFolder, Test, write_examined},
};
use motley_scene::scene::LabelKind;

use super::train::absolute;
use crate::{
    Outcome,
    cli::{self, EvalArgs},
    progress::{Progress, Style, event},
    streams::{self, Stream, Streams},
};

/// Runs the command.
pub fn run(args: &EvalArgs) -> anyhow::Result<Outcome> {
    let folder = RunFolder::open(&args.run)?;
    if let Some(twice) =
        args.test.iter().enumerate().find(|(at, test)| args.test[..*at].iter().any(|one| one.name == test.name))
    {
        bail!("two tests are called {}: each needs a name of its own", twice.1.name);
    }
    let out = args.out.clone().unwrap_or_else(|| folder.dir().join("eval"));
    if RunFolder::at(&out).config().exists() {
        bail!("{} holds a run, and a page of its own: name another folder by --out", out.display());
    }
    if out.is_file() {
        bail!("{} is a file: name a folder by --out", out.display());
    }
    let device = Device::choose(args.device)?;
    let style = Style::of(args.json, false);
    let mut examined = Vec::new();
    for test in &args.test {
        let one = examine(&folder, &device, test, args, style).with_context(|| format!("test {}", test.name))?;
        if args.json {
            event(&serde_json::to_value(&one.evaluation.summary)?);
        }
        if one.faults.total() > 0 {
            eprintln!("{}: {}", test.name, one.faults);
        }
        examined.push(one);
    }
    write_examined(&out, &examined)?;
    if !args.json {
        let evaluations: Vec<Evaluation> = examined.into_iter().map(|one| one.evaluation).collect();
        crate::progress::print(&summary_table(&evaluations).aligned());
        eprintln!("{}", out.join("report.html").display());
    }
    Ok(Outcome::Done)
}

fn examine(
    folder: &RunFolder,
    device: &Device,
    test: &cli::Test,
    args: &EvalArgs,
    style: Style,
) -> anyhow::Result<Examined> {
    let mut drawn = None;
    let (pictures, streams) = match test.frames {
        None if test.path.is_file() => {
            bail!("{0} is a file: for frames of a scene write {1}={0}:500", test.path.display(), test.name)
        }
        None => (Test::Pictures(Source::open(&test.path)?), None),
        Some(count) => {
            let scene = streams::open(Some(&absolute(&test.path)), [0, count], args.seed, None)?;
            let Stream { scene: file, hash, seed, .. } = scene.stream.clone();
            drawn = Some(Drawn { scene: file, hash, seed });
            let streams = streams::start(vec![scene], &[LabelKind::Box])?;
            (Test::Frames(streams.samples.clone(), count as usize), Some(streams))
        }
    };
    // Machines want one object a test and nothing else.
    let style = if style == Style::Json { Style::Quiet } else { style };
    let things = if streams.is_some() { "frames" } else { "pictures" };
    let mut progress: Option<Progress> = None;
    let mut before = 0;
    let mut listener = |done: usize, total: usize| {
        let progress = progress.get_or_insert_with(|| Progress::new(style, things, total as u64, 0));
        (before..done).for_each(|_| progress.step());
        before = done;
    };
    let examiner =
        Examiner { model: &folder.best(), name: &test.name, test: pictures, cache: None, listener: &mut listener };
    let examined = examiner.run(device);
    streams.map(Streams::finish).transpose()?;
    progress.into_iter().for_each(Progress::finish);
    let mut examined = examined?;
    examined.evaluation.drawn = drawn;
    Ok(examined)
}
