//! `motley train`: a classifier from frames that are drawn meanwhile, from datasets and from photos.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

use anyhow::{Context, bail, ensure};
use motley_learn::{
    device::Device,
    fit::{Training, event::StopReason},
    run::{Finished, Folder, Learns, Live, Plan, RunFolder, Trainer},
    weights,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::capture::interrupt;
use crate::{
    Outcome,
    cli::TrainArgs,
    progress::{Style, event},
    streams::{self, Ready, Stream, Streams},
    training_progress::TrainingProgress,
};

/// Frames to be judged on: a tenth of those to learn from, within these bounds.
const VALIDATION: [u64; 2] = [20, 500];

/// Runs the command.
pub fn run(args: TrainArgs) -> anyhow::Result<Outcome> {
    let nothing = args.stream.is_empty() && args.data.is_empty() && args.real.is_empty();
    let (plan, scenes) = match (nothing, args.resume) {
        (true, true) => as_begun(&args)?,
        (true, false) => bail!("there is nothing to learn from: add --stream SCENE, --data DIR or --real DIR"),
        (false, _) => (plan(&args)?, scenes(&args)?),
    };
    plan.validate()?;
    let device = Device::choose(args.device)?;
    let streams = scenes.iter().map(|scene| scene.stream.clone()).collect();
    let config = Config {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device: match &device {
            Device::Cpu(_) => "CPU".to_owned(),
            Device::Wgpu(adapter) => adapter.clone(),
        },
        plan,
        streams,
    };
    let style = Style::of(args.json, args.quiet);
    let folder = RunFolder::at(&args.out);
    let same = || -> anyhow::Result<bool> {
        Ok(std::fs::read_to_string(folder.config())? == serde_json::to_string_pretty(&config)?)
    };
    // One with other settings is refused below.
    if args.resume && folder.is_finished() && same()? {
        if style == Style::Human {
            eprintln!("{} has come to its end: {}", args.out.display(), folder.report().display());
        }
        return Ok(Outcome::Done);
    }
    let folder = RunFolder::create(&args.out, &config, args.resume)?;
    let names: Vec<String> = (1..=scenes.len())
        .map(|number| if number == 1 { "scene.ron".to_owned() } else { format!("scene-{number}.ron") })
        .collect();
    for (name, scene) in names.iter().zip(&scenes) {
        folder.write(name, scene.text.as_bytes())?;
    }
    let outcome = learn(style, &config.plan, scenes, &folder, &device);
    folder.give_up(&names);
    outcome
}

/// What a run's `config.json` says.
#[derive(Serialize, Deserialize)]
struct Config {
    version: String,
    device: String,
    plan: Plan,
    streams: Vec<Stream>,
}

/// What a run was begun with.
fn as_begun(args: &TrainArgs) -> anyhow::Result<(Plan, Vec<Ready>)> {
    let path = RunFolder::at(&args.out).config();
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("{} holds no run to go on with", args.out.display()))?;
    let config: Config = serde_json::from_str(&text).with_context(|| format!("{} is no run's", path.display()))?;
    let unchanged = Plan { cache: features_folder(), ..Plan::default() };
    ensure!(
        plan(args)? == unchanged,
        "a run goes on with the settings that it was begun with: write --resume and --out alone, or the whole command"
    );
    let scenes = config.streams.iter().map(|begun| {
        let counts = [begun.validation, begun.training];
        let ready = streams::open(begun.scene.as_deref(), counts, begun.seed, Some(begun.size))?;
        let scene = begun.scene.as_deref().unwrap_or(Path::new("the default scene")).display();
        ensure!(ready.stream.hash == begun.hash, "{scene} has changed since the run began");
        Ok(ready)
    });
    Ok((config.plan, scenes.collect::<anyhow::Result<_>>()?))
}

