//! Streets: surroundings with a ground of their own, as meshes that a camera may move about in.
//!
//! 1. A family lays out what people photograph vehicles in: a road seen from its lane, the kerb, the pavement, a car park,
//!    a yard.
//! 2. `Mold` collects solids by what covers them and cuts them into [`Piece`]s that a renderer can leave out.
//!
//! The subject's spot is the origin, y = 0 its ground, and it faces along the street, to +z. The same name gives the same
//! bytes always.

mod furniture;
mod greenery;
mod houses;
mod light;
mod mold;
mod road;
mod traffic;

use std::sync::Arc;

use bevy_math::Vec3;
use serde::{Deserialize, Serialize};

use crate::{
    family,
    model::{MeshData, Surface},
};
pub use light::open_sky;
use mold::Mold;

/// A street, ready to be shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Street {
    /// What it is made of.
    pub pieces: Vec<Piece>,
    /// What happens to be there, each a thing of its own: `car`, `bicycle` or `person`.
    pub bystanders: Vec<String>,
}

/// Instance id of a street's first bystander; the others follow.
pub const FIRST_BYSTANDER: u8 = 128;
/// A street has no more bystanders.
pub const MOST_BYSTANDERS: usize = 120;

/// Solids of one cover in one part of a street.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Piece {
    /// Triangles with vertex colours; metres. Their alpha is 1, but for a bystander's, where it is the instance id over 255.
    pub mesh: MeshData,
    /// What lies on them.
    pub cover: Cover,
    /// Lowest and highest corner of a box around it.
    pub bounds: [Vec3; 2],
    /// Is it near enough to the subject for its shadow to be seen?
    pub casts_shadow: bool,
}

/// What covers a piece. All streets share these, so that each is uploaded once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cover {
    /// Nothing but its colour: matt.
    Plain,
    /// Smooth enough to mirror the sky: paint.
    Gloss,
    /// Panes that one sees through; their colour is the share of light that they mirror.
    Glass,
    /// Leaves with holes between them.
    Leaves,
    /// A material by its name; texture coordinates count its tiles.
    Material {
        /// One of [`crate::materials::names`].
        name: String,
        /// Does it lie on the ground, so that the subject shades it?
        lies: bool,
    },
}

impl Cover {
    /// The surface that it is; none for a material.
    pub fn surface(&self) -> Option<Surface> {
        match self {
            Self::Plain => Some(Surface { roughness: 0.85, ..Surface::default() }),
            Self::Gloss => Some(Surface { roughness: 0.25, ..Surface::default() }),
            Self::Glass => Some(Surface {
                base_color: [1.0, 1.0, 1.0, 0.0],
                metallic: 1.0,
                roughness: 0.05,
                translucent: true,
                ..Surface::default()
            }),
            Self::Leaves => Some(Surface {
                base_color_texture: Some(Arc::new(greenery::leaves())),
                alpha_cutoff: Some(0.5),
                double_sided: true,
                roughness: 0.9,
                ..Surface::default()
            }),
            Self::Material { .. } => None,
        }
    }
}

/// A kind of street.
struct Family {
    name: &'static str,
    variants: u32,
    build: fn(&mut Mold),
    /// Open skies that suit it.
    skies: &'static [&'static str],
}

impl family::Family for Family {
    fn variants(&self) -> (&'static str, u32) {
        (self.name, self.variants)
    }
}

const TOWN: &[&str] = &[
    "partly_cloudy",
    "clear",
    "overcast",
    "hazy",
    "scattered_clouds",
    "broken_clouds",
    "overcast_city",
    "village",
    "morning",
    "misty",
    "clear_noon",
    "golden_city",
];
const COUNTRY: &[&str] = &[
    "partly_cloudy",
    "clear",
    "overcast",
    "hazy",
    "broken_clouds",
    "morning",
    "forest_edge",
    "overcast_forest",
    "stormy",
    "scattered_clouds",
];

const FAMILIES: &[Family] = &[
    Family { name: "kerbside", variants: 14, build: road::kerbside, skies: TOWN },
    Family { name: "lane", variants: 24, build: road::lane, skies: TOWN },
    Family { name: "open_road", variants: 10, build: road::open_road, skies: COUNTRY },
    Family { name: "parking_place", variants: 8, build: road::parking_place, skies: TOWN },
    Family { name: "pavement", variants: 20, build: road::pavement, skies: TOWN },
    Family { name: "verge", variants: 8, build: road::verge, skies: COUNTRY },
    Family { name: "wall", variants: 16, build: road::wall, skies: TOWN },
];

/// All names: `lane_1` and so on.
pub fn names() -> impl Iterator<Item = String> {
    family::names(FAMILIES)
}

fn find(name: &str) -> Option<(&'static Family, u32)> {
    family::find(FAMILIES, name)
}

/// The open sky over a street; `None` if there is none of this name.
pub fn sky(name: &str) -> Option<&'static str> {
    let (family, variant) = find(name)?;
    family.skies.get(variant as usize % family.skies.len()).copied()
}

/// Builds a street; `None` if there is none of this name.
pub fn make(name: &str) -> Option<Street> {
    let (family, _) = find(name)?;
    let mut mold = Mold::new(name);
    (family.build)(&mut mold);
    Some(mold.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_sorted_and_have_a_sky() {
        assert!(FAMILIES.is_sorted_by_key(|family| family.name));
        for name in names() {
            let sky = sky(&name).unwrap();
            assert!(crate::skies::names().iter().any(|known| known == sky), "{name}: {sky}");
        }
        for name in ["lane", "lane_0", "lane_01", "lane_99", "lane_x", "", "_1"] {
            assert!(find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn streets_are_finite_indexed_and_leave_the_subject_room() {
        for family in FAMILIES {
            for variant in [1, 2, 4] {
                let name = format!("{}_{variant}", family.name);
                let street = make(&name).unwrap();
                let mut triangles = 0;
                for piece in &street.pieces {
                    let mesh = &piece.mesh;
                    let count = mesh.positions.len();
                    assert!([mesh.normals.len(), mesh.uvs.len(), mesh.colors.len()] == [count; 3], "{name}");
                    assert!(mesh.positions.iter().chain(&mesh.normals).all(|p| p.is_finite()), "{name}");
                    assert!(mesh.indices.iter().all(|i| (*i as usize) < count), "{name}");
                    triangles += mesh.indices.len() / 3;
                    let lies = matches!(piece.cover, Cover::Material { lies: true, .. });
                    for p in mesh.positions.iter().filter(|_| !lies) {
                        let near = p.x.abs() < 0.3 && p.z.abs() < 0.8 && (0.1..2.5).contains(&p.y);
                        assert!(!near, "{name}: something stands in the subject's place at {p}");
                    }
                    if let Cover::Material { name: material, .. } = &piece.cover {
                        assert!(crate::materials::names().contains(&material.as_str()), "{name}: {material}");
                    }
                }
                assert!((2_000..120_000).contains(&triangles), "{name}: {triangles} triangles");
            }
        }
        assert!(make("nowhere_1").is_none());
    }

    #[test]
    fn the_same_name_gives_the_same_street() {
        let [a, b] = [0, 1].map(|_| postcard::to_stdvec(&make("lane_1").unwrap()).unwrap());
        assert_eq!(a, b);
    }
}
