//! One shelf for everything that can be shown: the built-in zoo and the user's packs, behind one catalogue.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use motley_scene::{
    catalog::{Catalog, CatalogBreed, CatalogClass},
    params::obstructors::SHAPES,
    scene::{Class, Scene, Source, check_list, check_name},
    source::Faults,
    stream::{Stream, stream},
};
use thiserror::Error;

use crate::{
    animals,
    cache::Cache,
    detail::Detail,
    materials::{self, MaterialMaps},
    model::Model,
    pack::{Pack, PackError},
    skies::{self, PackedSky},
    streets::{self, Street},
    vehicles,
};

/// How closely the files of packs are looked at when they are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// At their names and headers.
    Headers,
    /// At all of them: each is decoded.
    Whole,
    /// At their names and headers; what is at fault is left out.
    Sound,
}

/// What a zoo cannot show.
#[derive(Debug, Error)]
pub enum ZooError {
    /// A file of a pack is at fault.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// Nothing has this name. Names are checked when a scene is opened, so this tells of a recipe from another scene.
    #[error("there is no {kind} called {name:?} in this scene; was the recipe drawn from another one?")]
    Unknown {
        /// Subject, material or sky.
        kind: &'static str,
        /// The name.
        name: String,
    },
}

/// An individual, ready to be shown.
#[derive(Clone, Debug)]
pub struct Individual {
    /// The model at its natural size, metres.
    pub model: Arc<Model>,
    /// Smallest and largest height of its breed, metres.
    pub height: [f32; 2],
}

/// Classes that the zoo grows.
pub const GROWN: [&str; 4] = ["cat", "dog", "bike", "car"];

/// Terms of everything that the zoo grows.
pub const LICENCE: &str = env!("CARGO_PKG_LICENSE");

/// Names of the breeds of a class; none for a class that the zoo does not grow.
pub fn grown_names(class: &str) -> Vec<String> {
    grown_breeds(class).into_iter().map(|(name, _)| name).collect()
}

/// Grows the individual that a scene of this seed shows by its number; `None` if there is no such breed.
pub fn grow(class: &str, breed: &str, individual: u32, seed: u64) -> Option<Model> {
    grow_from(class, breed, &mut stream(seed, u64::from(individual), &format!("individual {class}/{breed}"), 0))
}

/// Whether a class is of this kind, whichever name it has: `bike` stands for `bicycle`.
pub fn is_kind(class: &str, kind: &str) -> bool {
    vehicle_class(class) == kind
}

/// What vehicles call a class.
fn vehicle_class(class: &str) -> &str {
    if class == "bike" { "bicycle" } else { class }
}

/// Names and heights in metres of the breeds that the zoo grows; none for other classes. Vehicles are as tall as they were
/// grown, with whoever rides them.
fn grown_breeds(class: &str) -> Vec<(String, HeightRange)> {
    let animals = animals::breeds(class).iter().map(|breed| (breed.name.clone(), Some(breed.height().into())));
    let vehicles = vehicles::breeds(vehicle_class(class)).iter().map(|breed| (breed.name.clone(), None));
    animals.chain(vehicles).collect()
}

/// Names of the clips that what the zoo grows for a class may have.
fn clip_names(class: &str) -> Vec<String> {
    let vehicles = vehicles::clip_names(vehicle_class(class)).iter().copied();
    animals::clip_names(class).chain(vehicles).map(str::to_owned).collect()
}

/// Smallest and largest height in metres of what a class's name stands for, where the zoo knows it; of bicycles and cars, from
/// saddle or roof of the smallest common kinds to the largest.
pub fn class_height(class: &str) -> Option<[f32; 2]> {
    match vehicle_class(class) {
        "bicycle" => Some([0.95, 1.15]),
        "car" => Some([1.3, 1.9]),
        _ => {
            let heights = animals::breeds(class).iter().map(|breed| <[f32; 2]>::from(breed.height()));
            heights.reduce(|[min, max], [low, high]| [min.min(low), max.max(high)])
        }
    }
}

fn grow_from(class: &str, breed: &str, rng: &mut Stream) -> Option<Model> {
    if let Some(breed) = animals::breeds(class).iter().find(|known| known.name == breed) {
        return Some(animals::grow(breed, rng));
    }
    let breed = vehicles::breeds(vehicle_class(class)).iter().find(|known| known.name == breed)?;
    Some(vehicles::grow(breed, rng))
}

/// Where a breed comes from.
#[derive(Clone, Debug)]
enum Origin {
    /// Grown by the zoo.
    Grown,
    /// A file of a pack: the pack and the file's number within it.
    File(usize, usize),
}

/// Smallest and largest height of a breed in metres, if the scene or the breed says one.
type HeightRange = Option<[f32; 2]>;

