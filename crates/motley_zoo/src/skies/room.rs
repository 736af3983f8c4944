//! Rooms and studios: what a subject in the middle of a box sees around it.

use bevy_math::{UVec2, Vec2, Vec3};

use super::{Sky, SkyImage, SkyKind, SunHint, luminance};
use crate::materials::noise::{fbm, smoothstep};

/// What a room looks like. Colours are linear RGB, relative to each other: the whole is scaled to `level`.
pub(super) struct Look {
    pub(super) name: &'static str,
    pub(super) kind: SkyKind,
    /// Half the width, the height, and half the depth in metres.
    size: Vec3,
    wall: Vec3,
    floor: Vec3,
    ceiling: Vec3,
    lights: &'static [Panel],
    /// Radiance of a white horizontal surface.
    level: f32,
    seed: u32,
}

/// A glowing rectangle on one side of the box.
struct Panel {
    /// Which side: its outward normal.
    side: Vec3,
    /// Middle, along the side's two axes, in metres: (x, y) on ±z, (z, y) on ±x, (x, z) on the ceiling.
    center: Vec2,
    /// Half its extent, in metres.
    half: Vec2,
    color: Vec3,
    /// Bars of a window frame cross it.
    is_window: bool,
}

const fn panel(side: Vec3, center: [f32; 2], half: [f32; 2], color: [f32; 3], is_window: bool) -> Panel {
    Panel {
        side,
        center: Vec2::from_array(center),
        half: Vec2::from_array(half),
        color: Vec3::from_array(color),
        is_window,
    }
}

pub(super) const LOOKS: &[Look] = &[
    Look {
        name: "bright_room",
        kind: SkyKind::Room,
        size: Vec3::new(2.6, 2.6, 3.0),
        wall: Vec3::new(0.62, 0.60, 0.56),
        floor: Vec3::new(0.30, 0.21, 0.13),
        ceiling: Vec3::new(0.72, 0.71, 0.69),
        lights: &[
            panel(Vec3::X, [-0.8, 1.45], [0.6, 0.75], [9.0, 10.0, 11.5], true),
            panel(Vec3::X, [1.0, 1.45], [0.6, 0.75], [9.0, 10.0, 11.5], true),
        ],
        level: 0.8,
        seed: 1,
    },
    Look {
        name: "lamp_room",
        kind: SkyKind::Room,
        size: Vec3::new(2.2, 2.5, 2.4),
        wall: Vec3::new(0.42, 0.30, 0.19),
        floor: Vec3::new(0.16, 0.10, 0.06),
        ceiling: Vec3::new(0.5, 0.38, 0.26),
        lights: &[
            panel(Vec3::Y, [0.2, 0.1], [0.22, 0.22], [34.0, 24.0, 13.0], false),
            panel(Vec3::NEG_Z, [1.5, 1.3], [0.16, 0.2], [14.0, 9.0, 4.5], false),
        ],
        level: 0.5,
        seed: 2,
    },
    Look {
        name: "office",
        kind: SkyKind::Room,
        size: Vec3::new(4.0, 2.8, 4.5),
        wall: Vec3::new(0.52, 0.53, 0.53),
        floor: Vec3::new(0.16, 0.17, 0.19),
        ceiling: Vec3::new(0.62, 0.63, 0.62),
        lights: &[
            panel(Vec3::Y, [-1.5, -2.0], [0.6, 0.6], [9.0, 9.6, 9.3], false),
            panel(Vec3::Y, [1.5, -2.0], [0.6, 0.6], [9.0, 9.6, 9.3], false),
            panel(Vec3::Y, [-1.5, 1.8], [0.6, 0.6], [9.0, 9.6, 9.3], false),
            panel(Vec3::Y, [1.5, 1.8], [0.6, 0.6], [9.0, 9.6, 9.3], false),
        ],
        level: 0.85,
        seed: 3,
    },
    Look {
        name: "studio",
        kind: SkyKind::Outdoor,
        size: Vec3::new(4.0, 4.0, 4.0),
        wall: Vec3::new(0.58, 0.58, 0.59),
        floor: Vec3::new(0.50, 0.50, 0.51),
        ceiling: Vec3::new(0.60, 0.60, 0.61),
        lights: &[
            panel(Vec3::X, [0.8, 2.6], [1.2, 0.9], [8.0, 8.0, 8.0], false),
            panel(Vec3::NEG_X, [1.2, 2.0], [0.8, 0.8], [4.0, 4.1, 4.3], false),
            panel(Vec3::Y, [0.0, 0.0], [1.2, 1.2], [6.0, 6.0, 6.0], false),
        ],
        level: 1.0,
        seed: 4,
    },
    Look {
        name: "studio_dark",
        kind: SkyKind::Outdoor,
        size: Vec3::new(4.0, 4.0, 4.0),
        wall: Vec3::new(0.05, 0.05, 0.055),
        floor: Vec3::new(0.1, 0.1, 0.1),
        ceiling: Vec3::new(0.05, 0.05, 0.05),
        lights: &[
            panel(Vec3::X, [0.6, 2.4], [1.0, 1.0], [9.0, 9.0, 9.0], false),
            panel(Vec3::NEG_X, [-0.5, 1.8], [0.4, 1.2], [3.0, 3.1, 3.4], false),
        ],
        level: 0.7,
        seed: 6,
    },
    Look {
        name: "studio_warm",
        kind: SkyKind::Outdoor,
        size: Vec3::new(4.0, 4.0, 4.0),
        wall: Vec3::new(0.5, 0.36, 0.24),
        floor: Vec3::new(0.4, 0.3, 0.22),
        ceiling: Vec3::new(0.5, 0.46, 0.42),
        lights: &[
            panel(Vec3::NEG_Z, [0.5, 2.6], [1.4, 0.9], [8.0, 7.4, 6.6], false),
            panel(Vec3::X, [-1.0, 2.0], [0.7, 0.9], [3.5, 3.2, 2.8], false),
        ],
        level: 0.9,
        seed: 7,
    },
    Look {
        name: "window_room",
        kind: SkyKind::Room,
        size: Vec3::new(2.0, 2.5, 2.2),
        wall: Vec3::new(0.30, 0.31, 0.31),
        floor: Vec3::new(0.14, 0.11, 0.08),
        ceiling: Vec3::new(0.36, 0.36, 0.36),
        lights: &[panel(Vec3::NEG_X, [0.2, 1.4], [0.8, 0.8], [11.0, 12.0, 13.0], true)],
        level: 0.55,
        seed: 5,
    },
];

