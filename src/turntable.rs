//! Pictures of breeds by name, and sheets of them.

use std::{collections::HashMap, path::Path};

use anyhow::Context;
use image::RgbImage;
use motley_capture::{Renderer, RendererOptions};
use motley_dataset::{
    ImageFormat, ImageSpec, encode,
    sheet::{SheetOptions, SheetPicture, sheet},
};
use motley_scene::{
    catalog::Catalog,
    frame::Labels,
    recipe::{Recipe, draw},
};
use motley_zoo::ready::ReadyScene;

use crate::commands::frame::write;

/// Everything that is shown, alone and under even light, from eight sides.
pub const TURNTABLE: &str = include_str!("../scenes/zoo-report.scene.ron");

/// Width of a picture on a sheet, pixels.
const CELL: u32 = 144;
/// A breed that so many frames in a row do not show is not in the scene.
const MOST_FRAMES: u64 = 200_000;
/// How a sheet is stored.
const FORM: ImageSpec = ImageSpec { format: ImageFormat::Jpeg, quality: 82 };

/// The turntable scene's shots, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shot {
    /// The whole of it.
    Body,
    /// Its head.
    Head,
}

/// A renderer that is asked for frames by what they show.
pub struct Turntable {
    renderer: Renderer,
    seed: u64,
    /// The first frame that shows a breed (class and name) by a kind of shot from a side, among the first `drawn` frames.
    first: HashMap<(String, String, u32, u64), u64>,
    drawn: u64,
}

impl Turntable {
    /// Draws a scene.
    ///
    /// # Errors
    /// If there is nothing to draw with.
    pub fn open(ready: ReadyScene, seed: u64) -> anyhow::Result<Self> {
        let options = RendererOptions { size: ready.scene.output.size, seed, labels: Vec::new() };
        Ok(Self { renderer: Renderer::new(ready, options)?, seed, first: HashMap::new(), drawn: 0 })
    }

    /// What there is to be shown.
    pub fn catalog(&self) -> &Catalog {
        self.renderer.catalog()
    }

    /// A breed on the turntable from a side, in eighths of a turn.
    ///
    /// # Errors
    /// If the scene does not show it, or it cannot be drawn.
    pub fn side(&mut self, class: &str, breed: &str, shot: Shot, side: u64) -> anyhow::Result<SheetPicture> {
        let wanted = (class.to_owned(), breed.to_owned(), shot as u32, side);
        while !self.first.contains_key(&wanted) && self.drawn < MOST_FRAMES {
            let Recipe { subject, camera, .. } = self.recipe(self.drawn);
            let shown = (subject.class, subject.breed, camera.shot, self.drawn % 8);
            self.first.entry(shown).or_insert(self.drawn);
            self.drawn += 1;
        }
        let index = *self.first.get(&wanted).with_context(|| format!("no frame shows a {breed}"))?;
        self.frame(index, breed)
    }

    /// The first frame from `start` on that shows a breed as `fits` wants it.
    ///
    /// # Errors
    /// If no frame does, or it cannot be drawn.
    pub fn picture(&mut self, breed: &str, start: u64, fits: impl Fn(&Recipe) -> bool) -> anyhow::Result<SheetPicture> {
        let shows = |index: &u64| {
            let recipe = self.recipe(*index);
            recipe.subject.breed == breed && fits(&recipe)
        };
        let index = (start..start + MOST_FRAMES).find(shows).with_context(|| format!("no frame shows a {breed}"))?;
        self.frame(index, breed)
    }

    fn recipe(&self, index: u64) -> Recipe {
        draw(self.renderer.scene(), self.renderer.catalog(), self.seed, index, 0)
    }

    fn frame(&mut self, index: u64, breed: &str) -> anyhow::Result<SheetPicture> {
        let frame = self.renderer.frame(index)?;
        let image =
            RgbImage::from_raw(frame.width, frame.height, frame.rgb).context("a frame is not as large as it says")?;
        // The sheet's captions name classes; here breeds are what is told apart.
        let Labels { class_id, visible_fraction, .. } = frame.labels;
        let labels = Labels { index, class: breed.to_owned(), class_id, visible_fraction, ..Labels::default() };
        Ok(SheetPicture { image, labels: Some(labels) })
    }
}

/// Writes a contact sheet.
///
/// # Errors
/// If it cannot be encoded or written.
pub fn lay_out(pictures: &[SheetPicture], columns: u32, path: &Path) -> anyhow::Result<()> {
    let sheet = sheet(pictures, &SheetOptions { columns, cell: CELL, ..SheetOptions::default() });
    let bytes = encode::encode(sheet.as_raw(), sheet.width(), sheet.height(), FORM).map_err(anyhow::Error::msg)?;
    write(path, &bytes)
}

/// Writes one picture.
///
/// # Errors
/// If it cannot be encoded or written.
pub fn thumbnail(picture: &SheetPicture, path: &Path) -> anyhow::Result<()> {
    let image = &picture.image;
    let bytes = encode::encode(image.as_raw(), image.width(), image.height(), FORM).map_err(anyhow::Error::msg)?;
    write(path, &bytes)
}
