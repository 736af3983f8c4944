//! What a training needs to go on after it was killed: weights, Adam's momenta and the numbers so far, in one file.

use std::path::Path;

use burn::module::Module;
use burn::optim::Optimizer;
use burn::record::{BinBytesRecorder, FullPrecisionSettings, Recorder};
use burn::tensor::backend::AutodiffBackend;
use serde::{Deserialize, Serialize};

use super::event::EpochMetrics;
use super::images::State;
use super::{Schedule, Training};
use crate::backbone::Trainable;
use crate::error::{Error, Result};

type Bytes = BinBytesRecorder<FullPrecisionSettings>;

/// How far a training has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Progress {
    training: Training,
    frozen_stages: usize,
    pub(super) history: Vec<EpochMetrics>,
}

impl Progress {
    pub(super) fn new(training: &Training, frozen_stages: usize) -> Self {
        Self { training: training.clone(), frozen_stages, history: Vec::new() }
    }

    /// Adds an epoch; whether it is the best so far.
    pub(super) fn push(&mut self, metrics: EpochMetrics) -> bool {
        self.history.push(metrics);
        self.best_epoch() + 1 == self.history.len()
    }

    /// The first of the epochs with the least loss; once the second turn has begun, of those in it.
    pub(super) fn best_epoch(&self) -> usize {
        let second = self.training.second_turn.filter(|&second| second < self.history.len()).unwrap_or(0);
        let by_loss = self.history[second..].iter().min_by(|a, b| a.criterion().total_cmp(&b.criterion()));
        by_loss.map_or(0, |metrics| metrics.epoch)
    }

    pub(super) fn epochs_since_best(&self) -> usize {
        self.history.len().saturating_sub(self.best_epoch() + 1)
    }

    /// Whether a training with these settings may go on from here. Another patience is fine, and so are more epochs, unless the
    /// step size depends on their number.
    fn fits(&self, other: &Self) -> bool {
        let mut same = Training { patience: self.training.patience, ..other.training.clone() };
        if same.schedule == Some(Schedule::Constant) {
            same.epochs = self.training.epochs;
        }
        self.training == same && self.frozen_stages == other.frozen_stages
    }
}

/// In a format that keeps each number to the bit: JSON would not, and the same settings would look like others.
#[derive(Serialize, Deserialize)]
struct File {
    progress: Progress,
    model: Vec<u8>,
    best: Vec<u8>,
    optimizer: Vec<u8>,
}

/// Writes aside and renames, so that a kill leaves the last checkpoint whole.
pub(super) fn write<B, N>(path: &Path, state: &State<B, N>, progress: &Progress) -> Result<()>
where
    B: AutodiffBackend,
    N: Trainable<B>,
{
    let failed = |problem: String| Error::Training(format!("{}: {problem}", path.display()));
    let recorder = Bytes::default();
    let model = Recorder::<B>::record(&recorder, state.model.clone().into_record(), ());
    let best = Recorder::<B::InnerBackend>::record(&recorder, state.best.clone().into_record(), ());
    let optimizer = Recorder::<B>::record(&recorder, state.optimizer.to_record(), ());
    let file = File {
        progress: progress.clone(),
        model: model.map_err(|error| failed(error.to_string()))?,
        best: best.map_err(|error| failed(error.to_string()))?,
        optimizer: optimizer.map_err(|error| failed(error.to_string()))?,
    };
    let content = postcard::to_stdvec(&file).map_err(|error| failed(error.to_string()))?;
    crate::files::write(path, &content)
}

/// Reads what [`write`] wrote; `state` and `progress` are those of a training that has just begun.
pub(super) fn read<B, N>(
    path: &Path,
    state: State<B, N>,
    progress: &mut Progress,
    device: &B::Device,
) -> Result<State<B, N>>
where
    B: AutodiffBackend,
    N: Trainable<B>,
{
    let unfit = |what: &str| {
        let path = path.display();
        Error::Training(format!("{path} is {what}; remove it to start from the beginning"))
    };
    let other = || unfit("the checkpoint of another training");
    let content = std::fs::read(path).map_err(Error::io(path))?;
    let file: File = postcard::from_bytes(&content).map_err(|_| unfit("damaged, or of another version"))?;
    if !file.progress.fits(progress) {
        return Err(other());
    }
    progress.history = file.progress.history;
    let recorder = Bytes::default();
    let model = Recorder::<B>::load(&recorder, file.model, device).map_err(|_| other())?;
    let best = Recorder::<B::InnerBackend>::load(&recorder, file.best, device).map_err(|_| other())?;
    let optimizer = Recorder::<B>::load(&recorder, file.optimizer, device).map_err(|_| other())?;
    Ok(State {
        best: state.best.load_record(best),
        model: state.model.load_record(model),
        optimizer: state.optimizer.load_record(optimizer),
    })
}
