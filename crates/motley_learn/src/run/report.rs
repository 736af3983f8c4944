//! What a run leaves to be looked at.

use image::RgbImage;
use serde_json::json;

use super::{Finished, Folder, Judged, Plan, RunFolder};
use crate::{
    data::decode_file,
    error::Result,
    explain::Explained,
    fit::event::EpochMetrics,
    model::Card,
    report::{
        Block, Curve, Figure, Page, Section, Series, Table, confusion_table, groups_table, mistakes_table,
        summary_table, test_section,
    },
};

/// Side of a picture on the page, in pixels.
const SIDE: u32 = 160;

/// More classes than these are counted in the title and not named.
const MOST_IN_TITLE: usize = 4;

/// Pictures to be shown, each with its class.
pub(super) struct Pictures {
    /// Training pictures as the network saw them.
    pub samples: Vec<(RgbImage, usize)>,
    /// Pictures that it was judged on, and where it looked.
    pub views: Vec<(Explained, usize)>,
}

/// Writes `evaluation.json`, the tables as CSV, `curves.svg` and `report.html`.
pub(super) fn write(
    folder: &RunFolder,
    card: &Card,
    plan: &Plan,
    finished: &Finished,
    judged: &Judged,
    pictures: &Pictures,
) -> Result<()> {
    let curves = curves(&finished.history);
    folder.write("curves.svg", curves[0].svg()?.as_bytes())?;
    folder.write("accuracy.svg", curves[1].svg()?.as_bytes())?;
    let mut page = Page {
        title: match card.classes.len() {
            0..=MOST_IN_TITLE => format!("{} on {}", card.backbone, card.classes.join(", ")),
            many => format!("{} on {many} classes", card.backbone),
        },
        lead: lead(card, plan, finished),
        facts: Vec::new(),
        sections: Vec::new(),
    };
    if let Some(evaluation) = &finished.evaluation {
        folder.write_json("evaluation.json", evaluation)?;
        judged.keep_pictures(folder.dir(), &evaluation.summary.test)?;
        folder.write("confusion.csv", confusion_table(&evaluation.confusion).csv().as_bytes())?;
        folder.write("mistakes.csv", mistakes_table(evaluation).csv().as_bytes())?;
        folder.write("groups.csv", groups_table(&evaluation.groupings).csv().as_bytes())?;
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let summary = &evaluation.summary;
        page.facts = vec![
            ("validation".into(), percent(summary.accuracy)),
            ("95 % interval".into(), format!("{} – {}", percent(summary.ci95[0]), percent(summary.ci95[1]))),
            ("above random".into(), percent(summary.aar)),
            ("pictures".into(), summary.n.to_string()),
        ];
    }
    let figures = pictures.samples.iter().map(|(image, class)| Figure::new(&card.classes[*class], image, SIDE));
    let figures = figures.collect::<Result<Vec<_>, _>>()?;
    if !figures.is_empty() {
        let words = Block::Text("Training pictures as the network saw them, augmentation included.".into());
        page.sections.push(Section { title: "Samples".into(), blocks: vec![words, Block::Figures(figures)] });
    }
    let mut blocks: Vec<Block> =
        if finished.history.len() > 1 { curves.into_iter().map(Block::Curve).collect() } else { Vec::new() };
    blocks.push(Block::Table(epochs(&finished.history)));
    if finished.faults.total() > 0 {
        blocks.push(Block::Text(format!("{}.", finished.faults)));
    }
    page.sections.push(Section { title: "Training".into(), blocks });
    if let Some(evaluation) = &finished.evaluation {
        if let Some(section) = page.sections.last_mut() {
            section.blocks.push(Block::Table(summary_table(std::slice::from_ref(evaluation))));
        }
        let photo =
            |name: &str| judged.mistakes.get(name).cloned().or_else(|| decode_file(std::path::Path::new(name)).ok());
        page.sections.push(test_section(evaluation, &photo)?);
    }
    if !pictures.views.is_empty() {
        page.sections.push(looks(card, &pictures.views)?);
    }
    page.write(&folder.report())?;
    Ok(())
}

/// Pictures beside what the network saw in them.
fn looks(card: &Card, views: &[(Explained, usize)]) -> Result<Section> {
    let mut figures = Vec::new();
    for (explained, class) in views {
        let seen =
            format!("{} {:.0} %", card.classes[explained.class], 100.0 * explained.probabilities[explained.class]);
        figures.push(Figure::new(&card.classes[*class], &explained.picture, SIDE)?);
        figures.push(Figure::new(format!("seen as {seen}"), &explained.overlay(), SIDE)?);
    }
    let words =
        "Grad-CAM for the class that the network saw, on pictures that it did not learn: bright is what speaks for it.";
    Ok(Section { title: "Where it looks".into(), blocks: vec![Block::Text(words.into()), Block::Figures(figures)] })
}

/// What was done, in a sentence.
fn lead(card: &Card, plan: &Plan, finished: &Finished) -> String {
    let names = |folders: &[Folder]| folders.iter().map(Folder::to_string).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    if finished.seen[1].count() > 0 {
        parts.push(format!("a stream of {}", finished.seen[1]));
    }
    if !plan.data.is_empty() {
        parts.push(format!("frames in {}", names(&plan.data)));
    }
    if !plan.real.is_empty() {
        parts.push(format!("photos in {}", names(&plan.real)));
    }
    format!("Head {}, seed {}; trained on {}.", card.head.name(), plan.training.seed, parts.join("; "))
}

/// Loss and accuracy by epoch.
fn curves(history: &[EpochMetrics]) -> [Curve; 2] {
    let points = |value: &dyn Fn(&EpochMetrics) -> Option<f64>| -> Vec<(f64, f64)> {
        history.iter().filter_map(|metrics| Some(((metrics.epoch + 1) as f64, value(metrics)?))).collect()
    };
    let curve = |title: &str, y: &str, y_range, lines: [Vec<(f64, f64)>; 3]| {
        let names = ["training", "validation", "test"];
        let series = names.into_iter().zip(lines).filter(|(_, points)| !points.is_empty());
        Curve {
            title: title.into(),
            x: "epoch".into(),
            y: y.into(),
            y_range,
            series: series.map(|(name, points)| Series { name: name.into(), points, ..Series::default() }).collect(),
            ..Curve::default()
        }
    };
    [
        curve(
            "Loss",
            "cross entropy",
            None,
            [points(&|m| Some(m.loss)), points(&|m| m.val_loss), points(&|m| m.test_loss)],
        ),
        curve(
            "Accuracy",
            "share right",
            Some([0.0, 1.0]),
            [points(&|m| Some(m.accuracy)), points(&|m| m.val_accuracy), points(&|m| m.test_accuracy)],
        ),
    ]
}

/// One row for each epoch.
fn epochs(history: &[EpochMetrics]) -> Table {
    let mut head = vec!["epoch", "loss", "accuracy", "validation loss", "validation accuracy"];
    let tested = history.iter().any(|metrics| metrics.test_loss.is_some());
    head.extend(tested.then_some(["test loss", "test accuracy"]).into_iter().flatten());
    let mut table = Table::new(head);
    for metrics in history {
        let mut row = vec![
            json!(metrics.epoch + 1),
            json!(metrics.loss),
            json!(metrics.accuracy),
            json!(metrics.val_loss),
            json!(metrics.val_accuracy),
        ];
        row.extend(tested.then(|| [json!(metrics.test_loss), json!(metrics.test_accuracy)]).into_iter().flatten());
        table.push(row);
    }
    table
}
