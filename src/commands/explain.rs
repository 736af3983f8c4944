//! `motley explain`: where a trained classifier looks.

use std::{fs, io::Cursor, path::Path};

use anyhow::{Context, bail};
use image::{ImageFormat, Rgb, RgbImage, imageops};
use motley_dataset::sheet::{self, GLYPH};
use motley_learn::{
    data::decode_file,
    device::Device,
    run::{Explainer, RunFolder},
};
use serde_json::json;

use super::frame::write;
use crate::{Outcome, cli::ExplainArgs};

/// Pixels between pictures of the grid.
const GAP: u32 = 4;
/// Of the captions.
const INK: Rgb<u8> = Rgb([40; 3]);
/// Pairs of a picture and its overlay in a row of the grid.
const COLUMNS: u32 = 4;

/// Runs the command: for each picture an overlay and the raw map, and a grid of all, each picture beside its overlay.
pub fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let folder = RunFolder::open(&args.run)?;
    if fs::read_dir(&args.out).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty: name another folder by --out", args.out.display());
    }
    if args.out.is_file() {
        bail!("{} is a file: name a folder by --out", args.out.display());
    }
    let device = Device::choose(args.device)?;
    let mut outcome = Outcome::Done;
    let (mut paths, mut pictures) = (Vec::new(), Vec::new());
    for path in &args.images {
        match decode_file(path) {
            Ok(picture) => {
                paths.push(path);
                pictures.push(picture);
            }
            Err(fault) => {
                eprintln!("{fault}");
                outcome = Outcome::Faults;
            }
        }
    }
    if pictures.is_empty() {
        bail!("none of the pictures could be read");
    }
    let explainer =
        Explainer { model: &folder.best(), method: args.method, class: args.class.as_deref(), pictures: &pictures };
    let (card, explained) = explainer.run(&device)?;
    let mut cells = Vec::new();
    for (number, (path, one)) in paths.iter().zip(&explained).enumerate() {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        // Pictures of one name may lie in several folders.
        let name = format!("{:03}-{stem}-{}", number + 1, card.classes[one.class]);
        let overlay = one.overlay();
        save(&args.out.join(format!("{name}.png")), &overlay)?;
        let raw = json!({
            "image": path, "class": card.classes[one.class], "method": args.method, "map": one.map,
            "scores": card.classes.iter().zip(&one.probabilities).collect::<std::collections::BTreeMap<_, _>>(),
        });
        write(&args.out.join(format!("{name}.json")), raw.to_string().as_bytes())?;
        let share = 100.0 * one.probabilities[one.class];
        let caption = format!("{} {share:.0}%  {:03} {stem}", card.classes[one.class], number + 1);
        cells.push(Cell { caption, pictures: [one.picture.clone(), overlay] });
    }
    let grid = args.out.join("grid.png");
    save(&grid, &grid_of(&cells))?;
    eprintln!("{}", grid.display());
    Ok(outcome)
}

/// A picture and its overlay, and what the network says.
struct Cell {
    caption: String,
    pictures: [RgbImage; 2],
}

/// Each picture beside its overlay, row by row on white.
fn grid_of(cells: &[Cell]) -> RgbImage {
    let (width, height) = cells.first().map_or((1, 1), |cell| cell.pictures[0].dimensions());
    let columns = COLUMNS.min(cells.len() as u32).max(1);
    let rows = (cells.len() as u32).div_ceil(columns);
    let step = [2 * (width + GAP), height + GLYPH + 3 * GAP];
    let mut grid = RgbImage::from_pixel(columns * step[0] - GAP, rows * step[1], Rgb([255; 3]));
    for (number, cell) in (0u32..).zip(cells) {
        let (x, y) = (number % columns * step[0], number / columns * step[1]);
        for (picture, left) in cell.pictures.iter().zip([x, x + width]) {
            imageops::replace(&mut grid, picture, left.into(), y.into());
        }
        sheet::write(&mut grid, x, y + height + GAP, x + 2 * width, &cell.caption, INK);
    }
    grid
}

fn save(path: &Path, picture: &RgbImage) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    picture
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
        .with_context(|| format!("cannot encode {}", path.display()))?;
    write(path, &bytes)
}
