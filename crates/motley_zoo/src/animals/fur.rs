//! Fur too fine for vertices: a tile of strands that multiplies the coat's colours and tilts its normals.
//!
//! The tile is drawn as strokes along v; texture coordinates run along the hair. They are mirrored at the middle plane,
//! so that no seam runs over the body, and blended by skin weights where regions meet.

use std::sync::{Arc, OnceLock};

use bevy_math::{Vec2, Vec3, ops};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::anatomy::Anatomy;
use super::breed::{Hair, Kind};
use super::noise::Dice;
use super::skeleton::{FORE, HEAD, HIND, TAIL, TAIL_BONES};
use super::skin::{self, Binding};
use crate::model::Texture;

/// Texels along an edge of the tile.
const SIZE: usize = 128;
/// Edge of the tile on the body in withers' heights, and on the heads of cats and of dogs in skulls.
const TILE: f32 = 0.25;
const CAT_HEAD_TILE: f32 = 1.35;
const DOG_HEAD_TILE: f32 = 0.9;
/// Mean of the albedo tile; what multiplies the coat is divided by it.
pub(super) const MEAN: f32 = 0.7;

/// Albedo (sRGB) and tangent-space normals of a kind of hair.
#[derive(Clone)]
pub(super) struct Tile {
    pub(super) albedo: Arc<Texture>,
    pub(super) normal: Arc<Texture>,
}

/// Strokes of one kind of hair: how many, how long and wide (texels), how wavy, how strong in colour and in relief.
struct Strokes {
    count: usize,
    length: (f32, f32),
    width: f32,
    wave: f32,
    curl: f32,
    contrast: f32,
    relief: f32,
}

fn strokes(hair: Hair) -> Strokes {
    match hair {
        // Down, and folds of the skin.
        Hair::Bare => {
            Strokes { count: 500, length: (12.0, 40.0), width: 3.0, wave: 0.5, curl: 0.0, contrast: 0.19, relief: 1.2 }
        }
        Hair::Short => Strokes {
            count: 2600,
            length: (10.0, 20.0),
            width: 1.0,
            wave: 0.15,
            curl: 0.0,
            contrast: 0.57,
            relief: 0.9,
        },
        Hair::Plush => Strokes {
            count: 1500,
            length: (14.0, 30.0),
            width: 1.4,
            wave: 0.25,
            curl: 0.0,
            contrast: 0.68,
            relief: 1.3,
        },
        Hair::Long => Strokes {
            count: 1100,
            length: (36.0, 80.0),
            width: 1.6,
            wave: 0.3,
            curl: 0.004,
            contrast: 0.8,
            relief: 1.6,
        },
        Hair::Curly => {
            Strokes { count: 900, length: (26.0, 44.0), width: 1.8, wave: 0.4, curl: 0.14, contrast: 0.91, relief: 2.0 }
        }
        Hair::Wire => Strokes {
            count: 1200,
            length: (16.0, 40.0),
            width: 1.3,
            wave: 0.7,
            curl: 0.02,
            contrast: 0.95,
            relief: 1.7,
        },
    }
}

/// The tile of a kind of hair: drawn once, shared by all individuals.
pub(super) fn tile(hair: Hair) -> Tile {
    static TILES: OnceLock<[Tile; 6]> = OnceLock::new();
    let kinds = [Hair::Bare, Hair::Short, Hair::Plush, Hair::Long, Hair::Curly, Hair::Wire];
    let tiles = TILES.get_or_init(|| kinds.map(draw));
    tiles[kinds.iter().position(|kind| *kind == hair).unwrap_or(0)].clone()
}

fn draw(hair: Hair) -> Tile {
    let strokes = strokes(hair);
    let mut generator = ChaCha8Rng::seed_from_u64(0xF0 + strokes.count as u64);
    let mut dice = Dice(&mut generator);
    let mut height = vec![0.0_f32; SIZE * SIZE];
    for _ in 0..strokes.count {
        stroke(&strokes, &mut dice, &mut height);
    }
    // Mean 0, deviation 1.
    let n = height.len() as f32;
    let mean = height.iter().sum::<f32>() / n;
    let deviation = (height.iter().map(|h| (h - mean) * (h - mean)).sum::<f32>() / n).sqrt().max(1e-6);
    for h in &mut height {
        *h = ((*h - mean) / deviation).clamp(-2.5, 2.5);
    }
    let mut albedo = Vec::with_capacity(SIZE * SIZE * 4);
    let mut normal = Vec::with_capacity(SIZE * SIZE * 4);
    let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    let at = |x: usize, y: usize| height[(y % SIZE) * SIZE + x % SIZE];
    // The brightest hairs are as bright as they can be: the others make up for it, so that a coat keeps its colour.
    let bright = |h: f32| (MEAN * (1.0 + 0.5 * strokes.contrast * h)).clamp(0.0, 1.0);
    let lost = MEAN / (height.iter().map(|h| bright(*h)).sum::<f32>() / n);
    for y in 0..SIZE {
        for x in 0..SIZE {
            let encoded = byte(srgb(bright(at(x, y)) * lost));
            albedo.extend([encoded, encoded, encoded, 255]);
            let slope = |forward: f32, backward: f32| 0.12 * strokes.relief * (backward - forward);
            let dx = slope(at(x + 1, y), at(x + SIZE - 1, y));
            let dy = slope(at(x, y + 1), at(x, y + SIZE - 1));
            // glTF's y points up the image.
            let v = Vec3::new(dx, -dy, 1.0).normalize();
            normal.extend([byte(0.5 + 0.5 * v.x), byte(0.5 + 0.5 * v.y), byte(0.5 + 0.5 * v.z), 255]);
        }
    }
    let texture = |rgba| Arc::new(Texture { width: SIZE as u32, height: SIZE as u32, rgba });
    Tile { albedo: texture(albedo), normal: texture(normal) }
}

