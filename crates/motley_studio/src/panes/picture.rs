//! Pictures on the screen.

use bevy_egui::egui::{
    self, Color32, Rect, Response, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2,
};

use crate::preview::{
    Picture, Place, Preview,
    overlay::{Overlay, pixels},
};

/// The texture of a picture, made when it is first shown.
pub fn texture(ctx: &egui::Context, place: Place, picture: &mut Picture, overlay: Overlay) -> TextureHandle {
    match &picture.texture {
        Some((with, texture)) if *with == overlay => texture.clone(),
        _ => {
            let texture =
                ctx.load_texture(format!("{place:?}"), pixels(&picture.frame, overlay), TextureOptions::LINEAR);
            picture.texture = Some((overlay, texture.clone()));
            texture
        }
    }
}

/// A small picture that can be clicked, or an empty place while it is drawn.
pub fn thumbnail_ui(ui: &mut Ui, preview: &mut Preview, place: Place, side: f32, chosen: bool, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name));
    if ui.is_rect_visible(rect) {
        match preview.picture(place) {
            Some(picture) => {
                let texture = texture(ui.ctx(), place, picture, Overlay::default());
                ui.painter().image(
                    texture.id(),
                    rect,
                    Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0)),
                    Color32::WHITE,
                );
            }
            None => {
                ui.painter().rect_filled(rect, 2.0, ui.visuals().faint_bg_color);
            }
        }
        if chosen || response.hovered() {
            let colour = ui.visuals().selection.stroke.color;
            ui.painter().rect_stroke(
                rect,
                2.0,
                Stroke::new(if chosen { 3.0 } else { 1.0 }, colour),
                StrokeKind::Inside,
            );
        }
    }
    response
}