/// Everything that a scene can show.
#[derive(Debug)]
pub struct Zoo {
    packs: Vec<Pack>,
    folders: Vec<PathBuf>,
    cache: Cache,
    /// By class and breed.
    origins: BTreeMap<(String, String), (Origin, HeightRange)>,
}

impl Zoo {
    /// Opens the packs of a scene that lies in the folder `base`, checks every name in the scene, and notes all faults.
    ///
    /// A pack's material or sky stands before an earlier one of the same name, and before a built-in one.
    pub(crate) fn open(scene: &Scene, base: &Path, depth: Depth, faults: &mut Faults) -> (Self, Catalog) {
        let mut packs = Vec::new();
        let mut whole = true;
        for (i, folder) in scene.packs.iter().enumerate() {
            let open = match depth {
                Depth::Headers => Pack::open,
                Depth::Whole => Pack::check,
                Depth::Sound => |folder: &Path| Ok(Pack::survey(folder).0),
            };
            match open(&base.join(folder)) {
                Ok(pack) => packs.push(pack),
                Err(errors) => {
                    whole = false;
                    for error in errors {
                        faults.note_path(&format!("packs[{i}]"), error.to_string());
                    }
                }
            }
        }
        let folders = scene.packs.iter().map(|folder| base.join(folder)).collect();
        let mut zoo = Self { packs, folders, cache: Cache::of_user(), origins: BTreeMap::new() };
        let mut catalog = Catalog {
            materials: materials::names().iter().map(|name| (*name).to_owned()).collect(),
            skies: skies::names().iter().cloned().chain(streets::names()).collect(),
            grounds: skies::names()
                .iter()
                .filter_map(|name| Some((name.clone(), skies::grounds(name)?.iter().map(|&m| m.to_owned()).collect())))
                .collect(),
            shapes: SHAPES.map(str::to_owned).to_vec(),
            clips: Vec::new(),
            classes: Vec::new(),
        };
        for pack in &zoo.packs {
            add_new(&mut catalog.materials, pack.materials());
            add_new(&mut catalog.skies, pack.skies());
        }
        for (i, class) in scene.classes.iter().enumerate() {
            let breeds = zoo.breeds(class);
            if breeds.is_empty() {
                // What is missing may be in a pack that could not be opened.
                if whole && check_name(&class.name).is_ok() {
                    faults.note_path(
                        &format!("classes[{i}]"),
                        format!(
                            "there is no subject for {:?}: the zoo grows {}, and no pack has subjects/{}/*.glb; name one of these, or add a pack",
                            class.name,
                            GROWN.join(", "),
                            class.name
                        ),
                    );
                }
                continue;
            }
            let names: Vec<String> = breeds.iter().map(|(name, ..)| name.clone()).collect();
            if whole {
                check_list(&format!("classes[{i}].breeds"), &class.breeds, &names, true, faults);
            }
            let allowed = class.breeds.among(&names);
            let mut entry = CatalogClass { name: class.name.clone(), ..CatalogClass::default() };
            if breeds.iter().all(|(_, origin, _)| matches!(origin, Origin::Grown)) {
                entry.clips = clip_names(&class.name);
            }
            for (name, origin, height) in breeds {
                let Some((_, weight)) = allowed.iter().find(|(allowed, _)| *allowed == name) else { continue };
                entry.breeds.push(CatalogBreed {
                    name: name.clone(),
                    weight: *weight,
                    grown: matches!(origin, Origin::Grown),
                });
                zoo.origins.insert((class.name.clone(), name), (origin, height));
            }
            catalog.classes.push(entry);
        }
        if catalog.classes.iter().all(|class| !class.clips.is_empty()) {
            let clips = catalog.classes.iter().flat_map(|class| class.clips.iter().map(String::as_str));
            add_new(&mut catalog.clips, clips);
        }
        if whole {
            scene.check_names(&catalog, faults);
        }
        (zoo, catalog)
    }

    /// Names of all breeds that there are for a class, those that it does not select among them.
    pub fn breed_names(&self, class: &Class) -> Vec<String> {
        self.breeds(class).into_iter().map(|(name, ..)| name).collect()
    }

    /// The breeds that a class may show: name, origin, height if the scene or the breed says one.
    fn breeds(&self, class: &Class) -> Vec<(String, Origin, HeightRange)> {
        let height = class.height.as_ref().map(|height| [height.min, height.max]);
        let mut files = Vec::new();
        for (p, pack) in self.packs.iter().enumerate() {
            for (f, name) in pack.subjects(&class.name).enumerate() {
                files.push((name.to_owned(), Origin::File(p, f), height));
            }
        }
        let grown = grown_breeds(&class.name).into_iter();
        let grown = grown.map(|(name, own)| (name, Origin::Grown, height.or(own)));
        match class.source {
            Source::Packs => files,
            Source::Zoo => grown.collect(),
            Source::Both => files.into_iter().chain(grown).collect(),
            Source::Auto if files.is_empty() => grown.collect(),
            Source::Auto => files,
        }
    }

