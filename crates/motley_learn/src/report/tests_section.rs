//! The section of a report that shows one test set.

use image::RgbImage;

use super::{
    Bar, Bars, Block, Curve, Figure, ReportError, Section, Series, Table,
    table::{confusion_table, mistakes_table},
};
use crate::metrics::{Evaluation, Grouping, Proportion};

/// Pictures of mistakes that a page shows.
const WORST: usize = 24;

/// Mistakes that a page lists; the rest are in the files beside it.
const LISTED: usize = 50;

/// Groupings that a page shows: [`ASKED_FOR`], then those whose groups differ most.
const GROUPINGS: usize = 12;

/// Groupings that one asks for first: which animal, what it does, which light, how much of it is hidden.
const ASKED_FOR: [&str; 5] = ["breed", "clip", "sky.name", "lighting.temperature", "visible_fraction"];

/// What says the same as another fact, or nothing.
const LEFT_OUT: [&str; 4] = ["subject.class", "subject.breed", "pose.clip", "subject.individual"];

/// Side of a picture on a page, in pixels.
const SIDE: u32 = 224;

/// A way to see a picture by its name.
pub type Photo<'a> = &'a dyn Fn(&str) -> Option<RgbImage>;

/// Everything about one test set: results by class, confusion, calibration, what the result depends on, and the worst
/// mistakes with their pictures, which `photo` finds by name. A picture that it does not find is left out.
///
/// # Errors
/// If a picture cannot be encoded.
pub fn test_section(evaluation: &Evaluation, photo: Photo<'_>) -> Result<Section, ReportError> {
    let summary = &evaluation.summary;
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let auc = evaluation.auc.map_or(String::new(), |auc| format!(", AUC {auc:.3}"));
    let mut blocks = vec![Block::Text(format!(
        "{} of {} pictures right: {} (95 %: {} – {}), {} above random{auc}, calibration error {}.",
        evaluation.confusion.accuracy().correct,
        summary.n,
        percent(summary.accuracy),
        percent(summary.ci95[0]),
        percent(summary.ci95[1]),
        percent(summary.aar),
        percent(summary.ece),
    ))];
    blocks.push(Block::Matrix(confusion_table(&evaluation.confusion)));
    let classes = evaluation.classes.iter().map(|class| bar(&class.class, &class.recall)).collect();
    blocks.push(Block::Bars(Bars { title: "By class".into(), bars: classes }));
    blocks.push(Block::Curve(reliability_curve(evaluation)));
    blocks.extend(most_telling(&evaluation.groupings).into_iter().map(|grouping| {
        let bars = grouping.groups.iter().map(|group| bar(&group.label, &group.result)).collect();
        Block::Bars(Bars { title: format!("By {}", grouping.fact), bars })
    }));
    if !evaluation.mistakes.is_empty() {
        blocks.push(Block::Text(format!("{} mistakes, the surest first:", evaluation.mistakes.len())));
        let mut figures = Vec::new();
        for mistake in &evaluation.mistakes {
            if figures.len() == WORST {
                break;
            }
            if let Some(image) = photo(&mistake.name) {
                let name = mistake.name.rsplit(['/', '\\']).next().unwrap_or_default();
                let share = percent(f64::from(mistake.confidence));
                let caption = format!("{name}: {} called {} ({share})", mistake.truth, mistake.predicted);
                figures.push(Figure::new(caption, &image, SIDE)?);
            }
        }
        if !figures.is_empty() {
            blocks.push(Block::Figures(figures));
        }
        let Table { head, mut rows } = mistakes_table(evaluation);
        rows.truncate(LISTED);
        blocks.push(Block::Table(Table { head, rows }));
    }
    Ok(Section { title: format!("Test: {}", summary.test), blocks })
}

fn bar(label: &str, result: &Proportion) -> Bar {
    Bar {
        label: label.to_owned(),
        value: result.accuracy,
        interval: (result.n > 0).then_some(result.ci95),
        note: format!("of {}", result.n),
        ..Bar::default()
    }
}

fn reliability_curve(evaluation: &Evaluation) -> Curve {
    let filled = evaluation.reliability.iter().filter(|bin| bin.n > 0);
    let points = filled.map(|bin| (bin.confidence, bin.accuracy)).collect();
    Curve {
        title: "Calibration".into(),
        x: "confidence".into(),
        y: "accuracy".into(),
        y_range: Some([0.0, 1.0]),
        series: vec![
            Series { name: "classifier".into(), points, ..Series::default() },
            Series { name: "as right as sure".into(), points: vec![(0.0, 0.0), (1.0, 1.0)], ..Series::default() },
        ],
        ..Curve::default()
    }
}

/// Those that are asked for, then those whose groups differ most, most first.
fn most_telling(groupings: &[Grouping]) -> Vec<&Grouping> {
    let place =
        |grouping: &Grouping| ASKED_FOR.iter().position(|asked| *asked == grouping.fact).unwrap_or(ASKED_FOR.len());
    let mut sorted: Vec<&Grouping> =
        groupings.iter().filter(|grouping| !LEFT_OUT.contains(&grouping.fact.as_str())).collect();
    sorted.sort_by(|a, b| place(a).cmp(&place(b)).then(b.spread().total_cmp(&a.spread())));
    sorted.truncate(GROUPINGS);
    sorted
}
