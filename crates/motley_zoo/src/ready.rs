//! A scene whose packs are open: all that its frames are drawn from.

use std::path::Path;

use motley_scene::{
    catalog::Catalog,
    scene::Scene,
    source::{Fault, Faults},
};

use crate::zoo::{Depth, Zoo};

/// A scene that can be drawn.
#[derive(Debug)]
pub struct ReadyScene {
    /// What may vary.
    pub scene: Scene,
    /// What it shows.
    pub zoo: Zoo,
    /// Names of what there is to draw from.
    pub catalog: Catalog,
}

impl ReadyScene {
    /// Reads a scene's text; its packs are relative to the folder `base`.
    ///
    /// # Errors
    /// All faults of the scene and of its packs, in the order of the text.
    pub fn parse(text: &str, base: &Path) -> Result<Self, Vec<Fault>> {
        Self::read(text, base, Depth::Headers)
    }

    /// The same, after every file of the packs was decoded: as slow as drawing all of them once.
    ///
    /// # Errors
    /// All faults of the scene and of its packs, in the order of the text.
    pub fn check(text: &str, base: &Path) -> Result<Self, Vec<Fault>> {
        Self::read(text, base, Depth::Whole)
    }

    fn read(text: &str, base: &Path, depth: Depth) -> Result<Self, Vec<Fault>> {
        let (scene, faults) = Scene::parse(text);
        match scene {
            Some(scene) => Self::open(scene, base, depth, faults),
            None => Err(faults.into_sorted()),
        }
    }

    /// Takes a scene that was built in Rust.
    ///
    /// # Errors
    /// All faults of the scene and of its packs.
    pub fn new(scene: Scene, base: &Path) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        scene.check(&mut faults);
        Self::open(scene, base, Depth::Headers, faults)
    }

    /// Takes a scene that was built in Rust, and leaves out what is at fault in its packs.
    ///
    /// # Errors
    /// All faults of the scene.
    pub fn of_what_is_sound(scene: Scene, base: &Path) -> Result<Self, Vec<Fault>> {
        Self::open(scene, base, Depth::Sound, Faults::default())
    }

    fn open(scene: Scene, base: &Path, depth: Depth, mut faults: Faults) -> Result<Self, Vec<Fault>> {
        let (zoo, catalog) = Zoo::open(&scene, base, depth, &mut faults);
        if faults.is_empty() { Ok(Self { scene, zoo, catalog }) } else { Err(faults.into_sorted()) }
    }
}
