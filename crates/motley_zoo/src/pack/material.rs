//! PBR sets: files that belong together by their names.
//!
//! `brick_albedo.png`, `brick_nor_gl.png` and `brick_arm_1k.png` are one material, *brick*; `marble.jpg` alone is one, too.
//! In a sub-folder whose files are named by the map alone (`brick/albedo.png`), the folder gives the name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{Fault, PackError};
use super::files::{self, File};
use super::image;
use crate::materials::MaterialMaps;
use crate::model::Texture;

/// The longest side of a material's maps in pixels.
const MAX_SIDE: u32 = 512;
/// Width of a tile in metres: files do not tell.
const TILE_M: f32 = 1.0;
/// Roughness where there is no map.
const ROUGHNESS: f32 = 0.8;
/// How deep sub-folders are looked into.
const MAX_DEPTH: usize = 4;
/// Extensions of maps.
const IMAGES: &[&str] = &["png", "jpg", "jpeg", "webp", "ktx2"];

/// What a map holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Map {
    BaseColor,
    Normal,
    /// Green points down, as DirectX has it.
    NormalDown,
    Roughness,
    Metallic,
    /// Occlusion, roughness, metalness in red, green, blue.
    Packed,
    /// Known, and of no use here.
    Other,
}

/// Endings of names, in small letters and without separators.
const SUFFIXES: &[(&str, Map)] = &[
    ("albedo", Map::BaseColor),
    ("basecolor", Map::BaseColor),
    ("basecolour", Map::BaseColor),
    ("diffuse", Map::BaseColor),
    ("diff", Map::BaseColor),
    ("color", Map::BaseColor),
    ("colour", Map::BaseColor),
    ("col", Map::BaseColor),
    ("normal", Map::Normal),
    ("normalgl", Map::Normal),
    ("norgl", Map::Normal),
    ("nor", Map::Normal),
    ("nrm", Map::Normal),
    ("normaldx", Map::NormalDown),
    ("nordx", Map::NormalDown),
    ("roughness", Map::Roughness),
    ("rough", Map::Roughness),
    ("metallic", Map::Metallic),
    ("metalness", Map::Metallic),
    ("metal", Map::Metallic),
    ("arm", Map::Packed),
    ("orm", Map::Packed),
    ("ao", Map::Other),
    ("ambientocclusion", Map::Other),
    ("height", Map::Other),
    ("disp", Map::Other),
    ("displacement", Map::Other),
    ("bump", Map::Other),
    ("spec", Map::Other),
    ("specular", Map::Other),
    ("gloss", Map::Other),
    ("opacity", Map::Other),
];

/// The files of one material.
#[derive(Debug, Default)]
pub(super) struct Set {
    maps: BTreeMap<Map, PathBuf>,
}

/// Finds all sets below a folder.
pub(super) fn find(folder: &Path, faults: &mut Vec<PackError>) -> BTreeMap<String, Set> {
    let mut sets: BTreeMap<String, Set> = BTreeMap::new();
    search(folder, None, MAX_DEPTH, &mut sets, faults);
    sets.retain(|name, set| {
        let usable = set.maps.contains_key(&Map::BaseColor);
        // Height maps and the like that belong to nothing are no fault.
        let first = set.maps.iter().find(|(map, _)| **map != Map::Other);
        if let (false, Some((map, path))) = (usable, first) {
            let why = format!(
                "the material {name:?} has a map ({map:?}) but no colour; add {name}_albedo.png or {name}_albedo.jpg"
            );
            faults.push(Fault::Nothing(why).at(path));
        }
        usable
    });
    sets
}

fn search(
    folder: &Path,
    name: Option<&str>,
    depth: usize,
    sets: &mut BTreeMap<String, Set>,
    faults: &mut Vec<PackError>,
) {
    let files: Vec<File> = files::files(folder, faults);
    let files: Vec<File> = files.into_iter().filter(|file| IMAGES.contains(&file.extension.as_str())).collect();
    let read: Vec<(String, Map)> = files.iter().map(|file| split(&file.stem)).collect();
    for (file, (stem, map)) in files.iter().zip(&read) {
        let alone = read.iter().filter(|(other, _)| other == stem).count() == 1;
        let (set, map) = match (stem.is_empty(), name) {
            (true, Some(folder)) => (folder, *map),
            // A file that is called "metal.png" and belongs to nothing is a colour.
            (true, None) => (file.stem.as_str(), Map::BaseColor),
            (false, _) if alone && matches!(map, Map::Metallic | Map::Roughness) => {
                (file.stem.as_str(), Map::BaseColor)
            }
            (false, _) => (stem.as_str(), *map),
        };
        if map == Map::Other {
            continue;
        }
        if let Err(fault) = if file.extension == "ktx2" { Ok(()) } else { files::check_image(&file.path) } {
            faults.push(fault.at(&file.path));
        }
        let maps = &mut sets.entry(set.to_owned()).or_default().maps;
        if let Some(other) = maps.insert(map, file.path.clone()) {
            faults.push(Fault::Twice { name: format!("{set} ({map:?})"), other }.at(&file.path));
        }
    }
    if depth > 0 {
        for (name, path) in files::folders(folder, faults) {
            search(&path, Some(&name), depth - 1, sets, faults);
        }
    }
}

