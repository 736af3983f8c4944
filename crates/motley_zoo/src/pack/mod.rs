//! Packs: what a user brings instead of, or beside, what is procedural.
//!
//! ```text
//! PACK/subjects/<class>/*.glb or *.gltf     models, also one per sub-folder; NAME.ron beside one may say how it stands
//! PACK/materials/*.png, *.jpg               colours, or PBR sets by the usual suffixes; sub-folders too
//! PACK/skies/*.hdr, *.exr, *.jpg, *.png     pictures of the whole sphere, twice as wide as high
//! ```
//!
//! [`Pack::open`] looks at names and headers; [`Pack::check`] decodes every file. Both report all faults at once.

pub mod error;
pub mod examine;
mod files;
#[cfg(test)]
pub(crate) mod glb;
pub mod gltf;
mod image;
mod ktx2;
mod material;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use self::error::{Fault, PackError};
use self::files::File;
pub use self::gltf::{LoadedModel, load_model};
use self::material::Set;
use crate::materials::MaterialMaps;
use crate::skies::{Sky, SkyKind};

/// Extensions of models.
const MODELS: &[&str] = &["glb", "gltf"];
/// Extensions of models that other programs write, and that a user may expect to work.
const OTHER_MODELS: &[&str] = &["fbx", "obj", "blend", "dae", "stl", "ply", "3ds", "usd", "usdz", "max", "c4d", "vrm"];
/// Extensions of skies.
const SKIES: &[&str] = &["hdr", "exr", "jpg", "jpeg", "png"];

/// A folder that was looked through.
#[derive(Debug)]
pub struct Pack {
    /// By class; each list is sorted by name.
    subjects: BTreeMap<String, Vec<(String, PathBuf)>>,
    materials: BTreeMap<String, Set>,
    skies: BTreeMap<String, PathBuf>,
}

impl Pack {
    /// Looks through a folder, by the files' names and headers. Names and order depend on the files' names only.
    ///
    /// # Errors
    /// All that is wrong, each with its file and what to do about it: files that cannot be read, are empty, cut off, too
    /// large or of another kind, names that cannot be used or are taken twice, or nothing there to show.
    pub fn open(folder: &Path) -> Result<Self, Vec<PackError>> {
        let (pack, faults) = Self::survey(folder);
        if faults.is_empty() { Ok(pack) } else { Err(faults) }
    }

    /// The same, after every file was decoded: as slow as drawing all of them once.
    ///
    /// # Errors
    /// All that is wrong, as [`Pack::open`] has it, and all that cannot be decoded.
    pub fn check(folder: &Path) -> Result<Self, Vec<PackError>> {
        let (pack, mut faults) = Self::survey(folder);
        let subjects = pack.subjects.values().flatten().map(|(_, path)| load_model(path, None).err());
        // A header that is no picture's is not worth a second word.
        let new = |error: &PackError| faults.iter().all(|told| told.path != error.path);
        let found: Vec<_> = subjects.flatten().chain(pack.look_around()).filter(new).collect();
        faults.extend(found);
        if faults.is_empty() { Ok(pack) } else { Err(faults) }
    }

    /// What [`Pack::open`] finds in a folder that can be used, and all that cannot.
    pub fn survey(folder: &Path) -> (Self, Vec<PackError>) {
        let mut faults = Vec::new();
        let mut pack = Self { subjects: BTreeMap::new(), materials: BTreeMap::new(), skies: BTreeMap::new() };
        // A folder that cannot be listed has no further faults worth telling.
        if let Err(error) = std::fs::read_dir(folder) {
            return (pack, vec![Fault::Io(error).at(folder)]);
        }
        pack.find_subjects(&folder.join("subjects"), &mut faults);
        pack.materials = material::find(&folder.join("materials"), &mut faults);
        pack.find_skies(&folder.join("skies"), &mut faults);
        if faults.is_empty() && pack.subjects.is_empty() && pack.materials.is_empty() && pack.skies.is_empty() {
            let wanted = "nothing to show; put models into subjects/<class>/NAME.glb, materials into materials/NAME.png, \
                          skies into skies/NAME.hdr";
            faults.push(Fault::Nothing(wanted.into()).at(folder));
        }
        (pack, faults)
    }

