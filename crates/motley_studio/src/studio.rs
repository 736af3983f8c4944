//! The model of the window: what is open, what is shown, what is under way. It knows no window and needs no GPU.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use bevy_egui::egui::{self, Key, KeyboardShortcut, Modifiers, Ui, WidgetText};
use egui_tiles::{Behavior, TileId, UiResponse};
use motley_scene::scene::Scene;

use crate::{
    config::{Config, docks},
    dialogs::{Dialogs, Purpose},
    document::{Document, DocumentError},
    import::{self, Dropped, Models},
    jobs::{Launcher, command},
    panes::{
        self, Pane, capture::capture_ui, parameters::parameters_ui, preview::preview_ui, recipe::recipe_ui,
        results::results_ui, sheet::sheet_ui, strip::strip_ui, train::train_ui,
    },
    preview::{Place, Preview, Shot, Source, overlay::Layer},
};

/// How often the file is looked at, in seconds.
const DISK_PERIOD: f64 = 1.0;

/// What shortcuts do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Undo,
    Redo,
    Save,
    SaveAs,
    Open,
    Previous,
    Next,
    Play,
    Help,
}

const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

/// All shortcuts. The more specific ones come first: `Ctrl+Z` would take `Ctrl+Shift+Z` as well.
const SHORTCUTS: [(KeyboardShortcut, Action, &str); 10] = [
    (key(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z), Action::Redo, "Redo"),
    (key(Modifiers::COMMAND, Key::Y), Action::Redo, "Redo"),
    (key(Modifiers::COMMAND, Key::Z), Action::Undo, "Undo"),
    (key(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::S), Action::SaveAs, "Save as…"),
    (key(Modifiers::COMMAND, Key::S), Action::Save, "Save"),
    (key(Modifiers::COMMAND, Key::O), Action::Open, "Open…"),
    (key(Modifiers::NONE, Key::ArrowLeft), Action::Previous, "Previous frame"),
    (key(Modifiers::NONE, Key::ArrowRight), Action::Next, "Next frame"),
    (key(Modifiers::NONE, Key::Space), Action::Play, "Play and stop"),
    (key(Modifiers::NONE, Key::Questionmark), Action::Help, "This list"),
];

/// A shortcut as it is written.
fn keys(ui: &Ui, shortcut: &KeyboardShortcut) -> String {
    match shortcut.logical_key {
        Key::Questionmark => "?".to_owned(),
        _ => ui.ctx().format_shortcut(shortcut),
    }
}

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
    notices: Vec<String>,
    help: bool,
    closing: Closing,
    /// What is to be done once the scene has a file.
    after_save: Option<AfterSave>,
    import: Option<Import>,
    looked_at_disk: f64,
    longest_frame: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AfterSave {
    Capture,
    Train,
    Close,
}

