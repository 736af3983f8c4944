//! What a camera does to a picture, drawn for one frame, and its application.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::raster::Raster;
use crate::{defocus, filter, jpeg, light, noise, resize};

/// Circles of confusion end at the shorter side of the picture over this: 16 pixels at 256. What stands close before the
/// lens would have a circle without end.
const SIDE_PER_CIRCLE: f32 = 16.0;

/// Lens and sensor of one frame. Lengths in pixels are pixels of the picture that it is applied to.
///
/// Values outside the ranges named below are brought to the nearest end; what is not a number counts as neutral.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LensSensor {
    /// Exposure in stops: light is multiplied by 2^ev. −8–8, neutral 0.
    pub exposure_ev: f32,
    /// Colour of the light relative to 6500 K, in mired (a million over kelvins): positive is warmer. −110–350, neutral 0.
    pub white_balance_mired: f32,
    /// Share of the light that is lost in the corners, by the fourth power of the cosine. 0–0.95, neutral 0.
    pub vignette: f32,
    /// Diameter in pixels of the circle of confusion of a point infinitely far away. 0–256, neutral 0;
    /// no circle is larger than a sixteenth of the picture's shorter side.
    /// Without depth the whole picture is blurred as if it were there.
    pub defocus_px: f32,
    /// Distance in metres of the plane that is sharp. Above 0; without effect while `defocus_px` is 0.
    pub focus_m: f32,
    /// Standard deviation in pixels of a Gaussian blur (the "radius" of Pillow's `GaussianBlur`). 0–256, neutral 0.
    pub blur_px: f32,
    /// Length in pixels of the camera's movement while the shutter was open. 0–512, neutral 0.
    pub motion_px: f32,
    /// Direction of the movement in degrees: 0 along the rows, 90 along the columns, clockwise on the screen. Any number.
    pub motion_deg: f32,
    /// Factor by which the picture is shrunk and enlarged again. 1–32, neutral 1.
    pub downscale: f32,
    /// Shot noise: standard deviation at white, in linear light, of full scale; falls with the root of the light.
    /// 0–1, neutral 0. A sensor whose pixels hold n electrons has 1 / √n: 0.01 for 10,000, 0.1 for 100.
    pub shot_noise: f32,
    /// Read noise: standard deviation in sRGB, of full scale, the same at every brightness. 0–1, neutral 0; 25 / 255 is strong.
    pub read_noise: f32,
    /// Size of the noise's grain: standard deviation in pixels of the Gaussian that smooths its brightness, as enlarging a part of
    /// a picture does; its colour is smoothed three times as far. 0–32, neutral 0: every pixel by itself.
    pub noise_grain_px: f32,
    /// Share of the noise's variance that is colour, by which the channels differ. 0–1, neutral 2/3: every channel by itself, as on the
    /// sensor; cameras take most of it out.
    pub noise_colour: f32,
    /// Quality of a JPEG round trip, 1–100; `None` leaves it out.
    pub jpeg_quality: Option<u8>,
}

impl Default for LensSensor {
    fn default() -> Self {
        Self::NEUTRAL
    }
}

impl LensSensor {
    /// Changes no pixel.
    pub const NEUTRAL: Self = Self {
        exposure_ev: 0.0,
        white_balance_mired: 0.0,
        vignette: 0.0,
        defocus_px: 0.0,
        focus_m: 1.0,
        blur_px: 0.0,
        motion_px: 0.0,
        motion_deg: 0.0,
        downscale: 1.0,
        shot_noise: 0.0,
        read_noise: 0.0,
        noise_grain_px: 0.0,
        noise_colour: 2.0 / 3.0,
        jpeg_quality: None,
    };

    /// Does to `rgb` (`[height, width, 3]`, sRGB) what this lens and this sensor do to a scene.
    ///
    /// `depth` (`[height, width]`, metres along the optical axis, infinite where nothing was hit) is needed for defocus
    /// only. `rng` is drawn from for noise only. Effects that are neutral are skipped, so
    /// that [`LensSensor::NEUTRAL`] changes nothing. A side above 65,535 pixels is more than JPEG can hold: such a
    /// picture is not re-compressed.
    ///
    /// # Panics
    ///
    /// When `rgb` or `depth` is not as long as `width` and `height` say.
    pub fn apply(&self, rgb: &mut [u8], width: usize, height: usize, depth: Option<&[f32]>, rng: &mut impl Rng) {
        assert_eq!(rgb.len(), width * height * 3, "rgb holds width × height × 3 bytes");
        if let Some(depth) = depth {
            assert_eq!(depth.len(), width * height, "depth holds width × height metres");
        }
        if rgb.is_empty() {
            return;
        }
        let drawn = self.within_ranges();
        if drawn.touches_light() {
            drawn.apply_to_light(rgb, width, height, depth);
        }
        if drawn.shot_noise > 0.0 || drawn.read_noise > 0.0 {
            let noise = noise::Noise {
                shot: drawn.shot_noise,
                read: drawn.read_noise,
                grain_px: drawn.noise_grain_px,
                colour: drawn.noise_colour,
            };
            noise.add(rgb, width, height, rng);
        }
        if let Some(quality) = drawn.jpeg_quality {
            jpeg::recompress(rgb, width, height, quality);
        }
    }

