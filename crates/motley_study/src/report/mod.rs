//! What a study says: one page, the same as Markdown, and tables of all numbers.
//!
//! Everything is made from what the study's folder holds, so that parts that were done elsewhere are shown like those done here.

mod figures;
mod results;
mod sections;

use std::path::{Path, PathBuf};

use motley_learn::{files, report::Page};
use serde_json::json;

pub use results::{Comparison, Number, Results};

use crate::{
    cell::write_json,
    error::{Error, Result},
    leaks::{self, Leaks},
    ledger,
};

/// What a report was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The page.
    pub page: PathBuf,
    /// Cells that are done.
    pub done: usize,
    /// All cells.
    pub cells: usize,
    /// How much could not be done.
    pub failures: usize,
    /// Arms and trainings of cells that are not done, and did not fail.
    pub missing: Vec<String>,
    /// Tests whose pictures are among those that an arm learnt from.
    pub leaks: Vec<Leaks>,
}

/// Writes `report.html`, `markdown/report.md` with its charts and pictures beside it, `cells.csv`, `numbers.csv`, `differences.csv` and
/// `results.json` into a study's folder, from what is done so far.
///
/// # Errors
/// When the folder holds no study, or a file cannot be read or written.
pub fn write(out: &Path) -> Result<Written> {
    let results = Results::load(out)?;
    let commands = ledger::commands(out)?;
    let mut page = Page {
        title: results.file.name.clone(),
        lead: results.file.about.clone(),
        facts: sections::facts(&results),
        sections: Vec::new(),
    };
    let (mut numbers, mut comparisons) = (Vec::new(), Vec::new());
    for figure in &results.file.figures {
        let made = figures::figure(&results, figure, out)?;
        numbers.extend(made.numbers);
        comparisons.extend(made.comparisons);
        page.sections.push(made.section);
    }
    let found = leaks::kept(out)?;
    if !comparisons.is_empty() || found.iter().any(|one| one.leaked > 0) {
        page.sections.insert(0, sections::findings(&comparisons, &found));
    }
    page.sections.extend(sections::failures(&results));
    page.sections.extend(sections::samples(&results, out)?);
    page.sections.push(sections::confusion(&results));
    page.sections.extend(sections::leaks(&found, out)?);
    page.sections.push(sections::repeating(&results, &commands));
    page.write(&out.join("report.html"))?;
    let markdown = out.join("markdown");
    // Pictures are numbered: those of an earlier report would stay.
    if markdown.is_dir() {
        std::fs::remove_dir_all(&markdown).map_err(Error::io(&markdown))?;
    }
    std::fs::create_dir_all(&markdown).map_err(Error::io(&markdown))?;
    page.write_markdown(&markdown.join("report.md"))?;
    let cells = results::cells_table(&results);
    let (numbers, comparisons) = (results::numbers_table(&numbers), results::comparisons_table(&comparisons));
    for (name, table) in [("cells.csv", &cells), ("numbers.csv", &numbers), ("differences.csv", &comparisons)] {
        files::write(&out.join(name), table.csv().as_bytes())?;
    }
    let leaks = sections::leaks_table(&found);
    let all = json!({
        "cells": cells.json(), "numbers": numbers.json(), "differences": comparisons.json(), "leaks": leaks.json(),
    });
    write_json(&out.join("results.json"), &all)?;
    Ok(Written {
        page: out.join("report.html"),
        done: results.cells.len(),
        cells: results.ledger.cells.len(),
        failures: results.failures.len(),
        missing: results.missing(),
        leaks: found.into_iter().filter(|one| one.leaked > 0).collect(),
    })
}
