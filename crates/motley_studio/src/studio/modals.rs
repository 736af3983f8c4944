//! What lies over the window until it is answered.

use std::path::Path;

use bevy_egui::egui::{self, Key, Ui};

use super::{
    AfterSave, Import, Leave, Studio,
    actions::{SHORTCUTS, keys},
};
use crate::{
    dialogs::{Input, Purpose},
    import,
};

impl Studio {
    /// Asks what dropped models are, and copies them.
    pub(super) fn import_ui(&mut self, ui: &Ui, now: f64) {
        match self.import.take() {
            None => {}
            Some(Import::Copying(models, copying)) if copying.is_finished() => match copying.join() {
                Ok(Ok(())) => {
                    let mut scene = self.document.scene().clone();
                    models.add(&mut scene);
                    self.document.edit(scene, now);
                }
                Ok(Err(error)) => self.warn(format!("The models cannot be copied: {error}")),
                Err(_) => self.warn("The models could not be copied"),
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

    pub(super) fn prompt_ui(&mut self, ui: &Ui) {
        let Some((purpose, path)) = &mut self.prompt else { return };
        let purpose = *purpose;
        let (title, button) = match purpose {
            Purpose::Open => ("Open a scene", "Open"),
            Purpose::SaveAs => ("Save the scene as", "Save"),
            Purpose::Picture => ("Save the picture as", "Save"),
            Purpose::Training(Input::Weights) => ("Weights of the network", "Choose"),
            Purpose::Training(_) => ("Folder of pictures", "Choose"),
            Purpose::Model => ("Save the model as", "Save"),
            Purpose::CaptureFolder => ("Folder of the dataset", "Choose"),
        };
        let saves = matches!(purpose, Purpose::SaveAs | Purpose::Picture | Purpose::Model);
        let whole = self.launcher.folder.join(path.trim());
        // Its own file is what saving is for.
        let taken = saves && whole.is_file() && self.document.path() != Some(whole.as_path());
        let (mut done, mut cancelled) = (false, false);
        egui::Modal::new("path".into()).show(ui.ctx(), |ui| {
            ui.heading(title);
            let edit = ui.add(egui::TextEdit::singleline(path).desired_width(520.0));
            done = !taken && edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if ui.memory(|memory| memory.focused().is_none()) {
                edit.request_focus();
            }
            if taken {
                ui.colored_label(ui.visuals().warn_fg_color, "This file is there already");
            }
            ui.horizontal(|ui| {
                done |= ui.button(if taken { "Replace it" } else { button }).clicked();
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

    pub(super) fn help_ui(&mut self, ui: &Ui) {
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

    pub(super) fn leaving_ui(&mut self, ui: &Ui) {
        let Some(leave) = self.leaving.clone() else { return };
        let [save, lose] = match leave {
            Leave::Close => ["Save and close", "Close without saving"],
            Leave::Open(_) => ["Save and open", "Open without saving"],
        };
        let modal = egui::Modal::new("leaving".into()).show(ui.ctx(), |ui| {
            ui.heading("The scene is not saved");
            ui.horizontal(|ui| {
                if ui.button(save).clicked() {
                    self.leaving = None;
                    self.after_save = Some(AfterSave::Leave(leave.clone()));
                    self.save();
                }
                if ui.button(lose).clicked() {
                    self.leaving = None;
                    self.left(leave);
                }
                if ui.button("Cancel").clicked() {
                    self.leaving = None;
                }
            });
        });
        if modal.should_close() {
            self.leaving = None;
        }
    }
}
