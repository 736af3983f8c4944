//! `motley merge`: joins the shards of a dataset.

use crate::{Outcome, cli::MergeArgs};

/// Runs the command.
pub fn run(args: &MergeArgs) -> anyhow::Result<Outcome> {
    let summary = motley_dataset::merge(&args.shards, &args.out)?;
    eprintln!("{} frames in {}", summary.frames, summary.out.display());
    Ok(Outcome::Done)
}
