//! Open skies: gradient, glow, clouds, and a landscape on the horizon.

use bevy_math::{UVec2, Vec2, Vec3, ops};

pub(super) use super::land::Land;
use super::{Sky, SkyImage, SkyKind, SunHint, land, luminance, places};
use crate::materials::noise::{fbm, mix, random, smoothstep};

/// What an open sky looks like. Colours are linear RGB, relative to each other: the whole is scaled to `level`.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) name: &'static str,
    zenith: Vec3,
    pub(super) horizon: Vec3,
    pub(super) ground: Vec3,
    /// Elevation and azimuth in degrees, colour and share of the light.
    sun: Option<([f32; 2], Vec3, f32)>,
    /// Brightness of the halo around the sun.
    glow: f32,
    /// Share of the sky that clouds cover, 0–1.
    clouds: f32,
    cloud_lit: Vec3,
    cloud_dark: Vec3,
    /// What stands on the horizon, how high it rises above it in radians, and how bright it is beside the sky.
    pub(super) land: Land,
    pub(super) skyline: f32,
    pub(super) land_light: f32,
    stars: bool,
    /// Radiance of a white horizontal surface, sun included.
    level: f32,
    pub(super) seed: u32,
}

impl Look {
    /// Radiance of a white horizontal surface, sun included.
    pub(super) fn level(&self) -> f32 {
        self.level
    }

    /// Materials that the ground before this landscape may be made of.
    pub(super) fn grounds(&self) -> &'static [&'static str] {
        match self.land {
            Land::Trees | Land::Hills | Land::Fields | Land::Mountains => places::LAWN,
            Land::Forest => places::WOODS,
            Land::Village | Land::City => places::ROAD,
            Land::Sea => places::SHORE,
            Land::Dunes => &["sand", "sand_fine", "cracked_earth", "gravel_red"],
            Land::Snow => &["snow", "snow_trodden", "ice", "grass_frost"],
        }
    }

    /// Is it dark enough for lights in windows?
    pub(super) fn is_dark(&self) -> bool {
        self.level < 0.35
    }
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
    land: Land::Trees,
    skyline: 0.11,
    land_light: 1.0,
    stars: false,
    level: 1.0,
    seed: 1,
};

/// Low sun.
const GOLDEN: Look = Look {
    name: "golden_hour",
    zenith: rgb(0.20, 0.32, 0.58),
    horizon: rgb(0.98, 0.76, 0.50),
    ground: rgb(0.18, 0.15, 0.1),
    sun: Some(([14.0, 75.0], rgb(1.0, 0.72, 0.42), 0.6)),
    glow: 2.4,
    clouds: 0.15,
    cloud_lit: rgb(1.6, 1.2, 0.85),
    cloud_dark: rgb(0.5, 0.46, 0.5),
    land: Land::Fields,
    level: 0.85,
    seed: 21,
    ..CLEAR
};

/// The CIE standard overcast sky (ISO 15469): a third as bright at the horizon as overhead.
const OVERCAST: Look = Look {
    name: "overcast",
    zenith: rgb(1.0, 1.03, 1.08),
    horizon: rgb(0.36, 0.37, 0.38),
    ground: rgb(0.2, 0.2, 0.18),
    sun: None,
    skyline: 0.1,
    seed: 5,
    ..CLEAR
};

const HAZY: Look = Look {
    name: "hazy",
    zenith: rgb(0.42, 0.55, 0.78),
    horizon: rgb(0.95, 0.95, 0.92),
    sun: Some(([38.0, -70.0], rgb(1.0, 0.93, 0.80), 0.52)),
    glow: 2.0,
    clouds: 0.18,
    land: Land::Hills,
    seed: 3,
    ..CLEAR
};

const PARTLY: Look = Look {
    name: "partly_cloudy",
    sun: Some(([44.0, 150.0], rgb(1.0, 0.94, 0.85), 0.62)),
    clouds: 0.45,
    land: Land::Hills,
    seed: 6,
    ..CLEAR
};

const NIGHT: Look = Look {
    name: "night",
    zenith: rgb(0.010, 0.016, 0.045),
    horizon: rgb(0.09, 0.085, 0.10),
    ground: rgb(0.02, 0.02, 0.024),
    sun: Some(([48.0, 120.0], rgb(0.75, 0.86, 1.0), 0.35)),
    glow: 0.12,
    clouds: 0.15,
    cloud_lit: rgb(0.10, 0.11, 0.15),
    cloud_dark: rgb(0.02, 0.022, 0.035),
    land: Land::Village,
    skyline: 0.12,
    land_light: 0.06,
    stars: true,
    level: 0.12,
    seed: 4,
};

