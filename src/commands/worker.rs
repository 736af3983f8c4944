//! `motley worker`: draws the frames that its supervisor names and writes them.

use std::{
    io::{BufRead, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context;
use crossbeam_channel::{Receiver, bounded};
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
    let options = RendererOptions {
        size: spec.manifest.size[0],
        seed: spec.manifest.seed,
        labels: spec.manifest.labels.clone(),
    };
    let mut renderer = Renderer::new(opened.scene, opened.zoo, opened.catalog, options)?;
    let adapter = renderer.adapter();
    spec.manifest.adapter = adapter.name;
    spec.manifest.driver = adapter.driver;
    let mut sink = FrameSink::open(&spec, setup.worker)?;
    let stop = Arc::new(AtomicBool::new(false));
    let indices = read_indices(stop.clone());
    renderer.run(indices.iter().take_while(|_| !stop.load(Ordering::SeqCst)), |frame| {
        sink.write(&frame)?;
        say(&Said::Done(frame.labels.index));
        anyhow::Ok(())
    })
}

/// Indices from standard input. Its end means stop: what was named and is not begun is left.
fn read_indices(stop: Arc<AtomicBool>) -> Receiver<u64> {
    let (sender, receiver) = bounded(64);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let Ok(index) = line.trim().parse() else { break };
            if sender.send(index).is_err() {
                break;
            }
        }
        stop.store(true, Ordering::SeqCst);
    });
    receiver
}

fn say(said: &Said) {
    let mut out = std::io::stdout().lock();
    // A supervisor that is gone is noticed by the end of standard input.
    let _ = serde_json::to_string(said).map(|line| writeln!(out, "{line}").and_then(|()| out.flush()));
}
