//! `motley new`: a commented scene for a user's own models.

use std::path::Path;

use anyhow::{Context, bail};
use motley_scene::scene::{Class, Height, Scene, check_name};
use motley_zoo::{pack::Pack, ready::ReadyScene, zoo::class_height};

use super::frame::write;
use crate::{Outcome, cli::NewArgs, opened};

/// Metres that a class is taken to be high: as the zoo's breeds are, or, of things it does not know, as mugs and bottles are.
fn height(class: &str) -> Height {
    let whole_cm = |height: f32| (height * 100.0).round() / 100.0;
    let [min, max] = class_height(class).unwrap_or([0.2, 0.3]).map(whole_cm);
    Height { min, max }
}

/// Runs the command.
pub fn run(args: &NewArgs) -> anyhow::Result<Outcome> {
    if args.scene.exists() && !args.force {
        bail!("{} is there already; write --force to overwrite it", args.scene.display());
    }
    let pack = Pack::check(&args.pack).map_err(|errors| {
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{} cannot be used\n{}", args.pack.display(), lines.join("\n"))
    })?;
    let classes: Vec<Class> = pack
        .classes()
        .map(|name| Class { name: name.to_owned(), height: Some(height(name)), ..Class::default() })
        .collect();
    if classes.is_empty() {
        bail!("{0} has no subjects; put models into {0}/subjects/<class>/*.glb", args.pack.display());
    }
    let stem = args.scene.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = stem.split('.').next().filter(|name| check_name(name).is_ok()).unwrap_or("scene").to_owned();
    let scene = Scene { name, packs: vec![relative(&args.pack, &args.scene)?], classes, ..Scene::default() };
    let text = scene.to_ron();
    let base = args.scene.parent().unwrap_or(Path::new(""));
    if let Err(faults) = ReadyScene::check(&text, base) {
        bail!("{}", opened::describe(&args.scene.display().to_string(), &faults));
    }
    write(&args.scene, text.as_bytes())?;
    tell_notes(&pack)?;
    let words: Vec<_> =
        pack.classes().map(|name| format!("{name} {} to {} m high", height(name).min, height(name).max)).collect();
    eprintln!(
        "{}: {}. Set their heights there, then\n    motley capture {} --batch 1000",
        args.scene.display(),
        words.join(", "),
        // As a shell takes it.
        shlex::try_quote(&args.scene.to_string_lossy())?
    );
    Ok(Outcome::Done)
}

/// What was guessed or left out when the models were read: the user knows better.
fn tell_notes(pack: &Pack) -> anyhow::Result<()> {
    for class in pack.classes() {
        for (index, name) in pack.subjects(class).enumerate() {
            for note in pack.load_subject(class, index, Some([height(class).min, height(class).max]))?.notes {
                eprintln!("{class}/{name}: {note}");
            }
        }
    }
    Ok(())
}

/// The pack's folder as seen from the scene's.
fn relative(pack: &Path, scene: &Path) -> anyhow::Result<String> {
    let folder = scene.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (pack, folder) = (pack.canonicalize()?, folder.canonicalize()?);
    let shared = pack.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| std::path::Component::ParentDir);
    let path: std::path::PathBuf = up.chain(pack.components().skip(shared)).collect();
    Ok(if path.as_os_str().is_empty() { ".".to_owned() } else { path.to_string_lossy().into_owned() })
}
