//! `motley zoo export`: individuals of a breed as GLB files.

use anyhow::{Context, bail};
use motley_zoo::{export::glb, zoo};
use serde_json::json;

use super::unknown;
use crate::{Outcome, cli::ZooExportArgs, commands::frame::write};

/// Runs the command.
pub fn run(args: &ZooExportArgs) -> anyhow::Result<Outcome> {
    let (class, name) = find(&args.breed)?;
    let path = |individual| args.out.join(format!("{class}-{name}-{individual:03}.glb"));
    // Another seed's individuals have the same names.
    if let Some(there) = (0..args.count).map(path).find(|path| path.exists()) {
        bail!("{} is there already; give --out another folder, or remove it", there.display());
    }
    for individual in 0..args.count {
        let model = zoo::grow(class, &name, individual, args.seed).context("a breed that is listed is grown")?;
        let about = json!({
            "class": class, "breed": name, "individual": individual, "seed": args.seed, "licence": zoo::LICENCE,
        });
        let path = path(individual);
        write(&path, &glb(&model, &about)?)?;
        eprintln!("{}", path.display());
    }
    Ok(Outcome::Done)
}

/// Class and breed that a word names: `car/taxi`, or `taxi` where only one class has it.
fn find(word: &str) -> anyhow::Result<(&'static str, String)> {
    let (wanted, breed) = word.split_once('/').map_or((None, word), |(class, breed)| (Some(class), breed));
    let known: Vec<(&str, String)> = zoo::GROWN
        .into_iter()
        .flat_map(|class| zoo::grown_names(class).into_iter().map(move |name| (class, name)))
        .collect();
    let found: Vec<_> =
        known.iter().filter(|(class, name)| name == breed && wanted.is_none_or(|wanted| wanted == *class)).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(unknown(word, &known)),
        several => {
            let words: Vec<String> = several.iter().map(|(class, name)| format!("{class}/{name}")).collect();
            bail!("{word:?} may be {}; write one of these", words.join(" or "))
        }
    }
}
