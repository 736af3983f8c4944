//! Bevy: the headless loop, the read-back of frames with their labels, and the frame channel.

mod adapter;
pub mod channel;
mod error;
mod labels;
mod lens;
mod readback;
pub mod renderer;
mod silhouette;

pub use adapter::{check_driver, render_creation, software};
pub use error::CaptureError;
pub use renderer::{Adapter, Renderer, RendererOptions, Stages};
