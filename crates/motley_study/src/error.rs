//! What can go wrong with a study as a whole. What goes wrong with one of its cells is a [`Failure`](crate::lab::Failure), and the
//! rest goes on.

use std::path::PathBuf;

/// Everything that a study can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The study file has faults.
    #[error("{0}")]
    Faults(String),
    /// Parts that do not belong together, or a folder that holds no study.
    #[error("{0}")]
    Setting(String),
    /// A folder of photos that is not there.
    #[error("there is no folder {}: name the folder that holds the photos by --data", .0.display())]
    NoFolder(PathBuf),
    /// Frames that could not be drawn.
    #[error("frames could not be drawn: {0}")]
    Drawing(String),
    /// Training or judging went wrong.
    #[error(transparent)]
    Learn(#[from] motley_learn::Error),
    /// A report that cannot be made.
    #[error(transparent)]
    Report(#[from] motley_learn::report::ReportError),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of an earlier run that cannot be understood.
    #[error("{}: {source}; remove it, and it is made again", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Somebody asked to stop.
    #[error("stopped")]
    Stopped,
}

impl Error {
    /// Whether pictures are not there or are none of the classes, so that nothing but other pictures will help.
    pub fn is_of_pictures(&self) -> bool {
        use motley_learn::data::DataError::{NoPictures, NoneOf, Splits};
        let in_folder = |error: &motley_learn::Error| {
            matches!(error, motley_learn::Error::Pictures(NoPictures { .. } | NoneOf { .. } | Splits { .. }))
        };
        matches!(self, Self::NoFolder(_)) || matches!(self, Self::Learn(error) if in_folder(error))
    }

    /// For `map_err` on something done to `path`.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

impl From<motley_learn::data::DataError> for Error {
    fn from(error: motley_learn::data::DataError) -> Self {
        Self::Learn(error.into())
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
