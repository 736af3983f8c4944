//! The panes of the window. Each is a function of the model that draws itself and says what the user wants.

pub mod capture;
pub mod fields;
pub mod gallery;
pub mod parameters;
pub mod picture;
pub mod preview;
pub mod recipe;
pub mod results;
pub mod sheet;
pub mod strip;
pub mod train;

use serde::{Deserialize, Serialize};

/// A pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pane {
    /// What may vary.
    Parameters,
    /// The large picture.
    Preview,
    /// What was drawn for it.
    Recipe,
    /// Many pictures at once.
    Sheet,
    /// One parameter varies, all others stay.
    Strip,
    /// From a scene to a dataset.
    Capture,
    /// From pictures to a classifier.
    Train,
    /// What a classifier has learnt.
    Results,
}

impl Pane {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Parameters,
        Self::Preview,
        Self::Recipe,
        Self::Sheet,
        Self::Strip,
        Self::Capture,
        Self::Train,
        Self::Results,
    ];

    /// What stands on its tab.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Parameters => "Parameters",
            Self::Preview => "Preview",
            Self::Recipe => "Recipe",
            Self::Sheet => "Contact sheet",
            Self::Strip => "Vary one",
            Self::Capture => "Capture",
            Self::Train => "Train",
            Self::Results => "Results",
        }
    }
}
