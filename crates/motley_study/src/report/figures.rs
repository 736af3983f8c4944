//! One figure of a study as a section of the page.

use std::path::Path;

use image::RgbImage;
use motley_learn::{
    data::decode_file,
    explain::Method,
    metrics::aar,
    report::{Bar, Bars, Block, Curve, Figure as Picture, Section, Series, Table},
};
use serde_json::{Value, json};

use super::results::{Comparison, Number, Results, adjust};
use crate::{
    cell::CellResult,
    error::{Error, Result},
    file::{Figure, Show},
    looks,
    statistics::RESAMPLES,
};

/// Side of a picture on the page, pixels.
const SIDE: u32 = 176;

/// A figure, ready to be shown.
pub(super) struct Made {
    pub section: Section,
    pub numbers: Vec<Number>,
    pub comparisons: Vec<Comparison>,
}

/// Names of a figure's members.
struct Names<'a> {
    arms: Vec<&'a str>,
    trainings: Vec<&'a str>,
    tests: Vec<&'a str>,
}

pub(super) fn figure(results: &Results, figure: &Figure, out: &Path) -> Result<Made> {
    let file = &results.file;
    let members = file.members(figure);
    let names = Names {
        arms: members.arms.iter().map(|&arm| file.arms[arm].name.as_str()).collect(),
        trainings: members.trainings.iter().map(|&training| file.trainings[training].name.as_str()).collect(),
        tests: members.tests.iter().map(|&test| file.tests[test].name.as_str()).collect(),
    };
    let mut blocks: Vec<Block> = Vec::new();
    if !figure.about.is_empty() {
        blocks.push(Block::Text(figure.about.clone()));
    }
    let (mut numbers, mut comparisons) = (Vec::new(), Vec::new());
    if figure.show == Show::Looks {
        blocks.extend(grids(results, figure, &names, out)?);
    } else {
        for test in &names.tests {
            for arm in &names.arms {
                numbers
                    .extend(names.trainings.iter().filter_map(|training| results.number(figure, arm, training, test)));
            }
        }
        let (found, unlike) = compared(results, figure, &names);
        comparisons = found;
        blocks.extend(match figure.show {
            Show::Epochs => epochs(results, figure, &names, &numbers),
            Show::Curve => curves(results, figure, &names, &numbers),
            Show::Categories => categories(&names, &numbers),
            Show::Bars | Show::Looks => bars(&names, &numbers),
        });
        if numbers.is_empty() {
            // Of what is not done there is nothing to be drawn.
            blocks.truncate(usize::from(!figure.about.is_empty()));
            blocks.push(Block::Text("Nothing of this is done yet.".into()));
        } else {
            blocks.push(Block::Table(numbers_table(&numbers)));
        }
        if !comparisons.is_empty() {
            blocks.push(Block::Table(differences_table(&comparisons)));
        }
        if !unlike.is_empty() {
            let words = "Not compared, since they were judged on other pictures, as models of other classes are";
            blocks.push(Block::Text(format!("{words}: {}.", unlike.join("; "))));
        }
    }
    Ok(Made { section: Section { title: figure.title.clone(), blocks }, numbers, comparisons })
}

fn label(names: &Names<'_>, number: &Number) -> String {
    if names.trainings.len() > 1 { format!("{}, {}", number.arm, number.training) } else { number.arm.clone() }
}

/// Bars of one training have one colour.
fn group(names: &Names<'_>, number: &Number) -> usize {
    names.trainings.iter().position(|training| *training == number.training).unwrap_or(0)
}

fn percent(share: f64) -> String {
    // The space does not break.
    format!("{:.1}\u{a0}%", tenths(share))
}

/// In hundredths, rounded to a tenth: halves go away from 0, whatever their binary form.
fn tenths(share: f64) -> f64 {
    let tenths = 1000.0 * share;
    (tenths + 1e-6 * tenths.signum()).round() / 10.0 + 0.0
}

/// Points of a hundred, with a sign.
pub(super) fn points(difference: f64) -> String {
    let rounded = tenths(difference);
    if rounded == 0.0 { "0.0".to_owned() } else { format!("{rounded:+.1}").replace('-', "−") }
}

