//! Everything that was drawn for one frame.

use serde::{Deserialize, Serialize};

/// Everything that was drawn for one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Seed of the dataset.
    pub seed: u64,
    /// Index of the frame.
    pub index: u64,
}
