//! `motley audit`: decodes every picture and reports what is wrong.

use motley_dataset::{AuditReport, Reader};

use super::frame;
use crate::{
    Outcome,
    cli::AuditArgs,
    progress::{event, print},
};

/// Runs the command.
pub fn run(args: &AuditArgs) -> anyhow::Result<Outcome> {
    let mut report = motley_dataset::audit(&args.dataset)?;
    match frame::of_dataset(&Reader::open(&args.dataset)?, args.base.as_deref()) {
        Ok(opened) => report.add_draws(&args.dataset, &opened.ready.scene, &opened.ready.catalog)?,
        Err(error) => tracing::warn!("the draws are not tested: {error:#}"),
    }
    if args.json {
        event(&serde_json::to_value(&report)?);
    } else {
        print(&tell(&report));
    }
    Ok(if report.ok() { Outcome::Done } else { Outcome::Faults })
}

/// Faults of a sort that are listed one by one.
const LISTED: usize = 20;

fn tell(report: &AuditReport) -> String {
    let mut text = String::new();
    let mut line = |words: String| text += &(words + "\n");
    line(format!("{} of {} frames, {} pictures decoded", report.frames, report.expected, report.decoded));
    for class in &report.classes {
        line(format!("  {:20} {:6} frames, {:.0} expected", class.class, class.count, class.expected));
    }
    if let Some(balance) = &report.balance {
        line(format!("  balance: chi-square {:.2}, p = {:.3}", balance.statistic, balance.p));
    }
    for test in &report.draws {
        line(format!("  {:32} {:10} {:6} draws, p = {:.3}", test.field, test.test, test.n, test.result.p));
    }
    if report.hidden > 0 {
        line(format!(
            "{} frames show less of their subject than the scene's min_visible, after all tries",
            report.hidden
        ));
    }
    if !report.near_duplicates.is_empty() {
        line(format!(
            "{} groups of pictures that are hard to tell apart, such as {:?}",
            report.near_duplicates.len(),
            report.near_duplicates[0]
        ));
    }
    for fault in report.faults.iter().take(LISTED) {
        // Some tell the frame themselves.
        let index =
            fault.index.map(|index| format!("frame {index}: ")).filter(|index| !fault.detail.starts_with(index));
        line(format!("{}{}", index.unwrap_or_default(), fault.detail));
    }
    if report.faults.len() > LISTED {
        line(format!("… and {} more faults; --json lists all", report.faults.len() - LISTED));
    }
    let untested = if report.draws.is_empty() { "; the draws were not tested" } else { "" };
    line(format!("{}{untested}", if report.ok() { "no faults" } else { "faults found" }));
    text
}