/// Models that were dropped.
enum Import {
    Asked(Models),
    Copying(Models, JoinHandle<std::io::Result<()>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    No,
    Asked,
    Yes,
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
            train: panes::train::View::default(),
            results: panes::results::View::new(launcher.wake.clone()),
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
            closing: Closing::No,
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
        self.closing_ui(ui);
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
    pub fn tell(&mut self, notice: impl Into<String>) {
        let notice = notice.into();
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
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
        self.closing = if self.document.is_changed() { Closing::Asked } else { Closing::Yes };
    }

    /// May the window be closed?
    pub fn is_closed(&self) -> bool {
        self.closing == Closing::Yes
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
                Err(reason) => self.tell(reason),
            }
        }
    }

    /// Asks what dropped models are, and copies them.
    fn import_ui(&mut self, ui: &Ui, now: f64) {
        match self.import.take() {
            None => {}
            Some(Import::Copying(models, copying)) if copying.is_finished() => match copying.join() {
                Ok(Ok(())) => {
                    let mut scene = self.document.scene().clone();
                    models.add(&mut scene);
                    self.document.edit(scene, now);
                }
                Ok(Err(error)) => self.tell(format!("The models cannot be copied: {error}")),
                Err(_) => self.tell("The models could not be copied"),
            },
            Some(Import::Copying(models, copying)) => {
                ui.ctx().request_repaint();
                self.import = Some(Import::Copying(models, copying));
            }
            Some(Import::Asked(mut models)) => {
                let (mut add, mut cancel) = (false, false);
                egui::Modal::new("import".into()).show(ui.ctx(), |ui| {
                    ui.heading("Add models");
                    let count = models.files.len();
                    let pack = self.document.base().join(import::PACK);
                    ui.label(format!("{count} files are copied to {}", pack.display()));
                    let known = self.document.scene().classes.iter().any(|class| class.name == models.class);
                    ui.horizontal(|ui| {
                        let label = ui.label("Class");
                        ui.text_edit_singleline(&mut models.class).labelled_by(label.id);
                        ui.weak(if known { "is there: they become breeds of it" } else { "is new" });
                    });
                    ui.horizontal_wrapped(|ui| {
                        for class in &self.document.scene().classes {
                            if ui.small_button(&class.name).clicked() {
                                models.class.clone_from(&class.name);
                            }
                        }
                    });
                    if !known {
                        ui.horizontal(|ui| {
                            let label = ui.label("Height");
                            let drag = egui::DragValue::new(&mut models.height_m).range(0.001..=1000.0).speed(0.01);
                            ui.add(drag.suffix(" m")).labelled_by(label.id);
                        });
                    }
                    let fault = models.fault();
                    if let Some(fault) = &fault {
                        ui.colored_label(ui.visuals().error_fg_color, fault);
                    }
                    ui.horizontal(|ui| {
                        add = ui.add_enabled(fault.is_none(), egui::Button::new("Add")).clicked();
                        cancel = ui.button("Cancel").clicked();
                    });
                });
                self.import = if add {
                    let copying = models.copy(&self.document.base());
                    copying.map(|copying| Import::Copying(models, copying)).ok()
                } else {
                    (!cancel).then_some(Import::Asked(models))
                };
            }
        }
    }

    /// Opens a scene file, unless there are changes that would be lost.
    pub fn open(&mut self, path: &Path) {
        if self.document.is_changed() {
            self.tell("This scene has changes: save or undo them before you open another one");
            return;
        }
        match Document::open(path) {
            Ok(document) => {
                self.document = document;
                self.views.preview.go(0);
            }
            Err(error) => self.tell(error.to_string()),
        }
    }

    fn save(&mut self) {
        match self.document.save() {
            Ok(()) => self.saved(),
            Err(DocumentError::NoFile) => self.ask_path(Purpose::SaveAs),
            Err(error) => {
                self.after_save = None;
                self.tell(error.to_string());
            }
        }
    }

    fn saved(&mut self) {
        match self.after_save.take() {
            Some(AfterSave::Capture) => self.capture(),
            Some(AfterSave::Train) => self.train(false),
            Some(AfterSave::Close) => self.closing = Closing::Yes,
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
            self.tell(format!("The capture cannot be started: {error}"));
        }
    }

    /// Trains what the form says, after the scene was saved if its frames are learnt.
    fn train(&mut self, resume: bool) {
        let file = self.file();
        if file.is_none() && self.views.train.form.stream {
            self.after_save = Some(AfterSave::Train);
            self.save();
            return;
        }
        if let Err(error) = self.views.train.start(&self.launcher, &file.unwrap_or_default(), resume) {
            self.tell(format!("The training cannot be started: {error}"));
        }
    }

    /// Asks for a path by typing; a dialog of the system is behind a button.
    fn ask_path(&mut self, purpose: Purpose) {
        let folder = self.document.path().map_or_else(|| self.launcher.folder.clone(), |_| self.document.base());
        let name = match purpose {
            Purpose::Open | Purpose::CaptureFolder => String::new(),
            Purpose::SaveAs => match self.document.path().and_then(Path::file_name) {
                Some(name) => name.to_string_lossy().into_owned(),
                None => format!("{}.scene.ron", self.document.scene().name),
            },
            Purpose::Picture => format!("{}-{:06}.png", self.document.scene().name, self.views.preview.index),
        };
        self.prompt = Some((purpose, folder.join(name).display().to_string()));
    }

    fn chosen(&mut self, purpose: Purpose, path: PathBuf) {
        self.prompt = None;
        match purpose {
            Purpose::Open => self.open(&path),
            Purpose::SaveAs => match self.document.save_as(&path) {
                Ok(()) => self.saved(),
                Err(error) => self.tell(error.to_string()),
            },
            Purpose::Picture => self.save_picture(&path),
            Purpose::CaptureFolder => self.views.capture.out = Some(path.display().to_string()),
        }
    }

    /// Saves the picture as it is captured, without what lies over it.
    fn save_picture(&mut self, path: &Path) {
        let Some(frame) = self.preview.frame(Place::Main) else {
            self.tell("There is no picture yet");
            return;
        };
        let saved = image::save_buffer(path, &frame.rgb, frame.width, frame.height, image::ColorType::Rgb8);
        match saved {
            Ok(()) => self.tell(format!("Saved {}", path.display())),
            Err(error) => self.tell(format!("{}: {error}", path.display())),
        }
    }

    fn shortcuts(&mut self, ui: &Ui) {
        let typing = ui.ctx().egui_wants_keyboard_input();
        for (shortcut, action, _) in SHORTCUTS {
            let plain = shortcut.modifiers == Modifiers::NONE;
            // `?` stands behind Shift on many keyboards.
            let pressed = |input: &mut egui::InputState| match shortcut.logical_key {
                Key::Questionmark => input.key_pressed(Key::Questionmark),
                _ => input.consume_shortcut(&shortcut),
            };
            if !(plain && typing) && ui.input_mut(pressed) {
                self.act(action);
            }
        }
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            self.help = false;
            self.prompt = None;
        }
    }

    fn act(&mut self, action: Action) {
        let view = &mut self.views.preview;
        match action {
            Action::Undo => self.document.undo(),
            Action::Redo => self.document.redo(),
            Action::Save => self.save(),
            Action::SaveAs => self.ask_path(Purpose::SaveAs),
            Action::Open => self.ask_path(Purpose::Open),
            Action::Previous => view.go(view.index.saturating_sub(1)),
            Action::Next => view.go(view.index + 1),
            Action::Play => view.playing = !view.playing,
            Action::Help => self.help = !self.help,
        }
    }

    fn menu_ui(&mut self, ui: &mut Ui) {
        let mut chosen = None;
        egui::MenuBar::new().ui(ui, |ui| {
            let mut item = |ui: &mut Ui, action: Action, name: &str, possible: bool| {
                let shortcut = SHORTCUTS.iter().find(|(_, known, _)| *known == action);
                let keys = shortcut.map(|(shortcut, ..)| keys(ui, shortcut)).unwrap_or_default();
                if ui.add_enabled(possible, egui::Button::new(name).shortcut_text(keys)).clicked() {
                    chosen = Some(action);
                    ui.close();
                }
            };
            ui.menu_button("File", |ui| {
                item(ui, Action::Open, "Open…", true);
                item(ui, Action::Save, "Save", true);
                item(ui, Action::SaveAs, "Save as…", true);
            });
            ui.menu_button("Edit", |ui| {
                item(ui, Action::Undo, "Undo", self.document.can_undo());
                item(ui, Action::Redo, "Redo", self.document.can_redo());
            });
            ui.menu_button("View", |ui| {
                for pane in Pane::ALL {
                    if ui.button(pane.title()).clicked() {
                        self.config.show(pane);
                        ui.close();
                    }
                }
                ui.separator();
                if ui.button("Reset the layout").clicked() {
                    self.config.docks = docks();
                    ui.close();
                }
                ui.separator();
                self.config.theme.radio_buttons(ui);
            });
            ui.menu_button("Help", |ui| item(ui, Action::Help, "Keyboard shortcuts", true));
            ui.separator();
            ui.label(self.document.name())
                .on_hover_text(self.document.path().unwrap_or(Path::new("")).display().to_string());
            if self.document.is_changed() {
                ui.weak("● not saved");
            }
        });
        if let Some(action) = chosen {
            self.act(action);
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
                    ui.label(notice);
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

    fn prompt_ui(&mut self, ui: &Ui) {
        let Some((purpose, path)) = &mut self.prompt else { return };
        let purpose = *purpose;
        let (title, button) = match purpose {
            Purpose::Open => ("Open a scene", "Open"),
            Purpose::SaveAs => ("Save the scene as", "Save"),
            Purpose::Picture => ("Save the picture as", "Save"),
            Purpose::CaptureFolder => ("Folder of the dataset", "Choose"),
        };
        let (mut done, mut cancelled) = (false, false);
        egui::Modal::new("path".into()).show(ui.ctx(), |ui| {
            ui.heading(title);
            let edit = ui.add(egui::TextEdit::singleline(path).desired_width(520.0));
            if ui.memory(|memory| memory.focused().is_none()) {
                edit.request_focus();
            }
            done = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            ui.horizontal(|ui| {
                done |= ui.button(button).clicked();
                if ui.button("Browse…").clicked() {
                    self.dialogs.open(purpose, Path::new(path.as_str()));
                }
                cancelled = ui.button("Cancel").clicked();
            });
        });
        if done {
            let path = self.launcher.folder.join(path.trim());
            self.chosen(purpose, path);
        } else if cancelled {
            self.prompt = None;
            self.after_save = None;
        }
    }

    fn help_ui(&mut self, ui: &Ui) {
        if !self.help {
            return;
        }
        let modal = egui::Modal::new("help".into()).show(ui.ctx(), |ui| {
            ui.heading("Keyboard shortcuts");
            egui::Grid::new("shortcuts").num_columns(2).striped(true).show(ui, |ui| {
                for (shortcut, _, name) in SHORTCUTS {
                    ui.monospace(keys(ui, &shortcut));
                    ui.label(name);
                    ui.end_row();
                }
            });
            ui.weak("Right-click a field's name to reset it. Drag tabs to move panes.");
        });
        if modal.should_close() {
            self.help = false;
        }
    }

    fn closing_ui(&mut self, ui: &Ui) {
        if self.closing != Closing::Asked {
            return;
        }
        let modal = egui::Modal::new("closing".into()).show(ui.ctx(), |ui| {
            ui.heading("The scene is not saved");
            ui.horizontal(|ui| {
                if ui.button("Save and close").clicked() {
                    self.closing = Closing::No;
                    self.after_save = Some(AfterSave::Close);
                    self.save();
                }
                if ui.button("Close without saving").clicked() {
                    self.closing = Closing::Yes;
                }
                if ui.button("Cancel").clicked() {
                    self.closing = Closing::No;
                }
            });
        });
        if modal.should_close() && self.closing == Closing::Asked {
            self.closing = Closing::No;
        }
    }

    fn edit(&mut self, scene: Option<Scene>, now: f64) {
        if let Some(scene) = scene {
            self.document.edit(scene, now);
        }
    }
}

struct Panes<'a> {
    studio: &'a mut Studio,
    wanted: Vec<(Place, Shot)>,
    /// A pane that is to be brought to the front.
    front: Option<Pane>,
    now: f64,
}