pub(super) const LOOKS: &[Look] = &[
    CLEAR,
    Look {
        name: "clear_noon",
        zenith: rgb(0.08, 0.19, 0.56),
        sun: Some(([71.0, 10.0], rgb(1.0, 0.97, 0.92), 0.82)),
        land: Land::Village,
        seed: 22,
        ..CLEAR
    },
    Look {
        name: "morning",
        zenith: rgb(0.2, 0.34, 0.66),
        horizon: rgb(0.85, 0.8, 0.74),
        sun: Some(([22.0, -95.0], rgb(1.0, 0.84, 0.64), 0.62)),
        glow: 1.6,
        land: Land::Fields,
        level: 0.9,
        seed: 23,
        ..CLEAR
    },
    GOLDEN,
    Look { name: "golden_city", land: Land::City, skyline: 0.16, seed: 24, ..GOLDEN },
    HAZY,
    Look {
        name: "misty",
        zenith: rgb(0.72, 0.75, 0.78),
        horizon: rgb(0.8, 0.81, 0.81),
        sun: None,
        glow: 0.0,
        clouds: 0.0,
        land: Land::Forest,
        land_light: 1.6,
        level: 0.8,
        seed: 25,
        ..HAZY
    },
    PARTLY,
    Look {
        name: "scattered_clouds",
        zenith: rgb(0.13, 0.27, 0.62),
        sun: Some(([60.0, -30.0], rgb(1.0, 0.96, 0.9), 0.7)),
        clouds: 0.25,
        land: Land::Village,
        skyline: 0.12,
        seed: 7,
        ..CLEAR
    },
    Look {
        name: "broken_clouds",
        sun: Some(([35.0, 200.0], rgb(1.0, 0.92, 0.82), 0.45)),
        clouds: 0.62,
        cloud_dark: rgb(0.5, 0.55, 0.62),
        land: Land::Trees,
        seed: 26,
        ..PARTLY
    },
    OVERCAST,
    Look { name: "overcast_city", land: Land::City, skyline: 0.17, seed: 27, ..OVERCAST },
    Look { name: "overcast_forest", land: Land::Forest, skyline: 0.14, level: 0.8, seed: 28, ..OVERCAST },
    Look {
        name: "stormy",
        zenith: rgb(0.30, 0.33, 0.38),
        horizon: rgb(0.62, 0.64, 0.66),
        sun: None,
        clouds: 0.85,
        cloud_lit: rgb(0.62, 0.65, 0.7),
        cloud_dark: rgb(0.16, 0.18, 0.22),
        ground: rgb(0.1, 0.1, 0.09),
        land: Land::Fields,
        land_light: 0.7,
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
        land: Land::Hills,
        land_light: 0.45,
        level: 0.75,
        seed: 9,
        ..CLEAR
    },
    Look { name: "sunset_sea", land: Land::Sea, land_light: 0.7, seed: 29, level: 0.75, clouds: 0.35, ..GOLDEN },
    Look {
        name: "dusk",
        zenith: rgb(0.06, 0.10, 0.28),
        horizon: rgb(0.85, 0.42, 0.26),
        ground: rgb(0.07, 0.07, 0.08),
        sun: None,
        clouds: 0.35,
        cloud_lit: rgb(0.75, 0.38, 0.36),
        cloud_dark: rgb(0.14, 0.14, 0.24),
        land: Land::Village,
        skyline: 0.12,
        land_light: 0.2,
        level: 0.3,
        seed: 2,
        ..CLEAR
    },
    Look {
        name: "blue_hour",
        zenith: rgb(0.04, 0.08, 0.24),
        horizon: rgb(0.24, 0.3, 0.46),
        ground: rgb(0.05, 0.05, 0.06),
        sun: None,
        clouds: 0.2,
        cloud_lit: rgb(0.2, 0.22, 0.34),
        cloud_dark: rgb(0.06, 0.08, 0.16),
        land: Land::City,
        skyline: 0.16,
        land_light: 0.18,
        level: 0.25,
        seed: 30,
        ..CLEAR
    },
    NIGHT,
    Look {
        name: "night_city",
        horizon: rgb(0.16, 0.12, 0.08),
        sun: Some(([38.0, 60.0], rgb(1.0, 0.72, 0.38), 0.55)),
        glow: 0.0,
        land: Land::City,
        skyline: 0.2,
        stars: false,
        level: 0.2,
        seed: 31,
        ..NIGHT
    },
    Look {
        name: "night_street",
        horizon: rgb(0.11, 0.08, 0.06),
        sun: Some(([55.0, -40.0], rgb(1.0, 0.66, 0.3), 0.75)),
        glow: 0.0,
        land: Land::Village,
        skyline: 0.16,
        land_light: 0.12,
        stars: false,
        level: 0.25,
        seed: 32,
        ..NIGHT
    },
    Look { name: "seaside", land: Land::Sea, clouds: 0.2, seed: 33, ..CLEAR },
    Look { name: "mountains", land: Land::Mountains, skyline: 0.2, clouds: 0.2, seed: 34, ..CLEAR },
    Look {
        name: "snow_field",
        ground: rgb(0.7, 0.74, 0.8),
        land: Land::Snow,
        skyline: 0.12,
        sun: Some(([28.0, 110.0], rgb(1.0, 0.92, 0.82), 0.55)),
        seed: 35,
        ..HAZY
    },
    Look {
        name: "snow_overcast",
        ground: rgb(0.62, 0.64, 0.66),
        land: Land::Snow,
        skyline: 0.12,
        seed: 36,
        ..OVERCAST
    },
    Look {
        name: "desert",
        horizon: rgb(0.86, 0.78, 0.66),
        ground: rgb(0.42, 0.3, 0.18),
        land: Land::Dunes,
        sun: Some(([58.0, -140.0], rgb(1.0, 0.94, 0.84), 0.78)),
        seed: 37,
        ..CLEAR
    },
    Look { name: "village", land: Land::Village, skyline: 0.13, clouds: 0.3, seed: 38, ..PARTLY },
    Look { name: "city", land: Land::City, skyline: 0.22, clouds: 0.3, seed: 39, ..PARTLY },
    Look { name: "forest_edge", land: Land::Forest, skyline: 0.2, seed: 40, ..CLEAR },
];

