//! `motley capture`: from a scene file to a dataset.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Context, anyhow, bail};
use motley_dataset::{Dataset, FORMAT_VERSION, ImageFormat, ImageSpec, Manifest, Spec, Summary, frames_in};
use motley_scene::scene::{ImageForm, MOST_FRAMES, Scene, check_name};
use serde_json::json;

use super::supervisor::{self, Job};
use crate::{
    Outcome,
    cli::CaptureArgs,
    opened::{self, Opened},
    progress::{Progress, Style, event, many},
};

/// Runs the command.
pub fn run(args: CaptureArgs) -> anyhow::Result<Outcome> {
    let style = Style::of(args.json, args.quiet);
    let opened = opened::open(args.scene.as_deref())?;
    let spec = spec(&args, &opened)?;
    let dataset = Dataset::open(&spec)?;
    let total = frames_in(&[spec.manifest.indices()]);
    let missing = dataset.missing()?;
    if style == Style::Human {
        let there = total - frames_in(&missing);
        if dataset.is_finished() {
            eprintln!("{} is finished: all {total} frames are there", spec.out.display());
        } else if there > 0 {
            eprintln!("{}: going on, {there} of {total} frames are there", spec.out.display());
        }
    }
    let mut rate = 0.0;
    let summary = if missing.is_empty() {
        dataset.finish()?
    } else {
        let stop = interrupt()?;
        let mut progress = Progress::new(style, "frames", total, total - frames_in(&missing));
        let job = Job { spec: &spec, base: &opened.base, missing, jobs: args.jobs };
        let completed = complete(dataset, job, &stop, || progress.step());
        rate = progress.rate();
        progress.finish();
        match completed? {
            Completed::Whole(summary) => summary,
            Completed::Stopped { left } => {
                if style == Style::Human {
                    eprintln!("stopped with {} left; the same command goes on", many(left, "frame", "frames"));
                }
                return Ok(Outcome::Interrupted);
            }
        }
    };
    match style {
        Style::Json => event(&json!({ "event": "finished", "summary": summary, "images_per_second": rate })),
        Style::Human => {
            let classes: Vec<_> = summary.classes.iter().map(|(name, count)| format!("{count} {name}")).collect();
            let speed = if rate > 0.0 { format!(", {rate:.1} img/s") } else { String::new() };
            let frames = many(summary.frames, "frame", "frames");
            eprintln!("{frames} in {} ({}){speed}", summary.out.display(), classes.join(", "));
            if summary.hidden > 0 {
                eprintln!(
                    "{} less of the subject than the scene's min_visible, after all tries: let its obstructors be fewer, smaller or \
                     farther away",
                    many(summary.hidden, "frame shows", "frames show")
                );
            }
        }
        Style::Quiet => {}
    }
    Ok(Outcome::Done)
}

/// How far a dataset came.
pub enum Completed {
    /// All frames are there.
    Whole(Summary),
    /// It was stopped with so many frames left.
    Stopped {
        /// How many.
        left: u64,
    },
}

/// Draws the frames of a job and finishes their dataset.
pub fn complete(dataset: Dataset, job: Job<'_>, stop: &AtomicBool, step: impl FnMut()) -> anyhow::Result<Completed> {
    if !supervisor::run(job, stop, step)? {
        return Ok(Completed::Stopped { left: frames_in(&dataset.missing()?) });
    }
    Ok(Completed::Whole(dataset.finish()?))
}

/// A flag that Ctrl-C raises.
pub fn interrupt() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = stop.clone();
    ctrlc::set_handler(move || raised.store(true, Ordering::SeqCst)).context("cannot listen for Ctrl-C")?;
    Ok(stop)
}

/// What to write, by the scene and the flags; flags win.
pub fn spec(args: &CaptureArgs, opened: &Opened) -> anyhow::Result<Spec> {
    let output = &opened.ready.scene.output;
    let mut formats = if args.format.is_empty() { output.formats.clone() } else { args.format.clone() };
    let mut labels =
        if args.labels.is_empty() { output.labels.clone() } else { args.labels.iter().flatten().copied().collect() };
    formats.sort_unstable();
    formats.dedup();
    labels.sort_unstable();
    labels.dedup();
    let count = args.batch.unwrap_or(output.count);
    if count == 0 {
        bail!("there is nothing to draw: --batch 0; write the number of frames, such as --batch 1000");
    }
    if count > MOST_FRAMES {
        bail!(
            "--batch {count} is too many for one dataset: {MOST_FRAMES} are possible; --start and --seed draw others"
        );
    }
    let out = match &args.out {
        Some(out) => out.clone(),
        None => PathBuf::from("out").join(folder_name(&opened.ready.scene.name)?),
    };
    let size = args.size.unwrap_or(output.size);
    let image = args.image.unwrap_or(output.image);
    let scene = Scene { output: motley_scene::scene::Output { size, ..output.clone() }, ..opened.ready.scene.clone() };
    Ok(Spec {
        out,
        manifest: Manifest {
            format_version: FORMAT_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scene: scene.name.clone(),
            scene_hash: hash(&scene, opened)?,
            seed: args.seed.unwrap_or(output.seed),
            start: args.start,
            count,
            shard: args.shard,
            size: [size, size],
            image: match image {
                ImageForm::Jpeg(quality) => ImageSpec { format: ImageFormat::Jpeg, quality },
                ImageForm::Png => ImageSpec { format: ImageFormat::Png, quality: 100 },
            },
            formats,
            labels,
            classes: scene.classes.iter().map(|class| class.name.clone()).collect(),
            adapter: String::new(),
            driver: String::new(),
        },
        scene_source: opened.text.clone(),
    })
}

/// A scene's name, if a folder can be called so.
fn folder_name(name: &str) -> anyhow::Result<&str> {
    check_name(name).map_err(|problem| anyhow!("the scene's name: {problem}; or say with --out where to write"))?;
    Ok(name)
}

/// Hash of all that decides the pictures: the scene's meaning and the bytes of its packs.
pub fn hash(scene: &Scene, opened: &Opened) -> anyhow::Result<String> {
    Ok(match opened.ready.zoo.pack_hash()? {
        Some(packs) => format!("{}-{packs}", scene.hash()),
        None => scene.hash(),
    })
}
