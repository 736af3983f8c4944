//! Procedural surfaces: tileable PBR maps that need no file.
//!
//! 1. A family (a struct in `masonry`, `wood`, `metal`, `poured`, `cloth`, `printed`, `litter` or `ground`) paints one [`Texel`]
//!    for a point of the unit square, from [`noise`] that repeats there; a recipe is a name with a family's parameters.
//! 2. [`make`] samples it on a grid and derives normals from the heights, which are metres: a recipe's relief is
//!    as deep as it says, whatever the resolution.
//!
//! To add a material is to add its parameters to the list of its family's file.

mod cloth;
mod ground;
mod litter;
mod masonry;
mod metal;
mod motif;
pub mod noise;
mod poured;
mod printed;
mod wood;

use std::sync::{Arc, LazyLock};

use bevy_math::{UVec2, Vec2, Vec3};
use serde::{Deserialize, Serialize};

use crate::{
    model::Texture,
    stored::{shared, shared_option},
};

/// Pixels along a side of every map.
pub const SIZE: u32 = 256;

/// The maps of one material, ready for a surface of any mesh.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MaterialMaps {
    /// sRGB colour, opaque, [`SIZE`] × [`SIZE`].
    #[serde(with = "shared")]
    pub base_color: Arc<Texture>,
    /// Tangent-space normals, +y up in the image as in glTF 2.0.
    #[serde(with = "shared_option")]
    pub normal: Option<Arc<Texture>>,
    /// Roughness in green, metalness in blue, linear.
    #[serde(with = "shared_option")]
    pub metallic_roughness: Option<Arc<Texture>>,
    /// Factor on the map's metalness, or the metalness itself where there is no map; 0–1.
    pub metallic: f32,
    /// Factor on the map's roughness, or the perceptual roughness itself where there is no map; 0–1.
    pub roughness: f32,
    /// Edge of one tile in metres.
    pub tile_m: f32,
}

/// One point of a material.
#[derive(Clone, Copy, Debug)]
pub struct Texel {
    /// sRGB-encoded, 0–1.
    pub color: Vec3,
    /// Metres above the lowest point of the relief.
    pub height: f32,
    /// Perceptual, 0–1.
    pub roughness: f32,
    /// 0–1.
    pub metallic: f32,
}

/// A family of materials with its parameters.
trait Family: Sync {
    /// What the material looks like at one point.
    fn texel(&self, at: Spot) -> Texel;
}

/// A point of a material that is being painted.
#[derive(Clone, Copy)]
struct Spot {
    /// On the unit square.
    p: Vec2,
    /// Of the material's own noise.
    seed: u32,
    /// Edge of the tile in metres.
    tile_m: f32,
}

impl Spot {
    /// Fractal noise with as many cells along both axes, about −1 to 1.
    fn fbm(&self, cells: u32, octaves: u32, salt: u32) -> f32 {
        noise::fbm(self.p, UVec2::splat(cells), octaves, self.seed ^ salt)
    }

    /// Fractal noise that is stretched: cells along x and along y.
    fn grain(&self, x: u32, y: u32, octaves: u32, salt: u32) -> f32 {
        noise::fbm(self.p, UVec2::new(x, y), octaves, self.seed ^ salt)
    }

    /// Two numbers of noise, to bend lines with.
    fn warp(&self, cells: u32, octaves: u32, salt: u32) -> Vec2 {
        Vec2::new(self.fbm(cells, octaves, salt), self.fbm(cells, octaves, salt ^ 0x7f00))
    }
}

/// A named material: how large a tile is, and what each point of it looks like.
struct Recipe {
    name: &'static str,
    tile_m: f32,
    family: &'static dyn Family,
}

impl Recipe {
    fn texel(&self, p: Vec2) -> Texel {
        // FNV-1a (G. Fowler, L. C. Noll, P. Vo): no two materials share their noise.
        let seed =
            self.name.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        self.family.texel(Spot { p, seed, tile_m: self.tile_m })
    }
}

/// A line of a family's list.
const fn named(name: &'static str, tile_m: f32, family: &'static dyn Family) -> Recipe {
    Recipe { name, tile_m, family }
}