/// Accuracy by test.
fn bars(names: &Names<'_>, numbers: &[Number]) -> Vec<Block> {
    let of_test = |test: &str| {
        let bar = |number: &Number| Bar {
            label: label(names, number),
            group: group(names, number),
            value: number.accuracy,
            interval: Some(number.interval),
            reference: number.paper,
            note: number.paper.map_or(String::new(), |paper| format!("paper {}", percent(paper))),
        };
        let bars: Vec<Bar> = numbers.iter().filter(|number| number.test == test).map(bar).collect();
        (!bars.is_empty()).then(|| Block::Bars(Bars { title: title(test, &bars), bars }))
    };
    names.tests.iter().filter_map(|test| of_test(test)).collect()
}

fn title(test: &str, bars: &[Bar]) -> String {
    let marked = bars.iter().any(|bar| bar.reference.is_some());
    format!("Right on {test}{}", if marked { "; the mark is the paper's" } else { "" })
}

/// Accuracy on the first test by epoch, the mean of all repeats.
fn epochs(results: &Results, figure: &Figure, names: &Names<'_>, numbers: &[Number]) -> Vec<Block> {
    let Some(test) = names.tests.first() else { return Vec::new() };
    let (mut series, mut levels) = (Vec::new(), Vec::new());
    for arm in &names.arms {
        for training in &names.trainings {
            // Other figures may have had another test watched.
            let watched = |cell: &CellResult| cell.watched.as_deref() == Some(*test);
            let tested = results.tested_in(figure, arm, training, test);
            let histories: Vec<_> =
                tested.values().filter(|(cell, _)| watched(cell)).map(|(cell, _)| &cell.history).collect();
            let count = histories.iter().map(|history| history.len()).min().unwrap_or(0);
            let mean = |epoch: usize| {
                histories.iter().filter_map(|history| history[epoch].val_accuracy).sum::<f64>() / histories.len() as f64
            };
            let name = if names.trainings.len() > 1 { format!("{arm}, {training}") } else { (*arm).to_owned() };
            let of = |number: &&Number| number.arm == *arm && number.training == *training && number.test == *test;
            // The interval is that of what counts: the accuracy after the last epoch.
            let last = numbers.iter().find(of).map(|number| (count as f64, number.interval));
            let paper = numbers.iter().find(of).and_then(|number| number.paper);
            levels.extend(paper.map(|paper| (format!("paper, {name}: {}", percent(paper)), paper)));
            series.push(Series {
                name,
                points: (0..count).map(|epoch| ((epoch + 1) as f64, mean(epoch))).collect(),
                intervals: last.filter(|_| count > 0).into_iter().collect(),
            });
        }
    }
    vec![Block::Curve(Curve {
        title: format!("Right on {test} by epoch"),
        x: if figure.axis.is_empty() { "epoch".into() } else { figure.axis.clone() },
        y: "share right".into(),
        series,
        levels,
        ..Curve::default()
    })]
}

/// Accuracy by the arms' places on the axis.
fn curves(results: &Results, figure: &Figure, names: &Names<'_>, numbers: &[Number]) -> Vec<Block> {
    let file = &results.file;
    // Arms take series and place from those that they are like.
    let arm = |name: &str| file.arm(name).map(|at| file.resolved_arm(at).0);
    let mut blocks = Vec::new();
    for test in &names.tests {
        let mut series: Vec<Series> = Vec::new();
        for number in numbers.iter().filter(|number| number.test == *test) {
            let Some((arm, x)) = arm(&number.arm).and_then(|arm| arm.x.map(|x| (arm, x))) else { continue };
            let several = names.trainings.len() > 1;
            let name = if several { format!("{} {}", arm.series, number.training) } else { arm.series };
            let at = series.iter().position(|one| one.name == name.trim()).unwrap_or_else(|| {
                series.push(Series { name: name.trim().to_owned(), ..Series::default() });
                series.len() - 1
            });
            series[at].points.push((f64::from(x), number.accuracy));
            series[at].intervals.push((f64::from(x), number.interval));
        }
        series.iter_mut().for_each(|one| one.points.sort_by(|a, b| a.0.total_cmp(&b.0)));
        blocks.push(Block::Curve(Curve {
            title: format!("Right on {test}"),
            x: figure.axis.clone(),
            y: "share right".into(),
            log_x: true,
            series,
            ..Curve::default()
        }));
    }
    blocks
}

