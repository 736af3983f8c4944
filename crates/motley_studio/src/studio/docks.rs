//! The panes in their docks, and what each wishes.

use bevy_egui::egui::{self, Ui, WidgetText};
use egui_tiles::{Behavior, TileId, UiResponse};

use super::Studio;
use crate::{
    dialogs::Purpose,
    panes::{
        Pane, capture::capture_ui, parameters::parameters_ui, preview::preview_ui, recipe::recipe_ui,
        results::results_ui, sheet::sheet_ui, strip::strip_ui, train::train_ui,
    },
    preview::{Place, Shot},
};

/// The panes while they are shown.
pub(super) struct Panes<'a> {
    pub(super) studio: &'a mut Studio,
    /// Pictures that they show.
    pub(super) wanted: Vec<(Place, Shot)>,
    /// A pane that is to be brought to the front.
    pub(super) front: Option<Pane>,
    pub(super) now: f64,
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
                let wishes = parameters_ui(ui, document.scene(), preview, &mut views.parameters);
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
                let wishes = sheet_ui(ui, preview, &mut views.sheet, views.preview.index, &mut self.wanted);
                if let Some(index) = wishes.open {
                    views.preview.go(index);
                }
                if wishes.recipe {
                    self.front = Some(Pane::Recipe);
                }
                if wishes.save {
                    self.studio.ask_path(Purpose::Picture);
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
                let wishes = train_ui(ui, file.as_deref(), &launcher.folder, &mut views.train);
                if let Some(run) = wishes.results {
                    views.results.open(&run);
                    self.front = Some(Pane::Results);
                }
                if let Some(input) = wishes.browse {
                    self.studio.ask_path(Purpose::Training(input));
                    return;
                }
                if wishes.start {
                    self.studio.train();
                }
                if wishes.resume {
                    self.studio.resume_training();
                }
            }
            Pane::Results => {
                let wishes = results_ui(ui, &mut views.results);
                if let Some(frame) = wishes.open {
                    self.studio.open_frame(&frame);
                }
                if wishes.eval {
                    self.studio.eval();
                }
                if let Some(picture) = wishes.explain {
                    self.studio.explain(&picture);
                }
                if wishes.save {
                    self.studio.ask_path(Purpose::Model);
                }
            }
        }
    }
}
