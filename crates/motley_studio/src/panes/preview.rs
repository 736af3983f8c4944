//! The large picture: which frame, what lies over it, and a camera to look around with.

use std::time::Duration;

use bevy_egui::egui::{self, Color32, Rect, Sense, Ui, Vec2};
use motley_scene::scene::Scene;

use super::picture::texture;
use crate::preview::{
    Change, Orbit, Place, Preview, Shot,
    overlay::{Layer, Overlay, marks},
};

/// What the large picture shows.
#[derive(Clone, Debug)]
pub struct View {
    /// Index of the frame.
    pub index: u64,
    /// Seed, where it is another than the scene's.
    pub seed: Option<u64>,
    /// Does it go on by itself?
    pub playing: bool,
    /// How fast, in frames a second.
    pub fps: f32,
    /// What lies over the picture.
    pub overlay: Overlay,
    /// Where the user looks from, if not from where the frame is taken.
    pub orbit: Option<Orbit>,
    /// When the last step was taken, in seconds.
    stepped: f64,
}

/// What the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// To save the picture.
    pub save: bool,
}

impl View {
    /// The first frame under an overlay.
    pub fn new(overlay: Overlay) -> Self {
        Self { index: 0, seed: None, playing: false, fps: 4.0, overlay, orbit: None, stepped: 0.0 }
    }

    /// What is drawn.
    pub fn shot(&self) -> Shot {
        let change = self.orbit.map_or(Change::Nothing, Change::Camera);
        Shot { index: self.index, change }
    }

    /// Goes to a frame.
    pub fn go(&mut self, index: u64) {
        self.index = index;
        self.orbit = None;
    }

    /// While it plays: takes the next step when it is due and the picture is there. Gives the time until the next.
    pub fn play(&mut self, now: f64, there: bool) -> Option<Duration> {
        if !self.playing {
            return None;
        }
        let period = 1.0 / f64::from(self.fps.max(0.1));
        if now - self.stepped >= period && there {
            self.stepped = now;
            self.go(self.index + 1);
        }
        Some(Duration::from_secs_f64((self.stepped + period - now).clamp(0.005, period)))
    }
}

/// The pane.
pub fn preview_ui(ui: &mut Ui, scene: &Scene, preview: &mut Preview, view: &mut View) -> Wishes {
    let mut wishes = Wishes::default();
    ui.horizontal_wrapped(|ui| frame_bar(ui, scene, view));
    ui.horizontal_wrapped(|ui| overlay_bar(ui, preview, view, &mut wishes));
    picture_ui(ui, preview, view);
    wishes
}

fn frame_bar(ui: &mut Ui, scene: &Scene, view: &mut View) {
    if ui.button("⏴").on_hover_text("Previous frame (Left)").clicked() {
        view.go(view.index.saturating_sub(1));
    }
    let last = scene.output.count.max(1) - 1;
    let mut index = view.index;
    let label = ui.label("Frame");
    let drag = egui::DragValue::new(&mut index).speed(0.2);
    if ui.add(drag).labelled_by(label.id).on_hover_text("Index of the frame: drag to scrub, click to type").changed() {
        view.go(index);
    }
    if ui.button("⏵").on_hover_text("Next frame (Right)").clicked() {
        view.go(view.index + 1);
    }
    ui.spacing_mut().slider_width = 110.0;
    let slider = egui::Slider::new(&mut index, 0..=last).show_value(false).integer();
    if ui.add(slider).on_hover_text("Scrub through the dataset").changed() {
        view.go(index);
    }
    ui.separator();
    ui.toggle_value(&mut view.playing, "Play").on_hover_text("One frame after the other (Space)");
    ui.add(egui::DragValue::new(&mut view.fps).range(0.5..=60.0).speed(0.1).max_decimals(1).suffix(" fps"));
    ui.separator();
    let label = ui.label("Seed");
    let mut seed = view.seed.unwrap_or(scene.output.seed);
    let drag = egui::DragValue::new(&mut seed).speed(0.1);
    if ui.add(drag).labelled_by(label.id).on_hover_text("Seed of all draws of this preview").changed() {
        view.seed = (seed != scene.output.seed).then_some(seed);
    }
    if view.seed.is_some() && ui.small_button("⟲").on_hover_text("Back to the scene's seed").clicked() {
        view.seed = None;
    }
}

