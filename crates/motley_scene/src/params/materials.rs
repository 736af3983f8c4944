//! What the ground, the walls and the obstructors are made of.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{
    distribution::{Names, Scalar},
    stream::Stream,
};

crate::fields! {
    /// What the ground, the walls and the obstructors are made of. Off: plain grey.
    pub struct Materials {
        /// Draw materials?
        enabled: bool = true;
        /// Materials for the ground.
        ground: Names = Names::All;
        /// Take the ground from those of its materials that fit the sky, where the sky names any: carpet and parquet in a
        /// living room, grass in a garden. Any ground under any sky otherwise.
        ground_fits_sky: bool = false;
        /// Materials for walls, where the sky is a room.
        wall: Names = Names::All;
        /// Materials for obstructors.
        obstructor: Names = Names::All;
        /// Size of one tile relative to its natural size.
        tiling: Scalar = Scalar::LogUniform { min: 0.5, max: 2.0 }, 0.01 => 100;
        /// Turn of the tiles.
        rotation: Scalar = Scalar::uniform(0.0, 360.0), -360 => 360, "degrees";
        /// Hue of the tint.
        tint_hue: Scalar = Scalar::uniform(0.0, 360.0), 0 => 360, "degrees";
        /// Strength of the tint: 0 leaves the material's own colour.
        tint_saturation: Scalar = Scalar::uniform(0.0, 0.4), 0 => 1;
        /// Brightness of the tint.
        tint_value: Scalar = Scalar::uniform(0.6, 1.1), 0 => 2;
    }
}

/// A material as it is laid on one thing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MaterialDraw {
    /// Name of the material; empty for plain grey.
    pub name: String,
    /// Relative size of a tile.
    pub tiling: f32,
    /// Degrees.
    pub rotation: f32,
    /// Degrees.
    pub tint_hue: f32,
    /// 0–1.
    pub tint_saturation: f32,
    /// 0–2.
    pub tint_value: f32,
}

impl MaterialDraw {
    /// Plain, untinted.
    pub fn plain() -> Self {
        Self { tiling: 1.0, tint_value: 1.0, ..Self::default() }
    }

    /// Linear RGB factor of the tint (hue, saturation, value to RGB as in A. R. Smith, Color Gamut Transform Pairs, 1978).
    pub fn tint(&self) -> [f32; 3] {
        [5.0, 3.0, 1.0].map(|n| {
            let k = (n + self.tint_hue / 60.0) % 6.0;
            self.tint_value * (1.0 - self.tint_saturation * k.min(4.0 - k).clamp(0.0, 1.0))
        })
    }
}

/// How many obstructors get a material of their own; further ones take turns.
pub const OBSTRUCTOR_MATERIALS: usize = 8;

/// The materials of one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MaterialsDraw {
    /// The ground's.
    pub ground: MaterialDraw,
    /// The walls'.
    pub wall: MaterialDraw,
    /// The obstructors', in turn.
    pub obstructors: Vec<MaterialDraw>,
}

impl Materials {
    fn one(&self, names: &Names, known: &[String], rng: &mut impl Rng, index: u64) -> MaterialDraw {
        MaterialDraw {
            name: names.draw(known, rng),
            tiling: self.tiling.draw(rng, index),
            rotation: self.rotation.draw(rng, index),
            tint_hue: self.tint_hue.draw(rng, index),
            tint_saturation: self.tint_saturation.draw(rng, index),
            tint_value: self.tint_value.draw(rng, index),
        }
    }
}

impl Parameter for Materials {
    const NAME: &'static str = "materials";
    type Draw = MaterialsDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> MaterialsDraw {
        let all = &cx.catalog.materials;
        // The name is one random number whatever it is drawn from, so that all other draws stay as they are.
        let fits = self.ground_fits_sky && !self.ground.among(cx.grounds).is_empty();
        MaterialsDraw {
            ground: self.one(&self.ground, if fits { cx.grounds } else { all }, rng, cx.index),
            wall: self.one(&self.wall, all, rng, cx.index),
            obstructors: (0..OBSTRUCTOR_MATERIALS).map(|_| self.one(&self.obstructor, all, rng, cx.index)).collect(),
        }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> MaterialsDraw {
        MaterialsDraw {
            ground: MaterialDraw::plain(),
            wall: MaterialDraw::plain(),
            obstructors: vec![MaterialDraw::plain(); OBSTRUCTOR_MATERIALS],
        }
    }
}