/// All recipes, by name.
static RECIPES: LazyLock<Vec<&'static Recipe>> = LazyLock::new(|| {
    let mut all: Vec<&Recipe> = [
        cloth::RECIPES,
        ground::RECIPES,
        litter::RECIPES,
        masonry::RECIPES,
        metal::RECIPES,
        poured::RECIPES,
        printed::RECIPES,
        wood::RECIPES,
    ]
    .into_iter()
    .flatten()
    .collect();
    all.sort_by_key(|recipe| recipe.name);
    all
});

/// Edge of a material's tile in metres; `None` if there is none of this name.
pub fn tile_m(name: &str) -> Option<f32> {
    RECIPES.iter().find(|recipe| recipe.name == name).map(|recipe| recipe.tile_m)
}

/// The names that [`make`] knows, sorted.
pub fn names() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| RECIPES.iter().map(|recipe| recipe.name).collect());
    &NAMES
}

/// Paints a material; `None` if there is none of this name. The same name gives the same bytes always.
///
/// A call takes 10 to 100 milliseconds: keep what it returns.
pub fn make(name: &str) -> Option<MaterialMaps> {
    let index = RECIPES.binary_search_by_key(&name, |recipe| recipe.name).ok()?;
    Some(bake(RECIPES[index]))
}

/// Edge of a tile in metres, and the linear colours of `edge` × `edge` points, each the mean of four; `None` if there is
/// none of this name.
pub(crate) fn linear_colors(name: &str, edge: u32) -> Option<(f32, Vec<Vec3>)> {
    let recipe = RECIPES[RECIPES.binary_search_by_key(&name, |recipe| recipe.name).ok()?];
    let colors = (0..edge * edge).map(|i| {
        let corner = Vec2::new((i % edge) as f32, (i / edge) as f32);
        let mean: Vec3 = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]
            .into_iter()
            .map(|offset| recipe.texel((corner + Vec2::from_array(offset)) / edge as f32).color.max(Vec3::ZERO))
            // A polynomial fit of the sRGB curve (C. Schüler).
            .map(|color| color * color * (color * 0.305_3 + 0.682_2) + color * 0.012_5)
            .sum();
        mean / 4.0
    });
    Some((recipe.tile_m, colors.collect()))
}

fn bake(recipe: &Recipe) -> MaterialMaps {
    let size = SIZE as usize;
    let texels: Vec<Texel> = (0..size * size)
        .map(|i| recipe.texel(Vec2::new((i % size) as f32 + 0.5, (i / size) as f32 + 0.5) / size as f32))
        .collect();
    let height = |x: usize, y: usize| texels[(y % size) * size + x % size].height;
    // Two texels apart, so that the slope is centred.
    let run = 2.0 * recipe.tile_m / size as f32;
    let normal_at = |x: usize, y: usize| {
        let right = (height(x + 1, y) - height(x + size - 1, y)) / run;
        let down = (height(x, y + 1) - height(x, y + size - 1)) / run;
        Vec3::new(-right, down, 1.0).normalize()
    };
    let image = |pixel: &dyn Fn(usize, usize) -> [u8; 4]| {
        let rgba = (0..size * size).flat_map(|i| pixel(i % size, i / size)).collect();
        Arc::new(Texture { width: SIZE, height: SIZE, rgba })
    };
    MaterialMaps {
        base_color: image(&|x, y| {
            let c = texels[y * size + x].color;
            [byte(c.x), byte(c.y), byte(c.z), 255]
        }),
        normal: Some(image(&|x, y| {
            let n = normal_at(x, y) * 0.5 + 0.5;
            [byte(n.x), byte(n.y), byte(n.z), 255]
        })),
        metallic_roughness: Some(image(&|x, y| {
            let texel = texels[y * size + x];
            [0, byte(texel.roughness), byte(texel.metallic), 255]
        })),
        metallic: 1.0,
        roughness: 1.0,
        tile_m: recipe.tile_m,
    }
}

