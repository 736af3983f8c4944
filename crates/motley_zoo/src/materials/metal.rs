//! Sheets of metal: brushed, cast, painted, rusty, pressed.

use bevy_math::{UVec2, Vec2, Vec3, ops};

use super::noise::{mix, smoothstep, worley};
use super::{Family, Recipe, Spot, Texel, named, srgb};

pub(super) const RECIPES: &[Recipe] = &[
    named("brushed_metal", 0.5, &STEEL),
    named("brass", 0.5, &Sheet { metal: srgb(0xc8a45c), ..STEEL }),
    named(
        "copper_green",
        1.0,
        &Sheet { metal: srgb(0x9b5f3e), spread: 0.55, rust: [srgb(0x3f7a68), srgb(0x86b8a2)], ..STEEL },
    ),
    named("galvanized", 0.8, &Spangled),
    named("rusty_metal", 1.0, &RUSTY),
    named("painted_metal", 1.2, &Sheet { coat: Some(srgb(0x35608a)), spread: 0.26, ..RUSTY }),
    named("painted_metal_red", 1.2, &Sheet { coat: Some(srgb(0x9d2f28)), spread: 0.2, ..RUSTY }),
    named("diamond_plate", 0.4, &Pressed { shape: Shape::Diamonds, metal: srgb(0x9a9c9e), paint: false }),
    named("corrugated", 0.9, &Pressed { shape: Shape::Waves, metal: srgb(0xa9adad), paint: false }),
    named("corrugated_green", 0.9, &Pressed { shape: Shape::Waves, metal: srgb(0x4c6b58), paint: true }),
    named("perforated", 0.2, &Pressed { shape: Shape::Holes, metal: srgb(0xb0b2b4), paint: false }),
    named("garage_door", 1.2, &Pressed { shape: Shape::Ribs, metal: srgb(0xd9d7d1), paint: true }),
];

/// A flat sheet, bare or painted, corroded where noise says so.
struct Sheet {
    metal: Vec3,
    /// Paint, where there is any left.
    coat: Option<Vec3>,
    /// Share that is corroded, 0–1.
    spread: f32,
    rust: [Vec3; 2],
    /// Strength of brush strokes.
    strokes: f32,
}

const STEEL: Sheet =
    Sheet { metal: srgb(0xb9bcc0), coat: None, spread: 0.0, rust: [srgb(0x5a2c17), srgb(0xb0622c)], strokes: 0.13 };

const RUSTY: Sheet = Sheet { metal: srgb(0x75807f), spread: 0.55, strokes: 0.03, ..STEEL };

impl Family for Sheet {
    fn texel(&self, at: Spot) -> Texel {
        let stroke = at.grain(3, 96, 2, 1);
        let broad = at.grain(2, 5, 3, 2);
        let grain = at.fbm(24, 3, 3);
        let edge = 0.65 - 1.3 * self.spread;
        let rust = if self.spread > 0.0 { smoothstep(edge - 0.13, edge + 0.13, at.fbm(4, 6, 4)) } else { 0.0 };
        let bare = self.metal * (1.0 + self.strokes * stroke + 0.6 * self.strokes * broad);
        let (face, metallic, roughness) = match self.coat {
            Some(paint) => (paint * (1.0 + 0.07 * broad + 0.03 * grain), 0.0, 0.35),
            None => (bare, 1.0, 0.32 + 0.08 * stroke),
        };
        let brown = self.rust[0].lerp(self.rust[1], (0.5 + 0.6 * grain).clamp(0.0, 1.0));
        Texel {
            color: face.lerp(brown, rust),
            height: 0.0001 * stroke + (0.002 + 0.001 * grain) * rust,
            roughness: mix(roughness, 0.95, rust),
            metallic: metallic * (1.0 - rust),
        }
    }
}

/// Hot-dip galvanized: crystals of zinc.
struct Spangled;

impl Family for Spangled {
    fn texel(&self, at: Spot) -> Texel {
        let bent = at.p + at.warp(8, 3, 1) * 0.02;
        let crystal = worley(bent, UVec2::splat(11), at.seed);
        let streak = at.fbm(30, 2, 2);
        let tone = 0.72 + 0.32 * crystal.random[0] + 0.06 * streak;
        Texel { color: srgb(0xb4b9bc) * tone, height: 0.0, roughness: 0.3 + 0.25 * crystal.random[1], metallic: 1.0 }
    }
}

enum Shape {
    Diamonds,
    Waves,
    Holes,
    Ribs,
}

/// Metal with a pressed relief, whose colour follows from its shape and dirt.
struct Pressed {
    shape: Shape,
    metal: Vec3,
    paint: bool,
}

impl Family for Pressed {
    fn texel(&self, at: Spot) -> Texel {
        let (height, shade) = match self.shape {
            Shape::Diamonds => {
                // Bars in turned pairs on a lattice.
                let q = at.p * 8.0;
                let cell = q.floor();
                let f = q - cell - 0.5;
                let turned = (cell.x as i32 + cell.y as i32) % 2 == 0;
                let d = if turned { Vec2::new(f.x + f.y, f.x - f.y) } else { Vec2::new(f.x - f.y, f.x + f.y) };
                let bar = 1.0 - (d.x / 0.85).powi(2) - (d.y / 0.24).powi(2);
                (0.0025 * bar.max(0.0).sqrt(), if bar > 0.0 { 1.12 } else { 0.9 })
            }
            Shape::Waves => {
                let wave = 0.5 + 0.5 * ops::sin(std::f32::consts::TAU * 12.0 * at.p.x);
                (0.018 * wave, 0.7 + 0.35 * wave)
            }
            Shape::Holes => {
                let q = at.p * 14.0;
                let hole = smoothstep(0.36, 0.28, (q - q.floor() - 0.5).length());
                (-0.002 * hole, 1.0 - 0.9 * hole)
            }
            Shape::Ribs => {
                let rib = ops::rem_euclid(at.p.y * 6.0, 1.0);
                let step = smoothstep(0.0, 0.06, rib) * smoothstep(1.0, 0.94, rib);
                (0.012 * step, 0.72 + 0.28 * step)
            }
        };
        let dirt = smoothstep(0.1, 0.7, at.fbm(4, 5, 1));
        let scratch = at.grain(40, 4, 2, 2);
        Texel {
            color: (self.metal * shade * (1.0 + 0.05 * scratch)).lerp(srgb(0x5b5048), 0.3 * dirt),
            height,
            roughness: mix(if self.paint { 0.4 } else { 0.3 }, 0.85, dirt),
            metallic: if self.paint { 0.0 } else { 1.0 - 0.6 * dirt },
        }
    }
}
