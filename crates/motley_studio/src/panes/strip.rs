//! "Vary only this": one parameter changes from picture to picture, and all others stay as they are in the preview.

use bevy_egui::egui::{self, Ui};
use motley_scene::recipe::PARAMETERS;

use super::{fields::title, picture::thumbnail_ui};
use crate::preview::{Change, Place, Preview, Shot};

/// What the strip shows.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The parameter that varies.
    pub parameter: &'static str,
    /// Number of pictures.
    pub count: usize,
    /// Width of a picture in points.
    pub side: f32,
}

impl Default for View {
    fn default() -> Self {
        Self { parameter: "lighting", count: 12, side: 96.0 }
    }
}

/// The pane for frame `index`. Adds the pictures that it shows to `wanted`.
pub fn strip_ui(ui: &mut Ui, preview: &mut Preview, view: &mut View, index: u64, wanted: &mut Vec<(Place, Shot)>) {
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Vary only");
        let combo = egui::ComboBox::from_id_salt("parameter").selected_text(title(view.parameter)).show_ui(ui, |ui| {
            for name in PARAMETERS {
                ui.selectable_value(&mut view.parameter, *name, title(name));
            }
        });
        combo.response.labelled_by(label.id);
        ui.weak(format!("of frame {index}; all other parameters stay"));
        ui.add(egui::DragValue::new(&mut view.count).range(2..=64).speed(0.1).suffix(" pictures"));
        ui.spacing_mut().slider_width = 80.0;
        ui.add(egui::Slider::new(&mut view.side, 48.0..=192.0).show_value(false)).on_hover_text("Size of the pictures");
    });
    egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(3.0);
        ui.horizontal_wrapped(|ui| {
            for number in 0..view.count {
                let of = index + number as u64;
                let place = Place::Strip(number);
                // The first is the frame itself, even when it was drawn several times.
                let change = if number == 0 { Change::Nothing } else { Change::Parameter { name: view.parameter, of } };
                wanted.push((place, Shot { index, change }));
                let name = format!("{} of frame {of}", title(view.parameter));
                thumbnail_ui(ui, preview, place, view.side, false, &name).on_hover_text(name);
            }
        });
    });
}
