//! What a run has learnt: confusion, results by breed, light and pose, its worst mistakes, and where it looked.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use bevy_egui::egui::{self, Color32, RichText, Ui};
use serde::Deserialize;

use super::gallery::Gallery;
use crate::jobs::{Job, Launcher, Status, command};

/// Mistakes that are shown.
const SHOWN: usize = 24;
/// Width of their pictures in points.
const SIDE: f32 = 80.0;
/// Ways to show where a network looks.
const METHODS: [&str; 2] = ["gradcam", "occlusion"];

/// One test set of a run, as `motley eval` and `motley train` write it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Evaluation {
    test: String,
    n: u64,
    accuracy: f64,
    ci95: [f64; 2],
    auc: Option<f64>,
    confusion: Confusion,
    groupings: Vec<Grouping>,
    mistakes: Vec<Mistake>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Confusion {
    classes: Vec<String>,
    counts: Vec<Vec<u64>>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Grouping {
    fact: String,
    groups: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Group {
    label: String,
    n: u64,
    accuracy: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Mistake {
    name: String,
    truth: String,
    predicted: String,
    confidence: f64,
}

impl Grouping {
    /// Accuracy of the best group less that of the worst, of groups of at least ten pictures.
    fn spread(&self) -> f64 {
        let shares = self.groups.iter().filter(|group| group.n >= 10).map(|group| group.accuracy);
        let (low, high) = shares.fold((f64::MAX, f64::MIN), |(low, high), share| (low.min(share), high.max(share)));
        (high - low).max(0.0)
    }
}

/// Runs that are compared, the one that is looked at, and work on it.
pub struct View {
    /// Folder of the run, as typed.
    pub folder: String,
    /// Folder of pictures to judge it on, as typed.
    pub test: String,
    opened: Option<PathBuf>,
    evaluations: Vec<Arc<Evaluation>>,
    chosen: usize,
    fact: String,
    mistake: Option<usize>,
    error: Option<String>,
    seed: u64,
    /// Runs that were opened, with the accuracy on each test.
    compared: BTreeMap<PathBuf, Vec<(String, f64, u64)>>,
    /// Judging under way, and the name of the test.
    eval: Option<(Job, String)>,
    explains: Vec<(&'static str, Job, PathBuf)>,
    gallery: Gallery,
}

/// What the user wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// To judge the run on the test folder.
    pub eval: bool,
    /// To save the model.
    pub save: bool,
    /// To see a frame in the preview: seed and index.
    pub open: Option<(u64, u64)>,
    /// To see where it looked on a picture.
    pub explain: Option<PathBuf>,
}

impl View {
    /// Nothing is opened; `wake` is called when a picture was read.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self {
            folder: "out/run".to_owned(),
            test: String::new(),
            opened: None,
            evaluations: Vec::new(),
            chosen: 0,
            fact: String::new(),
            mistake: None,
            error: None,
            seed: 0,
            compared: BTreeMap::new(),
            eval: None,
            explains: Vec::new(),
            gallery: Gallery::new(wake),
        }
    }

    /// Opens a run's folder.
    pub fn open(&mut self, folder: &Path) {
        self.error = None;
        self.mistake = None;
        match read(folder) {
            Ok((seed, evaluations)) => {
                let lines = evaluations.iter().map(|one| (one.test.clone(), one.accuracy, one.n)).collect();
                self.compared.insert(folder.to_owned(), lines);
                self.chosen = self.chosen.min(evaluations.len().saturating_sub(1));
                (self.seed, self.evaluations) = (seed, evaluations);
                self.opened = Some(folder.to_owned());
            }
            Err(error) => self.error = Some(error),
        }
    }

    /// File of the best model of the run that is opened, if it has one.
    pub fn model(&self) -> Option<PathBuf> {
        self.opened.as_ref().map(|run| run.join("best.safetensors")).filter(|model| model.is_file())
    }

    /// Judges the run on the test folder.
    ///
    /// # Errors
    /// When the system starts no process.
    pub fn start_eval(&mut self, launcher: &Launcher) -> std::io::Result<()> {
        let Some(run) = &self.opened else { return Ok(()) };
        // Whole, so that pictures are found from everywhere.
        let test = &launcher.folder.join(self.test.trim());
        let name = test.file_name().map_or_else(|| "test".to_owned(), |name| name.to_string_lossy().into_owned());
        let mut args = command::eval(run, &name, test, &run.join("eval"));
        args.push("--json".into());
        self.eval = Some((launcher.start(&args)?, name));
        Ok(())
    }

    /// Shows where the run looks on a picture, in every way.
    ///
    /// # Errors
    /// When the system starts no process.
    pub fn start_explain(&mut self, launcher: &Launcher, picture: &Path) -> std::io::Result<()> {
        let Some(run) = &self.opened else { return Ok(()) };
        self.explains.clear();
        for method in METHODS {
            let out = run.join("explain").join(method);
            // What lies there is of another picture.
            let _ = fs::remove_dir_all(&out);
            let job = launcher.start(&command::explain(run, picture, method, &out))?;
            self.gallery.forget(&out.join("grid.png"));
            self.explains.push((method, job, out));
        }
        Ok(())
    }

    /// Takes what jobs and pictures there are.
    pub fn poll(&mut self) {
        if let Some((job, name)) = &mut self.eval {
            job.poll();
            let name = name.clone();
            match job.status().clone() {
                Status::Done => {
                    self.eval = None;
                    if let Some(folder) = self.opened.clone() {
                        self.open(&folder);
                        self.chosen = self.evaluations.iter().position(|one| one.test == name).unwrap_or_default();
                    }
                }
                Status::Failed(reason) => {
                    self.eval = None;
                    self.error = Some(reason);
                }
                _ => {}
            }
        }
        for (_, job, _) in &mut self.explains {
            job.poll();
        }
    }
}

/// The seed of a run and all its test sets.
fn read(folder: &Path) -> Result<(u64, Vec<Arc<Evaluation>>), String> {
    let mut files = vec![folder.join("evaluation.json")];
    if let Ok(entries) = fs::read_dir(folder.join("eval")) {
        files.extend(
            entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "json")),
        );
    }
    files.sort();
    let mut evaluations = Vec::new();
    for file in files.iter().filter(|file| file.is_file()) {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let evaluation = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        evaluations.push(Arc::new(evaluation));
    }
    if evaluations.is_empty() {
        return Err(format!(
            "{} holds no results yet: train into it, or judge it with `motley eval`",
            folder.display()
        ));
    }
    let config = fs::read_to_string(folder.join("config.json")).unwrap_or_default();
    let config: serde_json::Value = serde_json::from_str(&config).unwrap_or_default();
    Ok((config["streams"][0]["seed"].as_u64().unwrap_or_default(), evaluations))
}

