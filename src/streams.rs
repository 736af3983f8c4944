//! Scenes that are drawn while somebody learns from them or judges by them.

use std::{
    path::{Path, PathBuf},
    thread::JoinHandle,
};

use anyhow::{Context, bail};
use crossbeam_channel::{Receiver, Sender, bounded};
use image::RgbImage;
use motley_capture::{
    RendererOptions,
    channel::{CAPACITY, FrameStream, stream},
};
use motley_learn::data::{Sample, Seen};
use motley_scene::{frame::Frame, scene::LabelKind};
use serde::{Deserialize, Serialize};

use crate::opened;

/// One scene and how much of it is drawn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stream {
    /// The scene file; `None`: the default scene.
    pub scene: Option<PathBuf>,
    /// Hash of its meaning.
    pub hash: String,
    /// Frames to learn from: indices from 0.
    pub training: u64,
    /// Frames to be judged on: the indices after those. They come first.
    pub validation: u64,
    /// Seed of every draw.
    pub seed: u64,
    /// Width and height in pixels.
    pub size: u32,
}

/// Scenes that are being drawn.
pub struct Streams {
    /// Their frames: all to be judged on, then all to learn from; those of several scenes evenly mixed.
    pub samples: Receiver<Sample>,
    worker: JoinHandle<anyhow::Result<[Seen; 2]>>,
}

/// A scene that is ready to be drawn.
pub struct Ready {
    /// What is drawn of it.
    pub stream: Stream,
    /// The file's text.
    pub text: String,
    /// Names of its classes, in its order.
    pub classes: Vec<String>,
    /// Whether it has a lens and a sensor.
    pub has_lens: bool,
    scene: motley_zoo::ready::ReadyScene,
}

/// Opens a scene, or the default scene, of which so many frames are to be drawn.
pub fn open(
    scene: Option<&Path>,
    [validation, training]: [u64; 2],
    seed: u64,
    size: Option<u32>,
) -> anyhow::Result<Ready> {
    let opened = opened::open(scene)?;
    let described = &opened.ready.scene;
    Ok(Ready {
        stream: Stream {
            scene: scene.map(Path::to_owned),
            hash: described.hash(),
            training,
            validation,
            seed,
            size: size.unwrap_or(described.output.size),
        },
        classes: described.classes.iter().map(|class| class.name.clone()).collect(),
        has_lens: described.lens_sensor.enabled,
        text: opened.text,
        scene: opened.ready,
    })
}

/// Starts drawing. The channel is bounded: who takes frames slowly slows the renderers.
pub fn start(scenes: Vec<Ready>, labels: &[LabelKind]) -> anyhow::Result<Streams> {
    let mut sources = Vec::new();
    for Ready { stream: drawn, scene, .. } in scenes {
        let options = RendererOptions { size: drawn.size, seed: drawn.seed, labels: labels.to_vec() };
        let indices = (drawn.training..drawn.training + drawn.validation).chain(0..drawn.training);
        let frames = stream(scene, options, indices, |_| {}).context("cannot start a thread for the renderer")?;
        sources.push((frames, [drawn.validation, drawn.training]));
    }
    let (sender, samples) = bounded(CAPACITY);
    let worker = std::thread::Builder::new()
        .name("motley stream".to_owned())
        .spawn(move || forward(sources, &sender))
        .context("cannot start a thread for the frames")?;
    Ok(Streams { samples, worker })
}

impl Streams {
    /// Waits for the renderers, and gives what was sent: to be judged on, and to learn from. Whoever took frames must be gone.
    pub fn finish(self) -> anyhow::Result<[Seen; 2]> {
        drop(self.samples);
        self.worker.join().unwrap_or_else(|_| bail!("the thread of the frames panicked"))
    }
}

/// Sends frames on until all are drawn or nobody takes them.
fn forward(sources: Vec<(FrameStream, [u64; 2])>, sender: &Sender<Sample>) -> anyhow::Result<[Seen; 2]> {
    let mut seen = [Seen::default(), Seen::default()];
    'all: for (part, seen) in seen.iter_mut().enumerate() {
        let mut left: Vec<u64> = sources.iter().map(|(_, counts)| counts[part]).collect();
        // The scene of which the largest share is left: all of them end together.
        let share = |at: usize, left: &[u64]| left[at] as f64 / sources[at].1[part].max(1) as f64;
        while let Some(next) = (0..left.len())
            .filter(|&at| left[at] > 0)
            .reduce(|most, at| if share(at, &left) > share(most, &left) { at } else { most })
        {
            left[next] -= 1;
            // A renderer that ended early says why below.
            let Ok(frame) = sources[next].0.frames.recv() else { break 'all };
            let sample = sample(frame)?;
            let hash = sample.hash();
            if sender.send(sample).is_err() {
                break 'all;
            }
            seen.add(&hash);
        }
    }
    for (frames, _) in sources {
        frames.finish().context("drawing frames failed")?;
    }
    Ok(seen)
}

fn sample(frame: Frame) -> anyhow::Result<Sample> {
    let labels = serde_json::to_value(&frame.labels)?;
    let image = RgbImage::from_raw(frame.width, frame.height, frame.rgb).context("a frame has too few pixels")?;
    Ok(Sample { index: frame.labels.index, image, class: frame.labels.class, labels })
}
