//! `motley bench`: how fast this machine is.

mod capture;
mod train;

use crate::{
    Outcome,
    cli::{BenchArgs, BenchCommand},
};

/// Runs the command.
pub fn run(args: BenchArgs) -> anyhow::Result<Outcome> {
    match args.what {
        BenchCommand::Capture(args) => capture::run(&args),
        BenchCommand::Train(args) => train::run(&args),
    }
}
