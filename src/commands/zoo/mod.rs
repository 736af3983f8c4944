//! `motley zoo`: what the zoo grows, to be looked at and to be taken elsewhere.

mod export;
mod report;

use crate::{
    Outcome,
    cli::{ZooArgs, ZooCommand},
};

/// Runs the command.
pub fn run(args: &ZooArgs) -> anyhow::Result<Outcome> {
    match &args.what {
        ZooCommand::Report(args) => report::run(args),
        ZooCommand::Export(args) => export::run(args),
    }
}
