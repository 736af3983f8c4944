//! A training from pictures to a folder that holds all there is to know about it.
//!
//! 1. A [`Plan`] says what is trained, on what, and how; it becomes the run's `config.json`.
//! 2. A [`Trainer`] carries it out on any device: frozen backbones make features once ([`crate::data::extract`]) and a head
//!    learns from them, others learn from batches of pictures ([`crate::fit::images`]). Frames may come live ([`Live`]).
//! 3. [`judge`] asks a model about labelled pictures, for [`crate::metrics::evaluate`].
//! 4. An [`Examiner`] judges what came out on other pictures, a [`Predictor`] asks it, an [`Explainer`] shows where it looks.
//! 5. A [`RunFolder`] keeps configuration, metrics, models, curves and a report.
//! 6. A [`Bench`] measures how fast all that is.

mod bench;
mod examine;
mod feed;
mod folder;
mod frozen;
mod judge;
mod material;
mod plan;
mod report;
mod train;

pub use bench::{Bench, Rates};
pub use examine::{Examined, Examiner, Explainer, Predictor, Test, write_examined};
pub use folder::RunFolder;
pub use judge::{Judged, judge};
pub use material::Live;
pub use plan::{Folder, Learns, Plan};
pub use train::{Finished, Trainer};
