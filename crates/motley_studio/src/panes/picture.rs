//! Pictures on the screen.

use bevy_egui::egui::{
    self, Color32, Rect, Response, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2,
};

use crate::preview::{
    Picture, Place, Preview,
    overlay::{Overlay, pixels},
};

/// The texture of a picture, painted when it is first shown. A place keeps its texture: a new one would be empty for a moment.
pub fn texture(ctx: &egui::Context, place: Place, picture: &mut Picture, overlay: Overlay) -> TextureHandle {
    let texture = picture.texture.get_or_insert_with(|| {
        picture.overlay = Some(overlay);
        ctx.load_texture(format!("{place:?}"), pixels(&picture.frame, overlay), TextureOptions::LINEAR)
    });
    if picture.overlay != Some(overlay) {
        picture.overlay = Some(overlay);
        let pixels = pixels(&picture.frame, overlay);
        // Painted over: what is set as a whole becomes a new texture in bevy_egui, which is empty for a frame of the window.
        match texture.size() == pixels.size {
            true => texture.set_partial([0, 0], pixels, TextureOptions::LINEAR),
            false => texture.set(pixels, TextureOptions::LINEAR),
        }
        // It is on the screen with the next frame of the window.
        ctx.request_repaint();
    }
    texture.clone()
}

/// A small picture that can be clicked, or an empty place while it is drawn.
pub fn thumbnail_ui(ui: &mut Ui, preview: &mut Preview, place: Place, side: f32, chosen: bool, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name));
    if ui.is_rect_visible(rect) {
        match preview.picture(place) {
            Some(picture) => {
                let texture = texture(ui.ctx(), place, picture, Overlay::default());
                paint(ui, &response, Some(&texture), chosen);
            }
            None => paint(ui, &response, None, chosen),
        }
    }
    response
}

/// Fills a place that can be clicked with a picture, or shows that it is empty; what is chosen or under the mouse has a frame.
pub fn paint(ui: &Ui, place: &Response, picture: Option<&TextureHandle>, chosen: bool) {
    match picture {
        Some(texture) => {
            let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
            ui.painter().image(texture.id(), place.rect, whole, Color32::WHITE);
        }
        None => {
            ui.painter().rect_filled(place.rect, 2.0, ui.visuals().faint_bg_color);
        }
    }
    if chosen || place.hovered() {
        let stroke = Stroke::new(if chosen { 3.0 } else { 1.0 }, ui.visuals().selection.stroke.color);
        ui.painter().rect_stroke(place.rect, 2.0, stroke, StrokeKind::Inside);
    }
}
