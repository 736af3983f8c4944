//! `motley bench capture`: how fast frames are drawn and written.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use anyhow::bail;
use motley_capture::{Renderer, RendererOptions, Stages};
use motley_dataset::{Dataset, FrameSink};
use serde_json::json;

use super::super::{capture, supervisor};
use crate::{
    Outcome,
    cli::{BenchCaptureArgs, CaptureArgs},
    opened,
    progress::event,
};

/// Captures twice: with workers as `motley capture` does, for the whole rate; in this process, for the stages' shares.
pub fn run(args: &BenchCaptureArgs) -> anyhow::Result<Outcome> {
    let folder = std::env::temp_dir().join(format!("motley-bench-{}", std::process::id()));
    let stop = capture::interrupt()?;
    let result = measure(args, &folder, &stop);
    // Nothing of it is worth keeping; what cannot be removed is the system's temporary folder's to clear.
    let _ = std::fs::remove_dir_all(&folder);
    // What was cut short ends in an error of its own.
    if stop.load(Ordering::SeqCst) { Ok(Outcome::Interrupted) } else { result }
}

fn measure(args: &BenchCaptureArgs, folder: &Path, stop: &AtomicBool) -> anyhow::Result<Outcome> {
    let opened = opened::open(args.scene.as_deref())?;
    let wanted = |out: &str| CaptureArgs {
        out: Some(folder.join(out)),
        batch: Some(args.frames),
        size: args.size,
        ..CaptureArgs::plain()
    };
    let jobs = args.jobs.unwrap_or_else(supervisor::default_jobs);
    let spec = capture::spec(&wanted("workers"), &opened)?;
    let start = Instant::now();
    let dataset = Dataset::open(&spec)?;
    let missing = dataset.missing()?;
    let mut first = None;
    let job = supervisor::Job { spec: &spec, base: &opened.base, missing, jobs: Some(jobs) };
    let whole = supervisor::run(job, stop, || {
        first.get_or_insert_with(|| start.elapsed());
    })?;
    if !whole {
        return Ok(Outcome::Interrupted);
    }
    dataset.finish()?;
    let whole = start.elapsed().as_secs_f64();
    let first = first.unwrap_or_default().as_secs_f64();
    let rate = args.frames as f64 / whole;
    let steady = (args.frames.saturating_sub(u64::from(jobs))) as f64 / (whole - first).max(1e-6);

    let mut spec = capture::spec(&wanted("stages"), &opened)?;
    let options =
        RendererOptions { size: spec.manifest.size[0], seed: spec.manifest.seed, labels: spec.manifest.labels.clone() };
    let mut renderer = Renderer::new(opened.ready, options)?;
    let adapter = renderer.adapter();
    spec.manifest.adapter.clone_from(&adapter.name);
    spec.manifest.driver.clone_from(&adapter.driver);
    let dataset = Dataset::open(&spec)?;
    let mut sink = FrameSink::open(&spec, 0)?;
    let mut written = std::time::Duration::ZERO;
    renderer.run(0..args.frames, |frame| {
        if stop.load(Ordering::SeqCst) {
            bail!("stopped");
        }
        let start = Instant::now();
        sink.write(&frame)?;
        written += start.elapsed();
        anyhow::Ok(())
    })?;
    drop(sink);
    drop(dataset);
    let Stages { draw, update, wait, label, updates } = renderer.stages();
    let n = args.frames as f64;
    let stages = [
        ("draw", draw),
        ("set up and render", update),
        ("read back", wait),
        ("label", label),
        ("encode and write", written),
    ];
    let total: f64 = stages.iter().map(|(_, time)| time.as_secs_f64()).sum();
    if args.json {
        let shares: serde_json::Map<_, _> =
            stages.iter().map(|(name, time)| ((*name).to_owned(), json!(time.as_secs_f64() * 1e3 / n))).collect();
        event(&json!({
            "images_per_second": rate, "images_per_second_steady": steady, "first_frame_s": first, "jobs": jobs,
            "frames": args.frames, "size": spec.manifest.size, "adapter": adapter.name, "driver": adapter.driver,
            "milliseconds_per_frame": shares, "updates": updates,
        }));
        return Ok(Outcome::Done);
    }
    eprintln!(
        "{} frames of {}, {}×{} px, labels {:?}",
        args.frames, spec.manifest.scene, spec.manifest.size[0], spec.manifest.size[1], spec.manifest.labels
    );
    eprintln!("adapter   {} ({})", adapter.name, adapter.driver);
    eprintln!(
        "{rate:.1} img/s from start to finish with {jobs} workers; {steady:.1} after the first frame, which took {first:.2} s"
    );
    eprintln!("One process alone, milliseconds a frame ({updates} updates):");
    for (name, time) in stages {
        let time = time.as_secs_f64();
        eprintln!("  {name:20} {:7.2}  {:4.1} %", time * 1e3 / n, 100.0 * time / total);
    }
    Ok(Outcome::Done)
}
