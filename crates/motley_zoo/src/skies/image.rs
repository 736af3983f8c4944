//! Pictures of the whole sphere.

use std::f32::consts::{PI, TAU};

use bevy_math::{Vec3, ops};
use image::DynamicImage;

use super::{SphericalHarmonics, SunHint, luminance};

/// Radiance in every direction: an equirectangular image.
///
/// The top row looks up (+y), the middle of the picture to −z, and right of it to +x.
#[derive(Clone, Debug, PartialEq)]
pub struct SkyImage {
    /// Pixels, twice the height.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Linear RGB radiance, `[height, width, 3]`, top row first.
    pub rgb: Vec<f32>,
}

/// Why a picture cannot be a sky.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SkyError {
    /// Not a full sphere.
    #[error(
        "a sky must be an equirectangular picture, twice as wide as high; this one has {width} × {height} pixels: stitch or crop it to 2:1"
    )]
    NotEquirectangular {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// Nothing to see.
    #[error("the picture of the sky is black: export it with its exposure applied")]
    Black,
}

impl SkyImage {
    /// Paints an image, pixel by pixel, from the unit vector that the pixel looks along.
    pub fn paint(width: u32, height: u32, radiance: impl Fn(Vec3) -> Vec3) -> Self {
        let mut rgb = Vec::with_capacity((width * height * 3) as usize);
        for y in 0..height {
            for x in 0..width {
                rgb.extend(radiance(direction(x, y, width, height)).to_array());
            }
        }
        Self { width, height, rgb }
    }

    /// Decodes a picture: sRGB where it has 8 or 16 bits a channel, linear where it has floats. It is reduced to
    /// 1024 × 512 pixels if it is at least that large, otherwise brought to 512 × 256. Brightness stays as it is;
    /// what is not a number becomes 0.
    ///
    /// # Errors
    /// If the picture is black or not about twice as wide as it is high.
    pub fn from_image(picture: &DynamicImage) -> Result<Self, SkyError> {
        let (width, height) = (picture.width(), picture.height());
        if height < 2 || !(1.9..=2.1).contains(&(f64::from(width) / f64::from(height))) {
            return Err(SkyError::NotEquirectangular { width, height });
        }
        let is_float = matches!(picture, DynamicImage::ImageRgb32F(_) | DynamicImage::ImageRgba32F(_));
        let source = picture.to_rgb32f();
        let clean = |x: f32| {
            let x = if x.is_finite() { x.clamp(0.0, 1e5) } else { 0.0 };
            if is_float { x } else { to_linear(x) }
        };
        let (w, h) = if width >= 1024 { (1024, 512) } else { (512, 256) };
        let mut rgb = Vec::with_capacity((w * h * 3) as usize);
        // The mean over the source pixels that a target pixel covers (one at least): nothing bright is missed.
        let span = |i: u32, to: u32, from: u32| {
            let start = u64::from(i) * u64::from(from) / u64::from(to);
            let end = (u64::from(i + 1) * u64::from(from)).div_ceil(u64::from(to));
            start as u32..(end.max(start + 1) as u32).min(from)
        };
        for y in 0..h {
            for x in 0..w {
                let (mut sum, mut count) = (Vec3::ZERO, 0.0);
                for sy in span(y, h, height) {
                    for sx in span(x, w, width) {
                        sum += Vec3::from_array(source.get_pixel(sx, sy).0.map(clean));
                        count += 1.0;
                    }
                }
                rgb.extend((sum / count).to_array());
            }
        }
        if rgb.iter().all(|x| *x <= 0.0) {
            return Err(SkyError::Black);
        }
        Ok(Self { width: w, height: h, rgb })
    }

    /// Visits every pixel: unit vector, solid angle in steradians, linear RGB radiance.
    pub fn for_each(&self, mut visit: impl FnMut(Vec3, f32, Vec3)) {
        for (i, rgb) in self.rgb.chunks_exact(3).enumerate() {
            let (x, y) = (i as u32 % self.width, i as u32 / self.width);
            visit(direction(x, y, self.width, self.height), self.solid_angle(y), Vec3::new(rgb[0], rgb[1], rgb[2]));
        }
    }

    /// Radiance along a unit vector, from the nearest pixel.
    pub fn radiance(&self, direction: Vec3) -> Vec3 {
        let u = ops::atan2(direction.x, -direction.z) / TAU + 0.5;
        let v = ops::acos(direction.y.clamp(-1.0, 1.0)) / PI;
        let x = ((u * self.width as f32) as u32).min(self.width - 1);
        let y = ((v * self.height as f32) as u32).min(self.height - 1);
        let i = ((y * self.width + x) * 3) as usize;
        Vec3::new(self.rgb[i], self.rgb[i + 1], self.rgb[i + 2])
    }

    /// The light that the image sends to a surface of any direction.
    pub fn harmonics(&self) -> SphericalHarmonics {
        SphericalHarmonics::from_sky(self)
    }

    /// Scales the radiance so that a white, diffuse, horizontal surface has luminance `level`; a black image stays black.
    pub fn scale_to(&mut self, level: f32) {
        let now = luminance(self.harmonics().irradiance(Vec3::Y)) / PI;
        if now > 0.0 {
            let factor = level / now;
            self.rgb.iter_mut().for_each(|x| *x *= factor);
        }
    }

