//! `motley studio`: the window.

use motley_studio::Options;

use crate::{Outcome, cli::StudioArgs, opened::DEFAULT_SCENE};

/// Runs the command until the window is closed.
pub fn run(args: &StudioArgs) -> anyhow::Result<Outcome> {
    motley_studio::run(&Options { scene: args.scene.clone(), default_scene: DEFAULT_SCENE })?;
    Ok(Outcome::Done)
}
