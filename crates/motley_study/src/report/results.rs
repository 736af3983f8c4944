//! Results of cells as numbers of arms, and differences between them.

use std::{collections::BTreeMap, path::Path};

use motley_learn::{metrics::aar, report::Table};
use serde_json::json;

use crate::{
    cell::{CellResult, Shelf, TestResult, read_json},
    error::{Error, Result},
    file::{Figure, StudyFile},
    lab::Failure,
    ledger::{Entry, Ledger},
    statistics::{Difference, Outcomes, compare, holm, interval},
};

/// All that is done of a study.
#[derive(Clone, Debug)]
pub struct Results {
    /// What it consists of.
    pub ledger: Ledger,
    /// Its file.
    pub file: StudyFile,
    /// Results by arm, training and repeat.
    pub cells: BTreeMap<(String, String, u32), CellResult>,
    /// What could not be done.
    pub failures: Vec<Failure>,
}

/// How good one arm is by one training on one test.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Title of the figure.
    pub figure: String,
    /// Name of the arm.
    pub arm: String,
    /// Name of the training.
    pub training: String,
    /// Name of the test.
    pub test: String,
    /// Pictures.
    pub pictures: usize,
    /// Classes.
    pub classes: usize,
    /// Share of right answers after the last epoch, over all repeats.
    pub accuracy: f64,
    /// Its bounds at 95 %.
    pub interval: [f64; 2],
    /// Share of right answers of each repeat.
    pub by_repeat: Vec<f64>,
    /// Mean over the repeats of the area under the ROC curve.
    pub auc: Option<f64>,
    /// Mean over the repeats of the best epoch's share of right answers, where this test was watched: the paper's way, which lets
    /// the test choose.
    pub best_epoch: Option<f64>,
    /// What others found.
    pub paper: Option<f64>,
}

/// Two arms, or two trainings of an arm, on one test.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Title of the figure.
    pub figure: String,
    /// What is compared.
    pub what: String,
    /// With what.
    pub control: String,
    /// Name of the test.
    pub test: String,
    /// The difference.
    pub difference: Difference,
    /// Its p after Holm's adjustment for all comparisons of the figure.
    pub adjusted_p: f64,
}

impl Results {
    /// Reads all that a study's folder holds.
    ///
    /// # Errors
    /// When it holds no study, or a file cannot be read.
    pub fn load(out: &Path) -> Result<Self> {
        let none = || {
            Error::Setting(format!("{} holds no study: name a folder that `motley study --out` made", out.display()))
        };
        let ledger = Ledger::read(out)?.ok_or_else(none)?;
        let file = ledger.file()?;
        let shelf = Shelf::new(out);
        let mut cells = BTreeMap::new();
        for entry in &ledger.cells {
            let Some(hash) = entry.hash() else { continue };
            if let Some(result) = shelf.done(&hash, false) {
                cells.insert((entry.arm.clone(), entry.training.clone(), entry.repeat), result);
            }
        }
        let failures = read_json(&out.join("failures.json"))?.unwrap_or_default();
        Ok(Self { ledger, file, cells, failures })
    }

    /// Arms and trainings of cells that are not done, and did not fail: damaged ones, and those of parts that are not here.
    pub fn missing(&self) -> Vec<String> {
        let failed = |name: &str| self.failures.iter().any(|failure| failure.what.starts_with(name));
        let name = |entry: &Entry| {
            format!("{}, {}, repeat {} of {}", entry.arm, entry.training, entry.repeat + 1, self.file.repeats)
        };
        let done = |entry: &Entry| self.cells.contains_key(&(entry.arm.clone(), entry.training.clone(), entry.repeat));
        self.ledger.cells.iter().filter(|entry| !done(entry)).map(name).filter(|name| !failed(name)).collect()
    }

    /// Share of right answers of the epoch that is best on a test; `None` where epochs were not judged by it.
    fn best_epoch(&self, cell: &CellResult, test: &str) -> Option<f64> {
        // Epochs are judged by whole folders.
        let whole = self.file.test(test).is_some_and(|at| self.file.tests[at].per_class == 0);
        let watched = whole && cell.watched.as_deref() == Some(test);
        let best = cell.history.iter().filter_map(|epoch| epoch.val_accuracy).filter(|_| watched).reduce(f64::max);
        // It comes from single precision.
        best.map(|best| (best * 1e6).round() / 1e6)
    }

    /// What an arm's models say of a test, by repeat.
    pub fn tested(&self, arm: &str, training: &str, test: &str) -> BTreeMap<u32, (&CellResult, &TestResult)> {
        self.cells
            .iter()
            .filter(|((a, t, _), _)| a == arm && t == training)
            .filter_map(|((_, _, repeat), cell)| Some((*repeat, (cell, cell.tests.get(test)?))))
            .collect()
    }

    /// The same by those repeats that a figure asks for.
    pub fn tested_in(
        &self,
        figure: &Figure,
        arm: &str,
        training: &str,
        test: &str,
    ) -> BTreeMap<u32, (&CellResult, &TestResult)> {
        let mut tested = self.tested(arm, training, test);
        tested.retain(|repeat, _| figure.repeats == 0 || *repeat < figure.repeats);
        tested
    }

