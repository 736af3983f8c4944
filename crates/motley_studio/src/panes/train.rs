//! Training, by the same command as on the command line: a form, live curves, and what it says while it works.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use bevy_egui::egui::{self, Color32, ProgressBar, Ui};
use egui_plot::{Corner, HLine, Legend, Line, Plot, PlotPoints, Points};
use serde_json::Value;

use super::copy_button;
use crate::{
    dialogs::Input,
    jobs::{
        Job, Launcher, Status,
        command::{self, Learns, Train},
    },
};

/// Networks, heads and augmentations that the command knows.
const BACKBONES: [&str; 5] = ["small_cnn", "mobilenet_v2", "squeezenet1_1", "resnet18", "vgg16"];
const HEADS: [&str; 5] = ["", "transfer", "paper", "linear", "means"];
const AUGMENTS: [&str; 4] = ["", "none", "paper", "transfer"];
const DEVICES: [&str; 3] = ["auto", "cpu", "wgpu"];
/// Accuracy on photos of the paper that Motley follows: trained on photos, and on frames alone.
const PAPER: [(f64, &str); 2] = [(0.975, "paper, photos: 97.5 %"), (0.86, "paper, frames: 86 %")];
/// Width of a text field in points.
const FIELD: f32 = 112.0;
/// Height of a plot in points.
const PLOT: f32 = 150.0;

/// The form and the job that it started.
#[derive(Default)]
pub struct View {
    /// What is learnt, and how.
    pub form: Train,
    /// Show the paper's accuracies?
    pub paper: bool,
    run: Option<Run>,
}

/// What is told of a training.
struct Run {
    job: Job,
    args: Vec<OsString>,
    /// Its folder as it was typed.
    name: String,
    out: PathBuf,
    curves: Curves,
    told: bool,
}

/// What a training has told so far.
#[derive(Clone, Debug, Default, PartialEq)]
struct Curves {
    /// Loss and accuracy while training, by epoch; parts of an epoch as its share.
    training: Vec<[f64; 3]>,
    /// Loss and accuracy on validation pictures, by epoch.
    validation: Vec<[f64; 3]>,
    /// Loss and accuracy on test pictures, by epoch.
    test: Vec<[f64; 3]>,
    /// Done, of all pictures.
    done: [f64; 2],
    /// Pictures a second.
    rate: f64,
    words: String,
    device: String,
    per_epoch: f64,
}

/// What the user wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// To start.
    pub start: bool,
    /// To go on with a run that was interrupted.
    pub resume: bool,
    /// To choose something that it reads.
    pub browse: Option<Input>,
    /// To see a run's results.
    pub results: Option<PathBuf>,
}

impl View {
    /// A form as it was filled in before.
    pub fn new(form: Train) -> Self {
        Self { form, ..Self::default() }
    }

    /// Starts what the form says.
    ///
    /// # Errors
    /// When the system starts no process.
    pub fn start(&mut self, launcher: &Launcher, scene: &Path) -> std::io::Result<()> {
        let args = self.form.args(scene);
        self.launch(launcher, args)
    }

    /// Goes on with the run in the form's folder, whatever else the form says.
    ///
    /// # Errors
    /// When the system starts no process.
    pub fn resume(&mut self, launcher: &Launcher) -> std::io::Result<()> {
        let args = command::resume(&self.form.out);
        self.launch(launcher, args)?;
        if let Some(run) = &mut self.run {
            run.curves.read(&run.out.join("metrics.jsonl"));
        }
        Ok(())
    }

    fn launch(&mut self, launcher: &Launcher, mut args: Vec<OsString>) -> std::io::Result<()> {
        args.push("--json".into());
        let job = launcher.start(&args)?;
        let (name, out) = (self.form.out.clone(), launcher.folder.join(&self.form.out));
        self.run = Some(Run { job, args, name, out, curves: Curves::default(), told: false });
        Ok(())
    }

    /// Takes what the job told. Gives the folder of a run that has just been finished.
    pub fn poll(&mut self) -> Option<PathBuf> {
        let run = self.run.as_mut()?;
        for event in run.job.poll() {
            run.curves.take(&event);
        }
        let finished = !run.told && *run.job.status() == Status::Done;
        run.told |= finished;
        finished.then(|| run.out.clone())
    }

