//! The `motley` command line: it parses, calls and prints.

mod cli;
mod commands;
mod opened;
mod progress;
mod streams;
mod study_progress;
mod training_progress;
mod turntable;

use std::{io::IsTerminal, process::ExitCode};

use crate::cli::Command;

/// Models of all sizes come and go for hours: over 20,000 frames this heap grew by less than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit status of a command that worked and found faults in what it looked at.
const FAULTS: u8 = 1;
/// Exit status of a command that could not do its work.
const FAILED: u8 = 2;
/// Exit status after Ctrl-C, as shells have it: 128 + SIGINT.
const INTERRUPTED: u8 = 130;

/// How a command ended when nothing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Done,
    /// It looked, and found faults.
    Faults,
    /// The user stopped it.
    Interrupted,
}

fn main() -> ExitCode {
    let cli = cli::parse();
    log();
    let result = run(cli.command).and_then(|outcome| progress::printed().map(|()| outcome));
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Faults) => ExitCode::from(FAULTS),
        Ok(Outcome::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("motley: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

/// Warnings go to standard error; `RUST_LOG` asks for more.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| "warn,bevy_render::renderer=error".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .without_time()
        .with_target(false)
        .init();
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Studio(args) => commands::studio::run(&args),
        Command::Capture(args) => commands::capture::run(args),
        Command::Frame(args) => commands::frame::run(&args),
        Command::Sheet(args) => commands::sheet::run(&args),
        Command::Audit(args) => commands::audit::run(&args),
        Command::Merge(args) => commands::merge::run(&args),
        Command::Train(args) => commands::train::run(args),
        Command::Eval(args) => commands::eval::run(&args),
        Command::Predict(args) => commands::predict::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Study(args) => commands::study::run(&args),
        Command::Tune(args) => commands::tune::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::New(args) => commands::new::run(&args),
        Command::Bench(args) => commands::bench::run(args),
        Command::Zoo(args) => commands::zoo::run(&args),
        Command::Pack(args) => commands::pack::run(&args),
        Command::Completions(args) => commands::completions::run(&args),
        Command::Worker => commands::worker::run(),
    }
}

/// Whoever read our output has seen enough: no reason to complain.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
