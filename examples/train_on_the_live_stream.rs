//! A network that learns in one's own program from frames while they are drawn; no picture touches the disk.
//!
//! ```sh
//! cargo run --release --example train_on_the_live_stream
//! ```

#![expect(clippy::print_stdout, reason = "an example tells what it did")]

use std::{error::Error, ops::ControlFlow, path::Path};

use motley_capture::{RendererOptions, channel};
use motley_learn::{
    backbone::small_cnn::{SPEC, SmallCnn},
    classifier::Classifier,
    device::Cpu,
    fit::{
        Training,
        batch::Batch,
        event::Event,
        images::{ImageFit, evaluate},
    },
    head::{Head, HeadKind},
    init::redraw,
};
use motley_scene::frame::Frame;
use motley_zoo::ready::ReadyScene;

const EPOCHS: usize = 5;
const FRAMES_PER_EPOCH: usize = 60;
const BATCH: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    // One breed of each and the whole of it in the picture, so that half a minute teaches something.
    let text = r#"(version: 1, classes: [(name: "cat", breeds: Only(["siamese"])), (name: "dog", breeds: Only(["doberman"]))],
        subject: (individuals: 2), pose: (enabled: false), camera: (enabled: false), obstructors: (enabled: false),
        materials: (enabled: false), sky: (enabled: false), lighting: (enabled: false))"#;
    let ready = ReadyScene::parse(text, Path::new(".")).map_err(|faults| format!("{faults:#?}"))?;
    let size = SPEC.layouts[0].preprocessing.crop;
    let options = RendererOptions { size, seed: 0, labels: Vec::new() };
    // The frames of all epochs, and as many as one epoch's to be judged on.
    let stream = channel::stream(ready, options, 0..((EPOCHS + 1) * FRAMES_PER_EPOCH) as u64, |_| {})?;
    let frames = stream.frames.clone();
    // Each call takes the next frames from the channel; it waits for the renderer, or the renderer for it.
    let mut next_frames = move |_epoch| {
        let frames = frames.clone();
        (0..FRAMES_PER_EPOCH / BATCH).map(move |_| Ok(batch(&frames.iter().take(BATCH).collect::<Vec<_>>())))
    };

    let device = Default::default();
    let backbone = SmallCnn::<Cpu>::new(&SPEC.layouts[0].options, &device);
    let head = Head::new(HeadKind::Linear, SPEC.width, 2, &device);
    let training = Training { epochs: EPOCHS, batch: BATCH, ..Training::default() };
    let mut listener = |event: &Event| {
        if let Event::Epoch(metrics) = event {
            println!("epoch {}: loss {:.3}, accuracy {:.2}", metrics.epoch + 1, metrics.loss, metrics.accuracy);
        }
        ControlFlow::Continue(())
    };
    let fit = ImageFit { training: &training, frozen_stages: 0, checkpoint: None, test: None, listener: &mut listener };
    let fitted = fit.run(redraw(Classifier { backbone, head }, 0), &mut next_frames, None, &device)?;
    let tally = evaluate(&fitted.last, &mut next_frames, &device)?;
    println!("right on {} of {} fresh frames", tally.right, tally.seen);
    drop(next_frames);
    // What ended the stream early, if anything did.
    stream.finish()?;
    Ok(())
}

/// Frames as the network expects them.
fn batch(frames: &[Frame]) -> Batch {
    let preprocessing = &SPEC.layouts[0].preprocessing;
    let side = preprocessing.crop as usize;
    Batch {
        images: frames.iter().flat_map(|frame| preprocessing.normalize(&frame.rgb)).collect(),
        shape: [3, side, side],
        labels: frames.iter().map(|frame| frame.labels.class_id).collect(),
    }
}
