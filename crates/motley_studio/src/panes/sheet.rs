//! The contact sheet: many frames at once.

use bevy_egui::egui::{self, Ui};

use super::picture::thumbnail_ui;
use crate::preview::{Change, Place, Preview, Shot};

/// Numbers of frames to choose from.
const COUNTS: [usize; 4] = [16, 25, 36, 64];

/// What the sheet shows.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Number of frames.
    pub count: usize,
    /// Index of the first.
    pub first: u64,
    /// Width of a picture in points.
    pub side: f32,
}

impl Default for View {
    fn default() -> Self {
        Self { count: COUNTS[0], first: 0, side: 96.0 }
    }
}

/// What the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// To see a frame in the preview.
    pub open: Option<u64>,
    /// To see its recipe.
    pub recipe: bool,
    /// To save it.
    pub save: bool,
}

/// The pane. Adds the pictures that it shows to `wanted`, and gives the index of a frame that was clicked.
pub fn sheet_ui(
    ui: &mut Ui,
    preview: &mut Preview,
    view: &mut View,
    shown: u64,
    wanted: &mut Vec<(Place, Shot)>,
) -> Wishes {
    ui.horizontal_wrapped(|ui| {
        for count in COUNTS {
            ui.selectable_value(&mut view.count, count, count.to_string());
        }
        ui.separator();
        let label = ui.label("from frame");
        ui.add(egui::DragValue::new(&mut view.first).speed(0.5)).labelled_by(label.id);
        let page = view.count as u64;
        if ui.button("⏴").on_hover_text("Page back").clicked() {
            view.first = view.first.saturating_sub(page);
        }
        if ui.button("⏵").on_hover_text("Next page").clicked() {
            view.first += page;
        }
        ui.spacing_mut().slider_width = 80.0;
        ui.add(egui::Slider::new(&mut view.side, 48.0..=192.0).show_value(false)).on_hover_text("Size of the pictures");
    });
    let mut wishes = Wishes::default();
    egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(3.0);
        ui.horizontal_wrapped(|ui| {
            for number in 0..view.count {
                let index = view.first + number as u64;
                let place = Place::Sheet(number);
                wanted.push((place, Shot { index, change: Change::Nothing }));
                let name = format!("Frame {index}");
                let response = thumbnail_ui(ui, preview, place, view.side, index == shown, &name);
                if response.clicked() {
                    wishes.open = Some(index);
                }
                if response.double_clicked() {
                    wishes.recipe = true;
                }
                response.context_menu(|ui| {
                    for (name, recipe, save) in [("Open its recipe", true, false), ("Save PNG…", false, true)] {
                        if ui.button(name).clicked() {
                            wishes = Wishes { open: Some(index), recipe, save };
                            ui.close();
                        }
                    }
                });
                let labels =
                    preview.frame(place).map(|frame| format!("{} ({})", frame.labels.class, frame.labels.breed));
                response.on_hover_text(format!(
                    "{name}: {}. Click to open it, twice for its recipe",
                    labels.unwrap_or_default()
                ));
            }
        });
    });
    wishes
}
