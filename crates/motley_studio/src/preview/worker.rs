//! The thread that draws. It holds the very renderer that `motley capture` uses, so that what is shown is what is captured.
//!
//! Requests go in as a list that replaces the one before: the latest wins. Pictures come out by a bounded channel.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

use bevy_egui::egui::ColorImage;
use crossbeam_channel::{Receiver, Sender, bounded};
use image::{RgbImage, imageops};
use motley_capture::{Adapter, CaptureError, Renderer, RendererOptions};
use motley_scene::{
    distribution::from_angles,
    frame::Frame,
    params::camera::CameraDraw,
    recipe::{Recipe, draw},
    scene::LabelKind,
    source::Fault,
};
use motley_zoo::ready::ReadyScene;

use super::{
    Change, Known, Orbit, Place, Shot, Source,
    thumbnails::{Item, Maker},
};

/// Pictures that wait to be taken.
const WAITING: usize = 4;
/// By how much the thread stands back behind the window, and less than jobs do (man 2 setpriority).
#[cfg(target_os = "linux")]
const NICE: i32 = 5;
/// Width of pictures that are shown small, in pixels.
pub const SMALL: u32 = 192;

/// A picture that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Of which scene.
    pub source: Arc<Source>,
    /// Where it will be shown.
    pub place: Place,
    /// What it is of.
    pub shot: Shot,
}

/// What comes back.
#[derive(Debug)]
pub enum News {
    /// The renderer runs.
    Started(Adapter),
    /// Another scene was opened, or has faults.
    Scene(Result<Known, Vec<Fault>>),
    /// Nothing can be drawn.
    Failed(String),
    /// A picture. Small ones have nothing but their colours and labels.
    Drawn {
        /// What was asked for.
        request: Request,
        /// Pixels and labels.
        frame: Frame,
        /// How long it took.
        milliseconds: f32,
    },
    /// A thumbnail; `None` where the item cannot be shown.
    Thumbnail(Item, Option<ColorImage>),
}

#[derive(Default)]
struct Queue {
    requests: VecDeque<Request>,
    drawing: Option<Request>,
    /// They wait until no frame does.
    thumbnails: VecDeque<Item>,
    closed: bool,
}

enum Task {
    Frame(Request),
    Thumbnail(Item),
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A list of requests is whole whoever panicked.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next task; `None` when no more will come.
    fn next(&self) -> Option<Task> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            queue.drawing = queue.requests.pop_front();
            if let Some(request) = queue.drawing.clone() {
                return Some(Task::Frame(request));
            }
            if let Some(item) = queue.thumbnails.pop_front() {
                return Some(Task::Thumbnail(item));
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The thread that draws. It ends when this is dropped.
pub struct Worker {
    shared: Arc<Shared>,
    /// What comes back.
    pub news: Receiver<News>,
}

impl Worker {
    /// Starts the thread; `wake` is called whenever there is something to take.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (sender, news) = bounded(WAITING);
        let shared = Arc::new(Shared::default());
        let queue = shared.clone();
        thread::Builder::new().name("motley preview".to_owned()).spawn(move || {
            stand_back();
            let tell = Teller { sender, wake: Box::new(wake) };
            let mut artist = Artist { queue: queue.clone(), tell, open: None, base: None, maker: None };
            while let Some(task) = queue.next() {
                let heard = match task {
                    Task::Frame(request) => artist.serve(request),
                    Task::Thumbnail(item) => artist.make(item),
                };
                if !heard {
                    break;
                }
            }
        })?;
        Ok(Self { shared, news })
    }

    /// Asks for pictures, in the order of their urgency, and for nothing else that was asked for before.
    pub fn ask(&self, requests: Vec<Request>) {
        let mut queue = self.shared.lock();
        let drawing = queue.drawing.clone();
        queue.requests = requests.into_iter().filter(|request| drawing.as_ref() != Some(request)).collect();
        drop(queue);
        self.shared.changed.notify_one();
    }

    /// Asks for thumbnails of things of the scene that was drawn last, when no frame waits, and for no others.
    pub fn ask_thumbnails(&self, items: Vec<Item>) {
        self.shared.lock().thumbnails = items.into();
        self.shared.changed.notify_one();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_one();
    }
}

/// The window comes first where the CPU draws; what this thread starts inherits its priority. Elsewhere than on Linux the call
/// would concern the whole process.
fn stand_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::warn!("the preview is drawn at the window's priority: {error}");
    }
}

struct Teller {
    sender: Sender<News>,
    wake: Box<dyn Fn() + Send>,
}

impl Teller {
    /// `false` when nobody listens any more.
    fn tell(&self, news: News) -> bool {
        let heard = self.sender.send(news).is_ok();
        (self.wake)();
        heard
    }
}

/// A scene that is open, if it could be opened, and its renderer, which serves one scene after the other.
struct Open {
    source: Arc<Source>,
    renderer: Option<Renderer>,
    drawable: bool,
}

struct Artist {
    queue: Arc<Shared>,
    tell: Teller,
    open: Option<Open>,
    /// The frame that was changed last, as it is captured: others that differ from it in one thing often follow.
    base: Option<(Arc<Source>, Recipe)>,
    maker: Option<Maker>,
}