    /// Is a training under way?
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.job.is_running())
    }
}

impl Curves {
    /// Takes the epochs that are told in a run's file.
    fn read(&mut self, metrics: &Path) {
        let text = std::fs::read_to_string(metrics).unwrap_or_default();
        for mut epoch in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            epoch["event"] = "epoch".into();
            self.take(&epoch);
        }
    }

    fn take(&mut self, event: &Value) {
        let number = |name: &str| event[name].as_f64();
        match event["event"].as_str() {
            Some("started") => {
                let total = number("total").unwrap_or_default();
                let epochs = number("epochs").unwrap_or(1.0).max(1.0);
                self.done = [0.0, total];
                self.per_epoch = total / epochs;
                let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
                self.words = format!(
                    "{}, head {}; {} pictures, judged on {}",
                    text("backbone"),
                    text("head"),
                    event["training"],
                    event["validation"]
                );
            }
            Some("features") => {
                self.done = [number("done").unwrap_or_default(), number("total").unwrap_or_default()];
                self.rate = number("images_per_second").unwrap_or_default();
            }
            Some("step") => {
                let (epoch, seen) = (number("epoch").unwrap_or_default(), number("seen").unwrap_or_default());
                self.rate = number("images_per_second").unwrap_or_default();
                self.done[0] = epoch * self.per_epoch + seen;
                let at = epoch + (seen / self.per_epoch.max(1.0)).min(1.0);
                self.training.extend(number("loss").zip(number("accuracy")).map(|(loss, right)| [at, loss, right]));
            }
            Some("epoch") => {
                let at = number("epoch").unwrap_or_default() + 1.0;
                self.done[0] = at * self.per_epoch;
                self.training.retain(|point| point[0] < at);
                self.training.extend(number("loss").zip(number("accuracy")).map(|(loss, right)| [at, loss, right]));
                let judged = |loss, right| number(loss).zip(number(right)).map(|(loss, right)| [at, loss, right]);
                self.validation.extend(judged("val_loss", "val_accuracy"));
                self.test.extend(judged("test_loss", "test_accuracy"));
            }
            // One that was stopped is not at its end.
            Some("finished") if event["reason"] != "cancelled" => self.done[0] = self.done[1],
            Some("device") => event["name"].as_str().unwrap_or_default().clone_into(&mut self.device),
            _ => {}
        }
    }
}

/// The pane. `scene` is the scene's file, if it has one that says what the window says; folders that are typed are relative to
/// `folder`.
pub fn train_ui(ui: &mut Ui, scene: Option<&Path>, folder: &Path, view: &mut View) -> Wishes {
    let mut wishes = Wishes::default();
    let running = view.is_running();
    egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.add_enabled_ui(!running, |ui| form_ui(ui, &mut view.form, &mut wishes.browse));
        ui.separator();
        ui.horizontal_wrapped(|ui| buttons_ui(ui, scene, folder, view, &mut wishes));
        match &view.run {
            Some(run) => run_ui(ui, run, view.paper, &mut wishes),
            None => {
                ui.weak("Curves of loss and accuracy stand here while a training goes on.");
            }
        }
    });
    wishes
}

