//! `motley pack check`: everything in a folder of models, looked at before it is used.

use anyhow::{Context, bail};
use motley_scene::scene::{Class, Scene};
use motley_zoo::{
    pack::{
        Pack, PackError,
        examine::{Description, Oddity, oddities},
    },
    ready::ReadyScene,
};

use super::frame::write;
use crate::{
    Outcome,
    cli::{PackArgs, PackCheckArgs, PackCommand},
    opened,
    progress::{Progress, Style},
    turntable::{Shot, TURNTABLE, Turntable, lay_out, thumbnail},
};

/// Sides on the contact sheet, in eighths of a turn.
const SIDES: [u64; 4] = [0, 1, 2, 5];
/// Models on a sheet.
const ROWS: usize = 50;

/// Runs the command.
pub fn run(args: &PackArgs) -> anyhow::Result<Outcome> {
    match &args.what {
        PackCommand::Check(args) => check(args),
    }
}

fn check(args: &PackCheckArgs) -> anyhow::Result<Outcome> {
    std::fs::read_dir(&args.pack).with_context(|| format!("cannot read the folder {}", args.pack.display()))?;
    let (pack, faults) = Pack::survey(&args.pack);
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    let mut count = faults.len();
    let mut descriptions = Vec::new();
    for class in pack.classes() {
        for (index, name) in pack.subjects(class).enumerate() {
            let loaded = match pack.load_subject(class, index, None) {
                Ok(loaded) => loaded,
                Err(fault) => {
                    count += 1;
                    eprintln!("{fault}");
                    continue;
                }
            };
            for Oddity { text, is_fault } in oddities(&loaded) {
                count += usize::from(is_fault);
                eprintln!("{class}/{name}: {}{text}", if is_fault { "" } else { "note: " });
            }
            for note in &loaded.notes {
                eprintln!("{class}/{name}: note: {note}");
            }
            let (size, licence) = (loaded.natural_size, loaded.copyright.clone());
            descriptions.push(Description::new(class, name, licence, size, &loaded.model));
        }
    }
    let new = |fault: &PackError| faults.iter().all(|told| told.path != fault.path);
    for fault in pack.look_around().into_iter().filter(new) {
        count += 1;
        eprintln!("{fault}");
    }
    if descriptions.is_empty() {
        eprintln!("there is no model that could be shown");
    } else {
        show(args, &descriptions)?;
        write(&args.out.join("pack.json"), &serde_json::to_vec_pretty(&descriptions)?)?;
    }
    eprintln!("{} models can be shown; faults: {count}", descriptions.len());
    Ok(if count > 0 { Outcome::Faults } else { Outcome::Done })
}

/// Draws what could be loaded: a sheet, and a thumbnail of each.
fn show(args: &PackCheckArgs, descriptions: &[Description]) -> anyhow::Result<()> {
    let (scene, faults) = Scene::parse(TURNTABLE);
    let Some(mut scene) = scene.filter(|_| faults.is_empty()) else { bail!("the turntable's scene is damaged") };
    scene.packs = vec![std::path::absolute(&args.pack)?.to_string_lossy().into_owned()];
    scene.classes.clear();
    for about in descriptions {
        if !scene.classes.iter().any(|class| class.name == about.class) {
            scene.classes.push(Class { name: about.class.clone(), ..Class::default() });
        }
    }
    let ready = ReadyScene::of_what_is_sound(scene, &args.pack)
        .map_err(|faults| anyhow::anyhow!("{}", opened::describe("pack check", &faults)))?;
    let mut turntable = Turntable::open(ready, 0)?;
    let mut progress = Progress::new(Style::Human, "pictures", (descriptions.len() * SIDES.len()) as u64, 0);
    let mut sheets = Vec::new();
    for (number, descriptions) in descriptions.chunks(ROWS).enumerate() {
        let mut pictures = Vec::new();
        for about in descriptions {
            for side in SIDES {
                let picture = turntable.side(&about.class, &about.name, Shot::Body, side)?;
                if side == 1 {
                    thumbnail(&picture, &args.out.join(&about.thumbnail))?;
                }
                pictures.push(picture);
                progress.step();
            }
        }
        let path = args.out.join(if number == 0 { "pack.jpg".to_owned() } else { format!("pack-{}.jpg", number + 1) });
        lay_out(&pictures, SIDES.len() as u32, &path)?;
        sheets.push(path);
    }
    progress.finish();
    sheets.iter().for_each(|path| eprintln!("{}", path.display()));
    Ok(())
}
