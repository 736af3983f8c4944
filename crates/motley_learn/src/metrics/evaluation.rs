//! All measures of one test set.

use std::path::PathBuf;

use serde::{Serialize, Serializer, ser::SerializeMap};
use thiserror::Error;

use super::{Bin, Confusion, Grouping, Proportion, aar, auc_one_vs_rest, ece, group_by, reliability};
use crate::data::Facts;

/// Bins of the reliability diagram, as many as in Guo et al. 2017.
const BINS: usize = 15;

/// What a classifier says of one labelled picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The picture's path.
    pub name: String,
    /// Its class.
    pub truth: usize,
    /// Probability of each class, 0–1.
    pub scores: Vec<f32>,
    /// What else is known about the picture.
    pub facts: Facts,
}

impl Prediction {
    /// The class of the highest score, the first of equal ones; what is not a number is the lowest.
    pub fn predicted(&self) -> usize {
        let score = |class: usize| if self.scores[class].is_nan() { f32::NEG_INFINITY } else { self.scores[class] };
        (0..self.scores.len()).reduce(|best, class| if score(class) > score(best) { class } else { best }).unwrap_or(0)
    }

    /// The highest score.
    pub fn confidence(&self) -> f32 {
        self.scores.get(self.predicted()).copied().unwrap_or(0.0)
    }

    /// Whether the picture is of that class.
    pub fn is_right(&self) -> bool {
        self.predicted() == self.truth
    }
}

/// Why there is no evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MetricsError {
    /// No picture.
    #[error("no picture of {test} could be judged; look at those that were left out")]
    Empty {
        /// Name of the test set.
        test: String,
    },
    /// Scores of other classes.
    #[error("test {test}: {name} has {scores} scores and is of class {truth}, but there are {classes} classes")]
    Scores {
        /// Name of the test set.
        test: String,
        /// The picture.
        name: String,
        /// How many scores it has.
        scores: usize,
        /// Its class.
        truth: usize,
        /// How many classes there are.
        classes: usize,
    },
}

/// What matters most about one test set: a line of `motley eval --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Name of the test set.
    pub test: String,
    /// Pictures.
    pub n: u64,
    /// Share of those that were right, 0–1.
    pub accuracy: f64,
    /// Bounds of its Wilson score interval at 95 %.
    pub ci95: [f64; 2],
    /// Accuracy above random: accuracy − 1/classes.
    pub aar: f64,
    /// Accuracy of each class by its name, in the order of classes; null where the test has none of it.
    #[serde(serialize_with = "as_map")]
    pub per_class: Vec<(String, Option<f64>)>,
    /// Expected calibration error, 15 bins.
    pub ece: f64,
}

/// All that is known about one test set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// What matters most.
    #[serde(flatten)]
    pub summary: Summary,
    /// Area under the ROC curve: of two classes that of the second, of more the mean of each against the rest.
    pub auc: Option<f64>,
    /// Each class.
    pub classes: Vec<ClassResult>,
    /// Which class was taken for which.
    pub confusion: Confusion,
    /// Confidence against accuracy.
    pub reliability: Vec<Bin>,
    /// By breed, light, pose …
    pub groupings: Vec<Grouping>,
    /// All mistakes, the surest first.
    pub mistakes: Vec<Mistake>,
    /// What was drawn for it, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn: Option<Drawn>,
}

/// A scene whose frames were drawn for a test. A frame of it is called `frame 17` after its index.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drawn {
    /// The scene file; `None`: the default scene.
    pub scene: Option<PathBuf>,
    /// Hash of its meaning.
    pub hash: String,
    /// Seed of every draw.
    pub seed: u64,
}

/// One class of one test set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassResult {
    /// Its name.
    pub class: String,
    /// Of its pictures those that were called so.
    #[serde(flatten)]
    pub recall: Proportion,
    /// Of the pictures that were called so those that are of the class.
    pub precision: f64,
}

/// A picture that was taken for something else.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mistake {
    /// Its path.
    pub name: String,
    /// Its class.
    pub truth: String,
    /// What it was taken for.
    pub predicted: String,
    /// Probability of that, 0–1.
    pub confidence: f32,
    /// Probability of each class.
    pub scores: Vec<f32>,
}

