//! Where the subject stands, which way it faces and how big it is.

use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{distribution::Scalar, stream::Stream};

crate::fields! {
    /// Where the subject stands. Off: at the origin, facing +z, in the middle of its breed's size.
    pub struct Placement {
        /// Draw turn, size and place?
        enabled: bool = true;
        /// Turn about the vertical; 0 faces +z.
        yaw: Scalar = Scalar::uniform(0.0, 360.0), -360 => 360, "degrees";
        /// Size within the breed's range of heights: 0 is its smallest, 1 its largest.
        scale: Scalar = Scalar::uniform(0.0, 1.0), 0 => 1;
        /// Place to the side of the origin, in subject radii (the radius of a ball around the subject).
        x: Scalar = Scalar::uniform(-0.25, 0.25), -10 => 10, "subject radii";
        /// Place before and behind the origin.
        z: Scalar = Scalar::uniform(-0.25, 0.25), -10 => 10, "subject radii";
    }
}

/// The placement of one frame; units as in [`Placement`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlacementDraw {
    /// Degrees.
    pub yaw: f32,
    /// 0–1 within the breed's range.
    pub scale: f32,
    /// Subject radii.
    pub x: f32,
    /// Subject radii.
    pub z: f32,
}

impl Parameter for Placement {
    const NAME: &'static str = "placement";
    type Draw = PlacementDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> PlacementDraw {
        PlacementDraw {
            yaw: self.yaw.draw(rng, cx.index),
            scale: self.scale.draw(rng, cx.index),
            x: self.x.draw(rng, cx.index),
            z: self.z.draw(rng, cx.index),
        }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> PlacementDraw {
        PlacementDraw { scale: 0.5, ..PlacementDraw::default() }
    }
}
