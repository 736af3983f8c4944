//! The model of the window: what is open, what is shown, what is under way. It knows no window and needs no GPU.

mod actions;
mod docks;
mod modals;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use bevy_egui::egui::{self, Ui};
use motley_scene::scene::Scene;

use self::docks::Panes;
use crate::{
    config::Config,
    dialogs::{Dialogs, Purpose},
    document::{Document, DocumentError},
    import::{self, Dropped, Models},
    jobs::{Launcher, command},
    panes::{self, results::FrameOf},
    preview::{Place, Preview, Source, overlay::Layer},
};

/// How often the file is looked at, in seconds.
const DISK_PERIOD: f64 = 1.0;
/// Notices that are kept; older ones are not worth their room.
const MOST_NOTICES: usize = 3;

/// Views of the panes.
pub struct Views {
    /// Of the parameters.
    pub parameters: panes::parameters::View,
    /// Of the large picture.
    pub preview: panes::preview::View,
    /// Of the contact sheet.
    pub sheet: panes::sheet::View,
    /// Of the strip.
    pub strip: panes::strip::View,
    /// Of the capture.
    pub capture: panes::capture::View,
    /// Of the training.
    pub train: panes::train::View,
    /// Of its results.
    pub results: panes::results::View,
}

/// The model of the window.
pub struct Studio {
    /// The scene file that is open.
    pub document: Document,
    /// Its pictures.
    pub preview: Preview,
    /// Views of the panes.
    pub views: Views,
    /// What is remembered.
    pub config: Config,
    launcher: Launcher,
    dialogs: Dialogs,
    /// A path that the user types, and what for.
    prompt: Option<(Purpose, String)>,
    notices: Vec<Notice>,
    help: bool,
    /// The user is asked whether changes may be lost.
    leaving: Option<Leave>,
    closed: bool,
    /// What is to be done once the scene has a file.
    after_save: Option<AfterSave>,
    import: Option<Import>,
    looked_at_disk: f64,
    longest_frame: Duration,
}

/// What the user is told until it is closed.
#[derive(Clone, PartialEq, Eq)]
struct Notice {
    text: String,
    is_error: bool,
}

#[derive(Clone, PartialEq, Eq)]
enum AfterSave {
    Capture,
    Train,
    Leave(Leave),
}

/// What would lose changes that are not saved.
#[derive(Clone, PartialEq, Eq)]
enum Leave {
    /// Closing the window.
    Close,
    /// Opening another scene.
    Open(PathBuf),
}

/// Models that were dropped.
enum Import {
    Asked(Models),
    Copying(Models, JoinHandle<std::io::Result<()>>),
}

impl Studio {
    /// Shows a document with what `preview` draws; commands are started by `launcher`.
    pub fn new(document: Document, preview: Preview, launcher: Launcher, config: Config) -> Self {
        let views = Views {
            parameters: panes::parameters::View::default(),
            preview: panes::preview::View::new(config.overlay),
            sheet: panes::sheet::View::default(),
            strip: panes::strip::View::default(),
            capture: panes::capture::View::default(),
            train: panes::train::View::new(config.training.clone()),
            results: panes::results::View::new(launcher.folder.clone(), launcher.wake.clone()),
        };
        Self {
            document,
            preview,
            views,
            config,
            dialogs: Dialogs::new(launcher.wake.clone()),
            launcher,
            prompt: None,
            notices: Vec::new(),
            help: false,
            leaving: None,
            closed: false,
            after_save: None,
            import: None,
            looked_at_disk: 0.0,
            longest_frame: Duration::ZERO,
        }
    }

    /// What the window is called.
    pub fn title(&self) -> String {
        let mark = if self.document.is_changed() { "● " } else { "" };
        format!("{mark}{} – Motley", self.document.name())
    }

    /// Does what is due at `now`, in seconds. Gives the time until something is due again.
    pub fn update(&mut self, now: f64) -> Duration {
        self.preview.receive();
        self.views.capture.poll();
        self.views.results.poll();
        if let Some(run) = self.views.train.poll() {
            self.views.results.open(&run);
            let test = self.views.train.form.test.trim();
            if !test.is_empty() {
                test.clone_into(&mut self.views.results.test);
                self.eval();
            }
        }
        while let Some((purpose, path)) = self.dialogs.chosen() {
            self.chosen(purpose, path);
        }
        if now - self.looked_at_disk >= DISK_PERIOD {
            self.looked_at_disk = now;
            self.document.look_at_disk();
        }
        let there = !self.preview.is_stale(Place::Main);
        let next = self.views.preview.play(now, there);
        next.unwrap_or(Duration::from_secs_f64(DISK_PERIOD))
    }