fn as_map<S: Serializer>(pairs: &[(String, Option<f64>)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (name, value) in pairs {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

/// Measures the predictions of one test set.
///
/// # Errors
/// If there is none, or one does not fit `classes`.
pub fn evaluate(test: &str, classes: &[String], predictions: &[Prediction]) -> Result<Evaluation, MetricsError> {
    if predictions.is_empty() {
        return Err(MetricsError::Empty { test: test.to_owned() });
    }
    let fits = |p: &&Prediction| p.scores.len() == classes.len() && p.truth < classes.len();
    if let Some(wrong) = predictions.iter().find(|prediction| !fits(prediction)) {
        return Err(MetricsError::Scores {
            test: test.to_owned(),
            name: wrong.name.clone(),
            scores: wrong.scores.len(),
            truth: wrong.truth,
            classes: classes.len(),
        });
    }
    let mut confusion = Confusion::new(classes);
    for prediction in predictions {
        confusion.add(prediction.truth, prediction.predicted());
    }
    let whole = confusion.accuracy();
    let results: Vec<ClassResult> = classes
        .iter()
        .enumerate()
        .map(|(class, name)| ClassResult {
            class: name.clone(),
            recall: confusion.recall(class),
            precision: confusion.precision(class).accuracy,
        })
        .collect();
    let sure: Vec<(f32, bool)> = predictions.iter().map(|p| (p.confidence(), p.is_right())).collect();
    let reliability = reliability(&sure, BINS);
    let per_class = results
        .iter()
        .map(|result| (result.class.clone(), (result.recall.n > 0).then_some(result.recall.accuracy)))
        .collect();
    let mut mistakes: Vec<Mistake> = predictions
        .iter()
        .filter(|prediction| !prediction.is_right())
        .map(|prediction| Mistake {
            name: prediction.name.clone(),
            truth: classes[prediction.truth].clone(),
            predicted: classes[prediction.predicted()].clone(),
            confidence: prediction.confidence(),
            scores: prediction.scores.clone(),
        })
        .collect();
    mistakes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.name.cmp(&b.name)));
    Ok(Evaluation {
        summary: Summary {
            test: test.to_owned(),
            n: whole.n,
            accuracy: whole.accuracy,
            ci95: whole.ci95,
            aar: aar(whole.accuracy, classes.len()),
            per_class,
            ece: ece(&reliability),
        },
        auc: auc_one_vs_rest(predictions.iter().map(|p| (p.truth, p.scores.as_slice())), classes.len()),
        classes: results,
        confusion,
        reliability,
        groupings: group_by(predictions.iter().map(|p| (&p.facts, p.is_right()))),
        mistakes,
        drawn: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Fact;

    fn prediction(name: &str, truth: usize, second: f32, breed: &str) -> Prediction {
        let facts = [("breed".to_owned(), Fact::Text(breed.into()))].into();
        Prediction { name: name.into(), truth, scores: vec![1.0 - second, second], facts }
    }

    fn classes() -> Vec<String> {
        vec!["dog".into(), "cat".into()]
    }

    #[test]
    fn a_test_set_by_hand() {
        let predictions = [
            prediction("a", 0, 0.1, "beagle"),
            prediction("b", 0, 0.8, "beagle"),
            prediction("c", 1, 0.9, "tabby"),
            prediction("d", 1, 0.3, "manx"),
            prediction("e", 1, 0.6, "tabby"),
        ];
        let evaluation = evaluate("photos", &classes(), &predictions).unwrap();
        let json = serde_json::to_value(&evaluation.summary).unwrap();
        let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let mut want = vec!["test", "n", "accuracy", "ci95", "aar", "per_class", "ece"];
        want.sort_unstable();
        assert_eq!(keys, want);
        assert_eq!(json["n"], 5);
        assert!((json["accuracy"].as_f64().unwrap() - 0.6).abs() < 1e-12);
        assert!((json["aar"].as_f64().unwrap() - 0.1).abs() < 1e-12);
        assert_eq!(json["per_class"]["dog"], 0.5);
        assert!((json["per_class"]["cat"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12);
        let text = serde_json::to_string(&evaluation.summary).unwrap();
        assert!(text.find("\"dog\"") < text.find("\"cat\""), "in the order of classes: {text}");
        // Right: 0.9, 0.9, 0.6; wrong: 0.8, 0.7, each in a bin of its own but the two of 0.9.
        let want = (2.0 * 0.1 + 0.4 + 0.8 + 0.7) / 5.0;
        assert!((evaluation.summary.ece - want).abs() < 1e-6, "{}", evaluation.summary.ece);
        // Cats 0.9, 0.3, 0.6 against dogs 0.1, 0.8: 2 + 1 + 1 of 6.
        assert!((evaluation.auc.unwrap() - 4.0 / 6.0).abs() < 1e-12);
        assert_eq!(evaluation.confusion.counts, [[1, 1], [1, 2]]);
        let names: Vec<&str> = evaluation.mistakes.iter().map(|mistake| mistake.name.as_str()).collect();
        assert_eq!(names, ["b", "d"], "the surest first");
        assert_eq!((evaluation.mistakes[0].truth.as_str(), evaluation.mistakes[0].predicted.as_str()), ("dog", "cat"));
        let breeds: Vec<_> =
            evaluation.groupings[0].groups.iter().map(|g| (g.label.as_str(), g.result.correct, g.result.n)).collect();
        assert_eq!(breeds, [("beagle", 1, 2), ("manx", 0, 1), ("tabby", 2, 2)]);
        assert!((evaluation.classes[1].precision - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_class_without_pictures_is_null() {
        let evaluation = evaluate("dogs", &classes(), &[prediction("a", 0, 0.1, "")]).unwrap();
        assert_eq!(serde_json::to_value(&evaluation.summary).unwrap()["per_class"]["cat"], serde_json::Value::Null);
        assert_eq!((evaluation.auc, evaluation.summary.accuracy), (None, 1.0));
    }

    #[test]
    fn nonsense_is_named() {
        assert!(matches!(evaluate("x", &classes(), &[]), Err(MetricsError::Empty { .. })));
        let wrong = Prediction { scores: vec![1.0], ..prediction("a", 0, 0.1, "") };
        assert!(evaluate("x", &classes(), &[wrong]).unwrap_err().to_string().contains("1 scores"));
        let nan = Prediction { scores: vec![f32::NAN, 0.2], ..prediction("a", 1, 0.1, "") };
        assert!(nan.is_right());
    }
}
