//! `motley bench train`: how fast each stage of a training is, and which one the others wait for.

use std::time::{Duration, Instant};

use anyhow::Context;
use motley_dataset::{ImageSpec, encode};
use motley_learn::{
    device::Device,
    run::{Bench, Rates},
    weights,
};
use serde_json::json;

use crate::{
    Outcome,
    cli::BenchTrainArgs,
    progress::event,
    streams::{self, Streams},
};

/// Draws frames as `motley train --stream` does, then measures what is done with them; each stage alone.
pub fn run(args: &BenchTrainArgs) -> anyhow::Result<Outcome> {
    let device = Device::choose(args.device)?;
    let weights = args.weights.as_deref().map(|path| weights::named(path, &args.backbone)).transpose()?;
    let scene = streams::open(args.scene.as_deref(), [0, args.frames], 0, args.size)?;
    let streams = streams::start(vec![scene], &[])?;
    let mut pictures = Vec::new();
    // The first frame waits for pipelines that are compiled.
    let mut first = None;
    for sample in streams.samples.clone() {
        first.get_or_insert_with(Instant::now);
        if pictures.len() < args.batch {
            let (width, height) = sample.image.dimensions();
            let jpeg = encode::encode(sample.image.as_raw(), width, height, ImageSpec::default());
            pictures.push(jpeg.map_err(anyhow::Error::msg)?);
        }
    }
    let drawing = first.map(|first| first.elapsed());
    let [_, drawn] = Streams::finish(streams)?;
    let drawing = drawing.context("no frame was drawn")?;
    let draw = drawn.count().saturating_sub(1) as f64 / drawing.as_secs_f64().max(1e-9);
    let bench = Bench {
        backbone: &args.backbone,
        weights: weights.as_deref(),
        batch: args.batch,
        pictures: &pictures,
        period: Duration::try_from_secs_f32(args.seconds).context("--seconds takes 0 or more")?,
    };
    let Rates { decode, augment, forward, backward, step } = bench.run(&device)?;
    let stages = [
        ("draw", draw),
        ("decode", decode),
        ("augment", augment),
        ("forward", forward),
        ("backward", backward),
        ("step", step),
    ];
    let waits = |learning: f64| if draw < learning { "network" } else { "renderer" };
    if args.json {
        let rates: serde_json::Map<_, _> =
            stages.iter().map(|(name, rate)| ((*name).to_owned(), json!(rate))).collect();
        event(&json!({
            "backbone": args.backbone, "device": device.to_string(), "batch": args.batch, "images_per_second": rates,
            "waits": { "frozen": waits(forward), "unfrozen": waits(step) },
        }));
        return Ok(Outcome::Done);
    }
    eprintln!("{device}; {}, batches of {}", args.backbone, args.batch);
    for (name, rate) in stages {
        eprintln!("  {name:8} {:8.2} ms {rate:8.1} img/s", 1e3 / rate);
    }
    eprintln!(
        "decode and augment: one thread. forward: frozen. backward: gradients of the whole network. step: it all, and Adam."
    );
    eprintln!("From a stream, frozen: the {} waits; unfrozen: the {} waits.", waits(forward), waits(step));
    Ok(Outcome::Done)
}
