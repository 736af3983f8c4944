//! Pictures of the scene as it stands: which are wanted, which are there, and the worker that draws them.
//!
//! 1. Each pane says which pictures it shows: a [`Place`] and a [`Shot`] for each.
//! 2. [`Preview::ask`] gives those that are not there to the [`worker`], the most urgent first. What was asked for before and is
//!    not wanted any more is forgotten.
//! 3. [`Preview::receive`] puts what comes back in its place. Until then the place shows what it showed.

pub mod overlay;
pub mod thumbnails;
pub mod worker;

use std::{collections::BTreeMap, sync::Arc};

use bevy_egui::egui::TextureHandle;
use motley_capture::Adapter;
use motley_scene::{catalog::Catalog, frame::Frame, source::Fault};

use overlay::Overlay;
use thumbnails::{Item, Thumbnails};
use worker::{News, Request, Worker};

/// Where a picture is shown. Those that come first are drawn first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The large picture.
    Main,
    /// A picture of the strip in which one parameter varies.
    Strip(usize),
    /// A picture of the contact sheet.
    Sheet(usize),
}

/// What is drawn: a frame of the scene, as it is or with one thing changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// Index of the frame.
    pub index: u64,
    /// What is changed.
    pub change: Change,
}

/// What is changed of a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Nothing: the frame is the one that `motley capture` writes.
    Nothing,
    /// One parameter is drawn as for frame `of`; all others stay.
    Parameter {
        /// Its name.
        name: &'static str,
        /// Index of the frame that it is taken from.
        of: u64,
    },
    /// The camera is where the user put it.
    Camera(Orbit),
}

/// A camera around the subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Orbit {
    /// Degrees from the subject's front.
    pub azimuth: f32,
    /// Degrees above the horizon.
    pub elevation: f32,
    /// Subject radii.
    pub distance: f32,
    /// Degrees, vertical.
    pub fov: f32,
}

/// The scene that pictures are drawn of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Text of the scene file.
    pub text: Arc<str>,
    /// Folder that packs are relative to.
    pub base: std::path::PathBuf,
    /// Seed of all draws.
    pub seed: u64,
    /// Width and height in pixels.
    pub size: u32,
    /// Are normals drawn too? They cost a second picture.
    pub normals: bool,
}

/// A picture in its place.
pub struct Picture {
    /// Which scene it is of.
    pub source: Arc<Source>,
    /// What it is of.
    pub shot: Shot,
    /// Pixels and labels.
    pub frame: Arc<Frame>,
    /// Its texture, once there is one; what is on it may be an older picture.
    pub texture: Option<TextureHandle>,
    /// What lies over the picture on its texture; `None` while another one is on it.
    pub overlay: Option<Overlay>,
}

/// What there is to draw from, as far as the panels need to know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Materials, skies, shapes.
    pub catalog: Catalog,
    /// All breeds of each class, in the order of the scene's classes.
    pub breeds: Vec<Vec<String>>,
    /// Folders that some of them come from.
    pub packs: Vec<std::path::PathBuf>,
}

/// All pictures.
#[derive(Default)]
pub struct Preview {
    worker: Option<Worker>,
    pictures: BTreeMap<Place, Picture>,
    asked: Option<(Arc<Source>, Vec<(Place, Shot)>)>,
    known: Known,
    faults: Vec<Fault>,
    failure: Option<String>,
    adapter: Option<Adapter>,
    milliseconds: f32,
    thumbnails: Thumbnails,
    /// Thumbnails that the worker was asked for.
    asked_thumbnails: Vec<Item>,
}

impl Preview {
    /// Pictures that `worker` draws; without one, none ever come.
    pub fn new(worker: Option<Worker>) -> Self {
        Self { worker, ..Self::default() }
    }

    /// Says which pictures of which scene are wanted.
    pub fn ask(&mut self, source: &Source, mut wanted: Vec<(Place, Shot)>) {
        self.ask_thumbnails();
        wanted.sort_by_key(|(place, _)| *place);
        if self.asked.as_ref().is_some_and(|(asked, shots)| **asked == *source && *shots == wanted) {
            return;
        }
        let source = match self.asked.take() {
            Some((asked, _)) if *asked == *source => asked,
            _ => Arc::new(source.clone()),
        };
        self.pictures.retain(|place, _| wanted.iter().any(|(wanted, _)| wanted == place));
        if let Some(worker) = &self.worker {
            let missing = wanted.iter().filter(|(place, shot)| {
                self.pictures.get(place).is_none_or(|there| there.shot != *shot || there.source != source)
            });
            let requests =
                missing.map(|(place, shot)| Request { source: source.clone(), place: *place, shot: shot.clone() });
            worker.ask(requests.collect());
        }
        self.asked = Some((source, wanted));
    }

