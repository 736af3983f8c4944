//! `motley check`: all faults of a scene file at once.

use motley_zoo::ready::ReadyScene;

use crate::{
    Outcome,
    cli::CheckArgs,
    opened,
    progress::{many, print},
};

/// Runs the command.
pub fn run(args: &CheckArgs) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    for path in &args.scenes {
        let (text, base, name) = opened::read(Some(path))?;
        match ReadyScene::check(&text, &base) {
            Ok(ReadyScene { scene, catalog, .. }) => {
                let breeds: usize = catalog.classes.iter().map(|class| class.breeds.len()).sum();
                print(&format!(
                    "{name}: fine; {} with {}, {}, {}\n",
                    many(scene.classes.len() as u64, "class", "classes"),
                    many(breeds as u64, "breed", "breeds"),
                    many(catalog.materials.len() as u64, "material", "materials"),
                    many(catalog.skies.len() as u64, "sky", "skies"),
                ));
            }
            Err(faults) => {
                print(&(opened::describe(&name, &faults) + "\n"));
                outcome = Outcome::Faults;
            }
        }
    }
    Ok(outcome)
}