    fn find_subjects(&mut self, folder: &Path, faults: &mut Vec<PackError>) {
        for file in files::files(folder, faults).into_iter().filter(|file| is_model(&file.extension)) {
            let mend = format!(
                "it is in no class; move it into a folder named after its class: subjects/<class>/{}",
                file.stem
            );
            faults.push(Fault::Nothing(mend).at(file.path));
        }
        for (class, path) in files::folders(folder, faults) {
            let mut models: Vec<(String, File)> =
                files::files(&path, faults).into_iter().map(|file| (file.stem.clone(), file)).collect();
            // Downloads often come as a folder with scene.gltf and its textures: the folder's name is the telling one.
            for (name, path) in files::folders(&path, faults) {
                let mut inner = files::files(&path, faults);
                inner.retain(|file| is_model(&file.extension));
                let alone = inner.len() == 1;
                models
                    .extend(inner.into_iter().map(|file| (if alone { name.clone() } else { file.stem.clone() }, file)));
            }
            let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
            let before = faults.len();
            for (name, file) in models.into_iter().filter(|(_, file)| is_model(&file.extension)) {
                if !MODELS.contains(&file.extension.as_str()) {
                    faults.push(Fault::Kind(file.extension).at(file.path));
                } else if let Err(fault) = files::check_model(&file.path) {
                    faults.push(fault.at(file.path));
                } else if let Some(other) = found.insert(name.clone(), file.path.clone()) {
                    faults.push(Fault::Twice { name, other }.at(file.path));
                }
            }
            if found.is_empty() && faults.len() == before {
                faults.push(Fault::Nothing("no .glb or .gltf here; put one in, or remove the folder".into()).at(path));
            } else if !found.is_empty() {
                self.subjects.insert(class, found.into_iter().collect());
            }
        }
    }

    fn find_skies(&mut self, folder: &Path, faults: &mut Vec<PackError>) {
        for file in files::files(folder, faults).into_iter().filter(|file| SKIES.contains(&file.extension.as_str())) {
            if let Err(fault) = files::check_image(&file.path) {
                faults.push(fault.at(file.path));
            } else if let Some(other) = self.skies.insert(file.stem.clone(), file.path.clone()) {
                faults.push(Fault::Twice { name: file.stem, other }.at(file.path));
            }
        }
    }

    /// The classes that have at least one subject, sorted.
    pub fn classes(&self) -> impl Iterator<Item = &str> {
        self.subjects.keys().map(String::as_str)
    }

    /// The names of a class's subjects, sorted; none for a class that is not there.
    pub fn subjects(&self, class: &str) -> impl Iterator<Item = &str> {
        self.subjects.get(class).into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// The names of the materials, sorted.
    pub fn materials(&self) -> impl Iterator<Item = &str> {
        self.materials.keys().map(String::as_str)
    }

    /// The names of the skies, sorted.
    pub fn skies(&self) -> impl Iterator<Item = &str> {
        self.skies.keys().map(String::as_str)
    }

    /// Decodes every material and sky, and gives all that cannot be used.
    pub fn look_around(&self) -> Vec<PackError> {
        let materials = self.materials.keys().map(|name| self.load_material(name).err());
        let skies = self.skies.keys().map(|name| self.load_sky(name).err());
        materials.chain(skies).flatten().collect()
    }

    /// Loads a subject by its place in [`Pack::subjects`]; see [`load_model`] for `class_height_m`.
    ///
    /// # Errors
    /// When there is no such subject, or its file cannot be used.
    pub fn load_subject(
        &self,
        class: &str,
        index: usize,
        class_height_m: Option<[f32; 2]>,
    ) -> Result<LoadedModel, PackError> {
        let subject = self.subjects.get(class).and_then(|subjects| subjects.get(index));
        let (_, path) = subject.ok_or_else(|| unknown("subject", &format!("{class}/{index}")))?;
        load_model(path, class_height_m)
    }

    /// Loads a material; its maps have at most 512 pixels a side, and a tile is taken to be 1 m wide.
    ///
    /// # Errors
    /// When there is none of this name, or a file of it cannot be decoded.
    pub fn load_material(&self, name: &str) -> Result<MaterialMaps, PackError> {
        self.materials.get(name).ok_or_else(|| unknown("material", name))?.load()
    }

    /// Loads a sky. It is drawn as the background, and lights what stands before it.
    ///
    /// # Errors
    /// When there is none of this name, or its file is no picture of the whole sphere.
    pub fn load_sky(&self, name: &str) -> Result<Sky, PackError> {
        let path = self.skies.get(name).ok_or_else(|| unknown("sky", name))?;
        let load = || {
            let bytes = std::fs::read(path)?;
            let picture = image::decode_any(&bytes, "the picture")?;
            Ok(Sky::from_image(SkyKind::Outdoor, &picture)?)
        };
        load().map_err(|fault: Fault| fault.at(path))
    }
}

/// Whether a file is meant to be a model, supported or not.
fn is_model(extension: &str) -> bool {
    MODELS.contains(&extension) || OTHER_MODELS.contains(&extension)
}

fn unknown(kind: &str, name: &str) -> PackError {
    Fault::Nothing(format!("the pack has no {kind} of this name")).at(name)
}
