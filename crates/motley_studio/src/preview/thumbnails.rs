//! Small pictures of the things that a scene may select from: breeds and skies as the renderer draws them where nothing else
//! varies, materials as they are painted. They do not change while the scene is edited.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bevy_egui::egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};
use image::{RgbaImage, imageops};
use motley_capture::{CaptureError, Renderer, RendererOptions};
use motley_scene::{
    distribution::{Names, from_angles},
    params::camera::CameraDraw,
    recipe::{PARAMETERS, draw},
    scene::{Class, Scene},
};
use motley_zoo::{ready::ReadyScene, zoo::Zoo};

/// Width of a thumbnail in pixels.
pub const SIDE: u32 = 96;
/// From where breeds and skies are seen, degrees: from the front and aside, hardly above.
const FROM: [f32; 2] = [35.0, 6.0];
/// How much of its thumbnail a breed fills.
const NEAR: f32 = 0.95;
/// How far away a subject is under a sky: it gives the scale, and there is room around it.
const FAR: f32 = 8.0;

/// Something that has a thumbnail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// A breed.
    Breed {
        /// Its class.
        class: String,
        /// Its name.
        breed: String,
    },
    /// A material.
    Material(String),
    /// A sky, a room or a street.
    Sky(String),
}

enum Thumbnail {
    /// Nothing can be shown.
    None,
    Made(ColorImage),
    Shown(TextureHandle),
}

/// The thumbnails that are there, and those that somebody wants to see. Widgets only read the model; what they look for is
/// noted here.
#[derive(Default)]
pub struct Thumbnails(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    there: BTreeMap<Item, Thumbnail>,
    wanted: Vec<Item>,
}

impl Thumbnails {
    fn lock(&self) -> MutexGuard<'_, Shelf> {
        // Pictures are whole whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The picture of an item; `None` until it is made.
    pub fn texture(&self, ctx: &Context, item: &Item) -> Option<TextureHandle> {
        let mut shelf = self.lock();
        let Some(thumbnail) = shelf.there.get_mut(item) else {
            shelf.wanted.push(item.clone());
            return None;
        };
        if let Thumbnail::Made(image) = thumbnail {
            let image = std::mem::replace(image, ColorImage::filled([1, 1], Color32::TRANSPARENT));
            *thumbnail = Thumbnail::Shown(ctx.load_texture(format!("{item:?}"), image, TextureOptions::LINEAR));
        }
        if let Thumbnail::Shown(texture) = thumbnail { Some(texture.clone()) } else { None }
    }

    /// What somebody wanted to see since the last time.
    pub(super) fn take_wanted(&self) -> Vec<Item> {
        std::mem::take(&mut self.lock().wanted)
    }

    pub(super) fn put(&self, item: Item, image: Option<ColorImage>) {
        self.lock().there.insert(item, image.map_or(Thumbnail::None, Thumbnail::Made));
    }

    /// Things come from elsewhere: all is made anew.
    pub(super) fn clear(&self) {
        self.lock().there.clear();
    }
}

/// Makes thumbnails for scenes whose classes come from the same places.
pub(super) struct Maker {
    scene: Scene,
    base: PathBuf,
    zoo: Zoo,
    renderer: Renderer,
}

impl Maker {
    /// The maker for a scene: the one that there is, if it will do.
    pub(super) fn of(there: Option<Self>, scene: &Scene, base: &Path) -> Result<Self, String> {
        let scene = plain(scene);
        if let Some(there) = there.filter(|there| there.scene == scene && there.base == base) {
            return Ok(there);
        }
        let open = || {
            ReadyScene::new(scene.clone(), base)
                .map_err(|faults| faults.first().map(ToString::to_string).unwrap_or_default())
        };
        let options = RendererOptions { size: SIDE, seed: 0, labels: Vec::new() };
        let renderer = Renderer::new(open()?, options).map_err(|error| error.to_string())?;
        Ok(Self { zoo: open()?.zoo, base: base.to_owned(), scene, renderer })
    }

    /// A thumbnail; `None` where the item cannot be shown.
    pub(super) fn make(&mut self, item: &Item) -> Option<ColorImage> {
        match item {
            Item::Material(name) => {
                let texture = self.zoo.material(name).ok()?.base_color;
                let picture = RgbaImage::from_raw(texture.width, texture.height, texture.rgba.clone())?;
                let picture = imageops::thumbnail(&picture, SIDE, SIDE);
                Some(ColorImage::from_rgba_unmultiplied([SIDE as usize; 2], picture.as_raw()))
            }
            drawn => {
                let frame = self.draw(drawn);
                let frame = frame.inspect_err(|error| tracing::warn!("no thumbnail of {drawn:?}: {error}")).ok()?;
                Some(ColorImage::from_rgb([frame.width as usize, frame.height as usize], &frame.rgb))
            }
        }
    }

    fn draw(&mut self, item: &Item) -> Result<motley_scene::frame::Frame, CaptureError> {
        let mut recipe = draw(self.renderer.scene(), self.renderer.catalog(), 0, 0, 0);
        match item {
            Item::Breed { class, breed } => {
                recipe.subject.class.clone_from(class);
                recipe.subject.breed.clone_from(breed);
            }
            Item::Sky(name) => {
                recipe.sky.name.clone_from(name);
                if let Some([ground, ..]) = self.renderer.catalog().grounds.get(name).map(Vec::as_slice) {
                    recipe.materials.ground.name.clone_from(ground);
                }
            }
            Item::Material(_) => {}
        }
        let [azimuth, elevation] = FROM.map(f32::to_radians);
        let from = from_angles(azimuth, elevation).into();
        let fills = !matches!(item, Item::Sky(_));
        recipe.camera = CameraDraw { from, distance: if fills { NEAR } else { FAR }, fills, ..recipe.camera };
        self.renderer.recipe_frame(recipe)
    }
}

/// The same classes and packs, where nothing varies and nothing is left out.
fn plain(scene: &Scene) -> Scene {
    let whole = |class: &Class| Class { breeds: Names::All, skies: Names::All, ..class.clone() };
    let classes = scene.classes.iter().map(whole).collect();
    let mut plain = Scene { classes, packs: scene.packs.clone(), ..Scene::default() };
    for name in PARAMETERS {
        plain.set_enabled(name, false);
    }
    plain
}