/// Accuracy and accuracy above random.
fn categories(names: &Names<'_>, numbers: &[Number]) -> Vec<Block> {
    let above = numbers.iter().map(|number| {
        let shift = |value: f64| aar(value, number.classes);
        Bar {
            label: label(names, number),
            group: group(names, number),
            value: shift(number.accuracy),
            interval: Some(number.interval.map(shift)),
            reference: number.paper.map(shift),
            note: format!("{} classes", number.classes),
        }
    });
    let mut blocks = bars(names, numbers);
    blocks.push(Block::Bars(Bars { title: "Above random: accuracy − 1/n".into(), bars: above.collect() }));
    blocks
}

/// All numbers of a figure.
fn numbers_table(numbers: &[Number]) -> Table {
    let mut table = Table::new([
        "arm",
        "training",
        "test",
        "pictures",
        "right",
        "95 % interval",
        "paper",
        "each repeat",
        "above random",
        "AUC",
        "at its best epoch",
    ]);
    for number in numbers {
        let [low, high] = number.interval;
        let each: Vec<String> = number.by_repeat.iter().map(|share| format!("{:.1}", 100.0 * share)).collect();
        table.push(vec![
            json!(number.arm),
            json!(number.training),
            json!(number.test),
            json!(number.pictures),
            json!(percent(number.accuracy)),
            json!(format!("{} – {}", percent(low), percent(high))),
            number.paper.map_or(Value::Null, |paper| json!(percent(paper))),
            if each.len() > 1 { json!(each.join(", ")) } else { Value::Null },
            json!(percent(aar(number.accuracy, number.classes))),
            number.auc.map_or(Value::Null, |auc| json!(format!("{auc:.3}"))),
            number.best_epoch.map_or(Value::Null, |best| json!(percent(best))),
        ]);
    }
    // Columns that are empty everywhere say nothing.
    let used: Vec<bool> =
        (0..table.head.len()).map(|column| table.rows.iter().any(|row| !row[column].is_null())).collect();
    let keep = |cells: &mut Vec<_>| {
        let mut at = 0..;
        cells.retain(|_: &Value| at.next().is_some_and(|column: usize| used[column]));
    };
    table.rows.iter_mut().for_each(keep);
    let mut at = 0..;
    table.head.retain(|_| at.next().is_some_and(|column: usize| used[column]));
    table
}

/// Arms against the control, and trainings against the control's, on each test.
///
/// The second value names those that cannot be compared.
fn compared(results: &Results, figure: &Figure, names: &Names<'_>) -> (Vec<Comparison>, Vec<String>) {
    let (mut comparisons, mut unlike) = (Vec::new(), Vec::new());
    let several = names.trainings.len() > 1;
    for test in &names.tests {
        let mut add = |what: String, control: String, first, second| {
            let is_done = |(arm, training): (&str, &str)| results.number(figure, arm, training, test).is_some();
            if let Some(difference) = results.compare(figure, first, second, test) {
                let (figure, test) = (figure.title.clone(), (*test).to_owned());
                comparisons.push(Comparison { figure, what, control, test, adjusted_p: difference.p, difference });
            } else if is_done(first) && is_done(second) {
                unlike.push(format!("{what} with {control} on {test}"));
            }
        };
        let name = |arm: &str, training: &str| if several { format!("{arm}, {training}") } else { arm.to_owned() };
        for training in &names.trainings {
            for arm in names.arms.iter().filter(|arm| !figure.control.is_empty() && **arm != figure.control) {
                add(name(arm, training), name(&figure.control, training), (&figure.control, training), (arm, training));
            }
        }
        // Arms of a curve against those of the control's series at the same place.
        let placed = |name: &str| {
            results.file.arm(name).map(|at| results.file.resolved_arm(at).0).map(|arm| (arm.series, arm.x))
        };
        for arm in names.arms.iter().filter(|_| !figure.control_series.is_empty()) {
            let Some((_, Some(x))) = placed(arm).filter(|(series, _)| *series != figure.control_series) else {
                continue;
            };
            let beside = |other: &&&str| placed(other) == Some((figure.control_series.clone(), Some(x)));
            let Some(control) = names.arms.iter().find(beside) else { continue };
            for training in &names.trainings {
                add(name(arm, training), name(control, training), (control, training), (arm, training));
            }
        }
        for arm in &names.arms {
            let control = &figure.control_training;
            for training in names.trainings.iter().filter(|training| !control.is_empty() && **training != control) {
                add(name(arm, training), name(arm, control), (arm, control), (arm, training));
            }
        }
    }
    adjust(&mut comparisons);
    (comparisons, unlike)
}