    /// Every field within its range.
    fn within_ranges(&self) -> Self {
        let neutral = Self::NEUTRAL;
        let within = |value: f32, low: f32, high: f32, neutral: f32| {
            if value.is_nan() { neutral } else { value.clamp(low, high) }
        };
        Self {
            exposure_ev: within(self.exposure_ev, -8.0, 8.0, neutral.exposure_ev),
            white_balance_mired: within(self.white_balance_mired, -110.0, 350.0, neutral.white_balance_mired),
            vignette: within(self.vignette, 0.0, 0.95, neutral.vignette),
            defocus_px: within(self.defocus_px, 0.0, 256.0, neutral.defocus_px),
            focus_m: within(self.focus_m, 1.0e-3, f32::MAX, neutral.focus_m),
            blur_px: within(self.blur_px, 0.0, 256.0, neutral.blur_px),
            motion_px: within(self.motion_px, 0.0, 512.0, neutral.motion_px),
            motion_deg: if self.motion_deg.is_finite() { self.motion_deg % 360.0 } else { neutral.motion_deg },
            downscale: within(self.downscale, 1.0, 32.0, neutral.downscale),
            shot_noise: within(self.shot_noise, 0.0, 1.0, neutral.shot_noise),
            read_noise: within(self.read_noise, 0.0, 1.0, neutral.read_noise),
            noise_grain_px: within(self.noise_grain_px, 0.0, 32.0, neutral.noise_grain_px),
            noise_colour: within(self.noise_colour, 0.0, 1.0, neutral.noise_colour),
            jpeg_quality: self.jpeg_quality.map(|quality| quality.clamp(1, 100)),
        }
    }

    /// Whether anything happens before the sensor counts.
    fn touches_light(&self) -> bool {
        let neutral = Self::NEUTRAL;
        self.exposure_ev != neutral.exposure_ev
            || self.white_balance_mired != neutral.white_balance_mired
            || self.vignette > 0.0
            || self.defocus_px > 0.0
            || self.blur_px > 0.0
            || self.motion_px > 0.0
            || self.downscale > 1.0
    }

    /// Steps 1 to 4 of the crate's list.
    fn apply_to_light(&self, rgb: &mut [u8], width: usize, height: usize, depth: Option<&[f32]>) {
        let mut image = light::to_linear(rgb, width, height, light::gains(self.exposure_ev, self.white_balance_mired));
        if self.vignette > 0.0 {
            darken_corners(&mut image, self.vignette);
        }
        let mut sigma_px = self.blur_px;
        if self.defocus_px > 0.0 {
            let largest_px = width.min(height) as f32 / SIDE_PER_CIRCLE;
            if let Some(depth) = depth {
                let circle = |&depth_m| defocus::circle_px(depth_m, self.focus_m, self.defocus_px, largest_px);
                let mut circles = Raster::<1>::empty(width, height);
                circles.data.extend(depth.iter().map(circle));
                defocus::defocus(&mut image, &circles.data);
            } else {
                // Two Gaussians, one after the other, are one whose variance is the sum of theirs.
                let sigma_defocus = self.defocus_px.min(largest_px) * defocus::SIGMA_PER_DIAMETER;
                sigma_px = libm::sqrtf(sigma_px * sigma_px + sigma_defocus * sigma_defocus);
            }
        }
        if sigma_px > 0.0 {
            image = filter::gaussian(&image, sigma_px);
        }
        if self.motion_px > 0.0 {
            image = filter::filter(&image, &filter::motion_taps(self.motion_px, self.motion_deg));
        }
        if self.downscale > 1.0 {
            image = resize::down_and_up(&image, self.downscale);
        }
        light::to_srgb(&image, rgb);
    }
}

/// Natural vignetting: light falls with the fourth power of the cosine of the angle off the axis, whose tangent grows
/// with the distance from the middle of the picture. The corners lose `lost` of it.
fn darken_corners(image: &mut Raster<3>, lost: f32) {
    let (width, height) = (image.width, image.height);
    let (middle_x, middle_y) = (0.5 * width as f32, 0.5 * height as f32);
    // cos⁴ = 1 / (1 + tan²)²; tan² in the corner from the light that is left there.
    let tan2_corner = 1.0 / libm::sqrtf(1.0 - lost) - 1.0;
    let tan2_per_px2 = tan2_corner / (middle_x * middle_x + middle_y * middle_y).max(1.0);
    for (y, row) in image.data.chunks_exact_mut(width * 3).enumerate() {
        let dy = y as f32 + 0.5 - middle_y;
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let dx = x as f32 + 0.5 - middle_x;
            let inverse_cos2 = 1.0 + tan2_per_px2 * (dx * dx + dy * dy);
            let left = 1.0 / (inverse_cos2 * inverse_cos2);
            for channel in pixel {
                *channel *= left;
            }
        }
    }
}
