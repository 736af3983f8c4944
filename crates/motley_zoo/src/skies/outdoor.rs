//! Open skies: gradient, glow, clouds, skyline and ground.

use std::f32::consts::TAU;

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::{Sky, SkyImage, SkyKind, SunHint, luminance};
use crate::materials::noise::{fbm, mix, random, smoothstep};

/// What an open sky looks like. Colours are linear RGB, relative to each other: the whole is scaled to `level`.
pub(super) struct Look {
    pub(super) name: &'static str,
    zenith: Vec3,
    horizon: Vec3,
    ground: Vec3,
    /// Elevation and azimuth in degrees, colour and share of the light.
    sun: Option<([f32; 2], Vec3, f32)>,
    /// Brightness of the halo around the sun.
    glow: f32,
    /// Share of the sky that clouds cover, 0–1.
    clouds: f32,
    cloud_lit: Vec3,
    cloud_dark: Vec3,
    /// Height of the treetops or roofs over the horizon in radians, and their colour.
    skyline: (f32, Vec3),
    stars: bool,
    /// Radiance of a white horizontal surface, sun included.
    level: f32,
    seed: u32,
}

const fn rgb(r: f32, g: f32, b: f32) -> Vec3 {
    Vec3::new(r, g, b)
}

/// A clear day, which the others change.
const CLEAR: Look = Look {
    name: "clear",
    zenith: rgb(0.10, 0.22, 0.58),
    horizon: rgb(0.52, 0.68, 0.92),
    ground: rgb(0.17, 0.17, 0.12),
    sun: Some(([52.0, 40.0], rgb(1.0, 0.95, 0.86), 0.76)),
    glow: 0.9,
    clouds: 0.0,
    cloud_lit: rgb(1.7, 1.7, 1.7),
    cloud_dark: rgb(0.75, 0.8, 0.9),
    skyline: (0.06, rgb(0.05, 0.075, 0.04)),
    stars: false,
    level: 1.0,
    seed: 1,
};

pub(super) const LOOKS: &[Look] = &[
    CLEAR,
    Look {
        name: "dusk",
        zenith: rgb(0.06, 0.10, 0.28),
        horizon: rgb(0.85, 0.42, 0.26),
        ground: rgb(0.07, 0.07, 0.08),
        sun: None,
        clouds: 0.35,
        cloud_lit: rgb(0.75, 0.38, 0.36),
        cloud_dark: rgb(0.14, 0.14, 0.24),
        skyline: (0.07, rgb(0.012, 0.014, 0.02)),
        level: 0.3,
        seed: 2,
        ..CLEAR
    },
    Look {
        name: "hazy",
        zenith: rgb(0.42, 0.55, 0.78),
        horizon: rgb(0.95, 0.95, 0.92),
        sun: Some(([38.0, -70.0], rgb(1.0, 0.93, 0.80), 0.52)),
        glow: 2.0,
        clouds: 0.18,
        skyline: (0.05, rgb(0.28, 0.33, 0.34)),
        seed: 3,
        ..CLEAR
    },
    Look {
        name: "night",
        zenith: rgb(0.010, 0.016, 0.045),
        horizon: rgb(0.09, 0.085, 0.10),
        ground: rgb(0.02, 0.02, 0.024),
        sun: Some(([48.0, 120.0], rgb(0.75, 0.86, 1.0), 0.35)),
        glow: 0.12,
        clouds: 0.15,
        cloud_lit: rgb(0.10, 0.11, 0.15),
        cloud_dark: rgb(0.02, 0.022, 0.035),
        skyline: (0.08, rgb(0.004, 0.005, 0.007)),
        stars: true,
        level: 0.12,
        seed: 4,
    },
    Look {
        name: "overcast",
        // The CIE standard overcast sky (ISO 15469): a third as bright at the horizon as overhead.
        zenith: rgb(1.0, 1.03, 1.08),
        horizon: rgb(0.36, 0.37, 0.38),
        ground: rgb(0.2, 0.2, 0.18),
        sun: None,
        clouds: 0.0,
        skyline: (0.05, rgb(0.06, 0.075, 0.06)),
        seed: 5,
        ..CLEAR
    },
    Look {
        name: "partly_cloudy",
        sun: Some(([44.0, 150.0], rgb(1.0, 0.94, 0.85), 0.62)),
        clouds: 0.45,
        seed: 6,
        ..CLEAR
    },
    Look {
        name: "scattered_clouds",
        zenith: rgb(0.13, 0.27, 0.62),
        sun: Some(([60.0, -30.0], rgb(1.0, 0.96, 0.9), 0.7)),
        clouds: 0.25,
        skyline: (0.1, rgb(0.12, 0.11, 0.10)),
        seed: 7,
        ..CLEAR
    },
    Look {
        name: "stormy",
        zenith: rgb(0.30, 0.33, 0.38),
        horizon: rgb(0.62, 0.64, 0.66),
        sun: None,
        clouds: 0.85,
        cloud_lit: rgb(0.62, 0.65, 0.7),
        cloud_dark: rgb(0.16, 0.18, 0.22),
        ground: rgb(0.1, 0.1, 0.09),
        level: 0.5,
        seed: 8,
        ..CLEAR
    },
    Look {
        name: "sunset",
        zenith: rgb(0.14, 0.22, 0.46),
        horizon: rgb(1.0, 0.62, 0.34),
        ground: rgb(0.15, 0.12, 0.1),
        sun: Some(([9.0, 60.0], rgb(1.0, 0.58, 0.27), 0.5)),
        glow: 3.0,
        clouds: 0.4,
        cloud_lit: rgb(1.7, 0.95, 0.6),
        cloud_dark: rgb(0.34, 0.30, 0.40),
        skyline: (0.06, rgb(0.03, 0.03, 0.025)),
        level: 0.75,
        seed: 9,
        ..CLEAR
    },
];

