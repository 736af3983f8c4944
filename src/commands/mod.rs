//! One file a command.

pub mod audit;
pub mod bench;
pub mod capture;
pub mod check;
pub mod completions;
pub mod frame;
pub mod merge;
pub mod new;
pub mod sheet;
pub mod supervisor;
pub mod worker;
