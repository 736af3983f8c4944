//! One file a command.

pub mod audit;
pub mod bench;
pub mod capture;
pub mod check;
pub mod completions;
pub mod eval;
pub mod explain;
pub mod frame;
pub mod merge;
pub mod new;
pub mod pack;
pub mod predict;
pub mod sheet;
pub mod studio;
pub mod study;
pub mod supervisor;
pub mod train;
pub mod tune;
pub mod worker;
pub mod zoo;
