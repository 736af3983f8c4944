//! `motley predict`: what is on a picture.

use motley_learn::{
    data::decode_file,
    device::Device,
    run::{Predictor, RunFolder},
};
use serde_json::{Map, json};

use crate::{
    Outcome,
    cli::PredictArgs,
    progress::{event, print},
};

/// Runs the command. Pictures that cannot be read are named, and the others are answered.
pub fn run(args: &PredictArgs) -> anyhow::Result<Outcome> {
    let folder = RunFolder::open(&args.run)?;
    let device = Device::choose(args.device)?;
    let mut outcome = Outcome::Done;
    let (mut names, mut pictures) = (Vec::new(), Vec::new());
    for path in &args.images {
        match decode_file(path) {
            Ok(picture) => {
                names.push(path.display().to_string());
                pictures.push(picture);
            }
            Err(fault) => {
                eprintln!("{fault}");
                outcome = Outcome::Faults;
            }
        }
    }
    let (card, predictions) = Predictor { model: &folder.best(), pictures: &pictures }.run(&device)?;
    for (name, scores) in names.iter().zip(predictions) {
        let mut ranked: Vec<(&String, f32)> = card.classes.iter().zip(scores).collect();
        if args.json {
            let scores: Map<_, _> = ranked.iter().map(|(class, score)| ((*class).clone(), json!(score))).collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
            event(&json!({ "image": name, "class": ranked[0].0, "confidence": ranked[0].1, "scores": scores }));
        } else {
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
            let words: Vec<_> = ranked.iter().map(|(class, score)| format!("{class} {:.1} %", 100.0 * score)).collect();
            print(&format!("{name}: {}\n", words.join(", ")));
        }
    }
    Ok(outcome)
}
