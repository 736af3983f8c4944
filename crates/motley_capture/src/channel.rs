//! Frames over a bounded channel: a renderer on a thread of its own feeds a receiver and waits for it when it is slow.

use std::thread::JoinHandle;

use bevy::app::App;
use crossbeam_channel::{Receiver, bounded};
use motley_scene::frame::Frame;
use motley_zoo::ready::ReadyScene;

use crate::{CaptureError, Renderer, RendererOptions};

/// Frames that may wait in the channel: enough to even out the pace, little enough to bound memory.
pub const CAPACITY: usize = 16;

/// A stream of frames.
pub struct FrameStream {
    /// Frames in the order in which they were drawn. Disconnected when the last was sent, or on an error: see [`Self::finish`].
    pub frames: Receiver<Frame>,
    worker: JoinHandle<Result<(), CaptureError>>,
}

impl FrameStream {
    /// Waits for the renderer.
    ///
    /// # Errors
    /// What ended it early. Dropping the receiver is no error.
    pub fn finish(self) -> Result<(), CaptureError> {
        drop(self.frames);
        match self.worker.join() {
            Ok(Err(CaptureError::Closed)) | Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(CaptureError::NotReady("the renderer's thread panicked".to_owned())),
        }
    }
}

/// Starts drawing `indices` on a thread of its own, with further plugins or none (`|_| {}`).
///
/// # Errors
/// When the thread cannot be started. What fails later is told by [`FrameStream::finish`].
pub fn stream(
    ready: ReadyScene,
    options: RendererOptions,
    indices: impl IntoIterator<Item = u64> + Send + 'static,
    plugins: impl FnOnce(&mut App) + Send + 'static,
) -> std::io::Result<FrameStream> {
    let (sender, frames) = bounded(CAPACITY);
    let worker = std::thread::Builder::new().name("motley renderer".to_owned()).spawn(move || {
        let mut renderer = Renderer::with_plugins(ready, options, plugins)?;
        renderer.run(indices, |frame| sender.send(frame).map_err(|_| CaptureError::Closed))
    })?;
    Ok(FrameStream { frames, worker })
}
