//! Things around the subject that hide parts of it.

use bevy_math::Quat;
use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{
    distribution::{Direction, Names, Rotation, Scalar},
    stream::Stream,
};

/// Names of all shapes. The convex bodies are hulls of random points.
pub const SHAPES: [&str; 15] = [
    "box",
    "sphere",
    "cylinder",
    "cone",
    "torus",
    "capsule",
    "tetrahedron",
    "convex0",
    "convex1",
    "convex2",
    "convex3",
    "convex4",
    "convex5",
    "convex6",
    "convex7",
];

crate::fields! {
    /// Things around the subject. Off: none.
    pub struct Obstructors {
        /// Place things?
        enabled: bool = true;
        /// How many.
        count: Scalar = Scalar::uniform(0.0, 6.0), 0 => 60;
        /// Which shapes.
        shape: Names = Names::All;
        /// Size of each along each axis.
        size: Scalar = Scalar::uniform(0.1, 0.5), 0.001 => 100, "subject radii";
        /// Where they lie, as seen from the subject.
        direction: Direction = Direction::UpperHemisphere;
        /// How far from the subject's middle.
        distance: Scalar = Scalar::uniform(1.0, 2.2), 0 => 1000, "subject radii";
        /// How each is turned.
        rotation: Rotation = Rotation::Any;
    }
}

/// One thing of one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObstructorDraw {
    /// Name of the shape.
    pub shape: String,
    /// Size along each axis in subject radii.
    pub size: [f32; 3],
    /// From the subject's middle, in subject radii.
    pub place: [f32; 3],
    /// Unit quaternion x, y, z, w.
    pub rotation: [f32; 4],
}

/// The things of one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObstructorsDraw {
    /// Each of them.
    pub items: Vec<ObstructorDraw>,
}

impl Parameter for Obstructors {
    const NAME: &'static str = "obstructors";
    const REDRAWN: bool = true;
    type Draw = ObstructorsDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> ObstructorsDraw {
        let count = self.count.draw_count(rng, cx.index);
        let items = (0..count)
            .map(|_| {
                let shape = self.shape.draw(&cx.catalog.shapes, rng);
                let size = [(); 3].map(|()| self.size.draw(rng, cx.index));
                let place = self.direction.draw(rng, cx.index) * self.distance.draw(rng, cx.index);
                let rotation: Quat = self.rotation.draw(rng);
                ObstructorDraw { shape, size, place: place.into(), rotation: rotation.into() }
            })
            .collect();
        ObstructorsDraw { items }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> ObstructorsDraw {
        ObstructorsDraw::default()
    }
}