pub(super) fn paint(look: &Look) -> Sky {
    let sun = look.sun.map(|([elevation, azimuth], color, share)| {
        let (sin, cos) = ops::sin_cos(elevation.to_radians());
        let (sin_az, cos_az) = ops::sin_cos(azimuth.to_radians());
        let direction = Vec3::new(cos * sin_az, sin, cos * cos_az);
        SunHint { direction, color: color / luminance(color), share }
    });
    let mut image = SkyImage::paint(512, 256, |direction| radiance(look, sun.as_ref(), direction));
    image.scale_to(look.level * (1.0 - sun.map_or(0.0, |sun| sun.share)));
    Sky { kind: SkyKind::Outdoor, image, sun }
}

fn radiance(look: &Look, sun: Option<&SunHint>, direction: Vec3) -> Vec3 {
    let around = ops::atan2(direction.x, direction.z) / TAU + 0.5;
    let (height, skyline) = look.skyline;
    // The middle of the horizon stays soft, since the world's ground meets it there.
    let hills = fbm(Vec2::new(around, 0.5), UVec2::new(12, 1), 2, look.seed);
    let crowns = fbm(Vec2::new(around, 0.5), UVec2::new(90, 1), 3, look.seed + 50);
    let top = height * (0.5 + 0.45 * hills + 0.14 * crowns).max(0.05);
    if direction.y < 0.0 {
        // Farther ground is seen through more air.
        let haze = ops::exp(direction.y * 18.0) * 0.45;
        return look.ground.lerp(look.horizon, haze);
    }
    if direction.y < top {
        let leafy = fbm(Vec2::new(around, direction.y), UVec2::new(160, 60), 2, look.seed + 60);
        let lit = (0.85 + 0.35 * leafy + 0.5 * direction.y / top).max(0.2);
        return (skyline * lit).lerp(look.horizon, 0.12);
    }
    open_sky(look, sun, direction)
}

fn open_sky(look: &Look, sun: Option<&SunHint>, direction: Vec3) -> Vec3 {
    let is_overcast = luminance(look.zenith) > luminance(look.horizon);
    let mut color = if is_overcast {
        // L = Lz (1 + 2 sin γ) / 3, with the folds of a closed cover.
        let fold = 1.0 + 0.08 * cloud_noise(look, direction);
        look.horizon.lerp(look.zenith, direction.y) * fold
    } else {
        look.horizon.lerp(look.zenith, ops::powf(direction.y, 0.45))
    };
    let toward_sun = sun.map_or(0.0, |sun| sun.direction.dot(direction).max(0.0));
    if let Some(sun) = sun {
        // A narrow aureole and a wide one: forward scattering of aerosol and of haze.
        let halo =
            0.35 * ops::powf(toward_sun, 6.0) + 1.6 * ops::powf(toward_sun, 80.0) + 6.0 * ops::powf(toward_sun, 900.0);
        color += sun.color * (look.glow * halo * luminance(look.horizon));
    }
    if look.stars {
        let cell = ((direction * 0.5 + 0.5) * 220.0).as_uvec3();
        let [chance, bright, tint] = random(cell.x * 512 + cell.y, cell.z, look.seed);
        if chance > 0.9975 {
            color += Vec3::new(0.9 + 0.1 * tint, 0.95, 1.1 - 0.2 * tint) * (0.1 + 0.5 * bright * bright);
        }
    }
    if look.clouds > 0.0 {
        let density = cloud_noise(look, direction) * 0.5 + 0.5;
        let threshold = 1.0 - look.clouds;
        // Clouds fade into the haze near the horizon.
        let cover = smoothstep(threshold - 0.06, threshold + 0.16, density) * smoothstep(0.015, 0.12, direction.y);
        // Thin rims let the light through, thick middles are dark from below; a step sunwards tells the lit side.
        let sunward = sun.map_or(Vec3::Y, |sun| sun.direction);
        let ahead = cloud_noise(look, (direction + 0.08 * sunward).normalize()) * 0.5 + 0.5;
        let lit = (0.62 + 2.4 * (density - ahead) - 0.9 * (density - threshold)).clamp(0.0, 1.0);
        let body = look.cloud_dark.lerp(look.cloud_lit, lit) * (1.0 + 0.6 * ops::powf(toward_sun, 12.0));
        color = color.lerp(body, cover);
    }
    color
}

/// Noise on a flat layer of clouds as it is seen from below, about −1 to 1.
fn cloud_noise(look: &Look, direction: Vec3) -> f32 {
    const PERIOD: u32 = 64;
    // A curved earth keeps the layer finite at the horizon.
    let reach = 1.6 / (direction.y + 0.14);
    let place = Vec2::new(direction.x, direction.z) * reach;
    let warp = fbm(place / PERIOD as f32, UVec2::splat(PERIOD), 2, look.seed + 20);
    let p = (place + Vec2::splat(0.3 * warp)) / PERIOD as f32;
    mix(fbm(p, UVec2::splat(PERIOD), 5, look.seed + 10), warp, 0.2)
}