pub(super) fn paint(look: &Look) -> Sky {
    let mut image = SkyImage::paint(512, 256, |direction| radiance(look, direction));
    image.scale_to(look.level);
    let sun = key_light(look, &image);
    if let Some(sun) = sun {
        image.scale_to(look.level * (1.0 - sun.share));
    }
    Sky { kind: look.kind, image, sun, backdrop: None }
}

/// The strongest panel as a light that casts shadows: a third of its light, for what a large panel casts is soft.
fn key_light(look: &Look, image: &SkyImage) -> Option<SunHint> {
    let strength = |panel: &Panel| luminance(panel.color) * panel.half.x * panel.half.y;
    let panel = look.lights.iter().max_by(|a, b| strength(a).total_cmp(&strength(b)))?;
    let direction = (position(look, panel) - EYE).normalize();
    let (mut mine, mut all) = (0.0, 0.0);
    let brightest = image.rgb.iter().copied().fold(0.0, f32::max);
    image.for_each(|toward, solid, radiance| {
        let light = luminance(radiance) * solid * toward.y.max(0.0);
        all += light;
        if luminance(radiance) > 0.25 * brightest {
            mine += light;
        }
    });
    let share = mine / all / 3.0;
    // The panels count as lit by one colour, the key's.
    Some(SunHint { direction, color: panel.color / luminance(panel.color), share })
}

/// Where the image is seen from, metres above the middle of the floor: a small subject's height.
const EYE: Vec3 = Vec3::new(0.0, 0.6, 0.0);

/// The middle of a panel in the room.
fn position(look: &Look, panel: &Panel) -> Vec3 {
    let c = panel.center;
    if panel.side.y > 0.5 {
        Vec3::new(c.x, look.size.y, c.y)
    } else if panel.side.x.abs() > 0.5 {
        Vec3::new(panel.side.x * look.size.x, c.y, c.x)
    } else {
        Vec3::new(c.x, c.y, panel.side.z * look.size.z)
    }
}

fn radiance(look: &Look, direction: Vec3) -> Vec3 {
    // From inside a box the nearest side ahead is the one that is hit.
    let high = Vec3::new(look.size.x, look.size.y, look.size.z);
    let low = Vec3::new(-look.size.x, 0.0, -look.size.z);
    let reach = |d: f32, from: f32, low: f32, high: f32| {
        if d.abs() < 1e-6 { f32::MAX } else { (if d > 0.0 { high } else { low } - from) / d }
    };
    let t = Vec3::new(
        reach(direction.x, EYE.x, low.x, high.x),
        reach(direction.y, EYE.y, low.y, high.y),
        reach(direction.z, EYE.z, low.z, high.z),
    );
    let nearest = t.min_element();
    let hit = EYE + direction * nearest;
    let (side, place, albedo) = if nearest == t.y {
        let up = direction.y > 0.0;
        (Vec3::Y * direction.y.signum(), Vec2::new(hit.x, hit.z), if up { look.ceiling } else { look.floor })
    } else if nearest == t.x {
        (Vec3::X * direction.x.signum(), Vec2::new(hit.z, hit.y), look.wall)
    } else {
        (Vec3::Z * direction.z.signum(), Vec2::new(hit.x, hit.y), look.wall)
    };
    for panel in look.lights.iter().filter(|panel| panel.side == side) {
        let offset = (place - panel.center).abs();
        if offset.cmplt(panel.half).all() {
            let bar = panel.is_window && (offset.x < 0.03 || (panel.half - offset).min_element() < 0.04);
            // Outside a window it is brighter above than below.
            let outside = if panel.is_window { 0.75 + 0.4 * (place.y - panel.center.y) / panel.half.y } else { 1.0 };
            return if bar { albedo * 1.2 } else { panel.color * outside.max(0.2) };
        }
    }
    // Light that the panels throw on the sides: falls with the square of the distance, plus what bounces.
    let mut light = 0.35;
    for panel in look.lights {
        let toward = position(look, panel) - hit;
        let distance = toward.length().max(0.3);
        let facing = (-side).dot(toward / distance).max(0.0) * panel.side.dot(toward / distance).max(0.0);
        light += luminance(panel.color) * panel.half.x * panel.half.y * 4.0 * facing
            / (std::f32::consts::PI * distance * distance);
    }
    // Corners get less of the bounce.
    let inset = (high - hit).min(hit - low).abs();
    let smallest_two = inset.element_sum() - inset.max_element();
    let corner = 0.7 + 0.3 * smoothstep(0.0, 0.7, smallest_two);
    let stain = 1.0 + 0.06 * fbm(place / 16.0, UVec2::splat(16), 3, look.seed);
    albedo * (light * corner * stain)
}
