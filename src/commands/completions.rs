//! `motley completions`: for bash, zsh, fish and others.

use clap::CommandFactory;

use crate::{
    Outcome,
    cli::{Cli, CompletionsArgs},
};

/// Runs the command.
pub fn run(args: &CompletionsArgs) -> anyhow::Result<Outcome> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "motley", &mut text);
    std::io::Write::write_all(&mut std::io::stdout(), &text)?;
    Ok(Outcome::Done)
}
