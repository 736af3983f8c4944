//! Sheets of all surroundings for the eye, and what each takes to make.
//!
//!     MOTLEY_SHEETS=out cargo test --release -p motley_zoo --test surroundings -- --ignored

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use image::{RgbImage, imageops};
use motley_zoo::{materials, skies};

/// Where the sheets go; `None` when nobody asked for them.
fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(env::var_os("MOTLEY_SHEETS")?);
    fs::create_dir_all(&folder).ok()?;
    Some(folder)
}

/// Names that contain what `MOTLEY_SHEETS_OF` says; all without it.
fn wanted(name: &str) -> bool {
    env::var("MOTLEY_SHEETS_OF").map_or(true, |part| part.split(',').any(|part| name.contains(part)))
}

/// Lays pictures out in rows and writes them, with a list of their names beside.
fn write(folder: &Path, stem: &str, columns: u32, per_sheet: usize, pictures: &[(String, RgbImage)]) {
    for (number, part) in pictures.chunks(per_sheet).enumerate() {
        let (w, h) = part[0].1.dimensions();
        let rows = (part.len() as u32).div_ceil(columns);
        let mut sheet = RgbImage::new(columns * (w + 4), rows * (h + 4));
        let mut list = String::new();
        for (i, (name, picture)) in part.iter().enumerate() {
            let (column, row) = (i as u32 % columns, i as u32 / columns);
            imageops::replace(&mut sheet, picture, i64::from(column * (w + 4)), i64::from(row * (h + 4)));
            list += &format!("row {row} column {column}: {name}\n");
        }
        sheet.save(folder.join(format!("{stem}-{number}.jpg"))).unwrap();
        fs::write(folder.join(format!("{stem}-{number}.txt")), list).unwrap();
    }
}

#[test]
#[ignore = "writes sheets for the eye"]
fn materials_on_sheets() {
    let Some(folder) = folder() else { return };
    let mut pictures = Vec::new();
    let mut times = String::new();
    for name in materials::names().iter().filter(|name| wanted(name)) {
        let start = Instant::now();
        let maps = materials::make(name).unwrap();
        times += &format!("{name} {:.1} ms\n", start.elapsed().as_secs_f64() * 1e3);
        let (color, normal) = (&maps.base_color, maps.normal.as_ref().unwrap());
        // Lit from the upper left, so that the relief shows.
        let lit = RgbImage::from_fn(color.width, color.height, |x, y| {
            let i = ((y * color.width + x) * 4) as usize;
            let n = [0, 1, 2].map(|c| f32::from(normal.rgba[i + c]) / 127.5 - 1.0);
            let light = 0.35 + 0.75 * (-0.45 * n[0] + 0.45 * n[1] + 0.77 * n[2]).max(0.0);
            image::Rgb([0, 1, 2].map(|c| (f32::from(color.rgba[i + c]) * light.sqrt()).min(255.0) as u8))
        });
        pictures.push(((*name).to_owned(), lit));
    }
    write(&folder, "materials", 7, 42, &pictures);
    fs::write(folder.join("materials-ms.txt"), times).unwrap();
}

#[test]
#[ignore = "writes sheets for the eye"]
fn skies_on_sheets() {
    let Some(folder) = folder() else { return };
    let mut pictures = Vec::new();
    let mut times = String::new();
    for name in skies::names().iter().filter(|name| wanted(name)) {
        let start = Instant::now();
        let sky = skies::make(name).unwrap();
        times += &format!("{name} {:.0} ms\n", start.elapsed().as_secs_f64() * 1e3);
        let (width, height) = (sky.image.width, sky.image.height);
        // Without zenith and nadir; the tone of the renderer.
        let picture = RgbImage::from_fn(width, height / 2, |x, y| {
            let i = (((y + height / 5) * width + x) * 3) as usize;
            image::Rgb([0, 1, 2].map(|c| {
                let x = sky.image.rgb[i + c];
                let tone = x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14);
                (255.0 * tone.clamp(0.0, 1.0).powf(1.0 / 2.2)) as u8
            }))
        });
        let picture = if width > 768 { imageops::thumbnail(&picture, 768, 192) } else { picture };
        pictures.push(((*name).to_owned(), picture));
    }
    write(&folder, "skies", 2, 16, &pictures);
    fs::write(folder.join("skies-ms.txt"), times).unwrap();
}
