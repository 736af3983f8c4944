//! Progress of long work: a bar on a terminal, plain lines elsewhere, JSON lines for machines, or nothing.

use std::{
    io::{ErrorKind, IsTerminal, Write},
    sync::OnceLock,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For people.
    Human,
    /// For machines.
    Json,
    /// Not at all.
    Quiet,
}

impl Style {
    /// By the flags `--json` and `--quiet`.
    pub fn of(json: bool, quiet: bool) -> Self {
        match (json, quiet) {
            (true, _) => Self::Json,
            (_, true) => Self::Quiet,
            _ => Self::Human,
        }
    }
}

/// Least time between plain lines.
pub const PLAIN_PERIOD: Duration = Duration::from_secs(5);
/// Least time between JSON lines.
pub const JSON_PERIOD: Duration = Duration::from_secs(1);

/// Shows how far the work is.
pub struct Progress {
    style: Style,
    /// What is counted.
    things: &'static str,
    bar: Option<ProgressBar>,
    total: u64,
    already: u64,
    done: u64,
    start: Instant,
    told: Instant,
}

impl Progress {
    /// Of `total` things, such as frames, `already` were there.
    pub fn new(style: Style, things: &'static str, total: u64, already: u64) -> Self {
        let bar = (style == Style::Human && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(total).with_position(already);
            let template = format!("{{bar:40}} {{pos}}/{{len}} {things}  {{msg}}  {{eta}} left");
            // The template is well formed.
            bar.set_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.reset_eta();
            bar
        });
        let now = Instant::now();
        Self { style, things, bar, total, already, done: 0, start: now, told: now }
    }

    /// Things a second since the start.
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.start.elapsed().as_secs_f64().max(1e-6)
    }

    /// Another one is done.
    pub fn step(&mut self) {
        self.done += 1;
        if let Some(bar) = &self.bar {
            bar.inc(1);
            bar.set_message(format!("{:.1} img/s", self.rate()));
            return;
        }
        let period = if self.style == Style::Json { JSON_PERIOD } else { PLAIN_PERIOD };
        if self.told.elapsed() >= period {
            self.told = Instant::now();
            self.tell();
        }
    }

    fn tell(&self) {
        let position = self.already + self.done;
        let left = (self.total - position.min(self.total)) as f64 / self.rate().max(1e-9);
        match self.style {
            Style::Human => {
                let Self { things, total, .. } = self;
                eprintln!("{position}/{total} {things}, {:.1} img/s, {left:.0} s left", self.rate());
            }
            Style::Json => event(&json!({
                "event": "progress", "done": position, "total": self.total, "images_per_second": self.rate(), "seconds_left": left,
            })),
            Style::Quiet => {}
        }
    }

    /// The work is over.
    pub fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The first error of standard output. It does not stop the work.
static UNPRINTED: OnceLock<std::io::Error> = OnceLock::new();

/// Prints a JSON line.
pub fn event(value: &serde_json::Value) {
    print(&format!("{value}\n"));
}

/// Prints text for people.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Only the first is told.
        let _ = UNPRINTED.set(error);
    }
}

/// Whether all that was to be printed is printed. A reader that had seen enough is no reason to complain.
pub fn printed() -> anyhow::Result<()> {
    match UNPRINTED.get() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            anyhow::bail!("what this command prints is not whole: standard output: {error}")
        }
        _ => Ok(()),
    }
}

/// A number of things, in words.
pub fn many(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
