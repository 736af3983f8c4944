//! What is around and above: a sky or a room, and the light that comes from it.

use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{
    distribution::{Names, Scalar},
    stream::Stream,
};

crate::fields! {
    /// What is around and above; it lights the scene too. Off: an even grey.
    pub struct Sky {
        /// Draw a sky?
        enabled: bool = true;
        /// Which skies and rooms.
        name: Names = Names::All;
        /// Turn about the vertical.
        yaw: Scalar = Scalar::uniform(0.0, 360.0), -360 => 360, "degrees";
        /// Factor on its brightness.
        brightness: Scalar = Scalar::uniform(0.6, 1.4), 0 => 10;
    }
}

/// The sky of one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SkyDraw {
    /// Name; empty for an even grey.
    pub name: String,
    /// Degrees.
    pub yaw: f32,
    /// Factor.
    pub brightness: f32,
}

impl Parameter for Sky {
    const NAME: &'static str = "sky";
    type Draw = SkyDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> SkyDraw {
        SkyDraw {
            name: self.name.draw(&cx.catalog.skies, rng),
            yaw: self.yaw.draw(rng, cx.index),
            brightness: self.brightness.draw(rng, cx.index),
        }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> SkyDraw {
        SkyDraw { brightness: 1.0, ..SkyDraw::default() }
    }
}