    /// Makes an individual at a level of detail.
    ///
    /// # Errors
    /// When its file cannot be read, or when the scene has no such breed.
    pub fn individual(
        &self,
        class: &str,
        breed: &str,
        individual: u32,
        seed: u64,
        detail: Detail,
    ) -> Result<Individual, ZooError> {
        let unknown = || ZooError::Unknown { kind: "subject", name: format!("{class}/{breed}") };
        let (origin, height) = self.origins.get(&(class.to_owned(), breed.to_owned())).ok_or_else(unknown)?;
        match origin {
            Origin::Grown => {
                let name = format!("individual {class}/{breed}");
                let grown = || grow(class, breed, individual, seed);
                let model = self.cache.individual(&format!("{name} {individual} of seed {seed}"), detail, grown);
                let model = model.ok_or_else(unknown)?;
                let height = height.unwrap_or_else(|| [model.height(); 2]);
                Ok(Individual { model: Arc::new(model), height })
            }
            Origin::File(pack, file) => {
                let loaded = self.packs[*pack].load_subject(class, *file, *height)?;
                Ok(Individual {
                    height: height.unwrap_or([loaded.height_m; 2]),
                    model: Arc::new(loaded.model.at(detail)),
                })
            }
        }
    }

    /// Hash of all files of the packs, or `None` without packs.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn pack_hash(&self) -> std::io::Result<Option<String>> {
        if self.folders.is_empty() {
            return Ok(None);
        }
        let mut hasher = blake3::Hasher::new();
        for folder in &self.folders {
            for part in ["subjects", "materials", "skies"] {
                hash_folder(&folder.join(part), part, &mut hasher)?;
            }
        }
        Ok(Some(hasher.finalize().to_hex()[..16].to_owned()))
    }

    /// A material by its name; the zoo's own are kept on disk once they are made.
    ///
    /// # Errors
    /// When its files cannot be read, or when there is none.
    pub fn material(&self, name: &str) -> Result<MaterialMaps, ZooError> {
        if let Some(pack) = self.packs.iter().rfind(|pack| pack.materials().any(|known| known == name)) {
            return Ok(pack.load_material(name)?);
        }
        let made = self.cache.surroundings(&format!("material {name}"), || materials::make(name));
        made.ok_or_else(|| ZooError::Unknown { kind: "material", name: name.to_owned() })
    }

    /// Name of the open sky over the street of this name; `None` if no street has it.
    pub fn sky_over(&self, street: &str) -> Option<&'static str> {
        let packed = self.packs.iter().any(|pack| pack.skies().any(|known| known == street));
        if packed { None } else { streets::sky(street) }
    }

    /// The street that goes with a sky of this name, if one does; it is kept on disk once it is made.
    pub fn street(&self, name: &str) -> Option<Street> {
        self.sky_over(name)?;
        self.cache.street(&format!("street {name}"), || streets::make(name))
    }

    /// A sky by its name; the zoo's own are kept on disk once they are made.
    ///
    /// # Errors
    /// When its file cannot be read, or when there is none.
    pub fn sky(&self, name: &str) -> Result<PackedSky, ZooError> {
        if let Some(pack) = self.packs.iter().rfind(|pack| pack.skies().any(|known| known == name)) {
            return Ok(PackedSky::new(&pack.load_sky(name)?));
        }
        let made = if let Some(open) = streets::sky(name) {
            let made = || streets::open_sky(open).map(|sky| PackedSky::new(&sky));
            self.cache.street(&format!("sky {open}"), made)
        } else {
            let made = || skies::make(name).map(|sky| PackedSky::new(&sky));
            self.cache.surroundings(&format!("sky {name}"), made)
        };
        made.ok_or_else(|| ZooError::Unknown { kind: "sky", name: name.to_owned() })
    }
}

/// Adds the names that are not there yet.
fn add_new<'a>(known: &mut Vec<String>, names: impl Iterator<Item = &'a str>) {
    for name in names {
        if !known.iter().any(|known| known == name) {
            known.push(name.to_owned());
        }
    }
}

/// Names and contents of all files below `folder`, in order of their names. A folder that is not there is empty.
fn hash_folder(folder: &Path, name: &str, hasher: &mut blake3::Hasher) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), format!("{name}/{}", entry.file_name().to_string_lossy()));
        if path.is_dir() {
            hash_folder(&path, &name, hasher)?;
        } else {
            hasher.update(name.as_bytes());
            hasher.update_reader(std::fs::File::open(path)?)?;
        }
    }
    Ok(())
}
