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
    drawn: Option<Drawn>,
}

/// What was drawn for a test set.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Drawn {
    scene: Option<PathBuf>,
    hash: String,
    seed: u64,
}

/// A frame and the scene that it was drawn from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameOf {
    /// The scene's file; `None`: the default scene.
    pub scene: Option<PathBuf>,
    /// Hash of its meaning.
    pub hash: String,
    /// Seed of every draw.
    pub seed: u64,
    /// Index of the frame.
    pub index: u64,
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
    /// File of its picture.
    #[serde(skip)]
    picture: PathBuf,
    /// The frame that it is of, if it is one.
    #[serde(skip)]
    frame: Option<FrameOf>,
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
    base: PathBuf,
    opened: Option<PathBuf>,
    evaluations: Vec<Arc<Evaluation>>,
    chosen: usize,
    fact: String,
    mistake: Option<usize>,
    error: Option<String>,
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
    /// To see a frame in the preview.
    pub open: Option<FrameOf>,
    /// To see where it looked on a picture.
    pub explain: Option<PathBuf>,
}

impl View {
    /// Nothing is opened; folders that are typed are relative to `base`, and `wake` is called when a picture was read.
    pub fn new(base: PathBuf, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self {
            base,
            folder: "out/run".to_owned(),
            test: String::new(),
            opened: None,
            evaluations: Vec::new(),
            chosen: 0,
            fact: String::new(),
            mistake: None,
            error: None,
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
        self.explains.clear();
        self.folder = command::relative(folder, &self.base).display().to_string();
        self.evaluations.clear();
        self.opened = None;
        match read(folder) {
            Ok(evaluations) => {
                let lines = evaluations.iter().map(|one| (one.test.clone(), one.accuracy, one.n)).collect();
                self.compared.insert(folder.to_owned(), lines);
                self.chosen = self.chosen.min(evaluations.len().saturating_sub(1));
                self.evaluations = evaluations;
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
        self.error = None;
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

/// All test sets of a run.
fn read(folder: &Path) -> Result<Vec<Arc<Evaluation>>, String> {
    let own = folder.join("evaluation.json");
    let config = fs::read_to_string(folder.join("config.json")).unwrap_or_default();
    let config: serde_json::Value = serde_json::from_str(&config).unwrap_or_default();
    // Frames of several streams cannot be told apart by their names.
    let stream = match config["streams"].as_array().map(Vec::as_slice) {
        Some([only]) => serde_json::from_value::<Drawn>(only.clone()).ok(),
        _ => None,
    };
    let mut files = vec![own.clone()];
    if let Ok(entries) = fs::read_dir(folder.join("eval")) {
        files.extend(
            entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "json")),
        );
    }
    files.sort();
    let mut evaluations = Vec::new();
    for file in files.iter().filter(|file| file.is_file()) {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let mut evaluation: Evaluation =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        // What a training kept apart of its own stream.
        if *file == own {
            evaluation.drawn = stream.clone();
        }
        let pictures = file.with_file_name("mistakes").join(&evaluation.test);
        // Looked up once: the pane is drawn again and again.
        for mistake in evaluation.mistakes.iter_mut().take(SHOWN) {
            mistake.picture = picture_of(&mistake.name, &pictures);
            mistake.frame = frame_of(&mistake.name, evaluation.drawn.as_ref());
        }
        evaluations.push(Arc::new(evaluation));
    }
    if evaluations.is_empty() {
        return Err(format!(
            "{} holds no results yet: train into it, or judge it with `motley eval`",
            folder.display()
        ));
    }
    Ok(evaluations)
}

/// The pane.
pub fn results_ui(ui: &mut Ui, view: &mut View) -> Wishes {
    let mut wishes = Wishes::default();
    view.gallery.receive(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Run");
        let edit = ui.add(egui::TextEdit::singleline(&mut view.folder).desired_width(150.0)).labelled_by(label.id);
        let entered = edit.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if ui.button("Open run").clicked() || entered {
            let run = view.base.join(view.folder.trim());
            view.open(&run);
        }
        if view.opened.is_some() {
            let tip = "One file for PyTorch, safetensors and `motley predict`: README says how to read it";
            wishes.save = ui.button("Save model…").on_hover_text(tip).clicked();
        }
    });
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Judge on");
        ui.add(egui::TextEdit::singleline(&mut view.test).desired_width(150.0).hint_text("photos, or SCENE:500"))
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
                        .desired_width(110.0)
                        .text(format!("{:.0} %", 100.0 * group.accuracy)),
                );
                ui.weak(format!("of {}", group.n));
                ui.end_row();
            }
        });
    });
}

