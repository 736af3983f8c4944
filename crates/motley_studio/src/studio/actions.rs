//! What shortcuts and the menu do.

use std::path::Path;

use bevy_egui::egui::{self, Key, KeyboardShortcut, Modifiers, Ui};

use super::Studio;
use crate::{config::docks, dialogs::Purpose, panes::Pane};

/// What shortcuts do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Undo,
    Redo,
    Save,
    SaveAs,
    Open,
    Quit,
    Previous,
    Next,
    Play,
    Help,
}

const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

/// All shortcuts. The more specific ones come first: `Ctrl+Z` would take `Ctrl+Shift+Z` as well.
pub(super) const SHORTCUTS: [(KeyboardShortcut, Action, &str); 11] = [
    (key(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z), Action::Redo, "Redo"),
    (key(Modifiers::COMMAND, Key::Y), Action::Redo, "Redo"),
    (key(Modifiers::COMMAND, Key::Z), Action::Undo, "Undo"),
    (key(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::S), Action::SaveAs, "Save as…"),
    (key(Modifiers::COMMAND, Key::S), Action::Save, "Save"),
    (key(Modifiers::COMMAND, Key::O), Action::Open, "Open…"),
    (key(Modifiers::COMMAND, Key::Q), Action::Quit, "Quit"),
    (key(Modifiers::NONE, Key::ArrowLeft), Action::Previous, "Previous frame"),
    (key(Modifiers::NONE, Key::ArrowRight), Action::Next, "Next frame"),
    (key(Modifiers::NONE, Key::Space), Action::Play, "Play and stop"),
    (key(Modifiers::NONE, Key::Questionmark), Action::Help, "This list"),
];

/// A shortcut as it is written.
pub(super) fn keys(ui: &Ui, shortcut: &KeyboardShortcut) -> String {
    match shortcut.logical_key {
        Key::Questionmark => "?".to_owned(),
        _ => ui.ctx().format_shortcut(shortcut),
    }
}

impl Studio {
    pub(super) fn shortcuts(&mut self, ui: &Ui) {
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
            self.after_save = None;
        }
    }

    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Undo => self.document.undo(),
            Action::Redo => self.document.redo(),
            Action::Save => self.save(),
            Action::SaveAs => self.ask_path(Purpose::SaveAs),
            Action::Open => self.ask_path(Purpose::Open),
            Action::Quit => self.close(),
            Action::Previous => self.views.preview.go(self.views.preview.index.saturating_sub(1)),
            Action::Next => self.views.preview.go(self.views.preview.index + 1),
            Action::Play => self.views.preview.playing = !self.views.preview.playing,
            Action::Help => self.help = !self.help,
        }
    }

    pub(super) fn menu_ui(&mut self, ui: &mut Ui) {
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
                item(ui, Action::Quit, "Quit", true);
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
                ui.weak("• not saved");
            }
        });
        if let Some(action) = chosen {
            self.act(action);
        }
    }
}
