//! Labelled frames in one's own program: a renderer on its own thread feeds a bounded channel, and waits when nobody takes.
//!
//! ```sh
//! cargo run --release --example receive_frames
//! ```

#![expect(clippy::print_stdout, reason = "an example tells what it did")]

use std::{error::Error, path::Path};

use motley_capture::{RendererOptions, channel};
use motley_scene::scene::LabelKind;
use motley_zoo::ready::ReadyScene;

fn main() -> Result<(), Box<dyn Error>> {
    let text = r#"(version: 1, classes: [(name: "cat"), (name: "dog")])"#;
    let ready = ReadyScene::parse(text, Path::new(".")).map_err(|faults| format!("{faults:#?}"))?;
    let options =
        RendererOptions { size: 128, seed: 0, labels: vec![LabelKind::Box, LabelKind::Mask, LabelKind::Depth] };
    let stream = channel::stream(ready, options, 0..8, |_| {})?;
    let mut received = 0;
    for frame in &stream.frames {
        // Pixels and labels come together: rgb is [height, width, 3], depth is [height, width] in metres.
        let labels = &frame.labels;
        let mean = frame.rgb.iter().map(|byte| f64::from(*byte)).sum::<f64>() / frame.rgb.len() as f64;
        let nearest = frame.depth.iter().copied().fold(f32::INFINITY, f32::min);
        println!(
            "frame {}: {} ({}), box {:?}, mean brightness {mean:.0}, nearest surface {nearest:.2} m",
            labels.index, labels.class, labels.breed, labels.box_visible
        );
        received += 1;
    }
    // What ended the stream early, if anything did.
    stream.finish()?;
    println!("{received} frames received");
    Ok(())
}
