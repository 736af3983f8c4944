//! What can go wrong while frames are drawn.

use motley_zoo::zoo::ZooError;
use thiserror::Error;

/// What can go wrong while frames are drawn.
#[derive(Debug, Error)]
pub enum CaptureError {
    /// There is nothing to draw with.
    #[error(
        "no Vulkan driver was found: {0}. Install your GPU's driver, or Mesa's software driver (Debian, Ubuntu: \
         `sudo apt install mesa-vulkan-drivers libvulkan1`; `make setup` does it)"
    )]
    NoAdapter(String),
    /// A model, material or sky could not be made.
    #[error(transparent)]
    Zoo(#[from] ZooError),
    /// A thing of a frame could not be shown.
    #[error("frame {index}: {reason}")]
    Frame {
        /// Its index.
        index: u64,
        /// Why.
        reason: String,
    },
    /// Shaders did not compile, or the driver did not finish.
    #[error("the renderer did not settle: {0}. Update the graphics driver")]
    NotReady(String),
    /// The GPU did not answer.
    #[error(
        "the GPU did not give the picture back: {0}. Close other programs that use it, or draw smaller pictures with --size"
    )]
    ReadBack(String),
    /// Nobody receives frames any more.
    #[error("the receiver of the frames is gone")]
    Closed,
}