    /// Draws the window and does what the user wants; `now` is a clock in seconds.
    pub fn ui(&mut self, ui: &mut Ui, now: f64) {
        ui.ctx().set_theme(self.config.theme);
        self.shortcuts(ui);
        egui::Panel::top("menu").show(ui, |ui| self.menu_ui(ui));
        egui::Panel::bottom("status").show(ui, |ui| self.status_ui(ui));
        self.notices_ui(ui);
        let mut docks = std::mem::replace(&mut self.config.docks, egui_tiles::Tree::empty("docks"));
        let mut panes = Panes { studio: self, wanted: Vec::new(), front: None, now };
        egui::CentralPanel::default().show(ui, |ui| docks.ui(&mut panes, ui));
        let Panes { mut wanted, front, .. } = panes;
        self.config.docks = docks;
        front.into_iter().for_each(|pane| self.config.show(pane));
        self.config.overlay = self.views.preview.overlay;
        // The frame in the preview is wanted even when its pane is hidden: the recipe is of it.
        wanted.push((Place::Main, self.views.preview.shot()));
        self.preview.ask(&self.source(), wanted);
        self.prompt_ui(ui);
        self.import_ui(ui, now);
        self.help_ui(ui);
        self.leaving_ui(ui);
    }

    /// What is drawn.
    pub fn source(&self) -> Source {
        let output = &self.document.scene().output;
        Source {
            text: self.document.text().into(),
            base: self.document.base(),
            seed: self.views.preview.seed.unwrap_or(output.seed),
            size: output.size,
            normals: self.views.preview.overlay.layer == Layer::Normals,
        }
    }

