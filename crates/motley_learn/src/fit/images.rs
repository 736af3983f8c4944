//! Training a network on batches of pictures, all of it or its last stages.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use burn::module::AutodiffModule;
use burn::optim::adaptor::OptimizerAdaptor;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::{Adam, AdamConfig, GradientsParams, Optimizer};
use burn::tensor::activation::log_softmax;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Int, Tensor, TensorData};
use rand::{Rng, RngExt};

use super::batch::{Batch, Batches};
use super::checkpoint::{self, Progress};
use super::event::{EpochMetrics, Event, StopReason};
use super::{Schedule, Training};
use crate::backbone::{Backbone, Trainable};
use crate::classifier::Classifier;
use crate::error::{Error, Result};
use crate::head::HIDDEN;
use crate::init::stream;

/// Adam's momenta forget at these rates, and this much is added to its denominator (Kingma & Ba 2014, arXiv 1412.6980).
pub(crate) fn adam(weight_decay: f64) -> AdamConfig {
    let decay = (weight_decay > 0.0).then(|| WeightDecayConfig::new(weight_decay as f32));
    AdamConfig::new().with_epsilon(1e-8).with_weight_decay(decay)
}

/// What comes out of training.
#[derive(Clone, Debug)]
pub struct Fitted<M> {
    /// After the last epoch.
    pub last: M,
    /// After the best one: least loss on validation data, or else while training.
    pub best: M,
    /// Numbers of each epoch.
    pub history: Vec<EpochMetrics>,
    /// Why it ended.
    pub reason: StopReason,
}

/// A training that can be started and resumed.
pub struct ImageFit<'a> {
    /// How.
    pub training: &'a Training,
    /// The first so many stages of the backbone stay as they are; their batch norms keep their running statistics.
    pub frozen_stages: usize,
    /// A file that is written after each epoch, and from which training goes on where it exists.
    pub checkpoint: Option<PathBuf>,
    /// Each epoch is judged on these as well; they choose nothing.
    pub test: Option<&'a mut dyn Batches>,
    /// Hears everything; may ask to stop.
    pub listener: &'a mut dyn FnMut(&Event) -> ControlFlow<()>,
}

impl ImageFit<'_> {
    /// Trains `model` on `source`; `validation`, where given, decides which epoch was the best.
    ///
    /// # Errors
    /// A setting out of its range, a source that fails or holds nothing, a label beyond the model's classes, a loss that
    /// is not a number, a checkpoint of another training.
    pub fn run<B, N>(
        self,
        model: Classifier<B, N>,
        source: &mut dyn Batches,
        mut validation: Option<&mut dyn Batches>,
        device: &B::Device,
    ) -> Result<Fitted<Inner<B, N>>>
    where
        B: AutodiffBackend,
        N: Trainable<B>,
    {
        let Self { training, frozen_stages, checkpoint, mut test, listener } = self;
        training.validate()?;
        let learns = frozen_stages < model.backbone.stages();
        let schedule = training.schedule.unwrap_or(if learns { Schedule::Cosine } else { Schedule::Constant });
        let training = &Training { schedule: Some(schedule), ..training.clone() };
        let frozen = Frozen::new(&model.backbone, frozen_stages)?;
        let optimizer = adam(training.weight_decay).init();
        let mut progress = Progress::new(training, frozen_stages);
        let mut state = State { best: model.valid(), model, optimizer };
        if let Some(path) = checkpoint.as_deref().filter(|path| path.exists()) {
            state = checkpoint::read(path, state, &mut progress, device)?;
        }
        let mut reason = StopReason::Done;
        while progress.history.len() < training.epochs {
            if training.patience.is_some_and(|patience| progress.epochs_since_best() >= patience)
                && training.second_turn.is_none_or(|second| progress.history.len() > second)
            {
                reason = StopReason::EarlyStop;
                break;
            }
            let epoch = progress.history.len();
            let learning_rate = training.step_size(schedule, epoch);
            let mut pass = Pass { frozen: &frozen, state: &mut state, training, learning_rate, device, listener };
            let Some(tally) = pass.run(epoch, source)? else {
                reason = StopReason::Cancelled;
                break;
            };
            let judged = state.model.valid();
            let validated =
                validation.as_deref_mut().map(|pictures| evaluate_some(&judged, pictures, device)).transpose()?;
            let tested = test.as_deref_mut().map(|pictures| evaluate_some(&judged, pictures, device)).transpose()?;
            let metrics = EpochMetrics {
                epoch,
                loss: tally.loss(),
                accuracy: tally.accuracy(),
                val_loss: validated.map(|tally| tally.loss()),
                val_accuracy: validated.map(|tally| tally.accuracy()),
                test_loss: tested.map(|tally| tally.loss()),
                test_accuracy: tested.map(|tally| tally.accuracy()),
                learning_rate,
            };
            if progress.push(metrics.clone()) {
                state.best = state.model.valid();
            }
            if let Some(path) = &checkpoint {
                checkpoint::write(path, &state, &progress)?;
            }
            if listener(&Event::Epoch(metrics)).is_break() && progress.history.len() < training.epochs {
                reason = StopReason::Cancelled;
                break;
            }
        }
        let _ =
            listener(&Event::Finished { epochs: progress.history.len(), best_epoch: progress.best_epoch(), reason });
        Ok(Fitted { last: state.model.valid(), best: state.best, history: progress.history, reason })
    }
}

