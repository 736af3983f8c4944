//! Pictures of files, read on a thread of their own and shown when they are there.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use bevy_egui::egui::{self, ColorImage, Response, Sense, TextureHandle, TextureOptions, Ui};
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::picture::paint;

/// Largest side of a picture that is kept, in pixels.
const LARGEST: u32 = 512;
/// Pictures that wait to be taken.
const WAITING: usize = 4;

/// Pictures by their file; `None` where it cannot be read.
type Pictures = BTreeMap<PathBuf, Option<TextureHandle>>;

/// Pictures of files.
pub struct Gallery {
    pictures: Pictures,
    asked: Vec<PathBuf>,
    requests: Sender<PathBuf>,
    read: Receiver<(PathBuf, Option<ColorImage>)>,
}

impl Gallery {
    /// Nothing is read yet; `wake` is called when a picture was.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        // Each file is asked for once, and some dozens are shown.
        let (requests, asked) = unbounded::<PathBuf>();
        let (sender, read) = bounded(WAITING);
        let reader = thread::Builder::new().name("motley gallery".to_owned()).spawn(move || {
            for path in asked {
                let picture = decode(&path);
                if sender.send((path, picture)).is_err() {
                    break;
                }
                wake();
            }
        });
        if let Err(error) = reader {
            tracing::error!("no thread for pictures: {error}");
        }
        Self { pictures: Pictures::new(), asked: Vec::new(), requests, read }
    }

    /// Takes pictures that were read.
    pub fn receive(&mut self, ctx: &egui::Context) {
        for (path, image) in self.read.try_iter() {
            let name = path.display().to_string();
            let texture = image.map(|image| ctx.load_texture(name, image, TextureOptions::LINEAR));
            self.pictures.insert(path, texture);
        }
    }

    /// Reads a file again when it is next shown.
    pub fn forget(&mut self, path: &Path) {
        self.pictures.remove(path);
        self.asked.retain(|asked| asked != path);
    }

    /// A picture of a height that can be clicked.
    pub fn picture_ui(&mut self, ui: &mut Ui, path: &Path, height: f32, chosen: bool) -> Response {
        let there = self.pictures.get(path);
        if there.is_none() && !self.asked.iter().any(|asked| asked == path) {
            self.asked.push(path.to_owned());
            // Without its thread there is an empty place.
            let _ = self.requests.send(path.to_owned());
        }
        let texture = there.and_then(Option::as_ref);
        let wide = texture.map_or(1.0, |texture| texture.aspect_ratio());
        let (_, response) = ui.allocate_exact_size(egui::vec2(height * wide, height), Sense::click());
        paint(ui, &response, texture, chosen);
        response
    }
}

fn decode(path: &Path) -> Option<ColorImage> {
    let picture = image::ImageReader::open(path).ok()?.with_guessed_format().ok()?.decode().ok()?;
    let picture =
        if picture.width().max(picture.height()) > LARGEST { picture.thumbnail(LARGEST, LARGEST) } else { picture };
    let rgb = picture.to_rgb8();
    Some(ColorImage::from_rgb([rgb.width() as usize, rgb.height() as usize], rgb.as_raw()))
}
