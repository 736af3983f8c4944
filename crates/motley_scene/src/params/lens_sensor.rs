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
        /// White balance error, blue to orange; 1 doubles red over blue.
        white_balance: Scalar = Scalar::TruncatedNormal { mean: 0.0, sd: 0.1, min: -0.4, max: 0.4 }, -1 => 1;
        /// Blur of what lies far behind or before the subject: largest circle of confusion.
        defocus_px: Scalar = Scalar::uniform(0.0, 3.0), 0 => 30, "px at a picture of 256";
        /// Blur of the whole picture: standard deviation of a Gaussian.
        blur_px: Scalar = Scalar::uniform(0.0, 1.0), 0 => 30, "px at a picture of 256";
        /// Length of the streak that a moving camera leaves.
        motion_px: Scalar = Scalar::Choice(vec![(0.0, 4.0), (2.0, 1.0), (4.0, 0.5)]), 0 => 60, "px at a picture of 256";
        /// Darkening of the corners.
        vignette: Scalar = Scalar::uniform(0.0, 0.3), 0 => 1;
        /// Standard deviation of the sensor's noise in the middle of the range.
        noise: Scalar = Scalar::uniform(0.0, 12.0), 0 => 128, "of 255";
        /// The picture is reduced by this factor and enlarged again.
        downscale: Scalar = Scalar::Choice(vec![(1.0, 3.0), (1.5, 1.0)]), 1 => 16;
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
    /// −1 to 1.
    pub white_balance: f32,
    /// Pixels at a picture of 256.
    pub defocus_px: f32,
    /// Pixels at a picture of 256.
    pub blur_px: f32,
    /// Pixels at a picture of 256.
    pub motion_px: f32,
    /// Degrees.
    pub motion_angle: f32,
    /// 0–1.
    pub vignette: f32,
    /// Of 255.
    pub noise: f32,
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
            white_balance: self.white_balance.draw(rng, cx.index),
            defocus_px: self.defocus_px.draw(rng, cx.index),
            blur_px: self.blur_px.draw(rng, cx.index),
            motion_px: self.motion_px.draw(rng, cx.index),
            motion_angle: rng.random_range(0.0..180.0),
            vignette: self.vignette.draw(rng, cx.index),
            noise: self.noise.draw(rng, cx.index),
            downscale: self.downscale.draw(rng, cx.index),
            jpeg_quality: self.jpeg_quality.draw(rng, cx.index),
        }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> LensSensorDraw {
        LensSensorDraw { downscale: 1.0, jpeg_quality: 101.0, ..LensSensorDraw::default() }
    }
}
