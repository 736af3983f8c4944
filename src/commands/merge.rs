//! `motley merge`: joins the shards of a dataset or of a study.

use crate::{Outcome, cli::MergeArgs, progress::many};

/// Runs the command.
pub fn run(args: &MergeArgs) -> anyhow::Result<Outcome> {
    if args.shards.iter().any(|shard| motley_study::merge::is_study(shard)) {
        motley_study::merge::merge(&args.shards, &args.out)?;
        return super::study::conclude(&args.out);
    }
    let summary = motley_dataset::merge(&args.shards, &args.out)?;
    eprintln!("{} in {}", many(summary.frames, "frame", "frames"), summary.out.display());
    Ok(Outcome::Done)
}
