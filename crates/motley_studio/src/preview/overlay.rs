//! What can be laid over a picture.

use bevy_egui::egui::{
    Color32, ColorImage, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, ecolor::Hsva, emath::RectTransform,
};
use motley_scene::frame::Frame;
use serde::{Deserialize, Serialize};

/// What the pixels show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layer {
    /// The picture as it is captured.
    #[default]
    Colour,
    /// Depth: near is light.
    Depth,
    /// Surface normals: x, y, z as red, green, blue.
    Normals,
    /// A colour for each instance.
    Instances,
}

impl Layer {
    /// All, with their names.
    pub const ALL: [(Self, &str); 4] =
        [(Self::Colour, "Colour"), (Self::Depth, "Depth"), (Self::Normals, "Normals"), (Self::Instances, "Instances")];
}

/// What is laid over a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlay {
    /// What the pixels show.
    pub layer: Layer,
    /// Tint the subject's visible pixels.
    pub mask: bool,
    /// Boxes: visible solid, full dashed.
    pub boxes: bool,
    /// Named points: filled where visible.
    pub keypoints: bool,
}

/// Instance id of the subject.
const SUBJECT: u8 = 1;
const TINT: [u16; 3] = [255, 60, 120];
const VISIBLE: Color32 = Color32::from_rgb(80, 230, 120);
const FULL: Color32 = Color32::from_rgb(255, 200, 60);
const POINT: Color32 = Color32::from_rgb(70, 190, 255);

/// The pixels of a frame. A layer that the frame has not shows its colours.
pub fn pixels(frame: &Frame, overlay: Overlay) -> ColorImage {
    let size = [frame.width as usize, frame.height as usize];
    let count = size[0] * size[1];
    let mut rgb = match overlay.layer {
        Layer::Depth if frame.depth.len() == count => depth(&frame.depth),
        Layer::Normals if frame.normal.len() == 3 * count => normals(&frame.normal),
        Layer::Instances if frame.instance.len() == count => frame.instance.iter().flat_map(|id| hue(*id)).collect(),
        _ => frame.rgb.clone(),
    };
    if overlay.mask && frame.instance.len() == count {
        for (pixel, id) in rgb.chunks_exact_mut(3).zip(&frame.instance) {
            if *id == SUBJECT {
                for (value, tint) in pixel.iter_mut().zip(TINT) {
                    // The mean of two bytes is a byte.
                    *value = ((u16::from(*value) + tint) / 2) as u8;
                }
            }
        }
    }
    ColorImage::from_rgb(size, &rgb)
}

/// Logarithmic between the nearest and the farthest surface: each doubling is the same step.
fn depth(depth: &[f32]) -> Vec<u8> {
    let finite = depth.iter().copied().filter(|d| d.is_finite() && *d > 0.0);
    let (near, far) = finite.fold((f32::INFINITY, 0_f32), |(near, far), d| (near.min(d), far.max(d)));
    let span = (far / near).ln().max(1e-6);
    let grey = |d: f32| if d.is_finite() { 255.0 * (1.0 - 0.9 * (d.max(near) / near).ln() / span) } else { 0.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, which is what is meant"
    )]
    let byte = |d: f32| grey(d) as u8;
    depth.iter().flat_map(|d| [byte(*d); 3]).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is meant")]
fn normals(normals: &[f32]) -> Vec<u8> {
    let shown = |n: &[f32]| {
        if n.iter().all(|v| *v == 0.0) { [0.0; 3] } else { [n[0], -n[1], -n[2]].map(|v| v * 127.5 + 127.5) }
    };
    normals.chunks_exact(3).flat_map(|n| shown(n).map(|v| v as u8)).collect()
}

/// Colours that differ from one id to the next; nothing is black.
fn hue(id: u8) -> [u8; 3] {
    if id == 0 {
        return [0; 3];
    }
    let turn = f32::from(id) * 0.618_034;
    Hsva::new(turn.fract(), 0.65, 0.95, 1.0).to_srgb()
}

/// Draws boxes and points over the picture, which fills `rect`.
pub fn marks(painter: &Painter, rect: Rect, frame: &Frame, overlay: Overlay) {
    let picture = Rect::from_min_max(Pos2::ZERO, Pos2::new(frame.width as f32, frame.height as f32));
    let to_screen = RectTransform::from_to(picture, rect);
    let labels = &frame.labels;
    let corners =
        |[x, y, w, h]: [f32; 4]| to_screen.transform_rect(Rect::from_min_max(Pos2::new(x, y), Pos2::new(x + w, y + h)));
    if overlay.boxes {
        if let Some(full) = labels.box_full {
            let full = corners(full);
            let outline = [full.left_top(), full.right_top(), full.right_bottom(), full.left_bottom(), full.left_top()];
            painter.extend(Shape::dashed_line(&outline, Stroke::new(1.5, FULL), 6.0, 4.0));
        }
        if let Some(visible) = labels.box_visible {
            painter.rect_stroke(corners(visible), 0.0, Stroke::new(2.0, VISIBLE), StrokeKind::Middle);
        }
    }
    if overlay.keypoints {
        for point in labels.keypoints.iter().filter(|point| point.visibility > 0) {
            let at = to_screen.transform_pos(Pos2::new(point.x, point.y));
            if point.visibility == 2 {
                painter.circle_filled(at, 3.5, POINT);
            } else {
                painter.circle_stroke(at, 3.5, Stroke::new(1.5, POINT));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame {
            width: 2,
            height: 1,
            rgb: vec![10, 20, 30, 40, 50, 60],
            instance: vec![1, 0],
            depth: vec![1.0, f32::INFINITY],
            ..Frame::default()
        }
    }

    #[test]
    fn colours_are_those_of_the_frame() {
        let image = pixels(&frame(), Overlay::default());
        assert_eq!(image.pixels, [Color32::from_rgb(10, 20, 30), Color32::from_rgb(40, 50, 60)]);
    }

    #[test]
    fn the_mask_tints_the_subject_alone() {
        let image = pixels(&frame(), Overlay { mask: true, ..Overlay::default() });
        assert_eq!(image.pixels, [Color32::from_rgb(132, 40, 75), Color32::from_rgb(40, 50, 60)]);
    }

    #[test]
    fn what_is_not_there_shows_colours() {
        let image = pixels(&frame(), Overlay { layer: Layer::Normals, ..Overlay::default() });
        assert_eq!(image.pixels[0], Color32::from_rgb(10, 20, 30));
        let image = pixels(&frame(), Overlay { layer: Layer::Depth, ..Overlay::default() });
        assert_eq!(image.pixels, [Color32::WHITE, Color32::BLACK]);
    }
}
