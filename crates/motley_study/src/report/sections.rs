//! What a report holds besides its figures.

use std::{cmp::Ordering, collections::BTreeMap, path::Path};

use motley_learn::{
    data::decode_file,
    report::{Block, Figure as Picture, Section, Table, confusion_table},
};
use serde_json::json;

use super::{
    figures::{method, points},
    results::{Comparison, Results},
};
use crate::{
    error::{Error, Result},
    leaks::{self, Leaks},
    samples,
};

/// Side of a sample on the page, pixels.
const SIDE: u32 = 144;
/// Nearest pairs of pictures that a page shows.
const PAIRS: usize = 8;

pub(super) fn facts(results: &Results) -> Vec<(String, String)> {
    let (done, all) = (results.cells.len(), results.ledger.cells.len());
    vec![
        ("arms".into(), results.file.arms.len().to_string()),
        ("trainings".into(), results.file.trainings.len().to_string()),
        ("repeats".into(), results.file.repeats.to_string()),
        ("cells done".into(), if done == all { done.to_string() } else { format!("{done} of {all}") }),
    ]
}

/// Which differences are shown, and where none is.
pub(super) fn findings(comparisons: &[Comparison], found: &[Leaks]) -> Section {
    let mut blocks = Vec::new();
    for one in found.iter().filter(|one| one.leaked > 0) {
        blocks.push(Block::Text(format!(
            "Mind: {} of the {} pictures of {} are likely among those that {} learnt from: see the end of this page.",
            one.leaked, one.pictures, one.test, one.arm
        )));
    }
    let (shown, not): (Vec<_>, Vec<_>) = comparisons.iter().partition(|one| one.is_shown());
    let mut table = Table::new(["", "against", "test", "points", "95 % interval", "", "figure"]);
    for one in shown {
        let [low, high] = one.difference.interval;
        table.push(vec![
            json!(one.what),
            json!(one.control),
            json!(one.test),
            json!(points(one.difference.difference)),
            json!(format!("{} to {}", points(low), points(high))),
            json!(one.verdict()),
            json!(short(&one.figure)),
        ]);
    }
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    for alike in not.chunk_by(|a, b| (&a.figure, &a.test) == (&b.figure, &b.test)) {
        let Comparison { figure, test, .. } = alike[0];
        let named =
            |one: &&Comparison| format!("{} against {} ({})", one.what, one.control, points(one.difference.difference));
        let names: Vec<String> = alike.iter().map(named).collect();
        blocks.push(Block::Text(format!("{}, no difference shown on {test}: {}.", short(figure), names.join("; "))));
    }
    Section { title: "What it says".into(), blocks }
}

/// The part of a figure's title that names it: what stands before a colon.
fn short(title: &str) -> &str {
    match title.split_once(": ") {
        Some((name, _)) if name.chars().any(|c| c.is_ascii_digit()) => name,
        _ => title,
    }
}

/// What could not be done, if anything.
pub(super) fn failures(results: &Results) -> Option<Section> {
    if results.failures.is_empty() {
        return None;
    }
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for failure in &results.failures {
        match reasons.iter_mut().find(|(reason, _)| *reason == failure.reason) {
            Some((_, what)) => what.push(&failure.what),
            None => reasons.push((&failure.reason, vec![&failure.what])),
        }
    }
    let mut table = Table::new(["why not", "what"]);
    for (reason, what) in reasons {
        table.push(vec![json!(reason), json!(what.join("; "))]);
    }
    Some(Section { title: "What could not be done".into(), blocks: vec![Block::Table(table)] })
}

/// Pictures of every arm and test.
pub(super) fn samples(results: &Results, out: &Path) -> Result<Option<Section>> {
    let mut pictures = Vec::new();
    let arms = results.file.arms.iter().map(|arm| ("arm", &arm.name));
    let tests = results.file.tests.iter().map(|test| ("test", &test.name));
    for (kind, name) in arms.chain(tests) {
        let row = samples::kept(out, kind, name);
        if row.len() < samples::COUNT {
            continue;
        }
        for (number, path) in row.iter().enumerate() {
            let image = decode_file(path).map_err(|fault| Error::Setting(fault.to_string()))?;
            let caption = if number == 0 { format!("{kind}: {name}") } else { String::new() };
            pictures.push(Picture::new(caption, &image, SIDE)?.described(format!("{kind}: {name}, sample {number}")));
        }
    }
    let words = "Arms of one scene draw the same frames: what stands above each other differs in what the arm's name says, and in \
                 nothing else.";
    let blocks = vec![Block::Text(words.into()), Block::Grid(samples::COUNT, pictures)];
    Ok((!matches!(&blocks[1], Block::Grid(_, pictures) if pictures.is_empty()))
        .then(|| Section { title: "Samples".into(), blocks }))
}

