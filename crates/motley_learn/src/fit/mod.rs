//! Training.
//!
//! - [`images`]: a network and its head, or the last stages of it, on batches of pictures ([`batch`]).
//! - [`features`]: a head on features that were computed once.
//! - [`event`]: what training tells while it goes on.

pub mod batch;
mod checkpoint;
pub mod event;
pub mod features;
pub mod images;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Training {
    /// Passes over the data, ≥ 1.
    pub epochs: usize,
    /// Pictures a step, ≥ 1.
    pub batch: usize,
    /// Adam's step size, > 0.
    pub learning_rate: f64,
    /// How the step size changes; `None`: along a cosine where a backbone learns, else not at all.
    pub schedule: Option<Schedule>,
    /// Added to the gradient: this times the weight; ≥ 0.
    pub weight_decay: f64,
    /// Share of the hidden neurons of [`HeadKind::Paper`](crate::head::HeadKind::Paper) that are left out at each step; from 0
    /// to below 1.
    pub dropout: f64,
    /// Of everything that is drawn.
    pub seed: u64,
    /// Stop after so many epochs without a better one; `None`: never.
    pub patience: Option<usize>,
    /// The epoch, from 0, at which other pictures come: the step size starts anew, and the best epoch is one from there on.
    pub second_turn: Option<usize>,
}

impl Default for Training {
    /// The paper's: Adam at 1e-3, ten epochs, dropout 0.3; batches of 32.
    fn default() -> Self {
        Self {
            epochs: 10,
            batch: 32,
            learning_rate: 1e-3,
            schedule: None,
            weight_decay: 0.0,
            dropout: 0.3,
            seed: 0,
            patience: None,
            second_turn: None,
        }
    }
}

impl Training {
    /// The step size in an epoch.
    pub fn step_size(&self, schedule: Schedule, epoch: usize) -> f64 {
        let factor = match self.second_turn {
            Some(second) if epoch >= second => schedule.factor(epoch - second, self.epochs.saturating_sub(second)),
            Some(second) => schedule.factor(epoch, second),
            None => schedule.factor(epoch, self.epochs),
        };
        self.learning_rate * factor
    }

    /// # Errors
    /// Names the setting that is out of its range.
    pub fn validate(&self) -> Result<()> {
        let problem = if self.epochs == 0 {
            "epochs must be at least 1"
        } else if self.batch == 0 {
            "batch must be at least 1"
        } else if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            "learning_rate must be above 0, for instance 1e-3"
        } else if !(self.weight_decay >= 0.0 && self.weight_decay.is_finite()) {
            "weight_decay must be 0 or more"
        } else if !(0.0..1.0).contains(&self.dropout) {
            "dropout must be from 0 to below 1, for instance 0.3"
        } else {
            return Ok(());
        };
        Err(Error::Setting(problem.into()))
    }
}

/// How the step size changes over an epoch's share of the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// It stays.
    Constant,
    /// From its full size down to 0 along half a cosine, epoch by epoch (Loshchilov & Hutter 2016, arXiv 1608.03983,
    /// without restarts).
    Cosine,
}

impl Schedule {
    /// The share of the full step size in `epoch` of `epochs`.
    pub fn factor(self, epoch: usize, epochs: usize) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * epoch as f64 / epochs.max(1) as f64).cos()),
        }
    }
}