fn byte(x: f32) -> u8 {
    (x.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

/// A colour as designers write it, `0xrrggbb`, sRGB.
const fn srgb(hex: u32) -> Vec3 {
    Vec3::new(((hex >> 16) & 255) as f32 / 255.0, ((hex >> 8) & 255) as f32 / 255.0, (hex & 255) as f32 / 255.0)
}

/// The colour of a palette that a number in 0–1 picks.
fn pick(palette: &[Vec3], random: f32) -> Vec3 {
    palette[((random * palette.len() as f32) as usize).min(palette.len() - 1)]
}

/// A cell of a masonry bond.
struct Brick {
    /// The cell's column, counted within its row, and row.
    column: u32,
    /// The cell's row.
    row: u32,
    /// Metres to the nearest edge of the cell.
    edge: f32,
}

/// Divides the tile of `tile_m` metres into rows of equal cells, every other row shifted by `shift` cells.
fn bond(p: Vec2, tile_m: f32, columns: u32, rows: u32, shift: f32) -> Brick {
    let y = p.y * rows as f32;
    let row = y.floor();
    let x = p.x * columns as f32 + if row as i32 % 2 == 0 { 0.0 } else { shift };
    let column = x.floor();
    let cell = Vec2::new(tile_m / columns as f32, tile_m / rows as f32);
    let local = Vec2::new(x - column, y - row) * cell;
    let near = local.min(cell - local);
    Brick { column: column as u32 % columns, row: row as u32, edge: near.min_element() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rms(texture: &Texture, step: impl Fn(usize) -> ((usize, usize), (usize, usize))) -> f32 {
        let at = |(x, y): (usize, usize), c: usize| f32::from(texture.rgba[(y * SIZE as usize + x) * 4 + c]);
        let mut sum = 0.0;
        for i in 0..SIZE as usize {
            let (a, b) = step(i);
            sum += (0..3).map(|c| (at(a, c) - at(b, c)).powi(2)).sum::<f32>();
        }
        (sum / (3.0 * SIZE as f32)).sqrt()
    }

    #[test]
    fn no_material_has_a_seam() {
        let last = SIZE as usize - 1;
        for name in names() {
            let maps = make(name).unwrap();
            for texture in [&maps.base_color, maps.normal.as_ref().unwrap()] {
                // A grid line may lie on the border, as others lie inside: the worst inner line is the measure,
                // give or take what chance makes of one.
                let inner_x = (0..last).map(|x| rms(texture, |i| ((x, i), (x + 1, i)))).fold(0.0, f32::max);
                let inner_y = (0..last).map(|y| rms(texture, |i| ((i, y), (i, y + 1)))).fold(0.0, f32::max);
                let seam_x = rms(texture, |i| ((last, i), (0, i)));
                let seam_y = rms(texture, |i| ((i, last), (i, 0)));
                assert!(seam_x <= inner_x * 1.4 + 0.5, "{name}: {seam_x} across, {inner_x} inside");
                assert!(seam_y <= inner_y * 1.4 + 0.5, "{name}: {seam_y} across, {inner_y} inside");
            }
        }
    }

    #[test]
    fn materials_are_many_varied_distinct_and_repeatable() {
        assert!(names().len() >= 74);
        assert!(names().windows(2).all(|pair| pair[0] < pair[1]), "sorted, and no name twice");
        let mut means: Vec<(&str, Vec<u8>)> = Vec::new();
        for name in names() {
            let maps = make(name).unwrap();
            assert_eq!(maps.base_color, make(name).unwrap().base_color, "{name}");
            assert!(maps.tile_m > 0.05 && maps.tile_m < 8.0, "{name}");
            let rgba = &maps.base_color.rgba;
            assert_eq!(rgba.len(), (SIZE * SIZE * 4) as usize);
            let varied = rgba.chunks_exact(4).filter(|pixel| pixel[..3] != rgba[..3]).count();
            assert!(varied > 1000, "{name} is constant");
            for (other, bytes) in &means {
                let difference: f64 =
                    bytes.iter().zip(rgba).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / rgba.len() as f64;
                assert!(difference > 4.0, "{name} looks like {other}: {difference}");
            }
            means.push((name, rgba.clone()));
        }
    }

    #[test]
    fn an_unknown_name_is_none() {
        assert!(make("unobtainium").is_none());
    }
}