    /// Takes the sun out of a picture: what is far brighter than the rest of the upper half is cut, and what was cut
    /// is returned as a direction, a colour and a share of the ground's light. `None` if that share is below 5 %.
    pub(super) fn take_sun(&mut self) -> Option<SunHint> {
        let mut upper: Vec<f32> = Vec::new();
        self.for_each(|direction, _, radiance| {
            if direction.y > 0.0 {
                upper.push(luminance(radiance));
            }
        });
        upper.sort_by(f32::total_cmp);
        // Clouds beside the sun reach some ten times the median; discs and lamps hundreds.
        let limit = 16.0 * upper.get(upper.len() / 2).copied()?.max(1e-4);
        let (mut aim, mut color, mut cut, mut total) = (Vec3::ZERO, Vec3::ZERO, 0.0, 0.0);
        let (width, height) = (self.width, self.height);
        for y in 0..height / 2 {
            let solid = self.solid_angle(y);
            for x in 0..width {
                let i = ((y * width + x) * 3) as usize;
                let radiance = Vec3::new(self.rgb[i], self.rgb[i + 1], self.rgb[i + 2]);
                let direction = direction(x, y, width, height);
                let bright = luminance(radiance);
                total += bright * solid * direction.y;
                if bright > limit {
                    let kept = radiance * (limit / bright);
                    let taken = (radiance - kept) * solid;
                    aim += direction * luminance(taken);
                    color += taken;
                    cut += luminance(taken) * direction.y;
                    self.rgb[i..i + 3].copy_from_slice(&kept.to_array());
                }
            }
        }
        let direction = aim.try_normalize()?;
        let share = (cut / total).min(0.9);
        (share > 0.05).then(|| SunHint { direction, color: color / luminance(color), share })
    }

    /// The unit vector that the middle of a pixel looks along.
    pub(super) fn direction(x: u32, y: u32, width: u32, height: u32) -> Vec3 {
        direction(x, y, width, height)
    }

    /// Steradians of a pixel in row `y`.
    fn solid_angle(&self, y: u32) -> f32 {
        let edge = |y: u32| ops::cos(PI * y as f32 / self.height as f32);
        TAU / self.width as f32 * (edge(y) - edge(y + 1))
    }
}

/// The unit vector that the middle of a pixel looks along.
fn direction(x: u32, y: u32, width: u32, height: u32) -> Vec3 {
    let azimuth = TAU * ((x as f32 + 0.5) / width as f32 - 0.5);
    let (sin, cos) = ops::sin_cos(PI * (y as f32 + 0.5) / height as f32);
    Vec3::new(ops::sin(azimuth) * sin, cos, -ops::cos(azimuth) * sin)
}

/// The inverse of sRGB's transfer curve (IEC 61966-2-1).
fn to_linear(x: f32) -> f32 {
    if x <= 0.04045 { x / 12.92 } else { ops::powf((x + 0.055) / 1.055, 2.4) }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, Rgb32FImage, RgbImage};

    use super::*;

    #[test]
    fn the_solid_angles_make_a_sphere() {
        let sky = SkyImage::paint(64, 32, |_| Vec3::ONE);
        let mut sum = 0.0;
        sky.for_each(|_, solid, _| sum += solid);
        assert!((sum - 4.0 * PI).abs() < 1e-3, "{sum}");
    }

    #[test]
    fn a_direction_finds_its_own_pixel() {
        let sky = SkyImage::paint(64, 32, |direction| direction * 0.5 + 0.5);
        for direction in [Vec3::X, Vec3::NEG_Z, Vec3::new(0.3, -0.5, 0.7).normalize(), Vec3::Y] {
            assert!(sky.radiance(direction).distance(direction * 0.5 + 0.5) < 0.06, "{direction}");
        }
    }

    #[test]
    fn pictures_of_any_depth_become_linear() {
        let bytes = RgbImage::from_pixel(300, 150, Rgb([188, 188, 188]));
        let sky = SkyImage::from_image(&bytes.into()).unwrap();
        assert_eq!((sky.width, sky.height), (512, 256));
        assert!((sky.rgb[0] - 0.503).abs() < 0.01, "{}", sky.rgb[0]);
        let mut floats = Rgb32FImage::from_pixel(2048, 1024, Rgb([7.0, 1.0, 0.25]));
        floats.put_pixel(5, 5, Rgb([f32::NAN, f32::INFINITY, -1.0]));
        let sky = SkyImage::from_image(&floats.into()).unwrap();
        assert_eq!((sky.width, sky.height), (1024, 512));
        assert_eq!(sky.rgb[..3], [7.0, 1.0, 0.25]);
        assert!(sky.rgb.iter().all(|x| x.is_finite()));
    }

    #[test]
    fn what_is_no_sphere_is_refused() {
        let square = RgbImage::from_pixel(64, 64, Rgb([9, 9, 9]));
        assert_eq!(SkyImage::from_image(&square.into()), Err(SkyError::NotEquirectangular { width: 64, height: 64 }));
        assert_eq!(SkyImage::from_image(&RgbImage::new(64, 32).into()), Err(SkyError::Black));
        assert!(SkyImage::from_image(&RgbImage::new(0, 0).into()).is_err());
    }
}
