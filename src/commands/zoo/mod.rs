//! `motley zoo`: what the zoo grows, to be looked at and to be taken elsewhere.

mod export;
mod report;

use motley_scene::field::nearest;

use crate::{
    Outcome,
    cli::{ZooArgs, ZooCommand},
};

/// No breed is called so; which was meant, or which there are, each as class and name.
fn unknown(word: &str, known: &[(&str, String)]) -> anyhow::Error {
    let full: Vec<String> = known.iter().map(|(class, name)| format!("{class}/{name}")).collect();
    let names: Vec<&str> = known.iter().map(|(_, name)| name.as_str()).chain(full.iter().map(String::as_str)).collect();
    match nearest(word, &names) {
        Some(near) => anyhow::anyhow!("there is no breed {word:?}; did you mean {near:?}?"),
        None => anyhow::anyhow!("there is no breed {word:?}; there are: {}", full.join(", ")),
    }
}

/// Runs the command.
pub fn run(args: &ZooArgs) -> anyhow::Result<Outcome> {
    match &args.what {
        ZooCommand::Report(args) => report::run(args),
        ZooCommand::Export(args) => export::run(args),
    }
}