    /// Asks for the thumbnails that were looked for and are not there.
    fn ask_thumbnails(&mut self) {
        let wanted = self.thumbnails.take_wanted();
        if let Some(worker) = &self.worker
            && wanted != self.asked_thumbnails
        {
            worker.ask_thumbnails(wanted.clone());
        }
        self.asked_thumbnails = wanted;
    }

    /// Takes what has been drawn. `true` when there was something.
    pub fn receive(&mut self) -> bool {
        let Some(worker) = &self.worker else { return false };
        let news: Vec<_> = worker.news.try_iter().collect();
        let any = !news.is_empty();
        for news in news {
            match news {
                News::Started(adapter) => self.adapter = Some(adapter),
                News::Scene(Ok(known)) => {
                    if known.packs != self.known.packs {
                        self.thumbnails.clear();
                    }
                    self.known = known;
                    self.faults.clear();
                    self.failure = None;
                }
                News::Scene(Err(faults)) => self.faults = faults,
                News::Failed(reason) => self.failure = Some(reason),
                News::Thumbnail(item, image) => self.thumbnails.put(item, image),
                News::Drawn { request, frame, milliseconds } => self.put(request, frame, milliseconds),
            }
        }
        any
    }

    /// Puts a picture in its place, if it is still wanted there. One of an older scene is better than none.
    fn put(&mut self, request: Request, frame: Frame, milliseconds: f32) {
        let Request { source, place, shot } = request;
        let Some((_, wanted)) = &self.asked else { return };
        if wanted.iter().any(|(at, wanted)| *at == place && (place == Place::Main || *wanted == shot)) {
            if place == Place::Main {
                self.milliseconds = milliseconds;
            }
            let texture = self.pictures.remove(&place).and_then(|old| old.texture);
            let frame = Arc::new(frame);
            self.pictures.insert(place, Picture { source, shot, frame, texture, overlay: None });
        }
    }

    /// The picture in a place, if there is one.
    pub fn picture(&mut self, place: Place) -> Option<&mut Picture> {
        self.pictures.get_mut(&place)
    }

    /// The frame in a place, if there is one.
    pub fn frame(&self, place: Place) -> Option<Arc<Frame>> {
        self.pictures.get(&place).map(|picture| picture.frame.clone())
    }

    /// Is another picture wanted in a place than the one that is there?
    pub fn is_stale(&self, place: Place) -> bool {
        let Some((source, wanted)) = &self.asked else { return false };
        let there = |shot: &Shot| {
            self.pictures.get(&place).is_some_and(|picture| picture.shot == *shot && picture.source == *source)
        };
        wanted.iter().any(|(at, shot)| *at == place && !there(shot))
    }

    /// How many pictures are still to be drawn.
    pub fn missing(&self) -> usize {
        let Some((_, wanted)) = &self.asked else { return 0 };
        wanted.iter().filter(|(place, _)| self.is_stale(*place)).count()
    }

    /// What there is to draw from.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Small pictures of it.
    pub fn thumbnails(&self) -> &Thumbnails {
        &self.thumbnails
    }

    /// Faults for which the scene cannot be drawn.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Why nothing can be drawn.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Who draws, once it is known.
    pub fn adapter(&self) -> Option<&Adapter> {
        self.adapter.as_ref()
    }

    /// How long the last large picture took.
    pub fn milliseconds(&self) -> f32 {
        self.milliseconds
    }
}

impl Known {
    /// What the field at a path selects from; empty when that is not known.
    pub fn names(&self, path: &str) -> &[String] {
        let of_class = || match class_field(path)? {
            (class, "breeds") => self.breeds.get(class).map(Vec::as_slice),
            (_, "skies") => Some(self.catalog.skies.as_slice()),
            _ => None,
        };
        self.catalog.names(path).or_else(of_class).unwrap_or_default()
    }

    /// What has a thumbnail under a name in the field at a path.
    pub fn item(&self, path: &str, name: &str) -> Option<Item> {
        let names = self.names(path);
        if !names.iter().any(|known| known == name) {
            return None;
        }
        if let Some((class, "breeds")) = class_field(path) {
            let class = self.catalog.classes.get(class)?.name.clone();
            return Some(Item::Breed { class, breed: name.to_owned() });
        }
        if std::ptr::eq(names, self.catalog.skies.as_slice()) {
            Some(Item::Sky(name.to_owned()))
        } else {
            std::ptr::eq(names, self.catalog.materials.as_slice()).then(|| Item::Material(name.to_owned()))
        }
    }

    /// What stands for the class of a number: the first of its breeds that the scene selects.
    pub fn class_item(&self, class: usize) -> Option<Item> {
        let class = self.catalog.classes.get(class)?;
        Some(Item::Breed { class: class.name.clone(), breed: class.breeds.first()?.name.clone() })
    }
}

/// The number of a class and its field, of a path such as `classes[1].breeds`.
fn class_field(path: &str) -> Option<(usize, &str)> {
    let (number, field) = path.strip_prefix("classes[")?.split_once("].")?;
    Some((number.parse().ok()?, field))
}