/// The weather over a place: `chance` in 0–1 picks it, the sun stands at `azimuth` degrees.
pub(super) fn weather(chance: f32, azimuth: f32, land: Land, seed: u32) -> Look {
    let around = |mut look: Look, elevation: f32| {
        if let Some((angles, ..)) = &mut look.sun {
            *angles = [elevation, azimuth];
        }
        Look { land, seed: seed % 4000 + 100, skyline: look.skyline.min(0.12), ..look }
    };
    let spread = ops::rem_euclid(chance * 50.0, 1.0);
    match chance {
        c if c < 0.28 => around(CLEAR, 32.0 + 30.0 * spread),
        c if c < 0.52 => around(PARTLY, 28.0 + 34.0 * spread),
        c if c < 0.78 => around(OVERCAST, 45.0),
        c if c < 0.9 => around(HAZY, 30.0 + 30.0 * spread),
        _ => around(GOLDEN, 12.0 + 8.0 * spread),
    }
}

fn sun_of(look: &Look) -> Option<SunHint> {
    look.sun.map(|([elevation, azimuth], color, share)| {
        let (sin, cos) = ops::sin_cos(elevation.to_radians());
        let (sin_az, cos_az) = ops::sin_cos(azimuth.to_radians());
        let direction = Vec3::new(cos * sin_az, sin, cos * cos_az);
        SunHint { direction, color: color / luminance(color), share }
    })
}

/// An open sky in few pixels, to light a place with.
pub(super) struct Open {
    /// Without a landscape in the way of much.
    pub(super) sky: Sky,
    /// Factor that brings [`radiance`] to the brightness of the image.
    pub(super) scale: f32,
}

/// Paints an open sky for its light only.
pub(super) fn paint_small(look: &Look) -> Open {
    let sun = sun_of(look);
    let mut image = SkyImage::paint(64, 32, |direction| radiance(look, sun.as_ref(), direction));
    let before = luminance(image.harmonics().irradiance(Vec3::Y));
    image.scale_to(look.level * (1.0 - sun.map_or(0.0, |sun| sun.share)));
    let scale = luminance(image.harmonics().irradiance(Vec3::Y)) / before.max(1e-6);
    Open { sky: Sky { kind: SkyKind::Outdoor, image, sun, backdrop: None }, scale }
}

pub(super) fn paint(look: &Look) -> Sky {
    let sun = sun_of(look);
    let mut image = SkyImage::paint(1024, 512, |direction| radiance(look, sun.as_ref(), direction));
    image.scale_to(look.level * (1.0 - sun.map_or(0.0, |sun| sun.share)));
    Sky { kind: SkyKind::Outdoor, image, sun, backdrop: None }
}

/// Radiance along a unit vector, in the look's own units.
pub(super) fn radiance(look: &Look, sun: Option<&SunHint>, direction: Vec3) -> Vec3 {
    if direction.y < 0.3
        && let Some(color) = land::radiance(look, sun, direction)
    {
        return color;
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