impl Artist {
    /// `false` when nobody listens any more.
    fn make(&mut self, item: Item) -> bool {
        let Some(Open { renderer: Some(renderer), source, .. }) = &self.open else { return true };
        let image = match Maker::of(self.maker.take(), renderer.scene(), &source.base) {
            Ok(maker) => self.maker.insert(maker).make(&item),
            Err(reason) => {
                tracing::warn!("no thumbnails: {reason}");
                None
            }
        };
        self.tell.tell(News::Thumbnail(item, image))
    }

    /// `false` when nobody listens any more.
    fn serve(&mut self, request: Request) -> bool {
        if self.open.as_ref().is_none_or(|open| open.source != request.source) && !self.open(&request.source) {
            return false;
        }
        let Some(Open { renderer: Some(renderer), drawable: true, .. }) = &mut self.open else { return true };
        let start = Instant::now();
        let drawn = take(renderer, &request, &mut self.base);
        let milliseconds = start.elapsed().as_secs_f32() * 1e3;
        // Whoever has the picture may ask for it again.
        self.queue.lock().drawing = None;
        match drawn {
            Ok(frame) => self.tell.tell(News::Drawn { request, frame, milliseconds }),
            Err(error) => {
                // A frame that cannot be shown says nothing about others; a device that is lost does.
                if !matches!(error, CaptureError::Frame { .. }) {
                    self.open = None;
                }
                self.tell.tell(News::Failed(error.to_string()))
            }
        }
    }

    /// Opens a scene. The renderer is kept unless size, seed or kinds of pictures are others.
    fn open(&mut self, source: &Arc<Source>) -> bool {
        let mut renderer = self.open.take().and_then(|open| {
            let same = |old: &Source| (old.size, old.seed, old.normals) == (source.size, source.seed, source.normals);
            open.renderer.filter(|_| same(&open.source))
        });
        let ready = ReadyScene::parse(&source.text, &source.base);
        let drawable = ready.is_ok();
        let known = ready.as_ref().map(|ready| known(ready, source)).map_err(Clone::clone);
        if !self.tell.tell(News::Scene(known)) {
            return false;
        }
        if let Ok(ready) = ready {
            match &mut renderer {
                Some(renderer) => renderer.set_scene(ready),
                None => match Renderer::new(ready, options(source)) {
                    Ok(new) => {
                        let adapter = new.adapter();
                        renderer = Some(new);
                        if !self.tell.tell(News::Started(adapter)) {
                            return false;
                        }
                    }
                    Err(error) => {
                        if !self.tell.tell(News::Failed(error.to_string())) {
                            return false;
                        }
                    }
                },
            }
        }
        self.open = Some(Open { source: source.clone(), renderer, drawable });
        true
    }
}

/// Everything that can be shown beside the colours, but normals only when they are asked for.
fn options(source: &Source) -> RendererOptions {
    let labels = LabelKind::ALL.iter().copied().filter(|kind| *kind != LabelKind::Normal || source.normals);
    RendererOptions { size: source.size, seed: source.seed, labels: labels.collect() }
}

fn known(ready: &ReadyScene, source: &Source) -> Known {
    Known {
        catalog: ready.catalog.clone(),
        breeds: ready.scene.classes.iter().map(|class| ready.zoo.breed_names(class)).collect(),
        packs: ready.scene.packs.iter().map(|pack| source.base.join(pack)).collect(),
    }
}

fn take(
    renderer: &mut Renderer,
    request: &Request,
    base: &mut Option<(Arc<Source>, Recipe)>,
) -> Result<Frame, CaptureError> {
    let Shot { index, change } = &request.shot;
    let frame = match change {
        Change::Nothing => renderer.frame(*index)?,
        change => {
            // The frame as it is captured, which may have been drawn several times until its subject could be seen.
            let mut recipe = match base {
                Some((source, recipe)) if *source == request.source && recipe.index == *index => recipe.clone(),
                _ => renderer.frame(*index)?.labels.recipe,
            };
            *base = Some((request.source.clone(), recipe.clone()));
            match change {
                Change::Parameter { name, of } => {
                    let other = draw(renderer.scene(), renderer.catalog(), request.source.seed, *of, 0);
                    recipe.take(name, &other);
                }
                Change::Camera(orbit) => recipe.camera = camera(*orbit),
                Change::Nothing => {}
            }
            renderer.recipe_frame(recipe)?
        }
    };
    Ok(if request.place == Place::Main { frame } else { small(frame) })
}

fn camera(orbit: Orbit) -> CameraDraw {
    let Orbit { azimuth, elevation, distance, fov } = orbit;
    let from = from_angles(azimuth.to_radians(), elevation.to_radians()).into();
    CameraDraw { from, distance, fills: false, fov, ..CameraDraw::default() }
}

/// Colours alone, reduced.
fn small(frame: Frame) -> Frame {
    let Frame { width, height, rgb, labels, .. } = frame;
    let (w, h) = (width.min(SMALL), height.min(SMALL));
    let rgb = match RgbImage::from_raw(width, height, rgb) {
        Some(picture) if (w, h) != (width, height) => imageops::thumbnail(&picture, w, h).into_raw(),
        Some(picture) => picture.into_raw(),
        None => Vec::new(),
    };
    Frame { width: w, height: h, rgb, labels, ..Frame::default() }
}
