//! Experiments over scenes and trainings: which randomization matters, and how sure that is.
//!
//! 1. A [`file::StudyFile`] names arms to learn from, trainings, tests and figures; a [`study::Study`] has all that it refers to open.
//! 2. A [`lab::Lab`] draws frames ([`frames`]) and runs cells ([`cell`]): each training of each arm, so and so often. Every cell is
//!    kept under a hash of all that goes into it ([`ledger`]), so that nothing is done twice, and parts from many machines can be
//!    [merged](merge::merge).
//! 3. [`statistics`] say how sure a number and a difference are.
//! 4. [`report`] makes one page of it, and tables.
//! 5. [`tune`] searches a scene for what photos say.

pub mod cell;
pub mod error;
pub mod file;
pub mod fingerprint;
pub mod frames;
pub mod lab;
pub mod leaks;
pub mod ledger;
pub mod looks;
pub mod merge;
pub mod report;
pub mod samples;
pub mod statistics;
pub mod study;
pub mod tune;

pub use error::{Error, Result};
