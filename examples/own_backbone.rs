//! A backbone of one's own: a `#[derive(Module)]` struct with its stages. Training, heat maps and the rest take it as it is.
//!
//! ```sh
//! cargo run --release --example own_backbone
//! ```

#![expect(clippy::print_stdout, reason = "an example tells what it did")]

use std::{error::Error, ops::ControlFlow};

use burn::{
    module::Module,
    nn::{
        PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Tensor, activation::relu, backend::Backend},
};
use motley_learn::{
    Result,
    backbone::Backbone,
    classifier::Classifier,
    device::Cpu,
    fit::{
        Training,
        batch::Batch,
        event::Event,
        images::{ImageFit, evaluate},
    },
    head::{Head, HeadKind},
    init::{redraw, stream},
};
use rand::RngExt;

const SIDE: usize = 16;
const WIDTH: usize = 16;

/// Two convolutions, each of which halves the picture.
#[derive(Module, Debug)]
struct TwoConvolutions<B: Backend> {
    stages: Vec<Conv2d<B>>,
}

impl<B: Backend> TwoConvolutions<B> {
    fn new(device: &B::Device) -> Self {
        let halve = |channels| {
            let padding = PaddingConfig2d::Explicit(1, 1, 1, 1);
            Conv2dConfig::new(channels, [3, 3]).with_stride([2, 2]).with_padding(padding).init(device)
        };
        Self { stages: vec![halve([3, 8]), halve([8, WIDTH])] }
    }
}

/// All that there is to be written: features are the mean of the last stage over the picture, unless `pool` says otherwise.
impl<B: Backend> Backbone<B> for TwoConvolutions<B> {
    fn stages(&self) -> usize {
        self.stages.len()
    }

    fn stage(&self, index: usize, x: Tensor<B, 4>) -> Tensor<B, 4> {
        relu(self.stages[index].forward(x))
    }
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let device = Default::default();
    let backbone = TwoConvolutions::<Cpu>::new(&device);
    let head = Head::new(HeadKind::Linear, WIDTH, 2, &device);
    let training = Training { epochs: 5, batch: 16, learning_rate: 1e-2, ..Training::default() };
    let mut listener = |event: &Event| {
        if let Event::Epoch(metrics) = event {
            println!("epoch {}: loss {:.3}", metrics.epoch + 1, metrics.loss);
        }
        ControlFlow::Continue(())
    };
    let fit = ImageFit { training: &training, frozen_stages: 0, checkpoint: None, test: None, listener: &mut listener };
    let fitted = fit.run(redraw(Classifier { backbone, head }, 0), &mut stripes, None, &device)?;
    let tally = evaluate(&fitted.best, &mut |_| stripes(1000), &device)?;
    println!("right on {:.0} % of fresh pictures", 100.0 * tally.accuracy());
    Ok(())
}

/// Batches of pictures with stripes, upright (class 0) or lying (class 1).
fn stripes(epoch: usize) -> std::vec::IntoIter<Result<Batch>> {
    let mut rng = stream(0, epoch as u64);
    let batches = (0..16).map(|_| {
        let labels: Vec<u32> = (0..16).map(|number| number % 2).collect();
        let mut images = Vec::new();
        for &label in &labels {
            let phase = rng.random_range(0..4);
            for pixel in 0..3 * SIDE * SIDE {
                let (x, y) = (pixel % SIDE, pixel / SIDE % SIDE);
                let along = if label == 0 { x } else { y };
                let stripe = if (along + phase) / 2 % 2 == 0 { 0.5 } else { -0.5 };
                images.push(stripe + rng.random_range(-0.5..0.5));
            }
        }
        Ok(Batch { images, shape: [3, SIDE, SIDE], labels })
    });
    batches.collect::<Vec<_>>().into_iter()
}
