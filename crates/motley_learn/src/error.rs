//! What can go wrong, and how to mend it.

use std::path::PathBuf;

/// Everything that learning can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such backbone.
    #[error("no backbone is called `{name}`; there are: {known}")]
    UnknownBackbone {
        /// As asked for.
        name: String,
        /// Comma-separated.
        known: String,
    },
    /// No such layout of weights.
    #[error("`{backbone}` has no weights in the layout `{name}`; there are: {known}")]
    UnknownLayout {
        /// Whose weights.
        backbone: String,
        /// As asked for.
        name: String,
        /// Comma-separated.
        known: String,
    },
    /// No such head.
    #[error("no head is called `{name}`; there are: {known}")]
    UnknownHead {
        /// As asked for.
        name: String,
        /// Comma-separated.
        known: String,
    },
    /// A weight file is not one, or not of this network.
    #[error("{}: {reason}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what would be right.
        reason: String,
    },
    /// A picture's bytes do not agree with its size.
    #[error(
        "a picture of {width}×{height} pixels cannot have {bytes} bytes; it takes 3 a pixel and at least one pixel"
    )]
    Picture {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// As given.
        bytes: usize,
    },
    /// A setting out of its range.
    #[error("{0}")]
    Setting(String),
    /// Training data from which nothing can be learnt.
    #[error("{0}")]
    Data(String),
    /// Training went wrong.
    #[error("{0}")]
    Training(String),
    /// A device that is not there.
    #[error("{0}")]
    Device(String),
    /// Pictures that cannot be had.
    #[error(transparent)]
    Pictures(#[from] crate::data::DataError),
    /// Predictions that cannot be measured.
    #[error(transparent)]
    Metrics(#[from] crate::metrics::MetricsError),
    /// A report that cannot be made.
    #[error(transparent)]
    Report(#[from] crate::report::ReportError),
    /// A file could not be read or written.
    #[error("{}: {problem}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
}

impl Error {
    /// For `map_err` on something done to `path`.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |problem| Self::Io { path, problem }
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
