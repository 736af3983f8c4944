//! What can go wrong with a dataset, each error with its mend.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use thiserror::Error;

/// What went wrong with a dataset, and what to do about it.
#[derive(Debug, Error)]
pub enum DatasetError {
    /// The file system refused.
    #[error("cannot {action} {}: {error}{}", path.display(), mend(error))]
    Io {
        /// What was tried: "write", "read", …
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// The system's word; part of this error's own text, so that it is no source beside it.
        error: io::Error,
    },
    /// The folder holds something else.
    #[error(
        "{} is not empty and holds no Motley dataset (it holds {found}): choose another folder, or empty this one",
        dir.display()
    )]
    Foreign {
        /// The folder.
        dir: PathBuf,
        /// Name of something in it.
        found: String,
    },
    /// The folder holds another dataset.
    #[error(
        "{} holds a dataset made with other settings ({}): choose another folder, delete this one, or repeat its settings",
        dir.display(),
        differences.join("; ")
    )]
    Differs {
        /// The folder.
        dir: PathBuf,
        /// One entry for each setting, with both values.
        differences: Vec<String>,
    },
    /// A finished dataset has lost a file.
    #[error(
        "{0} was finished, and now lacks {path}: `motley audit {0}` finds all that is wrong, `motley frame {0} --index N \
         --out FILE` draws a picture again, and another folder takes the whole dataset anew",
        dir.display(),
        path = path.display()
    )]
    Lost {
        /// The folder.
        dir: PathBuf,
        /// What is gone, relative to it.
        path: PathBuf,
    },
    /// The dataset was begun on another graphics device, whose pixels would not fit.
    #[error(
        "{} was begun on {begun}, and this is {here}: frames from both would not be one reproducible dataset. Go on with \
         the first device, or choose another folder",
        dir.display()
    )]
    Device {
        /// The folder.
        dir: PathBuf,
        /// Adapter and driver of the frames there.
        begun: String,
        /// Adapter and driver of this process.
        here: String,
    },
    /// Another capture is at work on it.
    #[error("another capture is writing into {}: wait for it, stop it, or choose another folder", dir.display())]
    Busy {
        /// The folder.
        dir: PathBuf,
    },
    /// Worker processes of a capture that is gone still run.
    #[error(
        "workers of an earlier capture still write into {} (waited {} s for them): they end after the frame in hand; \
         try again, or end the processes that hold {}",
        dir.display(), waited.as_secs(), lock.display()
    )]
    Orphans {
        /// The folder.
        dir: PathBuf,
        /// The file that they hold locked.
        lock: PathBuf,
        /// How long.
        waited: Duration,
    },
    /// A sink was opened where no dataset is open.
    #[error("no capture is open in {}: open the dataset before its sinks", dir.display())]
    NotOpen {
        /// The folder.
        dir: PathBuf,
    },
    /// There is no dataset.
    #[error("{} holds no Motley dataset: it has no motley.json", dir.display())]
    NoDataset {
        /// The folder.
        dir: PathBuf,
    },
    /// A class name that cannot be a folder.
    #[error("{0}")]
    ClassName(String),
    /// Settings that make no dataset.
    #[error("{field}: {problem}")]
    Setting {
        /// Which setting.
        field: &'static str,
        /// What is wrong and what to write instead.
        problem: String,
    },
    /// A frame that does not belong into this dataset.
    #[error("frame {index}: {problem}")]
    Frame {
        /// Its index.
        index: u64,
        /// What does not fit.
        problem: String,
    },
    /// An image could not be encoded or decoded.
    #[error("{path}: {problem}")]
    Image {
        /// Which picture.
        path: String,
        /// What the codec says.
        problem: String,
    },
    /// Frames are still to be drawn.
    #[error(
        "{missing} frames of {} are not drawn yet, the first is {first}: run the same command again to go on",
        dir.display()
    )]
    Incomplete {
        /// The folder.
        dir: PathBuf,
        /// How many.
        missing: u64,
        /// The lowest index.
        first: u64,
    },
    /// A file of ours that does not parse.
    #[error("{}: {problem}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Shards that do not make a whole.
    #[error("cannot merge: {0}")]
    Merge(String),
}

impl DatasetError {
    /// For `map_err` on calls into the file system.
    pub(crate) fn io(action: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { action, path: path.as_ref().to_owned(), error }
    }

    /// For `map_err` on parsers.
    pub(crate) fn malformed<E: ToString>(path: impl AsRef<Path>) -> impl FnOnce(E) -> Self {
        move |error| Self::Malformed { path: path.as_ref().to_owned(), problem: error.to_string() }
    }
}

/// What a user can do about the errors of the file system that a long run meets.
fn mend(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ". What is drawn is kept: make room and run the same command again"
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            ". Allow writing there, or choose another folder"
        }
        _ => "",
    }
}
