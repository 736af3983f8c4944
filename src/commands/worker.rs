//! `motley worker`: draws the frames that its supervisor names and writes them.

use std::io::{BufRead, Write};

use anyhow::Context;
use motley_capture::{Renderer, RendererOptions};
use motley_dataset::{FrameSink, Spec};

use super::supervisor::{Said, Setup};
use crate::{Outcome, opened};

/// Runs the command.
pub fn run() -> anyhow::Result<Outcome> {
    // Ctrl-C reaches the whole process group; the supervisor decides what it means.
    ctrlc::set_handler(|| {}).context("cannot listen for Ctrl-C")?;
    if let Err(error) = work() {
        say(&Said::Failed(format!("{error:#}")));
    }
    Ok(Outcome::Done)
}

fn work() -> anyhow::Result<()> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("the supervisor said nothing")?;
    let setup: Setup = serde_json::from_str(&line).context("a worker is started by `motley capture` only")?;
    let mut spec = Spec { out: setup.out, manifest: setup.manifest, scene_source: setup.scene_source };
    let opened = opened::open_text(spec.scene_source.clone(), &setup.base, "scene")?;
    let options =
        RendererOptions { size: spec.manifest.size[0], seed: spec.manifest.seed, labels: spec.manifest.labels.clone() };
    let mut renderer = Renderer::new(opened.ready, options)?;
    let adapter = renderer.adapter();
    spec.manifest.adapter = adapter.name;
    spec.manifest.driver = adapter.driver;
    let mut sink = FrameSink::open(&spec, setup.worker)?;
    renderer.run(read_indices(), |frame| {
        sink.write(&frame)?;
        say(&Said::Done(frame.labels.index));
        anyhow::Ok(())
    })
}

/// Indices from standard input, until it ends.
fn read_indices() -> impl Iterator<Item = u64> {
    std::io::stdin().lines().map_while(Result::ok).map_while(|line| line.trim().parse().ok())
}

fn say(said: &Said) {
    let mut out = std::io::stdout().lock();
    // A supervisor that is gone is noticed by the end of standard input.
    let _ = serde_json::to_string(said).map(|line| writeln!(out, "{line}").and_then(|()| out.flush()));
}
