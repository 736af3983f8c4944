//! What there is to draw from: names only. The zoo and the user's packs fill it; the draw reads it.

use std::collections::BTreeMap;

/// Everything that a scene can show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// In the order of the scene's classes.
    pub classes: Vec<CatalogClass>,
    /// Names of materials, sorted within their origin.
    pub materials: Vec<String>,
    /// Skies and rooms.
    pub skies: Vec<String>,
    /// Materials that the ground may be made of, by the name of a sky; any under those that are not listed.
    pub grounds: BTreeMap<String, Vec<String>>,
    /// Shapes of obstructors.
    pub shapes: Vec<String>,
    /// Clips that a subject of some class may have; empty where those of a class are not known.
    pub clips: Vec<String>,
}

impl Catalog {
    /// What the field at a path, such as `sky.name`, selects from; `None` for fields that select from something else.
    pub fn names(&self, path: &str) -> Option<&[String]> {
        Some(match path {
            "materials.ground"
            | "materials.wall"
            | "materials.obstructor"
            | "subject_texture.material"
            | "props.cloth" => &self.materials,
            "sky.name" => &self.skies,
            "obstructors.shape" => &self.shapes,
            "pose.clips" if !self.clips.is_empty() => &self.clips,
            _ => return None,
        })
    }
}

/// One class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogClass {
    /// Name, unique.
    pub name: String,
    /// Never empty.
    pub breeds: Vec<CatalogBreed>,
    /// Clips that a subject may have; empty where some come from files, whose clips are known only when they are read.
    pub clips: Vec<String>,
}

/// One breed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogBreed {
    /// Name, unique within the class.
    pub name: String,
    /// Relative weight within the class.
    pub weight: f32,
    /// Is it grown anew for each individual? A model from a file has one individual only.
    pub grown: bool,
}
