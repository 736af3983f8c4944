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

use bevy_egui::egui::Ui;
use serde::{Deserialize, Serialize};

/// How long a button says that it copied, in seconds.
const COPIED: f64 = 1.5;

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

/// A button that copies a text, and says so.
fn copy_button(ui: &mut Ui, name: &str, text: String) {
    let id = ui.id().with(name);
    let now = ui.input(|input| input.time);
    let copied = ui.data(|data| data.get_temp::<f64>(id)).is_some_and(|at| now - at < COPIED);
    if ui.button(if copied { "Copied" } else { name }).on_hover_text(&text).clicked() {
        ui.ctx().copy_text(text);
        ui.data_mut(|data| data.insert_temp(id, now));
        ui.ctx().request_repaint_after_secs(COPIED as f32);
    }
}