/// The pane. Folders that are typed are relative to `folder`.
pub fn results_ui(ui: &mut Ui, folder: &Path, view: &mut View) -> Wishes {
    let mut wishes = Wishes::default();
    view.gallery.receive(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Run");
        ui.add(egui::TextEdit::singleline(&mut view.folder).desired_width(150.0)).labelled_by(label.id);
        if ui.button("Open run").clicked() {
            let run = folder.join(view.folder.trim());
            view.open(&run);
        }
        if view.opened.is_some() {
            let tip = "One file for PyTorch, safetensors and `motley predict`: README says how to read it";
            wishes.save = ui.button("Save model…").on_hover_text(tip).clicked();
        }
    });
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Judge on");
        ui.add(egui::TextEdit::singleline(&mut view.test).desired_width(150.0).hint_text("folder of photos"))
            .labelled_by(label.id);
        let possible = view.opened.is_some() && view.eval.is_none() && !view.test.trim().is_empty();
        wishes.eval = ui.add_enabled(possible, egui::Button::new("Evaluate")).clicked();
        if view.eval.is_some() {
            ui.spinner();
        }
    });
    if let Some(error) = &view.error {
        ui.colored_label(ui.visuals().error_fg_color, error);
    }
    egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        compared_ui(ui, view);
        if view.evaluations.is_empty() {
            ui.weak("Confusion, results by breed and light, and the worst mistakes of a run stand here: open one, or train one.");
            return;
        }
        ui.horizontal_wrapped(|ui| {
            for (number, one) in view.evaluations.iter().enumerate() {
                if ui.selectable_label(view.chosen == number, &one.test).clicked() {
                    (view.chosen, view.mistake) = (number, None);
                }
            }
        });
        let Some(one) = view.evaluations.get(view.chosen).cloned() else { return };
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        ui.horizontal_wrapped(|ui| {
            ui.heading(percent(one.accuracy));
            ui.weak(format!("95 %: {} to {}; {} pictures", percent(one.ci95[0]), percent(one.ci95[1]), one.n));
            if let Some(auc) = one.auc {
                ui.weak(format!("AUC {:.3}", auc));
            }
        });
        confusion_ui(ui, &one.confusion);
        groups_ui(ui, &one.groupings, &mut view.fact);
        mistakes_ui(ui, &one, view, &mut wishes);
    });
    wishes
}

