//! Progress of a training: a bar on a terminal, plain lines elsewhere, JSON lines for machines, or nothing.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use motley_learn::fit::event::{EpochMetrics, Event, StopReason};

use crate::progress::{JSON_PERIOD, PLAIN_PERIOD, Style, event};

/// Shows how far a training is.
pub struct TrainingProgress {
    style: Style,
    bar: Option<ProgressBar>,
    epochs: usize,
    total: usize,
    /// Pictures of the epochs before.
    before: usize,
    /// Pictures of this epoch.
    seen: usize,
    start: Instant,
    told: Option<Instant>,
}

impl TrainingProgress {
    /// Nothing is done yet.
    pub fn new(style: Style) -> Self {
        Self { style, bar: None, epochs: 0, total: 0, before: 0, seen: 0, start: Instant::now(), told: None }
    }

    /// Shows a piece of news.
    pub fn tell(&mut self, news: &Event) {
        let often = matches!(news, Event::Step { .. } | Event::Features { .. });
        if self.style == Style::Json && (!often || self.is_due(JSON_PERIOD)) {
            // Numbers and words alone: they can always be written.
            event(&serde_json::to_value(news).unwrap_or_default());
        }
        match news {
            Event::Started { backbone, head, frozen, classes, training, total, validation, epochs } => {
                (self.epochs, self.total, self.start) = (*epochs, *total, Instant::now());
                if self.style == Style::Human {
                    let frozen = if *frozen { "frozen " } else { "" };
                    let classes = classes.join(", ");
                    eprintln!(
                        "{frozen}{backbone}, head {head}: {classes}; {training} pictures, judged on {validation}"
                    );
                    if std::io::stderr().is_terminal() {
                        let bar = ProgressBar::new(*total as u64);
                        let template = "{bar:40} {pos}/{len} pictures  {msg}  {eta} left";
                        // The template is fixed and well formed.
                        bar.set_style(
                            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
                        );
                        self.bar = Some(bar);
                    }
                }
            }
            Event::Features { done, images_per_second, .. } => {
                self.advance(*done, *images_per_second, "features");
            }
            Event::Step { seen, loss, accuracy, images_per_second, epoch, .. } => {
                self.seen = *seen;
                let words =
                    format!("epoch {}/{}, loss {loss:.3}, accuracy {:.1} %", epoch + 1, self.epochs, 100.0 * accuracy);
                self.advance(self.before + seen, *images_per_second, &words);
            }
            Event::Epoch(metrics) => {
                self.before += std::mem::take(&mut self.seen);
                if self.style == Style::Human && self.epochs > 1 {
                    self.line(&describe(metrics, self.epochs));
                }
            }
            Event::Finished { best_epoch, reason, .. } => {
                if self.style == Style::Human && *reason == StopReason::EarlyStop {
                    self.line(&format!("no better since epoch {}", best_epoch + 1));
                }
            }
        }
    }

    /// The work is over.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn advance(&mut self, done: usize, rate: f64, words: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            bar.set_message(format!("{words}, {rate:.1} img/s"));
        } else if self.style == Style::Human && self.is_due(PLAIN_PERIOD) {
            let pace = done as f64 / self.start.elapsed().as_secs_f64().max(1e-6);
            let left = self.total.saturating_sub(done) as f64 / pace.max(1e-9);
            eprintln!("{done}/{} pictures, {words}, {rate:.1} img/s, {left:.0} s left", self.total);
        }
    }

    fn is_due(&mut self, period: Duration) -> bool {
        let due = self.told.is_none_or(|told| told.elapsed() >= period);
        if due {
            self.told = Some(Instant::now());
        }
        due
    }

    /// A line that stays.
    fn line(&self, words: &str) {
        match &self.bar {
            Some(bar) => bar.println(words),
            None => eprintln!("{words}"),
        }
    }
}

fn describe(metrics: &EpochMetrics, epochs: usize) -> String {
    let EpochMetrics { epoch, loss, accuracy, val_loss, val_accuracy, test_loss, test_accuracy, .. } = metrics;
    let judged = |name: &str, loss: &Option<f64>, accuracy: &Option<f64>| match (loss, accuracy) {
        (Some(loss), Some(accuracy)) => format!("; {name}: loss {loss:.3}, accuracy {:.1} %", 100.0 * accuracy),
        _ => String::new(),
    };
    let (validation, test) = (judged("validation", val_loss, val_accuracy), judged("test", test_loss, test_accuracy));
    format!("epoch {}/{epochs}: loss {loss:.3}, accuracy {:.1} %{validation}{test}", epoch + 1, 100.0 * accuracy)
}
