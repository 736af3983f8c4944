//! What remains to be looked at: tables, curves, and one page with all of it.
//!
//! [`Page`] holds a whole report as plain data; [`Page::html`] makes one file of it that needs no other: pictures are
//! embedded, curves and bars are SVG, and it reads on paper and in a dark window alike. [`Table`] gives the same rows as
//! Markdown, CSV and JSON, [`Curve::svg`] a curve as a file of its own.

mod chart;
mod html;
mod page;
mod table;
mod tests_section;

use thiserror::Error;

pub use chart::{Bar, Bars, Curve, Series};
pub use page::{Block, Figure, Page, Section};
pub use table::{Table, confusion_table, groups_table, mistakes_table, summary_table};
pub use tests_section::{Photo, test_section};

/// What goes wrong with a report.
#[derive(Debug, Error)]
pub enum ReportError {
    /// A file cannot be written.
    #[error("cannot write {}: {problem}", path.display())]
    Io {
        /// Where.
        path: std::path::PathBuf,
        /// Why not.
        problem: std::io::Error,
    },
    /// A picture cannot be made ready to be embedded.
    #[error("picture {caption:?}: {problem}")]
    Picture {
        /// Its caption.
        caption: String,
        /// What the encoder says.
        problem: String,
    },
    /// A chart cannot be drawn.
    #[error("chart {title:?}: {problem}")]
    Chart {
        /// Its title.
        title: String,
        /// What is wrong.
        problem: String,
    },
}
