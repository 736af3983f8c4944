//! Progress of a study over all its arms, with the time that is left.

use std::{
    collections::BTreeMap,
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use motley_study::lab::Progress;
use serde_json::json;

use crate::progress::{JSON_PERIOD, PLAIN_PERIOD, Style, event};

/// The share of the work from which the time that is left can be told.
const LEAST_SHARE: f64 = 0.005;
/// Steps of the bar.
const STEPS: f64 = 1000.0;

/// Shows how far a study is.
pub struct StudyProgress {
    style: Style,
    bar: Option<ProgressBar>,
    start: Instant,
    told: Option<Instant>,
    what: String,
    /// How often each reason of a failure came.
    reasons: BTreeMap<String, usize>,
}

impl StudyProgress {
    /// Nothing is done yet.
    pub fn new(style: Style) -> Self {
        let bar = (style == Style::Human && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(STEPS as u64);
            // The template is fixed and well formed.
            let template = ProgressStyle::with_template("{bar:40} {percent} %  {msg}");
            bar.set_style(template.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { style, bar, start: Instant::now(), told: None, what: String::new(), reasons: BTreeMap::new() }
    }

    /// Shows a piece of news.
    pub fn tell(&mut self, news: &Progress<'_>) {
        if let Some(failure) = news.failure {
            self.fail(&failure.what, &failure.reason);
        }
        let share = news.done / news.total.max(1e-9);
        let left = self.left(share);
        if let Some(bar) = &self.bar {
            bar.set_position((share * STEPS) as u64);
            bar.set_message(format!("{}{}", news.what, words(left)));
            return;
        }
        let period = if self.style == Style::Json { JSON_PERIOD } else { PLAIN_PERIOD };
        let is_new = self.what != news.what;
        if is_new || self.told.is_none_or(|told| told.elapsed() >= period) {
            self.told = Some(Instant::now());
            news.what.clone_into(&mut self.what);
            match self.style {
                Style::Human => eprintln!("{:3.0} %  {}{}", 100.0 * share, news.what, words(left)),
                Style::Json => event(&json!({
                    "event": "progress", "what": news.what, "share": share, "seconds_left": left.map(|left| left.as_secs()),
                })),
                Style::Quiet => {}
            }
        }
    }

    /// The work is over.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let many = |(reason, &count): (_, &usize)| (count > 1).then_some((reason, count - 1));
        for (reason, more) in self.reasons.iter().filter_map(many).filter(|_| self.style == Style::Human) {
            eprintln!("{more} more failed: {reason}");
        }
    }

    fn fail(&mut self, what: &str, reason: &str) {
        let count = self.reasons.entry(reason.to_owned()).or_default();
        *count += 1;
        if *count > 1 && self.style != Style::Json {
            return;
        }
        match (&self.bar, self.style) {
            (_, Style::Json) => event(&json!({ "event": "failure", "what": what, "reason": reason })),
            (Some(bar), _) => bar.println(format!("{what} failed: {reason}")),
            (None, _) => eprintln!("{what} failed: {reason}"),
        }
    }

    /// The time that is left; `None` as long as nothing can be said.
    fn left(&self, share: f64) -> Option<Duration> {
        let elapsed = self.start.elapsed().as_secs_f64();
        (share >= LEAST_SHARE).then(|| Duration::from_secs_f64((elapsed * (1.0 - share) / share).max(0.0)))
    }
}

fn words(left: Option<Duration>) -> String {
    match left.map(|left| left.as_secs()) {
        None => String::new(),
        Some(seconds @ 0..90) => format!(", {seconds} s left"),
        Some(seconds) => format!(", {} min left", (seconds + 30) / 60),
    }
}
