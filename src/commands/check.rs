//! `motley check`: all faults of a scene file at once.

use motley_zoo::ready::ReadyScene;

use crate::{Outcome, cli::CheckArgs, opened, progress::print};

/// Runs the command.
pub fn run(args: &CheckArgs) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    for path in &args.scenes {
        let (text, base, name) = opened::read(Some(path))?;
        match ReadyScene::check(&text, &base) {
            Ok(ReadyScene { scene, catalog, .. }) => {
                let breeds: usize = catalog.classes.iter().map(|class| class.breeds.len()).sum();
                print(&format!(
                    "{name}: fine; {} classes with {breeds} breeds, {} materials, {} skies\n",
                    scene.classes.len(),
                    catalog.materials.len(),
                    catalog.skies.len()
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
