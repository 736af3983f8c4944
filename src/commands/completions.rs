//! `motley completions`: for bash, zsh, fish and others.

use clap::CommandFactory;

use crate::{
    Outcome,
    cli::{Cli, CompletionsArgs},
    progress::print,
};

/// Runs the command.
pub fn run(args: &CompletionsArgs) -> anyhow::Result<Outcome> {
    let all = Cli::command();
    // The generators do not leave hidden commands out.
    let shown = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    let mut shown = clap::Command::new("motley")
        .about(all.get_about().cloned().unwrap_or_default())
        .version(env!("CARGO_PKG_VERSION"))
        .subcommands(shown);
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut shown, "motley", &mut text);
    print(&String::from_utf8(text)?);
    Ok(Outcome::Done)
}