fn learn(
    style: Style,
    plan: &Plan,
    scenes: Vec<Ready>,
    folder: &RunFolder,
    device: &Device,
) -> anyhow::Result<Outcome> {
    if style == Style::Human {
        eprintln!("{device}");
    }
    if style == Style::Json {
        event(&json!({ "event": "device", "name": device.to_string() }));
    }
    let stop = interrupt()?;
    let mut progress = TrainingProgress::new(style);
    let mut listener = |event: &_| {
        progress.tell(event);
        if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let (live, streams) = live(scenes)?;
    let trained = Trainer { plan, live, folder, listener: &mut listener }.run(device);
    let drawn = streams.map(Streams::finish).transpose();
    progress.finish();
    // Frames that did not come are why a training starves: that reason comes first.
    let drawn = drawn?;
    let finished = trained?;
    // A run that was resumed after its end takes no frame.
    let learnt = finished.reason == StopReason::Done && finished.seen[1].count() > 0;
    if let Some(drawn) = drawn.as_ref().filter(|_| learnt) {
        ensure!(
            *drawn == finished.seen,
            "of {} and {} that were drawn, {} and {} came to be learnt",
            drawn[0],
            drawn[1],
            finished.seen[0],
            finished.seen[1]
        );
    }
    conclude(style, folder, &finished)
}

/// Tells how it ended.
fn conclude(style: Style, folder: &RunFolder, finished: &Finished) -> anyhow::Result<Outcome> {
    let Finished { history, reason, evaluation, faults, seen } = finished;
    let frames = |part: usize| json!({ "count": seen[part].count(), "hash": seen[part].hash() });
    if seen[1].count() > 0 && !history.is_empty() {
        let seen = json!({ "validation": frames(0), "training": frames(1) });
        folder.write_json("frames.json", &seen)?;
        if style == Style::Json {
            event(&json!({ "event": "frames", "validation": seen["validation"], "training": seen["training"] }));
        }
    }
    let summary = evaluation.as_ref().map(|evaluation| &evaluation.summary);
    match style {
        Style::Json => {
            event(&json!({ "event": "run", "out": folder.dir(), "validation": summary, "left_out": faults }));
        }
        Style::Human => {
            if faults.total() > 0 {
                eprintln!("{faults}");
            }
            if let Some(summary) = summary {
                let [low, high] = summary.ci95.map(|share| 100.0 * share);
                let (accuracy, n) = (100.0 * summary.accuracy, summary.n);
                eprintln!("right on {accuracy:.1} % of {n} validation pictures (95 %: {low:.1} – {high:.1} %)");
            }
            match (reason, history.len()) {
                (StopReason::Cancelled, 0) => eprintln!("interrupted before anything was learnt: there is no model"),
                (StopReason::Cancelled, epochs) => {
                    let out = folder.dir().display();
                    eprintln!("interrupted after {epochs} epochs: motley train --resume --out {out} goes on");
                }
                _ => {}
            }
            if !history.is_empty() {
                eprintln!("{}", folder.report().display());
            }
        }
        Style::Quiet => {}
    }
    if *reason == StopReason::Cancelled {
        return Ok(Outcome::Interrupted);
    }
    folder.finish()?;
    Ok(Outcome::Done)
}

/// Opens all scenes.
fn scenes(args: &TrainArgs) -> anyhow::Result<Vec<Ready>> {
    let several = args.count.len() > 1;
    ensure!(
        !several || args.count.len() == args.stream.len(),
        "{} streams and {} counts: write one --count for all streams, or one for each",
        args.stream.len(),
        args.count.len()
    );
    let scenes = args.stream.iter().enumerate().map(|(number, scene)| {
        let count = args.count[if several { number } else { 0 }];
        // Other pictures to be judged on leave nothing to be kept apart.
        let validation = if args.val.is_empty() { (count / 10).clamp(VALIDATION[0], VALIDATION[1]) } else { 0 };
        streams::open(Some(&absolute(scene)), [validation, count], args.seed, args.size)
    });
    scenes.collect()
}

/// Starts to draw, if there is anything.
fn live(scenes: Vec<Ready>) -> anyhow::Result<(Option<Live>, Option<Streams>)> {
    if scenes.is_empty() {
        return Ok((None, None));
    }
    let mut classes: Vec<String> = Vec::new();
    for name in scenes.iter().flat_map(|scene| &scene.classes) {
        if !classes.contains(name) {
            classes.push(name.clone());
        }
    }
    let sum = |count: fn(&Stream) -> u64| scenes.iter().map(|scene| count(&scene.stream)).sum::<u64>() as usize;
    let (validation, training) = (sum(|stream| stream.validation), sum(|stream| stream.training));
    let has_lens = scenes.iter().all(|scene| scene.has_lens);
    let streams = streams::start(scenes, &[])?;
    let live = Live { frames: streams.samples.clone(), classes, validation, training, has_lens };
    Ok((Some(live), Some(streams)))
}

/// What was asked for.
fn plan(args: &TrainArgs) -> anyhow::Result<Plan> {
    let learns = match (args.freeze, args.unfreeze, args.last) {
        (true, ..) => Some(Learns::Head),
        (_, true, _) => Some(Learns::All),
        (.., Some(count)) => Some(Learns::Last(count)),
        _ => None,
    };
    Ok(Plan {
        backbone: args.backbone.clone(),
        weights: args.weights.as_deref().map(|path| weights::named(path, &args.backbone)).transpose()?,
        head: args.head,
        learns,
        training: Training {
            epochs: args.epochs,
            batch: args.batch,
            learning_rate: args.lr,
            schedule: args.schedule,
            weight_decay: args.weight_decay,
            dropout: args.dropout,
            seed: args.seed,
            patience: args.early_stop.map(usize::from),
            ..Training::default()
        },
        augment: args.augment,
        draws: args.draws,
        photo_share: args.photo_share,
        classes: args.classes.clone(),
        data: args.data.iter().map(in_full).collect(),
        real: args.real.iter().map(in_full).collect(),
        val: args.val.iter().map(|dir| absolute(dir)).collect(),
        test: args.test.iter().map(|dir| absolute(dir)).collect(),
        per_class: args.per_class.map(|count| count as usize),
        photos_per_class: args.photos_per_class.map(|count| count as usize),
        cache: args.cache.clone().or_else(features_folder),
    })
}

/// Where features are kept when no folder is named: beside the weights.
pub fn features_folder() -> Option<PathBuf> {
    Some(weights::cache_folder()?.parent()?.join("features"))
}

/// Folders as they are found from everywhere; those that are missing are told where they are opened.
pub fn absolute(dir: &Path) -> PathBuf {
    dir.canonicalize().unwrap_or_else(|_| dir.to_owned())
}

fn in_full(folder: &Folder) -> Folder {
    Folder { dir: absolute(&folder.dir), ..folder.clone() }
}
