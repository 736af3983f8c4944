//! The scene file, its parameters and distributions, and the pure draw of one frame.

pub mod frame;
pub mod recipe;
pub mod rle;