fn differences_table(comparisons: &[Comparison]) -> Table {
    let mut table =
        Table::new(["", "against", "test", "points", "95 % interval", "", "gained", "lost", "p", "p (Holm)"]);
    for one in comparisons {
        let [low, high] = one.difference.interval;
        let p = |p: f64| if p < 0.0001 { "< 0.0001".to_owned() } else { format!("{p:.4}") };
        table.push(vec![
            json!(one.what),
            json!(one.control),
            json!(one.test),
            json!(points(one.difference.difference)),
            json!(format!("{} to {}", points(low), points(high))),
            json!(one.verdict()),
            json!(one.difference.gained),
            json!(one.difference.lost),
            json!(p(one.difference.p)),
            json!(p(one.adjusted_p)),
        ]);
    }
    table
}

/// How the numbers are to be read.
pub(super) fn method() -> String {
    format!(
        "Accuracy is that after the last epoch: no test chooses anything. Intervals are at 95 %: Wilson's for one repeat, a bootstrap \
         of repeats and pictures ({RESAMPLES} draws) for several, paired for differences. Gained and lost are pictures on which one \
         of the two is right in more repeats than the other; p is McNemar's, exact and two-sided, after Holm over all comparisons of \
         the figure. A difference is shown where p is below 0.05 and the interval leaves 0 out. \"At its best epoch\" is the accuracy \
         of the epoch that the test itself would choose, as papers report it; it is known for the test that was watched alone."
    )
}

/// For each test and class the pictures, and below each what each model looks at.
fn grids(results: &Results, figure: &Figure, names: &Names<'_>, out: &Path) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    for test in &names.tests {
        let mut looked = Vec::new();
        for entry in results.ledger.cells.iter().filter(|entry| entry.repeat == 0) {
            if names.arms.contains(&entry.arm.as_str()) && names.trainings.contains(&entry.training.as_str()) {
                looked.extend(looks::kept(out, entry, test, figure)?.map(|looks| (entry, looks)));
            }
        }
        let Some((_, first)) = looked.first() else { continue };
        let models: Vec<String> =
            looked.iter().map(|(entry, _)| format!("{}, {}", entry.arm, entry.training)).collect();
        let target = first.first().map_or("", |look| look.target.as_str());
        blocks.push(Block::Text(format!(
            "On {test}, for {target}: first the pictures; then Grad-CAM, a row for each model ({}); then occlusion in the same order. \
             Below each is how likely the model takes {target} to be. Occlusion stays dim where nothing that is hidden changes that much.",
            models.join("; ")
        )));
        let mut classes: Vec<&str> = first.iter().map(|look| look.class.as_str()).collect();
        classes.sort_unstable();
        classes.dedup();
        let show = |file: &str, caption: String| -> Result<Picture> {
            let path = out.join("looks").join(file);
            let image: RgbImage = decode_file(&path).map_err(|fault| Error::Setting(fault.to_string()))?;
            Ok(Picture::new(caption, &image, SIDE)?)
        };
        for class in classes {
            let of = |looks: &[looks::Look], method: Method| -> Vec<looks::Look> {
                looks.iter().filter(|look| look.class == class && look.method == method).cloned().collect()
            };
            let pictures = of(first, Method::GradCam);
            let mut grid = Vec::new();
            for look in &pictures {
                grid.push(show(&look.picture, format!("{class}, {test}"))?);
            }
            for method in looks::METHODS {
                let how = if method == Method::GradCam { "Grad-CAM" } else { "occlusion" };
                for (entry, looks) in &looked {
                    for look in of(looks, method) {
                        let confidence = percent(look.confidence.into());
                        let caption = format!("{} model, {how}: {} {confidence}", entry.arm, look.target);
                        grid.push(show(&look.overlay, caption)?);
                    }
                }
            }
            blocks.push(Block::Grid(pictures.len(), grid));
        }
    }
    Ok(blocks)
}
