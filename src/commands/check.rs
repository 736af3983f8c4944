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
                    "{name}: fine; {} with {}, {}, {}\n",
                    many(scene.classes.len(), "class", "classes"),
                    many(breeds, "breed", "breeds"),
                    many(catalog.materials.len(), "material", "materials"),
                    many(catalog.skies.len(), "sky", "skies"),
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

fn many(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