fn compared_ui(ui: &mut Ui, view: &View) {
    if view.compared.len() < 2 {
        return;
    }
    egui::CollapsingHeader::new("Runs side by side").default_open(true).show(ui, |ui| {
        egui::Grid::new("compared").striped(true).show(ui, |ui| {
            for (folder, tests) in &view.compared {
                ui.label(folder.file_name().unwrap_or_default().to_string_lossy());
                for (test, accuracy, n) in tests {
                    ui.label(format!("{test} {:.1} % of {n}", 100.0 * accuracy));
                }
                ui.end_row();
            }
        });
    });
}

fn confusion_ui(ui: &mut Ui, confusion: &Confusion) {
    egui::CollapsingHeader::new("Confusion").default_open(true).show(ui, |ui| {
        egui::Grid::new("confusion").min_col_width(56.0).show(ui, |ui| {
            ui.weak("is \\ called");
            confusion.classes.iter().for_each(|class| drop(ui.strong(class)));
            ui.end_row();
            for (class, (name, counts)) in confusion.classes.iter().zip(&confusion.counts).enumerate() {
                ui.strong(name);
                let all = counts.iter().sum::<u64>().max(1);
                for (called, count) in counts.iter().enumerate() {
                    let share = *count as f32 / all as f32;
                    let colour =
                        if class == called { Color32::from_rgb(60, 160, 90) } else { Color32::from_rgb(200, 70, 70) };
                    let text = RichText::new(format!(" {count} "))
                        .strong()
                        .background_color(colour.gamma_multiply(share.sqrt()));
                    ui.label(text).on_hover_text(format!("{:.1} %", 100.0 * share));
                }
                ui.end_row();
            }
        });
    });
}

/// Results by one fact; those that matter most come first.
fn groups_ui(ui: &mut Ui, groupings: &[Grouping], fact: &mut String) {
    let mut sorted: Vec<_> = groupings.iter().collect();
    sorted.sort_by(|a, b| b.spread().total_cmp(&a.spread()));
    let Some(first) = sorted.first() else { return };
    egui::CollapsingHeader::new("By breed, light, pose").default_open(true).show(ui, |ui| {
        let shown = sorted.iter().find(|grouping| grouping.fact == *fact).unwrap_or(first);
        egui::ComboBox::from_id_salt("fact").width(220.0).selected_text(&shown.fact).show_ui(ui, |ui| {
            for grouping in &sorted {
                let name = format!("{} ({:.0} points apart)", grouping.fact, 100.0 * grouping.spread());
                ui.selectable_value(fact, grouping.fact.clone(), name);
            }
        });
        egui::Grid::new("groups").striped(true).show(ui, |ui| {
            for group in &shown.groups {
                ui.label(&group.label);
                ui.add(
                    egui::ProgressBar::new(group.accuracy as f32)
                        .desired_width(140.0)
                        .text(format!("{:.0} %", 100.0 * group.accuracy)),
                );
                ui.weak(format!("of {}", group.n));
                ui.end_row();
            }
        });
    });
}

