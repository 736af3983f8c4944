//! What can go wrong before the first picture is read.

use std::{
    io,
    path::{Path, PathBuf},
};

use motley_dataset::DatasetError;
use thiserror::Error;

/// Why pictures cannot be had. A single picture that cannot be read is a [`Fault`](super::Fault) instead.
#[derive(Debug, Error)]
pub enum DataError {
    /// A file or folder cannot be read or written.
    #[error("cannot {action} {}: {problem}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        problem: io::Error,
    },
    /// A dataset of Motley's cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// No pictures.
    #[error(
        "{} holds no labelled pictures: expected are a dataset that motley capture wrote, one folder of pictures for each \
         class (cat/…, dog/…), or pictures whose names begin with their class (cat.0.jpg, dog.0.jpg)",
        dir.display()
    )]
    NoPictures {
        /// The folder.
        dir: PathBuf,
    },
    /// Folders of splits instead of classes.
    #[error("{} holds splits ({}), not classes: name one of them, such as {}", dir.display(), splits.join(", "), example.display())]
    Splits {
        /// The folder.
        dir: PathBuf,
        /// Names of the splits.
        splits: Vec<String>,
        /// One of them.
        example: PathBuf,
    },
    /// A list of classes that is none.
    #[error("classes: {0}")]
    Classes(String),
    /// A source without any picture of the classes.
    #[error("{} has no picture of {}: it has {}", dir.display(), classes.join(", "), found.join(", "))]
    NoneOf {
        /// The source.
        dir: PathBuf,
        /// The classes that are asked for.
        classes: Vec<String>,
        /// The classes that it has.
        found: Vec<String>,
    },
    /// A class that nothing shows.
    #[error("no source has a picture of {0:?}: add one, or leave the class out")]
    NoPictureOf(String),
    /// A weight that is none.
    #[error("weight {weight} of {}: write a number above 0", dir.display())]
    Weight {
        /// The source.
        dir: PathBuf,
        /// Its weight.
        weight: f32,
    },
    /// No picture could be read.
    #[error("none of {count} pictures could be read; the first: {first}")]
    AllFaulty {
        /// How many.
        count: u64,
        /// The first fault.
        first: String,
    },
}

impl DataError {
    /// For `map_err` on calls into the file system.
    pub(crate) fn io(action: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |problem| Self::Io { action, path: path.as_ref().to_owned(), problem }
    }
}
