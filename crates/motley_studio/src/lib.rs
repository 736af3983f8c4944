//! The window: parameters, live preview, capture and training.
//!
//! 1. [`studio::Studio`] is the model: the scene file that is open, its pictures and the work under way. It knows no window.
//! 2. [`panes`] are functions of the model that draw themselves and say what the user wants; the model does it.
//! 3. [`preview::worker`] draws pictures on a thread of its own, with the renderer that `motley capture` uses; [`jobs`] run the
//!    commands of the command line in processes of their own. So the window never waits.
//! 4. `window` shows all of it: a Bevy app that draws nothing but egui, and only when something has changed.

pub mod config;
pub mod dialogs;
pub mod document;
pub mod import;
pub mod jobs;
pub mod panes;
pub mod preview;
pub mod studio;
mod window;

pub use window::{Options, WindowError, run};
