//! From a scene to a dataset, by the same command as on the command line.

use std::{ffi::OsString, path::Path};

use bevy_egui::egui::{self, ProgressBar, Ui};
use motley_scene::scene::{Format, LabelKind, Scene};
use serde_json::Value;

use super::copy_button;
use crate::jobs::{Job, Launcher, Status, command};

/// The form and the job that it started.
#[derive(Default)]
pub struct View {
    /// Number of frames; `None` as the scene says.
    pub count: Option<u64>,
    /// Folder; `None` is named after the scene.
    pub out: Option<String>,
    /// Forms of the dataset; `None` as the scene says.
    pub formats: Option<Vec<Format>>,
    /// Labels; `None` as the scene says.
    pub labels: Option<Vec<LabelKind>>,
    job: Option<Running>,
    /// What is left of a capture that was cancelled.
    cancelled: Option<String>,
}

/// What is told of a capture.
struct Running {
    job: Job,
    args: Vec<OsString>,
    /// Its folder as it was typed.
    out: String,
    /// It is to be forgotten when it has ended.
    cancelled: bool,
    done: u64,
    total: u64,
    rate: f64,
    seconds_left: f64,
}

/// What the user wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// To start, or to go on.
    pub start: bool,
    /// To choose a folder.
    pub browse: bool,
}

impl View {
    /// The command that the form stands for.
    pub fn command(&self, scene: &Scene) -> command::Capture {
        let output = &scene.output;
        command::Capture {
            count: self.count.unwrap_or(output.count),
            out: self.out.clone().unwrap_or_else(|| format!("out/{}", scene.name)),
            formats: self.formats.clone().unwrap_or_else(|| output.formats.clone()),
            labels: self.labels.clone().unwrap_or_else(|| output.labels.clone()),
            size: output.size,
            seed: output.seed,
            jobs: 0,
        }
    }

    /// Starts what the form says, or goes on with it.
    ///
    /// # Errors
    /// When the system starts no process.
    pub fn start(&mut self, launcher: &Launcher, file: &Path, scene: &Scene) -> std::io::Result<()> {
        let command = self.command(scene);
        let mut args = command.args(file);
        args.push("--json".into());
        let job = launcher.start(&args)?;
        let (out, total) = (command.out, command.count);
        self.cancelled = None;
        self.job = Some(Running { job, args, out, cancelled: false, done: 0, total, rate: 0.0, seconds_left: 0.0 });
        Ok(())
    }

    /// Takes what the job told.
    pub fn poll(&mut self) {
        let Some(running) = &mut self.job else { return };
        for event in running.job.poll() {
            running.take(&event);
        }
        if running.cancelled && *running.job.status() == Status::Interrupted {
            self.cancelled = Some(format!("Cancelled: {} frames lie in {}", running.done, running.out));
            self.job = None;
        }
    }

    /// Is a capture under way?
    pub fn is_running(&self) -> bool {
        self.job.as_ref().is_some_and(|running| running.job.is_running())
    }

    /// Stops the capture for good.
    pub fn cancel(&mut self) {
        self.interrupt();
        if let Some(running) = &mut self.job {
            running.cancelled = true;
        }
    }

    /// Asks the capture to stop.
    pub fn interrupt(&mut self) {
        if let Some(running) = &mut self.job {
            running.job.interrupt();
        }
    }
}

impl Running {
    fn take(&mut self, event: &Value) {
        let number = |name: &str| event[name].as_f64();
        match event["event"].as_str() {
            Some("progress") => {
                self.done = event["done"].as_u64().unwrap_or(self.done);
                self.total = event["total"].as_u64().unwrap_or(self.total);
                self.rate = number("images_per_second").unwrap_or_default();
                self.seconds_left = number("seconds_left").unwrap_or_default();
            }
            Some("finished") => {
                self.done = self.total;
                self.rate = number("images_per_second").unwrap_or_default();
            }
            _ => {}
        }
    }
}