/// A classifier without gradients.
pub type Inner<B, N> = Classifier<<B as AutodiffBackend>::InnerBackend, <N as AutodiffModule<B>>::InnerModule>;

/// What changes while training.
pub(super) struct State<B, N>
where
    B: AutodiffBackend,
    N: Trainable<B>,
{
    pub(super) model: Classifier<B, N>,
    /// Without gradients: a clone would go on sharing the running statistics of batch norms with the model.
    pub(super) best: Inner<B, N>,
    pub(super) optimizer: OptimizerAdaptor<Adam, Classifier<B, N>, B>,
}

/// The first stages of a backbone, without a gradient and with their batch norms folded.
struct Frozen<B: AutodiffBackend, N: AutodiffModule<B>> {
    backbone: Option<N::InnerModule>,
    stages: usize,
}

impl<B: AutodiffBackend, N: Trainable<B>> Frozen<B, N> {
    fn new(backbone: &N, stages: usize) -> Result<Self> {
        let all = backbone.stages();
        if stages > all {
            return Err(Error::Setting(format!("{stages} stages cannot be frozen: the backbone has {all}")));
        }
        Ok(Self { backbone: (stages > 0).then(|| backbone.valid().folded()), stages })
    }

    /// Features of pictures, with a gradient in all but the frozen stages.
    fn features(&self, backbone: &N, images: Tensor<B, 4>) -> Tensor<B, 2> {
        let x = match &self.backbone {
            Some(frozen) => {
                Tensor::from_inner((0..self.stages).fold(images.inner(), |x, index| frozen.stage(index, x)))
            }
            None => images,
        };
        let activations = (self.stages..backbone.stages()).fold(x, |x, index| backbone.stage(index, x));
        backbone.pool(activations)
    }
}

/// None of the pictures to be judged on could be read.
pub(crate) const NONE_TO_JUDGE: &str =
    "none of the pictures to be judged on could be read; look at those that were left out";

/// Nats. No training comes back from here, and not every one that diverges shows it as NaN: the CPU's ReLU makes 0 of it.
const DIVERGED: f64 = 1e6;

/// One pass over the data.
struct Pass<'a, B, N>
where
    B: AutodiffBackend,
    N: Trainable<B>,
{
    frozen: &'a Frozen<B, N>,
    state: &'a mut State<B, N>,
    training: &'a Training,
    learning_rate: f64,
    device: &'a B::Device,
    listener: &'a mut dyn FnMut(&Event) -> ControlFlow<()>,
}

