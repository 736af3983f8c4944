//! Commands as they are typed.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use motley_scene::scene::{Format, LabelKind};
use serde::{Deserialize, Serialize};

use crate::dialogs::Input;

/// What is captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Number of frames.
    pub count: u64,
    /// Folder of the dataset.
    pub out: String,
    /// Forms of the dataset.
    pub formats: Vec<Format>,
    /// What is written besides the pictures.
    pub labels: Vec<LabelKind>,
    /// Width and height in pixels.
    pub size: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// Worker processes; 0 leaves it to the program.
    pub jobs: u32,
}

impl Capture {
    /// The command's arguments, progress as JSON lines left out.
    pub fn args(&self, scene: &Path) -> Vec<OsString> {
        let join = |words: Vec<&str>| words.join(",");
        let mut args: Vec<OsString> = vec!["capture".into(), scene.into()];
        let mut flag = |name: &str, value: String| args.extend([OsString::from(name), value.into()]);
        flag("--batch", self.count.to_string());
        flag("--out", self.out.clone());
        flag("--seed", self.seed.to_string());
        flag("--size", self.size.to_string());
        if !self.formats.is_empty() {
            flag("--format", join(self.formats.iter().map(|format| format.flag()).collect()));
        }
        if !self.labels.is_empty() {
            flag("--labels", join(self.labels.iter().map(|label| label.flag()).collect()));
        }
        if self.jobs > 0 {
            flag("--jobs", self.jobs.to_string());
        }
        args
    }
}

/// What is learnt, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Train {
    /// Learn from frames of the open scene while they are drawn.
    pub stream: bool,
    /// How many of them.
    pub count: u64,
    /// Datasets of frames to learn from; one or none.
    pub data: String,
    /// Folder of photos to learn from; one or none.
    pub real: String,
    /// Folder of pictures that the best epoch is chosen by; one or none.
    pub val: String,
    /// Folder of pictures that each epoch is judged on as well; one or none.
    pub test: String,
    /// Name of the network.
    pub backbone: String,
    /// File of its weights; empty to look for them.
    pub weights: String,
    /// What of the network learns.
    pub learns: Learns,
    /// Kind of head; empty leaves it to the program.
    pub head: String,
    /// Passes over the pictures.
    pub epochs: u64,
    /// Pictures a step.
    pub batch: u64,
    /// Step size.
    pub rate: f64,
    /// Share of hidden neurons of the paper's head that are left out at each step.
    pub dropout: f64,
    /// Kind of augmentation; empty leaves it to the program.
    pub augment: String,
    /// auto, cpu or wgpu.
    pub device: String,
    /// Folder of the run.
    pub out: String,
}

/// What of a network learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Learns {
    /// As the program thinks best: the head alone with weights, all without.
    Auto,
    /// The head alone.
    Head,
    /// Everything.
    All,
}

impl Default for Train {
    fn default() -> Self {
        let text = |word: &str| word.to_owned();
        Self {
            stream: true,
            count: 2000,
            data: String::new(),
            real: String::new(),
            val: String::new(),
            test: String::new(),
            backbone: text("small_cnn"),
            weights: String::new(),
            learns: Learns::Auto,
            head: String::new(),
            epochs: 10,
            batch: 32,
            rate: 1e-3,
            dropout: 0.3,
            augment: String::new(),
            device: text("auto"),
            out: text("out/run"),
        }
    }
}

impl Train {
    /// What is typed for one of its inputs.
    pub fn input(&mut self, input: Input) -> &mut String {
        match input {
            Input::Frames => &mut self.data,
            Input::Photos => &mut self.real,
            Input::Validation => &mut self.val,
            Input::Test => &mut self.test,
            Input::Weights => &mut self.weights,
        }
    }

    /// The command's arguments, progress as JSON lines left out.
    pub fn args(&self, scene: &Path) -> Vec<OsString> {
        let mut args: Vec<OsString> = vec!["train".into()];
        let mut flag = |name: &str, value: OsString| {
            if !value.is_empty() {
                args.extend([OsString::from(name), value]);
            }
        };
        if self.stream {
            flag("--stream", scene.into());
            flag("--count", self.count.to_string().into());
        }
        flag("--data", self.data.clone().into());
        flag("--real", self.real.clone().into());
        flag("--val", self.val.clone().into());
        flag("--test", self.test.clone().into());
        flag("--backbone", self.backbone.clone().into());
        flag("--weights", self.weights.clone().into());
        flag("--head", self.head.clone().into());
        flag("--epochs", self.epochs.to_string().into());
        flag("--batch", self.batch.to_string().into());
        flag("--lr", self.rate.to_string().into());
        if self.head == "paper" {
            flag("--dropout", self.dropout.to_string().into());
        }
        flag("--augment", self.augment.clone().into());
        flag("--device", self.device.clone().into());
        flag("--out", self.out.clone().into());
        match self.learns {
            Learns::Auto => {}
            Learns::Head => args.push("--freeze".into()),
            Learns::All => args.push("--unfreeze".into()),
        }
        args
    }
}

/// The arguments to go on with a run that was interrupted.
pub fn resume(out: &str) -> Vec<OsString> {
    vec!["train".into(), "--resume".into(), "--out".into(), out.into()]
}

/// The arguments to judge a run on a folder of pictures.
pub fn eval(run: &Path, name: &str, test: &Path, out: &Path) -> Vec<OsString> {
    let mut named = OsString::from(format!("{name}="));
    named.push(test);
    vec!["eval".into(), run.into(), "--test".into(), named, "--out".into(), out.into()]
}

/// The arguments to show where a run looks on a picture.
pub fn explain(run: &Path, picture: &Path, method: &str, out: &Path) -> Vec<OsString> {
    vec!["explain".into(), run.into(), picture.into(), "--method".into(), method.into(), "--out".into(), out.into()]
}

/// The line that a user types in a shell.
pub fn line(args: &[OsString]) -> String {
    let words = args.iter().map(|arg| quoted(&arg.to_string_lossy()));
    std::iter::once("motley".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,=:+@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A path as it is typed by somebody who stands in `folder`.
pub fn relative(path: &Path, folder: &Path) -> PathBuf {
    path.strip_prefix(folder).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_typed() {
        let capture = Capture {
            count: 50,
            out: "out/it's mine".to_owned(),
            formats: vec![Format::Folder, Format::Coco],
            labels: vec![LabelKind::Box],
            size: 128,
            seed: 3,
            jobs: 0,
        };
        assert_eq!(
            line(&capture.args(Path::new("a b.ron"))),
            r"motley capture 'a b.ron' --batch 50 --out 'out/it'\''s mine' --seed 3 --size 128 --format folder,coco --labels box"
        );
    }

    #[test]
    fn what_is_left_empty_is_left_out() {
        let train = Train { stream: false, real: "photos".to_owned(), learns: Learns::Head, ..Train::default() };
        assert_eq!(
            line(&train.args(Path::new("a.ron"))),
            "motley train --real photos --backbone small_cnn --epochs 10 --batch 32 --lr 0.001 --device auto --out out/run --freeze"
        );
    }
}
