//! The sun, lamps and the camera's flash.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{
    distribution::{Direction, Scalar, from_angles},
    stream::Stream,
};

crate::fields! {
    /// The sun and lamps, beside the light of the sky. Off: a white sun, half way up.
    pub struct Lighting {
        /// Draw lights?
        enabled: bool = true;
        /// Where the sun stands.
        sun: Direction = Direction::UpperHemisphere;
        /// Brightness of the sun: what a white surface that faces it adds to the picture, where 1 is white.
        intensity: Scalar = Scalar::uniform(0.2, 1.6), 0 => 20;
        /// Colour temperature of the sun.
        temperature: Scalar = Scalar::uniform(2500.0, 10000.0), 1000 => 40000, "K";
        /// Share of frames in which the sun casts shadows.
        shadows: f32 = 1.0, 0 => 1;
        /// Number of point lamps near the subject.
        points: Scalar = Scalar::Constant(0.0), 0 => 4;
        /// Number of spot lamps that aim at the subject.
        spots: Scalar = Scalar::Constant(0.0), 0 => 4;
        /// Brightness of a lamp at the subject, as for the sun.
        lamp_intensity: Scalar = Scalar::uniform(0.2, 1.0), 0 => 20;
        /// Distance of lamps from the subject.
        lamp_distance: Scalar = Scalar::uniform(1.5, 4.0), 0.1 => 100, "subject radii";
        /// Colour temperature of lamps.
        lamp_temperature: Scalar = Scalar::uniform(2500.0, 7000.0), 1000 => 40000, "K";
        /// Share of frames taken with a flash beside the lens.
        flash: f32 = 0.0, 0 => 1;
    }
}

/// A lamp of one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LampDraw {
    /// Unit vector from the subject to the lamp.
    pub direction: [f32; 3],
    /// Subject radii.
    pub distance: f32,
    /// Brightness at the subject.
    pub intensity: f32,
    /// Kelvin.
    pub temperature: f32,
    /// Half of the cone's angle in degrees; 180 for a point lamp.
    pub cone: f32,
}

/// The lights of one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LightingDraw {
    /// Unit vector towards the sun.
    pub sun: [f32; 3],
    /// Brightness.
    pub intensity: f32,
    /// Kelvin.
    pub temperature: f32,
    /// Does it cast shadows?
    pub shadows: bool,
    /// Point and spot lamps.
    pub lamps: Vec<LampDraw>,
    /// Brightness of the flash at the subject; 0 without one.
    pub flash: f32,
}

impl Lighting {
    fn lamp(&self, cone: f32, rng: &mut impl Rng, index: u64) -> LampDraw {
        LampDraw {
            direction: Direction::UpperHemisphere.draw(rng, index).into(),
            distance: self.lamp_distance.draw(rng, index),
            intensity: self.lamp_intensity.draw(rng, index),
            temperature: self.lamp_temperature.draw(rng, index),
            cone,
        }
    }
}

impl Parameter for Lighting {
    const NAME: &'static str = "lighting";
    type Draw = LightingDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> LightingDraw {
        let sun = self.sun.draw(rng, cx.index).into();
        let intensity = self.intensity.draw(rng, cx.index);
        let temperature = self.temperature.draw(rng, cx.index);
        let shadows = rng.random::<f32>() < self.shadows;
        let flash = if rng.random::<f32>() < self.flash { self.lamp_intensity.draw(rng, cx.index) } else { 0.0 };
        let points = self.points.draw_count(rng, cx.index);
        let spots = self.spots.draw_count(rng, cx.index);
        let mut lamps: Vec<_> = (0..points).map(|_| self.lamp(180.0, rng, cx.index)).collect();
        for _ in 0..spots {
            let cone = rng.random_range(15.0..45.0);
            lamps.push(self.lamp(cone, rng, cx.index));
        }
        LightingDraw { sun, intensity, temperature, shadows, lamps, flash }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> LightingDraw {
        let sun = from_angles(30_f32.to_radians(), 45_f32.to_radians()).into();
        LightingDraw { sun, intensity: 0.8, temperature: 6500.0, shadows: true, lamps: Vec::new(), flash: 0.0 }
    }
}
