//! Collects the solids of a street by what covers them.

use bevy_math::{Quat, Vec2, Vec3, ops};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{Cover, FIRST_BYSTANDER, MOST_BYSTANDERS, Piece, Street, greenery};
use crate::{
    materials,
    model::MeshData,
    vehicles::{breed::Dice, build::Sheet},
};

/// What covers a solid, beside its colour: see [`Cover`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Skin {
    Plain,
    Gloss,
    Glass,
    Leaves,
    /// A material on a wall or a thing.
    Wall(&'static str),
    /// A material that lies on the ground.
    Ground(&'static str),
}

/// A street in the making.
pub(super) struct Mold {
    pub(super) rng: ChaCha8Rng,
    skins: Vec<(Skin, MeshData)>,
    /// Names of those that were added, and the one that is being added.
    bystanders: Vec<String>,
    bystander: Option<u8>,
    /// Where something stands: its middle in (x, z) and its radius.
    taken: Vec<(Vec2, f32)>,
    /// Added to all that is laid: the subject may stand on a pavement.
    pub(super) lift: f32,
}

/// Beyond this distance from the subject no shadow is seen, metres.
const SHADOW_REACH: f32 = 16.0;
/// Edge of the squares that a street is cut into, metres.
const CUT: f32 = 30.0;

impl Mold {
    pub(super) fn new(name: &str) -> Self {
        let seed = *blake3::hash(name.as_bytes()).as_bytes();
        Self {
            rng: ChaCha8Rng::from_seed(seed),
            skins: Vec::new(),
            bystanders: Vec::new(),
            bystander: None,
            taken: Vec::new(),
            lift: 0.0,
        }
    }

    pub(super) fn dice(&mut self) -> Dice<'_, ChaCha8Rng> {
        Dice(&mut self.rng)
    }

    pub(super) fn range(&mut self, low: f32, high: f32) -> f32 {
        self.dice().range((low, high))
    }

    /// A whole number below `n`.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        (self.range(0.0, n as f32) as u32).min(n.saturating_sub(1))
    }

    pub(super) fn chance(&mut self, chance: f32) -> bool {
        self.dice().chance(chance)
    }

    /// One of a list.
    pub(super) fn any<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u32) as usize]
    }

    /// A colour near `color`.
    pub(super) fn near(&mut self, color: Vec3, spread: f32) -> Vec3 {
        self.dice().near(color, spread)
    }

    /// Adds what `build` makes, in one linear colour.
    pub(super) fn add(&mut self, skin: Skin, color: Vec3, build: impl FnOnce(&mut Sheet)) {
        let mut sheet = Sheet::default();
        build(&mut sheet);
        let count = sheet.mesh.positions.len();
        sheet.mesh.colors = vec![color.extend(1.0).to_array(); count];
        self.add_mesh(skin, sheet.mesh);
    }

    /// Takes a round place on the ground for something; `false` where something stands already.
    pub(super) fn take(&mut self, at: Vec3, radius: f32) -> bool {
        let at = Vec2::new(at.x, at.z);
        let free = self.taken.iter().all(|(other, reach)| at.distance(*other) > radius + reach);
        if free {
            self.taken.push((at, radius));
        }
        free
    }

    /// Adds a bystander: all that `build` adds is one thing of its own.
    pub(super) fn add_bystander(&mut self, name: &str, build: impl FnOnce(&mut Self)) {
        // Beyond what can be told apart it is a part of the street.
        if self.bystanders.len() < MOST_BYSTANDERS {
            self.bystander = Some(FIRST_BYSTANDER + self.bystanders.len() as u8);
            self.bystanders.push(name.to_owned());
        }
        build(self);
        self.bystander = None;
    }

    /// Adds a mesh that has its colours.
    pub(super) fn add_mesh(&mut self, skin: Skin, mut mesh: MeshData) {
        let id = self.bystander.map_or(1.0, |id| f32::from(id) / 255.0);
        mesh.colors.iter_mut().for_each(|color| color[3] = id);
        let tile = match skin {
            Skin::Wall(name) | Skin::Ground(name) => materials::tile_m(name).unwrap_or(1.0),
            Skin::Leaves => greenery::LEAF_TILE,
            Skin::Plain | Skin::Gloss | Skin::Glass => 1.0,
        };
        mesh.uvs = mesh.positions.iter().zip(&mesh.normals).map(|(p, n)| flat(*p, *n) / tile).collect();
        for position in &mut mesh.positions {
            position.y += self.lift;
        }
        let at = self.skins.iter().position(|(known, _)| *known == skin).unwrap_or_else(|| {
            self.skins.push((skin, MeshData::default()));
            self.skins.len() - 1
        });
        self.skins[at].1.append(mesh);
    }

    /// A box by its lowest and highest corner.
    pub(super) fn block(&mut self, skin: Skin, color: Vec3, a: Vec3, b: Vec3) {
        let (low, high) = (a.min(b), a.max(b));
        self.add(skin, color, |sheet| sheet.cuboid((low + high) / 2.0, (high - low) / 2.0, Quat::IDENTITY));
    }

    /// A level rectangle, in strips of at most 20 m so that light which is computed by vertex is even.
    pub(super) fn slab(&mut self, skin: Skin, color: Vec3, low: Vec2, high: Vec2, y: f32) {
        let rows = (((high.y - low.y) / 20.0).ceil() as usize).clamp(1, 16);
        self.add(skin, color, |sheet| {
            sheet.patch(rows, 1, |p| Vec3::new(low.x + (high.x - low.x) * p.y, y, low.y + (high.y - low.y) * p.x));
        });
    }

    /// A post.
    pub(super) fn post(&mut self, color: Vec3, foot: Vec3, height: f32, radius: f32) {
        self.add(Skin::Plain, color, |sheet| sheet.pipe(&[foot, foot + Vec3::Y * height], radius, 7));
    }

    /// Everything, cut into pieces.
    pub(super) fn finish(self) -> Street {
        let mut pieces = Vec::new();
        for (skin, mesh) in self.skins {
            let cover = cover(skin);
            let lies = matches!(skin, Skin::Ground(_));
            let mut cuts: Vec<((i32, i32, bool), Vec<u32>)> = Vec::new();
            for triangle in mesh.indices.chunks_exact(3) {
                let middle = triangle.iter().map(|i| mesh.positions[*i as usize]).sum::<Vec3>() / 3.0;
                let near = !lies && skin != Skin::Glass && Vec2::new(middle.x, middle.z).length() < SHADOW_REACH;
                let square = |x: f32| (x / CUT).round() as i32;
                let key = if near || lies { (0, 0, near) } else { (square(middle.x), square(middle.z), false) };
                match cuts.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, list)) => list.extend(triangle),
                    None => cuts.push((key, triangle.to_vec())),
                }
            }
            for ((_, _, casts_shadow), indices) in cuts {
                let mesh = crate::detail::compact(&mesh, &indices);
                let bounds = mesh
                    .positions
                    .iter()
                    .fold([Vec3::INFINITY, Vec3::NEG_INFINITY], |[low, high], p| [low.min(*p), high.max(*p)]);
                pieces.push(Piece { mesh, cover: cover.clone(), bounds, casts_shadow });
            }
        }
        Street { pieces, bystanders: self.bystanders }
    }
}

fn cover(skin: Skin) -> Cover {
    match skin {
        Skin::Plain => Cover::Plain,
        Skin::Gloss => Cover::Gloss,
        Skin::Glass => Cover::Glass,
        Skin::Leaves => Cover::Leaves,
        Skin::Wall(name) => Cover::Material { name: name.to_owned(), lies: false },
        Skin::Ground(name) => Cover::Material { name: name.to_owned(), lies: true },
    }
}

/// Metres along the side of a box that the normal faces.
fn flat(p: Vec3, n: Vec3) -> Vec2 {
    let a = n.abs();
    if a.y >= a.x && a.y >= a.z {
        Vec2::new(p.x, p.z)
    } else if a.x >= a.z {
        Vec2::new(p.z, -p.y)
    } else {
        Vec2::new(p.x, -p.y)
    }
}

/// A linear colour from how designers write it, sRGB.
pub(super) fn rgb(hex: u32) -> Vec3 {
    Vec3::new((hex >> 16 & 255) as f32, (hex >> 8 & 255) as f32, (hex & 255) as f32).map(|x| ops::powf(x / 255.0, 2.2))
}