/// The material's name and the map, from a file's name without its extension. The name is empty where the map is all.
fn split(stem: &str) -> (String, Map) {
    let separators = ['_', '-', ' ', '.'];
    let is_size = |word: &str| {
        let digits = word.strip_suffix(['k', 'K']).unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    // (start, end) of each word.
    let mut words: Vec<&str> = stem.split(separators).filter(|word| !word.is_empty()).collect();
    let noise = |word: &str| is_size(word) || ["jpg", "png"].contains(&word.to_lowercase().as_str());
    while words.last().is_some_and(|word| noise(word)) {
        words.pop();
    }
    for taken in [2, 1] {
        let Some(rest) = words.len().checked_sub(taken) else { continue };
        let ending = words[rest..].concat().to_lowercase();
        if let Some((_, map)) = SUFFIXES.iter().find(|(suffix, _)| *suffix == ending) {
            let mut name = &words[..rest];
            while name.last().is_some_and(|word| noise(word)) {
                name = &name[..name.len() - 1];
            }
            return (name.join("_"), *map);
        }
    }
    (stem.to_owned(), Map::BaseColor)
}

impl Set {
    /// Decodes the maps.
    pub fn load(&self) -> Result<MaterialMaps, PackError> {
        let read = |map: Map| -> Result<Option<Texture>, PackError> {
            let Some(path) = self.maps.get(&map) else { return Ok(None) };
            let load = || image::decode(&std::fs::read(path)?, MAX_SIDE, "the picture");
            load().map(Some).map_err(|fault| fault.at(path))
        };
        let Some(mut base_color) = read(Map::BaseColor)? else {
            return Err(Fault::Nothing("the material has no colour".into()).at("materials"));
        };
        // Materials cover what is solid.
        base_color.rgba.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = 255);
        let normal = match read(Map::Normal)? {
            Some(normal) => Some(normal),
            None => read(Map::NormalDown)?.map(|mut normal| {
                normal.rgba.iter_mut().skip(1).step_by(4).for_each(|green| *green = 255 - *green);
                normal
            }),
        };
        let packed = match read(Map::Packed)? {
            Some(packed) => Some(packed),
            None => pack(read(Map::Roughness)?, read(Map::Metallic)?),
        };
        let mapped = packed.is_some();
        Ok(MaterialMaps {
            base_color: Arc::new(base_color),
            normal: normal.map(Arc::new),
            metallic_roughness: packed.map(Arc::new),
            metallic: if mapped { 1.0 } else { 0.0 },
            roughness: if mapped { 1.0 } else { ROUGHNESS },
            tile_m: TILE_M,
        })
    }
}

/// Roughness into green, metalness into blue; where sizes differ, the second is sampled at the nearest pixel.
fn pack(roughness: Option<Texture>, metallic: Option<Texture>) -> Option<Texture> {
    let (width, height) = roughness.as_ref().or(metallic.as_ref()).map(|map| (map.width, map.height))?;
    let red = |map: &Option<Texture>, x: u32, y: u32, missing: u8| match map {
        None => missing,
        Some(map) => {
            let (x, y) = (x * map.width / width, y * map.height / height);
            map.rgba[4 * (y as usize * map.width as usize + x as usize)]
        }
    };
    let rough = (ROUGHNESS * 255.0) as u8;
    let texel = |index: u32| {
        let (x, y) = (index % width, index / width);
        [0, red(&roughness, x, y, rough), red(&metallic, x, y, 0), 255]
    };
    Some(Texture { width, height, rgba: (0..width * height).flat_map(texel).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_maps() {
        for (stem, name, map) in [
            ("brick_albedo", "brick", Map::BaseColor),
            ("brick wall_Base_Color", "brick_wall", Map::BaseColor),
            ("brick_wall_diff_1k", "brick_wall", Map::BaseColor),
            ("brick_wall_nor_gl_4k", "brick_wall", Map::Normal),
            ("Bricks001_1K-JPG_NormalDX", "Bricks001", Map::NormalDown),
            ("Bricks001_1K-JPG_Color", "Bricks001", Map::BaseColor),
            ("oak_arm", "oak", Map::Packed),
            ("oak_Roughness", "oak", Map::Roughness),
            ("albedo", "", Map::BaseColor),
            ("Marble_022", "Marble_022", Map::BaseColor),
            ("colour", "", Map::BaseColor),
            ("stone_disp", "stone", Map::Other),
        ] {
            assert_eq!(split(stem), (name.to_owned(), map), "{stem}");
        }
    }

    #[test]
    fn roughness_and_metalness_of_different_sizes_are_packed() {
        let grey =
            |side: u32, value: u8| Texture { width: side, height: side, rgba: vec![value; (4 * side * side) as usize] };
        let packed = pack(Some(grey(4, 10)), Some(grey(2, 200))).expect("both");
        assert_eq!((packed.width, &packed.rgba[..4]), (4, &[0, 10, 200, 255][..]));
        assert_eq!(pack(None, Some(grey(2, 200))).expect("one").rgba[..3], [0, 204, 200]);
        assert!(pack(None, None).is_none());
    }
}
