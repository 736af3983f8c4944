//! `motley zoo report`: every breed on a turntable and in its photo scene, on contact sheets to be looked at, and a table of
//! breeds.

use std::{fmt::Write as _, time::Instant};

use anyhow::Context;
use motley_zoo::{pack::examine::Description, zoo};

use super::unknown;
use crate::{
    Outcome,
    cli::{ZooReportArgs, is_called},
    commands::frame::write,
    opened,
    turntable::{Shot, TURNTABLE, Turntable, lay_out, thumbnail},
};

const PHOTO: &str = include_str!("../../../scenes/cats-dogs-bikes-cars-photo.scene.ron");

/// Sides of the turntable's cells, in eighths of a turn: the whole of it, then heads.
const BODY: [(Shot, u64); 7] = [
    (Shot::Body, 0),
    (Shot::Body, 1),
    (Shot::Body, 2),
    (Shot::Body, 3),
    (Shot::Body, 4),
    (Shot::Body, 5),
    (Shot::Body, 6),
];
const BODY_AND_HEAD: [(Shot, u64); 7] = [
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
/// Individuals that are measured for each breed's row of the table.
const MEASURED: u32 = 3;
/// Runs the command.
pub fn run(args: &ZooReportArgs) -> anyhow::Result<Outcome> {
    let open = |text: &str| -> anyhow::Result<Turntable> {
        Turntable::open(opened::open_text(text.to_owned(), std::path::Path::new("."), "zoo report")?.ready, args.seed)
    };
    let (mut turntable, mut photo) = (open(TURNTABLE)?, open(PHOTO)?);
    let classes = turntable.catalog().classes.clone();
    let mut descriptions = Vec::new();
    let known: Vec<(&str, String)> = classes
        .iter()
        .flat_map(|class| class.breeds.iter().map(|breed| (class.name.as_str(), breed.name.clone())))
        .collect();
    if let Some(name) =
        args.breeds.iter().find(|name| !known.iter().any(|(class, breed)| is_called(class, breed, name)))
    {
        return Err(unknown(name, &known));
    }
    let mut table = String::from(
        "# Breeds\n\nHeights, triangles and time to grow are of three individuals, on one core, riders included.\n\n| class | breed | height, m | triangles | ms |\n|---|---|---|---|---|\n",
    );
    for class in &classes {
        let wanted: Vec<&str> = class
            .breeds
            .iter()
            .map(|breed| breed.name.as_str())
            .filter(|breed| args.wants(&class.name, breed))
            .collect();
        for (number, breeds) in wanted.chunks(ROWS).enumerate() {
            let mut pictures = Vec::new();
            // What has no head is turned once about instead.
            let headed = matches!(class.name.as_str(), "cat" | "dog");
            let sides = if headed { BODY_AND_HEAD } else { BODY };
            for breed in breeds {
                for (shot, side) in sides {
                    let picture = turntable.side(&class.name, breed, shot, side)?;
                    if side == 1 && shot == Shot::Body {
                        thumbnail(&picture, &args.out.join(&class.name).join(format!("{breed}.jpg")))?;
                    }
                    pictures.push(picture);
                }
                let mut next = 0;
                for _ in 0..PHOTOS {
                    let picture = photo.picture(breed, next, |recipe| recipe.subject.class == class.name)?;
                    next = picture.labels.as_ref().map_or(next, |labels| labels.index) + 1;
                    pictures.push(picture);
                }
                descriptions.push(measure(&class.name, breed, args.seed, &mut table)?);
            }
            let columns = (sides.len() + PHOTOS) as u32;
            let path = args.out.join(format!("{}-{}.jpg", class.name, number + 1));
            lay_out(&pictures, columns, &path)?;
            eprintln!("{}", path.display());
        }
    }
    let path = args.out.join("breeds.md");
    write(&path, table.as_bytes())?;
    eprintln!("{}", path.display());
    write(&args.out.join("zoo.json"), &serde_json::to_vec_pretty(&descriptions)?)?;
    Ok(Outcome::Done)
}

/// Adds a breed's row: heights, triangles and what a fresh individual costs. Describes the first of its individuals.
fn measure(class: &str, name: &str, seed: u64, table: &mut String) -> anyhow::Result<Description> {
    // The first of all makes what they share.
    zoo::grow(class, name, 0, seed);
    let start = Instant::now();
    let models: Option<Vec<_>> = (0..MEASURED).map(|individual| zoo::grow(class, name, individual, seed)).collect();
    let ms = start.elapsed().as_secs_f64() * 1e3 / f64::from(MEASURED);
    let models = models.with_context(|| format!("the zoo grows no {name}"))?;
    let heights = models.iter().map(motley_zoo::model::Model::height);
    let (low, high) = heights.fold((f32::MAX, f32::MIN), |(low, high), height| (low.min(height), high.max(height)));
    let triangles: usize = models.iter().flat_map(|model| &model.parts).map(|part| part.mesh.indices.len() / 3).sum();
    let triangles = triangles / models.len();
    writeln!(table, "| {class} | {name} | {low:.2}–{high:.2} | {triangles} | {ms:.0} |")?;
    let licence = Some(zoo::LICENCE.to_owned());
    Ok(Description::new(class, name, licence, models[0].size(), &models[0]))
}