/// The pane. `file` is the scene's file, if it has one that says what the window says.
pub fn capture_ui(ui: &mut Ui, scene: &Scene, file: Option<&Path>, view: &mut View) -> Wishes {
    let mut wishes = Wishes::default();
    let mut command = view.command(scene);
    ui.add_enabled_ui(!view.is_running(), |ui| form_ui(ui, scene, &mut command, view, &mut wishes));
    ui.separator();
    ui.horizontal_wrapped(|ui| {
        let possible =
            !view.is_running() && command.count > 0 && !command.formats.is_empty() && !command.out.is_empty();
        let resumes = view.job.as_ref().is_some_and(|job| *job.job.status() == Status::Interrupted);
        let name = match (file, resumes) {
            (None, _) => "Save and capture",
            (_, true) => "Resume",
            _ => "Capture",
        };
        let tip = "The scene file is what is captured: changes are saved first";
        if ui.add_enabled(possible, egui::Button::new(name)).on_hover_text(tip).clicked() {
            wishes.start = true;
        }
        // Both stay where they are when the one is pressed.
        let under_way = view.is_running() || resumes;
        let pause = egui::Button::new("Pause");
        if under_way
            && ui
                .add_enabled(view.is_running(), pause)
                .on_hover_text("Stops after the frames under way; Resume goes on")
                .clicked()
        {
            view.interrupt();
        }
        if under_way && ui.button("Cancel").on_hover_text("What has been captured so far stays in its folder").clicked()
        {
            view.cancel();
        }
        let line = command::line(&command.args(file.unwrap_or(Path::new("my.scene.ron"))));
        copy_button(ui, "Copy as command", line);
    });
    if let Some(left) = &view.cancelled {
        ui.weak(left);
    }
    if let Some(running) = &view.job {
        progress_ui(ui, running);
    }
    wishes
}

fn form_ui(ui: &mut Ui, scene: &Scene, command: &mut command::Capture, view: &mut View, wishes: &mut Wishes) {
    ui.horizontal(|ui| {
        let label = ui.label("Frames");
        let drag = egui::DragValue::new(&mut command.count).speed(10.0).range(1..=1_000_000_000);
        if ui.add(drag).labelled_by(label.id).changed() {
            view.count = Some(command.count);
        }
    });
    ui.horizontal(|ui| {
        let label = ui.label("Folder");
        let edit = egui::TextEdit::singleline(&mut command.out).desired_width(180.0);
        if ui.add(edit).labelled_by(label.id).changed() {
            view.out = Some(command.out.clone());
        }
        if ui.button("…").on_hover_text("Choose a folder").clicked() {
            wishes.browse = true;
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.label("Format");
        if ticks_ui(ui, Format::ALL, &mut command.formats, Format::flag) {
            view.formats = Some(command.formats.clone());
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.label("Labels");
        if ticks_ui(ui, LabelKind::ALL, &mut command.labels, LabelKind::flag) {
            view.labels = Some(command.labels.clone());
        }
    });
    if command.formats.is_empty() {
        ui.colored_label(ui.visuals().warn_fg_color, "Choose at least one format");
    }
    ui.weak(format!("{} × {} pixels, seed {}: see Output", scene.output.size, scene.output.size, scene.output.seed));
}

/// A box for each of several words. `true` when one was ticked or unticked.
fn ticks_ui<T: Copy + Ord>(ui: &mut Ui, all: &[T], chosen: &mut Vec<T>, name: fn(T) -> &'static str) -> bool {
    let mut changed = false;
    for one in all {
        let mut ticked = chosen.contains(one);
        if ui.checkbox(&mut ticked, name(*one)).changed() {
            changed = true;
            chosen.retain(|known| known != one);
            if ticked {
                chosen.push(*one);
                chosen.sort_unstable();
            }
        }
    }
    changed
}

fn progress_ui(ui: &mut Ui, running: &Running) {
    let Running { done, total, rate, seconds_left, .. } = running;
    let share = *done as f32 / (*total).max(1) as f32;
    ui.add(ProgressBar::new(share).text(format!("{done} of {total} frames")));
    match running.job.status() {
        Status::Running => ui.label(format!("{rate:.1} img/s, {seconds_left:.0} s left")),
        Status::Stopping => ui.label("Stopping after the frames under way…"),
        Status::Interrupted => ui.label("Paused: Resume goes on where it stopped, today or another day"),
        Status::Done => ui.label(format!("Done: {} ({rate:.1} img/s)", running.out)),
        Status::Failed(reason) => ui.colored_label(ui.visuals().error_fg_color, reason),
    };
    ui.collapsing("Command", |ui| ui.monospace(command::line(&running.args)));
}
