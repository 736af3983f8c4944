//! A random material on the subject itself ("wooden dogs"): shape without its usual surface.

use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter, materials::MaterialDraw};
use crate::{
    distribution::{Names, Scalar},
    stream::Stream,
};

crate::fields! {
    /// A random material on the subject instead of its own surface. Off: its own surface.
    pub struct SubjectTexture {
        /// Cover the subject?
        enabled: bool = false;
        /// Which materials.
        material: Names = Names::All;
        /// Size of one tile relative to its natural size.
        tiling: Scalar = Scalar::LogUniform { min: 0.25, max: 1.0 }, 0.01 => 100;
    }
}

/// The subject's cover in one frame; `None` is its own surface.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SubjectTextureDraw {
    /// The material.
    pub cover: Option<MaterialDraw>,
}

impl Parameter for SubjectTexture {
    const NAME: &'static str = "subject_texture";
    type Draw = SubjectTextureDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> SubjectTextureDraw {
        let name = self.material.draw(&cx.catalog.materials, rng);
        let tiling = self.tiling.draw(rng, cx.index);
        SubjectTextureDraw { cover: Some(MaterialDraw { name, tiling, ..MaterialDraw::plain() }) }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> SubjectTextureDraw {
        SubjectTextureDraw::default()
    }
}
