//! Training on rendered frames, with burn: backbones, heads, evaluation.
//!
//! 1. [`preprocess`] turns a picture into a network's input; what it does comes with the weights.
//! 2. [`backbone`] turns pictures into features; weights come from files ([`weights`]) or from a seed ([`init`]).
//! 3. [`head`] turns features into scores of classes.
//! 4. [`fit`] trains heads on features and networks on batches of pictures.
//! 5. [`explain`] shows where a network looks.
//! 6. [`model`] is what remains of it all: a file.
//! 7. [`run`] puts it together: from a plan and pictures to a folder with models, metrics and a report.
//!
//! All of it is generic over burn's backends; [`device`] picks one.

pub mod backbone;
pub mod classifier;
pub mod data;
pub mod device;
pub mod error;
pub mod explain;
pub mod files;
pub mod fit;
pub mod head;
pub mod init;
pub mod metrics;
pub mod model;
pub mod preprocess;
pub mod report;
pub mod run;
pub mod weights;

pub use error::{Error, Result};
