//! What is around and above: a sky or a room, and the light that comes from it.

use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{
    distribution::{Names, Scalar, pick_weighted},
    scene::Class,
    stream::Stream,
};

crate::fields! {
    /// What is around and above; it lights the scene too. Off: an even grey.
    pub struct Sky {
        /// Draw a sky?
        enabled: bool = true;
        /// Which skies and rooms.
        name: Names = Names::All;
        /// Turn about the vertical. A street turns with the subject, which drives along it, and by this much more; where that is
        /// more than 40°, things of the street would stand in the subject, and it is turned by at most 8°.
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

impl Sky {
    /// The skies that a class may be shown under, with weights.
    pub fn options<'a>(&self, class: Option<&Class>, known: &'a [String]) -> Vec<(&'a str, f32)> {
        let mut options = self.name.among(known);
        if let Some(skies) = class.map(|class| &class.skies).filter(|skies| **skies != Names::All) {
            let own = skies.among(known);
            options.retain_mut(|(name, weight)| {
                let found = own.iter().find(|(known, _)| known == name);
                *weight *= found.map_or(0.0, |(_, weight)| *weight);
                *weight > 0.0
            });
        }
        options
    }
}

impl Parameter for Sky {
    const NAME: &'static str = "sky";
    type Draw = SkyDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> SkyDraw {
        let options = self.options(cx.class, &cx.catalog.skies);
        let chosen = pick_weighted(options.iter().map(|(_, weight)| *weight), rng);
        SkyDraw {
            name: options.get(chosen).map_or_else(String::new, |(name, _)| (*name).to_owned()),
            yaw: self.yaw.draw(rng, cx.index),
            brightness: self.brightness.draw(rng, cx.index),
        }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> SkyDraw {
        SkyDraw { brightness: 1.0, ..SkyDraw::default() }
    }
}