impl Behavior<Pane> for Panes<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut Pane) -> UiResponse {
        egui::Frame::new().inner_margin(6).show(ui, |ui| self.show(ui, *pane));
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.title().into()
    }

    fn simplification_options(&self) -> egui_tiles::SimplificationOptions {
        egui_tiles::SimplificationOptions { all_panes_must_have_tabs: true, ..Default::default() }
    }
}

impl Panes<'_> {
    fn show(&mut self, ui: &mut Ui, pane: Pane) {
        let file = self.studio.file();
        let Studio { document, preview, views, launcher, .. } = &mut *self.studio;
        match pane {
            Pane::Parameters => {
                let known = preview.known().clone();
                let wishes = parameters_ui(ui, document.scene(), &known, preview.faults(), &mut views.parameters);
                self.studio.edit(wishes.scene, self.now);
                if let Some(parameter) = wishes.vary {
                    self.studio.views.strip.parameter = parameter;
                    self.front = Some(Pane::Strip);
                }
            }
            Pane::Preview => {
                let wishes = preview_ui(ui, document.scene(), preview, &mut views.preview);
                if wishes.save {
                    self.studio.ask_path(Purpose::Picture);
                }
            }
            Pane::Recipe => recipe_ui(ui, preview.frame(Place::Main).as_deref()),
            Pane::Sheet => {
                let clicked = sheet_ui(ui, preview, &mut views.sheet, views.preview.index, &mut self.wanted);
                if let Some(index) = clicked {
                    views.preview.go(index);
                }
            }
            Pane::Strip => strip_ui(ui, preview, &mut views.strip, views.preview.index, &mut self.wanted),
            Pane::Capture => {
                let wishes = capture_ui(ui, document.scene(), file.as_deref(), &mut views.capture);
                if wishes.browse {
                    self.studio.ask_path(Purpose::CaptureFolder);
                }
                if wishes.start {
                    self.studio.capture();
                }
            }
            Pane::Train => {
                let wishes = train_ui(ui, file.as_deref(), &mut views.train);
                if let Some(run) = wishes.results {
                    views.results.open(&run);
                    self.front = Some(Pane::Results);
                }
                if wishes.start || wishes.resume {
                    self.studio.train(wishes.resume);
                }
            }
            Pane::Results => {
                let wishes = results_ui(ui, &launcher.folder, &mut views.results);
                let mut started = Ok(());
                if wishes.eval {
                    started = views.results.start_eval(launcher);
                }
                if let Some(picture) = wishes.explain {
                    started = started.and(views.results.start_explain(launcher, &picture));
                }
                if let Some((seed, index)) = wishes.open {
                    views.preview.go(index);
                    views.preview.seed = (seed != document.scene().output.seed).then_some(seed);
                }
                if let Err(error) = started {
                    self.studio.tell(format!("The command cannot be started: {error}"));
                }
            }
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
