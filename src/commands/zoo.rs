//! `motley zoo report`: every animal breed on a turntable, its head close up and in the photo scene, on contact sheets
//! to be looked at, and a table of breeds.

use std::{fmt::Write as _, path::Path, time::Instant};

use anyhow::{Context, bail};
use image::RgbImage;
use motley_capture::{Renderer, RendererOptions};
use motley_dataset::{
    ImageFormat, ImageSpec, encode,
    sheet::{SheetOptions, SheetPicture, sheet},
};
use motley_scene::{
    frame::Labels,
    recipe::{Recipe, draw},
    stream::stream,
};
use motley_zoo::animals;

use super::frame::write;
use crate::{
    Outcome,
    cli::{ZooArgs, ZooCommand, ZooReportArgs},
    opened,
};

const TURNTABLE: &str = include_str!("../../scenes/zoo-report.scene.ron");
const PHOTO: &str = include_str!("../../scenes/cats-dogs-photo.scene.ron");

/// Sides of the turntable's cells, in eighths of a turn: whole animals, then heads.
const SIDES: [(Shot, u64); 7] = [
    (Shot::Body, 0),
    (Shot::Body, 1),
    (Shot::Body, 2),
    (Shot::Body, 5),
    (Shot::Head, 0),
    (Shot::Head, 1),
    (Shot::Head, 2),
];
/// Frames of the photo scene for each breed.
const PHOTOS: usize = 3;
/// Breeds on a sheet.
const ROWS: usize = 12;
/// Width of a picture on a sheet, pixels.
const CELL: u32 = 144;
/// Individuals that are measured for each breed's row of the table.
const MEASURED: u64 = 3;
/// A breed that so many frames in a row do not show is not in the scene.
const MOST_FRAMES: u64 = 200_000;

/// The turntable scene's shots, in its order.
#[derive(Clone, Copy)]
enum Shot {
    Body,
    Head,
}

/// Runs the command.
pub fn run(args: &ZooArgs) -> anyhow::Result<Outcome> {
    match &args.what {
        ZooCommand::Report(args) => report(args),
    }
}

fn report(args: &ZooReportArgs) -> anyhow::Result<Outcome> {
    let mut turntable = Finder::open(TURNTABLE, args.seed)?;
    let mut photo = Finder::open(PHOTO, args.seed)?;
    let classes = turntable.renderer.catalog().classes.clone();
    let known = || classes.iter().flat_map(|class| &class.breeds).map(|breed| breed.name.as_str());
    if let Some(name) = args.breeds.iter().find(|name| known().all(|breed| breed != name.as_str())) {
        bail!("there is no breed {name:?}; there are: {}", known().collect::<Vec<_>>().join(", "));
    }
    let mut table = String::from(
        "# Breeds\n\nHeights are from the ground to the top of head or back, kittens and puppies included. Triangles and time to \
         grow are means of three individuals, on one core.\n\n| class | breed | height, m | triangles | ms |\n|---|---|---|---|---|\n",
    );
    for class in &classes {
        let wanted: Vec<&str> =
            class.breeds.iter().map(|breed| breed.name.as_str()).filter(|b| args.wants(b)).collect();
        for (number, breeds) in wanted.chunks(ROWS).enumerate() {
            let mut pictures = Vec::new();
            for breed in breeds {
                for (shot, side) in SIDES {
                    pictures.push(turntable.picture(breed, 0, |recipe| {
                        recipe.subject.class == class.name
                            && recipe.camera.shot == shot as u32
                            && recipe.index % 8 == side
                    })?);
                }
                let mut next = 0;
                for _ in 0..PHOTOS {
                    let picture = photo.picture(breed, next, |recipe| recipe.subject.class == class.name)?;
                    next = picture.labels.as_ref().map_or(next, |labels| labels.index) + 1;
                    pictures.push(picture);
                }
                measure(&class.name, breed, args.seed, &mut table)?;
            }
            let columns = (SIDES.len() + PHOTOS) as u32;
            let path = args.out.join(format!("{}-{}.jpg", class.name, number + 1));
            lay_out(&pictures, columns, &path)?;
            eprintln!("{}", path.display());
        }
    }
    let path = args.out.join("breeds.md");
    write(&path, table.as_bytes())?;
    eprintln!("{}", path.display());
    Ok(Outcome::Done)
}

/// A renderer that is asked for frames by what they show.
struct Finder {
    renderer: Renderer,
    seed: u64,
}

impl Finder {
    fn open(text: &str, seed: u64) -> anyhow::Result<Self> {
        let ready = opened::open_text(text.to_owned(), Path::new("."), "zoo report")?.ready;
        let options = RendererOptions { size: ready.scene.output.size, seed, labels: Vec::new() };
        Ok(Self { renderer: Renderer::new(ready, options)?, seed })
    }

    /// The first frame from `start` on that shows a breed as `fits` wants it.
    fn picture(&mut self, breed: &str, start: u64, fits: impl Fn(&Recipe) -> bool) -> anyhow::Result<SheetPicture> {
        let shows = |index: &u64| {
            let recipe = draw(self.renderer.scene(), self.renderer.catalog(), self.seed, *index, 0);
            recipe.subject.breed == breed && fits(&recipe)
        };
        let index = (start..start + MOST_FRAMES).find(shows).with_context(|| format!("no frame shows a {breed}"))?;
        let frame = self.renderer.frame(index)?;
        let image =
            RgbImage::from_raw(frame.width, frame.height, frame.rgb).context("a frame is not as large as it says")?;
        // The sheet's captions name classes; here breeds are what is told apart.
        let labels = Labels { index, class: breed.to_owned(), class_id: frame.labels.class_id, ..Labels::default() };
        Ok(SheetPicture { image, labels: Some(labels) })
    }
}

fn lay_out(pictures: &[SheetPicture], columns: u32, path: &Path) -> anyhow::Result<()> {
    let sheet = sheet(pictures, &SheetOptions { columns, cell: CELL, ..SheetOptions::default() });
    let form = ImageSpec { format: ImageFormat::Jpeg, quality: 82 };
    let bytes = encode::encode(sheet.as_raw(), sheet.width(), sheet.height(), form).map_err(anyhow::Error::msg)?;
    write(path, &bytes)
}

/// Adds a breed's row: heights, triangles and what a fresh individual costs.
fn measure(class: &str, name: &str, seed: u64, table: &mut String) -> anyhow::Result<()> {
    let breed = animals::breeds(class).iter().find(|breed| breed.name == name);
    let breed = breed.with_context(|| format!("the zoo grows no {name}"))?;
    let (low, high) = breed.height();
    let start = Instant::now();
    let triangles: usize = (0..MEASURED)
        .flat_map(|i| animals::grow(breed, &mut stream(seed, i, "zoo report", 0)).parts)
        .map(|part| part.mesh.indices.len() / 3)
        .sum();
    let ms = start.elapsed().as_secs_f64() * 1e3 / MEASURED as f64;
    let triangles = triangles / MEASURED as usize;
    writeln!(table, "| {class} | {name} | {low:.2}–{high:.2} | {triangles} | {ms:.0} |")?;
    Ok(())
}