/// Which class was taken for which, all repeats together.
pub(super) fn confusion(results: &Results) -> Section {
    // Models of the same classes stand in one table.
    let mut tables: BTreeMap<&[String], Table> = BTreeMap::new();
    for arm in &results.file.arms {
        for training in &results.file.trainings {
            for test in &results.file.tests {
                let tested = results.tested(&arm.name, &training.name, &test.name);
                let Some((first, _)) = tested.values().next() else { continue };
                let mut sum = motley_learn::metrics::Confusion::new(&first.classes);
                for (cell, result) in tested.values() {
                    let one = result.confusion(&cell.classes);
                    let both = sum.counts.iter_mut().flatten().zip(one.counts.iter().flatten());
                    both.for_each(|(sum, count)| *sum += count);
                }
                let part = confusion_table(&sum);
                let head = ["arm", "training", "test"].into_iter().chain(part.head.iter().map(String::as_str));
                let table = tables.entry(&first.classes).or_insert_with(|| Table::new(head));
                for row in part.rows {
                    let names = [json!(arm.name), json!(training.name), json!(test.name)];
                    table.push(names.into_iter().chain(row).collect());
                }
            }
        }
    }
    Section {
        title: "Which class was taken for which".into(),
        blocks: tables.into_values().map(Block::Matrix).collect(),
    }
}

/// Pictures of tests beside what was learnt from, if any were compared.
pub(super) fn leaks(found: &[Leaks], out: &Path) -> Result<Option<Section>> {
    if found.is_empty() {
        return Ok(None);
    }
    let table = leaks_table(found);
    let mut pictures = Vec::new();
    let mut pairs: Vec<_> = found.iter().flat_map(|one| one.nearest.iter().map(move |pair| (one, pair))).collect();
    pairs.sort_by(|a, b| b.1.cosine.total_cmp(&a.1.cosine));
    for (one, pair) in pairs.into_iter().take(PAIRS) {
        if let Ok(image) = decode_file(&out.join("leaks").join(&pair.file)) {
            let caption =
                format!("{}: {} beside {} of {}: {:.3}", one.test, pair.test, pair.training, one.arm, pair.cosine);
            pictures.push(Picture::new(caption, &image, 2 * SIDE)?);
        }
    }
    let words = format!(
        "For each picture of a test the nearest one that was learnt from, by the cosine of grey thumbnails: photos of all repeats, \
         frames of the first. Above {} the two are taken for the same picture. Arms that learn from the same pictures are there once. \
         The nearest pairs stand below.",
        leaks::SAME
    );
    let blocks = vec![Block::Text(words), Block::Table(table), Block::Grid(4, pictures)];
    Ok(Some(Section { title: "Did a test leak into training?".into(), blocks }))
}

/// A row for each arm and test that were compared.
pub(super) fn leaks_table(found: &[Leaks]) -> Table {
    let mut table = Table::new(["test", "pictures", "learnt from", "likely the same picture", "greatest cosine"]);
    let mut sorted: Vec<&Leaks> = found.iter().collect();
    let nearest = |one: &Leaks| one.nearest.first().map(|pair| pair.cosine);
    sorted.sort_by(|a, b| b.leaked.cmp(&a.leaked).then(nearest(b).partial_cmp(&nearest(a)).unwrap_or(Ordering::Equal)));
    for one in sorted {
        table.push(vec![
            json!(one.test),
            json!(one.pictures),
            json!(one.arm),
            json!(one.leaked),
            json!(nearest(one).map(|cosine| (f64::from(cosine) * 1e4).round() / 1e4)),
        ]);
    }
    table
}

/// How it was done and how to do it again.
pub(super) fn repeating(results: &Results, commands: &[String]) -> Section {
    let mut inputs = Table::new(["", "name", "frames", "of", "seeds", "photos", "of", "classes"]);
    let arms =
        results.file.arms.iter().map(|arm| &arm.name).zip(&results.ledger.arms).map(|(name, one)| ("arm", name, one));
    let tests = results
        .file
        .tests
        .iter()
        .map(|test| &test.name)
        .zip(&results.ledger.tests)
        .map(|(name, one)| ("test", name, one));
    for (kind, name, one) in arms.chain(tests) {
        let classes: Vec<&str> =
            one["classes"].as_array().into_iter().flatten().filter_map(|class| class.as_str()).collect();
        inputs.push(vec![
            json!(kind),
            json!(name),
            one["count"]["frames"].clone(),
            one["frames"].clone(),
            one["seeds"].clone(),
            one["count"]["photos"].clone(),
            one["photos"].clone(),
            json!(classes.join(", ")),
        ]);
    }
    let mut blocks = vec![Block::Text(method())];
    blocks.extend(commands.iter().map(|command| Block::Text(command.clone())));
    blocks.push(Block::Text(format!(
        "Motley {}, study file {}. The file itself is in study.json, all numbers are in results.json and in the CSV files, and each cell \
         is under cells/ by the hash of all that went into it.",
        results.ledger.version,
        crate::fingerprint::of_text(&results.ledger.study)
    )));
    blocks.push(Block::Table(inputs));
    Section { title: "To repeat it".into(), blocks }
}