fn form_ui(ui: &mut Ui, form: &mut Train, browse: &mut Option<Input>) {
    ui.horizontal(|ui| {
        ui.checkbox(&mut form.stream, "This scene's frames")
            .on_hover_text("Drawn while they are learnt; nothing is written");
        let count = egui::DragValue::new(&mut form.count).range(1..=10_000_000).speed(10.0);
        ui.add_enabled(form.stream, count).on_hover_text("How many frames");
    });
    egui::Grid::new("train").num_columns(2).spacing([8.0, 4.0]).show(ui, |ui| {
        let mut input = |ui: &mut Ui, form: &mut Train, input: Input, name: &str, tip: &str| {
            path_ui(ui, name, form.input(input), tip, || *browse = Some(input));
        };
        input(ui, form, Input::Frames, "Frames in", "Folder of a captured dataset to learn from as well");
        input(ui, form, Input::Photos, "Photos in", "Folder of photos to learn from as well: one folder a class");
        let tip = "Pictures that the best epoch is chosen by; else a tenth is kept apart";
        input(ui, form, Input::Validation, "Validate on", tip);
        input(ui, form, Input::Test, "Test on", "Photos that each epoch is judged on as well; they choose nothing");
        choice_ui(ui, "Network", &mut form.backbone, &BACKBONES, "The backbone");
        input(ui, form, Input::Weights, "Weights", "File of the backbone's weights; else looked for in the cache");
        ui.label("Learns");
        ui.horizontal(|ui| {
            for (learns, name) in [(Learns::Auto, "auto"), (Learns::Head, "head"), (Learns::All, "all")] {
                ui.selectable_value(&mut form.learns, learns, name);
            }
        });
        ui.end_row();
        choice_ui(ui, "Head", &mut form.head, &HEADS, "paper: 128 neurons and dropout; empty: as fits the backbone");
        if form.head == "paper" {
            let label = ui.label("Dropout").on_hover_text("Share of the head's neurons that are left out at each step");
            ui.add(egui::DragValue::new(&mut form.dropout).range(0.0..=0.9).speed(0.005).max_decimals(2))
                .labelled_by(label.id);
            ui.end_row();
        }
        choice_ui(ui, "Augmentation", &mut form.augment, &AUGMENTS, "How pictures are changed while they are learnt");
        let label = ui.label("Epochs");
        ui.add(egui::DragValue::new(&mut form.epochs).range(1..=1000).speed(0.1)).labelled_by(label.id);
        ui.end_row();
        let label = ui.label("Batch");
        ui.add(egui::DragValue::new(&mut form.batch).range(1..=1024).speed(0.2)).labelled_by(label.id);
        ui.end_row();
        let label = ui.label("Step size");
        ui.add(egui::DragValue::new(&mut form.rate).range(1e-6..=1.0).speed(1e-5).max_decimals(6))
            .labelled_by(label.id);
        ui.end_row();
        choice_ui(ui, "Device", &mut form.device, &DEVICES, "auto takes the GPU where there is one");
        let tip = "Where model, curves and report are written";
        let label = ui.label("Run folder").on_hover_text(tip);
        ui.add(egui::TextEdit::singleline(&mut form.out).desired_width(FIELD)).labelled_by(label.id).on_hover_text(tip);
        ui.end_row();
    });
}

fn path_ui(ui: &mut Ui, name: &str, path: &mut String, tip: &str, browse: impl FnOnce()) {
    let label = ui.label(name).on_hover_text(tip);
    ui.horizontal(|ui| {
        ui.add(egui::TextEdit::singleline(path).desired_width(FIELD)).labelled_by(label.id).on_hover_text(tip);
        if ui.small_button("…").on_hover_text("Choose").clicked() {
            browse();
        }
    });
    ui.end_row();
}

fn choice_ui(ui: &mut Ui, name: &str, chosen: &mut String, all: &[&str], tip: &str) {
    let label = ui.label(name).on_hover_text(tip);
    let shown = |word: &str| if word.is_empty() { "auto".to_owned() } else { word.to_owned() };
    let combo = egui::ComboBox::from_id_salt(name).selected_text(shown(chosen)).show_ui(ui, |ui| {
        for word in all {
            ui.selectable_value(chosen, (*word).to_owned(), shown(word));
        }
    });
    combo.response.labelled_by(label.id);
    ui.end_row();
}

fn buttons_ui(ui: &mut Ui, scene: Option<&Path>, folder: &Path, view: &mut View, wishes: &mut Wishes) {
    let form = view.form.clone();
    let anything = form.stream || !form.data.is_empty() || !form.real.is_empty();
    let running = view.is_running();
    let name = if form.stream && scene.is_none() { "Save and train" } else { "Train" };
    let train = ui.add_enabled(anything && !running && !form.out.is_empty(), egui::Button::new(name));
    wishes.start = train.on_disabled_hover_text("Choose something to learn from").clicked();
    if let Some(run) = view.run.as_mut().filter(|_| running)
        && ui.button("Stop").on_hover_text("Stops after the step under way; what was learnt is kept").clicked()
    {
        run.job.interrupt();
    }
    // Whoever began it: this window, one that was closed, or the command line.
    if !running && folder.join(&form.out).join("checkpoint.bin").is_file() {
        let tip = "Goes on with the run in this folder from its last epoch, with the settings that it was begun with";
        wishes.resume = ui.button("Continue").on_hover_text(tip).clicked();
    }
    let line = command::line(&view.form.args(scene.unwrap_or(Path::new("my.scene.ron"))));
    copy_button(ui, "Copy as command", line);
    ui.checkbox(&mut view.paper, "Paper's levels").on_hover_text("97.5 % trained on photos, 86 % on frames alone");
}