    /// Tells the user something.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.note(Notice { text: text.into(), is_error: false });
    }

    /// Tells the user what went wrong.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.note(Notice { text: text.into(), is_error: true });
    }

    /// What went wrong before is over when the user's next step succeeds.
    fn clear_errors(&mut self) {
        self.notices.retain(|notice| !notice.is_error);
    }

    fn note(&mut self, notice: Notice) {
        self.notices.retain(|known| *known != notice);
        self.notices.push(notice);
        let excess = self.notices.len().saturating_sub(MOST_NOTICES);
        self.notices.drain(..excess);
    }

    /// What is to be remembered for the next time.
    pub fn remembered(&self) -> Config {
        Config { training: self.views.train.form.clone(), ..self.config.clone() }
    }

    /// Notes how long a frame of the window took.
    pub fn note_frame(&mut self, took: Duration) {
        self.longest_frame = self.longest_frame.max(took);
    }

    /// The longest frame of the window so far.
    pub fn longest_frame(&self) -> Duration {
        self.longest_frame
    }

    /// The user wants to close the window.
    pub fn close(&mut self) {
        self.leave(Leave::Close);
    }

    /// May the window be closed?
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Files and folders that were dropped on the window.
    pub fn dropped(&mut self, paths: &[PathBuf], now: f64) {
        for path in paths {
            match Dropped::find(path) {
                Ok(Dropped::Scene(path)) => self.open(&path),
                Ok(Dropped::Models(models)) => self.import = Some(Import::Asked(models)),
                Ok(Dropped::Pack { folder, classes }) => {
                    let mut scene = self.document.scene().clone();
                    let relative = command::relative(&folder, &self.document.base());
                    import::add_pack(&mut scene, &relative.display().to_string());
                    classes.iter().for_each(|class| import::add_class(&mut scene, class, None));
                    self.document.edit(scene, now);
                }
                Err(reason) => self.warn(reason),
            }
        }
    }

    /// Opens a scene file, after asking when there are changes that would be lost.
    pub fn open(&mut self, path: &Path) {
        self.leave(Leave::Open(path.to_owned()));
    }

    fn leave(&mut self, leave: Leave) {
        if self.document.is_changed() {
            self.leaving = Some(leave);
        } else {
            self.left(leave);
        }
    }

    /// Leaves the scene, whatever is lost.
    fn left(&mut self, leave: Leave) {
        match leave {
            Leave::Close => self.closed = true,
            Leave::Open(path) => match Document::open(&path) {
                Ok(document) => {
                    self.document = document;
                    self.views.preview.go(0);
                    self.clear_errors();
                }
                Err(error) => self.warn(error.to_string()),
            },
        }
    }

    /// Shows a frame that a run was judged on, drawn again. Other scenes would draw another picture under its index.
    fn open_frame(&mut self, frame: &FrameOf) {
        if self.document.scene().hash() != frame.hash {
            if self.document.is_changed() {
                self.warn(
                    "The open scene has changes that are not saved: save or undo them, then open the frame again",
                );
                return;
            }
            let file = frame.scene.as_deref().map(Document::open);
            match file {
                Some(Ok(document)) if document.scene().hash() == frame.hash => self.document = document,
                _ => {
                    let scene =
                        frame.scene.as_ref().map_or_else(|| "the default scene".into(), |s| s.display().to_string());
                    self.warn(format!("{scene} was changed since this frame was drawn: the run's folder has its text"));
                    return;
                }
            }
        }
        self.clear_errors();
        let view = &mut self.views.preview;
        view.go(frame.index);
        view.seed = (frame.seed != self.document.scene().output.seed).then_some(frame.seed);
    }

    fn save(&mut self) {
        match self.document.save() {
            Ok(()) => self.saved(),
            Err(DocumentError::NoFile) => self.ask_path(Purpose::SaveAs),
            Err(error) => {
                self.after_save = None;
                self.warn(error.to_string());
            }
        }
    }

    fn saved(&mut self) {
        self.clear_errors();
        match self.after_save.take() {
            Some(AfterSave::Capture) => self.capture(),
            Some(AfterSave::Train) => self.train(),
            Some(AfterSave::Leave(leave)) => self.left(leave),
            None => {}
        }
    }

    /// The scene's file as a child process finds it, if it says what the window says.
    fn file(&self) -> Option<PathBuf> {
        let file = self.document.path().filter(|_| !self.document.is_changed())?;
        Some(command::relative(file, &self.launcher.folder))
    }

    /// Captures what the form says, after the scene was saved.
    fn capture(&mut self) {
        let Some(file) = self.file() else {
            self.after_save = Some(AfterSave::Capture);
            self.save();
            return;
        };
        if let Err(error) = self.views.capture.start(&self.launcher, &file, self.document.scene()) {
            self.warn(format!("The capture cannot be started: {error}"));
        }
    }

    /// Trains what the form says, after the scene was saved if its frames are learnt.
    fn train(&mut self) {
        let file = self.file();
        if file.is_none() && self.views.train.form.stream {
            self.after_save = Some(AfterSave::Train);
            self.save();
            return;
        }
        if let Err(error) = self.views.train.start(&self.launcher, &file.unwrap_or_default()) {
            self.warn(format!("The training cannot be started: {error}"));
        }
    }

    /// Goes on with the run in the form's folder, with the settings that it was begun with.
    fn resume_training(&mut self) {
        if let Err(error) = self.views.train.resume(&self.launcher) {
            self.warn(format!("The training cannot be started: {error}"));
        }
    }

    /// Judges the run that is looked at on the test folder.
    fn eval(&mut self) {
        if let Err(error) = self.views.results.start_eval(&self.launcher) {
            self.warn(format!("The command cannot be started: {error}"));
        }
    }

    /// Shows where that run looks on a picture.
    fn explain(&mut self, picture: &Path) {
        if let Err(error) = self.views.results.start_explain(&self.launcher, picture) {
            self.warn(format!("The command cannot be started: {error}"));
        }
    }

    /// Asks for a path by typing; a dialog of the system is behind a button.
    fn ask_path(&mut self, purpose: Purpose) {
        let folder = self.document.path().map_or_else(|| self.launcher.folder.clone(), |_| self.document.base());
        let name = match purpose {
            Purpose::Open | Purpose::CaptureFolder | Purpose::Training(_) => String::new(),
            Purpose::SaveAs => match self.document.path().and_then(Path::file_name) {
                Some(name) => name.to_string_lossy().into_owned(),
                None => format!("{}.scene.ron", self.document.scene().name),
            },
            Purpose::Model => "model.safetensors".to_owned(),
            Purpose::Picture => format!("{}-{:06}.png", self.document.scene().name, self.views.preview.index),
        };
        self.prompt = Some((purpose, folder.join(name).display().to_string()));
    }

    fn chosen(&mut self, purpose: Purpose, path: PathBuf) {
        self.prompt = None;
        match purpose {
            Purpose::Open => self.open(&path),
            // Its own file may have changed on disk.
            Purpose::SaveAs if self.document.path() == Some(path.as_path()) => self.save(),
            Purpose::SaveAs => match self.document.save_as(&path) {
                Ok(()) => self.saved(),
                Err(error) => self.warn(error.to_string()),
            },
            Purpose::Picture => self.save_picture(&path),
            Purpose::Model => self.save_model(&path),
            Purpose::CaptureFolder => self.views.capture.out = Some(self.typed(&path)),
            Purpose::Training(input) => *self.views.train.form.input(input) = self.typed(&path),
        }
    }

    /// A path as it is typed into a form.
    fn typed(&self, path: &Path) -> String {
        command::relative(path, &self.launcher.folder).display().to_string()
    }

    /// Saves the picture as it is captured, without what lies over it.
    fn save_picture(&mut self, path: &Path) {
        let Some(frame) = self.preview.frame(Place::Main) else {
            self.warn("There is no picture yet");
            return;
        };
        let saved = image::save_buffer(path, &frame.rgb, frame.width, frame.height, image::ColorType::Rgb8);
        match saved {
            Ok(()) => self.tell(format!("Saved {}", path.display())),
            Err(error) => self.warn(format!("The picture cannot be saved as {}: {error}", path.display())),
        }
    }

    /// Copies the best model of the run that is looked at.
    fn save_model(&mut self, path: &Path) {
        let Some(model) = self.views.results.model() else {
            self.warn("This run has no model yet: train it at least one epoch");
            return;
        };
        match std::fs::copy(&model, path) {
            Ok(_) => self.tell(format!("Saved {}", path.display())),
            Err(error) => self.warn(format!("{} cannot be copied to {}: {error}", model.display(), path.display())),
        }
    }

    fn status_ui(&self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            match self.preview.adapter() {
                Some(adapter) => ui.weak(&adapter.name).on_hover_text(&adapter.driver),
                None => ui.weak("Starting the renderer…"),
            };
            let missing = self.preview.missing();
            if missing > 0 && self.preview.faults().is_empty() {
                ui.separator();
                ui.weak(format!("{missing} to draw"));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.weak(format!("longest frame of the window {} ms", self.longest_frame.as_millis()));
            });
        });
    }

    fn notices_ui(&mut self, ui: &mut Ui) {
        let disk = !self.document.disk_faults().is_empty();
        if self.notices.is_empty() && !disk && !self.document.has_conflict() && self.preview.failure().is_none() {
            return;
        }
        egui::Panel::top("notices").show(ui, |ui| {
            let mut closed = None;
            for (number, notice) in self.notices.iter().enumerate() {
                ui.horizontal(|ui| {
                    if ui.small_button("×").clicked() {
                        closed = Some(number);
                    }
                    let colour = if notice.is_error { ui.visuals().error_fg_color } else { ui.visuals().text_color() };
                    ui.colored_label(colour, &notice.text);
                });
            }
            if let Some(number) = closed {
                self.notices.remove(number);
            }
            if disk {
                let colour = ui.visuals().error_fg_color;
                ui.colored_label(colour, "The file on disk has faults; what is shown is its last good state:");
                for fault in self.document.disk_faults() {
                    ui.colored_label(colour, fault.to_string());
                }
                let tip = "What is shown here may then be saved over it";
                if ui.button("Keep what is here").on_hover_text(tip).clicked() {
                    self.document.settle(false);
                }
            }
            if let Some(reason) = self.preview.failure() {
                ui.colored_label(ui.visuals().error_fg_color, reason);
            }
            if self.document.has_conflict() {
                ui.horizontal(|ui| {
                    ui.label("The file changed on disk, and there are changes here.");
                    if ui.button("Take the file").on_hover_text("Undo brings the changes back").clicked() {
                        self.document.settle(true);
                    }
                    if ui.button("Keep the changes").clicked() {
                        self.document.settle(false);
                    }
                });
            }
        });
    }

    fn edit(&mut self, scene: Option<Scene>, now: f64) {
        if let Some(scene) = scene {
            self.document.edit(scene, now);
        }
    }
}

/// A launcher of this very program.
///
/// # Errors
/// When its file or the folder in which it runs cannot be found.
pub fn launcher(wake: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Launcher> {
    Ok(Launcher { program: std::env::current_exe()?, folder: std::env::current_dir()?, wake })
}