fn overlay_bar(ui: &mut Ui, preview: &Preview, view: &mut View, wishes: &mut Wishes) {
    egui::ComboBox::from_id_salt("layer")
        .width(80.0)
        .selected_text(Layer::ALL.iter().find(|(layer, _)| *layer == view.overlay.layer).map_or("", |(_, name)| *name))
        .show_ui(ui, |ui| {
            for (layer, name) in Layer::ALL {
                ui.selectable_value(&mut view.overlay.layer, layer, name);
            }
        });
    ui.toggle_value(&mut view.overlay.mask, "Mask").on_hover_text("Tint the subject's visible pixels");
    ui.toggle_value(&mut view.overlay.boxes, "Boxes").on_hover_text("Visible extent solid, full extent dashed");
    ui.toggle_value(&mut view.overlay.keypoints, "Keypoints")
        .on_hover_text("Filled where visible, hollow where hidden");
    ui.separator();
    let mut look = view.orbit.is_some();
    let toggle = ui.toggle_value(&mut look, "Look around");
    if toggle
        .on_hover_text("A free camera: drag to turn, scroll to come closer. The dataset is not changed by it")
        .changed()
    {
        view.orbit = look.then(|| start_orbit(preview));
    }
    if ui.button("Save PNG…").on_hover_text("Save this picture").clicked() {
        wishes.save = true;
    }
}

/// Where the frame's own camera stands.
fn start_orbit(preview: &Preview) -> Orbit {
    let labels = preview.frame(Place::Main).map(|frame| frame.labels.clone()).unwrap_or_default();
    let camera = labels.recipe.camera;
    let [x, y, z] = camera.from;
    Orbit {
        azimuth: x.atan2(z).to_degrees(),
        elevation: y.clamp(-1.0, 1.0).asin().to_degrees(),
        // A camera that fills a share of the picture has no distance of its own.
        distance: if camera.fills { 3.0 } else { camera.distance },
        fov: camera.fov,
    }
}

fn picture_ui(ui: &mut Ui, preview: &mut Preview, view: &mut View) {
    let room = ui.available_size() - Vec2::new(0.0, 20.0);
    let side = room.min_elem().max(32.0);
    let stale = preview.is_stale(Place::Main);
    let waiting = match (preview.failure(), preview.faults()) {
        (Some(reason), _) => reason.to_owned(),
        (None, [fault, ..]) => format!("The scene has faults: {fault}"),
        _ => "Drawing the first frame…".to_owned(),
    };
    let Some(picture) = preview.picture(Place::Main) else {
        ui.centered_and_justified(|ui| ui.weak(waiting));
        return;
    };
    let frame = picture.frame.clone();
    let texture = texture(ui.ctx(), Place::Main, picture, view.overlay);
    let (area, response) = ui.allocate_exact_size(Vec2::new(room.x, side), Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, "Preview picture"));
    let rect = Rect::from_center_size(area.center(), Vec2::splat(side));
    let tint = if stale { Color32::from_gray(200) } else { Color32::WHITE };
    ui.painter().image(texture.id(), rect, Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0)), tint);
    marks(&ui.painter().with_clip_rect(rect), rect, &frame, view.overlay);
    if let Some(orbit) = &mut view.orbit {
        let drag = response.drag_delta();
        orbit.azimuth = (orbit.azimuth - drag.x * 0.5).rem_euclid(360.0);
        orbit.elevation = (orbit.elevation + drag.y * 0.5).clamp(-15.0, 89.0);
        if response.hovered() {
            let scroll = ui.input(|input| input.smooth_scroll_delta().y);
            orbit.distance = (orbit.distance * (-scroll / 300.0).exp()).clamp(1.2, 30.0);
        }
    }
    let labels = &frame.labels;
    let clip = if labels.clip.is_empty() { String::new() } else { format!(", {}", labels.clip) };
    ui.horizontal(|ui| {
        ui.label(format!("{}: {}{clip}", labels.class, labels.breed));
        ui.weak(format!("{:.0} % visible", 100.0 * labels.visible_fraction)).on_hover_text(
            "Visible pixels over those that the subject would cover with nothing before it. Below min visible, obstructors and camera are drawn again",
        );
        if labels.tries > 1 {
            ui.weak(format!("drawn {} times", labels.tries));
        }
        ui.weak(format!("{}×{} px, {:.0} ms", frame.width, frame.height, preview.milliseconds()));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playing_waits_for_time_and_picture() {
        let mut view = View { playing: true, fps: 10.0, ..View::new(Overlay::default()) };
        assert!(view.play(10.0, false).is_some());
        assert_eq!(view.index, 0, "the picture is not there yet");
        view.play(10.0, true);
        assert_eq!(view.index, 1);
        view.play(10.05, true);
        assert_eq!(view.index, 1, "it is too early");
        view.play(10.11, true);
        assert_eq!(view.index, 2);
        view.playing = false;
        assert_eq!(view.play(20.0, true), None);
    }
}