fn run_ui(ui: &mut Ui, run: &Run, paper: bool, wishes: &mut Wishes) {
    let Run { job, args, name, out, curves, .. } = run;
    let [done, total] = curves.done;
    if total > 0.0 {
        ui.add(ProgressBar::new((done / total) as f32).text(format!("{done:.0} of {total:.0} pictures")));
    }
    match job.status() {
        Status::Running if total == 0.0 => ui.label("Beginning…"),
        Status::Running => ui.label(format!("{}; {:.1} pictures/s on {}", curves.words, curves.rate, curves.device)),
        Status::Stopping => ui.label("Stopping after the step under way…"),
        Status::Interrupted => ui.label("Stopped"),
        Status::Done => ui.label(format!("Done: {name}")),
        Status::Failed(reason) => ui.colored_label(ui.visuals().error_fg_color, reason),
    };
    if *job.status() == Status::Done && ui.button("Results").clicked() {
        wishes.results = Some(out.clone());
    }
    if !curves.training.is_empty() || !curves.validation.is_empty() {
        plot_ui(ui, "Accuracy", curves, 2, paper);
        plot_ui(ui, "Loss", curves, 1, false);
    }
    ui.collapsing("Command", |ui| ui.monospace(command::line(args)));
}

fn plot_ui(ui: &mut Ui, name: &str, curves: &Curves, value: usize, paper: bool) {
    ui.label(name);
    let line = |name: &str, points: &[[f64; 3]], colour: Color32| {
        let points: PlotPoints<'_> = points.iter().map(|point| [point[0], point[value]]).collect();
        Line::new(name.to_owned(), points).color(colour).width(2.0)
    };
    let plot = Plot::new(name)
        .height(PLOT)
        .legend(Legend::default().position(Corner::LeftBottom).background_alpha(0.4))
        .x_axis_label("epoch")
        .allow_scroll(false)
        .include_x(0.0)
        .include_y(0.0)
        .include_y(1.0);
    plot.show(ui, |plot| {
        plot.line(line("training", &curves.training, Color32::from_rgb(90, 160, 250)));
        for (name, points, colour) in [
            ("validation", &curves.validation, Color32::from_rgb(250, 160, 60)),
            ("test", &curves.test, Color32::from_rgb(110, 190, 110)),
        ] {
            if !points.is_empty() {
                // A single epoch is no line.
                let dots: PlotPoints<'_> = points.iter().map(|point| [point[0], point[value]]).collect();
                plot.points(Points::new(name.to_owned(), dots).color(colour).radius(3.0));
                plot.line(line(name, points, colour));
            }
        }
        if paper {
            for (level, name) in PAPER {
                plot.hline(HLine::new(name, level).color(Color32::GRAY));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn curves_follow_what_is_told() {
        let mut curves = Curves::default();
        curves.take(
            &json!({ "event": "started", "backbone": "small_cnn", "head": "linear", "training": 100, "validation": 20,
            "total": 200, "epochs": 2 }),
        );
        curves.take(&json!({ "event": "step", "epoch": 0, "step": 1, "loss": 0.7, "accuracy": 0.5, "seen": 50,
            "images_per_second": 9.0 }));
        assert_eq!((curves.training.clone(), curves.done), (vec![[0.5, 0.7, 0.5]], [50.0, 200.0]));
        curves.take(&json!({ "event": "epoch", "epoch": 0, "loss": 0.6, "accuracy": 0.6, "val_loss": 0.5,
            "val_accuracy": 0.8, "test_loss": 0.9, "test_accuracy": 0.7, "learning_rate": 0.001 }));
        assert_eq!(curves.training.last(), Some(&[1.0, 0.6, 0.6]));
        assert_eq!((curves.validation.clone(), curves.test.clone()), (vec![[1.0, 0.5, 0.8]], vec![[1.0, 0.9, 0.7]]));
        curves.take(&json!({ "event": "finished", "epochs": 2, "best_epoch": 1, "reason": "done" }));
        assert_eq!(curves.done, [200.0, 200.0]);
    }
}