impl<B, N> Pass<'_, B, N>
where
    B: AutodiffBackend,
    N: Trainable<B>,
{
    /// The sums over the epoch, or `None` when the listener asked to stop.
    fn run(&mut self, epoch: usize, source: &mut dyn Batches) -> Result<Option<Tally>> {
        let mut rng = stream(self.training.seed, 1 + epoch as u64);
        let start = Instant::now();
        let mut tally = Tally::default();
        for (step, batch) in source.epoch(epoch).enumerate() {
            tally.add(self.step(&batch?, &mut rng)?);
            let loss = tally.loss();
            if loss.is_nan() || loss > DIVERGED {
                let problem = format!("the loss is {loss:.3e} in epoch {}: try a smaller learning rate", epoch + 1);
                return Err(Error::Training(problem));
            }
            let event = Event::Step {
                epoch,
                step: step + 1,
                loss,
                accuracy: tally.accuracy(),
                seen: tally.seen,
                images_per_second: tally.seen as f64 / start.elapsed().as_secs_f64().max(1e-9),
            };
            if (self.listener)(&event).is_break() {
                return Ok(None);
            }
        }
        if tally.seen == 0 {
            return Err(Error::Data(format!("there is nothing to learn from: epoch {} has no picture", epoch + 1)));
        }
        Ok(Some(tally))
    }

    fn step(&mut self, batch: &Batch, rng: &mut impl Rng) -> Result<Tally> {
        let model = &self.state.model;
        let features = self.frozen.features(&model.backbone, batch.images(self.device)?);
        let dropout = self.training.dropout;
        let drops = model.head.hidden.is_some() && dropout > 0.0;
        let mask = drops.then(|| dropout_mask(batch.len(), dropout, rng, self.device));
        let scores = model.head.forward_with_dropout(features, mask);
        let [_, classes] = scores.dims();
        let labels = batch.labels(classes, self.device)?;
        let loss = cross_entropy(scores.clone(), labels);
        let tally = Tally {
            loss: scalar(loss.clone()) * batch.len() as f64,
            right: right(scores, &batch.labels),
            seen: batch.len(),
        };
        let gradients = GradientsParams::from_grads(loss.backward(), model);
        let model = model.clone();
        self.state.model = self.state.optimizer.step(self.learning_rate, model, gradients);
        Ok(tally)
    }
}

/// Sums over pictures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Sum of cross entropies, nats.
    pub loss: f64,
    /// How many were right.
    pub right: usize,
    /// How many there were.
    pub seen: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.loss += other.loss;
        self.right += other.right;
        self.seen += other.seen;
    }

    /// Mean cross entropy, nats.
    pub fn loss(&self) -> f64 {
        self.loss / self.seen.max(1) as f64
    }

    /// Share that was right.
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.seen.max(1) as f64
    }
}

/// Loss and accuracy of a model that is not trained further, over the first epoch of `source`.
///
/// # Errors
/// A source that fails, a label beyond the model's classes.
pub fn evaluate<B: Backend, N: Backbone<B>>(
    model: &Classifier<B, N>,
    source: &mut dyn Batches,
    device: &B::Device,
) -> Result<Tally> {
    let mut tally = Tally::default();
    for batch in source.epoch(0) {
        let batch = batch?;
        let scores = model.forward(batch.images(device)?);
        let [_, classes] = scores.dims();
        let loss = cross_entropy(scores.clone(), batch.labels(classes, device)?);
        tally.add(Tally {
            loss: scalar(loss) * batch.len() as f64,
            right: right(scores, &batch.labels),
            seen: batch.len(),
        });
    }
    Ok(tally)
}

/// The same, of at least one picture.
fn evaluate_some<B: Backend, N: Backbone<B>>(
    model: &Classifier<B, N>,
    source: &mut dyn Batches,
    device: &B::Device,
) -> Result<Tally> {
    let tally = evaluate(model, source, device)?;
    if tally.seen == 0 { Err(Error::Data(NONE_TO_JUDGE.into())) } else { Ok(tally) }
}

/// Mean over the batch of the negative log-likelihood of each picture's class: `[n, classes]` and `[n]` to `[1]`.
pub fn cross_entropy<B: Backend>(scores: Tensor<B, 2>, labels: Tensor<B, 1, Int>) -> Tensor<B, 1> {
    let [n, _] = scores.dims();
    log_softmax(scores, 1).gather(1, labels.reshape([n, 1])).mean().neg()
}

/// Zeros where a hidden neuron is left out, `1 / (1 − dropout)` elsewhere: `[n, HIDDEN]`.
pub(super) fn dropout_mask<B: Backend>(n: usize, dropout: f64, rng: &mut impl Rng, device: &B::Device) -> Tensor<B, 2> {
    let kept = 1.0 / (1.0 - dropout) as f32;
    let values: Vec<f32> = (0..n * HIDDEN).map(|_| if rng.random_bool(dropout) { 0.0 } else { kept }).collect();
    Tensor::from_data(TensorData::new(values, [n, HIDDEN]), device)
}

fn scalar<B: Backend>(tensor: Tensor<B, 1>) -> f64 {
    tensor.into_data().iter::<f64>().next().unwrap_or(f64::NAN)
}

/// How many pictures have their class at the highest score.
fn right<B: Backend>(scores: Tensor<B, 2>, labels: &[u32]) -> usize {
    let best = scores.argmax(1).into_data();
    best.iter::<i64>().zip(labels).filter(|(best, label)| *best == i64::from(**label)).count()
}
