//! What a captured frame is: its pixels, its rasters and its labels, under one roof so that they cannot be separated.

use serde::{Deserialize, Serialize};

use crate::recipe::Recipe;

/// One captured frame. Rasters that were not asked for are empty.
///
/// All rasters are row-major, top row first, `width × height` pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Colour, `[height, width, 3]`, sRGB, 0–255.
    pub rgb: Vec<u8>,
    /// Instance id of the nearest surface, `[height, width]`: see [`Labels::instances`]. 0 is sky or nothing.
    pub instance: Vec<u8>,
    /// Distance along the optical axis in metres, `[height, width]`; infinite where nothing was hit.
    pub depth: Vec<f32>,
    /// Surface normal in camera axes (x right, y down, z forward), `[height, width, 3]`, unit length; zero where nothing was hit.
    pub normal: Vec<f32>,
    /// What is on the picture.
    pub labels: Labels,
}

/// The labels of one frame: one line of `metadata.jsonl`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Labels {
    /// Index of the frame within its scene and seed.
    pub index: u64,
    /// Class name.
    pub class: String,
    /// Class number: the class's position in the scene file.
    pub class_id: u32,
    /// Breed within the class.
    pub breed: String,
    /// Individual within the breed.
    pub individual: u32,
    /// Animation clip that was sampled; empty for the default pose or a rigid subject.
    pub clip: String,
    /// Tight box of the subject's visible pixels: x, y, width, height in pixels. `None` when boxes are off or nothing is visible.
    pub box_visible: Option<[f32; 4]>,
    /// Box of the whole subject, hidden parts and parts outside the picture included: x, y, width, height in pixels.
    pub box_full: Option<[f32; 4]>,
    /// Visible pixels over the pixels that the subject covers when nothing stands before it, 0–1. Measured.
    pub visible_fraction: f32,
    /// Share of the full box's area that lies outside the picture, 0–1.
    pub truncation: f32,
    /// How many times obstructors and camera were drawn: 1, or more when the subject was hidden too much.
    pub tries: u32,
    /// Named points of the subject.
    pub keypoints: Vec<Keypoint>,
    /// The subject's visible pixels as COCO's compressed run-length string; `None` when masks are off.
    pub mask: Option<Rle>,
    /// What each instance id stands for. Id 1 is the subject.
    pub instances: Vec<Instance>,
    /// Everything else in the picture that is of one of the scene's classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Other>,
    /// The camera that took the picture.
    pub camera: CameraLabels,
    /// Everything that was drawn for this frame.
    pub recipe: Recipe,
}

/// A named point of the subject, in pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keypoint {
    /// Name of the joint or landmark.
    pub name: String,
    /// Pixels from the left edge; may lie outside the picture.
    pub x: f32,
    /// Pixels from the top edge; may lie outside the picture.
    pub y: f32,
    /// COCO's flag: 0 outside the picture, 1 hidden behind something, 2 visible.
    pub visibility: u8,
}

/// A run-length encoded mask in COCO's compressed form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rle {
    /// Height and width.
    pub size: [u32; 2],
    /// COCO's string of column-major run lengths.
    pub counts: String,
}

/// One entry of the instance table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Value in [`Frame::instance`].
    pub id: u8,
    /// What it is.
    pub kind: InstanceKind,
    /// The subject's class, or the shape, material or sky that it shows.
    pub name: String,
}

/// What kind of thing an instance is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstanceKind {
    /// The labelled subject.
    #[default]
    Subject,
    /// Something placed in front of or around it.
    Obstructor,
    /// The ground.
    Ground,
    /// A wall or ceiling of a room.
    Wall,
    /// Anything else that belongs to the surroundings.
    Prop,
    /// A thing of the surroundings that may be of one of the classes: a car that stands in the street.
    Bystander,
}

/// A bystander of one of the scene's classes. What else there is to say is said of the subject only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// Value in [`Frame::instance`].
    pub id: u8,
    /// Class name.
    pub class: String,
    /// Class number.
    pub class_id: u32,
    /// Tight box of its visible pixels: x, y, width, height in pixels.
    pub box_visible: [f32; 4],
    /// Its visible pixels; `None` when masks are off.
    pub mask: Option<Rle>,
}

impl Other {
    /// Is it too small to be told for what it is: narrower or lower than six pixels?
    pub fn is_speck(&self) -> bool {
        self.box_visible[2].min(self.box_visible[3]) < 6.0
    }
}

/// The camera in computer vision's convention (OpenCV: x right, y down, z forward).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CameraLabels {
    /// Row-major 3×3 matrix K, pixels.
    pub intrinsics: [[f32; 3]; 3],
    /// Row-major 3×4 matrix [R|t] that takes world metres (y up) to camera metres.
    pub extrinsics: [[f32; 4]; 3],
}