/// One strand, painted over what lies there.
fn stroke(strokes: &Strokes, dice: &mut Dice, height: &mut [f32]) {
    let edge = SIZE as f32;
    let mut at = Vec2::new(dice.between(0.0, edge), dice.between(0.0, edge));
    let mut angle = dice.normal(strokes.wave);
    let bend = dice.normal(0.012) + if dice.chance(0.5) { strokes.curl } else { -strokes.curl };
    let length = dice.between(strokes.length.0, strokes.length.1);
    let shade = dice.normal(1.0);
    let width = strokes.width * dice.between(0.7, 1.3);
    let reach = width.ceil() as i32 + 1;
    for i in 0..length as usize {
        let t = i as f32 / length;
        let thick = width * (1.0 - 0.7 * t);
        let (cx, cy) = (at.x.floor() as i32, at.y.floor() as i32);
        for x in cx - reach..=cx + reach {
            let near = (x as f32 + 0.5 - at.x).abs() / thick;
            if near < 1.0 {
                let column = x.rem_euclid(SIZE as i32) as usize;
                let row = cy.rem_euclid(SIZE as i32) as usize;
                let pixel = &mut height[row * SIZE + column];
                *pixel += (shade - *pixel) * (1.0 - near * near) * (0.75 - 0.35 * t);
            }
        }
        angle += bend;
        let (sin, cos) = ops::sin_cos(angle);
        at += Vec2::new(sin, cos);
    }
}

/// IEC 61966-2-1.
fn srgb(linear: f32) -> f32 {
    let linear = linear.clamp(0.0, 1.0);
    if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * ops::powf(linear, 1.0 / 2.4) - 0.055 }
}

/// Texture coordinates of a place on the hide: v runs along the hair.
pub(super) fn uv(anatomy: &Anatomy, position: Vec3, binding: &Binding) -> Vec2 {
    let t = &anatomy.traits;
    let p = position / t.withers;
    let q = (position - anatomy.skull) / anatomy.unit;
    // From skull to nose; ears, eyes and jaw are head too.
    let head = skin::share(binding, HEAD, FORE[0] - HEAD);
    let limb = |first: usize| skin::share(binding, first, 4);
    let leg = limb(FORE[0] + 1) + limb(FORE[1] + 1) + limb(HIND[0] + 1) + limb(HIND[1] + 1);
    let tail = skin::share(binding, TAIL, TAIL_BONES);
    // About the spine, tail-ward.
    let around = ops::atan2(p.x.abs(), p.y - 0.7);
    let trunk = Vec2::new(0.6 * t.width * around, p.z) / TILE;
    let on_leg = Vec2::new(p.x.abs() + 0.9 * p.z, p.y - 0.3) / TILE;
    let on_tail = Vec2::new(1.6 * p.x.abs(), p.z) / TILE;
    let head_tile = if t.kind == Kind::Cat { CAT_HEAD_TILE } else { DOG_HEAD_TILE };
    // About the muzzle, away from the nose.
    let nose = Vec3::new(0.0, -0.35, 0.9);
    let from = q - nose;
    let face = Vec2::new(0.85 * ops::atan2(q.x.abs(), q.y - nose.y + 0.05), 3.4 - from.length()) / head_tile;
    trunk * (1.0 - head - leg - tail) + on_leg * leg + on_tail * tail + face * head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_repeats_and_keeps_its_mean() {
        for hair in [Hair::Bare, Hair::Short, Hair::Plush, Hair::Long, Hair::Curly, Hair::Wire] {
            let tile = tile(hair);
            let value = |x: usize, y: usize| f32::from(tile.albedo.rgba[(y * SIZE + x) * 4]);
            let step = |edge: bool| {
                let pairs = (0..SIZE).map(|i| if edge { (SIZE - 1, 0, i) } else { (SIZE / 2, SIZE / 2 + 1, i) });
                pairs
                    .map(|(a, b, i)| (value(a, i) - value(b, i)).abs() + (value(i, a) - value(i, b)).abs())
                    .sum::<f32>()
            };
            // Across the edge no more than in the middle, give or take.
            assert!(step(true) < 1.6 * step(false), "{hair:?}: {} against {}", step(true), step(false));
            // Of light, which is what is averaged from afar.
            let light = |encoded: f32| ops::powf((encoded / 255.0 + 0.055) / 1.055, 2.4);
            let mean = (0..SIZE * SIZE).map(|i| light(value(i % SIZE, i / SIZE))).sum::<f32>() / (SIZE * SIZE) as f32;
            assert!((mean - MEAN).abs() < 0.02, "{hair:?}: mean {mean}");
        }
    }
}
