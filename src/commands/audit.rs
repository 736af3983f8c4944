//! `motley audit`: decodes every picture and reports what is wrong.

use crate::{Outcome, cli::AuditArgs, progress::event};

/// Runs the command.
pub fn run(args: &AuditArgs) -> anyhow::Result<Outcome> {
    let report = motley_dataset::audit(&args.dataset)?;
    if args.json {
        event(&serde_json::to_value(&report)?);
    } else {
        eprintln!("{report}");
    }
    Ok(if report.ok() { Outcome::Done } else { Outcome::Faults })
}
