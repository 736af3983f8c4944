//! One cell: a training, and what its model says of each test. What comes out is kept under a hash of all that went in.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use motley_learn::{
    data::Source,
    device::Device,
    files,
    fit::event::{EpochMetrics, Event, StopReason},
    metrics::{Confusion, Prediction},
    run::{Examiner, Learns, Plan, RunFolder, Test, Trainer},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    error::{Error, Result},
    fingerprint::{of_text, within},
    statistics::Outcomes,
};

/// What came out of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellResult {
    /// All that went in.
    pub inputs: Value,
    /// Names of the model's classes.
    pub classes: Vec<String>,
    /// Numbers of each epoch; the validation pictures are those of the test that was watched.
    pub history: Vec<EpochMetrics>,
    /// Name of that test.
    pub watched: Option<String>,
    /// What the model said after the last epoch, test by test.
    pub tests: BTreeMap<String, TestResult>,
    /// Tests on which it could not be judged, and why.
    pub failed: BTreeMap<String, String>,
    /// Pictures that could not be read.
    pub left_out: u64,
}

/// What a model says of the pictures of a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// Hash of the pictures' names and classes in their order: results with the same hash are of the same pictures.
    pub pictures: String,
    /// Class of each picture.
    pub truth: Vec<usize>,
    /// The class that each was taken for.
    pub predicted: Vec<usize>,
    /// Area under the ROC curve.
    pub auc: Option<f64>,
}

impl TestResult {
    fn new(dir: &Path, predictions: &[Prediction], auc: Option<f64>) -> Self {
        let names: String =
            predictions.iter().map(|one| format!("{} {}\n", one.truth, within(dir, &one.name))).collect();
        Self {
            pictures: of_text(&names),
            truth: predictions.iter().map(|one| one.truth).collect(),
            predicted: predictions.iter().map(Prediction::predicted).collect(),
            auc,
        }
    }

    /// Which pictures were right.
    pub fn right(&self) -> Vec<bool> {
        self.truth.iter().zip(&self.predicted).map(|(truth, predicted)| truth == predicted).collect()
    }

    /// Share of right answers.
    pub fn accuracy(&self) -> f64 {
        Outcomes(vec![self.right()]).accuracy()
    }

    /// Which class was taken for which.
    pub fn confusion(&self, classes: &[String]) -> Confusion {
        let mut confusion = Confusion::new(classes);
        self.truth.iter().zip(&self.predicted).for_each(|(&truth, &predicted)| confusion.add(truth, predicted));
        confusion
    }
}

/// Where results of cells are kept.
#[derive(Clone, Debug)]
pub struct Shelf {
    dir: PathBuf,
}

impl Shelf {
    /// Within the folder of a study.
    pub fn new(out: &Path) -> Self {
        Self { dir: out.join("cells") }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The file of a result.
    pub fn result(&self, hash: &str) -> PathBuf {
        self.dir.join(format!("{hash}.json"))
    }

    /// The model, where a figure looks into it.
    pub fn model(&self, hash: &str) -> PathBuf {
        self.dir.join(format!("{hash}.safetensors"))
    }

    /// What was kept under a hash; `None` when that is nothing.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn get(&self, hash: &str) -> Result<Option<CellResult>> {
        read_json(&self.result(hash))
    }

    /// The result of a cell that is done, with its model where that is wanted. One whose file is damaged is not.
    pub fn done(&self, hash: &str, with_model: bool) -> Option<CellResult> {
        let there = self.get(hash).unwrap_or_else(|error| {
            tracing::warn!("{error}");
            None
        });
        there.filter(|_| !with_model || self.model(hash).is_file())
    }
}

/// Reads a JSON file; `None` when there is none.
///
/// # Errors
/// When it cannot be read or understood.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let malformed = |source| Error::Malformed { path: path.to_owned(), source };
            serde_json::from_slice(&bytes).map(Some).map_err(malformed)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(path)(error)),
    }
}

