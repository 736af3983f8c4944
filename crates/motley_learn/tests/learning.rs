//! Training on pictures that are held in memory.

use std::ops::ControlFlow;

use burn::backend::Autodiff;
use burn::tensor::backend::AutodiffBackend;
use burn_flex::Flex;
use motley_learn::backbone::small_cnn::{SPEC, SmallCnn};
use motley_learn::classifier::Classifier;
use motley_learn::error::Result;
use motley_learn::fit::Training;
use motley_learn::fit::batch::Batch;
use motley_learn::fit::event::Event;
use motley_learn::fit::images::{Fitted, ImageFit, Inner};
use motley_learn::head::{Head, HeadKind};
use motley_learn::init::{redraw, stream};
use rand::RngExt;

const SIDE: usize = 16;

/// Noise with a bright square (class 0) or a bright bar (class 1) somewhere.
fn pictures(epoch: usize) -> std::vec::IntoIter<Result<Batch>> {
    let mut rng = stream(7, epoch as u64);
    let batches = (0..8).map(|_| {
        let labels: Vec<u32> = (0..16).map(|index| index % 2).collect();
        let mut images = Vec::new();
        for &label in &labels {
            let mut picture: Vec<f32> = (0..3 * SIDE * SIDE).map(|_| rng.random_range(-1.0..0.0)).collect();
            let (width, height) = if label == 0 { (6, 6) } else { (2, 14) };
            let (left, top) = (rng.random_range(0..SIDE - width), rng.random_range(0..SIDE - height));
            for channel in 0..3 {
                for y in top..top + height {
                    picture[(channel * SIDE + y) * SIDE + left..][..width].fill(1.0);
                }
            }
            images.extend(picture);
        }
        Ok(Batch { images, shape: [3, SIDE, SIDE], labels })
    });
    batches.collect::<Vec<_>>().into_iter()
}

fn model<B: AutodiffBackend>(head: HeadKind, device: &B::Device) -> Classifier<B, SmallCnn<B>> {
    let backbone = SmallCnn::new(&SPEC.layouts[0].options, device);
    redraw(Classifier { backbone, head: Head::new(head, SPEC.width, 2, device) }, 1)
}

fn train<B: AutodiffBackend>(epochs: usize, device: &B::Device) -> Fitted<Inner<B, SmallCnn<B>>> {
    let training = Training { epochs, batch: 16, ..Training::default() };
    let fit = ImageFit {
        training: &training,
        frozen_stages: 0,
        checkpoint: None,
        listener: &mut |_: &Event| ControlFlow::Continue(()),
    };
    fit.run(model::<B>(HeadKind::Paper, device), &mut pictures, Some(&mut |_| pictures(1000)), device).unwrap()
}

#[test]
fn loss_falls_and_fresh_pictures_are_told_apart() {
    let fitted = train::<Autodiff<Flex>>(4, &Default::default());
    let (first, last) = (&fitted.history[0], &fitted.history[3]);
    assert!(last.loss < 0.5 * first.loss, "{:#?}", fitted.history);
    assert!(last.val_accuracy.unwrap() > 0.95, "{:#?}", fitted.history);
}