/// The frame that a mistake is of, if it is one: of what was drawn for the test, or of a dataset, by the manifest beside it.
fn frame_of(name: &str, drawn: Option<&Drawn>) -> Option<FrameOf> {
    if let Some(index) = name.strip_prefix("frame ") {
        let Drawn { scene, hash, seed } = drawn?.clone();
        return Some(FrameOf { scene, hash, seed, index: index.parse().ok()? });
    }
    let path = Path::new(name);
    let index = path.file_stem()?.to_str()?.parse().ok()?;
    let dataset = path.ancestors().skip(1).take(3).find(|folder| folder.join("motley.json").is_file())?;
    let manifest = fs::read_to_string(dataset.join("motley.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest).ok()?;
    Some(FrameOf {
        scene: Some(dataset.join("scene.ron")),
        hash: manifest["scene_hash"].as_str()?.to_owned(),
        seed: manifest["seed"].as_u64()?,
        index,
    })
}

/// Where the picture of a mistake lies: at its name, or else in the folder of those that lie nowhere else.
fn picture_of(name: &str, pictures: &Path) -> PathBuf {
    let path = PathBuf::from(name);
    if path.is_file() {
        return path;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".png");
    pictures.join(name)
}

fn mistakes_ui(ui: &mut Ui, one: &Evaluation, view: &mut View, wishes: &mut Wishes) {
    let (all, shown) = (one.mistakes.len(), one.mistakes.len().min(SHOWN));
    let title = if shown < all { format!("{shown} worst of {all} mistakes") } else { format!("Mistakes ({all})") };
    egui::CollapsingHeader::new(title).id_salt("mistakes").default_open(true).show(ui, |ui| {
        match view.mistake.and_then(|number| one.mistakes.get(number)) {
            Some(mistake) => mistake_ui(ui, mistake, view, wishes),
            None if all > 0 => {
                ui.weak("Click one to open it.");
            }
            None => {
                ui.weak("There is none.");
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
                let response = view.gallery.picture_ui(ui, &mistake.picture, SIDE, chosen);
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
    ui.horizontal_wrapped(|ui| {
        let path = Path::new(&mistake.name);
        let short = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        ui.label(format!("{short}: {} taken for {}", mistake.truth, mistake.predicted)).on_hover_text(&mistake.name);
        if let Some(frame) = &mistake.frame
            && ui.button("Open in preview").on_hover_text("Draws this very frame again").clicked()
        {
            wishes.open = Some(frame.clone());
        }
        if mistake.picture.is_file()
            && ui.button("Where did it look?").on_hover_text("Grad-CAM and occlusion maps").clicked()
        {
            wishes.explain = Some(mistake.picture.clone());
        }
    });
    explains_ui(ui, view);
}

fn explains_ui(ui: &mut Ui, view: &mut View) {
    // Picture and map side by side are a little more than twice as wide as high, and there are two of them.
    let height = (ui.available_width() / (2.2 * METHODS.len() as f32)).min(2.0 * SIDE);
    ui.horizontal(|ui| {
        for (method, job, out) in &view.explains {
            ui.vertical(|ui| {
                ui.weak(*method);
                match job.status() {
                    Status::Done => {
                        view.gallery.picture_ui(ui, &out.join("grid.png"), height, false);
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
        let drawn = Drawn { scene: None, hash: "abc".to_owned(), seed: 3 };
        let frame = FrameOf { hash: "abc".to_owned(), seed: 3, index: 12, ..FrameOf::default() };
        assert_eq!(frame_of("frame 12", Some(&drawn)), Some(frame));
        assert_eq!(frame_of("frame 12", None), None);
        assert_eq!(frame_of("photos/cat.1.jpg", Some(&drawn)), None);
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("cat")).unwrap();
        fs::write(folder.path().join("motley.json"), r#"{"seed": 7, "scene_hash": "d"}"#).unwrap();
        let frame = frame_of(folder.path().join("cat/000031.jpg").to_str().unwrap(), None).unwrap();
        assert_eq!((frame.seed, frame.index, frame.hash.as_str()), (7, 31, "d"));
        assert_eq!(frame_of(folder.path().join("cat/rex.jpg").to_str().unwrap(), None), None);
    }

    #[test]
    fn a_folder_without_results_says_so() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap_err().contains("no results yet"));
    }
}
