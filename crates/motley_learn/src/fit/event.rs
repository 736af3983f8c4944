//! What training tells while it goes on: for a progress bar, a dashboard, a table.

use serde::{Deserialize, Serialize};

/// One piece of news. Written as JSON, one object a line, with its kind under `event`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A training begins.
    Started {
        /// Name of the backbone.
        backbone: String,
        /// Name of the head.
        head: String,
        /// Whether the backbone is frozen.
        frozen: bool,
        /// Names of the classes.
        classes: Vec<String>,
        /// Pictures to learn from.
        training: usize,
        /// Pictures that are learnt or made features of, all epochs together.
        total: usize,
        /// Pictures to be judged on.
        validation: usize,
        /// Epochs; 1 where a head is computed.
        epochs: usize,
    },
    /// A frozen backbone has made features of some pictures.
    Features {
        /// Pictures so far.
        done: usize,
        /// Of how many.
        total: usize,
        /// Pictures a second so far.
        images_per_second: f64,
    },
    /// A batch has been learnt.
    Step {
        /// From 0.
        epoch: usize,
        /// Batches of this epoch so far, from 1.
        step: usize,
        /// Mean cross entropy of this epoch's pictures so far, nats.
        loss: f64,
        /// Share of them that were right when they were seen.
        accuracy: f64,
        /// Pictures of this epoch so far.
        seen: usize,
        /// Pictures a second of this epoch so far.
        images_per_second: f64,
    },
    /// An epoch is over.
    Epoch(EpochMetrics),
    /// Training has ended.
    Finished {
        /// Epochs done, those before an interruption among them.
        epochs: usize,
        /// The epoch whose weights are kept as the best.
        best_epoch: usize,
        /// Why it ended.
        reason: StopReason,
    },
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// All epochs are done.
    Done,
    /// No better for as many epochs as patience allows.
    EarlyStop,
    /// The listener asked for it.
    Cancelled,
}

/// The numbers of one epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// From 0.
    pub epoch: usize,
    /// Mean cross entropy while training, nats.
    pub loss: f64,
    /// Share that was right when it was seen.
    pub accuracy: f64,
    /// Mean cross entropy on validation data, where there are some.
    pub val_loss: Option<f64>,
    /// Accuracy on validation data, where there are some.
    pub val_accuracy: Option<f64>,
    /// Mean cross entropy on test pictures, which choose nothing, where there are some.
    #[serde(default)]
    pub test_loss: Option<f64>,
    /// Accuracy on test pictures, where there are some.
    #[serde(default)]
    pub test_accuracy: Option<f64>,
    /// Learning rate at the end of the epoch.
    pub learning_rate: f64,
}

impl EpochMetrics {
    /// What the best epoch has least of: the loss on validation data, or else while training.
    pub fn criterion(&self) -> f64 {
        self.val_loss.unwrap_or(self.loss)
    }
}
