//! How good a classifier is, from its scores on labelled pictures.
//!
//! [`evaluate`] makes an [`Evaluation`] of [`Prediction`]s: accuracy with its interval, the confusion matrix, results by
//! class, by group and by bucket, calibration and the mistakes. Each part can be had alone, too.

mod auc;
mod calibration;
mod confusion;
mod evaluation;
mod groups;
mod proportion;

pub use auc::{auc, auc_one_vs_rest};
pub use calibration::{Bin, ece, reliability};
pub use confusion::Confusion;
pub use evaluation::{ClassResult, Drawn, Evaluation, MetricsError, Mistake, Prediction, Summary, evaluate};
pub use groups::{Group, Grouping, group_by};
pub use proportion::{Proportion, aar, wilson};
