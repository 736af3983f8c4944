//! What can be wrong with a pack, and what to do about it.

use std::path::{Path, PathBuf};

/// A file of a pack that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", printable(path))]
pub struct PackError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: Fault,
}

/// A path without what a terminal would obey.
fn printable(path: &Path) -> String {
    path.to_string_lossy().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// What is wrong with a file, and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The system refused.
    #[error("cannot be read: {0}; check that the path is right and that you may read it")]
    Io(#[from] std::io::Error),
    /// A folder, a pipe or the like where a file should be.
    #[error("this is no file; put the model itself there, or rename or remove it")]
    NoFile,
    /// Zero bytes.
    #[error("the file is empty; export or copy it again")]
    Empty,
    /// Ends before it should.
    #[error("{0} ends too early; the file is cut off: export or copy it again")]
    Truncated(String),
    /// Larger than this loader takes.
    #[error("{what} is too large: {found}, at most {limit}; {mend}")]
    TooLarge {
        /// What.
        what: String,
        /// How large it is.
        found: String,
        /// How large it may be.
        limit: String,
        /// What to do.
        mend: &'static str,
    },
    /// Not what its name says.
    #[error("not a valid glTF 2.0 file: {0}; export it again, or check it with the Khronos glTF validator")]
    Invalid(String),
    /// A reference that leaves the file's folder.
    #[error(
        "refers to {0:?}, outside its folder; put the file beside the model and refer to it by its name, or export as .glb"
    )]
    Outside(String),
    /// A reference to a file that is not there or not readable.
    #[error("refers to {uri:?}, which cannot be read: {source}; put it beside the model, or export as .glb")]
    Missing {
        /// As written in the file.
        uri: String,
        /// Why.
        source: std::io::Error,
    },
    /// An extension without which the file cannot be understood.
    #[error("needs the glTF extension {name}, which is not supported; {mend}")]
    Extension {
        /// Its name.
        name: String,
        /// What to do.
        mend: &'static str,
    },
    /// An image that does not decode.
    #[error("{image} cannot be decoded: {why}; save it again as PNG or JPEG")]
    Image {
        /// Which.
        image: String,
        /// Why.
        why: String,
    },
    /// The file beside a model that says how it stands.
    #[error("{name} cannot be used: {why}; write for example (up: \"+y\", front: \"-x\", height_m: 0.6)")]
    Hints {
        /// The file's name.
        name: String,
        /// Why.
        why: String,
    },
    /// A picture that cannot be a sky.
    #[error(transparent)]
    Sky(#[from] crate::skies::SkyError),
    /// A pack's folder or file bears a name that cannot be used.
    #[error(
        "the name {0:?} cannot be used; use letters, digits, '-', '_', '.' and spaces, not starting with '.' or a space"
    )]
    Name(String),
    /// Two files give the same name.
    #[error("the name {name:?} is already that of {}; rename one of them", other.display())]
    Twice {
        /// The name.
        name: String,
        /// The other file.
        other: PathBuf,
    },
    /// A kind of file that other programs write.
    #[error(".{0} files are not supported; open it in Blender and export it as glTF 2.0 (.glb)")]
    Kind(String),
    /// Nothing to show.
    #[error("{0}")]
    Nothing(String),
}

impl Fault {
    /// Says which file.
    pub(crate) fn at(self, path: impl Into<PathBuf>) -> PackError {
        PackError { path: path.into(), fault: self }
    }
}
