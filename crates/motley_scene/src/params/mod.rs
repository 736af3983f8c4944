//! One room for each randomized parameter: what may vary, and how it is drawn.
//!
//! To add a parameter, add its file here, its line in the list `parameters!` of [`crate::recipe`] and its system in `motley_world`.

pub mod camera;
pub mod lens_sensor;
pub mod lighting;
pub mod materials;
pub mod obstructors;
pub mod placement;
pub mod pose;
pub mod props;
pub mod sky;
pub mod subject;
pub mod subject_texture;

use crate::{catalog::Catalog, field::Described, scene::Class, stream::Stream};

/// What a draw may look at besides its own stream.
#[derive(Clone, Copy, Debug)]
pub struct DrawContext<'a> {
    /// Seed of the dataset.
    pub seed: u64,
    /// Index of the frame.
    pub index: u64,
    /// What there is to draw from.
    pub catalog: &'a Catalog,
    /// Relative weight of each class, in the catalogue's order.
    pub class_weights: &'a [f32],
    /// The class that this frame shows; `None` while that is being drawn.
    pub class: Option<&'a Class>,
    /// Materials that the ground under this frame's sky may be made of; empty when any will do.
    pub grounds: &'a [String],
}

/// A randomized parameter: its fields are the scene file's, its draw is what one frame gets.
pub trait Parameter: Described {
    /// Name in the scene file and of the random stream.
    const NAME: &'static str;

    /// Is it drawn again when the subject is hidden too much?
    const REDRAWN: bool = false;

    /// What one frame gets.
    type Draw;

    /// Is it switched on?
    fn enabled(&self) -> bool;

    /// One draw.
    fn draw(&self, stream: &mut Stream, cx: &DrawContext<'_>) -> Self::Draw;

    /// The fixed value that stands in when it is switched off.
    fn neutral(&self, cx: &DrawContext<'_>) -> Self::Draw;
}