    /// The number of an arm, a training and a test in a figure; `None` where nothing is done.
    pub fn number(&self, figure: &Figure, arm: &str, training: &str, test: &str) -> Option<Number> {
        let tested = self.tested_in(figure, arm, training, test);
        let (first, result) = tested.values().next()?;
        let outcomes = Outcomes(tested.values().map(|(_, result)| result.right()).collect());
        let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        let best = |cell: &CellResult| self.best_epoch(cell, test);
        let epochs = first.history.len();
        Some(Number {
            figure: figure.title.clone(),
            arm: arm.to_owned(),
            training: training.to_owned(),
            test: test.to_owned(),
            pictures: result.truth.len(),
            classes: first.classes.len(),
            accuracy: outcomes.accuracy(),
            interval: interval(&outcomes),
            by_repeat: outcomes.by_repeat(),
            auc: mean(tested.values().filter_map(|(_, result)| result.auc).collect()),
            best_epoch: mean(tested.values().filter(|_| epochs > 1).filter_map(|(cell, _)| best(cell)).collect()),
            paper: paper(figure, arm, training, test),
        })
    }

    /// Compares two of `(arm, training)` on a test, by the repeats that both have; `None` where these are none or the pictures others.
    pub fn compare(
        &self,
        figure: &Figure,
        first: (&str, &str),
        second: (&str, &str),
        test: &str,
    ) -> Option<Difference> {
        let [first, second] = [first, second].map(|(arm, training)| self.tested_in(figure, arm, training, test));
        let both = || first.iter().filter_map(|(repeat, (_, a))| Some((*a, second.get(repeat)?.1)));
        if both().any(|(a, b)| a.pictures != b.pictures) {
            return None;
        }
        let [first, second]: [Vec<_>; 2] =
            [both().map(|(a, _)| a.right()).collect(), both().map(|(_, b)| b.right()).collect()];
        compare(&Outcomes(first), &Outcomes(second))
    }
}

/// What others found for an arm, a training and a test.
pub fn paper(figure: &Figure, arm: &str, training: &str, test: &str) -> Option<f64> {
    let fits = |wanted: &str, name: &str| wanted.is_empty() || wanted == name;
    let found =
        figure.paper.iter().find(|one| fits(&one.arm, arm) && fits(&one.training, training) && fits(&one.test, test));
    found.map(|one| (f64::from(one.value) * 1e6).round() / 1e6)
}

/// Adjusts the p of all comparisons of a figure.
pub fn adjust(comparisons: &mut [Comparison]) {
    let ps: Vec<f64> = comparisons.iter().map(|one| one.difference.p).collect();
    for (comparison, p) in comparisons.iter_mut().zip(holm(&ps)) {
        comparison.adjusted_p = p;
    }
}

impl Comparison {
    /// Whether there is a difference.
    pub fn is_shown(&self) -> bool {
        self.difference.is_shown(self.adjusted_p)
    }

    /// What it says, in words.
    pub fn verdict(&self) -> &'static str {
        match (self.is_shown(), self.difference.difference > 0.0) {
            (false, _) => "no difference shown",
            (true, true) => "better",
            (true, false) => "worse",
        }
    }
}

/// A row for each cell and test.
pub fn cells_table(results: &Results) -> Table {
    let mut table = Table::new([
        "arm",
        "training",
        "repeat",
        "test",
        "pictures",
        "accuracy",
        "low",
        "high",
        "aar",
        "auc",
        "at its best epoch",
        "left out",
        "cell",
    ]);
    let hashes: BTreeMap<_, _> = results
        .ledger
        .cells
        .iter()
        .filter_map(|entry| Some(((entry.arm.clone(), entry.training.clone(), entry.repeat), entry.hash()?)))
        .collect();
    for (key, cell) in &results.cells {
        for (test, result) in &cell.tests {
            let accuracy = result.accuracy();
            let [low, high] = interval(&Outcomes(vec![result.right()]));
            table.push(vec![
                json!(key.0),
                json!(key.1),
                json!(key.2),
                json!(test),
                json!(result.truth.len()),
                json!(accuracy),
                json!(low),
                json!(high),
                json!(aar(accuracy, cell.classes.len())),
                json!(result.auc),
                json!(results.best_epoch(cell, test)),
                json!(cell.left_out),
                json!(hashes.get(key)),
            ]);
        }
    }
    table
}

/// A row for each number.
pub fn numbers_table(numbers: &[Number]) -> Table {
    let mut table = Table::new([
        "figure",
        "arm",
        "training",
        "test",
        "pictures",
        "repeats",
        "accuracy",
        "low",
        "high",
        "aar",
        "auc",
        "at its best epoch",
        "paper",
    ]);
    for number in numbers {
        table.push(vec![
            json!(number.figure),
            json!(number.arm),
            json!(number.training),
            json!(number.test),
            json!(number.pictures),
            json!(number.by_repeat.len()),
            json!(number.accuracy),
            json!(number.interval[0]),
            json!(number.interval[1]),
            json!(aar(number.accuracy, number.classes)),
            json!(number.auc),
            json!(number.best_epoch),
            json!(number.paper),
        ]);
    }
    table
}

/// A row for each comparison.
pub fn comparisons_table(comparisons: &[Comparison]) -> Table {
    let mut table = Table::new([
        "figure",
        "what",
        "against",
        "test",
        "difference",
        "low",
        "high",
        "gained",
        "lost",
        "p",
        "adjusted p",
        "verdict",
    ]);
    for one in comparisons {
        let Difference { difference, interval, gained, lost, p } = &one.difference;
        table.push(vec![
            json!(one.figure),
            json!(one.what),
            json!(one.control),
            json!(one.test),
            json!(difference),
            json!(interval[0]),
            json!(interval[1]),
            json!(gained),
            json!(lost),
            json!(p),
            json!(one.adjusted_p),
            json!(one.verdict()),
        ]);
    }
    table
}