/// Index of a frame that was drawn live, which has no file.
fn frame_index(name: &str) -> Option<u64> {
    name.strip_prefix("frame ")?.parse().ok()
}

/// Seed and index of a frame of a dataset, by the manifest beside it.
fn dataset_frame(path: &Path) -> Option<(u64, u64)> {
    let index = path.file_stem()?.to_str()?.parse().ok()?;
    let manifest = fs::read_to_string(path.parent()?.parent()?.join("motley.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest).ok()?;
    Some((manifest["seed"].as_u64()?, index))
}

fn mistakes_ui(ui: &mut Ui, one: &Evaluation, view: &mut View, wishes: &mut Wishes) {
    egui::CollapsingHeader::new(format!("Worst mistakes ({})", one.mistakes.len())).default_open(true).show(ui, |ui| {
        match view.mistake.and_then(|number| one.mistakes.get(number)) {
            Some(mistake) => mistake_ui(ui, mistake, view, wishes),
            None => {
                ui.weak("Click one to open it.");
            }
        }
        ui.horizontal_wrapped(|ui| {
            for (number, mistake) in one.mistakes.iter().take(SHOWN).enumerate() {
                let tip = format!(
                    "{}: {} taken for {} ({:.0} % sure)",
                    mistake.name,
                    mistake.truth,
                    mistake.predicted,
                    100.0 * mistake.confidence
                );
                let chosen = view.mistake == Some(number);
                let response = match frame_index(&mistake.name) {
                    Some(index) => ui
                        .selectable_label(chosen, format!("frame {index}\n{} as {}", mistake.truth, mistake.predicted)),
                    None => view.gallery.picture_ui(ui, Path::new(&mistake.name), SIDE, chosen),
                };
                if response.on_hover_text(tip).clicked() {
                    view.mistake = Some(number);
                    view.explains.clear();
                }
            }
        });
    });
}

/// One mistake and where the network looked.
fn mistake_ui(ui: &mut Ui, mistake: &Mistake, view: &mut View, wishes: &mut Wishes) {
    let path = Path::new(&mistake.name);
    ui.horizontal_wrapped(|ui| {
        let short = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        ui.label(format!("{short}: {} taken for {}", mistake.truth, mistake.predicted)).on_hover_text(&mistake.name);
        let frame = frame_index(&mistake.name).map(|index| (view.seed, index)).or_else(|| dataset_frame(path));
        if let Some(frame) = frame
            && ui.button("Open in preview").on_hover_text("Draws this very frame of the open scene again").clicked()
        {
            wishes.open = Some(frame);
        }
        if path.is_file() && ui.button("Where did it look?").on_hover_text("Grad-CAM and occlusion maps").clicked() {
            wishes.explain = Some(path.to_owned());
        }
    });
    explains_ui(ui, view);
}

fn explains_ui(ui: &mut Ui, view: &mut View) {
    ui.horizontal_wrapped(|ui| {
        for (method, job, out) in &view.explains {
            ui.vertical(|ui| {
                ui.weak(*method);
                match job.status() {
                    Status::Done => {
                        view.gallery.picture_ui(ui, &out.join("grid.png"), 1.25 * SIDE, false);
                    }
                    Status::Failed(reason) => {
                        ui.colored_label(ui.visuals().error_fg_color, reason);
                    }
                    _ => {
                        ui.spinner();
                    }
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_again() {
        assert_eq!(frame_index("frame 12"), Some(12));
        assert_eq!(frame_index("photos/cat.1.jpg"), None);
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("cat")).unwrap();
        fs::write(folder.path().join("motley.json"), r#"{"seed": 7}"#).unwrap();
        assert_eq!(dataset_frame(&folder.path().join("cat/000031.jpg")), Some((7, 31)));
        assert_eq!(dataset_frame(&folder.path().join("cat/rex.jpg")), None);
    }

    #[test]
    fn a_folder_without_results_says_so() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap_err().contains("no results yet"));
    }
}
