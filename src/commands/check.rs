//! `motley check`: all faults of a scene file at once.

use motley_zoo::ready::ReadyScene;

use crate::{Outcome, cli::CheckArgs, opened};

/// Runs the command.
pub fn run(args: &CheckArgs) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    for path in &args.scenes {
        let (text, base, name) = opened::read(Some(path))?;
        match ReadyScene::parse(&text, &base) {
            Ok(ReadyScene { scene, catalog, .. }) => {
                let breeds: usize = catalog.classes.iter().map(|class| class.breeds.len()).sum();
                eprintln!(
                    "{name}: fine; {} classes with {breeds} breeds, {} materials, {} skies",
                    scene.classes.len(),
                    catalog.materials.len(),
                    catalog.skies.len()
                );
            }
            Err(faults) => {
                eprintln!("{}", opened::describe(&name, &faults));
                outcome = Outcome::Faults;
            }
        }
    }
    Ok(outcome)
}
