//! What the lens and the sensor do to the picture.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{distribution::Scalar, stream::Stream};

crate::fields! {
    /// What the lens and the sensor do to the picture. Off: nothing.
    pub struct LensSensor {
        /// Draw lens and sensor?
        enabled: bool = false;
        /// Exposure error.
        exposure_ev: Scalar = Scalar::uniform(-0.5, 0.5), -5 => 5, "EV";
        /// White balance error: positive is warmer.
        white_balance_mired: Scalar = Scalar::TruncatedNormal { mean: 0.0, sd: 25.0, min: -80.0, max: 80.0 }, -110 => 350, "mired";
        /// Blur of what lies behind or before the subject: circle of confusion of a point infinitely far away.
        defocus_px: Scalar = Scalar::uniform(0.0, 4.0), 0 => 16, "px at a picture of 256";
        /// Blur of the whole picture: standard deviation of a Gaussian.
        blur_px: Scalar = Scalar::uniform(0.0, 1.0), 0 => 32, "px at a picture of 256";
        /// Length of the streak that a moving camera leaves.
        motion_px: Scalar = Scalar::Choice(vec![(0.0, 4.0), (2.0, 1.0), (4.0, 0.5)]), 0 => 64, "px at a picture of 256";
        /// Darkening of the corners.
        vignette: Scalar = Scalar::uniform(0.0, 0.3), 0 => 0.95;
        /// Noise that grows with the light: its standard deviation at white.
        shot_noise: Scalar = Scalar::uniform(0.0, 0.03), 0 => 1, "of full scale";
        /// Noise that is the same at every brightness: its standard deviation.
        read_noise: Scalar = Scalar::uniform(0.0, 0.04), 0 => 1, "of full scale";
        /// Size of the noise's grain: standard deviation of what smooths it; its colour is smoothed three times as far. 0: every pixel by
        /// itself.
        noise_grain_px: Scalar = Scalar::Constant(0.0), 0 => 32, "px at a picture of 256";
        /// Share of the noise that is colour. 2/3: every channel by itself, as on the sensor; cameras take most of it out.
        noise_colour: Scalar = Scalar::Constant(2.0 / 3.0), 0 => 1;
        /// The picture is reduced by this factor and enlarged again.
        downscale: Scalar = Scalar::Choice(vec![(1.0, 3.0), (1.5, 1.0)]), 1 => 32;
        /// JPEG quality of a first compression; above 100 there is none.
        jpeg_quality: Scalar = Scalar::uniform(40.0, 101.0), 1 => 101;
    }
}

/// Lens and sensor of one frame; units as in [`LensSensor`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LensSensorDraw {
    /// Are they used at all?
    pub on: bool,
    /// EV.
    pub exposure_ev: f32,
    /// Mired.
    pub white_balance_mired: f32,
    /// Pixels at a picture of 256.
    pub defocus_px: f32,
    /// Pixels at a picture of 256.
    pub blur_px: f32,
    /// Pixels at a picture of 256.
    pub motion_px: f32,
    /// Degrees.
    pub motion_deg: f32,
    /// 0–1.
    pub vignette: f32,
    /// Of full scale, at white.
    pub shot_noise: f32,
    /// Of full scale.
    pub read_noise: f32,
    /// Pixels at a picture of 256; records of earlier versions have none.
    #[serde(default)]
    pub noise_grain_px: f32,
    /// 0–1; records of earlier versions have none.
    #[serde(default)]
    pub noise_colour: f32,
    /// 1 and above.
    pub downscale: f32,
    /// 1–100; above: none.
    pub jpeg_quality: f32,
}

impl Parameter for LensSensor {
    const NAME: &'static str = "lens_sensor";
    type Draw = LensSensorDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> LensSensorDraw {
        LensSensorDraw {
            on: true,
            exposure_ev: self.exposure_ev.draw(rng, cx.index),
            white_balance_mired: self.white_balance_mired.draw(rng, cx.index),
            defocus_px: self.defocus_px.draw(rng, cx.index),
            blur_px: self.blur_px.draw(rng, cx.index),
            motion_px: self.motion_px.draw(rng, cx.index),
            motion_deg: rng.random_range(0.0..180.0),
            vignette: self.vignette.draw(rng, cx.index),
            shot_noise: self.shot_noise.draw(rng, cx.index),
            read_noise: self.read_noise.draw(rng, cx.index),
            downscale: self.downscale.draw(rng, cx.index),
            jpeg_quality: self.jpeg_quality.draw(rng, cx.index),
            noise_grain_px: self.noise_grain_px.draw(rng, cx.index),
            noise_colour: self.noise_colour.draw(rng, cx.index),
        }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> LensSensorDraw {
        LensSensorDraw { downscale: 1.0, jpeg_quality: 101.0, ..LensSensorDraw::default() }
    }
}
