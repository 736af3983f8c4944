//! Diffuse light from all around in nine numbers a channel.

use std::f32::consts::PI;

use bevy_math::{Vec3, ops};
use serde::{Deserialize, Serialize};

use super::SkyImage;

/// Irradiance of a sky for every surface direction, as spherical harmonics up to order 2: Ramamoorthi and Hanrahan,
/// "An Efficient Representation for Irradiance Environment Maps", SIGGRAPH 2001. Its error is about 1 % for skies,
/// and up to 9 % where one small light is all there is.
///
/// The polar axis is y, so that turning a sky mixes pairs of coefficients only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SphericalHarmonics {
    /// Linear RGB factors of the basis functions 1, x, y, z, xz, xy, 3y² − 1, yz, z² − x² of the unit normal, each
    /// with its own norm (see [`SphericalHarmonics::basis`]). The cosine lobe is already in them.
    pub coefficients: [Vec3; 9],
}

impl SphericalHarmonics {
    /// The nine basis functions of a unit vector, orthonormal over the sphere.
    pub fn basis(n: Vec3) -> [f32; 9] {
        // Square roots of 1/4π, 3/4π, 15/4π, 5/16π and 15/16π.
        [
            0.282_095,
            0.488_603 * n.x,
            0.488_603 * n.y,
            0.488_603 * n.z,
            1.092_548 * n.x * n.z,
            1.092_548 * n.x * n.y,
            0.315_392 * (3.0 * n.y * n.y - 1.0),
            1.092_548 * n.y * n.z,
            0.546_274 * (n.z * n.z - n.x * n.x),
        ]
    }

    /// Projects a sky. Time is linear in its pixels.
    pub fn from_sky(sky: &SkyImage) -> Self {
        let mut harmonics = Self::default();
        sky.for_each(|direction, solid, radiance| harmonics.add_light(direction, radiance * solid));
        harmonics
    }

    /// Adds a distant light: unit vector towards it, and the linear RGB irradiance of a surface that faces it.
    pub fn add_light(&mut self, direction: Vec3, irradiance: Vec3) {
        // The clamped cosine's own coefficients, equation 8 of the paper.
        const LOBE: [f32; 3] = [PI, 2.0 * PI / 3.0, PI / 4.0];
        const ORDER: [usize; 9] = [0, 1, 1, 1, 2, 2, 2, 2, 2];
        for (i, basis) in Self::basis(direction).into_iter().enumerate() {
            self.coefficients[i] += irradiance * (basis * LOBE[ORDER[i]]);
        }
    }

    /// Linear RGB irradiance of a surface with this unit normal; divide by π for the radiance of a white one.
    pub fn irradiance(&self, normal: Vec3) -> Vec3 {
        let sum: Vec3 = Self::basis(normal).into_iter().zip(self.coefficients).map(|(basis, c)| c * basis).sum();
        // The series swings below zero opposite to a single light.
        sum.max(Vec3::ZERO)
    }

    /// The same sky turned about y by `angle` radians, right-handed: what shone from +z at 0 shines from +x at π/2.
    pub fn rotated_y(&self, angle: f32) -> Self {
        let c = &self.coefficients;
        let turn = |sin_part: Vec3, cos_part: Vec3, angle: f32| {
            let (sin, cos) = ops::sin_cos(angle);
            (sin_part * cos + cos_part * sin, cos_part * cos - sin_part * sin)
        };
        // With azimuth from z towards x: x and xy go with its sine, z and yz with its cosine, xz and z² − x² with
        // those of twice the azimuth (both have the norm √(15/4π) once xz is written as sin 2φ / 2).
        let (x, z) = turn(c[1], c[3], angle);
        let (xy, yz) = turn(c[5], c[7], angle);
        let (xz, zz) = turn(c[4], c[8], 2.0 * angle);
        Self { coefficients: [c[0], x, c[2], z, xz, xy, c[6], yz, zz] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORMALS: [Vec3; 5] = [Vec3::X, Vec3::Y, Vec3::NEG_Z, Vec3::new(0.6, 0.0, 0.8), Vec3::new(0.48, -0.6, 0.64)];

    #[test]
    fn a_constant_sky_gives_pi_times_its_radiance_everywhere() {
        let sky = SkyImage::paint(64, 32, |_| Vec3::new(1.0, 0.5, 0.25));
        for normal in NORMALS {
            let irradiance = sky.harmonics().irradiance(normal);
            assert!(irradiance.distance(PI * Vec3::new(1.0, 0.5, 0.25)) < 5e-3, "{normal}: {irradiance}");
        }
    }

    #[test]
    fn one_light_gives_the_truncated_cosine() {
        let light = Vec3::new(0.36, 0.48, 0.8);
        let mut harmonics = SphericalHarmonics::default();
        harmonics.add_light(light, Vec3::ONE);
        for normal in NORMALS {
            let cosine = light.dot(normal);
            // The first three terms of the clamped cosine in Legendre polynomials.
            let series = 0.25 + 0.5 * cosine + 5.0 / 32.0 * (3.0 * cosine * cosine - 1.0);
            let got = harmonics.irradiance(normal).x;
            assert!((got - series.max(0.0)).abs() < 1e-4, "{normal}: {got}, not {series}");
            assert!((got - cosine.max(0.0)).abs() < 0.1);
        }
    }

    #[test]
    fn to_turn_the_sky_is_to_turn_its_lights() {
        let light = Vec3::new(0.36, 0.48, 0.8);
        let mut harmonics = SphericalHarmonics::default();
        harmonics.add_light(light, Vec3::ONE);
        for angle in [0.3f32, 1.7, -2.4] {
            let mut turned = SphericalHarmonics::default();
            turned.add_light(bevy_math::Quat::from_rotation_y(angle) * light, Vec3::ONE);
            for (a, b) in harmonics.rotated_y(angle).coefficients.iter().zip(turned.coefficients) {
                assert!(a.distance(b) < 1e-5, "{angle}: {a} {b}");
            }
        }
    }
}
