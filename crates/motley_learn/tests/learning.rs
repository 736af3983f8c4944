//! Training on pictures that are held in memory.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use burn::module::Module;
use burn::tensor::backend::Backend;
use motley_learn::backbone::small_cnn::{SPEC, SmallCnn};
use motley_learn::classifier::Classifier;
use motley_learn::device::Cpu;
use motley_learn::error::Result;
use motley_learn::fit::batch::Batch;
use motley_learn::fit::event::Event;
use motley_learn::fit::images::{Fitted, ImageFit, Inner};
use motley_learn::fit::{Schedule, Training};
use motley_learn::head::{Head, HeadKind};
use motley_learn::init::{redraw, stream};
use motley_learn::weights::{Stored, collect};
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

fn model(head: HeadKind) -> Classifier<Cpu, SmallCnn<Cpu>> {
    let device = Default::default();
    let backbone = SmallCnn::new(&SPEC.layouts[0].options, &device);
    redraw(Classifier { backbone, head: Head::new(head, SPEC.width, 2, &device) }, 1)
}

#[test]
fn loss_falls_and_fresh_pictures_are_told_apart() {
    let training = Training { epochs: 4, batch: 16, ..Training::default() };
    let fitted = fit_with(&training, 0, None).unwrap();
    let (first, last) = (&fitted.history[0], &fitted.history[3]);
    assert!(last.loss < 0.5 * first.loss, "{:#?}", fitted.history);
    assert!(last.val_accuracy.unwrap() > 0.95, "{:#?}", fitted.history);
}

fn fit_with(
    training: &Training,
    frozen_stages: usize,
    checkpoint: Option<std::path::PathBuf>,
) -> Result<Fitted<Inner<Cpu, SmallCnn<Cpu>>>> {
    let device = Default::default();
    let listener = &mut |_: &Event| ControlFlow::Continue(());
    let fit = ImageFit { training, frozen_stages, checkpoint, test: None, listener };
    fit.run(model(HeadKind::Paper), &mut pictures, Some(&mut |_| pictures(1000)), &device)
}

/// All weights, by name.
fn weights_of<B: Backend, M: Module<B>>(module: &M) -> BTreeMap<String, Stored> {
    collect(module, str::to_owned)
}

#[test]
fn a_resumed_training_ends_where_an_uninterrupted_one_does() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("resumed.checkpoint");
    let _ = std::fs::remove_file(&path);
    // A cosine of another length would be another training.
    let schedule = Some(Schedule::Constant);
    let training = |epochs| Training { epochs, batch: 16, weight_decay: 1e-4, schedule, ..Training::default() };
    let whole = fit_with(&training(3), 0, None).unwrap();
    fit_with(&training(1), 0, Some(path.clone())).unwrap();
    let resumed = fit_with(&training(3), 0, Some(path.clone())).unwrap();
    assert_eq!(resumed.history, whole.history);
    assert_eq!(weights_of(&resumed.last), weights_of(&whole.last));
    assert_eq!(weights_of(&resumed.best), weights_of(&whole.best));
    let other = Training { seed: 1, ..training(3) };
    let error = fit_with(&other, 0, Some(path)).unwrap_err().to_string();
    assert!(error.contains("another training"), "{error}");
}

#[test]
fn frozen_stages_stay_to_the_bit_and_the_others_move() {
    let before = weights_of(&model(HeadKind::Paper));
    let training = Training { epochs: 1, batch: 16, ..Training::default() };
    for frozen in [0, 2, 4] {
        let after = weights_of(&fit_with(&training, frozen, None).unwrap().last);
        for (name, tensor) in &before {
            let stage = name.strip_prefix("backbone.stages.").and_then(|rest| rest.split('.').next()?.parse().ok());
            let stays = stage.is_some_and(|stage: usize| stage < frozen);
            assert_eq!(after[name] == *tensor, stays, "{name} with {frozen} frozen stages");
        }
    }
}

#[test]
fn labels_without_a_reason_are_not_learnt() {
    // Labels drawn apart from the pictures: on fresh ones, no better than chance.
    let mut shuffled = |epoch: usize| {
        let mut rng = stream(11, epoch as u64);
        pictures(epoch % 2).map(move |batch| {
            let mut batch = batch?;
            batch.labels.iter_mut().for_each(|label| *label = u32::from(rng.random_bool(0.5)));
            Ok(batch)
        })
    };
    let training = Training { epochs: 3, batch: 16, ..Training::default() };
    let listener = &mut |_: &Event| ControlFlow::Continue(());
    let fit = ImageFit { training: &training, frozen_stages: 0, checkpoint: None, test: None, listener };
    let device = Default::default();
    let fitted = fit.run(model(HeadKind::Linear), &mut shuffled, Some(&mut |_| pictures(1000)), &device).unwrap();
    let accuracy = fitted.history[2].val_accuracy.unwrap();
    // 128 fresh pictures; a network that cannot know may call all of them one class, or lean to either side.
    assert!((0.2..0.8).contains(&accuracy), "{accuracy}");
}

#[test]
fn bad_settings_and_labels_are_named() {
    let error = fit_with(&Training { learning_rate: 0.0, ..Training::default() }, 0, None).unwrap_err().to_string();
    assert!(error.contains("learning_rate"), "{error}");
    let error = fit_with(&Training::default(), 9, None).unwrap_err().to_string();
    assert!(error.contains("the backbone has 4"), "{error}");
}