/// Writes a JSON file, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let text = serde_json::to_string(value).map_err(|source| Error::Malformed { path: path.to_owned(), source })?;
    Ok(files::write(path, (text + "\n").as_bytes())?)
}

/// A cell that is about to be run.
pub struct Run<'a> {
    /// All that goes in; its hash names the result.
    pub inputs: &'a Value,
    /// What is trained.
    pub plan: &'a Plan,
    /// What the model is judged on, by name, or why it cannot be.
    pub tests: Vec<(String, Result<Source>)>,
    /// The test by which each epoch is judged, which must be the plan's.
    pub watched: Option<String>,
    /// Whether the model is kept.
    pub keeps_model: bool,
    /// What computes.
    pub device: &'a Device,
    /// Hears how far the training is, from 0 to 1; may ask to stop.
    pub listener: &'a mut dyn FnMut(f64) -> ControlFlow<()>,
}

/// Hash of what goes into a cell.
pub fn hash(inputs: &Value) -> String {
    of_text(&inputs.to_string())
}

impl Run<'_> {
    /// Trains, judges, and keeps what came out. What was begun and interrupted goes on.
    ///
    /// # Errors
    /// When training or judging fails, or somebody asked to stop.
    pub fn run(self, shelf: &Shelf) -> Result<CellResult> {
        let Self { inputs, plan, tests, watched, keeps_model, device, listener } = self;
        let hash = hash(inputs);
        let dir = shelf.dir.join(format!("{hash}.run"));
        let folder = RunFolder::create(&dir, &json!({ "inputs": inputs, "plan": plan }), true)?;
        let (mut total, mut before) = (1, 0);
        let mut heard = |event: &Event| match event {
            Event::Started { total: pictures, .. } => {
                total = (*pictures).max(1);
                ControlFlow::Continue(())
            }
            Event::Features { done, .. } => listener(*done as f64 / total as f64),
            Event::Step { seen, .. } => listener(((before + seen) as f64 / total as f64).min(1.0)),
            Event::Epoch(_) => {
                before += total / plan.training.epochs.max(1);
                ControlFlow::Continue(())
            }
            Event::Finished { .. } => ControlFlow::Continue(()),
        };
        let finished = Trainer { plan, live: None, folder: &folder, listener: &mut heard }.run(device)?;
        if finished.reason == StopReason::Cancelled {
            return Err(Error::Stopped);
        }
        let mut result = CellResult {
            inputs: inputs.clone(),
            classes: Vec::new(),
            history: finished.history,
            watched,
            tests: BTreeMap::new(),
            failed: BTreeMap::new(),
            left_out: finished.faults.total(),
        };
        // A backbone that has learnt is like no other: its features would only fill the disk.
        let cache = plan.cache.as_deref().filter(|_| plan.learns == Some(Learns::Head));
        for (name, source) in tests {
            let mut judge = |source: Source| {
                let dir = source.dir().to_owned();
                let (model, test) = (folder.last(), Test::Pictures(source));
                let examined =
                    Examiner { model: &model, name: &name, test, cache, listener: &mut |_, _| () }.run(device)?;
                result.left_out += examined.faults.total();
                result.classes = examined.card.classes;
                Ok::<_, Error>(TestResult::new(&dir, &examined.judged.predictions, examined.evaluation.auc))
            };
            let judged = match source {
                Ok(source) => judge(source),
                Err(reason) => Err(reason),
            };
            match judged {
                Ok(judged) => drop(result.tests.insert(name, judged)),
                // It would fail again: the pictures are part of what the result is kept by.
                Err(error) if error.is_of_pictures() => drop(result.failed.insert(name, error.to_string())),
                Err(error) => return Err(error),
            }
        }
        if keeps_model {
            let model = shelf.model(&hash);
            std::fs::rename(folder.last(), &model).map_err(Error::io(&model))?;
        }
        write_json(&shelf.result(&hash), &result)?;
        std::fs::remove_dir_all(&dir).map_err(Error::io(&dir))?;
        Ok(result)
    }
}
